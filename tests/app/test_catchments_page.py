"""The page *Trajets et secteurs*: the figures of the library, one address, distances that change, what cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.catchments import home_name, school_rows, summary
from geo.council.words import Lang, percent, say
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.catchments import Catchments, catchments
from geo.planning.listing import address_near, nearest_address

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]


def _today(city: City, choices: DistanceChoices | None = None, level: Level = Level.ELEMENTARY) -> Catchments:
    return catchments(city, Scenario(name="x", city=city.code, level=level, start_year=2027), choices)


def _table(app: AppTest, column: str) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if column in table.value)


def _texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.caption, *app.success, *app.error, *app.warning]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_says_the_figures_of_the_library(start: Start, city: City, lang: Lang) -> None:
    app = start("catchments", lang=lang, level="elementary")
    found = _today(city)
    assert summary(city, found, found, lang=lang) in _texts(app)
    assert [metric.value for metric in app.metric][:2] == [
        percent(found.totals["far_share"], lang),
        percent(found.totals["nearer_share"], lang),
    ]
    shown, rows = _table(app, "nearest_children"), school_rows(city, found)
    pd.testing.assert_frame_equal(shown, rows[shown.columns], check_dtype=False)
    levels = _table(app, "beyond_m")
    assert levels["beyond_m"].to_dict() == {"nursery": 500, "elementary": 800, "college": 1500}
    assert levels.loc["college", "far"] == round(_today(city, level=Level.COLLEGE).totals["far_children"])


def test_another_distance_changes_the_figures_and_the_address_of_the_page(start: Start, city: City) -> None:
    app = start("catchments", level="elementary")
    app.number_input(key="walk_beyond_elementary").set_value(600).run()
    assert not app.exception
    found = _today(city, DistanceChoices(beyond_elementary_m=600))
    assert app.metric[0].label == say("app.catchments.far", "fr", beyond=600)
    assert app.metric[0].value == percent(found.totals["far_share"], "fr")
    assert app.query_params["beyond"] == "600"
    app.switch_page("views/portrait.py").run()
    app.switch_page("views/catchments.py").run()
    assert app.metric[0].value == percent(found.totals["far_share"], "fr")
    app.button(key="walk_reset").click().run()
    assert app.metric[0].value == percent(_today(city).totals["far_share"], "fr")
    assert "beyond" not in app.query_params


def test_a_link_with_distances_shows_what_was_seen(start: Start) -> None:
    app = start("catchments", level="elementary", beyond="650", rings="300-600")
    assert app.number_input(key="walk_beyond_elementary").value == 650
    assert app.text_input(key="walk_rings").value == "300 600"


@pytest.mark.parametrize("told", [{"beyond": "far"}, {"beyond": "-5"}, {"rings": "0-400"}, {"rings": "nan"}])
def test_a_link_with_distances_that_cannot_be_shows_those_to_begin_with(start: Start, told: dict[str, str]) -> None:
    app = start("catchments", level="elementary", **told)
    assert app.number_input(key="walk_beyond_elementary").value == 800
    assert app.text_input(key="walk_rings").value == "400 800 1200"


@pytest.mark.parametrize("text", ["loin", "0", "400 -800", "", "1 2 3 4 5 6 7"])
def test_rings_that_cannot_be_are_told_and_the_map_stays(start: Start, text: str) -> None:
    app = start("catchments", level="elementary")
    app.text_input(key="walk_rings").set_value(text).run()
    assert not app.exception
    assert say("app.catchments.notice.bad_rings", "fr", text=text) in _texts(app)
    assert app.text_input(key="walk_rings").value == "400 800 1200"


def test_each_view_of_the_map_and_other_rings_draw(start: Start) -> None:
    app = start("catchments", level="nursery")
    for view in ("walk", "rings", "detour"):
        app.button_group(key="walks_view").set_value(view).run()
        assert not app.exception
        assert say(f"app.catchments.help.{view}", "fr") in _texts(app)
    app.text_input(key="walk_rings").set_value("900, 300").run()
    assert not app.error
    assert app.text_input(key="walk_rings").value == "300 900"


def test_the_walk_of_an_address_is_told_to_both_schools(start: Start, city: City) -> None:
    found = _today(city)
    address = str(found.homes["longer_m"].idxmax())
    home = city.tables["addresses"].loc[address]
    app = start("catchments", level="elementary")
    app.selectbox(key="list_street").set_value(home["street_id"])
    app.text_input(key="list_number").set_value(f"{home['number']} {home['suffix']}".strip()).run()
    assert not app.exception
    row, names, told = found.homes.loc[address], city.tables["schools"]["name"], _texts(app)
    assert home_name(city, address) in told
    for which in ("own", "nearest"):
        walk_m = row["walk_m" if which == "own" else "nearest_m"]
        school = str(names[row["school_id" if which == "own" else "nearest_id"]])
        minutes = math.ceil(walk_m / (4000 / 60))
        assert say(f"catchments.home.{which}", "fr", school=school, walk=walk_m, count=minutes) in told


def test_a_number_that_is_none_is_told(start: Start, city: City) -> None:
    app = start("catchments", level="elementary")
    app.selectbox(key="list_street").set_value(city.tables["addresses"]["street_id"].iloc[0])
    app.text_input(key="list_number").set_value("douze").run()
    assert not app.exception
    assert say("app.list.bad_number", "fr", text="douze") in _texts(app)


def test_a_click_takes_the_nearest_address_within_reach(city: City) -> None:
    place = city.layer("addresses").iloc[7]
    home = address_near(city, (place.geometry.x + 0.2, place.geometry.y))
    assert home == (place["street_id"], place["number"], place["suffix"])
    assert nearest_address(city, home) == (place.name, True)
    assert address_near(city, (place.geometry.x + 90_000, place.geometry.y)) is None


def test_a_file_is_made_when_it_is_asked_for(start: Start) -> None:
    app = start("catchments", level="college")
    app.radio(key="walk_file_kind").set_value("csv").run()
    app.button(key="walk_make_file").click().run()
    assert not app.exception
    assert not app.error
    (button,) = app.get("download_button")
    assert button.label.startswith(say("app.files.download", "fr", file="villebrune-college-catchments-")[:20])


def test_the_work_in_hand_stands_beside_the_map_in_force(start: Start, city: City) -> None:
    plan, found = city.current[Level.ELEMENTARY], _today(city)
    units = [unit for unit, schools in plan.schools_of.items() if schools == ("0000207A",)][:40]
    app = start("revise", level="elementary")
    app.multiselect(key="picked").set_value(units)
    app.selectbox(key="target").set_value("0000201U").run()
    app.button(key="send").click().run()
    app.switch_page("views/catchments.py").run()
    scenario = Scenario(
        name="x", city=city.code, level=Level.ELEMENTARY, start_year=2027, moves=dict.fromkeys(units, ("0000201U",))
    )
    proposed = catchments(city, scenario)
    assert app.metric[1].value == percent(found.totals["nearer_share"], "fr")
    app.button_group(key="walks_which").set_value("after").run()
    assert not app.exception
    assert app.metric[1].value == percent(proposed.totals["nearer_share"], "fr")
    assert _table(app, "nearest_children")["children"].sum() == round(proposed.totals["sector_children"])
