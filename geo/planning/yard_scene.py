"""One school yard as a picture: its ground, what stands around it, and the shade at a recess before and after."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.model.city import City
from geo.planning.yards import Yards
from geo.territory.playgrounds import Playgrounds, Yard, layer, shade_areas
from geo.territory.shade import obstacles

KINDS: Final = ("building", "yard", "shade", "new_shade", "tree", "planted", "hand_stem", "budget_stem")
# What is drawn around a yard, so that people know the place again [m].
_AROUND_M: Final = 30.0


def yard_scene(city: City, found: Yards, school_id: str, *, slot: str) -> gpd.GeoDataFrame:
    """Give what a map of one yard shows, in the order in which it is drawn.

    Parameters
    ----------
    city, found
        The city and its yards under a scenario.
    school_id
        A school that has a yard.
    slot
        Time of the recess, such as ``13:15``.

    Returns
    -------
    scene
        ``kind``, one of ``KINDS``, and a geometry: ``yard`` its open ground; ``shade`` the part of it that gets less
        than half of the sun today, ``new_shade`` what the trees planted add; ``building``, and ``tree`` a crown, within
        30 m; ``planted`` the crown, and ``hand_stem`` or ``budget_stem`` the foot, of a tree planted by hand or paid by
        the budget.

    Raises
    ------
    ScenarioError
        If there is no such recess.
    """
    now, then = (_shade(places, school_id, slot=slot, crs=city.crs) for places in (found.before, found.after))
    around = shapely.box(*shapely.bounds(_yard(found.before, school_id).ground)).buffer(_AROUND_M, join_style="mitre")
    trees = found.trees[found.trees["school_id"] == school_id]
    no_buildings = layer(city, "buildings").iloc[:0]
    shapes: dict[str, list[BaseGeometry]] = {
        "building": _within(layer(city, "buildings").geometry, around),
        "yard": [_yard(found.before, school_id).ground],
        "shade": [now],
        "new_shade": [then.difference(now)],
        "tree": _within(
            gpd.GeoSeries(obstacles(no_buildings, layer(city, "trees"), found.before.choices).areas), around
        ),
        "planted": list(obstacles(no_buildings, trees, found.before.choices).areas),
        "hand_stem": list(trees.geometry[trees["origin"] == "hand"]),
        "budget_stem": list(trees.geometry[trees["origin"] == "budget"]),
    }
    rows = [(kind, shape) for kind, own in shapes.items() for shape in own if not shape.is_empty]
    kinds, drawn = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"kind": list(kinds)}, geometry=list(drawn), crs=city.crs)


def yard_grounds(found: Yards, crs: str) -> gpd.GeoDataFrame:
    """Give the open ground of each yard, index ``school_id``."""
    schools = [yard.school_id for yard in found.before.yards]
    index = pd.Index(schools, name="school_id", dtype="str")
    return gpd.GeoDataFrame(index=index, geometry=[yard.ground for yard in found.before.yards], crs=crs)


def _yard(places: Playgrounds, school_id: str) -> Yard:
    return next(yard for yard in places.yards if yard.school_id == school_id)


def _shade(places: Playgrounds, school_id: str, *, slot: str, crs: str) -> BaseGeometry:
    alone = replace(places, yards=(_yard(places, school_id),))
    drawn: BaseGeometry = shade_areas(alone, slot, crs=crs).geometry.iloc[0]
    return drawn


def _within(shapes: gpd.GeoSeries, around: BaseGeometry) -> list[BaseGeometry]:
    return list(shapes[shapely.intersects(shapes.to_numpy(), around)])
