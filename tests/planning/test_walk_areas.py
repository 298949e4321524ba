"""Areas of the nearest schools, rings and single walks: by hand in the village, and against the table of walks."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.network import Snap
from geo.model.scenario import Scenario
from geo.planning.catchments import Catchments, catchments
from geo.planning.walk_areas import WalkAreas, walk_areas, walk_between
from geo.sources.cities import open_city
from geo.territory.network import build_network, snap
from geo.territory.walking.catchments import catchment_areas
from geo.territory.walking.portions import nearest_portions
from geo.territory.walking.questions import Streets, nearest, prepare
from geo.territory.walks import on_streets

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
    # W39
    assert len(homes) > 0.99 * len(found.homes)
    assert (~same).mean() <= 0.001


@pytest.mark.parametrize("level", list(Level))
def test_at_the_doors_of_every_address_the_drawn_school_and_walk_are_those_of_the_table(level: Level) -> None:
    # W39
    city = open_city(DATA, "villebrune")
    found = catchments(city, Scenario(name="x", city="villebrune", level=level, start_year=2027))
    streets, bring = prepare(city.network, compiled=False), {name: city.layer(name) for name in ("streets", "barriers")}
    schools = on_streets(city.network, city.layer("schools").loc[list(found.schools.index)], **bring)
    doors = on_streets(city.network, city.layer("addresses").loc[found.homes.index], **bring)
    school, walk_m = drawn_at(streets, schools, doors)
    told_m = found.homes["nearest_m"].to_numpy()
    assert np.allclose(walk_m, told_m, atol=1e-5)
    table = city.walk_m.loc[found.homes.index, list(found.schools.index)].to_numpy()
    assert np.allclose(table[np.arange(len(table)), school], told_m, atol=0.01)


def drawn_at(streets: Streets, schools: Snap, doors: Snap) -> tuple[np.ndarray, np.ndarray]:
    """Give the school and the walk [m] that the portions have at the best door of each point that has one."""
    portions, places = nearest_portions(streets, schools), streets.places(doors)
    begins = portions.edge * 1e7 + portions.from_m
    row = np.searchsorted(begins, places.edge * 1e7 + places.along_m, side="right") - 1
    walk_m = portions.walk_at(row, places.along_m) + places.access_m
    order = np.lexsort((walk_m, places.point))
    best = order[np.diff(places.point[order], prepend=-1) != 0]
    return portions.school[row[best]], walk_m[best]


@pytest.mark.real
def test_in_montpellier_schools_of_several_doors_are_drawn_from_all_of_them(real_data: Path) -> None:
    # W39: 60 schools, some of them with several doors.
    lines, addresses, quarters = (
        gpd.read_file(real_data / "montpellier" / f"montpellier_{layer}_2014.gpkg").to_crs("EPSG:2154")
        for layer in ("filaire_voies", "points_adresse", "quartiers")
    )
    streets, points = prepare(build_network(lines)), addresses[["geometry"]]
    layers = {"streets": lines, "barriers": gpd.GeoDataFrame({"kind": []}, geometry=[], crs=lines.crs)}
    chosen = np.random.default_rng(1).choice(len(points), 60, replace=False)
    schools = on_streets(streets.network, points.iloc[chosen], **layers)
    assert (np.diff(schools.bounds) > 1).any()
    doors = on_streets(streets.network, points, **layers)
    _, walk_m = drawn_at(streets, schools, doors)
    assert np.allclose(walk_m, nearest(streets, schools, doors).walk_m, atol=1e-5)
    areas = catchment_areas(streets, schools, quarters.union_all())
    drawn = areas[["geometry"]].set_crs(lines.crs).rename_axis("drawn").reset_index()
    homes = gpd.sjoin(points, drawn, predicate="within")
    xy = shapely.get_coordinates(homes.geometry.to_numpy())
    by_nearest_street = nearest(streets, schools, snap(streets.network, xy)).school
    by_every_door = nearest(streets, schools, doors).school[homes.index]
    assert (homes["drawn"] != by_nearest_street).mean() <= 0.001
    # Ground goes with the nearest street; an address whose shortest walk leaves by another door may be drawn elsewhere.
    assert (homes["drawn"] != by_every_door).mean() <= 0.005


def test_walks_of_the_city_are_those_of_its_table(drawn: tuple[City, Catchments, WalkAreas]) -> None:
    city, found, _ = drawn
    for address in found.homes.index[::1500]:
        school = str(found.homes.loc[address, "school_id"])
        walk = walk_between(city, found.scenario, str(address), school_id=school)
        assert walk is not None
        assert walk.walk_m == pytest.approx(found.homes.loc[address, "walk_m"], abs=0.01)
