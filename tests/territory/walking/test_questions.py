"""Laws W7 to W9 of docs/catchments.md: all questions agree with the table, and the table with networkx."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances
from geo.territory.walking.questions import Streets, nearest, nearest_few, prepare, walk_table, within

SEEDS = range(12)
Cases = list[tuple[Streets, Snap, Snap, npt.NDArray[np.float64]]]


def _streets(*lines: list[tuple[float, float]], direction: list[int] | None = None) -> Network:
    shapes = [shapely.LineString(line) for line in lines]
    columns = {"walk_direction": direction or [0] * len(shapes)}
    return build_network(gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154"))


def _town(seed: int) -> Network:
    """Make a crooked grid of 7 x 7 crossings, a quarter of its streets missing, some one way; with a loop."""
    rng = np.random.default_rng(seed)
    place = {
        (i, j): (100 * i + rng.uniform(-30, 30), 100 * j + rng.uniform(-30, 30)) for i in range(7) for j in range(7)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(6) for j in range(7)]
    pairs += [((i, j), (i, j + 1)) for i in range(7) for j in range(6)]
    lines = [[place[a], place[b]] for a, b in pairs if rng.random() > 0.25]
    corner = lines[0][0]
    lines.append([corner, (corner[0] - 60, corner[1]), (corner[0] - 60, corner[1] - 60), corner])
    return _streets(*lines, direction=rng.choice([0, 0, 0, 0, 1, -1], len(lines)).tolist())


def _points(network: Network, count: int, seed: int) -> Snap:
    """Bring points to the network, several of them to one edge."""
    found = snap(network, np.random.default_rng(seed).uniform(-50, 650, (count, 2)))
    return Snap(
        np.r_[found.edge, found.edge[:3]], np.r_[found.along_m, found.along_m[:3] / 2], np.r_[found.access_m, 0, 1, 2]
    )


def _oracle(network: Network, schools: Snap, homes: Snap) -> npt.NDArray[np.float64]:
    """Ask networkx for the walks from homes to schools, on a graph that is cut at all points."""
    graph = nx.DiGraph()
    for edge, length_m in enumerate(network.length_m):
        ends = {0.0: int(network.start[edge]), float(length_m): int(network.end[edge])}
        stops = list(ends.items())
        for name, points in (("s", schools), ("h", homes)):
            for k in np.flatnonzero(points.edge == edge):
                along_m = float(points.along_m[k])
                corner = [node for at_m, node in ends.items() if abs(at_m - along_m) < 0.01]
                stops += [] if corner else [(along_m, f"{name}{k}")]
                graph.add_edges_from([(f"{name}{k}", node, {"m": 0.0}) for node in corner])
                graph.add_edges_from([(node, f"{name}{k}", {"m": 0.0}) for node in corner])
        for (a, first), (b, second) in pairwise(sorted(stops, key=lambda stop: stop[0])):
            for one, two, closed in ((first, second, -1), (second, first, 1)):
                known = graph.get_edge_data(one, two, {"m": np.inf})["m"]
                if network.direction[edge] != closed or a == b:
                    graph.add_edge(one, two, m=min(b - a, known))
    table = np.full((len(homes.edge), len(schools.edge)), np.inf)
    for home in range(len(homes.edge)):
        if f"h{home}" in graph:
            found = nx.single_source_dijkstra_path_length(graph, f"h{home}", weight="m")
            table[home] = [found.get(f"s{school}", np.inf) for school in range(len(schools.edge))]
    return table + homes.access_m[:, None] + schools.access_m[None, :]


def _cases() -> Cases:
    cases = []
    for seed in SEEDS:
        network = _town(seed)
        schools, homes = _points(network, 5, seed + 100), _points(network, 30, seed + 200)
        for compiled in (False, True):
            streets = prepare(network, compiled=compiled)
            cases.append((streets, schools, homes, walk_table(streets, schools, homes)))
    return cases


@pytest.fixture(scope="module")
def cases() -> Cases:
    return _cases()


def test_walks_to_school_agree_with_networkx_where_streets_are_one_way(cases: Cases) -> None:
    # W7
    unreachable = 0
    for streets, schools, homes, table in cases:
        expected = _oracle(streets.network, schools, homes)
        assert np.array_equal(np.isinf(table), np.isinf(expected))
        assert np.allclose(table, expected, atol=1e-5, rtol=0)
        unreachable += int(np.isinf(table).sum())
    assert unreachable > 0


def test_plain_and_compiled_answers_are_the_same_bits(cases: Cases) -> None:
    # W6, for places along the streets
    for (_, _, _, plain), (_, _, _, compiled) in zip(cases[::2], cases[1::2], strict=True):
        assert np.array_equal(plain, compiled)


def test_the_nearest_school_is_the_least_of_the_table_and_the_first_of_equals(cases: Cases) -> None:
    # W8
    for streets, schools, homes, table in cases:
        found = nearest(streets, schools, homes)
        assert np.array_equal(found.walk_m, table.min(axis=1))
        assert np.array_equal(found.school, np.where(np.isinf(table).all(axis=1), -1, table.argmin(axis=1)))


def test_the_nearest_few_are_the_least_of_the_table_in_order(cases: Cases) -> None:
    # W8
    for streets, schools, homes, table in cases:
        found = nearest_few(streets, schools, 3, homes=homes)
        order = np.argsort(table, axis=1, kind="stable")[:, :3]
        walk_m = np.take_along_axis(table, order, axis=1)
        assert np.array_equal(found.walk_m, walk_m)
        assert np.array_equal(found.school, np.where(np.isinf(walk_m), -1, order))


def test_the_members_are_the_cells_of_the_table_within_the_limit(cases: Cases) -> None:
    # W8
    for streets, schools, homes, table in cases:
        found = within(streets, schools, 350.0, homes=homes)
        again = np.full(table.shape, np.inf)
        school = np.repeat(np.arange(table.shape[1]), np.diff(found.start))
        again[found.place, school] = found.walk_m
        assert len(found.place) == (table <= 350).sum()
        assert np.array_equal(again, np.where(table <= 350, table, np.inf))


def test_nodes_can_be_asked_for_in_the_place_of_homes(cases: Cases) -> None:
    for streets, schools, _, _ in cases:
        table = walk_table(streets, schools)
        assert table.shape == (len(streets.network.node_xy), len(schools.edge))
        assert np.array_equal(nearest(streets, schools).walk_m, table.min(axis=1))
        assert np.array_equal(nearest_few(streets, schools, 1).walk_m[:, 0], table.min(axis=1))
        found = within(streets, schools, 350.0)
        assert len(found.place) == (table <= 350).sum()


def test_walk_distances_of_a_city_are_the_table_of_the_plain_searches() -> None:
    network = _town(3)
    homes, schools = _points(network, 9, 1), _points(network, 4, 2)
    table = walk_table(prepare(network, compiled=False), schools, homes)
    assert np.array_equal(walk_distances(network, homes, schools), table)


def test_a_one_way_street_is_long_in_one_direction_only() -> None:
    # Home at (0, 0), school at (100, 0): the direct street leads from school to home, the way round is 300 m.
    network = _streets([(0, 0), (0, 100), (100, 100), (100, 0)], [(0, 0), (100, 0)], direction=[0, -1])
    home, school = (snap(network, np.array([[x, 0.0]])) for x in (0.0, 100.0))
    assert nearest(prepare(network), school, home).walk_m[0] == pytest.approx(300)
    assert nearest(prepare(network, towards=False), school, home).walk_m[0] == pytest.approx(100)


def test_within_a_one_way_street_there_is_no_walking_back() -> None:
    network = _streets([(0, 0), (100, 0)], direction=[1])
    home, school = (snap(network, np.array([[x, 0.0]])) for x in (60.0, 20.0))
    assert nearest(prepare(network), home, school).walk_m[0] == pytest.approx(40)
    answer = nearest(prepare(network), school, home)
    assert np.isinf(answer.walk_m[0])
    assert answer.school[0] == -1


def test_a_penalty_makes_a_street_longer_and_a_prohibition_closes_it() -> None:
    network = _streets([(0, 0), (0, 100), (100, 100), (100, 0)], [(0, 0), (100, 0)])
    home, school = (snap(network, np.array([[x, 0.0]])) for x in (0.0, 100.0))
    direct = np.flatnonzero(network.length_m < 150)
    for counts, expected in ((150.0, 150), (400.0, 300), (np.inf, 300)):
        lengths = network.length_m.copy()
        lengths[direct] = counts
        streets = prepare(network.counting(lengths, lengths))
        assert nearest(streets, school, home).walk_m[0] == pytest.approx(expected)


def test_two_schools_at_one_door_are_one_walk_and_the_first_is_the_nearest() -> None:
    network = _streets([(0, 0), (100, 0)])
    schools = snap(network, np.array([[80.0, 5.0], [80.0, 5.0]]))
    home = snap(network, np.array([[10.0, 0.0]]))
    answer = nearest_few(prepare(network), schools, 2, homes=home)
    assert answer.school.tolist() == [[0, 1]]
    assert answer.walk_m == pytest.approx(75)


def test_lengths_that_are_none_are_refused_in_words() -> None:
    network = _streets([(0, 0), (100, 0)])
    with pytest.raises(NetworkError, match="expected lengths of streets >= 0, got 1 that are not"):
        network.counting(np.array([-1.0]), np.array([1.0]))


def test_to_ask_for_no_school_is_refused_in_words() -> None:
    network = _streets([(0, 0), (100, 0)])
    with pytest.raises(NetworkError, match="at least one nearest school"):
        nearest_few(prepare(network), snap(network, np.zeros((1, 2))), 0)


def test_a_school_at_the_end_of_a_one_way_street_is_left_by_the_other_streets() -> None:
    # The school stands at (0, 0), where the one-way street begins and another street leads to the home.
    network = _streets([(0, 0), (100, 0)], [(0, 0), (0, 100)], direction=[-1, 0])
    school = snap(network, np.array([[-3.0, 0.0]]))
    assert school.edge[0] == 0
    home = snap(network, np.array([[0.0, 80.0]]))
    assert nearest(prepare(network), school, home).walk_m[0] == pytest.approx(83)
    assert nearest(prepare(network, towards=False), school, home).walk_m[0] == pytest.approx(83)
