"""Law W17 of docs/catchments.md: streets end exactly at the limit, and the band along them misses nobody in front."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.network import build_network, snap
from geo.territory.walking.isochrones import isochrones, reach, rings
from geo.territory.walking.questions import Streets, prepare, walk_table

Line = list[tuple[float, float]]
# A quarter of a circle is drawn with eight straight pieces.
CIRCLE = 32 / 2 * np.sin(2 * np.pi / 32)
# So much is added where a street is cut: half a metre in front of a band of 50 m [m2].
CUT_M2 = 0.5 * 50


def _plain(*lines: Line, direction: list[int] | None = None) -> Streets:
    columns = {"walk_direction": direction or [0] * len(lines)}
    shapes = [shapely.LineString(line) for line in lines]
    return prepare(build_network(gpd.GeoDataFrame(columns, geometry=shapes)), compiled=False)


def _at(streets: Streets, *xy: tuple[float, float]) -> Snap:
    return snap(streets.network, np.array(xy, dtype=float))


def _area(streets: Streets, school: tuple[float, float], limit_m: float) -> shapely.Geometry:
    return isochrones(streets, _at(streets, school), [limit_m]).geometry.iloc[0]


def _same(area: shapely.Geometry, expected: shapely.Geometry) -> bool:
    """Tell whether areas are the same but for the half metre that is added where streets are cut."""
    return bool(shapely.hausdorff_distance(area, expected) < 0.501)


STREET: Line = [(0, 0), (1000, 0)]


# By hand -------------------------------------------------------------------------------------------------------------


def test_a_straight_street_is_cut_square_at_the_limit_on_both_sides_of_the_school() -> None:
    streets = _plain(STREET)
    found = isochrones(streets, _at(streets, (300, 0)), [100, 250])
    assert found["street_m"].tolist() == [200, 500]
    assert _same(found.geometry.iloc[0], shapely.box(200, -25, 400, 25))
    assert _same(found.geometry.iloc[1], shapely.box(50, -25, 550, 25))


def test_the_way_from_the_school_to_the_street_counts_and_may_use_up_the_limit() -> None:
    streets = _plain(STREET)
    found = isochrones(streets, _at(streets, (300, 30)), [20, 30, 50])
    assert found["street_m"].tolist() == [0, 0, 40]
    assert found.is_empty.tolist() == [True, True, False]
    assert found["limit_m"].tolist() == [20, 30, 50]


def test_a_street_of_two_nodes_only_needs_no_node_within_reach() -> None:
    # A school in the middle of a long street: no crossing is near, and there is ground nevertheless.
    assert _same(_area(_plain(STREET), (500, 0), 10), shapely.box(490, -25, 510, 25))


def test_a_school_at_the_very_end_of_a_street_reaches_back_along_it() -> None:
    streets = _plain(STREET)
    found = isochrones(streets, _at(streets, (1000, 0)), [100])
    assert found["street_m"].tolist() == [100]
    assert found.area[0] == pytest.approx(100 * 50 + CIRCLE * 625 / 2 + CUT_M2, abs=0.1)


def test_the_end_of_a_dead_end_is_rounded_and_a_cut_is_not() -> None:
    area = _area(_plain(STREET), (50, 0), 100)
    assert area.area == pytest.approx(150 * 50 + CIRCLE * 625 / 2 + CUT_M2, abs=0.1)
    assert shapely.bounds(area) == pytest.approx([-25, -25, 150.5, 25], abs=1e-3)


def test_who_lives_outside_a_bend_between_two_streets_is_within() -> None:
    # The corner lies at (100, 0); the streets leave it to the left and upwards, the third one is short.
    streets = _plain([(0, 0), (100, 0)], [(100, 0), (100, 100)], [(0, 0), (-9, 0)])
    area = _area(streets, (50, 0), 80)
    assert area.covers(shapely.Point(100 + 17, -17))
    assert not area.covers(shapely.Point(100 + 19, -19))
    assert shapely.bounds(area) == pytest.approx([-9 - 25, -25, 125, 30.5], abs=1e-3)


def test_no_ground_is_invented_between_streets_and_there_are_no_islands() -> None:
    # A ring of 2 km around nothing: what is within it is no street's.
    ring: Line = [(0, 0), (500, 0), (500, 500), (0, 500), (0, 0)]
    area = _area(_plain(ring, [(0, 0), (-50, 0)]), (0, 0), 3000)
    assert area.geom_type == "Polygon"
    assert len(area.interiors) == 1
    assert area.interiors[0].bounds == pytest.approx((25, 25, 475, 475))


def test_a_crossing_without_node_is_no_way() -> None:
    # A bridge over the school's street; its ends are far away by foot.
    streets = _plain(STREET, [(500, -400), (500, 400)], [(1000, 0), (1000, 400)], [(1000, 400), (500, 400)])
    area = _area(streets, (500, 0), 100)
    assert shapely.bounds(area) == pytest.approx([399.5, -25, 600.5, 25], abs=1e-3)
    # On the bridge, between its street and the one below, the nearer one counts.
    assert [area.covers(shapely.Point(500 + x, y)) for x, y in ((12, 9), (9, 12), (-9, -12), (0, 20))] == [
        True,
        False,
        False,
        False,
    ]


def test_one_way_streets_are_walked_towards_the_school() -> None:
    network = _plain(STREET, [(0, 0), (0, 90)], direction=[1, 0]).network
    schools = snap(network, np.array([[500.0, 0.0]]))
    to_school = isochrones(prepare(network, compiled=False), schools, [100])
    away = isochrones(prepare(network, compiled=False, towards=False), schools, [100])
    assert _same(to_school.geometry[0], shapely.box(400, -25, 500, 25))
    assert _same(away.geometry[0], shapely.box(500, -25, 600, 25))


def test_a_penalty_shortens_the_reach_and_the_length_is_that_on_the_ground() -> None:
    network = _plain(STREET).network
    slow = prepare(network.counting(np.array([2000.0]), np.array([2000.0])), compiled=False)
    found = isochrones(slow, _at(slow, (500, 0)), [100])
    assert found["street_m"].tolist() == [100]
    assert _same(found.geometry[0], shapely.box(450, -25, 550, 25))


def test_rings_lie_around_each_other() -> None:
    streets = _plain(STREET)
    found = rings(isochrones(streets, _at(streets, (500, 0), (100, 30)), [200, 100, 20]))
    assert found["over_m"].tolist() == [0, 20, 100] * 2
    # The second school is 30 m beside the street, which ends 100 m to its left.
    assert found["street_m"].tolist() == [40, 160, 200, 0, 140, 130]
    ends = CIRCLE * 625 / 2
    assert found.area.tolist() == pytest.approx([2000, 8000, 10000, 0, 7000, 130 * 50 + ends], abs=2 * CUT_M2 + 1)
    assert found.geometry[2].geom_type == "MultiPolygon"
    together = rings(reach(streets, _at(streets, (500, 0), (600, 0)), [100, 200]))
    assert together["street_m"].tolist() == [300, 200]
    assert "school" not in together


@pytest.mark.parametrize(
    ("limits_m", "wide_m"), [([0.0], 25.0), ([100.0, -1.0], 25.0), ([np.inf], 25.0), ([50.0], 0.0)]
)
def test_limits_and_widths_that_mean_nothing_are_refused(limits_m: list[float], wide_m: float) -> None:
    streets = _plain(STREET)
    with pytest.raises(NetworkError, match="more than 0 m"):
        isochrones(streets, _at(streets, (500, 0)), limits_m, wide_m=wide_m)


def test_without_limits_or_schools_there_is_nothing() -> None:
    streets = _plain(STREET)
    assert len(isochrones(streets, _at(streets, (500, 0)), [])) == 0
    nobody = Snap(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    assert len(isochrones(streets, nobody, [100])) == 0
    assert reach(streets, nobody, [100])["street_m"].tolist() == [0]
    assert len(rings(isochrones(streets, nobody, [100]))) == 0


# Laws ----------------------------------------------------------------------------------------------------------------


def _town(seed: int) -> Streets:
    """Make a crooked grid of streets of 900 m, a fifth of them missing, some with a bend."""
    rng = np.random.default_rng(seed)
    place = {
        (i, j): (100 * i + rng.uniform(-30, 30), 100 * j + rng.uniform(-30, 30)) for i in range(10) for j in range(10)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(9) for j in range(10)]
    pairs += [((i, j), (i, j + 1)) for i in range(10) for j in range(9)]
    lines = []
    for a, b in pairs:
        middle = tuple((np.array(place[a]) + place[b]) / 2 + rng.uniform(-15, 15, 2))
        if rng.random() > 0.2:
            lines.append([place[a], *([middle] if rng.random() < 0.5 else []), place[b]])
    return _plain(*lines)


def _in_front(network: Network, count: int, *, seed: int, aside_m: float) -> np.ndarray:
    """Give addresses drawn along the streets by length and set beside them."""
    rng = np.random.default_rng(seed)
    edge = rng.choice(len(network.lines), count, p=network.length_m / network.length_m.sum())
    along_m = rng.random(count) * network.length_m[edge]
    here, ahead, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(network.lines[edge], np.maximum(along_m + step_m, 0)))
        for step_m in (0.0, 0.1, -0.1)
    )
    way = ahead - behind
    way /= np.hypot(*way.T)[:, None]
    return here + aside_m * rng.choice([-1, 1], count)[:, None] * np.stack([-way[:, 1], way[:, 0]], axis=1)


def _missed_and_wrong(streets: Streets, schools: Snap, *, xy: np.ndarray, limit_m: float) -> tuple[float, float]:
    """Give the shares of those within the limit who are missed, and of those drawn in wrongly."""
    homes = snap(streets.network, xy)
    table = walk_table(streets, schools, Snap(homes.edge, homes.along_m, np.zeros(len(xy))))
    areas = isochrones(streets, schools, [limit_m]).geometry.to_numpy()
    drawn = np.stack([shapely.intersects_xy(area, xy[:, 0], xy[:, 1]) for area in areas], axis=1)
    near = table <= limit_m
    return float((near & ~drawn).sum() / near.sum()), float((drawn & ~near).sum() / near.sum())


def _hairpins(seed: int) -> Streets:
    """Make three streets from one place that turn back on themselves at each of twenty bends."""
    rng = np.random.default_rng(seed)
    lines = []
    for start in range(3):
        turn = np.cumsum(rng.choice([-1, 1], 20) * rng.uniform(1.5, 3.1, 20)) + 2 * start
        step = rng.uniform(4, 30, 20)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        lines.append([(0.0, 0.0), *map(tuple, np.cumsum(step, axis=0).tolist())])
    return _plain(*lines)


def test_of_those_in_front_of_hairpins_at_most_two_in_a_thousand_are_missed() -> None:
    missed = []
    for seed in range(20):
        streets, rng = _hairpins(seed), np.random.default_rng(seed)
        low, high = streets.network.node_xy.min(axis=0) - 25, streets.network.node_xy.max(axis=0) + 25
        xy = rng.uniform(low, high, (3000, 2))
        near = xy[snap(streets.network, xy).access_m <= 25]
        missed.append(_missed_and_wrong(streets, _at(streets, (0, 0)), xy=near, limit_m=rng.uniform(30, 180))[0])
    assert np.mean(missed) <= 0.002


@pytest.mark.parametrize("seed", range(3))
def test_nobody_in_front_of_a_street_within_the_limit_is_missed(seed: int) -> None:
    # W17
    streets = _town(seed)
    schools = snap(streets.network, np.random.default_rng(seed).uniform(0, 900, (6, 2)))
    for aside_m in (0.0, 12.0, 24.5):
        missed, _ = _missed_and_wrong(
            streets, schools, limit_m=300.0, xy=_in_front(streets.network, 3000, seed=9, aside_m=aside_m)
        )
        assert missed == 0


@pytest.mark.parametrize("seed", range(3))
def test_areas_are_valid_grow_with_the_limit_and_stay_beside_their_streets(seed: int) -> None:
    # W17
    streets = _town(seed)
    schools = snap(streets.network, np.random.default_rng(seed).uniform(0, 900, (6, 2)))
    found = isochrones(streets, schools, [60, 200, 300])
    assert found.is_valid.all()
    for one, next_one in ((0, 1), (1, 2)):
        inner, outer = (found[found["limit_m"] == [60, 200, 300][k]].geometry.to_numpy() for k in (one, next_one))
        assert shapely.area(shapely.difference(inner, outer)).max() < 1e-6
    assert (
        shapely.area(
            shapely.difference(
                found.geometry.to_numpy(), shapely.union_all(streets.network.lines).buffer(25.1, quad_segs=32)
            )
        ).max()
        < 1e-6
    )
    # Half discs at dead ends and wedges at corners come on top of the bands.
    assert (found.area <= 50 * found["street_m"] + 625 * np.pi * 40).all()


@pytest.mark.parametrize("seed", range(3))
def test_what_any_school_reaches_is_what_they_reach_together(seed: int) -> None:
    # W17
    streets = _town(seed)
    schools = snap(streets.network, np.random.default_rng(seed).uniform(0, 900, (6, 2)))
    each, together = isochrones(streets, schools, [100, 300]), reach(streets, schools, [100, 300])
    for limit_m, area in zip(together["limit_m"], together.geometry, strict=True):
        union = each[each["limit_m"] == limit_m].union_all()
        assert shapely.area(shapely.symmetric_difference(union, area)) < 1e-3 * area.area
    assert together["street_m"].is_monotonic_increasing
    assert together["street_m"].iloc[-1] <= streets.network.length_m.sum() + 1e-6


def test_rings_part_the_ground_of_the_largest_limit() -> None:
    streets = _town(4)
    schools = snap(streets.network, np.random.default_rng(4).uniform(0, 900, (5, 2)))
    areas = reach(streets, schools, [100, 200, 300])
    parted = rings(areas)
    assert parted.area.sum() == pytest.approx(areas.area.max())
    assert parted["street_m"].sum() == pytest.approx(areas["street_m"].max())
    assert list(parted["over_m"]) == [0, 100, 200]


# Real streets --------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_in_nantes_nobody_within_the_limit_is_missed_and_few_are_drawn_in_wrongly(real_data: Path) -> None:
    # W17
    lines = gpd.read_file(real_data / "nantes" / "bdtopo3_nantes_troncons_route.gpkg").to_crs("EPSG:2154")
    streets = prepare(build_network(lines))
    rng = np.random.default_rng(3)
    low, high = streets.network.node_xy.min(axis=0), streets.network.node_xy.max(axis=0)
    schools = snap(streets.network, rng.uniform(low, high, (6, 2)))
    missed, wrong = _missed_and_wrong(
        streets, schools, limit_m=800.0, xy=_in_front(streets.network, 10_000, seed=4, aside_m=12.0)
    )
    assert missed == 0
    assert wrong <= 0.025
