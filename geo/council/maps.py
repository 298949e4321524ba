"""A map for the wall and for the file: A3, with all that a reader needs to trust it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pyproj
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from geo.council.captions import map_subtitle, map_title, note_lines, source_lines, today
from geo.council.colours import OVER
from geo.council.drawing import (
    draw_ground,
    draw_moved,
    draw_north,
    draw_scale_bar,
    fit_frame,
    map_axes,
)
from geo.council.layers import moved_layer, school_layer, sector_layer
from geo.council.panel import Panel, draw_legend, draw_table, draw_totals
from geo.council.schoolmarks import MOST_NAMED, draw_schools
from geo.council.sheet import (
    MM_PER_POINT,
    Box,
    font,
    line_height,
    new_sheet,
    shorten,
    text_width,
    wrap,
    write,
    write_lines,
)
from geo.council.words import Lang, say
from geo.council.writing import replacing
from geo.errors import ExportError
from geo.model.city import City
from geo.model.evaluation import Evaluation

A3_MM: Final = (420.0, 297.0)
PNG_DPI: Final = 200

_MARGIN: Final = 10.0
# A longer table needs a wider panel.
_PANEL_WIDTH: Final = 108.0
_WIDE_PANEL: Final = 132.0
_TITLE_HEIGHT: Final = 19.0
_GAP: Final = 4.0
_TITLE_SIZE: Final = 22.0
_SUBTITLE_SIZE: Final = 11.5
_STRIP_SIZE: Final = 7.2
_FOOTER_MOST_MM: Final = 44.0
_FOOTER_SIZES: Final = (7.2, 6.6, 6.0, 5.4)

# How fonts are embedded is a setting of the whole of matplotlib: one PDF at a time.
_SAVING: Final = threading.Lock()


def draw_map(
    city: City, evaluation: Evaluation, lang: Lang, *, title: str | None = None, date: dt.date | None = None
) -> Figure:
    """Draw the school map of an evaluation on an A3 sheet in landscape.

    Parameters
    ----------
    city, evaluation
        What is drawn: the sectors of the plan of the evaluation, in the colours of their occupancy.
    lang
        Language of all words.
    title
        Title; by default the level, and the name of the proposal if units move.
    date
        Date of the edition; today by default.

    Returns
    -------
    figure
        420 x 297 mm, to be written by `write_map` or shown by an app; its label is the title.
    """
    figure, page = new_sheet(*A3_MM)
    heading = title or map_title(evaluation, lang)
    figure.set_label(heading)
    _draw_title(page, city, evaluation, heading=heading, lang=lang)
    bottom = _MARGIN + _draw_footer(page, city, evaluation, lang=lang) + line_height(_STRIP_SIZE) + 2.0
    height = A3_MM[1] - _MARGIN - _TITLE_HEIGHT - bottom
    body = Box(_MARGIN, bottom, A3_MM[0] - 2 * _MARGIN, height)
    scale = _draw_body(figure, body, evaluation, city=city, lang=lang)
    _draw_strip(page, city, scale, day=date or today(), lang=lang)
    return figure


def write_map(figure: Figure, path: Path) -> None:
    """Write a map as PDF (its own size, fonts embedded) or PNG (200 dots an inch).

    Raises
    ------
    ExportError
        If the name ends neither with .pdf nor with .png, or the file cannot be written.
    """
    if path.suffix not in {".pdf", ".png"}:
        raise ExportError(f"{path.name}: expected a name that ends with .pdf or .png, got {path.suffix!r}.")
    title = str(figure.get_label())
    about = {"Title": title, "Creator" if path.suffix == ".pdf" else "Software": "Cartable"}
    with _SAVING, replacing(path) as draft, mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(draft, dpi=PNG_DPI, metadata=about)


def _draw_body(figure: Figure, body: Box, evaluation: Evaluation, *, city: City, lang: Lang) -> float:
    """Draw the map and the panel beside it; give the denominator of the scale."""
    sectors, schools = sector_layer(city, evaluation, evaluation.plan), school_layer(city, evaluation)
    moved = moved_layer(city, evaluation)
    width = _PANEL_WIDTH if len(schools) <= MOST_NAMED else _WIDE_PANEL
    frame = fit_frame(replace(body, width=body.width - width - _GAP), _bounds(city, schools))
    axes = map_axes(figure, frame)
    draw_ground(axes, city, sectors)
    if not moved.empty:
        draw_moved(axes, moved)
    draw_schools(axes, frame, schools, lang=lang)
    draw_north(axes, frame)
    draw_scale_bar(axes, frame, lang)
    panel = Panel(figure.axes[0], replace(body, left=body.right - width, width=width), lang)
    panel = draw_legend(panel, city, sectors, level=evaluation.plan.level, moved=not moved.empty)
    draw_table(draw_totals(panel, evaluation), schools)
    return frame.scale


def _bounds(city: City, schools: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Give the bounds of the commune and its schools: left, bottom, right, top [m]."""
    bounds = np.vstack([city.layer("commune").total_bounds, schools.total_bounds])
    return np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])


