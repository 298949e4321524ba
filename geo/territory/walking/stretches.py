"""Parts of streets as lines."""

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
