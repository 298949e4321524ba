"""Put the search of a better map of a city into figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.applying import city_under, plan_under
from geo.planning.enrolment import attendance_share, capacity_by_school, homes_of_units, pupils_by_unit
from geo.planning.revision.assignment import HELD, Floats, Mask, Problem, Rows
from geo.planning.revision.rules import Rules
from geo.planning.revision.settling import settled
from geo.planning.walking import walking_notes
from geo.territory.adjacency import touching

# Where there is no way on foot, a walk counts as this many times the longest one.
_NO_WAY: Final = 2.0


@dataclass(frozen=True, eq=False)
class Facts:
    """What the city says, by rows of units and columns of schools.

    Attributes
    ----------
    units, schools
        Names of the rows and of the columns.
    pupils
        Pupils of each unit [pupils], shape (units,).
    places
        Places of each school [pupils], infinite where they are not known, shape (schools,).
    walk_m, longest_m
        Walk to each school [m], on average and at most over the addresses of the unit; NaN for a unit without
        addresses, infinite where there is no way. Shape (units, schools).
    today, asked
        Share of each unit in each school [0-1], by the map in force and by the scenario, shape (units, schools).
    closed
        Whether the scenario closes a school, shape (schools,).
    notes
        Where the pupils come from.
    """

    units: pd.Index
    schools: pd.Index
    pupils: Floats
    places: Floats
    walk_m: Floats
    longest_m: Floats
    today: Floats
    asked: Floats
    closed: Mask
    notes: tuple[Note, ...]

    def moved_pupils(self, share: Floats) -> float:
        """Pupils who change school when the units are shared so [pupils]; `share` [0-1], shape (units, schools)."""
        return float(self.pupils @ np.maximum(share - self.today, 0.0).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Posed:
    """A search in figures.

    Attributes
    ----------
    facts
        What the city says.
    problem
        What is asked for.
    start
        A choice that keeps its rules, shape (units,).
    base
        Share of each unit in each school [0-1] by the map that the search starts from, shape (units, schools).
    too_far
        Whether some pupils of a unit walk further to a school than the rules allow, shape (units, schools).
    """

    facts: Facts
    problem: Problem
    start: Rows
    base: Floats
    too_far: Mask


def pose(city: City, scenario: Scenario, rules: Rules) -> Posed:
    """Put the search of a better map into figures.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, or the rules lock a unit or a school that the map has not.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    asked = plan_under(city, scenario)
    city = city_under(city, scenario)
    facts = _facts(city, scenario, asked)
    _refuse_strangers(rules, facts)
    base = _base(facts, rules)
    roots = _roots(_distances(city, facts), base, facts)
    locked = _locked(facts, rules, base)
    held = locked | (roots & (base == 1)).any(axis=1)
    too_far = facts.longest_m > (rules.longest_walk_m or np.inf)
    changed = _changed_share(facts, base)
    walk_m = _priced_walks(facts, rules, too_far & ~held[:, None])
    problem = Problem(
        pupils=facts.pupils,
        cost_m=(facts.pupils[:, None] + rules.unit_weight_pupils) * (walk_m + rules.change_cost_m * changed),
        changes=facts.pupils[:, None] * changed,
        allowed=_allowed(facts, rules, base) & ~held[:, None],
        held=np.where(held[:, None], base, 0.0),
        places=facts.places,
        links=_links(city, facts.units),
        anchors=roots,
        overflow_price_m=rules.overflow_price_m,
        most_changes=_most_changes(facts, rules, base),
        in_one_piece=rules.in_one_piece,
    )
    problem, start = settled(problem, np.where(held, HELD, base.argmax(axis=1)))
    return Posed(facts, problem, start, base, too_far)


def shares_by_plan(plan: Plan, units: pd.Index, schools: pd.Index) -> Floats:
    """Give the share of each unit in each school by a plan [0-1], shape (units, schools)."""
    shares = plan.shares
    rows, columns = units.get_indexer(pd.Index(shares["unit_id"])), schools.get_indexer(pd.Index(shares["school_id"]))
    known = (rows >= 0) & (columns >= 0)
    table = np.zeros((len(units), len(schools)))
    table[rows[known], columns[known]] = shares["share"].to_numpy()[known]
    return table


