"""How a new school map comes into force: pupils of the years to come, and who changes school when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.model.city import City
from geo.model.levels import GRADES
from geo.model.measures import Phasing
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.projection import CAUSES, Projection
from geo.model.scenario import Scenario
from geo.model.transition import Transition
from geo.planning.applying import city_under, closure_notes, plan_under
from geo.planning.classes import pressure
from geo.planning.enrolment import children_year
from geo.planning.phasing import share_at_new
from geo.planning.projection.progression import Floats
from geo.planning.projection.project import added_up, project, with_interval
from geo.planning.transfers import Concerned, concerned, moved_shares

_KEYS: Final = ["school_id", "grade", "year"]
_WHOLE_SCHOOL: Final = ""  # stands for the unit of a school that closes and has no sector


def baseline(city: City, scenario: Scenario, *, horizon_years: int = 10) -> Projection:
    """Give the pupils of the years to come if nothing is decided: with the dwellings of `scenario`, without the rest.

    It depends on the level, the dwellings, the projection choices and, where there are no rolls, the assumptions of the
    scenario only.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, or its level cannot be projected, see
        `geo.planning.projection.project.refusal`.
    """
    idle = scenario.without_changes()
    changed = city_under(city, idle)
    return project(
        changed,
        changed.current[idle.level],
        scenario.projection,
        assumptions=scenario.assumptions,
        horizon_years=horizon_years,
    )


def transition(
    city: City, scenario: Scenario, *, before: Projection | None = None, horizon_years: int = 10
) -> Transition:
    """Give the pupils of the years to come under the map in force and under `scenario`, and who moves when.

    See docs/phasing.md. Pupils are conserved in each grade and year.

    Parameters
    ----------
    city, scenario
        The city, and what it would decide.
    before
        What `baseline` gives, if it is there already; then `horizon_years` does not count.
    horizon_years
        How far to look ahead [years].

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, or its level cannot be projected.
    PlanError
        If the scenario moves a unit that the map in force has not.
    ValueError
        If `before` is the projection of another map, or of other choices.
    """
    plan, current = plan_under(city, scenario), city.current[scenario.level]
    today = before or baseline(city, scenario, horizon_years=horizon_years)
    if today.plan.key != current.key or today.choices != scenario.projection:
        raise ValueError("transition: expected the projection of the map in force with the choices of the scenario")
    changed, start = city_under(city, scenario), max(scenario.start_year, today.years[0])
    within = start <= today.years[-1]
    moved = _moved(changed, scenario, plan, today=today) if within else moved_shares(current, current)
    first = min(start, today.years[-1])
    there = concerned(changed, today, moved, start_year=first, closed=scenario.closures if within else ())
    routes = _routes(there, scenario, start_year=start)
    notes = (*today.notes, *closure_notes(city, scenario), *_notes(city, scenario, today=today, moved=moved))
    return Transition(
        city_key=city.key,
        scenario=scenario,
        start_year=start,
        before=today,
        after=replace(_after(changed, scenario, today, routes=routes, start_year=start), plan=plan, notes=notes),
        movers=_movers(routes),
        years=_years(today, routes),
        notes=notes,
    )


def school_years(city: City, told: Transition, *, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """Put pupils, rooms and places of each public school side by side, year by year, the last rolls first.

    Parameters
    ----------
    city
        The city of the transition.
    told
        What `transition` gives.
    before
        What `geo.planning.classes.pressure` gives for `told.before` and the assumptions of the scenario, if it is
        there already.

    Returns
    -------
    years
        Index ``school_id, year``: the columns of `geo.planning.classes.pressure` with the endings ``_before`` and
        ``_after``, and ``moved_in_pupils`` and ``moved_out_pupils`` [pupils]. Until the new map holds, rooms and
        places are those of today; from then on ``_after`` has those of the scenario. A school that opens has rows from
        its first September on, without figures before; one that closes keeps its rows, without pupils.
    """
    scenario, start = told.scenario, told.start_year
    today = pressure(city, told.before, assumptions=scenario.assumptions) if before is None else before
    then = pressure(city_under(city, scenario), told.after, assumptions=scenario.assumptions)
    until, since = (table.index.get_level_values("year") for table in (today, then))
    after = pd.concat([today[until < start], then[since >= start]])
    sums = {
        name: told.movers["pupils"].groupby([column, "year"]).sum().rename_axis(["school_id", "year"])
        for name, column in (("moved_in_pupils", "to_school"), ("moved_out_pupils", "from_school"))
    }
    both = today.add_suffix("_before").join(after.add_suffix("_after"), how="outer").sort_index()
    moved = pd.DataFrame(sums).reindex(both.index).fillna(0.0)
    return both.join(moved)


def _moved(changed: City, scenario: Scenario, plan: Plan, *, today: Projection) -> pd.DataFrame:
    """Give who changes school; the pupils of a school that closes and has no sector go to the nearest one."""
    moved = moved_shares(changed.current[scenario.level], plan)
    there = set(today.pupils.index.unique("school_id"))
    alone = sorted((set(scenario.closures) & there) - set(today.plan.shares["school_id"]))
    schools = changed.schools_of(scenario.level).geometry
    staying = schools[~schools.index.isin(scenario.closures)]
    rows = [
        (_WHOLE_SCHOOL, school, staying.index[shapely.distance(staying.to_numpy(), schools[school]).argmin()], 1.0)
        for school in alone
    ]
    return pd.concat([moved, pd.DataFrame(rows, columns=moved.columns)]) if rows else moved


def _routes(there: Concerned, scenario: Scenario, *, start_year: int) -> pd.DataFrame:
    """Give one row a route, grade and year from the start on, with those who move and those who are kept [pupils]."""
    grades, years = GRADES[scenario.level], np.array(there.years)
    phase = _phase(there, scenario, start_year=start_year)
    kept = (1 - phase) * there.residents
    entered = years[None, :] - np.arange(len(grades))[:, None]
    blocks = {
        "pupils": phase * there.residents + there.newcomers,
        "changing_pupils": _changing(there, phase, start_year=start_year),
        "kept_pupils": kept,
        "following_pupils": kept * (entered >= start_year),
        "housing_pupils": phase * there.settled + there.newcomers,
    }
    index = pd.MultiIndex.from_product(
        [range(len(there.routes)), grades, there.years], names=["route", "grade", "year"]
    )
    table = pd.DataFrame({name: block.ravel() for name, block in blocks.items()}, index=index).reset_index()
    named = table.join(there.routes, on="route").drop(columns="route")
    return named[named["year"] >= start_year]


def _phase(there: Concerned, scenario: Scenario, *, start_year: int) -> Floats:
    """Part of the residents who are at the new school [0-1], shape (routes, grades, years); all where one closes."""
    grades = len(GRADES[scenario.level])
    phased, at_once = (
        share_at_new(
            there.years,
            grades=grades,
            start_year=start_year,
            phasing=phasing,
            siblings=scenario.assumptions.sibling_shares,
        )
        for phasing in (scenario.phasing, Phasing.ALL_AT_ONCE)
    )
    closing = there.routes["from_school"].isin(scenario.closures).to_numpy()
    phase: Floats = np.where(closing[:, None, None], at_once, phased)
    return phase


def _changing(there: Concerned, phase: Floats, *, start_year: int) -> Floats:
    """Give those who leave their school [pupils]: in the first year, at most as many as sat in the grade below."""
    changing = np.zeros_like(phase)
    if start_year in there.years:
        year = there.years.index(start_year)
        sat = (there.residents + there.newcomers)[:, :-1, year - 1]
        changing[:, 1:, year] = phase[:, 1:, year] * np.minimum(there.residents[:, 1:, year], sat)
    return changing


def _after(
    changed: City, scenario: Scenario, today: Projection, *, routes: pd.DataFrame, start_year: int
) -> Projection:
    """Give the same pupils in the schools of the new map, with their intervals."""
    every = today.pupils[[*CAUSES, "pupils"]]
    came, left = (
        routes.groupby([routes[column].rename("school_id"), "grade", "year"])[["pupils", "housing_pupils"]].sum()
        for column in ("to_school", "from_school")
    )
    index = every.index.union(came.index).union(_opened(scenario, today, start_year))
    cells = every.reindex(index, fill_value=0.0)
    change = came.sub(left, fill_value=0.0).reindex(index, fill_value=0.0)
    # Never below nobody, and nobody at all in a closed school, whatever the last bits of the sums are.
    shut = _closed(cells.index, scenario.closures, start_year)
    revision = change["pupils"].clip(lower=-cells["pupils"]).mask(shut, -cells["pupils"])
    cells = cells.assign(revision_pupils=revision, pupils=cells["pupils"] + revision)
    housing = cells["housing_pupils"] + change["housing_pupils"]
    schools, _ = added_up(cells, changed.tables["schools"]["sector"])
    by_school = housing.groupby(["school_id", "year"]).sum()
    pupils, both = (
        with_interval(table, today.spread[scale], since=today.last_year, choices=today.choices, housing=new)
        for table, scale, new in ((cells, "grade", housing), (schools, "school", by_school))
    )
    return replace(
        today,
        pupils=_certain(pupils, shut),
        schools=_certain(both, _closed(both.index, scenario.closures, start_year)),
    )


def _opened(scenario: Scenario, today: Projection, start_year: int) -> pd.MultiIndex:
    """Give the rows of the schools that open, from their first September on."""
    years = [year for year in today.years if year >= start_year]
    opened = [one.school_id for one in scenario.openings]
    return pd.MultiIndex.from_product([opened, GRADES[scenario.level], years], names=_KEYS)


def _closed(index: pd.Index, closures: tuple[str, ...], start_year: int) -> NDArray[np.bool_]:
    """Tell which rows are those of a school that has closed by then."""
    school, year = (index.get_level_values(name) for name in ("school_id", "year"))
    shut: NDArray[np.bool_] = school.isin(closures) & np.asarray(year >= start_year)
    return shut


def _certain(table: pd.DataFrame, shut: NDArray[np.bool_]) -> pd.DataFrame:
    """Take the interval away from closed schools."""
    return table.assign(
        low_pupils=table["low_pupils"].mask(shut, 0.0), high_pupils=table["high_pupils"].mask(shut, 0.0)
    )


def _movers(routes: pd.DataFrame) -> pd.DataFrame:
    moving = routes[routes["pupils"] > 0]
    index = ["year", "from_school", "to_school", "grade"]
    return moving.set_index(index)[["pupils", "changing_pupils"]].sort_index()


def _years(today: Projection, routes: pd.DataFrame) -> pd.DataFrame:
    names = {"pupils": "moved_pupils"}
    columns = ["pupils", "changing_pupils", "kept_pupils", "following_pupils"]
    sums = routes.groupby("year")[columns].sum().rename(columns=names)
    public = pd.Series(today.totals_of("public"), name="pupils").rename_axis("year")
    return public.to_frame().join(sums).fillna(0.0)


def _notes(city: City, scenario: Scenario, *, today: Projection, moved: pd.DataFrame) -> Iterator[Note]:
    """Say what is estimated about those who move."""
    first, last, asked = today.years[0], today.years[-1], scenario.start_year
    if asked > last:
        yield Note("transition-start-late", {"start": asked, "last": last})
    elif asked < first:
        yield Note("transition-start-past", {"start": asked, "last": today.last_year, "first": first})
    if moved.empty:
        return
    yield Note("transition-homes", {"year": children_year(city)})
    if scenario.phasing == Phasing.NEW_ENTRANTS:
        yield Note("transition-siblings", {"share": scenario.assumptions.elder_sibling_share})
    whole = sorted(moved.loc[moved["unit_id"] == _WHOLE_SCHOOL, "from_school"])
    if whole:
        yield Note("transition-closed-without-sector", {"count": len(whole), "names": ", ".join(whole)})
