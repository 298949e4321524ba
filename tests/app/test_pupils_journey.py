"""Pupils and rooms in a real Chromium whose network is cut: the chart draws, a slider is moved from the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.app


def test_the_chart_draws_and_a_slider_from_the_keyboard_changes_the_sentence_and_is_undone(
    server: str, visitor: Page
) -> None:
    # Laws A6 and A10 of docs/app.md.
    visitor.goto(f"{server}/pupils?lang=fr&level=elementary")
    chart = visitor.get_by_test_id("stVegaLiteChart")
    expect(chart.locator("canvas, svg").first).to_be_visible()
    sentence = visitor.get_by_text("À la rentrée 2030, «").first
    before = sentence.inner_text()
    assert "529 élèves" in before
    slider = visitor.get_by_role("slider", name="Élèves de 3 à 10 ans par logement neuf")
    slider.focus()
    slider.press("ArrowRight")
    expect(sentence).not_to_have_text(before)
    undo = visitor.get_by_role("button", name="Annuler")
    expect(undo).to_be_enabled()
    undo.click()
    expect(sentence).to_have_text(before)
    expect(undo).to_be_disabled()
