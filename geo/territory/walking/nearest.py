"""The nearest of many places for every node."""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

import numpy as np
from numba import njit

from geo.territory.walking.contraction import Skeleton
from geo.territory.walking.graph import Floats, Graph, Ids, Seeds
from geo.territory.walking.spreading import UNBOUNDED_M, Front, Pace, begin, new_front, new_queue, spread, touch


@njit(cache=True, nogil=True)
def nearest_source(graph: Graph, skeleton: Skeleton, seeds: Seeds, paces: tuple[Pace, Pace]) -> tuple[Floats, Ids]:
    """Give the distance from the nearest source to every node and that source, the first one of equals."""
    local, main = new_front(len(skeleton.place)), new_front(len(skeleton.core))
    for source in range(len(seeds.start) - 1):
        begin(local, seeds, source, UNBOUNDED_M)
    spread(graph, skeleton.place, local, new_queue(paces[0], 1024), UNBOUNDED_M)
    for row in range(local.tally[0]):
        node = local.touched[row]
        if skeleton.place[node] >= 0:
            touch(main, skeleton.place[node], local.walk_m[node], local.source[node])
    everywhere = np.full(len(skeleton.core), -1, np.int32)
    spread(skeleton.graph, everywhere, main, new_queue(paces[1], len(skeleton.core)), UNBOUNDED_M)
    _fill_back(skeleton, main, local)
    return local.walk_m, local.source


@njit(cache=True, nogil=True)
def _fill_back(skeleton: Skeleton, main: Front, local: Front) -> None:
    """Carry the distances of the core to every node; what was found on the limb of a source may be nearer."""
    for node in range(len(skeleton.place)):
        a, b = skeleton.a[node], skeleton.b[node]
        walk_m, by_b_m = main.walk_m[a] + skeleton.from_a_m[node], main.walk_m[b] + skeleton.from_b_m[node]
        source, source_b = main.source[a], main.source[b]
        if (by_b_m < walk_m) | ((by_b_m == walk_m) & (source_b < source)):
            walk_m, source = by_b_m, source_b
        known_m = local.walk_m[node]
        if walk_m < known_m or (walk_m == known_m and source < local.source[node]):
            local.walk_m[node], local.source[node] = walk_m, source
