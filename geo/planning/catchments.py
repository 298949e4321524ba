"""The school map beside the ground: who has a nearer school than their own, and who lives far from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.model.source import Source
from geo.planning.applying import city_under, plan_under
from geo.planning.enrolment import children_by_unit, children_year, homes_of_units
from geo.planning.evaluation import weighted_quantile

Floats = npt.NDArray[np.float64]

NOWHERE: Final = ""  # the school of those who have none, or whom no way leads to one

# Walks that differ by less than a centimetre are equally long: no survey of streets is finer.
_SAME_M: Final = 0.01
_USED: Final = {"children", "schools", "rooms", "street_list", "sectors", "addresses", "streets", "units"}


@dataclass(frozen=True, eq=False)
class Catchments:
    """The schools that children belong to beside the nearest ones, for one level of one scenario.

    Children are those of the ages of the level, spread over the addresses of their unit by dwellings. Of the schools of
    a shared sector the nearest one counts, address by address. A walk is infinite where there is no way.

    Attributes
    ----------
    city_key, scenario, plan, choices
        What was looked at, and the distances it was looked at with.
    year
        Calendar year in which the school year of the children begins.
    homes
        Index ``address_id``: ``unit_id``; ``children`` [children]; ``school_id``, that of the map (`NOWHERE` if none),
        and ``walk_m`` to it [m], NaN if none; ``nearest_id`` and ``nearest_m`` [m], the nearest public school of the
        level (that of the map if another is as near); ``longer_m`` [m], how much longer the way to the school of the
        map is, 0 where it is the nearest; ``far`` [true or false]: whether ``walk_m`` is above the distance of the
        level.
    units
        Index ``unit_id``, all units: ``children``, ``nearer_children`` who have a nearer school, ``far_children``
        [children]; ``nearer_share`` of its homes [share]; ``walk_m``, ``nearest_m`` and ``longer_m``, means of its
        homes [m]. NaN for a unit without address or school.
    schools
        Index ``school_id``, the open public schools of the level: ``children`` of its sector, ``nearest_children``
        whose nearest school it is, ``nearer_children`` of its sector who have a nearer one, ``far_children`` of its
        sector [children]; ``nearer_share``, ``far_share`` of the children of its sector [share]; ``walk_median_m``,
        ``walk_p90_m`` of its sector and ``longer_median_m`` of those who have a nearer school [m]. NaN: nobody.
    pairs
        ``school_id, nearest_id, children, longer_m`` [children, m on average]: children by the school of the map and
        the nearest one, default index, all children of the level in it.
    totals
        ``children`` of the level, ``sector_children`` who have a school and an address, ``nearer_children``,
        ``far_children``, ``far_from_nearest_children`` (even the nearest school is above the distance),
        ``no_way_children``, ``unassigned_children``, ``unplaced_children`` (their unit has no address) [children];
        ``nearer_share``, ``far_share``, ``far_from_nearest_share`` of `sector_children` [share]; ``walk_median_m``,
        ``walk_p90_m``, ``nearest_median_m``, ``longer_median_m``, ``longer_p90_m`` [m].
    notes, sources
        What is estimated, shared or left out, and where the tables come from.
    """

    city_key: str
    scenario: Scenario
    plan: Plan
    choices: DistanceChoices
    year: int
    homes: pd.DataFrame
    units: pd.DataFrame
    schools: pd.DataFrame
    pairs: pd.DataFrame
    totals: Mapping[str, float]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]

    @property
    def level(self) -> Level:
        """Level of schooling."""
        return self.plan.level

    @property
    def beyond_m(self) -> float:
        """Walk above which a school is far [m]."""
        return self.choices.beyond_m(self.level)


def catchments(city: City, scenario: Scenario, choices: DistanceChoices | None = None) -> Catchments:
    """Compare the school of each address under `scenario` with the nearest one.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `geo.planning.applying`.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    looked, level = choices or DistanceChoices(), scenario.level
    changed, plan = city_under(city, scenario), plan_under(city, scenario)
    schools = open_schools(changed, scenario)
    children = children_by_unit(city, level)
    homes = _homes(changed, plan, schools=schools, children=children)
    homes["far"] = homes["walk_m"] > looked.beyond_m(level)
    far_anyway = float(homes.loc[homes["far"] & (homes["nearest_m"] > looked.beyond_m(level)), "children"].sum())
    totals = _totals(homes, total=float(children.sum()), far_anyway=far_anyway)
    return Catchments(
        city_key=city.key,
        scenario=scenario,
        plan=plan,
        choices=looked,
        year=children_year(city),
        homes=homes.drop(columns="weight"),
        units=_units(homes, children),
        schools=_schools(homes, schools),
        pairs=_pairs(homes, unplaced=totals["unplaced_children"]),
        totals=totals,
        notes=(*changed.notes, *_notes(plan, children, totals)),
        sources=tuple(source for source in city.sources if _USED & set(source.tables)),
    )


