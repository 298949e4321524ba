"""Who lives within a distance of each of many places: room for the members only."""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.territory.walking.contraction import Skeleton
from geo.territory.walking.graph import Floats, Graph, Ids, Seeds
from geo.territory.walking.limbs import Limbs
from geo.territory.walking.spreading import NOWHERE, Front, Room, begin, forget, spread, touch


class _Found(NamedTuple):
    """Room for members; how many there are is counted apart."""

    node: Ids
    walk_m: Floats


@njit(cache=True, nogil=True)
def members(
    graph: Graph, skeleton: Skeleton, limbs: Limbs, seeds: Seeds, limit_m: float, rooms: tuple[Room, Room]
) -> tuple[Ids, Ids, Floats]:
    """Give the first member of each source and the count of members, then the node and distance of all of them."""
    nodes, (local, waiting), (main, walking) = len(skeleton.place), rooms[0], rooms[1]
    found, count = _Found(np.empty(nodes, np.int32), np.empty(nodes)), 0
    start = np.zeros(len(seeds.start), np.int32)
    everywhere = np.full(len(skeleton.core), NOWHERE, np.int32)
    beside = everywhere.copy()
    for source in range(len(seeds.start) - 1):
        begin(local, seeds, source, limit_m)
        waiting = spread(graph, skeleton.place, local, waiting, limit_m)
        for row in range(local.tally[0]):
            node = local.touched[row]
            beside[skeleton.a[node]] = beside[skeleton.b[node]] = source
            if skeleton.place[node] >= 0:
                touch(main, skeleton.place[node], local.walk_m[node], source)
        walking = spread(skeleton.graph, everywhere, main, walking, limit_m)
        found = _with_room(found, count, nodes)
        count = _collect(limbs, (main, local), beside, found, count, limit_m)
        count = _collect_rest(skeleton, main, local, found, count)
        start[source + 1] = count
        forget(local)
        forget(main)
    return start, found.node[:count], found.walk_m[:count]


@njit(cache=True, nogil=True)
def _with_room(found: _Found, count: int, more: int) -> _Found:
    """Give the same members with room for some more."""
    if count + more <= len(found.node):
        return found
    room = 2 * len(found.node) + more
    larger = _Found(np.empty(room, np.int32), np.empty(room))
    larger.node[:count], larger.walk_m[:count] = found.node[:count], found.walk_m[:count]
    return larger


@njit(cache=True, nogil=True)
def _collect(limbs: Limbs, fronts: tuple[Front, Front], beside: Ids, found: _Found, count: int, limit_m: float) -> int:
    """Add the nodes of the core, and who lives on limbs of which an end was come to; give the count of members.

    Nodes on the limb of the source may be found already: `beside` names the source for the ends of its limb.
    """
    main, local = fronts
    for touched in range(main.tally[0]):
        end = main.touched[touched]
        here_m, is_beside = main.walk_m[end], beside[end] == main.source[end]
        found.node[count], found.walk_m[count] = limbs.core[end], here_m
        count += 1
        for limb in range(limbs.start[end], limbs.start[end + 1]):
            other = limbs.other[limb]
            there_m = main.walk_m[other]
            # Of two ends that were come to, one collects the limb.
            if there_m < np.inf and other < end:
                continue
            for row in range(limbs.first[limb], limbs.first[limb + 1]):
                walk_m, by_other_m = here_m + limbs.near_m[row], there_m + limbs.far_m[row]
                walk_m = by_other_m if by_other_m < walk_m else walk_m  # noqa: FURB136, min() looks for NaN
                # Written in any case and counted if it is near enough: quicker than to choose.
                found.node[count], found.walk_m[count] = limbs.node[row], walk_m
                if is_beside:
                    count += walk_m <= limit_m and local.walk_m[limbs.node[row]] == np.inf
                else:
                    count += walk_m <= limit_m
    return count


@njit(cache=True, nogil=True)
def _collect_rest(skeleton: Skeleton, main: Front, local: Front, found: _Found, count: int) -> int:
    """Add who was found on the limb of the source, and may be nearer by its ends."""
    for row in range(local.tally[0]):
        node = local.touched[row]
        if skeleton.place[node] < 0:
            by_a_m = main.walk_m[skeleton.a[node]] + skeleton.from_a_m[node]
            by_b_m = main.walk_m[skeleton.b[node]] + skeleton.from_b_m[node]
            found.node[count], found.walk_m[count] = node, min(local.walk_m[node], by_a_m, by_b_m)
            count += 1
    return count
