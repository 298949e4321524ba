"""Trees in school yards: where they go, what they become, what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.model.city import City
from geo.model.note import Note
from geo.model.playgrounds import PlantAge, PlaygroundChoices
from geo.territory.playgrounds import Playgrounds, Yard, greened, layer
from geo.territory.shade import Obstacles, Raster, obstacles

_SUNNY: Final = 0.5  # a tree goes where the sun is for at least half of the recesses


class Beds(NamedTuple):
    """The ground around planted trees.

    Attributes
    ----------
    opened
        Ground that is sealed no more.
    cost_eur
        Cost of the pits, of the ground opened and of what is planted on it, without tax [EUR].
    """

    opened: BaseGeometry
    cost_eur: float


def plant(
    city: City, points: Sequence[tuple[float, float]], choices: PlaygroundChoices, *, age_years: PlantAge = 10
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Plant trees at points of the map; those that are not on the open ground of a yard are left out.

    Parameters
    ----------
    city
        The city.
    points
        Coordinates in the CRS of the city [m].
    choices
        What a planted tree becomes.
    age_years
        Years after planting [years].

    Returns
    -------
    trees
        Index ``tree_id``, ``height_m``, ``crown_m``, point; for `geo.territory.playgrounds.playgrounds`.
    notes
        How many were left out.
    """
    spots = np.array([shapely.Point(x, y) for x, y in points], dtype=object)
    yards, buildings = (shapely.STRtree(layer(city, name).geometry.to_numpy()) for name in ("yards", "buildings"))
    in_yard, in_building = (np.unique(tree.query(spots, predicate="intersects")[0]) for tree in (yards, buildings))
    kept = np.isin(np.arange(len(spots)), np.setdiff1d(in_yard, in_building))
    left_out = int((~kept).sum())
    notes = (Note("trees-outside", {"count": left_out}),) if left_out else ()
    return saplings(spots[kept], choices, age_years=age_years, crs=city.crs), notes


def saplings(
    spots: npt.NDArray[np.object_], choices: PlaygroundChoices, *, age_years: PlantAge, crs: str
) -> gpd.GeoDataFrame:
    """Give planted trees, numbered in the order of their spots.

    Parameters
    ----------
    spots
        Points, shape (trees,).
    choices
        What a planted tree becomes.
    age_years
        Years after planting [years].
    crs
        CRS of the city.
    """
    tree = choices.planted(age_years)
    order = np.arange(1, len(spots) + 1)
    columns = {"order": order, "height_m": float(tree.height_m), "crown_m": float(tree.crown_m)}
    index = pd.Index([f"P{number:04d}" for number in order], name="tree_id", dtype="str")
    return gpd.GeoDataFrame(columns, geometry=list(spots), crs=crs, index=index)


def planting_spots(
    places: Playgrounds, yard: Yard, beams: Raster, *, stems: Sequence[shapely.Point] = ()
) -> npt.NDArray[np.object_]:
    """Give the points where trees go, the one that adds most cover first, each far from the trees before it.

    Parameters
    ----------
    places, yard
        The yards, and the one to plant, as it is today.
    beams
        The sun on it once `stems` are planted, see `geo.territory.playgrounds.recess_beams`.
    stems
        Trees planted in it before, beside those of the city.
    """
    choices = places.choices
    free = _lattice(yard.ground.buffer(-choices.tree_clearance_m), choices.tree_spacing_m)
    near = places.obstacles.take(yard.near)
    standing_already = [*near.shape[near.is_tree], *stems]
    free = free[_at(beams.mean(axis=0), yard, free) >= _SUNNY]
    gap_m = np.full(len(free), np.inf)
    if standing_already:
        gap_m = np.asarray(shapely.distance(free, shapely.MultiPoint(standing_already)))
    centre = shapely.distance(free, yard.ground.centroid)
    picked: list[int] = []
    while len(picked) < _room(yard, choices) - len(stems) and (gap_m >= choices.tree_spacing_m - 1e-6).any():
        # Far from other trees first; of equals, the nearest to the middle of the yard.
        best = int(np.lexsort((centre, -gap_m))[0])
        picked.append(best)
        gap_m = np.minimum(gap_m, shapely.distance(free, free[best]))
    return free[picked]


def beds(yard: Yard, stems: Sequence[shapely.Point], choices: PlaygroundChoices, *, wanted_m2: float = 0.0) -> Beds:
    """Open the ground around trees: their pits, and where more is wanted a circle around each stem.

    Parameters
    ----------
    yard
        The yard.
    stems
        The trees.
    choices
        Size of a pit, costs.
    wanted_m2
        Ground to open in all, where it is sealed [m2].
    """
    points = shapely.MultiPoint(list(stems))
    pits = points.buffer(math.sqrt(choices.tree_pit_m2 / math.pi))
    area = pits.union(points.buffer(math.sqrt(wanted_m2 / (math.pi * len(stems))))) if wanted_m2 else pits
    opened = yard.sealed.intersection(area)
    planted_m2 = len(stems) * choices.tree_pit_m2 + opened.difference(pits).area
    return Beds(opened, planted_m2 * choices.planting_eur_m2 + opened.area * choices.desealing_eur_m2)


def planted_yard(
    yard: Yard, stems: Sequence[shapely.Point], choices: PlaygroundChoices, *, age_years: PlantAge, crs: str
) -> Yard:
    """Give a yard with trees at `stems`, some years after planting, and with their pits open."""
    if not stems:
        return yard
    trees = saplings(np.array(stems, dtype=object), choices, age_years=age_years, crs=crs)
    return greened(yard, standing(trees, choices), opened=beds(yard, stems, choices).opened)


def standing(trees: gpd.GeoDataFrame, choices: PlaygroundChoices) -> Obstacles:
    """Give planted trees as what stands in the light."""
    no_buildings = gpd.GeoDataFrame({"height_m": []}, geometry=[], crs=trees.crs)
    return obstacles(no_buildings, trees, choices)


def _room(yard: Yard, choices: PlaygroundChoices) -> int:
    """Trees that bring the crowns over a yard to the wanted share once they are 25 years old [trees]."""
    covered = float((yard.surfaces.crowns_m[yard.inside] > 0).mean())
    wanted_m2 = (choices.canopy_share - covered) * float(yard.ground.area)
    grown_m2 = math.pi * choices.planted(25).crown_m ** 2 / 4
    return max(round(wanted_m2 / grown_m2), 0)


def _lattice(area: BaseGeometry, step_m: float) -> npt.NDArray[np.object_]:
    """Points of a square grid within an area, row by row."""
    if area.is_empty:
        return np.array([], dtype=object)
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    points = np.atleast_1d(shapely.points(x.ravel(), y.ravel()))
    return np.asarray(points[shapely.intersects(area, points)], dtype=object)


def _at(values: Raster, yard: Yard, points: npt.NDArray[np.object_]) -> Raster:
    """Read a raster of the yard's window at points."""
    patch = yard.surfaces.patch
    west, _, _, north = patch.bounds
    x, y = shapely.get_x(points), shapely.get_y(points)
    rows = np.clip(((north - y) / patch.pixel_m).astype(int), 0, patch.rows - 1)
    columns = np.clip(((x - west) / patch.pixel_m).astype(int), 0, patch.columns - 1)
    return np.asarray(values[rows, columns])
