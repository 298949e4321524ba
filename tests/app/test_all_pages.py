"""All pages in a real Chromium whose network is cut: the story told once through, in both languages, on two screens."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from waiting import settled

from geo.council.words import Lang, say

pytestmark = pytest.mark.app
PAGES: Final = ("overview", "portrait", "catchments", "reach", "pupils", "revise", "list", "playgrounds", "compare")
LABELS: Final = ", ".join(
    [
        "h1, h2, h3, [role='tab'], [role='radio'], [role='radiogroup']",
        *(
            f"[data-testid='st{name}']"
            for name in ("WidgetLabel", "MetricLabel", "PageLink", "CaptionContainer", "Alert", "Button", "Expander")
        ),
    ]
)
# Words that both languages share, what is named in its own language, and a word that Streamlit itself writes.
SHARED: Final = ("Sources", "Français", "English", "Upload")
SCREENS: Final = (400, 1280)  # a telephone, a small laptop [px]
WORD: Final = re.compile(r"[^\W\d_]{3,}")


def arrived(page: Page, name: str, lang: Lang) -> None:
    """Wait until a page is there to its foot, and no run is under way."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(say(f"app.{name}.title", lang))
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.get_by_role("heading", name=say("app.foot.notes", lang), exact=True)).to_be_attached()
    settled(page)


def go(page: Page, name: str, lang: Lang) -> None:
    """Take the way in the head to a page."""
    page.locator(".st-key-head").get_by_role("link", name=say(f"app.{name}.title", lang), exact=True).click()
    arrived(page, name, lang)


def labels(page: Page) -> set[str]:
    """Give all that names a part of the page."""
    texts = {text.strip() for text in page.locator(LABELS).all_inner_texts()}
    return {text for text in texts if WORD.search(text) and not any(shared in text for shared in SHARED)}


def fits(page: Page, *widths: int) -> None:
    """Wait until nothing is wider than the screen, on screens of these widths [px]."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 850})
        page.wait_for_function(
            "width => { const main = document.querySelector('[data-testid=stMain]');"
            " return innerWidth === width && main.scrollWidth <= main.clientWidth; }",
            arg=width,
        )


def accept_a_proposal(page: Page) -> None:
    page.get_by_role("spinbutton", name=say("app.proposal.seconds", "fr")).fill("2")
    page.get_by_role("spinbutton", name=say("app.proposal.seconds", "fr")).press("Enter")
    settled(page)
    page.get_by_role("button", name=say("app.proposal.start", "fr")).click()
    accept = page.get_by_role("button", name=say("app.proposal.accept", "fr"))
    expect(accept).to_be_enabled()
    settled(page)
    accept.click()
    expect(page.locator(".sm-root")).to_have_attribute("data-moved", re.compile("^[1-9]"))
    expect(page.locator(".sm-root")).to_have_attribute("data-ready", "1")
    settled(page)


def plant_a_tree(page: Page) -> None:
    yard = page.locator(".pm-root").nth(1)
    expect(yard).to_have_attribute("data-points", "0")
    settled(page)
    page.get_by_role("button", name=say("app.playgrounds.plant", "fr"), exact=True).click()
    expect(yard).to_have_attribute("data-points", "1")
    expect(page.locator("[data-testid='stMetricValue']").first).to_contain_text("→")
    settled(page)


def walk_from_a_place(page: Page) -> None:
    ground = page.locator(".pm-root")
    expect(ground).to_have_attribute("data-ready", "1")
    box = ground.bounding_box()
    assert box is not None
    ground.locator("canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.locator("[data-testid='stMain']")).to_contain_text(say("app.catchments.help.walks", "fr"))
    expect(ground.locator("[aria-pressed='true']").first).to_be_attached()
    settled(page)


DONE: Final = {"catchments": walk_from_a_place, "revise": accept_a_proposal, "playgrounds": plant_a_tree}


def test_the_story_is_told_page_by_page_in_both_languages(visitor: Page, server: str) -> None:
    # Laws A6 and A7 of docs/app.md.
    page = visitor
    page.goto(f"{server}/?level=elementary&lang=fr")
    arrived(page, "overview", "fr")
    french: dict[str, set[str]] = {}
    for name in PAGES:
        if name != "overview":
            go(page, name, "fr")
        DONE.get(name, settled)(page)
        fits(page, *SCREENS)
        french[name] = labels(page)
        assert len(french[name]) > len(PAGES), name

    # What was decided on two pages is told on the last one.
    told = page.locator("[data-testid='stMain']")
    expect(told).to_contain_text(say("story.trees_planted.only", "fr", after="1"))
    expect(told).not_to_contain_text(say("app.compare.nothing", "fr"))

    page.get_by_role("radio", name="English").click()
    arrived(page, "compare", "en")
    for name in reversed(PAGES):
        if name != "compare":
            go(page, name, "en")
        assert labels(page) & french[name] == set(), name
        fits(page, *SCREENS)
