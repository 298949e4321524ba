"""Walking distances on the street network."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.territory.walking.graph import Floats, Rows, morton_order
from geo.territory.walking.plain import Plain
from geo.territory.walking.points import graph_of_ways, ways_of
from geo.territory.walking.tabling import table_of

# Ends of streets that are nearer than this are one crossing: a centimetre is finer than any survey of streets.
NODE_STEP_M: Final = 0.01


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
    kept = streets[streets["walkable"].to_numpy(dtype=bool)] if "walkable" in streets else streets
    parts, street = shapely.get_parts(kept.geometry.to_numpy(), return_index=True)
    long = shapely.length(parts) > 0
    lines, street = np.asarray(parts[long], dtype=object), street[long]
    if not len(lines):
        msg = f"expected at least one line that can be walked, got none among {len(streets)} streets"
        raise NetworkError(msg)
    node_xy, start, end = _nodes(lines)
    main = _largest_part(start, end, shapely.length(lines), nodes=len(node_xy))
    used, renumbered = np.unique(np.concatenate([start[main], end[main]]), return_inverse=True)
    order = morton_order(node_xy[used])
    row = np.argsort(order)[renumbered.reshape(-1)]
    half = int(main.sum())
    return Network(
        node_xy=node_xy[used][order],
        start=row[:half],
        end=row[half:],
        length_m=shapely.length(lines[main]),
        direction=_directions(kept)[street[main]],
        lines=lines[main],
        dropped_m=float(shapely.length(lines[~main]).sum()),
    )


def snap(network: Network, xy: Floats) -> Snap:
    """Bring points to the nearest edge of the network.

    Parameters
    ----------
    network
        The walkable streets.
    xy
        Coordinates [m], shape (points, 2), in the CRS of the network.

    Raises
    ------
    NetworkError
        If a coordinate is not a finite number.
    """
    if not np.isfinite(xy).all():
        msg = f"expected finite coordinates, got {int((~np.isfinite(xy).all(axis=1)).sum())} points without"
        raise NetworkError(msg)
    points = np.asarray(shapely.points(xy), dtype=object)
    tree = shapely.STRtree(network.lines)
    inputs, edges = tree.query_nearest(points, all_matches=True)
    # Several edges at the same distance (a point in front of a crossing): the first of them, whatever the tree says.
    edge = np.full(len(points), len(network.lines), dtype=np.int64)
    np.minimum.at(edge, inputs, edges)
    lines = network.lines[edge]
    return Snap(edge, shapely.line_locate_point(lines, points), shapely.distance(lines, points))


def walk_distances(network: Network, origins: Snap, destinations: Snap) -> Floats:
    """Give the walk from each origin to each destination [m], shape (origins, destinations).

    A walk is the access leg to the nearest street, the shortest way along the streets, counted from and to the very
    point of the edge that the points were brought to, and the access leg at the other end. For the network of a region,
    `geo.territory.walking.questions` gives the same table many times sooner.
    """
    ways = ways_of(network)
    searches = Plain(graph_of_ways(ways, nodes=len(network.node_xy)))
    return np.asarray(table_of(searches, ways, destinations, homes=origins))


def _nodes(lines: npt.NDArray[Any]) -> tuple[Floats, Rows, Rows]:
    """Give the crossings and, for each line, the row of its first and last one."""
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))]
    )
    cells = np.round(ends / NODE_STEP_M).astype(np.int64)
    _, first, node = np.unique(cells, axis=0, return_index=True, return_inverse=True)
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
