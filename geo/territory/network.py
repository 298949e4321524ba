"""Walking distances on the street network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.errors import NetworkError
from geo.model.network import Network

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

# Ends of streets that are nearer than this are one crossing: a centimetre is finer than any survey of streets.
NODE_STEP_M: Final = 0.01


@dataclass(frozen=True, eq=False)
class Snap:
    """Points brought to the nearest street.

    Attributes
    ----------
    edge
        Row of the edge in the network, shape (points,).
    along_m
        Distance along the edge from its first node [m], shape (points,).
    access_m
        Straight distance from the point to the edge [m], shape (points,).
    """

    edge: Rows
    along_m: Floats
    access_m: Floats


def build_network(streets: gpd.GeoDataFrame) -> Network:
    """Make a network of the streets that can be walked, its largest connected part only.

    Streets meet where they share an end; lines that merely cross (a bridge over a road) do not meet.

    Parameters
    ----------
    streets
        Lines in a projected CRS in metres; a column ``walkable`` leaves out the lines where it is false.

    Raises
    ------
    NetworkError
        If there is no line that can be walked.
    """
    kept = streets[streets["walkable"].to_numpy(dtype=bool)] if "walkable" in streets else streets
    lines = np.asarray(shapely.get_parts(kept.geometry.to_numpy()), dtype=object)
    lines = lines[shapely.length(lines) > 0]
    if not len(lines):
        msg = f"expected at least one line that can be walked, got none among {len(streets)} streets"
        raise NetworkError(msg)
    node_xy, start, end = _nodes(lines)
    main = _largest_part(start, end, shapely.length(lines), nodes=len(node_xy))
    used, renumbered = np.unique(np.concatenate([start[main], end[main]]), return_inverse=True)
    half = int(main.sum())
    return Network(
        node_xy=node_xy[used],
        start=renumbered[:half].astype(np.int64),
        end=renumbered[half:].astype(np.int64),
        length_m=shapely.length(lines[main]),
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
    point of the edge that the points were brought to, and the access leg at the other end.
    """
    table = np.empty((len(origins.edge), len(destinations.edge)))
    graph = _graph(network)
    for column in range(len(destinations.edge)):
        edge, along = destinations.edge[column], destinations.along_m[column]
        to_nodes = _from_point(network, graph, int(edge), along_m=float(along))
        table[:, column] = _to_points(network, to_nodes, origins)
        same = origins.edge == edge
        direct = np.abs(origins.along_m[same] - along)
        table[same, column] = np.minimum(table[same, column], direct)
    walks: Floats = table + origins.access_m[:, None] + destinations.access_m[None, :]
    return walks


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


def _graph(network: Network) -> csr_array:
    """Give the sparse matrix of the shortest edge between neighbouring nodes [m]."""
    low, high = np.minimum(network.start, network.end), np.maximum(network.start, network.end)
    order = np.lexsort((network.length_m, high, low))
    low, high, length_m = low[order], high[order], network.length_m[order]
    # Of parallel edges the shortest comes first; a loop leads nowhere.
    first = np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)] & (low != high)
    nodes = len(network.node_xy)
    return csr_array((length_m[first], (low[first], high[first])), shape=(nodes, nodes))


def _from_point(network: Network, graph: csr_array, edge: int, *, along_m: float) -> Floats:
    """Give the distance from a point of an edge to every node [m]."""
    ends = [int(network.start[edge]), int(network.end[edge])]
    legs = np.array([along_m, network.length_m[edge] - along_m])
    return np.asarray((dijkstra(graph, directed=False, indices=ends) + legs[:, None]).min(axis=0))


def _to_points(network: Network, to_nodes: Floats, points: Snap) -> Floats:
    """Carry distances at the nodes [m] to points of edges."""
    by_start = to_nodes[network.start[points.edge]] + points.along_m
    by_end = to_nodes[network.end[points.edge]] + network.length_m[points.edge] - points.along_m
    return np.minimum(by_start, by_end)
