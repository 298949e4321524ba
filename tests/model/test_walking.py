"""Choices about walks: metres and minutes."""

from __future__ import annotations

import math

import pydantic
import pytest

from geo.model.levels import Level
from geo.model.walking import AccessChoices, PaceChoices


def test_minutes_and_metres_are_those_of_the_speed() -> None:
    pace = PaceChoices(speed_elementary_km_h=3.0)
    assert pace.reach_m(Level("elementary"), 10) == pytest.approx(500)
    assert pace.minutes(Level("elementary"), 500) == pytest.approx(10)
    assert math.isinf(pace.minutes(Level("nursery"), math.inf))


def test_smaller_children_walk_more_slowly() -> None:
    pace = PaceChoices()
    assert pace.speed_km_h(Level("nursery")) < pace.speed_km_h(Level("elementary")) < pace.speed_km_h(Level("college"))


@pytest.mark.parametrize("wrong", [{"candidates": 0}, {"band_m": -1}, {"reach_m": 0}])
def test_choices_out_of_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(pydantic.ValidationError):
        AccessChoices.model_validate(wrong)
