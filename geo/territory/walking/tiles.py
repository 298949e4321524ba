"""The nearest school in a network of any size: tile by tile, each with a halo, and proved for every node.

A tile is searched together with the streets around it, its halo. A walk that is not wholly within comes in, for the
last time, by a street that leads into the halo from outside. One more search, which begins at all these streets at
once, tells how long such a walk is at least. A school found nearer than that is the nearest of all, the first of equals
included; and where no street from outside leads to a node, what was found is all there is. The other nodes are searched
again with a halo twice as wide, at last with the whole network, where nothing is outside.

The proof asks nothing of lengths and coordinates: one-way streets, penalties, minutes instead of metres and islands
need no care. Coordinates only draw the halo: they decide how long it takes, never what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from geo.errors import NetworkError
from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Floats, Graph, Rows, Seeds, is_even

Mask = npt.NDArray[np.bool_]
T = TypeVar("T")
R = TypeVar("R")

# In a town nearly every node has a school nearer than this; it changes how often tiles are searched, never the answer.
HALO_M: Final = 2_000.0


class Run(Protocol):
    """A way to do the same work on many tasks, in the order of the tasks; None where it failed for good."""

    def __call__(self, work: Callable[[T], R], tasks: Iterable[T]) -> Iterable[R | None]:
        """Do it."""


class Part(NamedTuple):
    """A tile with its halo, as arrays that can be sent to another machine.

    Attributes
    ----------
    graph
        The streets between the nodes of tile and halo.
    seeds
        Where schools enter them.
    source
        Number in the whole network of each source of `seeds`, increasing, shape (sources,).
    entry_m
        Shortest street that leads to each node from outside [m], infinite where there is none, shape (nodes,).
    asked
        Nodes whose nearest school is asked for, shape (asked,).
    """

    graph: Graph
    seeds: Seeds
    source: Rows
    entry_m: Floats
    asked: Rows


class Answer(NamedTuple):
    """What one search of a tile found.

    Attributes
    ----------
    walk_m, source
        The walk from the nearest source within [m] and its number in the whole network, infinite and -1 where there is
        none, shape (asked,).
    certified
        Whether nothing outside can change that, shape (asked,).
    searched
        Count of the nodes of tile and halo.
    """

    walk_m: Floats
    source: Rows
    certified: Mask
    searched: int


class Pass(NamedTuple):
    """One round of searches with one width of the halo.

    Attributes
    ----------
    halo_m
        Its width [m].
    tiles, searched
        Count of the tiles that were searched, and of the nodes of all of them with their halos.
    certified
        Count of the nodes of the network that are certified after it.
    """

    halo_m: float
    tiles: int
    searched: int
    certified: int


@dataclass(frozen=True, eq=False)
class Tiled:
    """The nearest source of each node.

    Attributes
    ----------
    walk_m, source
        The walk [m] and the source, infinite and -1 where there is no way, the first of equals, shape (nodes,).
    certified
        Whether that is proved, shape (nodes,). It is, but for the nodes of a tile whose search failed.
    passes
        How the halo grew.
    """

    walk_m: Floats
    source: Rows
    certified: Mask
    passes: tuple[Pass, ...]


def run_here(work: Callable[[T], R], tasks: Iterable[T]) -> Iterable[R | None]:
    """Do one task after the other, in this process."""
    return map(work, tasks)


def nearest_in_tiles(
    graph: Graph, xy: Floats, seeds: Seeds, *, tile: Rows, halo_m: float = HALO_M, run: Run = run_here
) -> Tiled:
    """Give the nearest source of each node: the very bits of one search of the whole graph.

    Parameters
    ----------
    graph
        The streets, in the direction of the search.
    xy
        Coordinates of the nodes [m], shape (nodes, 2).
    seeds
        Where the sources enter the graph.
    tile
        Number of the tile of each node, from 0 on, shape (nodes,): as `parted` draws them, or communes.
    halo_m
        Width of the first halo [m].
    run
        How the tiles are searched: here, one after the other, or on other machines.

    Raises
    ------
    NetworkError
        If coordinates are not finite, there is not one tile for each node, or the halo has no width.
    """
    _check(graph, xy, tile, halo_m=halo_m)
    found = Tiled(np.full(graph.nodes, np.inf), np.full(graph.nodes, -1), np.zeros(graph.nodes, dtype=bool), ())
    asked, passes = _rows_of(tile), []
    while asked:
        parts = (cut(graph, seeds, near(xy, box_of(xy[rows]), halo_m), asked=rows) for rows in asked)
        answers = list(zip(asked, run(solve, parts), strict=True))
        done = [(rows, answer) for rows, answer in answers if answer is not None]
        for rows, answer in done:
            sure = rows[answer.certified]
            found.walk_m[sure], found.source[sure] = answer.walk_m[answer.certified], answer.source[answer.certified]
            found.certified[sure] = True
        searched = sum(answer.searched for _, answer in done)
        passes.append(Pass(halo_m, len(asked), searched, int(found.certified.sum())))
        asked = [rows[~answer.certified] for rows, answer in done if not answer.certified.all()]
        halo_m *= 2
    return Tiled(found.walk_m, found.source, found.certified, tuple(passes))


def parted(xy: Floats, columns: int, rows: int) -> Rows:
    """Give the tile of each node: columns of equally many nodes, and rows of equally many in each, shape (nodes,).

    >>> parted(np.array([[0.0, 0], [9, 1], [0, 5], [9, 7]]), 2, 2).tolist()
    [0, 2, 1, 3]
    """
    column = _ranks(xy[:, 0]) * columns // max(len(xy), 1)
    order = np.lexsort((xy[:, 1], column))
    first, count = np.searchsorted(column[order], [np.arange(columns), np.arange(1, columns + 1)])
    count -= first
    tile = np.empty(len(xy), dtype=np.int64)
    within = np.arange(len(xy)) - first[column[order]]
    tile[order] = column[order] * rows + within * rows // count[column[order]]
    return tile


def box_of(xy: Floats) -> Floats:
    """Give the smallest box around points [m]: its low and its high corner, shape (2, 2)."""
    return np.stack([xy.min(axis=0), xy.max(axis=0)])


def near(xy: Floats, box: Floats, halo_m: float) -> Mask:
    """Tell which points lie in a box with a halo around it, shape (points,)."""
    return np.asarray(((xy >= box[0] - halo_m) & (xy <= box[1] + halo_m)).all(axis=1))


def cut(graph: Graph, seeds: Seeds, inside: Mask, *, asked: Rows) -> Part:
    """Cut a tile with its halo out of a graph.

    Parameters
    ----------
    graph
        Streets, with all that lead to the nodes inside.
    seeds
        Where sources enter it.
    inside
        Which nodes belong to tile or halo, shape (nodes,).
    asked
        Rows of the nodes of the tile; they are inside.
    """
    node, row = np.flatnonzero(inside), np.cumsum(inside) - 1
    count = np.diff(graph.start)[node]
    tail = np.repeat(np.arange(len(node)), count)
    arc = np.repeat(graph.start[node] - np.cumsum(count) + count, count) + np.arange(len(tail))
    inner = inside[graph.to[arc]]
    entry_m = np.full(len(node), np.inf)
    np.minimum.at(entry_m, tail[~inner], graph.back_m[arc[~inner]])
    arc, tail = arc[inner], tail[inner]
    out_m = graph.out_m[arc]
    streets = Graph(
        start=np.searchsorted(tail, np.arange(len(node) + 1)).astype(np.int32),
        to=row[graph.to[arc]].astype(np.int32),
        out_m=out_m,
        back_m=out_m if is_even(graph) else graph.back_m[arc],
        edge=graph.edge[arc],
    )
    return Part(streets, *_seeds_within(seeds, inside, row), entry_m, row[asked])


def solve(part: Part) -> Answer:
    """Search a tile with its halo, and tell for which of its nodes nothing outside can change what was found."""
    searches = Compiled(part.graph, ranked=False)
    walk_m, source = searches.nearest(part.seeds)
    entered = np.flatnonzero(np.isfinite(part.entry_m)).astype(np.int32)
    outside = Seeds(np.array([0, len(entered)], dtype=np.int32), entered, part.entry_m[entered])
    from_outside_m, _ = searches.nearest(outside)
    number = np.append(part.source, -1)[source[part.asked]]
    certified = proved(walk_m, from_outside_m)[part.asked]
    return Answer(walk_m[part.asked], number, certified, part.graph.nodes)


def proved(walk_m: Floats, from_outside_m: Floats) -> Mask:
    """Tell where nothing outside can change the nearest source that was found within.

    Parameters
    ----------
    walk_m
        The walk from it, infinite where there is none [m], shape (nodes,).
    from_outside_m
        Shortest walk that anything outside could have, infinite where nothing leads in [m], shape (nodes,).
    """
    # As near as from outside is not enough: a school out there may stand first in the list.
    return np.asarray((walk_m < from_outside_m) | np.isinf(from_outside_m))


def _seeds_within(seeds: Seeds, inside: Mask, row: Rows) -> tuple[Seeds, Rows]:
    """Give the seeds at the nodes inside, and the number of each source that has any."""
    mine = np.arange(seeds.start[0], seeds.start[-1])
    owner = np.repeat(np.arange(len(seeds.start) - 1), np.diff(seeds.start))
    kept = inside[seeds.node[mine]]
    source, count = np.unique(owner[kept], return_counts=True)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    mine = mine[kept]
    return Seeds(start, row[seeds.node[mine]].astype(np.int32), seeds.ahead_m[mine]), source


def _rows_of(tile: Rows) -> list[Rows]:
    """Give the rows of each tile that has any."""
    order = np.argsort(tile, kind="stable")
    return [rows for rows in np.split(order, np.flatnonzero(np.diff(tile[order])) + 1) if len(rows)]


def _ranks(values: Floats) -> Rows:
    """Give the place of each value in their order, equals by row."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _check(graph: Graph, xy: Floats, tile: Rows, *, halo_m: float) -> None:
    if xy.shape != (graph.nodes, 2) or tile.shape != (graph.nodes,):
        got = f"coordinates of shape {xy.shape} and tiles of shape {tile.shape}"
        raise NetworkError(f"expected a place and a tile for each of {graph.nodes} nodes, got {got}")
    if not np.isfinite(xy).all():
        raise NetworkError(f"expected finite coordinates, got {int((~np.isfinite(xy)).any(axis=1).sum())} without")
    if not 0 < halo_m < np.inf:
        raise NetworkError(f"expected a halo with a width in metres, got {halo_m}")
