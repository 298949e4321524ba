"""Pupils whom new dwellings bring, and whom demolitions take away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.model.levels import GRADES
from geo.model.plan import Plan
from geo.model.projection import FIRST_DEGREE_AGES, ProjectionChoices


def dwelling_yield(housing: pd.DataFrame, choices: ProjectionChoices) -> pd.Series:
    """Pupils of 3 to 10 years in public schools per dwelling when the programme is fully lived in [pupils].

    Parameters
    ----------
    housing
        Deliveries with ``social_share`` [0-1] and ``mean_rooms`` [rooms]; where one is not known, it is the usual one.
    choices
        The yield of the usual dwelling, and what rooms and social housing change in it.
    """
    rooms = housing["mean_rooms"].astype("float64").fillna(choices.usual_rooms) - choices.usual_rooms
    social = housing["social_share"].astype("float64").fillna(choices.usual_social_share) - choices.usual_social_share
    factor = (1 + choices.rooms_effect * rooms).clip(lower=0.0) * (1 + choices.social_effect * social).clip(lower=0.0)
    return (choices.housing_yield * factor).rename("yield_pupils")


def housing_pupils(
    housing: pd.DataFrame, choices: ProjectionChoices, *, years: Sequence[int], since: int
) -> pd.DataFrame:
    """Pupils of 3 to 10 years whom each delivery brings by year, compared with those already there in `since`.

    Parameters
    ----------
    housing
        Index ``programme_id, delivery_year``: ``dwellings`` (below zero: demolished), ``social_share``, ``mean_rooms``.
    choices
        Yield, profile, slip and part of newcomers. The slip delays only deliveries after `since`.
    years
        Septembers to look at.
    since
        September of the last rolls: what is there by then is on the rolls.

    Returns
    -------
    pupils
        Same index, one column a year [pupils].
    """
    full = dwelling_yield(housing, choices) * housing["dwellings"].astype("float64") * choices.newcomer_share
    delivered = housing.index.get_level_values("delivery_year").to_numpy(dtype=np.int64)
    delivered = np.where(delivered > since, delivered + choices.slip_years, delivered)
    there = {year: _profile(year - delivered, choices.housing_profile) for year in (*years, since)}
    added = {year: full * (there[year] - there[since]) for year in years}
    return pd.DataFrame(added, index=housing.index, columns=list(years), dtype="float64")


def housing_by_school(
    housing: pd.DataFrame, plan: Plan, choices: ProjectionChoices, *, years: Sequence[int], since: int
) -> pd.DataFrame:
    """Pupils of the level of `plan` whom dwellings bring to each school, index ``school_id``, one column a year.

    Each year of age has the same part of the yield, and a unit of a shared sector sends equal parts to its schools.
    Dwellings in a unit that the plan has not send nobody.
    """
    part = len(GRADES[plan.level]) / FIRST_DEGREE_AGES
    pupils = housing_pupils(housing, choices, years=years, since=since) * part
    by_unit = pupils.groupby(housing["unit_id"]).sum()
    shares = plan.shares[plan.shares["unit_id"].isin(by_unit.index)]
    sent = by_unit.reindex(shares["unit_id"]).mul(shares["share"].to_numpy(), axis="index")
    return sent.set_axis(pd.Index(shares["school_id"], name="school_id"), axis="index").groupby("school_id").sum()


def units_without_school(housing: pd.DataFrame, plan: Plan) -> list[str]:
    """Units with dwellings to come that the plan sends to no school."""
    return sorted(set(housing["unit_id"]) - set(plan.schools_of))


def _profile(since_delivery: npt.NDArray[np.int64], profile: Sequence[float]) -> npt.NDArray[np.float64]:
    """Share of the yield that is there so many years after the year of delivery; none before."""
    reached = np.asarray(profile)[np.clip(since_delivery, 0, len(profile) - 1)]
    shares: npt.NDArray[np.float64] = np.where(since_delivery >= 0, reached, 0.0)
    return shares
