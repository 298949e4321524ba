"""Laws of docs/playgrounds.md: P2 to P9, shadows on a raster."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.playgrounds import PlaygroundChoices
from geo.territory.casting import Heights, sunlit
from geo.territory.shade import (
    Obstacles,
    Patch,
    Surfaces,
    beam_share,
    burn,
    in_reach,
    margin_m,
    obstacles,
    outline,
    patch_over,
    sky_share,
    surfaces,
)
from geo.territory.sun import Sun, recess_sun, sun_positions, suns_of

AZIMUTHS = [float(azimuth) for azimuth in np.arange(16) * 22.5]
CRS = "EPSG:2154"
Bools = npt.NDArray[np.bool_]


def _town(size: int, *, seed: int = 1) -> Heights:
    """Lay blocks of 6 to 35 m over about a quarter of a square."""
    rng = np.random.default_rng(seed)
    heights = np.zeros((size, size))
    for _ in range(size * size // 900):
        row, column = rng.integers(0, size, 2)
        heights[row : row + rng.integers(6, 20), column : column + rng.integers(6, 20)] = rng.uniform(6, 35)
    return heights


def _buildings(*shapes: tuple[shapely.Geometry, float]) -> Obstacles:
    return Obstacles(
        np.array([shape for shape, _ in shapes], dtype=object),
        np.array([height for _, height in shapes]),
        np.zeros(len(shapes)),
        np.zeros(len(shapes), dtype=bool),
    )


def _away(azimuth_deg: float) -> tuple[float, float]:
    """Give the way of the shadow on the map: east and north."""
    turn = np.radians(azimuth_deg)
    return -float(np.sin(turn)), -float(np.cos(turn))


@pytest.mark.parametrize("pixel_m", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("azimuth_deg", AZIMUTHS)
def test_the_shadow_of_a_wall_is_as_long_as_its_height_over_the_tangent(azimuth_deg: float, pixel_m: float) -> None:
    # P2: a wall of 12 m across the sun; the shaded ground in front of its middle, divided by its width.
    height_m, altitude_deg = 12.0, 37.0
    length_m = height_m / np.tan(np.radians(altitude_deg))
    east, north = _away(azimuth_deg)
    wall = shapely.LineString([(-60 * north, 60 * east), (60 * north, -60 * east)])
    thick = wall.buffer(4, single_sided=True).union(wall.buffer(-4, single_sided=True)).buffer(0)
    front = shapely.LineString([(-20 * north, 20 * east), (20 * north, -20 * east)])
    strip = shapely.Polygon(
        [*front.coords, *((x + 60 * east, y + 60 * north) for x, y in reversed(list(front.coords)))]
    ).difference(thick)
    patch = patch_over(thick, margin_m=70, pixel_m=pixel_m)
    roofs = burn(np.array([thick], dtype=object), np.array([height_m]), patch)
    laid = Surfaces(patch, roofs, np.zeros_like(roofs))
    lit = beam_share(laid, [Sun(azimuth_deg, altitude_deg)], transmissivity=0)[0] > 0
    before = burn(np.array([strip], dtype=object), np.ones(1), patch) > 0
    shaded_m2 = (~lit & before).sum() * pixel_m**2
    # The wall reaches 4 m before its middle line; its shadow starts there.
    assert shaded_m2 / 40 == pytest.approx(length_m, abs=0.75 * pixel_m)


@pytest.mark.parametrize("azimuth_deg", AZIMUTHS)
def test_no_pixel_beyond_a_pixel_of_the_edge_of_the_true_shadow_is_wrong(azimuth_deg: float) -> None:
    # P2: the shadow of a box is its footprint drawn along the ray.
    box, height_m, altitude_deg, pixel_m = shapely.box(-7, -4, 7, 4), 15.0, 45.5, 0.5
    length_m = height_m / np.tan(np.radians(altitude_deg))
    east, north = _away(azimuth_deg)
    steps = [shapely.affinity.translate(box, east * along, north * along) for along in (0, length_m)]
    # The footprint is convex, so what it sweeps is the hull of both ends.
    true = shapely.union_all(steps).convex_hull
    patch = patch_over(true, margin_m=10, pixel_m=pixel_m)
    roofs = burn(np.array([box], dtype=object), np.array([height_m]), patch)
    laid = Surfaces(patch, roofs, np.zeros_like(roofs))
    lit = beam_share(laid, [Sun(azimuth_deg, altitude_deg)], transmissivity=0)[0] > 0
    inner, outer = true.buffer(-pixel_m * np.sqrt(2)), true.buffer(pixel_m * np.sqrt(2))
    surely_shade = burn(np.array([inner], dtype=object), np.ones(1), patch) > 0
    surely_lit = burn(np.array([outer], dtype=object), np.ones(1), patch) == 0
    assert not lit[surely_shade].any()
    assert lit[surely_lit].all()


@pytest.mark.parametrize("azimuth_deg", [10.0, 77.0, 133.0, 228.0, 301.0])
def test_turning_town_and_sun_by_a_quarter_turns_the_shade(azimuth_deg: float) -> None:
    # P3: the middle of the map is the origin of the grid, so that lines turn into lines.
    town = _town(101)
    corner = (-50, -50)
    level = np.zeros_like(town)
    lit = sunlit(town, level, Sun(azimuth_deg, 40), pixel_m=1.0, corner=corner)
    # A quarter clockwise.
    turned = sunlit(np.rot90(town, -1), level, Sun(azimuth_deg + 90, 40), pixel_m=1.0, corner=corner)
    assert 0.1 < lit.mean() < 0.9
    assert np.array_equal(turned, np.rot90(lit, -1))


@pytest.mark.parametrize("azimuth_deg", AZIMUTHS)
def test_raising_the_whole_town_changes_no_shade(azimuth_deg: float) -> None:
    # P4
    town = _town(90)
    level, sun = np.zeros_like(town), Sun(azimuth_deg, 41.3)
    low = sunlit(town, level, sun, pixel_m=1.0)
    high = sunlit(town + 1000, level + 1000, sun, pixel_m=1.0)
    assert np.array_equal(low, high)


@given(
    sun=st.builds(Sun, azimuth_deg=st.floats(0, 360), altitude_deg=st.floats(20, 80)),
    place=st.tuples(st.integers(0, 160), st.integers(0, 160)),
)
@settings(max_examples=60, deadline=None)
def test_a_window_with_its_margin_gives_the_very_pixels_of_the_whole(sun: Sun, place: tuple[int, int]) -> None:
    # P5: core of 30 x 30 pixels; no shadow is longer than the margin.
    town, (row, column) = _town(190).astype(np.float32), place
    margin = int(np.ceil(35 / np.tan(np.radians(sun.altitude_deg)))) + 2
    whole = sunlit(town, np.zeros_like(town), sun, pixel_m=1.0, corner=(1000, -2000))
    top, left = max(row - margin, 0), max(column - margin, 0)
    part = town[top : row + 30 + margin, left : column + 30 + margin]
    window = sunlit(part, np.zeros_like(part), sun, pixel_m=1.0, corner=(1000 + top, -2000 + left))
    core = window[row - top : row - top + 30, column - left : column - left + 30]
    assert np.array_equal(core, whole[row : row + 30, column : column + 30])


@given(azimuth_deg=st.floats(0, 360), altitude_deg=st.floats(5, 89))
@settings(max_examples=40, deadline=None)
def test_the_compiled_loop_gives_the_very_pixels_of_the_plain_one(azimuth_deg: float, altitude_deg: float) -> None:
    # P6
    town = _town(80).astype(np.float32)
    level, sun = np.zeros_like(town), Sun(azimuth_deg, altitude_deg)
    plain = sunlit(town, level, sun, pixel_m=0.7, corner=(13, 7))
    assert np.array_equal(plain, sunlit(town, level, sun, pixel_m=0.7, corner=(13, 7), compiled=True))


def test_roofs_are_lit_unless_something_higher_stands_before_them() -> None:
    # Receiver and caster are one surface: a low roof behind a high one.
    town = np.zeros((40, 40))
    town[30:33, 10:30], town[22:26, 10:30] = 20.0, 5.0
    lit = sunlit(town, town, Sun(180, 45), pixel_m=1.0)
    assert lit[30:33, 10:30].all()
    assert not lit[22:26, 12:28].any()


def test_the_ground_below_a_crown_is_in_its_shade() -> None:
    # P7: the trap of one surface, where the top of the crown is sunlit and the child below it seems to be.
    crowns = np.zeros((30, 30), dtype=np.float32)
    crowns[10:20, 10:20] = 8
    high_sun = Sun(180, 85)
    assert sunlit(crowns, crowns, high_sun, pixel_m=1.0)[10:20, 10:20].all()
    assert not sunlit(crowns, np.zeros_like(crowns), high_sun, pixel_m=1.0)[10:20, 10:20].any()


def test_roofs_block_the_sun_and_crowns_let_some_through() -> None:
    roofs, crowns = (np.zeros((20, 20), dtype=np.float32) for _ in range(2))
    roofs[8:12, 2:6], crowns[8:12, 12:16] = 5, 5
    share = beam_share(Surfaces(Patch(0, 0, 20, 20, 1.0), roofs, crowns), [Sun(180, 60)], transmissivity=0.1)[0]
    assert share[9, 3] == 0
    assert share[9, 13] == pytest.approx(0.1)
    assert share[18, 18] == 1
    assert np.unique(share) == pytest.approx([0, 0.1, 1])


def test_the_shade_of_roofs_and_crowns_is_the_shade_of_both_together() -> None:
    roofs, crowns = _town(70, seed=2), _town(70, seed=3)
    level, sun = np.zeros_like(roofs), Sun(200, 50)
    together = sunlit(np.maximum(roofs, crowns), level, sun, pixel_m=1.0)
    apart = sunlit(roofs, level, sun, pixel_m=1.0) & sunlit(crowns, level, sun, pixel_m=1.0)
    assert np.array_equal(together, apart)


def test_open_ground_sees_the_whole_sky_and_a_canyon_the_part_between_its_walls() -> None:
    # Middle of an endless street as wide as its walls are high: 1 / sqrt(1 + 4) of the light of the sky.
    empty = np.zeros((201, 201), dtype=np.float32)
    patch = Patch(0, 0, 201, 201, 1.0)
    assert sky_share(Surfaces(patch, empty, empty), transmissivity=0.1) == pytest.approx(np.ones((201, 201)))
    walls = empty.copy()
    walls[:, :90], walls[:, 111:] = 21, 21
    seen = sky_share(Surfaces(patch, walls, empty), transmissivity=0.1)[100, 100]
    assert seen == pytest.approx(1 / np.sqrt(5), abs=0.05)


def test_the_highest_of_overlapping_areas_counts_and_only_where_it_holds_the_middle_of_a_pixel() -> None:
    areas = np.array([shapely.box(0, 0, 4.4, 4), shapely.box(2, 0, 6.6, 4), shapely.Polygon()], dtype=object)
    burnt = burn(areas, np.array([9.0, 3.0, 50.0]), Patch(-4, 0, 4, 8, 1.0))
    assert burnt[0].tolist() == [9, 9, 9, 9, 3, 3, 3, 0]


def test_windows_lie_on_one_grid() -> None:
    area = shapely.box(700_010.3, 6_600_020.7, 700_030.1, 6_600_050.2)
    patch = patch_over(area, margin_m=5, pixel_m=0.5)
    west, south, east, north = patch.bounds
    assert (west, south, east, north) == (700_005.0, 6_600_015.5, 700_035.5, 6_600_055.5)
    assert (patch.rows, patch.columns) == (80, 61)


def test_what_is_out_of_reach_changes_no_pixel_of_the_yard() -> None:
    rng = np.random.default_rng(5)
    spots = rng.uniform(-150, 150, (160, 2))
    houses = [(shapely.box(x, y, x + 9, y + 7), h) for (x, y), h in zip(spots, rng.uniform(3, 40, 160), strict=True)]
    everything, yard, lowest_deg = _buildings(*houses), shapely.box(-20, -15, 20, 15), 35.0
    near = in_reach(everything, shapely.STRtree(everything.areas), yard, lowest_deg=lowest_deg)
    assert 0 < len(near) < 120
    around = everything.take(near)
    small = patch_over(yard, margin_m=margin_m(around, lowest_deg=lowest_deg, pixel_m=1.0), pixel_m=1.0)
    large = patch_over(yard, margin_m=300, pixel_m=1.0)
    suns = [Sun(azimuth, lowest_deg) for azimuth in AZIMUTHS]
    shares = [
        beam_share(laid, suns, transmissivity=0.1)[:, burn(np.array([yard], dtype=object), np.ones(1), laid.patch) > 0]
        for laid in (surfaces(around, small), surfaces(everything, large))
    ]
    assert np.array_equal(shares[0], shares[1])
    assert 0.2 < shares[0].mean() < 0.95


def test_heights_that_the_file_lacks_are_assumed_and_marked() -> None:
    houses = gpd.GeoDataFrame({"height_m": [np.nan, 9.0]}, geometry=[shapely.box(0, 0, 1, 1)] * 2, crs=CRS)
    trees = gpd.GeoDataFrame(
        {"height_m": [np.nan, 12.0], "crown_m": [4.0, 5.0]}, geometry=[shapely.Point(0, 0)] * 2, crs=CRS
    )
    choices = PlaygroundChoices()
    found = obstacles(houses, trees, choices)
    assert found.height_m.tolist() == [choices.building_height_m, 9.0, choices.tree_height_m, 12.0]
    assert found.radius_m.tolist() == [0, 0, 2.0, 2.5]
    assert found.assumed.tolist() == [True, False, True, False]
    assert found.areas[3].area == pytest.approx(np.pi * 2.5**2, rel=0.02)
    # P15: chance is drawn in the order of ids, whatever the order of rows.
    turned = obstacles(houses.iloc[::-1], trees.iloc[::-1], choices)
    assert turned.height_m.tolist() == found.height_m.tolist()


def test_shaken_heights_are_as_wrong_as_the_errors_say() -> None:
    choices = PlaygroundChoices()
    town = _buildings(*[(shapely.box(0, 0, 1, 1), 20.0)] * 4000)
    shaken = town.shaken(choices, np.random.default_rng(0))
    assert shaken.height_m.mean() == pytest.approx(20, abs=0.1)
    assert shaken.height_m.std() == pytest.approx(choices.building_error_m, rel=0.05)
    assert (town.height_m == 20).all()


def test_the_outline_of_a_mask_has_its_area_and_place() -> None:
    mask = np.zeros((6, 8), dtype=bool)
    mask[1:3, 2:5] = True
    drawn = outline(mask, Patch(-10, 100, 6, 8, 2.0))
    assert drawn.bounds == (204, 14, 210, 18)
    assert drawn.area == 24


# Real ground ---------------------------------------------------------------------------------------------------------

KAPPAS = {"0730": 0.75, "0830": 0.75, "0930": 0.75, "1030": 0.68}
TEMPE = (411_066.0, 3_697_365.0)


def _read(folder: Path, name: str) -> npt.NDArray[np.float32]:
    with rasterio.open(folder / name) as file:
        read: npt.NDArray[np.float32] = file.read(1)
    return read


def _kappa(ours: Bools, theirs: Bools) -> float:
    """Agreement beyond chance of two masks."""
    chance = ours.mean() * theirs.mean() + (1 - ours.mean()) * (1 - theirs.mean())
    return float(((ours == theirs).mean() - chance) / (1 - chance))


@pytest.fixture(scope="module")
def tempe(real_data: Path) -> tuple[Path, npt.NDArray[np.float32]]:
    """Give the folder, and the heights of Tempe above the ground [m], those under a person's height taken as ground."""
    folder = real_data / "heat_tempe"
    heights = _read(folder, "nDSM_clip_1m.tif")
    return folder, np.where(heights < 1.5, 0, heights).astype(np.float32)


