"""Every number that is a choice and not a measurement."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from geo.model.levels import Level


def _choice(value: float | None, *, unit: str, low: float, high: float, source: str) -> Any:
    """Declare an assumption with its unit, its range and the reason for its central value."""
    return Field(default=value, ge=low, le=high, description=source, json_schema_extra={"unit": unit})


class Assumptions(BaseModel):
    """The numbers that a user may argue with; each has a unit, a range and a source.

    ``None`` for an attendance share means: deduce it from the city's own rolls and children.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pupils_per_room_nursery: float = _choice(
        27.0, unit="pupils", low=10, high=40, source="Usual programming value; no national norm. Choice of the city."
    )
    pupils_per_room_elementary: float = _choice(
        25.0, unit="pupils", low=10, high=40, source="Usual programming value; CP and CE1 are capped at 24."
    )
    pupils_per_room_college: float = _choice(
        28.0, unit="pupils", low=10, high=40, source="Usual programming value; choice of the departement."
    )
    attendance_share_nursery: float | None = _choice(
        None, unit="share", low=0, high=1, source="Public pupils on the last rolls / children of those ages."
    )
    attendance_share_elementary: float | None = _choice(
        None, unit="share", low=0, high=1, source="Public pupils on the last rolls / children of those ages."
    )
    attendance_share_college: float | None = _choice(
        None, unit="share", low=0, high=1, source="Public pupils on the last rolls / children of those ages."
    )

    def pupils_per_room(self, level: Level) -> float:
        """Pupils that one classroom of `level` holds [pupils]."""
        value: float = getattr(self, f"pupils_per_room_{level}")
        return value

    def attendance_share(self, level: Level) -> float | None:
        """Share of the children of the ages of `level` who attend its public schools [0-1]; None if to be deduced."""
        value: float | None = getattr(self, f"attendance_share_{level}")
        return value
