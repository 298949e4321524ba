"""The map that is only looked at: sectors and schools in the colours of their occupancy, drawn by folium."""

from __future__ import annotations

from collections.abc import Iterable

from branca.element import Element, MacroElement
from folium import Map
from jinja2 import Template
from streamlit_folium import st_folium

from geo.council.colours import BANDS, UNKNOWN, Band
from geo.council.weblayers import add_ground, add_schools, add_sectors, bare_map
from geo.council.words import Lang
from geo.model.city import City
from geo.model.evaluation import Evaluation

# Served by the app itself, see apps/assets.py: folium's own addresses lead out of the house. They are relative to
# the frame of the map, /component/streamlit_folium.st_folium/, so that a prefix set by a proxy is kept.
_SCRIPTS = [("leaflet", "../../app/static/leaflet/leaflet.js")]
_STYLES = [("leaflet", "../../app/static/leaflet/leaflet.css")]
_LOOK = """<style>
.school { display: block; box-sizing: border-box; width: 26px; height: 26px; border: 2px solid #222;
  border-radius: 50%; background: #fff; text-align: center; font: 700 12px/22px sans-serif; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.leaflet-container { background: #fff; font: 13px/1.4 sans-serif; }
.leaflet-tooltip { white-space: normal; width: max-content; max-width: 20rem; }
.patterns { position: absolute; width: 0; height: 0; }
</style>"""


def overview_map(city: City, evaluation: Evaluation, *, lang: Lang, height: int, key: str) -> None:
    """Draw the sectors and schools of an evaluation.

    Parameters
    ----------
    city, evaluation
        What is drawn.
    lang
        Language of the words on the map.
    height
        Height of the map [px].
    key
        Name of the map on the page.
    """
    chart = blank_map(city)
    add_sectors(chart, city, evaluation, lang=lang)
    add_ground(chart, city)
    add_schools(chart, city, evaluation, lang=lang)
    show(chart, (*BANDS, UNKNOWN), height=height, key=key)


def blank_map(city: City) -> Map:
    """Give a map that shows the commune and asks for nothing, to add layers to."""
    chart = bare_map(city)
    # Before any marker: it is made with Leaflet's own picture first.
    chart.add_child(_NoPictures())
    return chart


def show(chart: Map, bands: Iterable[Band], *, height: int, key: str) -> None:
    """Show a map of folium with the programs of this machine alone; areas of `bands` are hatched where those are."""
    chart.default_js, chart.default_css = _SCRIPTS, _STYLES
    figure = chart.get_root()
    figure.header.add_child(Element(_LOOK))
    figure.html.add_child(Element(_patterns(bands)))
    st_folium(chart, key=key, height=height, use_container_width=True, returned_objects=[])


class _NoPictures(MacroElement):
    """Keep Leaflet from asking for its own picture of a marker, which each of ours replaces at once."""

    _template = Template("{% macro script(this, kwargs) %}L.Marker.prototype.options.icon = L.divIcon();{% endmacro %}")


def _patterns(bands: Iterable[Band]) -> str:
    """Give the hatches of the classes that have one, so that colour is never alone."""
    hatched = [band for band in bands if band.hatch]
    drawn = "".join(_pattern(band) for band in hatched)
    rules = "".join(f"path.band-{band.code} {{ fill: url(#stripes-{band.code}); }}" for band in hatched)
    return f"<svg class='patterns' aria-hidden='true'><defs>{drawn}</defs></svg><style>{rules}</style>"


def _pattern(band: Band) -> str:
    return (
        f"<pattern id='stripes-{band.code}' width='8' height='8' patternUnits='userSpaceOnUse' "
        f"patternTransform='rotate(45)'><rect width='8' height='8' fill='{band.fill}'/>"
        f"<rect width='1.5' height='8' fill='{band.ink}'/></pattern>"
    )
