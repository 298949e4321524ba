"""Pupils and rooms to come as tables that people read: schools by year, the chart of one school, causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from geo.council.figures import by_name, whole_pupils
from geo.council.scales import Measure, class_of, measure_text, signed_text
from geo.council.words import Lang, say
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.projection import CAUSES, Projection

CITY: Final = "public"  # in the place of a school: all public schools together
ABSENT: Final = "absent"  # in the place of a class: the school is not open in that year

When = Literal["before", "after"]

# Pupils closer than this are the same: sums of fractions differ in their last bits.
_SAME: Final = 1e-9


@dataclass(frozen=True, eq=False)
class YearTable:
    """One figure of every school and year.

    Attributes
    ----------
    figures
        Index ``school_id`` in the order of the names, one column a year; as computed, NaN where not known.
    texts
        The same written for people, with the sign of the class.
    classes
        Codes of the classes, see `geo.council.scales`.
    """

    figures: pd.DataFrame
    texts: pd.DataFrame
    classes: pd.DataFrame


def side_of(school_years: pd.DataFrame, when: When) -> pd.DataFrame:
    """Give the figures of one map from both side by side.

    Parameters
    ----------
    school_years
        What `geo.planning.transition.school_years` gives.
    when
        ``before``: the map in force; ``after``: the scenario.

    Returns
    -------
    years
        Index ``school_id, year``, the columns of `geo.planning.classes.pressure`; a school that is not open yet has
        no row.
    """
    ending = f"_{when}"
    side = school_years[[name for name in school_years if str(name).endswith(ending)]]
    named = side.rename(columns=lambda name: str(name).removesuffix(ending))
    return named[named["pupils"].notna()]


def year_table(years: pd.DataFrame, names: pd.Series, *, measure: Measure, lang: Lang) -> YearTable:
    """Put one figure of every school and year into a table.

    Parameters
    ----------
    years
        Figures by school and year, as `geo.planning.classes.pressure` gives them.
    names
        Names of the schools, index ``school_id``.
    measure
        What is shown; ``rooms_balance`` is the rooms needed minus the rooms there [rooms].
    lang
        Language of the texts.
    """
    every = years.assign(rooms_balance=years["rooms_needed"] - years["rooms"])
    figures = _by_year(every[measure])
    judged = _by_year(every["occupancy_share"]) if measure == "pupils" else figures
    order = by_name(names, figures.index)
    classes = judged.map(lambda value: class_of(measure, value).code)
    texts = figures.map(lambda value: measure_text(measure, value, lang))
    signed = texts.combine(classes, lambda text, code: text.combine(code, signed_text))
    classes, signed = _where_open(every, classes, signed, lang=lang)
    return YearTable(figures.loc[order], signed.loc[order], classes.loc[order])


def overflow_years(years: pd.DataFrame) -> pd.DataFrame:
    """First year in which each school has more pupils than places.

    Returns
    -------
    overflow
        Index ``school_id``, type ``Int64``, not known where it never happens: ``expected_year``, of the pupils
        expected; ``earliest_year``, of the high end of the interval; ``surest_year``, of the low end.
    """
    columns = {"expected_year": "pupils", "earliest_year": "high_pupils", "surest_year": "low_pupils"}
    schools = years.index.unique("school_id")
    over = {name: years[years[column] > years["capacity_pupils"] + _SAME] for name, column in columns.items()}
    first = {name: _first_year(rows).reindex(schools).astype("Int64") for name, rows in over.items()}
    return pd.DataFrame(first, index=schools)


def overflow_cells(years: pd.DataFrame, lang: Lang) -> pd.Series:
    """Say when each school first has more pupils than places, in a few words for a cell; index ``school_id``."""
    last = int(years.index.unique("year").min())
    overflow = overflow_years(years)
    cells = pd.Series(
        [overflow_text("cell", row, last=last, lang=lang) for _, row in overflow.iterrows()],
        index=overflow.index,
        dtype="object",
    )
    return cells.mask(years["capacity_pupils"].isna().groupby(level="school_id").all(), say("unknown", lang))


def overflow_text(place: Literal["cell", "entry"], row: pd.Series, *, last: int, lang: Lang, school: str = "") -> str:
    """Say when a school first has more pupils than places.

    Parameters
    ----------
    place
        ``cell``: a few words for a cell; ``entry``: with the name of the school.
    row
        A row of `overflow_years`.
    last
        Year of the last rolls.
    lang
        Language of the words.
    school
        Name of the school.
    """
    expected, earliest = row["expected_year"], row["earliest_year"]
    if pd.isna(expected) and pd.isna(earliest):
        return say(f"pupils.overflow.{place}.no", lang)
    if pd.isna(expected):
        return say(f"pupils.overflow.{place}.maybe", lang, school=school, earliest=int(earliest))
    if expected == last:
        return say(f"pupils.overflow.{place}.already", lang, school=school, year=last)
    if earliest < expected:
        return say(f"pupils.overflow.{place}.earlier", lang, school=school, year=int(expected), earliest=int(earliest))
    return say(f"pupils.overflow.{place}.from", lang, school=school, year=int(expected))


def fan_table(
    city: City, projection: Projection, years: pd.DataFrame, *, school: str = CITY, before: Projection | None = None
) -> pd.DataFrame:
    """Give what the chart of a school, or of all public schools (``public``), shows.

    Parameters
    ----------
    city
        With its rolls of the past.
    projection
        Pupils to come.
    years
        Figures by school and year, as `geo.planning.classes.pressure` gives them: the last rolls and the places.
    school
        ``school_id``; by default all public schools.
    before
        Pupils to come with the map in force, if another one is proposed.

    Returns
    -------
    fan
        Index ``year``, from the first rolls on: ``past_pupils``, ``pupils``, ``low_pupils``, ``high_pupils``,
        ``capacity_pupils`` and, with `before`, ``before_pupils`` [pupils]; NaN where there is none.
    """
    ahead = _ahead(projection, years, school)
    past = _past_pupils(city, projection.level, school)
    index = pd.RangeIndex(min([*past.index, *ahead.index]), max(ahead.index) + 1, name="year")
    fan = ahead.reindex(index).assign(past_pupils=past.reindex(index))
    if before is not None:
        other = before.totals.xs(CITY) if school == CITY else _of_school(before.schools, school)
        # From the last rolls on, which no map changes.
        start = fan["pupils"].where(fan.index == projection.last_year)
        fan = fan.assign(before_pupils=other["pupils"].reindex(index).fillna(start))
    return fan[["past_pupils", *fan.columns.drop("past_pupils")]]


def overflow_year(fan: pd.DataFrame) -> int | None:
    """First year in which the expected pupils of a `fan_table` exceed the places; None if they never do."""
    over = fan.index[fan["pupils"] > fan["capacity_pupils"] + _SAME]
    return int(over[0]) if len(over) else None


def cause_table(projection: Projection, school: str = CITY) -> pd.DataFrame:
    """Split the pupils of a school, or of all public schools (``public``), into their causes, year by year.

    Returns
    -------
    causes
        Index ``year``, whole pupils that add up: one column a cause, and ``pupils``, as other tables round them.
    """
    rows = projection.totals.xs(CITY) if school == CITY else _of_school(projection.schools, school)
    rows = rows[[*CAUSES, "pupils"]]
    whole = (rows["pupils"] + 0.5 + _SAME) // 1
    parts = [
        whole_pupils(row[list(CAUSES)], total=int(total))
        for (_, row), total in zip(rows.iterrows(), whole, strict=True)
    ]
    table = pd.DataFrame(parts, index=rows.index, columns=list(CAUSES))
    return table.assign(pupils=whole).astype("Int64")


def _where_open(
    years: pd.DataFrame, classes: pd.DataFrame, texts: pd.DataFrame, *, lang: Lang
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say in which years a school is not open yet, or closed."""
    there, places = _by_year(years["pupils"]), _by_year(years["capacity_pupils"])
    closed = there.eq(0) & places.eq(0)
    told = texts.mask(there.isna(), say("pupils.not_yet", lang)).mask(closed, say("pupils.closed", lang))
    return classes.mask(there.isna() | closed, ABSENT), told


