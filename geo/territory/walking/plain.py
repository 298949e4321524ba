"""The searches as SciPy does them: nothing to prepare and nothing to compile, good for towns; the others' oracle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.territory.walking.graph import Floats, Graph, Ids, Lengths, Rows, Seeds


@dataclass(frozen=True, eq=False)
class Plain:
    """Searches on a graph as it is.

    Attributes
    ----------
    graph
        The streets, in the direction of the search.
    """

    graph: Graph

    @cached_property
    def _arcs(self) -> tuple[Rows, Ids, Floats]:
        """Tail, head and length of the arcs that can be walked."""
        tail = np.repeat(np.arange(self.graph.nodes), np.diff(self.graph.start))
        there = np.isfinite(self.graph.out_m)
        return tail[there], self.graph.to[there], self.graph.out_m[there]

    def nearest(self, seeds: Seeds) -> tuple[Floats, Ids]:
        """See `Searches`."""
        walk_m = np.full(self.graph.nodes, np.inf)
        source = np.full(self.graph.nodes, -1, dtype=np.int32)
        for one, row in enumerate(self._from_each(seeds)):
            nearer = row < walk_m
            walk_m[nearer], source[nearer] = row[nearer], one
        return walk_m, source

    def few(self, seeds: Seeds, few: int) -> tuple[Floats, Ids]:
        """See `Searches`."""
        table = self.table(seeds, np.arange(self.graph.nodes))
        missing = max(few - table.shape[1], 0)
        table = np.pad(table, ((0, 0), (0, missing)), constant_values=np.inf)
        source = np.argsort(table, axis=1, kind="stable")[:, :few]
        walk_m = np.take_along_axis(table, source, axis=1).astype(float)
        return walk_m, np.where(np.isfinite(walk_m), source, -1).astype(np.int32)

    def within(self, seeds: Seeds, limit_m: float) -> tuple[Ids, Ids, Floats]:
        """See `Searches`."""
        node, walk_m = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for row in self._from_each(seeds, limit_m):
            node.append(np.flatnonzero(row <= limit_m))
            walk_m.append(row[node[-1]])
        start = np.cumsum([len(one) for one in node]).astype(np.int32)
        return start, np.concatenate(node).astype(np.int32), np.concatenate(walk_m)

    def table(self, seeds: Seeds, nodes: Rows, dtype: npt.DTypeLike = np.float64) -> Lengths:
        """See `Searches`."""
        table = np.empty((len(nodes), len(seeds.start) - 1), dtype=dtype)
        for one, row in enumerate(self._from_each(seeds)):
            table[:, one] = row[nodes]
        return table

    def _from_each(self, seeds: Seeds, limit_m: float = np.inf) -> Iterator[Floats]:
        """Give the distance of every node from one source after the other [m], each of shape (nodes,)."""
        nodes, sources = self.graph.nodes, len(seeds.start) - 1
        tail, head, out_m = self._arcs
        # Each source is one more node with a way to each of its seeds: SciPy reads a stored zero as a way of no length.
        owner = nodes + np.repeat(np.arange(sources), np.diff(seeds.start))
        mine = slice(seeds.start[0], seeds.start[-1])
        order = np.lexsort((seeds.ahead_m[mine], seeds.node[mine], owner))
        pairs = np.stack([owner[order], seeds.node[mine][order]])
        first = (np.diff(pairs, prepend=-1) != 0).any(axis=0) & np.isfinite(seeds.ahead_m[mine][order])
        arcs = np.concatenate([tail, pairs[0, first]]), np.concatenate([head, pairs[1, first]])
        lengths = np.concatenate([out_m, seeds.ahead_m[mine][order][first]])
        graph = csr_array((lengths, arcs), shape=(nodes + sources, nodes + sources))
        for source in range(sources):
            yield np.asarray(dijkstra(graph, indices=nodes + source, limit=limit_m))[:nodes]
