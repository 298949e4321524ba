"""Small helpers on shapes: smooth lines, points along a line, rectangles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from shapely import LineString, Polygon

Array = npt.NDArray[np.float64]

GRID_M = 0.01


def smooth(points: object, *, step_m: float = 20.0, closed: bool = False) -> Array:
    """Give points along a Catmull-Rom curve through `points` [m], about `step_m` apart, shape (n, 2)."""
    knots = np.asarray(points, dtype=float)
    if closed:
        knots = np.vstack([knots[-1], knots, knots[0], knots[1]])
    else:
        knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    pieces = [_piece(knots[i : i + 4], step_m) for i in range(len(knots) - 3)]
    last = knots[-2] if not closed else knots[1]
    return np.vstack([*pieces, last])


def _piece(four: Array, step_m: float) -> Array:
    before, start, end, after = four
    count = max(2, round(float(np.hypot(*(end - start))) / step_m))
    t = np.linspace(0, 1, count, endpoint=False)[:, None]
    linear = end - before
    square = 2 * before - 5 * start + 4 * end - after
    cubic = 3 * start - before - 3 * end + after
    return 0.5 * (2 * start + linear * t + square * t**2 + cubic * t**3)


def smooth_line(points: object, *, step_m: float = 20.0) -> LineString:
    """Give the curve through `points` as a line with few vertices."""
    return LineString(smooth(points, step_m=step_m)).simplify(0.4)


def rough_polygon(points: object, rng: np.random.Generator, *, sway_m: float) -> Polygon:
    """Give a polygon through `points` whose sides wander by about `sway_m`, as limits along fields do."""
    ring = smooth(points, step_m=70.0, closed=True)[:-1]
    moved = ring + rng.normal(0, sway_m, ring.shape)
    return Polygon(moved).buffer(0)


def along(line: LineString, distance_m: float) -> tuple[Array, Array]:
    """Give the point at `distance_m` along the line and the unit vector to its left there."""
    here = np.array(line.interpolate(distance_m).coords[0])
    behind = np.array(line.interpolate(max(distance_m - 1.0, 0.0)).coords[0])
    ahead = np.array(line.interpolate(min(distance_m + 1.0, line.length)).coords[0])
    direction = (ahead - behind) / max(float(np.hypot(*(ahead - behind))), 1e-9)
    return here, np.array([-direction[1], direction[0]])


def box_at(middle: Array, direction: Array, *, length_m: float, depth_m: float) -> Polygon:
    """Give a rectangle around `middle` whose length runs along the unit vector `direction`."""
    side = np.array([-direction[1], direction[0]])
    half, deep = direction * length_m / 2, side * depth_m / 2
    return Polygon([middle - half - deep, middle + half - deep, middle + half + deep, middle - half + deep])
