"""Social mix: how many pupils of each school live in priority quarters and deprived areas, and how unevenly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.note import Note
from geo.model.source import Source
from geo.planning.enrolment import children_by_unit
from geo.planning.neighbourhoods import LAST_FIFTH, homes
from geo.territory.deprivation import city_card, dissimilarity

_USED = {"children", "rolls", "street_list", "sectors", "addresses", "qpv", "iris", "census", "reference"}
_COUNTS = ["people", "qpv", "measured", "scored", "most_deprived"]


@dataclass(frozen=True, eq=False)
class Mix:
    """Who goes to school with whom under one scenario, as far as the address tells.

    Attributes
    ----------
    schools
        One row a public school of the level, index ``school_id``: ``pupils``, ``qpv_pupils`` (who live in a priority
        quarter), ``measured_pupils`` (who live in an area whose index is known), ``most_deprived_pupils`` (in the last
        fifth of the reference) [pupils]; ``qpv_share`` of the pupils, ``most_deprived_share`` of those measured
        [share]; ``mean_score`` of those measured [standard deviations of the reference; more is worse]. NaN: not known.
    sectors
        One row a sector, index ``sector_id`` (the ids of its schools joined by ``+``; empty text for units without
        school): the same columns with ``children`` in the place of ``pupils``, of all children of those ages.
    dissimilarity
        Between the schools [0 same mix everywhere, 1 wholly apart]: ``qpv`` of pupils of priority quarters and the
        others, ``most_deprived`` of pupils of the last fifth and the others. NaN: not known.
    year
        Calendar year in which the school year of the figures begins.
    notes, sources
        What is missing or estimated, and where it comes from.
    """

    schools: pd.DataFrame
    sectors: pd.DataFrame
    dissimilarity: Mapping[str, float]
    year: int
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]


def mix(city: City, evaluation: Evaluation) -> Mix:
    """Give the social mix of the schools and sectors of an evaluation, with its own pupils and plan.

    The pupils of a unit live in its addresses in proportion to their dwellings, and go to its schools in equal shares.
    """
    card, card_notes = city_card(city)
    places = homes(city, card).reset_index()
    plan = evaluation.plan
    here = places.merge(plan.shares, on="unit_id")
    sent = evaluation.units["pupils"].reindex(here["unit_id"]).to_numpy() * here["weight"] * here["share"]
    schools = _mixed(here.assign(people=sent), "school_id").reindex(evaluation.schools.index, fill_value=0.0)
    sector = {unit: "+".join(owners) for unit, owners in plan.schools_of.items()}
    children = children_by_unit(city, plan.level).reindex(places["unit_id"]).to_numpy() * places["weight"]
    living = places.assign(people=children, sector_id=[sector.get(unit, "") for unit in places["unit_id"]])
    return Mix(
        schools=_figures(schools, "pupils", city),
        sectors=_figures(_mixed(living, "sector_id"), "children", city),
        dissimilarity=_unevenness(schools, city),
        year=evaluation.year,
        notes=(*card_notes, *_notes(city, schools)),
        sources=tuple(source for source in city.sources if _USED & set(source.tables)),
    )


def compare_mix(today: Mix, proposed: Mix) -> pd.DataFrame:
    """Put the mix of each school before and after side by side, index ``school_id``.

    Returns
    -------
    comparison
        The columns of `Mix.schools`, each with the endings ``_before`` and ``_after``.
    """
    names = [f"{name}_{when}" for name in today.schools for when in ("before", "after")]
    both = today.schools.add_suffix("_before").join(proposed.schools.add_suffix("_after"), how="outer")
    return both[names]


def _mixed(people: pd.DataFrame, place: str) -> pd.DataFrame:
    """Count people by place: all, in priority quarters, measured, in the last fifth, and their summed score."""
    known = people["score"].notna()
    parts = people[[place, "people"]].assign(
        qpv=people["people"].where(people["qpv"] != "", 0.0),
        measured=people["people"].where(known, 0.0),
        scored=people["people"] * people["score"].fillna(0.0),
        most_deprived=people["people"].where(people["quintile"] == LAST_FIFTH, 0.0),
    )
    counted: pd.DataFrame = parts.groupby(place)[_COUNTS].sum()
    return counted


def _figures(counts: pd.DataFrame, who: str, city: City) -> pd.DataFrame:
    """Give the counts and shares of each place; what is not known of the city is not known of the place."""
    measured = counts["measured"].where(counts["measured"] > 0)
    qpv = counts["qpv"] if _knows_quarters(city) else counts["qpv"] * float("nan")
    return pd.DataFrame(
        {
            who: counts["people"],
            f"qpv_{who}": qpv,
            f"measured_{who}": counts["measured"],
            f"most_deprived_{who}": counts["most_deprived"].where(counts["measured"] > 0),
            "qpv_share": qpv / counts["people"].where(counts["people"] > 0),
            "most_deprived_share": counts["most_deprived"] / measured,
            "mean_score": counts["scored"] / measured,
        }
    )


def _unevenness(schools: pd.DataFrame, city: City) -> dict[str, float]:
    quarters = dissimilarity(schools["qpv"], schools["people"] - schools["qpv"])
    return {
        "qpv": quarters if _knows_quarters(city) else float("nan"),
        "most_deprived": dissimilarity(schools["most_deprived"], schools["measured"] - schools["most_deprived"]),
    }


def _knows_quarters(city: City) -> bool:
    return not city.tables["qpv"].empty


def _notes(city: City, schools: pd.DataFrame) -> Iterator[Note]:
    yield Note("mix-by-address")
    if not _knows_quarters(city):
        yield Note("quarters-unknown")
    pupils, measured = float(schools["people"].sum()), float(schools["measured"].sum())
    if 0 < measured < pupils * (1 - 1e-9):
        yield Note("mix-unmeasured", {"count": round(pupils - measured), "share": 1 - measured / pupils})
