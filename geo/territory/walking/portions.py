"""Which part of each street belongs to which school, and how long the walk is there.

Along an edge the walk grows from either end, and from each school on it. Between two neighbouring *stops* (the ends of
the edge and the schools on it) it comes from one or from the other, and there is one point where both are equally
long. So each edge falls into portions on which the school is one and the walk is a straight line, without any search
beyond that of the nodes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from geo.model.network import Snap
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import Ways
from geo.territory.walking.questions import Streets, nearest, within

# Shorter portions are what rounding leaves where both walks are equal at the end of an edge.
_SPECK_M: Final = 1e-6


class Portions(NamedTuple):
    """Parts of edges, those of one edge and one search one after the other; all of shape (portions,).

    Attributes
    ----------
    edge
        Row of the edge.
    school
        Row of the school, -1 where no school can be reached.
    from_m, to_m
        Where the portion begins and ends, along the edge from its first node [m].
    from_walk_m, to_walk_m
        Walk at either end [m], with the access of the school; it is a straight line between them, and infinite where
        no school can be reached.
    """

    edge: Rows
    school: Rows
    from_m: Floats
    to_m: Floats
    from_walk_m: Floats
    to_walk_m: Floats

    @property
    def length_m(self) -> Floats:
        """Length on the ground [m]."""
        return self.to_m - self.from_m

    def take(self, rows: Rows) -> Portions:
        """Give some of the portions."""
        return Portions._make(column[rows] for column in self)

    def walk_at(self, rows: Rows, along_m: Floats) -> Floats:
        """Give the walk at places of some portions, by their distance along the edge [m], each of shape (places,)."""
        from_m, to_m = self.from_walk_m[rows], self.to_walk_m[rows]
        rise_m = np.where(self.school[rows] < 0, 0.0, to_m) - np.where(self.school[rows] < 0, 0.0, from_m)
        walk_m: Floats = from_m + rise_m * ((along_m - self.from_m[rows]) / self.length_m[rows])
        return walk_m


class _Stops(NamedTuple):
    """Points of edges where walk and school are known; an edge may come several times, as `row`."""

    row: Rows
    edge: Rows
    share: Floats
    walk_m: Floats
    school: Rows


def nearest_portions(streets: Streets, schools: Snap) -> Portions:
    """Give the portions of all edges by their nearest school; together they are every edge once, in order.

    Parameters
    ----------
    streets
        The network, prepared.
    schools
        Points brought to it. Of schools that are equally near, the one that stands first has the portion.
    """
    network, at_node = streets.network, nearest(streets, schools)
    edge, at_school = np.arange(len(network.start)), nearest(streets, schools, _in_front(schools))
    stops = (
        _Stops(edge, edge, np.zeros(len(edge)), at_node.walk_m[network.start], at_node.school[network.start]),
        _Stops(schools.edge, schools.edge, _shares(streets, schools), at_school.walk_m, at_school.school),
        _Stops(edge, edge, np.ones(len(edge)), at_node.walk_m[network.end], at_node.school[network.end]),
    )
    return _between(streets.ways, _in_order(stops))


def portions_within(streets: Streets, schools: Snap, limit_m: float) -> Portions:
    """Give what each school reaches, each for itself, in the order of schools and edges.

    Parameters
    ----------
    streets
        The network, prepared.
    schools
        Points brought to it.
    limit_m
        Longest walk that counts [m], the access of the school included.
    """
    edges = max(len(streets.network.start), 1)
    place, owner, walk_m = _in_front_within(streets, schools, limit_m)
    pair, at_start_m, at_end_m = _touched(streets, schools, limit_m, also=owner * edges + schools.edge[place])
    school, edge = np.divmod(pair, edges)
    row = np.arange(len(pair))
    own = np.searchsorted(pair, owner * edges + schools.edge[place])
    stops = (
        _Stops(row, edge, np.zeros(len(row)), at_start_m, school),
        _Stops(own, schools.edge[place], _shares(streets, schools)[place], walk_m, owner),
        _Stops(row, edge, np.ones(len(row)), at_end_m, school),
    )
    return clipped(_between(streets.ways, _in_order(stops)), limit_m)


def clipped(portions: Portions, limit_m: float, *, over_m: float = 0.0) -> Portions:
    """Give the parts of portions where the walk is more than one limit and up to another [m], cut exactly there."""
    there = portions.take(np.flatnonzero(np.isfinite(portions.from_walk_m)))
    rise_m = there.to_walk_m - there.from_walk_m
    # Where rounding has left no rise, all or nothing lies between the limits.
    rise_m = np.where(rise_m == 0, _SPECK_M**2, rise_m)
    shares = [(bound_m - there.from_walk_m) / rise_m for bound_m in (over_m, limit_m)]
    begin, end = np.maximum(np.minimum(*shares), 0.0), np.minimum(np.maximum(*shares), 1.0)
    cut = there._replace(
        from_m=np.where(begin > 0, there.from_m + begin * there.length_m, there.from_m),
        to_m=np.where(end < 1, there.from_m + end * there.length_m, there.to_m),
        from_walk_m=np.clip(there.from_walk_m, over_m, limit_m),
        to_walk_m=np.clip(there.to_walk_m, over_m, limit_m),
    )
    return cut.take(np.flatnonzero(cut.from_m < cut.to_m))


def remaining(streets: Streets, edges: Rows, portions: Portions) -> Portions:
    """Give what portions of one search, or none, leave of some edges: streets of no school.

    Parameters
    ----------
    streets
        The network, prepared.
    edges
        Rows of edges, each once; those of the portions are among them.
    portions
        Parts of them.
    """
    whole = np.zeros(len(edges)), streets.ways.length_m[edges]
    before, after = np.concatenate([edges, portions.edge]), np.concatenate([portions.edge, edges])
    from_m, to_m = np.concatenate([whole[0], portions.to_m]), np.concatenate([portions.from_m, whole[1]])
    # In order, the ends of what is taken and the beginnings of what is taken next face each other.
    first, second = np.lexsort((from_m, before)), np.lexsort((to_m, after))
    edge, from_m, to_m = before[first], from_m[first], to_m[second]
    left = to_m - from_m > _SPECK_M
    nowhere = np.full(int(left.sum()), np.inf)
    return Portions(edge[left], np.full(len(nowhere), -1), from_m[left], to_m[left], nowhere, nowhere)


def grouped(owner: Rows, groups: int) -> list[Rows]:
    """Give the rows of each group, numbered from 0 on; negative numbers are in none."""
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(groups + 1))
    return [order[first:last] for first, last in pairwise(bounds)]


def joined(portions: Portions) -> Portions:
    """Draw together portions of one school that follow each other on an edge; the walks within are lost."""
    apart = (np.diff(portions.edge) != 0) | (np.diff(portions.school) != 0)
    apart |= portions.from_m[1:] != portions.to_m[:-1]
    first = np.flatnonzero(np.r_[True, apart][: len(portions.edge)])
    last = np.r_[first[1:] - 1, len(portions.edge) - 1][: len(first)]
    head, tail = portions.take(first), portions.take(last)
    return head._replace(to_m=tail.to_m, to_walk_m=tail.to_walk_m)


def _in_front(schools: Snap) -> Snap:
    """Give the places of the streets in front of the schools as points of their own, shape (rows,)."""
    return Snap(schools.edge, schools.along_m, np.zeros(len(schools.edge)))


def _shares(streets: Streets, schools: Snap) -> Floats:
    """Give how far along their edge the places in front of the schools lie, from 0 to 1, shape (rows,)."""
    share: Floats = streets.places(schools).along_m / streets.ways.length_m[schools.edge]
    return share


def _in_front_within(streets: Streets, schools: Snap, limit_m: float) -> tuple[Rows, Rows, Floats]:
    """Give the places in front of each school that it reaches, the school, and the walk between both [m]."""
    found = within(streets, schools, limit_m, homes=_in_front(schools))
    school = np.repeat(np.arange(schools.points), np.diff(found.start))
    own = school == streets.places(schools).point[found.place]
    return found.place[own], school[own], found.walk_m[own]


def _touched(streets: Streets, schools: Snap, limit_m: float, *, also: Rows) -> tuple[Rows, Floats, Floats]:
    """Give the pairs of school and edge that a walk comes to, as one increasing number, and the walk at both ends."""
    network, found = streets.network, within(streets, schools, limit_m)
    edges, node = max(len(network.start), 1), np.concatenate([network.start, network.end])
    order = np.argsort(node, kind="stable")
    bounds = np.searchsorted(node[order], np.arange(len(network.node_xy) + 1))
    first, count = bounds[found.place], np.diff(bounds)[found.place]
    member = np.repeat(np.arange(len(found.place)), count)
    meeting = order[np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(member))]
    school = np.repeat(np.arange(schools.points), np.diff(found.start))[member]
    reached = school * edges + meeting % edges
    pair, row = np.unique(np.concatenate([reached, also]), return_inverse=True)
    row, by_start = row.reshape(-1)[: len(reached)], meeting < edges
    at_start_m, at_end_m = np.full(len(pair), np.inf), np.full(len(pair), np.inf)
    at_start_m[row[by_start]] = found.walk_m[member[by_start]]
    at_end_m[row[~by_start]] = found.walk_m[member[~by_start]]
    return pair, at_start_m, at_end_m


def _in_order(stops: tuple[_Stops, ...]) -> _Stops:
    """Put stops one after the other along each edge; those at one place keep the order in which they are given."""
    every = _Stops._make(np.concatenate(columns) for columns in zip(*stops, strict=True))
    order = np.lexsort((every.share, every.row))
    return _Stops._make(column[order] for column in every)


def _between(ways: Ways, stops: _Stops) -> Portions:
    """Part what lies between neighbouring stops where the walks from both are equally long."""
    left = np.flatnonzero((np.diff(stops.row) == 0) & (np.diff(stops.share) > 0))
    right, edge = left + 1, stops.edge[left]
    span = stops.share[right] - stops.share[left]
    forth_m, back_m, ground_m = ways.forth_m[edge] * span, ways.back_m[edge] * span, ways.length_m[edge] * span
    left_m, right_m = stops.walk_m[left], stops.walk_m[right]
    cut = _meeting_share((left_m, right_m), (forth_m, back_m))
    cut[cut * ground_m < _SPECK_M] = 0.0
    cut[(1 - cut) * ground_m < _SPECK_M] = 1.0
    nowhere = np.isinf(left_m + forth_m) & np.isinf(right_m + back_m)
    begin_m = ways.length_m[edge] * stops.share[left]
    end_m = ways.length_m[edge] * stops.share[right]
    cut_m = np.where(cut == 1, end_m, begin_m + cut * ground_m)
    with np.errstate(invalid="ignore"):
        first_m, second_m = left_m + cut * forth_m, right_m + (1 - cut) * back_m
    first = Portions(edge, stops.school[left], begin_m, cut_m, left_m, first_m)
    second = Portions(edge, stops.school[right], cut_m, end_m, second_m, right_m)
    for one in (first, second):
        one.school[nowhere], one.from_walk_m[nowhere], one.to_walk_m[nowhere] = -1, np.inf, np.inf
    both = Portions._make(np.stack(pair, axis=1).ravel() for pair in zip(first, second, strict=True))
    return both.take(np.flatnonzero(both.to_m > both.from_m))


def _meeting_share(ends_m: tuple[Floats, Floats], lengths_m: tuple[Floats, Floats]) -> Floats:
    """Give where between two stops the walks from both are equally long, as a share of the way.

    The first is met at the far end if nobody comes from the second, and the other way round.
    """
    (left_m, right_m), (forth_m, back_m) = ends_m, lengths_m
    by_left, by_right = np.isfinite(left_m + forth_m), np.isfinite(right_m + back_m)
    share = np.where(by_right & ~by_left, 0.0, 1.0)
    both = by_left & by_right
    share[both] = (right_m[both] - left_m[both] + back_m[both]) / (forth_m[both] + back_m[both])
    return np.clip(share, 0.0, 1.0)
