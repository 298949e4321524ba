"""The catalogue of words: complete in both languages, and written the way of each."""

from __future__ import annotations

import datetime as dt
import re
import string
from pathlib import Path

import pandas as pd
import pytest

from geo.council.words import (
    LANGS,
    catalogue,
    date_text,
    fault_place,
    fault_text,
    level_name,
    metres,
    note_text,
    number,
    percent,
    say,
    school_year,
    signed,
)
from geo.errors import Fault
from geo.model.levels import Level
from geo.model.note import Note

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted([*(ROOT / "geo").rglob("*.py"), *(ROOT / "apps").rglob("*.py")])


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literals(pattern: str) -> set[str]:
    return {key for path in PROGRAMS for key in re.findall(pattern, path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_each_phrase_says_the_same_in_both_languages(key: str) -> None:
    phrase = catalogue()[key]
    assert {"fr", "en"} <= set(phrase)
    forms = {form: places(text) for form, text in phrase.items()}
    assert forms["fr"] == forms["en"]
    for one in {"fr_one", "en_one"} & set(forms):
        assert "count" in forms["fr"], "a singular is chosen by a value named count"
        assert forms[one] | {"count"} == forms["fr"]


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_french_phrases_use_the_typographic_apostrophe(key: str) -> None:
    spoken = re.sub(r"{[^}]*}", "", catalogue()[key]["fr"])
    assert not re.search(r"\w'\w", spoken)


def test_each_phrase_that_the_programs_say_is_in_the_catalogue() -> None:
    said = literals(r"""(?<![.\w])say\(\s*["']([^"']+)["']""")
    assert said, "the pattern must find something"
    assert said <= set(catalogue())


def test_each_note_that_the_programs_make_has_a_phrase() -> None:
    made = {f"note.{code}" for code in literals(r"""\bNote\(\s*["']([^"']+)["']""")}
    assert "note.share-unknown" in made
    assert made <= set(catalogue())


def test_each_level_has_a_name_in_both_languages() -> None:
    names = {level_name(level, lang) for level in Level for lang in LANGS}
    assert len(names) == len(Level) * len(LANGS)


def test_an_unknown_phrase_is_named_in_the_error() -> None:
    with pytest.raises(LookupError, match=r"'level\.kindergarten\.name'"):
        say("level.kindergarten.name", "fr")


def test_a_missing_value_is_named_in_the_error() -> None:
    with pytest.raises(LookupError, match="'first'"):
        say("school_year", "fr", last=2027)


def test_numbers_are_written_the_way_of_the_language() -> None:
    assert number(12345.67, "fr", digits=1) == "12\u202f345,7"
    assert number(12345.67, "en", digits=1) == "12,345.7"
    assert number(-3, "fr") == "−3"


@pytest.mark.parametrize("unknown", [float("nan"), None, pd.NA])
def test_what_is_not_known_is_said_and_never_a_figure(unknown: float | None) -> None:
    for write in (number, percent, metres, signed):
        assert write(unknown, "fr") == "non connu"
        assert write(unknown, "en") == "not known"


def test_a_half_is_rounded_up_as_by_hand() -> None:
    assert number(2.5, "en") == "3"
    assert number(0.285, "en", digits=2) == "0.29"
    assert number(-2.5, "en") == "−3"


def test_a_change_too_small_to_show_has_no_sign() -> None:
    assert signed(-0.4, "fr") == "0"
    assert signed(0.4, "fr") == "0"
    assert signed(12, "fr") == "+12"
    assert signed(-12, "fr") == "−12"


def test_percentages_carry_the_space_of_the_language() -> None:
    assert percent(1.034, "fr") == "103\u00a0%"
    assert percent(1.034, "en") == "103%"


def test_distances_turn_into_kilometres_where_they_are_long() -> None:
    assert metres(412.4, "fr") == "412\u00a0m"
    assert metres(999.6, "fr") == "1,0\u00a0km"
    assert metres(1234, "en") == "1.2\u00a0km"
    assert metres(float("inf"), "fr") == "aucun chemin"


def test_years_and_dates_are_written_without_separators() -> None:
    assert school_year(2026, "fr") == "année scolaire 2026-2027"
    assert date_text(dt.date(2026, 11, 2), "fr") == "2 novembre 2026"
    assert date_text(dt.date(2026, 11, 2), "en") == "2 November 2026"


def test_one_school_is_said_in_the_singular() -> None:
    assert say("level.nursery.schools", "fr", count=1) == "1 école maternelle"
    assert say("level.nursery.schools", "fr", count=0) == "0 école maternelle"
    assert say("level.nursery.schools", "en", count=0) == "0 nursery schools"
    assert say("level.nursery.schools", "en", count=2) == "2 nursery schools"


def test_a_note_is_a_sentence_with_its_figures() -> None:
    note = Note("share-deduced", {"share": 0.884, "year": 2026})
    assert "88\u00a0%" in note_text(note, "fr")
    assert "September 2026" in note_text(note, "en")


def test_a_fault_says_where_it_is_in_the_language_of_the_reader() -> None:
    row = Fault("duplicate-id", "schools.csv", 3, "school_id", "each once", "'A' again", "Delete one.")
    assert fault_place(row, "fr") == "schools.csv, ligne 3, colonne « school_id »"
    assert fault_place(row, "en") == "schools.csv, line 3, column 'school_id'"
    shape = Fault("invalid", "units.gpkg", 7, "", "a valid area", "a crossing", "Draw it again.")
    assert fault_place(shape, "fr") == "units.gpkg, objet 7"


def test_a_fault_without_a_phrase_is_said_in_its_own_words() -> None:
    fault = Fault("no-such-rule", "schools.csv", 3, "rooms", "a number", "'x'", "Write it.")
    assert fault_text(fault, "fr") == f"{fault_place(fault, 'fr')}: expected a number, got 'x'. Write it."
