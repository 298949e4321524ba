"""The one search under all others: walk on from where walks have come to, nearest places first.

Nodes wait in buckets by distance, each a chain of entries. A bucket is emptied in any order and may be filled again
meanwhile; a node that is found nearer, or at the same distance from an earlier source, is walked from once more. So the
width of a bucket changes how long the search takes, never what it finds.
"""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from geo.territory.walking.graph import Floats, Graph, Ids, Rows, Seeds

# Count of buckets, a power of two, and the buckets a metre.
Pace = tuple[int, float]
NOWHERE: Final = -1
# No walk is so long, and infinity is longer.
UNBOUNDED_M: Final = 1e300
# A bucket is a quarter of a usual arc wide: narrower ones are mostly empty, wider ones are walked from too early.
_BUCKETS_AN_ARC: Final = 4.0
_MOST_BUCKETS: Final = 65_536


class Front(NamedTuple):
    """Where a search has come to, changed in place while it walks.

    Attributes
    ----------
    walk_m
        Length of the best walk to each node [m], infinite where none has come, shape (nodes,).
    source
        Where that walk began: a number from 0 on, shape (nodes,).
    touched, tally
        Nodes that a walk has come to: the first ``tally[0]`` entries of `touched`, shape (nodes,) and (1,).
    """

    walk_m: Floats
    source: Ids
    touched: Ids
    tally: Ids


class Queue(NamedTuple):
    """Room for the nodes that wait.

    Attributes
    ----------
    first
        First entry of each bucket, shape (buckets,).
    after, node, far_m
        The next entry of each one in its bucket, its node and distance [m], shape (room,).
    per_m
        Buckets a metre.
    state
        Count of entries made, count of those that still wait, and the bucket that is being emptied, shape (3,).
    """

    first: Ids
    after: Ids
    node: Ids
    far_m: Floats
    per_m: float
    state: Rows


class Room(NamedTuple):
    """Room to search in; empty again when a search is over."""

    front: Front
    queue: Queue


def pace_of(graph: Graph) -> Pace:
    """Give buckets that together span the longest arc."""
    lengths = graph.out_m[np.isfinite(graph.out_m)]
    if not len(lengths):
        return 1, 1.0
    longest = float(lengths.max())
    per_m = min(_BUCKETS_AN_ARC / float(np.median(lengths)), (_MOST_BUCKETS - 2) / longest)
    return 1 << int(np.ceil(np.log2(longest * per_m + 2))), per_m


@njit(cache=True, nogil=True)
def new_front(nodes: int) -> Front:
    """Make the front of a search that has not begun."""
    return Front(
        np.full(nodes, np.inf), np.full(nodes, NOWHERE, np.int32), np.empty(nodes, np.int32), np.zeros(1, np.int32)
    )


