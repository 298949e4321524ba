"""The ground of each school: the commune parted by the school that is nearest along the streets."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import AT_NODE_M, Mask
from geo.territory.walking.portions import Portions, nearest_portions
from geo.territory.walking.questions import Streets
from geo.territory.walking.stretches import Shapes

Area = shapely.Polygon | shapely.MultiPolygon

NO_SCHOOL: Final = -1
# Points on either side of where the school changes stand so far from it.
_BESIDE_M: Final = 0.5
# Away from the streets of other schools, points stand so many times farther apart.
_WIDER: Final = 8
# Ground is disputed if there are streets of two schools in its square of this side or in one of the eight around it.
_SQUARE_M: Final = 50.0
# Streets farther from the commune than this are not looked at: nobody lives so far from the nearest street.
_AROUND_M: Final = 2000.0
# Points that are nearer than this to each other are one.
_SAME_M: Final = 1e-3


class _Points(NamedTuple):
    """Points of portions that stand for the stretch of street around them; all of shape (points,)."""

    portion: Rows
    along_m: Floats
    length_m: Floats


def catchment_areas(streets: Streets, schools: Snap, commune: Area, *, step_m: float = 5.0) -> gpd.GeoDataFrame:
    """Part a commune by the school that is nearest along the streets.

    Each place belongs to the school of the nearest point of the nearest street, as an address there would.

    Parameters
    ----------
    streets
        The network, prepared.
    schools
        Points brought to it. Of schools that are equally near, the one that stands first has the ground.
    commune
        The ground that is parted, in the CRS of the network.
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
    points = _spaced(streets.network, near, step_m)
    xy = _places(streets.network, near, points)
    school = near.school[points.portion]
    shapes = _parted(xy, school, commune, schools=schools.points)
    figures = _figures(near, points, shapely.contains_xy(commune, xy), schools=schools.points)
    areas = gpd.GeoDataFrame(figures, geometry=shapes, index=np.r_[np.arange(schools.points), NO_SCHOOL])
    areas.insert(0, "remark", _remarks(streets, schools, portions, shapes=shapes))
    areas = areas.rename_axis("school")
    return areas if not shapely.is_empty(shapes[-1]) else areas.iloc[:-1]


def _check(commune: Area, step_m: float) -> None:
    if commune.is_empty or not commune.is_valid or shapely.area(commune) == 0:
        why = shapely.is_valid_reason(commune)
        msg = (
            f"expected the commune as a valid area, got {commune.geom_type} ({why}); repair it or choose another layer"
        )
        raise NetworkError(msg)
    if not (np.isfinite(step_m) and step_m > 0):
        msg = f"expected points along the streets every so many metres, more than 0, got {step_m}"
        raise NetworkError(msg)


def _around(network: Network, commune: Area) -> Mask:
    """Tell which edges may be the nearest to a place of the commune."""
    low_x, low_y, high_x, high_y = shapely.bounds(commune) + np.array([-1, -1, 1, 1]) * _AROUND_M
    bounds = shapely.bounds(network.lines)
    return np.asarray(
        (bounds[:, 0] <= high_x) & (bounds[:, 2] >= low_x) & (bounds[:, 1] <= high_y) & (bounds[:, 3] >= low_y)
    )


def _spaced(network: Network, portions: Portions, step_m: float) -> _Points:
    """Give points of all portions: wide apart, close where ground is disputed, and on either side of each change."""
    everywhere = np.arange(len(portions.edge))
    wide = _split(_Points(everywhere, portions.from_m, portions.length_m), _WIDER * step_m)
    disputed = _disputed(_places(network, portions, wide), portions.school[wide.portion])
    begin_m = wide.along_m - wide.length_m / 2
    close = _split(_Points(wide.portion[disputed], begin_m[disputed], wide.length_m[disputed]), step_m)
    beside = _beside_changes(network, portions)
    kept = _Points._make(column[~disputed] for column in wide)
    return _Points._make(np.concatenate(columns) for columns in zip(kept, close, beside, strict=True))


def _split(stretches: _Points, step_m: float) -> _Points:
    """Part stretches, given by where they begin, into equal pieces no longer than a step; give their middles."""
    pieces = np.maximum(np.ceil(stretches.length_m / step_m), 1).astype(np.int64)
    row = np.repeat(np.arange(len(pieces)), pieces)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    length_m = stretches.length_m[row] / pieces[row]
    return _Points(stretches.portion[row], stretches.along_m[row] + (rank + 0.5) * length_m, length_m)


