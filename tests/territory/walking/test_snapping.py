"""Laws W30 and W31 of docs/catchments.md: several streets near a point, none within reach, and barriers before them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.model.walking import AccessChoices
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances
from geo.territory.walking.questions import nearest, nearest_few, prepare, walk_table, within
from geo.territory.walking.routes import route

CRS = "EPSG:2154"
Line = list[tuple[float, float]]
SEVERAL = AccessChoices()


def _streets(*lines: Line) -> Network:
    return build_network(gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=CRS))


def _barrier(shape: shapely.Geometry, kind: str = "river") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"kind": [kind]}, geometry=[shape], crs=CRS)


def _at(*xy: tuple[float, float]) -> npt.NDArray[np.float64]:
    return np.array(xy, dtype=float)


# Two carriageways 8 m apart, joined 400 m farther on: y = 0 and y = 8, from x = 0 to x = 400.
CARRIAGEWAYS: tuple[Line, ...] = ([(0, 0), (400, 0)], [(0, 8), (400, 8)], [(400, 0), (400, 8)])


def test_on_a_dual_carriageway_both_kerbs_are_kept_and_the_shorter_walk_counts() -> None:
    network = _streets(*CARRIAGEWAYS)
    home, school = _at((100, -2)), _at((10, 10))
    one = walk_distances(network, snap(network, home), snap(network, school))
    both = walk_distances(network, snap(network, home, choices=SEVERAL), snap(network, school, choices=SEVERAL))
    assert one[0, 0] == pytest.approx(2 + 300 + 8 + 390 + 2)
    # Across the road: 10 m to the far kerb and 2 m at the school.
    assert both[0, 0] == pytest.approx(10 + 90 + 2)
    found = snap(network, home, choices=SEVERAL)
    assert found.points == 1
    assert found.access_m == pytest.approx([2, 10])
    assert found.nearest_m == pytest.approx([2])


def test_a_street_more_than_the_band_farther_is_no_candidate() -> None:
    network = _streets([(0, 0), (400, 0)], [(0, 12.5), (400, 12.5)], [(400, 0), (400, 12.5)])
    assert len(snap(network, _at((100, -2)), choices=SEVERAL).edge) == 1
    assert len(snap(network, _at((100, -2)), choices=AccessChoices(band_m=13)).edge) == 2


def test_in_front_of_a_crossing_one_street_is_enough_for_all_that_meet_there() -> None:
    network = _streets([(-100, 0), (0, 0)], [(0, 0), (100, 0)], [(0, 0), (0, -100)])
    found = snap(network, _at((0, 5)), choices=SEVERAL)
    assert found.first is None
    assert found.access_m == pytest.approx([5])


def test_beside_a_crossing_nobody_cuts_the_corner_over_gardens() -> None:
    # The second piece of the street is nearest at the crossing (0, 0), to which the first piece leads as well.
    network = _streets([(-100, 0), (0, 0)], [(0, 0), (100, 0)])
    found = snap(network, _at((-6, 8)), choices=SEVERAL)
    assert network.lines[found.edge[0]].coords[0] == (-100, 0)
    assert len(found.edge) == 1


def test_a_corner_house_has_a_door_on_both_streets() -> None:
    network = _streets([(0, 0), (200, 0)], [(0, 0), (0, 200)])
    found = snap(network, _at((12, 8)), choices=SEVERAL)
    assert found.access_m == pytest.approx([8, 12])
    school = snap(network, _at((0, 100)))
    assert walk_distances(network, found, school)[0, 0] == pytest.approx(12 + 92)
    assert walk_distances(network, snap(network, _at((12, 8))), school)[0, 0] == pytest.approx(8 + 12 + 100)


def test_no_more_candidates_are_kept_than_asked_for_the_nearest_first() -> None:
    lines: list[Line] = [[(0, 2 * k), (300, 2 * k)] for k in range(5)] + [
        [(300, 2 * k), (300, 2 * k + 2)] for k in range(4)
    ]
    found = snap(_streets(*lines), _at((100, -1), (100, 9)), choices=SEVERAL)
    assert found.access_m == pytest.approx([1, 3, 5, 1, 3, 5])
    assert found.bounds.tolist() == [0, 3, 6]


def test_a_point_without_a_street_within_reach_has_no_walk_and_is_never_at_the_door() -> None:
    network = _streets([(0, 0), (100, 0)])
    points = snap(network, _at((50, 1), (50, 5_000), (20, 0)))
    assert points.points == 3
    assert points.nearest_m.tolist() == [1, np.inf, 0]
    table = walk_distances(network, points, snap(network, _at((0, 0))))
    assert table[:, 0] == pytest.approx([51, np.inf, 20])
    found = nearest(prepare(network), points, points)
    assert found.school.tolist() == [0, -1, 2]
    assert np.isinf(found.walk_m[1])


def test_points_in_another_crs_are_refused_in_words() -> None:
    network = _streets([(700_000, 6_600_000), (700_100, 6_600_000)])
    with pytest.raises(NetworkError, match=r"in the CRS of the streets, as \(700,\d\d\d, 6,600,000\), got \(4, 44\)"):
        snap(network, _at((3.87, 43.6), (3.88, 43.6)))


def test_an_empty_table_of_points_is_brought_to_nothing() -> None:
    network = _streets([(0, 0), (100, 0)])
    for choices in (SEVERAL, AccessChoices(candidates=1)):
        found = snap(network, np.empty((0, 2)), choices=choices)
        assert found.points == 0
        assert walk_distances(network, found, snap(network, _at((0, 0)))).shape == (0, 1)


RIVER = shapely.box(-500, 10, 500, 30)
QUAYS: tuple[Line, ...] = ([(-400, 0), (400, 0)], [(-400, 60), (400, 60)], [(400, 0), (400, 60)])


def test_no_leg_leads_over_the_river_though_the_street_beyond_is_nearer() -> None:
    # From (0, 32), behind the river, the quay at y = 60 is 28 m away; from (0, 38) beyond a wall at y = 40 it is y = 0.
    network = _streets(*QUAYS)
    wall = _barrier(shapely.LineString([(-300, 40), (300, 40)]), "railway")
    found = snap(network, _at((0, 38)), barriers=wall)
    assert found.access_m == pytest.approx([38])
    assert network.lines[found.edge[0]].coords[0] == (-400, 0)
    assert snap(network, _at((0, 38))).access_m == pytest.approx([22])


def test_a_point_in_the_river_is_brought_nowhere() -> None:
    network = _streets(*QUAYS)
    found = snap(network, _at((0, 20), (0, 5)), choices=SEVERAL, barriers=_barrier(RIVER))
    assert found.nearest_m == pytest.approx([np.inf, 5])
    assert np.isinf(walk_distances(network, found, found)[0]).all()


def test_a_point_between_two_barriers_looks_no_farther_than_its_reach() -> None:
    network = _streets(*QUAYS)
    island = _barrier(shapely.Point(0, 45).buffer(5).exterior)
    found = snap(network, _at((0, 45)), choices=AccessChoices(reach_m=200), barriers=island)
    assert found.points == 1
    assert len(found.edge) == 0


def test_a_street_along_the_edge_of_a_barrier_is_reached_from_its_own_side() -> None:
    network = _streets([(0, 10), (100, 10)])
    assert snap(network, _at((50, 4)), barriers=_barrier(RIVER)).access_m == pytest.approx([6])


def test_into_a_road_one_may_step_but_not_across_it() -> None:
    # The avenue is an area with a street in its middle; a lane lies beyond it.
    network = _streets([(-200, 20), (200, 20)], [(-200, 40), (200, 40)], [(200, 20), (200, 40)])
    avenue = _barrier(shapely.box(-500, 10, 500, 30), "road")
    found = snap(network, _at((0, 5), (0, 15)), choices=AccessChoices(band_m=50), barriers=avenue)
    assert found.access_m == pytest.approx([15, 5, 25])
    assert found.bounds.tolist() == [0, 1, 3]


def _town(seed: int) -> Network:
    """Make a crooked grid of close streets, so that many points have several candidates."""
    rng = np.random.default_rng(seed)
    place = {(i, j): (30 * i + rng.uniform(-9, 9), 30 * j + rng.uniform(-9, 9)) for i in range(7) for j in range(7)}
    pairs = [((i, j), (i + 1, j)) for i in range(6) for j in range(7)]
    pairs += [((i, j), (i, j + 1)) for i in range(7) for j in range(6)]
    return _streets(*[[place[a], place[b]] for a, b in pairs if rng.random() > 0.3])


def _alone(points: Snap) -> tuple[Snap, npt.NDArray[np.int64]]:
    """Let each candidate be a point of its own."""
    owner = np.repeat(np.arange(points.points), np.diff(points.bounds))
    return Snap(points.edge, points.along_m, points.access_m), owner


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_each_answer_is_the_least_over_all_candidates(seed: int) -> None:
    # W30: brute force, every candidate of a home with every candidate of a school.
    network = _town(seed)
    rng = np.random.default_rng(seed + 1)
    choices = AccessChoices(reach_m=60)
    homes, schools = (snap(network, rng.uniform(-80, 260, (count, 2)), choices=choices) for count in (25, 6))
    (home_rows, home), (school_rows, school) = _alone(homes), _alone(schools)
    expected = np.full((homes.points, schools.points), np.inf)
    np.minimum.at(expected, (home[:, None], school[None, :]), walk_distances(network, home_rows, school_rows))
    order = np.argsort(expected, axis=1, kind="stable")
    for compiled in (False, True):
        streets = prepare(network, compiled=compiled)
        assert np.array_equal(walk_table(streets, schools, homes), expected)
        least = nearest(streets, schools, homes)
        assert np.array_equal(least.walk_m, expected.min(axis=1))
        assert np.array_equal(least.school, np.where(np.isinf(expected).all(axis=1), -1, order[:, 0]))
        few = nearest_few(streets, schools, 2, homes=homes)
        assert np.array_equal(few.walk_m, np.sort(expected, axis=1)[:, :2])
        members = within(streets, schools, 150.0, homes=homes)
        again = np.full(expected.shape, np.inf)
        again[members.place, np.repeat(np.arange(schools.points), np.diff(members.start))] = members.walk_m
        assert np.array_equal(again, np.where(expected <= 150, expected, np.inf))


def _one(points: Snap, k: int) -> Snap:
    rows = slice(points.bounds[k], points.bounds[k + 1])
    count = rows.stop - rows.start
    return Snap(points.edge[rows], points.along_m[rows], points.access_m[rows], np.array([0, count]))


@pytest.mark.parametrize("seed", range(4))
def test_the_line_is_drawn_by_the_candidate_that_counts(seed: int) -> None:
    # W9, with several candidates.
    network = _town(seed)
    rng = np.random.default_rng(seed + 5)
    homes, schools = (snap(network, rng.uniform(0, 180, (count, 2)), choices=SEVERAL) for count in (12, 4))
    assert homes.first is not None
    streets = prepare(network)
    table = walk_table(streets, schools, homes)
    for k, s in np.ndindex(*table.shape):
        found = route(streets, _one(schools, s), _one(homes, k))
        assert found.walk_m == table[k, s]
        assert found.line.length <= found.walk_m + 1e-4


def test_a_line_to_a_point_that_is_nowhere_is_refused_in_words() -> None:
    network = _streets([(0, 0), (100, 0)])
    with pytest.raises(NetworkError, match="expected a way between the two places, got none"):
        route(prepare(network), snap(network, _at((50, 5_000))), snap(network, _at((0, 0))))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_candidates_are_the_near_edges_that_no_barrier_hides(seed: int) -> None:
    # W31: brute force over all edges; corners that are cut are left out of both.
    network = _town(seed)
    rng = np.random.default_rng(seed + 2)
    xy = rng.uniform(-20, 200, (20, 2))
    ends = rng.uniform(0, 180, (2, 2))
    wall = _barrier(shapely.LineString(ends), "railway")
    choices = AccessChoices(candidates=10, reach_m=90)
    found = snap(network, xy, choices=choices, barriers=wall)
    for k, point in enumerate(shapely.points(xy)):
        legs = [shapely.shortest_line(line, point) for line in network.lines]
        open_m = np.array([leg.length if not leg.intersects(wall.geometry[0]) else np.inf for leg in legs])
        near = np.flatnonzero(open_m <= min(open_m.min() + choices.band_m, choices.reach_m))
        rows = slice(found.bounds[k], found.bounds[k + 1])
        assert set(found.edge[rows]) <= set(near)
        assert found.nearest_m[k] == pytest.approx(open_m.min() if open_m.min() <= choices.reach_m else np.inf)
        inner = [e for e in near if 0.02 < network.lines[e].project(point) < network.length_m[e] - 0.02]
        assert set(inner) <= set(found.edge[rows])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_legs_that_are_far_from_every_border_need_no_look(seed: int) -> None:
    # W31: with borders that are near everywhere each leg is looked at, and the rows are the same.
    network = _town(seed)
    rng = np.random.default_rng(seed + 3)
    xy = rng.uniform(-60, 240, (60, 2))
    river = shapely.LineString(rng.uniform(0, 180, (3, 2))).buffer(4)
    wall, avenue = (shapely.LineString(rng.uniform(-30, 210, (2, 2))) for _ in range(2))
    barriers = gpd.GeoDataFrame(
        {"kind": ["river", "railway", "road"]}, geometry=[river, wall, avenue.buffer(6)], crs=CRS
    )
    quick = snap(network, xy, choices=SEVERAL, barriers=barriers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "geo.territory.walking.snapping._Barriers.near_m", lambda _self, points: np.full(len(points), -1.0)
        )
        plain = snap(network, xy, choices=SEVERAL, barriers=barriers)
    for name in ("edge", "along_m", "access_m", "bounds"):
        assert np.array_equal(getattr(quick, name), getattr(plain, name))
