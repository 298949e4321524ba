"""How far one comes from a school: streets cut exactly at a limit, with a band along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import NetworkError
from geo.model.network import Snap
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.portions import Portions, clipped, joined, nearest_portions, portions_within
from geo.territory.walking.questions import Streets, nearest, within
from geo.territory.walking.stretches import Shapes, corners, lines_between

# A quarter of a circle in so many straight pieces: 25 m wide, the band lacks at most 12 cm.
_ARC_PIECES: Final = 8


def isochrones(streets: Streets, schools: Snap, limits_m: Sequence[float], *, wide_m: float = 25.0) -> gpd.GeoDataFrame:
    """Give the ground within a walk of each school, each for itself.

    Parameters
    ----------
    streets
        The network, prepared.
    schools
        Points brought to it.
    limits_m
        Longest walks [m], counted from the school to the place of the street in front of a home.
    wide_m
        Width of the band on either side of the streets [m].

    Returns
    -------
    areas
        Default index, schools in order and limits increasing: ``school``, row of the school; ``limit_m``; ``street_m``,
        length of the streets within [m]; the area, empty where a school reaches no street. Without CRS, as the network.

    Raises
    ------
    NetworkError
        If a limit or the width is not a positive number.
    """
    limits = _limits(limits_m, wide_m)
    found = within(streets, schools, max(limits, default=0.0))
    owner = np.repeat(np.arange(schools.points), np.diff(found.start))
    portions = portions_within(streets, schools, max(limits, default=0.0))
    nodes = (owner, found.place, found.walk_m)
    return _drawn(streets, portions, nodes, limits=limits, wide_m=wide_m, groups=schools.points)


def reach(streets: Streets, schools: Snap, limits_m: Sequence[float], *, wide_m: float = 25.0) -> gpd.GeoDataFrame:
    """Give the ground within a walk of any of the schools.

    Parameters
    ----------
    streets, schools, limits_m, wide_m
        As of `isochrones`.

    Returns
    -------
    areas
        Default index, limits increasing: ``limit_m, street_m`` and the area.

    Raises
    ------
    NetworkError
        If a limit or the width is not a positive number.
    """
    limits = _limits(limits_m, wide_m)
    portions, found = nearest_portions(streets, schools), nearest(streets, schools)
    together = portions._replace(school=np.zeros_like(portions.school))
    nodes = (np.zeros(len(found.walk_m), dtype=np.int64), np.arange(len(found.walk_m)), found.walk_m)
    areas = _drawn(streets, together, nodes, limits=limits, wide_m=wide_m, groups=1)
    return areas.drop(columns="school")


def rings(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give what each limit adds to the one before, for drawing: 0 to 400 m, 400 to 800 m.

    Parameters
    ----------
    areas
        As `isochrones` or `reach` give them.

    Returns
    -------
    rings
        The same rows, with ``over_m``, the limit before [m], and the ground and the length of streets between.
    """
    school = areas["school"] if "school" in areas else areas["limit_m"] * 0
    before = areas.groupby(school)[["limit_m", "street_m"]].shift(fill_value=0.0)
    first = (before["limit_m"] == 0).to_numpy()
    outer = areas.geometry.to_numpy()
    inner = np.roll(outer, 1)
    inner[first] = shapely.Polygon()
    between = gpd.GeoSeries(shapely.difference(outer, inner), index=areas.index, crs=areas.crs)
    added = areas.assign(over_m=before["limit_m"], street_m=areas["street_m"] - before["street_m"])
    return added.set_geometry(between)


def _limits(limits_m: Sequence[float], wide_m: float) -> list[float]:
    wrong = [number for number in (*limits_m, wide_m) if not (np.isfinite(number) and number > 0)]
    if wrong:
        msg = f"expected limits and a width of more than 0 m, got {wrong[0]}; leave it out or correct it"
        raise NetworkError(msg)
    return sorted({float(limit) for limit in limits_m})


def _drawn(
    streets: Streets,
    portions: Portions,
    nodes: tuple[Rows, Rows, Floats],
    *,
    limits: list[float],
    wide_m: float,
    groups: int,
) -> gpd.GeoDataFrame:
    """Draw the band of each group (a school, or all of them) and limit; `nodes` are group, node and walk."""
    node, shape = corners(streets.network)
    corner = np.full(len(streets.network.node_xy), None, dtype=object)
    corner[node] = shape
    areas, street_m = np.full((groups, len(limits)), None, dtype=object), np.zeros((groups, len(limits)))
    for column, limit_m in enumerate(limits):
        near = clipped(portions, limit_m)
        street_m[:, column] = np.bincount(near.school, near.length_m, groups)
        parts = joined(near)
        lines = lines_between(streets.network, parts.edge, (parts.from_m, parts.to_m))
        turned = (nodes[2] < limit_m) & (corner[nodes[1]] != None)  # noqa: E711, an array of shapes is asked
        pieces = np.concatenate([lines, corner[nodes[1][turned]]])
        owner = np.concatenate([parts.school, nodes[0][turned]])
        areas[:, column] = _bands(pieces, owner, wide_m=wide_m, groups=groups)
    columns = {
        "school": np.repeat(np.arange(groups), len(limits)),
        "limit_m": np.tile(limits, groups),
        "street_m": street_m.ravel(),
    }
    return gpd.GeoDataFrame(columns, geometry=areas.ravel())


def _bands(pieces: Shapes, owner: Rows, *, wide_m: float, groups: int) -> Shapes:
    """Give the band along lines, and around points, of each group as one shape."""
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(groups + 1))
    points = shapely.get_type_id(pieces) == shapely.GeometryType.POINT
    bands = np.full(groups, shapely.Polygon(), dtype=object)
    for group in range(groups):
        mine = order[bounds[group] : bounds[group + 1]]
        along, around = pieces[mine[~points[mine]]], pieces[mine[points[mine]]]
        band = shapely.buffer(
            shapely.multilinestrings(along), wide_m, quad_segs=_ARC_PIECES, cap_style="flat", join_style="round"
        )
        discs = shapely.buffer(shapely.multipoints(around), wide_m, quad_segs=_ARC_PIECES)
        bands[group] = shapely.union(band, discs)
    return bands
