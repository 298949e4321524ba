"""The layers of the maps of walks to school: units by class, sectors, schools."""

from __future__ import annotations

from typing import Final, Literal

import geopandas as gpd
import pandas as pd
import shapely

from geo.council.catchments import school_rows
from geo.council.colours import Band
from geo.council.distances import class_of, detour_classes, walk_classes
from geo.council.weblayers import light_shapes
from geo.model.city import City
from geo.planning.applying import schools_under
from geo.planning.catchments import NOWHERE, Catchments
from geo.territory.sectors import draw_sectors

UnitView = Literal["detour", "walk"]
_JOINED: Final = " / "
# Limits of areas that follow the limit of the commune keep off it by less than this.
_EDGE_M: Final = 3.0
_SIMPLER_M: Final = 1.5


def view_classes(view: UnitView, found: Catchments) -> tuple[Band, ...]:
    """Give the classes of what units are painted by, the nearest first."""
    return detour_classes() if view == "detour" else walk_classes(found.choices.limits_m)


def unit_layer(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give the units as areas with the walks of their homes; how many children live there is left out.

    Returns
    -------
    units
        Index ``unit_id``: ``label``; ``sector`` (names of the schools of the map), ``nearest`` (name of the school that
        is nearest to most of its homes); ``walk_m``, ``nearest_m``, ``longer_m`` [m], means of the homes;
        ``nearer_share`` of the homes that have a nearer school [share]; ``walk``, ``detour`` (codes of the classes).
    """
    names = schools_under(city, found.scenario)["name"]
    layer = city.layer("units")[["label", "geometry"]]
    figures = found.units[["walk_m", "nearest_m", "longer_m", "nearer_share"]].reindex(layer.index)
    schools_of = found.plan.schools_of
    walks, detours = view_classes("walk", found), view_classes("detour", found)
    # Half a metre on average is not a detour to speak of: nearly all homes of the unit have none.
    longer = figures["longer_m"].where((figures["nearer_share"] > 0) | figures["longer_m"].isna(), 0.0)
    return layer.join(figures).assign(
        sector=[_JOINED.join(str(names[one]) for one in schools_of.get(unit, ())) for unit in layer.index],
        nearest=_nearest(found, names).reindex(layer.index, fill_value=""),
        walk=[class_of(value, walks).code for value in figures["walk_m"]],
        detour=[class_of(value, detours).code for value in longer],
    )


def sector_layer(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give the sectors of the map as areas, index ``sector_id``, columns ``schools`` (tuple of ids) and ``name``."""
    sectors = draw_sectors(city.layer("units"), found.plan)
    names = schools_under(city, found.scenario)["name"]
    return sectors.assign(name=[_JOINED.join(str(names[one]) for one in schools) for schools in sectors["schools"]])


def school_layer(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give the open schools as points with the figures of `geo.council.catchments.school_rows`."""
    rows = school_rows(city, found)
    places = schools_under(city, found.scenario).geometry.reindex(rows.index)
    return gpd.GeoDataFrame(rows, geometry=places, crs=city.crs)


def light_units(city: City, found: Catchments) -> gpd.GeoDataFrame:
    """Give the units of `unit_layer` with simpler outlines that still meet."""
    return light_shapes(unit_layer(city, found))


def light_rings(rings: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give rings with simpler outlines, index ``limit_m``; empty ones are left out."""
    lighter = rings.geometry.simplify(_SIMPLER_M)
    return lighter[~lighter.is_empty]


def painted_areas(units: gpd.GeoDataFrame, view: UnitView) -> gpd.GeoSeries:
    """Give one area for each class of units that is there, index its code."""
    return units[[view, "geometry"]].dissolve(by=view, method="unary").geometry


def nearest_limits(city: City, areas: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give the lines between places that are nearest to one school and to another; the limit of the commune is none."""
    edge = shapely.boundary(shapely.union_all(city.layer("commune").geometry.to_numpy()))
    lines = shapely.union_all(shapely.boundary(areas.geometry.to_numpy()))
    inside = shapely.line_merge(shapely.difference(lines, shapely.buffer(edge, _EDGE_M)))
    return gpd.GeoSeries(shapely.get_parts(inside), crs=areas.crs)


def _nearest(found: Catchments, names: pd.Series) -> pd.Series:
    """Give the name of the school that is nearest to most homes of each unit, the first of equals."""
    counts = found.homes.groupby(["unit_id", "nearest_id"]).size().reset_index(name="homes")
    first = counts.sort_values(["homes", "nearest_id"], ascending=[False, True]).drop_duplicates("unit_id")
    told = {NOWHERE: "", **names.to_dict()}
    return pd.Series([str(told[school]) for school in first["nearest_id"]], index=first["unit_id"], dtype="str")
