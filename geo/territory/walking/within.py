"""Who lives within a distance of each of many places: room for the members only."""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.territory.walking.contraction import Skeleton
from geo.territory.walking.graph import Floats, Graph, Ids, Seeds
from geo.territory.walking.limbs import Limbs
from geo.territory.walking.spreading import Front, Pace, begin, forget, new_front, new_queue, spread, touch


class _Found(NamedTuple):
    """Room for members; how many there are is counted apart."""

    node: Ids
    walk_m: Floats


@njit(cache=True, nogil=True)
def members(
    graph: Graph, skeleton: Skeleton, limbs: Limbs, seeds: Seeds, limit_m: float, paces: tuple[Pace, Pace]
) -> tuple[Ids, Ids, Floats]:
    """Give the first member of each source and the count of members, then the node and distance of all of them."""
    local, main = new_front(len(skeleton.place)), new_front(len(skeleton.core))
    waiting, inner = new_queue(paces[0], 1024), new_queue(paces[1], 1024)
    found, count = _Found(np.empty(1024, np.int32), np.empty(1024)), 0
    start = np.zeros(len(seeds.start), np.int32)
    everywhere = np.full(len(skeleton.core), -1, np.int32)
    near_source = np.full(len(skeleton.core), -1, np.int32)
    for source in range(len(seeds.start) - 1):
        begin(local, seeds, source, limit_m)
        waiting = spread(graph, skeleton.place, local, waiting, limit_m)
        for row in range(local.tally[0]):
            node = local.touched[row]
            near_source[skeleton.a[node]] = source
            if skeleton.place[node] >= 0:
                touch(main, skeleton.place[node], local.walk_m[node], source)
        inner = spread(skeleton.graph, everywhere, main, inner, limit_m)
        found = _with_room(found, count, _most(limbs, main) + local.tally[0])
        count = _collect(limbs, (main, local), near_source, found, count, limit_m)
        count = _collect_ending(limbs, (main, local), found, count, limit_m)
        count = _collect_rest(skeleton, main, local, found, count)
        start[source + 1] = count
        forget(local)
        forget(main)
    return start, found.node[:count], found.walk_m[:count]


@njit(cache=True, nogil=True)
def _most(limbs: Limbs, main: Front) -> int:
    """Give the most members that one search can have, those on the core and on all limbs that it has come to."""
    most = main.tally[0]
    for row in range(main.tally[0]):
        end = main.touched[row]
        most += limbs.start[end + 1] - limbs.start[end]
        for limb in range(limbs.ending[end], limbs.ending[end + 1]):
            most += limbs.end[limb] - limbs.begin[limb]
    return int(most)


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
def _collect(
    limbs: Limbs, fronts: tuple[Front, Front], near_source: Ids, found: _Found, count: int, limit_m: float
) -> int:
    """Add the nodes of the core, and who lives on limbs whose first end was come to; give the count of members.

    Nodes on the limb of the source may be found already: `near_source` names the source for the first end of its limb.
    """
    main, local = fronts
    for touched in range(main.tally[0]):
        end = main.touched[touched]
        by_a_m, beside = main.walk_m[end], near_source[end] == main.source[end]
        found.node[count], found.walk_m[count] = limbs.core[end], by_a_m
        count += 1
        for row in range(limbs.start[end], limbs.start[end + 1]):
            walk_m, by_b_m = by_a_m + limbs.from_a_m[row], main.walk_m[limbs.second[row]] + limbs.from_b_m[row]
            walk_m = by_b_m if by_b_m < walk_m else walk_m  # noqa: FURB136, min() is slower: it looks for NaN
            # Written in any case and counted if it is near enough: quicker than to choose.
            found.node[count], found.walk_m[count] = limbs.node[row], walk_m
            if beside:
                count += walk_m <= limit_m and local.walk_m[limbs.node[row]] == np.inf
            else:
                count += walk_m <= limit_m
    return count


@njit(cache=True, nogil=True)
def _collect_ending(limbs: Limbs, fronts: tuple[Front, Front], found: _Found, count: int, limit_m: float) -> int:
    """Add who lives on limbs of which only the second end was come to; give the count of members."""
    main, local = fronts
    for touched in range(main.tally[0]):
        end = main.touched[touched]
        for limb in range(limbs.ending[end], limbs.ending[end + 1]):
            # The first look needs no other place in memory.
            if main.walk_m[end] + limbs.longest_m[limb] <= limit_m or main.walk_m[limbs.first[limb]] < np.inf:
                continue
            for row in range(limbs.begin[limb], limbs.end[limb]):
                walk_m = main.walk_m[end] + limbs.from_b_m[row]
                if walk_m <= limit_m and local.walk_m[limbs.node[row]] == np.inf:
                    found.node[count], found.walk_m[count] = limbs.node[row], walk_m
                    count += 1
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
