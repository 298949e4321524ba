"""A table of any columns on a sheet: rows one under the other, in several columns where there are many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.lines import Line2D

from geo.council.panel import Panel
from geo.council.sheet import MM_PER_POINT, font, shorten, text_width, wrap, write
from geo.council.words import say

_TALL_MM: Final = 4.9
_LOW_MM: Final = 2.35
_LETTERS: Final = 0.70  # height of letters, of the height of their row
_MOST_POINTS: Final = 7.8
_GAP_MM: Final = 4.0
_SMALLEST: Final = 0.8  # letters of a long name, of those of its row
_HEADING_POINTS: Final = 6.6
_HEADING_ROWS: Final = 3


def rows_height(rows: int, *, most_mm: float) -> float:
    """Height that so many rows and their headings ask for [mm], no more than `most_mm`."""
    return min(_heading_mm() + (math.ceil(rows / _blocks(rows, most_mm))) * _TALL_MM, most_mm)


def draw_rows(panel: Panel, headings: Mapping[str, float], rows: Sequence[Sequence[str]], *, names: str) -> None:
    """Write rows of texts into the panel, in two columns where there are many.

    Parameters
    ----------
    panel
        Where to write.
    headings
        From the heading of each column to its share of the width [0-1].
    rows
        Texts of each row, in the order of the headings.
    names
        Heading of the column of names, which are written to the left; figures stand to the right.
    """
    blocks = _blocks(len(rows), panel.box.height)
    free = panel.box.height - _heading_mm()
    fitting = max(int(free / _LOW_MM) - 1, 1)
    count = min(math.ceil(len(rows) / blocks), fitting)
    row_mm = min(free / (count + 1), _TALL_MM)
    width = (panel.box.width - (blocks - 1) * _GAP_MM) / blocks
    for place in range(blocks):
        block = panel.part(place * (width + _GAP_MM), width)
        _draw_headings(block, headings, names=names)
        block = block.below(_heading_mm())
        for texts in rows[place * count : (place + 1) * count]:
            _draw_row(block, headings, texts, names=names, row_mm=row_mm)
            block = block.below(row_mm)
    hidden = len(rows) - blocks * count
    if hidden > 0:
        size = row_mm * _LETTERS / MM_PER_POINT
        at = (panel.box.left, panel.box.top - _heading_mm() - (count + 0.8) * row_mm)
        write(
            panel.page,
            say("catchments.map.more", panel.lang, count=hidden),
            at,
            size=size,
            style=font(size, italic=True),
        )


def _heading_mm() -> float:
    return _HEADING_ROWS * _HEADING_POINTS * MM_PER_POINT * 1.15 + 1.2


def _blocks(rows: int, height_mm: float) -> int:
    return 1 if _heading_mm() + rows * _TALL_MM * _SMALLEST <= height_mm else 2


def _draw_headings(panel: Panel, headings: Mapping[str, float], *, names: str) -> None:
    """Write the headings in up to three lines that end at the same height, in letters that hold every word."""
    size = min(_HEADING_POINTS, *(_holding(text, share * panel.box.width - 1.2) for text, share in headings.items()))
    left, step = panel.box.left, size * MM_PER_POINT * 1.15
    bottom = panel.box.top - _heading_mm() + 1.2
    style = font(size, bold=True)
    for heading, share in headings.items():
        width = share * panel.box.width - 1.2
        lines = wrap(heading, width, size, bold=True)[:_HEADING_ROWS]
        for place, line in enumerate(reversed(lines)):
            at = (left if heading == names else left + width, bottom + place * step)
            write(panel.page, line, at, size=size, style=style, anchor="left" if heading == names else "right")
        left += share * panel.box.width


def _holding(text: str, width_mm: float) -> float:
    """Give the letters in which the longest word of a text is no wider than `width_mm` [points]."""
    return width_mm / max(text_width(word, 1.0, bold=True) for word in text.split(" "))


def _draw_row(panel: Panel, headings: Mapping[str, float], texts: Sequence[str], *, names: str, row_mm: float) -> None:
    """Write one row under a fine line."""
    ends = [panel.box.left, panel.box.right], [panel.box.top, panel.box.top]
    panel.page.add_line(Line2D(*ends, color="#BBBBBB", linewidth=0.4))
    size = min(row_mm * _LETTERS / MM_PER_POINT, _MOST_POINTS)
    left, baseline = panel.box.left, panel.box.top - size * MM_PER_POINT * 1.18
    for text, (heading, share) in zip(texts, headings.items(), strict=True):
        width = share * panel.box.width - 1.2
        if heading == names:  # a long name in smaller letters, before it is cut
            small = max(size * min(1.0, width / max(text_width(text, size), 1e-9)), size * _SMALLEST)
            write(panel.page, shorten(text, width, small), (left, baseline), size=small)
        else:
            held = min(size, width / max(text_width(text, 1.0), 1e-9))  # words in place of a figure may be wide
            write(panel.page, text, (left + width, baseline), size=held, anchor="right")
        left += share * panel.box.width
