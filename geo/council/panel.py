"""The side panel of a map: legend, key figures, and the table of occupancy by school."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from geo.council.colours import BANDS, UNKNOWN, Band, occupancy_text
from geo.council.drawing import BARRIERS, CATCHMENT, LIMIT, MOVED, STREET
from geo.council.sheet import MM_PER_POINT, Box, font, line_height, shorten, text_width, write
from geo.council.words import Lang, metres, number, say
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level

_HEADING: Final = 10.0
_TEXT: Final = 7.8
_ROW_MM: Final = 4.9
_SIGN_MM: Final = 8.0
_GAP_MM: Final = 3.0
# A row of the table: as high as this if there is room, never lower than that.
_TALL_MM: Final = 5.2
_LOW_MM: Final = 2.35
_LETTERS: Final = 0.72  # height of letters, of the height of their row
# Phrases of the headings of the table, and the share of the width of each column [0-1].
_NAMES: Final = "figure.school.name"
_LAST: Final = "figure.occupancy_share.name"
_COLUMNS: Final = {
    "map.number": 0.07,
    _NAMES: 0.45,
    "figure.pupils.name": 0.13,
    "figure.capacity_pupils.name": 0.13,
    _LAST: 0.22,
}
_SMALLEST: Final = 0.8  # letters of a long name, of the letters of its row
_SWATCH: Final = 1.4  # width of the sample of colour in a row, in sizes of the letters
_BAND: Final = {band.code: band for band in (*BANDS, UNKNOWN)}


@dataclass(frozen=True)
class Panel:
    """Where on a sheet to write, and in which language.

    Attributes
    ----------
    page
        Axes of the sheet, in millimetres.
    box
        What is still free of the panel [mm].
    lang
        Language of all words.
    """

    page: Axes
    box: Box
    lang: Lang

    def below(self, used_mm: float) -> Panel:
        """Give the panel under something that takes `used_mm` of its height [mm]."""
        return replace(self, box=replace(self.box, height=self.box.height - used_mm))

    def part(self, left_mm: float, width_mm: float) -> Panel:
        """Give a column of the panel that begins `left_mm` from its left edge [mm]."""
        return replace(self, box=replace(self.box, left=self.box.left + left_mm, width=width_mm))


def draw_legend(
    panel: Panel, city: City, sectors: gpd.GeoDataFrame, *, level: Level, moved: bool, columns: int = 1
) -> Panel:
    """Draw the legend at the top of the panel, in `columns` side by side; give what is free below."""
    below = draw_heading(panel, "map.legend")
    unknown = (sectors["band"] == UNKNOWN.code).any()
    bands = [*BANDS, UNKNOWN] if unknown else list(BANDS)
    entries: list[Band | str] = [*bands, *_signs(city, sectors, moved=moved)]
    rows = math.ceil(len(entries) / columns)
    width = (panel.box.width - (columns - 1) * _GAP_MM) / columns
    for place in range(columns):
        column = below.part(place * (width + _GAP_MM), width)
        for entry in entries[place * rows : (place + 1) * rows]:
            column = _draw_entry(column, entry, level=level)
    return below.below(rows * _ROW_MM + _GAP_MM)


def draw_totals(panel: Panel, evaluation: Evaluation) -> Panel:
    """Write the key figures of the whole level at the top of the panel; give what is free below."""
    below = draw_heading(panel, f"level.{evaluation.plan.level}.all_public")
    for name, text in _totals(evaluation, panel.lang).items():
        box = below.box
        baseline = box.top - _TEXT * MM_PER_POINT - 0.6
        write(panel.page, say(f"figure.{name}.name", panel.lang), (box.left, baseline), size=_TEXT)
        bold = font(_TEXT, bold=True)
        write(panel.page, text, (box.right, baseline), size=_TEXT, style=bold, anchor="right")
        below = below.below(_ROW_MM * 0.92)
    return below.below(_GAP_MM)


def draw_table(panel: Panel, schools: gpd.GeoDataFrame) -> None:
    """Write one row a school into the panel, in two columns and smaller letters where there are many.

    Should even those not do, the last line says how many schools are left out.
    """
    room = draw_heading(panel, "map.table")
    height, width = room.box.height, room.box.width
    blocks = 1 if height / (len(schools) + 1) >= _LOW_MM else 2
    rows = min(math.ceil(len(schools) / blocks), int(height / _LOW_MM) - 2)
    row_mm = min(height / (rows + 2), _TALL_MM)
    column_mm = (width - (blocks - 1) * _GAP_MM) / blocks
    for place in range(blocks):
        part = schools.iloc[place * rows : (place + 1) * rows]
        _draw_block(room.part(place * (column_mm + _GAP_MM), column_mm), part, row_mm=row_mm)
    hidden = len(schools) - blocks * rows
    if hidden > 0:
        size = row_mm * _LETTERS / MM_PER_POINT
        text = say("map.more_schools", panel.lang, count=hidden)
        at = (room.box.left, room.box.top - (rows + 1.8) * row_mm)
        write(panel.page, text, at, size=size, style=font(size, italic=True))


def draw_swatch(page: Axes, box: Box, band: Band) -> None:
    """Draw a small sample of the colour and the hatch of a band."""
    corner = (box.left, box.bottom)
    fill = Rectangle(corner, box.width, box.height, facecolor=band.fill, edgecolor=band.ink, linewidth=0)
    if band.hatch:
        fill.set_hatch(band.hatch)
        fill.set_hatch_linewidth(0.5)
    page.add_patch(fill)
    page.add_patch(Rectangle(corner, box.width, box.height, facecolor="none", edgecolor=LIMIT, linewidth=0.5))


def draw_heading(panel: Panel, key: str) -> Panel:
    """Write a heading at the top of the panel; give what is free below."""
    at = (panel.box.left, panel.box.top - 4.0)
    write(panel.page, say(key, panel.lang), at, size=_HEADING, style=font(_HEADING, bold=True))
    return panel.below(6.2)


def _sign_box(panel: Panel) -> Box:
    """Give the place of a sign of the legend at the top of the panel."""
    return Box(panel.box.left, panel.box.top - 3.9, _SIGN_MM, 3.4)


def _draw_entry(panel: Panel, entry: Band | str, *, level: Level) -> Panel:
    """Draw a class of occupancy, or the sign of that name, at the top of the panel; give what is free below."""
    if isinstance(entry, Band):
        text = say("map.band", panel.lang, name=entry.name(panel.lang), limits=entry.limits(panel.lang))
    else:
        text = sign_text(entry, level, panel.lang)
    return draw_entry(panel, entry, text)


def sign_text(sign: str, level: Level, lang: Lang) -> str:
    """Say what a sign of the map means."""
    return say(f"level.{level}.public" if sign == "school" else f"map.sign.{sign}", lang)


def draw_entry(panel: Panel, entry: Band | str, text: str) -> Panel:
    """Draw a sample of a class, or the sign of that name, with its words; give what is free below."""
    if isinstance(entry, Band):
        draw_swatch(panel.page, _sign_box(panel), entry)
    else:
        for artist in _drawn(entry, _sign_box(panel)):
            panel.page.add_artist(artist)
    return _entry(panel, text)


def _entry(panel: Panel, text: str) -> Panel:
    """Write the words of one entry of the legend at the top of the panel; give what is free below."""
    left = panel.box.left + _SIGN_MM + 2.5
    shown = shorten(text, panel.box.right - left, _TEXT)
    write(panel.page, shown, (left, panel.box.top - 3.1), size=_TEXT)
    return panel.below(_ROW_MM)


def _signs(city: City, sectors: gpd.GeoDataFrame, *, moved: bool) -> Iterator[str]:
    """Give the name of each thing that the map shows."""
    yield "school"
    yield "sector"
    if (sectors["schools"].map(len) > 1).any():
        yield "shared"
    if moved:
        yield "moved"
    yield "commune"
    yield "street"
    kinds = set(city.tables["barriers"]["kind"])
    yield from (kind for kind in BARRIERS if kind in kinds)


def _drawn(sign: str, box: Box) -> list[Circle | Line2D | Rectangle]:
    """Draw the sign of the legend for one thing of the map."""
    x, y = box.left + box.width / 2, box.bottom + box.height / 2
    if sign == "school":
        return [Circle((x, y), 1.5, facecolor=LIMIT, edgecolor="white", linewidth=0.8)]
    if sign in BARRIERS:
        return [Rectangle((box.left, y - 0.9), box.width, 1.8, facecolor=BARRIERS[sign], edgecolor="none")]
    if sign == "moved":
        corner = (box.left + 0.6, box.bottom + 0.4)
        return [Rectangle(corner, box.width - 1.2, box.height - 0.8, facecolor="none", edgecolor=MOVED, lw=1.9)]
    ends = [box.left, box.right], [y, y]
    lines = {
        "sector": [Line2D(*ends, color=LIMIT, linewidth=1.1)],
        "shared": [
            Line2D(*ends, color=LIMIT, linewidth=1.4),
            Line2D(*ends, color="white", linewidth=0.6, dashes=(4, 3)),
        ],
        "commune": [Line2D(*ends, color=LIMIT, linewidth=1.6, dashes=(5, 1.25, 1, 1.25))],
        "street": [Line2D(*ends, color=STREET, linewidth=0.5)],
        "catchment": [Line2D(*ends, color=CATCHMENT, linewidth=1.9, dashes=(3, 1.2))],
    }
    return [*lines[sign]]


def _totals(evaluation: Evaluation, lang: Lang) -> dict[str, str]:
    """Give the key figures in words, by the name of the figure."""
    totals = evaluation.totals
    texts = {
        "pupils": number(totals["pupils"], lang),
        "occupancy_share": occupancy_text(totals["occupancy_share"], lang),
        "walk_median_m": metres(totals["walk_median_m"], lang),
        "walk_p90_m": metres(totals["walk_p90_m"], lang),
    }
    moved = {name: number(totals[name], lang) for name in ("units_moved", "moved_pupils")}
    return {**texts, **moved} if totals["units_moved"] else texts


def _draw_block(panel: Panel, schools: gpd.GeoDataFrame, *, row_mm: float) -> None:
    """Write heading and rows of one column of the table from the top of the panel down."""
    lang, box = panel.lang, panel.box
    headings = [say(key, lang) for key in _COLUMNS]
    size = _size(headings, box.width, min(row_mm * _LETTERS / MM_PER_POINT, _TEXT))
    _write_row(panel, headings, size=size, bold=True)
    for school in schools.itertuples(index=False, name="School"):
        panel = panel.below(row_mm)
        top = panel.box.top
        panel.page.add_line(Line2D([box.left, box.right], [top, top], color="#BBBBBB", linewidth=0.4))
        texts = [
            str(school.number),
            str(school.name),
            number(school.pupils, lang),
            number(school.capacity_pupils, lang) if school.capacity_pupils >= 0 else say("map.unknown", lang),
            occupancy_text(school.occupancy_share, lang) if school.occupancy_share >= 0 else say("map.unknown", lang),
        ]
        _write_row(panel, texts, size=size)
        em = size * MM_PER_POINT
        corner = (box.right - _SWATCH * em, _baseline(panel, size) - 0.14 * em)
        draw_swatch(panel.page, Box(*corner, _SWATCH * em, em), _BAND[school.band])


def _size(headings: Sequence[str], width_mm: float, most: float) -> float:
    """Give the size of letters, not above `most`, with which all headings of the table fit [points]."""
    fitting = [
        width_mm * share / (text_width(text, 1.0, bold=True) + _kept(key) * MM_PER_POINT)
        for text, (key, share) in zip(headings, _COLUMNS.items(), strict=True)
    ]
    return min(most, *fitting)


def _kept(key: str) -> float:
    """Room that a column keeps free to the right of its text, in sizes of the letters: a gap, or the swatch."""
    return _SWATCH + 0.5 if key == _LAST else 0.8


def _write_row(panel: Panel, texts: Sequence[str], *, size: float, bold: bool = False) -> None:
    """Write one row of texts at the top of the panel within their columns, figures to the right."""
    left = panel.box.left
    style = font(size, bold=bold)
    for text, (key, share) in zip(texts, _COLUMNS.items(), strict=True):
        right = left + share * panel.box.width - _kept(key) * size * MM_PER_POINT
        at = (left if key == _NAMES else right, _baseline(panel, size))
        if key == _NAMES:  # a long name in smaller letters, before it is cut
            fitting = size * min(1.0, (right - left) / max(text_width(text, size, bold=bold), 1e-9))
            small = max(fitting, size * _SMALLEST)
            write(
                panel.page, shorten(text, right - left, small, bold=bold), at, size=small, style=font(small, bold=bold)
            )
        else:
            write(panel.page, shorten(text, right - left, size, bold=bold), at, size=size, style=style, anchor="right")
        left += share * panel.box.width


def _baseline(panel: Panel, size: float) -> float:
    """Where the letters of the row at the top of the panel stand [mm]."""
    return panel.box.top - line_height(size) * 0.92
