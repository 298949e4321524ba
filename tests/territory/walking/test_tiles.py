"""Laws W50 to W52 of docs/national.md: a search in tiles gives the very bits of one search, and each node is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.sources.streets_files import read_streets
from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Graph, Seeds, exact, graph_of_edges
from geo.territory.walking.plain import Plain
from geo.territory.walking.tiles import Answer, Part, Tiled, cut, nearest_in_tiles, parted, solve

INF = np.inf


class Odd(NamedTuple):
    """As the fixture `odd_graphs` makes them."""

    graph: Graph
    seeds: Seeds
    rng: np.random.Generator


def _graph(*edges: tuple[int, int, float], one_way: bool = False) -> Graph:
    """Make a graph of edges between numbered nodes with their lengths."""
    start, end = (np.array([edge[k] for edge in edges]) for k in (0, 1))
    length_m = np.array([edge[2] for edge in edges])
    back_m = np.full(len(edges), INF) if one_way else length_m
    return graph_of_edges(start, end, (length_m, back_m), nodes=int(max(start.max(), end.max())) + 1)


def _schools(*nodes: int) -> Seeds:
    return Seeds(np.arange(len(nodes) + 1, dtype=np.int32), np.array(nodes, np.int32), np.zeros(len(nodes)))


def _searched(graph: Graph, seeds: Seeds, tile: list[int], *, halo: tuple[int, ...] = ()) -> Answer:
    inside = np.isin(np.arange(graph.nodes), [*tile, *halo])
    return solve(cut(graph, seeds, inside, asked=np.array(tile)))


def _assert_same(found: Tiled, graph: Graph, seeds: Seeds) -> None:
    walk_m, source = Plain(graph).nearest(seeds)
    assert np.array_equal(found.walk_m, walk_m)
    assert np.array_equal(found.source, source)
    assert found.certified.all()


# By hand ------------------------------------------------------------------------------------------------------------


def test_a_way_that_leaves_the_tile_and_comes_back_is_not_missed() -> None:
    # School at 0. From 0 to 2 it is 10 within the tile, and 1 + 1 by node 3 outside.
    graph = _graph((0, 1, 5.0), (1, 2, 5.0), (0, 3, 1.0), (3, 2, 1.0))
    answer = _searched(graph, _schools(0), [0, 1, 2])
    assert answer.walk_m.tolist() == [0, 5, 10]
    # A way from outside is at least 1 to node 0, 1 to node 2, and 6 to node 1: 5 is proved, 10 is not.
    assert answer.certified.tolist() == [True, True, False]
    xy = np.array([[0.0, 0], [5, 0], [10, 0], [5, 90]])
    found = nearest_in_tiles(graph, xy, _schools(0), tile=np.array([0, 0, 0, 1]), halo_m=30.0)
    assert found.walk_m.tolist() == [0, 5, 2, 1]
    assert [one.certified for one in found.passes] == [2, 2, 4]
    assert [one.halo_m for one in found.passes] == [30, 60, 120]


def test_of_two_schools_equally_near_in_two_tiles_the_first_of_the_list_counts() -> None:
    # A street of five nodes; schools at its ends, 2 from the middle. Tiles: nodes 0 to 2, and 3 to 4.
    graph = _graph((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0))
    other_first, own_first = _schools(4, 0), _schools(0, 4)
    answer = _searched(graph, other_first, [0, 1, 2], halo=(3,))
    # The school at 4 enters the halo at 3: it could be 1 + 1 from the middle, no nearer than the own one, and is first.
    assert answer.walk_m.tolist() == [0, 1, 2]
    assert answer.source.tolist() == [1, 1, 1]
    assert answer.certified.tolist() == [True, True, False]
    xy, tile = np.stack([np.arange(5.0), np.zeros(5)], axis=1), np.array([0, 0, 0, 1, 1])
    for schools, middle in ((other_first, 0), (own_first, 0)):
        found = nearest_in_tiles(graph, xy, schools, tile=tile, halo_m=0.1)
        assert found.source[2] == middle
        _assert_same(found, graph, schools)


def test_a_tile_without_a_school_looks_further_until_it_finds_one() -> None:
    nodes = 40
    graph = _graph(*[(k, k + 1, 10.0) for k in range(nodes)])
    xy = np.stack([10.0 * np.arange(nodes + 1), np.zeros(nodes + 1)], axis=1)
    found = nearest_in_tiles(graph, xy, _schools(0), tile=np.arange(nodes + 1) // 5, halo_m=10.0)
    assert found.walk_m.tolist() == xy[:, 0].tolist()
    assert found.certified.all()
    assert found.passes[0].certified < found.passes[-1].certified
    # Tiles that are done are not searched again.
    assert [one.tiles for one in found.passes] == sorted([one.tiles for one in found.passes], reverse=True)
    assert found.passes[-1].tiles < found.passes[0].tiles


def test_both_banks_of_a_river_are_one_walk_apart_where_the_bridge_is() -> None:
    # Two quays 10 apart, 30 long, joined at their far ends only. The school is at the near end of the first quay.
    north, south = [(k, k + 1, 10.0) for k in range(3)], [(k + 4, k + 5, 10.0) for k in range(3)]
    graph = _graph(*north, *south, (3, 7, 10.0))
    xy = np.array([[10.0 * (k % 4), 10.0 * (k < 4)] for k in range(8)])
    tile = (xy[:, 0] > 15).astype(int)
    answer = _searched(graph, _schools(0), [0, 1, 4, 5])
    # No way is seen to the other bank, and one from outside could be there: not proved.
    assert answer.walk_m.tolist() == [0, 10, INF, INF]
    assert answer.certified.tolist() == [True, False, False, False]
    found = nearest_in_tiles(graph, xy, _schools(0), tile=tile, halo_m=1.0)
    assert found.walk_m.tolist() == [0, 10, 20, 30, 70, 60, 50, 40]
    _assert_same(found, graph, _schools(0))


def test_an_island_without_a_school_is_certified_to_have_none() -> None:
    # Nodes 0 to 3 are mainland with a school at 0; 4 to 6 are an island, which two tiles share.
    graph = _graph((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (4, 5, 1.0), (5, 6, 1.0))
    whole = _searched(graph, _schools(0), [4, 5, 6], halo=(3,))
    assert np.isinf(whole.walk_m).all()
    assert whole.certified.all()
    half = _searched(graph, _schools(0), [4, 5])
    assert not half.certified.any()
    xy = np.stack([np.arange(7.0), np.zeros(7)], axis=1)
    found = nearest_in_tiles(graph, xy, _schools(0), tile=np.array([0, 0, 0, 0, 0, 1, 1]), halo_m=0.5)
    assert found.walk_m.tolist() == [0, 1, 2, 3, INF, INF, INF]
    assert found.source.tolist() == [0, 0, 0, 0, -1, -1, -1]
    assert found.certified.all()


def test_streets_that_only_lead_out_of_a_tile_need_no_halo() -> None:
    # Walks begin at the school, 0: from 2 on they leave the tile and nothing comes back.
    graph = _graph((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), one_way=True)
    assert _searched(graph, _schools(0), [0, 1, 2]).certified.all()
    # The other way round everything comes in from outside.
    assert _searched(graph.reversed(), _schools(3), [0, 1, 2]).certified.tolist() == [False] * 3


def test_lengths_far_below_the_straight_line_are_proved_all_the_same() -> None:
    # A fast way around, 100 m out on the ground and counted as 1: a straight line would have certified the 9 within.
    graph = _graph((0, 1, 9.0), (0, 2, 0.5), (2, 1, 0.5))
    xy = np.array([[0.0, 0], [9, 0], [4, 100]])
    found = nearest_in_tiles(graph, xy, _schools(0), tile=np.array([0, 0, 1]), halo_m=20.0)
    assert found.walk_m.tolist() == [0, 1, 0.5]


# Laws ---------------------------------------------------------------------------------------------------------------


def test_odd_graphs_in_any_tiles_give_the_bits_of_one_search(odd_graphs: list[Odd]) -> None:
    # W50. Places on the map have nothing to do with lengths here, tiles are any sets of nodes.
    grown = 0
    for graph, seeds, rng in odd_graphs[::2]:
        xy = rng.uniform(0, 100, (graph.nodes, 2))
        tile = rng.integers(0, int(rng.integers(1, 6)), graph.nodes)
        found = nearest_in_tiles(graph, xy, seeds, tile=tile, halo_m=float(rng.choice([0.5, 5, 40])))
        _assert_same(found, graph, seeds)
        grown += len(found.passes) > 1
    assert grown > 50


def test_what_is_certified_is_right_and_what_is_not_may_be_wrong(odd_graphs: list[Odd]) -> None:
    # W51
    proved = wrong = 0
    for graph, seeds, rng in odd_graphs:
        walk_m, source = Plain(graph).nearest(seeds)
        inside = rng.random(graph.nodes) < 0.7
        asked = np.flatnonzero(inside)
        if not len(asked):
            continue
        answer = solve(cut(graph, seeds, inside, asked=asked))
        same = (answer.walk_m == walk_m[asked]) & (answer.source == source[asked])
        assert same[answer.certified].all()
        proved, wrong = proved + int(answer.certified.sum()), wrong + int((~same).sum())
    assert proved > 1000
    assert wrong > 100


def test_some_seeds_of_many_are_those_that_count(odd_graphs: list[Odd]) -> None:
    # A run of the sources, whose seeds do not begin at the first entry.
    graph, seeds, rng = next(odd for odd in odd_graphs if len(odd.seeds.start) > 4 and odd.graph.nodes > 20)
    some = Seeds(seeds.start[2:], seeds.node, seeds.ahead_m)
    tile = rng.integers(0, 3, graph.nodes)
    _assert_same(nearest_in_tiles(graph, rng.uniform(0, 9, (graph.nodes, 2)), some, tile=tile, halo_m=1.0), graph, some)


def test_no_school_at_all_is_proved_too() -> None:
    graph = _graph((0, 1, 1.0), (1, 2, 1.0))
    none = Seeds(np.zeros(1, np.int32), np.empty(0, np.int32), np.empty(0))
    found = nearest_in_tiles(graph, np.zeros((3, 2)), none, tile=np.arange(3))
    assert np.isinf(found.walk_m).all()
    assert found.certified.all()


# Tiles --------------------------------------------------------------------------------------------------------------


def test_tiles_hold_equally_many_nodes_and_lie_beside_each_other() -> None:
    xy = np.random.default_rng(5).normal(0, 1000, (9_000, 2))
    tile = parted(xy, 3, 3)
    assert np.bincount(tile).tolist() == [1000] * 9
    first, last = xy[tile < 3, 0], xy[tile >= 6, 0]
    assert first.max() < last.min()
    assert xy[tile == 0, 1].max() < xy[tile == 1, 1].min()


def test_fewer_nodes_than_tiles_are_parted_too() -> None:
    assert sorted(parted(np.array([[0.0, 0], [1, 1]]), 3, 3).tolist()) == [0, 3]
    assert parted(np.empty((0, 2)), 2, 2).tolist() == []


def test_a_tile_that_failed_for_good_is_open_and_not_certified() -> None:
    def without_the_first(work: Callable[[Part], Answer], tasks: Iterable[Part]) -> Iterable[Answer | None]:
        return (None if 0 in set(part.asked) and part.graph.nodes == 3 else work(part) for part in tasks)

    graph = _graph((0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0))
    xy = np.stack([np.arange(5.0), np.zeros(5)], axis=1)
    tile = np.array([0, 0, 0, 1, 1])
    found = nearest_in_tiles(graph, xy, _schools(4), tile=tile, halo_m=0.1, run=without_the_first)
    assert found.certified.tolist() == [False, False, False, True, True]
    assert np.isinf(found.walk_m[:3]).all()
    assert (found.source[:3] == -1).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tile": np.zeros(2, int)}, "for each of 3 nodes"),
        ({"xy": np.full((3, 2), np.nan)}, "3 without"),
        ({"halo_m": 0.0}, "halo with a width"),
        ({"halo_m": np.inf}, "halo with a width"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], words: str) -> None:
    given = {"xy": np.zeros((3, 2)), "tile": np.zeros(3, int), **wrong}
    with pytest.raises(NetworkError, match=words):
        nearest_in_tiles(_graph((0, 1, 1.0), (1, 2, 1.0)), seeds=_schools(0), **given)


# Real ---------------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_heidelberg_in_nine_tiles_is_heidelberg_in_one_piece(real_data: Path) -> None:
    # W50, on the streets of a town and around, every bend of a street a node.
    table = read_streets(real_data / "networks" / "heidelberg.osm.pbf", crs="EPSG:25832").table
    xy, line = shapely.get_coordinates(table.geometry[table["walkable"]].to_numpy(), return_index=True)
    _, first, node = np.unique(np.round(xy, 2), axis=0, return_index=True, return_inverse=True)
    node, follows = node.reshape(-1), line[1:] == line[:-1]
    start, end = node[:-1][follows], node[1:][follows]
    length_m = exact(np.hypot(*(xy[1:] - xy[:-1])[follows].T))
    graph = graph_of_edges(start, end, (length_m, length_m), nodes=len(first))
    schools = np.sort(np.random.default_rng(0).choice(graph.nodes, 20, replace=False))
    seeds = _schools(*schools)
    found = nearest_in_tiles(graph, xy[first], seeds, tile=parted(xy[first], 3, 3))
    walk_m, source = Compiled(graph).nearest(seeds)
    assert graph.nodes > 100_000
    assert np.array_equal(found.walk_m, walk_m)
    assert np.array_equal(found.source, source)
    assert found.certified.all()
    assert len(found.passes) > 1
    # There are parts without a school.
    assert np.isinf(walk_m).any()
