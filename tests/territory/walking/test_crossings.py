"""Laws W33 to W36 of docs/catchments.md: what crossings, slopes and closed streets count."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.model.network import Network
from geo.model.walking import AccessChoices
from geo.territory.network import build_network, snap
from geo.territory.walking.costs import with_factor, with_slope
from geo.territory.walking.crossings import with_barriers
from geo.territory.walking.distances import walk_distances
from geo.territory.walking.questions import prepare, walk_table
from geo.territory.walking.routes import route
from geo.territory.walking.sides import with_sides

CRS = "EPSG:2154"
Line = list[tuple[float, ...]]


def _streets(*lines: Line) -> Network:
    return build_network(gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=CRS))


def _barrier(shape: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shape], crs=CRS)


def _walk(streets: Network, home: tuple[float, float], school: tuple[float, float]) -> float:
    ends = (snap(streets, np.array([xy], dtype=float)) for xy in (school, home))
    return float(walk_table(prepare(streets, compiled=False), *ends)[0, 0])


# A street over the railway (x = 50), and a way round by a bridge far off (y = 300).
TRACKS = shapely.box(45, -50, 55, 200)
OVER: tuple[Line, ...] = ([(0, 0), (100, 0)], [(0, 0), (0, 300), (100, 300), (100, 0)])


def test_a_railway_is_crossed_for_a_penalty_or_by_a_way_around_it() -> None:
    network = _streets(*OVER)
    for crossing_m, expected in ((0.0, 80), (200.0, 280), (1_000.0, 720), (np.inf, 720)):
        crossed = with_barriers(network, _barrier(TRACKS), crossing_m=crossing_m)
        assert _walk(crossed, (10, 0), (90, 0)) == pytest.approx(expected)


def test_a_home_before_the_railway_keeps_its_way_on_its_own_side() -> None:
    closed = with_barriers(_streets(*OVER), _barrier(TRACKS), crossing_m=np.inf)
    assert _walk(closed, (30, 0), (0, 50)) == pytest.approx(80)


def test_a_railway_drawn_as_a_line_is_crossed_as_one_drawn_as_an_area() -> None:
    line = _barrier(shapely.LineString([(50, -50), (50, 200)]))
    crossed = with_barriers(_streets(*OVER), line, crossing_m=200)
    assert _walk(crossed, (10, 0), (90, 0)) == pytest.approx(280)
    assert _walk(with_barriers(_streets(*OVER), line, crossing_m=np.inf), (10, 0), (90, 0)) == pytest.approx(720)


def test_a_bridge_of_several_pieces_is_crossed_once() -> None:
    network = _streets([(0, 0), (48, 0)], [(48, 0), (52, 0)], [(52, 0), (100, 0)])
    crossed = with_barriers(network, _barrier(TRACKS), crossing_m=60)
    assert _walk(crossed, (0, 0), (100, 0)) == pytest.approx(160)


def test_a_node_at_the_edge_of_a_barrier_is_no_way_around_its_count() -> None:
    network = _streets([(0, 0), (45, 0)], [(45, 0), (55, 0)], [(55, 0), (100, 0)])
    crossed = with_barriers(network, _barrier(TRACKS), crossing_m=60)
    assert _walk(crossed, (0, 0), (100, 0)) == pytest.approx(160)


def test_a_bridge_that_is_told_to_be_one_crosses_freely() -> None:
    network = _streets(*OVER)
    bridge = network.length_m < 150
    crossed = with_barriers(network, _barrier(TRACKS), crossing_m=np.inf, open_edges=bridge)
    assert _walk(crossed, (10, 0), (90, 0)) == pytest.approx(80)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_barrier_that_counts_nothing_changes_nothing_and_a_closed_one_parts_the_town(seed: int) -> None:
    # W33
    network = _town(seed)
    rng = np.random.default_rng(seed)
    x, width_m = rng.uniform(150, 350), rng.uniform(1, 40)
    strip = _barrier(shapely.box(x, -100, x + width_m, 700))
    xy = rng.uniform(-30, 530, (12, 2))
    outside = xy[(xy[:, 0] < x - 60) | (xy[:, 0] > x + width_m + 60)]
    table = walk_distances(network, snap(network, outside), snap(network, outside))
    free, closed = (with_barriers(network, strip, crossing_m=count) for count in (0.0, np.inf))
    points = snap(free, outside, barriers=strip)
    again = walk_table(prepare(free, compiled=False), points, points)
    plain = snap(network, outside, barriers=strip)
    assert np.allclose(again, walk_distances(network, plain, plain), atol=1e-5)
    points = snap(closed, outside, barriers=strip)
    parted = walk_table(prepare(closed, compiled=False), points, points)
    west = outside[:, 0] < x
    assert np.isinf(parted[west[:, None] != west[None, :]]).all()
    assert np.isfinite(table).all()


# The boulevard runs along y = 0 from x = 0 to x = 300; side streets to the north at 100 and 200, to the south at 200.
BOULEVARD: tuple[Line, ...] = ([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(200, 0), (300, 0)])
SIDE: tuple[Line, ...] = ([(100, 0), (100, 80)], [(200, 0), (200, 80)], [(200, 0), (200, -80)])


def _boulevard(*more: Line, crossing_m: float = np.inf) -> Network:
    network = _streets(*BOULEVARD, *SIDE, *more)
    return with_sides(network, network.street < len(BOULEVARD), crossing_m=crossing_m)


def test_along_the_boulevard_one_walks_on_ones_own_side_without_crossing() -> None:
    assert _walk(_boulevard(), (100, 50), (200, 50)) == pytest.approx(200)
    assert _walk(_boulevard(), (40, 4), (200, 50)) == pytest.approx(4 + 160 + 50)


def test_across_the_boulevard_one_goes_for_the_penalty_or_around_its_end() -> None:
    for crossing_m, expected in ((0.0, 100), (30.0, 130), (90.0, 190), (500.0, 300), (np.inf, 300)):
        # Around the east end at (300, 0): 50 + 100 + 100 + 50.
        streets = _boulevard(crossing_m=crossing_m)
        assert _walk(streets, (200, 50), (200, -50)) == pytest.approx(expected, abs=1e-5)


def test_a_boulevard_that_closes_both_of_its_ends_parts_the_town_but_for_a_bridge() -> None:
    ring: tuple[Line, ...] = ([(0, 0), (-100, 0)], [(300, 0), (400, 0)])
    network = _streets(*BOULEVARD, *SIDE)
    closed = _boulevard()
    assert np.isfinite(_walk(closed, (200, 50), (200, -50)))
    # A square of boulevard around the southern street has no end.
    square: tuple[Line, ...] = ([(0, 0), (200, 0)], [(200, 0), (200, 200)], [(200, 200), (0, 200)], [(0, 200), (0, 0)])
    within: Line = [(200, 0), (100, 100)]
    without: Line = [(200, 0), (300, -100)]
    network = _streets(*square, within, without)
    parted = with_sides(network, network.street < len(square), crossing_m=np.inf)
    assert np.isinf(_walk(parted, (150, 50), (250, -50)))
    # The bridge shares no node with the square: its ends are those of the two lanes.
    network = _streets(*square, within, without, [(100, 100), (300, -100)])
    bridged = with_sides(network, network.street < len(square), crossing_m=np.inf)
    assert _walk(bridged, (110, 90), (290, -90)) == pytest.approx(np.hypot(200, 200) + 2 * np.hypot(10, 10))
    assert len(ring) == 2


def test_homes_on_the_boulevard_belong_to_their_own_side() -> None:
    streets = _boulevard()
    north, south = (snap(streets, np.array([[150.0, y]])) for y in (6.0, -6.0))
    assert streets.side is not None
    assert streets.side[north.edge[0]] == 1
    assert streets.side[south.edge[0]] == -1
    assert _walk(streets, (150, 6), (200, 50)) == pytest.approx(6 + 50 + 50)
    assert _walk(streets, (150, -6), (200, 50)) == pytest.approx(6 + 150 + 100 + 50)


def test_who_stands_on_the_line_of_the_boulevard_has_both_sides_if_several_are_asked_for() -> None:
    network = _boulevard()
    both = snap(network, np.array([[150.0, 0.0]]), choices=AccessChoices())
    assert network.side is not None
    assert sorted(network.side[both.edge].tolist()) == [-1, 1]


def test_no_leg_crosses_a_street_that_has_two_sides() -> None:
    # A lane runs 6 m south of the boulevard; a home to the north is brought to the boulevard only.
    lane: Line = [(200, -80), (40, -80), (40, -6), (160, -6)]
    choices = AccessChoices(candidates=3, band_m=20)
    open_to_both = snap(_streets(*BOULEVARD, *SIDE, lane), np.array([[60.0, 3.0]]), choices=choices)
    sided = _boulevard(lane)
    one = snap(sided, np.array([[60.0, 3.0]]), choices=choices)
    assert len(open_to_both.edge) == 2
    assert len(one.edge) == 1
    assert sided.side is not None
    assert sided.side[one.edge[0]] == 1


def test_where_two_boulevards_cross_each_arm_is_crossed_on_its_own() -> None:
    arms: tuple[Line, ...] = tuple([(0, 0), end] for end in ((500, 0), (0, 500), (-500, 0), (0, -500)))
    lanes: tuple[Line, ...] = tuple([(0, 0), end] for end in ((90, 90), (-90, 90), (-90, -90), (90, -90)))
    network = _streets(*arms, *lanes)
    streets = with_sides(network, network.street < len(arms), crossing_m=40)
    lane_m = np.hypot(90, 90)
    assert _walk(streets, (90, 90), (-90, 90)) == pytest.approx(2 * lane_m + 40)
    assert _walk(streets, (90, 90), (-90, -90)) == pytest.approx(2 * lane_m + 80)
    assert _walk(streets, (90, -90), (90, 90)) == pytest.approx(2 * lane_m + 40)


def test_the_way_that_does_not_cross_is_drawn() -> None:
    streets = _boulevard(crossing_m=500)
    home, school = (snap(streets, np.array([[200.0, y]])) for y in (50.0, -50.0))
    drawn = route(prepare(streets), school, home)
    assert drawn.line.length == pytest.approx(300)
    crossing = _boulevard(crossing_m=50)
    home, school = (snap(crossing, np.array([[200.0, y]])) for y in (50.0, -50.0))
    drawn = route(prepare(crossing), school, home)
    assert drawn.line.length == pytest.approx(100)
    assert drawn.walk_m == pytest.approx(150)


def _town(seed: int) -> Network:
    """Make a crooked grid of 6 x 6 crossings with a tenth of its streets missing."""
    rng = np.random.default_rng(seed)
    place = {
        (i, j): (100 * i + rng.uniform(-30, 30), 100 * j + rng.uniform(-30, 30)) for i in range(6) for j in range(6)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(5) for j in range(6)]
    pairs += [((i, j), (i, j + 1)) for i in range(6) for j in range(5)]
    return _streets(*[[place[a], place[b]] for a, b in pairs if rng.random() > 0.1])


def _crossings_needed(network: Network, along: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Ask networkx how many crossings part the middles of all side streets: areas between the streets count sides."""
    graph = nx.Graph()
    for node in range(len(network.node_xy)):
        ends = [(e, k) for e in range(len(along)) for k in (0, 1) if (network.start, network.end)[k][e] == node]
        leaving = {
            (e, k): np.arctan2(
                *np.subtract(network.node_xy[(network.end, network.start)[k][e]], network.node_xy[node])[::-1]
            )
            for e, k in ends
        }
        ends.sort(key=leaving.get)
        for e, k in ends:
            graph.add_edge((e, k, "left"), (e, k, "right"), crossings=int(along[e]))
        for one, two in zip(ends, ends[1:] + ends[:1], strict=True):
            # From the left of one end to the right of the next: no street of the kind lies between. Around the only end
            # of a node one walks freely.
            graph.add_edge((*one, "left"), (*two, "right"), crossings=0)
    for e in range(len(along)):
        for side, other in (("left", "right"), ("right", "left")):
            graph.add_edge((e, 0, side), (e, 1, other), crossings=0)
    middles = np.flatnonzero(~along)
    table = np.full((len(middles), len(middles)), np.inf)
    for row, e in enumerate(middles):
        found = nx.single_source_dijkstra_path_length(graph, (int(e), 0, "left"), weight="crossings")
        table[row] = [found.get((int(other), 0, "left"), np.inf) for other in middles]
    return table


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_fewest_crossings_are_those_of_networkx_around_each_node(seed: int) -> None:
    # W34: with streets that count nothing and crossings that count 1, walks count crossings.
    network = _town(seed)
    along = np.random.default_rng(seed).random(len(network.lines)) < 0.4
    free = network.counting(np.zeros(len(along)), np.zeros(len(along)))
    sided = with_sides(free, along, crossing_m=1.0)
    rows = np.flatnonzero(~along)
    middles = shapely.line_interpolate_point(network.lines[rows], 0.5, normalized=True)
    points = snap(sided, shapely.get_coordinates(middles))
    assert points.edge.tolist() == rows.tolist()
    table = walk_table(prepare(sided, compiled=False), points, points)
    assert np.array_equal(np.round(table, 3), _crossings_needed(network, along))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_dearer_crossing_never_shortens_a_walk_and_a_free_one_changes_none(seed: int) -> None:
    # W35
    network = _town(seed)
    rng = np.random.default_rng(seed)
    along = rng.random(len(network.lines)) < 0.3
    xy = rng.uniform(0, 500, (15, 2))
    tables = []
    for crossing_m in (0.0, 25.0, 400.0, np.inf):
        streets = with_sides(network, along, crossing_m=crossing_m)
        points = snap(streets, xy)
        for compiled in (False, True):
            ready = prepare(streets, compiled=compiled)
            tables.append(walk_table(ready, points, points))
        assert np.array_equal(*tables[-2:])
    # A crossing that counts nothing is a step of 15 nanometres.
    for cheaper, dearer in zip(tables[:-2:2], tables[2::2], strict=True):
        assert (dearer >= cheaper).all()
    plain = snap(network, xy)
    # Who lives on the street and crosses it walks to the next crossing first, which no other street asks for.
    elsewhere = np.ix_(~along[plain.edge], ~along[plain.edge])
    table = walk_distances(network, plain, plain)
    assert np.allclose(tables[0][elsewhere], table[elsewhere], rtol=0, atol=1e-4)
    assert (tables[0] >= table - 1e-4).all()


