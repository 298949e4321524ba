"""Sectors that are not in one piece: pieces that lie apart, and those within another sector."""

from __future__ import annotations

from collections.abc import Hashable

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
    apart = pieces_apart(draw_sectors(units, plan))
    pieces = apart.assign(units=_units_within(units, plan, apart), within=apart["within"].fillna(""))
    return gpd.GeoDataFrame(pieces[list(COLUMNS)], geometry="geometry", crs=units.crs)


def pieces_apart(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the pieces of areas that lie apart from the largest piece of their area, the largest ones first.

    Parameters
    ----------
    areas
        Polygons without overlap, such as sectors or catchments, with a name for their index; of several pieces, or
        empty.

    Returns
    -------
    pieces
        Default index: the index of the area, under the name it has there; ``area_m2`` [m2]; ``within``, the index of
        the one area that surrounds the piece on all sides, None if several areas or nothing do; the piece.
    """
    name = str(areas.index.name)
    parts = areas[["geometry"]].explode().reset_index()
    parts = parts[~parts.is_empty]
    parts = parts.assign(area_m2=parts.area).sort_values([name, "area_m2"], ascending=[True, False])
    apart = parts[parts[name].duplicated()].sort_values("area_m2", ascending=False, kind="stable")
    apart = apart.reset_index(drop=True)
    within = pd.Series(_surrounding(areas, apart), index=apart.index, dtype=object)
    return gpd.GeoDataFrame(apart.assign(within=within)[[name, "area_m2", "within", "geometry"]], crs=areas.crs)


def lived_in_pieces(areas: gpd.GeoDataFrame, homes: gpd.GeoSeries) -> pd.DataFrame:
    """Count the pieces of each area that lie apart and have addresses in them, and these addresses.

    Parameters
    ----------
    areas
        As `pieces_apart` takes them.
    homes
        Points in the same CRS; those without a place do not count.

    Returns
    -------
    counts
        Index as that of the areas, only those in pieces, most addresses first; ``pieces, addresses``.
    """
    apart = pieces_apart(areas)
    piece, _ = shapely.STRtree(homes.to_numpy()).query(apart.geometry.to_numpy(), predicate="contains")
    hits = pd.DataFrame({"area": apart.iloc[piece, 0].to_numpy(), "piece": piece})
    own = hits.groupby("area")["piece"]
    counts = pd.DataFrame({"pieces": own.nunique(), "addresses": own.size()})
    return counts.sort_values("addresses", ascending=False, kind="stable").rename_axis(areas.index.name)


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


def _surrounding(areas: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame) -> list[Hashable | None]:
    """Give the area in a hole of which each piece lies."""
    holes = [
        (area, shapely.Polygon(ring))
        for area, shape in areas.geometry.items()
        for part in shapely.get_parts(shape)
        for ring in part.interiors
    ]
    found: list[Hashable | None] = []
    for shape in pieces.geometry:
        fitting = [(hole.area, area) for area, hole in holes if hole.covers(shape.representative_point())]
        area_m2, area = min(fitting, default=(0.0, None))
        # In a hole with other areas beside it, the piece has several neighbours.
        found.append(area if fitting and abs(area_m2 - shapely.Polygon(shape.exterior).area) < 1.0 else None)
    return found
