"""What a city asks of a better school map."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


def _figure(meaning: str, unit: str, *, least: float, most: float) -> FieldInfo:
    field: FieldInfo = Field(ge=least, le=most, description=meaning, json_schema_extra={"unit": unit})
    return field


class Rules(BaseModel):
    """What a better map has to keep to, and what it is worth.

    Attributes
    ----------
    locked_units
        Units that stay in the schools that the scenario gives them.
    locked_schools
        Schools whose sector stays as it is: no unit leaves it and none comes to it.
    seed
        Start of the random numbers; another seed may find another map of about the same cost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    largest_moved_share: Annotated[float, _figure("Pupils who may change school", "share", least=0, most=1)] = 0.15
    overflow_price_m: Annotated[
        float, _figure("Walk that it is worth to spare a school one pupil above its places", "m", least=0, most=100_000)
    ] = 3_000.0
    change_cost_m: Annotated[
        float, _figure("Walk that has to be spared for a pupil to change school", "m", least=0, most=10_000)
    ] = 0.0
    in_one_piece: bool = Field(default=True, description="Whether each sector has to hang together with its school")
    longest_walk_m: Annotated[
        float | None,
        _figure("Longest walk of a pupil who may be sent elsewhere; none if not given", "m", least=50, most=50_000),
    ] = None
    locked_units: frozenset[str] = frozenset()
    locked_schools: frozenset[str] = frozenset()
    unit_weight_pupils: Annotated[
        float,
        _figure(
            "Pupils that each unit counts in addition, so that empty streets belong somewhere",
            "pupils",
            least=0,
            most=1,
        ),
    ] = 0.05
    gap_share: Annotated[
        float, _figure("The search ends when no map can cost less by more than this", "share", least=0, most=0.5)
    ] = 0.002
    time_limit_s: Annotated[
        float, _figure("Time after which the best map so far is taken", "s", least=1, most=3_600)
    ] = 30.0
    seed: int = Field(default=1, ge=0)
