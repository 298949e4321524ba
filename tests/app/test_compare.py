"""The page *Comparer*: the key figures of the pack, without and with the work in hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.story import figure_table, key_figures, story
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.study import study
from geo.store import open_store, save

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]


@pytest.fixture(scope="module")
def scenario(city: City) -> Scenario:
    plan = city.current[Level.ELEMENTARY]
    first, second = sorted({schools[0] for schools in plan.schools_of.values()})[:2]
    units = [unit for unit, schools in sorted(plan.schools_of.items()) if schools == (first,)][:30]
    asked = Scenario(name="Trente rues", city=city.code, level=Level.ELEMENTARY, start_year=2027)
    return asked.changed({"moves": dict.fromkeys(units, (second,)), "phasing": "new_entrants"})


@pytest.fixture(scope="module")
def kept(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a store that keeps the scenario, and its id there."""
    shelf = tmp_path_factory.mktemp("store") / "scenarios.sqlite"
    return shelf, save(open_store(str(shelf)), scenario).id


def texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.error, *app.info, *app.caption]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_says_every_key_figure_of_the_scenario(
    start: Start, city: City, scenario: Scenario, *, kept: tuple[Path, str], lang: Lang
) -> None:
    shelf, scenario_id = kept
    app = start("compare", {"CARTABLE_STORE": shelf}, scenario=scenario_id, lang=lang, level="elementary")
    figures = key_figures(city, study(city, scenario), lang=lang)
    said = texts(app)
    for sentence in story(figures):
        assert sentence in said
    table = figure_table(figures, lang=lang)
    shown = next(frame.value for frame in app.dataframe if list(frame.value) == list(table))
    pd.testing.assert_frame_equal(shown.reset_index(drop=True), table.reset_index(drop=True))


def test_a_project_that_decides_nothing_is_said_to_decide_nothing(start: Start) -> None:
    assert "ne décide encore rien" in texts(start("compare", level="nursery"))


def test_another_saved_scenario_stands_beside(start: Start, kept: tuple[Path, str]) -> None:
    shelf, scenario_id = kept
    app = start("compare", {"CARTABLE_STORE": shelf}, level="elementary")
    app.selectbox(key="compared_with").set_value(scenario_id).run()
    assert not app.exception
    assert any("Trente rues" in frame.value for frame in app.dataframe)
