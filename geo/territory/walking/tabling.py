"""The table of walks between places and all the schools at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.model.network import Snap
from geo.territory.walking.graph import Floats, Lengths
from geo.territory.walking.points import Places, Ways, least_of_each, on_one_edge, places_on, seeds_at
from geo.territory.walking.searches import Searches


def table_of(
    searches: Searches,
    ways: Ways,
    schools: Snap,
    *,
    homes: Snap | None = None,
    dtype: npt.DTypeLike = np.float64,
) -> Lengths:
    """Give the walk between each home, or node, and each school [m], shape (homes, schools).

    Parameters
    ----------
    searches, ways
        How the streets are searched, and what they count.
    schools, homes
        Points brought to the network; every node unless homes are given.
    dtype
        Kind of number of the table.
    """
    sources = places_on(ways, schools)
    seeds = seeds_at(sources)
    if homes is None:
        return searches.table(seeds, np.arange(searches.graph.nodes), dtype)
    places = places_on(ways, homes)
    nodes, row = np.unique(np.concatenate([places.start, places.end]), return_inverse=True)
    at_nodes = searches.table(seeds, nodes)
    start, end = np.split(row.reshape(-1), 2)
    by_row = np.empty((len(places.edge), sources.points), dtype=dtype)
    for school in range(sources.points):
        by_row[:, school] = _by_either_end(places, at_nodes[start, school], at_nodes[end, school])
    table = least_of_each(by_row, places.first)
    one, home, walk_m = on_one_edge(sources, places)
    np.minimum.at(table, (home, one), walk_m.astype(table.dtype))
    return table


def _by_either_end(places: Places, start_m: Floats, end_m: Floats) -> Floats:
    """Give the shorter of the walks by both ends of the edges, with the access, for distances of the ends [m]."""
    return np.minimum(start_m + places.from_start_m, end_m + places.from_end_m) + places.access_m
