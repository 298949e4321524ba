"""Units: the sides of street that a city moves from one school to another."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

# Units that share one point (a tower with two entrances in the file) are drawn this far apart.
_APART_M: Final = 0.5


def street_sides(addresses: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the piece of street and the side that each address lies on.

    Parameters
    ----------
    addresses
        Points, index ``address_id``, columns ``street_id, number``.
    streets
        Lines, index ``segment_id``, column ``street_id``, same CRS in metres.

    Returns
    -------
    sides
        Index ``address_id``: ``segment_id``, the nearest piece of the address's own street, or of any street if its
        own is not drawn; ``side``, ``odd`` or ``even`` by the number; ``own_street``, whether it is its own street.
    """
    pieces = pd.DataFrame({"street_id": streets["street_id"], "line": streets.geometry.to_numpy()}).reset_index()
    points = pd.DataFrame({"street_id": addresses["street_id"], "point": addresses.geometry.to_numpy()}).reset_index()
    pairs = points.merge(pieces[pieces["street_id"] != ""], on="street_id")
    pairs = pairs.assign(distance_m=shapely.distance(pairs["point"].to_numpy(), pairs["line"].to_numpy()))
    pairs = pairs.sort_values(["address_id", "distance_m", "segment_id"]).drop_duplicates("address_id")
    segment = pairs.set_index("address_id")["segment_id"].reindex(addresses.index)
    own = segment.notna()
    if not own.all():
        near = shapely.STRtree(streets.geometry.to_numpy()).nearest(addresses.geometry.to_numpy()[~own])
        segment = segment.mask(~own, pd.Series(streets.index[near], index=addresses.index[~own]))
    side = np.where(addresses["number"] % 2 == 1, "odd", "even")
    return pd.DataFrame({"segment_id": segment, "side": side, "own_street": own}, index=addresses.index)


def draw_units(addresses: gpd.GeoDataFrame, commune: shapely.Geometry) -> gpd.GeoDataFrame:
    """Draw an area for each unit: what lies nearer to its addresses than to any other.

    Parameters
    ----------
    addresses
        Points within the commune, column ``unit_id``, in a projected CRS in metres.
    commune
        Area of the commune, same CRS.

    Returns
    -------
    units
        Index ``unit_id`` in order, areas without gap or overlap that make up the commune together.

    Notes
    -----
    The cells are those of Voronoi; one school per point would be ill-defined where units share a point, so such
    units are set half a metre apart.
    """
    points = _one_unit_a_point(addresses)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points.geometry.to_numpy()), extend_to=commune, ordered=True)
    )
    drawn = gpd.GeoDataFrame({"unit_id": points["unit_id"].to_numpy()}, geometry=cells, crs=addresses.crs)
    units = _dissolved(drawn)
    shapely.prepare(commune)
    crossing = ~shapely.contains_properly(commune, units.geometry.to_numpy())
    clipped = units.geometry.where(~crossing, units.geometry.intersection(commune))
    return units.set_geometry(clipped)


def _dissolved(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give one area for each unit."""
    try:
        return cells.dissolve(by="unit_id", method="coverage")
    except shapely.errors.GEOSException:
        # Places on a regular grid have cells that meet in one point, whose corners differ by a rounding.
        return cells.dissolve(by="unit_id", method="unary")


def _one_unit_a_point(addresses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give one row a unit and place, units that share a place being set around it."""
    xy = shapely.get_coordinates(addresses.geometry.to_numpy()).round(2)
    spots = pd.DataFrame({"unit_id": addresses["unit_id"].to_numpy(), "x": xy[:, 0], "y": xy[:, 1]})
    spots = spots.drop_duplicates().sort_values(["x", "y", "unit_id"], ignore_index=True)
    rank = spots.groupby(["x", "y"]).cumcount()
    angle = rank * (np.pi / 4)
    shift = np.where(rank > 0, _APART_M * (1 + rank // 8), 0.0)
    moved = gpd.points_from_xy(spots["x"] + shift * np.cos(angle), spots["y"] + shift * np.sin(angle))
    return gpd.GeoDataFrame(spots[["unit_id"]], geometry=moved, crs=addresses.crs)
