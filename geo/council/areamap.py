"""The map of statistical areas: how deprived, how many children, how many dwellings in priority quarters."""

from __future__ import annotations

import math
from typing import Final, Literal

import folium
import geopandas as gpd
import shapely

from geo.council.colours import UNKNOWN, Band
from geo.council.drawing import LIMIT
from geo.council.portraits import area_figures, figure_text, heading
from geo.council.weblayers import add_shapes, light_shapes, safe_text
from geo.council.words import Lang
from geo.model.city import City
from geo.planning.portrait import Portrait

Shown = Literal["quintile", "children", "qpv_share"]
SHOWN: Final[tuple[Shown, ...]] = ("quintile", "children", "qpv_share")
# From pale to dark, so that a print in grey keeps the order and no one needs to tell red from green.
_FILLS: Final = ("#FFF4DC", "#F6CF9A", "#E39B66", "#B4605A", "#63224C")
_INKS: Final = ("#1A1A1A", "#1A1A1A", "#1A1A1A", "#FFFFFF", "#FFFFFF")
_HATCHES: Final = ("", "", "", "", "///")
_UNMEASURED: Final = Band("not_measured", math.nan, math.nan, UNKNOWN.fill, UNKNOWN.ink, UNKNOWN.hatch)
FIFTHS: Final = tuple(
    Band(f"fifth_{rank}", rank, rank + 1, fill, ink, hatch)
    for rank, (fill, ink, hatch) in enumerate(zip(_FILLS, _INKS, _HATCHES, strict=True), start=1)
)
# No dwelling at all, then quarters of the dwellings.
_LIMITS: Final = ((0.0, 0.0), (0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0))
QUARTER_SHARES: Final = tuple(
    Band(f"quarter_{rank}", low, high, fill, ink, hatch)
    for rank, ((low, high), fill, ink, hatch) in enumerate(zip(_LIMITS, _FILLS, _INKS, _HATCHES, strict=True))
)
_WGS84: Final = "EPSG:4326"
_PLAIN: Final = "#F3F2EE"
_RING: Final = "#2B5C8A"
_DISC: Final = "#BCD4E8"
_LARGEST_PX: Final = 36.0
# With more areas than this their names would cover the map: the pointer and the table tell them.
_MOST_NAMES: Final = 25
_LABEL: Final = (
    "display:block;transform:translate(-50%,-50%);width:max-content;max-width:6em;text-align:center;color:#1A1A1A;"
    "font:11px/1.15 sans-serif;padding:1px 4px;border-radius:4px;"
)
# On colours a label stands on a pale plate; a circle must be seen through it.
_PLATE: Final = "background:rgba(255,255,255,.82)"
_HALO: Final = "text-shadow:0 0 2px #fff,0 0 3px #fff,0 0 4px #fff"
_FIGURE: Final = "display:block;font:700 13px/1.2 sans-serif"
# How near to the best place of a label is near enough [m].
_NEAR_M: Final = 5.0
_TOLD: Final = ("name", "quintile", "children", "qpv_share")


def bands_of(shown: Shown, found: Portrait) -> tuple[Band, ...]:
    """Give the classes of what the map shows, that of what is not known last if there is any; none for circles."""
    if shown == "children":
        return ()
    known = FIFTHS if shown == "quintile" else QUARTER_SHARES
    return (*known, _UNMEASURED) if found.iris.loc[found.iris.index != "", shown].isna().any() else known


def band_of_area(shown: Shown, value: float) -> Band:
    """Give the class of a figure of an area; circles have one class for all."""
    if shown == "children":
        return Band("area", math.nan, math.nan, _PLAIN, _INKS[0])
    if math.isnan(value):
        return _UNMEASURED
    if shown == "quintile":
        return FIFTHS[round(value) - 1]
    return next((band for band in reversed(QUARTER_SHARES[1:]) if value >= band.low and value > 0), QUARTER_SHARES[0])


