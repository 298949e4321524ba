"""The page *Lieux à portée*: the figures of the library, what cannot be asked, rules of walking, the address."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.reach import reach_summary, walking_effect
from geo.council.reachtables import AREA_COLUMNS, area_rows, place_rows, rate_text
from geo.council.words import note_text, percent, say
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.opening import Moment, read_moment
from geo.model.reach import Asked, Offer
from geo.model.walking import WalkChoices
from geo.planning.reach import Reach, reach_of

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
Import = Callable[[str], ModuleType]
DATA = Path(__file__).parents[2] / "data"


def _texts(app: AppTest) -> str:
    boxes = [*app.markdown, *app.caption, *app.info, *app.warning]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def _table(app: AppTest, column: str) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if column in table.value)


def _says(app: AppTest, found: Reach) -> None:
    """Check that a page shows an answer."""
    assert not app.exception
    assert reach_summary(found, "fr") in _texts(app)
    pd.testing.assert_frame_equal(_table(app, "without_share"), area_rows(found, "fr")[[*AREA_COLUMNS]])
    places = _table(app, "reached")
    pd.testing.assert_frame_equal(places, place_rows(found, "fr")[list(places)])
    shown = [percent(found.totals["without_share"], "fr"), rate_text(found.totals["seats_per_child"], "fr")]
    assert [metric.value for metric in app.metric][::2] == shown


def test_the_page_says_the_figures_of_the_library_whatever_is_asked(start: Start, city: City) -> None:
    # Law A12 of docs/app.md.
    app = start("reach", level="elementary", kind="leisure")
    _says(app, reach_of(city, Asked(Offer.LEISURE)))
    app.number_input(key="reach_minutes").set_value(20).run()
    app.slider(key="reach_ages").set_value((6, 8)).run()
    app.selectbox(key="reach_day").set_value("2").run()
    asked = Asked(Offer.LEISURE, minutes=20, ages=(6, 8), at=read_moment("mercredi 14h"))
    _says(app, reach_of(city, asked))
    assert app.query_params["kind"] == "leisure"
    assert app.query_params["minutes"] == "20"
    assert app.query_params["ages"] == "6-8"
    assert app.query_params["at"] == "wednesday 14:00"
    app.button_group(key="reach_view").set_value("without").run()
    assert say("app.reach.help.without", "fr") in _texts(app)


def test_schools_and_canteens_are_those_of_the_level(start: Start, city: City) -> None:
    app = start("reach", level="college", kind="canteen")
    _says(app, reach_of(city, Asked(Offer.CANTEEN, level=Level.COLLEGE)))
    assert app.number_input(key="reach_minutes").disabled


def test_a_moment_when_nothing_is_open_is_told_and_no_share_is_made_of_it(start: Start) -> None:
    app = start("reach", level="elementary", kind="library", at="dimanche 11h")
    assert not app.exception
    assert say("reach.summary.closed", "fr") in _texts(app)
    assert not app.metric
    assert set(_table(app, "reached")["state"]) == {say("reach.state.closed", "fr")}


def test_rules_of_walking_of_the_scenario_change_the_answer_and_are_told(start: Start, city: City) -> None:
    app = start("catchments", level="elementary")
    app.multiselect(key="walk_never_cross").set_value(["river"]).run()
    app.switch_page("views/reach.py").run()
    rules = WalkChoices(never_cross=("river",))
    free, found = reach_of(city, Asked(Offer.CRECHE)), reach_of(city, Asked(Offer.CRECHE), walking=rules)
    assert found.totals["without"] > free.totals["without"]
    _says(app, found)
    assert walking_effect(free, found, "fr") in _texts(app)
    assert say("note.walks-never-cross", "fr", names=["river"]) in _texts(app)


def test_a_city_offers_the_kinds_that_it_has_and_names_the_others(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "ground" / "villebrune" / "places.csv"
    places = pd.read_csv(path, dtype=str, keep_default_na=False)
    places[~places["kind"].isin(["youth", "sport"])].to_csv(path, index=False)
    app = start("reach", {"CARTABLE_DATA": folder}, level="elementary", kind="youth")
    refused = Note("reach-refused-places", {"offer": Offer.YOUTH, "first": 11, "last": 17})
    assert note_text(refused, "fr") in _texts(app)
    assert "lieux pour les jeunes, lieux de sport" in _texts(app)
    assert not app.dataframe
    app.selectbox(key="reach_kind").set_value("creche").run()
    assert app.dataframe
    assert len(app.selectbox(key="reach_kind").options) == len(Offer) - 2


def test_ages_that_are_not_known_are_refused_in_words(start: Start) -> None:
    app = start("reach", level="elementary", kind="sport", ages="3-24")
    refused = {"missing": "18, 19, 20, 21, 22, 23, 24", "first": 0, "last": 17}
    assert note_text(Note("reach-refused-ages", refused), "fr") in _texts(app)
    assert app.slider(key="reach_ages").value == (3, 24)


def test_each_file_is_made(start: Start) -> None:
    app = start("reach", level="elementary")
    app.radio(key="reach_file_kind").set_value("places").run()
    app.button(key="reach_make_file").click().run()
    assert not app.exception
    (button,) = app.get("download_button")
    assert "villebrune-creche-reach_places.csv" in button.label


def test_a_question_that_the_address_says_is_read_again(app_module: Import) -> None:
    question = app_module("views.reach_question")
    asked = Asked(Offer.SPORT, minutes=7, ages=(3, 5), at=Moment(5, 615, holidays=True))
    assert question.question_of(question.told_question(asked)) == asked
    assert question.told_question(Asked(Offer.SPORT)) == {"kind": "sport"}
    assert question.told_question(None) == {}


@pytest.mark.parametrize(
    "address",
    [{"minutes": "0"}, {"minutes": "121"}, {"minutes": "x"}, {"ages": "3"}, {"at": "bientôt"}, {"at": "lundi 24h"}],
)
def test_what_cannot_be_read_in_an_address_is_as_to_begin_with(app_module: Import, address: dict[str, str]) -> None:
    question = app_module("views.reach_question")
    assert question.question_of({"kind": "sport", **address}) == Asked(Offer.SPORT)
    assert question.question_of({"kind": "cinema", **address}) is None


def test_painted_layers_hold_classes_and_names_and_no_figure(app_module: Import, city: City, tmp_path: Path) -> None:
    # Law A9 of docs/app.md.
    layers = app_module("views.reach_layers")
    addresses = layers.publish_reach(tmp_path, city, reach_of(city, Asked(Offer.CRECHE)), view="without")
    told: dict[str, set[str]] = {}
    for name, address in addresses.items():
        shapes = pd.read_json(tmp_path / address.removeprefix("app/static/"))["features"]
        told[name] = {key for shape in shapes for key in shape["properties"]}
    assert told == {"areas": {"code", "fill", "hatch"}, "sectors": {"name"}}
