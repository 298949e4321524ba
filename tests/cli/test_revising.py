"""``cartable revise``: a proposal in words, as JSON and as a scenario file; what cannot be is said."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geo.cli.main import app
from geo.cli.revising import last_known, progress_text
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.revision.propose import Progress
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
RUN = CliRunner()


def test_the_proposal_is_written_as_a_scenario_that_keeps_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "new" / "proposal.json"
    command = ["revise", "--data", str(DATA), "--level", "elementary", "--most-moved", "0.05", "--time", "10"]
    done = RUN.invoke(app, [*command, "--out", str(file), "--json"])
    told, written = json.loads(done.stdout), Scenario.read(file)
    assert done.exit_code == 0
    assert told["file"] == str(file)
    assert written.model_dump(mode="json") == told["scenario"]
    assert written.name == "Carte proposée par le calcul"
    assert told["bound_m"] <= told["objective_m"] < told["totals"]["objective_m_before"]
    city = open_city(DATA, "villebrune")
    figures = evaluate(city, written)
    assert figures.plan.key == told["plan_key"]
    assert figures.totals["moved_pupils"] == pytest.approx(told["totals"]["moved_pupils_after"])
    assert 0 < figures.totals["moved_pupils"] <= 0.05 * figures.totals["pupils"] + 1e-9
    after = {row["school_id"]: row["pupils_after"] for row in told["schools"]}
    assert after == pytest.approx(figures.schools["pupils"].to_dict())


def test_without_any_place_the_search_says_how_many_lack_and_who_moves_when(tmp_path: Path) -> None:
    schools = open_city(DATA, "villebrune").schools_of(Level.COLLEGE).index
    bare = Scenario(
        name="Aucune salle",
        city="villebrune",
        level=Level.COLLEGE,
        start_year=2027,
        rooms={str(school): 0 for school in schools},
    )
    path = tmp_path / "bare.json"
    path.write_text(bare.to_json(), encoding="utf-8")
    done = RUN.invoke(app, ["revise", "--data", str(DATA), "--scenario", str(path), "--time", "3", "--lang", "en"])
    assert done.exit_code == 0
    assert "whatever the map" in done.stdout
    assert "No map that keeps these rules can cost" in done.stdout
    assert "no map can go below" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--most-moved", "2"], "--most-moved : au plus 1"),
        (["--most-moved", "-0.1"], "--most-moved : au moins 0"),
        (["--longest-walk", "10"], "--longest-walk : au moins 50"),
        (["--time", "0"], "--time : au moins 1"),
        (["--gap", "3"], "--gap : au plus 0,5"),
        (["--seed", "-1"], "--seed : au moins 0"),
    ],
)
def test_a_rule_out_of_its_range_is_refused_in_words(arguments: list[str], words: str) -> None:
    done = RUN.invoke(app, ["revise", "--data", str(DATA), *arguments, "--json"])
    assert done.exit_code == 2
    assert words in done.stderr
    assert words in json.loads(done.stdout)["error"]


def test_a_file_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    out = tmp_path / "file" / "proposal.json"
    done = RUN.invoke(app, ["revise", "--data", str(DATA), "--level", "college", "--time", "2", "--out", str(out)])
    assert done.exit_code == 2
    assert "proposal.json" in done.stderr
    assert "Traceback" not in done.output


def test_the_live_line_keeps_the_last_figures_that_are_known() -> None:
    first = Progress("bound", 0.1, 1250.0, 1000.0)
    news = last_known(Progress("improve", 0.2, math.nan, 1100.0), first)
    assert (news.objective_m, news.bound_m, news.time_share) == (1250.0, 1100.0, 0.2)
    assert progress_text(news, "en") == "Looking for better maps · cost 1,250 · at least 1,100 · gap 12.00%"
    assert progress_text(Progress("bound", 0.0, math.nan, math.nan), "en") == "Computing what no map can beat"


def test_the_help_has_an_example() -> None:
    done = RUN.invoke(app, ["revise", "--help"])
    assert done.exit_code == 0
    assert "cartable revise" in done.stdout.replace("\n", " ")
