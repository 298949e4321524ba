"""Every number that is a choice and not a measurement."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.model.choice import chosen
from geo.model.levels import Level

_SIBLINGS: Final = "Choice, not measured: a city can count it on the addresses of its rolls. Zero: nobody follows."
_GAPS: Final = "Choice, not measured: brothers and sisters are most often two to four years apart."
_FROM_ROLLS: Final = "Public pupils on the last rolls / children of those ages, when nothing is chosen."

_CLASS: Final = (10, 40)  # pupils in a classroom
_TOLERANCE: Final = 1e-6


class Assumptions(BaseModel):
    """The numbers that a user may argue with; each has a unit, a range and a source.

    ``None`` for an attendance share means: deduce it from the city's own rolls and children. `elder_sibling_share` is
    the part of those who enter a level whose nearest elder sibling is one to four years older, and `sibling_gaps` says
    how these part between one, two, three and four years.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pupils_per_room_nursery: Annotated[
        float, chosen("pupils", _CLASS, "Choice of the city; there is no national norm.")
    ] = 27.0
    pupils_per_room_elementary: Annotated[
        float, chosen("pupils", _CLASS, "Choice of the city; CP and CE1 are capped at 24.")
    ] = 25.0
    pupils_per_room_college: Annotated[float, chosen("pupils", _CLASS, "Choice of the departement.")] = 28.0
    attendance_share_nursery: Annotated[float | None, chosen("share", (0, 1), _FROM_ROLLS)] = None
    attendance_share_elementary: Annotated[float | None, chosen("share", (0, 1), _FROM_ROLLS)] = None
    attendance_share_college: Annotated[float | None, chosen("share", (0, 1), _FROM_ROLLS)] = None
    elder_sibling_share: Annotated[float, chosen("share", (0, 1), _SIBLINGS)] = 0.4
    sibling_gaps: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        default=(0.1, 0.35, 0.3, 0.25), max_length=4, description=_GAPS, json_schema_extra={"unit": "share"}
    )

    @field_validator("sibling_gaps")
    @classmethod
    def _gaps_make_up_all(cls, gaps: tuple[float, ...]) -> tuple[float, ...]:
        if abs(sum(gaps) - 1) > _TOLERANCE:
            msg = f"sibling_gaps: expected parts that add up to 1, got {sum(gaps)}"
            raise ValueError(msg)
        return gaps

    def pupils_per_room(self, level: Level) -> float:
        """Pupils that one classroom of `level` holds [pupils]."""
        value: float = getattr(self, f"pupils_per_room_{level}")
        return value

    @property
    def sibling_shares(self) -> tuple[float, ...]:
        """Part of those who enter a level whose nearest elder sibling is one, two, ... years older [0-1]."""
        return tuple(self.elder_sibling_share * gap for gap in self.sibling_gaps)

    def attendance_share(self, level: Level) -> float | None:
        """Share of the children of the ages of `level` who attend its public schools [0-1]; None if to be deduced."""
        value: float | None = getattr(self, f"attendance_share_{level}")
        return value
