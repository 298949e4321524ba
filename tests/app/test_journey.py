"""One visitor in a real Chromium whose network is cut: open, switch language, move, undo, save, come back."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from waiting import settled

from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate

pytestmark = pytest.mark.app
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    if "/revise" in address:
        drawn(page)


def drawn(page: Page, **state: str) -> None:
    """Wait until the map shows what was last asked for."""
    for name, value in state.items():
        expect(page.locator(".sm-root")).to_have_attribute(f"data-{name}", value)
    expect(page.locator(".sm-root")).to_have_attribute("data-ready", "1")


def units_to_move(city: City, count: int) -> tuple[list[str], str]:
    """Give units with most pupils around an overfull school, and the name of the emptiest school."""
    today = evaluate(city, Scenario(name="x", city=city.code, level=Level.ELEMENTARY, start_year=2027))
    shares = today.schools["occupancy_share"].sort_values()
    fullest, emptiest = shares.index[[-1, 0]]
    plan = city.current[Level.ELEMENTARY]
    mine = [unit for unit, schools in plan.schools_of.items() if schools == (fullest,)]
    areas = city.layer("units").area.loc[mine]
    broad = areas.sort_values().index[-count:]
    return list(broad), str(city.tables["schools"]["name"][emptiest])


def click_unit(page: Page, city: City, unit: str) -> None:
    place = city.layer("units").loc[[unit]].to_crs("EPSG:4326").representative_point().iloc[0]
    root = page.locator(".sm-root")
    at = root.evaluate("(root, at) => { const {x, y} = root.__map.project(at); return [x, y]; }", [place.x, place.y])
    root.click(position={"x": at[0], "y": at[1]})


def choose(page: Page, label: str, option: str) -> None:
    field = page.get_by_label(label)
    field.focus()
    # A list closes when the page scrolls: let it come to rest.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    field.fill(option)
    expect(page.get_by_role("option")).to_have_count(1)
    field.press("Enter")
    settled(page)


def figures(page: Page) -> list[str]:
    """Give all that the page says in figures, once it says the same for a while: a table is painted after its page."""
    told = [_figures(page)]
    while told[-3:].count(told[-1]) < 3:
        assert len(told) < 60, "the figures of the page never come to rest"
        page.wait_for_timeout(300)
        told.append(_figures(page))
    return told[-1]


def _figures(page: Page) -> list[str]:
    """Give the sentence, the key figures, and the table of schools as they are now."""
    settled(page)
    table = page.locator(".st-key-schools")
    table.scroll_into_view_if_needed()
    cells = table.locator("[role='gridcell']")
    expect(cells.first).to_be_attached()
    return [
        page.locator("[data-testid='stMarkdownContainer'] p", has_text=re.compile("^(Aujourd’hui|Today)")).inner_text(),
        *page.locator("[data-testid='stMetricValue']").all_inner_texts(),
        *cells.all_text_contents(),
    ]


def picture(page: Page, name: str) -> None:
    if os.environ.get("CARTABLE_PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURES / name)


def move(page: Page, city: City, unit: str, *, moved: int) -> None:
    """Click a unit and send it to the school that is chosen."""
    click_unit(page, city, unit)
    drawn(page, selected="1")
    button = page.get_by_role("button", name="Envoyer vers cette école")
    expect(button).to_be_enabled()
    settled(page)
    button.click()
    drawn(page, moved=str(moved), selected="0")


def test_the_first_journey(visitor: Page, server: str, city: City) -> None:
    # Law A3 and A6 of docs/app.md.
    page = visitor
    units, school = units_to_move(city, 4)
    open_page(page, f"{server}/?level=elementary")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    frame = page.frame_locator("iframe[title^='streamlit_folium']")
    expect(frame.locator("path.leaflet-interactive").first).to_be_visible()
    settled(page)

    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Overview")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Revise").click()
    drawn(page)
    expect(page).to_have_url(re.compile(r"/revise\?.*lang=en"))
    page.get_by_text("Français", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réviser")
    drawn(page)

    today = figures(page)
    fetched = page.locator(".sm-root").get_attribute("data-fetches")
    choose(page, "Nouvelle école", school)
    move(page, city, units[0], moved=1)
    move(page, city, units[1], moved=2)
    two = figures(page)
    move(page, city, units[2], moved=3)
    three = figures(page)
    page.get_by_role("button", name="Annuler").click()
    drawn(page, moved="2")
    assert figures(page) == two
    assert len({tuple(today), tuple(two), tuple(three)}) == 3
    expect(page.locator(".sm-root")).to_have_attribute("data-fetches", str(fetched))

    page.get_by_label("Nom du projet").fill("Rive droite")
    page.get_by_label("Nom du projet").press("Enter")
    settled(page)
    page.get_by_role("button", name="Enregistrer le projet").click()
    expect(page.get_by_text("Projet « Rive droite » enregistré")).to_be_visible()
    saved = figures(page)
    address = page.url
    assert "scenario=" in address
    open_page(page, address)
    drawn(page, moved="2")
    assert figures(page) == saved
    expect(page.get_by_label("Nom du projet")).to_have_value("Rive droite")

    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    for place, unit in enumerate(units[2:], start=1):
        click_unit(page, city, unit)
        drawn(page, selected=str(place))
    choose(page, "Nouvelle école", school)
    expect(page.get_by_role("button", name="Envoyer vers cette école")).to_be_enabled()
    settled(page)
    picture(page, "revise.png")


def test_unsaved_work_survives_a_reload(visitor: Page, server: str, city: City) -> None:
    page = visitor
    units, school = units_to_move(city, 2)
    open_page(page, f"{server}/revise?level=elementary")
    choose(page, "Nouvelle école", school)
    move(page, city, units[0], moved=1)
    move(page, city, units[1], moved=2)
    before = figures(page)
    page.reload()
    drawn(page, moved="2")
    assert figures(page) == before


def test_a_box_on_the_map_selects_what_the_list_then_shows(visitor: Page, server: str) -> None:
    page = visitor
    open_page(page, f"{server}/revise?level=elementary")
    page.locator(".sm-root").get_by_role("button", name="Sélectionner par cadre").click()
    box = page.locator(".sm-root").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1] + 30, steps=5)
    page.mouse.up()
    settled(page)
    count = int(page.locator(".sm-root").get_attribute("data-selected") or 0)
    assert count > 1
    expect(page.get_by_text(re.compile(rf"Sélection : {count} tronçons"))).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the part of the page with that name has the focus."""
    told = "() => { const at = document.activeElement; return at.getAttribute('aria-label') ?? at.innerText.trim(); }"
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(told) == name:
            return
    pytest.fail(f"no way to {name!r} by the Tab key")


