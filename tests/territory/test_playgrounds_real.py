"""A yard laid amid the buildings of a real town: what its shade is made of, whole chain, heights as published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.model.city import City
from geo.model.playgrounds import PlaygroundChoices
from geo.territory.playgrounds import playgrounds, yard_comfort, yard_shade

pytestmark = pytest.mark.real
SIDE_M = 45.0
CHOICES = PlaygroundChoices()
SLOTS = ("10h15", "12h30", "13h15", "15h30")


def _yard_in(buildings: gpd.GeoDataFrame) -> shapely.Polygon:
    """Give the square without a building on it that has most building volume within 40 m."""
    west, south, east, north = buildings.total_bounds
    corners = [(x, y) for x in np.arange(west + 300, east - 300, 60) for y in np.arange(south + 300, north - 300, 60)]
    squares = np.array([shapely.box(x, y, x + SIDE_M, y + SIDE_M) for x, y in corners])
    free = np.ones(len(squares), dtype=bool)
    free[buildings.sindex.query(squares, predicate="intersects")[0]] = False
    rows, near = buildings.sindex.query(shapely.buffer(squares, 40.0), predicate="intersects")
    volume = buildings.area.to_numpy() * buildings["height_m"].fillna(0.0).to_numpy()
    around = np.bincount(rows, weights=volume[near], minlength=len(squares))
    return squares[int(np.argmax(np.where(free, around, -1.0)))]


@pytest.fixture(scope="module")
def buildings(real_data: Path) -> gpd.GeoDataFrame:
    """Give the buildings of central Nantes with the heights of the file."""
    raw = gpd.read_file(real_data / "nantes" / "bdtopo3_nantes_batiments.gpkg")
    frame = raw[["geometry"]].assign(height_m=raw["HAUTEUR"], use="")
    return frame.set_index(pd.Index([f"n{row}" for row in range(len(frame))], name="building_id"))


def _city(toy: City, buildings: gpd.GeoDataFrame, yard: shapely.Polygon) -> City:
    """Give the village with one school, whose yard stands amid the buildings."""
    schools = toy.layer("schools").iloc[:1]
    yards = gpd.GeoDataFrame(
        {"school_id": schools.index, "surface": "asphalt", "outline": "surveyed"},
        geometry=[yard],
        index=pd.Index(["y1"], name="yard_id"),
        crs=buildings.crs,
    )
    placed = schools.set_geometry([yard.centroid], crs=buildings.crs)
    return replace(toy, tables={**toy.tables, "schools": placed, "buildings": buildings, "yards": yards})


def _sun(toy: City, buildings: gpd.GeoDataFrame, yard: shapely.Polygon) -> pd.Series:
    """Share of the yard in the sun on the mean and at each recess [0-1]."""
    city = _city(toy, buildings, yard)
    row = yard_shade(city, playgrounds(city, CHOICES), pupils=pd.Series({"w": 200.0})).loc["w"]
    return row[["unshaded_share", *(f"unshaded_share_{slot}" for slot in SLOTS)]].astype("float64")


@pytest.fixture(scope="module")
def court(buildings: gpd.GeoDataFrame) -> shapely.Polygon:
    """Give the yard, looked for once."""
    return _yard_in(buildings)


def test_the_higher_the_buildings_of_a_real_town_the_less_sun_at_each_recess(
    toy: City, buildings: gpd.GeoDataFrame, court: shapely.Polygon
) -> None:
    # P9: a court of 45 m beside the highest tower of the town.
    heights = buildings["height_m"]
    low, real, high = (_sun(toy, buildings.assign(height_m=heights * factor), court) for factor in (0.5, 1.0, 1.5))
    assert (low >= real).all()
    assert (real >= high).all()
    assert (real[["unshaded_share", "unshaded_share_10h15"]] < low[["unshaded_share", "unshaded_share_10h15"]]).all()
    # The figures of docs/playgrounds.md.
    assert real.to_list() == pytest.approx([0.86, 0.25, 0.90, 0.99, 1.00], abs=0.01)
    assert [float(one["unshaded_share"]) for one in (low, high)] == pytest.approx([0.89, 0.82], abs=0.01)


def test_heights_that_are_not_known_hide_the_shade_of_a_tower(
    toy: City, buildings: gpd.GeoDataFrame, court: shapely.Polygon
) -> None:
    # P17: why a city without heights is flagged.
    assumed = _sun(toy, buildings.assign(height_m=np.nan), court)
    assert assumed.to_list() == pytest.approx([0.99, 0.96, 1.00, 1.00, 1.00], abs=0.01)


def test_a_court_of_a_real_town_is_less_hot_while_a_tower_shades_it(
    toy: City, buildings: gpd.GeoDataFrame, court: shapely.Polygon
) -> None:
    # P11, P18: radiant temperature and what is felt.
    city = _city(toy, buildings, court)
    felt = yard_comfort(playgrounds(city, CHOICES), pupils=pd.Series({"w": 200.0})).loc["w"]
    assert felt["radiant_c"].round(-1).to_list() == [40, 60, 60, 60]
    assert felt["stress"].to_list() == ["strong", "very-strong", "very-strong", "very-strong"]
