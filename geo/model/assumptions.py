"""Every number that is a choice and not a measurement."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from geo.model.levels import Level

_FROM_ROLLS: Final = "Public pupils on the last rolls / children of those ages, when nothing is chosen."


def _pupils(source: str) -> FieldInfo:
    """Declare a number of pupils in a classroom [pupils] and the reason for its central value."""
    field: FieldInfo = Field(ge=10, le=40, description=source, json_schema_extra={"unit": "pupils"})
    return field


def _share(source: str) -> FieldInfo:
    """Declare a share [0-1] and the reason for its central value."""
    field: FieldInfo = Field(ge=0, le=1, description=source, json_schema_extra={"unit": "share"})
    return field


class Assumptions(BaseModel):
    """The numbers that a user may argue with; each has a unit, a range and a source.

    ``None`` for an attendance share means: deduce it from the city's own rolls and children.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pupils_per_room_nursery: Annotated[float, _pupils("Choice of the city; there is no national norm.")] = 27.0
    pupils_per_room_elementary: Annotated[float, _pupils("Choice of the city; CP and CE1 are capped at 24.")] = 25.0
    pupils_per_room_college: Annotated[float, _pupils("Choice of the departement.")] = 28.0
    attendance_share_nursery: Annotated[float | None, _share(_FROM_ROLLS)] = None
    attendance_share_elementary: Annotated[float | None, _share(_FROM_ROLLS)] = None
    attendance_share_college: Annotated[float | None, _share(_FROM_ROLLS)] = None

    def pupils_per_room(self, level: Level) -> float:
        """Pupils that one classroom of `level` holds [pupils]."""
        value: float = getattr(self, f"pupils_per_room_{level}")
        return value

    def attendance_share(self, level: Level) -> float | None:
        """Share of the children of the ages of `level` who attend its public schools [0-1]; None if to be deduced."""
        value: float | None = getattr(self, f"attendance_share_{level}")
        return value
