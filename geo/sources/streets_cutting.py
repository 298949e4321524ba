"""Streets cut into pieces where they meet, in the plane of a city, and which pieces hang together.

All of it is done on the vertices of all streets in a row: lines are made once, at the end.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.sources.streets_raw import RawStreets
from geo.territory.network import NODE_STEP_M

# Vertices of OpenStreetMap are given to this many degrees; nearer ones are the same.
DEGREE_STEP: Final = 1e-7

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Lines = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def pieces_of(raw: RawStreets, walkable: Mask, crs: str) -> tuple[Lines, Ids, Ids]:
    """Give the lines in order, cut where walkable streets share a vertex if they do, the street and the ends of each.

    Parameters
    ----------
    raw
        Streets of a source.
    walkable
        Which of them may be walked, shape (streets,): the others cut no street and are not cut.
    crs
        CRS in metres of what comes out.

    Returns
    -------
    lines, street, ends
        The pieces, the row of the street of each, and the rows of its first and its last vertex, shape (2, pieces).
    """
    xy, line, street, _ = raw.vertices
    row = np.arange(len(xy))
    begins = np.diff(line, prepend=-1) > 0
    if raw.by_vertices:
        step = DEGREE_STEP if raw.crs.is_geographic else NODE_STEP_M
        row, begins = _cut(_cells(xy, step), line, walkable[street])
        xy, line = xy[row], line[row]
    if not raw.crs.is_exact_same(pyproj.CRS.from_user_input(crs)):
        xy = np.stack(pyproj.Transformer.from_crs(raw.crs, crs, always_xy=True).transform(*xy.T), axis=1)
    pieces = shapely.linestrings(xy, indices=np.cumsum(begins) - 1)
    first = np.flatnonzero(begins)
    ends = np.stack([row[first], row[np.r_[first[1:], len(row)] - 1]])
    return np.asarray(pieces, dtype=object), np.asarray(street[line[begins]], dtype=np.int64), ends


def _cells(xy: Floats, step: float) -> Ids:
    """Give one number to each place: the same to places that round to the same multiples of a step."""
    cell = np.rint(xy / step).astype(np.int64)
    return (cell[:, 0] << np.int64(32)) + cell[:, 1]


def _cut(cell: Ids, line: Ids, cuts: Mask) -> tuple[Ids, Mask]:
    """Cut lines at the vertices that stand in several of them or several times in one.

    Parameters
    ----------
    cell
        Number of the place of each vertex of all lines, shape (vertices,).
    line
        Line of each vertex, increasing.
    cuts
        Which lines are cut, and cut others, shape (lines,).

    Returns
    -------
    row, begins
        The vertices of all pieces one after the other, and whether a piece begins there, each of shape (vertices,).
    """
    # A vertex that is written twice in a row is written once, but a line keeps two.
    again = np.r_[False, (np.diff(cell) == 0) & (np.diff(line) == 0)]
    again &= (np.bincount(line[~again], minlength=len(cuts)) > 1)[line]
    row = np.flatnonzero(~again)
    cell, line = cell[row], line[row]
    first = np.diff(line, prepend=-1) > 0
    inside = ~first & ~np.r_[first[1:], True]
    cutting = np.flatnonzero(cuts[line])
    _, vertex, times = np.unique(cell[cutting], return_inverse=True, return_counts=True)
    twice = np.zeros(len(row), dtype=bool)
    twice[cutting] = times[vertex.reshape(-1)] > 1
    twice &= inside
    # Of the two copies of a crossing the second begins the next piece.
    copies = 1 + twice
    begins = np.repeat(first, copies)
    begins[np.cumsum(copies)[twice] - 1] = True
    return np.repeat(row, copies), begins


def hang_together(lines: Lines, length_m: Floats) -> tuple[Mask, int, int]:
    """Tell which lines are in the longest connected part; count all parts, and the nodes of that part."""
    node = _end_nodes(lines)
    count = int(node.max()) + 1
    links = coo_array((np.ones(len(lines)), (node[0], node[1])), shape=(count, count))
    parts, part = connected_components(links, directed=False)
    largest = np.bincount(part[node[0]], weights=length_m).argmax()
    return part[node[0]] == largest, int(parts), int((part == largest).sum())


def loose_ends(lines: Lines) -> int:
    """Count the ends that no other line shares and that lie on a line between its ends."""
    node = _end_nodes(lines)
    alone = np.bincount(node.reshape(-1))[node] == 1
    points = np.concatenate([shapely.get_point(lines[one], place) for one, place in zip(alone, (0, -1), strict=True)])
    own = np.concatenate([np.flatnonzero(one) for one in alone])
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=NODE_STEP_M)
    return len(np.unique(point[line != own[point]]))


def _end_nodes(lines: Lines) -> Ids:
    """Give the node at the first and at the last point of each line, shape (2, lines)."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    ends = np.concatenate([first, np.r_[first[1:], len(line)] - 1])
    _, node = np.unique(_cells(xy[ends], NODE_STEP_M), return_inverse=True)
    return np.asarray(node.reshape(2, -1), dtype=np.int64)
