"""Points brought to the streets: the nearest ones, from the right side, and not across a barrier."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.model.network import Network, Snap
from geo.model.walking import AccessChoices
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import AT_NODE_M, Mask

Shapes = npt.NDArray[Any]

# Roads are barriers that people may live on: a leg may end within, and not come out on the other side.
_LIVED_ON: Final = "road"
# Dimensions of a polygon, as shapely counts them.
_AREA: Final = 2


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
    """What no leg may cross: shapes, a tree of them, and which are roads that people live on."""

    shapes: Shapes
    tree: shapely.STRtree
    lived_on: Mask

    @classmethod
    def of(cls, barriers: gpd.GeoDataFrame | None, network: Network) -> _Barriers | None:
        """Take barriers as they are given, and the streets that may not be crossed unseen since they have two sides."""
        given = np.asarray([] if barriers is None else barriers.geometry.to_numpy(), dtype=object)
        lived_on = np.zeros(len(given), dtype=bool)
        if barriers is not None and "kind" in barriers:
            lived_on = barriers["kind"].eq(_LIVED_ON).to_numpy(dtype=bool)
        sided = network.lines[[] if network.side is None else np.flatnonzero(network.side > 0)]
        shapes = np.concatenate([given, sided])
        if not len(shapes):
            return None
        shapely.prepare(shapes)
        return cls(shapes, shapely.STRtree(shapes), np.concatenate([lived_on, np.zeros(len(sided), dtype=bool)]))

    def hold(self, points: Shapes) -> Mask:
        """Tell which points stand within a barrier, where nobody lives."""
        point, barrier = self.tree.query(points, predicate="within")
        areas = shapely.get_dimensions(self.shapes) == _AREA
        held = np.zeros(len(points), dtype=bool)
        held[point[areas[barrier] & ~self.lived_on[barrier]]] = True
        return held

    def bar(self, points: Shapes, network: Network, legs: Legs) -> Mask:
        """Tell which legs lead into a barrier, or across a road."""
        ends = shapely.line_interpolate_point(network.lines[legs.edge], legs.along_m)
        xy = np.stack([shapely.get_coordinates(points[legs.point]), shapely.get_coordinates(ends)], axis=1)
        # A street may lie at the edge of a barrier: the last centimetre to it crosses nothing.
        kept = np.maximum(1 - AT_NODE_M / np.maximum(legs.access_m, AT_NODE_M), 0.0)
        xy[:, 1] = xy[:, 0] + (xy[:, 1] - xy[:, 0]) * kept[:, None]
        long = np.flatnonzero(kept > 0)
        lines = np.asarray(shapely.linestrings(xy[long]), dtype=object)
        leg, barrier = self.tree.query(lines)
        shapes = self.shapes[barrier]
        meet = shapely.intersects(shapes, lines[leg])
        leg, barrier, shapes = leg[meet], barrier[meet], shapes[meet]
        crossed = ~shapely.touches(shapes, lines[leg])
        ends_within = shapely.intersects_xy(shapes, xy[long[leg], 0]) | shapely.intersects_xy(shapes, xy[long[leg], 1])
        crossed &= ~(self.lived_on[barrier] & ends_within)
        barred = np.zeros(len(legs.point), dtype=bool)
        barred[long[leg[crossed]]] = True
        return barred


def brought(network: Network, points: Shapes, *, choices: AccessChoices, barriers: gpd.GeoDataFrame | None) -> Snap:
    """Bring points to the streets near them; see `geo.territory.network.snap`."""
    tree = shapely.STRtree(network.lines)
    pairs, near_m = tree.query_nearest(points, all_matches=True, return_distance=True, max_distance=choices.reach_m)
    if choices.candidates == 1 and barriers is None and network.side is None:
        # Several edges at the same distance (a point in front of a crossing): the first of them.
        order = np.lexsort((pairs[1], pairs[0]))
        legs = _measured(network, points, (pairs[0, order], pairs[1, order]))
        return _snap(legs.of(np.diff(legs.point, prepend=-1) != 0), points=len(points))
    radius_m = np.full(len(points), np.inf)
    radius_m[pairs[0]] = np.minimum(near_m + choices.band_m, choices.reach_m)
    legs = _all_legs((network, tree), points, radius_m, choices=choices, barriers=_Barriers.of(barriers, network))
    return _snap(_first_few(_alternatives(network, legs), choices.candidates), points=len(points))


def _snap(legs: Legs, *, points: int) -> Snap:
    """Give the places of legs in the order of their points."""
    rows = np.bincount(legs.point, minlength=points)
    first = None if (rows == 1).all() else np.concatenate([[0], np.cumsum(rows)])
    return Snap(legs.edge, legs.along_m, legs.access_m, first)


def _measured(network: Network, points: Shapes, pairs: tuple[Rows, Rows]) -> Legs:
    point, edge = pairs
    lines, ends = network.lines[edge], points[point]
    return Legs(point, edge, shapely.line_locate_point(lines, ends), shapely.distance(lines, ends))


def _all_legs(
    streets: tuple[Network, shapely.STRtree],
    points: Shapes,
    radius_m: Floats,
    *,
    choices: AccessChoices,
    barriers: _Barriers | None,
) -> Legs:
    """Give all legs that may be walked and are hardly longer than the shortest such one of their point.

    Parameters
    ----------
    streets
        The network, and its edges as a tree.
    points
        What is brought to it.
    radius_m
        Where to look first [m], infinite where there is no street within reach, shape (points,).
    choices
        How much longer, and how far to look where the first legs are barred.
    barriers
        What legs may not cross.
    """
    found = []
    seeking = np.isfinite(radius_m)
    if barriers:
        seeking &= ~barriers.hold(points)
    while seeking.any():
        legs = _within(streets, points, np.flatnonzero(seeking), radius_m=radius_m)
        if barriers:
            legs = legs.of(~barriers.bar(points, streets[0], legs))
        best_m = np.full(len(points), np.inf)
        np.minimum.at(best_m, legs.point, legs.access_m)
        enough_m = np.minimum(best_m + choices.band_m, choices.reach_m)
        done = seeking & (radius_m >= enough_m)
        found.append(legs.of(done[legs.point] & (legs.access_m <= enough_m[legs.point])))
        seeking &= ~done
        radius_m = np.where(np.isfinite(best_m), enough_m, np.minimum(2 * radius_m, choices.reach_m))
    columns = zip(_no_legs(), *found, strict=True)
    legs = Legs(*(np.concatenate(column) for column in columns))
    return legs.of(np.lexsort((legs.edge, legs.access_m, legs.point)))


def _no_legs() -> Legs:
    return Legs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))


def _within(streets: tuple[Network, shapely.STRtree], points: Shapes, rows: Rows, *, radius_m: Floats) -> Legs:
    """Give the legs from some points to all edges within their radius, from the side that each edge is open to."""
    network, tree = streets
    pairs = tree.query(points[rows], predicate="dwithin", distance=radius_m[rows])
    legs = _measured(network, points, (rows[pairs[0]], pairs[1]))
    return legs if network.side is None else legs.of(_on_its_side(network, points, legs))


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


def _first_few(legs: Legs, few: int) -> Legs:
    """Give the shortest few legs of each point."""
    rank = np.arange(len(legs.point)) - np.searchsorted(legs.point, legs.point)
    return legs.of(rank < few)