def open_schools(changed: City, scenario: Scenario) -> pd.Index:
    """Give the ``school_id`` of the public schools of the level that are open, of the city as the scenario makes it."""
    serving = changed.schools_of(scenario.level).index
    still: pd.Index = serving[~serving.isin(scenario.closures)]
    return still


def _homes(city: City, plan: Plan, *, schools: pd.Index, children: pd.Series) -> pd.DataFrame:
    """Give the school of the map and the nearest one of each address: `Catchments.homes` with ``weight``."""
    homes = homes_of_units(city)
    walks = city.walk_m.loc[homes.index, list(schools)].to_numpy(dtype=np.float64)
    owned = _owned(homes["unit_id"], plan, schools)
    own, own_m = _least(np.where(owned, walks, np.inf))
    nearest, nearest_m = _least(walks)
    # The first of the schools of the map, where no way leads to any of them.
    own = np.where(owned.any(axis=1) & np.isinf(own_m), owned.argmax(axis=1), own)
    known = owned.any(axis=1)
    as_near = known & (own_m <= nearest_m + _SAME_M)
    ids = np.array([*map(str, schools), NOWHERE], dtype=object)
    return homes.assign(
        children=children.reindex(homes["unit_id"]).to_numpy() * homes["weight"].to_numpy(),
        school_id=ids[own],
        walk_m=np.where(known, own_m, np.nan),
        nearest_id=ids[np.where(as_near & np.isfinite(own_m), own, nearest)],
        nearest_m=np.where(as_near, own_m, nearest_m),
        longer_m=np.where(known, _longer(own_m, nearest_m, as_near), np.nan),
    )


def _owned(units: pd.Series, plan: Plan, schools: pd.Index) -> npt.NDArray[np.bool_]:
    """Tell which schools each address belongs to, shape (addresses, schools)."""
    row_of = {unit: row for row, unit in enumerate(plan.schools_of)}
    owned = np.zeros((len(row_of) + 1, len(schools)), dtype=bool)  # the last row: units of no school
    shares = plan.shares
    column = schools.get_indexer(pd.Index(shares["school_id"]))
    owned[shares["unit_id"].map(row_of).to_numpy()[column >= 0], column[column >= 0]] = True
    return owned[units.map(row_of).fillna(len(row_of)).to_numpy(dtype=np.int64)]


