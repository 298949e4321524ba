"""What the streets are like: their class, bridges and tunnels, and the relief that they climb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from villebrune.blocks import Land, Way
from villebrune.graph import Piece

# The railway is crossed on the level, over a footbridge and through an underpass: one of each.
UNDERPASS: Final = "rue du Pont-Rail"
FOOTBRIDGE: Final = "passerelle de la Gare"
VALLEY_M: Final = 118.0
RISE_M: Final = 80.0
# Half of the rise stands so far from the river.
HALFWAY_M: Final = 900.0
RING: Final = "road:ring"


def with_ground(
    streets: gpd.GeoDataFrame, pieces: Sequence[Piece], land: Land, *, ways: Sequence[Way]
) -> gpd.GeoDataFrame:
    """Add ``road_class``, ``above_ground`` and the heights of both ends [m] to the table of streets."""
    lines = [piece.line for piece in pieces]
    return streets.assign(
        road_class=[_class(ways[piece.way]) for piece in pieces],
        above_ground=_storeys(streets["street_name"].tolist(), shapely.intersects(land.water, lines)),
        from_height_m=height_m([line.coords[0] for line in lines], land),
        to_height_m=height_m([line.coords[-1] for line in lines], land),
    )


def height_m(places: Sequence[tuple[float, ...]], land: Land) -> np.ndarray:
    """Give the height of the ground [m]: a valley with its river, hills on both sides, in decimetres."""
    xy = np.array([place[:2] for place in places])
    away_m = shapely.distance(land.river, shapely.points(xy))
    rise = away_m**2 / (away_m**2 + HALFWAY_M**2)
    waves = 6.0 * np.sin(xy[:, 0] / 420.0) * np.cos(xy[:, 1] / 530.0) * rise
    return np.round(VALLEY_M + RISE_M * rise + waves, 1)


def _class(way: Way) -> str:
    if way.walkable_only:
        return "footway"
    if way.code == RING:
        return "secondary"
    return "primary" if way.theme == "road" else "residential"


def _storeys(names: Sequence[str], over_water: np.ndarray) -> list[int]:
    """Give 1 for bridges, -1 for the underpass, 0 for all others."""
    storeys = {UNDERPASS: -1, FOOTBRIDGE: 1}
    return [1 if wet else storeys.get(name, 0) for name, wet in zip(names, over_water.tolist(), strict=True)]
