"""A map for the wall and for the file: A3, with all that a reader needs to trust it."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure

from geo.council.captions import map_subtitle, map_title, today
from geo.council.drawing import (
    draw_ground,
    draw_moved,
    draw_north,
    draw_scale_bar,
    fit_frame,
    map_axes,
)
from geo.council.layers import map_bounds, moved_layer, school_layer, sector_layer
from geo.council.panel import Panel, draw_legend, draw_table, draw_totals
from geo.council.schoolmarks import MOST_NAMED, draw_schools
from geo.council.sheet import Box, new_sheet
from geo.council.surrounds import A3_MM, GAP_MM, draw_footer, draw_strip, draw_title, free_body
from geo.council.words import Lang
from geo.council.writing import replacing
from geo.errors import ExportError
from geo.model.city import City
from geo.model.evaluation import Evaluation

PNG_DPI: Final = 200

# A longer table needs a wider panel.
_PANEL_WIDTH: Final = 108.0
_WIDE_PANEL: Final = 132.0

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
    draw_title(page, city, heading=heading, subtitle=map_subtitle(city, evaluation, lang), lang=lang)
    body = free_body(draw_footer(page, city, evaluation, lang=lang))
    scale = _draw_body(figure, body, evaluation, city=city, lang=lang)
    draw_strip(page, city, scale, day=date or today(), lang=lang)
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
    frame = fit_frame(replace(body, width=body.width - width - GAP_MM), map_bounds(city, schools))
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
