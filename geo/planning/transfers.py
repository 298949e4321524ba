"""Pupils who live where the school map changes: from which school to which, by grade and year."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.model.city import City
from geo.model.levels import AGES, GRADES
from geo.model.plan import Plan
from geo.model.projection import FIRST_DEGREE_AGES, Projection
from geo.planning.enrolment import children_year
from geo.planning.projection.housing import housing_pupils
from geo.planning.projection.progression import Floats


@dataclass(frozen=True, eq=False)
class Concerned:
    """Pupils who live in units that change school, in the schools of the map in force.

    Attributes
    ----------
    routes
        One row a pair of schools between which pupils may change: ``from_school, to_school``.
    years
        Calendar years: that of the last rolls, and those of the projection.
    residents
        Pupils who lived there before the new map [pupils], shape (routes, grades, years).
    newcomers
        Pupils of dwellings that have filled since [pupils], same shape.
    settled
        Pupils of dwellings to come among the residents [pupils], same shape.
    """

    routes: pd.DataFrame
    years: tuple[int, ...]
    residents: Floats
    newcomers: Floats
    settled: Floats


def moved_shares(current: Plan, plan: Plan) -> pd.DataFrame:
    """Part of the pupils of each unit who change school: ``unit_id, from_school, to_school, share`` [0-1].

    A school of a shared sector that keeps the unit keeps its own pupils first; who leaves parts between the schools
    that gain, in proportion to what they gain.
    """
    rows = []
    for unit, schools in plan.moves_since(current).items():
        before = _parts(current.schools_of[unit])
        change = {school: part - before.get(school, 0.0) for school, part in _parts(schools).items()}
        change |= {school: -part for school, part in before.items() if school not in change}
        gained = {school: part for school, part in change.items() if part > 0}
        rows += [
            (unit, left, came, -part * won / sum(gained.values()))
            for left, part in change.items()
            if part < 0
            for came, won in gained.items()
        ]
    return pd.DataFrame(rows, columns=["unit_id", "from_school", "to_school", "share"]).astype({"share": "float64"})


def concerned(
    city: City, before: Projection, moved: pd.DataFrame, *, start_year: int, closed: Collection[str] = ()
) -> Concerned:
    """Count the pupils of `before` who live where the map changes, by route, grade and year.

    The pupils of a school are taken to live like the children of its sector; a cohort keeps the homes that it had when
    the children were last counted. A cohort that was not counted lives like all children of the ages of the level, and
    where there are none either, each unit of the sector counts alike.

    Parameters
    ----------
    city
        The city with its children and dwellings to come.
    before
        Pupils to come under the map in force.
    moved
        Who changes school, see `moved_shares`. A row whose unit is not in the map in force stands for a whole school.
    start_year
        First September of the new map: pupils of dwellings that fill from then on are newcomers.
    closed
        Schools that nobody attends any more: all of their pupils are concerned.
    """
    routes = moved[["from_school", "to_school"]].drop_duplicates().sort_values(["from_school", "to_school"])
    routes = routes.reset_index(drop=True)
    years = (before.last_year, *before.years)
    there, housing, grades_there = _pupils(before, routes["from_school"], years)
    homes = _homes(city, before, moved, routes=routes, years=years)
    settled, fresh = _of_dwellings(city, before, moved, routes=routes, start_year=start_year)
    among, newcomers = settled[:, None, :] * grades_there, fresh[:, None, :] * grades_there
    residents = np.maximum((there - housing) * homes + among, 0.0)
    scale = _within(routes, there, residents + newcomers, closed=closed)
    return Concerned(routes, years, residents * scale, newcomers * scale, among * scale)


def _parts(schools: tuple[str, ...]) -> dict[str, float]:
    return dict.fromkeys(schools, 1 / len(schools))


def _pupils(before: Projection, schools: pd.Series, years: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Pupils of each school, those of dwellings among them [pupils], and the part of a grade in these [0-1].

    All have the shape (schools, grades, years).
    """
    grades, named = GRADES[before.level], schools.drop_duplicates()
    cells = before.pupils[before.pupils.index.get_level_values("school_id").isin(named)]
    index = pd.MultiIndex.from_product([named, grades, years[1:]], names=cells.index.names)
    wide = cells[["pupils", "housing_pupils", "last_roll_pupils"]].reindex(index)
    blocks = wide.to_numpy(dtype=np.float64).reshape(len(named), len(grades), len(years) - 1, 3)
    taught = np.isfinite(blocks[:, :, :1, 0])
    part = taught / np.maximum(taught.sum(axis=1, keepdims=True), 1)
    known = np.nan_to_num(blocks)
    there = np.concatenate([known[:, :, :1, 2], known[:, :, :, 0]], axis=2)
    housing = np.concatenate([np.zeros_like(known[:, :, :1, 1]), known[:, :, :, 1]], axis=2)
    rows = pd.Index(named).get_indexer(pd.Index(schools))
    return there[rows], housing[rows], np.broadcast_to(part[rows], there[rows].shape)