def _draw_title(page: Axes, city: City, evaluation: Evaluation, *, heading: str, lang: Lang) -> None:
    """Write title and subtitle, and beside them whether the city is fictional."""
    top = A3_MM[1] - _MARGIN
    width = A3_MM[0] - 2 * _MARGIN
    if city.fictional:
        width -= _draw_warning(page, say("fictional.short", lang), top) + _GAP
    size = _TITLE_SIZE
    while text_width(heading, size, bold=True) > width and size > _TITLE_SIZE / 2:
        size -= 0.5
    shown = shorten(heading, width, size, bold=True)
    write(page, shown, (_MARGIN, top - 7.5), size=size, style=font(size, bold=True))
    text = shorten(map_subtitle(city, evaluation, lang), A3_MM[0] - 2 * _MARGIN, _SUBTITLE_SIZE)
    write(page, text, (_MARGIN, top - 14.5), size=_SUBTITLE_SIZE)


def _draw_warning(page: Axes, text: str, top: float) -> float:
    """Write a word of warning in a frame in the upper right corner; give its width [mm]."""
    size = 13.0
    width = text_width(text, size, bold=True) + 6.0
    corner = (A3_MM[0] - _MARGIN - width, top - 8.6)
    page.add_patch(Rectangle(corner, width, 8.6, facecolor="white", edgecolor=OVER.fill, linewidth=1.6))
    baseline = top - 4.3 - size * MM_PER_POINT * 0.36
    write(page, text, (corner[0] + 3.0, baseline), size=size, style=font(size, bold=True))
    return width


def _draw_footer(page: Axes, city: City, evaluation: Evaluation, *, lang: Lang) -> float:
    """Write sources on the left and remarks on the right at the bottom; give the height that they take [mm]."""
    width = (A3_MM[0] - 2 * _MARGIN - 2 * _GAP) / 2
    bottom = _MARGIN + line_height(_STRIP_SIZE)
    texts = source_lines(evaluation, lang), list(note_lines(city, evaluation, lang))
    size = next((size for size in _FOOTER_SIZES if _needed(texts, width, size) <= _FOOTER_MOST_MM), _FOOTER_SIZES[-1])
    room = int(_FOOTER_MOST_MM / line_height(size)) - 1
    columns = [_lines(paragraphs, width, size, most=room, lang=lang) for paragraphs in texts]
    height = line_height(size) * (1 + max(len(lines) for lines in columns))
    for place, (heading, lines) in enumerate(zip(("map.sources", "map.notes"), columns, strict=True)):
        corner = (_MARGIN + place * (width + 2 * _GAP), bottom + height)
        used = write_lines(page, [say(heading, lang)], corner, size=size, bold=True)
        write_lines(page, lines, (corner[0], corner[1] - used), size=size)
    return height


def _draw_strip(page: Axes, city: City, scale: float, *, day: dt.date, lang: Lang) -> None:
    """Write scale, projection, date and standing of the map in the last line."""
    parts = [
        say("map.scale", lang, scale=scale),
        say("map.projection", lang, crs=f"{pyproj.CRS(city.crs).name} ({city.crs})"),
        say("map.printed", lang, day=day),
        say("map.working", lang),
    ]
    text = shorten("  ".join(parts), A3_MM[0] - 2 * _MARGIN, _STRIP_SIZE, bold=True)
    write(page, text, (_MARGIN, _MARGIN), size=_STRIP_SIZE, style=font(_STRIP_SIZE, bold=True))


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
