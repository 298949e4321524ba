"""The street network as neighbours in arrays: what every search on it reads."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.model.network import Network

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Ids = npt.NDArray[np.int32]
Lengths = npt.NDArray[np.floating[Any]]

# Lengths are whole multiples of this step (15 nanometres). Sums of such numbers are exact below 134,000 km, so that the
# order of adding changes nothing: every way of searching gives the very same bits, and ties are ties.
STEP_M: Final = 2.0**-26
# Below this a step of the Morton curve is not needed: a world of 65,536 x 65,536 cells.
_CELLS: Final = 65_535


class Graph(NamedTuple):
    """Neighbours of each node; the arcs that leave node `x` are the rows ``start[x]`` to ``start[x + 1]``.

    Each pair of neighbours has an arc in both directions; where there is no way in one of them, it is infinitely long.

    Attributes
    ----------
    start
        First arc of each node and the count of arcs, shape (nodes + 1,).
    to
        Node at the far end of each arc, increasing within a node, shape (arcs,).
    out_m, back_m
        Length of each arc, and of the arc the other way [m], shape (arcs,).
    edge
        Row of the edge of the network that the arc follows, shape (arcs,).
    """

    start: Ids
    to: Ids
    out_m: Floats
    back_m: Floats
    edge: Ids

    @property
    def nodes(self) -> int:
        """Count of nodes."""
        return len(self.start) - 1

    def reversed(self) -> Graph:
        """Give the same streets walked against their direction: ways from a node become ways to it."""
        return self._replace(out_m=self.back_m, back_m=self.out_m)


class Seeds(NamedTuple):
    """Where searches begin: each source enters the graph at some nodes.

    Attributes
    ----------
    start
        First seed of each source and the count of seeds, shape (sources + 1,).
    node, ahead_m
        Node of each seed, and the way from the source to it [m], shape (seeds,).
    """

    start: Ids
    node: Ids
    ahead_m: Floats


def exact(length_m: Floats) -> Floats:
    """Round lengths to whole multiples of `STEP_M`, at least one of them; infinite ones stay so."""
    return np.maximum(np.rint(length_m / STEP_M), 1.0) * STEP_M


def graph_of(network: Network) -> Graph:
    """Give the graph of a network, in its own order of nodes."""
    forth, back = lengths_both_ways(network)
    return graph_of_edges(network.start, network.end, (forth, back), nodes=len(network.node_xy))


def lengths_both_ways(network: Network) -> tuple[Floats, Floats]:
    """Give the length of each edge from its first node to its last and back [m]; infinite where there is no way."""
    length_m = exact(network.length_m)
    return (
        np.where(network.direction < 0, np.inf, length_m),
        np.where(network.direction > 0, np.inf, length_m),
    )


def graph_of_edges(start: Rows, end: Rows, lengths_m: tuple[Floats, Floats], *, nodes: int) -> Graph:
    """Give the graph of edges between numbered nodes.

    Parameters
    ----------
    start, end
        First and last node of each edge, shape (edges,). A loop leads nowhere and is left out; of parallel edges the
        shortest counts in each direction, the first one if they are equal.
    lengths_m
        Lengths from first node to last and from last to first, multiples of `STEP_M` [m].
    nodes
        Count of nodes.
    """
    forth, back = lengths_m
    row = np.flatnonzero(start != end)
    tail, head = (np.concatenate([one[row], two[row]]) for one, two in ((start, end), (end, start)))
    out, other = (np.concatenate([one[row], two[row]]) for one, two in ((forth, back), (back, forth)))
    order, first = _in_order(tail * nodes + head, out)
    chosen = order[first]
    out, other = out[chosen], np.minimum.reduceat(other[order], first) if len(first) else other
    return Graph(
        start=np.append(0, np.cumsum(np.bincount(tail[chosen], minlength=nodes))).astype(np.int32),
        to=head[chosen].astype(np.int32),
        out_m=out,
        # Streets that are as long back as forth need the room once.
        back_m=out if np.array_equal(out, other) else other,
        edge=np.concatenate([row, row])[chosen].astype(np.int32),
    )


def _in_order(key: Rows, length_m: Floats) -> tuple[Rows, Rows]:
    """Give the rows in the order of keys, lengths and their own, and where in it each key begins."""
    order = np.argsort(key)
    begins = np.diff(key[order], prepend=-1, append=-1) != 0
    # Few keys stand twice: to look at the lengths of these only takes a tenth of the time.
    twice = np.flatnonzero(~(begins[:-1] & begins[1:]))
    rows = np.sort(order[twice])
    order[twice] = rows[np.lexsort((length_m[rows], key[rows]))]
    return order, np.flatnonzero(begins[:-1])


def morton_order(xy: Floats) -> Rows:
    """Give the rows of points along a Morton curve: neighbours on the ground are mostly neighbours in memory.

    Parameters
    ----------
    xy
        Coordinates [m], shape (points, 2).
    """
    low, high = xy.min(axis=0), xy.max(axis=0)
    cell = (xy - low) * (_CELLS / max(float((high - low).max()), STEP_M))
    code = _spread(cell[:, 0].astype(np.uint64)) | (_spread(cell[:, 1].astype(np.uint64)) << np.uint64(1))
    return np.argsort(code, kind="stable")


def _spread(number: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Put a zero between the 16 bits of each number."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number


def is_even(graph: Graph) -> bool:
    """Tell whether all streets are as long back as forth."""
    return graph.out_m is graph.back_m