def test_a_street_counts_so_many_times_its_length_and_a_closed_one_is_not_walked() -> None:
    network = _streets(*OVER)
    short = network.length_m < 150
    assert _walk(with_factor(network, short, factor=2), (0, 0), (100, 0)) == pytest.approx(200)
    assert _walk(with_factor(network, short, factor=np.inf), (0, 0), (100, 0)) == pytest.approx(700)


def test_uphill_counts_more_than_downhill_by_the_hiking_function() -> None:
    # W36: 10 m up on 100 m; by hand exp(3.5 * (0.15 - 0.05)) = 1.419 up, exp(3.5 * (0.05 - 0.05)) = 1 down 10 %.
    network = _streets([(0, 0), (100, 0)])
    west, east = np.argsort(network.node_xy[:, 0])
    height_m = np.zeros(2)
    height_m[east] = 10
    sloped = with_slope(network, height_m)
    assert network.start[0] == west
    assert _walk(sloped, (0, 0), (100, 0)) == pytest.approx(100 * np.exp(0.35))
    assert _walk(sloped, (100, 0), (0, 0)) == pytest.approx(100)
    assert _walk(with_slope(network, np.zeros(2)), (0, 0), (100, 0)) == pytest.approx(100)


def test_heights_in_the_lines_are_taken_point_by_point() -> None:
    # Over a hill: 50 m up 5 m, 50 m down 5 m; the ends are equally high.
    hill = _streets([(0, 0, 20), (50, 0, 25), (100, 0, 20)])
    expected = 50 * np.exp(3.5 * (0.15 - 0.05)) + 50 * np.exp(3.5 * (0.05 - 0.05))
    assert _walk(with_slope(hill), (0, 0), (100, 0)) == pytest.approx(expected)


