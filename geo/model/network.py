"""The walkable streets as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Network:
    """An undirected street network in one projected CRS in metres.

    Attributes
    ----------
    node_xy
        Coordinates of the nodes [m], shape (nodes, 2).
    start, end
        Row of the first and last node of each edge, shape (edges,).
    length_m
        Length of each edge along the street [m], shape (edges,).
    lines
        Geometry of each edge, from its first node to its last: array of LineString, shape (edges,).
    dropped_m
        Length of the streets that were left out because they hang on to nothing [m].
    """

    node_xy: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]
    lines: npt.NDArray[Any]
    dropped_m: float
