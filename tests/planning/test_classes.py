"""Laws of docs/classes.md: C1 exact, C2 more pupils, C3 mixing, C4 halving, C5 more rooms, C6 rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.projection import Mixing, ProjectionChoices
from geo.planning.classes import pressure, rooms_needed, rooms_of, whole_pupils
from geo.planning.projection.project import project

MIXINGS: tuple[Mixing, ...] = ("single", "same_cap", "adjacent")
PUPILS = st.lists(st.integers(0, 70), min_size=5, max_size=5)
CAPS = st.lists(st.integers(10, 30), min_size=5, max_size=5)
PLAIN = ProjectionChoices().caps_of(Level.ELEMENTARY)
HALVED = ProjectionChoices().caps_of(Level.ELEMENTARY, halved=True)


def test_two_hundred_and_one_pupils_need_10_14_9_or_12_rooms() -> None:
    pupils = (40, 40, 40, 40, 41)
    assert sum(pupils) == 201
    assert (PLAIN, HALVED) == ((24, 24, 27, 27, 27), (12, 12, 27, 27, 27))
    assert rooms_needed(pupils, PLAIN, mixing="single") == 10
    assert rooms_needed(pupils, HALVED, mixing="single") == 14
    assert rooms_needed(pupils, PLAIN, mixing="same_cap") == 9
    assert rooms_needed(pupils, HALVED, mixing="same_cap") == 12


def _seatings(pupils: list[int], shared: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Every way of filling up to two shared classes a pair: pupils that are left for classes of one grade."""
    if not shared:
        yield pupils
        return
    (low, cap), *rest = shared
    for below in range(cap + 1):
        left = list(pupils)
        left[low], left[low + 1] = max(left[low] - below, 0), max(left[low + 1] - cap + below, 0)
        yield from _seatings(left, rest)


def brute_force(pupils: list[int], caps: list[int], mixing: Mixing) -> int:
    """Fewest rooms, by trying everything."""
    pairs = [
        i for i in range(len(caps) - 1) if mixing == "adjacent" or (mixing == "same_cap" and caps[i] == caps[i + 1])
    ]
    found = []
    for counts in np.ndindex(*(3 for _ in pairs)):
        shared = [(i, min(caps[i], caps[i + 1])) for i, count in zip(pairs, counts, strict=True) for _ in range(count)]
        left = min(
            sum(math.ceil(n / cap) for n, cap in zip(rest, caps, strict=True)) for rest in _seatings(pupils, shared)
        )
        found.append(left + len(shared))
    return min(found)


@pytest.mark.parametrize("mixing", MIXINGS)
def test_small_schools_get_the_rooms_that_trying_everything_finds(mixing: Mixing) -> None:
    # C1
    rng = np.random.default_rng(7)
    for _ in range(60):
        size = int(rng.integers(1, 4))
        pupils, caps = rng.integers(0, 9, size).tolist(), rng.integers(2, 5, size).tolist()
        assert rooms_needed(pupils, caps, mixing=mixing) == brute_force(pupils, caps, mixing), (pupils, caps)


@pytest.mark.parametrize("mixing", MIXINGS)
@given(pupils=PUPILS, caps=CAPS, grade=st.integers(0, 4))
@settings(deadline=None)
def test_one_more_pupil_never_needs_fewer_rooms_nor_two_more(
    mixing: Mixing, *, pupils: list[int], caps: list[int], grade: int
) -> None:
    # C2
    more = [count + (place == grade) for place, count in enumerate(pupils)]
    before, after = (rooms_needed(counts, caps, mixing=mixing) for counts in (pupils, more))
    assert before <= after <= before + 1


@given(PUPILS, CAPS)
@settings(deadline=None)
def test_mixing_more_never_needs_more_rooms(pupils: list[int], caps: list[int]) -> None:
    # C3
    single, same_cap, adjacent = (rooms_needed(pupils, caps, mixing=mixing) for mixing in MIXINGS)
    assert single == sum(math.ceil(count / cap) for count, cap in zip(pupils, caps, strict=True))
    assert adjacent <= same_cap <= single
    assert adjacent >= math.ceil(sum(pupils) / max(caps))


@given(PUPILS, st.sampled_from(MIXINGS))
@settings(deadline=None)
def test_halving_never_needs_fewer_rooms(pupils: list[int], mixing: Mixing) -> None:
    # C4
    assert rooms_needed(pupils, HALVED, mixing=mixing) >= rooms_needed(pupils, PLAIN, mixing=mixing)


