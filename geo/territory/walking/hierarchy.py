"""The core of a network in an order of importance: prepared once, a table of all distances is then one short sweep.

Nodes are taken out of the core, the least important first; where the shortest way between two neighbours led by the
node, a shortcut takes its place. What is left at the end is the *top*, where shortcuts would be too many. Any shortest
way then climbs from its start to the top of its way and descends: searches climb from the sources only, and one sweep
over all nodes in falling order descends for all of them [Delling, Goldberg, Nowatzyk, Werneck, PHAST, 2011].
"""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from geo.territory.walking.graph import Floats, Graph, Ids, is_even

# Steps of the search for a way round a node. With fewer, needless shortcuts pile up and cost more than the steps saved.
_STEPS: Final = 50
# With more neighbours than these, a node stays at the top; with more on average, all of what is left does.
_MOST_NEIGHBOURS: Final = 64
_MOST_ON_AVERAGE: Final = 14.0
# Where more than a tenth of the core is left with so many on average, streets are all alike, as in a town of squares:
# to go on there takes twice as long, for tables a quarter sooner.
_MANY_ON_AVERAGE: Final = 8.0
_FEW_LEFT_SHARE: Final = 0.1
_SCATTER: Final = 2_654_435_761


class Hierarchy(NamedTuple):
    """The core in falling order of importance: a node of the core has a *step*, the top ones first.

    Attributes
    ----------
    step
        Step of each row of the core, shape (core,).
    top
        Count of steps at the top.
    graph
        Arcs from each step to more important ones, and at the top to all neighbours; numbered by steps.
    """

    step: Ids
    top: int
    graph: Graph


class _Work(NamedTuple):
    """Neighbours that change: those of node `x` are ``degree[x]`` rows from ``begin[x]`` on, room for ``room[x]``."""

    begin: Ids
    degree: Ids
    room: Ids
    to: Ids
    out_m: Floats
    back_m: Floats
    used: Ids


class _Scratch(NamedTuple):
    """Room of a search for ways round a node, and the shortcuts that it found to be needed."""

    walk_m: Floats
    line: Ids
    tail: Ids
    head: Ids
    out_m: Floats


def rank(core: Graph) -> Hierarchy:
    """Put the nodes of a core in order and find the shortcuts."""
    nodes = core.nodes
    work, level = _take_out(core, is_even(core))
    # Nodes of one level do not know each other: in the order of the core they are also neighbours in memory.
    order = np.lexsort((np.arange(nodes), -level)).astype(np.int32)
    step = np.empty(nodes, dtype=np.int32)
    step[order] = np.arange(nodes)
    start, to, out_m, back_m = _climbing(work, order, step)
    even = is_even(core)
    graph = Graph(start, to, out_m, out_m if even else back_m, np.full(len(to), -1, dtype=np.int32))
    return Hierarchy(step, int((level == level.max()).sum()) if nodes else 0, graph)


def flat(core: Graph) -> Hierarchy:
    """Leave a core as it is: all of it is the top, and searches walk over all of it."""
    return Hierarchy(np.arange(core.nodes, dtype=np.int32), core.nodes, core)


@njit(cache=True, nogil=True)
def _take_out(core: Graph, even: bool) -> tuple[_Work, Ids]:  # noqa: FBT001
    """Take out nodes round by round: those that are less important than all their neighbours.

    What was taken out below a node makes it more important, so that no part of the core is used up before the others.
    Importance grows while neighbours go: it is reckoned anew just before a node would be taken, and not before.
    """
    nodes = len(core.start) - 1
    work = _begin(core)
    scratch = _Scratch(
        np.full(nodes, np.inf),
        np.empty(max(nodes, 4096), np.int32),
        np.empty(_MOST_NEIGHBOURS**2, np.int32),
        np.empty(_MOST_NEIGHBOURS**2, np.int32),
        np.empty(_MOST_NEIGHBOURS**2),
    )
    level, weight = np.zeros(nodes, np.int32), np.zeros(nodes)
    for node in range(nodes):
        weight[node] = _weight(work, node, _shortcuts(work, scratch, node, even), 0)
    alive, chosen = np.arange(nodes).astype(np.int32), np.empty(nodes, np.int32)
    while len(alive):
        picked = _pick(work, alive, weight, chosen)
        most = _MOST_ON_AVERAGE if len(alive) < _FEW_LEFT_SHARE * nodes else _MANY_ON_AVERAGE
        if picked == 0 or work.degree[alive].sum() > most * len(alive):
            break
        for node in chosen[:picked]:
            found, known = _shortcuts(work, scratch, node, even), weight[node]
            weight[node] = _weight(work, node, found, level[node])
            if weight[node] > known and not _is_least(work, weight, node):
                continue
            work = _with_room(work, node)
            _take(work, scratch, node, found, even)
            for row in range(work.begin[node], work.begin[node] + work.degree[node]):
                level[work.to[row]] = max(level[work.to[row]], level[node] + 1)
            weight[node] = -np.inf
        alive = alive[weight[alive] > -np.inf]
    if len(alive):
        level[alive] = level.max() + 1
    return work, level


