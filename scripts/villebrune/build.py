"""Villebrune from the sketch to the tables, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point, Polygon, STRtree

from geo.model.levels import AGES, Level
from villebrune import areas, ground, people, region, rolls, schools, sketch
from villebrune.addresses import Address, Building, Ground, settle
from villebrune.blocks import Land, Way, quarters, small_streets, survey
from villebrune.graph import Piece, weave
from villebrune.hamlets import with_hamlets
from villebrune.naming import name_streets, street_codes
from villebrune.register import address_table, lon_lat, street_table, unit_table
from villebrune.relief import with_ground
from villebrune.schoolmap import Town, neighbours, street_rows, walks, weighted_walks
from villebrune.sites import Site, find_sites
from villebrune.streets import Street, lay_streets
from villebrune.today import Maps, draw_maps
from villebrune.yards import school_grounds


@dataclass(frozen=True)
class Fabric:
    """Streets, sites and lots, in coordinates of the sketch."""

    land: Land
    pieces: list[Piece]
    ways: list[Way]
    streets: list[Street]
    sites: list[Site]
    addresses: list[Address]
    buildings: list[Building]


@dataclass(frozen=True)
class Villebrune:
    """The city.

    Attributes
    ----------
    tables
        From the name of a contract to its rows.
    maps
        Today's school maps and the better one.
    town
        What the maps are drawn on.
    home, years
        The units as places to live, and the children of each year.
    """

    tables: dict[str, pd.DataFrame]
    maps: Maps
    town: Town
    home: people.Households
    years: dict[int, people.Array]


def lay_out(rng: np.random.Generator) -> Fabric:
    """Lay out streets, schools and lots."""
    land = survey(rng)
    ways = [*land.roads, *small_streets(land, rng)]
    pieces = weave(ways, rng)
    streets = name_streets(lay_streets(pieces, ways), rng)
    greens = [Polygon(green.points) for green in sketch.GREENS]
    sites = find_sites(streets, [land.water.buffer(12), land.tracks.buffer(12), *greens])
    taken = [land.water.buffer(8), land.tracks.buffer(8), *greens, *(site.parcel.buffer(2) for site in sites)]
    free = Ground(streets, taken, land.commune)
    lots, buildings = settle(streets, sites, free, pattern_at=_pattern_at(land), rng=rng)
    streets, lots = with_hamlets(streets, lots)
    return Fabric(land, pieces, ways, streets, sites, lots, buildings)


def _pattern_at(land: Land) -> Callable[[Point], str]:
    found = quarters(land)
    tree = STRtree([face for face, _ in found])

    def pattern(point: Point) -> str:
        near = tree.query(point, predicate="dwithin", distance=12)
        return found[min(near)][1].pattern if near.size else "country"

    return pattern


def make(rng: np.random.Generator, step: Callable[[str], None]) -> Villebrune:
    """Make the city; `step` is told what comes next."""
    step("Rues, écoles et adresses")
    fabric = lay_out(rng)
    codes = street_codes(fabric.streets)
    streets = street_table(fabric.streets, codes, fabric.pieces, ways=fabric.ways)
    streets = with_ground(streets, fabric.pieces, fabric.land, ways=fabric.ways)
    addresses = address_table(fabric.addresses, fabric.streets, codes)
    step("Unités et limites")
    iris = areas.iris_table(fabric.land)
    addresses = _located(addresses, iris)
    units = unit_table(addresses, fabric.land)
    step("Trajets et carte scolaire")
    gates = schools.gates(fabric.sites)
    town = Town(addresses, units, walks(addresses, streets, gates), fabric.sites, neighbours(units))
    maps = draw_maps(town)
    step("Habitants et effectifs")
    home, years = _inhabited(addresses, rng)
    tables = {
        "commune": areas.commune_table(fabric.land),
        "iris": iris,
        "qpv": areas.qpv_table(),
        "barriers": areas.barrier_table(fabric.land),
        "streets": streets,
        "addresses": addresses,
        "units": units,
        **_people_tables(addresses, home, years, rng=rng),
    }
    tables |= _school_tables(town, maps, home, years=years)
    step("Bâtiments, arbres et cours")
    tables |= _ground_tables(fabric, addresses, rng)
    # Draws of its own: the region may change and the city stay as it is.
    tables["reference"] = region.reference_table(tables["census"], rng.spawn(1)[0])
    return Villebrune(tables, maps, town, home, years)


def _located(addresses: gpd.GeoDataFrame, iris: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the statistical area, longitude and latitude."""
    tree = STRtree(iris.geometry.to_numpy())
    point, area = tree.query(addresses.geometry.to_numpy(), predicate="intersects")
    first = pd.Series(area).groupby(point).min().reindex(range(len(addresses)))
    places = lon_lat(shapely.get_coordinates(addresses.geometry.to_numpy()))
    return addresses.assign(iris=iris.index.to_numpy()[first], lon=places[:, 0], lat=places[:, 1])


