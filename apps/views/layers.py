"""The layers of the school map: outlines that are sent once, and what a scenario paints on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from assets import publish_layer
from components.school_map import LAYER_NAMES, TEXT_KEYS, MapPaint, MapView, SchoolMark

from geo.council.colours import OVER, band_of, occupancy_text, school_colours, school_palette
from geo.council.words import Lang, say
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.planning.applying import schools_under

WGS84: Final = "EPSG:4326"
# About a centimetre; neighbours are rounded alike, so that they still meet.
_DIGITS: Final = 7
# All that is said of a unit: files are read without a login.
_TOLD: Final = ("id", "label", "school")
# A school that no unit belongs to.
_NO_FILL: Final = "#ffffff"
_TEXTS: Final = (*(key for key in TEXT_KEYS if key != "attribution"), *(f"layer_{name}" for name in LAYER_NAMES))


def publish_layers(folder: Path, city: City, sectors: gpd.GeoDataFrame, *, level: str) -> dict[str, str]:
    """Serve the layers of a level, and give the address of each.

    They are read without a login: outlines, ids and names only, never a count of children.

    Parameters
    ----------
    folder
        The folder of files that browsers fetch.
    city
        The city.
    sectors
        The sectors in force, as areas.
    level
        The level of schooling.
    """
    current, units, barriers = city.current[Level(level)], city.layer("units"), city.layer("barriers")
    schools = [current.schools_of.get(unit, (None,))[0] for unit in units.index]
    frames = {
        "units": units.assign(id=units.index, school=schools),
        "sectors_base": sectors.set_geometry(sectors.boundary),
        "streets": city.layer("streets"),
        "water": barriers[barriers["kind"] == "river"],
        "rails": barriers[barriers["kind"] == "railway"],
        "zones": city.layer("qpv"),
    }
    return {
        name: publish_layer(folder, f"{name}_{level}", _outlines(frame, told=_TOLD if name == "units" else ()))
        for name, frame in frames.items()
        if len(frame)
    }


def view_of(city: City) -> MapView:
    """Give the ground of the commune [degrees]."""
    return MapView(*(float(edge) for edge in city.layer("commune").to_crs(WGS84).total_bounds))


def school_fills(schools: Sequence[str], sectors: gpd.GeoDataFrame) -> dict[str, str]:
    """Give each school a colour: its own while there are enough that differ, else one that no neighbour has."""
    palette = school_palette(len(schools))
    if len(set(palette)) == len(schools):
        return dict(zip(schools, palette, strict=True))
    return school_colours(sectors)


def painted(
    city: City, proposed: Evaluation, figures: pd.DataFrame, *, fills: Mapping[str, str], lang: Lang
) -> MapPaint:
    """Give what a scenario changes on the map: schools with their figures, moved and shared units.

    Parameters
    ----------
    city, proposed
        The city, and the scenario to paint.
    figures
        The figures of its schools, as `geo.council.figures.school_figures` gives them.
    fills
        From ``school_id`` to the colour of its units.
    lang
        Language of the words on the map.
    """
    plan = proposed.plan
    places = schools_under(city, proposed.scenario).to_crs(WGS84).geometry
    current, new = city.current[plan.level], [one.school_id for one in proposed.scenario.openings]
    fills = {**dict(zip(new, reversed(school_palette(len(fills))), strict=False)), **fills}
    return MapPaint(
        schools=[
            _mark(row, places[row.Index], fill=fills.get(row.Index, _NO_FILL), lang=lang)
            for row in figures.itertuples()
        ],
        moves={unit: schools[0] for unit, schools in plan.moves_since(current).items()},
        shared=[unit for unit, schools in plan.schools_of.items() if len(schools) > 1],
    )


def map_texts(lang: Lang, attribution: str) -> dict[str, str]:
    """Give every word that the map shows; what stands in braces there is filled in by the map."""
    places = {"n": "{n}", "layer": "{layer}", "school": "{school}"}
    return {"attribution": attribution, **{name: say(f"app.map.{name}", lang, **places) for name in _TEXTS}}


def _mark(row: Any, place: shapely.Point, *, fill: str, lang: Lang) -> SchoolMark:  # noqa: ANN401 - a row of a frame
    share = float(row.occupancy_share_after)
    band = band_of(share)
    pupils = say("app.map.pupils", lang, before=int(row.pupils_before), after=int(row.pupils_after))
    occupancy = say("app.map.occupancy", lang, share=occupancy_text(share, lang), band=band.name(lang))
    return SchoolMark(
        id=str(row.Index),
        name=str(row.school),
        lon=place.x,
        lat=place.y,
        fill=fill,
        label=f"{row.school}\u00a0· {occupancy_text(share, lang)}",
        text=f"{pupils}\n{occupancy}",
        pattern="diagonal" if band == OVER else "",
    )


def _outlines(frame: gpd.GeoDataFrame, told: Sequence[str]) -> str:
    """Write shapes as GeoJSON in degrees, with the columns of `told` and no other."""
    turned = frame[[*told, "geometry"]].to_crs(WGS84)
    rounded = shapely.transform(turned.geometry.to_numpy(), lambda xy: np.round(xy, _DIGITS))
    text: str = turned.set_geometry(rounded).to_json(drop_id=True)
    return text
