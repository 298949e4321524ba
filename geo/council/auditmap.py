"""The map of an audit as a file of its own: a page that loads nothing, or a layer for a GIS."""

from __future__ import annotations

from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Figure

from geo.council.listmap import FILLS, add_homes, home_table, troubled_homes
from geo.council.street_sectors import write_layer
from geo.council.webmap import leaflet_script, leaflet_style
from geo.council.words import Lang, say
from geo.council.writing import replacing
from geo.errors import ExportError
from geo.territory.annex.audit import LevelAudit

# folium makes each marker with Leaflet's own picture before it gives it ours; that picture would be asked for.
_NO_PICTURES: Final = "L.Marker.prototype.options.icon = L.divIcon();"
_COLUMNS: Final = ("home", "why", "by_list", "drawn", "lines")
_STYLE: Final = """
.folium-map { height: 70vh; min-height: 22rem; width: 100%; }
.leaflet-container { background: #eef0ee; }
.map { grid-template-columns: 1fr; }
.sign.unresolved { background: #63224C; }
.sign.unresolved, .sign.contradicts, .sign.disagrees { border: 1px solid #1A1A1A; border-radius: 50%; }
.sign.contradicts { background: #2E7EBB; }
.sign.disagrees { background: #F2C14E; }
"""


def write_audit_map(audits: tuple[LevelAudit, ...], addresses: gpd.GeoDataFrame, path: Path, *, lang: Lang) -> int:
    """Write the addresses that an audit has something to say about: a page (.html) or a layer (.gpkg, .geojson, .fgb).

    Parameters
    ----------
    audits
        The audit of each level.
    addresses
        All addresses that were audited, index ``address_id``, with their places where known.
    path
        The file to write.
    lang
        Language of its words.

    Returns
    -------
    count
        How many addresses are on the map.

    Raises
    ------
    ExportError
        If no address has a place, the form is not known, or the file cannot be written.
    """
    homes = troubled_homes(audits, addresses, names=pd.Series(dtype="str"))
    placed = homes[~(homes.geometry.isna() | homes.geometry.is_empty)].reset_index(drop=True)
    if addresses.geometry.isna().all():
        raise ExportError(
            f"{path.name}: expected addresses with places, got none. A map needs --addresses with coordinates."
        )
    if path.suffix.lower() != ".html":
        told = home_table(placed, lang).assign(kind=placed["why"])
        write_layer(gpd.GeoDataFrame(told, geometry=placed.geometry, crs=placed.crs), path)
        return len(placed)
    with replacing(path) as draft:
        draft.write_text(audit_page(placed, addresses, lang=lang), encoding="utf-8")
    return len(placed)


def audit_page(homes: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, *, lang: Lang) -> str:
    """Give the map of an audit with its table as one page that loads nothing; `homes` are shown, all are drawn."""
    left, bottom, right, top = addresses[["geometry"]].to_crs("EPSG:4326").total_bounds
    chart = folium.Map(tiles=None, attributionControl=False, zoomSnap=0.25, prefer_canvas=True)
    chart.default_js, chart.default_css = [], []
    chart.fit_bounds([[float(bottom), float(left)], [float(top), float(right)]])
    add_homes(chart, homes, lang=lang)
    page = Figure()
    page.add_child(chart)
    page.render()
    # Every address as a grey point: where people live, without a base map that would have to be loaded.
    ground = _ground(chart.get_name(), addresses)
    scale = f"L.control.scale({{imperial: false}}).addTo({chart.get_name()});"
    texts = {
        "lang": lang,
        "title": escape(say("annex.map.title", lang)),
        "subtitle": escape(say("annex.map.count", lang, count=len(homes))),
        "warning": "",
        "map_label": escape(say("annex.map.title", lang)),
        "legend_heading": escape(say("map.legend", lang)),
        "notes_heading": escape(say("map.notes", lang)),
        "sources_heading": escape(say("map.sources", lang)),
        "standing": "",
    }
    parts = {
        "leaflet_css": leaflet_style(),
        "leaflet_js": leaflet_script(),
        "page_css": (resources.files("geo.council") / "page" / "map.css").read_text(encoding="utf-8"),
        "band_css": _STYLE,
        "patterns": "",
        "map": page.html.render(),
        "script": f"{_NO_PICTURES}\n{page.script.render()}\n{ground}\n{scale}",
        "legend": "".join(
            f'<li><span class="sign {why}" aria-hidden="true"></span>{escape(say(f"list.audit.{why}", lang))}</li>'
            for why in FILLS
        ),
        "tables": _table(home_table(homes, lang), lang),
        "notes": f"<li>{escape(say('annex.map.ground', lang))}</li>",
        "sources": f"<li>{escape(say('web.leaflet', lang))}</li>",
    }
    template = (resources.files("geo.council") / "page" / "map.html").read_text(encoding="utf-8")
    return Template(template).safe_substitute(texts, **parts)


def _ground(chart: str, homes: gpd.GeoDataFrame) -> str:
    """Give the script that draws every address as a small point below the others."""
    points = homes[["geometry"]][~homes.geometry.isna()].to_crs("EPSG:4326")
    places = [[round(point.y, 5), round(point.x, 5)] for point in points.geometry]
    style = "{radius: 1.2, stroke: false, fillColor: '#8a928c', fillOpacity: 0.7, interactive: false}"
    return f"{places}.forEach(place => L.circleMarker(place, {style}).addTo({chart}).bringToBack());"


def _table(table: pd.DataFrame, lang: Lang) -> str:
    heads = "".join(f'<th scope="col" class="text">{escape(say(f"annex.map.{name}", lang))}</th>' for name in _COLUMNS)
    rows = "".join(
        "<tr>" + "".join(f'<td class="text">{escape(str(cell))}</td>' for cell in row) + "</tr>"
        for row in table[list(_COLUMNS)].itertuples(index=False, name=None)
    )
    caption = escape(say("annex.map.table", lang))
    return (
        f'<details><summary>{caption}</summary><div class="scroll"><table><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
