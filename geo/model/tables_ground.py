"""The contracts of what stands on the ground: buildings, trees, school yards."""

from __future__ import annotations

from typing import Final

from geo.model.columns import ID, SCHOOL
from geo.model.contracts import Column, Table

BUILDINGS: Final = Table(
    "buildings",
    "a building",
    "ground/{city}/buildings.gpkg",
    (
        Column("building_id", "code", "code of the building", pattern=ID),
        Column("height_m", "number", "height of its walls above the ground", "m", 0, 300, blank=True),
        Column("use", "text", "what it is used for", blank=True),
    ),
    key=("building_id",),
    geometry="polygon",
)
TREES: Final = Table(
    "trees",
    "a tree",
    "ground/{city}/trees.gpkg",
    (
        Column("tree_id", "code", "code of the tree", pattern=ID),
        Column("height_m", "number", "height of the tree", "m", 0, 60, blank=True),
        Column("crown_m", "number", "diameter of its crown", "m", 0, 40, blank=True),
    ),
    key=("tree_id",),
    geometry="point",
)
YARDS: Final = Table(
    "yards",
    "a part of a school yard with one kind of ground",
    "ground/{city}/yards.gpkg",
    (
        Column("yard_id", "code", "code of the part", pattern=ID),
        SCHOOL,
        Column("surface", "choice", "kind of ground", choices=("asphalt", "concrete", "sand", "grass", "soil", "soft")),
        Column(
            "outline",
            "choice",
            "how its outline is known; empty if not told",
            choices=("surveyed", "estimated"),
            blank=True,
            missing=True,
        ),
    ),
    key=("yard_id",),
    geometry="polygon",
)
