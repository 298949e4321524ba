"""The projected CRS in metres of each part of France."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

# Lambert-93: mainland and Corsica, and whatever lies in no other part.
MAINLAND: Final = "EPSG:2154"
# West, south, east and north in degrees, with room around. The systems are those of decree 2000-1276 as amended.
_OVERSEAS: Final = {
    "EPSG:2975": (54.5, -22.0, 56.5, -20.0),  # La Réunion: RGR92, UTM 40 S
    "EPSG:5490": (-63.5, 14.0, -60.0, 18.5),  # Guadeloupe, Martinique, Saint-Martin: RGAF09, UTM 20 N
    "EPSG:2972": (-55.0, 2.0, -51.0, 6.5),  # Guyane: RGFG95, UTM 22 N
    "EPSG:4471": (44.5, -13.5, 46.0, -12.0),  # Mayotte: RGM04, UTM 38 S
    "EPSG:4467": (-57.5, 46.0, -55.5, 48.0),  # Saint-Pierre-et-Miquelon: RGSPM06, UTM 21 N
}

# First three figures of the INSEE code of a commune.
_BY_INSEE: Final = {
    "971": "EPSG:5490",
    "972": "EPSG:5490",
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "975": "EPSG:4467",
    "976": "EPSG:4471",
    "977": "EPSG:5490",
    "978": "EPSG:5490",
}


def crs_of_communes(insee: Iterable[str]) -> str:
    """Give the CRS in metres of the part of France that communes belong to; the mainland's if they are of several."""
    parts = {_BY_INSEE.get(code[:3], MAINLAND) for code in insee}
    return parts.pop() if len(parts) == 1 else MAINLAND


def metric_crs(points: gpd.GeoSeries) -> str:
    """Give the CRS in metres of the part of France in which points lie, by the middle of them.

    Parameters
    ----------
    points
        Points in any CRS; those without a place do not count.
    """
    there = points[~(points.isna() | points.is_empty)]
    if there.empty:
        return MAINLAND
    lon, lat = np.median(shapely.get_coordinates(there.to_crs("EPSG:4326").to_numpy()), axis=0)
    parts = (
        crs for crs, (west, south, east, north) in _OVERSEAS.items() if west <= lon <= east and south <= lat <= north
    )
    return next(parts, MAINLAND)