def _facts(city: City, scenario: Scenario, asked: Plan) -> Facts:
    current = city.current[scenario.level]
    drawn = city.tables["units"].index
    units = drawn[drawn.isin(list(asked.schools_of))].sort_values()
    schools = city.schools_of(scenario.level).index
    share, share_note = attendance_share(city, scenario.level, scenario.assumptions)
    pupils = pupils_by_unit(city, scenario.level, share).reindex(units)
    places = capacity_by_school(city, scenario.level, scenario.assumptions)["capacity_pupils"].reindex(schools)
    walk_m, longest_m = _walks(city, units, schools)
    return Facts(
        units=units,
        schools=schools,
        pupils=pupils.to_numpy(dtype=np.float64),
        places=places.fillna(np.inf).to_numpy(dtype=np.float64),
        walk_m=walk_m,
        longest_m=longest_m,
        today=shares_by_plan(current, units, schools),
        asked=shares_by_plan(asked, units, schools),
        closed=np.asarray(schools.isin(list(scenario.closures))),
        notes=(*walking_notes(scenario.walking), share_note),
    )


def _walks(city: City, units: pd.Index, schools: pd.Index) -> tuple[Floats, Floats]:
    """Give the mean and the longest walk of the pupils of each unit to each school [m].

    Homes from which no way leads to any school count for none: no map can serve them.
    """
    homes = homes_of_units(city)
    homes = homes[homes["unit_id"].isin(units) & (homes["weight"] > 0)]
    walk_m = city.walk_m.reindex(index=homes.index, columns=schools)
    served = homes.index[~np.isinf(walk_m.to_numpy(dtype=np.float64)).all(axis=1)]
    homes, walk_m = homes.loc[served], walk_m.loc[served]
    unit = homes["unit_id"]
    weight = homes["weight"].groupby(unit).sum()
    mean = walk_m.mul(homes["weight"], axis=0).groupby(unit).sum().div(weight, axis=0).reindex(units)
    longest = walk_m.groupby(unit).max().reindex(units)
    return mean.to_numpy(dtype=np.float64), longest.to_numpy(dtype=np.float64)


def _refuse_strangers(rules: Rules, facts: Facts) -> None:
    for what, asked, known in (
        ("units of the map", rules.locked_units, facts.units),
        ("public schools of the level", rules.locked_schools, facts.schools),
    ):
        strange = sorted(asked - set(known))
        if strange:
            msg = f"rules: expected {what} to lock, got {len(strange)} that are none: {strange[:5]}"
            raise ScenarioError(msg)


def _base(facts: Facts, rules: Rules) -> Floats:
    """Give the map that the search starts from: the scenario's, or today's if that moves more pupils than allowed.

    What the rules lock, and what a school that closes gives up, is in any case as the scenario has it.
    """
    most = rules.largest_moved_share * float(facts.pupils.sum())
    if rules.largest_moved_share > 0 and facts.moved_pupils(facts.asked) <= most:
        return facts.asked
    fixed = _locked_by_name(facts, rules, facts.asked) | (facts.today[:, facts.closed] > 0).any(axis=1)
    return np.where(fixed[:, None], facts.asked, facts.today)


def _locked_by_name(facts: Facts, rules: Rules, base: Floats) -> Mask:
    """Mark the units that the rules lock, by their own name or by that of their school."""
    schools = np.asarray(facts.schools.isin(list(rules.locked_schools)))
    return np.asarray(facts.units.isin(list(rules.locked_units)) | (base[:, schools] > 0).any(axis=1))


def _locked(facts: Facts, rules: Rules, base: Floats) -> Mask:
    """Mark the units that stay: locked by name, in a shared sector, without a known walk; all if none may move."""
    shared = (base > 0).sum(axis=1) != 1
    unknown = np.isnan(facts.walk_m).all(axis=1)
    return np.asarray(_locked_by_name(facts, rules, base) | shared | unknown | (rules.largest_moved_share == 0))