@given(st.lists(st.floats(0, 60), min_size=5, max_size=5))
@settings(deadline=None)
def test_whole_pupils_add_up_to_the_rounded_sum(grades: list[float]) -> None:
    # C6
    whole = whole_pupils(grades)
    assert sum(whole) == math.floor(sum(grades) + 0.5 + 1e-9)
    assert all(abs(count - value) <= 1 for count, value in zip(whole, grades, strict=True))


def test_twenty_four_pupils_and_a_tenth_fit_into_one_class() -> None:
    assert rooms_of([24.1, 0, 0, 0, 0], Level.ELEMENTARY, ProjectionChoices()) == 1
    assert rooms_of([24.6, 0, 0, 0, 0], Level.ELEMENTARY, ProjectionChoices()) == 2


def test_pupils_below_zero_and_caps_of_zero_are_refused() -> None:
    for pupils, caps in (([-1], [24]), ([1], [0]), ([1, 2], [24])):
        with pytest.raises(ValueError, match="expected pupils >= 0"):
            rooms_needed(pupils, caps)


def test_a_cap_is_needed_for_each_grade_and_no_other() -> None:
    with pytest.raises(ValidationError, match="caps: expected the grades"):
        ProjectionChoices(caps={"CP": 24})


def with_rooms(city: City, west: int, east: int, *, priority: str = "") -> City:
    """Give the village with other rooms, and 'w' perhaps in priority education."""
    rooms = city.tables["rooms"].assign(rooms=pd.array([west, east], dtype="Int64"))
    schools = city.tables["schools"].assign(priority_education=[priority, ""])
    return replace(city, tables={**city.tables, "rooms": rooms, "schools": schools})


def test_the_pressure_of_the_village_is_that_done_by_hand(toy: City) -> None:
    # 20 pupils a school, four in each grade: CP and CE1 share a class of 24, the others one of 27.
    table = pressure(toy, project(toy, toy.current[Level.ELEMENTARY], horizon_years=3))
    first = table.loc[("w", 2026)]
    assert (first["pupils"], first["rooms_needed"], first["rooms_single"], first["rooms"]) == (20, 3, 5, 1)
    assert (first["occupancy_share"], first["overflow_probability"], first["short_probability"]) == (0.8, 0, 1)
    assert table.loc[("e", 2026), "short_probability"] == 1
    assert 0 < table.loc[("w", 2029), "overflow_probability"] < 0.5


def test_priority_education_halves_the_first_grades(toy: City) -> None:
    plan = toy.current[Level.ELEMENTARY]
    choices = ProjectionChoices(halved_cap=5, mixing="single")
    plain, halved = (
        pressure(city, project(city, plan, choices)) for city in (toy, with_rooms(toy, 1, 2, priority="REP+"))
    )
    assert (halved.loc["w", "rooms_needed"] >= plain.loc["w", "rooms_needed"]).all()
    assert halved.loc["e"].equals(plain.loc["e"])
    caps = choices.caps_of(Level.ELEMENTARY, halved=True)
    assert dict(zip(GRADES[Level.ELEMENTARY], caps, strict=True)) == {
        "CP": 5,
        "CE1": 5,
        "CE2": 27,
        "CM1": 27,
        "CM2": 27,
    }


@pytest.mark.parametrize("west", range(6))
def test_adding_rooms_never_raises_pressure(toy: City, west: int) -> None:
    # C5
    projection = project(toy, toy.current[Level.ELEMENTARY], horizon_years=4)
    before, after, much_later = (pressure(with_rooms(toy, west + more, 1), projection) for more in (0, 1, 5))
    for name in ("short_probability", "overflow_probability"):
        assert (after[name] <= before[name]).all()
        assert (much_later[name] <= after[name]).all()
    occupancy = [table["occupancy_share"].fillna(np.inf) for table in (before, after, much_later)]
    assert (occupancy[1] <= occupancy[0]).all()
    assert (occupancy[2].loc["w"] < occupancy[1].loc["w"]).all()
    assert after["rooms_needed"].equals(before["rooms_needed"])


def test_where_rooms_are_not_known_no_risk_is_said(toy: City) -> None:
    rooms = toy.tables["rooms"].assign(rooms=pd.array([pd.NA, 2], dtype="Int64"))
    city = replace(toy, tables={**toy.tables, "rooms": rooms})
    table = pressure(city, project(city, city.current[Level.ELEMENTARY], horizon_years=2))
    unknown = ["rooms", "capacity_pupils", "occupancy_share", "overflow_probability", "short_probability"]
    assert table.loc["w", unknown].isna().all(axis=None)
    assert table.loc["w", "rooms_needed"].eq(3).all()
