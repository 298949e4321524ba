"""Laws of docs/accessibility.md in a city: A1 by pencil, A2 seats, A6 hours, A7 ages, A8 not known, A9 canteens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.council.words import LANGS, note_text
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.opening import read_moment
from geo.model.plan import Plan
from geo.model.reach import Asked, Offer, ReachChoices
from geo.model.walking import PaceChoices, WalkChoices
from geo.planning.enrolment import homes_of_units
from geo.planning.offers import kinds_of, refusal
from geo.planning.reach import MEANS, Reach, reach_of
from geo.territory.walking.distances import walk_distances
from geo.territory.walks import on_streets

DATA = Path(__file__).parents[2] / "data"
X, Y = 700_000.0, 6_600_000.0  # the west end of the village
# 60 m a minute at every age: a walk of 240 m takes four minutes.
PACE = PaceChoices(speed_nursery_km_h=3.6, speed_elementary_km_h=3.6, speed_college_km_h=3.6)
WALKING = WalkChoices(pace=PACE)
CRECHE = Asked(Offer.CRECHE, minutes=4.5)


def peopled(
    toy: City, *, offer: str = "creche", seats: tuple[int | None, int | None] = (18, 9), **columns: object
) -> City:
    """Give each unit of the village a child of 0, 1 and 2, and put a place at both ends of the street."""
    places = {
        "place_id": ["W", "E"],
        "name": ["Ouest", "Est"],
        "kind": offer,
        "lon": 0.0,
        "lat": 0.0,
        "seats": pd.array(list(seats), dtype="Int64"),
        "open": "",
        "age_from": pd.array([None, None], dtype="Int64"),
        "age_to": pd.array([None, None], dtype="Int64"),
        **columns,
    }
    ends = [shapely.Point(X, Y), shapely.Point(X + 400, Y)]
    table = gpd.GeoDataFrame(places, geometry=ends, crs=toy.crs).set_index("place_id")
    small = pd.DataFrame(
        [(unit, 2026, age, 1.0) for unit in "ABCD" for age in range(3)], columns=["unit_id", "year", "age", "children"]
    ).set_index(["unit_id", "year", "age"])
    children = pd.concat([small, toy.tables["children"]])
    return replace(toy, tables={**toy.tables, "places": table, "children": children})


def asked(city: City, question: Asked) -> Reach:
    return reach_of(city, question, walking=WALKING)


# By pencil -----------------------------------------------------------------------------------------------------------


def test_two_creches_are_shared_by_four_homes_as_by_pencil(toy: City) -> None:
    # 270 m from the west end: A (55 m), B (155 m), C (255 m); from the east end: D, C, B. Nine children each.
    found = asked(peopled(toy), CRECHE)
    units = found.units
    assert units["children"].tolist() == [3, 3, 3, 3]
    assert units["places"].tolist() == [1, 2, 2, 1]
    assert units["seats_per_child"].tolist() == [2, 3, 3, 1]
    assert units["nearest_m"].tolist() == pytest.approx([55, 155, 155, 55])
    assert units["nearest_min"].tolist() == pytest.approx([55 / 60, 155 / 60, 155 / 60, 55 / 60])
    assert units["without"].tolist() == [0, 0, 0, 0]
    assert found.places[["children", "seats_per_child"]].to_numpy().tolist() == [[9, 1], [9, 2]]
    assert found.totals["seats_per_child"] == pytest.approx(27 / 12)


def test_the_nearest_third_of_the_walk_counts_most_as_by_pencil(toy: City) -> None:
    # Thirds of 90 m: A is in the first third of the west crèche, B in the second, C in the third.
    units = asked(peopled(toy), CRECHE).units
    west, east = (seats / (3 * (1 + 0.68 + 0.22)) for seats in (18, 9))
    expected = [west, 0.68 * west + 0.22 * east, 0.22 * west + 0.68 * east, east]
    assert units["near_seats_per_child"].tolist() == pytest.approx(expected)


def test_a_shorter_walk_leaves_the_middle_of_the_street_without(toy: City) -> None:
    found = asked(peopled(toy), replace(CRECHE, minutes=1))
    assert found.units["without"].tolist() == [0, 3, 3, 0]
    assert found.units["seats_per_child"].tolist() == [6, 0, 0, 3]
    assert found.totals["without_share"] == 0.5
    assert found.areas.loc["001230101", ["children", "without", "places"]].tolist() == [12, 6, 0.5]


def test_a_unit_without_children_has_what_a_child_would_have_there(toy: City) -> None:
    city = peopled(toy)
    children = city.tables["children"].copy()
    children.loc[[("A", 2026, age) for age in range(3)], "children"] = 0.0
    found = asked(replace(city, tables={**city.tables, "children": children}), CRECHE)
    assert found.units.loc["A", ["children", "places", "without"]].tolist() == [0, 1, 0]
    assert found.units.loc["A", "seats_per_child"] == 18 / 6
    assert (found.units["children"] * found.units["seats_per_child"]).sum() == pytest.approx(27)


# Hours ---------------------------------------------------------------------------------------------------------------


def test_only_what_is_open_counts(toy: City) -> None:
    city = peopled(toy, open=["mardi-samedi 10h-18h", "mercredi, samedi 10h-17h"])
    monday, tuesday, evening = (
        asked(city, replace(CRECHE, at=read_moment(text))) for text in ("lundi 11h", "mardi 11h", "mercredi 17h30")
    )
    assert monday.totals["counted"] == 0
    assert monday.units["without"].sum() == 12
    assert np.isinf(monday.units["nearest_m"]).all()
    assert monday.units["seats_per_child"].tolist() == [0, 0, 0, 0]
    for found in (tuesday, evening):
        assert found.places["state"].to_dict() == {"W": "open", "E": "closed"}
        assert found.units["places"].tolist() == [1, 1, 1, 0]
        assert found.units["seats_per_child"].tolist() == [2, 2, 2, 0]


def test_hours_that_are_not_told_are_said_and_days_alone_are_believed(toy: City) -> None:
    city = peopled(toy, open=["mercredi et vacances", "selon programme"])
    found = asked(city, replace(CRECHE, at=read_moment("mercredi 20h")))
    assert found.places["state"].to_dict() == {"W": "day", "E": "unknown"}
    assert found.places["counted"].to_dict() == {"W": True, "E": False}
    assert {note.code for note in found.notes} >= {"reach-hours-of-day", "reach-hours-unknown"}


def test_without_a_moment_hours_play_no_part(toy: City) -> None:
    one = asked(peopled(toy, open=["lundi 10h-11h", ""]), CRECHE)
    assert one.units.equals(asked(peopled(toy), CRECHE).units)
    assert "reach-hours-unknown" not in {note.code for note in one.notes}


# Ages ----------------------------------------------------------------------------------------------------------------


def test_children_go_only_where_their_age_is_taken_as_by_pencil(toy: City) -> None:
    # West takes 3 to 5 (6 children a unit), east 3 to 10 (16 a unit). 270 m: three units each.
    ages = {"age_from": pd.array([3, 3], dtype="Int64"), "age_to": pd.array([5, 10], dtype="Int64")}
    city = peopled(toy, offer="leisure", seats=(18, 48), **ages)
    found = asked(city, Asked(Offer.LEISURE, minutes=4.5, ages=(3, 10)))
    assert found.places["children"].to_dict() == {"W": 18, "E": 48}
    units = found.units
    assert units["children"].tolist() == [16, 16, 16, 16]
    assert units["without"].tolist() == [10, 0, 0, 0]
    assert units["places"].tolist() == [6 / 16, 1 + 6 / 16, 1 + 6 / 16, 1]
    assert units["seats_per_child"].tolist() == [6 / 16, 1 + 6 / 16, 1 + 6 / 16, 1]
    small = asked(city, Asked(Offer.LEISURE, minutes=4.5, ages=(3, 5))).units
    assert small["seats_per_child"].tolist() == [1, 2, 2, 1]


def test_seats_are_shared_with_children_who_are_not_asked_for(toy: City) -> None:
    city = peopled(toy, offer="library")
    everyone = asked(city, Asked(Offer.LIBRARY, minutes=4.5))
    small = asked(city, Asked(Offer.LIBRARY, minutes=4.5, ages=(3, 5)))
    assert everyone.ages == (0, 10)
    assert small.places["children"].equals(everyone.places["children"])
    assert small.units["children"].sum() == 24


def test_older_children_walk_farther_in_the_same_time(toy: City) -> None:
    # 4.5 minutes: 240 m at 3.2 km/h, so that B and C do not reach both ends; 300 m at 4 km/h, so that they do.
    found = reach_of(peopled(toy, offer="library"), Asked(Offer.LIBRARY, minutes=4.5))
    assert [(cohort.ages, round(cohort.limit_m)) for cohort in found.cohorts] == [
        (range(6), 240), (range(6, 11), 300),
    ]  # fmt: skip
    small, large = (
        reach_of(peopled(toy, offer="library"), Asked(Offer.LIBRARY, minutes=4.5, ages=ages)).units["places"].tolist()
        for ages in ((0, 5), (6, 10))
    )
    assert (small, large) == ([1, 1, 1, 1], [1, 2, 2, 1])


def test_places_for_ages_that_nobody_counted_say_so(toy: City) -> None:
    ages = {"age_from": pd.array([3, 3], dtype="Int64"), "age_to": pd.array([17, 10], dtype="Int64")}
    found = asked(peopled(toy, offer="leisure", **ages), Asked(Offer.LEISURE, ages=(3, 10)))
    assert Note("reach-ages-unknown", {"count": 1, "first": 0, "last": 10}) in found.notes


# What is not known ---------------------------------------------------------------------------------------------------


def test_seats_that_are_not_told_are_not_zero_and_places_still_count(toy: City) -> None:
    found = asked(peopled(toy, seats=(None, 9)), replace(CRECHE, minutes=3))
    assert found.units["places"].tolist() == [1, 1, 1, 1]
    assert found.units["seats_per_child"].isna().tolist() == [True, True, False, False]
    assert found.units["seats_per_child"].tolist()[2:] == [1.5, 1.5]
    assert np.isnan([found.totals[name] for name in ("seats", "seats_per_child", "near_seats_per_child")]).all()
    assert Note("reach-seats-unknown", {"count": 1}) in found.notes


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        (Asked(Offer.CRECHE, minutes=0), "reach-refused-minutes", "0 was asked for"),
        (Asked(Offer.CRECHE, minutes=-5), "reach-refused-minutes", "−5 was asked for"),
        (Asked(Offer.CRECHE, minutes=121), "reach-refused-minutes", "at most 120 minutes"),
        (Asked(Offer.CRECHE, minutes=float("nan")), "reach-refused-minutes", "not known was asked for"),
        (Asked(Offer.CRECHE, ages=(2, 0)), "reach-refused-order", "the youngest one first"),
        (Asked(Offer.CRECHE, ages=(0, 12)), "reach-refused-ages", "11, 12. Those aged 0 to 10 are"),
        (Asked(Offer.YOUTH), "reach-refused-ages", "not known: 11, 12, 13"),
        (Asked(Offer.SPORT), "reach-refused-places", "Places of sport: no place for children aged 0 to 10 is known"),
        (Asked(Offer.CRECHE, ages=(3, 5)), "reach-refused-places", "aged 3 to 5"),
        (Asked(Offer.SCHOOL, level=Level.COLLEGE), "reach-refused-ages", "not known: 11"),
        (Asked(Offer.CANTEEN, level=Level.NURSERY), "reach-refused-level", "no school map for this level: nursery"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(toy: City, question: Asked, *, code: str, words: str) -> None:
    city = peopled(toy)
    refused = refusal(city, question)
    assert refused is not None
    assert refused.code == code
    assert words in note_text(refused, "en")
    assert note_text(refused, "fr") != note_text(refused, "en")
    with pytest.raises(ScenarioError, match=code):
        reach_of(city, question)


def test_a_city_without_any_place_is_refused_in_words(toy: City) -> None:
    city = peopled(toy)
    empty = replace(city, tables={**city.tables, "places": city.tables["places"].iloc[:0]})
    refused = refusal(empty, CRECHE)
    assert refused is not None
    assert refused.code == "reach-refused-places"


def test_a_city_has_the_kinds_of_place_that_its_tables_hold(toy: City, villebrune: City) -> None:
    assert kinds_of(peopled(toy), Level.ELEMENTARY) == (Offer.SCHOOL, Offer.CANTEEN, Offer.CRECHE)
    assert kinds_of(peopled(toy), Level.NURSERY) == (Offer.CRECHE,)
    assert kinds_of(villebrune, Level.NURSERY) == tuple(Offer)


def test_canteens_whose_seats_nobody_told_are_refused_in_words(toy: City) -> None:
    rooms = toy.tables["rooms"].assign(canteen_seats=pd.array([pd.NA, pd.NA], dtype="Int64"))
    refused = refusal(replace(toy, tables={**toy.tables, "rooms": rooms}), Asked(Offer.CANTEEN))
    assert refused is not None
    assert refused.code == "reach-refused-canteens"


# Schools and canteens ------------------------------------------------------------------------------------------------


def test_schools_are_shared_by_all_who_can_walk_there_whatever_their_sector(toy: City) -> None:
    # 25 and 50 seats, ten children of 6 to 10 a unit, three units each.
    found = asked(toy, Asked(Offer.SCHOOL, minutes=4.5))
    assert found.asked.level is Level.ELEMENTARY
    assert found.units["seats_per_child"].tolist() == pytest.approx([25 / 30, 75 / 30, 75 / 30, 50 / 30])


def test_a_canteen_serves_the_pupils_of_its_school_wherever_they_live(toy: City) -> None:
    # 20 and 40 seats in two sittings; ten pupils a unit, two units a school.
    found = asked(toy, Asked(Offer.CANTEEN, minutes=0.1))
    assert found.places["seats"].to_dict() == {"e": 80, "w": 40}
    assert found.units["seats_per_child"].tolist() == [2, 2, 4, 4]
    assert found.units["near_seats_per_child"].tolist() == [2, 2, 4, 4]
    assert found.units["nearest_m"].tolist() == pytest.approx([55, 155, 155, 55])
    one_sitting = reach_of(toy, Asked(Offer.CANTEEN), ReachChoices(canteen_sittings=1))
    assert one_sitting.units["seats_per_child"].tolist() == [1, 1, 2, 2]


def test_a_shared_sector_eats_in_both_canteens(toy: City) -> None:
    plan = Plan(Level.ELEMENTARY, {"A": ("w",), "B": ("w", "e"), "C": ("e",), "D": ("e",)})
    found = asked(replace(toy, current={Level.ELEMENTARY: plan}), Asked(Offer.CANTEEN))
    west, east = 40 / 15, 80 / 25
    assert found.units["seats_per_child"].tolist() == pytest.approx([west, (west + east) / 2, east, east])
    assert found.units["places"].tolist() == [1, 1, 1, 1]


def test_pupils_of_a_school_without_a_canteen_have_none(toy: City) -> None:
    rooms = toy.tables["rooms"].assign(canteen_seats=pd.array([0, 40], dtype="Int64"))
    found = asked(replace(toy, tables={**toy.tables, "rooms": rooms}), Asked(Offer.CANTEEN))
    assert list(found.places.index) == ["e"]
    assert found.units["without"].tolist() == [10, 10, 0, 0]


def test_canteens_are_open_at_noon_on_school_days(toy: City) -> None:
    noon, evening = (asked(toy, Asked(Offer.CANTEEN, at=read_moment(text))) for text in ("jeudi 12h", "jeudi 18h"))
    assert (noon.totals["counted"], evening.totals["counted"]) == (2, 0)


# Laws, and the shipped city ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def creches(villebrune: City) -> Reach:
    return reach_of(villebrune, Asked(Offer.CRECHE))


@pytest.mark.parametrize("offer", [Offer.CRECHE, Offer.LEISURE, Offer.CANTEEN])
def test_the_seats_of_the_city_are_given_away_once(villebrune: City, offer: Offer) -> None:
    found = reach_of(villebrune, Asked(offer))
    for name in ("seats_per_child", "near_seats_per_child"):
        for table in (found.units, found.areas):
            assert (table["children"] * table[name]).sum() == pytest.approx(found.totals["seats"], rel=1e-12)


def test_the_children_of_units_areas_and_city_are_the_same(creches: Reach) -> None:
    for name in ("children", "without"):
        assert creches.units[name].sum() == pytest.approx(creches.totals[name])
        assert creches.areas[name].sum() == pytest.approx(creches.totals[name])


def test_a_longer_walk_never_brings_fewer_places(villebrune: City, creches: Reach) -> None:
    longer = reach_of(villebrune, Asked(Offer.CRECHE, minutes=20))
    assert (longer.units["places"] >= creches.units["places"]).all()
    assert longer.totals["without"] < creches.totals["without"]
    assert longer.units["nearest_m"].equals(creches.units["nearest_m"])


def test_the_order_of_places_changes_nothing(villebrune: City, creches: Reach) -> None:
    places = villebrune.tables["places"].iloc[::-1]
    other = reach_of(replace(villebrune, tables={**villebrune.tables, "places": places}), Asked(Offer.CRECHE))
    pd.testing.assert_frame_equal(other.units, creches.units, rtol=1e-12)


def test_reach_is_that_of_the_full_table_of_walks(villebrune: City, creches: Reach) -> None:
    streets, barriers = villebrune.layer("streets"), villebrune.layer("barriers")
    doors, places = (
        on_streets(villebrune.network, points, streets=streets, barriers=barriers)
        for points in (villebrune.layer("addresses"), creches.places)
    )
    table = walk_distances(villebrune.network, doors, places)
    homes = homes_of_units(villebrune)
    in_reach = (table <= creches.cohorts[0].limit_m).sum(axis=1) * homes["weight"]
    expected = in_reach.groupby(homes["unit_id"]).sum().reindex(creches.units.index)
    assert creches.units["places"].to_numpy() == pytest.approx(expected.to_numpy())
    nearest_m = (table.min(axis=1) * homes["weight"]).groupby(homes["unit_id"]).sum().reindex(creches.units.index)
    assert creches.units["nearest_m"].to_numpy() == pytest.approx(nearest_m.to_numpy())


def test_the_south_east_of_villebrune_lacks_a_creche(creches: Reach) -> None:
    share = (creches.areas["without"] / creches.areas["children"]).set_axis(creches.areas["name"])
    assert set(share.index[share > 0.95]) == {"La Sablière", "Le Moulin"}
    assert share["Centre ancien"] < 0.1
    assert creches.areas[list(MEANS)].notna().all(axis=None)


def test_hills_make_walks_longer_and_nothing_says_then_that_streets_are_level(villebrune: City, creches: Reach) -> None:
    hilly = reach_of(villebrune, Asked(Offer.CRECHE), walking=WalkChoices(slopes=True))
    assert hilly.totals["nearest_min"] > creches.totals["nearest_min"]
    codes = [{note.code for note in found.notes} for found in (hilly, creches)]
    assert [("reach-walks-level" in told, "walks-slopes" in told) for told in codes] == [(False, True), (True, False)]


def test_every_note_is_said_in_both_languages(villebrune: City) -> None:
    for offer in (Offer.SCHOOL, Offer.CANTEEN, Offer.CULTURE):
        found = reach_of(villebrune, Asked(offer, at=read_moment("mercredi 14h")))
        assert found.notes
        assert all(note_text(note, lang) for note in found.notes for lang in LANGS)


def test_choices_that_make_no_sense_are_refused() -> None:
    for wrong in (
        {"step_weights": (0.5, 1.0)},
        {"step_weights": ()},
        {"creche_ages": (3, 1)},
        {"school_hours": "midi"},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            ReachChoices.model_validate(wrong)
