"""Sectors that are not in one piece: pieces that lie apart, and those within another sector."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geo.model.plan import Plan
from geo.territory.sectors import draw_sectors

COLUMNS = ("sector_id", "area_m2", "units", "within", "geometry")


def enclaves(units: gpd.GeoDataFrame, plan: Plan) -> gpd.GeoDataFrame:
    """Give the pieces of sectors that lie apart from the largest piece of their sector, the largest ones first.

    Parameters
    ----------
    units
        Polygons without gap or overlap, index ``unit_id``, in a projected CRS in metres.
    plan
        The school map.

    Returns
    -------
    pieces
        Default index: ``sector_id``; ``area_m2`` [m2]; ``units``, tuple of the ``unit_id`` within; ``within``, the
        ``sector_id`` of the one sector that surrounds the piece on all sides, empty if several sectors or the limit of
        the commune do; the area.

    Notes
    -----
    Pieces that touch at a point only are apart: no one can walk through a point.
    """
    sectors = draw_sectors(units, plan)
    parts = sectors[["geometry"]].explode().reset_index()
    parts = parts.assign(area_m2=parts.area).sort_values(["sector_id", "area_m2"], ascending=[True, False])
    apart = parts[parts["sector_id"].duplicated()].sort_values("area_m2", ascending=False, kind="stable")
    apart = apart.reset_index(drop=True)
    pieces = apart.assign(units=_units_within(units, plan, apart), within=_surrounding(sectors, apart))
    return gpd.GeoDataFrame(pieces[list(COLUMNS)], geometry="geometry", crs=units.crs)


def _units_within(units: gpd.GeoDataFrame, plan: Plan, pieces: gpd.GeoDataFrame) -> pd.Series:
    """Give the units of the sector of each piece that have a part of their area in it."""
    sector_of = {unit: "+".join(schools) for unit, schools in plan.schools_of.items()}
    piece, unit = shapely.STRtree(units.geometry.to_numpy()).query(pieces.geometry.to_numpy(), predicate="intersects")
    held: dict[int, list[str]] = {}
    for one, other in zip(piece.tolist(), unit.tolist(), strict=True):
        name, shape = str(units.index[other]), pieces.geometry.iloc[one]
        if sector_of.get(name) == pieces["sector_id"].iloc[one] and units.geometry.iloc[other].intersection(shape).area:
            held.setdefault(one, []).append(name)
    return pd.Series([tuple(sorted(held.get(one, []))) for one in range(len(pieces))], pieces.index, dtype=object)


def _surrounding(sectors: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> list[str]:
    """Give the sector in a hole of which each piece lies."""
    holes = [
        (str(sector), shapely.Polygon(ring))
        for sector, shape in sectors.geometry.items()
        for part in shapely.get_parts(shape)
        for ring in part.interiors
    ]
    found = []
    for shape in pieces.geometry:
        fitting = [(hole.area, sector) for sector, hole in holes if hole.covers(shape.representative_point())]
        area, sector = min(fitting, default=(0.0, ""))
        # In a hole with other sectors beside it, the piece has several neighbours.
        found.append(sector if fitting and abs(area - shapely.Polygon(shape.exterior).area) < 1.0 else "")
    return found
