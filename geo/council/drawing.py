"""The map itself: sectors, streets, schools, scale bar and north arrow within a frame on a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.path import Path as Outline
from matplotlib_scalebar.scalebar import ScaleBar

from geo.council.colours import BANDS, UNKNOWN, Band
from geo.council.sheet import Box, font
from geo.council.words import Lang, number
from geo.model.city import City

GROUND: Final = "#F3F2EE"
LIMIT: Final = "#222222"
STREET: Final = "#5E5E5E"
MOVED: Final = "#0A3BA0"
CATCHMENT: Final = "#0A3BA0"
BARRIERS: Final = {"river": "#8FBBDD", "railway": "#4D4D4D", "road": "#B9B9B9"}
NORTH: Final = "north-arrow"  # by which a test finds it

_MARGIN_MM: Final = 5.0
_KM: Final = 1000
_BAR_SHARE: Final = 0.22  # of the width of the frame, at most
_NICE: Final = np.array([1, 2, 2.5, 5, 10])

_BAND: Final = {band.code: band for band in (*BANDS, UNKNOWN)}


@dataclass(frozen=True)
class MapFrame:
    """Where on the sheet the map stands, and how much of the ground it shows.

    Attributes
    ----------
    box
        The frame on the sheet [mm].
    left, bottom
        Ground coordinates of its lower left corner [m].
    scale
        Denominator of the scale: 10,000 for 1:10,000.
    """

    box: Box
    left: float
    bottom: float
    scale: float

    @property
    def m_per_mm(self) -> float:
        """Metres of ground in a millimetre of paper [m/mm]."""
        return self.scale / 1000

    def on_paper(self, xy: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Give the places within the frame [mm] of ground coordinates [m], shape (n, 2)."""
        return (np.asarray(xy, dtype=np.float64) - (self.left, self.bottom)) / self.m_per_mm

    def on_ground(self, mm: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Give the ground coordinates [m] of places within the frame [mm], shape (n, 2)."""
        return np.asarray(mm, dtype=np.float64) * self.m_per_mm + (self.left, self.bottom)


def fit_frame(box: Box, bounds: npt.NDArray[np.float64]) -> MapFrame:
    """Choose the largest scale of two digits at which `bounds` (left, bottom, right, top) [m] fit into `box`."""
    left, bottom, right, top = bounds
    needed = 1000 * max(
        (right - left) / (box.width - 2 * _MARGIN_MM), (top - bottom) / (box.height - 2 * _MARGIN_MM), 1e-3
    )
    step = 10 ** (np.floor(np.log10(needed)) - 1)
    scale = float(np.ceil(needed / step - 1e-9) * step)
    middle = np.array([left + right, bottom + top]) / 2
    corner = middle - np.array([box.width, box.height]) / 2 * scale / 1000
    return MapFrame(box, float(corner[0]), float(corner[1]), scale)


def map_axes(figure: Figure, frame: MapFrame) -> Axes:
    """Give the axes of the map, whose coordinates are those of the ground [m], drawn true to scale."""
    width, height = figure.get_size_inches() * 25.4
    box = frame.box
    axes = figure.add_axes((box.left / width, box.bottom / height, box.width / width, box.height / height), label="map")
    (left, bottom), (right, top) = frame.on_ground(np.array([[0, 0], [box.width, box.height]]))
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], aspect="equal", facecolor="white")
    for spine in axes.spines.values():
        spine.set(linewidth=0.8, edgecolor=LIMIT)
    return axes


def draw_ground(axes: Axes, city: City, sectors: gpd.GeoDataFrame, *, streets: bool = True) -> None:
    """Draw the commune, the sectors in the colours of their occupancy, barriers, limits, and streets if asked for."""
    draw_commune(axes, city)
    for code, band in _BAND.items():
        paint_band(axes, sectors.geometry[sectors["band"] == code], band)
    draw_barriers(axes, city)
    if streets:
        draw_streets(axes, city)
    draw_limits(axes, city, sectors)


def draw_commune(axes: Axes, city: City) -> None:
    """Paint the ground of the commune."""
    paint_areas(axes, city.layer("commune").geometry, fill=GROUND, order=1)


def draw_barriers(axes: Axes, city: City) -> None:
    """Draw rivers, railways and main roads."""
    barriers = city.layer("barriers")
    for kind in set(BARRIERS) & set(barriers["kind"]):
        shapes = barriers.geometry[barriers["kind"] == kind]
        draw_outlines(axes, shapes, colour="white", width=0.8, order=4)
        paint_areas(axes, shapes, fill=BARRIERS[kind], order=4.1)


def draw_streets(axes: Axes, city: City) -> None:
    """Draw the streets."""
    lines = city.layer("streets").geometry
    # White beside the grey: streets are seen on dark sectors too.
    draw_lines(axes, lines, colour="#FFFFFF66", width=0.9, order=5)
    draw_lines(axes, lines, colour=STREET, width=0.35, order=5.1)


def draw_limits(axes: Axes, city: City, sectors: gpd.GeoDataFrame) -> None:
    """Draw the limits of the sectors, of shared ones among them, and of the commune."""
    draw_outlines(axes, sectors.geometry, colour=LIMIT, width=1.1, order=6)
    shared = sectors.geometry[sectors["schools"].map(len) > 1]
    draw_outlines(axes, shared, colour="white", width=0.6, order=6.5, dashes=(4, 3))
    commune = city.layer("commune").geometry
    draw_outlines(axes, commune, colour="white", width=2.4, order=7)
    draw_outlines(axes, commune, colour=LIMIT, width=1.7, order=7.1, dashes=(5, 1.3, 1, 1.3))


def draw_moved(axes: Axes, moved: gpd.GeoDataFrame) -> None:
    """Outline the units that the scenario moves; those that touch are one outline."""
    whole = gpd.GeoSeries([moved.geometry.union_all()], crs=moved.crs)
    draw_outlines(axes, whole, colour="white", width=3.4, order=8)
    draw_outlines(axes, whole, colour=MOVED, width=1.9, order=8.1)


def draw_catchments(axes: Axes, limits: gpd.GeoSeries) -> None:
    """Draw the lines between the places that are nearest to one school and to another."""
    draw_lines(axes, limits, colour="white", width=3.2, order=8)
    draw_lines(axes, limits, colour=CATCHMENT, width=1.9, order=8.1, dashes=(3, 1.2))


def draw_north(axes: Axes, frame: MapFrame) -> None:
    """Draw the arrow that points to the north of the grid, in the upper right corner of the map."""
    corner = np.array([frame.box.width - 9.0, frame.box.height - 11.0])
    shape = frame.on_ground(corner + np.array([[0.0, 0.0], [-3.2, -11.0], [0.0, -8.2], [3.2, -11.0]]))
    axes.add_patch(Polygon(shape, closed=True, facecolor=LIMIT, edgecolor="white", zorder=20, gid=NORTH))
    x, y = frame.on_ground(corner[None] + (0.0, 1.2))[0]
    axes.text(x, y, "N", fontproperties=font(11, bold=True), ha="center", va="bottom", zorder=20)


def draw_scale_bar(axes: Axes, frame: MapFrame, lang: Lang) -> None:
    """Draw a scale bar of a round length in the lower left corner of the map."""
    length_m = bar_length(frame.box.width * frame.m_per_mm * _BAR_SHARE)
    kilometres = length_m >= _KM
    bar = ScaleBar(
        1,
        "m",
        fixed_value=length_m / _KM if kilometres else length_m,
        fixed_units="km" if kilometres else "m",
        location="lower left",
        box_alpha=0.85,
        width_fraction=0.006,
        scale_loc="top",
        border_pad=0.8,
        font_properties={"family": "DejaVu Sans", "size": 9},
        scale_formatter=lambda value, unit: f"{number(value, lang, digits=0 if value % 1 == 0 else 1)} {unit}",
    )
    bar.set_zorder(20)
    axes.add_artist(bar)


def bar_length(most_m: float) -> float:
    """Give the longest round length that is not above `most_m` [m]."""
    power = 10 ** np.floor(np.log10(most_m))
    return float(power * _NICE[np.searchsorted(_NICE, most_m / power, side="right") - 1])


def paint_band(axes: Axes, areas: gpd.GeoSeries, band: Band) -> None:
    """Paint areas in the colour and the hatch of a class."""
    if areas.empty:
        return
    paint_areas(axes, areas, fill=band.fill, order=2)
    if band.hatch:
        hatched = PathCollection(_paths(areas), facecolor="none", edgecolor=band.ink, linewidth=0, zorder=3)
        hatched.set_hatch(band.hatch)
        hatched.set_hatch_linewidth(0.5)
        axes.add_collection(hatched, autolim=False)


def paint_areas(axes: Axes, areas: gpd.GeoSeries, *, fill: str, order: float) -> None:
    """Paint areas in one colour; what has a higher `order` lies above."""
    if not areas.empty:
        painted = PathCollection(_paths(areas), facecolor=fill, edgecolor="none", zorder=order)
        axes.add_collection(painted, autolim=False)


def draw_outlines(
    axes: Axes,
    areas: gpd.GeoSeries,
    *,
    colour: str,
    width: float,
    order: float,
    dashes: tuple[float, ...] = (),
) -> None:
    """Draw the limits of areas; width in points, dashes as lengths of line and gap in widths."""
    rings = gpd.GeoSeries(shapely.boundary(areas.to_numpy()))
    draw_lines(axes, rings, colour=colour, width=width, order=order, dashes=dashes)


def draw_lines(
    axes: Axes,
    lines: gpd.GeoSeries,
    *,
    colour: str,
    width: float,
    order: float,
    dashes: tuple[float, ...] = (),
) -> None:
    """Draw lines; width in points, dashes as lengths of line and gap in widths."""
    pieces = [shapely.get_coordinates(part) for part in shapely.get_parts(lines.to_numpy())]
    if pieces:
        style: Any = (0, dashes) if dashes else "solid"
        drawn = LineCollection(pieces, colors=colour, linewidths=width, linestyles=[style], zorder=order)
        drawn.set_capstyle("butt" if dashes else "round")
        axes.add_collection(drawn, autolim=False)


def _paths(areas: gpd.GeoSeries) -> list[Outline]:
    return [_path(area) for area in areas if area is not None and not area.is_empty]


def _path(area: shapely.Geometry) -> Outline:
    """Give the outline of an area; holes turn the other way round, so that they stay empty."""
    polygons = shapely.orient_polygons(shapely.get_parts(area))
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygons)]
    codes = [
        code for ring in rings for code in (Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY)
    ]
    return Outline(np.vstack(rings), codes)
