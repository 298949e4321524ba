"""What a scenario does to each school and each unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.model.source import Source
from geo.planning.applying import city_under, closure_notes, plan_under
from geo.planning.enrolment import (
    attendance_share,
    capacity_by_school,
    children_by_unit,
    children_year,
    homes_of_units,
    roll_by_school,
)

WALKS: Final = {"walk_median_m": 0.5, "walk_p90_m": 0.9, "walk_max_m": 1.0}
_USED: Final = {"children", "schools", "rooms", "rolls", "street_list", "sectors", "addresses", "streets", "units"}


def evaluate(city: City, scenario: Scenario) -> Evaluation:
    """Give the figures of `scenario`: for each school its pupils, occupancy and walks, and who moves.

    They are those of the year that the children were counted in, as if the new map were wholly in force; for the years
    to come see `geo.planning.transition`.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `geo.planning.applying`.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    changed, plan = city_under(city, scenario), plan_under(city, scenario)
    current = city.current[scenario.level]
    share, share_note = attendance_share(city, scenario.level, scenario.assumptions)
    children = children_by_unit(city, scenario.level)
    pupils = (children * share).rename("pupils")
    moves = _transfers(pupils, current, plan)
    walks = _walks(changed, plan, pupils)
    schools = _schools(changed, scenario, pupils=_by_school(pupils, plan), walks=walks).join(_moved_by_school(moves))
    moved_columns = ["moved_in_pupils", "moved_out_pupils"]
    schools = schools.fillna(dict.fromkeys(moved_columns, 0.0))
    units = _units(pupils, walks, plan, current=current)
    totals = _totals(schools, units, walks)
    unassigned = children[~children.index.isin(plan.schools_of.keys())].sum()
    totals |= {"children": float(children.sum()), "unassigned_children": float(unassigned), "attendance_share": share}
    return Evaluation(
        city_key=city.key,
        scenario=scenario,
        plan=plan,
        year=children_year(city),
        schools=schools,
        units=units,
        totals=totals,
        notes=(*changed.notes, share_note, *closure_notes(city, scenario), *_notes(children, schools, totals)),
        sources=_sources(city),
    )


def compare(today: Evaluation, proposed: Evaluation) -> pd.DataFrame:
    """Put the figures of each school before and after side by side, index ``school_id``.

    Returns
    -------
    comparison
        ``rooms``, ``capacity_pupils``, ``roll_pupils``, ``moved_in_pupils`` and ``moved_out_pupils`` of the proposal,
        and ``pupils``, ``occupancy_share``, ``walk_median_m``, ``walk_p90_m``, ``walk_max_m`` each with the endings
        ``_before`` and ``_after``.
    """
    both = ["pupils", "occupancy_share", *WALKS]
    once = ["rooms", "capacity_pupils", "roll_pupils", "moved_in_pupils", "moved_out_pupils"]
    before = today.schools[both].add_suffix("_before")
    after = proposed.schools[both].add_suffix("_after")
    paired = [name for column in both for name in (f"{column}_before", f"{column}_after")]
    both_maps = before.join(after, how="outer")[paired]
    # Nobody is in a school before it opens.
    filled = both_maps.fillna({"pupils_before": 0.0, "pupils_after": 0.0})
    return proposed.schools[once].join(filled, how="outer")


def weighted_quantile(values: pd.Series, weights: pd.Series, share: float) -> float:
    """Give the smallest of `values` that at least `share` [0-1] of the weight does not exceed; NaN without weight."""
    order = np.argsort(values.to_numpy(), kind="stable")
    weight = weights.to_numpy()[order]
    carried = weight > 0
    if not carried.any():
        return float("nan")
    ranked, reached = values.to_numpy()[order][carried], np.cumsum(weight[carried])
    # A hair under the share: the sum of the weights is not exact.
    place = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
    return float(ranked[min(place, len(ranked) - 1)])


def _by_school(pupils: pd.Series, plan: Plan) -> pd.Series:
    """Pupils that each school receives [pupils], index ``school_id``."""
    shares = plan.shares
    sent = pupils.reindex(shares["unit_id"]).to_numpy() * shares["share"]
    received: pd.Series[float] = sent.groupby(shares["school_id"]).sum()
    return received.rename("pupils")


def _transfers(pupils: pd.Series, current: Plan, plan: Plan) -> pd.DataFrame:
    """Pupils whom each unit gives to or takes from each school [pupils]: ``unit_id, school_id, pupils``."""
    before = current.shares.set_index(["unit_id", "school_id"])["share"]
    after = plan.shares.set_index(["unit_id", "school_id"])["share"]
    change = after.sub(before, fill_value=0.0)
    moves: pd.DataFrame = change[change != 0].rename("share").reset_index()
    return moves.assign(pupils=pupils.reindex(moves["unit_id"]).to_numpy() * moves["share"])


