"""Ground parted by the street that is nearest: each place goes where the nearest place of a street goes.

Streets are taken as points along them, and ground as the cells of the points (Voronoi). Where streets of two owners are
near each other the points are close, elsewhere they may be wide apart: an error needs another owner to fall to.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import Delaunay, KDTree

from geo.model.network import Network
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import Mask
from geo.territory.walking.portions import Portions, grouped

Shapes = npt.NDArray[Any]

# Points on either side of where the owner changes stand so far from it.
_BESIDE_M: Final = 0.5
# Points of one side of a street, where its sides are walked apart, stand so far from its line.
_ASIDE_M: Final = 0.25
# Away from the streets of other owners, points stand so many times farther apart.
_WIDER: Final = 8
# Ground is disputed if there are streets of two owners in its square of this side or in one of the eight around it.
_SQUARE_M: Final = 50.0
# Points that are nearer than this to each other are one.
_SAME_M: Final = 1e-3
# So many points stand around all others, so many times as far from the middle as the farthest of them: they close the
# cells of the others, and are nearer to no ground within.
_FRAME: Final = 16
_FAR: Final = 4.0
# Limits bend on a grid of a tenth of a millimetre, so that those that meet meet in one place.
_GRID_M: Final = 1e-4


class Points(NamedTuple):
    """Points of portions that stand for the stretch of street around them; all of shape (points,).

    Attributes
    ----------
    portion
        Row of the portion.
    along_m
        Distance along its edge [m].
    length_m
        Length of the stretch [m], none for a point that is there only to mark where the owner changes.
    """

    portion: Rows
    along_m: Floats
    length_m: Floats


def spaced_points(network: Network, portions: Portions, step_m: float) -> Points:
    """Give points of all portions: wide apart, close where ground is disputed, and on either side of each change."""
    everywhere = np.arange(len(portions.edge))
    wide = _split(Points(everywhere, portions.from_m, portions.length_m), _WIDER * step_m)
    disputed = _disputed(places_of(network, portions, wide), portions.school[wide.portion])
    begin_m = wide.along_m - wide.length_m / 2
    close = _split(Points(wide.portion[disputed], begin_m[disputed], wide.length_m[disputed]), step_m)
    beside = _beside_changes(network, portions)
    bends = _bends(network, portions, np.unique(wide.portion[disputed]))
    kept = Points._make(column[~disputed] for column in wide)
    return Points._make(np.concatenate(columns) for columns in zip(kept, close, beside, bends, strict=True))


def _split(stretches: Points, step_m: float) -> Points:
    """Part stretches, given by where they begin, into equal pieces no longer than a step; give their middles."""
    pieces = np.maximum(np.ceil(stretches.length_m / step_m), 1).astype(np.int64)
    row = np.repeat(np.arange(len(pieces)), pieces)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    length_m = stretches.length_m[row] / pieces[row]
    return Points(stretches.portion[row], stretches.along_m[row] + (rank + 0.5) * length_m, length_m)


def _disputed(xy: Floats, school: Rows) -> Mask:
    """Tell which points have streets of another school in their square or the eight around it."""
    square = np.floor((xy - xy.min(axis=0)) / _SQUARE_M).astype(np.int64) + 1
    columns = int(square[:, 1].max()) + 2
    number = square[:, 0] * columns + square[:, 1]
    squares, place = np.unique(number, return_inverse=True)
    low, high = np.full(len(squares), len(school)), np.full(len(squares), -1)
    np.minimum.at(low, place, school)
    np.maximum.at(high, place, school)
    lowest, highest = low.copy(), high.copy()
    for step in (-columns - 1, -columns, -columns + 1, -1, 1, columns - 1, columns, columns + 1):
        row = np.minimum(np.searchsorted(squares, squares + step), len(squares) - 1)
        there = squares[row] == squares + step
        lowest[there] = np.minimum(lowest[there], low[row[there]])
        highest[there] = np.maximum(highest[there], high[row[there]])
    return np.asarray((lowest < highest)[place])


def _beside_changes(network: Network, portions: Portions) -> Points:
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
    return Points(portion, along_m, np.zeros(len(portion)))


def _bends(network: Network, portions: Portions, some: Rows) -> Points:
    """Give the bends of some portions: outside a bend no place of the street is as near as the bend itself."""
    xy, row = shapely.get_coordinates(network.lines[portions.edge[some]], return_index=True)
    step_m = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    first = np.searchsorted(row, np.arange(len(some)))
    step_m[first] = 0.0
    passed_m = np.cumsum(step_m)
    along_m = passed_m - passed_m[first][row]
    portion = some[row]
    within = (along_m > portions.from_m[portion]) & (along_m < portions.to_m[portion])
    return Points(portion[within], along_m[within], np.zeros(int(within.sum())))


def _mixed(group: Rows, school: Rows) -> Mask:
    """Tell which entries are in a group with more than one school."""
    groups = int(group.max(initial=0)) + 1
    low, high = np.full(groups, np.iinfo(np.int64).max), np.full(groups, -1)
    np.minimum.at(low, group, school)
    np.maximum.at(high, group, school)
    return np.asarray((low < high)[group])


def places_of(network: Network, portions: Portions, points: Points) -> Floats:
    """Give the coordinates of points [m], shape (points, 2); those of one side of a street stand on that side of it."""
    edge = portions.edge[points.portion]
    lines = network.lines[edge]
    xy: Floats = shapely.get_coordinates(shapely.line_interpolate_point(lines, points.along_m))
    if network.side is not None:
        sided = np.flatnonzero(network.side[edge])
        xy[sided] += _ASIDE_M * network.side[edge[sided], None] * _to_the_left(lines[sided], points.along_m[sided])
    return xy


def _to_the_left(lines: Shapes, along_m: Floats) -> Floats:
    """Give the direction square to each line at a place on it, of length one, shape (lines, 2)."""
    ends = (shapely.line_interpolate_point(lines, np.maximum(along_m + step_m, 0)) for step_m in (-_ASIDE_M, _ASIDE_M))
    before, after = (shapely.get_coordinates(end) for end in ends)
    run = after - before
    return np.stack([-run[:, 1], run[:, 0]], axis=1) / np.hypot(run[:, 0], run[:, 1])[:, None]


def parted(xy: Floats, school: Rows, area: shapely.Geometry, *, schools: int) -> Shapes:
    """Give the ground of each school, and last that of none: what is nearer to its points, clipped to an area.

    The limits between schools and that of the area are drawn once, together, and what they enclose is given to the
    school of the nearest point: so there is no gap and no overlap.

    Parameters
    ----------
    xy
        Points [m], shape (points, 2).
    school
        Number of the school of each, -1 for none, shape (points,).
    area
        What is parted.
    schools
        Count of schools.
    """
    xy, school = _one_school_a_place(xy, school)
    lines = np.concatenate([shapely.get_parts(shapely.boundary(area)), _limits(xy, school, area)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    middles = shapely.point_on_surface(faces)
    faces, middles = (shapes[shapely.intersects(area, middles)] for shapes in (faces, middles))
    owner = school[KDTree(xy).query(shapely.get_coordinates(middles))[1]]
    groups = grouped(np.where(owner == -1, schools, owner), schools + 1)
    return np.array([shapely.coverage_union_all(faces[rows]) if len(rows) else shapely.Polygon() for rows in groups])


def _limits(xy: Floats, school: Rows, area: shapely.Geometry) -> Shapes:
    """Give the straight pieces of ground, near an area, that are equally far from points of two schools."""
    middle = xy.mean(axis=0)
    low, high = shapely.bounds(area).reshape(2, 2) - middle
    seeds = xy - middle
    turn = np.linspace(0, 2 * np.pi, _FRAME, endpoint=False)
    far_m = _FAR * max(np.hypot(*seeds.T).max(), np.hypot(*low), np.hypot(*high))
    frame = far_m * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    mesh = Delaunay(np.concatenate([seeds, frame]))
    owner = np.r_[school, np.full(_FRAME, -2)]
    centre = np.round(_circumcentres(mesh.points[mesh.simplices]) / _GRID_M) * _GRID_M
    one, side = np.nonzero(mesh.neighbors > np.arange(len(mesh.simplices))[:, None])
    other = mesh.neighbors[one, side]
    ends = [owner[mesh.simplices[one, (side + step) % 3]] for step in (1, 2)]
    ridges = np.stack([centre[one], centre[other]], axis=1)
    kept = (ends[0] != ends[1]) & (ridges[:, 0] != ridges[:, 1]).any(axis=1)
    kept &= (ridges.min(axis=1) <= high).all(axis=1) & (ridges.max(axis=1) >= low).all(axis=1)
    return np.asarray(shapely.linestrings(ridges[kept] + middle), dtype=object)


def _circumcentres(corners: Floats) -> Floats:
    """Give the places that are equally far from the three corners of triangles, shape (triangles, 2)."""
    b, c = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    b2, c2 = (b**2).sum(axis=1), (c**2).sum(axis=1)
    way = np.stack([c[:, 1] * b2 - b[:, 1] * c2, b[:, 0] * c2 - c[:, 0] * b2], axis=1)
    # Of a triangle without area it is no place: then no piece of a limit ends there.
    with np.errstate(divide="ignore", invalid="ignore"):
        centres: Floats = corners[:, 0] + way / twice[:, None]
    return centres


def _one_school_a_place(xy: Floats, school: Rows) -> tuple[Floats, Rows]:
    """Leave out all but the first school of points that share a place."""
    cell = np.rint((xy - xy.min(axis=0)) / _SAME_M).astype(np.int64)
    last = np.where(school == -1, school.max(initial=0) + 1, school)
    order = np.lexsort((last, cell[:, 1], cell[:, 0]))
    kept = order[(np.diff(cell[order], axis=0, prepend=-1) != 0).any(axis=1)]
    return xy[kept], school[kept]
