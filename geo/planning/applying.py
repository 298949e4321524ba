"""The city as a scenario makes it: schools opened and closed, rooms added, dwellings to come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.measures import Dwellings, Opening
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.enrolment import homes_of_units
from geo.planning.walking import walked_city
from geo.territory.walks import walks

_NAMED: Final = 5


class _Measures(NamedTuple):
    """What changes the tables of a city, as a key; a school that closes has no rooms left."""

    level: Level
    openings: tuple[Opening, ...]
    rooms: tuple[tuple[str, int], ...]
    dwellings: tuple[Dwellings, ...]
    pupils_per_room: float


def city_under(city: City, scenario: Scenario) -> City:
    """Give the city with the schools, rooms, dwellings and walks of `scenario`; its map in force stays.

    A school that closes keeps its row, without rooms or places at the level.

    Raises
    ------
    ScenarioError
        If the scenario is meant for another city or a level without a school map, opens a school whose code exists or
        that stands outside the commune, closes or equips a school that does not serve the level, closes every school,
        builds in a unit that is not there, or walks as the streets do not let it (see `geo.planning.walking`).
    """
    _refuse_misfit(city, scenario)
    city = walked_city(city, scenario.walking)
    if not (scenario.openings or scenario.closures or scenario.rooms or scenario.dwellings):
        return city
    rooms = {**scenario.rooms, **dict.fromkeys(scenario.closures, 0)}
    measures = _Measures(
        level=scenario.level,
        openings=scenario.openings,
        rooms=tuple(rooms.items()),
        dwellings=scenario.dwellings,
        pupils_per_room=scenario.assumptions.pupils_per_room(scenario.level),
    )
    return _changed(city, measures)


def schools_under(city: City, scenario: Scenario) -> gpd.GeoDataFrame:
    """Give all schools of the city, and those that the scenario opens.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `city_under`.
    """
    return city_under(city, scenario).layer("schools")


def plan_under(city: City, scenario: Scenario) -> Plan:
    """Give the map that the scenario proposes: its moves, and the nearest school that stays for each unit left over.

    A shared sector keeps those of its schools that stay.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `city_under`, or moves a unit to a school that does not serve the
        level or closes.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    changed = city_under(city, scenario)
    _refuse_strange_moves(changed, scenario)
    plan = scenario.plan(changed.current[scenario.level])
    return plan.moved(_homeless(changed, scenario, plan)) if scenario.closures else plan


def closure_notes(city: City, scenario: Scenario) -> tuple[Note, ...]:
    """Say how many units of closed schools no move takes elsewhere.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `plan_under`.
    """
    if not scenario.closures:
        return ()
    changed = city_under(city, scenario)
    count = len(_homeless(changed, scenario, scenario.plan(changed.current[scenario.level])))
    return (Note("closure-nearest", {"count": count}),) if count else ()


def _refuse_misfit(city: City, scenario: Scenario) -> None:
    told = f"scenario '{scenario.name}'"
    if scenario.city != city.code:
        raise ScenarioError(f"{told}: expected a scenario for '{city.code}', got one for '{scenario.city}'")
    if scenario.level not in city.current:
        there = ", ".join(city.current) or "none"
        raise ScenarioError(f"{told}: {city.name} has no school map for level '{scenario.level}', only: {there}")
    serving = {str(school) for school in city.schools_of(scenario.level).index}
    opened = {one.school_id for one in scenario.openings}
    _refuse(told, "new codes for the schools that open", opened & set(city.tables["schools"].index))
    _refuse(told, f"schools of level '{scenario.level}' to close", set(scenario.closures) - serving)
    _refuse(told, f"rooms for schools of level '{scenario.level}'", set(scenario.rooms) - serving - opened)
    _refuse(told, "dwellings in units of the city", _strange_units(city, scenario.dwellings))
    if not (serving | opened) - set(scenario.closures):
        raise ScenarioError(f"{told}: expected a school of level '{scenario.level}' that stays, got every one closed")
    commune = shapely.union_all(city.layer("commune").geometry.to_numpy())
    outside = {one.school_id for one in scenario.openings if not commune.intersects(shapely.Point(one.x, one.y))}
    _refuse(told, f"schools that open to stand in {city.name} (x, y in {city.crs})", outside)


def _refuse_strange_moves(changed: City, scenario: Scenario) -> None:
    open_schools = set(changed.schools_of(scenario.level).index) - set(scenario.closures)
    named = {school for schools in scenario.moves.values() for school in schools}
    _refuse(
        f"scenario '{scenario.name}'", f"open public schools of level '{scenario.level}' in moves", named - open_schools
    )


def _refuse(told: str, expected: str, wrong: Collection[str]) -> None:
    if wrong:
        raise ScenarioError(f"{told}: expected {expected}, got {sorted(wrong)[:_NAMED]}")


def _strange_units(city: City, dwellings: tuple[Dwellings, ...]) -> set[str]:
    return {one.unit_id for one in dwellings} - set(city.tables["units"].index)


