"""``cartable reach``: the figures of the library in words, as JSON and in files; what cannot be is said."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from geo.cli.main import app
from geo.model.opening import read_moment
from geo.model.reach import Asked, Offer
from geo.planning.reach import reach_of
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
RUN = CliRunner()


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, ["reach", "--data", str(DATA), "--lang", "en", *map(str, words)])
    return done.exit_code, done.output


def test_the_json_holds_the_figures_of_the_library(tmp_path: Path) -> None:
    words = (
        "--kind",
        "library",
        "--minutes",
        "10",
        "--ages",
        "6-10",
        "--at",
        "samedi 11h",
        "--out",
        tmp_path,
        "--json",
    )
    done = RUN.invoke(app, ["reach", "--data", str(DATA), *map(str, words)])
    told = json.loads(done.stdout)
    city = open_city(DATA, "villebrune")
    found = reach_of(city, Asked(Offer.LIBRARY, 10, (6, 10), read_moment("samedi 11h")))
    assert told["city"]["key"] == city.key
    assert told["totals"] == pytest.approx(dict(found.totals))
    assert told["asked"]["walks"] == [{"ages": [6, 10], "speed_m_per_min": pytest.approx(4_000 / 60)}]
    areas = {area["iris"]: area for area in told["areas"]}
    assert set(areas) == set(found.areas.index)
    for iris, area in areas.items():
        expected = found.areas.drop(columns="name").loc[iris].to_dict()
        assert {name: area[name] for name in expected} == pytest.approx(expected)
    assert {Path(file) for file in told["files"]} == set(tmp_path.iterdir())
    written = pd.read_csv(tmp_path / "reach_areas.csv", dtype={"iris": "str"}).set_index("iris")
    assert written["places"].to_dict() == pytest.approx(found.areas["places"].to_dict(), abs=0.01)


def test_a_person_reads_tables_sentences_and_what_must_be_known() -> None:
    status, said = run("--kind", "creche")
    assert status == 0
    assert "fictional city" in said
    assert "Crèches within 15 minutes on foot · children aged 0 to 2" in said
    assert "La Sablière" in said
    assert "have no crèche within 15 minutes on foot" in said
    assert "near its limits there are others on the other side" in said


def test_the_shipped_city_has_two_places_for_young_people() -> None:
    status, said = run("--kind", "youth", "--city", "villebrune", "--json")
    told = json.loads(said)
    assert status == 0
    assert told["asked"]["ages"] == [11, 17]
    assert (told["totals"]["counted"], told["totals"]["seats"]) == (2, 90)
    assert 0 < told["totals"]["without"] < told["totals"]["children"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--kind", "creche", "--minutes", "0"), "more than 0 and at most 120 minutes, but 0 was asked for"),
        (("--kind", "creche", "--ages", "18-24"), "Children of these ages are not known: 18, 19, 20, 21, 22, 23, 24"),
        (("--kind", "creche", "--ages", "small"), "--ages: expected two ages such as 3-11, but 'small' was asked for"),
        (("--kind", "sport", "--at", "demain"), "--at: expected a day and an hour"),
        (("--kind", "youth", "--ages", "3-6"), "Places for young people: no place for children aged 3 to 6 is known"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    status, said = run(*words, "--out", tmp_path / "out")
    assert status == 2
    assert reason in said
    assert not (tmp_path / "out").exists()


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    status, said = run("--kind", "zoo")
    assert status == 2
    assert "creche" in said
