"""Pupils of the years to come, and every number of their computation that is a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.model.choice import chosen
from geo.model.levels import GRADES, LEVEL_OF_GRADE, Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.source import Source

GROWTH: Final = ("last_roll_pupils", "ageing_pupils", "births_pupils", "housing_pupils")
"""What makes more or fewer pupils."""

CAUSES: Final = (*GROWTH, "revision_pupils")
"""Why there are so many pupils, the new school map included: these add up to ``pupils`` in every row."""

FIRST_DEGREE_AGES: Final = 8  # years of age from 3 to 10, nursery and elementary grades
_NO_NORM: Final = "Choice: no French coefficient could be verified; calibrate on the city's own deliveries."
Mixing = Literal["single", "same_cap", "adjacent"]


def _profile() -> tuple[float, ...]:
    """Give half of the families at the first September, all for some years, fewer as children grow up and stay."""
    return (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75)


def _caps() -> dict[str, int]:
    """Give the largest class of each grade [pupils]."""
    wide = dict.fromkeys((*GRADES[Level.NURSERY], *GRADES[Level.ELEMENTARY]), 27)
    return wide | dict.fromkeys(GRADES[Level.COLLEGE], 28) | dict.fromkeys(("GS", "CP", "CE1"), 24)


class ProjectionChoices(BaseModel):
    """The numbers behind pupils and rooms to come that a user may argue with; ``None``: deduced from the city.

    The field descriptions give the reason of each; `housing_profile` gives the share of the yield that is there at
    the first, second, third ... September from the year of delivery on; its last value holds afterwards.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_years: Annotated[
        int, chosen("years", (1, 15), "Best of 3, 5 and 7 years on 27 years of a real district.")
    ] = 5
    shrinkage_pupils: Annotated[
        float | None,
        chosen("pupils", (0, 5000), "Pupils at which a school counts as much as the city; from the data."),
    ] = None
    last_year_weight: Annotated[
        float | None, chosen("share", (0, 1), "Part of 'same as last year' in the total of a school; by back-test.")
    ] = None
    broken_years: tuple[int, ...] = Field(
        default=(), description="Septembers that say nothing about the others (epidemic, map redrawn): left out."
    )
    births_change_share: Annotated[
        float, chosen("share a year", (-0.1, 0.1), "Births after the last known year: as in the last three years.")
    ] = 0.0

    interval_share: Annotated[float, chosen("share", (0.5, 0.98), "Four intervals out of five hold.")] = 0.8
    size_exponent: Annotated[
        float, chosen("power", (0.5, 1), "Errors grow with pupils to this power (back-tests in two countries).")
    ] = 0.75
    least_origins: Annotated[
        int, chosen("forecasts", (2, 20), "Fewer past forecasts cannot show the nominal share: wider, and said.")
    ] = 4
    unknown_error_share: Annotated[
        float, chosen("share a year", (0, 0.5), "Half-width for each year ahead without any past forecast; a guess.")
    ] = 0.08

    housing_yield: Annotated[float, chosen("pupils of 3 to 10 per dwelling", (0, 1.5), _NO_NORM)] = 0.30
    yield_low_factor: Annotated[
        float, chosen("factor", (0, 1), "Yields measured on one city's new dwellings differ by a factor of two.")
    ] = 0.5
    yield_high_factor: Annotated[float, chosen("factor", (1, 4), "As for the low factor.")] = 2.0
    rooms_effect: Annotated[
        float, chosen("share per room", (0, 1), "Change of the yield for each room above or below the usual dwelling.")
    ] = 0.35
    usual_rooms: Annotated[float, chosen("rooms", (1, 6), "Mean rooms of the dwelling that has the yield.")] = 3.0
    social_effect: Annotated[
        float, chosen("share", (-0.9, 2), "Change of the yield from no social housing to social housing only.")
    ] = 0.3
    usual_social_share: Annotated[
        float, chosen("share", (0, 1), "Social share of the programme that has the yield.")
    ] = 0.3
    housing_profile: tuple[Annotated[float, Field(ge=0, le=2)], ...] = Field(
        default_factory=_profile, min_length=1, description=_NO_NORM, json_schema_extra={"unit": "share of the yield"}
    )
    slip_years: Annotated[int, chosen("years", (0, 10), "Delay of every delivery to come.")] = 0
    newcomer_share: Annotated[
        float, chosen("share", (0, 1), "Part of these pupils who are not yet on the city's rolls; high side.")
    ] = 1.0

    caps: dict[str, Annotated[int, Field(ge=5, le=50)]] = Field(
        default_factory=_caps,
        description="Largest class by grade: 24 in GS, CP and CE1 (national aim of 2019), elsewhere a choice.",
        json_schema_extra={"unit": "pupils"},
    )
    halved_cap: Annotated[int, chosen("pupils", (5, 30), "Halved grades of priority education run at about 12.")] = 12
    halved_grades: tuple[str, ...] = Field(
        default=("CP", "CE1"), description="Grades that are halved in REP and REP+; GS follows in some places."
    )
    mixing: Mixing = Field(
        default="same_cap",
        description="Classes of one grade; of two neighbouring grades with the same cap; or of any two neighbours.",
    )

    @field_validator("caps")
    @classmethod
    def _every_grade_has_a_cap(cls, caps: dict[str, int]) -> dict[str, int]:
        wrong = sorted(set(caps) ^ set(LEVEL_OF_GRADE))
        if wrong:
            msg = f"caps: expected the grades {list(LEVEL_OF_GRADE)}, got a difference of {wrong}"
            raise ValueError(msg)
        return {grade: caps[grade] for grade in LEVEL_OF_GRADE}

    def caps_of(self, level: Level, *, halved: bool = False) -> tuple[int, ...]:
        """Largest class of each grade of `level` [pupils], in the order of the grades."""
        small = self.halved_grades if halved else ()
        return tuple(
            min(self.caps[grade], self.halved_cap) if grade in small else self.caps[grade] for grade in GRADES[level]
        )


