"""The walkable streets as arrays, and points brought to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


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
    """

    node_xy: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]
    direction: npt.NDArray[np.int8]
    lines: npt.NDArray[Any]
    dropped_m: float


@dataclass(frozen=True, eq=False)
class Snap:
    """Points brought to the nearest street.

    Attributes
    ----------
    edge
        Row of the edge in the network, shape (points,).
    along_m
        Distance along the edge from its first node [m], shape (points,).
    access_m
        Straight distance from the point to the edge [m], shape (points,).
    """

    edge: npt.NDArray[np.int64]
    along_m: npt.NDArray[np.float64]
    access_m: npt.NDArray[np.float64]
