"""One HTML file that opens from a stick with the network off, and says the same to those who cannot see the map."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import pytest
from playwright.sync_api import Browser, sync_playwright

from geo.council.colours import OVER
from geo.council.layers import school_layer
from geo.council.weblayers import MOST_UNITS
from geo.council.webmap import leaflet_style, web_map
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.evaluation import Evaluation

Case = tuple[City, Evaluation, Evaluation]


class Reader(HTMLParser):
    """Collects what a page would load, its language, and the words of its body."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.lang = ""
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.lang = self.lang or (values.get("lang") or "")
        self.loads += [str(values[name]) for name in ("src", "href", "srcset", "data", "poster") if values.get(name)]
        self._silent += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(data.strip())


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_loads_nothing(town: Callable[..., Case], lang: Lang) -> None:
    city, _, proposed = town(8)
    page = web_map(city, proposed, lang)
    assert read(page).loads == []
    assert read(page).lang == lang
    assert re.findall(r"url\((?!data:|#)[^)]*\)", page) == []
    assert re.findall(r"@import|sourceMappingURL", page) == []


def test_the_style_sheet_carries_its_pictures() -> None:
    assert leaflet_style().count("url(data:image/png;base64,") == 3
    assert "images/" not in leaflet_style()


def test_the_table_below_the_map_says_the_same_as_the_map(town: Callable[..., Case]) -> None:
    city, _, proposed = town(5)
    told = read(web_map(city, proposed, "fr")).words
    schools = school_layer(city, proposed)
    for number, name, pupils in zip(schools["number"], schools["name"], schools["pupils"], strict=True):
        row = told.index(name, told.index("Situation"))
        assert told[row - 1] == str(number)
        assert told[row + 1] == str(pupils)


def test_the_units_that_move_are_listed_with_both_schools(village: Case) -> None:
    told = read(web_map(village[0], village[2], "fr")).words
    place = told.index("rue Droite, n° 3")
    assert told[place + 1 : place + 3] == ["École de l'Ouest", "École de l'Est"]


def test_the_map_in_force_lists_no_move(village: Case) -> None:
    city, today, _ = village
    told = " ".join(read(web_map(city, today, "fr")).words)
    assert "carte en vigueur" in told
    assert "déplacé" not in told


def test_names_cannot_slip_code_into_the_page(village: Case) -> None:
    city, _, proposed = village
    evil = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'
    schools = city.tables["schools"].assign(name=[evil, "École `${alert(3)}`"])
    units = city.tables["units"].assign(label=evil)
    page = web_map(replace(city, tables={**city.tables, "schools": schools, "units": units}), proposed, "fr")
    assert "<img" not in page
    assert "<script>alert" not in page
    assert "${alert(3)" not in page.rsplit("<script>", 1)[1]
    assert page.count("</script>") == 2


@pytest.mark.parametrize("fictional", [True, False])
def test_a_fictional_city_says_so_and_a_real_one_does_not(village: Case, *, fictional: bool) -> None:
    city, today, _ = village
    told = " ".join(read(web_map(replace(city, fictional=fictional), today, "en")).words)
    assert ("Fictional city" in told) is fictional


def test_pupils_of_one_side_of_street_are_not_published(town: Callable[..., Case]) -> None:
    city, _, proposed = town(4)
    page = web_map(city, proposed, "fr")
    pupils = proposed.units["pupils"].iloc[5]
    assert f"{pupils:.3f}"[:-1] not in page


def test_too_many_units_are_left_out_and_this_is_said(village: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    city, _, proposed = village
    assert len(proposed.units) <= MOST_UNITS
    assert "rue Droite, n\\u00b0 1" in web_map(city, proposed, "fr")
    monkeypatch.setattr("geo.council.weblayers.MOST_UNITS", 2)
    monkeypatch.setattr("geo.council.webmap.MOST_UNITS", 2)
    page = web_map(city, proposed, "fr")
    assert "rue Droite, n\\u00b0 1" not in page
    assert "rue Droite, n\\u00b0 3" in page
    assert "ils sont trop nombreux pour une page" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CARTABLE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        opened.close()


@pytest.mark.app
def test_the_page_draws_from_a_file_with_the_network_off(
    town: Callable[..., Case], browser: Browser, tmp_path: Path
) -> None:
    city, _, proposed = town(8)
    file = tmp_path / "carte.html"
    file.write_text(web_map(city, proposed, "fr"), encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1300, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector(".school-icon")
    assert asked == [file.as_uri()]
    assert faults == []
    assert page.locator(".school-icon").count() == 8
    assert page.locator(f"path.band-{OVER.code}").count() >= 1
    sectors = page.locator("path[class^='band-'], path[class*=' band-']").first.bounding_box()
    assert sectors is not None
    assert sectors["width"] > 20
    page.locator(".school-icon").first.focus()
    name = str(school_layer(city, proposed)["name"].iloc[0])
    assert name in page.locator(".leaflet-tooltip").inner_text()
    context.close()


@pytest.mark.app
def test_hostile_names_run_nothing_in_the_browser(village: Case, browser: Browser, tmp_path: Path) -> None:
    city, _, proposed = village
    evil = '"><img src=x onerror="document.title=1">${document.title=2}`'
    names = city.tables["schools"].assign(name=evil)
    labels = gpd.GeoDataFrame(city.tables["units"]).assign(label=evil)
    file = tmp_path / "carte.html"
    hostile = replace(city, tables={**city.tables, "schools": names, "units": labels})
    file.write_text(web_map(hostile, proposed, "fr"), encoding="utf-8")
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    for icon in page.locator(".school-icon").all():
        icon.hover()
    page.locator("path[fill-opacity='0']").first.hover(force=True, timeout=5000)
    assert faults == []
    assert page.title().startswith("Carte scolaire")
    assert page.locator("img").count() == 0
    page.close()