def _sun_of_tempe(hour: str) -> Sun:
    moment = pd.DatetimeIndex([f"2011-07-12 {hour[:2]}:{hour[2:]}"]).tz_localize("America/Phoenix")
    sun = sun_positions(moment, "EPSG:26912", TEMPE)
    return suns_of(sun)[0]


@pytest.mark.real
@pytest.mark.parametrize("hour", KAPPAS)
def test_shade_agrees_with_published_masks_of_a_real_town(
    tempe: tuple[Path, npt.NDArray[np.float32]], hour: str
) -> None:
    # P8: open ground of Tempe, masks of another method (three-dimensional models) at half a metre.
    folder, heights = tempe
    lit = sunlit(heights, np.zeros_like(heights), _sun_of_tempe(hour), pixel_m=1.0)
    mask = _read(folder, f"t{hour}_shade_f5.tif")[::2, ::2]
    open_ground = (mask != 3) & (heights == 0)
    assert _kappa(~lit[open_ground], mask[open_ground] == 1) >= KAPPAS[hour]


@pytest.mark.real
def test_one_surface_would_find_hardly_any_shade_at_noon(tempe: tuple[Path, npt.NDArray[np.float32]]) -> None:
    # P7 on real heights: outside buildings, 12:30.
    folder, heights = tempe
    crowns = _read(folder, "nDSM_clip_onlytrees.tif").reshape(1010, 2, 805, 2).max(axis=(1, 3))
    outside = (heights == 0) | (crowns > 1.5)
    sun = _sun_of_tempe("1230")
    one = sunlit(heights, heights, sun, pixel_m=1.0)
    two = sunlit(heights, np.zeros_like(heights), sun, pixel_m=1.0)
    assert (~one[outside]).mean() < 0.01
    assert 0.12 < (~two[outside]).mean() < 0.22


