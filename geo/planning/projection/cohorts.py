"""Pupils who grow up: from one September to the next, school by school, within the city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geo.model.projection import ProjectionChoices
from geo.planning.projection.progression import Course, Fit, Floats, Panel, fit

_RECENT_BIRTHS: Final = 3  # years whose mean stands for the births to come


@dataclass(frozen=True, eq=False)
class Outlook:
    """What becomes of the pupils of one year; blocks have the shape (years ahead, schools, grades).

    Attributes
    ----------
    fitted
        What was learnt from the past.
    held
        Pupils [pupils] if as many children were born as for the entries of the last years.
    births
        Change of these by the births that are known or expected [pupils]; may be negative.
    """

    fitted: Fit
    held: Floats
    births: Floats


def outlook(panel: Panel, course: Course, *, year: int, horizon_years: int, choices: ProjectionChoices) -> Outlook:
    """Give the pupils of the years after `year`, from rolls up to `year` and births known by then.

    Each school grows up with its own shrunken ratios; each grade and year is then scaled so that the schools add up
    to the city, which grows up with its own. The scale is that of held births: so a birth more, wherever it is, adds
    pupils and takes none away.
    """
    fitted = fit(panel, course, year=year, choices=choices)
    held = np.tile(fitted.births_held, (horizon_years, 1))
    lead = int(course.births.columns.max()) - panel.last_year
    expected = births_ahead(course, year, horizon_years, known_until=year + lead, choices=choices)
    control = _control(fitted, held)
    usual = _grow(fitted, held, control)
    return Outlook(fitted, usual, _grow(fitted, expected, control) - usual)


def births_ahead(
    course: Course, year: int, horizon_years: int, *, known_until: int, choices: ProjectionChoices
) -> Floats:
    """Births of the cohorts that enter in the years after `year` [children], shape (years ahead, areas).

    Births that are not known by then are the mean of the last three known years, changed by the choice each year.
    """
    known = course.births[sorted(born for born in map(int, course.births.columns) if born <= known_until)]
    recent = known.iloc[:, -_RECENT_BIRTHS:].mean(axis=1)
    ahead = []
    for entered in range(year + 1, year + horizon_years + 1):
        born = entered - course.births_lag_years
        growth = (1 + choices.births_change_share) ** max(born - known_until, 0)
        cohort = known[born] if born in known.columns else recent * growth
        ahead.append(np.nan_to_num(cohort.to_numpy(dtype=np.float64)))
    return np.array(ahead)


def averaged(held: Floats, last: Floats, weight: float) -> Floats:
    """Draw the total of each school towards that of last year, the city and the grades kept in proportion.

    Parameters
    ----------
    held
        Pupils of the grades of one level [pupils], shape (years ahead, schools, grades).
    last
        Pupils of the last rolls [pupils], shape (schools, grades).
    weight
        Part of last year's total [0-1].
    """
    totals = held.sum(axis=2)
    drawn = (1 - weight) * totals + weight * last.sum(axis=1)
    drawn = drawn * _ratio(totals.sum(axis=1), drawn.sum(axis=1))[:, None]
    grown: Floats = held * _ratio(drawn, totals)[:, :, None]
    return grown


def forecast(ahead: Outlook, places: Sequence[int], weight: float) -> Floats:
    """Pupils of the grades at `places` [pupils], shape (years ahead, schools, grades): averaged, births in full."""
    columns = list(places)
    held = averaged(ahead.held[:, :, columns], ahead.fitted.last[:, columns], weight)
    return np.maximum(held + ahead.births[:, :, columns], 0.0)


def steady_births(years: range) -> pd.DataFrame:
    """Stand in for births that are not known: one a year, so that as many children enter as in the last years."""
    return pd.DataFrame(1.0, index=pd.Index(["city"]), columns=list(years))


def _grow(fitted: Fit, births: Floats, control: Floats) -> Floats:
    """Let the schools grow up; `births` and `control` have one row a year ahead."""
    now, years = fitted.last, []
    for born, scale in zip(births, control, strict=True):
        now = _one_year(fitted, now, born) * scale
        years.append(now)
    return np.array(years)


def _control(fitted: Fit, births: Floats) -> Floats:
    """Give the scales, shape (years ahead, grades), with which the schools add up to the city."""
    now, city, scales = fitted.last, fitted.last.sum(axis=0), []
    for born in births:
        now = _one_year(fitted, now, born)
        city = np.r_[born.sum(), city[:-1]] * fitted.city
        scale = _ratio(city, now.sum(axis=0))
        now, city = now * scale, now.sum(axis=0) * scale
        scales.append(scale)
    return np.array(scales)


def _one_year(fitted: Fit, now: Floats, born: Floats) -> Floats:
    pool = np.zeros_like(now)
    pool[:, 1:] = now[:, :-1]
    for place, share in fitted.shares.items():
        pool[:, place] = (born if place == 0 else now[:, place - 1]) @ share
    grown: Floats = np.where(fitted.active, pool * fitted.ratio, 0.0)
    return grown


def _ratio(wanted: Floats, had: Floats) -> Floats:
    """Give by what to multiply to get what is wanted; one where there is nothing to multiply."""
    return np.divide(wanted, had, out=np.ones(np.broadcast_shapes(wanted.shape, had.shape)), where=had > 0)
