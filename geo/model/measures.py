"""What a scenario does beside moving units: schools opened, dwellings added, and how the new map comes into force."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Phasing(StrEnum):
    """Who follows a new school map, and when."""

    ALL_AT_ONCE = "all_at_once"
    """Every pupil of a moved unit changes school in the first September."""

    NEW_ENTRANTS = "new_entrants"
    """Only those who enter the first grade from then on, and newcomers; the younger sibling of a pupil who stays may
    stay too."""


class Opening(BaseModel):
    """A school that does not exist yet.

    Attributes
    ----------
    school_id
        Code that the moves name; any code that no school of the city has.
    name
        Name of the school.
    x, y
        Where it would stand, in the CRS of the city [m].
    rooms
        Classrooms [rooms].
    canteen_seats
        Seats in the canteen [seats]; None if not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    school_id: str = Field(pattern=r"^\S{1,40}$")
    name: str = Field(min_length=1, max_length=120)
    x: float
    y: float
    rooms: int = Field(ge=1, le=200)
    canteen_seats: int | None = Field(default=None, ge=0, le=5000)


class Dwellings(BaseModel):
    """Dwellings that are not in the table of housing programmes: a delivery, or, negative, a demolition.

    Attributes
    ----------
    programme_id
        Code; with `delivery_year` it replaces the row of the table that has both.
    unit_id
        The side of street where they stand.
    delivery_year
        Calendar year of the delivery.
    dwellings
        How many [dwellings].
    social_share
        Part of social housing [0-1].
    mean_rooms
        Mean number of rooms of a dwelling; None if not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    programme_id: str = Field(pattern=r"^\S{1,40}$")
    name: str = ""
    unit_id: str
    delivery_year: int = Field(ge=2000, le=2100)
    dwellings: int = Field(ge=-5000, le=5000)
    social_share: Annotated[float, Field(ge=0, le=1)] | None = None
    mean_rooms: Annotated[float, Field(ge=1, le=8)] | None = None
