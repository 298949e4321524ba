"""What stands around a map on an A3 sheet: title, sources and remarks, and a last line with scale and date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import pyproj
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from geo.council.captions import note_lines, source_lines
from geo.council.colours import OVER
from geo.council.sheet import (
    MM_PER_POINT,
    Box,
    font,
    line_height,
    shorten,
    text_width,
    wrap,
    write,
    write_lines,
)
from geo.council.words import Lang, say
from geo.model.city import City
from geo.model.evaluation import Evaluation

A3_MM: Final = (420.0, 297.0)
MARGIN_MM: Final = 10.0
GAP_MM: Final = 4.0

_TITLE_HEIGHT: Final = 19.0
_TITLE_SIZE: Final = 22.0
_SUBTITLE_SIZE: Final = 11.5
_STRIP_SIZE: Final = 7.2
_FOOTER_MOST_MM: Final = 44.0
_FOOTER_SIZES: Final = (7.2, 6.6, 6.0, 5.4)


def free_body(footer_mm: float) -> Box:
    """Give what is left of the sheet between the title and a footer of that height [mm]."""
    bottom = MARGIN_MM + footer_mm + line_height(_STRIP_SIZE) + 2.0
    height = A3_MM[1] - MARGIN_MM - _TITLE_HEIGHT - bottom
    return Box(MARGIN_MM, bottom, A3_MM[0] - 2 * MARGIN_MM, height)


def draw_title(page: Axes, city: City, *, heading: str, subtitle: str, lang: Lang) -> None:
    """Write title and subtitle at the top, and beside them whether the city is fictional."""
    top = A3_MM[1] - MARGIN_MM
    width = A3_MM[0] - 2 * MARGIN_MM
    if city.fictional:
        width -= _draw_warning(page, say("fictional.short", lang), top) + GAP_MM
    size = _TITLE_SIZE
    while text_width(heading, size, bold=True) > width and size > _TITLE_SIZE / 2:
        size -= 0.5
    shown = shorten(heading, width, size, bold=True)
    write(page, shown, (MARGIN_MM, top - 7.5), size=size, style=font(size, bold=True))
    text = shorten(subtitle, A3_MM[0] - 2 * MARGIN_MM, _SUBTITLE_SIZE)
    write(page, text, (MARGIN_MM, top - 14.5), size=_SUBTITLE_SIZE)


def _draw_warning(page: Axes, text: str, top: float) -> float:
    """Write a word of warning in a frame in the upper right corner; give its width [mm]."""
    size = 13.0
    width = text_width(text, size, bold=True) + 6.0
    corner = (A3_MM[0] - MARGIN_MM - width, top - 8.6)
    page.add_patch(Rectangle(corner, width, 8.6, facecolor="white", edgecolor=OVER.fill, linewidth=1.6))
    baseline = top - 4.3 - size * MM_PER_POINT * 0.36
    write(page, text, (corner[0] + 3.0, baseline), size=size, style=font(size, bold=True))
    return width


def draw_footer(page: Axes, city: City, evaluation: Evaluation, *, lang: Lang) -> float:
    """Write sources and remarks of an evaluation at the bottom; give the height that they take [mm]."""
    return draw_remarks(page, source_lines(evaluation, lang), list(note_lines(city, evaluation, lang)), lang=lang)


def draw_remarks(page: Axes, sources: Sequence[str], notes: Sequence[str], *, lang: Lang) -> float:
    """Write sources on the left and remarks on the right at the bottom; give the height that they take [mm]."""
    width = (A3_MM[0] - 2 * MARGIN_MM - 2 * GAP_MM) / 2
    bottom = MARGIN_MM + line_height(_STRIP_SIZE)
    texts = sources, notes
    size = next((size for size in _FOOTER_SIZES if _needed(texts, width, size) <= _FOOTER_MOST_MM), _FOOTER_SIZES[-1])
    room = int(_FOOTER_MOST_MM / line_height(size)) - 1
    columns = [_lines(paragraphs, width, size, most=room, lang=lang) for paragraphs in texts]
    height = line_height(size) * (1 + max(len(lines) for lines in columns))
    for place, (heading, lines) in enumerate(zip(("map.sources", "map.notes"), columns, strict=True)):
        corner = (MARGIN_MM + place * (width + 2 * GAP_MM), bottom + height)
        used = write_lines(page, [say(heading, lang)], corner, size=size, bold=True)
        write_lines(page, lines, (corner[0], corner[1] - used), size=size)
    return height


def draw_strip(page: Axes, city: City, scale: float, *, day: dt.date, lang: Lang) -> None:
    """Write scale, projection, date and standing of the map in the last line."""
    parts = [
        say("map.scale", lang, scale=scale),
        say("map.projection", lang, crs=f"{pyproj.CRS(city.crs).name} ({city.crs})"),
        say("map.printed", lang, day=day),
        say("map.working", lang),
    ]
    text = shorten("  ".join(parts), A3_MM[0] - 2 * MARGIN_MM, _STRIP_SIZE, bold=True)
    write(page, text, (MARGIN_MM, MARGIN_MM), size=_STRIP_SIZE, style=font(_STRIP_SIZE, bold=True))


def _needed(columns: Iterable[Sequence[str]], width: float, size: float) -> float:
    """Height of the longest column of the footer with its heading [mm]."""
    longest = max(sum(len(wrap(text, width, size)) for text in column) for column in columns)
    return line_height(size) * (longest + 1)


def _lines(paragraphs: Sequence[str], width: float, size: float, *, most: int, lang: Lang) -> list[str]:
    """Break paragraphs into at most `most` lines; the last line counts those that are left out."""
    lines: list[str] = []
    for place, paragraph in enumerate(paragraphs):
        broken = wrap(paragraph, width, size)
        last = place == len(paragraphs) - 1
        if len(lines) + len(broken) > most - (0 if last else 1):
            return [*lines, say("map.more_notes", lang, count=len(paragraphs) - place)]
        lines += broken
    return lines
