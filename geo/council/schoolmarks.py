"""The schools on a map: a mark and a label each, or a number where they are many."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from geo.council.colours import occupancy_text
from geo.council.drawing import LIMIT, MapFrame
from geo.council.labels import place_labels
from geo.council.sheet import MM_PER_POINT, font, line_height, text_width, wrap
from geo.council.words import Lang, number, say

# With more schools than this their names do not fit beside them: numbers lead to the table.
MOST_NAMED: Final = 20

_NAME_SIZE: Final = 7.5
_FIGURES_SIZE: Final = 6.8
_NUMBER_SIZE: Final = 7.5
_NAME_WIDTH_MM: Final = 34.0
_MARK_MM: Final = 1.5
_PADDING_MM: Final = 0.9
_NUMBER_RADIUS_MM: Final = 2.3
# A line leads from the label to its school when they are farther apart than this.
_NEAR_MM: Final = 1.0

Places = npt.NDArray[np.float64]


def draw_schools(
    axes: Axes,
    frame: MapFrame,
    schools: gpd.GeoDataFrame,
    *,
    lang: Lang,
    most_named: int = MOST_NAMED,
    most_numbered: int | None = None,
) -> None:
    """Draw the schools of `geo.council.layers.school_layer` with labels that do not cover each other.

    With more than `most_named` of them, their numbers lead to the table; with more than `most_numbered` they are dots.
    """
    points = frame.on_paper(shapely.get_coordinates(schools.geometry.to_numpy()))
    if most_numbered is not None and len(schools) > most_numbered:
        for point in points:
            _mark(axes, frame, point, radius=_MARK_MM / 2)
    elif len(schools) > most_named:
        _draw_numbers(axes, frame, points, numbers=schools["number"].to_list())
    else:
        _draw_names(axes, frame, points, texts=label_lines(schools, lang))


def label_lines(schools: gpd.GeoDataFrame, lang: Lang) -> list[list[str]]:
    """Give the lines of the label of each school: its name, then pupils, places and occupancy."""
    texts = []
    for school in schools.itertuples(index=False, name="School"):
        told = {"pupils": number(school.pupils, lang), "places": number(school.capacity_pupils, lang)}
        if np.isnan(school.occupancy_share):
            figures = say("map.label_unknown", lang, **told)
        else:
            figures = say("map.label", lang, **told, occupancy=occupancy_text(school.occupancy_share, lang))
        texts.append([*wrap(str(school.name), _NAME_WIDTH_MM, _NAME_SIZE, bold=True), figures])
    return texts


def _draw_numbers(axes: Axes, frame: MapFrame, points: Places, *, numbers: list[int]) -> None:
    sizes = np.full_like(points, 2 * _NUMBER_RADIUS_MM + 0.3)
    box = (frame.box.width, frame.box.height)
    centres = place_labels(points, sizes, frame=box, gap=_MARK_MM / 2, on_point=True)
    for point, centre, count in zip(points, centres, numbers, strict=True):
        if np.linalg.norm(point - centre) > _NEAR_MM:
            _leader(axes, frame, np.vstack([point, centre]))
            _mark(axes, frame, point, radius=_MARK_MM / 2)
        x, y = frame.on_ground(centre[None])[0]
        radius = _NUMBER_RADIUS_MM * frame.m_per_mm
        axes.add_patch(Circle((x, y), radius, facecolor="white", edgecolor=LIMIT, linewidth=0.9, zorder=12))
        letters = font(_NUMBER_SIZE, bold=True)
        axes.text(x, y, str(count), fontproperties=letters, ha="center", va="center_baseline", zorder=13)


def _draw_names(axes: Axes, frame: MapFrame, points: Places, *, texts: list[list[str]]) -> None:
    sizes = np.array([_label_size(lines) for lines in texts]).reshape(-1, 2)
    box = (frame.box.width, frame.box.height)
    centres = place_labels(points, sizes, frame=box, gap=_MARK_MM + 0.4, on_point=False)
    for point, centre, size, lines in zip(points, centres, sizes, texts, strict=True):
        edge = np.clip(point, centre - size / 2, centre + size / 2)
        if np.linalg.norm(point - edge) > _MARK_MM + 0.4 + _NEAR_MM:
            _leader(axes, frame, np.vstack([point, edge]))
        _mark(axes, frame, point, radius=_MARK_MM)
        _label(axes, frame, centre, size=size, lines=lines)


def _label_size(lines: list[str]) -> tuple[float, float]:
    """Width and height of a label: lines of a name, and one of figures [mm]."""
    names = max(text_width(line, _NAME_SIZE, bold=True) for line in lines[:-1])
    width = max(names, text_width(lines[-1], _FIGURES_SIZE)) + 2 * _PADDING_MM
    height = line_height(_NAME_SIZE) * (len(lines) - 1) + line_height(_FIGURES_SIZE) + 2 * _PADDING_MM
    return width, height


def _label(axes: Axes, frame: MapFrame, centre: Places, *, size: Places, lines: list[str]) -> None:
    corner = frame.on_ground((centre - size / 2)[None])[0]
    width, height = size * frame.m_per_mm
    axes.add_patch(
        Rectangle(
            (corner[0], corner[1]), width, height, facecolor="white", alpha=0.92, edgecolor=LIMIT, lw=0.5, zorder=14
        )
    )
    top = centre[1] + size[1] / 2 - _PADDING_MM
    for line in lines:
        last = line is lines[-1]
        points = _FIGURES_SIZE if last else _NAME_SIZE
        x, y = frame.on_ground(np.array([[centre[0], top - points * MM_PER_POINT]]))[0]
        axes.text(x, y, line, fontproperties=font(points, bold=not last), ha="center", parse_math=False, zorder=15)
        top -= line_height(points)


def _mark(axes: Axes, frame: MapFrame, point: Places, *, radius: float) -> None:
    x, y = frame.on_ground(point[None])[0]
    mark = Circle((x, y), radius * frame.m_per_mm, facecolor=LIMIT, edgecolor="white", linewidth=0.8, zorder=11)
    axes.add_patch(mark)


def _leader(axes: Axes, frame: MapFrame, ends: Places) -> None:
    (x0, y0), (x1, y1) = frame.on_ground(ends)
    axes.plot([x0, x1], [y0, y1], color="white", linewidth=2.0, zorder=9, scalex=False, scaley=False)
    axes.plot([x0, x1], [y0, y1], color=LIMIT, linewidth=0.7, zorder=10, scalex=False, scaley=False)
