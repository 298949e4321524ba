"""What the map of places in reach is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assets import publish_layer
from components.point_map import TEXT_KEYS, Content, Mark
from views.layers import WGS84, view_of
from views.walk_layers import layer_text, painted

from geo.council.reachlayers import View, area_outlines, class_text, painted_areas, painted_classes
from geo.council.reachtables import cell_text, column_name, place_columns, place_rows
from geo.council.words import Lang, say
from geo.model.city import City
from geo.planning.reach import Reach

_OWN_TEXTS: Final = ("attribution", "map", "fit")
_FILL, _INK = "#FFFFFF", "#1A1A1A"
_CLOSED_FILL, _CLOSED_INK = "#B9B9B9", "#4A4A4A"
_NOTHING: Final = {"type": "FeatureCollection", "features": []}


def publish_reach(folder: Path, city: City, found: Reach, *, view: View) -> dict[str, str]:
    """Serve painted areas and the outlines of statistical areas, and give the address of each: never a count."""
    areas = painted(painted_areas(view, city, found), painted_classes(view, found))
    layers = {"areas": publish_layer(folder, f"reach_{view}", layer_text(areas))}
    outlines = area_outlines(city)
    if not outlines.empty:
        layers["sectors"] = publish_layer(folder, "reach_outlines", layer_text(outlines))
    return layers


def reach_content(city: City, found: Reach, lang: Lang) -> Content:
    """Give the places as numbers with their figures; grey ones are not counted at that moment."""
    at, counted = found.places.geometry.to_crs(WGS84), found.places["counted"]
    told = [name for name in place_columns(found) if name != "place"]
    marks = [
        Mark(
            id=str(place),
            name=str(row["place"]),
            text="\n".join(
                say(
                    "app.reach.marked",
                    lang,
                    name=column_name(name, found, lang),
                    figure=cell_text(name, row[name], lang),
                )
                for name in told
                if counted[place] or name not in {"reached", "seats_per_100"}
            ),
            label=str(row["number"]),
            lon=at[place].x,
            lat=at[place].y,
            fill=_FILL if counted[place] else _CLOSED_FILL,
            ink=_INK if counted[place] else _CLOSED_INK,
        )
        for place, row in place_rows(found, lang).iterrows()
    ]
    return Content(_NOTHING, view_of(city), marks)


def reach_texts(found: Reach, view: View, *, attribution: str, lang: Lang) -> dict[str, str]:
    """Give every word of the map."""
    same = {name: say(f"app.map.{name}", lang, layer="{layer}") for name in TEXT_KEYS if name not in _OWN_TEXTS}
    own = {"map": say("app.reach.drawing", lang), "fit": say("app.map.fit", lang), "attribution": attribution}
    classes = {f"class_{band.code}": class_text(band, lang) for band in painted_classes(view, found)}
    return {**same, **own, **classes, "tip_sectors": say("app.reach.area_tip", lang, name="{name}")}
