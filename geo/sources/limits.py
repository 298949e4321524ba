"""Areas that were drawn by hand, fitted to each other and to the limit of the commune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[Any]

# How far a limit may have been drawn from its neighbour's [m]; what lies between goes to the area it lies along.
_ALONG_M: Final = 40.0
_TOUCH_M: Final = 0.5


@dataclass(frozen=True)
class Fitted:
    """Areas that fill the commune once, and what had to be changed for it.

    Attributes
    ----------
    areas
        The areas, same rows and columns as given.
    gaps_m2, overlaps_m2, outside_m2
        Area that no area had, that two had, and that lay outside the commune [m2].
    """

    areas: gpd.GeoDataFrame
    gaps_m2: float
    overlaps_m2: float
    outside_m2: float


def fit_to_commune(areas: gpd.GeoDataFrame, commune: shapely.Geometry) -> Fitted:
    """Fit areas to each other: what two have goes to the first, what none has to the one it lies along.

    Parameters
    ----------
    areas
        Polygons in a projected CRS in metres.
    commune
        Area of the commune, same CRS.
    """
    drawn = _polygons(shapely.make_valid(areas.geometry.to_numpy()))
    inside = _polygons(shapely.intersection(drawn, commune))
    apart = _without_overlaps(inside)
    gap = shapely.difference(commune, shapely.union_all(apart))
    return Fitted(
        areas.set_geometry(gpd.GeoSeries(_filled(apart, gap), index=areas.index, crs=areas.crs)),
        gaps_m2=float(shapely.area(gap)),
        overlaps_m2=float(shapely.area(inside).sum() - shapely.area(apart).sum()),
        outside_m2=float(shapely.area(drawn).sum() - shapely.area(inside).sum()),
    )


def _polygons(shapes: Shapes) -> Shapes:
    """Give the shapes without the stray points and lines that cutting leaves."""
    return np.array([_polygonal(shape) for shape in shapes], dtype=object)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004, areas


def _without_overlaps(shapes: Shapes) -> Shapes:
    """Give the shapes less what those before them have."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    earlier: dict[int, list[int]] = {}
    for one, other in pairs[pairs[:, 0] > pairs[:, 1]]:
        earlier.setdefault(int(one), []).append(int(other))
    cut = [
        shapely.difference(shape, shapely.union_all(shapes[earlier[row]])) if row in earlier else shape
        for row, shape in enumerate(shapes)
    ]
    return _polygons(np.array(cut, dtype=object))


def _filled(shapes: Shapes, gap: shapely.Geometry) -> Shapes:
    """Give the shapes with the parts of the gap that lie along them, the rest going to the longest neighbour."""
    given: list[list[shapely.Geometry]] = [[shape] for shape in shapes]
    for row, shape in enumerate(shapes):
        piece = shapely.intersection(gap, shapely.buffer(shape, _ALONG_M))
        given[row].append(piece)
        gap = shapely.difference(gap, piece)
    for part in shapely.get_parts(_polygonal(gap)):
        contact = shapely.area(shapely.intersection(shapely.buffer(part, _TOUCH_M), shapes))
        nearest = int(contact.argmax()) if contact.any() else int(shapely.distance(part, shapes).argmin())
        given[nearest].append(part)
    return _polygons(np.array([shapely.union_all(parts) for parts in given], dtype=object))
