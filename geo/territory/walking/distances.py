"""Walks from each of some points to each of others.

They stand apart from the network itself: who only builds one, to read the streets of a file, compiles nothing and does
not load what compiles.
"""

from __future__ import annotations

import numpy as np

from geo.model.network import Network, Snap
from geo.territory.walking.choosing import searches_for
from geo.territory.walking.graph import Floats
from geo.territory.walking.points import graph_of_ways, ways_of
from geo.territory.walking.tabling import table_of


def walk_distances(network: Network, origins: Snap, destinations: Snap) -> Floats:
    """Give the walk from each origin to each destination [m], shape (origins, destinations).

    A walk is the access leg to the street, the shortest way along the streets, counted from and to the very point of
    the edge that the points were brought to, and the access leg at the other end. Of several streets near a point that
    one counts by which the walk is shortest. How it is searched changes the time only, see `searches_for`.
    """
    ways = ways_of(network)
    searches = searches_for(graph_of_ways(ways, nodes=len(network.node_xy)), sources=destinations.points)
    return np.asarray(table_of(searches, ways, destinations, homes=origins))
