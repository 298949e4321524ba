"""Texts on a sheet of paper: measured, broken, never wider than their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.council.sheet import MM_PER_INCH, new_sheet, shorten, text_width, wrap

WORDS = st.text(alphabet="abcdéÀ'’- ", min_size=0, max_size=120)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.floats(8, 80))
def test_no_line_is_wider_than_its_place(text: str, width: float) -> None:
    assert all(text_width(line, 7.0) <= width + 0.001 for line in wrap(text, width, 7.0))


@settings(max_examples=40, deadline=None)
@given(WORDS)
def test_breaking_a_text_loses_no_letter(text: str) -> None:
    letters = "".join(text.split(" "))
    assert "".join("".join(wrap(text, 20.0, 7.0)).split(" ")) == letters


def test_a_word_wider_than_its_place_is_cut() -> None:
    lines = wrap("Llanfairpwllgwyngyllgogerychwyrndrobwll", 15.0, 8.0)
    assert len(lines) > 1
    assert all(text_width(line, 8.0) <= 15.0 for line in lines)


def test_a_shortened_text_says_that_it_was_cut() -> None:
    text = shorten("École maternelle et élémentaire Jean-Jaurès", 30.0, 8.0)
    assert text.endswith("…")
    assert text_width(text, 8.0) <= 30.0
    assert shorten("École", 30.0, 8.0) == "École"


def test_the_measure_of_a_text_is_that_of_its_drawing() -> None:
    figure, page = new_sheet(200, 100)
    drawn = page.text(10, 10, "École Victor-Hugo", family="DejaVu Sans", size=20)
    box = drawn.get_window_extent(figure.canvas.get_renderer())
    assert box.width / figure.dpi * MM_PER_INCH == pytest.approx(text_width("École Victor-Hugo", 20), rel=0.03)


def test_a_sheet_is_measured_in_millimetres() -> None:
    figure, page = new_sheet(420, 297)
    width, height = figure.get_size_inches() * MM_PER_INCH
    assert (width, height) == pytest.approx((420, 297))
    left, right = page.transData.transform([(0, 0), (100, 0)])[:, 0]
    assert (right - left) / figure.dpi * MM_PER_INCH == pytest.approx(100)