def _least(walks: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give the column of the shortest walk of each row, -1 where all are infinite, and its length [m]."""
    column = walks.argmin(axis=1)
    least = np.take_along_axis(walks, column[:, None], axis=1)[:, 0]
    return np.where(np.isinf(least), -1, column), least


def _longer(own_m: Floats, nearest_m: Floats, as_near: npt.NDArray[np.bool_]) -> Floats:
    """Give how much longer the way to the school of the map is than to the nearest one [m], 0 where it is as near."""
    return np.subtract(own_m, nearest_m, out=np.zeros(len(own_m)), where=~as_near & np.isfinite(nearest_m))


def _units(homes: pd.DataFrame, children: pd.Series) -> pd.DataFrame:
    """Give `Catchments.units`."""
    nearer = homes["longer_m"] > 0
    means = {name: homes[name] * homes["weight"] for name in ("walk_m", "nearest_m", "longer_m")}
    counts = pd.DataFrame(
        {
            "nearer_children": homes["children"].where(nearer, 0.0),
            "far_children": homes["children"].where(homes["far"], 0.0),
            "nearer_share": homes["weight"].where(nearer, 0.0),
            **means,
        }
    )
    summed = counts.groupby(homes["unit_id"]).sum().reindex(children.index)
    assigned = homes["school_id"].ne(NOWHERE).groupby(homes["unit_id"]).any().reindex(children.index, fill_value=False)
    return pd.DataFrame({"children": children}).join(summed.where(assigned))


def _schools(homes: pd.DataFrame, schools: pd.Index) -> pd.DataFrame:
    """Give `Catchments.schools`."""
    rows = {str(school): _school(homes[homes["school_id"] == school]) for school in schools}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("school_id")
    nearest = homes.groupby("nearest_id")["children"].sum().reindex(table.index, fill_value=0.0)
    table.insert(1, "nearest_children", nearest)
    return table


def _school(sector: pd.DataFrame) -> dict[str, float]:
    """Give the figures of the children of one sector."""
    nearer = sector[sector["longer_m"] > 0]
    count = float(sector["children"].sum())
    nearer_count, far_count = float(nearer["children"].sum()), float(sector.loc[sector["far"], "children"].sum())
    return {
        "children": count,
        "nearer_children": nearer_count,
        "far_children": far_count,
        "nearer_share": nearer_count / count if count else np.nan,
        "far_share": far_count / count if count else np.nan,
        "walk_median_m": weighted_quantile(sector["walk_m"], sector["children"], 0.5),
        "walk_p90_m": weighted_quantile(sector["walk_m"], sector["children"], 0.9),
        "longer_median_m": weighted_quantile(nearer["longer_m"], nearer["children"], 0.5),
    }


def _pairs(homes: pd.DataFrame, *, unplaced: float) -> pd.DataFrame:
    """Give `Catchments.pairs`."""
    metres = homes["longer_m"].fillna(0.0) * homes["children"].where(homes["children"] > 0)
    told = homes[["school_id", "nearest_id", "children"]].assign(metres=metres.fillna(0.0))
    pairs = told[told["children"] > 0].groupby(["school_id", "nearest_id"], sort=True).sum().reset_index()
    pairs["longer_m"] = pairs.pop("metres") / pairs["children"]
    if unplaced <= 0:
        return pairs
    lost: dict[str, Any] = {"school_id": [NOWHERE], "nearest_id": [NOWHERE], "children": [unplaced], "longer_m": 0.0}
    return pd.concat([pairs, pd.DataFrame(lost)], ignore_index=True)


def _totals(homes: pd.DataFrame, *, total: float, far_anyway: float) -> dict[str, float]:
    """Give `Catchments.totals`."""
    there = homes[homes["school_id"] != NOWHERE]
    figures = _school(there)
    count = figures["children"]
    # A sum of parts of children may miss the whole by its last bits.
    unplaced = max(total - float(homes["children"].sum()), 0.0)
    return {
        "children": total,
        "sector_children": count,
        **{name: figures[name] for name in ("nearer_children", "far_children", "nearer_share", "far_share")},
        "far_from_nearest_children": far_anyway,
        "far_from_nearest_share": far_anyway / count if count else np.nan,
        "no_way_children": float(there.loc[np.isinf(there["walk_m"]), "children"].sum()),
        "unassigned_children": float(homes.loc[homes["school_id"] == NOWHERE, "children"].sum()),
        "unplaced_children": unplaced if unplaced > total * 1e-9 else 0.0,
        **{name: figures[name] for name in ("walk_median_m", "walk_p90_m", "longer_median_m")},
        "longer_p90_m": weighted_quantile(there["longer_m"], there["children"].where(there["longer_m"] > 0, 0.0), 0.9),
        "nearest_median_m": weighted_quantile(there["nearest_m"], there["children"], 0.5),
    }


def _notes(plan: Plan, children: pd.Series, totals: Mapping[str, float]) -> Iterator[Note]:
    """Say what is estimated, shared or left out."""
    if (children % 1 != 0).any():
        yield Note("children-estimated")
    if any(len(schools) > 1 for schools in plan.schools_of.values()):
        yield Note("shared-nearest")
    if totals["unassigned_children"] > 0:
        yield Note("children-unassigned", {"count": round(totals["unassigned_children"])})
    if totals["unplaced_children"] > 0:
        yield Note("children-unplaced", {"count": round(totals["unplaced_children"])})
    if totals["no_way_children"] > 0:
        yield Note("children-without-way", {"count": round(totals["no_way_children"])})
