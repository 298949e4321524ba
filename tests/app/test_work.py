"""The work in hand as a value: what moves, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.views.work import Desk, Notice, Work
from geo.errors import PlanError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.store import SavedScenario


@pytest.fixture
def work() -> Work:
    return Work(Scenario(name="Essai", city="toy", level=Level.ELEMENTARY, start_year=2027))


def kept(scenario: Scenario, scenario_id: str, *, draft: bool) -> SavedScenario:
    return SavedScenario(scenario_id, 3, datetime(2026, 11, 22, tzinfo=UTC), draft, scenario)


def test_sending_a_unit_names_only_what_differs_from_the_map_in_force(work: Work, toy: City) -> None:
    current = toy.current[Level.ELEMENTARY]
    moved = work.sent(["B", "C"], "e", current)
    assert moved.scenario.moves == {"B": ("e",)}
    assert moved.sent(["B"], "w", current).scenario.moves == {}


def test_undo_gives_the_identical_scenario_and_redo_brings_the_change_back(work: Work, toy: City) -> None:
    # Law A1 of docs/app.md.
    current = toy.current[Level.ELEMENTARY]
    once = work.sent(["A"], "e", current)
    twice = once.sent(["B"], "e", current)
    assert twice.undone().scenario == once.scenario
    assert twice.undone().undone().scenario.key == work.scenario.key
    assert twice.undone().undone().redone().redone().scenario == twice.scenario


def test_a_change_after_an_undo_forgets_what_was_undone(work: Work, toy: City) -> None:
    current = toy.current[Level.ELEMENTARY]
    other = work.sent(["A"], "e", current).undone().sent(["B"], "e", current)
    assert other.redone() is other
    assert other.undone().scenario == work.scenario


def test_starting_again_can_be_undone(work: Work, toy: City) -> None:
    moved = work.sent(["A", "B"], "e", toy.current[Level.ELEMENTARY])
    assert moved.restarted().scenario.moves == {}
    assert moved.restarted().undone().scenario == moved.scenario


def test_what_changes_nothing_is_no_step_to_undo(work: Work, toy: City) -> None:
    assert work.sent(["A"], "w", toy.current[Level.ELEMENTARY]) is work
    assert work.restarted() is work
    assert work.undone() is work


def test_a_unit_that_the_map_has_not_is_refused(work: Work, toy: City) -> None:
    with pytest.raises(PlanError, match="'Z'"):
        work.sent(["Z"], "e", toy.current[Level.ELEMENTARY])


def test_undo_leaves_the_name_alone(work: Work, toy: City) -> None:
    moved = work.sent(["A"], "e", toy.current[Level.ELEMENTARY])
    named = moved.described(name=" Rive droite ", author="Ada", comment="", start_year=2028)
    assert named.undone().scenario.name == "Rive droite"
    assert named.undone().scenario.start_year == 2028


def test_an_empty_name_leaves_the_name_as_it_was(work: Work) -> None:
    assert work.described(name="  ", author="", comment="", start_year=2027).scenario.name == "Essai"


def test_the_address_names_the_draft_and_the_version_that_it_comes_from(work: Work) -> None:
    origin, draft = kept(work.scenario, "named", draft=False), kept(work.scenario, "rough", draft=True)
    assert work.address == {}
    assert Work(work.scenario, draft=draft).address == {"scenario": "rough"}
    assert Work(work.scenario, origin=origin).address == {"scenario": "named"}
    assert Work(work.scenario, origin=origin, draft=draft).address == {"scenario": "rough", "of": "named.3"}


def test_the_desk_keeps_one_work_for_each_level_and_tells_the_last_thing_only(work: Work) -> None:
    nursery = Work(work.scenario.model_copy(update={"level": Level.NURSERY}))
    desk = Desk().holding(work, Notice("success", "app.notice.saved")).holding(nursery)
    assert desk.works == {Level.ELEMENTARY: work, Level.NURSERY: nursery}
    assert desk.notice is None
