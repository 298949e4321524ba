"""Each page in Streamlit's own runner: start, change, and what is said when something is wrong."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.figures import school_figures, summary
from geo.council.words import metres, number
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.store import load, open_store, save, saved_scenarios

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
ROOT = Path(__file__).parents[2]


def scenario_of(city: City, level: str = "elementary", **moves: tuple[str, ...]) -> Scenario:
    return Scenario(name="Essai", city=city.code, level=Level(level), start_year=2027, moves=moves)


def some_units(city: City, count: int, level: str = "elementary") -> tuple[list[str], str]:
    """Give the units of one school with most pupils, and the id of another school."""
    today = evaluate(city, scenario_of(city, level))
    plan = city.current[Level(level)]
    school, other = today.schools["pupils"].sort_values().index[[-1, 0]]
    mine = [unit for unit, schools in plan.schools_of.items() if schools == (school,)]
    return list(today.units["pupils"].loc[mine].sort_values().index[-count:]), str(other)


def send(app: AppTest, units: list[str], school: str) -> AppTest:
    app.multiselect(key="picked").set_value(units)
    app.selectbox(key="target").set_value(school).run()
    return app.button(key="send").click().run()


def shown(app: AppTest, column: str) -> pd.DataFrame:
    """Give the table of the page that has this column, raw figures as they are sorted."""
    return next(table.value for table in app.dataframe if column in table.value)


def texts(app: AppTest) -> str:
    """Give all sentences of the page, without the signs that protect them from being taken for markup."""
    boxes = [*app.markdown, *app.error, *app.warning, *app.success, *app.caption]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def test_the_overview_shows_the_figures_of_the_library(start: Start, city: City) -> None:
    # Law A2 of docs/app.md.
    app = start(level="elementary")
    today = evaluate(city, scenario_of(city))
    figures = school_figures(city, today, today)
    assert summary(city, today, today, lang="fr") in texts(app)
    metrics = [metric.value for metric in app.metric]
    assert metrics[0] == number(today.totals["pupils"], "fr")
    assert metrics[1] == f"{list(figures['band_before']).count('over')} sur {len(figures)}"
    assert metrics[2] == metres(today.totals["walk_median_m"], "fr")
    table = shown(app, "band_before")
    assert list(table["pupils_before"]) == list(figures["pupils_before"])
    assert list(table["band_before"]) == list(figures["band_before"])


def test_choosing_a_level_shows_its_schools_and_stands_in_the_address(start: Start, city: City) -> None:
    app = start(level="elementary")
    app.button_group(key="level").set_value("college").run()
    assert app.query_params["level"] == "college"
    assert list(shown(app, "band_before")["school"]) == sorted(city.schools_of(Level.COLLEGE)["name"])


def test_an_address_with_an_unknown_level_or_language_opens_the_first_ones(start: Start, city: City) -> None:
    app = start(level="university", lang="xx")
    assert dict(app.query_params) == {"lang": "fr", "level": next(iter(city.current))}


def test_every_number_has_its_year_unit_and_sources_on_both_pages(start: Start) -> None:
    for page in ("overview", "revise"):
        app = start(page, level="nursery")
        assert "année scolaire 2026-2027" in texts(app)
        assert "Licence" in texts(app)
        assert {"Remarques", "Sources"} <= {heading.value for heading in app.header}
        assert "Ville fictive" in texts(app)


def test_headings_are_in_order_on_both_pages(start: Start) -> None:
    for page in ("overview", "revise"):
        app = start(page)
        assert len(app.title) == 1
        assert len(app.subheader) == 0
        assert len(app.header) >= 4


def test_sending_units_changes_the_counts_at_once_and_keeps_the_total(start: Start, city: City) -> None:
    # Law A1 and A2 of docs/app.md.
    units, school = some_units(city, 3)
    app = send(start("revise", level="elementary"), units, school)
    expected = evaluate(city, scenario_of(city, **dict.fromkeys(units, (school,))))
    figures = school_figures(city, evaluate(city, scenario_of(city)), expected)
    table = shown(app, "moved_in_pupils")
    assert list(table["pupils_after"]) == list(figures["pupils_after"])
    assert table["pupils_after"].sum() == table["pupils_before"].sum()
    assert (table["pupils_change"] != 0).sum() == 2
    assert app.session_state["picked"] == []
    assert [metric.value for metric in app.metric][1:3] == [number(expected.totals["moved_pupils"], "fr"), "3"]


def test_undo_redo_and_start_again_change_the_figures_back_and_forth(start: Start, city: City) -> None:
    units, school = some_units(city, 2)
    app = send(start("revise", level="elementary"), units[:1], school)
    once = shown(app, "moved_in_pupils")
    app = send(app, units[1:], school)
    twice = shown(app, "moved_in_pupils")
    assert not once.equals(twice)
    assert shown(app.button(key="undo").click().run(), "moved_in_pupils").equals(once)
    assert shown(app.button(key="redo").click().run(), "moved_in_pupils").equals(twice)
    again = app.button(key="restart").click().run()
    assert (shown(again, "moved_in_pupils")["pupils_change"] == 0).all()
    assert shown(app.button(key="undo").click().run(), "moved_in_pupils").equals(twice)


def test_the_details_tell_what_a_selection_would_change_before_it_is_sent(start: Start, city: City) -> None:
    units, school = some_units(city, 2)
    app = start("revise", level="elementary")
    app.multiselect(key="picked").set_value(units)
    app.selectbox(key="target").set_value(school).run()
    before = int(
        shown(app, "moved_in_pupils").set_index("school")["pupils_after"][city.tables["schools"]["name"][school]]
    )
    after = evaluate(city, scenario_of(city, **dict.fromkeys(units, (school,))))
    assert f"passerait de {before} à {round(after.schools['pupils'][school])} élèves" in texts(app)
    labels = city.tables["units"]["label"]
    assert list(shown(app, "Tronçon")["Tronçon"]) == [labels[unit] for unit in units]
    assert (shown(app, "moved_in_pupils")["pupils_change"] == 0).all(), "nothing is sent yet"


def test_the_list_of_units_is_filtered_by_street_and_by_present_school(start: Start, city: City) -> None:
    app = start("revise", level="elementary")
    everything = app.multiselect(key="picked").options
    plan, labels = city.current[Level.ELEMENTARY], city.tables["units"]["label"]
    assert sorted(everything) == sorted(labels[unit] for unit in plan.schools_of)
    unit, school = some_units(city, 1)[0][0], some_units(city, 1)[1]
    addresses = city.tables["addresses"]
    street = addresses.loc[addresses["unit_id"] == unit, "street_name"].iloc[0]
    app.selectbox(key="street").set_value(street).run()
    wanted = set(addresses.loc[addresses["street_name"] == street, "unit_id"]) & set(plan.schools_of)
    assert sorted(app.multiselect(key="picked").options) == sorted(labels[one] for one in wanted)
    app.selectbox(key="present_school").set_value(school).run()
    left = {one for one in wanted if school in plan.schools_of[one]}
    assert sorted(app.multiselect(key="picked").options) == sorted(labels[one] for one in left)


def gesture(app: AppTest, kind: str, *units: str, school: str | None = None) -> AppTest:
    """Do on the map what the browser would tell the app."""
    event = sys.modules["components.school_map"].MapEvent(kind, units, school, 1)
    app.session_state["school_map event"] = event
    return app.run()


def test_a_click_on_the_map_and_the_lists_beside_it_stay_in_step(start: Start, city: City) -> None:
    units, school = some_units(city, 2)
    app = gesture(start("revise", level="elementary"), "click", *units)
    assert app.multiselect(key="picked").value == units
    gesture(app, "school", *units, school=school)
    assert app.selectbox(key="target").value == school
    assert app.button(key="send").click().run().multiselect(key="picked").value == []


def test_a_side_of_street_without_a_school_is_left_out_and_said(start: Start, city: City) -> None:
    (unit,), school = some_units(city, 1)
    app = start("revise", level="elementary")
    app.selectbox(key="target").set_value(school).run()
    gesture(app, "box", unit, "nowhere")
    assert "1 tronçon n’a pas d’école" in texts(app)
    assert app.multiselect(key="picked").value == [unit]
    gesture(app, "click", unit)
    assert "n’a pas d’école" not in texts(app)


def test_in_a_large_city_the_list_waits_for_a_filter(start: Start, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    start("revise")  # the page brings its modules
    monkeypatch.setattr(sys.modules["views.selection"], "_MOST_LISTED", 10, raising=True)
    app = start("revise", level="elementary")
    assert app.multiselect(key="picked").options == []
    assert "d’abord une rue" in app.multiselect(key="picked").placeholder
    (unit,), _ = some_units(city, 1)
    addresses = city.tables["addresses"]
    street = addresses.loc[addresses["unit_id"] == unit, "street_name"].iloc[0]
    app.selectbox(key="street").set_value(street).run()
    assert city.tables["units"]["label"][unit] in app.multiselect(key="picked").options


def test_a_selected_unit_stays_selected_when_a_filter_would_hide_it(start: Start, city: City) -> None:
    (unit,), school = some_units(city, 1)
    app = start("revise", level="elementary")
    app.multiselect(key="picked").set_value([unit]).run()
    app.selectbox(key="present_school").set_value(school).run()
    assert app.multiselect(key="picked").value == [unit]


def test_unsaved_work_is_found_again_by_the_address(start: Start, city: City) -> None:
    # Law A3 of docs/app.md.
    units, school = some_units(city, 2)
    app = send(start("revise", level="elementary"), units, school)
    address = dict(app.query_params)
    assert address["level"] == "elementary"
    assert app.session_state["desk"].works[Level.ELEMENTARY].draft.draft
    again = start("revise", **address)
    assert shown(again, "moved_in_pupils").equals(shown(app, "moved_in_pupils"))
    assert dict(again.query_params) == address


def test_a_saved_scenario_is_found_by_its_address_and_in_the_list(start: Start, city: City) -> None:
    units, school = some_units(city, 2)
    app = send(start("revise", level="elementary"), units, school)
    app.text_input(key="name").set_value("Rive droite").run()
    app.text_input(key="author").set_value("Ada").run()
    app.text_area(key="comment").set_value("Pour le conseil").run()
    app.button(key="save_version").click().run()
    assert "« Rive droite » enregistré (version" in texts(app)
    again = start("revise", scenario=app.query_params["scenario"])
    assert shown(again, "moved_in_pupils").equals(shown(app, "moved_in_pupils"))
    assert again.text_input(key="name").value == "Rive droite"
    assert again.text_area(key="comment").value == "Pour le conseil"
    fresh = start("revise", level="nursery")
    fresh.selectbox(key="kept").set_value(app.query_params["scenario"]).run()
    fresh.button(key="open_kept").click().run()
    assert shown(fresh, "moved_in_pupils").equals(shown(app, "moved_in_pupils"))
    assert fresh.query_params["level"] == "elementary"


def test_the_sentence_names_the_scenario_as_it_is_called_now(start: Start, city: City) -> None:
    units, school = some_units(city, 1)
    app = send(start("revise", level="elementary"), units, school)
    for name in ("Rive droite", "Rive gauche"):
        app.text_input(key="name").set_value(name).run()
        assert f"Le projet « {name} »" in texts(app)


def test_a_change_by_the_reader_of_a_link_leaves_what_the_link_shows(start: Start, city: City, tmp_path: Path) -> None:
    # Law A4 of docs/app.md.
    units, school = some_units(city, 2)
    store = open_store(tmp_path / "scenarios.sqlite")
    named = save(store, scenario_of(city, **{units[0]: (school,)}))
    reader = send(start("revise", scenario=named.id), units[1:], school)
    assert reader.query_params["scenario"] != named.id
    assert load(store, named.id).scenario == named.scenario
    assert [one.id for one in saved_scenarios(store, city.code)] == [named.id]
    again = start("revise", **dict(reader.query_params))
    again.button(key="save_version").click().run()
    assert again.query_params["scenario"] == named.id
    assert load(store, named.id).version == 2
    assert set(load(store, named.id).scenario.moves) == set(units)


def test_two_people_do_not_overwrite_each_other(start: Start, city: City, tmp_path: Path) -> None:
    units, school = some_units(city, 3)
    store = open_store(tmp_path / "scenarios.sqlite")
    named = save(store, scenario_of(city, **{units[0]: (school,)}))
    first, second = start("revise", scenario=named.id), start("revise", scenario=named.id)
    send(first, [units[1]], school).button(key="save_version").click().run()
    send(second, [units[2]], school).button(key="save_version").click().run()
    assert "n’a pas été enregistré" in texts(second)
    assert units[2] not in load(store, named.id).scenario.moves
    second.button(key="save_copy").click().run()
    assert len(saved_scenarios(store, city.code)) == 2
    assert set(load(store, second.query_params["scenario"]).scenario.moves) == {units[0], units[2]}


def test_two_windows_on_one_draft_go_on_side_by_side(start: Start, city: City) -> None:
    units, school = some_units(city, 3)
    first = send(start("revise", level="elementary"), units[:1], school)
    second = start("revise", **dict(first.query_params))
    send(first, [units[1]], school)
    send(second, [units[2]], school)
    assert first.query_params["scenario"] != second.query_params["scenario"]
    assert not second.error
    kept = start("revise", **dict(second.query_params)).session_state["desk"].works[Level.ELEMENTARY]
    assert set(kept.scenario.moves) == {units[0], units[2]}


def test_each_level_keeps_its_own_work(start: Start, city: City) -> None:
    units, school = some_units(city, 1)
    app = send(start("revise", level="elementary"), units, school)
    link = app.query_params["scenario"]
    app.button_group(key="level").set_value("nursery").run()
    assert "scenario" not in app.query_params
    app.button_group(key="level").set_value("elementary").run()
    assert app.query_params["scenario"] == link


def test_a_link_to_an_unknown_scenario_says_so_and_shows_the_map_in_force(start: Start) -> None:
    app = start("revise", scenario="deadbeef", level="nursery")
    assert "Aucun projet « deadbeef »" in texts(app)
    assert (shown(app, "moved_in_pupils")["pupils_change"] == 0).all()
    assert "scenario" not in app.query_params


def test_a_link_to_a_scenario_that_does_not_fit_the_city_says_so(start: Start, city: City, tmp_path: Path) -> None:
    kept = save(open_store(tmp_path / "scenarios.sqlite"), scenario_of(city, nowhere=("0000000Z",)))
    app = start("revise", scenario=kept.id)
    assert "ne convient pas à cette ville" in texts(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.json", b"not JSON"),
        ("latin.json", "{'é'}".encode("latin-1")),
        ("other.json", json.dumps({"name": "x", "city": "elsewhere", "level": "nursery", "start_year": 2027}).encode()),
        ("extra.json", json.dumps({"name": "x", "surprise": 1}).encode()),
    ],
)
def test_a_bad_file_is_refused_in_words_and_changes_nothing(start: Start, name: str, content: bytes) -> None:
    app = start("revise", level="elementary")
    before = shown(app, "moved_in_pupils")
    app.file_uploader(key="upload").upload(name, content, "application/json").run()
    assert not app.exception
    assert f"Le fichier « {name} » n’a pas pu être ouvert" in texts(app)
    assert shown(app, "moved_in_pupils").equals(before)


def test_a_scenario_file_is_taken_up_as_a_draft(start: Start, city: City) -> None:
    units, school = some_units(city, 2)
    scenario = scenario_of(city, **dict.fromkeys(units, (school,)))
    app = start("revise", level="nursery")
    app.file_uploader(key="upload").upload("essai.json", scenario.to_json().encode(), "application/json").run()
    assert "« Essai » ouvert" in texts(app)
    assert app.query_params["level"] == "elementary"
    again = start("revise", **dict(app.query_params))
    assert again.session_state["desk"].works[Level.ELEMENTARY].scenario == scenario


def test_the_overview_can_show_the_work_in_hand(start: Start, city: City) -> None:
    units, school = some_units(city, 3)
    app = send(start("revise", level="elementary"), units, school)
    app.switch_page("views/overview.py").run()
    app.button_group(key="which").set_value("after").run()
    after: Evaluation = evaluate(city, scenario_of(city, **dict.fromkeys(units, (school,))))
    figures = school_figures(city, evaluate(city, scenario_of(city)), after)
    assert list(shown(app, "pupils_after")["pupils_after"]) == list(figures["pupils_after"])


def test_a_folder_without_a_city_is_refused_in_words(start: Start, tmp_path: Path) -> None:
    app = start(settings={"CARTABLE_DATA": tmp_path})
    assert app.title[0].value == "La ville ne peut pas être montrée"
    assert "cities.toml" in app.error[0].value.replace("\\", "")
    app.button_group(key="lang").set_value("en").run()
    assert app.title[0].value == "The city cannot be shown"


def test_all_faults_of_a_city_are_listed(start: Start, tmp_path: Path) -> None:
    # Law A8 of docs/app.md.
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    rolls = next((data / "schools").glob("*/rolls.csv"))
    lines = rolls.read_text(encoding="utf-8").splitlines()
    spoilt = [line.rsplit(",", 1)[0] + ",beaucoup" if 0 < place <= 12 else line for place, line in enumerate(lines)]
    rolls.write_text("\n".join(spoilt) + "\n", encoding="utf-8")
    app = start(settings={"CARTABLE_DATA": data})
    assert "12 erreurs" in app.error[0].value
    listed = next(str(box.value).replace("\\", "") for box in app.markdown if "rolls.csv" in str(box.value))
    assert [f"ligne {line}" in listed for line in range(2, 14)] == [True] * 12


def test_without_a_store_the_app_works_and_says_that_nothing_is_kept(start: Start, city: City, tmp_path: Path) -> None:
    app = start("revise", settings={"CARTABLE_STORE": tmp_path}, level="elementary", scenario="any")
    assert "Les projets gardés ne sont pas accessibles" in texts(app)
    units, school = some_units(city, 1)
    send(app, units, school)
    assert "n’a pas pu être gardé" in texts(app)
    assert (shown(app, "moved_in_pupils")["pupils_change"] != 0).any()
    assert not app.exception


def test_a_changed_file_is_seen_without_a_restart(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    app = start(settings={"CARTABLE_DATA": data}, level="elementary")
    before = list(shown(app, "band_before")["capacity_pupils"])
    rooms = next((data / "schools").glob("*/rooms.csv"))
    table = pd.read_csv(rooms, dtype=str, keep_default_na=False)
    table["rooms"] = (table["rooms"].astype(int) + 1).astype(str)
    table.to_csv(rooms, index=False)
    assert list(shown(app.run(), "band_before")["capacity_pupils"]) != before
