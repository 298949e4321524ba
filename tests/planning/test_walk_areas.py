"""Areas of the nearest schools, rings and single walks: by hand in the village, and against the table of walks."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.catchments import Catchments, catchments
from geo.planning.walk_areas import WalkAreas, walk_areas, walk_between
from geo.sources.cities import open_city

DATA = Path(__file__).parents[2] / "data"


def looked(city: City, **changes: object) -> Catchments:
    told = {"name": "x", "city": city.code, "level": Level.ELEMENTARY, "start_year": 2027, **changes}
    return catchments(city, Scenario.model_validate(told), DistanceChoices(limits_m=(100.0, 150.0)))


def test_the_village_is_parted_in_the_middle(toy: City) -> None:
    ground = walk_areas(toy, looked(toy))
    assert sorted(ground.areas.index) == ["e", "w"]
    assert ground.areas.area.to_dict() == pytest.approx({"w": 20_000.0, "e": 20_000.0}, rel=0.02)
    assert ground.areas.loc["w"].geometry.contains(shapely.Point(700_100, 6_600_010))
    assert ground.areas.crs == ground.rings.crs == toy.crs


def test_rings_of_the_village_are_the_streets_up_to_each_limit(toy: City) -> None:
    rings = walk_areas(toy, looked(toy)).rings
    assert rings.index.tolist() == [100.0, 150.0]
    assert rings["over_m"].tolist() == [0.0, 100.0]
    near, next_one = rings.geometry
    assert near.contains(shapely.Point(700_095, 6_600_000))
    assert not near.intersects(shapely.Point(700_140, 6_600_000))
    assert next_one.intersects(shapely.Point(700_140, 6_600_000))
    assert near.intersection(next_one).area == pytest.approx(0, abs=1e-6)


def test_a_school_that_closes_leaves_all_its_ground_to_the_other(toy: City) -> None:
    ground = walk_areas(toy, looked(toy, closures=("w",)))
    assert ground.areas.index.tolist() == ["e"]
    assert ground.areas.area.sum() == pytest.approx(40_000.0, rel=1e-6)


def test_the_line_of_a_walk_is_as_long_as_the_table_says(toy: City) -> None:
    walk = walk_between(toy, looked(toy).scenario, "aB", school_id="e")
    assert walk is not None
    assert walk.walk_m == pytest.approx(255.0)
    assert walk.line.length == pytest.approx(250.0)  # without the way from the door to the street


@pytest.fixture(scope="module")
def drawn() -> tuple[City, Catchments, WalkAreas]:
    city = open_city(DATA, "villebrune")
    found = catchments(city, Scenario(name="x", city="villebrune", level=Level.ELEMENTARY, start_year=2027))
    return city, found, walk_areas(city, found)


def test_addresses_lie_in_the_area_of_their_nearest_school(drawn: tuple[City, Catchments, WalkAreas]) -> None:
    city, found, ground = drawn
    homes = gpd.sjoin(city.layer("addresses")[["geometry"]], ground.areas.reset_index(), predicate="within")
    same = homes["school_id"] == found.homes["nearest_id"].reindex(homes.index)
    # The line between two areas is drawn to some metres, and an address there may lie on the wrong side of it.
    assert len(homes) > 0.99 * len(found.homes)
    assert same.mean() > 0.98


def test_walks_of_the_city_are_those_of_its_table(drawn: tuple[City, Catchments, WalkAreas]) -> None:
    city, found, _ = drawn
    for address in found.homes.index[::1500]:
        school = str(found.homes.loc[address, "school_id"])
        walk = walk_between(city, found.scenario, str(address), school_id=school)
        assert walk is not None
        assert walk.walk_m == pytest.approx(found.homes.loc[address, "walk_m"], abs=0.01)
