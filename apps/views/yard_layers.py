"""What the two maps of the page *Cours d'école* are sent: yards and numbers, or one yard with its shade."""

from __future__ import annotations

import json
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from components.point_map import TEXT_KEYS, Content, Mark
from components.school_map import MapView

from geo.council.words import Lang, say
from geo.council.yards import rank_text, sun_of
from geo.model.city import City
from geo.planning.yard_scene import yard_grounds, yard_scene
from geo.planning.yards import Point, Yards

WGS84: Final = "EPSG:4326"
# About a centimetre.
_DIGITS: Final = 7
_OWN_TEXTS: Final = ("attribution", "map", "fit")


def city_content(city: City, found: Yards, table: pd.DataFrame, *, chosen: str | None, lang: Lang) -> Content:
    """Give the yards in the classes of their sun under the scenario, and their numbers.

    Parameters
    ----------
    city, found
        The city and its yards.
    table
        Their ranking, see `geo.council.yards.ranking`.
    chosen
        The school whose yard is looked at.
    lang
        Language of the words on the map.
    """
    grounds = yard_grounds(found, city.crs)
    bands = [sun_of(share) for share in table["unshaded_share_after"].reindex(grounds.index)]
    grounds = grounds.assign(kind="yard", fill=[band.fill for band in bands])
    commune = city.layer("commune")[["geometry"]].assign(kind="commune")
    commune = commune.set_geometry(commune.boundary)
    places = grounds.geometry.representative_point().to_crs(WGS84)
    marks = [
        _mark(table.loc[school], places[school], chosen=chosen, lang=lang)
        for school in table.index.intersection(places.index)
    ]
    return Content(_geojson(pd.concat([commune, grounds])), _view(grounds, city.crs), marks)


def yard_content(city: City, found: Yards, school_id: str, *, slot: str) -> Content:
    """Give one yard with what stands around it and its shade at a recess; clicking it plants.

    Parameters
    ----------
    city, found
        The city and its yards.
    school_id
        The school of the yard.
    slot
        Time of the recess.
    """
    scene = yard_scene(city, found, school_id, slot=slot)
    return Content(
        _geojson(scene),
        _view(scene[scene["kind"] == "yard"], city.crs),
        clickable=not found.table["closed"][school_id],
    )


def map_words(lang: Lang, *, shown: str, attribution: str) -> dict[str, str]:
    """Give every word of a map; `shown` is ``city`` or ``yard``."""
    same = {name: say(f"app.map.{name}", lang, layer="{layer}") for name in TEXT_KEYS if name not in _OWN_TEXTS}
    own = {"map": say(f"app.playgrounds.drawing.{shown}", lang), "fit": say("app.playgrounds.drawing.fit", lang)}
    return {**same, **own, "attribution": attribution}


def point_of(city: City, lon: float, lat: float) -> Point:
    """Give a place of the map [degrees] in the CRS of the city [m], to the centimetre."""
    x, y = pyproj.Transformer.from_crs(WGS84, city.crs, always_xy=True).transform(lon, lat)
    return round(float(x), 2), round(float(y), 2)


def _mark(row: pd.Series, place: shapely.Point, *, chosen: str | None, lang: Lang) -> Mark:
    band = sun_of(float(row["unshaded_share_after"]))
    told = {"share": row["unshaded_share_after"], "rank": rank_text(row, "after", lang), "band": band.name(lang)}
    return Mark(
        id=str(row.name),
        name=str(row["name"]),
        text=say("app.playgrounds.drawing.mark", lang, **told),
        label=str(row["number"]),
        lon=place.x,
        lat=place.y,
        fill=band.fill,
        ink=band.ink,
        chosen=row.name == chosen,
    )


def _view(shown: gpd.GeoDataFrame, crs: str) -> MapView:
    """Give the ground that holds shapes [degrees]."""
    bounds = gpd.GeoSeries([shapely.box(*shown.total_bounds)], crs=crs).to_crs(WGS84).total_bounds
    return MapView(*(round(float(edge), _DIGITS) for edge in bounds))


def _geojson(shapes: gpd.GeoDataFrame) -> dict[str, Any]:
    turned = shapes.to_crs(WGS84)
    rounded = shapely.transform(turned.geometry.to_numpy(), lambda xy: np.round(xy, _DIGITS))
    return cast("dict[str, Any]", json.loads(turned.set_geometry(rounded).to_json(drop_id=True)))
