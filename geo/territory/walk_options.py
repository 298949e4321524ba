"""The streets of a city as children walk them: what they do not cross, what is closed, and hills."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import NetworkError
from geo.model.network import Network
from geo.model.walking import WalkChoices
from geo.territory.annex.naming import understand
from geo.territory.network import node_heights
from geo.territory.walking.costs import with_factor, with_slope
from geo.territory.walking.crossings import with_barriers
from geo.territory.walking.points import Mask
from geo.territory.walking.sides import with_sides

# A bridge is how a river is crossed; it is how a railway or a motorway is not.
_CROSSED_BY_BRIDGE: Final = "river"
_STREETS: Final = ("street_id", "road_class", "street_name")
_BARRIERS: Final = ("barrier_id", "kind", "name")


def walked_streets(
    network: Network, choices: WalkChoices, *, streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame
) -> Network:
    """Let the streets count what children walk.

    Parameters
    ----------
    network
        The walkable streets.
    choices
        What is not crossed, what is closed, and whether hills count.
    streets
        The table that the network was made of: ``street_id``, ``street_name``; with ``road_class`` classes of road can
        be named, with ``above_ground`` bridges and tunnels are known, with heights hills.
    barriers
        Rivers, railways and motorways: index ``barrier_id``, ``kind``, ``name``.

    Raises
    ------
    NetworkError
        If hills shall count and the streets have no heights.
    """
    if choices.slopes:
        heights_m = node_heights(network, streets)
        if heights_m is None:
            msg = (
                "expected streets with heights, so that hills count, got none: from_height_m and to_height_m are empty"
            )
            raise NetworkError(msg)
        network = with_slope(network, heights_m)
    if choices.closed:
        network = with_factor(network, _named(streets, choices.closed, _STREETS)[network.street], factor=np.inf)
    for names, crossing_m in _counts(choices):
        network = _across(network, streets, barriers[_named(barriers, names, _BARRIERS)], crossing_m=crossing_m)
    crossed_m = np.zeros(len(streets))
    for names, crossing_m in reversed(list(_counts(choices))):
        crossed_m[_named(streets, names, _STREETS)] = crossing_m
    of_edge_m = crossed_m[network.street]
    along = of_edge_m > 0
    return with_sides(network, along, crossing_m=of_edge_m) if along.any() else network


def unknown_names(choices: WalkChoices, *, streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Give what choices name and neither streets nor, to be crossed, barriers have."""
    crossed = {*choices.never_cross, *choices.avoid_crossing}
    return tuple(
        name
        for name in sorted(crossed | set(choices.closed))
        if not _named(streets, [name], _STREETS).any()
        and (name in choices.closed or not _named(barriers, [name], _BARRIERS).any())
    )


def _counts(choices: WalkChoices) -> Iterator[tuple[tuple[str, ...], float]]:
    """Give what is crossed and what each crossing counts [m], what is never crossed first."""
    yield choices.never_cross, np.inf
    yield tuple(name for name in choices.avoid_crossing if name not in choices.never_cross), choices.crossing_m


def _named(table: gpd.GeoDataFrame, names: Collection[str], columns: tuple[str, str, str]) -> Mask:
    """Tell which rows have one of the names, as their code, their class, or their name however it is written."""
    code, kind, name = (_texts(table, column) for column in columns)
    spoken = {understand(one).full for one in names} - {""}
    full = {one: understand(one).full in spoken for one in set(name)}
    spelled = np.array([full[one] for one in name], dtype=bool)
    return np.asarray(np.isin(code, list(names)) | np.isin(kind, list(names)) | spelled)


def _texts(table: gpd.GeoDataFrame, column: str) -> npt.NDArray[Any]:
    """Give a column, or the index of that name, as texts; empty where nothing is said."""
    if column == table.index.name:
        return np.asarray(table.index.to_numpy(dtype=object))
    said = table[column] if column in table else pd.Series("", index=table.index)
    return np.asarray(said.astype(object).where(said.notna(), "").to_numpy(dtype=object))


def _across(network: Network, streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame, *, crossing_m: float) -> Network:
    """Let crossings of barriers count; where a bridge or a tunnel passes a railway or a motorway, nobody crosses it."""
    over = barriers["kind"].to_numpy(dtype=object) == _CROSSED_BY_BRIDGE
    if over.any():
        network = with_barriers(network, barriers[over], crossing_m=crossing_m)
    if not over.all():
        network = with_barriers(
            network, barriers[~over], crossing_m=crossing_m, open_edges=_apart(streets)[network.street]
        )
    return network


def _apart(streets: gpd.GeoDataFrame) -> Mask:
    """Tell which streets are known to be above or below the ground."""
    if "above_ground" not in streets:
        return np.zeros(len(streets), dtype=bool)
    return np.asarray(streets["above_ground"].fillna(0).to_numpy(dtype=float) != 0)
