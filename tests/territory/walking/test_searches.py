"""Law W6 of docs/catchments.md: the compiled searches give the very bits of the plain ones, on the oddest graphs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest

from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Graph, Seeds, graph_of_edges
from geo.territory.walking.plain import Plain


class Odd(NamedTuple):
    graph: Graph
    seeds: Seeds
    rng: np.random.Generator


def test_the_odd_graphs_have_everything_that_is_odd(odd_graphs: list[Odd]) -> None:
    # Else the laws below would say little: rings and trees folded away, one-way arcs, unreachable nodes, ties.
    skeletons = [Compiled(odd.graph).skeleton for odd in odd_graphs]
    assert sum(len(one.core) < one.place.size for one in skeletons) > 100
    assert sum(bool((one.a != one.b).any()) for one in skeletons) > 50
    assert sum(odd.graph.out_m is not odd.graph.back_m for odd in odd_graphs) > 100
    assert sum(np.isinf(Plain(odd.graph).nearest(odd.seeds)[0]).any() for odd in odd_graphs) > 100
    tops = [Compiled(odd.graph).hierarchy.top for odd in odd_graphs]
    assert max(tops) > 10


def test_the_nearest_source_and_its_number_are_the_plain_ones(odd_graphs: list[Odd]) -> None:
    for odd in odd_graphs:
        for ours, plain in zip(
            Compiled(odd.graph).nearest(odd.seeds), Plain(odd.graph).nearest(odd.seeds), strict=True
        ):
            assert np.array_equal(ours, plain)


def test_the_nearest_few_are_the_plain_ones(odd_graphs: list[Odd]) -> None:
    for odd in odd_graphs:
        few = int(odd.rng.integers(1, 5))
        ours, plain = Compiled(odd.graph).few(odd.seeds, few), Plain(odd.graph).few(odd.seeds, few)
        assert np.array_equal(ours[0], plain[0])
        assert np.array_equal(ours[1], plain[1])


@pytest.mark.parametrize("ranked", [True, False])
def test_the_table_is_the_plain_one_for_all_nodes_and_for_some(odd_graphs: list[Odd], ranked: bool) -> None:  # noqa: FBT001
    for odd in odd_graphs:
        ours, everywhere = Compiled(odd.graph, ranked), np.arange(odd.graph.nodes)
        plain = Plain(odd.graph).table(odd.seeds, everywhere)
        some = odd.rng.permutation(odd.graph.nodes)[:5]
        assert np.array_equal(ours.table(odd.seeds, everywhere), plain)
        assert np.array_equal(ours.table(odd.seeds, some), plain[some])


def test_the_members_within_a_limit_are_the_plain_ones(odd_graphs: list[Odd]) -> None:
    for odd in odd_graphs:
        limit_m = float(odd.rng.integers(0, 12))
        start, node, walk_m = Compiled(odd.graph).within(odd.seeds, limit_m)
        plain = Plain(odd.graph).within(odd.seeds, limit_m)
        order = np.lexsort((node, np.repeat(np.arange(len(start) - 1), np.diff(start))))
        assert np.array_equal(start, plain[0])
        assert np.array_equal(node[order], plain[1])
        assert np.array_equal(walk_m[order], plain[2])


def test_questions_asked_one_after_the_other_and_at_once_do_not_disturb_each_other(odd_graphs: list[Odd]) -> None:
    for odd in odd_graphs[:20]:
        ours, plain = Compiled(odd.graph), Plain(odd.graph)
        limits_m = [3.0, 0.0, 12.0, 5.0] * 3
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda limit_m: ours.within(odd.seeds, limit_m), limits_m))  # noqa: B023
        for limit_m, (start, node, walk_m) in zip(limits_m, answers, strict=True):
            bounds, there, there_m = plain.within(odd.seeds, limit_m)
            order = np.lexsort((node, np.repeat(np.arange(len(start) - 1), np.diff(start))))
            assert np.array_equal(start, bounds)
            assert np.array_equal(node[order], there)
            assert np.array_equal(walk_m[order], there_m)


def test_a_table_of_many_sources_is_made_in_several_sweeps() -> None:
    nodes = 300
    ring = np.arange(nodes)
    lengths = np.random.default_rng(1).integers(1, 9, nodes).astype(float)
    graph = graph_of_edges(ring, np.roll(ring, 1), (lengths, lengths), nodes=nodes)
    seeds = Seeds(np.arange(nodes + 1, dtype=np.int32), ring.astype(np.int32), np.zeros(nodes))
    table = Compiled(graph).table(seeds, ring)
    assert np.array_equal(table, Plain(graph).table(seeds, ring))
    assert np.array_equal(table, table.T)
    assert table.max() <= lengths.sum() / 2 + lengths.max()


def test_a_table_of_single_precision_is_the_rounded_one(odd_graphs: list[Odd]) -> None:
    odd = odd_graphs[7]
    everywhere = np.arange(odd.graph.nodes)
    single = Compiled(odd.graph).table(odd.seeds, everywhere, np.float32)
    assert single.dtype == np.float32
    assert np.array_equal(single, Compiled(odd.graph).table(odd.seeds, everywhere).astype(np.float32))


def test_of_equally_near_sources_the_first_one_counts_wherever_the_tie_is() -> None:
    # A path of 0.1 m steps, which do not add up in binary, with sources at both ends: the middle belongs to the first.
    path = np.arange(10)
    tenth = np.full(10, np.rint(0.1 / 2.0**-26) * 2.0**-26)
    graph = graph_of_edges(path, path + 1, (tenth, tenth), nodes=11)
    for ends in ([0, 10], [10, 0]):
        seeds = Seeds(np.arange(3, dtype=np.int32), np.array(ends, dtype=np.int32), np.zeros(2))
        for searches in (Compiled(graph), Plain(graph)):
            walk_m, source = searches.nearest(seeds)
            assert source[5] == 0
            assert walk_m[5] == 5 * tenth[0]
            assert (source == 0).sum() == 6


def test_no_source_is_near_no_node() -> None:
    graph = graph_of_edges(np.array([0]), np.array([1]), (np.ones(1), np.ones(1)), nodes=2)
    none = Seeds(np.zeros(1, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0))
    for searches in (Compiled(graph), Plain(graph)):
        walk_m, source = searches.nearest(none)
        assert np.isinf(walk_m).all()
        assert (source == -1).all()
        assert searches.table(none, np.arange(2)).shape == (2, 0)
        assert [len(part) for part in searches.within(none, 9.0)] == [1, 0, 0]
