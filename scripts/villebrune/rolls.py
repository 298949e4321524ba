"""Rolls: who sits in which school, grade by grade, September by September."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from geo.model.levels import AGES, GRADES, Level
from villebrune.people import AWAY, HOME, OTHER, THIS_YEAR, Array, Households, go_on

FIRST_YEAR: Final = 2017
# Share of the children outside the public schools who attend one of the two private schools of the town, by level:
# the first school has both levels, the second only the elementary one.
PRIVATE: Final = {Level.NURSERY: (0.62, 0.0), Level.ELEMENTARY: (0.42, 0.34)}


def public_pupils(now: Array, home: Households, owners: Mapping[str, tuple[str, ...]], *, year: int) -> pd.DataFrame:
    """Pupils by school of the sector and age, those who were let go elsewhere left out; index school, columns age.

    The children of a shared sector are shared out evenly, cohort by cohort; fractions of children are halved.
    """
    rows: dict[str, Array] = {}
    counts = now[:, :, HOME]
    cohort = year - np.arange(counts.shape[1])
    whole = bool(np.all(counts == np.floor(counts)))
    for i, unit in enumerate(home.units):
        schools = owners[unit]
        for rank, school in enumerate(schools):
            part = counts[i] / len(schools)
            if whole and len(schools) > 1:
                turn = (i + cohort + rank) % len(schools)
                part = np.floor(part) + (turn < counts[i] % len(schools))
            rows[school] = rows.get(school, np.zeros(counts.shape[1])) + part
    return pd.DataFrame(rows).T.sort_index()


def away_pupils(now: Array, home: Households, second: Mapping[str, str]) -> pd.DataFrame:
    """Pupils who were let go to the second nearest school; index school, columns age."""
    table = pd.DataFrame(now[:, :, AWAY], index=home.units)
    return table.groupby(table.index.map(second)).sum()


def roll_table(
    years: Mapping[int, Array],
    home: Households,
    owners: Mapping[str, Mapping[str, tuple[str, ...]]],
    *,
    second: Mapping[str, Mapping[str, str]],
    private: tuple[str, str],
) -> pd.DataFrame:
    """Rolls of all schools, one row a school, year and grade.

    Parameters
    ----------
    years
        The children of each year, as `live` gives them.
    home
        Their units.
    owners, second
        School map in force, and second nearest school of each unit, by level.
    private
        The two private schools.
    """
    parts = [
        _counts(pupils, level, year)
        for year in range(FIRST_YEAR, THIS_YEAR + 1)
        for level in Level
        for pupils in (
            public_pupils(years[year], home, owners[level], year=year).add(
                away_pupils(years[year], home, second[level]), fill_value=0
            ),
            _private_pupils(years[year], level, private),
        )
    ]
    rolls = pd.concat(parts)
    rank = {grade: i for i, grade in enumerate(grade for level in Level for grade in GRADES[level])}
    order = rolls.assign(rank=rolls["grade"].map(rank)).sort_values(["school_id", "year", "rank"], ignore_index=True)
    return order.drop(columns="rank")


def _private_pupils(now: Array, level: Level, private: tuple[str, str]) -> pd.DataFrame:
    """Pupils of the private schools that serve a level; index school, columns age."""
    outside = now[:, :, OTHER].sum(axis=0)
    shares = dict(zip(private, PRIVATE.get(level, (0.0, 0.0)), strict=True))
    rows = {school: np.round(share * outside) for school, share in shares.items() if share}
    return pd.DataFrame.from_dict(rows, orient="index", columns=range(len(outside)))


def _counts(pupils: pd.DataFrame, level: Level, year: int) -> pd.DataFrame:
    """Pupils by school and grade of a level, one row each."""
    named = pupils[list(AGES[level])].set_axis(list(GRADES[level]), axis=1).rename_axis("school_id")
    rows = named.round().astype(np.int64).melt(var_name="grade", value_name="pupils", ignore_index=False).reset_index()
    return rows.assign(year=year)[["school_id", "year", "grade", "pupils"]]


def expected_pupils(
    now: Array, home: Households, owners: Mapping[str, tuple[str, ...]], *, level: Level, until: int
) -> pd.DataFrame:
    """Pupils of each school of a level from this year on, without noise and without housing programmes.

    Children who were let go elsewhere count at the school of their sector.

    Returns
    -------
    pupils
        Index ``school_id``, one column a year.
    """
    columns = {}
    for year, people in go_on(now, home, until=until).items():
        everyone = np.zeros_like(people)
        everyone[:, :, HOME] = people[:, :, HOME] + people[:, :, AWAY]
        columns[year] = public_pupils(everyone, home, owners, year=year)[list(AGES[level])].sum(axis=1)
    return pd.DataFrame(columns)


def second_schools(walks: pd.DataFrame, owners: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The nearest school of each unit that is not one of its own; `walks` has units as rows, schools as columns [m]."""
    column = {school: i for i, school in enumerate(walks.columns)}
    metres = walks.to_numpy().copy()
    for row, unit in enumerate(walks.index):
        metres[row, [column[school] for school in owners[unit]]] = np.inf
    return dict(zip(walks.index, walks.columns[metres.argmin(axis=1)], strict=True))


def of_level(rolls: pd.DataFrame, level: str, year: int = THIS_YEAR) -> pd.Series:
    """Pupils of each school at a level in a year."""
    rows = rolls[rolls["grade"].isin(GRADES[Level(level)]) & (rolls["year"] == year)]
    return rows.groupby("school_id")["pupils"].sum()
