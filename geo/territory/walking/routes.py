"""The shortest way between two places as a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops

from geo.errors import NetworkError
from geo.model.network import Snap
from geo.territory.walking.graph import Floats, Graph
from geo.territory.walking.points import Places, rows_on_one_edge, seeds_at
from geo.territory.walking.questions import Streets


@dataclass(frozen=True, eq=False)
class Route:
    """One walk.

    Attributes
    ----------
    walk_m
        Its length with the access at both ends [m].
    line
        The way along the streets, from home to school, or from school to home if walks lead away from schools.
    edges
        Rows of the edges of the network that it follows, those at both ends in part.
    """

    walk_m: float
    line: shapely.LineString
    edges: tuple[int, ...]


def route(streets: Streets, school: Snap, home: Snap) -> Route:
    """Give the shortest way between a home and a school.

    Parameters
    ----------
    streets
        The network, prepared.
    school, home
        One point each, brought to the network. Of ways that are equally long the answer is always the same one.

    Raises
    ------
    NetworkError
        If there is no way between them.
    """
    source, place = streets.places(school), streets.places(home)
    walk_m, _ = streets.searches.nearest(seeds_at(source))
    by_ends = [walk_m[place.start] + place.from_start_m, walk_m[place.end] + place.from_end_m]
    by_ends_m = np.stack(by_ends, axis=1) + place.access_m[:, None]
    school_row, home_row, direct_m = rows_on_one_edge(source, place)
    best_m, straight_m = (float(some.min(initial=np.inf)) for some in (by_ends_m, direct_m))
    if not np.isfinite(min(best_m, straight_m)):
        msg = "expected a way between the two places, got none: they lie on different parts of the network"
        raise NetworkError(msg)
    if straight_m <= best_m:
        one, other = (int(rows[direct_m.argmin()]) for rows in (school_row, home_row))
        edge, first_m, last_m = int(place.edge[other]), float(home.along_m[other]), float(school.along_m[one])
        return _route(streets, straight_m, [_part(streets, edge, first_m=first_m, last_m=last_m)], edges=[edge])
    row, end = divmod(int(by_ends_m.argmin()), 2)
    edge = int(place.edge[row])
    node, leaving_m = ((place.start, 0.0), (place.end, float(streets.network.lines[edge].length)))[end]
    first = _part(streets, edge, first_m=float(home.along_m[row]), last_m=leaving_m)
    parts, edges = _onward(streets, (school, source), node=int(node[row]), walk_m=walk_m)
    return _route(streets, best_m, [first, *parts], edges=[edge, *edges])


def _onward(
    streets: Streets, school: tuple[Snap, Places], *, node: int, walk_m: Floats
) -> tuple[list[Floats], list[int]]:
    """Give the coordinates of the streets from a node to the school, one after the other, and their rows."""
    point, source = school
    lines = streets.network.lines
    parts: list[Floats] = []
    edges: list[int] = []
    for edge, following in _steps(streets.searches.graph, walk_m, source, node=node):
        line = shapely.get_coordinates(lines[edge])
        parts.append(line if streets.network.start[edge] == node else line[::-1])
        edges.append(edge)
        node = following
    row, by_start = _arrival(source, node=node, walk_m=float(walk_m[node]))
    edge = int(source.edge[row])
    arriving_m = 0.0 if by_start else float(lines[edge].length)
    parts.append(_part(streets, edge, first_m=arriving_m, last_m=float(point.along_m[row])))
    return parts, [*edges, edge]


def _steps(graph: Graph, walk_m: Floats, source: Places, *, node: int) -> Iterator[tuple[int, int]]:
    """Give edges and nodes on the way from a node to the source: lengths are exact, so that each step adds up."""
    seeds = seeds_at(source)
    begin = set(zip(seeds.node.tolist(), seeds.ahead_m.tolist(), strict=True))
    while (node, float(walk_m[node])) not in begin:
        arcs = slice(graph.start[node], graph.start[node + 1])
        fits = walk_m[graph.to[arcs]] + graph.back_m[arcs] == walk_m[node]
        before = int(graph.to[arcs][fits][0])
        onward = graph.to[graph.start[before] : graph.start[before + 1]]
        yield int(graph.edge[graph.start[before] + np.searchsorted(onward, node)]), before
        node = before


def _arrival(source: Places, *, node: int, walk_m: float) -> tuple[int, bool]:
    """Give the row of the school that a walk comes to from a node, and whether by the first end of its edge."""
    by_start = (source.start == node) & (source.to_start_m + source.access_m == walk_m)
    by_end = (source.end == node) & (source.to_end_m + source.access_m == walk_m)
    return int((by_start | by_end).argmax()), bool(by_start[(by_start | by_end).argmax()])


def _part(streets: Streets, edge: int, *, first_m: float, last_m: float) -> Floats:
    """Give the coordinates of a part of an edge, backwards if it ends before it begins."""
    return shapely.get_coordinates(shapely.ops.substring(streets.network.lines[edge], first_m, last_m))


def _route(streets: Streets, walk_m: float, parts: list[Floats], *, edges: list[int]) -> Route:
    xy = np.concatenate(parts)
    new = np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]
    xy = xy[new] if new.sum() > 1 else xy[:2]
    if len(xy) == 1:
        xy = np.repeat(xy, 2, axis=0)
    if not streets.towards:
        xy, edges = xy[::-1], edges[::-1]
    return Route(walk_m, shapely.LineString(xy), tuple(edges))
