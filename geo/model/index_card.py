"""A deprivation index as it was fitted once, so that every city is measured with the same yardstick."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field, field_validator


class IndexVariable(BaseModel):
    """One variable of the index.

    Attributes
    ----------
    name
        Column of the census table, such as ``unemployed_share``.
    mean, deviation
        Weighted mean and standard deviation in the reference set, in the unit of the column.
    loading
        Weight of the standardised variable in the score; positive: more of it is more deprivation.
    correlation
        Correlation of the variable with the score in the reference set [-1 to 1].
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    mean: float
    deviation: float = Field(gt=0)
    loading: float
    correlation: float = Field(ge=-1, le=1)


class IndexCard(BaseModel):
    """How the score of an area is computed, and what it was fitted on.

    Attributes
    ----------
    reference
        What the index was fitted on, in words.
    areas
        Number of areas of the reference set.
    variables
        Its variables.
    explained_share
        Share of the variance of the standardised variables along the score [0-1].
    limits
        Four limits of the score between the five fifths of the population of the reference set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    reference: str
    areas: int = Field(ge=1)
    variables: tuple[IndexVariable, ...] = Field(min_length=1)
    explained_share: float = Field(ge=0, le=1)
    limits: tuple[float, float, float, float]

    @field_validator("limits")
    @classmethod
    def _rising(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if list(limits) != sorted(limits):
            msg = f"limits: expected four rising scores, got {limits}"
            raise ValueError(msg)
        return limits

    @property
    def key(self) -> str:
        """Short text that is equal for equal cards."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]
