"""Odd graphs: dead ends, rings, one-way arcs, parallel edges, loops, parts that hang on to nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from geo.territory.walking.graph import Graph, Seeds, exact, graph_of_edges


class Odd(NamedTuple):
    graph: Graph
    seeds: Seeds
    rng: np.random.Generator


def make_odd(seed: int) -> Odd:
    """Make a graph of up to 40 nodes, with whole lengths (many ties) or any, and some places to search from."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, 41))
    edges = int(rng.integers(0, nodes * rng.choice([0.5, 1, 1.3, 2, 8]) + 2))
    start, end = rng.integers(0, nodes, (2, edges))
    if nodes > 3 and rng.random() < 0.5:
        ring = np.arange(int(rng.integers(3, nodes + 1)))
        start, end = np.concatenate([start, ring]), np.concatenate([end, np.roll(ring, 1)])
    forth = rng.integers(1, 6, len(start)).astype(float) if rng.random() < 0.6 else exact(rng.uniform(0, 9, len(start)))
    back = rng.integers(1, 6, len(start)).astype(float) if rng.random() < 0.3 else forth
    if rng.random() < 0.5:
        closed = rng.random(len(start))
        forth, back = np.where(closed < 0.1, np.inf, forth), np.where(closed > 0.8, np.inf, back)
    graph = graph_of_edges(start, end, (forth, back), nodes=nodes)
    bounds = np.concatenate([[0], np.cumsum(rng.integers(1, 3, int(rng.integers(1, 8))))]).astype(np.int32)
    node = rng.integers(0, nodes, bounds[-1]).astype(np.int32)
    return Odd(graph, Seeds(bounds, node, rng.integers(0, 4, bounds[-1]).astype(float)), rng)


@pytest.fixture
def odd_graphs() -> list[Odd]:
    return [make_odd(seed) for seed in range(400)]
