"""Trees and chains of a street network folded away once: searches then walk from crossing to crossing only.

Six in seven nodes of a street network are bends or lie on dead ends. The *core* is what remains when dead ends are
peeled off and chains of bends are drawn together. Every other node lies on one *limb*: a chain between two nodes of the
core with all that hangs on it, or what hangs on one node of the core. A way from elsewhere comes to it by one of the
two ends of its limb, so that its distance is filled back from them, exactly.
"""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.territory.walking.graph import Floats, Graph, Ids, graph_of_edges

_ALIVE, _DEAD, _CORE, _FOLDED = 0, 1, 2, 3
# A bend has a neighbour on either side.
_BEND = 2


class Skeleton(NamedTuple):
    """The core of a graph and the limbs between its nodes.

    Attributes
    ----------
    core
        Node of each row of the core, shape (core,).
    place
        Row of the core of each node, -1 for a node on a limb, shape (nodes,).
    graph
        The core as a graph of its own; its arcs follow no single edge of the network.
    limb
        Number of the limb of each node, -1 for a node of the core, shape (nodes,).
    a, b
        Rows of the core at the two ends of the limb of each node, shape (nodes,). A limb that hangs on one node has
        that node at both ends, and a node of the core is its own ends.
    from_a_m, from_b_m
        Lengths along the limb from its ends [m], shape (nodes,).
    """

    core: Ids
    place: Ids
    graph: Graph
    limb: Ids
    a: Ids
    b: Ids
    from_a_m: Floats
    from_b_m: Floats


class _Folds(NamedTuple):
    """Arrays that the folding fills, one entry a node (`state` to `limb`) or a chain (`chain_` ...)."""

    state: Ids
    place: Ids
    parent_arc: Ids
    a: Ids
    b: Ids
    from_a_m: Floats
    from_b_m: Floats
    limb: Ids
    chain_a: Ids
    chain_b: Ids
    chain_out_m: Floats
    chain_back_m: Floats


def contract(graph: Graph) -> Skeleton:
    """Fold away dead ends and bends.

    Parameters
    ----------
    graph
        Any graph: in several parts, with rings that hang on to nothing, with one-way arcs.
    """
    folds = _empty(graph)
    peeled = _peel(graph, folds)
    core, chains = _fold_chains(graph, folds)
    _fold_trees(graph, folds, peeled, chains)
    ends = (folds.chain_a[:chains].astype(np.int64), folds.chain_b[:chains].astype(np.int64))
    lengths = (folds.chain_out_m[:chains], folds.chain_back_m[:chains])
    return Skeleton(
        core=core,
        place=folds.place,
        graph=graph_of_edges(*ends, lengths, nodes=len(core)),
        limb=folds.limb,
        a=folds.a,
        b=folds.b,
        from_a_m=folds.from_a_m,
        from_b_m=folds.from_b_m,
    )


