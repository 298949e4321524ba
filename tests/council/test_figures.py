"""Whole pupils that add up, tables with headings, and sentences made from the figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.council.figures import by_name, school_figures, school_table, summary, whole_after, whole_pupils
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.evaluation import Evaluation

Case = tuple[City, Evaluation, Evaluation]
PUPILS = st.lists(st.floats(0, 900, allow_nan=False), min_size=1, max_size=40)


@settings(deadline=None)
@given(PUPILS)
def test_whole_pupils_add_up_to_the_rounded_total(pupils: list[float]) -> None:
    whole = whole_pupils(pd.Series(pupils))
    assert abs(int(whole.sum()) - sum(pupils)) <= 0.5 + 1e-6


@settings(deadline=None)
@given(PUPILS)
def test_no_school_is_a_pupil_or_more_away_from_its_figure(pupils: list[float]) -> None:
    whole = whole_pupils(pd.Series(pupils))
    assert (whole - pd.Series(pupils)).abs().max() < 1 + 1e-6


def test_pupils_that_are_not_known_stay_so() -> None:
    whole = whole_pupils(pd.Series([1.6, np.nan, 1.6]))
    assert whole.isna().tolist() == [False, True, False]
    assert int(whole.sum()) == 3


@settings(deadline=None)
@given(PUPILS, st.data())
def test_a_move_takes_as_many_whole_pupils_as_it_gives(pupils: list[float], data: st.DataObject) -> None:
    before = pd.Series(pupils)
    start, end = (data.draw(st.integers(0, len(pupils) - 1)) for _ in range(2))
    moved = data.draw(st.floats(0, pupils[start]))
    after = before.copy()
    after[start] -= moved
    after[end] += moved
    whole = whole_after(after, before)
    assert int(whole.sum()) == int(whole_pupils(before).sum())
    assert (whole >= 0).all()
    if start != end and before[start] >= 1 and moved > 0.001:
        assert abs(int((whole_pupils(before) - whole)[start]) - moved) <= 0.5 + 1e-5
    untouched = [place for place in before.index if place not in {start, end}]
    assert whole[untouched].equals(whole_pupils(before)[untouched])


def test_the_figures_of_the_village_are_those_done_by_hand(village: Case) -> None:
    figures = school_figures(*village)
    assert figures.index.tolist() == ["e", "w"]
    assert figures["pupils_before"].tolist() == [20, 20]
    assert figures["pupils_after"].tolist() == [30, 10]
    assert figures["pupils_change"].tolist() == [10, -10]
    assert figures["band_before"].tolist() == ["under", "roomy"]
    assert figures["band_after"].tolist() == ["under", "under"]


def test_the_table_is_written_in_the_language_of_the_reader(village: Case) -> None:
    french = school_table(*village, lang="fr")
    english = school_table(*village, lang="en")
    assert french.columns[0] == "École"
    assert english.columns[0] == "School"
    assert french.loc["w"].tolist() == [
        "École de l'Ouest", "25", "20", "10", "−10", "80\u00a0%", "40\u00a0%", "55\u00a0m", "55\u00a0m",
    ]  # fmt: skip
    assert french.loc["total"].tolist()[:5] == ["Ensemble", "75", "40", "40", "0"]


@pytest.mark.parametrize("schools", [3, 12, 40])
def test_the_rows_of_the_table_add_up_to_its_total(town: Callable[..., Case], schools: int) -> None:
    case = town(schools)
    figures = school_figures(*case)
    assert figures["pupils_before"].sum() == figures["pupils_after"].sum()
    assert figures["pupils_before"].sum() == round(case[1].totals["pupils"])
    assert figures["pupils_change"].sum() == 0


def test_schools_stand_in_the_order_of_their_names_whatever_their_accents() -> None:
    assert by_name(pd.Series({"w": "Zola", "e": "Éluard"}), ["w", "e"]) == ["e", "w"]


def test_the_summary_says_what_moves_and_which_school_changes(village: Case) -> None:
    text = summary(*village, lang="fr")
    assert "aucune des 2 écoles ne dépasse sa capacité" in text
    assert "déplace 10 élèves (1 tronçon de rue)" in text
    assert "« École de l'Ouest » passe de 80\u00a0% à 40\u00a0%" in text
    assert text.endswith("Toyville est une ville fictive : aucun de ces chiffres ne décrit un lieu réel.")


def test_the_summary_of_the_map_in_force_speaks_of_today_only(village: Case) -> None:
    text = summary(village[0], village[1], village[1], lang="en")
    # The village has no rolls: that comes first.
    assert text.startswith("As no rolls are known, these figures suppose that every child goes to the public school")
    assert "Today, none of the 2 schools exceeds its capacity." in text
    assert "proposal" not in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_real_city_is_not_called_fictional(village: Case, lang: Lang) -> None:
    city, today, proposed = village
    real = replace(city, fictional=False)
    assert "ficti" not in summary(real, today, proposed, lang=lang)


def test_a_school_without_known_capacity_is_said_not_to_be_counted(town: Callable[..., Case]) -> None:
    text = summary(*town(5), lang="fr")
    assert "sur 4" in text
    assert "1 autre établissement n’est pas compté" in text


def test_the_change_of_a_school_is_what_the_sentence_says_moves() -> None:
    before = pd.Series({"a": 415.4, "b": 204.6, "c": 100.0})
    after = pd.Series({"a": 403.8, "b": 216.2, "c": 100.0})
    assert (whole_after(after, before) - whole_pupils(before)).tolist() == [-12, 12, 0]


def test_a_school_of_less_than_a_pupil_never_falls_below_none() -> None:
    before = pd.Series({"a": 0.4, "b": 0.4, "c": 50.2})
    after = pd.Series({"a": 0.0, "b": 0.0, "c": 51.0})
    assert whole_after(after, before).tolist() == [0, 0, 51]
