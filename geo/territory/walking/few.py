"""The nearest few of many places for every node, in order."""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.territory.walking.contraction import Skeleton
from geo.territory.walking.graph import Floats, Graph, Ids, Seeds
from geo.territory.walking.spreading import NOWHERE, Pace


class _Ranks(NamedTuple):
    """The best walks to each node so far, in order; distance [m] and source, shape (nodes, few)."""

    walk_m: Floats
    source: Ids


class _Line(NamedTuple):
    """Walks that wait in buckets; `used` counts the entries ever made and those that still wait."""

    first: Ids
    after: Ids
    node: Ids
    source: Ids
    far_m: Floats
    used: Ids


@njit(cache=True, nogil=True)
def nearest_few(
    graph: Graph, skeleton: Skeleton, seeds: Seeds, few: int, paces: tuple[Pace, Pace]
) -> tuple[Floats, Ids]:
    """Give the distances from the nearest sources to every node and these sources, shape (nodes, few)."""
    nodes, core = len(skeleton.place), len(skeleton.core)
    local, main = _new_ranks(nodes, few), _new_ranks(core, few)
    line = _new_line(paces[0], len(seeds.node))
    for source in range(len(seeds.start) - 1):
        for seed in range(seeds.start[source], seeds.start[source + 1]):
            line = _offer(local, line, seeds.node[seed], seeds.ahead_m[seed], source, paces[0][1])
    _spread_few(graph, skeleton.place, local, line, paces[0][1])
    line = _new_line(paces[1], core)
    for row in range(core):
        for rank in range(few):
            node = skeleton.core[row]
            if local.source[node, rank] >= 0:
                line = _offer(main, line, row, local.walk_m[node, rank], local.source[node, rank], paces[1][1])
    _spread_few(skeleton.graph, np.full(core, -1, np.int32), main, line, paces[1][1])
    for node in range(nodes):
        _merge(local, node, main, skeleton.a[node], skeleton.from_a_m[node])
        _merge(local, node, main, skeleton.b[node], skeleton.from_b_m[node])
    return local.walk_m, local.source


@njit(cache=True, nogil=True)
def _new_ranks(nodes: int, few: int) -> _Ranks:
    return _Ranks(np.full((nodes, few), np.inf), np.full((nodes, few), NOWHERE, np.int32))


@njit(cache=True, nogil=True)
def _new_line(pace: Pace, room: int) -> _Line:
    room += 64
    return _Line(
        np.full(pace[0], NOWHERE, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        np.zeros(2, np.int32),
    )


@njit(cache=True, nogil=True)
def _offer(ranks: _Ranks, line: _Line, node: int, walk_m: float, source: int, per_m: float) -> _Line:
    """Rank a walk; if it is among the best, let it wait to be walked on."""
    if not _ranked(ranks, node, walk_m, source):
        return line
    entry = line.used[0]
    if entry == len(line.after):
        line = _longer(line)
    bucket = np.int64(walk_m * per_m) & (len(line.first) - 1)
    line.node[entry], line.source[entry], line.far_m[entry] = node, source, walk_m
    line.after[entry], line.first[bucket] = line.first[bucket], entry
    line.used[0] += 1
    line.used[1] += 1
    return line


@njit(cache=True, nogil=True)
def _longer(line: _Line) -> _Line:
    room = 2 * len(line.after)
    after, node, source, far_m = (
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
    )
    half = len(line.after)
    after[:half], node[:half], source[:half], far_m[:half] = line.after, line.node, line.source, line.far_m
    return _Line(line.first, after, node, source, far_m, line.used)


@njit(cache=True, nogil=True)
def _ranked(ranks: _Ranks, node: int, walk_m: float, source: int) -> bool:
    """Put a walk into its place among the best of a node, one a source; tell whether it has one."""
    few = ranks.walk_m.shape[1]
    place = few
    while place > 0 and _before(walk_m, source, ranks.walk_m[node, place - 1], ranks.source[node, place - 1]):
        place -= 1
    last = few - 1
    for rank in range(few):
        if ranks.source[node, rank] == source:
            if rank < place:
                return False
            last = rank
    if place > last or walk_m == np.inf:
        return False
    for rank in range(last, place, -1):
        ranks.walk_m[node, rank] = ranks.walk_m[node, rank - 1]
        ranks.source[node, rank] = ranks.source[node, rank - 1]
    ranks.walk_m[node, place], ranks.source[node, place] = walk_m, source
    return True


@njit(cache=True, nogil=True)
def _before(walk_m: float, source: int, other_m: float, other: int) -> bool:
    return walk_m < other_m or (walk_m == other_m and source < other)


@njit(cache=True, nogil=True)
def _spread_few(graph: Graph, ends: Ids, ranks: _Ranks, line: _Line, per_m: float) -> None:
    """Walk on with all walks that wait; nodes with a number from 0 on in `ends` are not walked from."""
    bucket = 0
    while line.used[1]:
        entry = line.first[bucket]
        if entry < 0:
            bucket = (bucket + 1) & (len(line.first) - 1)
            continue
        line.first[bucket] = line.after[entry]
        line.used[1] -= 1
        node, source, walk_m = line.node[entry], line.source[entry], line.far_m[entry]
        if ends[node] >= 0 or not _is_ranked(ranks, node, walk_m, source):
            continue
        for arc in range(graph.start[node], graph.start[node + 1]):
            line = _offer(ranks, line, graph.to[arc], walk_m + graph.out_m[arc], source, per_m)


@njit(cache=True, nogil=True)
def _is_ranked(ranks: _Ranks, node: int, walk_m: float, source: int) -> bool:
    for rank in range(ranks.walk_m.shape[1]):
        if ranks.source[node, rank] == source:
            return bool(ranks.walk_m[node, rank] == walk_m)
    return False


@njit(cache=True, nogil=True)
def _merge(local: _Ranks, node: int, main: _Ranks, end: int, ahead_m: float) -> None:
    """Rank the walks that come by one end of a limb."""
    for rank in range(main.walk_m.shape[1]):
        if main.source[end, rank] < 0:
            break
        _ranked(local, node, main.walk_m[end, rank] + ahead_m, main.source[end, rank])