@pytest.mark.parametrize("count", [-1.0, np.nan])
def test_what_no_crossing_can_count_is_refused_in_words(count: float) -> None:
    network = _streets(*OVER)
    with pytest.raises(NetworkError, match="expected a crossing to count >= 0 m"):
        with_barriers(network, _barrier(TRACKS), crossing_m=count)
    with pytest.raises(NetworkError, match="expected a crossing to count >= 0 m"):
        with_sides(network, np.ones(2, dtype=bool), crossing_m=count)
    with pytest.raises(NetworkError, match="expected a factor >= 0"):
        with_factor(network, np.ones(2, dtype=bool), factor=count)


def test_slopes_without_heights_are_refused_in_words() -> None:
    network = _streets(*OVER)
    with pytest.raises(NetworkError, match="give node_height_m"):
        with_slope(network)
    with pytest.raises(NetworkError, match="expected finite heights"):
        with_slope(network, np.array([0.0, np.nan]))


@pytest.mark.real
def test_a_boulevard_of_montpellier_is_not_crossed(real_data: Path) -> None:
    streets = gpd.read_file(real_data / "montpellier" / "montpellier_filaire_voies_2014.gpkg")
    network = build_network(streets)
    boulevard = streets["NOMVOI"].to_numpy()[network.street] == "PAUL VALERY"
    assert boulevard.sum() > 15
    rng = np.random.default_rng(4)
    middle = shapely.centroid(shapely.union_all(network.lines[boulevard]))
    xy = shapely.get_coordinates(middle) + rng.uniform(-600, 600, (60, 2))
    tables = []
    for crossing_m in (0.0, 100.0, np.inf):
        sided = with_sides(network, boulevard, crossing_m=crossing_m)
        points = snap(sided, xy)
        ready = prepare(sided, compiled=False)
        tables.append(walk_table(ready, points, points))
    free, dear, closed = tables
    assert (free <= dear).all()
    assert (dear <= closed).all()
    assert (closed > free + 50).sum() > 50
    assert np.isfinite(closed).all()
