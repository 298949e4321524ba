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
        for row in range(main.tally[0]):
            end = main.touched[row]
            if near_source[end] == source:
                count = _collect_beside(limbs, (main, local), end, found, count, limit_m)
            else:
                count = _collect(limbs, main, end, found, count, limit_m)
            found.node[count], found.walk_m[count] = skeleton.core[end], main.walk_m[end]
            count = _collect_ending(limbs, (main, local), end, found, count + 1, limit_m)
        count = _collect_local(skeleton, main, local, found, count)
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
def _collect(limbs: Limbs, main: Front, end: int, found: _Found, count: int, limit_m: float) -> int:
    """Add who lives on the limbs that begin at one end; give the count of members."""
    by_a_m = main.walk_m[end]
    for row in range(limbs.start[end], limbs.start[end + 1]):
        walk_m, by_b_m = by_a_m + limbs.from_a_m[row], main.walk_m[limbs.second[row]] + limbs.from_b_m[row]
        walk_m = by_b_m if by_b_m < walk_m else walk_m  # noqa: FURB136, min() is slower: it looks for NaN
        # Written in any case and counted if it is near enough: quicker than to choose.
        found.node[count], found.walk_m[count] = limbs.node[row], walk_m
        count += walk_m <= limit_m
    return count


@njit(cache=True, nogil=True)
def _collect_beside(
    limbs: Limbs, fronts: tuple[Front, Front], end: int, found: _Found, count: int, limit_m: float
) -> int:
    """Do the same where nodes may be found already, on the limb of the source."""
    main, local = fronts
    for row in range(limbs.start[end], limbs.start[end + 1]):
        walk_m = min(main.walk_m[end] + limbs.from_a_m[row], main.walk_m[limbs.second[row]] + limbs.from_b_m[row])
        if walk_m <= limit_m and local.walk_m[limbs.node[row]] == np.inf:
            found.node[count], found.walk_m[count] = limbs.node[row], walk_m
            count += 1
    return count


@njit(cache=True, nogil=True)
def _collect_ending(
    limbs: Limbs, fronts: tuple[Front, Front], end: int, found: _Found, count: int, limit_m: float
) -> int:
    """Add who lives on the limbs that end at one end and whose first end is too far; give the count of members."""
    main, local = fronts
    for limb in range(limbs.ending[end], limbs.ending[end + 1]):
        if main.walk_m[limbs.first[limb]] < np.inf:
            continue
        for row in range(limbs.begin[limb], limbs.end[limb]):
            walk_m = main.walk_m[end] + limbs.from_b_m[row]
            if walk_m <= limit_m and local.walk_m[limbs.node[row]] == np.inf:
                found.node[count], found.walk_m[count] = limbs.node[row], walk_m
                count += 1
    return count


@njit(cache=True, nogil=True)
def _collect_local(skeleton: Skeleton, main: Front, local: Front, found: _Found, count: int) -> int:
    """Add who was found on the limb of the source, and may be nearer by its ends; give the count of members."""
    for row in range(local.tally[0]):
        node = local.touched[row]
        if skeleton.place[node] < 0:
            by_a_m = main.walk_m[skeleton.a[node]] + skeleton.from_a_m[node]
            by_b_m = main.walk_m[skeleton.b[node]] + skeleton.from_b_m[node]
            found.node[count], found.walk_m[count] = node, min(local.walk_m[node], by_a_m, by_b_m)
            count += 1
    return count
