"""Streets of a layer of lines: road sections of the BD TOPO, or any GeoPackage, Shapefile or GeoJSON."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.streets_raw import Kind, RawStreets, vertices_of
from geo.sources.streets_rules import BDTOPO_RULES, LINE_RULES, Rule

LAYER: Final = "troncon_de_route"
_WANTED: Final = "a layer of lines (GeoPackage, Shapefile or GeoJSON) or an OpenStreetMap file"
_REMEDY: Final = "Export the streets again, as a GeoPackage with lines and a CRS."
# The first column that is there, and the first value that is not empty, names the street.
_BDTOPO_NAMES: Final = (
    "nom_collaboratif_gauche", "nom_collaboratif_droite", "nom_voie_ban_gauche", "nom_voie_ban_droite",
    "nom_1_gauche", "nom_1_droite", "nom_coll_g", "nom_coll_d", "nom_ban_g", "nom_ban_d", "nom_1_g", "nom_1_d",
    "toponyme",
)  # fmt: skip
_LINE_NAMES: Final = ("street_name", "name", "nom", "nom_voie", "lib_off", "libelle")
_IDS: Final = ("id", "cleabs", "segment_id", "idarc", "osm_id", "fid")
# The BD TOPO writes its columns in full in a GeoPackage and in ten letters in a Shapefile.
_BDTOPO_COLUMNS: Final = {
    "NATURE": ("nature",),
    "ETAT": ("etat", "etat_de_l_objet"),
    "ACCES_PED": ("acces_ped", "acces_pieton"),
    "PRIVE": ("prive",),
    "NAT_RESTR": ("nat_restr", "nature_de_la_restriction"),
    "layer": ("pos_sol", "position_par_rapport_au_sol"),
    "importance": ("importance",),
}
_LINE_COLUMNS: Final = {
    "walkable": ("walkable",),
    "walk_direction": ("walk_direction",),
    "layer": ("above_ground", "layer", "level"),
    "highway": ("road_class", "highway", "fclass", "class"),
    "from_height_m": ("from_height_m",),
    "to_height_m": ("to_height_m",),
}


def read_lines(path: Path, name: str) -> RawStreets:
    """Read the streets of a layer of lines.

    Parameters
    ----------
    path
        The file. Its layer called ``troncon_de_route`` is read, else its only layer with a geometry.
    name
        The file as the user knows it, for errors.

    Raises
    ------
    SourceError
        If the file cannot be read, has several layers, no line or no CRS.
    """
    layer = _layer(path, name)
    columns = {str(column).lower(): str(column) for column in layer.columns if column != layer.geometry.name}
    road_base = "nature" in columns and bool(
        {"acces_ped", "acces_pieton", "pos_sol"} & set(columns) or "sens" in columns
    )
    kind: Kind = "bdtopo" if road_base else "lines"
    rules: tuple[Rule, ...] = BDTOPO_RULES if road_base else LINE_RULES
    wanted = _BDTOPO_COLUMNS if road_base else _LINE_COLUMNS
    said = {"id": _ids(layer, columns), "name": _first(layer, columns, _BDTOPO_NAMES if road_base else _LINE_NAMES)}
    for column, names in wanted.items():
        if any(one in columns for one in names):
            said[column] = _first(layer, columns, names)
    return RawStreets(name, kind, pd.DataFrame(said), vertices_of(layer.geometry.to_numpy()), layer.crs, rules)


def _layer(path: Path, name: str) -> gpd.GeoDataFrame:
    try:
        with warnings.catch_warnings():
            # GDAL remarks on what it can read all the same; what it cannot read is an error.
            warnings.simplefilter("ignore", RuntimeWarning)
            layer = pyogrio.read_dataframe(path, layer=_chosen(path, name))
    except (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError) as error:
        raise UnreadableFileError(_fault(name, "a file of another kind, or a damaged one")) from error
    if not isinstance(layer, gpd.GeoDataFrame):
        raise UnreadableFileError(_fault(name, "a table without geometry"))
    lines = layer[shapely.get_dimensions(layer.geometry.to_numpy()) == 1].reset_index(drop=True)
    if not len(lines):
        raise UnreadableFileError(_fault(name, "a layer without any line"))
    if lines.crs is None:
        raise UnreadableFileError(_fault(name, "a layer that does not say its CRS"))
    return lines


def _chosen(path: Path, name: str) -> str:
    layers = pyogrio.list_layers(path)
    there = [str(layer) for layer, kind in np.atleast_2d(layers) if kind is not None] if len(layers) else []
    wanted = [layer for layer in there if layer.lower() == LAYER] or there
    if len(wanted) == 1:
        return wanted[0]
    got = f"{len(there)} layers: {', '.join(there)}" if there else "no layer"
    raise UnreadableFileError(_fault(name, got))


def _fault(name: str, got: str) -> Fault:
    return Fault("no-streets-layer", name, None, "", _WANTED, got, _REMEDY, {"reason": got})


def _ids(layer: gpd.GeoDataFrame, columns: dict[str, str]) -> pd.Series:
    """Give the codes of the lines: those of the file if each has its own, else their places in it."""
    for one in _IDS:
        if one in columns and layer[columns[one]].notna().all() and layer[columns[one]].is_unique:
            return pd.Series(layer[columns[one]].astype(str), dtype=object)
    return pd.Series([f"s{row + 1}" for row in range(len(layer))], dtype=object)


def _first(layer: gpd.GeoDataFrame, columns: dict[str, str], names: tuple[str, ...]) -> pd.Series:
    """Give the first value that is not empty among columns, as text; None where there is none."""
    found = pd.Series([None] * len(layer), dtype=object)
    for one in names:
        if one in columns:
            texts = layer[columns[one]].astype(object)
            empty = found.isna() & texts.notna() & (texts.astype(str).str.strip() != "")
            found[empty] = texts[empty].astype(str)
    return found
