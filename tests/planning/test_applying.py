"""Schools that open and close, rooms and dwellings of a scenario, done by hand on the toy village."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.applying import city_under, closure_notes, plan_under, schools_under
from geo.planning.evaluation import evaluate
from geo.planning.revision.propose import propose
from geo.planning.revision.rules import Rules

MIDDLE = {"school_id": "m", "name": "École du Milieu", "x": 700_200.0, "y": 6_600_000.0, "rooms": 3}


def _scenario(**changes: object) -> Scenario:
    asked = {"name": "test", "city": "toy", "level": "elementary", "start_year": 2027}
    return Scenario.model_validate(asked | changes)


def test_a_scenario_without_measures_leaves_the_very_same_city(toy: City) -> None:
    assert city_under(toy, _scenario(moves={"B": ("e",)})) is toy


def test_the_units_of_a_closed_school_go_to_the_nearest_that_stays(toy: City) -> None:
    scenario = _scenario(closures=["w"], openings=[MIDDLE])
    assert dict(plan_under(toy, scenario).schools_of) == {"A": ("m",), "B": ("m",), "C": ("e",), "D": ("e",)}
    assert closure_notes(toy, scenario)[0].values == {"count": 2}
    figures = evaluate(toy, scenario).schools
    assert figures.loc["w", ["pupils", "rooms", "capacity_pupils"]].tolist() == [0, 0, 0]
    assert figures.loc["m", ["pupils", "rooms", "capacity_pupils"]].tolist() == [20, 3, 75]
    # A lives 150 m along the street from the new school and 5 m beside it, B 50 m.
    assert figures.loc["m", ["walk_median_m", "walk_max_m"]].tolist() == [55, 155]


def test_a_move_decides_before_the_nearest_school_does(toy: City) -> None:
    scenario = _scenario(closures=["w"], openings=[MIDDLE], moves={"A": ("e",)})
    assert plan_under(toy, scenario).schools_of["A"] == ("e",)
    assert closure_notes(toy, scenario)[0].values == {"count": 1}


def test_a_shared_sector_keeps_the_school_that_stays(toy: City) -> None:
    shared = toy.current[Level.ELEMENTARY].moved({"B": ("w", "e")})
    city = replace(toy, current={Level.ELEMENTARY: shared})
    scenario = _scenario(closures=["w"], openings=[MIDDLE])
    assert plan_under(city, scenario).schools_of["B"] == ("e",)


def test_a_move_to_a_school_that_closes_is_refused(toy: City) -> None:
    with pytest.raises(ScenarioError, match=r"expected open public schools .* got \['w'\]"):
        plan_under(toy, _scenario(closures=["w"], moves={"B": ("w", "e")}))


def test_a_new_school_without_pupils_is_there_and_empty(toy: City) -> None:
    scenario = _scenario(openings=[MIDDLE])
    assert evaluate(toy, scenario).schools.loc["m", "pupils"] == 0
    assert schools_under(toy, scenario).loc["m", "name"] == "École du Milieu"
    assert "m" not in toy.tables["schools"].index


def test_rooms_added_change_stated_places_by_their_pupils(toy: City) -> None:
    stated = toy.tables["rooms"].assign(capacity_pupils=[30, 60]).astype({"capacity_pupils": "Int64"})
    city = replace(toy, tables={**toy.tables, "rooms": stated})
    rooms = city_under(city, _scenario(rooms={"w": 3, "e": 1})).tables["rooms"]
    # 25 pupils a room of an elementary school: two more for the west, one less for the east.
    assert rooms["capacity_pupils"].tolist() == [80, 35]
    assert rooms["rooms"].tolist() == [3, 1]


@given(more=st.integers(0, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=10)
def test_adding_rooms_never_raises_occupancy(toy: City, more: int) -> None:
    before, after = evaluate(toy, _scenario()), evaluate(toy, _scenario(rooms={"w": 1 + more}))
    assert after.schools.loc["w", "occupancy_share"] <= before.schools.loc["w", "occupancy_share"]


def test_dwellings_replace_the_delivery_of_their_programme_and_year(toy: City) -> None:
    told = {"programme_id": "P1", "unit_id": "A", "delivery_year": 2028, "dwellings": 40}
    first = city_under(toy, _scenario(dwellings=[told]))
    assert first.tables["housing"]["dwellings"].to_dict() == {("P1", 2028): 40}
    second = city_under(first, _scenario(dwellings=[told | {"dwellings": 10}, told | {"delivery_year": 2029}]))
    assert second.tables["housing"]["dwellings"].to_dict() == {("P1", 2028): 10, ("P1", 2029): 40}


def test_the_world_without_decisions_keeps_its_dwellings_and_loses_its_measures() -> None:
    told = {"programme_id": "P1", "unit_id": "A", "delivery_year": 2028, "dwellings": 40}
    bare = _scenario(
        closures=["w"], openings=[MIDDLE], rooms={"e": 4}, trees=[(1, 2)], greening_budget_eur=5, dwellings=[told]
    ).without_changes()
    assert bare == _scenario(dwellings=[told])
    assert bare.changes_nothing


def test_a_proposal_empties_a_closed_school_even_beyond_the_limit_of_moves(toy: City) -> None:
    proposal = propose(toy, _scenario(closures=["w"]), Rules(largest_moved_share=0.1, time_limit_s=5))
    assert set(proposal.plan.schools_of.values()) == {("e",)}
    assert proposal.totals["moved_pupils_after"] == 20


def test_a_proposal_fills_a_new_school(toy: City) -> None:
    proposal = propose(toy, _scenario(openings=[MIDDLE]), Rules(largest_moved_share=1, time_limit_s=5))
    assert ("m",) in set(proposal.plan.schools_of.values())
    assert proposal.totals["walk_mean_m_after"] < proposal.totals["walk_mean_m_before"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"openings": [MIDDLE | {"school_id": "w"}]}, r"new codes for the schools that open, got \['w'\]"),
        ({"openings": [MIDDLE | {"x": 0.0}]}, r"schools that open to stand in Toyville .* got \['m'\]"),
        ({"closures": ["x"]}, r"schools of level 'elementary' to close, got \['x'\]"),
        ({"closures": ["w", "e"]}, r"a school of level 'elementary' that stays, got every one closed"),
        ({"rooms": {"x": 3}}, r"rooms for schools of level 'elementary', got \['x'\]"),
        (
            {"dwellings": [{"programme_id": "P", "unit_id": "Z", "delivery_year": 2030, "dwellings": 3}]},
            r"dwellings in units of the city, got \['Z'\]",
        ),
    ],
)
def test_measures_that_do_not_fit_the_city_are_refused(toy: City, changes: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        evaluate(toy, _scenario(**changes))


def test_the_same_opening_twice_is_refused_when_the_scenario_is_read() -> None:
    with pytest.raises(ValueError, match=r"each code once, got \['m'\] more than once"):
        _scenario(openings=[MIDDLE, MIDDLE])
