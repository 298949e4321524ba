"""``cartable catchments``: figures on the terminal and as JSON, files, and words where it cannot be."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from geo.cli.main import app
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.catchments import catchments
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
EXAMPLE = DATA / "scenarios" / "villebrune-example.json"
RUN = CliRunner()


def run(*options: str | Path) -> Result:
    return RUN.invoke(app, ["catchments", "--data", str(DATA), *map(str, options)])


def test_the_json_has_the_figures_of_the_library() -> None:
    done = run("--scenario", EXAMPLE, "--beyond", "700", "--limits", "900,300", "--lang", "en", "--json")
    told = json.loads(done.stdout)
    city, asked = open_city(DATA, "villebrune"), Scenario.read(EXAMPLE)
    choices = DistanceChoices(beyond_elementary_m=700, limits_m=(300, 900))
    found = catchments(city, asked, choices)
    assert (told["beyond_m"], told["limits_m"], told["files"]) == (700, [300, 900], [])
    assert told["totals_after"] == pytest.approx(dict(found.totals))
    before = catchments(city, asked.without_changes(), choices)
    assert told["totals_before"] == pytest.approx(dict(before.totals))
    assert {row["school_id"]: row["far_children"] for row in told["schools"]} == pytest.approx(
        found.schools["far_children"].to_dict()
    )
    assert sum(row["children"] for row in told["pairs"]) == pytest.approx(found.totals["children"])
    assert "out of 10 live more than 700\u00a0m" in told["summary"]


def test_the_terminal_says_it_in_a_table_and_in_sentences() -> None:
    done = run("--level", "college")
    assert done.exit_code == 0
    assert "Collège Jean-Macé" in done.stdout
    assert "enfants sur 10 habitent à plus de 1,5\u00a0km de leur collège" in done.stdout
    assert "Le plus proche n’est pas toujours le meilleur" in done.stdout


def test_files_are_written_where_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.council.walkfiles.write_map", lambda figure, path: path.write_text(str(figure)))
    done = run("--level", Level.COLLEGE, "--out", tmp_path / "new" / "out", "--json")
    names = {Path(file).name for file in json.loads(done.stdout)["files"]}
    assert names == {f"catchments.{kind}" for kind in ("gpkg", "csv", "pdf", "png", "html")} | {"nearest.csv"}
    assert {path.name for path in (tmp_path / "new" / "out").iterdir()} == names


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limits", "0"], "--limits : au moins 50"),
        (["--limits", "-400"], "--limits : au moins 50"),
        (["--limits", "400,90000"], "--limits : au plus 20\u202f000"),
        (["--limits", "400,loin"], "« loin » n’en est pas un"),
        (["--limits", ""], "--limits : un nombre de mètres est attendu"),
        (["--limits", "400,400"], "--limits : chaque limite une seule fois"),
        (["--limits", "100,200,300,400,500,600,700"], "--limits : 6 limites au plus"),
        (["--beyond", "0"], "--beyond : au moins 50"),
        (["--beyond", "-800"], "--beyond : au moins 50"),
        (["--beyond", "nan"], "--beyond : un nombre de mètres est attendu"),
        (["--city", "atlantide"], "« atlantide » n’est pas une ville de ce dossier"),
    ],
)
def test_what_cannot_be_is_refused_in_words(options: list[str], words: str, tmp_path: Path) -> None:
    done = run(*options, "--json", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert set(json.loads(done.stdout)) == {"error"}
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    done = run("--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "expected a folder" in done.stderr
    assert (tmp_path / "out").read_text() == "mine"


def test_the_help_has_an_example() -> None:
    done = RUN.invoke(app, ["catchments", "--help"])
    assert done.exit_code == 0
    assert "cartable catchments" in done.stdout.replace("\n", " ")


def test_the_script_is_the_same_call(capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(ROOT / "scripts" / "catchments.py"))["main"]
    with pytest.raises(SystemExit) as end:
        main(["--data", str(DATA), "--level", "college", "--json"])
    assert end.value.code == 0
    assert json.loads(capsys.readouterr().out) == json.loads(run("--level", "college", "--json").stdout)
