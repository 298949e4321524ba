"""The page *Réviser* beside the map: a proposal to accept, schools that open and close, who follows when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from geo.model.city import City
from geo.model.measures import Phasing

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]


def texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.error, *app.warning, *app.success]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "").replace("\u00a0", " ")


def open_way(app: AppTest, title: str) -> AppTest:
    return app.button_group(key="way").set_value(title).run()


def test_a_proposal_changes_nothing_until_it_is_accepted_and_can_be_undone(start: Start) -> None:
    app = start("revise", level="elementary")
    app.button(key="propose").click().run()
    assert "644 m → 619 m" in texts(app)
    assert "scenario" not in app.query_params
    app.button(key="accept").click().run()
    assert "déplace 228 élèves" in texts(app)
    app.button(key="undo").click().run()
    assert "déplace" not in texts(app)


def test_a_limit_of_zero_is_answered_in_words(start: Start) -> None:
    app = start("revise", level="elementary")
    app.slider(key="most_moved").set_value(0)
    app.button(key="propose").click().run()
    assert "Aucun élève ne peut changer d’école" in texts(app)
    assert app.button(key="accept").disabled


def test_a_closed_school_loses_its_pupils_and_its_moves(start: Start) -> None:
    app = start("revise", level="elementary")
    open_way(app, "app.measures.title")
    app.multiselect(key="closures").set_value(["0000201U"]).run()
    assert "« École élémentaire Jules-Michelet » ferme à la rentrée 2027." in texts(app)
    table = next(frame.value for frame in app.dataframe if "moved_out_pupils" in frame.value)
    assert table.loc["0000201U", "pupils_after"] == 0
    assert "0000201U" not in app.selectbox(key="target").options
    app.button(key="undo").click().run()
    assert "ferme à la rentrée" not in texts(app)


def test_every_school_closed_is_refused_in_words(start: Start, city: City) -> None:
    app = start("revise", level="elementary")
    open_way(app, "app.measures.title")
    schools = [str(school) for school in city.schools_of("elementary").index]
    app.multiselect(key="closures").set_value(schools).run()
    assert "Ce choix n’est pas possible." in texts(app)
    assert app.multiselect(key="closures").value == []


def test_a_school_opens_where_a_side_of_street_is(start: Start, city: City) -> None:
    app = start("revise", level="elementary")
    open_way(app, "app.measures.title")
    app.button(key="FormSubmitter:opening-Ouvrir cette école").click().run()
    assert "Donnez un nom et un emplacement" in texts(app)
    unit = str(city.tables["units"].index[0])
    app.text_input(key="new_name").set_value("École du Verger")
    app.selectbox(key="new_unit").set_value(unit)
    app.button(key="FormSubmitter:opening-Ouvrir cette école").click().run()
    assert "« École du Verger » ouvre à la rentrée 2027 avec 8 salles." in texts(app)
    app.multiselect(key="picked").set_value([unit])
    app.selectbox(key="target").set_value("NEW-1").run()
    app.button(key="send").click().run()
    table = next(frame.value for frame in app.dataframe if "moved_out_pupils" in frame.value)
    assert table.loc["NEW-1", "capacity_pupils"] == 200
    app.button(key="no_opening").click().run()
    assert "ouvre à la rentrée" not in texts(app)


def test_rooms_and_phasing_are_kept_in_the_scenario(start: Start) -> None:
    app = start("revise", level="elementary")
    open_way(app, "app.measures.title")
    app.selectbox(key="rooms_of").set_value("0000206Z").run()
    app.number_input(key="rooms_0000206Z").set_value(20).run()
    app.radio(key="phasing").set_value(Phasing.NEW_ENTRANTS.value).run()
    table = next(frame.value for frame in app.dataframe if "moved_out_pupils" in frame.value)
    assert table.loc["0000206Z", "capacity_pupils"] == 500
    assert app.radio(key="phasing").value == "new_entrants"
    assert not app.button(key="undo").disabled
