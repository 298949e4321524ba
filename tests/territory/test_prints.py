"""Law P29 of docs/playgrounds.md: obstacles laid once give the very surfaces of obstacles laid anew."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.playgrounds import PlaygroundChoices
from geo.territory.prints import prints, surfaces_of
from geo.territory.shade import Obstacles, Patch, surfaces

CHOICES = PlaygroundChoices()


def _town(rng: np.random.Generator) -> Obstacles:
    """Invent buildings that overlap, stand askew and reach out of the window, and trees of all sizes."""
    corners = rng.uniform(-10, 60, (12, 3, 2))
    buildings = [shapely.convex_hull(shapely.MultiPoint(three)) for three in corners]
    stems = [shapely.Point(x, y) for x, y in rng.uniform(-5, 55, (9, 2))]
    shape = np.array([*buildings, *stems], dtype=object)
    radius_m = np.r_[np.zeros(12), rng.uniform(0.1, 7, 9)]
    return Obstacles(shape, rng.uniform(0, 20, 21), radius_m, np.zeros(21, dtype=bool))


@given(seed=st.integers(0, 10_000), pixel_m=st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=15, deadline=None)
def test_obstacles_laid_once_give_the_very_surfaces_of_obstacles_laid_anew(seed: int, pixel_m: float) -> None:
    rng = np.random.default_rng(seed)
    town = _town(rng)
    patch = Patch(
        row=round(-50 / pixel_m), column=0, rows=round(50 / pixel_m), columns=round(40 / pixel_m), pixel_m=pixel_m
    )
    laid = prints(town, patch)
    for around in (town, town.shaken(CHOICES, rng)):
        quick, slow = surfaces_of(laid, around), surfaces(around, patch)
        np.testing.assert_array_equal(quick.roofs_m, slow.roofs_m)
        np.testing.assert_array_equal(quick.crowns_m, slow.crowns_m)
    assert slow.roofs_m.any()
    assert slow.crowns_m.any()


def test_nothing_in_the_light_gives_level_ground() -> None:
    nothing = Obstacles(np.array([], dtype=object), np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    patch = Patch(row=0, column=0, rows=3, columns=4, pixel_m=1.0)
    flat = surfaces_of(prints(nothing, patch), nothing)
    assert flat.roofs_m.shape == flat.crowns_m.shape == (3, 4)
    assert flat.roofs_m.max() == pytest.approx(0)
    assert flat.crowns_m.max() == pytest.approx(0)