@dataclass(frozen=True, eq=False)
class Projection:
    """Pupils of one level for the years to come.

    Every table has ``pupils``, its parts `CAUSES` (pupils of the last roll; what ageing, births, housing and a new
    school map change), and ``low_pupils`` and ``high_pupils``, the ends of the interval [pupils]; they are
    expectations, not whole numbers.

    Attributes
    ----------
    city_key, plan, level, choices
        What was projected; the plan says to which schools new dwellings send their pupils.
    last_year
        Calendar year of the September of the last rolls; the projection begins a year later.
    last_year_weight
        Part of 'same as last year' in the total of each school [0-1].
    pupils
        Index ``school_id, grade, year``.
    schools
        Index ``school_id, year``; also ``sector``.
    totals
        Index ``sector, year``, with ``public`` and ``all``: the schools added up.
    errors
        Errors of the past forecasts, index ``scale, horizon``: see `geo.planning.projection.backtest.error_table`.
    spread
        Half-width of the interval by horizon (index), one column a scale: times pupils to the power of the size
        exponent [pupils].
    shape
        Errors that are as likely as one another, in half-widths of the interval; ascending.
    notes, sources
        What is missing, estimated or left out; the sources of the tables that were used.
    """

    city_key: str
    plan: Plan
    level: Level
    choices: ProjectionChoices
    last_year: int
    last_year_weight: float
    pupils: pd.DataFrame
    schools: pd.DataFrame
    totals: pd.DataFrame
    errors: pd.DataFrame
    spread: pd.DataFrame
    shape: tuple[float, ...]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years in which the school years of the projection begin."""
        return tuple(int(year) for year in self.pupils.index.unique("year").sort_values())

    def totals_of(self, sector: str) -> Mapping[int, float]:
        """Pupils of all the schools of `sector`, ``public`` or ``all``, by year [pupils]."""
        pupils: pd.Series[float] = self.totals.xs(sector, level="sector")["pupils"]
        return {int(year): float(value) for year, value in zip(pupils.index, pupils, strict=True)}
