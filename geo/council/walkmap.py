"""Two maps on an A3 sheet: the school of the sector beside the nearest one, and how far the nearest one is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
from matplotlib.figure import Figure

from geo.council.captions import remark_lines, source_texts, today
from geo.council.catchments import ages_text, column_name, figure_text, sentences
from geo.council.colours import Band
from geo.council.distances import NONE, class_text, detour_classes, walk_classes
from geo.council.drawing import (
    MapFrame,
    draw_barriers,
    draw_catchments,
    draw_commune,
    draw_limits,
    draw_north,
    draw_scale_bar,
    draw_streets,
    fit_frame,
    map_axes,
    paint_band,
)
from geo.council.figures import fiction
from geo.council.layers import map_bounds
from geo.council.panel import Panel, draw_entry, draw_heading, sign_text
from geo.council.schoolmarks import draw_schools
from geo.council.sheet import Box, font, line_height, new_sheet, shorten, wrap, write, write_lines
from geo.council.surrounds import A3_MM, GAP_MM, draw_remarks, draw_strip, draw_title, free_body
from geo.council.walklayers import nearest_limits, painted_areas, school_layer, sector_layer, unit_layer
from geo.council.walktable import draw_rows, rows_height
from geo.council.words import Lang, level_name, say
from geo.model.city import City
from geo.planning.catchments import Catchments
from geo.planning.walk_areas import WalkAreas

_HEADING_MM: Final = 6.5
_HEADING_POINTS: Final = 12.0
_LEGEND_MM: Final = 100.0
_LEAST_MM: Final = 62.0
_MOST_MM: Final = 86.0
_SENTENCE_POINTS: Final = 9.0
_SCREEN_SHARE: Final = 0.95
# Columns of the table, and the share of the width of each [0-1].
_COLUMNS: Final = {
    "number": 0.05,
    "school": 0.28,
    "children": 0.09,
    "far_share": 0.095,
    "nearer_share": 0.125,
    "longer_median_m": 0.085,
    "walk_median_m": 0.085,
    "walk_p90_m": 0.09,
    "nearest_children": 0.1,
}
# Of many schools, whose rows stand in two columns.
_MOST_FULL: Final = 14
_BRIEF: Final = {
    "number": 0.07,
    "school": 0.41,
    "children": 0.13,
    "far_share": 0.13,
    "nearer_share": 0.13,
    "walk_median_m": 0.13,
}
_MAIN: Final = ("school", "sector", "shared", "commune", "street")


@dataclass(frozen=True)
class _Half:
    """One of the two maps: its heading, painted areas by class, and what its legend says."""

    heading: str
    painted: Sequence[tuple[gpd.GeoSeries, Band]]
    lined: bool


def draw_walk_map(
    city: City, found: Catchments, ground: WalkAreas, *, lang: Lang, date: dt.date | None = None
) -> Figure:
    """Draw the school of the sector beside the nearest one, and the rings around the schools, on an A3 sheet.

    Parameters
    ----------
    city, found, ground
        The city, its figures and its areas.
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
    heading = say("catchments.map.title", lang, level=level_name(found.level, lang))
    figure.set_label(heading)
    draw_title(page, city, heading=heading, subtitle=subtitle(city, found, lang), lang=lang)
    body = free_body(draw_remarks(page, source_texts(found.sources, lang), list(remarks(city, found, lang)), lang=lang))
    schools, sectors = school_layer(city, found), sector_layer(city, found)
    told = sentence_lines(found, body.width, lang)
    used = write_lines(page, told, (body.left, body.top), size=_SENTENCE_POINTS) + 1.5
    low = max(rows_height(len(schools), most_mm=_MOST_MM), _LEAST_MM)
    upper = Box(body.left, body.bottom + low + GAP_MM, body.width, body.height - low - GAP_MM - used)
    halves = _halves(city, found, ground, lang=lang)
    layers = (sectors, schools, nearest_limits(city, ground.areas))
    scale = _draw_halves(figure, upper, halves, city=city, layers=layers, lang=lang)
    shared = bool((sectors["schools"].map(len) > 1).any())
    _draw_legends(Panel(page, Box(body.left, body.bottom, body.width, low), lang), found, shared=shared)
    left = body.left + 1.78 * _LEGEND_MM + GAP_MM
    table = Panel(page, Box(left, body.bottom, body.right - left, low), lang)
    columns = _COLUMNS if len(schools) <= _MOST_FULL else _BRIEF
    headings = {column_name(name, found, lang): share for name, share in columns.items()}
    rows = [[figure_text(name, row[name], lang) for name in columns] for row in schools.to_dict("records")]
    draw_rows(table, headings, rows, names=column_name("school", found, lang))
    draw_strip(page, city, scale, day=date or today(), lang=lang)
    return figure