def test_the_keyboard_alone_gives_the_same_figures_as_the_map(visitor: Page, server: str, city: City) -> None:
    # Law A5 of docs/app.md.
    page = visitor
    units, school = units_to_move(city, 2)
    labels = city.tables["units"]["label"]
    open_page(page, f"{server}/revise?level=elementary")
    choose(page, "Nouvelle école", school)
    for unit in units:
        click_unit(page, city, unit)
    drawn(page, selected="2")
    settled(page)
    page.get_by_role("button", name="Envoyer vers cette école").click()
    drawn(page, moved="2")
    with_the_map = figures(page)

    open_page(page, f"{server}/revise?level=elementary")
    settled(page)
    tab_to(page, "Tronçons sélectionnés")
    for place, unit in enumerate(units, start=1):
        page.keyboard.type(labels[unit])
        page.keyboard.press("Enter")
        drawn(page, selected=str(place))
        settled(page)
    page.keyboard.press("Escape")
    tab_to(page, "Nouvelle école")
    page.keyboard.type(school)
    page.keyboard.press("Enter")
    # Until the choice has arrived, the button cannot be reached.
    expect(page.get_by_role("button", name="Envoyer vers cette école")).to_be_enabled()
    settled(page)
    tab_to(page, "Envoyer vers cette école")
    page.keyboard.press("Enter")
    drawn(page, moved="2")
    assert figures(page) == with_the_map


def test_each_kind_of_file_is_made_and_handed_over(visitor: Page, server: str, tmp_path: Path) -> None:
    page = visitor
    open_page(page, f"{server}/revise?level=nursery")
    page.get_by_role("tab", name="Télécharger").click()
    begun = {
        "JSON": b"{",
        "CSV": b"\xef\xbb\xbf",
        "GeoPackage": b"SQLite",
        "PDF": b"%PDF",
        "PNG": b"\x89PNG",
        "HTML": b"<!",
    }
    endings = {"JSON": "json", "CSV": "csv", "GeoPackage": "gpkg", "PDF": "pdf", "PNG": "png", "HTML": "html"}
    for kind, first in begun.items():
        page.get_by_role("radiogroup", name="Fichier").get_by_text(f"({kind})").click()
        settled(page)
        if kind != "JSON":
            page.get_by_role("button", name="Préparer le fichier").click()
        # Named by its ending: until the run that a click asks for begins, the button of the file before still stands.
        ready = page.get_by_role("button", name=re.compile(rf"Télécharger \S+\.{endings[kind]}"))
        expect(ready).to_be_visible()
        settled(page)
        with page.expect_download() as handed:
            ready.click()
        handed.value.save_as(tmp_path / "file")
        assert (tmp_path / "file").read_bytes().startswith(first), kind


@pytest.mark.parametrize("width", [400, 1280, 1920])
def test_no_page_is_wider_than_the_screen(visitor: Page, server: str, width: int) -> None:
    page = visitor
    page.set_viewport_size({"width": width, "height": 900})
    for address in (f"{server}/?level=nursery", f"{server}/revise?level=nursery"):
        page.goto(address)
        page.get_by_role("heading", name="Sources").wait_for()
        settled(page)
        sizes = page.locator("[data-testid='stMain']").evaluate("main => [main.scrollWidth, main.clientWidth]")
        assert sizes[0] <= sizes[1]
