"""Places along the streets: where they let walks into the graph, and how walks at the nodes come to them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.model.network import Network, Snap
from geo.territory.walking.graph import STEP_M, Floats, Graph, Lengths, Rows, Seeds, exact, graph_of_edges

Mask = npt.NDArray[np.bool_]

# Who is nearer than this to the end of a street stands at the crossing: finer than any survey of streets.
AT_NODE_M: Final = 0.01


class Ways(NamedTuple):
    """What each edge counts in the direction of the search [m], shape (edges,); infinite where there is no way.

    Attributes
    ----------
    start, end
        First and last node of each edge.
    forth_m, back_m
        From the first node to the last, and from the last to the first.
    length_m
        Length on the ground.
    """

    start: Rows
    end: Rows
    forth_m: Floats
    back_m: Floats
    length_m: Floats


class Places(NamedTuple):
    """Points of edges, as walks leave them and come to them [m]; all but the last of shape (rows,).

    Attributes
    ----------
    edge
        Row of the edge.
    start, end
        Nodes of the edge.
    along_m
        Distance along the edge from its first node.
    to_start_m, to_end_m
        From the point to the nodes.
    from_start_m, from_end_m
        From the nodes to the point.
    access_m
        Straight way between the point and the street; it is part of every walk.
    first
        First row of each point and the count of rows, shape (points + 1,): a point may have several places, or none.
    """

    edge: Rows
    start: Rows
    end: Rows
    along_m: Floats
    to_start_m: Floats
    to_end_m: Floats
    from_start_m: Floats
    from_end_m: Floats
    access_m: Floats
    first: Rows

    @property
    def points(self) -> int:
        """Count of points."""
        return len(self.first) - 1

    @property
    def point(self) -> Rows:
        """Point of each row, shape (rows,)."""
        return np.repeat(np.arange(self.points), np.diff(self.first))


def ways_of(network: Network, *, towards: bool = True) -> Ways:
    """Give the ways of a network.

    Parameters
    ----------
    network
        The walkable streets.
    towards
        Whether walks lead to the places that are searched from, as children walk to school, or away from them.
    """
    forth, back = network.lengths_m
    forth = np.where(network.direction < 0, np.inf, exact(forth))
    back = np.where(network.direction > 0, np.inf, exact(back))
    if towards:
        forth, back = back, forth
    # A crossing from one side of a street to the other has no length on the ground: nothing of it is drawn.
    length_m = np.where(network.length_m > 0, exact(network.length_m), 0.0)
    return Ways(network.start, network.end, forth, back, length_m)


def graph_of_ways(ways: Ways, *, nodes: int) -> Graph:
    """Give the graph of all ways."""
    return graph_of_edges(ways.start, ways.end, (ways.forth_m, ways.back_m), nodes=nodes)


def places_on(ways: Ways, points: Snap) -> Places:
    """Give the places at points of edges.

    Parameters
    ----------
    ways
        The streets.
    points
        Points brought to them.
    """
    edge = points.edge
    share = np.clip(points.along_m / ways.length_m[edge], 0.0, 1.0)
    ends = points.along_m < AT_NODE_M, ways.length_m[edge] - points.along_m < AT_NODE_M
    from_start, to_end = _parted(ways.forth_m[edge], share, ends)
    to_start, from_end = _parted(ways.back_m[edge], share, ends)
    access = np.rint(points.access_m / STEP_M) * STEP_M
    nodes = ways.start[edge], ways.end[edge]
    along = share * ways.length_m[edge]
    return Places(edge, *nodes, along, to_start, to_end, from_start, from_end, access, points.bounds)


def seeds_at(places: Places) -> Seeds:
    """Let each point into the graph at both ends of each of its edges."""
    start = (2 * places.first).astype(np.int32)
    node = np.stack([places.start, places.end], axis=1).ravel().astype(np.int32)
    ahead_m = np.stack([places.to_start_m, places.to_end_m], axis=1) + places.access_m[:, None]
    return Seeds(start, node, ahead_m.ravel())


def on_one_edge(sources: Places, homes: Places) -> tuple[Rows, Rows, Floats]:
    """Give the walks that do not leave their edge: source and home (points), and the length with both accesses [m]."""
    source, home, walk_m = rows_on_one_edge(sources, homes)
    return sources.point[source], homes.point[home], walk_m


def rows_on_one_edge(sources: Places, homes: Places) -> tuple[Rows, Rows, Floats]:
    """Give the same walks with the rows of the places where they begin and end."""
    order = np.argsort(sources.edge, kind="stable")
    first = np.searchsorted(sources.edge[order], homes.edge, side="left")
    count = np.searchsorted(sources.edge[order], homes.edge, side="right") - first
    home = np.repeat(np.arange(len(homes.edge)), count)
    source = order[np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(home))]
    forth = homes.along_m[home] >= sources.along_m[source]
    ahead, behind = homes.from_start_m[home], sources.from_start_m[source]
    up, down = sources.to_start_m[source], homes.to_start_m[home]
    later, earlier = np.where(forth, ahead, up), np.where(forth, behind, down)
    there = np.isfinite(later) & np.isfinite(earlier)
    walk_m = np.full(len(home), np.inf)
    walk_m[there] = later[there] - earlier[there]
    # Who stands in front of a school need not walk, whichever way the street may be walked.
    walk_m[homes.along_m[home] == sources.along_m[source]] = 0.0
    return source, home, walk_m + sources.access_m[source] + homes.access_m[home]


def least_of_each(walk_m: Lengths, first: Rows) -> Lengths:
    """Give the shortest of the walks of each point, infinite for a point without any [m], shape (points, ...).

    Parameters
    ----------
    walk_m
        Walks by each row [m], shape (rows, ...).
    first
        First row of each point and the count of rows, shape (points + 1,).
    """
    rows = np.diff(first)
    if (rows == 1).all():
        return walk_m
    least = np.full((len(rows), *walk_m.shape[1:]), np.inf, dtype=walk_m.dtype)
    there = rows > 0
    if there.any():
        least[there] = np.minimum.reduceat(walk_m, first[:-1][there], axis=0)
    return least


def _parted(length_m: Floats, share: Floats, ends: tuple[Mask, Mask]) -> tuple[Floats, Floats]:
    """Give two parts of lengths that add up exactly [m]; `ends` tells of points at the first and at the last node.

    If the length is infinite, so are its parts, but for none: who stands at a crossing need not walk to it.
    """
    there = np.isfinite(length_m)
    whole = np.where(there, length_m, 0.0)
    part = np.rint(whole * share / STEP_M) * STEP_M
    closed = np.where(there, 0.0, np.inf)
    return part + np.where(ends[0], 0.0, closed), whole - part + np.where(ends[1], 0.0, closed)