@njit(cache=True, nogil=True)
def new_queue(pace: Pace, room: int) -> Queue:
    """Make an empty queue; it grows when `room` is not enough."""
    buckets, per_m = pace
    room += 1
    return Queue(
        np.full(buckets, NOWHERE, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        per_m,
        np.zeros(3, np.int64),
    )


@njit(cache=True, nogil=True)
def new_room(nodes: int, pace: Pace) -> Room:
    """Make room for searches that reach part of the nodes."""
    return Room(new_front(nodes), new_queue(pace, 1024))


@njit(cache=True, nogil=True)
def touch(front: Front, node: int, walk_m: float, source: int) -> bool:
    """Take a walk to a node if it is the shortest so far, or as short and from an earlier source; tell whether."""
    # Without a sign: Numba looks each time whether a signed index is negative.
    at = np.uint32(node)
    known = front.walk_m[at]
    if walk_m > known or (walk_m == known and source >= front.source[at]):
        return False
    if known == np.inf:
        front.touched[front.tally[0]] = node
        front.tally[0] += 1
    front.walk_m[at], front.source[at] = walk_m, source
    return True


@njit(cache=True, nogil=True)
def begin(front: Front, seeds: Seeds, source: int, limit_m: float) -> None:
    """Touch the nodes where a source enters the graph, up to a limit."""
    for seed in range(seeds.start[source], seeds.start[source + 1]):
        if seeds.ahead_m[seed] <= limit_m:
            touch(front, seeds.node[seed], seeds.ahead_m[seed], source)


@njit(cache=True, nogil=True)
def forget(front: Front) -> None:
    """Make a front as new."""
    for row in range(front.tally[0]):
        front.walk_m[front.touched[row]] = np.inf
        front.source[front.touched[row]] = NOWHERE
    front.tally[0] = 0


@njit(cache=True, nogil=True)
def spread(graph: Graph, ends: Ids, front: Front, queue: Queue, limit_m: float) -> Queue:
    """Walk on from the nodes that the front has touched, up to a limit.

    Parameters
    ----------
    graph
        The streets.
    ends
        Nodes with a number from 0 on are reached but not walked from, shape (nodes,).
    front
        Touched nodes are where the search begins; then holds what it found.
    queue
        Empty room to wait in.
    limit_m
        Longer walks are left out [m].

    Returns
    -------
    queue
        The same room, empty again, or a larger one.
    """
    while len(queue.after) < front.tally[0]:
        queue = _roomier(queue)
    _line_up(front, queue)
    while not _walk_on(graph, ends, front, queue, limit_m):
        queue = _roomier(queue)
    return queue


@njit(cache=True, nogil=True)
def _line_up(front: Front, queue: Queue) -> None:
    """Let the nodes that the front has touched wait."""
    mask, entries, lowest_m = len(queue.first) - 1, 0, UNBOUNDED_M
    for row in range(front.tally[0]):
        node = front.touched[row]
        walk_m = front.walk_m[node]
        queue.node[entries], queue.far_m[entries] = node, walk_m
        entries = _wait(queue.first, queue.after, entries, np.int64(walk_m * queue.per_m) & mask)
        lowest_m = min(lowest_m, walk_m)
    queue.state[0] = queue.state[1] = entries
    queue.state[2] = np.int64(lowest_m * queue.per_m) & mask if entries else 0


@njit(cache=True, nogil=True)
def _walk_on(graph: Graph, ends: Ids, front: Front, queue: Queue, limit_m: float) -> bool:
    """Walk on until nobody waits (true), or there is no room to wait in (false).

    The room is made larger outside: a loop whose arrays may change is compiled to one that is three times slower.
    """
    first, after, waiting, far_m = queue.first, queue.after, queue.node, queue.far_m
    per_m, mask = queue.per_m, len(first) - 1
    entries, left, bucket = queue.state
    while left:
        entry = first[bucket]
        if entry < 0:
            bucket = (bucket + 1) & mask
            continue
        # As in `touch`, without a sign.
        node, walk_m = np.uint32(waiting[entry]), far_m[entry]
        if entries + graph.start[node + 1] - graph.start[node] > len(after):
            break
        first[bucket] = after[entry]
        left -= 1
        if walk_m > front.walk_m[node] or ends[node] >= 0:
            continue
        source = front.source[node]
        for arc in range(np.uint32(graph.start[node]), np.uint32(graph.start[node + 1])):
            further_m, new = walk_m + graph.out_m[arc], graph.to[arc]
            if further_m <= limit_m and touch(front, new, further_m, source):
                waiting[entries], far_m[entries] = new, further_m
                entries = _wait(first, after, entries, np.int64(further_m * per_m) & mask)
                left += 1
    queue.state[0], queue.state[1], queue.state[2] = entries, left, bucket
    return bool(left == 0)


@njit(cache=True, nogil=True)
def _wait(first: Ids, after: Ids, entry: int, bucket: np.int64) -> int:
    """Put an entry in front of those that wait in a bucket; give the row of the next entry."""
    after[entry], first[bucket] = first[bucket], entry
    return entry + 1


@njit(cache=True, nogil=True)
def _roomier(queue: Queue) -> Queue:
    """Give the same queue with twice the room."""
    after, node, far_m = _doubled(queue.after), _doubled(queue.node), _doubled(queue.far_m)
    return Queue(queue.first, after, node, far_m, queue.per_m, queue.state)


@njit(cache=True, nogil=True)
def _doubled(room: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give twice the room, with what is there."""
    larger = np.empty(2 * len(room) + 64, room.dtype)
    larger[: len(room)] = room
    return larger
