"""The school map in force, address by address: the street list, and the drawn sectors where it is silent."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.model.levels import Level
from geo.territory.annex.resolving import resolve
from geo.territory.sectors import assign_by_polygon


def assign(
    addresses: gpd.GeoDataFrame, street_list: pd.DataFrame, sectors: gpd.GeoDataFrame, *, level: Level
) -> tuple[pd.Series, pd.Index]:
    """Give the schools of each address by the street list, or by the drawn sector where no row covers it.

    Parameters
    ----------
    addresses
        Points, index ``address_id``, columns ``street_id, number, suffix``.
    street_list, sectors
        The school map in force, all levels; sectors in the CRS of the addresses.
    level
        The level that is asked for.

    Returns
    -------
    schools
        Index ``address_id``, values tuples of ``school_id`` in order of priority, empty if neither says.
    by_polygon
        The addresses whose schools come from a drawn sector.
    """
    schools = resolve(addresses, street_list, level)
    bare = addresses[(schools.map(len) == 0).to_numpy()]
    if bare.empty or not (sectors.reset_index()["level"] == level).any():
        return schools, bare.index[:0]
    drawn = assign_by_polygon(bare, sectors, level)
    found = drawn[drawn.map(len) > 0]
    filled = {**schools.to_dict(), **found.to_dict()}
    return pd.Series([filled[address] for address in addresses.index], addresses.index, name="schools"), found.index
