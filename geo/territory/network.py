"""The street network: made of lines, and points brought to it."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.model.walking import NEAREST_STREET, AccessChoices
from geo.territory.walking.graph import Floats, Rows, morton_order
from geo.territory.walking.snapping import brought

# Ends of streets that are nearer than this are one crossing: a centimetre is finer than any survey of streets.
NODE_STEP_M: Final = 0.01
# No town is so wide: points that are all farther than this from its streets are given in another CRS.
ELSEWHERE_M: Final = 100_000.0
# At most so many of the crossings [share, 0-1] get the height of another: with more, the relief would be invented.
MOST_UNKNOWN_SHARE: Final = 0.1


def build_network(streets: gpd.GeoDataFrame) -> Network:
    """Make a network of the streets that can be walked, its largest connected part only.

    Streets meet where they share an end; lines that merely cross (a bridge over a road) do not meet.

    Parameters
    ----------
    streets
        Lines in a projected CRS in metres; a column ``walkable`` leaves out the lines where it is false. A column
        ``walk_direction`` says of a line that it may be walked from its first point to its last only (1), back only
        (-1) or both ways (0).

    Raises
    ------
    NetworkError
        If there is no line that can be walked.
    """
    open_to_all = np.ones(len(streets), dtype=bool)
    walkable = streets["walkable"].to_numpy(dtype=bool) if "walkable" in streets else open_to_all
    parts, street = _parts(streets.geometry.to_numpy())
    length_m = shapely.length(parts)
    kept = walkable[street] & (length_m > 0)
    lines, street, length_m = parts[kept], street[kept], length_m[kept]
    if not len(lines):
        msg = f"expected at least one line that can be walked, got none among {len(streets)} streets"
        raise NetworkError(msg)
    node_xy, start, end = _nodes(lines)
    main = _largest_part(start, end, length_m, nodes=len(node_xy))
    used, renumbered = np.unique(np.concatenate([start[main], end[main]]), return_inverse=True)
    order = morton_order(node_xy[used])
    row = np.argsort(order)[renumbered.reshape(-1)]
    half = int(main.sum())
    return Network(
        node_xy=node_xy[used][order],
        start=row[:half],
        end=row[half:],
        length_m=length_m[main],
        direction=_directions(streets)[street[main]],
        lines=lines[main],
        dropped_m=float(length_m[~main].sum()),
        street=street[main],
    )


def node_heights(network: Network, streets: gpd.GeoDataFrame) -> Floats | None:
    """Give the height of each node [m], shape (nodes,): the mean of what the pieces of street that meet there say.

    A node of which none says a height has that of the node nearest in a straight line.

    Parameters
    ----------
    network
        The walkable streets, whole as `build_network` makes them.
    streets
        The table that it was made of, with ``from_height_m`` and ``to_height_m``, the heights of both ends.

    Returns
    -------
    heights_m
        None if the table has no such columns, or more than `MOST_UNKNOWN_SHARE` of the nodes are without height.
    """
    if not {"from_height_m", "to_height_m"} <= set(streets.columns):
        return None
    said = [
        streets[name].to_numpy(dtype=float, na_value=np.nan)[network.street]
        for name in ("from_height_m", "to_height_m")
    ]
    node, height_m = np.concatenate([network.start, network.end]), np.concatenate(said)
    known = np.isfinite(height_m)
    count = np.bincount(node[known], minlength=len(network.node_xy))
    total_m = np.bincount(node[known], height_m[known], minlength=len(network.node_xy))
    found = count > 0
    if (~found).mean() > MOST_UNKNOWN_SHARE:
        return None
    height_m = total_m[found] / count[found]
    return np.asarray(height_m[KDTree(network.node_xy[found]).query(network.node_xy)[1]], dtype=float)


def snap(
    network: Network,
    xy: Floats,
    *,
    choices: AccessChoices = NEAREST_STREET,
    barriers: gpd.GeoDataFrame | None = None,
) -> Snap:
    """Bring points to the nearest edge of the network, or to the nearest few if several are near.

    A point without a street within reach gets none, so that no walk leads to it; so does a point within a barrier. Each
    edge counts at its nearest point; if that is a crossing to which a nearer edge leads as well, the edge is left out.

    Parameters
    ----------
    network
        The walkable streets.
    xy
        Coordinates [m], shape (points, 2), in the CRS of the network.
    choices
        How many edges, and how far to look.
    barriers
        Rivers, railways, motorways, as lines or areas, that no straight way between a point and a street may cross.
        Into a road (column ``kind``) it may lead, but not out on the other side: people live there.

    Raises
    ------
    NetworkError
        If a coordinate is not a finite number, or all points are so far away that their CRS must be another one.
    """
    if not np.isfinite(xy).all():
        msg = f"expected finite coordinates, got {int((~np.isfinite(xy).all(axis=1)).sum())} points without"
        raise NetworkError(msg)
    low, high = network.node_xy.min(axis=0) - ELSEWHERE_M, network.node_xy.max(axis=0) + ELSEWHERE_M
    if len(xy) and not ((xy >= low) & (xy <= high)).all(axis=1).any():
        near, got = (f"({x:,.0f}, {y:,.0f})" for x, y in (network.node_xy[0], xy[0]))
        msg = f"expected points in the CRS of the streets, as {near}, got {got}: bring the points to that CRS"
        raise NetworkError(msg)
    points = np.asarray(shapely.points(xy), dtype=object)
    return brought(network, points, choices=choices, barriers=barriers)


def _parts(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Rows]:
    """Give the lines and the row of the street of each; lines of one part as they are, without a copy."""
    if (shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING).all():
        return np.asarray(shapes, dtype=object), np.arange(len(shapes))
    parts, street = shapely.get_parts(shapes, return_index=True)
    return np.asarray(parts, dtype=object), street


def _nodes(lines: npt.NDArray[Any]) -> tuple[Floats, Rows, Rows]:
    """Give the crossings and, for each line, the row of its first and last one."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    ends = xy[np.concatenate([first, np.r_[first[1:], len(line)] - 1])]
    cells = np.round(ends / NODE_STEP_M).astype(np.int64)
    # Both numbers in one are sorted many times sooner than in pairs.
    _, first, node = np.unique((cells[:, 0] << np.int64(32)) + cells[:, 1], return_index=True, return_inverse=True)
    node = node.reshape(-1)
    return ends[first], node[: len(lines)], node[len(lines) :]


def _largest_part(start: Rows, end: Rows, length_m: Floats, *, nodes: int) -> npt.NDArray[np.bool_]:
    """Tell which lines belong to the connected part with the greatest length."""
    links = csr_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    length_of_part = np.bincount(part[start], weights=length_m)
    return np.asarray(part[start] == length_of_part.argmax())


def _directions(streets: gpd.GeoDataFrame) -> npt.NDArray[np.int8]:
    """Give the directions in which streets may be walked; both where nothing is said."""
    if "walk_direction" not in streets:
        return np.zeros(len(streets), dtype=np.int8)
    said: Floats = streets["walk_direction"].fillna(0).to_numpy(dtype=float)
    return np.sign(said).astype(np.int8)
