"""The story in the terminal: every chapter, and a summary made of the key figures that its pack holds."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from geo.model.scenario import Scenario
from geo.planning.study import study

ROOT = Path(__file__).parents[1]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give the script without what takes longest: the tries of the ranks of yards and the A3 sheet."""
    spec = importlib.util.spec_from_file_location("demo", ROOT / "scripts" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "study", partial(study, tried=False))
    monkeypatch.setattr("geo.council.pack.write_map", lambda figure, path: path.write_text(str(figure)))
    return module


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_story_is_told_and_its_summary_is_that_of_the_pack(
    demo: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.main(["--out", str(tmp_path / "out"), "--lang", "en"])
    told = capsys.readouterr().out
    for chapter in (
        "1. Who lives where, and how hard life is there",
        "2. How many pupils are coming, and which school overflows when",
        "3. A better map",
        "4. Who changes school, and when",
        "5. Which yards have most sun, and what a budget buys",
        "6. What the council gets in hand",
    ):
        assert chapter in told, chapter
    for truth in ("Les Grandes-Vignes, Le Moulin", "“École élémentaire Germaine-Tillion” from 2027", "€150,000"):
        assert truth in told, truth
    summary = [squeezed(line) for line in told.split("6. What the council")[1].splitlines()]
    table = pd.read_csv(tmp_path / "out" / "figures.csv", index_col="key", keep_default_na=False)
    for key, row in table[table["main"]].iterrows():
        assert squeezed(row["sentence"]) in summary, key
    found = Scenario.read(tmp_path / "out" / "scenario.json")
    assert len(found.moves) == table.loc["units_moved", "after"]
    for better in ("pupils_over_2027", "pupils_over_2036", "walk_median_m", "yard_sun_1"):
        assert table.loc[better, "after"] < float(table.loc[better, "before"]), better


def test_a_folder_without_cities_is_refused_in_words(
    demo: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        demo.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert end.value.code == 2
    assert "villebrune-example.json" in capsys.readouterr().err