def _by_year(figures: pd.Series) -> pd.DataFrame:
    """Turn figures by school and year into one row a school and one column a year."""
    wide = figures.astype("float64").rename("figure").reset_index()
    return wide.pivot_table(index="school_id", columns="year", values="figure", aggfunc="first", dropna=False)


def _first_year(rows: pd.DataFrame) -> pd.Series:
    years = rows.index.get_level_values("year").to_series(index=rows.index.get_level_values("school_id"))
    return years.groupby(level="school_id").min()


def _ahead(projection: Projection, years: pd.DataFrame, school: str) -> pd.DataFrame:
    """Give pupils, interval and places by year, the last rolls first."""
    columns = ["pupils", "low_pupils", "high_pupils"]
    if school != CITY:
        return _of_school(years, school)[[*columns, "capacity_pupils"]].astype("float64")
    last = projection.totals["last_roll_pupils"].xs(CITY).iloc[0]
    first = pd.DataFrame(last, index=[projection.last_year], columns=columns)
    # Not known as soon as those of one school are not.
    places = years["capacity_pupils"].groupby(level="year").agg(lambda rooms: rooms.sum(skipna=False))
    return pd.concat([first, projection.totals.xs(CITY)[columns]]).assign(capacity_pupils=places)


def _past_pupils(city: City, level: Level, school: str) -> pd.Series:
    """Pupils on the rolls of the level by year [pupils]; of all public schools for ``public``."""
    rolls = city.tables["rolls"]["pupils"].astype("float64")
    wanted = list(city.schools_of(level).index) if school == CITY else [school]
    of_level = rolls.index.get_level_values("grade").isin(GRADES[level])
    there = rolls[of_level & rolls.index.get_level_values("school_id").isin(wanted)]
    return there.groupby(level="year").sum()


def _of_school(schools: pd.DataFrame, school: str) -> pd.DataFrame:
    """Give the rows of a school by year; none if it has not come up."""
    return schools[schools.index.get_level_values("school_id") == school].droplevel("school_id")
