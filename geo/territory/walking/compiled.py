"""The searches in compiled form: a network is contracted once, and what it takes to ask again is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.territory.walking.contraction import Skeleton, contract
from geo.territory.walking.few import nearest_few
from geo.territory.walking.graph import Floats, Graph, Ids, Lengths, Rows, Seeds
from geo.territory.walking.hierarchy import Hierarchy, flat, rank
from geo.territory.walking.limbs import Limbs, limbs_of
from geo.territory.walking.nearest import nearest_source
from geo.territory.walking.spreading import Pace, Room, new_room, pace_of
from geo.territory.walking.table import climbed, descend, fill_back
from geo.territory.walking.within import members

# So many sources are swept together: rows of the table are then written in one go, and the room stays bounded.
_SOURCES_A_SWEEP: Final = 128


@dataclass(frozen=True, eq=False)
class Compiled:
    """Searches on a graph that is folded, and ranked if all distances are asked for, when first needed.

    Attributes
    ----------
    graph
        The streets, in the direction of the search.
    ranked
        Whether crossings are ranked before the first table. It takes as long as a table of some 150 schools without;
        each table is then made two to three times quicker. Where all streets are alike ranking is broken off early.
    """

    graph: Graph
    ranked: bool = True

    @cached_property
    def skeleton(self) -> Skeleton:
        """The graph without its dead ends and bends."""
        return contract(self.graph)

    @cached_property
    def limbs(self) -> Limbs:
        """Dead ends and bends in the order of their ends."""
        return limbs_of(self.skeleton)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The crossings in order of importance."""
        return rank(self.skeleton.graph) if self.ranked else flat(self.skeleton.graph)

    @cached_property
    def _paces(self) -> tuple[Pace, Pace]:
        return pace_of(self.graph), pace_of(self.skeleton.graph)

    @cached_property
    def _spare(self) -> list[tuple[Room, Room]]:
        return []

    @contextmanager
    def _rooms(self) -> Iterator[tuple[Room, Room]]:
        """Lend room to search in, on limbs and on the core: new memory takes as long as a hundred short searches."""
        try:
            rooms = self._spare.pop()
        except IndexError:
            rooms = new_room(self.graph.nodes, self._paces[0]), new_room(len(self.skeleton.core), self._paces[1])
        yield rooms
        # A search that was broken off leaves its room in disorder, and does not come here.
        self._spare.append(rooms)

    def nearest(self, seeds: Seeds) -> tuple[Floats, Ids]:
        """See `Searches`."""
        walk_m, source = nearest_source(self.graph, self.skeleton, seeds, self._paces)
        return walk_m, source

    def few(self, seeds: Seeds, few: int) -> tuple[Floats, Ids]:
        """See `Searches`."""
        walk_m, source = nearest_few(self.graph, self.skeleton, seeds, few, self._paces)
        return walk_m, source

    def within(self, seeds: Seeds, limit_m: float) -> tuple[Ids, Ids, Floats]:
        """See `Searches`."""
        with self._rooms() as rooms:
            start, node, walk_m = members(self.graph, self.skeleton, self.limbs, seeds, limit_m, rooms)
        return start, node, walk_m

    def table(self, seeds: Seeds, nodes: Rows, dtype: npt.DTypeLike = np.float64) -> Lengths:
        """See `Searches`."""
        sources = len(seeds.start) - 1
        table = np.empty((len(nodes), sources), dtype=dtype)
        sweeps = max(-(-sources // _SOURCES_A_SWEEP), 1)
        bounds = np.linspace(0, sources, sweeps + 1).astype(int)
        for first, last in pairwise(bounds):
            some = Seeds(seeds.start[first : last + 1], seeds.node, seeds.ahead_m)
            self._sweep(some, nodes, out=table[:, first:last])
        return table

    def _sweep(self, seeds: Seeds, nodes: Rows, *, out: Lengths) -> None:
        """Write the distances from some sources."""
        ranked, paces = self.hierarchy, (self._paces[0], pace_of(self.hierarchy.graph))
        # Made here and not where it is compiled: NumPy takes large pages of memory.
        walk_m = np.full((len(self.skeleton.core), len(seeds.start) - 1), np.inf)
        source, node, beside_m = climbed(self.graph, self.skeleton, ranked, seeds, paces, walk_m)
        descend(ranked.graph, ranked.top, walk_m)
        fill_back(walk_m, ranked.step, self.skeleton, nodes, out)
        row = np.full(self.graph.nodes, -1, dtype=np.int32)
        row[nodes] = np.arange(len(nodes), dtype=np.int32)
        asked = row[node] >= 0
        cell = row[node[asked]], source[asked]
        out[cell] = np.minimum(out[cell], beside_m[asked])