def _inhabited(addresses: pd.DataFrame, rng: np.random.Generator) -> tuple[people.Households, dict[int, people.Array]]:
    home = people.households(
        addresses, main_iris(addresses).map({area.code: area.side == "growing" for area in areas.AREAS})
    )
    return home, people.live(home, rng)


def main_iris(addresses: pd.DataFrame) -> pd.Series:
    """The statistical area that most addresses of each unit lie in, index ``unit_id``."""
    return addresses.groupby("unit_id")["iris"].agg(lambda codes: codes.mode().iloc[0])


def _people_tables(
    addresses: gpd.GeoDataFrame, home: people.Households, years: dict[int, people.Array], *, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    return {
        "children": people.children_table(years[people.THIS_YEAR], home, rng),
        "births": people.births_table(years, home, main_iris(addresses), vintage=areas.VINTAGE),
        "census": schools.census_table(addresses),
        "housing": schools.housing_table(addresses),
    }


def _school_tables(
    town: Town, maps: Maps, home: people.Households, *, years: dict[int, people.Array]
) -> dict[str, pd.DataFrame]:
    by_unit = weighted_walks(town, "unit_id")
    second = {level: rolls.second_schools(by_unit[town.schools(level)], owners) for level, owners in maps.today.items()}
    private = tuple(site.brief.school_id for site in town.sites if site.brief.sector == "private")
    counted = rolls.roll_table(years, home, maps.today, second=second, private=(private[0], private[1]))
    now, level = years[people.THIS_YEAR], Level.ELEMENTARY
    ahead = rolls.expected_pupils(now, home, maps.today[level], level=level, until=schools.OVERFLOW_YEAR)
    return {
        "schools": schools.school_table(town.sites, town.addresses),
        "rooms": schools.room_table(town.sites, _expected(maps, home, now, counted=counted), ahead),
        "rolls": counted,
        "street_list": maps_as_rows(town, maps),
        "sectors": maps_as_areas(town, maps),
    }


def _expected(
    maps: Maps, home: people.Households, now: people.Array, *, counted: pd.DataFrame
) -> dict[Level, pd.Series]:
    """Pupils of each school this year: half-way between its roll and what the children of its sector lead to expect."""
    expected = {}
    for level in Level:
        roll = rolls.of_level(counted, level)
        ages = list(AGES[level])
        everyone = np.zeros_like(now)
        everyone[:, :, people.HOME] = now.sum(axis=2) + 1e-9
        children = rolls.public_pupils(everyone, home, maps.today[level], year=people.THIS_YEAR)[ages].sum(axis=1)
        share = roll.reindex(children.index).sum() / children.sum()
        expected[level] = roll.add(children * share, fill_value=0) / (1 + roll.index.isin(children.index))
    return expected


def maps_as_rows(town: Town, maps: Maps) -> pd.DataFrame:
    """Today's maps as rows of the street list."""
    return pd.concat([street_rows(level, town, owners) for level, owners in maps.today.items()], ignore_index=True)


def maps_as_areas(town: Town, maps: Maps) -> gpd.GeoDataFrame:
    """Today's maps as areas, a shared sector once for each of its schools."""
    names = {site.brief.school_id: site.brief.name for site in town.sites}
    parts = []
    for level, owners in maps.today.items():
        code = town.units.index.map(lambda unit, owners=owners: "+".join(owners[unit]))
        drawn = town.units[["geometry"]].dissolve(by=code, method="coverage").rename_axis("sector_id").reset_index()
        drawn = drawn.assign(level=level, school_id=drawn["sector_id"].str.split("+")).explode("school_id")
        parts.append(drawn.assign(name=drawn["school_id"].map(names)))
    sectors = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=sketch.CRS)
    return sectors.assign(sector_id=sectors["sector_id"].str.replace("+", "-"))


def _ground_tables(fabric: Fabric, addresses: gpd.GeoDataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    houses, yards, yard_trees = school_grounds(fabric.sites, rng)
    buildings = [*fabric.buildings, *houses]
    return {
        "buildings": ground.building_table(buildings),
        "trees": ground.tree_table(ground.all_trees(fabric.streets, buildings, yard_trees, rng=rng)),
        "yards": ground.yard_table(yards),
        "places": ground.place_table(addresses),
    }
