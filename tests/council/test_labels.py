"""Labels that do not cover each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.council.labels import place_labels

FRAME = (280.0, 230.0)


def shared(one: np.ndarray, other: np.ndarray, size: np.ndarray) -> float:
    return float(np.prod(np.clip(size - np.abs(one - other), 0, None)))


@pytest.mark.parametrize("count", [1, 8, 20])
def test_names_never_cover_each_other_nor_leave_the_frame(count: int) -> None:
    rng = np.random.default_rng(count)
    points = rng.normal((140, 115), (45, 35), (count, 2)).clip((5, 5), (275, 225))
    size = np.array([36.0, 9.0])
    centres = place_labels(points, np.tile(size, (count, 1)), frame=FRAME, gap=1.9, on_point=False)
    assert all(shared(one, other, size) == 0 for one, other in combinations(centres, 2))
    assert (centres - size / 2 >= 0).all()
    assert (centres + size / 2 <= FRAME).all()


def test_numbers_of_sixty_crowded_schools_never_cover_each_other() -> None:
    points = np.random.default_rng(61).normal((140, 115), (40, 30), (61, 2))
    size = np.array([4.9, 4.9])
    centres = place_labels(points, np.tile(size, (61, 1)), frame=FRAME, gap=0.75, on_point=True)
    assert all(shared(one, other, size) == 0 for one, other in combinations(centres, 2))


def test_a_lonely_number_stands_on_its_school() -> None:
    centres = place_labels(np.array([[50.0, 60.0]]), np.array([[5.0, 5.0]]), frame=FRAME, gap=0.75, on_point=True)
    assert centres.tolist() == [[50.0, 60.0]]


@settings(max_examples=25, deadline=None)
@given(st.floats(20, 260), st.floats(10, 220))
def test_a_lonely_name_stands_beside_its_school_and_not_on_it(x: float, y: float) -> None:
    size = np.array([30.0, 8.0])
    centre = place_labels(np.array([[x, y]]), size[None], frame=FRAME, gap=1.9, on_point=False)[0]
    nearest = np.clip((x, y), centre - size / 2, centre + size / 2)
    assert 1.0 < np.hypot(*(nearest - (x, y))) < 3.0


def test_two_schools_in_one_place_have_two_labels() -> None:
    points = np.array([[100.0, 100.0], [100.0, 100.0]])
    size = np.array([30.0, 8.0])
    one, other = place_labels(points, np.tile(size, (2, 1)), frame=FRAME, gap=1.9, on_point=False)
    assert shared(one, other, size) == 0
