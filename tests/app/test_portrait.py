"""The page *Portrait*: the figures of the library, in both languages, and what is said where something is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.portraits import area_figures, mix_summary, portrait_summary, quarter_figures
from geo.council.words import Lang, percent, say
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.mix import mix
from geo.planning.portrait import portrait

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
DATA = Path(__file__).parents[2] / "data"


def _today(city: City, level: Level = Level.ELEMENTARY, **moves: tuple[str, ...]) -> Evaluation:
    return evaluate(city, Scenario(name="x", city=city.code, level=level, start_year=2027, moves=moves))


def _table(app: AppTest, column: str) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if column in table.value)


def _texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.caption, *app.info]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def _names(city: City) -> pd.Series:
    return city.tables["schools"]["name"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_portrait_says_the_figures_of_the_library(start: Start, city: City, lang: Lang) -> None:
    # Law A2 of docs/app.md.
    app = start("portrait", lang=lang, level="elementary")
    found, today = portrait(city), mix(city, _today(city))
    assert portrait_summary(city, found, lang) in _texts(app)
    assert mix_summary(_names(city), today, today, proposal="", lang=lang) in _texts(app)
    pd.testing.assert_frame_equal(
        _table(app, "children_3_5"), area_figures(found, lang)[_table(app, "children_3_5").columns], check_dtype=False
    )
    assert _table(app, "children_share")["children"].tolist() == quarter_figures(found)["children"].tolist()
    shares = _table(app, "mix_qpv_share_before")["mix_qpv_share_before"]
    assert shares.to_dict() == pytest.approx(today.schools["qpv_share"].to_dict())
    assert [metric.value for metric in app.metric][1] == percent(found.totals["qpv_children_share"], lang)
    assert app.metric[2].value == say("app.portrait.of", lang, count=2, all=12)


def test_every_column_says_its_year_and_its_meaning(start: Start) -> None:
    app = start("portrait", level="elementary")
    columns = [column for table in app.dataframe for column in json.loads(table.proto.columns).values()]
    labels = [column["label"] for column in columns if column.get("label")]
    assert {"Habitants (2024)", "Chômeurs (2024)", "0-2 ans (2026)", "Élèves de QPV (2026)"} <= set(labels)
    assert all(label in {"Quartier", "École"} or label.endswith((" (2024)", " (2026)")) for label in labels)
    assert all(column.get("help") for column in columns if column.get("label"))


def test_each_choice_of_the_map_draws(start: Start) -> None:
    app = start("portrait", level="elementary")
    for shown in ("children", "qpv_share", "quintile"):
        app.button_group(key="portrait_shows").set_value(shown).run()
        assert not app.exception
        assert say(f"portrait.legend.{shown}", "fr") in _texts(app)


def test_another_level_shows_its_schools(start: Start, city: City) -> None:
    app = start("portrait", level="college")
    assert set(_table(app, "mix_qpv_share_before")["school"]) == set(city.schools_of(Level.COLLEGE)["name"])


def test_a_proposal_stands_beside_the_map_in_force(start: Start, city: City) -> None:
    plan, inside = city.current[Level.ELEMENTARY], mix(city, _today(city)).schools["qpv_pupils"]
    rich, poor = str(inside.idxmax()), str(inside.idxmin())
    units = [unit for unit, schools in plan.schools_of.items() if schools == (rich,)][:60]
    app = start("revise", level="elementary")
    app.multiselect(key="picked").set_value(units)
    app.selectbox(key="target").set_value(poor).run()
    app.button(key="send").click().run()
    app.switch_page("views/portrait.py").run()
    assert not app.exception
    after = mix(city, _today(city, **dict.fromkeys(units, (poor,))))
    shares = _table(app, "mix_qpv_share_after")["mix_qpv_share_after"]
    assert shares.to_dict() == pytest.approx(after.schools["qpv_share"].to_dict())
    assert "Barre foncée : projet" in _texts(app)


def test_a_city_without_census_quarters_and_card_is_shown_with_what_is_missing_in_words(
    start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    for file in (
        "census/villebrune/census.csv",
        "census/villebrune/reference.csv",
        "census/villebrune/index_card.json",
    ):
        (folder / file).unlink()
    (folder / "boundaries/villebrune/qpv.gpkg").unlink()
    app = start("portrait", {"CARTABLE_DATA": folder}, level="elementary")
    for key in ("portrait.no_index", "portrait.no_quarters", "portrait.spread_unknown", "note.quarters-unknown"):
        assert say(key, "fr", city="Villebrune") in _texts(app)
    assert [metric.value for metric in app.metric][1:] == [say("unknown", "fr")] * 2
