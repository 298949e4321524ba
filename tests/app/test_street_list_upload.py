"""A list handed over in a real Chromium whose network is cut: what is wrong with it, in words and on the map."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from geo.council.words import say

pytestmark = pytest.mark.app
TEXT = "École élémentaire Sophie-Germain\nGrande-Rue, côté impair\nrue de Nulle-Part sauf le n° 3\n"


def test_a_text_is_handed_over_and_what_it_leaves_open_is_told_and_drawn(visitor: Page, server: str) -> None:
    visitor.goto(f"{server}/list")
    visitor.get_by_role("tab", name=say("app.list.tabs.audit", "fr")).click()
    visitor.locator("input[type=file]").set_input_files(
        files=[{"name": "liste.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}]
    )
    main = visitor.locator("[data-testid='stMain']")
    expect(main).to_contain_text("rue de Nulle-Part sauf le n° 3")
    expect(main).to_contain_text(say("annex.read", "fr", columns="text"))
    discs = visitor.frame_locator("iframe").last.locator("path.leaflet-interactive")
    expect(discs.first).to_be_visible()
