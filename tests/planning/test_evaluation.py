"""Laws of docs/evaluation.md: E1 conserved, E2 undo, E3 row order, E4 rooms, E5 moves balance, E6 child by child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import PlanError, ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import compare, evaluate, weighted_quantile

MOVES = st.dictionaries(st.sampled_from("ABCD"), st.sampled_from([("w",), ("e",), ("w", "e"), ("e", "w")]), max_size=4)


def _scenario(moves: Mapping[str, tuple[str, ...]] | None = None, **changes: object) -> Scenario:
    asked = {"name": "test", "city": "toy", "level": "elementary", "start_year": 2027, "moves": moves or {}}
    return Scenario.model_validate(asked | changes)


def _with(city: City, **tables: pd.DataFrame) -> City:
    return replace(city, tables={**city.tables, **tables})


def test_today_s_figures_of_the_village_are_those_done_by_hand(toy: City) -> None:
    today = evaluate(toy, _scenario())
    west, east = today.schools.loc["w"], today.schools.loc["e"]
    assert (west["pupils"], west["capacity_pupils"], west["occupancy_share"]) == (20, 25, 0.8)
    assert (east["pupils"], east["capacity_pupils"], east["occupancy_share"]) == (20, 50, 0.4)
    # A lives 50 m and B 150 m from the school of the west, each 5 m beside the street.
    assert (west["walk_median_m"], west["walk_p90_m"], west["walk_max_m"]) == (55, 155, 155)


def test_moving_one_unit_gives_the_figures_done_by_hand(toy: City) -> None:
    scenario = _scenario({"B": ("e",)})
    comparison = compare(evaluate(toy, scenario.without_changes()), evaluate(toy, scenario))
    assert comparison.loc["w", ["pupils_before", "pupils_after"]].tolist() == [20, 10]
    assert comparison.loc["e", ["pupils_before", "pupils_after"]].tolist() == [20, 30]
    assert comparison.loc["e", "occupancy_share_after"] == pytest.approx(0.6)
    # B is 250 m from the school of the east, then C 150 m and D 50 m.
    assert comparison.loc["e", ["walk_median_m_after", "walk_p90_m_after"]].tolist() == [155, 255]
    assert comparison.loc["e", "moved_in_pupils"] == comparison.loc["w", "moved_out_pupils"] == 10


@given(moves=MOVES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
def test_pupils_are_conserved_whatever_moves(toy: City, moves: dict[str, tuple[str, ...]]) -> None:
    # E1 and E5
    proposed = evaluate(toy, _scenario(moves))
    assert proposed.schools["pupils"].sum() == pytest.approx(40, abs=1e-9)
    assert proposed.units["pupils"].sum() == pytest.approx(40, abs=1e-9)
    assert proposed.schools["moved_in_pupils"].sum() == pytest.approx(proposed.schools["moved_out_pupils"].sum())


def test_moving_back_gives_the_identical_keys(toy: City) -> None:
    # E2
    current = toy.current[Level.ELEMENTARY]
    there = current.moved({"B": ("e",), "C": ("w",)})
    back = there.moved({"C": ("e",)}).moved({"B": ("w",)})
    assert back.key == current.key != there.key
    assert _scenario().with_plan(back, current).key == _scenario().key


def test_the_order_of_rows_changes_nothing(toy: City) -> None:
    # E3
    shuffled = _with(
        toy,
        children=toy.tables["children"].iloc[::-1],
        addresses=toy.tables["addresses"].iloc[::-1],
        rooms=toy.tables["rooms"].iloc[::-1],
    )
    scenario = _scenario({"B": ("e", "w")})
    first, second = evaluate(toy, scenario), evaluate(shuffled, scenario)
    pd.testing.assert_frame_equal(first.schools.sort_index(), second.schools.sort_index())
    assert first.totals == pytest.approx(second.totals)


@given(rooms=st.integers(1, 20), more=st.integers(0, 10))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
def test_more_rooms_never_raise_occupancy(toy: City, rooms: int, more: int) -> None:
    # E4
    table = toy.tables["rooms"]
    few = evaluate(_with(toy, rooms=table.assign(rooms=pd.array([rooms, rooms], dtype="Int64"))), _scenario())
    many = evaluate(_with(toy, rooms=table.assign(rooms=pd.array([rooms + more] * 2, dtype="Int64"))), _scenario())
    assert (many.schools["occupancy_share"] <= few.schools["occupancy_share"]).all()


def test_walks_are_those_of_the_children_one_by_one(toy: City) -> None:
    # E6: every child by name; A has four children at each of two addresses, B none.
    children = toy.tables["children"]["children"]
    counts = children.where(children.index.get_level_values("unit_id") != "B", 0.0).to_frame()
    proposed = evaluate(_with(toy, children=counts), _scenario({"C": ("w",)}))
    walks = sorted([55.0] * 10 + [255.0] * 10)
    assert proposed.schools.loc["w", "walk_median_m"] == walks[len(walks) // 2 - 1]
    assert proposed.schools.loc["w", "walk_p90_m"] == walks[int(0.9 * len(walks)) - 1]
    assert proposed.schools.loc["w", "walk_max_m"] == walks[-1]


def test_pupils_of_a_unit_are_spread_over_its_addresses_by_dwellings(toy: City) -> None:
    addresses = toy.tables["addresses"]
    towers = addresses.assign(unit_id=["A", "A", "C", "D"], dwellings=pd.array([1, 9, 4, pd.NA], dtype="Int64"))
    today = evaluate(_with(toy, addresses=towers), _scenario())
    # Nine of the ten children of A live 150 m away; the unknown address counts as one dwelling.
    assert today.schools.loc["w", "walk_median_m"] == 155
    assert today.units.loc["A", "walk_m"] == pytest.approx(0.1 * 55 + 0.9 * 155)


def test_a_shared_sector_sends_equal_shares(toy: City) -> None:
    proposed = evaluate(toy, _scenario({"B": ("w", "e")}))
    assert proposed.schools["pupils"].to_dict() == {"e": 25.0, "w": 15.0}
    assert proposed.totals["moved_pupils"] == 5


def test_without_rolls_every_child_counts_and_it_is_said(toy: City) -> None:
    today = evaluate(toy, _scenario())
    assert today.totals["attendance_share"] == 1
    assert {"share-unknown", "rolls-unknown"} <= {note.code for note in today.notes}


def test_the_share_of_public_pupils_comes_from_the_last_rolls(toy: City) -> None:
    rolls = pd.DataFrame(
        [("w", 2025, "CP", 1), ("w", 2026, "CP", 10), ("e", 2026, "CM2", 20), ("e", 2026, "GS", 99)],
        columns=["school_id", "year", "grade", "pupils"],
    ).set_index(["school_id", "year", "grade"])
    today = evaluate(_with(toy, rolls=rolls), _scenario())
    assert today.totals["attendance_share"] == pytest.approx(30 / 40)
    assert today.schools["pupils"].sum() == pytest.approx(30)
    assert today.schools["roll_pupils"].to_dict() == {"w": 10, "e": 20}


def test_the_user_s_own_share_goes_before_the_rolls(toy: City) -> None:
    chosen = Assumptions(attendance_share_elementary=0.5)
    today = evaluate(toy, _scenario(assumptions=chosen.model_dump()))
    assert today.schools["pupils"].sum() == pytest.approx(20)


def test_a_stated_capacity_goes_before_the_rooms(toy: City) -> None:
    rooms = toy.tables["rooms"].assign(capacity_pupils=pd.array([40, pd.NA], dtype="Int64"))
    today = evaluate(_with(toy, rooms=rooms), _scenario())
    assert today.schools["capacity_pupils"].to_dict() == {"w": 40, "e": 50}


def test_a_school_whose_rooms_are_not_known_has_no_occupancy(toy: City) -> None:
    rooms = toy.tables["rooms"].assign(rooms=pd.array([pd.NA, 2], dtype="Int64"))
    today = evaluate(_with(toy, rooms=rooms), _scenario())
    assert np.isnan(today.schools.loc["w", "occupancy_share"])
    assert today.totals["occupancy_share"] == pytest.approx(0.4)
    assert "capacity-unknown" in {note.code for note in today.notes}


def test_children_without_a_school_are_counted_apart(toy: City) -> None:
    plan = replace(toy.current[Level.ELEMENTARY], schools_of={"A": ("w",), "B": ("w",), "C": ("e",)})
    today = evaluate(replace(toy, current={Level.ELEMENTARY: plan}), _scenario())
    assert today.totals["unassigned_children"] == 10
    assert today.schools["pupils"].sum() == pytest.approx(30)
    assert "children-unassigned" in {note.code for note in today.notes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"city": "other"}, "expected a scenario for 'toy', got one for 'other'"),
        ({"level": "college"}, "has no school map for level 'college', only: elementary"),
        (
            {"moves": {"A": ("nobody",)}},
            r"expected open public schools of level 'elementary' in moves, got \['nobody'\]",
        ),
    ],
)
def test_a_scenario_that_does_not_fit_the_city_is_refused(toy: City, changes: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        evaluate(toy, _scenario(**changes))


def test_a_unit_that_the_map_has_not_is_refused(toy: City) -> None:
    with pytest.raises(PlanError, match=r"1 that it has not: \['Z'\]"):
        evaluate(toy, _scenario({"Z": ("w",)}))


def test_an_age_that_the_table_lacks_is_told(toy: City) -> None:
    children = toy.tables["children"].drop(index=7, level="age")
    with pytest.raises(ScenarioError, match=r"got none of \[7\]"):
        evaluate(_with(toy, children=children), _scenario())


@given(
    values=st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 5)), min_size=1, max_size=20),
    share=st.sampled_from([0.5, 0.9, 1.0]),
)
def test_a_weighted_quantile_is_that_of_the_repeated_values(values: list[tuple[float, int]], share: float) -> None:
    repeated = sorted(value for value, times in values for _ in range(times))
    found = weighted_quantile(pd.Series([v for v, _ in values]), pd.Series([float(t) for _, t in values]), share)
    if not repeated:
        assert np.isnan(found)
    else:
        assert found == repeated[int(np.ceil(share * len(repeated) - 1e-9)) - 1]