def subtitle(city: City, found: Catchments, lang: Lang) -> str:
    """Say of which city, children and map the sheet is."""
    state = say("map.in_force", lang)
    if found.scenario.moves or found.scenario.openings or found.scenario.closures:
        state = say("map.proposal", lang, name=found.scenario.name)
    return say("catchments.map.subtitle", lang, city=city.name, ages=ages_text(found, lang), state=state)


def remarks(city: City, found: Catchments, lang: Lang) -> Iterable[str]:
    """Say what a reader must know."""
    if city.fictional:
        yield fiction(city, lang)
    yield say("catchments.measured", lang)
    yield say("catchments.limits", lang)
    yield from remark_lines(found.notes, lang)


def sentence_lines(found: Catchments, width_mm: float, lang: Lang) -> list[str]:
    """Give the sentences of the figures, broken into lines of that width [mm]."""
    # Long lines grow by some hundredths where letters are set on the dots of a screen.
    return wrap(" ".join(sentences(found, lang)), width_mm * _SCREEN_SHARE, _SENTENCE_POINTS)


def _halves(city: City, found: Catchments, ground: WalkAreas, *, lang: Lang) -> list[_Half]:
    units = unit_layer(city, found)
    areas = painted_areas(units, "detour")
    detours = [(areas[areas.index == band.code], band) for band in (*detour_classes(), NONE)]
    rings = [
        (ground.rings.geometry[ground.rings.index == band.high], band) for band in walk_classes(found.choices.limits_m)
    ]
    return [
        _Half(say("catchments.map.nearest", lang), detours, lined=True),
        _Half(say("catchments.map.rings", lang), rings, lined=False),
    ]


def _draw_halves(
    figure: Figure,
    box: Box,
    halves: Sequence[_Half],
    *,
    city: City,
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoSeries],
    lang: Lang,
) -> float:
    """Draw the maps side by side within a box; give the denominator of their scale."""
    sectors, schools, limits = layers
    page, width = figure.axes[0], (box.width - GAP_MM) / len(halves)
    frames: list[MapFrame] = []
    for place, half in enumerate(halves):
        left = box.left + place * (width + GAP_MM)
        frame = fit_frame(Box(left, box.bottom, width, box.height - _HEADING_MM), map_bounds(city, schools))
        at = (left, box.top - _HEADING_MM + 1.8)
        text = shorten(half.heading, width, _HEADING_POINTS, bold=True)
        write(page, text, at, size=_HEADING_POINTS, style=font(_HEADING_POINTS, bold=True))
        axes = map_axes(figure, frame)
        draw_commune(axes, city)
        for painted, band in half.painted:
            paint_band(axes, painted, band)
        draw_barriers(axes, city)
        draw_streets(axes, city)
        draw_limits(axes, city, sectors)
        if half.lined:
            draw_catchments(axes, limits)
        draw_schools(axes, frame, schools, lang=lang, most_named=0)
        if place == 0:
            draw_scale_bar(axes, frame, lang)
        draw_north(axes, frame)
        frames.append(frame)
    return frames[0].scale


def _draw_legends(panel: Panel, found: Catchments, *, shared: bool) -> None:
    """Draw what the colours and lines of both maps mean, in two columns."""
    lang = panel.lang
    left = draw_heading(panel.part(0.0, _LEGEND_MM), "catchments.map.legend_nearest")
    missing = [(NONE, class_text(NONE, lang))] if found.units["walk_m"].isna().any() else []
    for band, text in [*((band, class_text(band, lang)) for band in detour_classes()), *missing]:
        left = draw_entry(left, band, text)
    left = draw_entry(left, "catchment", sign_text("catchment", found.level, lang))
    for sign in _MAIN:
        if sign != "shared" or shared:
            left = draw_entry(left, sign, sign_text(sign, found.level, lang))
    right = draw_heading(panel.part(_LEGEND_MM + GAP_MM, 0.72 * _LEGEND_MM), "catchments.map.legend_rings")
    for band in walk_classes(found.choices.limits_m)[:-1]:
        right = draw_entry(right, band, class_text(band, lang))
    farther = say("catchments.map.farther", lang, low=found.choices.limits_m[-1])
    for line in wrap(farther, right.box.width, 7.2):
        write(right.page, line, (right.box.left, right.box.top - 3.1), size=7.2)
        right = right.below(line_height(7.2))