def _empty(graph: Graph) -> _Folds:
    nodes, arcs = graph.nodes, len(graph.to)
    return _Folds(
        state=np.zeros(nodes, dtype=np.int32),
        place=np.full(nodes, -1, dtype=np.int32),
        parent_arc=np.full(nodes, -1, dtype=np.int32),
        a=np.zeros(nodes, dtype=np.int32),
        b=np.zeros(nodes, dtype=np.int32),
        from_a_m=np.zeros(nodes),
        from_b_m=np.zeros(nodes),
        limb=np.full(nodes, -1, dtype=np.int32),
        chain_a=np.zeros(arcs // 2, dtype=np.int32),
        chain_b=np.zeros(arcs // 2, dtype=np.int32),
        chain_out_m=np.zeros(arcs // 2),
        chain_back_m=np.zeros(arcs // 2),
    )


@njit(cache=True, nogil=True)
def grouped(key: Ids, groups: int) -> tuple[Ids, Ids]:
    """Give, for keys from 0 on, where each group begins and the rows of all groups one after the other.

    A negative key is in no group.
    """
    start = np.zeros(groups + 1, dtype=np.int32)
    for one in key:
        if one >= 0:
            start[one + 1] += 1
    for group in range(groups):
        start[group + 1] += start[group]
    free = start[:-1].copy()
    rows = np.empty(start[groups], dtype=np.int32)
    for row in range(len(key)):
        if key[row] >= 0:
            rows[free[key[row]]] = row
            free[key[row]] += 1
    return start, rows


@njit(cache=True, nogil=True)
def _peel(graph: Graph, folds: _Folds) -> Ids:
    """Take off dead ends until none is left, and mark the core; give the nodes taken off, outermost first."""
    nodes = len(graph.start) - 1
    degree = graph.start[1:] - graph.start[:-1]
    taken = np.empty(nodes, dtype=np.int32)
    count = 0
    for node in range(nodes):
        if degree[node] == 1:
            taken[count] = node
            count += 1
    done = 0
    while done < count:
        leaf = taken[done]
        done += 1
        if degree[leaf] != 1:
            continue
        folds.state[leaf] = _DEAD
        for arc in range(graph.start[leaf], graph.start[leaf + 1]):
            parent = graph.to[arc]
            if folds.state[parent] == _DEAD:
                continue
            folds.parent_arc[leaf] = arc
            degree[parent] -= 1
            if degree[parent] == 1:
                taken[count] = parent
                count += 1
    for node in range(nodes):
        if folds.state[node] == _ALIVE and degree[node] != _BEND:
            folds.state[node] = _CORE
    return taken[:count]


@njit(cache=True, nogil=True)
def _fold_chains(graph: Graph, folds: _Folds) -> tuple[Ids, int]:
    """Draw chains together; give the nodes of the core and the count of chains."""
    nodes = len(graph.start) - 1
    core = np.empty(nodes, dtype=np.int32)
    path = np.empty(len(graph.to) + 1, dtype=np.int32)
    count = 0
    for node in range(nodes):
        if folds.state[node] == _CORE:
            core[count] = node
            count += 1
    chains = 0
    for row in range(count):
        folds.place[core[row]] = row
        folds.a[core[row]] = folds.b[core[row]] = row
    for row in range(count):
        chains = _fold_from(graph, folds, path, core[row], chains)
    # What is left are rings without a crossing: the first node of each becomes one.
    for node in range(nodes):
        if folds.state[node] == _ALIVE:
            core[count] = node
            folds.state[node] = _CORE
            folds.place[node] = folds.a[node] = folds.b[node] = count
            count += 1
            chains = _fold_from(graph, folds, path, node, chains)
    return core[:count].copy(), chains


@njit(cache=True, nogil=True)
def _fold_from(graph: Graph, folds: _Folds, path: Ids, node: int, chains: int) -> int:
    """Fold the chains that begin at a node of the core and are not folded yet; give the count of chains."""
    for arc in range(graph.start[node], graph.start[node + 1]):
        following = graph.to[arc]
        state = folds.state[following]
        if state == _ALIVE or (state == _CORE and node < following):
            length, end = _walk(graph, folds, path, arc, node)
            _fold(graph, folds, path[:length], chains, node, end)
            chains += 1
    return chains


@njit(cache=True, nogil=True)
def _walk(graph: Graph, folds: _Folds, path: Ids, arc: int, node: int) -> tuple[int, int]:
    """Follow a chain to the next node of the core; write its arcs into `path`, give their count and that node."""
    path[0] = arc
    length, before, here = 1, node, graph.to[arc]
    while folds.state[here] != _CORE:
        for onward in range(graph.start[here], graph.start[here + 1]):
            following = graph.to[onward]
            if folds.state[following] != _DEAD and following != before:
                path[length] = onward
                before, here = here, following
                break
        length += 1
    return length, here


@njit(cache=True, nogil=True)
def _fold(graph: Graph, folds: _Folds, path: Ids, chain: int, first: int, last: int) -> None:
    """Write the lengths along one chain from both of its ends."""
    a, b = folds.place[first], folds.place[last]
    out, back = 0.0, 0.0
    for arc in path:
        out, back = out + graph.out_m[arc], back + graph.back_m[arc]
        node = graph.to[arc]
        if folds.state[node] == _ALIVE:
            folds.a[node], folds.b[node], folds.limb[node] = a, b, chain
            folds.from_a_m[node] = out
    folds.chain_a[chain], folds.chain_b[chain] = a, b
    folds.chain_out_m[chain], folds.chain_back_m[chain] = out, back
    back = 0.0
    for step in range(len(path) - 1, 0, -1):
        back += graph.back_m[path[step]]
        node = graph.to[path[step - 1]]
        folds.from_b_m[node] = back
        folds.state[node] = _FOLDED


@njit(cache=True, nogil=True)
def _fold_trees(graph: Graph, folds: _Folds, peeled: Ids, chains: int) -> None:
    """Hang dead ends on what they lead to, from the inside out; all that hangs on one node of the core is one limb."""
    for step in range(len(peeled) - 1, -1, -1):
        node = peeled[step]
        arc = folds.parent_arc[node]
        if arc < 0:
            continue
        parent = graph.to[arc]
        folds.limb[node] = folds.limb[parent] if folds.limb[parent] >= 0 else chains + folds.a[parent]
        folds.a[node], folds.b[node] = folds.a[parent], folds.b[parent]
        folds.from_a_m[node] = folds.from_a_m[parent] + graph.back_m[arc]
        folds.from_b_m[node] = folds.from_b_m[parent] + graph.back_m[arc]
