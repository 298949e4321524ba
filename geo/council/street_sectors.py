"""Drawn sectors as a layer that a GIS opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.council.writing import replacing
from geo.errors import ExportError

_DRIVERS: Final = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}
_LAYER_SIGNS: Final = re.compile(r"\W+")
_DEGREES: Final = "EPSG:4326"


def sector_table(sectors: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Give sectors as rows of `geo.model.tables.SECTORS`: one for each school of a shared sector.

    Parameters
    ----------
    sectors
        Index ``sector_id``, columns ``schools, addresses``, as `geo.territory.street_sectors.draw_by_address` gives.
    level
        Their level.
    """
    rows = sectors.reset_index().assign(level=level, school_id=lambda one: one["schools"]).explode("school_id")
    named = rows.assign(name=rows["sector_id"])
    return named[["level", "sector_id", "school_id", "name", "addresses", "geometry"]].reset_index(drop=True)


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer, whole or not at all; its form is told by the end of the name.

    Raises
    ------
    ExportError
        If the form is not known, or the file cannot be written.
    """
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise ExportError(f"{path.name}: expected a name that ends with {', '.join(_DRIVERS)}. Change its end.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{path.parent}: expected a folder that can be made, got {error}. Choose another.") from error
    # GeoJSON is in degrees by its standard.
    placed = layer.to_crs(_DEGREES) if driver == "GeoJSON" else layer
    with replacing(path) as draft:
        placed.to_file(draft, driver=driver, layer=_LAYER_SIGNS.sub("_", path.stem), engine="pyogrio")


def joined_levels(parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Give the sectors of several levels as one layer."""
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