@pytest.mark.real
def test_building_heights_of_a_real_town_give_believable_shade(real_data: Path) -> None:
    # P9: twelve courts of central Nantes, buildings only.
    file = gpd.read_file(real_data / "nantes" / "bdtopo3_nantes_batiments.gpkg")
    buildings = file[["geometry"]].assign(height_m=file["HAUTEUR"])
    no_trees = gpd.GeoDataFrame({"height_m": [], "crown_m": []}, geometry=[], crs=CRS)
    choices = PlaygroundChoices()
    everything = obstacles(buildings, no_trees, choices)
    assert everything.assumed.sum() == file["HAUTEUR"].isna().sum() > 0
    index = shapely.STRtree(everything.areas)
    slots = recess_sun(CRS, (355_200.0, 6_689_700.0), choices)
    means = []
    for x in np.linspace(354_200, 356_200, 4):
        for y in np.linspace(6_688_700, 6_690_100, 3):
            yard = shapely.box(x, y, x + 50, y + 40)
            around = everything.take(in_reach(everything, index, yard, lowest_deg=slots["altitude_deg"].min()))
            margin = margin_m(around, lowest_deg=slots["altitude_deg"].min(), pixel_m=1.0)
            laid = surfaces(around, patch_over(yard, margin_m=margin, pixel_m=1.0))
            inside = (burn(np.array([yard], dtype=object), np.ones(1), laid.patch) > 0) & (laid.roofs_m == 0)
            share = beam_share(laid, suns_of(slots), transmissivity=0.1)[:, inside].mean(axis=1)
            means.append(share)
    shares = pd.DataFrame(means, columns=slots.index).mean()
    # The lower the sun, the more shade; a dense centre has a third of its open ground in shade at ten.
    assert shares["10:15"] < shares["15:30"] < shares["13:15"]
    assert 0.4 < shares["10:15"] < 0.8
    assert 0.6 < shares["13:15"] < 0.95
