"""How far a forecast may be off, from how far past ones were."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import pandas as pd

from geo.model.projection import ProjectionChoices
from geo.planning.projection.backtest import SCALES
from geo.planning.projection.progression import Floats

_DRAWS: Final = 40  # equally likely errors that stand for all of them
_UPPER_END: Final = 0.9  # where the interval of four out of five ends, for want of past errors
_USUAL_PUPILS: Final = 200.0  # a school of usual size, for which a guessed share of error is meant


@dataclass(frozen=True, eq=False)
class Bands:
    """Half-widths of intervals.

    Attributes
    ----------
    spread
        Index years ahead, one column a scale: half-width divided by pupils to the power of the size exponent.
    origins
        The same: past forecasts behind each [forecasts].
    shape
        Errors that are as likely as one another, in half-widths, ascending.
    """

    spread: pd.DataFrame
    origins: pd.DataFrame
    shape: tuple[float, ...]


def scores(errors: pd.DataFrame, exponent: float) -> pd.Series:
    """Error of each past forecast, above zero if more came, divided by the pupils forecast to the power `exponent`."""
    told = errors["averaged_pupils"]
    score: pd.Series[float] = (errors["actual_pupils"] - told) / told.clip(lower=1.0) ** exponent
    return score


def bands(errors: pd.DataFrame, *, horizon_years: int, choices: ProjectionChoices) -> Bands:
    """Learn the half-widths of intervals from past errors (`geo.planning.projection.backtest.backtest`).

    By scale and years ahead: the split-conformal quantile of the absolute scores. Where fewer than the least number of
    origins can tell, the half-width grows in proportion to the years ahead from the last that has enough; where none
    has enough, what is there is widened by the root of the lack; without any past forecast it is the stated guess.
    Intervals never become narrower further ahead.

    Source: Vovk, Gammerman and Shafer (2005) for the quantile; Rayer, Smith and Tayman (2009) for past errors by
    horizon and size.
    """
    rows = errors.assign(score=scores(errors, choices.size_exponent).abs())
    years = pd.RangeIndex(1, horizon_years + 1, name="horizon")
    counted = rows.pivot_table(index="horizon", columns="scale", values="origin", aggfunc="nunique")
    origins = counted.reindex(index=years, columns=list(SCALES)).fillna(0).astype("int64")
    spread = pd.DataFrame(
        {scale: _widths(rows[rows["scale"] == scale], origins[scale], choices) for scale in SCALES}, index=years
    )
    return Bands(spread, origins, _shape(rows[rows["scale"] == "school"], spread["school"]))


def conformal_quantile(absolute: Floats, share: float) -> float:
    """The value that a further error stays under with probability `share` [0-1], if errors are exchangeable.

    The ``ceil((n + 1) * share)``-th smallest of n, at most the largest.
    """
    rank = min(math.ceil((len(absolute) + 1) * share - 1e-9), len(absolute))
    return float(np.sort(absolute)[max(rank, 1) - 1])


def coverage_table(errors: pd.DataFrame, choices: ProjectionChoices) -> pd.DataFrame:
    """Count how often the intervals of past forecasts held, each made from errors known by its own September.

    Returns
    -------
    coverage
        Index ``scale, horizon``: ``forecasts`` (how many), ``covered_share`` [share], ``width_share`` (mean width of
        the interval / pupils who came [share]). Forecasts before the least number of known errors are left out.
    """
    rows = errors.assign(score=scores(errors, choices.size_exponent).abs())
    rows = rows[rows["actual_pupils"] > 0]
    parts = []
    for (scale, horizon, origin), told in rows.groupby(["scale", "horizon", "origin"]):
        same = rows[(rows["scale"] == scale) & (rows["horizon"] == horizon)]
        known = same[same["origin"] + same["horizon"] <= origin]
        if known["origin"].nunique() >= choices.least_origins:
            wide = conformal_quantile(known["score"].to_numpy(), choices.interval_share)
            reach = wide * told["averaged_pupils"].clip(lower=1.0) ** choices.size_exponent
            low = (told["averaged_pupils"] - reach).clip(lower=0.0)
            width = (told["averaged_pupils"] + reach - low) / told["actual_pupils"]
            parts.append(
                pd.DataFrame({"scale": scale, "horizon": horizon, "held": told["score"] <= wide, "width": width})
            )
    if not parts:
        return pd.DataFrame(columns=["forecasts", "covered_share", "width_share"])
    by = pd.concat(parts).groupby(["scale", "horizon"])
    return pd.DataFrame({"forecasts": by.size(), "covered_share": by["held"].mean(), "width_share": by["width"].mean()})


def _widths(rows: pd.DataFrame, origins: pd.Series, choices: ProjectionChoices) -> Floats:
    """Half-widths of one scale for each year ahead."""
    years = [int(ahead) for ahead in origins.index]
    measured = {
        ahead: conformal_quantile(rows.loc[rows["horizon"] == ahead, "score"].to_numpy(), choices.interval_share)
        for ahead in years
        if origins[ahead] > 0
    }
    measured = dict(zip(measured, np.maximum.accumulate(list(measured.values())).tolist(), strict=True))
    enough = [ahead for ahead in years if origins[ahead] >= choices.least_origins]
    lack = 1.0 if enough or not measured else math.sqrt(choices.least_origins / float(origins.max()))
    return np.array([lack * _width(ahead, measured, enough, choices=choices) for ahead in years])


def _width(ahead: int, measured: dict[int, float], enough: list[int], *, choices: ProjectionChoices) -> float:
    if ahead in enough:
        return measured[ahead]
    behind = [year for year in (enough or measured) if year <= ahead]
    if behind:
        return measured[max(behind)] * ahead / max(behind)
    return float(choices.unknown_error_share * ahead * _USUAL_PUPILS ** (1 - choices.size_exponent))


def _shape(rows: pd.DataFrame, spread: pd.Series) -> tuple[float, ...]:
    """Equally likely errors in half-widths, the same on both sides: those of all years ahead together."""
    unit = rows["horizon"].map(spread)
    standard = (rows["score"] / unit.where(unit > 0)).dropna().to_numpy()
    levels = (np.arange(_DRAWS) + 0.5) / _DRAWS
    if len(standard) < _DRAWS:
        end = NormalDist().inv_cdf(_UPPER_END)
        return tuple(NormalDist().inv_cdf(level) / end for level in levels.tolist())
    return tuple(float(value) for value in np.quantile(np.r_[-standard, standard], levels))
