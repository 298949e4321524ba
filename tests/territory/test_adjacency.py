"""Laws of docs/revision.md: N1 common border, N2 corner, N3 gap of drawing, N4 barrier, N5 bridge."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.territory.adjacency import CORNER_M, touching
from geo.territory.units import draw_units

CRS = "EPSG:2154"


def _units(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame({"unit_id": list(shapes)}, geometry=list(shapes.values()), crs=CRS)
    return frame.set_index("unit_id")


def _pairs(neighbours: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(neighbours["unit_a"], neighbours["unit_b"], strict=True))


# Four squares of 100 m around one point: a below b, c below d, a and b in the west.
SQUARES = {"a": (0, 0), "b": (0, 100), "c": (100, 0), "d": (100, 100)}
FOUR = _units(**{name: shapely.box(x, y, x + 100, y + 100) for name, (x, y) in SQUARES.items()})
RIVER = gpd.GeoDataFrame(geometry=[shapely.box(-10, 90, 210, 110)], crs=CRS)


def test_units_with_a_common_border_are_neighbours_and_its_length_is_told() -> None:
    # N1
    neighbours = touching(FOUR)
    assert _pairs(neighbours) == [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]
    assert neighbours["border_m"].tolist() == pytest.approx([100.0] * 4, abs=0.2)


def test_units_that_meet_at_a_corner_are_no_neighbours() -> None:
    # N2
    assert {("a", "d"), ("b", "c")}.isdisjoint(_pairs(touching(FOUR)))


@pytest.mark.parametrize(("gap_m", "meet"), [(0.02, True), (-0.02, True), (1.0, False)])
def test_a_gap_or_an_overlap_of_some_centimetres_is_a_slip_of_drawing(gap_m: float, meet: bool) -> None:  # noqa: FBT001
    # N3
    two = _units(a=shapely.box(0, 0, 100, 100), b=shapely.box(100 + gap_m, 0, 200, 100))
    assert bool(len(touching(two))) is meet


def test_a_river_without_a_bridge_parts_units() -> None:
    # N4
    assert _pairs(touching(FOUR, barriers=RIVER)) == [("a", "c"), ("b", "d")]


def test_a_river_that_covers_a_part_of_the_border_does_not_part_units() -> None:
    # N4
    half = gpd.GeoDataFrame(geometry=[shapely.box(-10, 90, 60, 110)], crs=CRS)
    assert ("a", "b") in _pairs(touching(FOUR, barriers=half))


@pytest.mark.parametrize(("walkable", "meet"), [(True, True), (False, False)])
def test_a_bridge_that_can_be_walked_joins_the_units_at_its_ends(walkable: bool, meet: bool) -> None:  # noqa: FBT001
    # N5
    bridge = gpd.GeoDataFrame({"walkable": [walkable]}, geometry=[shapely.LineString([(50, 80), (50, 120)])], crs=CRS)
    pairs = _pairs(touching(FOUR, barriers=RIVER, streets=bridge))
    assert (("a", "b") in pairs) is meet
    assert ("c", "d") not in pairs


def test_a_city_without_units_that_touch_has_no_neighbours() -> None:
    lone = touching(_units(a=shapely.box(0, 0, 1, 1)), barriers=RIVER)
    assert list(lone.columns) == ["unit_a", "unit_b", "border_m"]
    assert lone.empty


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_neighbours_are_those_that_share_a_border_whatever_the_order_of_rows(seed: int) -> None:
    # N1, against the plain definition pair by pair
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (60, 2)).round(2)
    homes = gpd.GeoDataFrame(
        {"unit_id": [f"u{k % 20:02}" for k in range(60)]}, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=CRS
    )
    units = draw_units(homes, shapely.box(0, 0, 1000, 1000))
    shapes = units.geometry
    expected = {
        (a, b)
        for a in units.index
        for b in units.index
        if a < b and shapely.length(shapely.intersection(shapes[a], shapes[b])) > CORNER_M + 0.3
    }
    found = touching(units)
    assert expected <= set(_pairs(found))
    assert all(shapely.length(shapely.intersection(shapes[a], shapes[b])) > CORNER_M - 0.3 for a, b in _pairs(found))
    pd.testing.assert_frame_equal(touching(units.iloc[::-1]), found)
