"""What streets count: metres on the ground, more where walking is slow or unwanted, infinitely many where forbidden."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from geo.errors import NetworkError
from geo.model.network import Network
from geo.territory.walking.graph import Floats
from geo.territory.walking.points import Mask

# Tobler's hiking function: speed falls by exp(-3.5) for each unit of slope away from a descent of 5 %.
_DECAY: Final = 3.5
_EASIEST_SLOPE: Final = -0.05


def with_factor(network: Network, edges: Mask, *, factor: float) -> Network:
    """Let some streets count so many times what they do; an infinite factor closes them.

    Parameters
    ----------
    network
        The streets, and what they count so far.
    edges
        Which edges, shape (edges,); of a column of the table of streets: ``column.to_numpy()[network.street]``.
    factor
        From 0 on.

    Raises
    ------
    NetworkError
        If the factor is negative or not a number.
    """
    if not factor >= 0:
        msg = f"expected a factor >= 0 for streets, got {factor}"
        raise NetworkError(msg)
    forth, back = (np.where(edges, length_m * factor, length_m) for length_m in network.lengths_m)
    return network.counting(forth, back)


def with_slope(network: Network, node_height_m: Floats | None = None) -> Network:
    """Let streets count as many metres as one would walk on level ground in the same time.

    Parameters
    ----------
    network
        The streets, and what they count so far.
    node_height_m
        Height of each node [m], shape (nodes,); the heights in the lines unless given, as lines of the BD TOPO have.

    Raises
    ------
    NetworkError
        If neither heights nor lines with heights are given, or a height is not a finite number.

    Source
    ------
    W. Tobler, Three presentations on geographical analysis and modeling, NCGIA report 93-1, 1993: an adult walks
    6 exp(-3.5 |s + 0.05|) km/h on a slope s. That a child is slowed in the same proportion is a choice.
    """
    if node_height_m is None:
        forth, back = _slowed_along(network)
    else:
        _refuse_unknown(node_height_m)
        slope = (node_height_m[network.end] - node_height_m[network.start]) / network.length_m
        forth, back = _slowness(slope), _slowness(-slope)
    return network.counting(network.lengths_m[0] * forth, network.lengths_m[1] * back)


def _slowness(slope: Floats) -> Floats:
    """Give the time that a metre takes, as a multiple of the time on level ground."""
    return np.asarray(np.exp(_DECAY * (np.abs(slope - _EASIEST_SLOPE) - abs(_EASIEST_SLOPE))))


def _slowed_along(network: Network) -> tuple[Floats, Floats]:
    """Give the slowness of each edge forth and back, by the heights of all points of its line."""
    if not shapely.has_z(network.lines).all():
        msg = "expected lines with heights, or the height of each node, got neither: give node_height_m"
        raise NetworkError(msg)
    xyz, edge = shapely.get_coordinates(network.lines, include_z=True, return_index=True)
    _refuse_unknown(xyz[:, 2])
    within = np.flatnonzero(np.diff(edge) == 0)
    step = np.diff(xyz, axis=0)[within]
    run_m = np.hypot(step[:, 0], step[:, 1])
    slope = np.divide(step[:, 2], run_m, out=np.zeros(len(run_m)), where=run_m > 0)
    edges = len(network.lines)
    forth, back = (np.bincount(edge[within], run_m * _slowness(s), minlength=edges) for s in (slope, -slope))
    return forth / network.length_m, back / network.length_m


def _refuse_unknown(height_m: Floats) -> None:
    if not np.isfinite(height_m).all():
        msg = f"expected finite heights [m], got {int((~np.isfinite(height_m)).sum())} that are not"
        raise NetworkError(msg)
