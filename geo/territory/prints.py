"""Which pixels each obstacle covers: laid once, so that heights and crowns can be drawn anew many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.territory.shade import CROWN_SEGMENTS, Floats, Obstacles, Patch, Raster, Rows, Surfaces, burn

# Crowns drawn anew are never wider than this many times those of the file: five standard errors and more.
_WIDEST: Final = 3.0
_QUARTERS: Final = 4


@dataclass(frozen=True, eq=False)
class Prints:
    """The pixels below each obstacle of a window.

    Attributes
    ----------
    patch
        The window.
    roof_pixels, roof_rows
        Pixels below roofs, counted row by row, and the obstacle of each, shape (roof pixels,).
    crown_pixels, crown_rows, crown_reach_m
        Pixels that may come to lie below crowns, the tree of each, and from which radius on it covers them [m],
        shape (crown pixels,).
    """

    patch: Patch
    roof_pixels: Rows
    roof_rows: Rows
    crown_pixels: Rows
    crown_rows: Rows
    crown_reach_m: Floats


def prints(around: Obstacles, patch: Patch) -> Prints:
    """Lay obstacles on a window, whatever their heights and however wide their crowns."""
    trees = np.flatnonzero(around.is_tree)
    buildings = np.flatnonzero(~around.is_tree)
    one = np.ones(1)
    roofs = [np.flatnonzero(burn(around.shape[[row]], one, patch)) for row in buildings]
    crowns = [_crown(around.shape[row], around.radius_m[row], patch) for row in trees]
    return Prints(
        patch,
        roof_pixels=_joined(roofs),
        roof_rows=np.repeat(buildings, [len(pixels) for pixels in roofs]),
        crown_pixels=_joined([pixels for pixels, _ in crowns]),
        crown_rows=np.repeat(trees, [len(pixels) for pixels, _ in crowns]),
        crown_reach_m=np.concatenate([np.empty(0), *(reach_m for _, reach_m in crowns)]),
    )


def surfaces_of(laid: Prints, around: Obstacles) -> Surfaces:
    """Give the very surfaces of `geo.territory.shade.surfaces` for obstacles that stand where `laid` has them."""
    below = laid.crown_reach_m <= around.radius_m[laid.crown_rows]
    return Surfaces(
        laid.patch,
        _highest(laid.roof_pixels, around.height_m[laid.roof_rows], laid.patch),
        _highest(laid.crown_pixels[below], around.height_m[laid.crown_rows[below]], laid.patch),
    )


def _crown(stem: shapely.Point, radius_m: float, patch: Patch) -> tuple[Rows, Floats]:
    """Give the pixels around a stem, and from which radius of the crown on each is below it [m].

    A crown is a polygon with as many sides as `geo.territory.shade.Obstacles.areas` gives it.
    """
    west, _, _, north = patch.bounds
    most_m, pixel_m = _WIDEST * radius_m, patch.pixel_m
    rows = _between((north - stem.y - most_m) / pixel_m, (north - stem.y + most_m) / pixel_m, patch.rows)
    columns = _between((stem.x - most_m - west) / pixel_m, (stem.x + most_m - west) / pixel_m, patch.columns)
    east_m = west + (columns + 0.5) * pixel_m - stem.x
    north_m = north - (rows + 0.5) * pixel_m - stem.y
    step = math.pi / (2 * CROWN_SEGMENTS)
    middles = (np.arange(_QUARTERS * CROWN_SEGMENTS) + 0.5) * step
    across_m = east_m[None, :, None] * np.cos(middles) + north_m[:, None, None] * np.sin(middles)
    reach_m = across_m.max(axis=-1) / math.cos(step / 2)
    pixels = rows[:, None] * patch.columns + columns[None, :]
    near = reach_m <= most_m
    return pixels[near], reach_m[near]


def _between(low: float, high: float, count: int) -> Rows:
    """Give the numbers of the rows or columns of a window between two places."""
    return np.arange(max(math.floor(low), 0), min(math.ceil(high), count), dtype=np.int64)


def _joined(parts: list[npt.NDArray[np.int64]]) -> Rows:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _highest(pixels: Rows, heights_m: Floats, patch: Patch) -> Raster:
    """Give the highest of the heights at each pixel, 0 where there is none."""
    flat = np.zeros(patch.rows * patch.columns, dtype=np.float32)
    np.maximum.at(flat, pixels, heights_m.astype(np.float32))
    return flat.reshape(patch.rows, patch.columns)
