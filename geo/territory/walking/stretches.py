"""Parts of streets as lines, and what lies beside them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.model.network import Network
from geo.territory.walking.graph import Floats, Rows

Shapes = npt.NDArray[Any]

# A vertex that is nearer than this to the end of a part is that end.
_SAME_M: Final = 1e-6
# Streets leave a crossing in the direction of their first metre.
_LEAVING_M: Final = 1.0
# Around the end of a street without any other one lie three quarters and more of a circle.
_DEAD_END: Final = 1.75 * np.pi


def lines_between(network: Network, edge: Rows, along_m: tuple[Floats, Floats]) -> Shapes:
    """Give parts of edges as lines, shape (parts,).

    Parameters
    ----------
    network
        The walkable streets.
    edge
        Row of the edge of each part, shape (parts,).
    along_m
        Where each part begins and ends along its edge [m], each of shape (parts,).
    """
    lines = network.lines[edge].copy()
    begin_m, end_m = along_m
    cut = np.flatnonzero((begin_m > _SAME_M) | (end_m < network.length_m[edge] - _SAME_M))
    lines[cut] = _cut(lines[cut], begin_m[cut], end_m[cut])
    return np.asarray(lines, dtype=object)


def corners(network: Network) -> tuple[Rows, Shapes]:
    """Give what to add to the streets so that a band along them has no gap where they meet: nodes and shapes.

    A band with flat ends leaves out who lives outside a bend between two streets, or beyond the last house of a dead
    end. For a bend it is the first metre of both streets as one line, for a dead end the point.
    """
    bearing, node = _leaving(network)
    order = np.lexsort((bearing, node))
    bearing, node = bearing[order], node[order]
    first = np.flatnonzero(np.diff(node, prepend=-1))
    last = np.r_[first[1:], len(node)] - 1
    following = np.arange(1, len(node) + 1)
    following[last] = first
    gap = bearing[following] - bearing
    gap[last] += 2 * np.pi
    open_side = np.flatnonzero(gap > np.pi)
    here = network.node_xy[node[open_side]]
    arms = (here + _LEAVING_M * _step(bearing[open_side]), here + _LEAVING_M * _step(bearing[following[open_side]]))
    shapes = np.asarray(shapely.linestrings(np.stack([arms[0], here, arms[1]], axis=1)), dtype=object)
    ends = gap[open_side] > _DEAD_END
    shapes[ends] = shapely.points(here[ends])
    return node[open_side], shapes


def _leaving(network: Network) -> tuple[Floats, Rows]:
    """Give the bearing in which each end of each edge leaves its node [radians], and that node."""
    ends = [shapely.get_coordinates(shapely.get_point(network.lines, at)) for at in (0, -1)]
    steps_m = (np.minimum(_LEAVING_M, network.length_m), -np.minimum(_LEAVING_M, network.length_m))
    ways = [
        shapely.get_coordinates(shapely.line_interpolate_point(network.lines, step_m)) - end
        for step_m, end in zip(steps_m, ends, strict=True)
    ]
    way = np.concatenate(ways)
    return np.arctan2(way[:, 1], way[:, 0]), np.concatenate([network.start, network.end])


def _step(bearing: Floats) -> Floats:
    """Give a metre in a direction, shape (bearings, 2)."""
    return np.stack([np.cos(bearing), np.sin(bearing)], axis=1)


def _cut(lines: Shapes, begin_m: Floats, end_m: Floats) -> Shapes:
    """Give the part of each line between two distances along it."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    along_m = _along(xy, line)
    within = (along_m > begin_m[line] + _SAME_M) & (along_m < end_m[line] - _SAME_M)
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(lines, at_m)) for at_m in (begin_m, end_m)]
    rows = np.arange(len(lines))
    row = np.concatenate([rows, line[within], rows])
    place = np.concatenate([np.full(len(lines), -1.0), along_m[within], np.full(len(lines), np.inf)])
    order = np.lexsort((place, row))
    every = np.concatenate([ends[0], xy[within], ends[1]])[order]
    return np.asarray(shapely.linestrings(every, indices=row[order]), dtype=object)


def _along(xy: Floats, line: Rows) -> Floats:
    """Give the distance of each vertex along its own line [m]."""
    step_m = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    along_m = np.cumsum(step_m)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    within_m: Floats = along_m - along_m[first][line]
    return within_m