@njit(cache=True, nogil=True)
def _begin(core: Graph) -> _Work:
    arcs = len(core.to)
    degree = core.start[1:] - core.start[:-1]
    used = np.zeros(1, np.int32)
    used[0] = arcs
    spare = 4 * arcs + 64
    to, out_m, back_m = np.empty(spare, np.int32), np.empty(spare), np.empty(spare)
    to[:arcs], out_m[:arcs], back_m[:arcs] = core.to, core.out_m, core.back_m
    return _Work(core.start[:-1].copy(), degree, degree.copy(), to, out_m, back_m, used)


@njit(cache=True, nogil=True)
def _with_room(work: _Work, node: int) -> _Work:
    """Give the same neighbours with room for the shortcuts round a node."""
    need = 0
    for row in range(work.begin[node], work.begin[node] + work.degree[node]):
        need += 2 * (work.degree[work.to[row]] + work.degree[node])
    used = work.used[0]
    if used + need <= len(work.to):
        return work
    spare = 2 * len(work.to) + need
    to, out_m, back_m = np.empty(spare, np.int32), np.empty(spare), np.empty(spare)
    to[:used], out_m[:used], back_m[:used] = work.to[:used], work.out_m[:used], work.back_m[:used]
    return _Work(work.begin, work.degree, work.room, to, out_m, back_m, work.used)


@njit(cache=True, nogil=True)
def _weight(work: _Work, node: int, shortcuts: int, level: int) -> float:
    """Tell how important a node is: by the shortcuts that it would leave, less the arcs that would go."""
    return np.inf if work.degree[node] > _MOST_NEIGHBOURS else 2.0 * shortcuts - work.degree[node] + level


@njit(cache=True, nogil=True)
def _pick(work: _Work, alive: Ids, weight: Floats, chosen: Ids) -> int:
    """Write the nodes that are less important than all their neighbours into `chosen`; give their count."""
    picked = 0
    for node in alive:
        if _is_least(work, weight, node):
            chosen[picked] = node
            picked += 1
    return picked


@njit(cache=True, nogil=True)
def _is_least(work: _Work, weight: Floats, node: int) -> bool:
    if weight[node] == np.inf:
        return False
    for row in range(work.begin[node], work.begin[node] + work.degree[node]):
        other = work.to[row]
        if weight[other] < weight[node] or (weight[other] == weight[node] and _scattered(other) < _scattered(node)):
            return False
    return True


