"""The layers of the web map, light enough to travel in one file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

import folium
import geopandas as gpd
import shapely

from geo.council.colours import BANDS, UNKNOWN, occupancy_text
from geo.council.drawing import BARRIERS, LIMIT, MOVED, STREET
from geo.council.layers import moved_layer, school_layer, sector_layer
from geo.council.words import Lang, metres, number, say
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.planning.applying import schools_under

# With more units than this the page would be slow: only those that move are drawn, and the sectors tell the rest.
MOST_UNITS: Final = 3000

_WGS84: Final = "EPSG:4326"
_GRID_DEGREES: Final = 1e-6  # a tenth of a metre
_SIMPLER_M: Final = 2.0
_FILLS: Final = {band.code: band.fill for band in (*BANDS, UNKNOWN)}


def bare_map(city: City) -> folium.Map:
    """Give a map without tiles and without anything to load, that shows the commune."""
    left, bottom, right, top = city.layer("commune").to_crs(_WGS84).total_bounds
    chart = folium.Map(tiles=None, attributionControl=False, zoomSnap=0.25)
    chart.default_js, chart.default_css = [], []
    chart.fit_bounds([[float(bottom), float(left)], [float(top), float(right)]])
    return chart


def add_ground(chart: folium.Map, city: City) -> None:
    """Add barriers, streets and the limit of the commune, which say nothing when pointed at."""
    barriers = city.layer("barriers")
    for kind in (kind for kind in BARRIERS if kind in set(barriers["kind"])):
        style = {"color": BARRIERS[kind], "fillColor": BARRIERS[kind], "weight": 1, "fillOpacity": 0.9}
        add_shapes(chart, light_shapes(barriers.loc[barriers["kind"] == kind, ["geometry"]]), style)
    streets = light_shapes(city.layer("streets")[["geometry"]])
    whole = gpd.GeoDataFrame(geometry=[shapely.union_all(streets.geometry.to_numpy())], crs=streets.crs)
    add_shapes(chart, whole, {"color": STREET, "weight": 0.7, "opacity": 0.6})
    add_shapes(
        chart, city.layer("commune")[["geometry"]], {"color": LIMIT, "weight": 2.5, "fill": False, "dashArray": "8 4"}
    )


def add_sectors(chart: folium.Map, city: City, evaluation: Evaluation, *, lang: Lang) -> None:
    """Add the sectors in the colours of their occupancy."""
    sectors = light_shapes(sector_layer(city, evaluation, evaluation.plan))
    for code, part in sectors.groupby("band"):
        texts = gpd.GeoDataFrame(
            {
                "name": part["name"].map(safe_text),
                "occupancy": part["occupancy_share"].map(lambda share: occupancy_text(share, lang)),
            },
            geometry=part.geometry,
        )
        style = {"className": f"band-{code}", "fillColor": _FILLS[str(code)], "fillOpacity": 1, "color": LIMIT}
        aliases = {"name": say("map.sector", lang), "occupancy": say("figure.occupancy_share.name", lang)}
        add_shapes(chart, texts, {**style, "weight": 1.6}, tooltip=aliases)


def add_units(chart: folium.Map, city: City, evaluation: Evaluation, *, lang: Lang) -> None:
    """Add the units with their schools, as far as their number allows; those that move stand out."""
    units = light_shapes(city.layer("units")[["label", "geometry"]])
    units = units[units.index.isin(evaluation.plan.schools_of.keys())]
    moved = units.index.isin(moved_layer(city, evaluation).index)
    rest = units[~moved]
    if len(rest) <= MOST_UNITS:
        plain = {"weight": 0.3, "color": LIMIT, "opacity": 0.25, "fillOpacity": 0}
        add_shapes(chart, _told(city, evaluation, rest), plain, tooltip=_aliases(lang))
    if moved.any():
        marked = {"weight": 2.2, "color": MOVED, "fillOpacity": 0}
        add_shapes(chart, _told(city, evaluation, units[moved]), marked, tooltip=_aliases(lang))


def add_schools(chart: folium.Map, city: City, evaluation: Evaluation, *, lang: Lang) -> None:
    """Add the schools as numbers that lead to the table, with their figures when pointed at or focused."""
    for school in school_layer(city, evaluation).to_crs(_WGS84).itertuples(index=False, name="School"):
        name = safe_text(str(school.name))
        figures = say(
            "map.tooltip",
            lang,
            pupils=number(school.pupils, lang),
            places=number(school.capacity_pupils, lang),
            occupancy=occupancy_text(school.occupancy_share, lang),
            walk=metres(school.walk_median_m, lang),
        )
        icon = folium.DivIcon(
            html=f'<span class="school">{school.number}<span class="hidden"> {name}</span></span>',
            icon_size=(26, 26),
            icon_anchor=(13, 13),
            class_name="school-icon",
        )
        tooltip = folium.Tooltip(f"<strong>{name}</strong><br>{safe_text(figures)}")
        at = [round(float(school.geometry.y), 6), round(float(school.geometry.x), 6)]
        folium.Marker(at, icon=icon, tooltip=tooltip).add_to(chart)


def _told(city: City, evaluation: Evaluation, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give units with the names of their schools, today and in the plan, safe to stand in a page."""
    names = schools_under(city, evaluation.scenario)["name"]
    current = city.current[evaluation.plan.level].schools_of

    def schools(unit: str) -> str:
        before, after = (
            " / ".join(str(names[school]) for school in which.get(unit, ()))
            for which in (current, evaluation.plan.schools_of)
        )
        return after if before == after else f"{before} → {after}"

    return gpd.GeoDataFrame(
        {"label": units["label"].map(safe_text), "schools": [safe_text(schools(unit)) for unit in units.index]},
        geometry=units.geometry,
    )


def safe_text(text: str) -> str:
    """Write a text so that it is only text within a page, and within the backticks that folium puts around it."""
    signs = {"`": "&#96;", "$": "&#36;", "\\": "&#92;"}
    return "".join(signs.get(letter, letter) for letter in escape(text))


def _aliases(lang: Lang) -> dict[str, str]:
    return {"label": say("map.unit", lang), "schools": say("figure.school.name", lang)}


def add_shapes(
    chart: folium.Map | folium.FeatureGroup,
    shapes: gpd.GeoDataFrame,
    style: Mapping[str, object],
    *,
    tooltip: Mapping[str, str] | None = None,
) -> None:
    """Add shapes to the map, with few decimals; without a tooltip they let the mouse through.

    Parameters
    ----------
    chart
        The map, or a group of its layers.
    shapes
        The shapes with the columns of `tooltip`, whose texts are safe (`safe_text`).
    style
        Their style, by the names of Leaflet.
    tooltip
        From a column to its name for people.
    """
    if shapes.empty:
        return
    light = shapes.to_crs(_WGS84)
    light = light.set_geometry(light.geometry.set_precision(_GRID_DEGREES, mode="pointwise"))
    hint = folium.GeoJsonTooltip(list(tooltip), aliases=list(tooltip.values()), sticky=True) if tooltip else None
    folium.GeoJson(
        light.to_json(drop_id=True),
        style_function=lambda _: {**style, "interactive": tooltip is not None},
        tooltip=hint,
        zoom_on_click=False,
        control=False,
    ).add_to(chart)


def light_shapes(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify shapes; areas that share a limit still share it afterwards."""
    if shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        simpler = shapely.coverage_simplify(shapes.geometry.to_numpy(), _SIMPLER_M)
        return shapes.set_geometry(gpd.GeoSeries(simpler, index=shapes.index, crs=shapes.crs))
    return shapes.set_geometry(shapes.geometry.simplify(_SIMPLER_M))
