"""From which walk on a school is called far, and the rings drawn around schools: ways of looking, not decisions."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.model.choice import chosen
from geo.model.levels import Level

_SPAN: Final = (50, 20_000)
_MOST_RINGS: Final = 6
_USUAL: Final = "Choice: usual in the siting of schools; no French norm of walks to school is known to us."

Metres = Annotated[float, Field(ge=_SPAN[0], le=_SPAN[1])]


class DistanceChoices(BaseModel):
    """Distances by which a school map is looked at; no part of a scenario, since they change nothing for anyone.

    A walk is far above the distance of its level. `limits_m` are the outer limits of the rings, from the smallest on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    beyond_nursery_m: Annotated[float, chosen("m", _SPAN, _USUAL)] = 500.0
    beyond_elementary_m: Annotated[float, chosen("m", _SPAN, _USUAL)] = 800.0
    beyond_college_m: Annotated[float, chosen("m", _SPAN, _USUAL)] = 1_500.0
    limits_m: tuple[Metres, ...] = Field(
        default=(400.0, 800.0, 1_200.0),
        min_length=1,
        max_length=_MOST_RINGS,
        description="Choice: some five, ten and fifteen minutes on foot.",
        json_schema_extra={"unit": "m"},
    )

    @field_validator("limits_m")
    @classmethod
    def _each_limit_is_wider(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if any(far <= near for near, far in pairwise(limits)):
            msg = f"limits_m: expected each limit above the one before it, got {list(limits)}"
            raise ValueError(msg)
        return limits

    def beyond_m(self, level: Level) -> float:
        """Walk above which a school of `level` is far [m]."""
        value: float = getattr(self, f"beyond_{level}_m")
        return value

    def with_beyond(self, level: Level, beyond_m: float) -> DistanceChoices:
        """Give the same choices with another distance for `level`.

        Raises
        ------
        pydantic.ValidationError
            If the distance is out of its range.
        """
        return DistanceChoices.model_validate({**self.model_dump(), f"beyond_{level}_m": beyond_m})
