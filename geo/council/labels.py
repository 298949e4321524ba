"""Places for labels on a map, so that none covers another."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.float64]

# A label is tried beside its point first, then farther and farther away, in every direction.
_RINGS: Final = np.array([0.0, 1.5, 3.5, 6.0, 9.0, 13.0, 18.0, 24.0, 32.0, 42.0, 54.0])
_ANGLES: Final = np.deg2rad([0, 180, 90, 270, 45, 135, 315, 225, 22.5, 157.5, 337.5, 202.5, 67.5, 112.5, 247.5, 292.5])
# What a square millimetre costs, against a millimetre of distance.
_ON_LABEL: Final = 400.0
_ON_POINT: Final = 60.0
_OUTSIDE: Final = 1000.0


def place_labels(points: Places, sizes: Places, *, frame: tuple[float, float], gap: float, on_point: bool) -> Places:
    """Place a box for each point within a frame, near its point and off the other boxes and points.

    Parameters
    ----------
    points
        Coordinates within the frame [mm], shape (n, 2).
    sizes
        Width and height of the boxes [mm], shape (n, 2).
    frame
        Width and height of the frame [mm].
    gap
        Half the width of a point [mm]; a box that stands beside its point keeps off by as much.
    on_point
        Whether a box may stand on its own point: it then takes the place of its mark.

    Returns
    -------
    centres
        Centres of the boxes [mm], shape (n, 2).
    """
    centres = np.empty_like(points)
    done: list[int] = []
    for one in _crowded_first(points, sizes):
        tries = _tries(points[one], sizes[one], gap=gap, on_point=on_point)
        boxes = _boxes(tries, sizes[one])
        cost = np.linalg.norm(tries - points[one], axis=1) + np.arange(len(tries)) * 1e-3
        cost += _OUTSIDE * _outside(boxes, frame)
        cost += _ON_LABEL * _overlap(boxes, _boxes(centres[done], sizes[done]))
        others = np.delete(points, one, axis=0)
        cost += _ON_POINT * _overlap(boxes, _boxes(others, np.full_like(others, 2 * gap)))
        centres[one] = tries[np.argmin(cost)]
        done.append(one)
    return centres


def _crowded_first(points: Places, sizes: Places) -> npt.NDArray[Any]:
    """Order points from the most crowded to the loneliest; a crowd is what a label would reach."""
    reach = np.maximum(sizes.max(axis=1)[:, None], 1.0)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    return np.argsort(-(apart < reach).sum(axis=1), kind="stable")


def _tries(point: Places, size: Places, *, gap: float, on_point: bool) -> Places:
    """Give the centres to try for a box, shape (tries, 2)."""
    across = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
    # Towards a corner the box touches the ring with its corner, towards a side with its middle.
    half = size / 2 * np.clip(across * np.sqrt(2), -1, 1)
    rings = [point + half + across * (gap + ring) for ring in _RINGS]
    return np.vstack([point[None], *rings]) if on_point else np.vstack(rings)


def _boxes(centres: Places, sizes: Places) -> Places:
    """Give left, bottom, right, top of boxes, shape (n, 4)."""
    return np.hstack([centres - sizes / 2, centres + sizes / 2])


def _overlap(boxes: Places, others: Places) -> Places:
    """Area that each box shares with the others together [mm2], shape (boxes,)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared: Places = np.prod(np.clip(high - low, 0, None), axis=2).sum(axis=1)
    return shared


def _outside(boxes: Places, frame: tuple[float, float]) -> Places:
    """How far each box stands out of the frame [mm], shape (boxes,)."""
    below, above = np.clip(-boxes[:, :2], 0, None), np.clip(boxes[:, 2:] - np.asarray(frame), 0, None)
    outside: Places = (below + above).sum(axis=1)
    return outside
