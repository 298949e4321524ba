"""The page on pupils and rooms to come: the figures of the library, settings that can be undone, refusals in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.council.outlook import overflow_sentences, school_sentences
from geo.council.pupils import cause_table, side_of, year_table
from geo.council.words import number, say
from geo.model.city import City
from geo.model.levels import Level
from geo.model.projection import ProjectionChoices
from geo.model.scenario import Scenario
from geo.planning.classes import pressure
from geo.planning.projection.project import project
from geo.planning.transition import school_years, transition
from geo.store import open_store, save

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
LEVEL = Level.ELEMENTARY
ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
FULL = "0000206Z"  # the school that overflows first


def texts(app: AppTest) -> str:
    """Give all sentences of the page, without the signs that protect them from being taken for markup."""
    boxes = [*app.markdown, *app.error, *app.warning, *app.success, *app.caption]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def year_cells(app: AppTest) -> pd.DataFrame:
    """Give the raw figures of the table of schools and years."""
    return next(table.value for table in app.dataframe if "overflow" in table.value)


def rows_of(app: AppTest, heading: str) -> list[list[str]]:
    """Give the rows of the table of texts that has this heading."""
    return next(table.value for table in app.dataframe if heading in table.value).to_numpy().tolist()


def figures(city: City, **choices: float) -> pd.DataFrame:
    """Give what the library says of the map in force with these choices."""
    return pressure(city, project(city, city.current[LEVEL], ProjectionChoices.model_validate(choices)))


@pytest.mark.parametrize("measure", ["pupils", "occupancy_share", "rooms_balance", "short_probability"])
def test_the_table_shows_the_figures_of_the_library(start: Start, city: City, measure: str) -> None:
    # Law A2 of docs/app.md.
    app = start("pupils", level=LEVEL)
    app.button_group(key="measure").set_value(measure).run()
    expected = year_table(figures(city), city.tables["schools"]["name"], measure=measure, lang="fr").figures  # type: ignore[arg-type]
    shown = year_cells(app)
    assert shown["school"].tolist() == city.tables["schools"]["name"].reindex(expected.index).tolist()
    for year in expected:
        assert shown[str(year)].tolist() == pytest.approx(expected[year].tolist())


def test_the_sentences_name_the_schools_that_overflow_and_the_school_and_year_that_are_chosen(
    start: Start, city: City
) -> None:
    app, years, names = start("pupils", level=LEVEL), figures(city), city.tables["schools"]["name"]
    assert overflow_sentences(years, names, level=LEVEL, lang="fr") in texts(app)
    assert app.selectbox(key="outlook_school").value == FULL
    app.selectbox(key="outlook_school").set_value("0000205Y")
    app.select_slider(key="outlook_year").set_value(2032).run()
    row, name = years.loc[("0000205Y", 2032)], names["0000205Y"]
    assert school_sentences(row, school=name, year=2032, share=0.8, lang="fr") in texts(app)


def test_the_causes_of_a_school_and_of_the_city_are_those_of_the_projection(start: Start, city: City) -> None:
    app = start("pupils", level=LEVEL)
    projection = project(city, city.current[LEVEL])
    for school in (FULL, "public"):
        app.selectbox(key="outlook_school").set_value(school).run()
        rows = rows_of(app, "Naissances")
        expected = cause_table(projection, school)
        assert [row[0] for row in rows] == [str(year) for year in expected.index]
        assert [row[-1] for row in rows] == [number(pupils, "fr") for pupils in expected["pupils"]]


def test_a_slider_changes_the_figures_and_undo_brings_them_back(start: Start, city: City) -> None:
    # Law A10 of docs/app.md.
    app = start("pupils", level=LEVEL)
    before = year_cells(app)
    assert app.button(key="undo").disabled
    app.select_slider(key="housing_yield").set_value(0.6).run()
    shown = year_cells(app).set_index("school")["2031"]
    name = city.tables["schools"]["name"][FULL]
    assert shown[name] == pytest.approx(figures(city, housing_yield=0.6).loc[(FULL, 2031), "pupils"])
    assert shown[name] > before.set_index("school")["2031"][name] + 10
    app.slider(key="slip_years").set_value(3).run()
    expected = figures(city, housing_yield=0.6, slip_years=3).loc[(FULL, 2031), "pupils"]
    assert year_cells(app).set_index("school")["2031"][name] == pytest.approx(expected)
    app.button(key="undo").click().run()
    assert year_cells(app).set_index("school")["2031"].equals(shown)
    app.button(key="undo").click().run()
    assert year_cells(app).equals(before)
    assert app.select_slider(key="housing_yield").value == 0.3
    assert app.button(key="redo").click().run().select_slider(key="housing_yield").value == 0.6


def test_what_is_set_is_kept_in_the_address(start: Start) -> None:
    # Law A3 of docs/app.md.
    app = start("pupils", level=LEVEL)
    app.slider(key="slip_years").set_value(2).run()
    again = start("pupils", level=LEVEL, scenario=app.query_params["scenario"])
    assert again.slider(key="slip_years").value == 2
    assert year_cells(again).equals(year_cells(app))


def build(app: AppTest, city: City, *, dwellings: int = 200, year: int = 2028) -> AppTest:
    """Fill in the form of a new programme near the school that overflows first, and send it."""
    unit = next(unit for unit, schools in city.current[LEVEL].schools_of.items() if schools == (FULL,))
    addresses = city.tables["addresses"]
    street = addresses.loc[addresses["unit_id"] == unit, "street_name"].iloc[0]
    app.selectbox(key="dwellings_street").set_value(street).run()
    app.selectbox(key="dwellings_unit").set_value(unit)
    app.number_input(key="dwellings_count").set_value(dwellings)
    app.number_input(key="dwellings_year").set_value(year)
    return app.button(key="build").click().run()


def test_a_new_programme_brings_pupils_is_listed_and_can_be_taken_back(start: Start, city: City) -> None:
    app = start("pupils", level=LEVEL)
    before, name = year_cells(app), city.tables["schools"]["name"][FULL]
    app = build(app, city)
    more = year_cells(app).set_index("school")["2030"][name] - before.set_index("school")["2030"][name]
    # 200 dwellings x 0.30 pupils of eight years of age, of which five are of the level.
    assert more == pytest.approx(200 * 0.30 * 5 / 8, rel=0.01)
    added = [row for row in rows_of(app, "Livraison") if row[-1] == "ajouté ici"]
    assert [row[3:6] for row in added] == [["2028", "200", "30\u00a0%"]]
    app.selectbox(key="dwellings_removed").set_value("N1").run()
    app.button(key="tear_down").click().run()
    assert year_cells(app).equals(before)
    assert year_cells(app.button(key="undo").click().run())["2030"].sum() > before["2030"].sum()


def test_a_programme_without_a_place_or_without_dwellings_is_asked_for(start: Start, city: City) -> None:
    app = start("pupils", level=LEVEL)
    app.button(key="build").click().run()
    assert say("app.notice.pupils.no_place", "fr") in texts(app)
    assert say("app.notice.pupils.nothing", "fr") in texts(build(app, city, dwellings=0))
    assert not app.exception


def test_assumptions_change_rooms_and_go_back_to_their_start(start: Start, city: City) -> None:
    app = start("pupils", level=LEVEL)
    app.button_group(key="measure").set_value("rooms_balance").run()
    before = year_cells(app)
    assert app.button(key="back_to_start").disabled
    app.selectbox(key="mixing").set_value("single").run()
    app.number_input(key="caps CM2").set_value(20).run()
    caps = {**ProjectionChoices().caps, "CM2": 20}
    projection = project(city, city.current[LEVEL], ProjectionChoices(mixing="single", caps=caps))
    expected = pressure(city, projection)
    expected = (expected["rooms_needed"] - expected["rooms"]).xs(2030, level="year")
    names = city.tables["schools"]["name"]
    shown = year_cells(app).set_index("school")["2030"]
    assert shown.to_dict() == expected.rename(index=names.to_dict()).to_dict()
    assert shown.sum() > before["2030"].sum()
    app.button(key="back_to_start").click().run()
    assert year_cells(app).equals(before)


def test_a_share_is_asked_for_in_percent_and_may_be_left_to_the_city(start: Start) -> None:
    app = start("pupils", level=LEVEL)
    attendance = app.number_input(key="attendance_share")
    assert attendance.value is None
    assert attendance.placeholder == "déduite\u00a0: 88\u00a0%"
    app.number_input(key="interval_share").set_value(90).run()
    assert "9 chances sur 10" in texts(app)
    app.number_input(key="attendance_share").set_value(95).run()
    app.number_input(key="attendance_share").set_value(None).run()
    assert app.number_input(key="attendance_share").value is None
    app.number_input(key="interval_share").set_value(None).run()
    assert say("app.notice.pupils.refused", "fr") in texts(app)
    assert app.number_input(key="interval_share").value == 90


def test_a_proposal_is_shown_beside_the_map_in_force(start: Start, city: City, tmp_path: Path) -> None:
    asked = Scenario.read(DATA / "scenarios" / "villebrune-example.json")
    store = open_store(str(tmp_path / "scenarios.sqlite"))
    kept = save(store, asked)
    store.dispose()
    app = start("pupils", level=LEVEL, scenario=kept.id)
    expected = side_of(school_years(city, transition(city, asked)), "after")["pupils"].xs(2030, level="year")
    names = city.tables["schools"]["name"]
    assert year_cells(app).set_index("school")["2030"].to_dict() == pytest.approx(
        expected.rename(index=names.to_dict()).to_dict()
    )
    assert asked.name in texts(app)
    assert any("Carte en vigueur" in table.value for table in app.dataframe)
    assert any("Carte" in table.value for table in app.dataframe)


def test_both_languages_show_the_same_figures_and_other_words(start: Start) -> None:
    # Law A7 of docs/app.md.
    app = start("pupils", level="college")
    french, sentences = year_cells(app), texts(app)
    app.button_group(key="lang").set_value("en").run()
    assert year_cells(app)["2030"].tolist() == french["2030"].tolist()
    english = texts(app)
    assert "À la rentrée" in sentences
    assert "À la rentrée" not in english
    assert "In September 2030" in english
    assert {"Remarks", "Sources"} <= {heading.value for heading in app.header}


def test_a_city_without_rolls_starts_from_its_children_and_says_so(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    (folder / "schools" / "villebrune" / "rolls.csv").unlink()
    app = start("pupils", level=LEVEL, settings={"CARTABLE_DATA": folder})
    assert "part des enfants des secteurs" in texts(app)
    assert say("app.pupils.start.estimated", "fr", last=2026) in texts(app)
    assert "comptent" not in texts(app)
    assert say("app.pupils.no_past", "fr") in texts(app)
    assert len(year_cells(app)) == 8


def test_a_level_that_cannot_be_projected_is_refused_in_words(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    rolls = folder / "schools" / "villebrune" / "rolls.csv"
    children = folder / "census" / "villebrune" / "children.csv"
    rolls.unlink()
    table = pd.read_csv(children)
    table[table["age"] != 11].to_csv(children, index=False)
    app = start("pupils", level="college", settings={"CARTABLE_DATA": folder})
    assert [title.value for title in app.title] == [say("app.refusal.title", "fr")]
    assert "ages [11, 12, 13, 14]" in texts(app)
