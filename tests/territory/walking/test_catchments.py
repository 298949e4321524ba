"""Laws W15 and W16 of docs/catchments.md: catchments part the commune, and an address lies in that of its school."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.enclaves import pieces_apart
from geo.territory.network import build_network, snap
from geo.territory.walking.catchments import catchment_areas
from geo.territory.walking.questions import Streets, nearest, prepare

Line = list[tuple[float, float]]


def _network(*lines: Line, direction: list[int] | None = None) -> Network:
    columns = {"walk_direction": direction or [0] * len(lines)}
    return build_network(gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line) for line in lines]))


def _plain(*lines: Line, direction: list[int] | None = None) -> Streets:
    return prepare(_network(*lines, direction=direction), compiled=False)


def _at(streets: Streets, *xy: tuple[float, float]) -> Snap:
    return snap(streets.network, np.array(xy, dtype=float))


def _town(seed: int, side: int = 7) -> Streets:
    """Make a crooked grid of streets, a fifth of them missing, some one way, some with a bend."""
    rng = np.random.default_rng(seed)
    place = {
        (i, j): (100 * i + rng.uniform(-30, 30), 100 * j + rng.uniform(-30, 30))
        for i in range(side)
        for j in range(side)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(side - 1) for j in range(side)]
    pairs += [((i, j), (i, j + 1)) for i in range(side) for j in range(side - 1)]
    lines = []
    for a, b in pairs:
        middle = tuple((np.array(place[a]) + place[b]) / 2 + rng.uniform(-15, 15, 2))
        if rng.random() > 0.2:
            lines.append([place[a], *([middle] if rng.random() < 0.5 else []), place[b]])
    return prepare(_network(*lines, direction=rng.choice([0] * 8 + [1, -1], len(lines)).tolist()), compiled=False)


def _beside(network: Network, count: int, *, seed: int, aside_m: float = 12.0) -> np.ndarray:
    """Give addresses drawn along the streets by length and set beside them."""
    rng = np.random.default_rng(seed)
    edge = rng.choice(len(network.lines), count, p=network.length_m / network.length_m.sum())
    along_m = rng.random(count) * network.length_m[edge]
    here = shapely.get_coordinates(shapely.line_interpolate_point(network.lines[edge], along_m))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(network.lines[edge], along_m + 0.1))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(network.lines[edge], np.maximum(along_m - 0.1, 0)))
    way = ahead - behind
    way /= np.hypot(*way.T)[:, None]
    return here + aside_m * rng.choice([-1, 1], count)[:, None] * np.stack([-way[:, 1], way[:, 0]], axis=1)


def _wrong_share(areas: gpd.GeoDataFrame, streets: Streets, schools: Snap, *, xy: np.ndarray) -> float:
    """Give the share of addresses within the areas that lie in another one than that of their nearest school."""
    points = shapely.points(xy)
    point, area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="intersects")
    found = np.full(len(points), -9)
    found[point] = areas.index.to_numpy()[area]
    inside = found > -9
    truth = nearest(streets, schools, snap(streets.network, xy)).school
    return float((found[inside] != truth[inside]).mean())


def _parts_exactly(areas: gpd.GeoDataFrame, commune: shapely.Geometry) -> bool:
    shapes = areas.geometry.to_numpy()
    return bool(
        areas.is_valid.all()
        and shapely.coverage_is_valid(shapes[~areas.is_empty])
        and shapes[~areas.is_empty].size
        and abs(areas.area.sum() - commune.area) < 1e-6 * commune.area
        and shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), commune)) < 1e-6 * commune.area
    )


BOX = shapely.box(-20, -50, 220, 50)
STREET: Line = [(0, 0), (200, 0)]


# By hand -------------------------------------------------------------------------------------------------------------


def test_one_street_is_parted_across_where_both_walks_are_equally_long() -> None:
    streets = _plain(STREET)
    areas = catchment_areas(streets, _at(streets, (20, 0), (160, 0)), BOX)
    # Limits are drawn on tenths of a millimetre.
    assert areas.loc[0, "geometry"].symmetric_difference(shapely.box(-20, -50, 90, 50)).area < 0.01
    assert areas.loc[1, "geometry"].symmetric_difference(shapely.box(90, -50, 220, 50)).area < 0.01
    assert areas["street_m"].tolist() == pytest.approx([90, 110])
    # 20 m to the left and 70 m to the right of the first, 70 m and 40 m of the second.
    assert areas["walk_mean_m"].tolist() == pytest.approx([(20**2 + 70**2) / 180, (70**2 + 40**2) / 220], abs=0.1)
    assert areas["walk_longest_m"].tolist() == pytest.approx([70, 70], abs=2.5)
    assert areas["remark"].tolist() == ["", ""]


def test_a_school_away_from_the_street_counts_the_way_to_it() -> None:
    streets = _plain(STREET)
    areas = catchment_areas(streets, _at(streets, (0, 40), (200, 0)), BOX)
    assert shapely.bounds(areas.loc[0, "geometry"])[2] == pytest.approx(80)


def test_a_catchment_is_not_cut_off_where_a_school_lies_in_the_middle_of_an_edge() -> None:
    streets = _plain(STREET, [(200, 0), (400, 0)])
    areas = catchment_areas(streets, _at(streets, (50, 0), (150, 0), (390, 0)), shapely.box(0, -9, 400, 9))
    assert [shapely.bounds(shape)[2] for shape in areas.geometry] == pytest.approx([100, 270, 400])


def test_schools_without_ground_keep_their_row_and_say_why() -> None:
    streets = _plain(STREET, [(200, 0), (600, 0)])
    schools = _at(streets, (50, 1), (50, 1), (52, 30), (150, 0), (500, 0))
    areas = catchment_areas(streets, schools, shapely.box(0, -9, 180, 9))
    assert areas.index.tolist() == [0, 1, 2, 3, 4]
    assert areas["remark"].tolist() == ["", "same-place", "beaten", "", "outside"]
    assert areas.is_empty.tolist() == [False, True, True, False, True]
    assert areas.loc[4, "street_m"] == 0


def test_ground_from_where_no_school_is_reached_is_told() -> None:
    # The second street leads away from the school only.
    streets = _plain(STREET, [(200, 0), (400, 0)], direction=[0, 1])
    commune = shapely.box(0, -9, 400, 9)
    areas = catchment_areas(streets, _at(streets, (50, 0)), commune)
    assert areas.index.tolist() == [0, -1]
    assert shapely.bounds(areas.loc[-1, "geometry"])[0] == pytest.approx(200)
    assert areas.loc[-1, "walk_mean_m"] == np.inf
    assert _parts_exactly(areas, commune)
    shut = prepare(streets.network.counting(np.array([np.inf, 200]), np.array([np.inf, 200])), compiled=False)
    assert catchment_areas(shut, _at(shut, (50, 0)), commune)["remark"].tolist() == ["unreached", ""]


def test_without_schools_all_the_ground_is_that_of_none() -> None:
    streets = _plain(STREET)
    nobody = Snap(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    areas = catchment_areas(streets, nobody, BOX)
    assert areas.index.tolist() == [-1]
    assert areas.loc[-1, "geometry"].equals(BOX)


def test_a_street_of_another_school_through_a_catchment_leaves_pieces_that_are_told() -> None:
    # A bridge over the street of the second school: its ends are 200 m away from there by foot.
    streets = _plain([(0, 0), (400, 0)], [(200, -150), (200, 150)], [(0, 0), (0, -150)], [(0, -150), (200, -150)])
    commune = shapely.box(-20, -200, 420, 200)
    schools = _at(streets, (200, 140), (400, 0))
    areas = catchment_areas(streets, schools, commune)
    assert _parts_exactly(areas, commune)
    pieces = pieces_apart(areas)
    assert (pieces["school"] == 1).any()
    assert pieces["area_m2"].is_monotonic_decreasing


def test_a_catchment_within_another_is_told_with_the_one_around_it() -> None:
    hole, rest = shapely.box(4, 4, 6, 6), shapely.box(10, 0, 20, 10)
    shapes = [shapely.box(0, 0, 10, 10).difference(hole), shapely.MultiPolygon([hole, rest]), shapely.Polygon()]
    areas = gpd.GeoDataFrame(geometry=shapes, index=[0, 1, -1]).rename_axis("school")
    assert pieces_apart(areas).drop(columns="geometry").to_numpy().tolist() == [[1, 4.0, 0]]


def test_a_school_that_was_brought_to_two_streets_has_the_ground_of_both() -> None:
    # The first school stands between two parallel streets that meet far away only.
    streets = _plain([(0, 0), (400, 0)], [(0, 30), (400, 30)], [(400, 0), (400, 30)])
    two = Snap(np.array([0, 1, 2]), np.array([100.0, 100.0, 0.0]), np.array([15.0, 15.0, 0.0]), np.array([0, 2, 3]))
    areas = catchment_areas(streets, two, shapely.box(0, -15, 420, 45))
    assert areas.index.tolist() == [0, 1]
    # 315 m to the corner of the second school by the lower street, and as much to the other corner, 30 m from it.
    lower, upper = (shapely.LineString([(0, y), (400, y)]) for y in (0, 30))
    ends = [shapely.bounds(areas.loc[0, "geometry"].intersection(street))[2] for street in (lower, upper)]
    assert ends == pytest.approx([400 - 315 / 2, 400 - 285 / 2], abs=0.01)


@pytest.mark.parametrize(
    ("commune", "step_m", "said"),
    [
        (shapely.Polygon(), 5, "valid area"),
        (shapely.LineString([(0, 0), (9, 9)]), 5, "valid area, got LineString"),
        (shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), 5, "Self-intersection"),
        (shapely.box(9000, 9000, 9100, 9100), 5, "same CRS"),
        (BOX, 0, "every so many metres"),
        (BOX, np.nan, "every so many metres"),
    ],
)
def test_what_cannot_be_parted_is_refused(commune: shapely.Geometry, step_m: float, said: str) -> None:
    streets = _plain(STREET)
    with pytest.raises(NetworkError, match=said):
        catchment_areas(streets, _at(streets, (20, 0)), commune, step_m=step_m)


# Laws ----------------------------------------------------------------------------------------------------------------

COMMUNES = [
    shapely.box(-100, -100, 700, 700),
    shapely.Point(300, 300).buffer(250),
    # With a hole, and in two parts, one of them beyond all streets.
    shapely.box(0, 0, 600, 600).difference(shapely.Point(300, 250).buffer(120)),
    shapely.MultiPolygon([shapely.box(50, 50, 320, 600), shapely.box(900, 100, 1000, 400)]),
]


@pytest.mark.parametrize("commune", COMMUNES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_catchments_part_the_commune_without_gap_or_overlap(seed: int, commune: shapely.Geometry) -> None:
    # W15
    streets = _town(seed)
    schools = snap(streets.network, np.random.default_rng(seed).uniform(0, 600, (5, 2)))
    for step_m in (5.0, 37.0):
        assert _parts_exactly(catchment_areas(streets, schools, commune, step_m=step_m), commune)


@pytest.mark.parametrize("seed", range(4))
def test_addresses_lie_in_the_catchment_of_their_nearest_school(seed: int) -> None:
    # W16
    streets = _town(seed, side=12)
    schools = snap(streets.network, np.random.default_rng(seed).uniform(0, 1100, (8, 2)))
    areas = catchment_areas(streets, schools, shapely.box(-100, -100, 1200, 1200))
    assert _wrong_share(areas, streets, schools, xy=_beside(streets.network, 4000, seed=seed)) <= 0.002


@pytest.mark.parametrize(
    "schools", [[(0, 0), (400, 400)], [(50, 0), (350, 0), (200, 400)], [(100, 100), (300, 100), (200, 200)]]
)
def test_on_a_lattice_where_many_points_are_equally_far_the_commune_is_still_parted(
    schools: list[tuple[float, float]],
) -> None:
    # W15
    steps = range(0, 500, 100)
    lines: list[Line] = [[(x, y), (x + 100, y)] for x in steps[:-1] for y in steps]
    lines += [[(x, y), (x, y + 100)] for x in steps for y in steps[:-1]]
    streets, commune = _plain(*lines), shapely.box(-40, -40, 440, 440)
    for step_m in (5.0, 25.0, 100.0):
        areas = catchment_areas(streets, _at(streets, *schools), commune, step_m=step_m)
        assert _parts_exactly(areas, commune)
        assert len(areas) == len(schools)


def test_the_order_of_schools_does_not_change_their_ground() -> None:
    streets = _town(5)
    xy = np.random.default_rng(5).uniform(0, 600, (6, 2))
    commune = COMMUNES[0]
    areas = catchment_areas(streets, snap(streets.network, xy), commune)
    turned = catchment_areas(streets, snap(streets.network, xy[::-1]), commune)
    assert np.allclose(areas.area.loc[list(range(6))], turned.area.loc[list(range(6))][::-1], rtol=1e-9)


# Real streets --------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_in_nantes_one_address_in_a_thousand_lies_in_another_catchment(real_data: Path) -> None:
    # W15, W16
    lines = gpd.read_file(real_data / "nantes" / "bdtopo3_nantes_troncons_route.gpkg").to_crs("EPSG:2154")
    streets = prepare(build_network(lines))
    rng = np.random.default_rng(3)
    low, high = streets.network.node_xy.min(axis=0), streets.network.node_xy.max(axis=0)
    schools = snap(streets.network, rng.uniform(low, high, (12, 2)))
    commune = shapely.box(*low, *high).buffer(-100)
    areas = catchment_areas(streets, schools, commune)
    assert _parts_exactly(areas, commune)
    assert _wrong_share(areas, streets, schools, xy=_beside(streets.network, 20_000, seed=4)) <= 0.001


@pytest.mark.real
def test_in_montpellier_one_address_in_a_thousand_lies_in_another_catchment(real_data: Path) -> None:
    # W15, W16: the addresses of the city, wherever they stand.
    layers = ("filaire_voies", "points_adresse", "quartiers")
    lines, addresses, quarters = (
        gpd.read_file(real_data / "montpellier" / f"montpellier_{layer}_2014.gpkg").to_crs("EPSG:2154")
        for layer in layers
    )
    streets, commune = prepare(build_network(lines)), quarters.union_all()
    xy = shapely.get_coordinates(addresses.geometry.to_numpy())
    schools = snap(streets.network, xy[np.random.default_rng(1).choice(len(xy), 60, replace=False)])
    areas = catchment_areas(streets, schools, commune)
    assert _parts_exactly(areas, commune)
    assert _wrong_share(areas, streets, schools, xy=xy) <= 0.001
