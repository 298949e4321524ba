"""``cartable pack``: on the terminal the figures of the files, as JSON the same, and words where it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from geo.cli.main import app
from geo.planning.study import study

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
EXAMPLE = DATA / "scenarios" / "villebrune-example.json"
RUN = CliRunner()


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give the command without what takes longest: the tries of the ranks of yards and the A3 sheet."""
    monkeypatch.setattr("geo.cli.packing.study", partial(study, tried=False))
    monkeypatch.setattr("geo.council.pack.write_map", lambda figure, path: path.write_text(str(figure)))
    return lambda *options: RUN.invoke(app, ["pack", "--data", str(DATA), *map(str, options)])


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_figure_of_the_files_is_said_on_the_terminal(pack: Callable[..., Result], tmp_path: Path) -> None:
    done = pack("--scenario", EXAMPLE, "--out", tmp_path / "out")
    assert done.exit_code == 0
    table = pd.read_csv(tmp_path / "out" / "figures.csv", index_col="key", keep_default_na=False)
    said = [squeezed(line) for line in done.stdout.splitlines()]
    for key, row in table[table["main"]].iterrows():
        label = row["label"][:1].upper() + row["label"][1:]
        line = f"{label}│{row['before_text'] or '–'}│{row['after_text']}│{row['year']}"
        assert squeezed(line) in said, key
        assert squeezed(row["sentence"]) in said, key
    for stem, side in (("rooms_short", "before"), ("rooms_short", "after"), ("schools_over", "after")):
        texts = table.loc[[f"{stem}_{year}" for year in range(2026, 2037)], f"{side}_text"]
        assert any(line.endswith(squeezed("│".join(texts))) for line in said), (stem, side)
    assert str(tmp_path / "out" / "summary.pdf") in done.stdout


def test_the_same_as_one_json_object(pack: Callable[..., Result], tmp_path: Path) -> None:
    done = pack("--scenario", EXAMPLE, "--out", tmp_path, "--lang", "en", "--json")
    told = json.loads(done.stdout)
    assert told["city"] == "villebrune"
    assert Path(told["files"][0]).name == "summary.pdf"
    table = pd.read_csv(tmp_path / "figures.csv", index_col="key", keep_default_na=False)
    figures = {row["key"]: row for row in told["figures"]}
    assert list(figures) == list(table.index)
    assert {key: row["sentence"] for key, row in figures.items()} == table["sentence"].to_dict()
    assert figures["units_moved"]["before"] is None
    assert figures["units_moved"]["after"] == 92


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Correct the file"),
        ('{"name": "x", "city": "nowhere", "level": "elementary", "start_year": 2027}', "nowhere"),
    ],
)
def test_what_cannot_be_packed_is_refused_in_words_and_nothing_is_written(
    pack: Callable[..., Result], tmp_path: Path, *, text: str, reason: str
) -> None:
    (tmp_path / "scenario.json").write_text(text)
    done = pack("--scenario", tmp_path / "scenario.json", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert reason in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_refused_in_words(pack: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    done = pack("--out", tmp_path / "out", "--level", "college")
    assert done.exit_code == 2
    assert "expected a folder" in done.stderr
    assert (tmp_path / "out").read_text() == "mine"
