"""School yards in words: classes, ranking, sentences in both languages."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.council.words import LANGS
from geo.council.yards import (
    NO_YARD,
    SUN,
    budget_sentence,
    felt_text,
    flags_text,
    rank_text,
    ranking,
    sun_of,
    works_figures,
    yard_figures,
    yard_sentence,
    yards_sentence,
)
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.yards import Yards, yard_pupils, yards

X, Y = 700_000.0, 6_600_000.0


def yards_of(city: City, **changes: object) -> Yards:
    scenario = Scenario(name="x", city="toy", level=Level.ELEMENTARY, start_year=2027).changed(changes)
    today, proposed = evaluate(city, scenario.without_changes()), evaluate(city, scenario)
    return yards(city, scenario, yard_pupils(city, today, proposed), tried=False)


@pytest.fixture
def town(toy: City) -> City:
    """Give the toy village with a yard of asphalt for 'w', half of it below a tall tree, and none for 'e'."""
    yard = {"yard_id": ["y"], "school_id": ["w"], "surface": ["asphalt"]}
    tree = {"tree_id": ["t"], "height_m": [12.0], "crown_m": [20.0]}
    frames = {
        "yards": pd.DataFrame(yard).set_index("yard_id").assign(geometry=[shapely.box(X, Y, X + 60, Y + 20)]),
        "trees": pd.DataFrame(tree).set_index("tree_id").assign(geometry=[shapely.Point(X + 5, Y + 5)]),
    }
    layers = {name: city_layer(frame, toy) for name, frame in frames.items()}
    return replace(toy, tables={**toy.tables, **layers})


def city_layer(frame: pd.DataFrame, city: City) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=city.crs)


@given(share=st.floats(0, 1))
def test_each_share_has_one_class_and_the_classes_meet(share: float) -> None:
    band = sun_of(share)
    assert band.low - 1e-9 <= share < band.high
    assert [band.high for band in SUN[:-1]] == [band.low for band in SUN[1:]]
    assert sun_of(float("nan")) is NO_YARD


def test_the_classes_get_darker_with_the_sun() -> None:
    def lightness(fill: str) -> float:
        red, green, blue = (int(fill[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    order = [lightness(band.fill) for band in SUN]
    assert order == sorted(order, reverse=True)
    assert min(np.diff(order) * -1) > 15


def test_the_ranking_begins_with_the_sunniest_and_ends_with_schools_without_a_yard(town: City) -> None:
    table = ranking(yards_of(town))
    assert list(table.index) == ["w", "e"]
    assert list(table["number"]) == [1, 2]
    figures = yard_figures(table, "fr")
    assert figures.loc["e", "flags"] == "aucune cour dans les données"
    assert figures.loc["e", "rank_after"] == "non connu"
    assert figures.loc["w", "area"] == 1200


@pytest.mark.parametrize(("low", "high", "fr"), [(3, 3, "3"), (2, 5, "3 (2 à 5)"), (float("nan"), float("nan"), "3")])
def test_a_rank_is_told_with_its_interval(low: float, high: float, fr: str) -> None:
    assert (
        rank_text(pd.Series({"rank_after": 3.0, "rank_low_after": low, "rank_high_after": high}), "after", "fr") == fr
    )


def test_what_is_felt_is_told_with_the_classes_that_its_error_allows() -> None:
    row = pd.Series({"stress_after": "strong", "stress_low_after": "strong", "stress_high_after": "very-strong"})
    assert felt_text(row, "after", "en") == "strong (strong to very strong)"
    assert felt_text(row.replace("very-strong", "strong"), "after", "fr") == "fort"
    assert felt_text(row.map(lambda _: np.nan), "after", "fr") == "non connu"


def test_the_sentences_tell_trees_costs_and_the_sunniest_yard(town: City) -> None:
    bare, planted = yards_of(town), yards_of(town, trees=[(X + 40, Y + 10)])
    assert yards_sentence(bare, "fr").startswith("1 cour est classée, celle de « École de l'Ouest »")
    assert "plante 1 arbre dans 1 cour, pour environ 1 7" in yards_sentence(planted, "fr").replace("\u202f", " ")
    row = ranking(planted).loc["w"]
    assert "1 tree planted brings the share in the sun from" in yard_sentence(row, 1, "en")
    assert yard_sentence(ranking(bare).loc["w"], 1, "en").endswith("Nothing is planted there.")


def test_a_budget_is_told_to_the_euro(town: City) -> None:
    told = yards_of(town, trees=[(X + 40, Y + 10)], greening_budget_eur=9000)
    left = round(9000 - told.hand_eur - told.choice.spent_eur)
    assert budget_sentence(told, 9000, "en").endswith(
        f"No other choice avoids more exposure for the money. €{left:,} are left."
    )
    assert budget_sentence(yards_of(town), 0, "en") == ""
    # The trees planted by hand cost more than there is: nothing is left, and no works are praised.
    over = yards_of(town, trees=[(X + 40, Y + 10)], greening_budget_eur=100)
    assert "left" not in budget_sentence(over, 100, "en")


def test_the_works_that_are_paid_are_among_those_that_could_be_done(town: City) -> None:
    told = yards_of(town, greening_budget_eur=9000)
    paid, possible = (works_figures(told, "fr", chosen_only=only) for only in (True, False))
    assert len(paid) == 1
    assert len(possible) == 3
    assert paid["cost"].sum() == pytest.approx(told.choice.spent_eur)
    assert (paid["sun_after"] < paid["sun_before"]).all()
    assert (possible["avoided"] > 0).all()


def test_a_closed_school_and_every_flag_are_said_in_both_languages() -> None:
    for lang in LANGS:
        row = pd.Series({"flags": "no-yard buildings-only no-tree heights-assumed no-refuge", "closed": True})
        assert flags_text(row, lang).count(" ; ") == 5
    assert flags_text(pd.Series({"flags": "", "closed": False}), "fr") == ""


def test_a_town_without_yards_is_told_what_to_add(toy: City) -> None:
    assert "yards.gpkg" in yards_sentence(yards_of(toy), "fr")
    assert "yards.gpkg" in yards_sentence(yards_of(toy), "en")
