"""Plans and scenarios as values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PlanError, ScenarioError
from geo.model.levels import Level
from geo.model.plan import Plan
from geo.model.scenario import Scenario

PLAN = Plan(Level.NURSERY, {"a": ("x",), "b": ("x", "y"), "c": ("z",)})


def _scenario(**changes: object) -> Scenario:
    asked = {"name": "n", "city": "toy", "level": "nursery", "start_year": 2027, "moves": {"a": ["y"]}}
    return Scenario.model_validate(asked | changes)


@given(st.permutations(["a", "b", "c"]))
def test_equal_plans_have_equal_keys_in_any_order(order: list[str]) -> None:
    assert Plan(Level.NURSERY, {unit: PLAN.schools_of[unit] for unit in order}).key == PLAN.key


def test_the_order_of_priority_and_the_level_count_in_the_key() -> None:
    keys = {
        PLAN.key,
        PLAN.moved({"b": ("y", "x")}).key,
        Plan(Level.COLLEGE, PLAN.schools_of).key,
        PLAN.moved({"a": ("y",)}).key,
    }
    assert len(keys) == 4


def test_a_moved_plan_knows_its_parent_and_its_moves() -> None:
    moved = PLAN.moved({"a": ("y",)})
    assert moved.parent is PLAN
    assert moved.moves_since(PLAN) == {"a": ("y",)}
    assert PLAN.schools_of["a"] == ("x",)


def test_a_plan_cannot_be_changed_in_place() -> None:
    with pytest.raises(TypeError):
        PLAN.schools_of["a"] = ("y",)  # type: ignore[index]


def test_a_unit_without_school_is_refused() -> None:
    with pytest.raises(PlanError, match=r"got none for \['a'\]"):
        PLAN.moved({"a": ()})


def test_a_scenario_comes_back_from_its_own_json(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text(_scenario().to_json(), encoding="utf-8")
    assert Scenario.read(path) == _scenario()


def test_the_name_does_not_change_the_key_and_the_moves_do() -> None:
    assert _scenario(name="other", comment="why").key == _scenario().key
    assert _scenario(moves={"a": ["x"]}).key != _scenario().key


def test_without_changes_there_are_no_moves_left() -> None:
    assert _scenario().without_changes().moves == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "s.json: the file: Invalid JSON"),
        ("[]", "s.json: the file: Input should be an object"),
        (_scenario().to_json().replace('"moves"', '"movs"'), "s.json: movs: Extra inputs are not permitted"),
        (_scenario().to_json().replace("2027", "1027"), "s.json: start_year: "),
        (_scenario().to_json().replace('"nursery"', '"maternelle"'), "s.json: level: Input should be 'nursery'"),
        (_scenario().to_json().replace('"y"', ""), "s.json: moves: Value error, each move needs a school"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        Scenario.read(path)
    assert str(error.value).startswith(words)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    for name in ("absent.json", "b.json"):
        with pytest.raises(ScenarioError, match=f"{name}: expected a readable JSON file"):
            Scenario.read(tmp_path / name)
