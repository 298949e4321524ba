"""Shade on the school yards, cast exactly from footprints and crowns: the answer that a raster method is held to.

A building casts the area that its footprint sweeps away from the sun, as long as its height divided by the tangent of
the sun's altitude. A tree casts what its crown, taken as a column, sweeps in the same way.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

LATITUDE_DEG: Final = 46.5
LONGITUDE_DEG: Final = 3.0
DAY_OF_YEAR: Final = 171  # 20 June
# Recess in clock time (UTC + 2 h) [h].
RECESS_H: Final = (10.25, 13.0, 15.5)
REACH_M: Final = 90.0


def sun(clock_h: float) -> tuple[float, float]:
    """Altitude of the sun and direction to it clockwise from north [degrees] on 20 June, clock in UTC + 2 h.

    Source: declination and equation of time as Fourier series (Spencer 1971).
    """
    day = 2 * np.pi * (DAY_OF_YEAR - 1) / 365
    tilt = (
        0.006918 - 0.399912 * np.cos(day) + 0.070257 * np.sin(day) - 0.006758 * np.cos(2 * day)
        + 0.000907 * np.sin(2 * day) - 0.002697 * np.cos(3 * day) + 0.00148 * np.sin(3 * day)
    )  # fmt: skip
    equation_min = 229.18 * (
        0.000075 + 0.001868 * np.cos(day) - 0.032077 * np.sin(day) - 0.014615 * np.cos(2 * day)
        - 0.040849 * np.sin(2 * day)
    )  # fmt: skip
    solar_h = clock_h - 2 + LONGITUDE_DEG / 15 + equation_min / 60
    hour, place = np.radians(15 * (solar_h - 12)), np.radians(LATITUDE_DEG)
    altitude = np.arcsin(np.sin(place) * np.sin(tilt) + np.cos(place) * np.cos(tilt) * np.cos(hour))
    south = np.arctan2(np.sin(hour), np.cos(hour) * np.sin(place) - np.tan(tilt) * np.cos(place))
    return float(np.degrees(altitude)), float(np.degrees(south) + 180) % 360


def unshaded_shares(yards: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, trees: gpd.GeoDataFrame) -> pd.Series:
    """Share of each school's yard in the sun, mean over the recess slots [0-1], index ``school_id``, hottest first."""
    grounds = yards.dissolve(by="school_id").geometry
    casters = np.concatenate([buildings.geometry.to_numpy(), trees.geometry.buffer(trees["crown_m"] / 2).to_numpy()])
    heights = np.concatenate([buildings["height_m"].to_numpy(), trees["height_m"].to_numpy()])
    near = shapely.STRtree(casters)
    shares = {}
    for school, ground in grounds.items():
        found = near.query(ground, predicate="dwithin", distance=REACH_M)
        shares[school] = float(
            np.mean([_in_sun(ground, casters[found], heights[found], clock_h=hour) for hour in RECESS_H])
        )
    return pd.Series(shares, name="unshaded_share").sort_values(ascending=False)


def _in_sun(
    ground: shapely.Geometry, casters: npt.NDArray[np.object_], heights: npt.NDArray[np.float64], *, clock_h: float
) -> float:
    """Share of the ground that the sun reaches at an hour."""
    altitude, azimuth = (np.radians(angle) for angle in sun(clock_h))
    away = -np.array([np.sin(azimuth), np.cos(azimuth)])
    shade = []
    for caster, height in zip(casters, heights, strict=True):
        east, north = away * height / np.tan(altitude)
        shade.append(shapely.union(caster, shapely.affinity.translate(caster, east, north)).convex_hull)
    return 1 - shapely.unary_union(shade).intersection(ground).area / ground.area
