"""The levels of schooling, their grades and the ages that attend them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """A level of schooling that has a school map of its own."""

    NURSERY = "nursery"
    ELEMENTARY = "elementary"
    COLLEGE = "college"


GRADES: Final[dict[Level, tuple[str, ...]]] = {
    Level.NURSERY: ("PS", "MS", "GS"),
    Level.ELEMENTARY: ("CP", "CE1", "CE2", "CM1", "CM2"),
    Level.COLLEGE: ("6E", "5E", "4E", "3E"),
}

# Age reached during the calendar year in which the school year begins.
AGES: Final[dict[Level, range]] = {
    Level.NURSERY: range(3, 6),
    Level.ELEMENTARY: range(6, 11),
    Level.COLLEGE: range(11, 15),
}

LEVEL_OF_GRADE: Final[dict[str, Level]] = {grade: level for level, grades in GRADES.items() for grade in grades}
