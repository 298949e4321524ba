"""Folding by hand: a crossing with a dead end, a bend on a chain, a ring that hangs on to nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.territory.walking.contraction import contract, grouped
from geo.territory.walking.graph import graph_of_edges
from geo.territory.walking.hierarchy import flat, rank
from geo.territory.walking.limbs import limbs_of


def test_dead_ends_and_bends_are_folded_away_and_measured_from_both_ends() -> None:
    # Two crossings 0 and 1, joined by an edge of 10 and by a chain 0 - 2 - 3 - 1 of 1, 2, 4; dead end 4 at 2 (8 long),
    # dead ends 5 and 6 at 0 (16, then 32), dead end 7 at 1.
    start = np.array([0, 0, 2, 3, 2, 0, 5, 1, 1])
    end = np.array([1, 2, 3, 1, 4, 5, 6, 7, 8])
    lengths = np.array([10.0, 1, 2, 4, 8, 16, 32, 1, 1])
    folded = contract(graph_of_edges(start, end, (lengths, lengths), nodes=9))
    # Without their dead ends, 0 and 1 lie on a ring of two ways: both have two neighbours. One of them is the crossing.
    assert len(folded.core) == 1
    assert folded.core[0] == 0
    ring_m = 10 + 1 + 2 + 4
    assert (folded.from_a_m[4], folded.from_b_m[4]) in {(9.0, ring_m - 1 + 8), (ring_m - 1 + 8, 9.0)}
    assert folded.from_a_m[6] == folded.from_b_m[6] == 48


def test_a_chain_between_crossings_is_one_edge_of_the_core() -> None:
    # A square of four crossings with both diagonals, one side with a bend in it.
    pairs = np.array([(0, 4), (4, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)])
    lengths = np.array([1.0, 2, 1, 1, 1, 1, 1])
    folded = contract(graph_of_edges(*pairs.T, (lengths, lengths), nodes=5))
    assert folded.core.tolist() == [0, 1, 2, 3]
    assert sorted([int(folded.a[4]), int(folded.b[4])]) == [0, 1]
    assert sorted([folded.from_a_m[4], folded.from_b_m[4]]) == [1.0, 2.0]
    assert folded.graph.out_m.max() == 3.0


def test_a_ring_without_a_crossing_has_one_node_of_the_core() -> None:
    ring = np.arange(5)
    folded = contract(graph_of_edges(ring, np.roll(ring, -1), (np.ones(5), np.ones(5)), nodes=6))
    assert folded.core.tolist() == [5, 0]
    assert folded.from_a_m[:5].tolist() in ([0, 1, 2, 3, 4], [0, 4, 3, 2, 1])


def test_a_one_way_chain_is_measured_in_its_direction_only() -> None:
    pairs = np.array([(0, 4), (4, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)])
    forth, back = np.array([1.0, 2, 1, 1, 1, 1, 1]), np.array([np.inf, np.inf, 1, 1, 1, 1, 1])
    folded = contract(graph_of_edges(*pairs.T, (forth, back), nodes=5))
    from_0_m = folded.from_a_m if folded.a[4] == 0 else folded.from_b_m
    from_1_m = folded.from_b_m if folded.a[4] == 0 else folded.from_a_m
    assert from_0_m[4] == 1.0
    assert np.isinf(from_1_m[4])


def test_groups_are_listed_one_after_the_other() -> None:
    start, rows = grouped(np.array([2, -1, 0, 2], dtype=np.int32), 3)
    assert start.tolist() == [0, 1, 1, 3]
    assert rows.tolist() == [2, 0, 3]


def test_each_node_on_a_limb_is_seen_once_from_either_end(odd_graphs: list[Any]) -> None:
    for odd in odd_graphs:
        folded = contract(odd.graph)
        limbs = limbs_of(folded)
        end = np.repeat(np.arange(len(folded.core)), np.diff(limbs.start))
        size = np.diff(limbs.first)
        seen = zip(
            limbs.node, np.repeat(end, size), np.repeat(limbs.other, size), limbs.near_m, limbs.far_m, strict=True
        )
        expected = []
        for node in np.flatnonzero(folded.place < 0):
            a, b, from_a_m, from_b_m = folded.a[node], folded.b[node], folded.from_a_m[node], folded.from_b_m[node]
            expected.append((node, a, b, from_a_m, from_b_m))
            if a != b:
                expected.append((node, b, a, from_b_m, from_a_m))
        assert sorted(seen) == sorted(expected)
        # A limb is named once at each of its ends.
        assert len(
            {(limb, here) for limb, here in zip(folded.limb[limbs.node[limbs.first[:-1]]], end, strict=True)}
        ) == len(end)


def test_arcs_of_the_ranking_climb_and_those_of_a_flat_one_are_the_core_itself() -> None:
    side = 12
    node = np.arange(side * side).reshape(side, side)
    start = np.concatenate([node[:-1].ravel(), node[:, :-1].ravel()])
    end = np.concatenate([node[1:].ravel(), node[:, 1:].ravel()])
    lengths = np.random.default_rng(3).integers(1, 50, len(start)).astype(float)
    core = graph_of_edges(start, end, (lengths, lengths), nodes=side * side)
    ranked = rank(core)
    step = np.repeat(np.arange(core.nodes), np.diff(ranked.graph.start))
    below = step >= ranked.top
    assert sorted(ranked.step.tolist()) == list(range(core.nodes))
    assert 0 < ranked.top < core.nodes
    assert (ranked.graph.to[below] < step[below]).all()
    assert flat(core).graph is core
