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
from geo.territory.walking.points import Places, on_one_edge, seeds_at
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
    ends = np.array([walk_m[place.start[0]] + place.from_start_m[0], walk_m[place.end[0]] + place.from_end_m[0]])
    best_m = float(ends.min() + place.access_m[0])
    _, _, direct_m = on_one_edge(source, place)
    if not np.isfinite(min([best_m, *direct_m])):
        msg = "expected a way between the two places, got none: they lie on different parts of the network"
        raise NetworkError(msg)
    if len(direct_m) and direct_m[0] <= best_m:
        edge = int(place.edge[0])
        parts = [_part(streets, edge, first_m=float(home.along_m[0]), last_m=float(school.along_m[0]))]
        return _route(streets, float(direct_m[0]), parts, edges=[edge])
    parts, edges = _parts(streets, (school, source), (home, place), walk_m=walk_m)
    return _route(streets, best_m, parts, edges=edges)


def _parts(
    streets: Streets, school: tuple[Snap, Places], home: tuple[Snap, Places], *, walk_m: Floats
) -> tuple[list[Floats], list[int]]:
    """Give the coordinates of the streets from home to school, one after the other, and their rows."""
    (school_point, source), (home_point, place) = school, home
    lines = streets.network.lines
    by_start = walk_m[place.start[0]] + place.from_start_m[0] <= walk_m[place.end[0]] + place.from_end_m[0]
    edge = int(place.edge[0])
    node = int(place.start[0] if by_start else place.end[0])
    leaving = 0.0 if by_start else float(lines[edge].length)
    parts, edges = [_part(streets, edge, first_m=float(home_point.along_m[0]), last_m=leaving)], [edge]
    for edge, following in _steps(streets.searches.graph, walk_m, source, node=node):
        line = shapely.get_coordinates(lines[edge])
        parts.append(line if streets.network.start[edge] == node else line[::-1])
        edges.append(edge)
        node = following
    edge = int(source.edge[0])
    by_start = node == source.start[0] and walk_m[node] == source.to_start_m[0] + source.access_m[0]
    arriving = 0.0 if by_start else float(lines[edge].length)
    parts.append(_part(streets, edge, first_m=arriving, last_m=float(school_point.along_m[0])))
    return parts, [*edges, edge]


def _steps(graph: Graph, walk_m: Floats, source: Places, *, node: int) -> Iterator[tuple[int, int]]:
    """Give edges and nodes on the way from a node to the source: lengths are exact, so that each step adds up."""
    begin = {
        (int(source.start[0]), float(source.to_start_m[0] + source.access_m[0])),
        (int(source.end[0]), float(source.to_end_m[0] + source.access_m[0])),
    }
    while (node, float(walk_m[node])) not in begin:
        arcs = slice(graph.start[node], graph.start[node + 1])
        fits = walk_m[graph.to[arcs]] + graph.back_m[arcs] == walk_m[node]
        before = int(graph.to[arcs][fits][0])
        onward = graph.to[graph.start[before] : graph.start[before + 1]]
        yield int(graph.edge[graph.start[before] + np.searchsorted(onward, node)]), before
        node = before


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
