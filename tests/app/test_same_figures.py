"""App, command line and library give the same figures (law A2 of docs/app.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from geo.cli.main import app as command_line
from geo.council.figures import school_figures
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.planning.evaluation import compare, evaluate
from geo.store import open_store, save

pytestmark = pytest.mark.app
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "data" / "scenarios" / "villebrune-example.json"


def test_app_command_line_and_library_give_the_same_figures(
    start: Callable[..., AppTest], city: City, tmp_path: Path
) -> None:
    asked = Scenario.read(EXAMPLE)
    today, proposed = evaluate(city, asked.without_changes()), evaluate(city, asked)
    library = compare(today, proposed)

    done = CliRunner().invoke(
        command_line, ["evaluate", "--data", str(ROOT / "data"), "--scenario", str(EXAMPLE), "--json"]
    )
    told = json.loads(done.stdout)
    for row in told["schools"]:
        expected = library.loc[row["school_id"]].to_dict()
        assert {name: row[name] for name in expected} == pytest.approx(expected)
    assert told["totals_after"] == pytest.approx(dict(proposed.totals))

    engine = open_store(tmp_path / "scenarios.sqlite")
    kept = save(engine, asked)
    engine.dispose()
    page = start("revise", level="elementary", scenario=kept.id)
    table = next(shown.value for shown in page.dataframe if "band_after" in shown.value)
    whole = school_figures(city, today, proposed)
    assert sorted(zip(table["school"], table["pupils_before"], table["pupils_after"], strict=True)) == sorted(
        zip(whole["school"], whole["pupils_before"], whole["pupils_after"], strict=True)
    )
    assert table["pupils_after"].sum() == pytest.approx(sum(row["pupils_after"] for row in told["schools"]), abs=0.5)
