"""The table under two maps side by side: pupils and occupancy of each school before and after."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.lines import Line2D

from geo.council.colours import BANDS, UNKNOWN, occupancy_text
from geo.council.panel import Panel, draw_heading, draw_swatch
from geo.council.sheet import MM_PER_POINT, Box, font, shorten, text_width, write
from geo.council.words import Lang, number, say

_HEADING_MM: Final = 6.2
_TALL_MM: Final = 4.9
_LOW_MM: Final = 2.35
_MOST_MM: Final = 64.0  # so that the maps stay large
_LETTERS: Final = 0.70  # height of letters, of the height of their row
_MOST_POINTS: Final = 7.8
_MOST_BLOCKS: Final = 3
_GAP_MM: Final = 4.0
_SMALLEST: Final = 0.8  # letters of a long name, of those of its row
_SWATCH: Final = 1.3  # width of a sample of colour, in sizes of the letters
# Columns, and the share of the width of each [0-1].
_COLUMNS: Final = {
    "number": 0.06,
    "school": 0.38,
    "capacity": 0.10,
    "pupils_before": 0.10,
    "pupils_after": 0.10,
    "occupancy_before": 0.13,
    "occupancy_after": 0.13,
}
_BAND: Final = {band.code: band for band in (*BANDS, UNKNOWN)}


def table_height(schools: int) -> float:
    """Height that a table of so many schools asks for [mm]."""
    rows = math.ceil(schools / _blocks(schools)) + 1
    return min(_HEADING_MM + rows * _TALL_MM, _MOST_MM)


def draw_pair_table(panel: Panel, figures: pd.DataFrame) -> None:
    """Write one row a school of `geo.council.figures.school_figures` into the panel, in three columns if many.

    Should even those not do, the last line says how many schools are left out.
    """
    room = draw_heading(panel, "pair.table")
    blocks, height = _blocks(len(figures)), room.box.height
    rows = min(math.ceil(len(figures) / blocks), int(height / _LOW_MM) - 2)
    row_mm = min(height / (rows + 2), _TALL_MM)
    width = (room.box.width - (blocks - 1) * _GAP_MM) / blocks
    numbered = figures.assign(number=range(1, len(figures) + 1))
    for place in range(blocks):
        part = numbered.iloc[place * rows : (place + 1) * rows]
        _draw_block(room.part(place * (width + _GAP_MM), width), part, row_mm=row_mm)
    hidden = len(figures) - blocks * rows
    if hidden > 0:
        size = row_mm * _LETTERS / MM_PER_POINT
        at = (room.box.left, room.box.top - (rows + 1.8) * row_mm)
        text = say("map.more_schools", panel.lang, count=hidden)
        write(panel.page, text, at, size=size, style=font(size, italic=True))


def is_short(schools: int) -> bool:
    """Whether a table of so many schools stands in one column, in rows of the usual height."""
    return _HEADING_MM + (schools + 1) * _TALL_MM <= _MOST_MM


def _blocks(schools: int) -> int:
    """Columns of the table: more when one would take more than the maps can spare."""
    return 1 if is_short(schools) else _MOST_BLOCKS


def _draw_block(panel: Panel, figures: pd.DataFrame, *, row_mm: float) -> None:
    """Write heading and rows of one column of the table from the top of the panel down."""
    headings = [say(f"pair.column.{name}", panel.lang) for name in _COLUMNS]
    size = min(row_mm * _LETTERS / MM_PER_POINT, _MOST_POINTS, _fitting(headings, panel.box.width))
    _write_row(panel, headings, size=size, bands=("", ""), bold=True)
    for row in figures.to_dict("records"):
        panel = panel.below(row_mm)
        ends = [panel.box.left, panel.box.right], [panel.box.top, panel.box.top]
        panel.page.add_line(Line2D(*ends, color="#BBBBBB", linewidth=0.4))
        bands = str(row["band_before"]), str(row["band_after"])
        _write_row(panel, list(_texts(row, panel.lang)), size=size, bands=bands)


def _texts(row: Mapping[Hashable, Any], lang: Lang) -> Iterator[str]:
    yield str(row["number"])
    yield str(row["school"])
    for name in ("capacity_pupils", "pupils_before", "pupils_after"):
        value = row[name]
        yield say("map.unknown", lang) if pd.isna(value) else number(float(value), lang)
    for when in ("before", "after"):
        share = float(row[f"occupancy_share_{when}"])
        yield say("map.unknown", lang) if math.isnan(share) else occupancy_text(share, lang)


def _fitting(headings: Sequence[str], width_mm: float) -> float:
    """Give the largest letters with which all headings fit [points]."""
    return min(
        width_mm * share / (text_width(text, 1.0, bold=True) + 1.6 * MM_PER_POINT)
        for text, share in zip(headings, _COLUMNS.values(), strict=True)
    )


def _write_row(panel: Panel, texts: Sequence[str], *, size: float, bands: tuple[str, str], bold: bool = False) -> None:
    """Write one row at the top of the panel, figures to the right, a sample of colour after each occupancy."""
    em, left = size * MM_PER_POINT, panel.box.left
    baseline = panel.box.top - em * 1.18
    swatches = iter(bands)
    for text, (name, share) in zip(texts, _COLUMNS.items(), strict=True):
        right = left + share * panel.box.width
        if name == "school":
            small = max(size * min(1.0, (right - left - em) / text_width(text, size, bold=bold)), size * _SMALLEST)
            shown = shorten(text, right - left - em, small, bold=bold)
            write(panel.page, shown, (left, baseline), size=small, style=font(small, bold=bold))
        else:
            kept = 0.8 * em
            if name.startswith("occupancy") and (band := next(swatches)):
                draw_swatch(panel.page, Box(right - _SWATCH * em, baseline - 0.14 * em, _SWATCH * em, em), _BAND[band])
            kept = (_SWATCH + 0.4) * em if name.startswith("occupancy") else kept
            style = font(size, bold=bold)
            write(panel.page, text, (right - kept, baseline), size=size, style=style, anchor="right")
        left = right
