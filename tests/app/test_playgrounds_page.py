"""The page on playgrounds: the figures of the library, trees and budgets kept in the scenario, refusals in words."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyproj
import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest
from waiting import settled

from geo.council.words import number, percent
from geo.council.yards import budget_sentence, ranking, yard_figures, yards_sentence
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.yards import Yards, best_spots, yard_pupils, yards
from geo.store import open_store, save

pytestmark = pytest.mark.app
Start = Callable[..., AppTest]
DATA = Path(__file__).parents[2] / "data"
HOTTEST = "0000204X"


def scenario_of(city: City, **changes: object) -> Scenario:
    plain = Scenario(name="Essai", city=city.code, level=Level.ELEMENTARY, start_year=2027)
    return plain.changed(changes)


def told_by_the_library(city: City, scenario: Scenario) -> Yards:
    today, proposed = evaluate(city, scenario.without_changes()), evaluate(city, scenario)
    return yards(city, scenario, yard_pupils(city, today, proposed))


def texts(app: AppTest) -> str:
    """Give all sentences of the page, without the signs that protect them from being taken for markup."""
    boxes = [*app.markdown, *app.error, *app.warning, *app.success, *app.caption]
    return "\n".join(str(box.value) for box in boxes).replace("\\", "")


def shown(app: AppTest, column: str) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if column in table.value)


def scenario_in_hand(app: AppTest) -> Scenario:
    scenario: Scenario = app.session_state["desk"].works[Level.ELEMENTARY].scenario
    return scenario


def tap(app: AppTest, key: str, **what: object) -> AppTest:
    """Do on a map what the browser would tell the app."""
    app.session_state[f"{key} tap"] = sys.modules["components.point_map"].Tap(**what)
    return app.run()


def place_of(city: City, point: tuple[float, float]) -> dict[str, float]:
    """Give the degrees of a point [m]."""
    lon, lat = pyproj.Transformer.from_crs(city.crs, "EPSG:4326", always_xy=True).transform(*point)
    return {"lon": lon, "lat": lat}


def test_the_page_shows_the_figures_of_the_library(start: Start, city: City) -> None:
    # Law A2 of docs/app.md.
    app = start("playgrounds", level="elementary")
    told = told_by_the_library(city, scenario_of(city))
    table = ranking(told)
    assert yards_sentence(told, "fr") in texts(app)
    expected = yard_figures(table, "fr")
    page = shown(app, "rank_after")
    for column in ("school", "rank_before", "rank_after", "sun_after", "shade_after", "felt_after", "pupils"):
        assert list(page[column]) == list(expected[column]), column
    assert list(shown(app, "sun_brief")["sun_brief"]) == list(expected["sun_after"])
    assert app.selectbox(key="yard").value == table.index[0] == HOTTEST
    assert app.metric[0].value == percent(table["unshaded_share_after"].iloc[0], "fr", digits=1)
    assert "23 juin 2026" in texts(app)
    assert "Licence" in texts(app)


def test_trees_planted_from_the_keyboard_lower_the_sun_and_are_kept(start: Start, city: City) -> None:
    app = start("playgrounds", level="elementary")
    app.number_input(key="plant_count").set_value(3).run()
    app.button(key="plant").click().run()
    assert "3 arbres plantés là où ils ombragent le plus" in texts(app)
    spots = [(round(x, 2), round(y, 2)) for x, y in best_spots(city, scenario_of(city), HOTTEST, count=3)]
    assert list(scenario_in_hand(app).trees) == spots
    told = told_by_the_library(city, scenario_of(city, trees=spots))
    row = told.table.loc[HOTTEST]
    both = [percent(row[f"unshaded_share_{when}"], "fr", digits=1) for when in ("before", "after")]
    assert app.metric[0].value == " → ".join(both)
    assert both[0] != both[1]
    again = start("playgrounds", **dict(app.query_params))
    assert scenario_in_hand(again).trees == scenario_in_hand(app).trees
    assert again.metric[0].value == app.metric[0].value


def test_a_click_plants_another_on_its_foot_takes_it_away_and_undo_goes_back(start: Start, city: City) -> None:
    # Law A1 of docs/app.md: undo gives the identical scenario.
    app = start("playgrounds", level="elementary")
    (spot,) = best_spots(city, scenario_of(city), HOTTEST, count=1)
    place = place_of(city, spot)
    tap(app, "yard_map", kind="point", **place)
    (tree,) = scenario_in_hand(app).trees
    assert tree == pytest.approx(spot, abs=0.02)
    first = scenario_in_hand(app).key
    tap(app, "yard_map", kind="point", **place)
    assert scenario_in_hand(app).trees == ()
    app.button(key="undo").click().run()
    assert scenario_in_hand(app).key == first
    app.button(key="clear_trees").click().run()
    assert scenario_in_hand(app).trees == ()
    assert app.button(key="clear_trees").disabled
    app.button(key="undo").click().run()
    assert len(app.multiselect(key="felled").options) == 1
    app.multiselect(key="felled").set_value([tree]).run()
    app.button(key="fell").click().run()
    assert scenario_in_hand(app).trees == ()


def test_a_click_beside_a_yard_plants_nothing_and_says_so(start: Start, city: City) -> None:
    app = start("playgrounds", level="elementary")
    point = city.layer("streets").geometry.iloc[0].centroid
    tap(app, "yard_map", kind="point", **place_of(city, (point.x, point.y)))
    assert "n’est pas sur le sol libre" in texts(app)
    assert Level.ELEMENTARY not in app.session_state["desk"].works


def test_a_number_on_the_map_chooses_the_yard(start: Start, city: City) -> None:
    app = tap(start("playgrounds", level="elementary"), "yards_map", kind="mark", mark="0000203W")
    assert app.selectbox(key="yard").value == "0000203W"
    name = city.tables["schools"]["name"]["0000203W"]
    assert f"La cour de « {name} »" in [heading.value.replace("\\", "") for heading in app.header]


def test_more_trees_than_fit_are_said(start: Start, city: City) -> None:
    app = start("playgrounds", level="elementary")
    app.number_input(key="plant_count").set_value(50).run()
    app.button(key="plant").click().run()
    fitting = len(best_spots(city, scenario_of(city), HOTTEST, count=50))
    assert 0 < fitting < 50
    assert f"{fitting} arbres plantés sur 50 demandés" in texts(app)
    app.button(key="plant").click().run()
    assert "0 arbre planté sur 50 demandés" in texts(app)


def test_a_budget_buys_works_to_the_euro_and_zero_buys_none(start: Start, city: City) -> None:
    app = start("playgrounds", level="elementary")
    assert "Budget de zéro" in texts(app)
    assert len(shown(app, "avoided")) > 17, "all that could be done"
    app.number_input(key="budget").set_value(30_000).run()
    told = told_by_the_library(city, scenario_of(city, greening_budget_eur=30_000))
    assert budget_sentence(told, 30_000, "fr") in texts(app)
    works = shown(app, "avoided")
    assert works["cost"].sum() == pytest.approx(told.choice.spent_eur)
    assert number(told.choice.spent_eur, "fr") in texts(app)
    app.number_input(key="budget").set_value(100).run()
    assert "les travaux les moins chers coûtent" in texts(app)
    assert "Aucun travail n’est payé" in texts(app)


def test_a_school_that_closes_is_not_planted(start: Start, city: City, tmp_path: Path) -> None:
    spots = best_spots(city, scenario_of(city), HOTTEST, count=2)
    closing = scenario_of(city, closures=[HOTTEST], trees=spots, greening_budget_eur=20_000)
    kept = save(open_store(tmp_path / "scenarios.sqlite"), closing)
    app = start("playgrounds", scenario=kept.id)
    assert "2 arbres du projet sont dans la cour d’une école qui ferme" in texts(app)
    app.selectbox(key="yard").set_value(HOTTEST).run()
    assert app.button(key="plant").disabled
    row = shown(app, "rank_after").set_index("school").loc[city.tables["schools"]["name"][HOTTEST]]
    assert row["trees"] == 0
    assert "école fermée par le projet" in row["flags"]


def test_a_city_without_yards_is_told_what_to_add(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    next((data / "ground").glob("*/yards.gpkg")).unlink()
    app = start("playgrounds", settings={"CARTABLE_DATA": data}, level="elementary")
    assert "Ajoutez yards.gpkg" in texts(app)
    app.button_group(key="lang").set_value("en").run()
    assert "Add yards.gpkg" in texts(app)
    assert not app.exception


def drawn(page: Page, which: int, **state: str) -> None:
    """Wait until a map shows what was last asked for."""
    root = page.locator(".pm-root").nth(which)
    for name, value in state.items():
        expect(root).to_have_attribute(f"data-{name}", value)
    expect(root).to_have_attribute("data-ready", "1")


def click_at(page: Page, which: int, place: dict[str, float]) -> None:
    root = page.locator(".pm-root").nth(which)
    root.scroll_into_view_if_needed()
    spot = [place["lon"], place["lat"]]
    at = root.evaluate("(root, at) => { const {x, y} = root.__map.project(at); return [x, y]; }", spot)
    root.click(position={"x": at[0], "y": at[1]})


def test_a_tree_is_planted_by_a_click_in_a_browser_without_network(visitor: Page, server: str, city: City) -> None:
    # Law A6 of docs/app.md.
    page = visitor
    (spot,) = best_spots(city, scenario_of(city), HOTTEST, count=1)
    place = place_of(city, spot)
    page.goto(f"{server}/playgrounds?level=elementary")
    drawn(page, 0, marks="17")
    drawn(page, 1, points="0")
    sun = page.locator("[data-testid='stMetricValue']").first
    expect(sun).not_to_contain_text("→")
    click_at(page, 1, place)
    drawn(page, 1, points="1")
    expect(sun).to_contain_text("→")
    planted = sun.inner_text()
    settled(page)
    expect(page).to_have_url(re.compile("scenario="))
    page.reload()
    drawn(page, 1, points="1")
    expect(sun).to_have_text(planted)
    page.get_by_role("button", name="Annuler").wait_for()
    click_at(page, 1, place)
    drawn(page, 1, points="0")
    expect(sun).not_to_contain_text("→")

    settled(page)
    mark = page.locator(".pm-mark", has_text=re.compile("^2$"))
    mark.focus()
    mark.press("Enter")
    expect(mark).to_have_attribute("aria-pressed", "true")
    heading = page.get_by_role("heading", name="La cour de « École maternelle Suzanne-Valadon »")
    expect(heading).to_be_visible()
    settled(page)
    page.get_by_role("spinbutton", name="Arbres à planter").fill("10")
    page.get_by_role("spinbutton", name="Arbres à planter").press("Enter")
    settled(page)
    page.get_by_role("button", name="Planter").click()
    drawn(page, 1, points="10")
    settled(page)
    # The order of the list has changed with the ranking: the yard that is looked at stays, also at the next gesture.
    page.get_by_role("button", name="Annuler").click()
    drawn(page, 1, points="0")
    settled(page)
    expect(heading).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Playgrounds")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_is_no_wider_than_the_screen(visitor: Page, server: str, width: int) -> None:
    page = visitor
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server}/playgrounds?level=nursery")
    page.get_by_role("heading", name="Sources").wait_for()
    settled(page)
    sizes = page.locator("[data-testid='stMain']").evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert sizes[0] <= sizes[1]