def add_areas(chart: folium.Map, city: City, found: Portrait, *, shown: Shown, lang: Lang) -> None:
    """Add the statistical areas in the classes of what is shown, with their figures when pointed at.

    Parameters
    ----------
    chart
        The map.
    city, found
        The city and its portrait.
    shown
        What the colours say.
    lang
        Language of the words on the map.
    """
    areas = _figured(city, found, lang)
    bands = [band_of_area(shown, value) for value in areas[shown].astype("float64")]
    aliases = {name: heading(name, str(found.columns["year"].get(name, "")), lang) for name in _TOLD}
    for band in dict.fromkeys(bands):
        part = areas[[one == band for one in bands]]
        texts = {name: [safe_text(figure_text(name, value, lang)) for value in part[name]] for name in _TOLD}
        style = {"className": f"band-{band.code}", "fillColor": band.fill, "fillOpacity": 1, "color": LIMIT}
        shapes = gpd.GeoDataFrame(texts, geometry=part.geometry.to_numpy(), crs=part.crs)
        add_shapes(chart, shapes, {**style, "weight": 1.2}, tooltip=aliases)


def add_quarters(chart: folium.Map, city: City) -> None:
    """Add the limits of the priority quarters, which are seen on any colour."""
    quarters = city.layer("qpv")
    if quarters.empty:
        return
    for style in ({"color": "#FFFFFF", "weight": 5}, {"color": "#111111", "weight": 2, "dashArray": "7 5"}):
        add_shapes(chart, quarters[["geometry"]], {**style, "fill": False, "opacity": 1})


def add_labels(chart: folium.Map, city: City, found: Portrait, *, shown: Shown, lang: Lang) -> None:
    """Write the figure of each area in its middle, on a circle of that size where it is a count.

    Where the areas are many, those whose figure is not known bear none.

    Parameters
    ----------
    chart
        The map.
    city, found
        The city and its portrait.
    shown
        The figure that is written.
    lang
        Language of the figures.
    """
    areas = _figured(city, found, lang)
    widest = shapely.maximum_inscribed_circle(areas.geometry.to_numpy(), tolerance=_NEAR_M)
    middles = gpd.GeoSeries(shapely.get_point(widest, 0), index=areas.index, crs=areas.crs).to_crs(_WGS84)
    figures = areas[shown].astype("float64")
    many = len(areas) > _MOST_NAMES
    ground = _HALO if shown == "children" else _PLATE
    for area, place in middles.items():
        at = [round(place.y, 6), round(place.x, 6)]
        if shown == "children" and figures[area] > 0:
            radius = _LARGEST_PX * math.sqrt(figures[area] / figures.max())
            ring = folium.CircleMarker(at, radius=radius, weight=1.5, color=_RING, fill_color=_DISC, fill_opacity=0.9)
            ring.options["interactive"] = False
            ring.add_to(chart)
        if many and math.isnan(figures[area]):
            continue  # its hatches and the legend tell it
        figure = safe_text(figure_text(shown, areas.loc[area, shown], lang))
        name = "" if many else safe_text(str(areas.loc[area, "name"]))
        text = f'<span style="{_LABEL}{ground}"><span style="{_FIGURE}">{figure}</span>{name}</span>'
        icon = folium.DivIcon(html=text, icon_size=(0, 0), class_name="area-label")
        folium.Marker(at, icon=icon, interactive=False, keyboard=False).add_to(chart)


def _figured(city: City, found: Portrait, lang: Lang) -> gpd.GeoDataFrame:
    """Give the areas that are drawn with their figures, index ``iris``; none if the city has no shapes of them."""
    if city.tables["iris"].empty:
        return gpd.GeoDataFrame(area_figures(found, lang).iloc[:0], geometry=[], crs=city.crs)
    shapes = light_shapes(city.layer("iris")[["geometry"]])
    return shapes.join(area_figures(found, lang)).sort_index()
