"""Sectors drawn from addresses: each house in its own, sides of streets kept apart, no gap and no overlap."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.territory.street_sectors import draw_by_address, in_own_sector

CRS = "EPSG:2154"
COMMUNE = shapely.box(0, -60, 200, 60)
STREET = gpd.GeoDataFrame({"street_id": ["s"]}, geometry=[shapely.LineString([(0, 0), (200, 0)])], crs=CRS).rename_axis(
    "segment_id"
)


def _homes(places: list[tuple[int, float, float, str]]) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Give houses of one street: number, place, and the school."""
    table = pd.DataFrame(places, columns=["number", "x", "y", "school"])
    index = pd.Index([f"a{row}" for row in table.index], name="address_id")
    homes = gpd.GeoDataFrame(
        {"street_id": "s", "number": table["number"].to_numpy()},
        geometry=gpd.points_from_xy(table["x"], table["y"]),
        crs=CRS,
        index=index,
    )
    schools = [tuple(school.split("+")) if school else () for school in table["school"]]
    return homes, pd.Series(schools, index=index, dtype=object)


def _area(sectors: gpd.GeoDataFrame, sector: str) -> float:
    return float(sectors.geometry[sector].area)


def test_the_middle_of_the_street_parts_its_sides_where_no_house_stands() -> None:
    homes, schools = _homes([(1, 5, 10, "A"), (11, 195, 10, "A"), (2, 5, -10, "B"), (12, 195, -10, "B")])
    drawn = draw_by_address(homes, schools, streets=STREET, commune=COMMUNE)
    assert shapely.covers(drawn.geometry["A"], shapely.box(1, 0.1, 199, 59))
    assert _area(drawn, "A") == pytest.approx(200 * 60, rel=1e-3)
    assert _area(drawn, "B") == pytest.approx(200 * 60, rel=1e-3)


def test_a_house_does_not_reach_over_the_street_where_houses_opposite_stand_far_apart() -> None:
    homes, schools = _homes([(1, 5, 10, "A"), (11, 195, 10, "A"), (6, 100, -10, "B")])
    drawn = draw_by_address(homes, schools, streets=STREET, commune=COMMUNE)
    assert not shapely.intersects_xy(drawn.geometry["B"], 100, 2)
    assert shapely.intersects_xy(drawn.geometry["A"], 100, 2)


def test_between_two_houses_of_different_sectors_each_has_half_of_the_side() -> None:
    homes, schools = _homes([(1, 40, 10, "A"), (3, 160, 10, "B")])
    drawn = draw_by_address(homes, schools, streets=STREET, commune=COMMUNE)
    assert shapely.covers(drawn.geometry["A"], shapely.box(0, -60, 99.9, 60))
    assert shapely.covers(drawn.geometry["B"], shapely.box(100.1, -60, 200, 60))


def test_shared_sectors_stand_by_themselves_and_houses_without_school_count_nowhere() -> None:
    homes, schools = _homes([(1, 40, 10, "A"), (3, 100, 10, "A+B"), (5, 160, 10, ""), (7, 190, 10, "B")])
    drawn = draw_by_address(homes, schools, streets=None, commune=COMMUNE)
    assert drawn["schools"].to_dict() == {"A": ("A",), "A+B": ("A", "B"), "B": ("B",)}
    assert drawn["addresses"].to_dict() == {"A": 1, "A+B": 1, "B": 1}


@pytest.mark.parametrize("streets", [STREET, None])
@pytest.mark.parametrize("seed", range(5))
def test_each_house_lies_in_its_sector_and_the_sectors_make_up_the_commune(
    streets: gpd.GeoDataFrame | None, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    places = [
        (number, float(rng.uniform(1, 199)), float(rng.uniform(1, 30)) * (1 if number % 2 else -1), "ABC"[number % 3])
        for number in range(1, 80)
    ]
    homes, schools = _homes(places)
    drawn = draw_by_address(homes, schools, streets=streets, commune=COMMUNE)
    assert in_own_sector(homes, schools, drawn).all()
    assert drawn.geometry.is_valid.all()
    assert drawn.area.sum() == pytest.approx(COMMUNE.area, rel=1e-9)
    assert drawn.geometry.union_all().area == pytest.approx(COMMUNE.area, rel=1e-9)


def test_without_a_commune_what_lies_near_the_houses_is_parted() -> None:
    homes, schools = _homes([(1, 40, 10, "A"), (3, 160, 10, "B")])
    drawn = draw_by_address(homes, schools, streets=None, commune=None)
    whole = drawn.geometry.union_all()
    assert whole.geom_type == "Polygon"
    assert shapely.covers(whole, shapely.buffer(homes.geometry.iloc[0], 140))
    assert not shapely.intersects_xy(whole, 40, 200)
