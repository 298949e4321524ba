"""Units and sectors as areas: they part the commune without gap or overlap."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.levels import Level
from geo.model.plan import Plan
from geo.territory.sectors import assign_by_polygon, draw_sectors
from geo.territory.units import draw_units, street_sides

CRS = "EPSG:2154"
COMMUNE = shapely.Polygon([(0, 0), (900, 100), (1000, 800), (400, 500), (100, 900)])


def _addresses(xy: np.ndarray, units: list[str]) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(xy[:, 0], xy[:, 1])
    frame = gpd.GeoDataFrame({"unit_id": units}, geometry=points, crs=CRS)
    return frame.set_index(frame.index.astype(str).rename("address_id"))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_units_part_the_commune(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (400, 2)).round(1)
    xy = xy[shapely.contains_xy(COMMUNE, xy[:, 0], xy[:, 1])]
    units = draw_units(_addresses(xy, [f"u{k % 40}" for k in range(len(xy))]), COMMUNE)
    assert units.is_valid.all()
    assert units.area.sum() == pytest.approx(COMMUNE.area, rel=1e-9)
    assert units.geometry.union_all().symmetric_difference(COMMUNE).area < 1e-3


def test_each_address_lies_in_its_own_unit() -> None:
    xy = np.array([[200.0, 200.0], [210.0, 200.0], [500.0, 300.0]])
    addresses = _addresses(xy, ["a", "b", "b"])
    units = draw_units(addresses, COMMUNE)
    assert (
        units.loc[addresses["unit_id"]]
        .geometry.reset_index(drop=True)
        .contains(addresses.geometry.reset_index(drop=True))
        .all()
    )


def test_units_that_share_one_point_have_an_area_each() -> None:
    xy = np.array([[200.0, 200.0]] * 3 + [[500.0, 300.0]])
    units = draw_units(_addresses(xy, ["a", "b", "c", "d"]), COMMUNE)
    assert list(units.index) == ["a", "b", "c", "d"]
    assert (units.area > 0).all()


def test_a_sector_is_the_area_of_its_units_and_tells_its_parts() -> None:
    xy = np.array([[x, 120.0] for x in (100.0, 300.0, 500.0, 700.0)])
    units = draw_units(_addresses(xy, list("abcd")), COMMUNE)
    plan = Plan(Level.NURSERY, {"a": ("x",), "b": ("y",), "c": ("x",), "d": ("x", "y")})
    sectors = draw_sectors(units, plan)
    assert sectors["schools"].to_dict() == {"x": ("x",), "x+y": ("x", "y"), "y": ("y",)}
    assert sectors.area.sum() == pytest.approx(COMMUNE.area)
    assert len(sectors.geometry["x"].geoms) == 2


def test_an_address_outside_every_sector_has_no_school() -> None:
    square = [shapely.box(0, 0, 10, 10)] * 2 + [shapely.box(20, 0, 30, 10)]
    sectors = gpd.GeoDataFrame(
        {"level": "nursery", "sector_id": ["1", "1", "2"], "school_id": ["a", "b", "c"]}, geometry=square, crs=CRS
    ).set_index(["level", "sector_id", "school_id"])
    addresses = _addresses(np.array([[5.0, 5.0], [15.0, 5.0], [25.0, 5.0]]), ["u"] * 3)
    assert assign_by_polygon(addresses, sectors, Level.NURSERY).tolist() == [("a", "b"), (), ("c",)]
    assert assign_by_polygon(addresses, sectors, Level.COLLEGE).tolist() == [(), (), ()]


def test_an_address_lies_on_its_own_street_even_if_another_is_nearer() -> None:
    streets = gpd.GeoDataFrame(
        {"segment_id": ["s1", "s2", "s3"], "street_id": ["R", "R", "S"]},
        geometry=[
            shapely.LineString([(0, 0), (100, 0)]),
            shapely.LineString([(100, 0), (200, 0)]),
            shapely.LineString([(0, 10), (200, 10)]),
        ],
        crs=CRS,
    ).set_index("segment_id")
    xy = np.array([[150.0, 8.0], [20.0, 5.0], [20.0, 9.0]])
    addresses = _addresses(xy, ["u"] * 3).assign(street_id=["R", "R", "unknown"], number=[7, 2, 0])
    sides = street_sides(addresses, streets)
    assert sides["segment_id"].tolist() == ["s2", "s1", "s3"]
    assert sides["side"].tolist() == ["odd", "even", "even"]
    assert sides["own_street"].tolist() == [True, True, False]
