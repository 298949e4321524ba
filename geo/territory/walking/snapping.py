"""Points brought to the streets: the nearest ones, from the right side, and not across a barrier."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree

from geo.model.network import Network, Snap
from geo.model.walking import AccessChoices
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import AT_NODE_M, Mask

Shapes = npt.NDArray[Any]

# Roads are barriers that people may live on: a leg may end within, and not come out on the other side.
_LIVED_ON: Final = "road"
# Dimensions of a polygon, as shapely counts them.
_AREA: Final = 2
# Most addresses have a street and its neighbours so near; it changes how long the search takes, never what it finds.
_FIRST_LOOK_M: Final = 25.0
# Borders are taken as points so far apart to tell which legs come near them; it changes the time only.
_MARK_M: Final = 20.0


class Legs(NamedTuple):
    """Straight ways from points to edges: point, edge, where along it and how long [m], each of shape (legs,)."""

    point: Rows
    edge: Rows
    along_m: Floats
    access_m: Floats

    def of(self, rows: Rows | Mask) -> Legs:
        """Give some of them."""
        return Legs(self.point[rows], self.edge[rows], self.along_m[rows], self.access_m[rows])


class _Barriers(NamedTuple):
    """What no leg may cross.

    Attributes
    ----------
    shapes
        Areas and lines, shape (barriers,).
    lived_on
        Which of them are roads that people live on, shape (barriers,).
    borders
        Their borders, piece by piece: found at once where a whole river would be looked at again and again.
    owner
        Barrier of each piece, shape (pieces,).
    marks
        Points of the borders, none farther along them than half of `_MARK_M` from the next one.
    """

    shapes: Shapes
    lived_on: Mask
    borders: shapely.STRtree
    owner: Rows
    marks: KDTree

    @classmethod
    def of(cls, barriers: gpd.GeoDataFrame | None, network: Network) -> _Barriers | None:
        """Take barriers as they are given, and the streets that may not be crossed unseen since they have two sides."""
        given, lived_on = np.empty(0, dtype=object), np.empty(0, dtype=bool)
        if barriers is not None and len(barriers):
            given = np.asarray(barriers.geometry.to_numpy(), dtype=object)
            kind = barriers["kind"].to_numpy(dtype=object) if "kind" in barriers else np.full(len(given), "")
            lived_on = np.asarray(kind == _LIVED_ON, dtype=bool)
        sided = network.lines[[] if network.side is None else np.flatnonzero(network.side > 0)]
        shapes = np.concatenate([given, sided])
        if not len(shapes):
            return None
        shapely.prepare(shapes)
        pieces, owner = _pieces(shapes)
        both = np.concatenate([lived_on, np.zeros(len(sided), dtype=bool)])
        marks = shapely.get_coordinates(shapely.segmentize(pieces, _MARK_M))
        return cls(shapes, both, shapely.STRtree(pieces), owner, KDTree(np.unique(marks, axis=0)))

    def hold(self, points: Shapes) -> Mask:
        """Tell which points stand within a barrier, where nobody lives."""
        areas = np.flatnonzero((shapely.get_dimensions(self.shapes) == _AREA) & ~self.lived_on)
        point, area = shapely.STRtree(self.shapes[areas]).query(points)
        x, y = shapely.get_coordinates(points[point]).T
        held = np.zeros(len(points), dtype=bool)
        held[point[shapely.contains_xy(self.shapes[areas[area]], x, y)]] = True
        return held

    def near_m(self, points: Shapes) -> Floats:
        """Give a distance [m] than which no border is nearer to each point; where all are far away, a short one."""
        far_m = _FIRST_LOOK_M + _MARK_M
        mark_m, _ = self.marks.query(shapely.get_coordinates(points), distance_upper_bound=far_m)
        # A border is at most half the distance of two marks nearer than the nearest mark.
        return np.asarray(np.minimum(mark_m, far_m) - _MARK_M / 2 - AT_NODE_M)

    def bar(self, points: Shapes, network: Network, legs: Legs) -> Mask:
        """Tell which legs lead into a barrier, or across a road."""
        ends = shapely.line_interpolate_point(network.lines[legs.edge], legs.along_m)
        xy = np.stack([shapely.get_coordinates(points[legs.point]), shapely.get_coordinates(ends)], axis=1)
        # A street may lie at the edge of a barrier: the last centimetre to it crosses nothing.
        kept = np.maximum(1 - AT_NODE_M / np.maximum(legs.access_m, AT_NODE_M), 0.0)
        xy[:, 1] = xy[:, 0] + (xy[:, 1] - xy[:, 0]) * kept[:, None]
        long = np.flatnonzero(kept > 0)
        lines = np.asarray(shapely.linestrings(xy[long]), dtype=object)
        leg, piece = self.borders.query(lines)
        meet = shapely.intersects(self.borders.geometries[piece], lines[leg])
        leg, barrier = np.unique(np.stack([leg[meet], self.owner[piece[meet]]]), axis=1)
        shapes = self.shapes[barrier]
        crossed = ~shapely.touches(shapes, lines[leg])
        ends_within = [shapely.intersects_xy(shapes, xy[long[leg], end]) for end in (0, 1)]
        crossed &= ~(self.lived_on[barrier] & np.any(ends_within, axis=0))
        barred = np.zeros(len(legs.point), dtype=bool)
        barred[long[leg[crossed]]] = True
        return barred


def brought(network: Network, points: Shapes, *, choices: AccessChoices, barriers: gpd.GeoDataFrame | None) -> Snap:
    """Bring points to the streets near them; see `geo.territory.network.snap`."""
    legs = _legs(network, points, choices=choices, barriers=_Barriers.of(barriers, network))
    if choices.candidates > 1:
        legs = _alternatives(network, legs)
    rank = np.arange(len(legs.point)) - np.searchsorted(legs.point, legs.point)
    legs = legs.of(rank < choices.candidates)
    rows = np.bincount(legs.point, minlength=len(points))
    first = None if (rows == 1).all() else np.concatenate([[0], np.cumsum(rows)])
    return Snap(legs.edge, legs.along_m, legs.access_m, first)


def _legs(network: Network, points: Shapes, *, choices: AccessChoices, barriers: _Barriers | None) -> Legs:
    """Give the legs that may be walked and are hardly longer than the shortest one of their point, in order."""
    tree = shapely.STRtree(network.lines)
    band_m = choices.band_m if choices.candidates > 1 else 0.0
    radius_m = np.full(len(points), min(_FIRST_LOOK_M, choices.reach_m))
    seeking = ~barriers.hold(points) if barriers else np.ones(len(points), dtype=bool)
    border_m = barriers.near_m(points) if barriers else np.zeros(0)
    # Where a barrier hides the nearest street, all that is within the radius is looked at, not what is near only.
    hidden = np.zeros(len(points), dtype=bool)
    found = [Legs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))]
    while seeking.any():
        point, edge, access_m = _near((network, tree), points, np.flatnonzero(seeking), radius_m=radius_m)
        near_m = _least(point, access_m, points=len(points)) + band_m
        looked_at = access_m <= np.where(hidden, radius_m, near_m)[point]
        point, edge, access_m = point[looked_at], edge[looked_at], access_m[looked_at]
        legs = Legs(point, edge, shapely.line_locate_point(network.lines[edge], points[point]), access_m)
        if network.side is not None:
            legs = legs.of(_on_its_side(network, points, legs))
        if barriers:
            # Only legs as long as the way to a border may meet it.
            near = np.flatnonzero(legs.access_m >= border_m[legs.point])
            barred = np.zeros(len(legs.point), dtype=bool)
            barred[near] = barriers.bar(points, network, legs.of(near))
            legs = legs.of(~barred)
        enough_m = _least(legs.point, legs.access_m, points=len(points)) + band_m
        known_m = np.where(hidden, radius_m, np.minimum(radius_m, near_m))
        done = seeking & (np.minimum(enough_m, choices.reach_m) <= known_m)
        hidden |= seeking & (enough_m > near_m)
        found.append(legs.of(done[legs.point] & (legs.access_m <= enough_m[legs.point])))
        seeking &= ~done
        wider_m = np.where(np.isfinite(enough_m), np.maximum(enough_m, radius_m), 2 * radius_m)
        radius_m = np.minimum(wider_m, choices.reach_m)
    legs = Legs(*(np.concatenate(column) for column in zip(*found, strict=True)))
    return legs.of(np.lexsort((legs.edge, legs.access_m, legs.point)))


def _near(
    streets: tuple[Network, shapely.STRtree], points: Shapes, rows: Rows, *, radius_m: Floats
) -> tuple[Rows, Rows, Floats]:
    """Give point, edge and distance [m] of all edges within the radius of some points."""
    network, tree = streets
    pairs = tree.query(points[rows], predicate="dwithin", distance=radius_m[rows])
    point, edge = rows[pairs[0]], pairs[1]
    return point, edge, shapely.distance(network.lines[edge], points[point])


def _least(point: Rows, access_m: Floats, *, points: int) -> Floats:
    """Give the shortest leg of each point [m], infinite for none, shape (points,)."""
    least_m = np.full(points, np.inf)
    np.minimum.at(least_m, point, access_m)
    return least_m


def _pieces(shapes: Shapes) -> tuple[Shapes, Rows]:
    """Give the borders of areas, and lines, piece by piece, and the shape that each piece belongs to."""
    areas = shapely.get_dimensions(shapes) == _AREA
    lines = np.where(areas, shapely.boundary(shapes), shapes)
    parts, owner = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    tail = np.flatnonzero(np.diff(part) == 0)
    return np.asarray(shapely.linestrings(np.stack([xy[tail], xy[tail + 1]], axis=1))), owner[part[tail]]


def _on_its_side(network: Network, points: Shapes, legs: Legs) -> Mask:
    """Tell which points lie on the side to which the edge is open; who stands on the line lies on both."""
    side = np.zeros(len(network.lines), dtype=np.int8) if network.side is None else network.side
    one_sided = np.flatnonzero(side[legs.edge])
    lines, along_m = network.lines[legs.edge[one_sided]], legs.along_m[one_sided]
    length_m = shapely.length(lines)
    # The street runs from a little before to a little behind the place: at a bend, along neither of its two parts.
    before, behind = np.maximum(along_m - AT_NODE_M, 0.0), np.minimum(along_m + AT_NODE_M, length_m)
    tail, head = (shapely.get_coordinates(shapely.line_interpolate_point(lines, at_m)) for at_m in (before, behind))
    from_tail = shapely.get_coordinates(points[legs.point[one_sided]]) - tail
    runs = head - tail
    left = runs[:, 0] * from_tail[:, 1] - runs[:, 1] * from_tail[:, 0]
    fits = np.ones(len(legs.point), dtype=bool)
    fits[one_sided] = (left * side[legs.edge[one_sided]] >= 0) | (legs.access_m[one_sided] < AT_NODE_M)
    return fits


def _alternatives(network: Network, legs: Legs) -> Legs:
    """Leave out the legs that only cut a corner: to a crossing that a nearer street of the point leads to as well.

    Parameters
    ----------
    legs
        Legs in the order of their points, the shortest first.
    """
    start, end, nodes = network.start[legs.edge], network.end[legs.edge], len(network.node_xy)
    at_end = shapely.length(network.lines[legs.edge]) - legs.along_m < AT_NODE_M
    node = np.where(legs.along_m < AT_NODE_M, start, np.where(at_end, end, -1))
    here = legs.point * nodes
    nearest = np.diff(legs.point, prepend=-1) != 0
    beside = (node < 0) | nearest
    led_to = np.concatenate([(here + start)[beside], (here + end)[beside]])
    corner = np.flatnonzero(~beside)
    corner = corner[~np.isin((here + node)[corner], led_to)]
    # Several edges meet at the crossing: one of them is enough.
    _, once = np.unique((here + node)[corner], return_index=True)
    return legs.of(np.sort(np.concatenate([np.flatnonzero(beside), corner[once]])))
