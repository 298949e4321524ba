"""What is asked of a street network: how far, to which school, by which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Floats, Lengths, Rows
from geo.territory.walking.plain import Plain
from geo.territory.walking.points import Places, Ways, graph_of_ways, on_one_edge, places_on, seeds_at, ways_of
from geo.territory.walking.searches import Searches
from geo.territory.walking.tabling import table_of


@dataclass(frozen=True, eq=False)
class Streets:
    """A network that questions are asked of; what a question needs is prepared when it is first asked.

    Attributes
    ----------
    network
        The walkable streets.
    ways
        What each of its edges counts in the direction of the search.
    searches
        How it is searched.
    towards
        Whether walks lead to the schools, or away from them.
    """

    network: Network
    ways: Ways
    searches: Searches
    towards: bool

    def places(self, points: Snap) -> Places:
        """Give the places of points that were brought to the network."""
        return places_on(self.ways, points)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest school of each place.

    Attributes
    ----------
    walk_m
        The walk [m], infinite where there is no way, shape (places,), or (places, few) for the nearest few in order.
    school
        Row of the school, -1 where there is no way, of the same shape. Of schools that are equally near, to less than
        a ten-millionth of a metre, the one that stands first.
    """

    walk_m: Floats
    school: Rows


@dataclass(frozen=True, eq=False)
class Members:
    """The places within reach of each school: those of school `s` are the rows ``start[s]`` to ``start[s + 1]``.

    Attributes
    ----------
    start
        Shape (schools + 1,).
    place
        Row of each member, in no special order within a school, shape (members,).
    walk_m
        Its walk [m].
    """

    start: Rows
    place: Rows
    walk_m: Floats


def prepare(
    network: Network,
    *,
    towards: bool = True,
    compiled: bool = True,
    ranked: bool = True,
) -> Streets:
    """Make a network ready for questions.

    Parameters
    ----------
    network
        The walkable streets, and what each of them counts.
    towards
        Whether walks lead to the schools, as for children in the morning, or away from them. It makes a difference
        where streets may be walked one way only.
    compiled
        Whether to search in compiled form: the same answers, some seconds once to compile, and from ten times quicker
        on for a large network.
    ranked
        Whether crossings are ranked before the first table: right if there will be others. See `Compiled`.
    """
    ways = ways_of(network, towards=towards)
    graph = graph_of_ways(ways, nodes=len(network.node_xy))
    return Streets(network, ways, Compiled(graph, ranked) if compiled else Plain(graph), towards)


def nearest(streets: Streets, schools: Snap, homes: Snap | None = None) -> Nearest:
    """Give the nearest school of each home, or of each node of the network.

    Parameters
    ----------
    streets
        The network, prepared.
    schools, homes
        Points brought to it; every node unless homes are given.
    """
    sources = streets.places(schools)
    walk_m, school = streets.searches.nearest(seeds_at(sources))
    if homes is None:
        return Nearest(walk_m, school.astype(np.int64))
    return _first_few(
        _candidates(streets, homes, sources, at_nodes=(walk_m[:, None], school[:, None])), homes.points, few=None
    )


def nearest_few(streets: Streets, schools: Snap, few: int, *, homes: Snap | None = None) -> Nearest:
    """Give the nearest few schools of each home, or of each node, in order.

    Parameters
    ----------
    streets
        The network, prepared.
    schools, homes
        Points brought to it; every node unless homes are given.
    few
        How many. Where fewer can be reached, the rest has an infinite walk and school -1.

    Raises
    ------
    NetworkError
        If `few` is less than one.
    """
    if few < 1:
        msg = f"expected at least one nearest school to be asked for, got {few}"
        raise NetworkError(msg)
    sources = streets.places(schools)
    walk_m, school = streets.searches.few(seeds_at(sources), few)
    if homes is None:
        return Nearest(walk_m, school.astype(np.int64))
    return _first_few(_candidates(streets, homes, sources, at_nodes=(walk_m, school)), homes.points, few=few)


