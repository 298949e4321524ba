"""Crossing a street of the network: the street gets two sides, and whoever changes sides crosses it.

Each piece of the street is walked on its left or on its right side, at no cost. A node on it is parted as well: side
streets lead to the side on which they lie. From one side to the other one walks at the nodes, for what a crossing
counts, or around an end of the street. A way that passes above or below does not meet the street, and crosses nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import shapely

from geo.model.network import Network
from geo.territory.walking.crossings import refuse_negative
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import Mask
from geo.territory.walking.snapping import Shapes

# How far along a street its direction at a crossing is taken: farther than any jitter of survey.
_A_STEP_M: Final = 1.0
# Ends of a street that comes in at a node and goes on.
_THROUGH: Final = 2


class _Corners(NamedTuple):
    """Which part of its node each end of an edge is on; by edge and end (first, last), shape (edges, 2).

    Attributes
    ----------
    after, before
        Node on the left and on the right of who leaves along the edge; both are the same for a side street.
    node_xy
        Coordinates of all nodes, those of the parts at the end [m].
    links
        Parts of a node that a crossing joins, shape (links, 2).
    crossed
        An edge of the street that each of these crosses, shape (links,).
    """

    after: Rows
    before: Rows
    node_xy: Floats
    links: Rows
    crossed: Rows


def with_sides(network: Network, along: Mask, *, crossing_m: float | Floats) -> Network:
    """Let each crossing of some streets count so many metres, or forbid it.

    Rows of edges stay; those of the right sides, then the crossings follow. `snap` brings points to their own side.
    Where a street is drawn as two carriageways, each of them is crossed.

    Parameters
    ----------
    network
        The streets, and what they count so far.
    along
        The edges of the streets that are crossed, all of them at once, shape (edges,).
    crossing_m
        What a crossing counts [m], of all of them or of each edge, shape (edges,); infinite if it is forbidden.

    Raises
    ------
    NetworkError
        If the count is negative or not a number.
    """
    refuse_negative(crossing_m)
    corners = _parted(network, along)
    twice = np.flatnonzero(along & ((corners.after != corners.before).any(axis=1)))
    count_m = np.broadcast_to(crossing_m, along.shape)[corners.crossed]
    allowed = np.isfinite(count_m)
    links, crossed, count_m = corners.links[allowed], corners.crossed[allowed], count_m[allowed]
    # On the left one arrives where who leaves there has it on the right.
    start, end = corners.after[:, 0], corners.before[:, 1]
    row = np.concatenate([np.arange(len(along)), twice, crossed])
    side = np.zeros(len(row), dtype=np.int8) if network.side is None else network.side[row]
    side[twice], side[len(along) : len(along) + len(twice)], side[len(along) + len(twice) :] = 1, -1, 0
    both = replace(
        network,
        node_xy=corners.node_xy,
        start=np.concatenate([start, corners.before[twice, 0], links[:, 0]]),
        end=np.concatenate([end, corners.after[twice, 1], links[:, 1]]),
        length_m=np.concatenate([network.length_m, network.length_m[twice], np.zeros(len(links))]),
        direction=np.concatenate([network.direction, network.direction[twice], np.zeros(len(links), dtype=np.int8)]),
        lines=np.concatenate(
            [network.lines, network.lines[twice], np.full(len(links), shapely.LineString(), dtype=object)]
        ),
        street=network.street[row],
        side=side,
    )
    forth, back = (np.r_[counted, counted[twice], count_m] for counted in network.lengths_m)
    return both.counting(forth, back)


def _parted(network: Network, along: Mask) -> _Corners:
    """Part the nodes that the street passes through."""
    edges, nodes = len(along), len(network.node_xy)
    node = np.stack([network.start, network.end], axis=1)
    parts = np.bincount(node[along].ravel(), minlength=nodes)
    halves = np.flatnonzero((parts[node] > 1).ravel())
    leaving = _angles(network.lines).ravel()[halves]
    halves = halves[np.lexsort((leaving, node.ravel()[halves]))]
    here, on_street = node.ravel()[halves], np.repeat(along, 2)[halves]
    # Counter-clockwise around a node, part p lies behind the p-th end of the street; the last part goes round to it.
    passed = np.cumsum(on_street)
    first = np.searchsorted(here, here)
    behind = passed - (passed[first] - on_street[first]) - 1
    part = behind % np.maximum(parts[here], 1)
    ahead = (behind - on_street) % np.maximum(parts[here], 1)
    # Part 0 keeps the node, the others are new.
    base = nodes + np.cumsum(np.maximum(parts - 1, 0)) - np.maximum(parts - 1, 0)
    after, before = node.copy().ravel(), node.copy().ravel()
    after[halves] = np.where(part == 0, here, base[here] + part - 1)
    before[halves] = np.where(ahead == 0, here, base[here] + ahead - 1)
    new_xy = np.repeat(network.node_xy, np.maximum(parts - 1, 0), axis=0)
    # A street that comes in and goes on is crossed from its left to its right once, not at both of its ends.
    crossed = on_street & ((parts[here] > _THROUGH) | (behind == 0))
    links = np.stack([before[halves[crossed]], after[halves[crossed]]], axis=1)
    xy = np.concatenate([network.node_xy, new_xy])
    return _Corners(after.reshape(edges, 2), before.reshape(edges, 2), xy, links, halves[crossed] // 2)


def _angles(lines: Shapes) -> Floats:
    """Give the direction in which each line leaves its first and its last point [rad], shape (lines, 2)."""
    length_m = shapely.length(lines)
    step_m = np.minimum(_A_STEP_M, length_m / 2)
    places = [(shapely.get_point(lines, 0), step_m), (shapely.get_point(lines, -1), length_m - step_m)]
    angles = []
    for end, at_m in places:
        runs = shapely.get_coordinates(shapely.line_interpolate_point(lines, at_m)) - shapely.get_coordinates(end)
        angles.append(np.arctan2(runs[:, 1], runs[:, 0]))
    return np.stack(angles, axis=1)
