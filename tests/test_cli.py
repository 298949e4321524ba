"""The command line: words for people, one JSON object for programs, a status for both."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geo.cli.main import app
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import compare, evaluate

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
RUN = CliRunner()


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture
def scenario(city: City, tmp_path: Path) -> Path:
    """Give a file that moves the first ten units of one elementary school to another."""
    plan = city.current[Level.ELEMENTARY]
    first, second = sorted({schools[0] for schools in plan.schools_of.values()})[:2]
    units = [unit for unit, schools in sorted(plan.schools_of.items()) if schools == (first,)][:10]
    told = Scenario(
        name="Dix rues",
        city="villebrune",
        level=Level.ELEMENTARY,
        start_year=2027,
        moves=dict.fromkeys(units, (second,)),
    )
    path = tmp_path / "scenario.json"
    path.write_text(told.to_json(), encoding="utf-8")
    return path


def test_a_clean_city_has_no_fault_and_status_zero() -> None:
    done = RUN.invoke(app, ["check", str(DATA), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "folder": str(DATA),
        "fault_count": 0,
        "cities": {"villebrune": {"faults": []}},
    }


def test_a_fault_is_told_with_its_place_and_status_one(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    schools = tmp_path / "data" / "schools" / "villebrune" / "schools.csv"
    text = schools.read_text(encoding="utf-8").replace(",public,", ",publique,", 1)
    schools.write_text(text, encoding="utf-8")
    done = RUN.invoke(app, ["check", str(tmp_path / "data")])
    assert done.exit_code == 1
    assert "schools/villebrune/schools.csv" in done.stdout
    assert "publique" in done.stdout
    told = json.loads(RUN.invoke(app, ["check", str(tmp_path / "data"), "--json"]).stdout)
    assert [(fault["rule"], fault["line"]) for fault in told["cities"]["villebrune"]["faults"]] == [("bad-value", 2)]


def test_the_command_line_gives_the_figures_of_the_library(city: City, scenario: Path) -> None:
    told = json.loads(RUN.invoke(app, ["evaluate", "--data", str(DATA), "--scenario", str(scenario), "--json"]).stdout)
    asked = Scenario.read(scenario)
    today, proposed = evaluate(city, asked.without_changes()), evaluate(city, asked)
    assert told["city"]["key"] == city.key
    assert told["scenario"]["plan_key"] == proposed.plan.key
    assert told["totals_after"] == pytest.approx(dict(proposed.totals))
    figures = compare(today, proposed)
    for row in told["schools"]:
        expected = figures.loc[row["school_id"]].to_dict()
        assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_today_s_map_is_evaluated_without_a_scenario() -> None:
    told = json.loads(RUN.invoke(app, ["evaluate", "--data", str(DATA), "--level", "college", "--json"]).stdout)
    assert told["scenario"]["level"] == "college"
    assert told["scenario"]["moves"] == 0
    assert told["totals_before"] == told["totals_after"]


def test_the_person_reads_the_table_in_either_language(scenario: Path) -> None:
    french = RUN.invoke(app, ["evaluate", "--data", str(DATA), "--scenario", str(scenario)])
    english = RUN.invoke(app, ["evaluate", "--data", str(DATA), "--scenario", str(scenario), "--lang", "en"])
    assert "Villebrune est une ville fictive" in french.stdout
    assert "Villebrune is a fictional town" in english.stdout or "fictional" in english.stdout


def test_export_writes_every_file_that_it_names(scenario: Path, tmp_path: Path) -> None:
    command = ["export", "--data", str(DATA), "--scenario", str(scenario), "--out", str(tmp_path / "out"), "--json"]
    told = json.loads(RUN.invoke(app, command).stdout)
    suffixes = {Path(name).suffix for name in told["files"]}
    assert suffixes == {".json", ".gpkg", ".csv", ".pdf", ".png", ".html"}
    assert all(Path(name).stat().st_size > 0 for name in told["files"])
    assert Scenario.read(next(Path(name) for name in told["files"] if name.endswith(".json"))) == Scenario.read(
        scenario
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "--data", "nowhere"], "nowhere"),
        (["evaluate", "--data", str(DATA), "--city", "atlantis"], "atlantis"),
        (["evaluate", "--data", str(DATA), "--scenario", "absent.json"], "absent.json"),
        (["export", "--data", "nowhere", "--out", "out"], "nowhere"),
        (["check", "nowhere"], "nowhere"),
        (["app", "--data", "nowhere"], "nowhere"),
        (["app", "--data", str(DATA), "--city", "atlantis"], "atlantis"),
    ],
)
def test_what_is_refused_is_said_in_words_with_status_two(arguments: list[str], words: str) -> None:
    done = RUN.invoke(app, arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_a_refusal_is_also_json_for_programs() -> None:
    done = RUN.invoke(app, ["evaluate", "--data", "nowhere", "--json"])
    assert done.exit_code == 2
    assert "nowhere" in json.loads(done.stdout)["error"]


def test_a_scenario_of_another_level_is_refused(scenario: Path) -> None:
    done = RUN.invoke(app, ["evaluate", "--data", str(DATA), "--scenario", str(scenario), "--level", "nursery"])
    assert done.exit_code == 2
    assert "elementary" in done.stderr


@pytest.mark.parametrize("command", ["app", "check", "evaluate", "export"])
def test_the_help_of_each_command_has_an_example(command: str) -> None:
    done = RUN.invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert f"cartable {command}" in done.stdout.replace("\n", " ")
    assert "Example" in done.stdout