@njit(cache=True, nogil=True)
def _scattered(node: int) -> int:
    """Give another number to each node, so that equals along a street are not taken in a row."""
    return int((np.int64(node) * _SCATTER) & 0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _shortcuts(work: _Work, scratch: _Scratch, node: int, even: bool) -> int:  # noqa: FBT001
    """Write the shortcuts that a node would leave into the scratch; give their count. One of many neighbours stays."""
    begin, end = work.begin[node], work.begin[node] + work.degree[node]
    found = 0
    if work.degree[node] > _MOST_NEIGHBOURS:
        return found
    for one in range(begin, end):
        farthest_m = -1.0
        for two in range(one + 1 if even else begin, end):
            if two != one and work.out_m[two] < np.inf:
                farthest_m = max(farthest_m, work.out_m[two])
        in_m = work.back_m[one]
        if farthest_m < 0 or in_m == np.inf:
            continue
        tail = work.to[one]
        queued = _ways_round(work, scratch, tail, node, in_m + farthest_m)
        for two in range(one + 1 if even else begin, end):
            length_m = in_m + work.out_m[two]
            if two != one and length_m < scratch.walk_m[work.to[two]]:
                scratch.tail[found], scratch.head[found], scratch.out_m[found] = tail, work.to[two], length_m
                found += 1
        for row in range(queued):
            scratch.walk_m[scratch.line[row]] = np.inf
    return found


@njit(cache=True, nogil=True)
def _ways_round(work: _Work, scratch: _Scratch, tail: int, node: int, limit_m: float) -> int:
    """Walk from a neighbour of a node without stepping on it; give the count of entries in the line."""
    walk_m, line = scratch.walk_m, scratch.line
    walk_m[tail], line[0] = 0.0, tail
    queued, done = 1, 0
    while done < queued and done < _STEPS:
        here = line[done]
        done += 1
        for row in range(work.begin[here], work.begin[here] + work.degree[here]):
            further_m, new = walk_m[here] + work.out_m[row], work.to[row]
            if new != node and further_m <= limit_m and further_m < walk_m[new] and queued < len(line):
                walk_m[new], line[queued] = further_m, new
                queued += 1
    return queued


@njit(cache=True, nogil=True)
def _take(work: _Work, scratch: _Scratch, node: int, found: int, even: bool) -> None:  # noqa: FBT001
    """Take a node out: its neighbours forget it and get the shortcuts found. It keeps its own arcs: they climb."""
    for row in range(work.begin[node], work.begin[node] + work.degree[node]):
        _forget(work, work.to[row], node)
    for row in range(found):
        tail, head, length_m = scratch.tail[row], scratch.head[row], scratch.out_m[row]
        _join(work, tail, head, length_m, length_m if even else np.inf)
        _join(work, head, tail, length_m if even else np.inf, length_m)


@njit(cache=True, nogil=True)
def _forget(work: _Work, node: int, gone: int) -> None:
    last = work.begin[node] + work.degree[node] - 1
    for row in range(work.begin[node], last + 1):
        if work.to[row] == gone:
            work.to[row], work.out_m[row], work.back_m[row] = work.to[last], work.out_m[last], work.back_m[last]
            work.degree[node] -= 1
            return


@njit(cache=True, nogil=True)
def _join(work: _Work, node: int, new: int, out_m: float, back_m: float) -> None:
    """Add an arc, or shorten the one that is there."""
    begin, count = work.begin[node], work.degree[node]
    for row in range(begin, begin + count):
        if work.to[row] == new:
            work.out_m[row], work.back_m[row] = min(out_m, work.out_m[row]), min(back_m, work.back_m[row])
            return
    if count == work.room[node]:
        used = work.used[0]
        for row in range(count):
            work.to[used + row] = work.to[begin + row]
            work.out_m[used + row], work.back_m[used + row] = work.out_m[begin + row], work.back_m[begin + row]
        work.room[node] = 2 * count + 1
        work.begin[node] = begin = used
        work.used[0] += work.room[node]
    work.to[begin + count], work.out_m[begin + count], work.back_m[begin + count] = new, out_m, back_m
    work.degree[node] += 1


@njit(cache=True, nogil=True)
def _climbing(work: _Work, order: Ids, step: Ids) -> tuple[Ids, Ids, Floats, Floats]:
    """Give the arcs that climb, numbered by steps."""
    start = np.zeros(len(order) + 1, np.int32)
    for place in range(len(order)):
        start[place + 1] = start[place] + work.degree[order[place]]
    to, out_m, back_m = np.empty(start[-1], np.int32), np.empty(start[-1]), np.empty(start[-1])
    for place in range(len(order)):
        begin = work.begin[order[place]]
        for row in range(start[place + 1] - start[place]):
            arc = start[place] + row
            to[arc] = step[work.to[begin + row]]
            out_m[arc], back_m[arc] = work.out_m[begin + row], work.back_m[begin + row]
    return start, to, out_m, back_m