def _allowed(facts: Facts, rules: Rules, base: Floats) -> Mask:
    """Mark where a unit may be sent: where it is, and wherever there is a way to a school that is not closed to it."""
    emptied = (facts.today > 0).any(axis=0) & ~(base > 0).any(axis=0)
    closed = emptied | facts.closed | facts.schools.isin(list(rules.locked_schools))
    return np.asarray((np.isfinite(facts.walk_m) & ~closed) | (base == 1), dtype=np.bool_)


def _most_changes(facts: Facts, rules: Rules, base: Floats) -> float:
    """Pupils who may change school [pupils]; those whom a lock has moved already may anyway."""
    if rules.largest_moved_share == 1:
        return np.inf
    return max(rules.largest_moved_share * float(facts.pupils.sum()), facts.moved_pupils(base))


def _changed_share(facts: Facts, base: Floats) -> Floats:
    """Give the share of a unit that changes school when it is sent to a school [0-1], shape (units, schools)."""
    shared = (base > 0) & (base < 1)
    # A shared unit stays shared: what counts is by how much the share of each of its schools grows.
    grown = np.divide(np.maximum(base - facts.today, 0.0), base, out=np.zeros_like(base), where=shared)
    return np.where(shared, grown, 1.0 - facts.today)


def _priced_walks(facts: Facts, rules: Rules, too_far: Mask) -> Floats:
    """Give what sending a pupil of a unit to a school costs [m], shape (units, schools): the walk.

    A school that is too far costs more than any other way out, if the unit has a nearer one.
    """
    walk_m = np.nan_to_num(facts.walk_m, nan=0.0, posinf=np.inf)
    longest = float(walk_m[np.isfinite(walk_m)].max(initial=0.0))
    walk_m = np.where(np.isfinite(walk_m), walk_m, _NO_WAY * longest)
    nearer = np.asarray((~too_far & np.isfinite(facts.walk_m)).any(axis=1))
    fine_m = np.where(too_far & nearer[:, None], 2 * (rules.overflow_price_m + longest), 0.0)
    return walk_m + fine_m


def _links(city: City, units: pd.Index) -> Rows:
    """Give the pairs of rows of neighbouring units, shape (links, 2)."""
    areas = gpd.GeoDataFrame(city.layer("units").loc[units, ["geometry"]])
    pairs = touching(areas, barriers=city.layer("barriers"), streets=city.layer("streets"))
    rows = [units.get_indexer(pd.Index(pairs[name])) for name in ("unit_a", "unit_b")]
    return np.column_stack(rows).astype(np.int64)


def _distances(city: City, facts: Facts) -> Floats:
    """Distance from each unit to each school, 0 for the unit in which it stands [m], shape (units, schools)."""
    areas = city.layer("units").loc[facts.units].geometry.to_numpy()
    points = city.layer("schools").loc[facts.schools].geometry.to_numpy()
    return np.asarray(shapely.distance(np.asarray(areas)[:, None], np.asarray(points)[None, :]))


def _roots(distance_m: Floats, base: Floats, facts: Facts) -> Mask:
    """Mark the unit that roots the sector of each school: of its own units the one in which it stands, or the nearest.

    A new school, which has no sector yet, is rooted in the nearest unit that is not the root of another.
    """
    roots = np.zeros(base.shape, dtype=bool)
    own = base > 0
    for school in np.flatnonzero(own.any(axis=0)):
        roots[np.where(own[:, school], distance_m[:, school], np.inf).argmin(), school] = True
    for school in np.flatnonzero(~own.any(axis=0) & ~(facts.today > 0).any(axis=0)):
        taken = roots.any(axis=1) | (own.sum(axis=1) != 1)
        roots[np.where(taken, np.inf, distance_m[:, school]).argmin(), school] = True
    return roots
