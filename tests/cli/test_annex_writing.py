"""``cartable annex write`` and ``cartable annex diff``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geo.cli.main import app

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "data" / "scenarios" / "villebrune-example.json"
LIST = ROOT / "data" / "schools" / "villebrune" / "street_list.csv"
ADDRESSES = ROOT / "data" / "streets" / "villebrune" / "addresses.csv"
RUN = CliRunner()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    """Give what the command says, and the folder that it writes."""
    out = tmp_path_factory.mktemp("annex") / "out"
    done = RUN.invoke(
        app,
        ["annex", "write", "--data", str(ROOT / "data"), "--scenario", str(SCENARIO), "--out", str(out), "--json"],
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), out


def test_writing_tells_the_rows_the_addresses_that_move_and_the_files(written: tuple[dict[str, object], Path]) -> None:
    told, out = written
    counts = {name: told[name] for name in ("rows_in_force", "rows_before", "rows_after", "addresses_moved", "level")}
    assert counts == {
        "rows_in_force": 405, "rows_before": 405, "rows_after": 405, "addresses_moved": 664, "level": "elementary"
    }  # fmt: skip
    assert len(told["items"]) == 22  # type: ignore[arg-type]
    assert told["items"][0]["text"] == "allée des Platanes, en totalité"  # type: ignore[index]
    assert sorted(told["files"]) == sorted(str(path) for path in out.iterdir())  # type: ignore[call-overload]


def test_sectors_that_are_not_in_one_piece_are_told(written: tuple[dict[str, object], Path]) -> None:
    told, _ = written
    (note,) = (note["text"] for note in told["notes"] if note["code"] == "list-pieces")  # type: ignore[attr-defined]
    assert "1 morceau habité est séparé du reste de son secteur" in note
    assert "École élémentaire Condorcet" in note


def test_the_difference_of_the_list_in_force_and_the_written_one_is_that_of_the_scenario(
    written: tuple[dict[str, object], Path],
) -> None:
    told, out = written
    asked = [str(LIST), str(out / "street_list.ods"), "--addresses", str(ADDRESSES), "--level", "elementary"]
    done = RUN.invoke(app, ["annex", "diff", *asked, "--json"])
    assert done.exit_code == 0, done.output
    (level,) = json.loads(done.stdout)["levels"]
    assert [item["text"] for item in level["items"]] == [item["text"] for item in told["items"]]  # type: ignore[attr-defined]
    assert level["addresses_moved"] == 664
    assert len(level["addresses"]) == 664


def test_the_difference_is_said_by_article(written: tuple[dict[str, object], Path]) -> None:
    _, out = written
    asked = [str(LIST), str(out / "street_list.csv"), "--level", "elementary"]
    done = RUN.invoke(app, ["annex", "diff", *asked])
    assert done.exit_code == 0, done.output
    assert "Article 1. – Sont transférés de « 0000206Z » à « 0000201U » :" in done.stdout
    assert "- rue du Lilas, en totalité ;" in done.stdout


def test_a_list_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["annex", "diff", str(LIST), str(tmp_path / "none.csv")])
    assert done.exit_code == 2
    assert "none.csv" in done.output
    assert "Traceback" not in done.output
