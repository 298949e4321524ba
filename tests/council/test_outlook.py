"""Sentences about pupils to come, made from the figures and in both languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.council.outlook import (
    backtest_sentences,
    backtest_table,
    cause_texts,
    chance,
    city_sentence,
    fan_texts,
    outlook_notes,
    overflow_sentences,
    past_rolls,
    school_sentences,
    starts_from_children,
)
from geo.council.pupils import cause_table, fan_table
from geo.council.words import LANGS, number
from geo.model.city import City
from geo.model.levels import Level
from geo.model.projection import Projection
from geo.planning.classes import pressure
from geo.planning.projection.project import project
from geo.sources.cities import open_city

DATA = Path(__file__).parents[2] / "data"
LEVEL = Level.ELEMENTARY
BERLIOZ = "0000205Y"
Ahead = tuple[City, Projection, pd.DataFrame]


@pytest.fixture(scope="module")
def ahead() -> Ahead:
    """Give Villebrune, its projection and its figures by school and year."""
    city = open_city(DATA, "villebrune")
    projection = project(city, city.current[LEVEL])
    return city, projection, pressure(city, projection)


def row(**figures: float) -> pd.Series:
    """Give the figures of a school and year: those of the example, and others where said."""
    example = {
        "pupils": 362.1,
        "low_pupils": 321.4,
        "high_pupils": 402.8,
        "capacity_pupils": 364.0,
        "rooms": 15.0,
        "rooms_needed": 15.0,
        "low_rooms": 14.0,
        "high_rooms": 16.0,
        "overflow_probability": 0.475,
        "short_probability": 0.475,
    }
    return pd.Series({**example, **figures})


def told(figures: pd.Series, lang: str = "fr") -> str:
    text = school_sentences(figures, school="École X", year=2030, share=0.8, lang=lang)  # type: ignore[arg-type]
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_school_is_told_in_plain_words() -> None:
    assert told(row()) == (
        "À la rentrée 2030, « École X » attend 362 élèves (entre 321 et 403, 8 chances sur 10) pour 364 places, "
        "soit 99 % d’occupation. Il faut 15 salles (entre 14 et 16) et il y en a 15. "
        "Risque de manquer de places : 48 % ; de manquer de salles : 48 %."
    )
    assert told(row(), "en").startswith(
        "In September 2030, “École X” expects 362 pupils (between 321 and 403, 8 chances"
    )


def test_counted_pupils_have_no_interval_and_no_risk() -> None:
    text = told(row(low_pupils=362.1, high_pupils=362.1))
    assert text == (
        "À la rentrée 2030, « École X » compte 362 élèves pour 364 places, soit 99 % d’occupation. "
        "Il faut 15 salles et il y en a 15."
    )


def test_a_start_from_children_is_not_called_counted() -> None:
    first = row(low_pupils=362.1, high_pupils=362.1)
    text = school_sentences(first, school="École X", year=2026, share=0.8, lang="en", counted=False)
    assert text.startswith("In September 2026, “École X” would have 362 pupils by the children of its sector")


def test_what_is_not_known_is_not_guessed() -> None:
    nothing = dict.fromkeys(("capacity_pupils", "rooms", "overflow_probability", "short_probability"), np.nan)
    assert told(row(**nothing)) == (
        "À la rentrée 2030, « École X » attend 362 élèves (entre 321 et 403, 8 chances sur 10). "
        "Il faut 15 salles ; on ne sait pas combien il y en a."
    )


def test_chances_are_counted_in_tenths_where_they_are_whole() -> None:
    assert [chance(share, "fr") for share in (0.8, 0.9, 0.95)] == [
        "8 chances sur 10",
        "9 chances sur 10",
        "95 chances sur 100",
    ]


def test_schools_that_overflow_are_named_in_the_order_of_the_years(ahead: Ahead) -> None:
    city, _, years = ahead
    text = overflow_sentences(years, city.tables["schools"]["name"], level=LEVEL, lang="fr").replace("\u00a0", " ")
    assert text.startswith(
        "D’ici la rentrée 2036, 2 écoles sur 8 devraient avoir plus d’élèves que de places : "
        "« École élémentaire Germaine-Tillion » dès 2027 ; "
        "« École élémentaire Hector-Berlioz » dès 2031 (au plus tôt 2029). 3 autres le pourraient"
    )


def test_no_more_than_six_schools_are_named_in_a_sentence(ahead: Ahead) -> None:
    city, _, years = ahead
    crowded = years.assign(capacity_pupils=10.0)
    text = overflow_sentences(crowded, city.tables["schools"]["name"], level=LEVEL, lang="en")
    assert text.startswith("By September 2036, 8 of 8 schools are expected")
    assert text.count("already in 2026") == 6
    assert text.endswith("and 2 others.")


def test_no_overflow_and_unknown_places_are_said(ahead: Ahead) -> None:
    city, _, years = ahead
    names = city.tables["schools"]["name"]
    roomy = years.assign(capacity_pupils=10_000.0)
    assert overflow_sentences(roomy, names, level=LEVEL, lang="en") == (
        "By September 2036, no school is expected to have more pupils than places."
    )
    unknown = years.assign(capacity_pupils=np.nan)
    assert overflow_sentences(unknown, names, level=LEVEL, lang="en") == "The places of 8 schools are not known."
    some = roomy.assign(capacity_pupils=roomy["capacity_pupils"].mask(years.index.get_level_values(0) == BERLIOZ))
    assert overflow_sentences(some, names, level=LEVEL, lang="en").endswith("The places of 1 school are not known.")


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_the_chart_and_the_causes_name_the_same_pupils(ahead: Ahead, lang: str) -> None:
    city, projection, years = ahead
    fan = fan_table(city, projection, years)
    sentence = city_sentence(city, fan, year=2030, share=0.8, lang=lang)  # type: ignore[arg-type]
    figure = number(projection.totals.loc[("public", 2030), "pupils"], lang)  # type: ignore[arg-type]
    chart = fan_texts(fan, lang).set_index(fan_texts(fan, lang).columns[0])  # type: ignore[arg-type]
    causes = cause_texts(cause_table(projection), lang)  # type: ignore[arg-type]
    assert figure in sentence
    assert chart.loc["2030"].iloc[1] == figure
    assert causes.set_index(causes.columns[0]).loc["2030"].iloc[-1] == figure


def test_a_cause_that_does_nothing_anywhere_is_left_out_if_it_is_a_new_map(ahead: Ahead) -> None:
    _, projection, _ = ahead
    causes = cause_table(projection)
    assert "Carte" not in cause_texts(causes, "fr")
    moved = causes.assign(revision_pupils=causes["revision_pupils"] + 3)
    assert list(cause_texts(moved, "fr")["Carte"]) == ["+3"] * len(causes)


def test_rolls_of_the_past_are_listed(ahead: Ahead) -> None:
    city, projection, years = ahead
    text = past_rolls(fan_table(city, projection, years, school=BERLIOZ), "en")
    assert text.startswith("2017: 286, 2018:")
    assert text.endswith("2026: 314")


def test_past_errors_are_those_of_the_back_test(ahead: Ahead) -> None:
    _, projection, _ = ahead
    errors = projection.errors.loc["school"]
    sentences = backtest_sentences(projection, "fr").replace("\u00a0", " ")
    assert f"de {number(errors.loc[1, 'averaged_error_pupils'], 'fr', digits=1)} élèves" in sentences
    assert f"contre {number(errors.loc[5, 'last_year_error_pupils'], 'fr', digits=1)} élèves" in sentences
    assert "a fait mieux que « comme l’an dernier » à toutes les distances" in sentences
    table = backtest_table(projection.errors, "fr")
    assert len(table) == len(projection.errors.drop(index="grade", level="scale"))
    assert table.iloc[0].tolist()[:2] == ["Une école", "1 an après"]


def test_distances_at_which_the_method_loses_are_named(ahead: Ahead) -> None:
    _, projection, _ = ahead
    errors = projection.errors.copy()
    errors.loc[("school", 3), ["averaged_error_pupils", "better_than_last_year"]] = (99.0, False)
    worse = Projection(**{**vars(projection), "errors": errors})
    assert "pas fait mieux que" in backtest_sentences(worse, "fr")
    assert backtest_sentences(worse, "en").count("so many years ahead: 3.") == 1
    assert "▲ non" in list(backtest_table(errors, "fr").iloc[2])


def test_a_village_without_rolls_says_that_its_start_is_an_estimate(toy: City) -> None:
    projection = project(toy, toy.current[LEVEL], horizon_years=3)
    assert starts_from_children(projection)
    fan = fan_table(toy, projection, pressure(toy, projection))
    assert "would have 40 pupils" in city_sentence(toy, fan, year=2026, share=0.8, lang="en")
    assert "expect 40 pupils" in city_sentence(toy, fan, year=2027, share=0.8, lang="en")


def test_without_a_past_nothing_is_said_of_it(toy: City) -> None:
    projection = project(toy, toy.current[LEVEL], horizon_years=3)
    assert backtest_sentences(projection, "fr") == ""
    assert backtest_table(projection.errors, "fr").empty


def test_remarks_say_fiction_rounding_and_every_note(ahead: Ahead) -> None:
    city, projection, _ = ahead
    for lang in LANGS:
        remarks = outlook_notes(city, projection.notes, lang)
        assert len(remarks) == 2 + len(projection.notes)
        assert city.name in remarks[0]
