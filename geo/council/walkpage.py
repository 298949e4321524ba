"""The maps of walks to school as one web page that opens from a stick, with the network off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from string import Template
from typing import Final

import folium
import geopandas as gpd
from branca.element import Figure

from geo.council.captions import source_texts, today
from geo.council.catchments import (
    PAIR_COLUMNS,
    SCHOOL_COLUMNS,
    column_name,
    pair_rows,
    school_rows,
    sentences,
    written,
)
from geo.council.colours import Band
from geo.council.distances import NONE, class_text, detour_classes, walk_classes
from geo.council.drawing import CATCHMENT, LIMIT
from geo.council.walklayers import light_rings, nearest_limits, school_layer, sector_layer, unit_layer
from geo.council.walkmap import remarks, subtitle
from geo.council.weblayers import MOST_UNITS, add_ground, add_shapes, bare_map, light_shapes, safe_text
from geo.council.webmap import NO_PICTURES, entry, html_table, items, leaflet_script, leaflet_style, packaged
from geo.council.words import Lang, level_name, metres, say
from geo.model.city import City
from geo.planning.catchments import Catchments
from geo.planning.walk_areas import WalkAreas

_STRIPE_PX: Final = 8
_PANE: Final = "areas"
_BELOW: Final = 390  # Leaflet draws lines at 400
_MOST_PAIRS: Final = 40
_LINE_STYLE: Final = (
    f"\n.sign.catchment {{ height: 0; border-width: 0 0 3px; border-style: dashed; border-color: {CATCHMENT}; }}"
    "\n.legend .head { font-weight: 700; margin-top: .7rem; }"
)
_OWN: Final = {"sector": "legal", "nearest": "nearest"}
_LINES: Final = (("line", "sector"), ("commune", "commune"), ("street", "street"))


def walk_page(city: City, found: Catchments, ground: WalkAreas, *, lang: Lang) -> str:
    """Give both maps as one HTML page that loads nothing: maps to choose from, legend, tables, sources.

    Parameters
    ----------
    city, found, ground
        The city, its figures and its areas.
    lang
        Language of all words, and of the page for a screen reader.
    """
    holder, script = _chart(city, found, ground, lang=lang)
    texts = {
        "lang": lang,
        "title": escape(say("catchments.map.title", lang, level=level_name(found.level, lang))),
        "subtitle": escape(subtitle(city, found, lang)),
        "warning": f'<p class="warning">{escape(say("fictional.short", lang))}</p>' if city.fictional else "",
        "map_label": escape(say("web.map", lang)),
        "legend_heading": escape(say("map.legend", lang)),
        "notes_heading": escape(say("map.notes", lang)),
        "sources_heading": escape(say("map.sources", lang)),
        "standing": escape(f"{say('map.printed', lang, day=today())} {say('map.working', lang)}"),
    }
    bands = [*detour_classes(), *_ring_classes(found), NONE]
    parts = {
        "leaflet_css": leaflet_style(),
        "leaflet_js": leaflet_script(),
        "page_css": packaged("map.css"),
        "band_css": "\n".join(_band_style(band) for band in bands) + _LINE_STYLE,
        "patterns": "".join(_pattern(band) for band in bands if band.hatch),
        "map": holder,
        "script": script,
        "legend": "".join(_legend(found, lang)),
        "tables": _told(found, lang) + _tables(city, found, lang),
        "notes": items(list(remarks(city, found, lang))),
        "sources": items([*source_texts(found.sources, lang), say("web.leaflet", lang)]),
    }
    return Template(packaged("map.html")).substitute(texts, **parts)


def _chart(city: City, found: Catchments, ground: WalkAreas, *, lang: Lang) -> tuple[str, str]:
    """Give the element that holds the map and the script that draws it."""
    chart = bare_map(city)
    # Under the lines, whichever of the two is chosen last.
    folium.map.CustomPane(_PANE, z_index=_BELOW).add_to(chart)
    nearest = folium.FeatureGroup(say("catchments.map.nearest", lang), overlay=False, show=True)
    rings = folium.FeatureGroup(say("catchments.map.rings", lang), overlay=False, show=False)
    limits = folium.FeatureGroup(say("map.sign.catchment", lang), overlay=True, show=True)
    for group in (nearest, rings, limits):
        group.add_to(chart)
    _add_units(nearest, city, found, lang=lang)
    _add_rings(rings, found, ground)
    line = {"color": CATCHMENT, "weight": 3, "dashArray": "9 5"}
    add_shapes(limits, gpd.GeoDataFrame(geometry=nearest_limits(city, ground.areas).simplify(1.5)), line)
    add_ground(chart, city)
    sectors = light_shapes(sector_layer(city, found)[["geometry"]])
    add_shapes(chart, sectors, {"color": LIMIT, "weight": 1.6, "fill": False})
    _add_schools(chart, city, found, lang=lang)
    folium.LayerControl(position="bottomright", collapsed=False).add_to(chart)
    page = Figure()
    page.add_child(chart)
    page.render()  # sorts what the map needs into the parts of a page; the page itself is ours
    scale = f"L.control.scale({{imperial: false}}).addTo({chart.get_name()});"
    return page.html.render(), f"{NO_PICTURES}\n{page.script.render()}\n{scale}"


def _add_units(group: folium.FeatureGroup, city: City, found: Catchments, *, lang: Lang) -> None:
    """Add the units in the classes of their detour, with their schools when pointed at if they are not too many."""
    units = light_shapes(unit_layer(city, found))
    names = {"label": say("map.unit", lang), **{key: column_name(_OWN[key], found, lang) for key in _OWN}}
    few = len(units) <= MOST_UNITS
    for band in (*detour_classes(), NONE):
        part = units[units["detour"] == band.code]
        style = {"className": f"band-{band.code}", "fillColor": band.fill, "fillOpacity": 1, "pane": _PANE}
        if few:
            style |= {"color": LIMIT, "weight": 0.3, "opacity": 0.35}
            add_shapes(group, _told_units(part, lang), style, tooltip=names)
        elif len(part):
            whole = gpd.GeoDataFrame(geometry=[part.geometry.union_all()], crs=part.crs)
            add_shapes(group, whole, {**style, "stroke": False})


def _told_units(units: gpd.GeoDataFrame, lang: Lang) -> gpd.GeoDataFrame:
    """Give units with their schools and walks in words that are safe to stand in a page."""
    walks = {
        key: [_walk(*pair, lang=lang) for pair in zip(units[key], units[metre], strict=True)]
        for key, metre in (("sector", "walk_m"), ("nearest", "nearest_m"))
    }
    return gpd.GeoDataFrame({"label": units["label"].map(safe_text), **walks}, geometry=units.geometry)


def _walk(school: str, walk_m: float, *, lang: Lang) -> str:
    return safe_text(f"{school} ({metres(walk_m, lang)})" if school else say("unknown", lang))


def _add_rings(group: folium.FeatureGroup, found: Catchments, ground: WalkAreas) -> None:
    """Add the rings around the schools."""
    for band in _ring_classes(found):
        style = {
            "className": f"band-{band.code}",
            "fillColor": band.fill,
            "fillOpacity": 1,
            "stroke": False,
            "pane": _PANE,
        }
        rings = light_rings(ground.rings)
        add_shapes(group, gpd.GeoDataFrame(geometry=rings[rings.index == band.high]), style)


def _add_schools(chart: folium.Map, city: City, found: Catchments, *, lang: Lang) -> None:
    """Add the schools as numbers that lead to the table, with their figures when pointed at or focused."""
    schools = school_layer(city, found).to_crs("EPSG:4326")
    shown = ("children", "far_share", "nearer_share", "walk_median_m")
    texts = written(schools, shown, found, lang=lang)
    for row, figures in zip(schools.itertuples(), texts.to_dict("records"), strict=True):
        name = safe_text(str(row.school))
        told = "<br>".join(
            safe_text(f"{label} : {text}" if lang == "fr" else f"{label}: {text}") for label, text in figures.items()
        )
        icon = folium.DivIcon(
            html=f'<span class="school">{row.number}<span class="hidden"> {name}</span></span>',
            icon_size=(26, 26),
            icon_anchor=(13, 13),
            class_name="school-icon",
        )
        at = [round(float(row.geometry.y), 6), round(float(row.geometry.x), 6)]
        folium.Marker(at, icon=icon, tooltip=folium.Tooltip(f"<strong>{name}</strong><br>{told}")).add_to(chart)


def _ring_classes(found: Catchments) -> tuple[Band, ...]:
    return walk_classes(found.choices.limits_m)[:-1]


def _legend(found: Catchments, lang: Lang) -> Iterator[str]:
    yield f'<li class="head">{escape(say("catchments.map.nearest", lang))}</li>'
    missing = [NONE] if found.units["walk_m"].isna().any() else []
    yield from (entry(f"band-{band.code}", class_text(band, lang)) for band in (*detour_classes(), *missing))
    yield f'<li class="head">{escape(say("catchments.map.rings", lang))}</li>'
    yield from (entry(f"band-{band.code}", class_text(band, lang)) for band in _ring_classes(found))
    yield f"<li>{escape(say('catchments.map.farther', lang, low=found.choices.limits_m[-1]))}</li>"
    yield f'<li class="head">{escape(say("catchments.map.both", lang))}</li>'
    yield entry("catchment", say("map.sign.catchment", lang))
    school = say(f"level.{found.level}.public", lang)
    yield entry("school-sign", say("web.school", lang, school=school), inner="1")
    yield from (entry(style, say(f"map.sign.{sign}", lang)) for style, sign in _LINES)


def _told(found: Catchments, lang: Lang) -> str:
    return f"<p>{escape(' '.join(sentences(found, lang)))}</p>"


def _tables(city: City, found: Catchments, lang: Lang) -> str:
    """Give the same as the maps in tables: schools, and who has a nearer school than that of the sector."""
    schools = written(school_rows(city, found), SCHOOL_COLUMNS, found, lang=lang)
    pairs = written(pair_rows(city, found).head(_MOST_PAIRS), PAIR_COLUMNS, found, lang=lang)
    told = _table(say("catchments.map.schools", lang), list(schools.columns), schools.to_numpy().tolist(), names=(1,))
    if pairs.empty:
        return told
    return told + _table(
        say("catchments.map.pairs", lang), list(pairs.columns), pairs.to_numpy().tolist(), names=(0, 1)
    )


def _table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, names: Sequence[int]) -> str:
    styles = ["text" if place in names else "" for place in range(len(headings))]
    lines = []
    for row in rows:
        cells = [
            f'<th scope="row" class="text">{escape(text)}</th>'
            if place == names[0]
            else f'<td class="{style}">{escape(text)}</td>'
            for place, (text, style) in enumerate(zip(row, styles, strict=True))
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return html_table(caption, list(zip(styles, headings, strict=True)), lines)


def _band_style(band: Band) -> str:
    """Give the style of a class on the map and in lists."""
    if not band.hatch:
        return f".sign.band-{band.code} {{ background: {band.fill}; }}"
    stripes = f"repeating-linear-gradient(-45deg, {band.ink} 0 1.5px, {band.fill} 1.5px {_STRIPE_PX}px)"
    return (
        f"path.band-{band.code} {{ fill: url(#stripes-{band.code}); }}\n"
        f".sign.band-{band.code} {{ background: {stripes}; }}"
    )


def _pattern(band: Band) -> str:
    """Give the hatch of a class for the areas of the map."""
    return (
        f'<pattern id="stripes-{band.code}" width="{_STRIPE_PX}" height="{_STRIPE_PX}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{_STRIPE_PX}" height="{_STRIPE_PX}" fill="{band.fill}"/>'
        f'<rect width="1.5" height="{_STRIPE_PX}" fill="{band.ink}"/></pattern>'
    )