def _moved_by_school(moves: pd.DataFrame) -> pd.DataFrame:
    """Pupils who come to and who leave each school because of the moves [pupils]."""
    by_school = moves.groupby("school_id")["pupils"]
    return pd.DataFrame(
        {
            "moved_in_pupils": by_school.agg(lambda pupils: pupils.clip(lower=0).sum()),
            "moved_out_pupils": by_school.agg(lambda pupils: (-pupils).clip(lower=0).sum()),
        }
    ).astype("float64")


def _walks(city: City, plan: Plan, pupils: pd.Series) -> pd.DataFrame:
    """Give the walk of each address to each of its schools: ``unit_id, school_id, walk_m, pupils``."""
    homes = homes_of_units(city)
    trips = homes.reset_index().merge(plan.shares, on="unit_id")
    rows = city.walk_m.index.get_indexer(pd.Index(trips["address_id"]))
    columns = city.walk_m.columns.get_indexer(pd.Index(trips["school_id"]))
    return pd.DataFrame(
        {
            "unit_id": trips["unit_id"],
            "school_id": trips["school_id"],
            "walk_m": city.walk_m.to_numpy()[rows, columns].astype("float64"),
            "pupils": pupils.reindex(trips["unit_id"]).to_numpy() * trips["weight"] * trips["share"],
        }
    )


def _quantiles(trips: pd.DataFrame) -> dict[str, float]:
    return {name: weighted_quantile(trips["walk_m"], trips["pupils"], share) for name, share in WALKS.items()}


def _schools(city: City, scenario: Scenario, *, pupils: pd.Series, walks: pd.DataFrame) -> pd.DataFrame:
    """Give one row a public school of the level, without the moves."""
    capacity = capacity_by_school(city, scenario.level, scenario.assumptions)
    rolls, _ = roll_by_school(city, scenario.level)
    received = pupils.reindex(capacity.index, fill_value=0.0)
    distances = {school: _quantiles(trips) for school, trips in walks.groupby("school_id")}
    table = pd.DataFrame(
        {
            "pupils": received,
            "roll_pupils": rolls,
            "rooms": capacity["rooms"],
            "capacity_pupils": capacity["capacity_pupils"],
            "occupancy_share": received / capacity["capacity_pupils"].where(capacity["capacity_pupils"] > 0),
        }
    )
    return table.join(pd.DataFrame.from_dict(distances, orient="index", columns=list(WALKS), dtype="float64"))


def _units(pupils: pd.Series, walks: pd.DataFrame, plan: Plan, *, current: Plan) -> pd.DataFrame:
    """Give one row a unit: its pupils, their mean walk, whether it moves."""
    homes = walks.assign(metres=walks["walk_m"] * walks["pupils"]).groupby("unit_id")[["metres", "pupils"]].sum()
    walk_m = (homes["metres"] / homes["pupils"].where(homes["pupils"] > 0)).reindex(pupils.index)
    moved = pupils.index.isin(plan.moves_since(current).keys())
    return pd.DataFrame({"pupils": pupils, "walk_m": walk_m, "moved": moved})


def _totals(schools: pd.DataFrame, units: pd.DataFrame, walks: pd.DataFrame) -> dict[str, float]:
    known = schools[schools["capacity_pupils"].notna()]
    places = known["capacity_pupils"].sum()
    return {
        "pupils": float(schools["pupils"].sum()),
        "capacity_pupils": float(places),
        "occupancy_share": float(known["pupils"].sum() / places) if places else float("nan"),
        **_quantiles(walks),
        "moved_pupils": float(schools["moved_in_pupils"].sum()),
        "units_moved": float(units["moved"].sum()),
    }


def _notes(children: pd.Series, schools: pd.DataFrame, totals: dict[str, float]) -> Iterator[Note]:
    """Say what is estimated, not known or left out in these figures."""
    if (children % 1 != 0).any():
        yield Note("children-estimated")
    if totals["unassigned_children"] > 0:
        yield Note("children-unassigned", {"count": round(totals["unassigned_children"])})
    unknown = int(schools["capacity_pupils"].isna().sum())
    if unknown:
        yield Note("capacity-unknown", {"count": unknown})
    if schools["roll_pupils"].isna().all():
        yield Note("rolls-unknown")
    if np.isinf(schools["walk_max_m"]).any():
        yield Note("walk-unreachable", {"count": int(np.isinf(schools["walk_max_m"]).sum())})


def _sources(city: City) -> tuple[Source, ...]:
    return tuple(source for source in city.sources if _USED & set(source.tables))
