"""Who can walk where, as people read it: figures by pencil, words in both languages, files without single children."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.council.reach import moment_text, pace_text, reach_summary, reach_title, walking_effect, write_reach
from geo.council.reachlayers import (
    class_codes,
    class_text,
    legend_classes,
    painted_areas,
    painted_classes,
    view_classes,
    views_of,
)
from geo.council.reachtables import area_rows, area_table, minutes_text, place_rows, place_table, rate_text
from geo.council.words import LANGS, say
from geo.errors import ExportError
from geo.model.city import City
from geo.model.opening import STATES, read_moment
from geo.model.reach import Asked, Offer
from geo.model.walking import PaceChoices, WalkChoices
from geo.planning.reach import Reach, reach_of

X, Y = 700_000.0, 6_600_000.0  # the west end of the village
PACE = PaceChoices(speed_nursery_km_h=3.6, speed_elementary_km_h=3.6, speed_college_km_h=3.6)
WALKING = WalkChoices(pace=PACE)
NBSP = "\u00a0"


@pytest.fixture
def city(toy: City) -> City:
    """Give the village with a library of 12 seats at its west end, open on Wednesdays, and one at its east end."""
    places = {
        "place_id": ["W", "E"],
        "name": ["Médiathèque <Ouest>", "Bibliothèque Est"],
        "kind": "library",
        "lon": 0.0,
        "lat": 0.0,
        "seats": pd.array([12, 12], dtype="Int64"),
        "open": ["mercredi 10h-18h", "selon programme"],
        "age_from": pd.array([None, None], dtype="Int64"),
        "age_to": pd.array([None, 5], dtype="Int64"),
    }
    ends = [shapely.Point(X, Y), shapely.Point(X + 400, Y)]
    table = gpd.GeoDataFrame(places, geometry=ends, crs=toy.crs).set_index("place_id")
    iris = gpd.GeoDataFrame(
        {"iris": ["001230101"], "name": ["Centre"], "iris_vintage": [2024]},
        geometry=[shapely.box(X, Y - 50, X + 400, Y + 50)],
        crs=toy.crs,
    ).set_index("iris")
    return replace(toy, tables={**toy.tables, "places": table, "iris": iris})


def answered(city: City, *, at: str = "", minutes: float = 3) -> Reach:
    """Ask for libraries within 180 m: A and B reach the west one, C and D the east one; 16 children a unit."""
    return reach_of(city, Asked(Offer.LIBRARY, minutes=minutes, at=read_moment(at) if at else None), walking=WALKING)


def test_the_summary_says_who_has_none_and_how_many_seats_there_are(city: City) -> None:
    assert reach_summary(answered(city, at="mercredi 11h"), "en") == (
        "32 of the 64 children aged 3 to 10 (50%) have no library within 3 minutes on foot. "
        "1 library: 12 seats, 19 for 100 children aged 3 to 10, from 19 (Centre) to 19 (Centre)."
    )
    assert reach_summary(answered(city, at="mercredi 11h"), "fr").startswith(
        f"32 des 64 enfants de 3 à 10 ans (50{NBSP}%) n’ont aucune bibliothèque à 3 minutes à pied. 1 bibliothèque"
    )


def test_without_a_moment_the_older_children_of_the_east_have_none(city: City) -> None:
    # The east library takes children up to 5: the 10 of 6 to 10 of C and D are left.
    assert reach_summary(answered(city), "en").startswith("20 of the 64 children aged 3 to 10 (31%) have no library")


def test_where_everyone_has_a_place_it_is_said(city: City) -> None:
    assert reach_summary(answered(city, minutes=8), "en").startswith(
        "Each of the 64 children aged 3 to 10 has at least one place within 8 minutes on foot."
    )


def test_where_nothing_is_open_there_is_one_sentence(city: City) -> None:
    found = answered(city, at="dimanche 11h")
    assert reach_summary(found, "en") == "No place is open at that moment, as far as hours are known."


def test_seats_that_are_not_known_are_said_and_no_rate_is_made_of_them(city: City) -> None:
    places = city.tables["places"].assign(seats=pd.array([pd.NA, 12], dtype="Int64"))
    found = answered(replace(city, tables={**city.tables, "places": places}))
    assert "the number of seats is not known everywhere" in reach_summary(found, "en")
    assert place_table(found, "en")["Seats"].tolist() == ["12", "not known"]
    assert area_table(found, "en")["Seats for 100"].tolist() == ["not known", "not known"]


def test_the_table_of_areas_ends_with_the_city(city: City) -> None:
    table = area_table(answered(city, at="mercredi 11h"), "en")
    assert table["Area"].tolist() == ["Centre", "City"]
    assert table.drop(columns="Area").to_numpy().tolist() == [["64", "32", "50%", "0.5", "3", "19", "19"]] * 2


def test_the_table_of_places_tells_the_state_at_the_moment_only(city: City) -> None:
    with_state = place_table(answered(city, at="mercredi 11h"), "fr")
    assert with_state["Lieu"].tolist() == ["Bibliothèque Est", "Médiathèque <Ouest>"]
    assert with_state["À ce moment"].tolist() == ["horaires non connus", "ouvert"]
    assert with_state["Enfants à portée"].tolist() == ["–", "32"]
    assert with_state["Âges"].tolist() == ["3 à 5 ans", "3 à 10 ans"]
    assert "À ce moment" not in place_table(answered(city), "fr")


def test_canteens_speak_of_pupils_and_of_no_walk(toy: City) -> None:
    found = reach_of(toy, Asked(Offer.CANTEEN))
    assert reach_title(found, "fr") == "Cantines · élèves du public · quelle que soit l’heure"
    assert reach_summary(found, "fr").startswith("Chacun des 40 élèves du public est d’une école qui a une cantine.")
    assert area_table(found, "fr").columns[1] == "Élèves"
    assert not pace_text(found, "fr")


def test_a_title_tells_what_was_asked(city: City) -> None:
    found = answered(city, at="vacances mercredi 9h05")
    assert reach_title(found, "en") == (
        "Libraries within 3 minutes on foot · children aged 3 to 10 · on Wednesday at 9:05 in the school holidays"
    )
    assert moment_text(found.asked.at, "fr") == f"le mercredi à 9{NBSP}h{NBSP}05, pendant les vacances scolaires"


def test_how_far_children_walk_is_told_by_age(city: City) -> None:
    found = reach_of(city, Asked(Offer.LIBRARY))
    assert pace_text(found, "en") == f"In 15 minutes: 800{NBSP}m from 3 to 5, 1.0{NBSP}km from 6 to 10."


def test_figures_are_written_as_they_are_worth() -> None:
    assert [rate_text(rate, "en") for rate in (0.0, 0.042, 0.1, 2.5, float("nan"))] == [
        "0",
        "4.2",
        "10",
        "250",
        "not known",
    ]
    assert [minutes_text(minutes, "fr") for minutes in (12.4, float("inf"))] == ["12", "aucun chemin"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_place_and_every_state_has_its_words(lang: str) -> None:
    names = {say(f"reach.offer.{offer}.{form}", lang, count=2) for offer in Offer for form in ("name", "none", "count")}  # type: ignore[arg-type]
    states = {say(f"reach.state.{state}", lang) for state in STATES}  # type: ignore[arg-type]
    assert (len(names), len(states)) == (3 * len(Offer), len(STATES))


def test_the_files_hold_the_figures_and_no_children_of_single_units(city: City, tmp_path: Path) -> None:
    found = answered(city, at="mercredi 11h")
    files = write_reach(tmp_path / "out", city, found)
    assert [file.name for file in files] == ["reach_areas.csv", "reach_units.csv", "reach_places.csv", "reach.gpkg"]
    units = pd.read_csv(files[1], index_col="unit_id")
    assert units["places"].tolist() == [1, 1, 0, 0]
    assert not {"children", "without"} & set(units)
    assert pd.read_csv(files[0])["without"].tolist() == [32]
    layers = {str(name): kind for name, kind in pyogrio.list_layers(files[3])}
    assert layers == {"areas": "Polygon", "units": "Polygon", "places": "Point", "sources": None}
    written = gpd.read_file(files[3], layer="units").set_index("unit_id")
    assert written.crs == city.crs
    assert written["nearest_min"].tolist() == units["nearest_min"].tolist()
    assert not {"children", "without"} & set(written)


def test_a_folder_that_cannot_be_written_is_said(city: City, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ExportError, match="expected a folder that can be written"):
        write_reach(tmp_path / "out", city, answered(city))


def test_rows_are_raw_figures_and_say_nothing_where_nobody_lives_or_nothing_counts(city: City) -> None:
    found = answered(city, at="mercredi 11h")
    areas, places = area_rows(found, "fr"), place_rows(found, "fr")
    assert areas.loc["001230101", ["children", "without", "without_share"]].tolist() == [64, 32, 0.5]
    assert areas.loc["001230101", "seats_per_100"] == pytest.approx(100 * found.totals["seats_per_child"])
    assert places["number"].tolist() == [1, 2]
    assert places["place"].tolist() == place_table(found, "fr")["Lieu"].tolist()
    assert places.loc["W", "reached"] == 32
    assert places.loc[["E"], ["reached", "seats_per_100"]].isna().all(axis=None)


def test_units_are_painted_by_their_walk_and_hatched_where_it_is_too_long(city: City) -> None:
    # The west library only: A and B live within 90 m and 190 m of it, C and D farther; 60 m are a minute.
    found = answered(city, at="mercredi 11h")
    bands = {band.code: band for band in view_classes("walk", found)}
    assert [band.high for band in bands.values()] == [1, 2, 3, 6, float("inf")]
    painted = [bands[code] for code in class_codes("walk", city, found)]
    minutes = found.units["nearest_min"]
    assert all(band.low <= walk <= band.high for band, walk in zip(painted, minutes, strict=True))
    assert [bool(band.hatch) for band in painted] == (minutes > 3).tolist()
    assert set(painted_areas("walk", city, found).index) == {band.code for band in painted}
    assert painted_areas("walk", city, found).area.sum() == pytest.approx(city.layer("units").area.sum())


def test_areas_are_painted_by_the_share_of_children_without_any_place(city: City) -> None:
    shares = {3: "25% to 50%", 8: "nobody"}
    for minutes, text in shares.items():
        found = answered(city, at="mercredi 11h", minutes=minutes)
        (code,) = class_codes("without", city, found)
        assert class_text(next(band for band in painted_classes("without", found) if band.code == code), "en") == text
        assert "no child of these ages" not in [
            class_text(band, "en") for band in legend_classes("without", city, found)
        ]


def test_an_area_without_children_of_these_ages_is_told_in_the_legend(city: City) -> None:
    far = (
        city.layer("iris")
        .assign(geometry=[shapely.box(X + 900, Y, X + 950, Y + 50)])
        .rename({"001230101": "001230102"})
    )
    wide = replace(city, tables={**city.tables, "iris": pd.concat([city.layer("iris"), far])})
    assert "aucun enfant de ces âges" in [
        class_text(band, "fr") for band in legend_classes("without", wide, answered(wide))
    ]
    bare = replace(city, tables={**city.tables, "iris": city.layer("iris").iloc[:0]})
    assert views_of(bare) == ("walk",)


def test_every_class_has_a_name_in_both_languages_and_few_minutes_make_fewer_classes(city: City) -> None:
    assert [band.high for band in view_classes("walk", answered(city, minutes=1))] == [1, 2, float("inf")]
    for view in ("walk", "without"):
        for band in painted_classes(view, answered(city)):
            assert class_text(band, "fr") != class_text(band, "en")


def test_rules_of_walking_are_told_with_what_they_do(city: City) -> None:
    free, slow = answered(city, minutes=8), answered(city, minutes=3)
    assert walking_effect(free, slow, "en") == (
        "With the rules of walking of the scenario 20 children have no library within 3 minutes on foot, "
        "0 without them."
    )
    assert walking_effect(free, free, "fr").startswith("Les règles de marche du scénario sont suivies ; elles ne")
