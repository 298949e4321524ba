"""All distances from many places to many nodes, many places at a time."""

# ruff: noqa: FURB136, min() is slower here: it looks for NaN
# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

import numpy as np
from numba import njit

from geo.territory.walking.contraction import Skeleton
from geo.territory.walking.graph import Floats, Graph, Ids, Lengths, Rows, Seeds
from geo.territory.walking.hierarchy import Hierarchy
from geo.territory.walking.spreading import UNBOUNDED_M, Pace, begin, forget, new_front, new_queue, spread, touch


@njit(cache=True, nogil=True)
def climbed(
    graph: Graph, skeleton: Skeleton, hierarchy: Hierarchy, seeds: Seeds, paces: tuple[Pace, Pace], walk_m: Floats
) -> tuple[Ids, Ids, Floats]:
    """Search from each source along its own limb and up from there.

    Parameters
    ----------
    walk_m
        Infinite; written are the distances to the steps of the hierarchy that were come to [m], shape (core, sources).

    Returns
    -------
    beside
        What was found on the limbs of the sources: source, node and distance [m], shape (found,).
    """
    sources, core = walk_m.shape[1], len(skeleton.core)
    local, main = new_front(len(skeleton.place)), new_front(core)
    waiting, climbing = new_queue(paces[0], 1024), new_queue(paces[1], 1024)
    everywhere = np.full(core, -1, np.int32)
    beside, count = (np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024)), 0
    for source in range(sources):
        begin(local, seeds, source, UNBOUNDED_M)
        waiting = spread(graph, skeleton.place, local, waiting, UNBOUNDED_M)
        beside = _with_room(beside, count, local.tally[0])
        for row in range(local.tally[0]):
            node = local.touched[row]
            if skeleton.place[node] >= 0:
                touch(main, hierarchy.step[skeleton.place[node]], local.walk_m[node], source)
            else:
                beside[0][count], beside[1][count], beside[2][count] = source, node, local.walk_m[node]
                count += 1
        climbing = spread(hierarchy.graph, everywhere, main, climbing, UNBOUNDED_M)
        for row in range(main.tally[0]):
            walk_m[main.touched[row], source] = main.walk_m[main.touched[row]]
        forget(local)
        forget(main)
    return beside[0][:count], beside[1][:count], beside[2][:count]


@njit(cache=True, nogil=True)
def _with_room(beside: tuple[Ids, Ids, Floats], count: int, more: int) -> tuple[Ids, Ids, Floats]:
    if count + more <= len(beside[0]):
        return beside
    room = 2 * len(beside[0]) + more
    larger = (np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room))
    larger[0][:count], larger[1][:count], larger[2][:count] = beside[0][:count], beside[1][:count], beside[2][:count]
    return larger


@njit(cache=True, nogil=True)
def descend(graph: Graph, top: int, walk_m: Floats) -> None:
    """Carry the distances from the top down to every step, all sources at once."""
    sources = walk_m.shape[1]
    for step in range(top, len(walk_m)):
        for arc in range(graph.start[step], graph.start[step + 1]):
            above, down_m = graph.to[arc], graph.back_m[arc]
            for source in range(sources):
                by_m, known_m = walk_m[above, source] + down_m, walk_m[step, source]
                walk_m[step, source] = by_m if by_m < known_m else known_m


@njit(cache=True, nogil=True)
def fill_back(walk_m: Floats, step: Ids, skeleton: Skeleton, nodes: Rows, out: Lengths) -> None:
    """Write the distance to each node, by the nearer end of its limb.

    Parameters
    ----------
    walk_m
        Distances to the steps [m], shape (core, sources).
    step
        Step of each row of the core, shape (core,).
    skeleton
        The limbs.
    nodes
        Nodes asked for, shape (asked,).
    out
        Written [m], shape (asked, sources).
    """
    sources = walk_m.shape[1]
    for row in range(len(nodes)):
        node = nodes[row]
        a, b = step[skeleton.a[node]], step[skeleton.b[node]]
        from_a_m, from_b_m = skeleton.from_a_m[node], skeleton.from_b_m[node]
        for source in range(sources):
            by_a_m, by_b_m = walk_m[a, source] + from_a_m, walk_m[b, source] + from_b_m
            out[row, source] = by_a_m if by_a_m < by_b_m else by_b_m
