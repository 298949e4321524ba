"""Shade on the ground: heights of roofs and crowns on a raster, and the share of the sun that comes through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from rasterio import Affine
from rasterio.features import rasterize, shapes
from shapely.geometry.base import BaseGeometry

from geo.model.playgrounds import PlaygroundChoices
from geo.territory.casting import Mask, fall_m, sky_directions, sunlit
from geo.territory.sun import Sun

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
Raster = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# Sides of a crown in a quarter of its round.
CROWN_SEGMENTS: Final = 6
# A digital line strays half a pixel from the true one at either end; two pixels are safe.
_SLACK_PIXELS: Final = 2


@dataclass(frozen=True)
class Patch:
    """A window of a grid that all windows of a CRS share.

    Attributes
    ----------
    row, column
        Place of its first pixel in the grid, whose pixel (0, 0) has its north-west corner at the origin of the CRS.
    rows, columns
        Its size [pixels].
    pixel_m
        Side of a pixel [m].
    """

    row: int
    column: int
    rows: int
    columns: int
    pixel_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end [m]."""
        west, north = self.column * self.pixel_m, -self.row * self.pixel_m
        return west, north - self.rows * self.pixel_m, west + self.columns * self.pixel_m, north


@dataclass(frozen=True, eq=False)
class Obstacles:
    """What stands in the light: buildings by their footprints, trees by their stems.

    Attributes
    ----------
    shape
        Footprints, then stems, shape (obstacles,).
    height_m
        Height above the ground [m], shape (obstacles,).
    radius_m
        Radius of the crown [m], 0 for a building, shape (obstacles,).
    assumed
        Whether the height or the crown is not in the file but assumed, shape (obstacles,).
    """

    shape: Shapes
    height_m: Floats
    radius_m: Floats
    assumed: Mask

    @property
    def is_tree(self) -> Mask:
        """Which of them are trees, shape (obstacles,)."""
        return np.asarray(self.radius_m > 0)

    @property
    def areas(self) -> Shapes:
        """What each covers, seen from above, shape (obstacles,)."""
        areas = self.shape.copy()
        areas[self.is_tree] = shapely.buffer(
            self.shape[self.is_tree], self.radius_m[self.is_tree], quad_segs=CROWN_SEGMENTS
        )
        return areas

    def take(self, rows: Rows | Mask) -> Obstacles:
        """Give some of them."""
        return Obstacles(self.shape[rows], self.height_m[rows], self.radius_m[rows], self.assumed[rows])

    def joined(self, other: Obstacles) -> Obstacles:
        """Give these and the `other` ones."""
        pairs = zip(self._columns, other._columns, strict=True)
        return Obstacles(*(np.concatenate(pair) for pair in pairs))

    def shaken(self, choices: PlaygroundChoices, rng: np.random.Generator) -> Obstacles:
        """Give them with heights and crowns as wrong as the files may be, drawn once for each obstacle."""
        count, trees = len(self.shape), self.is_tree
        by_metres = self.height_m + choices.building_error_m * rng.standard_normal(count)
        by_share = np.exp(choices.tree_error_share * rng.standard_normal((2, count)))
        height_m = np.where(trees, self.height_m * by_share[0], by_metres)
        return replace(self, height_m=np.maximum(height_m, 0), radius_m=self.radius_m * by_share[1])

    @property
    def _columns(self) -> tuple[Shapes, Floats, Floats, Mask]:
        return self.shape, self.height_m, self.radius_m, self.assumed


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Heights of what casts shadows over level ground, and where.

    Attributes
    ----------
    patch
        The window.
    roofs_m, crowns_m
        Height of the highest roof and of the highest crown above the ground [m], 0 where there is none, shape
        (rows, columns).
    """

    patch: Patch
    roofs_m: Raster
    crowns_m: Raster


def obstacles(buildings: gpd.GeoDataFrame, trees: gpd.GeoDataFrame, choices: PlaygroundChoices) -> Obstacles:
    """Give what stands in the light, in the order of ids; heights and crowns that are not known are assumed.

    Parameters
    ----------
    buildings
        Footprints, column ``height_m``.
    trees
        Points, columns ``height_m`` and ``crown_m`` (diameter); same CRS in metres.
    choices
        The heights and the crown to assume.
    """
    buildings, trees = buildings.sort_index(), trees.sort_index()
    built = Obstacles(
        buildings.geometry.to_numpy(dtype=object),
        _known(buildings["height_m"], choices.building_height_m),
        np.zeros(len(buildings)),
        buildings["height_m"].isna().to_numpy(dtype=bool),
    )
    grown = Obstacles(
        trees.geometry.to_numpy(dtype=object),
        _known(trees["height_m"], choices.tree_height_m),
        np.maximum(_known(trees["crown_m"], choices.tree_crown_m) / 2, 0.1),
        trees[["height_m", "crown_m"]].isna().any(axis=1).to_numpy(dtype=bool),
    )
    return built.joined(grown)


def in_reach(everything: Obstacles, index: shapely.STRtree, area: BaseGeometry, *, lowest_deg: float) -> Rows:
    """Rows of the obstacles whose shadow may touch an area while the sun is above `lowest_deg` [degrees].

    Parameters
    ----------
    everything
        All obstacles.
    index
        Tree over their areas.
    area
        Where the shade is wanted.
    lowest_deg
        Lowest altitude of the sun [degrees].
    """
    reach_m = everything.height_m / math.tan(math.radians(lowest_deg))
    far = float(reach_m.max(initial=0.0))
    rows = np.sort(index.query(area, predicate="dwithin", distance=far))
    distance_m = shapely.distance(area, index.geometries.take(rows))
    return np.asarray(rows[distance_m <= reach_m[rows]], dtype=np.int64)


def patch_over(area: BaseGeometry, *, margin_m: float, pixel_m: float) -> Patch:
    """Give the window that holds an area with a margin [m] on all sides."""
    west, south, east, north = shapely.bounds(area)
    column, row = math.floor((west - margin_m) / pixel_m), math.floor(-(north + margin_m) / pixel_m)
    last_column, last_row = math.ceil((east + margin_m) / pixel_m), math.ceil(-(south - margin_m) / pixel_m)
    return Patch(row, column, last_row - row, last_column - column, pixel_m)


def margin_m(around: Obstacles, *, lowest_deg: float, pixel_m: float) -> float:
    """Longest shadow that obstacles cast while the sun is above `lowest_deg` [m], and a little more."""
    longest = float(around.height_m.max(initial=0.0)) / math.tan(math.radians(lowest_deg))
    return longest + _SLACK_PIXELS * pixel_m


def burn(areas: Shapes, values: Floats, patch: Patch) -> Raster:
    """Lay areas on a window: the highest value of those that hold the middle of a pixel, 0 outside all.

    Parameters
    ----------
    areas
        Polygons, shape (areas,).
    values
        What each brings, at least 0, shape (areas,).
    patch
        The window.
    """
    order = [row for row in np.argsort(values, kind="stable") if not areas[row].is_empty]
    size = (patch.rows, patch.columns)
    if not order:
        return np.zeros(size, dtype=np.float32)
    burnt: Raster = rasterize(
        ((areas[row], values[row]) for row in order),
        out_shape=size,
        transform=_transform(patch),
        dtype="float32",
    )
    return burnt


def outline(mask: Mask, patch: Patch) -> BaseGeometry:
    """Draw the area of the pixels of a window that are True."""
    found = shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=_transform(patch))
    return shapely.union_all([shapely.geometry.shape(area) for area, _ in found])


def surfaces(around: Obstacles, patch: Patch) -> Surfaces:
    """Lay roofs and crowns on a window."""
    areas, trees = around.areas, around.is_tree
    return Surfaces(
        patch,
        burn(areas[~trees], around.height_m[~trees], patch),
        burn(areas[trees], around.height_m[trees], patch),
    )


def beam_share(ground: Surfaces, suns: Sequence[Sun], *, transmissivity: float, compiled: bool = False) -> Raster:
    """Give the share of the direct sun that reaches the ground, for each place of the sun.

    Parameters
    ----------
    ground
        Roofs and crowns of the window.
    suns
        Places of the sun, shape (suns,).
    transmissivity
        Share of the sun that comes through a crown [0-1].
    compiled
        See `geo.territory.casting.sunlit`.

    Returns
    -------
    share
        Shape (suns, rows, columns): 1 in the sun, 0 in the shadow of a roof, the transmissivity in that of a crown.

    Notes
    -----
    Two surfaces: crowns and roofs cast, the ground receives, so the ground below a crown is in its shade. A crown is
    taken as solid down to the ground.

    A footprint reaches on average half a pixel beyond the middle of its last pixel, so its shadow begins to fall half
    a pixel later; without that every shadow would be half a pixel short.
    """
    level = np.zeros_like(ground.roofs_m)
    patch = ground.patch
    corner = (patch.row, patch.column)
    share = np.ones((len(suns), *level.shape), dtype=np.float32)
    for layer, through in ((ground.crowns_m, transmissivity), (ground.roofs_m, 0.0)):
        if not layer.any():
            continue
        for number, sun in enumerate(suns):
            walls = np.where(layer > 0, layer + np.float32(fall_m(sun, patch.pixel_m) / 2), layer)
            lit = sunlit(walls, level, sun, pixel_m=patch.pixel_m, corner=corner, compiled=compiled)
            share[number][~lit] *= np.float32(through)
    return share


def sky_share(ground: Surfaces, *, transmissivity: float) -> Raster:
    """Give the share of the light of a uniform sky that reaches the ground, shape (rows, columns).

    What stands beyond the window is not seen: the share is a little too high near the horizon.
    """
    seen = np.zeros_like(ground.roofs_m)
    for sun, weight in sky_directions():
        seen += np.float32(weight) * beam_share(ground, (sun,), transmissivity=transmissivity, compiled=True)[0]
    return seen


def _transform(patch: Patch) -> Affine:
    west, _, _, north = patch.bounds
    return Affine(patch.pixel_m, 0, west, 0, -patch.pixel_m, north)


def _known(values: pd.Series, otherwise: float) -> Floats:
    return np.asarray(values.astype("float64").fillna(otherwise))
