"""The rules of walking on the page *Trajets et secteurs*: part of the scenario, followed everywhere, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from geo.council.catchments import walking_summary
from geo.council.words import percent, say
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.model.walking import WalkChoices
from geo.planning.catchments import Catchments, catchments

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]


def _found(city: City, walking: WalkChoices) -> Catchments:
    asked = Scenario(name="x", city=city.code, level=Level.ELEMENTARY, start_year=2027, walking=walking)
    return catchments(city, asked)


def _texts(app: AppTest) -> str:
    return "\n".join(str(box.value) for box in [*app.markdown, *app.info, *app.success, *app.caption]).replace("\\", "")


def test_what_children_never_cross_changes_the_figures_and_is_said_and_can_be_taken_back(
    start: Start, city: City
) -> None:
    app = start("catchments", level="elementary")
    free = _found(city, WalkChoices())
    assert say("walking.kind.river", "fr").capitalize() in app.multiselect(key="walk_never_cross").options
    app.multiselect(key="walk_never_cross").set_value(["river"]).run()
    assert not app.exception
    found = _found(city, WalkChoices(never_cross=("river",)))
    assert app.metric[0].value == percent(found.totals["far_share"], "fr")
    assert walking_summary(free, found, "fr") in _texts(app)
    assert say("note.walks-never-cross", "fr", names=["river"]) in _texts(app)
    app.switch_page("views/overview.py").run()
    assert not app.exception
    app.switch_page("views/catchments.py").run()
    assert app.multiselect(key="walk_never_cross").value == ["river"]
    app.button(key="walk_rules_reset").click().run()
    assert app.metric[0].value == percent(free.totals["far_share"], "fr")
    assert app.multiselect(key="walk_never_cross").value == []


def test_every_view_is_drawn_where_a_street_may_not_be_crossed(start: Start) -> None:
    app = start("catchments", level="elementary")
    app.multiselect(key="walk_avoid_crossing").set_value(["boulevard Carnot"]).run()
    for view in ("walk", "rings", "detour"):
        app.button_group(key="walks_view").set_value(view).run()
        assert not app.exception


def test_a_slower_pace_makes_the_same_walk_take_longer(start: Start, city: City) -> None:
    address = str(_found(city, WalkChoices()).homes["walk_m"].idxmax())
    home = city.tables["addresses"].loc[address]
    app = start("catchments", level="elementary")
    app.selectbox(key="list_street").set_value(home["street_id"])
    app.text_input(key="list_number").set_value(f"{home['number']} {home['suffix']}".strip()).run()
    app.number_input(key="walk_speed").set_value(2.0).run()
    assert not app.exception
    assert say("catchments.home.speed", "fr", speed=2.0) in _texts(app)
