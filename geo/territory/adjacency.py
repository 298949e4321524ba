"""Which units are neighbours: they share a border, and no river or railway without a crossing runs along it."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Geometries = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]

# Areas drawn by hand or rounded to the centimetre do not meet exactly: borders nearer than this are one border.
GAP_M: Final = 0.05
# Areas that meet at a corner only are no neighbours: a corner may seem some centimetres long.
CORNER_M: Final = 0.5


def touching(
    units: gpd.GeoDataFrame, *, barriers: gpd.GeoDataFrame | None = None, streets: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Give the pairs of units that share a border.

    Parameters
    ----------
    units
        Polygons, index ``unit_id``, in a projected CRS in metres.
    barriers
        Areas of rivers, railways and roads that cannot be crossed, same CRS. A border that lies within one does not
        count.
    streets
        Lines that can be walked (a column ``walkable`` leaves out those where it is false), same CRS. Where one of
        them crosses the border, on a bridge for instance, the barrier does not part the two units.

    Returns
    -------
    neighbours
        ``unit_a`` before ``unit_b``, in order, and ``border_m``, the length of their common border [m], longer than
        `CORNER_M`.
    """
    ordered = units.sort_index()
    shapes = np.asarray(ordered.geometry.to_numpy(), dtype=object)
    first, second = _near(shapes)
    borders = _common_borders(shapes, first, second)
    keep = _long_enough(borders)
    if barriers is not None and len(barriers):
        keep &= _crossable(borders, barriers, streets)
    names = ordered.index.to_numpy()
    return pd.DataFrame(
        {
            "unit_a": names[first[keep]],
            "unit_b": names[second[keep]],
            "border_m": shapely.length(borders[keep]).astype(np.float64),
        }
    )


def _near(shapes: Geometries) -> tuple[Rows, Rows]:
    """Give the rows of the areas that are not further apart than a gap, each pair once and in order."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=GAP_M)
    pairs = np.unique(np.column_stack([one, other])[one < other].astype(np.int64), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _common_borders(shapes: Geometries, first: Rows, second: Rows) -> Geometries:
    """Give the part of the outline of each first area that runs along the second one."""
    outlines = shapely.boundary(shapes)
    grown = shapely.buffer(shapes, GAP_M, quad_segs=1)
    shapely.prepare(grown)
    borders: Geometries = shapely.intersection(outlines[first], grown[second])
    return borders


def _long_enough(borders: Geometries) -> npt.NDArray[np.bool_]:
    return np.asarray(shapely.length(borders) > CORNER_M)


def _crossable(
    borders: Geometries, barriers: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None
) -> npt.NDArray[np.bool_]:
    """Tell which borders have a part outside the barriers, or a street that crosses them."""
    areas = np.asarray(barriers.geometry.to_numpy(), dtype=object)
    shapely.prepare(areas)
    border, barrier = shapely.STRtree(areas).query(borders, predicate="intersects")[:2]
    open_m = shapely.length(borders).astype(np.float64)
    free = open_m > CORNER_M
    for row in np.unique(border):
        outside = shapely.difference(borders[row], shapely.union_all(areas[barrier[border == row]]))
        free[row] = shapely.length(outside) > CORNER_M
    if streets is not None and len(streets):
        free |= _crossed(borders, ~free, streets)
    return np.asarray(free)


def _crossed(borders: Geometries, asked: npt.NDArray[np.bool_], streets: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Tell which of the `asked` borders a street crosses that can be walked."""
    kept = streets[streets["walkable"].to_numpy(dtype=bool)] if "walkable" in streets else streets
    rows = np.flatnonzero(asked)
    hit, _ = shapely.STRtree(np.asarray(kept.geometry.to_numpy(), dtype=object)).query(
        borders[rows], predicate="intersects"
    )
    crossed = np.zeros(len(borders), dtype=bool)
    crossed[rows[np.unique(hit)]] = True
    return crossed
