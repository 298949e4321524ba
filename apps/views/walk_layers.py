"""What the map of walks to school is sent, and the distances in the address of the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from assets import publish_layer
from components.point_map import TEXT_KEYS, Content, Mark
from pydantic import ValidationError
from views.layers import WGS84, view_of

from geo.council.catchments import written
from geo.council.colours import Band
from geo.council.distances import NONE, class_text
from geo.council.walklayers import (
    light_rings,
    light_units,
    nearest_limits,
    painted_areas,
    school_layer,
    sector_layer,
    view_classes,
)
from geo.council.weblayers import light_shapes
from geo.council.words import Lang, say
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.planning.applying import schools_under
from geo.planning.catchments import Catchments
from geo.planning.walk_areas import nearest_areas, walk_rings
from geo.territory.walking.routes import Route

VIEWS: Final = ("detour", "walk", "rings")
_DIGITS: Final = 6  # a tenth of a metre
_SIMPLER_M: Final = 1.0
_MARKED: Final = ("children", "far_share", "nearer_share", "walk_median_m")
_OWN_TEXTS: Final = ("attribution", "map", "fit")
_FILL, _CHOSEN_FILL, _INK = "#FFFFFF", "#FFE08A", "#1A1A1A"
_BEYOND, _RINGS, _BETWEEN = "beyond", "rings", "-"


def publish_view(folder: Path, city: City, found: Catchments, *, view: str) -> str:
    """Serve the painted areas of one of the `VIEWS`, and give their address: classes only, never a count."""
    if view == "rings":
        by_limit = {band.high: band.code for band in view_classes("walk", found)}
        layer = painted(light_rings(walk_rings(city, found)).rename(index=by_limit), _bands("walk", found))
    else:
        layer = painted(painted_areas(light_units(city, found), view), _bands(view, found))
    return publish_layer(folder, f"walks_{view}_{found.level}", layer_text(layer))


def publish_limits(folder: Path, city: City, found: Catchments) -> dict[str, str]:
    """Serve the outlines and names of sectors and of the areas of the nearest schools, and give the address of each."""
    areas, names = nearest_areas(city, found), schools_under(city, found.scenario)["name"]
    limits = gpd.GeoDataFrame(geometry=nearest_limits(city, areas).simplify(_SIMPLER_M))
    named = light_shapes(areas).assign(name=names.reindex(areas.index))
    layers = {
        "sectors": light_shapes(sector_layer(city, found)[["name", "geometry"]]),
        "catchments": pd.concat([named, limits]),
    }
    return {
        name: publish_layer(folder, f"walks_{name}_{found.level}", layer_text(layer)) for name, layer in layers.items()
    }


def walk_content(
    city: City, found: Catchments, *, home: gpd.GeoSeries | None, walks: Mapping[str, Route | None], lang: Lang
) -> Content:
    """Give the schools as numbers, and the walks of one address.

    Parameters
    ----------
    city, found
        The city and its figures.
    home
        Where the address is, one point; None if none is looked at.
    walks
        From ``school_id`` to the walk there: that to the school of the sector first.
    lang
        Language of the words on the map.
    """
    schools = school_layer(city, found)
    places = schools.geometry.to_crs(WGS84)
    texts = written(schools, _MARKED, found, lang=lang).to_dict("index")
    marks = [
        Mark(
            id=str(row.Index),
            name=str(row.school),
            text="\n".join(
                say("app.catchments.marked", lang, name=name, figure=text) for name, text in texts[row.Index].items()
            ),
            label=str(row.number),
            lon=places[row.Index].x,
            lat=places[row.Index].y,
            fill=_CHOSEN_FILL if row.Index in walks else _FILL,
            ink=_INK,
            chosen=row.Index in walks,
        )
        for row in schools.itertuples()
    ]
    return Content(_shapes(city, home, walks), view_of(city), marks, clickable=True)


def walk_texts(found: Catchments, view: str, *, attribution: str, lang: Lang) -> dict[str, str]:
    """Give every word of the map."""
    same = {name: say(f"app.map.{name}", lang, layer="{layer}") for name in TEXT_KEYS if name not in _OWN_TEXTS}
    own = {"map": say("app.catchments.drawing", lang), "fit": say("app.map.fit", lang), "attribution": attribution}
    bands = _bands("walk" if view == "rings" else view, found)
    classes = {f"class_{band.code}": class_text(band, lang) for band in bands}
    tips = {f"tip_{name}": say(f"app.catchments.tip.{name}", lang, name="{name}") for name in ("sectors", "catchments")}
    return {**same, **own, **classes, **tips}


def distances_of(address: Mapping[str, str], level: Level) -> DistanceChoices:
    """Give the distances that an address of the page says; those to begin with where it says none that can be."""
    told: dict[str, object] = {}
    if _BEYOND in address:
        told[f"beyond_{level}_m"] = address[_BEYOND]
    if _RINGS in address:
        told["limits_m"] = address[_RINGS].split(_BETWEEN)
    try:
        return DistanceChoices.model_validate(told)
    except ValidationError:
        return DistanceChoices()


def told_distances(choices: DistanceChoices, level: Level) -> dict[str, str]:
    """Say in the address of the page which distances are others than those to begin with."""
    told, first = {}, DistanceChoices()
    if choices.beyond_m(level) != first.beyond_m(level):
        told[_BEYOND] = f"{choices.beyond_m(level):g}"
    if choices.limits_m != first.limits_m:
        told[_RINGS] = _BETWEEN.join(f"{limit:g}" for limit in choices.limits_m)
    return told


def painted(areas: gpd.GeoSeries, bands: Iterable[Band]) -> gpd.GeoDataFrame:
    """Give painted areas, index the code of their class, with its code, fill and hatch."""
    known = {band.code: band for band in bands}
    there = [known[str(code)] for code in areas.index]
    return gpd.GeoDataFrame(
        {
            "code": [band.code for band in there],
            "fill": [band.fill for band in there],
            "hatch": [("pale" if band.ink == "#FFFFFF" else "diagonal") if band.hatch else "" for band in there],
        },
        geometry=areas.to_numpy(),
        crs=areas.crs,
    )


def layer_text(layer: gpd.GeoDataFrame) -> str:
    """Write shapes as GeoJSON in degrees."""
    turned = layer.set_crs(layer.crs).to_crs(WGS84)
    rounded = shapely.transform(turned.geometry.to_numpy(), lambda xy: np.round(xy, _DIGITS))
    text: str = turned.set_geometry(rounded).to_json(drop_id=True, na="drop")
    return text


def _bands(view: str, found: Catchments) -> tuple[Band, ...]:
    return (*view_classes(view, found), NONE)


def _shapes(city: City, home: gpd.GeoSeries | None, walks: Mapping[str, Route | None]) -> dict[str, Any]:
    """Give the walks of one address as GeoJSON; the nearest one lies above."""
    if home is None:
        return {"type": "FeatureCollection", "features": []}
    kinds = ["own_walk", "nearest_walk"][: len(walks)]
    drawn = [(kind, walk.line) for kind, walk in zip(kinds, walks.values(), strict=True) if walk is not None]
    told = gpd.GeoDataFrame(
        {"kind": [*(kind for kind, _ in drawn), "home"]},
        geometry=[*(line for _, line in drawn), home.iloc[0]],
        crs=city.crs,
    )
    return cast("dict[str, Any]", json.loads(layer_text(told)))
