"""The layers of the map of places in reach: units by the walk to the nearest one, areas by children without any."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import geopandas as gpd
import pandas as pd

from geo.council.colours import Band
from geo.council.distances import NONE, class_of, graded_classes
from geo.council.weblayers import light_shapes
from geo.council.words import Lang, number, say
from geo.model.city import City
from geo.model.reach import Offer
from geo.planning.reach import Reach

View = Literal["walk", "without"]
VIEWS: Final[tuple[View, ...]] = ("walk", "without")
# Nobody, then quarters of the children.
_SHARES: Final = (0.0, 0.0, 0.25, 0.5, 0.75, math.inf)
_NO_HOME: Final = replace(NONE, code="reach-none")
_NO_CHILD: Final = replace(NONE, code="without-none")


def views_of(city: City) -> tuple[View, ...]:
    """Give what can be painted: areas only where their shapes are known."""
    return VIEWS[:1] if city.tables["iris"].empty else VIEWS


def view_classes(view: View, found: Reach) -> tuple[Band, ...]:
    """Give the classes of a view, the best first; walks out of reach are hatched, thirds of the longest walk are not.

    Where few minutes are asked for, thirds that round to the same minute are one class.
    """
    if view == "without":
        return graded_classes("without", _SHARES)
    longest = found.asked.minutes
    limits = sorted({float(round(longest / 3)), float(round(2 * longest / 3)), longest, 2 * longest} - {0.0})
    bands = graded_classes("reach", [0.0, *limits, math.inf])
    if found.asked.offer is Offer.CANTEEN:
        return bands
    return tuple(replace(band, hatch="///") if band.low >= longest else band for band in bands)


def painted_classes(view: View, found: Reach) -> tuple[Band, ...]:
    """Give the classes of a view and that of what is not known."""
    return (*view_classes(view, found), _NO_HOME if view == "walk" else _NO_CHILD)


def legend_classes(view: View, city: City, found: Reach) -> tuple[Band, ...]:
    """Give the classes for the legend: that of what is not known only if the map has it."""
    codes = set(class_codes(view, city, found))
    return tuple(band for band in painted_classes(view, found) if not math.isnan(band.low) or band.code in codes)


def class_codes(view: View, city: City, found: Reach) -> pd.Series:
    """Give the code of the class of each unit, or of each statistical area that has a shape."""
    if view == "walk":
        return _codes(found.units["nearest_min"], view_classes(view, found), none=_NO_HOME)
    share = found.areas["without"] / found.areas["children"].where(found.areas["children"] > 0)
    shapes = city.tables["iris"].index
    return _codes(share.reindex(shapes), view_classes(view, found), none=_NO_CHILD)


def painted_areas(view: View, city: City, found: Reach) -> gpd.GeoSeries:
    """Give one area for each class that is there, index its code."""
    shapes = light_shapes(city.layer("units" if view == "walk" else "iris")[["geometry"]])
    codes = class_codes(view, city, found).reindex(shapes.index)
    return shapes.assign(code=codes).dissolve(by="code", method="unary").geometry


def area_outlines(city: City) -> gpd.GeoDataFrame:
    """Give the statistical areas with their names; none if the city has no shapes of them."""
    areas = city.layer("iris")[["name", "geometry"]]
    return areas if areas.empty else light_shapes(areas)


def class_text(band: Band, lang: Lang) -> str:
    """Say what a class holds: '5 à 10 min', '25 % à 50 %'."""
    minutes = band.code.startswith("reach")
    if math.isnan(band.low):
        return say("reach.band.no_home" if minutes else "reach.band.no_child", lang)
    if band.high == 0:
        return say("reach.band.nobody_without", lang)
    kind = "beyond" if math.isinf(band.high) else "within" if band.low == 0 else "between"
    if minutes:
        return say(f"reach.band.{kind}", lang, low=_minutes(band.low, lang), high=_minutes(band.high, lang))
    return say(f"reach.band.share_{kind}", lang, low=band.low, high=band.high)


def _codes(values: pd.Series, bands: Sequence[Band], *, none: Band) -> pd.Series:
    known = [none.code if math.isnan(value) else class_of(value, bands).code for value in values]
    return pd.Series(known, index=values.index, dtype="str")


def _minutes(value: float, lang: Lang) -> str:
    if math.isinf(value):
        return ""
    return number(value, lang, digits=0 if value == round(value) else 1)
