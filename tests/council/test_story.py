"""Key figures in words: each written once, the same everywhere."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geo.council.story import figure_table, key_figures, story, year_text_table
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.levels import Level
from geo.model.measures import Phasing
from geo.model.scenario import Scenario
from geo.planning.study import Study, study


def scenario(**changes: object) -> Scenario:
    moves = {"name": "Essai", "city": "toy", "level": Level.ELEMENTARY, "start_year": 2027, "moves": {"B": ("e",)}}
    return Scenario.model_validate(moves | changes)


@pytest.fixture
def studied(toy: City) -> Study:
    return study(toy, scenario())


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_has_a_label_a_sentence_and_a_source(toy: City, studied: Study, lang: Lang) -> None:
    figures = key_figures(toy, studied, lang=lang)
    assert len(figures) > 20
    assert (figures[["label", "after_text", "sentence"]] != "").all(axis=None)
    assert figures.loc[["units_moved", "moved_pupils"], "before_text"].eq("").all()
    assert figures.loc["moved_pupils", "source"] == "Tests, Toyville (2026)"


@pytest.mark.parametrize("lang", LANGS)
def test_each_text_of_a_figure_stands_in_its_sentence(toy: City, studied: Study, lang: Lang) -> None:
    figures = key_figures(toy, studied, lang=lang)
    for key, row in figures.iterrows():
        for text in (row["before_text"], row["after_text"]):
            assert text in row["sentence"], key


def test_figures_are_written_the_french_way(toy: City, studied: Study) -> None:
    figures = key_figures(toy, studied, lang="fr")
    assert figures.loc["walk_max_m", ["before_text", "after_text"]].tolist() == ["155\u00a0m", "255\u00a0m"]
    assert figures.loc["walk_max_m", "sentence"] == "Le trajet le plus long passe de 155\u00a0m à 255\u00a0m."
    assert figures.loc["greening_eur", "after_text"] == "0 €"
    assert figures.loc["moved_pupils", "sentence"].startswith(
        "Une fois tout en place, 10 élèves ont une autre école (25"
    )


def test_what_stays_is_said_to_stay(toy: City, studied: Study) -> None:
    figures = key_figures(toy, studied, lang="en")
    assert figures.loc["rooms_total", "sentence"] == "Classrooms of the level, with or without the proposal: 3."


def test_what_is_not_known_is_said_and_no_overflow_is_none(toy: City, studied: Study) -> None:
    figures = key_figures(toy, studied, lang="fr")
    assert figures.loc["dissimilarity_qpv", "after_text"] == "non connu"
    assert figures.loc["overflow_first_year", "after_text"] == "aucune"


def test_the_table_of_the_first_page_has_a_dash_where_there_is_no_side(toy: City, studied: Study) -> None:
    figures = key_figures(toy, studied, lang="fr")
    table = figure_table(figures, lang="fr")
    assert list(table.columns) == ["Chiffre", "Sans le projet", "Avec le projet", "Rentrée"]
    assert table.loc["units_moved"].tolist() == ["Tronçons de rue qui changent de secteur", "–", "1", "2026"]
    assert list(table.index) == list(figures.index[figures["main"]])
    assert len(story(figures)) == len(table)


def test_figures_of_single_years_stand_side_by_side(toy: City) -> None:
    phased = study(toy, scenario(phasing=Phasing.NEW_ENTRANTS))
    figures = key_figures(toy, phased, lang="en")
    table = year_text_table(figures, lang="en")
    assert list(table.columns) == ["Figure", *[str(year) for year in range(2026, 2037)]]
    shown = {row["Figure"]: row for _, row in table.iterrows()}
    moved = shown["Pupils in their new school, with the proposal"]
    assert moved["2026"] == "–"
    assert [moved[str(year)] for year in range(2027, 2032)] == [
        figures.loc[f"moved_pupils_{year}", "after_text"] for year in range(2027, 2032)
    ]
    assert int(moved["2031"]) > int(moved["2027"])


def test_without_years_to_come_there_is_no_table_of_years(toy: City) -> None:
    figures = key_figures(toy, study(toy, scenario(), horizon_years=99), lang="fr")
    assert year_text_table(figures, lang="fr").empty
    assert len(figure_table(figures, lang="fr")) > 5


def test_a_school_that_opens_and_one_that_closes_are_counted(toy: City) -> None:
    opening = {"school_id": "n", "name": "École neuve", "x": 700_200.0, "y": 6_600_000.0, "rooms": 2}
    changed = scenario(moves={"B": ("n",), "C": ("n",)}, openings=[opening], closures=["w"])
    figures = key_figures(toy, study(toy, changed), lang="fr")
    assert figures.loc["rooms_total", ["before_text", "after_text"]].tolist() == ["3", "4"]
    assert figures.loc["moved_pupils", "after_text"] == "30"


def test_a_school_above_its_places_is_named_with_its_year(toy: City, studied: Study) -> None:
    years = studied.years.assign(capacity_pupils_before=pd.Series(19.0, index=studied.years.index))
    figures = key_figures(toy, replace(studied, years=years), lang="fr")
    assert figures.loc["overflow_first_year", "before_text"] == "2026"
    told = figures.loc["overflow_first_year", "sentence"]
    assert "2026 sans le projet (École de l'Est, École de l'Ouest), aucune avec le projet." in told


def test_of_many_schools_a_few_are_named_and_the_others_counted(toy: City, studied: Study) -> None:
    many = {f"s{place}": f"École {place}" for place in range(5)}
    names = pd.concat([toy.tables["schools"], pd.DataFrame({"name": many, "sector": "public"})])
    index = pd.MultiIndex.from_product([many, [2026]], names=["school_id", "year"])
    columns = dict.fromkeys(studied.years.columns, 1.0)
    years = pd.DataFrame(columns, index=index).assign(pupils_before=9.0)
    city = replace(toy, tables={**toy.tables, "schools": names})
    figures = key_figures(city, replace(studied, years=years), lang="en")
    assert (
        "2026 without the proposal (École 0, École 1, École 2 and 2 more)"
        in figures.loc["overflow_first_year", "sentence"]
    )


def test_a_city_without_rolls_has_estimated_pupils_and_one_with_rolls_counted_ones(toy: City, studied: Study) -> None:
    assert (
        key_figures(toy, studied, lang="en").loc["pupils_2026", "label"] == "public pupils, estimated from the children"
    )


def test_a_figure_that_is_not_known_is_said_so_in_a_sentence(toy: City, studied: Study) -> None:
    figures = key_figures(toy, studied, lang="fr")
    label = "Séparation des élèves de quartiers prioritaires (0 à 1)"
    assert figures.loc["dissimilarity_qpv", "sentence"] == f"{label} : non connu."
    assert "qpv_share_lowest" not in figures.index
