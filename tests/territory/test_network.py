"""Laws of docs/catchments.md: W1 partial lengths, W2 ends meet, W3 oracle, W4 symmetry, W5 largest part."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.model.network import Snap
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances

CRS = "EPSG:2154"


def _streets(*lines: list[tuple[float, float]], walkable: list[bool] | None = None) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame({"walkable": walkable or [True] * len(shapes)}, geometry=shapes, crs=CRS)


def _walk(streets: gpd.GeoDataFrame, start: tuple[float, float], end: tuple[float, float]) -> float:
    network = build_network(streets)
    ends = snap(network, np.array([start, end], dtype=float))
    first = Snap(ends.edge[:1], ends.along_m[:1], ends.access_m[:1])
    last = Snap(ends.edge[1:], ends.along_m[1:], ends.access_m[1:])
    return float(walk_distances(network, first, last)[0, 0])


def test_a_walk_counts_only_the_part_of_the_street_that_is_walked() -> None:
    # W1: from 30 m along one street to 40 m along the next one, and 5 m beside the street at the start.
    streets = _streets([(0, 0), (100, 0)], [(100, 0), (100, 100)])
    assert _walk(streets, (30, 5), (100, 40)) == pytest.approx(5 + 70 + 40)


def test_a_walk_within_one_street_does_not_go_round_by_its_ends() -> None:
    streets = _streets([(0, 0), (100, 0)], [(100, 0), (100, 100)])
    assert _walk(streets, (30, 0), (80, 0)) == pytest.approx(50)


def test_a_walk_within_one_street_goes_round_by_its_ends_when_that_is_shorter() -> None:
    # A long bend from (0, 0) to (10, 0) with a short street between its ends.
    bend = [(0, 0), (0, 100), (10, 100), (10, 0)]
    streets = _streets(bend, [(0, 0), (10, 0)])
    assert _walk(streets, (0, 20), (10, 30)) == pytest.approx(20 + 10 + 30)


def test_an_address_goes_to_the_nearest_edge_and_not_to_the_nearest_crossing() -> None:
    # The crossing at (100, 0) of the far street is nearer than the ends of the near one.
    streets = _streets([(0, 10), (100, 10), (200, 10)], [(200, 10), (200, 0), (100, 0)])
    network = build_network(streets)
    found = snap(network, np.array([[100.0, 6.0]]))
    assert found.access_m[0] == pytest.approx(4)
    assert found.along_m[0] == pytest.approx(100)


def test_a_bridge_does_not_meet_the_street_below() -> None:
    # W2: the lines cross in the middle without a shared end; the only way round is by (100, 0).
    streets = _streets([(0, 0), (100, 0)], [(50, -50), (50, 50)], [(50, 50), (100, 0)])
    direct_if_they_met = 50 + 50
    assert _walk(streets, (0, 0), (50, -50)) == pytest.approx(100 + np.hypot(50, 50) + 100)
    assert _walk(streets, (0, 0), (50, -50)) > direct_if_they_met


def test_streets_that_hang_on_to_nothing_are_left_out_and_their_length_is_told() -> None:
    # W5
    streets = _streets([(0, 0), (100, 0)], [(500, 500), (530, 500)])
    network = build_network(streets)
    assert len(network.lines) == 1
    assert network.dropped_m == pytest.approx(30)


def test_a_street_where_children_may_not_walk_is_not_used() -> None:
    shortcut = _streets([(0, 0), (100, 0)], [(0, 0), (0, 50), (100, 50), (100, 0)], walkable=[False, True])
    assert _walk(shortcut, (0, 0), (100, 0)) == pytest.approx(200)


def test_of_two_streets_between_the_same_crossings_the_shorter_counts() -> None:
    streets = _streets(
        [(0, 0), (0, 80), (100, 80), (100, 0)], [(0, 0), (100, 0)], [(0, 0), (-50, 0)], [(100, 0), (150, 0)]
    )
    assert _walk(streets, (-50, 0), (150, 0)) == pytest.approx(200)


def test_a_street_that_ends_where_it_starts_is_walked_the_short_way() -> None:
    loop = [(0, 0), (0, 100), (100, 100), (100, 0), (0, 0)]
    streets = _streets(loop, [(0, 0), (-100, 0)])
    assert _walk(streets, (-100, 0), (30, 0)) == pytest.approx(100 + 30)


def test_no_walkable_street_is_an_error_in_words() -> None:
    with pytest.raises(NetworkError, match="expected at least one line that can be walked, got none among 1"):
        build_network(_streets([(0, 0), (1, 0)], walkable=[False]))


def test_a_point_without_coordinates_is_an_error_in_words() -> None:
    network = build_network(_streets([(0, 0), (1, 0)]))
    with pytest.raises(NetworkError, match="1 points without"):
        snap(network, np.array([[np.nan, 0.0]]))


def _town(seed: int) -> gpd.GeoDataFrame:
    """Make a crooked grid of 6 x 6 crossings with a fifth of its streets missing."""
    rng = np.random.default_rng(seed)
    place = {
        (i, j): (100 * i + rng.uniform(-30, 30), 100 * j + rng.uniform(-30, 30)) for i in range(6) for j in range(6)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(5) for j in range(6)]
    pairs += [((i, j), (i, j + 1)) for i in range(6) for j in range(5)]
    kept = [pair for pair in pairs if rng.random() > 0.2]
    return _streets(*[[place[a], place[b]] for a, b in kept])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_walks_agree_with_networkx_on_a_graph_cut_at_the_points(seed: int) -> None:
    # W3: the points become nodes of their own in another library's graph.
    network = build_network(_town(seed))
    rng = np.random.default_rng(seed)
    points = snap(network, rng.uniform(0, 500, (6, 2)))
    table = walk_distances(network, points, points) - points.access_m[:, None] - points.access_m[None, :]
    graph = nx.Graph()
    for edge, (u, v, length) in enumerate(zip(network.start, network.end, network.length_m, strict=True)):
        on_edge = sorted((points.along_m[k], f"p{k}") for k in np.flatnonzero(points.edge == edge))
        stops = [(0.0, int(u)), *on_edge, (float(length), int(v))]
        for (a, first), (b, second) in pairwise(stops):
            if not graph.has_edge(first, second) or graph[first][second]["m"] > b - a:
                graph.add_edge(first, second, m=b - a)
    for i in range(6):
        lengths = nx.single_source_dijkstra_path_length(graph, f"p{i}", weight="m")
        for j in range(6):
            assert table[i, j] == pytest.approx(lengths[f"p{j}"], abs=1e-6)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_walk_is_as_long_back_as_forth_and_never_shorter_than_a_straight_line(seed: int) -> None:
    # W4
    network = build_network(_town(seed))
    xy = np.random.default_rng(seed).uniform(0, 500, (8, 2))
    points = snap(network, xy)
    table = walk_distances(network, points, points)
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    assert np.allclose(table, table.T)
    assert (table >= straight - 1e-6).all()
