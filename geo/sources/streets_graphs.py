"""Streets of a graph as osmnx makes it: an object in memory, or its GraphML file."""

from __future__ import annotations

import ast
import io
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.streets_raw import RawStreets, vertices_of
from geo.sources.streets_rules import OSM_COLUMNS, OSM_RULES

_WANTED: Final = "a graph of streets as osmnx saves it: nodes with x and y, edges, and a CRS"
_REMEDY: Final = "Save it again with osmnx.save_graphml, or give the OpenStreetMap file itself."


def read_graphml(content: bytes, name: str) -> RawStreets:
    """Read the streets of a GraphML file.

    Raises
    ------
    SourceError
        If the file is not a whole GraphML file of a graph of streets.
    """
    try:
        graph = nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    except (ParseError, nx.NetworkXError, KeyError, ValueError) as error:
        raise UnreadableFileError(_fault(name, "XML that ends or breaks, or no graph")) from error
    return streets_of_graph(graph, name)


def streets_of_graph(graph: nx.Graph, name: str = "graph") -> RawStreets:
    """Give the streets of a graph.

    A street that stands in the graph twice, once for each direction, is one street; what a graph says of one-way
    traffic is said of vehicles.

    Parameters
    ----------
    graph
        Nodes with ``x`` and ``y``, edges with or without ``geometry``, and the CRS in ``graph.graph["crs"]``.
    name
        The graph as the user knows it, for errors.

    Raises
    ------
    SourceError
        If a node has no place, a geometry cannot be read, there is no edge, or the graph does not say its CRS.
    """
    if not graph.number_of_edges():
        raise UnreadableFileError(_fault(name, "no edge"))
    if not graph.graph.get("crs"):
        raise UnreadableFileError(_fault(name, "no CRS"))
    edges = [(one, other, said) for one, other, said in graph.edges(data=True)]
    try:
        place = {node: (float(said["x"]), float(said["y"])) for node, said in graph.nodes(data=True)}
        lines = np.array([_line(place, edge) for edge in edges], dtype=object)
    except (KeyError, TypeError, ValueError, ShapelyError) as error:
        raise UnreadableFileError(_fault(name, "a node without coordinates, or a geometry that is none")) from error
    said = {column: [_text(edge[2].get(column)) for edge in edges] for column in OSM_COLUMNS}
    ids = [f"e{row + 1}" for row in range(len(edges))]
    frame = pd.DataFrame({"id": ids, **said}, dtype=object)
    once = ~pd.Series(shapely.to_wkb(shapely.normalize(lines))).duplicated().to_numpy()
    frame, vertices = frame[once].reset_index(drop=True), vertices_of(lines[once])
    return RawStreets(name, "graph", frame, vertices, pyproj.CRS.from_user_input(graph.graph["crs"]), OSM_RULES)


def _line(place: dict[Any, tuple[float, float]], edge: tuple[Any, Any, dict[str, Any]]) -> BaseGeometry:
    one, other, said = edge
    drawn = said.get("geometry")
    if drawn is None:
        return shapely.LineString([place[one], place[other]])
    return drawn if isinstance(drawn, BaseGeometry) else shapely.from_wkt(str(drawn))


def _text(said: Any) -> str | None:  # noqa: ANN401
    """Give what is said of an edge as one text; the values of several ways with ``;`` between them."""
    if isinstance(said, str) and said.startswith("["):
        try:
            said = ast.literal_eval(said)
        except (SyntaxError, ValueError):
            return str(said)
    if isinstance(said, (list, tuple)):
        return ";".join(str(one) for one in said)
    return None if said is None or said == "" else str(said)


def _fault(name: str, got: str) -> Fault:
    return Fault("no-streets-graph", name, None, "", _WANTED, got, _REMEDY, {"reason": got})
