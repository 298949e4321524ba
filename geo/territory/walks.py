"""The walks of a city: from each address to each school, as `walk_m` of a city has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.model.network import Network, Snap
from geo.model.walking import AccessChoices
from geo.territory.network import snap
from geo.territory.walking.distances import walk_distances

USUAL_ACCESS: Final = AccessChoices()


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks between homes and schools.

    Attributes
    ----------
    table_m
        The walk [m], infinite where there is none; index and columns are those of homes and schools.
    homes, schools
        Both as they were brought to the streets.
    """

    table_m: pd.DataFrame
    homes: Snap
    schools: Snap


def walks(
    network: Network,
    homes: gpd.GeoDataFrame,
    schools: gpd.GeoDataFrame,
    *,
    streets: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
) -> Walks:
    """Give the walk from each home to each school.

    Parameters
    ----------
    network
        The walkable streets.
    homes, schools
        Points in the CRS of the network; a home with a ``street_id`` has its door on that street, if that is near.
    streets
        The table that the network was made of, with ``street_id``.
    barriers
        What no straight way between a point and its street may cross, see `snap`; may have no rows.

    Raises
    ------
    NetworkError
        If all homes or all schools are so far from the streets that their CRS must be another one.
    """
    origins, ends = (on_streets(network, points, streets=streets, barriers=barriers) for points in (homes, schools))
    table_m = pd.DataFrame(walk_distances(network, origins, ends), index=homes.index, columns=schools.index)
    return Walks(table_m, origins, ends)


def on_streets(
    network: Network, points: gpd.GeoDataFrame, *, streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame
) -> Snap:
    """Bring points to the streets as all walks of a city do: to several streets if several are near, over no barrier.

    Of the streets near an address those that its ``street_id`` names are kept, if there are any: a house between two
    streets has its door on one of them.

    Raises
    ------
    NetworkError
        If all points are so far from the streets that their CRS must be another one.
    """
    xy = shapely.get_coordinates(points.geometry.to_numpy())
    found = snap(network, xy, choices=USUAL_ACCESS, barriers=barriers)
    if "street_id" not in points or "street_id" not in streets:
        return found
    point = np.repeat(np.arange(found.points), np.diff(found.bounds))
    named = streets["street_id"].to_numpy(dtype=object)[network.street[found.edge]]
    own = pd.Series(named == points["street_id"].to_numpy(dtype=object)[point]).fillna(value=False).to_numpy(dtype=bool)
    has_own = np.bincount(point[own], minlength=found.points) > 0
    return found.kept(own | ~has_own[point])
