"""Streets as a file or a service has them, before they are judged and cut at their crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd

from geo.sources.streets_rules import Rule

Kind = Literal["osm", "graph", "bdtopo", "lines"]


@dataclass(frozen=True, eq=False)
class RawStreets:
    """Streets of one source.

    Attributes
    ----------
    name
        The file or place as the user knows it, for errors.
    kind
        What the source is: OpenStreetMap, a graph, road sections of the BD TOPO, or plain lines.
    frame
        One row a street with its line, columns ``id``, ``name`` and those that the rules read; it knows its CRS.
    rules
        What may be walked in this kind of source.
    by_vertices
        Whether streets meet wherever they share a vertex (OpenStreetMap), or at their ends only.
    references, missing
        Count of nodes that the streets name and of those among them that the file lacks; None if not known.
    lost
        Count of streets of which fewer than two nodes in a row are left.
    """

    name: str
    kind: Kind
    frame: gpd.GeoDataFrame
    rules: tuple[Rule, ...]
    by_vertices: bool = False
    references: int | None = None
    missing: int | None = None
    lost: int = 0
