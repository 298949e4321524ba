"""What the forecast would have said in the past, beside 'same as last year'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from geo.model.projection import ProjectionChoices
from geo.planning.projection.cohorts import Outlook, averaged, forecast, outlook
from geo.planning.projection.progression import Course, Floats, Panel, panel_of

SCALES: Final = ("grade", "school", "city")
METHODS: Final = ("last_year", "cohort", "averaged")
WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_LEAST_YEARS: Final = 3  # rolls that a past forecast needs behind it: two passages from grade to grade
_JUDGED_YEARS: Final = 5  # years ahead that choose the weight of 'same as last year'
_UNDECIDED: Final = 0.5


def backtest(
    rolls: pd.Series,
    course: Course,
    *,
    grades: tuple[str, ...],
    judged: tuple[str, ...] | None = None,
    choices: ProjectionChoices,
    horizon_years: int = 10,
) -> pd.DataFrame:
    """Forecast again from each past September, with what was known then, and set the pupils who came beside it.

    A school counts if it had the grade in both years: one that closes or opens is left out. The weight of 'same as
    last year' is chosen anew for each origin, from forecasts whose outcome was known by then.

    Parameters
    ----------
    rolls
        Pupils [pupils], index ``school_id, year, grade``.
    course
        How children come to the grades.
    grades
        All grades of the course, youngest first.
    judged
        The grades of one level to judge; all of them unless said.
    choices
        Choices of the projection.
    horizon_years
        The longest look ahead [years].

    Returns
    -------
    errors
        One row a past forecast: ``scale`` (``grade``, ``school`` or ``city``), ``origin`` [year], ``horizon``
        [years], ``school_id``, ``grade``; ``actual_pupils``, and by each method ``last_year_pupils``,
        ``cohort_pupils``, ``averaged_pupils`` [pupils]; ``weight`` of 'same as last year' [0-1].

    Raises
    ------
    ScenarioError
        If there is no roll of these grades.
    """
    panel = panel_of(rolls, grades)
    looks = past_outlooks(panel, course, choices=choices, horizon_years=horizon_years)
    return past_errors(panel, looks, [grades.index(grade) for grade in judged or grades], choices=choices)


def past_errors(
    panel: Panel, looks: Mapping[int, Outlook], places: Sequence[int], *, choices: ProjectionChoices
) -> pd.DataFrame:
    """Set past outlooks of the grades at `places` beside the pupils who came: the table of `backtest`."""
    parts = [
        _cells(panel, look, places, weight=chosen_weight(panel, looks, places, until=year, choices=choices))
        for year, look in looks.items()
    ]
    if not parts:
        return _empty()
    every = pd.concat(parts, ignore_index=True)
    cells = every[~(every["origin"] + every["horizon"]).isin(choices.broken_years)]
    return pd.concat([cells, *_added_up(cells)], ignore_index=True)


def past_outlooks(
    panel: Panel, course: Course, *, choices: ProjectionChoices, horizon_years: int
) -> dict[int, Outlook]:
    """Give the outlook from each past September that has two passages behind it and an outcome ahead, by year."""
    first, last = panel.first_year + _LEAST_YEARS - 1, panel.last_year
    origins = [year for year in range(first, last) if year not in choices.broken_years]
    return {
        year: outlook(panel, course, year=year, horizon_years=min(horizon_years, last - year), choices=choices)
        for year in origins
    }


def chosen_weight(
    panel: Panel, looks: Mapping[int, Outlook], places: Sequence[int], *, until: int, choices: ProjectionChoices
) -> float:
    """Weight of 'same as last year' in the totals of schools [0-1], from outcomes known by `until`.

    The weight with the smallest error, relative to 'same as last year' and averaged over one to five years ahead; one
    half while fewer than the least number of past forecasts can tell.
    """
    if choices.last_year_weight is not None:
        return choices.last_year_weight
    losses: dict[int, list[Floats]] = {}
    for origin, look in looks.items():
        for ahead in range(1, min(until - origin, len(look.held), _JUDGED_YEARS) + 1):
            if origin + ahead not in choices.broken_years:
                losses.setdefault(ahead, []).append(_losses(panel, look, places, ahead=ahead))
    if len(losses.get(1, [])) < choices.least_origins:
        return _UNDECIDED
    by_horizon = np.array([np.sum(rows, axis=0) for rows in losses.values()])
    worst = np.maximum(by_horizon[:, -1:], np.finfo(float).tiny)
    # Rounded: of weights that do equally well, the smallest.
    return WEIGHTS[int(np.argmin(np.round((by_horizon[:, :-1] / worst).mean(axis=0), 9)))]


def error_table(errors: pd.DataFrame) -> pd.DataFrame:
    """Sum up past forecasts in a table that a person can read.

    Returns
    -------
    table
        Index ``scale, horizon``: ``origins`` and ``forecasts`` (how many); for each method ``_error_pupils`` (mean
        absolute error [pupils]) and ``_error_share`` (the same divided by the pupils who came, cell by cell [share]);
        ``bias_share`` of the averaged method (above zero: too many were forecast) [share]; ``better_than_last_year``
        [true or false], by the error in pupils.
    """
    gaps = {name: (errors[f"{name}_pupils"] - errors["actual_pupils"]).abs() for name in METHODS}
    actual = errors["actual_pupils"].where(errors["actual_pupils"] > 0)
    rows = errors.assign(
        **{f"{name}_error_pupils": gap for name, gap in gaps.items()},
        **{f"{name}_error_share": gap / actual for name, gap in gaps.items()},
    ).groupby(["scale", "horizon"])
    told = [f"{name}_error_{unit}" for name in METHODS for unit in ("pupils", "share")]
    table = rows[told].mean()
    sums = rows[["averaged_pupils", "actual_pupils"]].sum()
    table.insert(0, "origins", rows["origin"].nunique())
    table.insert(1, "forecasts", rows.size())
    table["bias_share"] = sums["averaged_pupils"] / sums["actual_pupils"].where(sums["actual_pupils"] > 0) - 1
    table["better_than_last_year"] = table["averaged_error_pupils"] < table["last_year_error_pupils"]
    rank = table.index.get_level_values("scale").map({scale: rank for rank, scale in enumerate(SCALES)})
    return table.iloc[np.argsort(rank.to_numpy(dtype=np.int64), kind="stable")]


def losing_horizons(table: pd.DataFrame, scale: str = "school") -> list[int]:
    """Years ahead at which the forecast was no better than 'same as last year' in the past; `table` as above."""
    if scale not in table.index.get_level_values("scale"):
        return []
    better = table.xs(scale, level="scale")["better_than_last_year"]
    return [int(horizon) for horizon in better.index[~better]]


def _losses(panel: Panel, look: Outlook, places: Sequence[int], *, ahead: int) -> Floats:
    """Sum of absolute errors of school totals for each of `WEIGHTS`, then for 'same as last year' [pupils]."""
    columns = list(places)
    actual = panel.at(look.fitted.year + ahead)[:, columns]
    both = look.fitted.active[:, columns] & np.isfinite(actual)
    came, last = np.where(both, actual, 0.0).sum(axis=1), look.fitted.last[:, columns]
    tried = [
        (averaged(look.held[ahead - 1 : ahead, :, columns], last, weight)[0] + look.births[ahead - 1][:, columns])
        for weight in WEIGHTS
    ]
    return np.array([np.abs(np.where(both, cells, 0.0).sum(axis=1) - came).sum() for cells in (*tried, last)])


def _cells(panel: Panel, look: Outlook, places: Sequence[int], *, weight: float) -> pd.DataFrame:
    """Give the grade rows of one origin."""
    columns, origin = list(places), look.fitted.year
    methods = {"cohort": forecast(look, columns, 0.0), "averaged": forecast(look, columns, weight)}
    parts = []
    for ahead in range(1, len(look.held) + 1):
        actual = panel.at(origin + ahead)[:, columns]
        school, grade = np.nonzero(look.fitted.active[:, columns] & np.isfinite(actual))
        part = {
            "scale": "grade",
            "origin": origin,
            "horizon": ahead,
            "school_id": panel.schools[school],
            "grade": np.array(panel.grades)[columns][grade],
            "actual_pupils": actual[school, grade],
            "last_year_pupils": look.fitted.last[:, columns][school, grade],
            **{f"{name}_pupils": cells[ahead - 1][school, grade] for name, cells in methods.items()},
            "weight": weight,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def _added_up(cells: pd.DataFrame) -> list[pd.DataFrame]:
    """Add grades up to schools, and schools up to the city."""
    told = ["actual_pupils", *(f"{name}_pupils" for name in METHODS)]
    keys = {"school": ["origin", "horizon", "school_id", "weight"], "city": ["origin", "horizon", "weight"]}
    sums = [cells.groupby(key)[told].sum().reset_index().assign(scale=scale) for scale, key in keys.items()]
    return [part.assign(grade="").assign(school_id=part.get("school_id", "")) for part in sums]


def _empty() -> pd.DataFrame:
    texts = dict.fromkeys(("scale", "school_id", "grade"), "str")
    numbers = dict.fromkeys(("actual_pupils", *(f"{name}_pupils" for name in METHODS), "weight"), "float64")
    kinds = {**texts, "origin": "int64", "horizon": "int64", **numbers}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
