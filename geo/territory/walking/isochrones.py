"""How far one comes from a school: streets cut exactly at a limit, and the ground in front of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import NetworkError
from geo.model.network import Snap
from geo.territory.walking.graph import Floats
from geo.territory.walking.ground import Shapes, parted, places_of, spaced_points
from geo.territory.walking.portions import (
    Portions,
    clipped,
    grouped,
    joined,
    nearest_portions,
    portions_within,
    remaining,
)
from geo.territory.walking.questions import Streets
from geo.territory.walking.stretches import lines_between

# A quarter of a circle in so many straight pieces: 25 m wide, the band lacks at most 12 cm.
_ARC_PIECES: Final = 8
# Points of streets stand so close where some streets are within the limit and others are not.
_STEP_M: Final = 2.5
# Ground goes so far beyond the middle between a street within the limit and one that is not: points along the streets
# tell the middle to less than this, and nobody is to be missed.
_TIE_M: Final = 0.5


def isochrones(streets: Streets, schools: Snap, limits_m: Sequence[float], *, wide_m: float = 25.0) -> gpd.GeoDataFrame:
    """Give the ground within a walk of each school, each for itself.

    It is what lies beside a street within the limit and not nearer to any other street.

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
    reached = portions_within(streets, schools, max(limits, default=0.0))
    return _drawn(streets, reached, limits, wide_m=wide_m, groups=schools.points)


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
    portions = nearest_portions(streets, schools)
    # All schools are one group.
    reached = portions._replace(school=portions.school * 0)
    return _drawn(streets, reached, limits, wide_m=wide_m, groups=1).drop(columns="school")


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


def _drawn(streets: Streets, reached: Portions, limits: list[float], *, wide_m: float, groups: int) -> gpd.GeoDataFrame:
    """Draw the ground of each group (as `school` of the portions) and limit."""
    areas, street_m = np.full((groups, len(limits)), None, dtype=object), np.zeros((groups, len(limits)))
    bounds = shapely.bounds(streets.network.lines)
    for group, rows in enumerate(grouped(reached.school, groups)):
        rings = _ringed(reached.take(rows), limits)
        street_m[group] = np.cumsum(np.bincount(rings.school, rings.length_m, len(limits)))
        areas[group] = _in_front(streets, rings, bounds, wide_m=wide_m, limits=len(limits))
    columns = {
        "school": np.repeat(np.arange(groups), len(limits)),
        "limit_m": np.tile(limits, groups),
        "street_m": street_m.ravel(),
    }
    return gpd.GeoDataFrame(columns, geometry=areas.ravel())


def _ringed(portions: Portions, limits: list[float]) -> Portions:
    """Cut portions at all limits; in place of the school stands the number of the limit that they lie within."""
    parts = [clipped(portions, limit_m, over_m=over_m) for over_m, limit_m in pairwise([0.0, *limits])]
    rings = [part._replace(school=np.full_like(part.school, ring)) for ring, part in enumerate(parts)]
    return Portions._make(np.concatenate(columns) for columns in zip(*rings, strict=True)) if rings else portions


def _in_front(streets: Streets, rings: Portions, bounds: Floats, *, wide_m: float, limits: int) -> Shapes:
    """Give the ground within each limit: beside streets within it, and not nearer to the rest of the streets.

    `bounds` are those of all edges, shape (edges, 4).
    """
    network, walked = streets.network, joined(rings)
    lines = lines_between(network, walked.edge, (walked.from_m, walked.to_m))
    # One by one and then together is ten times quicker than all at once.
    band = shapely.union_all(shapely.buffer(lines, wide_m, quad_segs=_ARC_PIECES))
    if band.is_empty:
        return np.full(limits, shapely.Polygon(), dtype=object)
    low, high = np.array(band.bounds[:2]) - wide_m, np.array(band.bounds[2:]) + wide_m
    edges = np.flatnonzero((bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1))
    both = zip(rings, remaining(streets, edges, walked), strict=True)
    portions = Portions._make(np.concatenate(columns) for columns in both)
    portions = portions.take(np.lexsort((portions.from_m, portions.edge)))
    points = spaced_points(network, portions, _STEP_M)
    xy = places_of(network, portions, points)
    ground = parted(xy, portions.school[points.portion], band, schools=limits)
    within = [shapely.coverage_union_all(ground[: limit + 1]) for limit in range(limits)]
    return np.asarray(shapely.intersection(shapely.buffer(within, _TIE_M, join_style="mitre"), band), dtype=object)
