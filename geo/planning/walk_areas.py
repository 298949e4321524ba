"""The ground by its nearest school and by the walk to it, and single walks, to be drawn on a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import shapely

from geo.errors import NetworkError
from geo.model.city import City
from geo.model.network import Snap
from geo.model.scenario import Scenario
from geo.planning.applying import city_under
from geo.planning.catchments import Catchments
from geo.territory.walking.catchments import catchment_areas
from geo.territory.walking.choosing import is_worth_compiling
from geo.territory.walking.isochrones import reach, rings
from geo.territory.walking.questions import Streets, prepare
from geo.territory.walking.routes import Route, route
from geo.territory.walks import on_streets


@dataclass(frozen=True, eq=False)
class WalkAreas:
    """Where each school is the nearest, and how far the nearest one is.

    Attributes
    ----------
    areas
        Index ``school_id``, schools without ground left out: the part of the commune from which that school is the
        nearest along the streets. They do not overlap; ground that no way leads from belongs to none.
    rings
        Index ``limit_m`` [m], increasing: the ground along streets whose walk to the nearest school is up to that limit
        and above the one before it, ``over_m`` [m].
    """

    areas: gpd.GeoDataFrame
    rings: gpd.GeoDataFrame


def walk_areas(city: City, found: Catchments) -> WalkAreas:
    """Give the areas of the nearest schools and the rings around the schools that are open under a scenario.

    Raises
    ------
    NetworkError
        If the commune has no streets.
    """
    return WalkAreas(nearest_areas(city, found), walk_rings(city, found))


def nearest_areas(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give `WalkAreas.areas`, quickly where they are known already.

    Raises
    ------
    NetworkError
        If the commune has no streets.
    """
    return _areas(city_under(city, found.scenario), _ids(found))


def walk_rings(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give `WalkAreas.rings`, quickly where they are known already."""
    return _rings(city_under(city, found.scenario), _ids(found), found.choices.limits_m)


def walk_between(city: City, scenario: Scenario, address_id: str, *, school_id: str) -> Route | None:
    """Give the shortest walk from an address to a school as a line, in the CRS of the city; None if there is no way.

    Parameters
    ----------
    city, scenario
        The city, and the scenario that may open the school.
    address_id, school_id
        From where, and where to.
    """
    changed = city_under(city, scenario)
    home = _doors(changed, changed.layer("addresses").loc[[address_id]])
    school = _doors(changed, changed.layer("schools").loc[[school_id]])
    try:
        return route(_streets(changed), school, home)
    except NetworkError:
        return None


def _ids(found: Catchments) -> tuple[str, ...]:
    return tuple(str(school) for school in found.schools.index)


@lru_cache(maxsize=8)
def _areas(city: City, schools: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Give `WalkAreas.areas`; kept, since other distances do not change them."""
    commune = shapely.union_all(city.layer("commune").geometry.to_numpy())
    areas = catchment_areas(_streets(city), _schools(city, schools), commune)
    there = areas[(areas.index >= 0) & ~areas.geometry.is_empty]
    named = there.assign(school_id=[schools[row] for row in there.index]).set_index("school_id")
    return named[["geometry"]].set_crs(city.crs)


@lru_cache(maxsize=8)
def _rings(city: City, schools: tuple[str, ...], limits_m: tuple[float, ...]) -> gpd.GeoDataFrame:
    """Give `WalkAreas.rings`."""
    drawn = rings(reach(_streets(city), _schools(city, schools), limits_m)).set_index("limit_m")
    return drawn[["over_m", "geometry"]].set_crs(city.crs)


@lru_cache(maxsize=4)
def _streets(city: City) -> Streets:
    nodes, schools = len(city.network.node_xy), len(city.tables["schools"])
    return prepare(city.network, compiled=is_worth_compiling(nodes, sources=schools), ranked=False)


def _schools(city: City, schools: tuple[str, ...]) -> Snap:
    """Give every door of each school, as the walks of the city have them."""
    return _doors(city, city.layer("schools").loc[list(schools)])


def _doors(city: City, points: gpd.GeoDataFrame) -> Snap:
    """Bring points to the streets as all walks of the city do."""
    return on_streets(city.network, points, streets=city.layer("streets"), barriers=city.layer("barriers"))
