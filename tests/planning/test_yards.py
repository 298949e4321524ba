"""Laws P30 to P36 of docs/playgrounds.md: yards under a scenario, before and after."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.council.words import note_text
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.playgrounds import PlaygroundChoices, Recess
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.planting import plant
from geo.planning.yard_scene import KINDS, yard_grounds, yard_scene
from geo.planning.yards import Yards, best_spots, yard_at, yard_pupils, yards
from geo.sources.cities import open_city
from geo.territory.playgrounds import playgrounds, yard_comfort, yard_shade

X, Y = 700_000.0, 6_600_000.0
DATA = Path(__file__).parents[2] / "data"
CHOICES = PlaygroundChoices(recesses=(Recess(at=dt.time(13, 15), minutes=60),), draws=12)
SCENARIO = Scenario(name="x", city="toy", level=Level.ELEMENTARY, start_year=2027, playgrounds=CHOICES)
IN_W, IN_E, IN_SHED, IN_STREET = (X + 30, Y + 20), (X + 430, Y + 20), (X + 4, Y + 4), (X + 200, Y + 20)


def _layer(city: City, index: str, shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=city.crs, index=[f"{index}{i}" for i in range(len(shapes))])
    return frame.rename_axis(f"{index}_id")


@pytest.fixture
def town(toy: City) -> City:
    """Give the toy village with two bare yards of 60 m by 40 m, 'w' of asphalt, 'e' of grass, and a shed in 'w'."""
    areas = [shapely.box(X + at, Y, X + at + 60, Y + 40) for at in (0, 400)]
    tables = {
        **toy.tables,
        "yards": _layer(toy, "yard", areas, school_id=["w", "e"], surface=["asphalt", "grass"]),
        "buildings": _layer(toy, "building", [shapely.box(X, Y, X + 8, Y + 8)], height_m=[4.0], use=[""]),
        "trees": _layer(toy, "tree", [shapely.Point(X + 300, Y)], height_m=[9.0], crown_m=[6.0]),
    }
    return replace(toy, tables=tables)


def with_nursery(town: City, pupils: int | None) -> City:
    """Let 'e' be a nursery school as well, with pupils on the last rolls, or without rolls."""
    rooms = pd.DataFrame({"school_id": ["e"], "level": "nursery", "rooms": pd.array([1], dtype="Int64")}).set_index(
        ["school_id", "level"]
    )
    rolls = pd.DataFrame(
        [("e", 2025, "GS", 99), ("e", 2026, "PS", pupils)], columns=["school_id", "year", "grade", "pupils"]
    ).set_index(["school_id", "year", "grade"])
    own = {"rooms": pd.concat([town.tables["rooms"], rooms.reindex(columns=town.tables["rooms"].columns)])}
    return replace(town, tables={**town.tables, **own, **({"rolls": rolls} if pupils is not None else {})})


def found(city: City, scenario: Scenario = SCENARIO, *, tried: bool = False, **changes: object) -> Yards:
    changed = scenario.changed(changes)
    today, proposed = evaluate(city, changed.without_changes()), evaluate(city, changed)
    return yards(city, changed, yard_pupils(city, today, proposed), tried=tried)


def codes(told: Yards) -> set[str]:
    return {note.code for note in told.notes}


def test_pupils_are_those_of_the_map_and_at_other_levels_those_of_the_last_rolls(town: City) -> None:
    # P30, by hand: 20 children of 6 to 10 in each sector, 12 pupils in nursery on the rolls of 2026; B goes to 'e'.
    city = with_nursery(town, 12)
    table = found(city, moves={"B": ["e"]}).table
    assert table["pupils_before"].to_dict() == {"e": 32, "w": 20}
    assert table["pupils_after"].to_dict() == {"e": 42, "w": 10}
    shade = table["shaded_m2_after"] / table["pupils_after"]
    assert table["shaded_m2_per_pupil_after"].to_dict() == pytest.approx(shade.to_dict())


def test_pupils_are_not_known_where_a_level_has_no_rolls(town: City) -> None:
    # P30
    told = found(with_nursery(town, None), greening_budget_eur=1e6)
    assert np.isnan(told.table.loc["e", "pupils_after"])
    assert told.table.loc["w", "pupils_after"] == 20
    assert list(told.choice.table.index) == ["w"]
    assert "greening-pupils-unknown" in codes(told)


def test_without_trees_and_budget_nothing_changes_and_it_is_said(town: City) -> None:
    # P31
    told = found(town, tried=True)
    before, after = (told.table.filter(like=f"_{when}") for when in ("before", "after"))
    pd.testing.assert_frame_equal(before.set_axis(after.columns, axis="columns"), after)
    assert "greening-no-budget" in codes(told)
    assert (len(told.trees), told.hand_eur, told.choice.spent_eur) == (0, 0, 0)
    shade = yard_shade(town, playgrounds(town, CHOICES), rng=np.random.default_rng(CHOICES.seed))
    for name in ("unshaded_share", "rank", "rank_low", "rank_high", "top3_share"):
        assert told.table[f"{name}_before"].tolist() == shade[name].tolist()


def test_a_tree_planted_by_hand_has_the_shade_and_the_cost_that_the_library_gives(town: City) -> None:
    # P31: cast anew with the tree in the town. By hand: 12 m2 of asphalt opened and planted at 105 + 45 EUR.
    told = found(town, trees=[IN_W])
    grown, _ = plant(town, [IN_W], CHOICES)
    places = playgrounds(town, CHOICES, planted=grown)
    shade = yard_shade(town, places)["unshaded_share"]
    assert told.table["unshaded_share_after"].to_dict() == shade.to_dict()
    assert told.table.loc["w", "unshaded_share_after"] < told.table.loc["w", "unshaded_share_before"]
    assert told.table["hand_trees"].to_dict() == {"e": 0, "w": 1}
    assert told.hand_eur == pytest.approx(12 * 150, rel=0.01)
    assert found(town, trees=[IN_E]).hand_eur == pytest.approx(12 * 45)  # grass is open already
    assert told.trees[["school_id", "origin"]].to_numpy().tolist() == [["w", "hand"]]
    assert told.trees.geometry.iloc[0].coords[0] == IN_W
    # What is felt is that of the hottest recess; only the pit, which is open now, differs from the tree alone.
    felt = yard_comfort(places).loc[("w", "13:15"), "felt_c"]
    assert told.table.loc["w", "felt_c_after"] == pytest.approx(felt, abs=0.05)
    assert told.table.loc["w", "felt_c_after"] < told.table.loc["w", "felt_c_before"]


spots = st.tuples(st.floats(1, 59), st.floats(1, 39), st.sampled_from([0, 400]))


@given(first=st.lists(spots, max_size=4), more=spots)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_more_tree_never_lowers_the_shade_nor_raises_what_is_felt(
    town: City, first: list[tuple[float, float, int]], more: tuple[float, float, int]
) -> None:
    # P31
    few, many = (
        found(town, trees=[(X + x + at, Y + y) for x, y, at in planted]).table for planted in (first, [*first, more])
    )
    assert (many["unshaded_share_after"] <= few["unshaded_share_after"] + 1e-9).all()
    assert (many["shaded_m2_after"] >= few["shaded_m2_after"] - 1e-6).all()
    assert (many["exposure_after"] <= few["exposure_after"] + 1e-6).all()


def test_a_tree_moves_the_tries_of_its_own_yard_only(town: City) -> None:
    # P32: two yards alike but for the shed; ten trees put 'w' below 'e' in every try.
    ten = [(X + 15 + 10 * (n % 5), Y + 12 + 14 * (n // 5)) for n in range(10)]
    bare, treed = found(town, tried=True).table, found(town, trees=ten, tried=True).table
    assert treed["rank_after"].to_dict() == {"e": 1, "w": 2}
    assert treed.loc["w", ["rank_low_after", "rank_high_after"]].tolist() == [2, 2]
    assert treed.filter(like="_before").equals(bare.filter(like="_before"))


def test_trees_planted_by_hand_are_paid_first_and_the_works_keep_away_from_them(town: City) -> None:
    # P33
    told = found(town, trees=[IN_W], greening_budget_eur=20_000)
    assert told.choice.budget_eur == pytest.approx(20_000 - told.hand_eur)
    assert told.hand_eur + told.choice.spent_eur <= 20_000
    assert told.table["budget_eur"].sum() == pytest.approx(told.choice.spent_eur)
    assert (told.trees["origin"] == "budget").sum() == told.choice.table["trees"].sum() > 0
    stems = told.trees.geometry.to_numpy()
    apart = shapely.distance(stems[:, None], stems[None, :]) + np.where(np.eye(len(stems)), np.inf, 0)
    assert apart.min() >= CHOICES.tree_spacing_m - 1e-6
    # The effect that was told for the works is that of the yards after.
    after = told.choice.table["unshaded_share"]
    assert told.table["unshaded_share_after"].reindex(after.index).tolist() == pytest.approx(after.tolist(), abs=1e-6)
    avoided = told.choice.table["exposure"]
    assert told.table["exposure_after"].reindex(avoided.index).tolist() == pytest.approx(avoided.tolist())


def test_a_budget_that_the_trees_by_hand_use_up_is_said(town: City) -> None:
    # P33
    none, little = found(town, trees=[IN_W]), found(town, trees=[IN_W], greening_budget_eur=1_000)
    assert "trees-no-budget" in codes(none)
    assert "trees-over-budget" in codes(little)
    assert "greening-no-budget" not in codes(none) | codes(little)
    assert little.choice.table.empty
    (note,) = (note for note in little.notes if note.code == "trees-over-budget")
    assert "cost about €1,798 without tax, for a budget of €1,000: nothing is left" in note_text(note, "en")


def test_trees_that_stand_in_no_yard_are_left_out_and_counted(town: City) -> None:
    told = found(town, trees=[IN_W, IN_SHED, IN_STREET])
    assert Note("trees-outside", {"count": 2}) in told.notes
    assert len(told.trees) == 1


def test_a_school_that_closes_is_greened_neither_by_hand_nor_by_the_budget(town: City) -> None:
    # P34
    told = found(town, trees=[IN_W, IN_E], closures=["w"], greening_budget_eur=1e6)
    assert told.table["closed"].to_dict() == {"e": False, "w": True}
    assert told.table.loc["w", ["hand_trees", "budget_trees"]].tolist() == [0, 0]
    assert told.table.loc["w", "unshaded_share_after"] == told.table.loc["w", "unshaded_share_before"]
    assert told.table["pupils_after"].to_dict() == {"e": 40, "w": 0}
    assert told.table.loc["e", "hand_trees"] == 1
    school = {"count": 1, "schools": "École de l'Ouest"}
    assert Note("trees-closed", school) in told.notes
    assert Note("greening-closed", school) in told.notes
    with pytest.raises(ScenarioError, match="a school that has a yard and stays open"):
        best_spots(town, SCENARIO.changed({"closures": ["w"]}), "w", count=1)
    assert yard_at(told, IN_W) is None


def test_a_yard_that_another_level_of_the_school_needs_is_greened(town: City) -> None:
    # P34: 'e' closes its elementary classes only, its 12 pupils in nursery stay.
    told = found(with_nursery(town, 12), closures=["e"], trees=[IN_E])
    assert not told.table["closed"]["e"]
    assert told.table.loc["e", "pupils_after"] == 12
    assert told.table.loc["e", "hand_trees"] == 1


def test_the_best_places_for_trees_are_those_of_the_works_until_none_is_left(town: City) -> None:
    # P35
    three = best_spots(town, SCENARIO, "w", count=3)
    planned = SCENARIO.changed({"trees": three})
    assert best_spots(town, planned, "w", count=2) == best_spots(town, SCENARIO, "w", count=5)[3:]
    everything = best_spots(town, SCENARIO, "w", count=1000)
    assert best_spots(town, SCENARIO.changed({"trees": everything}), "w", count=1) == ()
    crowns_m2 = len(everything) * np.pi * CHOICES.planted(25).crown_m ** 2 / 4
    assert crowns_m2 == pytest.approx(CHOICES.canopy_share * (60 * 40 - 64), rel=0.05)


def test_a_town_without_yards_has_nothing_to_rank_and_says_so(toy: City) -> None:
    told = found(toy, trees=[IN_W], greening_budget_eur=1000, tried=True)
    assert told.table["unshaded_share_after"].isna().all()
    assert set(told.table["flags"]) == {"no-yard buildings-only"}
    assert {"shade-no-yard", "trees-outside", "greening-nothing-to-gain"} <= codes(told)
    with pytest.raises(ScenarioError, match="trees at school 'w'"):
        best_spots(toy, SCENARIO, "w", count=1)


def test_a_school_that_opens_has_no_yard_yet(town: City) -> None:
    opening = {"school_id": "new", "name": "Neuve", "x": X + 200, "y": Y, "rooms": 2}
    told = found(town, openings=[opening], moves={"B": ["new"]})
    assert told.table.loc["new", "flags"] == "no-yard"
    assert told.table.loc["new", ["name", "pupils_after"]].tolist() == ["Neuve", 10]
    assert np.isnan(told.table.loc["new", "rank_after"])


def test_the_order_of_rows_changes_nothing(town: City) -> None:
    # P36
    turned = replace(town, tables={name: frame.iloc[::-1] for name, frame in town.tables.items()})
    changes: dict[str, object] = {"trees": [IN_W, IN_E], "greening_budget_eur": 20_000}
    one, other = found(town, tried=True, **changes), found(turned, tried=True, **changes)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.notes == other.notes


def test_the_picture_of_a_yard_shows_its_shade_and_what_the_trees_add(town: City) -> None:
    told = found(town, trees=[IN_W], greening_budget_eur=20_000)
    scene = yard_scene(town, told, "w", slot="13:15").set_index("kind").geometry
    assert list(dict.fromkeys(scene.index)) == [kind for kind in KINDS if kind != "tree"]
    ground = scene["yard"]
    assert ground.area == pytest.approx(60 * 40 - 64)
    # Drawn by pixels of 1 m, by what gets less than half of the sun: so a little less than the share with the light
    # that comes through crowns.
    shaded_m2 = scene["shade"].area + scene["new_shade"].area
    assert shaded_m2 == pytest.approx(told.table.loc["w", "shaded_m2_after"], rel=0.15)
    assert scene["shade"].intersection(scene["new_shade"]).area == pytest.approx(0)
    assert scene["hand_stem"].coords[0] == IN_W
    assert yard_grounds(told, town.crs).geometry["w"].equals(ground)
    with pytest.raises(ScenarioError, match="recess '09:00'"):
        yard_scene(town, told, "w", slot="09:00")


def test_the_hottest_yards_of_villebrune_come_first_and_a_budget_cools_the_pupils() -> None:
    # P19 and P22 on the shipped city, without tries.
    city = open_city(DATA, "villebrune")
    truth = json.loads((DATA / "villebrune_truth.json").read_text(encoding="utf-8"))
    scenario = Scenario(name="x", city="villebrune", level=Level.ELEMENTARY, start_year=2027)
    told = found(city, scenario, greening_budget_eur=60_000)
    assert set(told.table["rank_before"].nsmallest(3).index) == set(truth["yards"]["hottest"])
    assert told.table["exposure_after"].sum() < told.table["exposure_before"].sum()
    assert told.choice.spent_eur <= 60_000
    assert told.sources
