"""Any file of streets, read without a network: OpenStreetMap, a graph of osmnx, the BD TOPO, or lines."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import networkx as nx

from geo.errors import SourceError
from geo.sources.files import read_content
from geo.sources.streets_graphs import read_graphml, streets_of_graph
from geo.sources.streets_layers import read_lines
from geo.sources.streets_osm import is_osm, read_osm
from geo.sources.streets_raw import RawStreets
from geo.sources.streets_weaving import Streets, check_crs, weave

DEFAULT_CRS: Final = "EPSG:2154"
_HEAD_BYTES: Final = 1000


def read_streets(path: Path, *, crs: str = DEFAULT_CRS) -> Streets:
    """Read the streets of a file; what it is shows in its content, not in its name.

    Parameters
    ----------
    path
        OpenStreetMap (``.osm.pbf``, ``.osm``, ``.osm.bz2``), GraphML of osmnx, road sections of the BD TOPO, or any
        GeoPackage, Shapefile or GeoJSON of lines.
    crs
        Projected CRS in metres of the table.

    Raises
    ------
    SourceError
        If the file is missing, empty, damaged, of another kind, or its streets lie outside the CRS.
    NetworkError
        If no street can be walked.
    """
    check_crs(crs)
    return weave(_read(path), crs)


def streets_from_graph(graph: nx.Graph, *, crs: str = DEFAULT_CRS) -> Streets:
    """Give the streets of a graph of osmnx that is in memory.

    Raises
    ------
    SourceError
        If the graph has no edges, no coordinates or no CRS, or lies outside the CRS asked for.
    NetworkError
        If no street can be walked.
    """
    check_crs(crs)
    return weave(streets_of_graph(graph), crs)


def write_streets(streets: Streets, out: Path) -> None:
    """Write the table as a GeoPackage that a city folder can hold: whole or not at all.

    Raises
    ------
    SourceError
        If the file cannot be written there.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            draft = Path(folder) / "streets.gpkg"
            streets.table.reset_index().to_file(draft, driver="GPKG", layer=out.stem, engine="pyogrio")
            draft.replace(out)
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise SourceError(str(out), expected="a place to write", got=got, remedy="Name another file.") from error


def _read(path: Path) -> RawStreets:
    content = read_content(path, path.name)
    if is_osm(content):
        return read_osm(content, path.name)
    if b"<graphml" in content[:_HEAD_BYTES]:
        return read_graphml(content, path.name)
    return read_lines(path, path.name)
