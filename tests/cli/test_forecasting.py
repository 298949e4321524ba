"""``cartable forecast``: the figures of the library, in words and as JSON; what cannot be is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geo.cli.main import app
from geo.model.measures import Phasing
from geo.model.scenario import Scenario
from geo.planning.transition import school_years, transition
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
RUN = CliRunner()


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of the shipped example, for new entrants only."""
    told = Scenario.read(DATA / "scenarios" / "villebrune-example.json")
    path = tmp_path_factory.mktemp("forecast") / "scenario.json"
    path.write_text(told.model_copy(update={"phasing": Phasing.NEW_ENTRANTS}).to_json(), encoding="utf-8")
    return path


def test_the_json_holds_the_figures_of_the_library(scenario: Path) -> None:
    command = ["forecast", "--data", str(DATA), "--scenario", str(scenario), "--years", "4", "--backtest", "--json"]
    told = json.loads(RUN.invoke(app, command).stdout)
    city, asked = open_city(DATA, "villebrune"), Scenario.read(scenario)
    ahead = transition(city, asked, horizon_years=4)
    years = school_years(city, ahead)
    rows = {(school["school_id"], row["year"]): row for school in told["schools"] for row in school["years"]}
    assert set(rows) == set(years.index)
    for key, row in rows.items():
        assert {name: row[name] for name in years} == pytest.approx(years.loc[key].to_dict())
    assert [row["moved_pupils"] for row in told["moving"]] == pytest.approx(ahead.years["moved_pupils"].tolist())
    assert [row["pupils"] for row in told["public"]] == pytest.approx(list(ahead.after.totals_of("public").values()))
    assert {(row["scale"], row["horizon"]) for row in told["errors"]} == set(ahead.after.errors.index)
    assert "better_than_last_year" in told["errors"][0]
    assert told["scenario"]["phasing"] == "new_entrants"
    assert any("frère ou une sœur" in note["text"] for note in told["notes"])


def test_a_person_reads_schools_by_year_who_moves_and_what_past_forecasts_were_worth(scenario: Path) -> None:
    command = ["forecast", "--data", str(DATA), "--scenario", str(scenario), "--years", "5", "--backtest"]
    done = RUN.invoke(app, [*command, "--lang", "en"])
    assert done.exit_code == 0
    for words in ("fictional city", "2031", "pupils", "same as last year", "brother or sister", "go to another school"):
        assert words in done.stdout


def test_a_horizon_that_cannot_be_is_refused_in_words() -> None:
    done = RUN.invoke(app, ["forecast", "--data", str(DATA), "--years", "40", "--json"])
    assert done.exit_code == 2
    assert "entre 1 et 20" in done.stderr
    assert "entre 1 et 20" in json.loads(done.stdout)["error"]


def test_the_help_has_an_example() -> None:
    done = RUN.invoke(app, ["forecast", "--help"])
    assert done.exit_code == 0
    assert "cartable forecast" in done.stdout.replace("\n", " ")
