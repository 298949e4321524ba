"""Graphs by hand: arcs of parallel and one-way edges, lengths that add up exactly, the order along the curve."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.territory.walking.graph import STEP_M, exact, graph_of_edges, morton_order


def test_of_parallel_edges_the_shortest_counts_in_each_direction_and_loops_lead_nowhere() -> None:
    start, end = np.array([0, 1, 2]), np.array([1, 0, 2])
    graph = graph_of_edges(start, end, (np.array([5.0, 9.0, 1.0]), np.array([7.0, 3.0, 1.0])), nodes=3)
    # Forth from 0 to 1: 5 by the first edge, 3 by the second one backwards. Back: 7 by the first, 9 by the second.
    assert graph.start.tolist() == [0, 1, 2, 2]
    assert graph.to.tolist() == [1, 0]
    assert graph.out_m.tolist() == [3.0, 7.0]
    assert graph.back_m.tolist() == [7.0, 3.0]
    assert graph.edge.tolist() == [1, 0]


def test_arcs_between_many_parallel_edges_are_the_shortest_ones_looked_for_one_by_one() -> None:
    rng = np.random.default_rng(5)
    start, end = rng.integers(0, 12, (2, 300))
    forth, back = rng.integers(1, 5, (2, 300)).astype(float)
    graph = graph_of_edges(start, end, (forth, back), nodes=13)
    best: dict[tuple[int, int], tuple[float, int]] = {}
    walks = [*zip(start, end, forth, strict=True), *zip(end, start, back, strict=True)]
    # Of equal ones the first, and an edge walked forth stands before one walked back.
    for row, (tail, head, length_m) in enumerate(walks):
        if tail != head and length_m < best.get((tail, head), (np.inf, 0))[0]:
            best[tail, head] = (length_m, row % 300)
    pairs = sorted(best)
    assert np.repeat(np.arange(13), np.diff(graph.start)).tolist() == [tail for tail, _ in pairs]
    assert graph.to.tolist() == [head for _, head in pairs]
    assert graph.out_m.tolist() == [best[pair][0] for pair in pairs]
    assert graph.back_m.tolist() == [best[head, tail][0] for tail, head in pairs]
    assert graph.edge.tolist() == [best[pair][1] for pair in pairs]


@given(st.lists(st.floats(0, 1e5), min_size=2, max_size=30), st.randoms())
@settings(max_examples=50, deadline=None)
def test_rounded_lengths_add_up_to_the_same_in_any_order(lengths: list[float], random: object) -> None:
    rounded = exact(np.array(lengths)).tolist()
    total = sum(rounded)
    random.shuffle(rounded)  # type: ignore[attr-defined]
    assert sum(rounded) == total
    assert abs(total - sum(lengths)) <= len(lengths) * STEP_M


def test_no_street_is_rounded_to_nothing_and_closed_ones_stay_closed() -> None:
    assert exact(np.array([0.0, 1e-12, np.inf])).tolist() == [STEP_M, STEP_M, np.inf]


def test_the_curve_visits_one_quarter_of_a_town_after_the_other() -> None:
    i, j = np.divmod(np.arange(64), 8)
    order = morton_order(np.stack([i, j], axis=1).astype(float))
    assert sorted(order.tolist()) == list(range(64))
    quarters = (i[order] >= 4) + 2 * (j[order] >= 4)
    assert quarters.tolist() == np.repeat([0, 1, 2, 3], 16).tolist()


def test_places_at_one_point_have_an_order_too() -> None:
    assert morton_order(np.zeros((3, 2))).tolist() == [0, 1, 2]
