"""Laws of docs/accessibility.md: A1 by pencil, A2 seats conserved, A3 more seats harm nobody, A4 order, A5 steps."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import NetworkError
from geo.territory.accessibility import Pairs, gaussian_weights, pairs_of, step_weights, two_step
from geo.territory.walking.questions import Members

HOMES, PLACES = 400, 12
STEPS = (1.0, 0.68, 0.22)


def town(seed: int) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw a town: pairs within 900 m, seats, children; some homes without children, one place that nobody reaches."""
    rng = np.random.default_rng(seed)
    walk_m = rng.uniform(0, 2500, (PLACES, HOMES))
    walk_m[-1] = 2000.0
    place, home = np.nonzero(walk_m <= 900)
    children = rng.integers(0, 4, HOMES).astype(float)
    return Pairs(place, home, walk_m[place, home]), rng.integers(1, 60, PLACES).astype(float), children


def test_three_homes_share_two_creches_as_by_pencil() -> None:
    # The west crèche: 10 seats, 8 children of homes 0 and 1. The east one: 6 seats, 6 children of homes 1 and 2.
    reach = Members(np.array([0, 2, 4]), np.array([0, 1, 1, 2]), np.array([100.0, 200.0, 150.0, 300.0]))
    found = two_step(pairs_of(reach), np.array([10.0, 6.0]), np.array([4.0, 4.0, 2.0]))
    assert found.tolist() == [1.25, 2.25, 1.0]


def test_near_children_get_more_of_a_seat_as_by_pencil() -> None:
    # Steps of 100 m weigh 1, 0.5, 0.25: the west crèche has 4 + 0.5 * 4 = 6 children, the east one 2 + 1 = 3.
    reach = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), np.array([100.0, 200.0, 150.0, 100.0]))
    weight = step_weights(reach.walk_m, 300.0, (1.0, 0.5, 0.25))
    assert weight.tolist() == [1, 0.5, 0.5, 1]
    found = two_step(reach, np.array([12.0, 6.0]), np.array([4.0, 4.0, 1.0]), weight=weight)
    assert found.tolist() == [2, 0.5 * 2 + 0.5 * 2, 2]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["plain", "steps", "gaussian"])
def test_the_seats_that_somebody_reaches_are_all_given_away_once(seed: int, kind: str) -> None:
    pairs, seats, children = town(seed)
    weight = {
        "plain": None,
        "steps": step_weights(pairs.walk_m, 900.0, STEPS),
        "gaussian": gaussian_weights(pairs.walk_m, 900.0),
    }[kind]
    given = float((children * two_step(pairs, seats, children, weight=weight)).sum())
    reached = np.unique(pairs.place[children[pairs.home] > 0])
    assert len(reached) == PLACES - 1
    assert given == pytest.approx(seats[reached].sum(), rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_more_seats_never_leave_anybody_with_less(seed: int) -> None:
    pairs, seats, children = town(seed)
    before = two_step(pairs, seats, children)
    for place in range(PLACES):
        more = seats.copy()
        more[place] += 10
        after = two_step(pairs, more, children)
        assert (after >= before).all()
        assert (after > before).any() == (place in pairs.place)


def test_the_order_of_pairs_changes_nothing_but_last_bits() -> None:
    pairs, seats, children = town(1)
    order = np.random.default_rng(2).permutation(len(pairs.place))
    mixed = Pairs(pairs.place[order], pairs.home[order], pairs.walk_m[order])
    weight = step_weights(pairs.walk_m, 900.0, STEPS)
    one = two_step(pairs, seats, children, weight=weight)
    other = two_step(mixed, seats, children, weight=weight[order])
    np.testing.assert_allclose(one, other, rtol=1e-13, atol=0)


def test_equal_weights_are_no_weights() -> None:
    pairs, seats, children = town(3)
    alike = two_step(pairs, seats, children, weight=np.full(len(pairs.place), 0.3))
    # What weighs alike cancels in the first step and counts in the second.
    np.testing.assert_allclose(alike, two_step(pairs, seats, children), rtol=1e-12)


def test_who_reaches_nothing_has_nothing_and_a_place_without_children_gives_nothing() -> None:
    lonely = Pairs(np.array([0]), np.array([0]), np.array([10.0]))
    assert two_step(lonely, np.array([5.0]), np.array([0.0, 3.0])).tolist() == [0, 0]


def test_seats_that_are_not_known_are_not_known_to_those_who_reach_them_only() -> None:
    reach = Pairs(np.array([0, 1, 1]), np.array([0, 1, 2]), np.ones(3))
    found = two_step(reach, np.array([np.nan, 6.0]), np.array([1.0, 1.0, 2.0]))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [2, 2]


def test_a_walk_to_the_limit_of_a_step_belongs_to_the_nearer_one() -> None:
    walks = np.array([0.0, 300.0, 300.1, 600.0, 600.1, 900.0])
    assert step_weights(walks, 900.0, STEPS).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22]


def test_the_gaussian_falls_from_one_at_the_door_to_nothing_at_the_limit() -> None:
    weight = gaussian_weights(np.linspace(0, 900, 50), 900.0)
    assert weight[0] == 1
    assert weight[-1] == 0
    assert (np.diff(weight) < 0).all()


@pytest.mark.parametrize("limit_m", [0.0, -5.0, float("nan")])
def test_a_limit_that_is_no_distance_is_refused(limit_m: float) -> None:
    for weigh in (lambda: step_weights(np.ones(1), limit_m, STEPS), lambda: gaussian_weights(np.ones(1), limit_m)):
        with pytest.raises(NetworkError, match="longest walk above 0 m"):
            weigh()
