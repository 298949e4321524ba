"""The walkable streets as arrays, and points brought to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import NetworkError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Network:
    """A street network in one projected CRS in metres.

    Attributes
    ----------
    node_xy
        Coordinates of the nodes [m], shape (nodes, 2), mostly beside their neighbours in memory.
    start, end
        Row of the first and last node of each edge, shape (edges,).
    length_m
        Length of each edge along the street [m], shape (edges,).
    direction
        Which way each edge may be walked, shape (edges,): 0 both ways, 1 from its first node to its last only, -1 back
        only.
    lines
        Geometry of each edge, from its first node to its last: array of LineString, shape (edges,).
    dropped_m
        Length of the streets that were left out because they hang on to nothing [m].
    street
        Row of the street, in the table that the network was made of, that each edge is a part of, shape (edges,).
    side
        From which side points are brought to each edge, shape (edges,): 0 both, 1 the left only, as its line runs, -1
        the right only; None if from both to all.
    counted_m
        What a walk along each edge counts, from its first node to its last and back [m], each of shape (edges,): its
        length, more where walking is slow or unwanted, infinitely much where nobody may walk; None if all its length.
    """

    node_xy: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]
    direction: npt.NDArray[np.int8]
    lines: npt.NDArray[Any]
    dropped_m: float
    street: npt.NDArray[np.int64]
    side: npt.NDArray[np.int8] | None = None
    counted_m: tuple[Floats, Floats] | None = None

    @property
    def lengths_m(self) -> tuple[Floats, Floats]:
        """What a walk along each edge counts, forth and back [m], each of shape (edges,)."""
        return self.counted_m or (self.length_m, self.length_m)

    def counting(self, forth_m: Floats, back_m: Floats) -> Network:
        """Give the same streets, of which each counts other lengths forth and back [m], each of shape (edges,).

        Raises
        ------
        NetworkError
            If a length is negative or not a number.
        """
        for lengths in (forth_m, back_m):
            if not (lengths >= 0).all():
                msg = f"expected lengths of streets >= 0, got {int((~(lengths >= 0)).sum())} that are not"
                raise NetworkError(msg)
        return replace(self, counted_m=(forth_m, back_m))


@dataclass(frozen=True, eq=False)
class Snap:
    """Points brought to the streets: one place on a street each, several where several streets are near, or none.

    Rows of one point stand one after the other, the nearest first. A walk takes the row by which it is shortest. To a
    point without a row there is no walk: it is infinitely long, never zero.

    Attributes
    ----------
    edge
        Row of the edge in the network, shape (rows,).
    along_m
        Distance along the edge from its first node [m], shape (rows,).
    access_m
        Straight distance from the point to the edge [m], shape (rows,).
    first
        First row of each point and the count of rows, shape (points + 1,); None if each point has one row.
    """

    edge: npt.NDArray[np.int64]
    along_m: npt.NDArray[np.float64]
    access_m: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64] | None = None

    @property
    def bounds(self) -> npt.NDArray[np.int64]:
        """First row of each point and the count of rows, shape (points + 1,)."""
        return np.arange(len(self.edge) + 1) if self.first is None else self.first

    @property
    def points(self) -> int:
        """Count of points."""
        return len(self.edge) if self.first is None else len(self.first) - 1

    @property
    def nearest_m(self) -> npt.NDArray[np.float64]:
        """Straight distance from each point to the nearest street that it was brought to [m], infinite if to none."""
        bounds = self.bounds
        near_m = np.full(self.points, np.inf)
        there = np.diff(bounds) > 0
        near_m[there] = self.access_m[bounds[:-1][there]]
        return near_m

    def kept(self, rows: npt.NDArray[np.bool_]) -> Snap:
        """Give the same points with some of their rows only."""
        before = np.concatenate([[0], np.cumsum(rows)])
        return Snap(self.edge[rows], self.along_m[rows], self.access_m[rows], before[self.bounds])
