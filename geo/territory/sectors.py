"""Sectors as areas: drawn from a plan, or read as a plan."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.model.levels import Level
from geo.model.plan import Plan


def assign_by_polygon(addresses: gpd.GeoDataFrame, sectors: gpd.GeoDataFrame, level: Level) -> pd.Series:
    """Give the schools of each address by the drawn sector that it lies in.

    Parameters
    ----------
    addresses
        Points, index ``address_id``.
    sectors
        Polygons of the contract `geo.model.tables.SECTORS`, same CRS, all levels.
    level
        The level whose sectors count.

    Returns
    -------
    schools
        Index ``address_id``, values tuples of ``school_id``, empty outside all sectors. On a common boundary the
        sector that comes first in the order of its code counts.
    """
    drawn = sectors.reset_index()
    drawn = drawn.loc[drawn["level"] == level, ["sector_id", "school_id", "geometry"]]
    schools_of = drawn.groupby("sector_id")["school_id"].agg(tuple)
    shapes = drawn.drop_duplicates("sector_id")[["sector_id", "geometry"]]
    hits = gpd.sjoin(addresses[["geometry"]], shapes, predicate="intersects").sort_values("sector_id")
    sector_of = hits.loc[~hits.index.duplicated(), "sector_id"].reindex(addresses.index)
    schools = [schools_of.get(sector, ()) for sector in sector_of]
    return pd.Series(schools, index=addresses.index, name="schools", dtype=object)


def draw_sectors(units: gpd.GeoDataFrame, plan: Plan) -> gpd.GeoDataFrame:
    """Give the area of each sector: the units that have the same schools.

    Parameters
    ----------
    units
        Polygons, index ``unit_id``.
    plan
        The school map.

    Returns
    -------
    sectors
        Index ``sector_id`` (the ids of its schools joined by ``+``), column ``schools`` (tuple of ``school_id``) and
        the area, which has several parts where the sector is not in one piece.
    """
    owned = units.loc[units.index.isin(plan.schools_of.keys()), ["geometry"]]
    sector_id = owned.index.map(lambda unit: "+".join(plan.schools_of[unit])).rename("sector_id")
    sectors = owned.dissolve(by=sector_id, method="unary")
    schools = pd.Series([tuple(sector.split("+")) for sector in sectors.index], index=sectors.index, dtype=object)
    return sectors.assign(schools=schools)
