"""Which children come to which school of a city: births of areas, and schools that feed one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple, cast

import pandas as pd

from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import AGES, GRADES, Level
from geo.model.note import Note
from geo.planning.enrolment import attendance_share, children_year, homes_of_units
from geo.planning.projection.cohorts import steady_births
from geo.planning.projection.progression import Course

_BEFORE_SCHOOL: Final = range(AGES[Level.NURSERY].stop)  # whose homes tell where births of an area go to school
_LEVELS: Final = tuple(Level)


class Intake(NamedTuple):
    """Rolls that a projection starts from, and how children come to the grades.

    Attributes
    ----------
    rolls
        Pupils [pupils], index ``school_id, year, grade``.
    grades
        The grades from the first one that is fed by births up to those of the level.
    course
        How children come to them under the school maps in force.
    counted
        Whether the pupils were counted; else they are the children of the sectors.
    share_notes
        Where the share of children in public schools comes from, if they were not.
    """

    rolls: pd.Series
    grades: tuple[str, ...]
    course: Course
    counted: bool
    share_notes: tuple[Note, ...] = ()


def intake(city: City, level: Level, assumptions: Assumptions | None = None) -> Intake:
    """Give what the pupils of `level` can be projected from.

    A city without rolls of the level starts from the children who live in its sectors, times the share of them in
    public schools that `assumptions` choose: one year, without a past.

    Raises
    ------
    ScenarioError
        If the city has neither rolls of `level` nor a school map and children of its ages.
    """
    counted = _has_rolls(city, level)
    if not counted and not _has_children(city, level):
        msg = f"{city.name}: expected rolls of each grade {GRADES[level]}, or a school map and children, got neither"
        raise ScenarioError(msg)
    rolls = city.tables["rolls"]["pupils"]
    notes: tuple[Note, ...] = ()
    if not counted:
        share, note = attendance_share(city, level, assumptions or Assumptions())
        rolls, notes = _rolls_of_children(city, level, share), (note,)
    levels = _levels_below(city, level) if counted else (level,)
    years = rolls.index.get_level_values("year")
    first = AGES[levels[0]].start
    births = _births(city, since=int(years.min()) - first, until=int(years.max()))
    course = Course(tuple(GRADES[step][0] for step in levels), births, first, _links(city, levels))
    grades = tuple(grade for step in levels for grade in GRADES[step])
    return Intake(rolls, grades, course, counted, notes)


def missing_rolls(city: City, level: Level) -> tuple[str, ...]:
    """Grades of `level` for want of which it cannot be projected; none if it can."""
    if _has_rolls(city, level) or _has_children(city, level):
        return ()
    there = set(city.tables["rolls"].index.get_level_values("grade"))
    return tuple(grade for grade in GRADES[level] if grade not in there)


def intake_notes(city: City, level: Level, known: Intake) -> Iterator[Note]:
    """Say what is not known about the ways of children to the schools of `level`."""
    if not known.counted:
        yield from known.share_notes
        yield Note("projection-from-children", {"year": children_year(city)})
    elif len(known.rolls.index.unique("year")) == 1:
        yield Note("projection-one-year")
    if city.tables["births"].empty:
        yield Note("projection-births-unknown")
    else:
        yield Note("projection-births-held", {"year": int(known.course.births.columns.max())})
        gaps = _areas_with_gaps(city)
        if gaps:
            yield Note("projection-births-gaps", {"count": gaps})
    if level not in city.current:
        yield Note("projection-no-map")
    if known.counted and len(city.schools_of(level, sector="private")):
        yield Note("projection-private")


def _has_rolls(city: City, level: Level) -> bool:
    return set(GRADES[level]) <= set(city.tables["rolls"].index.get_level_values("grade"))


def _has_children(city: City, level: Level) -> bool:
    return level in city.current and set(AGES[level]) <= set(city.tables["children"].index.get_level_values("age"))


def _rolls_of_children(city: City, level: Level, share: float) -> pd.Series:
    """Pupils whom the sectors send to the public schools, as if they had been counted [pupils]."""
    table = city.tables["children"]["children"].reset_index()
    last = table[(table["year"] == table["year"].max()) & table["age"].isin(AGES[level])]
    sent = last.merge(city.current[level].shares, on="unit_id")
    grade_of = dict(zip(AGES[level], GRADES[level], strict=True))
    rows = sent.assign(grade=sent["age"].map(grade_of), pupils=sent["children"] * sent["share"] * share)
    return cast("pd.Series[float]", rows.groupby(["school_id", "year", "grade"])["pupils"].sum())


def _levels_below(city: City, level: Level) -> tuple[Level, ...]:
    """Levels whose rolls feed `level`, youngest first, itself included: those with rolls and without a gap."""
    chain: list[Level] = []
    for step in _LEVELS[: _LEVELS.index(level) + 1]:
        chain = [*chain, step] if _has_rolls(city, step) else []
    return tuple(chain)


def _links(city: City, levels: tuple[Level, ...]) -> dict[str, pd.DataFrame]:
    """Give where the children of each area, and of each school of a level below, go under the maps in force."""
    links: dict[str, pd.DataFrame] = {}
    if levels[0] in city.current and not city.tables["births"].empty:
        links[GRADES[levels[0]][0]] = _from_areas(city, levels[0])
    for lower, upper in pairwise(levels):
        if lower in city.current and upper in city.current:
            links[GRADES[upper][0]] = _from_schools(city, lower, upper)
    return links


def _births(city: City, *, since: int, until: int) -> pd.DataFrame:
    """Births by IRIS and year [children]; without a table of births, the same births every year.

    Births that the table lacks for some years of an IRIS are the mean of its other years: they are not known, not none.
    """
    births = city.tables["births"]["births"]
    if births.empty:
        return steady_births(range(since, until))
    wide = births.reset_index().pivot_table(index="iris", columns="year", values="births", aggfunc="sum")
    known = wide.astype("float64").sort_index(axis="columns")
    return known.T.fillna(known.mean(axis="columns")).T


def _areas_with_gaps(city: City) -> int:
    """Count the IRIS whose births are not known for one of the years that others have."""
    years = city.tables["births"].reset_index().groupby("iris")["year"].nunique()
    return int((years < city.tables["births"].index.get_level_values("year").nunique()).sum())


def _children(city: City, ages: range) -> pd.Series:
    """Children of some ages by unit [children], last year known; without any, the dwellings of the unit."""
    table = city.tables["children"]["children"].reset_index()
    last = table[(table["year"] == table["year"].max()) & table["age"].isin(ages)]
    counted: pd.Series[float] = last.groupby("unit_id")["children"].sum()
    if counted.sum() > 0:
        return counted
    dwellings = city.tables["addresses"].groupby("unit_id")["dwellings"].sum()
    return dwellings.astype("float64")


def _wide_shares(city: City, level: Level, units: pd.Index) -> pd.DataFrame:
    """Part of the pupils of each unit that the map in force sends to each school, units by schools [0-1]."""
    shares = city.current[level].shares.pivot_table(index="unit_id", columns="school_id", values="share", aggfunc="sum")
    return shares.reindex(units).fillna(0.0)


def _from_areas(city: City, level: Level) -> pd.DataFrame:
    """Part of the births of each IRIS that goes to each school: by the homes of young children."""
    homes = homes_of_units(city)
    young = _children(city, _BEFORE_SCHOOL).reindex(homes["unit_id"]).fillna(0.0).to_numpy() * homes["weight"]
    keyed = homes.assign(iris=city.tables["addresses"]["iris"], young=young)
    lived = keyed.pivot_table(index="iris", columns="unit_id", values="young", aggfunc="sum").fillna(0.0)
    return lived @ _wide_shares(city, level, lived.columns)


def _from_schools(city: City, lower: Level, upper: Level) -> pd.DataFrame:
    """Part of each school of `lower` that goes to each school of `upper`: by the children who live in both sectors."""
    weight = _children(city, AGES[lower])
    below, above = (_wide_shares(city, level, weight.index) for level in (lower, upper))
    return below.T @ above.mul(weight, axis="index")
