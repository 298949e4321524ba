"""Streets as a file or a service has them, before they are judged and cut at their crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.sources.streets_rules import Rule

# Bases write a height that is out of this world where they know none.
_LOWEST_M: Final = -500.0
_HIGHEST_M: Final = 9_000.0

Kind = Literal["osm", "graph", "bdtopo", "lines"]


class Vertices(NamedTuple):
    """The vertices of all lines in a row: what is cut and moved before any line is made.

    Attributes
    ----------
    xy
        Coordinates, shape (vertices, 2).
    line
        Line of each vertex, increasing, shape (vertices,).
    street
        Row of the street of each line, increasing, shape (lines,).
    height_m
        Height of each vertex [m], shape (vertices,), NaN where it is not known; None if the source has none.
    """

    xy: npt.NDArray[np.float64]
    line: npt.NDArray[np.int64]
    street: npt.NDArray[np.int64]
    height_m: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class RawStreets:
    """Streets of one source.

    Attributes
    ----------
    name
        The file or place as the user knows it, for errors.
    kind
        What the source is: OpenStreetMap, a graph, road sections of the BD TOPO, or plain lines.
    frame
        One row a street: columns ``id``, ``name`` and those that the rules read.
    vertices
        Their lines, none, one or several of each street.
    crs
        CRS of the coordinates.
    rules
        What may be walked in this kind of source.
    by_vertices
        Whether streets meet wherever they share a vertex (OpenStreetMap), or at their ends only.
    references, missing
        Count of nodes that the streets name and of those among them that the file lacks; None if not known.
    lost
        Count of streets of which fewer than two nodes in a row are left.
    """

    name: str
    kind: Kind
    frame: pd.DataFrame
    vertices: Vertices
    crs: pyproj.CRS
    rules: tuple[Rule, ...]
    by_vertices: bool = False
    references: int | None = None
    missing: int | None = None
    lost: int = 0


def vertices_of(shapes: npt.NDArray[Any]) -> Vertices:
    """Give the vertices of lines, of one or several parts each, shape (streets,)."""
    lines, street = shapely.get_parts(shapes, return_index=True)
    kept = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    has_heights = bool(shapely.has_z(lines[kept]).any())
    xyz, line = shapely.get_coordinates(lines[kept], include_z=has_heights, return_index=True)
    # Whoever knows no height may write 0 everywhere.
    height_m = known_heights(xyz[:, 2]) if has_heights and xyz[:, 2].any() else None
    return Vertices(np.ascontiguousarray(xyz[:, :2]), line, street[kept], height_m)


def known_heights(said_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give heights [m] with NaN in place of those that are out of this world."""
    return np.where((said_m >= _LOWEST_M) & (said_m <= _HIGHEST_M), said_m, np.nan)
