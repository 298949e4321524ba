"""Areas that lie upon each other by more than the slip of a hand."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

import numpy.typing as npt
import shapely
from pydantic import BaseModel, ConfigDict
from shapely.geometry.base import BaseGeometry

from geo.model.choice import chosen

Shapes = npt.NDArray[Any]


class OverlapChoices(BaseModel):
    """From where on two areas overlap: below, two hands have drawn one limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width_m: Annotated[float, chosen("m", (0.1, 50), "One street drawn twice: narrower ground holds no house.")] = 3
    least_m2: Annotated[float, chosen("m2", (0, 10_000), "Less than the ground of a small house.")] = 50


CHOICES: Final = OverlapChoices()


class Overlap(NamedTuple):
    """Two areas that overlap: their positions, the smaller one first, and what they have in common."""

    one: int
    other: int
    common: BaseGeometry


def overlaps_of(shapes: Shapes, *, choices: OverlapChoices = CHOICES) -> list[Overlap]:
    """Give the pairs of areas that overlap, the greatest overlap first.

    Parameters
    ----------
    shapes
        Valid polygons in a projected CRS in metres [areas].
    choices
        What is a sliver and no overlap.

    Returns
    -------
    overlaps
        Without slivers, and without areas drawn twice: these are one sector of several schools, and meant so.
    """
    found = []
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    for one, other in pairs[pairs[:, 0] < pairs[:, 1]].tolist():
        common = _wide(shapely.intersection(shapes[one], shapes[other]), choices)
        if common.is_empty or common.area < choices.least_m2:
            continue
        if not _wide(shapely.symmetric_difference(shapes[one], shapes[other]), choices).is_empty:
            found.append(Overlap(one, other, common))
    return sorted(found, key=lambda overlap: -overlap.common.area)


def _wide(shape: shapely.Geometry, choices: OverlapChoices) -> BaseGeometry:
    """Give the parts of a shape that are wider somewhere than a sliver."""
    parts = shapely.get_parts(shape)
    wide: BaseGeometry = shapely.union_all(parts[~shapely.is_empty(shapely.buffer(parts, -choices.width_m / 2))])
    return wide
