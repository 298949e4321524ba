"""What a city asks of a better school map."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geo.model.choice import chosen


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

    largest_moved_share: Annotated[float, chosen("share", (0, 1), "Pupils who may change school")] = 0.15
    overflow_price_m: Annotated[
        float, chosen("m", (0, 100_000), "Walk that it is worth to spare a school one pupil above its places")
    ] = 3_000.0
    change_cost_m: Annotated[
        float, chosen("m", (0, 10_000), "Walk that has to be spared for a pupil to change school")
    ] = 0.0
    in_one_piece: bool = Field(default=True, description="Whether each sector has to hang together with its school")
    longest_walk_m: Annotated[
        float | None,
        chosen("m", (50, 50_000), "Longest walk of a pupil who may be sent elsewhere; none if not given"),
    ] = None
    locked_units: frozenset[str] = frozenset()
    locked_schools: frozenset[str] = frozenset()
    unit_weight_pupils: Annotated[
        float,
        chosen("pupils", (0, 1), "Pupils that each unit counts in addition, so that empty streets belong somewhere"),
    ] = 0.05
    gap_share: Annotated[
        float, chosen("share", (0, 0.5), "The search ends when no map can cost less by more than this")
    ] = 0.002
    time_limit_s: Annotated[float, chosen("s", (1, 3_600), "Time after which the best map so far is taken")] = 30.0
    seed: int = Field(default=1, ge=0)
