"""Every number about walks that is a choice and not a measurement."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, field_validator

from geo.model.choice import chosen
from geo.model.levels import Level

_BAND: Final = (
    "Choice: about half the width of a street, and the error of an address point: which of two streets is the nearer "
    "one is not known better than that."
)
_REACH: Final = "Choice: a straight line this long says nothing about a walk; the street is missing in the file."

_CROSSING: Final = "Choice: a way around of some four minutes, rather than one crossing."

_SPEED: Final = (1.0, 7.0)  # km/h
_METRES_A_MINUTE: Final = 1_000 / 60  # at one kilometre an hour


class AccessChoices(BaseModel):
    """How points are brought to the streets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidates: Annotated[
        int, chosen("streets", (1, 10), "Both sides of a dual carriageway and a side street; 1: the nearest only.")
    ] = 3
    band_m: Annotated[float, chosen("m", (0, 100), _BAND)] = 10.0
    reach_m: Annotated[float, chosen("m", (1, 10_000), _REACH)] = 1_000.0
    far_m: Annotated[
        float, chosen("m", (1, 10_000), "A house so far from every street has one that the file lacks: worth a remark.")
    ] = 100.0


NEAREST_STREET: Final = AccessChoices(candidates=1)


class PaceChoices(BaseModel):
    """How fast children walk on level ground, waiting at crossings included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    speed_nursery_km_h: Annotated[
        float, chosen("km/h", _SPEED, "0.88 m/s measured with 48 children before school age (Varela-Martinez, 2024).")
    ] = 3.2
    speed_elementary_km_h: Annotated[
        float, chosen("km/h", _SPEED, "Choice: between 3.2 km/h of smaller children and 4.8 km/h of adults.")
    ] = 4.0
    speed_college_km_h: Annotated[
        float, chosen("km/h", _SPEED, "Choice: a little less than adults, 4.8 km/h as at crossings with lights.")
    ] = 4.5

    def speed_km_h(self, level: Level) -> float:
        """Speed of the children of `level` [km/h]."""
        value: float = getattr(self, f"speed_{level}_km_h")
        return value

    def reach_m(self, level: Level, minutes: float) -> float:
        """How far the children of `level` walk in so many minutes [m]."""
        return minutes * self.speed_km_h(level) * _METRES_A_MINUTE

    def minutes(self, level: Level, walk_m: float) -> float:
        """How long the children of `level` take for a walk [minutes]; infinite where there is no way."""
        return walk_m / (self.speed_km_h(level) * _METRES_A_MINUTE)


class WalkChoices(BaseModel):
    """What walks to school count beside their metres: part of a scenario, since every figure about walks follows.

    Streets are named by their code, their name or their class of road; barriers by code, name or kind.

    Attributes
    ----------
    never_cross
        What children do not cross at all.
    avoid_crossing
        What they cross if the way around is longer than `crossing_m`.
    closed
        Streets along which nobody walks.
    crossing_m
        What each crossing of `avoid_crossing` counts [m].
    slopes
        Whether a metre counts as many metres as one walks on level ground in its time.
    pace
        How fast children walk on level ground.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    never_cross: tuple[str, ...] = ()
    avoid_crossing: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    crossing_m: Annotated[float, chosen("m", (0, 5_000), _CROSSING)] = 250.0
    slopes: bool = False
    pace: PaceChoices = PaceChoices()

    @field_validator("never_cross", "avoid_crossing", "closed")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        bare = {name.strip() for name in names}
        return tuple(sorted(bare - {""}))

    @property
    def freely(self) -> WalkChoices:
        """The same pace, where all is crossed and hills do not count."""
        return WalkChoices(pace=self.pace)

    @property
    def counts_metres_only(self) -> bool:
        """Whether every way is open and counts its metres on the ground."""
        return not (self.never_cross or self.avoid_crossing or self.closed or self.slopes)
