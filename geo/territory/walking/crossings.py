"""Crossing a barrier: the streets that lead over, under or through it are cut at its edge, and crossing it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
import shapely.ops

from geo.errors import NetworkError
from geo.model.network import Network
from geo.territory.walking.graph import Floats, Rows
from geo.territory.walking.points import AT_NODE_M, Mask
from geo.territory.walking.snapping import Shapes

# A barrier drawn as a line is taken for a strip so wide: more than the width of a place on a street.
_STRIP_M: Final = 0.1
# Dimensions of a polygon, as shapely counts them.
_AREA: Final = 2


def with_barriers(
    network: Network, barriers: gpd.GeoDataFrame, *, crossing_m: float, open_edges: Mask | None = None
) -> Network:
    """Let each crossing of a barrier count so many metres more, or forbid it.

    A street that leads through a barrier is cut where it comes in and goes out: half of the crossing counts at each
    end of the part within. Homes on the part outside keep their way, even if crossing is forbidden.

    Parameters
    ----------
    network
        The streets, and what they count so far.
    barriers
        Rivers, railways, roads as areas or lines; a line is taken for a strip of ten centimetres.
    crossing_m
        What a crossing counts [m]; infinite if it is forbidden.
    open_edges
        Edges that cross freely, as bridges and tunnels where the streets tell them, shape (edges,).

    Raises
    ------
    NetworkError
        If the count is negative or not a number.
    """
    refuse_negative(crossing_m)
    area = shapely.union_all(_areas(np.asarray(barriers.geometry.to_numpy(), dtype=object)))
    shapely.prepare(area)
    crossing = shapely.intersects(area, network.lines)
    if open_edges is not None:
        crossing &= ~open_edges
    if not crossing.any():
        return network
    edge, begin_m, finish_m = _pieces(network, np.flatnonzero(crossing), shapely.boundary(area))
    lines = np.array(
        [shapely.ops.substring(network.lines[e], a, b) for e, a, b in zip(edge, begin_m, finish_m, strict=True)],
        dtype=object,
    )
    within = shapely.contains_properly(area, shapely.line_interpolate_point(lines, 0.5, normalized=True))
    ends = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    border = shapely.boundary(area)
    at_border = np.sum([shapely.distance(border, end) <= 2 * AT_NODE_M for end in ends], axis=0)
    extra_m = np.zeros(len(edge))
    extra_m[within] = crossing_m if np.isinf(crossing_m) else at_border[within] * crossing_m / 2
    return _cut(network, np.flatnonzero(~crossing), (edge, begin_m, finish_m), lines=lines, extra_m=extra_m)


def refuse_negative(crossing_m: float | Floats) -> None:
    """Refuse what no crossing can count.

    Raises
    ------
    NetworkError
        If the count is negative or not a number.
    """
    if not np.all(np.asarray(crossing_m) >= 0):
        msg = f"expected a crossing to count >= 0 m, got {crossing_m}"
        raise NetworkError(msg)


def _areas(barriers: Shapes) -> Shapes:
    """Give barriers as areas, lines as narrow strips."""
    areas: Shapes = np.where(
        shapely.get_dimensions(barriers) == _AREA, barriers, shapely.buffer(barriers, _STRIP_M / 2, cap_style="flat")
    )
    return areas


def _pieces(network: Network, rows: Rows, border: shapely.Geometry) -> tuple[Rows, Floats, Floats]:
    """Cut edges where they meet a border: the row of the edge, and where each piece begins and finishes [m]."""
    lines = network.lines[rows]
    length_m = shapely.length(lines)
    xy, at = shapely.get_coordinates(shapely.intersection(lines, border), return_index=True)
    cut_m = shapely.line_locate_point(lines[at], shapely.points(xy))
    inside = (cut_m > AT_NODE_M) & (cut_m < length_m[at] - AT_NODE_M)
    every = np.arange(len(rows))
    owner = np.concatenate([every, at[inside], every])
    stop_m = np.concatenate([np.zeros(len(rows)), cut_m[inside], length_m])
    order = np.lexsort((stop_m, owner))
    owner, stop_m = owner[order], stop_m[order]
    apart = np.r_[True, (np.diff(owner) != 0) | (np.diff(stop_m) > AT_NODE_M)]
    owner, stop_m = owner[apart], stop_m[apart]
    same = np.diff(owner) == 0
    return rows[owner[:-1][same]], stop_m[:-1][same], stop_m[1:][same]


def _cut(
    network: Network, kept: Rows, pieces: tuple[Rows, Floats, Floats], *, lines: Shapes, extra_m: Floats
) -> Network:
    """Give the streets with pieces in the place of the edges that were cut."""
    edge, begin_m, finish_m = pieces
    from_before = np.diff(edge, prepend=-1) == 0
    joints = np.cumsum(from_before) + len(network.node_xy) - 1
    start = np.where(from_before, joints, network.start[edge])
    goes_on = np.diff(edge, append=-1) == 0
    end = np.where(goes_on, joints + 1, network.end[edge])
    share = (finish_m - begin_m) / network.length_m[edge]
    forth_m, back_m = (np.r_[counted[kept], counted[edge] * share + extra_m] for counted in network.lengths_m)
    row = np.concatenate([kept, edge])
    cut = replace(
        network,
        node_xy=np.concatenate([network.node_xy, shapely.get_coordinates(shapely.get_point(lines[from_before], 0))]),
        start=np.concatenate([network.start[kept], start]),
        end=np.concatenate([network.end[kept], end]),
        length_m=np.concatenate([network.length_m[kept], finish_m - begin_m]),
        direction=network.direction[row],
        lines=np.concatenate([network.lines[kept], lines]),
        street=network.street[row],
        side=None if network.side is None else network.side[row],
    )
    return cut.counting(forth_m, back_m)