def _homes(
    city: City, before: Projection, moved: pd.DataFrame, *, routes: pd.DataFrame, years: tuple[int, ...]
) -> Floats:
    """Part of the pupils of a school who live where they change to another [0-1], shape (routes, grades, years)."""
    children = _children_by_age(city)
    leaving = _by_route(moved.rename(columns={"share": "weight"}), children, routes)
    sector = before.plan.shares.rename(columns={"share": "weight", "school_id": "from_school"})
    everybody = _by_route(sector[sector["from_school"].isin(routes["from_school"])], children, routes)
    ages = AGES[before.level]
    level = [age for age in ages if age in children.columns]
    alike = _share(leaving["units"], everybody["units"], np.ones(len(routes)))
    usual = _share(leaving[level].sum(axis="columns"), everybody[level].sum(axis="columns"), alike)
    by_age = {int(age): _share(leaving[age], everybody[age], usual) for age in children.columns}
    counted = children_year(city)
    shares = [[by_age.get(age - (year - counted), usual) for year in years] for age in ages]
    return np.array(shares, dtype=np.float64).transpose(2, 0, 1)


def _children_by_age(city: City) -> pd.DataFrame:
    """Children of each unit on the last count [children], one column an age."""
    table = city.tables["children"]["children"].reset_index()
    last = table[table["year"] == table["year"].max()]
    wide: pd.DataFrame = last.pivot_table(index="unit_id", columns="age", values="children", aggfunc="sum").fillna(0.0)
    return wide


def _by_route(rows: pd.DataFrame, children: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Add up children by age, and ``units``, over the rows of each route or school, in the order of the routes."""
    keys = [name for name in ("from_school", "to_school") if name in rows]
    weight = rows["weight"].to_numpy()
    there = children.reindex(rows["unit_id"]).fillna(0.0).set_axis(rows.index, axis="index").mul(weight, axis="index")
    sums = there.assign(units=weight).groupby([rows[key] for key in keys]).sum()
    wanted = pd.MultiIndex.from_frame(routes[keys]) if len(keys) > 1 else pd.Index(routes[keys[0]])
    return sums.reindex(wanted).fillna(0.0).reset_index(drop=True)


def _share(part: pd.Series, whole: pd.Series, otherwise: Floats) -> Floats:
    shares: Floats = np.divide(part.to_numpy(), whole.to_numpy(), out=otherwise.copy(), where=whole.to_numpy() > 0)
    return shares


def _of_dwellings(
    city: City, before: Projection, moved: pd.DataFrame, *, routes: pd.DataFrame, start_year: int
) -> tuple[Floats, Floats]:
    """Pupils of dwellings in the moved units: there before the start, and come since [pupils], shape (routes, years).

    The year of the last rolls comes first: what is there by then is on the rolls.
    """
    housing = city.tables["housing"]
    years, level = list(before.years), before.level
    rows = housing_pupils(housing, before.choices, years=years, since=before.last_year)
    rows = rows * (len(GRADES[level]) / FIRST_DEGREE_AGES)
    rows.insert(0, before.last_year, 0.0)
    sent = moved.merge(rows.assign(unit_id=housing["unit_id"]), on="unit_id")
    brought = sent[[before.last_year, *years]].to_numpy(dtype=np.float64) * sent[["share"]].to_numpy()
    settled = brought[:, [[before.last_year, *years].index(start_year - 1)]]
    # What a demolition takes away was there before.
    since = (np.array([before.last_year, *years]) >= start_year) & (brought > 0)
    old = np.where(since, np.clip(settled, 0.0, np.maximum(brought, 0.0)), brought)
    place = pd.MultiIndex.from_frame(routes).get_indexer(pd.MultiIndex.from_frame(sent[["from_school", "to_school"]]))
    of_route = np.arange(len(routes))[:, None] == place[None, :]
    return of_route @ old, of_route @ (brought - old)


def _within(routes: pd.DataFrame, there: Floats, told: Floats, *, closed: Collection[str]) -> Floats:
    """Factor that keeps those who leave a school within its pupils, and empties one that closes.

    Source of a difference: dwellings that bring or take away more pupils than the school has.
    """
    school = routes["from_school"].to_numpy()
    leaving = np.tensordot(school[:, None] == school[None, :], told, axes=1)
    factor = np.divide(there, leaving, out=np.ones(told.shape), where=leaving > 0)
    shut = np.isin(school, list(closed))[:, None, None]
    scale: Floats = np.where(shut, factor, np.minimum(factor, 1.0))
    return scale
