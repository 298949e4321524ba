"""How many pupils of one grade there are for one of the grade before, a year earlier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import ScenarioError
from geo.model.projection import ProjectionChoices

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# A school's own weight is D / (D + k), D its pupils: k stays within what schools of this world have shown.
SHRINKAGE_SPAN: Final = (5.0, 2000.0)
SHRINKAGE_UNKNOWN: Final = 200.0  # too few schools to tell: a school of 200 pupils counts half
_ENOUGH_RATIOS: Final = 8
_LARGEST_SQUARE: Final = 0.25  # a ratio further off than one half is an event, not a tendency


@dataclass(frozen=True, eq=False)
class Panel:
    """Rolls as a block: ``pupils`` [pupils] has the shape (schools, years, grades).

    NaN: the school did not have the grade in that year. Years follow one another from `first_year` on.
    """

    schools: pd.Index
    first_year: int
    grades: tuple[str, ...]
    pupils: Floats

    @property
    def last_year(self) -> int:
        """Calendar year of the last rolls."""
        return self.first_year + int(self.pupils.shape[1]) - 1

    def at(self, year: int) -> Floats:
        """Pupils of one year, shape (schools, grades); all NaN for a year without rolls."""
        if self.first_year <= year <= self.last_year:
            return self.pupils[:, year - self.first_year]
        return np.full((len(self.schools), len(self.grades)), np.nan)


@dataclass(frozen=True, eq=False)
class Course:
    """How children come to the grades.

    Attributes
    ----------
    entries
        The grades that are not fed by the grade before in the same school: the first one by births, the first grade
        of each further level by the last grade of the level below in all schools.
    births
        Births by area (index) and year of birth (columns) [children].
    births_lag_years
        Years from birth to the first grade.
    links
        For an entry grade, which part of each source (an area, or a school of the level below; index) goes to each
        school (columns) [0-1]. An entry without a link, and a school that the link leaves out, gets a constant share
        of all: that of the last years.
    """

    entries: tuple[str, ...]
    births: pd.DataFrame
    births_lag_years: int
    links: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Fit:
    """What the rolls up to one year say about the next; blocks have the shape (schools, grades).

    Attributes
    ----------
    year
        The last year that was looked at.
    last, active
        Pupils of that year [pupils], zero where the school does not have the grade; whether it has it.
    before, after
        Pupils who could come to the grade and pupils who were in it a year later, added up over the window [pupils].
    own, weight, ratio
        The school's own ratio (NaN if unknown), its weight [0-1] and the shrunken ratio.
    city
        Ratio of the whole city, shape (grades,).
    shares
        For each entry grade (by its place) the part of each source that goes to each school, shape (sources, schools).
    births_held
        Mean births of the cohorts that entered within the window, by area [children].
    """

    year: int
    last: Floats
    active: Mask
    before: Floats
    after: Floats
    own: Floats
    weight: Floats
    ratio: Floats
    city: Floats
    shares: Mapping[int, Floats]
    births_held: Floats


def panel_of(rolls: pd.Series, grades: tuple[str, ...]) -> Panel:
    """Arrange rolls as a block.

    Parameters
    ----------
    rolls
        Pupils [pupils], index ``school_id, year, grade`` in any order.
    grades
        The grades to keep, youngest first.

    Raises
    ------
    ScenarioError
        If there is no roll of these grades.
    """
    kept = rolls[rolls.index.get_level_values("grade").isin(grades)]
    if kept.empty:
        msg = f"rolls: expected pupils of the grades {list(grades)}, got none. Add them to rolls.csv."
        raise ScenarioError(msg)
    years = kept.index.get_level_values("year")
    schools = kept.index.unique("school_id").sort_values()
    span = range(int(years.min()), int(years.max()) + 1)
    order = ["school_id", "year", "grade"]
    cells = pd.MultiIndex.from_product([schools, span, grades], names=order)
    block = kept.reset_index().set_index(order)["pupils"].reindex(cells).to_numpy(dtype=np.float64)
    return Panel(schools, span[0], grades, block.reshape(len(schools), len(span), len(grades)))


def grade_progression(
    rolls: pd.Series, course: Course, *, grades: tuple[str, ...], choices: ProjectionChoices, year: int | None = None
) -> pd.DataFrame:
    """Grade-progression ratios of each school, shrunken to those of the city.

    A ratio is that of sums over the last years: small grades stay calm. Only rolls up to `year` are looked at.

    Returns
    -------
    ratios
        Index ``school_id, grade``: ``before_pupils`` and ``after_pupils`` [pupils], ``own_ratio``, ``city_ratio``,
        ``weight`` of the school's own ratio [0-1], and ``ratio``, the shrunken one.

    Raises
    ------
    ScenarioError
        If there is no roll of these grades.
    """
    panel = panel_of(rolls, grades)
    fitted = fit(panel, course, year=panel.last_year if year is None else year, choices=choices)
    index = pd.MultiIndex.from_product([panel.schools, grades], names=["school_id", "grade"])
    columns = {
        "before_pupils": fitted.before,
        "after_pupils": fitted.after,
        "own_ratio": fitted.own,
        "city_ratio": np.broadcast_to(fitted.city, fitted.own.shape),
        "weight": fitted.weight,
        "ratio": fitted.ratio,
    }
    table = pd.DataFrame({name: block.ravel() for name, block in columns.items()}, index=index)
    return table[fitted.active.ravel()]


def fit(panel: Panel, course: Course, *, year: int, choices: ProjectionChoices) -> Fit:
    """Learn from the rolls up to `year` what the next years will be."""
    now = panel.at(year)
    years = [y for y in range(year - choices.window_years + 1, year + 1) if not {y, y - 1} & set(choices.broken_years)]
    shares = {
        panel.grades.index(entry): _shares(panel, course, entry, years=years, active=np.isfinite(now))
        for entry in course.entries
    }
    before, after, city = _sums(panel, course, shares=shares, years=years)
    own = np.divide(after, before, out=np.full(before.shape, np.nan), where=before > 0)
    weight = _weights(before, own, city, entries=tuple(shares), chosen=choices.shrinkage_pupils)
    entered = [y for y in years if np.isfinite(panel.at(y)[:, 0]).any()]
    cohorts = [y for y in (y - course.births_lag_years for y in entered) if y in course.births.columns]
    return Fit(
        year=year,
        last=np.nan_to_num(now),
        active=np.isfinite(now),
        before=before,
        after=after,
        own=own,
        weight=weight,
        ratio=weight * np.nan_to_num(own) + (1 - weight) * city,
        city=city,
        shares=shares,
        births_held=_mean(course.births, cohorts),
    )


def _mean(births: pd.DataFrame, years: list[int]) -> Floats:
    """Mean births of `years` by area [children]; of all years known if none of these is."""
    known = births[years] if years else births
    mean: Floats = np.nan_to_num(known.mean(axis=1).to_numpy(dtype=np.float64))
    return mean


def _shares(panel: Panel, course: Course, entry: str, *, years: list[int], active: Mask) -> Floats:
    """Give the part of each source that goes to each school [0-1], shape (sources, schools); rows add up to one."""
    place = panel.grades.index(entry)
    here = active[:, place]
    received = np.where(here, np.nansum([panel.at(y)[:, place] for y in years] or [panel.at(0)[:, place]], axis=0), 0.0)
    received = np.where(here & (received.sum() == 0), 1.0, received)
    usual = received / max(received.sum(), 1.0)
    sources = course.births.index if place == 0 else panel.schools
    link = course.links.get(entry)
    if link is None:
        return np.tile(usual, (len(sources), 1))
    drawn = link.reindex(index=sources, columns=panel.schools).fillna(0.0).to_numpy(dtype=np.float64) * here
    linked = drawn.any(axis=0)
    rest = np.where(linked, usual, 0.0)
    drawn = np.where(drawn.any(axis=1, keepdims=True), drawn, rest)
    total = drawn.sum(axis=1, keepdims=True)
    within = np.divide(drawn, total, out=np.zeros_like(drawn), where=total > 0)
    outside: Floats = np.where(linked, 0.0, usual)
    shares: Floats = within * (1 - outside.sum()) + outside
    return shares


def _sums(
    panel: Panel, course: Course, *, shares: Mapping[int, Floats], years: list[int]
) -> tuple[Floats, Floats, Floats]:
    """Add up over the years the pupils before and after, by school and grade, and give the ratios of the city."""
    shape = (len(panel.schools), len(panel.grades))
    before, after, city = np.zeros(shape), np.zeros(shape), np.zeros((2, shape[1]))
    for year in years:
        came = panel.at(year)
        pool, everyone = _pool(panel, course, shares=shares, year=year)
        pair = np.isfinite(came) & np.isfinite(pool)
        before, after = before + np.where(pair, pool, 0.0), after + np.where(pair, came, 0.0)
        known = np.isfinite(came).any(axis=0) & np.isfinite(everyone)
        city = city + np.where(known, np.stack([everyone, np.nan_to_num(came).sum(axis=0)]), 0.0)
    return before, after, np.divide(city[1], city[0], out=np.ones(shape[1]), where=city[0] > 0)


def _pool(panel: Panel, course: Course, *, shares: Mapping[int, Floats], year: int) -> tuple[Floats, Floats]:
    """Children who could come to each grade in `year`: by school and in the whole city; NaN where not known."""
    earlier = panel.at(year - 1)
    pool = np.column_stack([np.full(len(earlier), np.nan), earlier[:, :-1]])
    everyone = np.where(np.isfinite(pool).any(axis=0), np.nan_to_num(pool).sum(axis=0), np.nan)
    for place, share in shares.items():
        source = _births(course, year - course.births_lag_years) if place == 0 else earlier[:, place - 1]
        known = np.isfinite(source).any()
        pool[:, place] = np.nan_to_num(source) @ share if known else np.nan
        everyone[place] = np.nansum(source) if known else np.nan
    return pool, everyone


def _births(course: Course, year: int) -> Floats:
    if year in course.births.columns:
        return course.births[year].to_numpy(dtype=np.float64)
    return np.full(len(course.births), np.nan)


def _weights(before: Floats, own: Floats, city: Floats, *, entries: tuple[int, ...], chosen: float | None) -> Floats:
    """Weight of each school's own ratio [0-1]: D / (D + k), k from how ratios differ between schools of a level."""
    weight = np.zeros(before.shape)
    places = np.arange(before.shape[1])
    for first, last in zip(entries, (*entries[1:], before.shape[1]), strict=True):
        for group in (places == first, (places > first) & (places < last)):
            k = shrinkage(before[:, group], own[:, group] - city[group]) if chosen is None else chosen
            reach = before[:, group] + k
            weight[:, group] = np.divide(before[:, group], reach, out=np.zeros(reach.shape), where=reach > 0)
    return np.where(np.isfinite(own), weight, 0.0)


def shrinkage(before: Floats, deviation: Floats) -> float:
    """Pupils at which a school's own ratio counts as much as that of the city [pupils]: the `k` of empirical Bayes.

    The square of a deviation is taken to be chance, falling with pupils (s2 / D), plus a lasting difference (t2); both
    follow from the sum of the squares and from their sum weighted by D, and ``k = s2 / t2``.

    Source: method of moments for two variance components, as in Efron and Morris (1975) for unequal variances.
    """
    known = np.isfinite(deviation) & (before > 0)
    if known.sum() < _ENOUGH_RATIOS:
        return SHRINKAGE_UNKNOWN
    size, square = before[known], np.minimum(deviation[known] ** 2, _LARGEST_SQUARE)
    count = float(len(size))
    system = np.array([[count, size.sum()], [(1 / size).sum(), count]])
    if np.linalg.cond(system) > 1 / np.finfo(float).eps:  # schools of one size: chance and difference look alike
        return SHRINKAGE_UNKNOWN
    chance, lasting = np.linalg.solve(system, np.array([(size * square).sum(), square.sum()]))
    smallest, largest = SHRINKAGE_SPAN
    return largest if lasting <= 0 else float(np.clip(chance / lasting, smallest, largest))
