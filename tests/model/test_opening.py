"""Days and hours as they are written, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geo.model.opening import Moment, read_hours, read_moment, state_at, written_moment

PLACES = Path(__file__).parents[2] / "data" / "ground" / "villebrune" / "places.csv"
WEDNESDAY, SATURDAY, SUNDAY = 2, 5, 6


def at(text: str, moment: str) -> str:
    return state_at(read_hours(text), read_moment(moment))


@pytest.mark.parametrize(
    ("text", "moment", "state"),
    [
        ("mardi-samedi 10h-18h", "mercredi 10h", "open"),
        ("mardi-samedi 10h-18h", "mercredi 17h59", "open"),
        ("mardi-samedi 10h-18h", "mercredi 18h", "closed"),
        ("mardi-samedi 10h-18h", "lundi 12h", "closed"),
        ("mercredi, samedi 10h-17h", "mercredi 11h", "open"),
        ("mercredi, samedi 10h-17h", "jeudi 11h", "closed"),
        ("lundi-vendredi 7h30-18h30", "lundi 7h29", "closed"),
        ("lundi-vendredi 7h30-18h30", "lundi 7h30", "open"),
        ("mercredi et vacances", "mercredi 14h", "day"),
        ("mercredi et vacances", "mardi 14h", "closed"),
        ("mercredi et vacances", "vacances mardi 14h", "day"),
        ("mercredi et vacances", "vacances samedi 14h", "closed"),
        ("tous les jours", "dimanche 9h", "day"),
        ("tous les jours 9h-22h", "dimanche 21h59", "open"),
        ("selon programme", "samedi 20h", "unknown"),
        ("", "samedi 20h", "unknown"),
    ],
)
def test_a_place_is_open_when_it_says_so(text: str, moment: str, state: str) -> None:
    assert at(text, moment) == state


@pytest.mark.parametrize(
    "text",
    [
        "lundi-vendredi 9h-12h, 14h-18h30; samedi 10h-12h",
        "lundi-vendredi 9h-12h, 14h-18h30, samedi 10h-12h",
        "Du lundi au vendredi de 9 h à 12 h et de 14h à 18h30, le samedi de 10h à 12h",
        "Mo-Fr 09:00-12:00,14:00-18:30; Sa 10:00-12:00",
        "LUN.–VEN. 9h–12h, 14h–18h30; SAM. 10h–12h",
    ],
)
def test_one_week_can_be_written_in_several_ways(text: str) -> None:
    times = ("lundi 9h", "lundi 12h", "vendredi 18h29", "vendredi 18h30", "samedi 10h", "samedi 14h", "dimanche 10h")
    assert [at(text, moment) for moment in times] == ["open", "closed", "open", "closed", "open", "closed", "closed"]


def test_a_range_of_days_may_pass_over_sunday() -> None:
    assert [at("samedi-lundi 9h-12h", f"{day} 10h") for day in ("samedi", "dimanche", "lundi", "mardi")] == [
        "open", "open", "open", "closed",
    ]  # fmt: skip


def test_days_without_hours_and_days_with_hours_are_kept_apart() -> None:
    assert at("lundi, mardi; samedi 10h-12h", "lundi 3h") == "day"
    assert at("lundi, mardi; samedi 10h-12h", "samedi 13h") == "closed"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("mecredi 10h-18h", "mecredi"),
        ("lundi 25h-26h", "25h"),
        ("lundi 9h75-12h", "9h75"),
        ("lundi 18h-9h", "18h00-9h00"),
        ("10h-18h", "10h-18h"),
        ("lundi 10h", "lundi 10h"),
        ("lundi-", "lundi-"),
        ("lundi 10h-18h fermé en août", "ferme"),
        ("24/7", "24/7"),
    ],
)
def test_what_cannot_be_read_is_refused_and_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        read_hours(text)
    assert wrong in str(refused.value)


def test_a_moment_is_read_in_both_languages() -> None:
    assert read_moment("mercredi 14h") == read_moment("Wednesday 14:00") == Moment(WEDNESDAY, 14 * 60)
    assert read_moment("vacances, samedi à 10h30") == read_moment("holidays saturday 10:30")
    assert read_moment("holidays saturday 10:30") == Moment(SATURDAY, 630, holidays=True)


@pytest.mark.parametrize("text", ["", "mercredi", "14h", "mercredi jeudi 14h", "lundi-mardi 10h", "bientôt"])
def test_a_moment_without_day_or_hour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_moment(text)


def test_every_place_of_villebrune_tells_its_hours_in_this_form() -> None:
    with PLACES.open(encoding="utf-8") as file:
        texts = {row["name"]: row["open"] for row in csv.DictReader(file)}
    silent = {name for name, text in texts.items() if not read_hours(text)}
    assert silent == {"Théâtre du Beffroi"}


def test_a_moment_that_is_written_is_read_again() -> None:
    assert written_moment(Moment(WEDNESDAY, 870, holidays=True)) == "holidays wednesday 14:30"
    moments = [
        Moment(day, minute, holidays) for day in range(7) for minute in (0, 545, 1440) for holidays in (False, True)
    ]
    assert [read_moment(written_moment(moment)) for moment in moments] == moments
