"""Laws W13 and W14 of docs/catchments.md: where along a street the nearest school changes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.model.network import Network, Snap
from geo.territory.network import build_network
from geo.territory.walking.portions import Portions, clipped, joined, nearest_portions, portions_within
from geo.territory.walking.questions import Streets, prepare, walk_table

Line = list[tuple[float, float]]
# Points of streets are asked so far from where anything changes: nearer, rounding decides.
AWAY_M = 0.02


def _network(*lines: Line, direction: list[int] | None = None) -> Network:
    columns = {"walk_direction": direction or [0] * len(lines)}
    return build_network(gpd.GeoDataFrame(columns, geometry=[shapely.LineString(line) for line in lines]))


def _schools(*places: tuple[int, float, float]) -> Snap:
    """Give schools by edge, distance along it and access."""
    edge, along_m, access_m = zip(*places, strict=True)
    return Snap(np.array(edge), np.array(along_m, dtype=float), np.array(access_m, dtype=float))


def _told(portions: Portions) -> list[tuple[float, ...]]:
    """Give school, from, to and the walks at both ends, to the micrometre."""
    return [tuple(round(float(value), 6) for value in row[1:]) for row in zip(*portions, strict=True)]


def _plain(network: Network, lengths_m: tuple[list[float], list[float]] | None = None) -> Streets:
    counted = network if lengths_m is None else network.counting(np.array(lengths_m[0]), np.array(lengths_m[1]))
    return prepare(counted, compiled=False)


STREET: Line = [(0, 0), (100, 0)]


def test_the_school_changes_where_both_walks_are_equally_long() -> None:
    streets = _plain(_network(STREET))
    assert _told(nearest_portions(streets, _schools((0, 0, 0), (0, 100, 20)))) == [
        (0, 0, 60, 0, 60),
        (1, 60, 100, 60, 20),
    ]


def test_two_schools_in_the_middle_of_one_street_part_it_between_them() -> None:
    streets = _plain(_network(STREET))
    assert _told(nearest_portions(streets, _schools((0, 70, 0), (0, 20, 4)))) == [
        (1, 0, 20, 24, 4),
        (1, 20, 43, 4, 27),
        (0, 43, 70, 27, 0),
        (0, 70, 100, 0, 30),
    ]


def test_of_schools_at_one_place_the_first_has_all() -> None:
    streets = _plain(_network(STREET))
    told = _told(nearest_portions(streets, _schools((0, 40, 5), (0, 40, 5))))
    assert [row[0] for row in told] == [0, 0]
    assert [row[0] for row in _told(nearest_portions(streets, _schools((0, 40, 6), (0, 40, 5))))] == [1, 1]


def test_where_two_schools_are_equally_near_all_along_the_first_has_the_street() -> None:
    # A fork: both schools are 50 m from the crossing, and the third street leads away from both.
    network = _network([(0, 0), (50, 50)], [(0, 100), (50, 50)], [(50, 50), (150, 50)])
    for schools in (_schools((0, 0, 0), (1, 0, 0)), _schools((1, 0, 0), (0, 0, 0))):
        portions = nearest_portions(_plain(network), schools)
        assert portions.school[portions.edge == 2].tolist() == [0]


def test_a_one_way_street_is_walked_to_the_school_in_its_direction_only() -> None:
    # A square; its lower side leads from the left to the right only, and the school stands in its middle.
    network = _network(
        STREET, [(100, 0), (100, 100)], [(100, 100), (0, 100)], [(0, 100), (0, 0)], direction=[1, 0, 0, 0]
    )
    told = _told(nearest_portions(_plain(network), _schools((0, 50, 0))))
    # Who stands behind the school walks around: 300 m and the 50 m before the school.
    assert told[:2] == [(0, 0, 50, 50, 0), (0, 50, 100, 400, 350)]
    away = _told(nearest_portions(prepare(network, compiled=False, towards=False), _schools((0, 50, 0))))
    assert away[:2] == [(0, 0, 50, 350, 400), (0, 50, 100, 0, 50)]


def test_penalties_move_the_change_and_a_shut_street_belongs_to_none() -> None:
    network = _network(STREET, [(100, 0), (200, 0)], [(200, 0), (300, 0)])
    streets = _plain(network, ([200, 100, np.inf], [200, 100, np.inf]))
    told = _told(nearest_portions(streets, _schools((0, 0, 0), (1, 100, 0))))
    # 300 m are counted between both: the change is at 150 counted metres, 75 m along the first street.
    assert told == [(0, 0, 75, 0, 150), (1, 75, 100, 150, 100), (1, 0, 100, 100, 0), (-1, 0, 100, np.inf, np.inf)]


def test_a_street_that_is_shorter_up_than_down_is_parted_by_what_is_counted_there() -> None:
    # To the left a metre counts one, to the right two: 10 counted metres more from the right.
    streets = prepare(_network(STREET).counting(np.array([200.0]), np.array([100.0])), compiled=False)
    told = _told(nearest_portions(streets, _schools((0, 0, 0), (0, 100, 0))))
    assert told == [(0, 0, 66.666667, 0, 66.666667), (1, 66.666667, 100, 66.666667, 0)]


def test_what_a_school_reaches_ends_exactly_at_the_limit() -> None:
    network = _network(STREET, [(100, 0), (200, 0)], [(100, 0), (100, 100)])
    schools = _schools((0, 30, 10), (1, 90, 0))
    streets = _plain(network)
    assert _told(joined(portions_within(streets, schools, 90))) == [
        (0, 0, 100, 40, 80),
        (0, 0, 10, 80, 90),
        (0, 0, 10, 80, 90),
        (1, 0, 100, 90, 10),
    ]
    assert _told(joined(portions_within(streets, schools, 10))) == [(1, 80, 100, 10, 10)]
    assert _told(joined(clipped(nearest_portions(streets, schools), 10))) == [(1, 80, 100, 10, 10)]


def test_a_ring_is_cut_on_both_sides() -> None:
    ring: Line = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    streets = _plain(_network(ring, [(0, 0), (-50, 0)]))
    told = _told(portions_within(streets, _schools((1, 50, 0)), 120))
    assert told == [(0, 0, 70, 50, 120), (0, 330, 400, 120, 50), (0, 0, 50, 50, 0)]


# Small odd networks -------------------------------------------------------------------------------------------------


@st.composite
def odd_streets(draw: st.DrawFn) -> tuple[Streets, Snap]:
    """Give streets between the points of a small lattice: loops, parallel ones, dead ends, one-way, shut or penalised.

    Coordinates and accesses are whole, so that ties are frequent.
    """
    spot = st.tuples(st.integers(0, 3), st.integers(0, 3))
    pairs = draw(st.lists(st.tuples(spot, spot, st.sampled_from([0, 0, 7, -11])), min_size=1, max_size=9))
    lines = [_bent(first, last, aside_m) for first, last, aside_m in pairs]
    direction = draw(st.lists(st.sampled_from([0, 0, 0, 1, -1]), min_size=len(lines), max_size=len(lines)))
    network = _network(*lines, direction=direction)
    edges = len(network.start)
    factor = st.lists(st.sampled_from([1.0, 1.0, 2.0, np.inf]), min_size=edges, max_size=edges)
    if draw(st.booleans()):
        network = network.counting(network.length_m * draw(factor), network.length_m * draw(factor))
    streets = prepare(network, compiled=False, towards=draw(st.booleans()))
    places = draw(
        st.lists(
            st.tuples(st.integers(0, edges - 1), st.sampled_from([0, 0.2, 0.5, 0.7, 1]), st.sampled_from([0, 3, 40])),
            min_size=1,
            max_size=4,
        )
    )
    schools = _schools(*((edge, share * network.length_m[edge], access) for edge, share, access in places))
    if len(places) < 2 or draw(st.booleans()):
        return streets, schools
    # The first school has two places.
    first = np.r_[0, np.arange(2, len(places) + 1)]
    return streets, Snap(schools.edge, schools.along_m, schools.access_m, first)


def _bent(first: tuple[int, int], last: tuple[int, int], aside_m: int) -> Line:
    (x, y), (to_x, to_y) = ((40.0 * first[0], 40.0 * first[1]), (40.0 * last[0], 40.0 * last[1]))
    if first == last:
        return [(x, y), (x + 13, y), (x + 13, y + 13), (x, y)]
    return [(x, y), ((x + to_x) / 2 + aside_m, (y + to_y) / 2 + aside_m), (to_x, to_y)]


def _sampled(streets: Streets, schools: Snap, rng: np.random.Generator) -> Snap:
    """Give points of all edges, none beside an end or a school."""
    edge = np.repeat(np.arange(len(streets.network.start)), 12)
    along_m = rng.uniform(0, 1, len(edge)) * streets.network.length_m[edge]
    clear = (along_m > AWAY_M) & (along_m < streets.network.length_m[edge] - AWAY_M)
    for school in range(len(schools.edge)):
        clear &= (edge != schools.edge[school]) | (np.abs(along_m - schools.along_m[school]) > AWAY_M)
    return Snap(edge[clear], along_m[clear], np.zeros(int(clear.sum())))


def _portion_at(portions: Portions, points: Snap) -> np.ndarray:
    """Give the portion that each point lies on."""
    order = np.lexsort((portions.from_m, portions.edge))
    begins = portions.edge[order] * 1e6 + portions.from_m[order]
    return order[np.searchsorted(begins, points.edge * 1e6 + points.along_m, side="right") - 1]


def _walk_there(portions: Portions, row: np.ndarray, along_m: np.ndarray) -> np.ndarray:
    share = (along_m - portions.from_m[row]) / portions.length_m[row]
    from_m, to_m = portions.from_walk_m[row], portions.to_walk_m[row]
    there = np.isfinite(from_m)
    rise_m = np.where(there, to_m, 0) - np.where(there, from_m, 0)
    return from_m + rise_m * share


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(odd_streets(), st.integers(0, 2**32 - 1))
def test_every_point_of_every_street_has_the_school_and_the_walk_of_an_exact_search(
    odd: tuple[Streets, Snap], seed: int
) -> None:
    # W13
    streets, schools = odd
    portions = nearest_portions(streets, schools)
    points = _sampled(streets, schools, np.random.default_rng(seed))
    table = walk_table(streets, schools, points)
    row = _portion_at(portions, points)
    assert np.allclose(_walk_there(portions, row, points.along_m), table.min(axis=1), atol=1e-5)
    expected = np.where(np.isinf(table).all(axis=1), -1, table.argmin(axis=1))
    change_m = np.minimum(points.along_m - portions.from_m[row], portions.to_m[row] - points.along_m)
    sure = change_m > 1e-4
    assert np.array_equal(portions.school[row][sure], expected[sure])


@quick
@given(odd_streets())
def test_portions_are_every_street_once(odd: tuple[Streets, Snap]) -> None:
    # W13
    streets, schools = odd
    portions = nearest_portions(streets, schools)
    assert (portions.length_m > 0).all()
    first = np.diff(portions.edge, prepend=-1) > 0
    assert np.array_equal(portions.edge[first], np.arange(len(streets.network.start)))
    assert (portions.from_m[first] == 0).all()
    assert np.array_equal(portions.from_m[1:][~first[1:]], portions.to_m[:-1][~first[1:]])
    last = np.r_[first[1:], True]
    assert np.array_equal(portions.to_m[last], streets.ways.length_m)


@quick
@given(odd_streets(), st.sampled_from([2.0, 37.0, 80.0, 150.0]), st.integers(0, 2**32 - 1))
def test_what_a_school_reaches_is_what_its_walks_say(odd: tuple[Streets, Snap], limit_m: float, seed: int) -> None:
    # W14
    streets, schools = odd
    portions = portions_within(streets, schools, limit_m)
    points = _sampled(streets, schools, np.random.default_rng(seed))
    table = walk_table(streets, schools, points)
    for school in range(schools.points):
        mine = portions.take(np.flatnonzero(portions.school == school))
        inside = np.zeros(len(points.edge), dtype=bool)
        for edge, from_m, to_m in zip(mine.edge, mine.from_m, mine.to_m, strict=True):
            inside |= (points.edge == edge) & (points.along_m >= from_m) & (points.along_m <= to_m)
        sure = np.abs(table[:, school] - limit_m) > 1e-4
        assert np.array_equal(inside[sure], table[sure, school] <= limit_m)


@quick
@given(odd_streets(), st.permutations(range(4)))
def test_the_order_of_schools_changes_no_walk(odd: tuple[Streets, Snap], order: list[int]) -> None:
    # W13
    streets, schools = odd
    rows = [row for row in order if row < len(schools.edge)]
    alone = Snap(schools.edge, schools.along_m, schools.access_m)
    turned = Snap(schools.edge[rows], schools.along_m[rows], schools.access_m[rows])
    told = []
    for some in (alone, turned):
        portions = nearest_portions(streets, some)
        there = np.isfinite(portions.from_walk_m)
        walk_m = (portions.from_walk_m[there] + portions.to_walk_m[there]) / 2
        told.append(float((walk_m * portions.length_m[there]).sum()))
    assert told[0] == pytest.approx(told[1], abs=1e-3)
