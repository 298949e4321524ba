"""Two maps side by side: the map in force and the proposal, on an A3 sheet or small for a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from geo.council.captions import map_title, today
from geo.council.drawing import MapFrame, draw_ground, draw_moved, draw_north, draw_scale_bar, fit_frame, map_axes
from geo.council.figures import school_figures
from geo.council.layers import map_bounds, moved_layer, school_layer, sector_layer
from geo.council.pairtable import draw_pair_table, is_short, table_height
from geo.council.panel import Panel, draw_legend
from geo.council.schoolmarks import draw_schools
from geo.council.sheet import Box, font, new_sheet, shorten, write
from geo.council.surrounds import A3_MM, GAP_MM, draw_footer, draw_strip, draw_title, free_body
from geo.council.words import Lang, level_name, say, school_year
from geo.model.city import City
from geo.model.evaluation import Evaluation

SMALL_MM: Final = (174.0, 84.0)
MOST_NUMBERED: Final = 24  # on the small maps; more numbers would hide the sectors

_LEGEND_MM: Final = 47.0
# Of the width of the sheet; a long table leaves less to the legend.
_LEGEND_SHARE: Final = 0.42
_NARROW_LEGEND_SHARE: Final = 0.36


@dataclass(frozen=True)
class _Style:
    """How much of the city is drawn, and the size of the heading over each map."""

    heading_mm: float
    heading_points: float
    most_named: int
    most_numbered: int | None
    streets: bool


_LARGE: Final = _Style(heading_mm=6.5, heading_points=12.0, most_named=10, most_numbered=None, streets=True)
_SMALL: Final = _Style(heading_mm=5.0, heading_points=9.0, most_named=0, most_numbered=MOST_NUMBERED, streets=False)


@dataclass(frozen=True)
class _Half:
    """One of the two maps."""

    heading: str
    sectors: gpd.GeoDataFrame
    schools: gpd.GeoDataFrame


def draw_pair(city: City, before: Evaluation, after: Evaluation, *, lang: Lang, date: dt.date | None = None) -> Figure:
    """Draw the map in force and that of the proposal side by side on an A3 sheet in landscape.

    Parameters
    ----------
    city, before, after
        The city, and the figures of the map in force and of the scenario; sectors have the colours of occupancy.
    lang
        Language of all words.
    date
        Date of the edition; today by default.

    Returns
    -------
    figure
        420 x 297 mm, to be written by `geo.council.maps.write_map`; its label is the title.
    """
    figure, page = new_sheet(*A3_MM)
    heading = say("pair.title", lang, map=map_title(after, lang))
    figure.set_label(heading)
    draw_title(page, city, heading=heading, subtitle=_subtitle(city, after, lang), lang=lang)
    body = free_body(draw_footer(page, city, after, lang=lang))
    figures, halves = school_figures(city, before, after), _halves(city, before, after, lang=lang)
    low = max(table_height(len(figures)), _LEGEND_MM)
    upper = Box(body.left, body.bottom + low + GAP_MM, body.width, body.height - low - GAP_MM)
    scale = _draw_halves(figure, upper, halves, city=city, moved=moved_layer(city, after), style=_LARGE, lang=lang)
    share = _LEGEND_SHARE if is_short(len(figures)) else _NARROW_LEGEND_SHARE
    legend = Panel(page, Box(body.left, body.bottom, body.width * share, low), lang)
    sectors = pd.concat([half.sectors for half in halves])
    draw_legend(legend, city, sectors, level=after.plan.level, moved=bool(after.totals["units_moved"]), columns=2)
    left = legend.box.right + GAP_MM
    draw_pair_table(Panel(page, Box(left, body.bottom, body.right - left, low), lang), figures)
    draw_strip(page, city, scale, day=date or today(), lang=lang)
    return figure


def draw_small_pair(city: City, before: Evaluation, after: Evaluation, *, lang: Lang) -> Figure:
    """Draw the two maps for the width of an A4 page, 174 x 84 mm: no streets, each school by its number.

    The numbers are the places in `geo.council.figures.school_figures`, from 1.
    """
    figure, _ = new_sheet(*SMALL_MM)
    figure.set_label(say("pair.title", lang, map=map_title(after, lang)))
    box = Box(0.5, 0.5, SMALL_MM[0] - 1.0, SMALL_MM[1] - 1.0)
    halves = _halves(city, before, after, lang=lang)
    _draw_halves(figure, box, halves, city=city, moved=moved_layer(city, after), style=_SMALL, lang=lang)
    return figure


def _subtitle(city: City, after: Evaluation, lang: Lang) -> str:
    return say(
        "pair.subtitle",
        lang,
        city=city.name,
        level=level_name(after.plan.level, lang),
        year=school_year(after.year, lang),
        units=say("count.units", lang, count=int(after.totals["units_moved"])),
        pupils=say("count.pupils", lang, count=round(after.totals["moved_pupils"])),
    )


def _halves(city: City, before: Evaluation, after: Evaluation, *, lang: Lang) -> list[_Half]:
    """Give both maps; a school has the same number on both, and one that closes stands on the first only."""
    order = school_figures(city, before, after).index
    halves = []
    for name, evaluation in (("before", before), ("after", after)):
        schools = school_layer(city, evaluation)
        closed = evaluation.scenario.closures
        numbered = schools.assign(number=order.get_indexer(schools.index) + 1)
        sectors = sector_layer(city, evaluation, evaluation.plan)
        halves.append(_Half(say(f"pair.{name}", lang), sectors, numbered[~numbered.index.isin(closed)]))
    return halves


def _draw_halves(  # noqa: PLR0913, where, what and how
    figure: Figure,
    box: Box,
    halves: Sequence[_Half],
    *,
    city: City,
    moved: gpd.GeoDataFrame,
    style: _Style,
    lang: Lang,
) -> float:
    """Draw the maps side by side within a box; give the denominator of their scale."""
    page, width = figure.axes[0], (box.width - GAP_MM * (len(halves) - 1)) / len(halves)
    bounds = map_bounds(city, pd.concat([half.schools for half in halves]))
    frames: list[MapFrame] = []
    for place, half in enumerate(halves):
        left = box.left + place * (width + GAP_MM)
        frame = fit_frame(Box(left, box.bottom, width, box.height - style.heading_mm), bounds)
        text = shorten(half.heading, width, style.heading_points, bold=True)
        at = (left, box.top - style.heading_mm + 1.6)
        write(page, text, at, size=style.heading_points, style=font(style.heading_points, bold=True))
        axes = map_axes(figure, frame)
        draw_ground(axes, city, half.sectors, streets=style.streets)
        if not moved.empty:
            draw_moved(axes, moved)
        draw_schools(
            axes, frame, half.schools, lang=lang, most_named=style.most_named, most_numbered=style.most_numbered
        )
        if place == 0:
            draw_scale_bar(axes, frame, lang)
        if style.streets:
            draw_north(axes, frame)
        frames.append(frame)
    return frames[0].scale
