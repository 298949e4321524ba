"""What is asked about the places that children can walk to, and the numbers that are a choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.model.choice import chosen
from geo.model.levels import Level
from geo.model.opening import Moment, read_hours

LONGEST_MIN: Final = 120
_OLDEST: Final = 24  # of the table of children
_FULL_WEIGHT: Final = 1.0


class Offer(StrEnum):
    """A kind of place that children go to."""

    SCHOOL = "school"
    CANTEEN = "canteen"
    CRECHE = "creche"
    LEISURE = "leisure"
    YOUTH = "youth"
    LIBRARY = "library"
    CULTURE = "culture"
    SPORT = "sport"

    @property
    def of_schools(self) -> bool:
        """Whether it belongs to a level of schooling, and not to the table of places."""
        return self in {Offer.SCHOOL, Offer.CANTEEN}


@dataclass(frozen=True)
class Asked:
    """A question about who can walk to places of one kind.

    Attributes
    ----------
    offer
        The kind of place.
    minutes
        Longest walk that counts [minutes]. The canteen of a school is there for its pupils, however far they walk.
    ages
        The children who are asked for: youngest and oldest age [years]; those that the kind of place is for if None.
    at
        Only places that are open then; all of them if None.
    level
        Level of schooling of schools and canteens; the first that the city has a map for if None.
    """

    offer: Offer
    minutes: float = 15.0
    ages: tuple[int, int] | None = None
    at: Moment | None = None
    level: Level | None = None


class ReachChoices(BaseModel):
    """The numbers about reach that a user may argue with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step_weights: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        default=(1.0, 0.68, 0.22),
        min_length=1,
        max_length=12,
        description="Of equal parts of the longest walk, nearest first; the slow decay of Luo and Qi (2009).",
        json_schema_extra={"unit": "weight"},
    )
    creche_ages: tuple[int, int] = Field(
        default=(0, 2), description="Before nursery school.", json_schema_extra={"unit": "years"}
    )
    leisure_ages: tuple[int, int] = Field(
        default=(3, 11),
        description="From nursery school to the end of elementary.",
        json_schema_extra={"unit": "years"},
    )
    youth_ages: tuple[int, int] = Field(
        default=(11, 17), description="From the first year of college to majority.", json_schema_extra={"unit": "years"}
    )
    canteen_sittings: Annotated[
        float, chosen("sittings", (1, 4), "Children who eat on one seat, one after the other; two is usual.")
    ] = 2.0
    school_hours: str = Field(
        default="lundi, mardi, jeudi, vendredi 8h30-16h30", description="A week of four days, the most common one."
    )
    canteen_hours: str = Field(
        default="lundi, mardi, jeudi, vendredi 11h30-13h30", description="The noon break of a week of four days."
    )

    @field_validator("step_weights")
    @classmethod
    def _weights_fall(cls, weights: tuple[float, ...]) -> tuple[float, ...]:
        if weights[0] != _FULL_WEIGHT or any(far > near for near, far in pairwise(weights)):
            msg = f"step_weights: expected 1 first, then never more than before, got {weights}"
            raise ValueError(msg)
        return weights

    @field_validator("creche_ages", "leisure_ages", "youth_ages")
    @classmethod
    def _ages_rise(cls, ages: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= ages[0] <= ages[1] <= _OLDEST:
            msg = f"expected a youngest and an oldest age from 0 to {_OLDEST}, got {ages}"
            raise ValueError(msg)
        return ages

    @field_validator("school_hours", "canteen_hours")
    @classmethod
    def _hours_can_be_read(cls, hours: str) -> str:
        read_hours(hours)
        return hours

    def ages_of(self, offer: Offer) -> tuple[int, int] | None:
        """Ages of the children whom a kind of place is for [years]; None for all ages."""
        return {
            Offer.CRECHE: self.creche_ages,
            Offer.LEISURE: self.leisure_ages,
            Offer.YOUTH: self.youth_ages,
        }.get(offer)