def _disputed(xy: Floats, school: Rows) -> Mask:
    """Tell which points have streets of another school in their square or the eight around it."""
    square = np.floor((xy - xy.min(axis=0)) / _SQUARE_M).astype(np.int64) + 1
    columns = int(square[:, 1].max()) + 2
    number = square[:, 0] * columns + square[:, 1]
    squares, place = np.unique(number, return_inverse=True)
    low, high = np.full(len(squares), len(school)), np.full(len(squares), NO_SCHOOL)
    np.minimum.at(low, place, school)
    np.maximum.at(high, place, school)
    lowest, highest = low.copy(), high.copy()
    for step in (-columns - 1, -columns, -columns + 1, -1, 1, columns - 1, columns, columns + 1):
        row = np.minimum(np.searchsorted(squares, squares + step), len(squares) - 1)
        there = squares[row] == squares + step
        lowest[there] = np.minimum(lowest[there], low[row[there]])
        highest[there] = np.maximum(highest[there], high[row[there]])
    return np.asarray((lowest < highest)[place])


def _beside_changes(network: Network, portions: Portions) -> _Points:
    """Give points on either side of where the school changes, within edges and at crossings of one-way streets."""
    apart_m = np.minimum(_BESIDE_M, portions.length_m / 2)
    before = np.flatnonzero(
        (portions.edge[1:] == portions.edge[:-1])
        & (portions.from_m[1:] == portions.to_m[:-1])
        & (portions.school[1:] != portions.school[:-1])
    )
    beside_m = np.minimum(apart_m[before], apart_m[before + 1])
    begins = np.flatnonzero(np.diff(portions.edge, prepend=-1))
    ends = np.r_[begins[1:], len(portions.edge)] - 1
    node = np.concatenate([network.start[portions.edge[begins]], network.end[portions.edge[ends]]])
    mixed = _mixed(node, portions.school[np.concatenate([begins, ends])])
    begins, ends = begins[mixed[: len(begins)]], ends[mixed[len(begins) :]]
    portion = np.concatenate([before, before + 1, begins, ends])
    along_m = np.concatenate(
        [
            portions.to_m[before] - beside_m,
            portions.to_m[before] + beside_m,
            portions.from_m[begins] + apart_m[begins],
            portions.to_m[ends] - apart_m[ends],
        ]
    )
    return _Points(portion, along_m, np.zeros(len(portion)))


def _mixed(group: Rows, school: Rows) -> Mask:
    """Tell which entries are in a group with more than one school."""
    groups = int(group.max(initial=0)) + 1
    low, high = np.full(groups, np.iinfo(np.int64).max), np.full(groups, NO_SCHOOL)
    np.minimum.at(low, group, school)
    np.maximum.at(high, group, school)
    return np.asarray((low < high)[group])


def _places(network: Network, portions: Portions, points: _Points) -> Floats:
    """Give the coordinates of points [m], shape (points, 2)."""
    lines = network.lines[portions.edge[points.portion]]
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, points.along_m)))


def _parted(xy: Floats, school: Rows, commune: Area, *, schools: int) -> Shapes:
    """Give the ground of each school, and last that of none: the cells of its points, clipped to the commune."""
    xy, school = _one_school_a_place(xy, school)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=shapely.envelope(commune), ordered=True)
    )
    shapes = np.full(schools + 1, shapely.Polygon(), dtype=object)
    for row, mine in enumerate(_grouped(school, schools)):
        if len(mine):
            shapes[row] = _areas_only(shapely.intersection(shapely.coverage_union_all(cells[mine]), commune))
    return shapes


def _grouped(school: Rows, schools: int) -> list[Rows]:
    """Give the rows of each school, and last those of none."""
    order = np.argsort(school, kind="stable")
    bounds = np.searchsorted(school[order], np.arange(schools + 1))
    return [*(order[first:last] for first, last in pairwise(bounds)), order[: bounds[0]]]


def _one_school_a_place(xy: Floats, school: Rows) -> tuple[Floats, Rows]:
    """Leave out all but the first school of points that share a place."""
    cell = np.rint((xy - xy.min(axis=0)) / _SAME_M).astype(np.int64)
    last = np.where(school == NO_SCHOOL, school.max(initial=0) + 1, school)
    order = np.lexsort((last, cell[:, 1], cell[:, 0]))
    kept = order[(np.diff(cell[order], axis=0, prepend=-1) != 0).any(axis=1)]
    return xy[kept], school[kept]


def _areas_only(shape: shapely.Geometry) -> shapely.Geometry:
    """Give the areas of a shape, without points and lines where it only touches the limit of the commune."""
    parts = shapely.get_parts(shape)
    if (shapely.area(parts) > 0).all():
        return shape
    return shapely.union_all(parts[shapely.area(parts) > 0])


def _figures(portions: Portions, points: _Points, inside: Mask, *, schools: int) -> dict[str, Floats]:
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
