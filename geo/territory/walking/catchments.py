"""The ground of each school: the commune parted by the school that is nearest along the streets."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.walking.graph import Floats
from geo.territory.walking.ground import Points, Shapes, parted, places_of, spaced_points
from geo.territory.walking.points import AT_NODE_M, Mask
from geo.territory.walking.portions import Portions, nearest_portions
from geo.territory.walking.questions import Streets

NO_SCHOOL: Final = -1
# Streets farther from the commune than this are not looked at: nobody lives so far from the nearest street.
_AROUND_M: Final = 2000.0


def catchment_areas(
    streets: Streets, schools: Snap, commune: shapely.Geometry, *, step_m: float = 5.0
) -> gpd.GeoDataFrame:
    """Part a commune by the school that is nearest along the streets.

    Each place belongs to the school of the nearest point of the nearest street, as an address there would.

    Parameters
    ----------
    streets
        The network, prepared.
    schools
        Points brought to it. Of schools that are equally near, the one that stands first has the ground.
    commune
        The ground that is parted: an area, in the CRS of the network.
    step_m
        Distance of the points by which streets are taken where those of two schools are near each other [m].

    Returns
    -------
    areas
        Index ``school``, every row of the schools in order, and -1 if there is ground from where none can be reached.
        Valid areas without gap or overlap that make up the commune together; ``remark``, why the area of a school is
        empty: ``same-place`` as a school that stands before it, ``unreached`` if no way leads there, ``beaten`` if
        others are nearer to every street, ``outside`` if its streets have no ground in the commune, else empty;
        ``street_m``, length of its streets in the commune, and ``walk_mean_m, walk_longest_m`` on them [m], right to
        half the distance of the points. Without CRS, as the network.

    Raises
    ------
    NetworkError
        If the commune is empty or not valid, no street is near it, or the step is not a positive number.
    """
    _check(commune, step_m)
    portions = nearest_portions(streets, schools)
    near = portions.take(_around(streets.network, commune)[portions.edge].nonzero()[0])
    if not len(near.edge):
        msg = f"expected streets within {_AROUND_M:g} m of the commune, got none; do both have the same CRS?"
        raise NetworkError(msg)
    points = spaced_points(streets.network, near, step_m)
    xy = places_of(streets.network, near, points)
    school = near.school[points.portion]
    shapes = parted(xy, school, commune, schools=schools.points)
    figures = _figures(near, points, shapely.contains_xy(commune, xy), schools=schools.points)
    areas = gpd.GeoDataFrame(figures, geometry=shapes, index=np.r_[np.arange(schools.points), NO_SCHOOL])
    areas.insert(0, "remark", _remarks(streets, schools, portions, shapes=shapes))
    areas = areas.rename_axis("school")
    return areas if not shapely.is_empty(shapes[-1]) else areas.iloc[:-1]


def _check(commune: shapely.Geometry, step_m: float) -> None:
    if not shapely.is_valid(commune) or shapely.area(commune) == 0:
        got = f"{type(commune).__name__} ({shapely.is_valid_reason(commune)})"
        msg = f"expected the commune as a valid area, got {got}; repair it or choose another layer"
        raise NetworkError(msg)
    if not (np.isfinite(step_m) and step_m > 0):
        msg = f"expected points along the streets every so many metres, more than 0, got {step_m}"
        raise NetworkError(msg)


def _around(network: Network, commune: shapely.Geometry) -> Mask:
    """Tell which edges may be the nearest to a place of the commune."""
    low_x, low_y, high_x, high_y = shapely.bounds(commune) + np.array([-1, -1, 1, 1]) * _AROUND_M
    bounds = shapely.bounds(network.lines)
    return np.asarray(
        (bounds[:, 0] <= high_x) & (bounds[:, 2] >= low_x) & (bounds[:, 1] <= high_y) & (bounds[:, 3] >= low_y)
    )


def _figures(portions: Portions, points: Points, inside: Mask, *, schools: int) -> dict[str, Floats]:
    """Give the length of the streets of each school within the commune, and the walks on them; last of none."""
    portion = points.portion[inside]
    walk_m = portions.walk_at(portion, points.along_m[inside])
    school = np.where(portions.school[portion] == NO_SCHOOL, schools, portions.school[portion])
    street_m = np.bincount(school, points.length_m[inside], schools + 1)
    # Points beside a change stand for no street of their own, and infinity times nothing is not a number.
    real = np.flatnonzero(points.length_m[inside])
    total = np.bincount(school[real], points.length_m[inside][real] * walk_m[real], schools + 1)
    longest_m = np.full(schools + 1, np.nan)
    np.fmax.at(longest_m, school, walk_m)
    mean_m = np.divide(total, street_m, out=np.full(schools + 1, np.nan), where=street_m > 0)
    return {"street_m": street_m, "walk_mean_m": mean_m, "walk_longest_m": longest_m}


def _remarks(streets: Streets, schools: Snap, portions: Portions, *, shapes: Shapes) -> list[str]:
    """Say why the ground of a school is empty, last of none."""
    owning = np.isin(np.arange(schools.points), portions.school)
    places = streets.places(schools)
    leaving = np.isfinite(np.minimum(places.to_start_m, places.to_end_m))
    reached = np.bincount(places.point, leaving, schools.points) > 0
    spot = np.stack([schools.edge, np.rint(schools.along_m / AT_NODE_M)], axis=1)
    _, row, count = np.unique(spot, axis=0, return_inverse=True, return_counts=True)
    shared = np.bincount(places.point, count[row.reshape(-1)] > 1, schools.points) > 0
    why = np.select([owning, ~reached, shared], ["outside", "unreached", "same-place"], "beaten")
    return [*np.where(shapely.is_empty(shapes[:-1]), why, ""), ""]