def walk_table(
    streets: Streets, schools: Snap, homes: Snap | None = None, *, dtype: npt.DTypeLike = np.float64
) -> Lengths:
    """Give the walk between each home, or node, and each school [m], shape (homes, schools).

    Parameters
    ----------
    streets
        The network, prepared.
    schools, homes
        Points brought to it; every node unless homes are given.
    dtype
        Kind of number of the table: ``float32`` takes half the room and is right to 4 mm up to 130 km.
    """
    return table_of(streets.searches, streets.ways, schools, homes=homes, dtype=dtype)


def within(streets: Streets, schools: Snap, limit_m: float, *, homes: Snap | None = None) -> Members:
    """Give the homes, or nodes, within a walk of each school, in room for them only.

    Parameters
    ----------
    streets
        The network, prepared.
    schools, homes
        Points brought to it; every node unless homes are given.
    limit_m
        Longest walk that counts [m].
    """
    sources = streets.places(schools)
    start, node, walk_m = streets.searches.within(seeds_at(sources), limit_m)
    if homes is None:
        return Members(start.astype(np.int64), node.astype(np.int64), walk_m)
    places = streets.places(homes)
    school = np.repeat(np.arange(sources.points), np.diff(start))
    school, home, walk_m = _carried(places, (school, node, walk_m))
    direct = on_one_edge(sources, places)
    school, home, walk_m = (np.concatenate(pair) for pair in zip((school, home, walk_m), direct, strict=True))
    order = np.lexsort((walk_m, home, school))
    order = order[walk_m[order] <= limit_m]
    first = (np.diff(school[order], prepend=-1) != 0) | (np.diff(home[order], prepend=-1) != 0)
    order = order[first]
    bounds = np.searchsorted(school[order], np.arange(sources.points + 1))
    return Members(bounds, home[order], walk_m[order])


def _carried(places: Places, members: tuple[Rows, Any, Floats]) -> tuple[Rows, Rows, Floats]:
    """Carry walks that came to nodes on to the places of the edges there: schools, points of places, and walks [m]."""
    school, node, walk_m = members
    place = np.tile(np.arange(len(places.edge)), 2)
    ends = np.concatenate([places.start, places.end])
    legs_m = np.concatenate([places.from_start_m, places.from_end_m]) + places.access_m[place]
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], node, side="left")
    count = np.searchsorted(ends[order], node, side="right") - first
    member = np.repeat(np.arange(len(node)), count)
    entry = order[np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(member))]
    return school[member], places.point[place[entry]], walk_m[member] + legs_m[entry]


def _candidates(
    streets: Streets, homes: Snap, sources: Places, *, at_nodes: tuple[Floats, Any]
) -> tuple[Rows, Rows, Floats]:
    """Give home, school and length of all walks that may be the nearest ones."""
    places = streets.places(homes)
    walk_m, school = at_nodes
    by_start = walk_m[places.start] + (places.from_start_m + places.access_m)[:, None]
    by_end = walk_m[places.end] + (places.from_end_m + places.access_m)[:, None]
    home = np.repeat(places.point, walk_m.shape[1])
    direct_school, direct_home, direct_m = on_one_edge(sources, places)
    return (
        np.concatenate([home, home, direct_home]),
        np.concatenate([school[places.start].ravel(), school[places.end].ravel(), direct_school]),
        np.concatenate([by_start.ravel(), by_end.ravel(), direct_m]),
    )


def _first_few(walks: tuple[Rows, Rows, Floats], homes: int, *, few: int | None) -> Nearest:
    """Choose the shortest walks of each home, one a school; of equals the school that stands first."""
    home, school, walk_m = walks
    there = np.flatnonzero(np.isfinite(walk_m))
    order = there[np.lexsort((walk_m[there], school[there], home[there]))]
    first = (np.diff(home[order], prepend=-1) != 0) | (np.diff(school[order], prepend=-1) != 0)
    order = order[first]
    order = order[np.lexsort((school[order], walk_m[order], home[order]))]
    rank = np.arange(len(order)) - np.searchsorted(home[order], home[order])
    kept = rank < (few or 1)
    order, rank = order[kept], rank[kept]
    best, owner = np.full((homes, few or 1), np.inf), np.full((homes, few or 1), -1)
    best[home[order], rank], owner[home[order], rank] = walk_m[order], school[order]
    return Nearest(best, owner) if few else Nearest(best[:, 0], owner[:, 0])
