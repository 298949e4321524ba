"""What a way of searching must be able to do; `Plain` and `Compiled` give the very same bits."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo.territory.walking.graph import Floats, Graph, Ids, Lengths, Rows, Seeds


class Searches(Protocol):
    """Searches on one graph. Distances are in metres, infinite where there is no way; sources are rows of the seeds."""

    @property
    def graph(self) -> Graph:
        """The streets, in the direction of the search."""

    def nearest(self, seeds: Seeds) -> tuple[Floats, Ids]:
        """Give the distance from the nearest source to each node and that source, -1 for none, the first of equals."""

    def few(self, seeds: Seeds, few: int) -> tuple[Floats, Ids]:
        """Give the same for the nearest few sources in order, equals by number, shape (nodes, few)."""

    def within(self, seeds: Seeds, limit_m: float) -> tuple[Ids, Ids, Floats]:
        """Give the first member of each source, shape (sources + 1,), and node and distance of all members."""

    def table(self, seeds: Seeds, nodes: Rows, dtype: npt.DTypeLike = np.float64) -> Lengths:
        """Give the distance from each source to each of some nodes, named once each, shape (nodes, sources)."""