@lru_cache(maxsize=16)
def _changed(city: City, measures: _Measures) -> City:
    """Give the changed city; kept, since each gesture on the map asks for the same one again."""
    tables, walk_m = {**city.tables, "rooms": _rooms(city.tables["rooms"], measures)}, city.walk_m
    if measures.openings:
        tables["schools"] = _schools(city, measures.openings)
        walk_m = pd.concat([walk_m, _walks(city, measures.openings)], axis="columns")
    if measures.dwellings:
        tables["housing"] = _housing(city.tables["housing"], measures.dwellings)
    return replace(city, tables=tables, walk_m=walk_m)


def _rooms(table: pd.DataFrame, measures: _Measures) -> pd.DataFrame:
    """Give the table of rooms; places that the city states change by those of the rooms added or taken away."""
    changed = pd.concat([table, _new_rooms(table, measures)]) if measures.openings else table.copy()
    wanted = dict(measures.rooms)
    keys = [key for key in changed.index if key[1] == measures.level and key[0] in wanted]
    if not keys:
        return changed
    rooms = pd.Series([wanted[school] for school, _ in keys], index=changed.loc[keys].index, dtype="float64")
    there = changed.loc[rooms.index, ["rooms", "capacity_pupils"]].astype("float64")
    added = (rooms - there["rooms"]) * measures.pupils_per_room
    places = (there["capacity_pupils"] + added).clip(lower=0).where(rooms > 0, 0).round()
    changed.loc[rooms.index, "rooms"] = rooms.astype(table["rooms"].dtype)
    changed.loc[rooms.index, "capacity_pupils"] = places.astype(table["capacity_pupils"].dtype)
    return changed


def _new_rooms(table: pd.DataFrame, measures: _Measures) -> pd.DataFrame:
    keys = [(one.school_id, str(measures.level)) for one in measures.openings]
    new = pd.DataFrame(
        {
            "rooms": [one.rooms for one in measures.openings],
            "capacity_pupils": pd.NA,
            "canteen_seats": [pd.NA if one.canteen_seats is None else one.canteen_seats for one in measures.openings],
        },
        index=pd.MultiIndex.from_tuples(keys, names=["school_id", "level"]),
    )
    return new.reindex(columns=table.columns).astype(dict(table.dtypes))


def _schools(city: City, openings: tuple[Opening, ...]) -> pd.DataFrame:
    schools = city.layer("schools")
    new = gpd.GeoDataFrame(
        {"name": [one.name for one in openings], "sector": "public"},
        index=pd.Index([one.school_id for one in openings], name="school_id", dtype=schools.index.dtype),
        geometry=gpd.points_from_xy([one.x for one in openings], [one.y for one in openings]),
        crs=schools.crs,
    ).reindex(columns=schools.columns)
    plain = new.astype({name: kind for name, kind in schools.dtypes.items() if name != "geometry"})
    both: pd.DataFrame = gpd.GeoDataFrame(pd.concat([schools, plain]))
    return both


def _walks(city: City, openings: tuple[Opening, ...]) -> pd.DataFrame:
    homes = city.layer("addresses").loc[city.walk_m.index]
    points = gpd.points_from_xy([one.x for one in openings], [one.y for one in openings], crs=homes.crs)
    ends = gpd.GeoDataFrame(index=[one.school_id for one in openings], geometry=points)
    streets, barriers = city.layer("streets"), city.layer("barriers")
    return walks(city.network, homes, ends, streets=streets, barriers=barriers).table_m


def _housing(table: pd.DataFrame, dwellings: tuple[Dwellings, ...]) -> pd.DataFrame:
    rows = pd.DataFrame([one.model_dump() for one in dwellings]).set_index(["programme_id", "delivery_year"])
    new = rows.reindex(columns=table.columns).astype(dict(table.dtypes))
    kept = table[~table.index.isin(new.index)]
    both: pd.DataFrame = pd.concat([kept, new]) if len(kept) else new
    return both


def _homeless(changed: City, scenario: Scenario, plan: Plan) -> dict[str, tuple[str, ...]]:
    """Give the units of `plan` that closed schools would keep, and the schools that they go to."""
    closed = set(scenario.closures)
    touched = {unit: schools for unit, schools in plan.schools_of.items() if closed & set(schools)}
    staying = {unit: tuple(school for school in schools if school not in closed) for unit, schools in touched.items()}
    alone = [unit for unit, schools in staying.items() if not schools]
    nearest = _nearest(changed, alone, sorted(set(changed.schools_of(scenario.level).index) - closed))
    return {unit: schools or (nearest[unit],) for unit, schools in staying.items()}


def _nearest(city: City, units: list[str], schools: list[str]) -> dict[str, str]:
    """Give the school of the shortest mean walk for each unit; by the map where no one lives or no way leads."""
    homes = homes_of_units(city)
    homes = homes[homes["unit_id"].isin(units)]
    walks = city.walk_m.loc[homes.index, schools].replace(np.inf, np.nan).mul(homes["weight"], axis="index")
    mean = walks.groupby(homes["unit_id"]).sum(min_count=1).reindex(units)
    areas, points = city.layer("units").loc[units].geometry, city.layer("schools").loc[schools].geometry
    straight = shapely.distance(np.asarray(areas.centroid.to_numpy())[:, None], np.asarray(points.to_numpy())[None, :])
    known = mean.notna().all(axis=1).to_numpy()[:, None]
    choice = np.where(known, mean.to_numpy(), straight).argmin(axis=1) if units else np.array([], dtype=int)
    return {unit: schools[place] for unit, place in zip(units, choice, strict=True)}
