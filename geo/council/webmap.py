"""The map as one web page that opens from a stick, with the network off."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Final

import geopandas as gpd
from branca.element import Figure

from geo.council.captions import map_subtitle, map_title, note_lines, source_lines, today
from geo.council.colours import BANDS, UNKNOWN, Band, band_of, occupancy_text
from geo.council.drawing import BARRIERS
from geo.council.figures import figure_name
from geo.council.layers import moved_layer, school_layer
from geo.council.weblayers import MOST_UNITS, add_ground, add_schools, add_sectors, add_units, bare_map
from geo.council.words import Lang, metres, number, say
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.planning.applying import schools_under

_IMAGE: Final = re.compile(r"url\((images/[^)]+\.png)\)")
_SOURCE_MAP: Final = re.compile(r"\n//# sourceMappingURL=\S*")
# folium makes each marker with Leaflet's own picture before it gives it ours; that picture would be asked for.
NO_PICTURES: Final = "L.Marker.prototype.options.icon = L.divIcon();"
_STRIPES: Final = {"over": (8, 45), "unknown": (10, -45)}


def web_map(city: City, evaluation: Evaluation, lang: Lang) -> str:
    """Give the map of an evaluation as one HTML page that loads nothing: map, legend, tables, sources.

    Parameters
    ----------
    city, evaluation
        What is drawn: the sectors of the plan of the evaluation, in the colours of their occupancy.
    lang
        Language of all words, and of the page for a screen reader.
    """
    title = map_title(evaluation, lang)
    holder, script = _chart(city, evaluation, lang)
    texts = {
        "lang": lang,
        "title": escape(title),
        "subtitle": escape(map_subtitle(city, evaluation, lang)),
        "warning": f'<p class="warning">{escape(say("fictional.short", lang))}</p>' if city.fictional else "",
        "map_label": escape(say("web.map", lang)),
        "legend_heading": escape(say("map.legend", lang)),
        "notes_heading": escape(say("map.notes", lang)),
        "sources_heading": escape(say("map.sources", lang)),
        "standing": escape(f"{say('map.printed', lang, day=today())} {say('map.working', lang)}"),
    }
    parts = {
        "leaflet_css": leaflet_style(),
        "leaflet_js": leaflet_script(),
        "page_css": packaged("map.css"),
        "band_css": "\n".join(_band_style(band) for band in (*BANDS, UNKNOWN)),
        "patterns": "".join(_pattern(band) for band in (*BANDS, UNKNOWN) if band.code in _STRIPES),
        "map": holder,
        "script": script,
        "legend": "".join(_legend(city, evaluation, lang)),
        "tables": _school_table(school_layer(city, evaluation), lang) + _moves_table(city, evaluation, lang),
        "notes": items(list(note_lines(city, evaluation, lang))),
        "sources": items([*source_lines(evaluation, lang), say("web.leaflet", lang)]),
    }
    return Template(packaged("map.html")).substitute(texts, **parts)


@cache
def leaflet_script() -> str:
    """Give the program of Leaflet from its wheel, without the link to its source map."""
    return _SOURCE_MAP.sub("", _leaflet("leaflet.js").decode("utf-8"))


@cache
def leaflet_style() -> str:
    """Give the style sheet of Leaflet from its wheel with its pictures within."""

    def inlined(found: re.Match[str]) -> str:
        return f"url(data:image/png;base64,{base64.b64encode(_leaflet(found[1])).decode('ascii')})"

    return _IMAGE.sub(inlined, _leaflet("leaflet.css").decode("utf-8"))


def _leaflet(name: str) -> bytes:
    return (resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet" / name).read_bytes()


def packaged(name: str) -> str:
    """Give a text that comes with the package, of the folder ``page``."""
    return (resources.files("geo.council") / "page" / name).read_text(encoding="utf-8")


def _chart(city: City, evaluation: Evaluation, lang: Lang) -> tuple[str, str]:
    """Give the element that holds the map and the script that draws it."""
    chart = bare_map(city)
    add_sectors(chart, city, evaluation, lang=lang)
    add_ground(chart, city)
    add_units(chart, city, evaluation, lang=lang)
    add_schools(chart, city, evaluation, lang=lang)
    page = Figure()
    page.add_child(chart)
    page.render()  # sorts what the map needs into the parts of a page; the page itself is ours
    scale = f"L.control.scale({{imperial: false}}).addTo({chart.get_name()});"
    return page.html.render(), f"{NO_PICTURES}\n{page.script.render()}\n{scale}"


def _band_style(band: Band) -> str:
    """Give the style of a band on the map and in lists."""
    width, angle = _STRIPES.get(band.code, (0, 0))
    if not width:
        return f".sign.band-{band.code} {{ background: {band.fill}; }}"
    stripes = f"repeating-linear-gradient({-angle}deg, {band.ink} 0 1.5px, {band.fill} 1.5px {width}px)"
    return (
        f"path.band-{band.code} {{ fill: url(#stripes-{band.code}); }}\n"
        f".sign.band-{band.code} {{ background: {stripes}; }}"
    )


def _pattern(band: Band) -> str:
    """Give the hatch of a band for the areas of the map."""
    width, angle = _STRIPES[band.code]
    return (
        f'<pattern id="stripes-{band.code}" width="{width}" height="{width}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({angle})"><rect width="{width}" height="{width}" fill="{band.fill}"/>'
        f'<rect width="1.5" height="{width}" fill="{band.ink}"/></pattern>'
    )


def _legend(city: City, evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    unknown = evaluation.schools["occupancy_share"].isna().any()
    for band in (*BANDS, UNKNOWN) if unknown else BANDS:
        text = say("map.band", lang, name=band.name(lang), limits=band.limits(lang))
        yield entry(f"band-{band.code}", text)
    school = say(f"level.{evaluation.plan.level}.public", lang)
    yield entry("school-sign", say("web.school", lang, school=school), inner="1")
    yield entry("line", say("map.sign.sector", lang))
    if evaluation.units["moved"].any():
        yield entry("moved", say("map.sign.moved", lang))
    yield entry("commune", say("map.sign.commune", lang))
    yield entry("street", say("map.sign.street", lang))
    kinds = set(city.tables["barriers"]["kind"])
    yield from (entry(kind, say(f"map.sign.{kind}", lang)) for kind in BARRIERS if kind in kinds)
    if len(evaluation.units) > MOST_UNITS:
        yield f"<li>{escape(say('web.moved_only', lang))}</li>"


def entry(style: str, text: str, *, inner: str = "") -> str:
    """Write one entry of a legend: a sign of that style, and its words."""
    return f'<li><span class="sign {style}" aria-hidden="true">{inner}</span>{escape(text)}</li>'


def _school_table(schools: gpd.GeoDataFrame, lang: Lang) -> str:
    """Give the same as the map in a table."""
    columns = ("pupils", "capacity_pupils", "occupancy_share", "walk_median_m", "walk_p90_m")
    headings = [("", say("map.number", lang)), ("text", figure_name("school", lang))]
    headings += [("", figure_name(column, lang)) for column in columns]
    headings.append(("text", figure_name("band", lang)))
    rows = []
    for school in schools.itertuples(index=False, name="School"):
        band = band_of(school.occupancy_share)
        figures = [
            number(school.pupils, lang),
            number(school.capacity_pupils, lang),
            occupancy_text(school.occupancy_share, lang),
            metres(school.walk_median_m, lang),
            metres(school.walk_p90_m, lang),
        ]
        cells = "".join(f"<td>{escape(figure)}</td>" for figure in figures)
        sign = f'<span class="sign band-{band.code}" aria-hidden="true"></span>{escape(band.name(lang))}'
        name = f'<th scope="row" class="text">{escape(str(school.name))}</th>'
        rows.append(f'<tr><td>{school.number}</td>{name}{cells}<td class="text">{sign}</td></tr>')
    return html_table(say("map.table", lang), headings, rows)


def _moves_table(city: City, evaluation: Evaluation, lang: Lang) -> str:
    """Give the units that move in a table that opens when asked for; empty if none does."""
    moved = moved_layer(city, evaluation)
    if moved.empty:
        return ""
    names = schools_under(city, evaluation.scenario)["name"]
    plans = (city.current[evaluation.plan.level], evaluation.plan)
    rows = []
    for unit, label in moved["label"].sort_values().items():
        schools = [" / ".join(str(names[school]) for school in plan.schools_of[str(unit)]) for plan in plans]
        cells = "".join(f'<td class="text">{escape(text)}</td>' for text in schools)
        rows.append(f'<tr><th scope="row" class="text">{escape(str(label))}</th>{cells}</tr>')
    headings = [("text", say(f"web.{key}", lang)) for key in ("unit", "before", "after")]
    summary = escape(say("web.moves", lang, count=len(rows)))
    return f"<details><summary>{summary}</summary>{html_table(say('map.sign.moved', lang), headings, rows)}</details>"


def html_table(caption: str, headings: Sequence[tuple[str, str]], rows: Sequence[str]) -> str:
    """Write a table: its headings are pairs of a style and a text, its rows are written already."""
    heads = "".join(f'<th scope="col" class="{style}">{escape(text)}</th>' for style, text in headings)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def items(lines: Sequence[str]) -> str:
    """Write texts as the entries of a list."""
    return "".join(f"<li>{escape(line)}</li>" for line in lines)
