"""Cast shadows on a raster, one pass over the pixels for each place of the sun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from geo.territory.sun import Sun

Heights = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_SINE_EDGES: Final = np.linspace(0, 1, 6)
_AZIMUTHS: Final = 8


class _Pass(NamedTuple):
    """One sweep: rows in the order in which the sun meets them, where the lines of light begin in each, the fall."""

    order: Rows
    begin: Rows
    lines: int
    fall_m: np.floating[Any]


def sunlit(
    caster: Heights,
    receiver: Heights,
    sun: Sun,
    *,
    pixel_m: float,
    corner: tuple[int, int] = (0, 0),
    compiled: bool = False,
) -> Mask:
    """Tell which pixels of a receiver the sun reaches past a caster.

    Children stand under crowns: the caster is the higher of roofs and crowns, the receiver is the ground. Where the
    caster stands above the receiver, the pixel itself is in shade.

    Parameters
    ----------
    caster, receiver
        Heights [m], shape (rows, columns), row 0 in the north, column 0 in the west.
    sun
        Place of the sun, bearing from the north of the grid.
    pixel_m
        Side of a pixel [m].
    corner
        Row and column of the first pixel in a grid that all windows share. With it a window gives the very pixels
        that the whole map would give.
    compiled
        Whether to run the loop compiled: the same pixels, a second to start, some thirty times faster then.

    Returns
    -------
    lit
        Shape (rows, columns): True in the sun.

    Notes
    -----
    Along each line of light runs the height of the shadow: it falls by the slope of the sun with each row and is
    lifted by what stands there. Lines are digital: one pixel a row, rounded across. When the sun is nearer to east or
    west, columns take the place of rows. The time does not depend on how high the buildings are.
    """
    turned = abs(np.cos(np.radians(sun.azimuth_deg))) < abs(np.sin(np.radians(sun.azimuth_deg)))
    above, below = (np.ascontiguousarray(z.T if turned else z) for z in (caster, receiver))
    lit = np.empty(above.shape, dtype=np.bool_)
    way = _way(sun, above, pixel_m=pixel_m, first=corner[1] if turned else corner[0], turned=turned)
    heights = np.full(way.lines, -np.inf, dtype=above.dtype)
    sweep = _compiled() if compiled else _sweep
    sweep(above, below, way, heights=heights, lit=lit)
    return np.ascontiguousarray(lit.T) if turned else lit


def fall_m(sun: Sun, pixel_m: float) -> float:
    """Height that a shadow loses from one row of pixels to the next along its line [m]."""
    turn = np.radians(sun.azimuth_deg)
    return float(pixel_m * np.tan(np.radians(sun.altitude_deg)) / max(abs(np.cos(turn)), abs(np.sin(turn))))


def sky_directions() -> Iterator[tuple[Sun, float]]:
    """Give places all over the sky and the share of its light that each brings to level ground; shares add up to 1.

    Notes
    -----
    Light of a uniform sky on level ground: the ring between two altitudes weighs the difference of their squared
    sines, so five rings of equal weight, each seen at eight bearings.
    """
    middles = np.degrees(np.arcsin(np.sqrt((_SINE_EDGES[:-1] + _SINE_EDGES[1:]) / 2)))
    for altitude in middles:
        for azimuth in np.arange(_AZIMUTHS) * 360 / _AZIMUTHS + 180 / _AZIMUTHS:
            yield Sun(float(azimuth), float(altitude)), 1 / (len(middles) * _AZIMUTHS)


def _way(sun: Sun, caster: Heights, *, pixel_m: float, first: int, turned: bool) -> _Pass:
    """Lay the lines of light over the rows of `caster`; `first` is the number of its first row in the shared grid."""
    bearing = np.radians(sun.azimuth_deg)
    south, east = np.cos(bearing), -np.sin(bearing)  # the way of the shadow, away from the sun
    ahead, aside = (east, south) if turned else (south, east)
    rows, columns = caster.shape
    # Rounded from the number of the row in the shared grid: windows and map then share their lines.
    shift = np.rint((first + np.arange(rows)) * (aside / ahead)).astype(np.int64)
    begin = shift.max() - shift
    order = np.arange(rows) if ahead > 0 else np.arange(rows)[::-1]
    fall = caster.dtype.type(fall_m(sun, pixel_m))
    return _Pass(order, begin, int(columns + begin.max()), fall)


def _sweep(caster: Heights, receiver: Heights, way: _Pass, *, heights: Heights, lit: Mask) -> None:
    """Fill `lit`, row by row, away from the sun; `heights` is the working height of the shadow on each line."""
    columns = caster.shape[1]
    for row in way.order:
        shadow = heights[way.begin[row] : way.begin[row] + columns]
        shadow -= way.fall_m
        np.maximum(shadow, caster[row], out=shadow)
        np.less_equal(shadow, receiver[row], out=lit[row])


def _sweep_pixels(caster: Heights, receiver: Heights, way: _Pass, *, heights: Heights, lit: Mask) -> None:
    """Do the same as `_sweep`, pixel by pixel, in the form that numba compiles well."""
    for row in way.order:
        begin = way.begin[row]
        for column in range(caster.shape[1]):
            shadow = max(heights[begin + column] - way.fall_m, caster[row, column])
            lit[row, column] = shadow <= receiver[row, column]
            heights[begin + column] = shadow


@cache
def _compiled() -> Callable[..., None]:
    compiled: Callable[..., None] = numba.njit(_sweep_pixels, nogil=True)
    return compiled
