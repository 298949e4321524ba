"""The ground of Montpellier: street trees, buildings of the city's file, and an estimate of the school yards.

No file of the portal draws a school yard. Its file of buildings gives many the code of the estate that they belong to
(``CDPAT``), and the table of schools gives that of each school: the open ground close around the buildings of a school
stands for its yard. It is an estimate, the table tells it as one, and it is left out where it would be a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import BaseModel, ConfigDict
from shapely.geometry.base import BaseGeometry

from geo.errors import SourceError
from geo.model.choice import chosen
from geo.model.source import Source
from geo.sources.files import read_layer


class GroundRules(BaseModel):
    """The numbers by which a yard is estimated or left out, and the heights that a tree can have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    near_m: Annotated[
        float, chosen("m", (10, 300), "A building of the code farther from the point of the school is not the school.")
    ] = 100
    around_m: Annotated[
        float, chosen("m", (0, 50), "Ground counted around the hull of the buildings: choice, not measured.")
    ] = 10
    street_m: Annotated[float, chosen("m", (0, 20), "Half of a street with its pavements, off its line: choice.")] = 6
    house_m: Annotated[
        float, chosen("m", (0, 30), "Ground of a house around its address, since no file has its walls: choice.")
    ] = 10
    wall_m: Annotated[
        float, chosen("m", (0, 20), "Ground that a building of another code keeps for itself: choice.")
    ] = 4
    least_m2: Annotated[float, chosen("m2", (0, 2_000), "Less is no yard: the true one lies elsewhere.")] = 200
    most_m2: Annotated[
        float, chosen("m2", (500, 50_000), "More is a campus or a park: nobody can tell the yard in it.")
    ] = 6_000
    least_tree_m: Annotated[float, chosen("m", (0, 5), "The file writes 0 for what is not known.")] = 1
    most_tree_m: Annotated[float, chosen("m", (20, 60), "The file has trees of 200 m.")] = 40


@dataclass(frozen=True, eq=False)
class Ground:
    """What the files say of the ground.

    Attributes
    ----------
    tables
        ``trees``, ``buildings`` and ``yards`` as their contracts want them; a table whose file is not there is not
        among them.
    summary
        How much of each there is, what is known of it, and why schools have no yard.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    summary: Mapping[str, Any]


def read_ground(
    trees: Path | None,
    buildings: Path | None,
    *,
    schools: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
) -> Ground:
    """Read trees and buildings, and estimate the yards.

    Parameters
    ----------
    trees, buildings
        The layers; None if there is none.
    schools
        Points, index ``school_id``, column ``estate``: code of its estate, empty or 0 if it has none.
    streets
        Lines, in the CRS that the tables shall have.
    addresses
        Points.

    Raises
    ------
    SourceError
        If a layer cannot be read or lacks a column.
    """
    rules = GroundRules()
    tables: dict[str, gpd.GeoDataFrame] = {}
    summary: dict[str, Any] = {}
    if trees is not None:
        tables["trees"] = _trees(_layer(trees, ("HAUTEUR_M",), str(streets.crs)), rules)
        summary["trees"] = len(tables["trees"])
        summary["trees_with_height"] = int(tables["trees"]["height_m"].notna().sum())
    if buildings is not None:
        layer = _layer(buildings, ("OBJECTID", "PATRLIB", "CDPAT"), str(streets.crs))
        tables["buildings"] = _buildings(layer)
        tables["yards"], left_out = estimate_yards(schools, layer, streets=streets, addresses=addresses, rules=rules)
        summary |= {"buildings": len(layer), "yards": len(tables["yards"]), "yards_left_out": left_out}
    return Ground(tables, summary)


def estimate_yards(
    schools: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    streets: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    rules: GroundRules,
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Take the open ground close around the buildings of each school for its yard.

    Parameters
    ----------
    schools, streets, addresses
        As for `read_ground`.
    buildings
        Footprints, column ``CDPAT``: code of the estate.
    rules
        Lengths and areas.

    Returns
    -------
    yards
        As its contract wants it, outlines told as estimated, the surface assumed to be asphalt.
    left_out
        Schools without a yard by reason: ``no-code``, ``shared-code``, ``no-building``, ``too-small``, ``too-large``.
    """
    codes = schools["estate"].map(estate_code)
    around = _Around(buildings, buildings["CDPAT"].map(estate_code), streets, addresses)
    found: dict[str, BaseGeometry] = {}
    reasons: Counter[str] = Counter()
    for school, point in schools.geometry.items():
        code = codes[school]
        reason, yard = _yard(around, point, code, rules=rules, shared=(codes == code).sum() > 1)
        if reason:
            reasons[reason] += 1
        else:
            found[str(school)] = yard
    table = gpd.GeoDataFrame(
        {"school_id": list(found), "surface": "asphalt", "outline": "estimated"},
        geometry=list(found.values()),
        index=pd.Index([f"estimee-{school}" for school in found], name="yard_id", dtype="str"),
        crs=streets.crs,
    )
    return table, dict(sorted(reasons.items()))


def estate_code(value: object) -> str:
    """Give a code of an estate without leading zeros; empty if it means none."""
    plain = str(value).strip().removesuffix(".0")
    return "" if not plain.isdigit() else plain.lstrip("0")


@dataclass(frozen=True, eq=False)
class _Around:
    """What may stand around a school."""

    buildings: gpd.GeoDataFrame
    codes: pd.Series
    streets: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame


def ground_sources(made: Ground) -> list[Source]:
    """Say where trees, buildings and yards come from, and what they lack."""
    told, sources = made.summary, []
    if "trees" in made.tables:
        note = (
            f"Arbres des rues seulement, sans ceux des cours d'école ; hauteur connue pour {told['trees_with_height']} "
            f"arbres sur {told['trees']}, relevée avant 2012 ; couronnes inconnues."
        )
        sources.append(_source("trees", "Arbres d'alignement", note))
    if "buildings" in made.tables:
        note = "Bâtiments publics et grands équipements seulement, sans les maisons ; hauteurs inconnues."
        sources.append(_source("buildings", "Bâtiments municipaux", note))
        left_out = sum(told["yards_left_out"].values())
        note = (
            f"Estimation : les fichiers n'ont pas de cours. {told['yards']} cours supposées autour des bâtiments qui "
            f"portent le code de patrimoine de l'école ({GroundRules().around_m:.0f} m autour de leur enveloppe, hors "
            f"bâtiments, rues et maisons voisines) ; sol supposé en enrobé. {left_out} écoles sans cours, faute de "
            "bâtiment de leur code ou d'une surface plausible."
        )
        sources.append(_source("yards", "Cours d'école, estimées d'après les bâtiments municipaux", note))
    return sources


def _source(table: str, title: str, note: str) -> Source:
    return Source(
        tables=(table,),
        publisher="Ville de Montpellier",
        title=title,
        vintage="2014",
        licence="Licence Ouverte",
        note=note,
    )


def _yard(
    around: _Around, point: BaseGeometry, code: str, *, rules: GroundRules, shared: bool
) -> tuple[str, BaseGeometry]:
    """Give the yard of one school, or the reason why there is none."""
    nothing = shapely.Polygon()
    if not code or shared:
        return ("shared-code" if code else "no-code"), nothing
    own = around.buildings.geometry[(around.codes == code).to_numpy()]
    own = own[own.distance(point) <= rules.near_m]
    if own.empty:
        return "no-building", nothing
    yard = _open_ground(around, shapely.union_all(own.to_numpy()), rules)
    if yard.area < rules.least_m2:
        return "too-small", nothing
    return ("too-large" if yard.area > rules.most_m2 else ""), yard


def _open_ground(around: _Around, own: BaseGeometry, rules: GroundRules) -> BaseGeometry:
    """Give the ground around the buildings of a school that neither a street, a house nor another building takes."""
    zone = own.convex_hull.buffer(rules.around_m)
    walls = _within(around.buildings.geometry, zone.buffer(rules.wall_m)).difference(own)
    houses = _within(around.addresses.geometry, zone.buffer(rules.house_m)).difference(own.buffer(rules.house_m))
    lines = _within(around.streets.geometry, zone.buffer(rules.street_m))
    taken = [walls.buffer(rules.wall_m), houses.buffer(rules.house_m), lines.buffer(rules.street_m)]
    free = zone.difference(shapely.union_all(taken)).union(own)
    # Beyond a street lies somebody else's ground, even if it is close.
    reached = [part for part in shapely.get_parts(free) if part.intersects(own)]
    return shapely.union_all(reached).difference(own)


def _within(shapes: gpd.GeoSeries, zone: BaseGeometry) -> BaseGeometry:
    near = shapes.sindex.query(zone, predicate="intersects")
    return shapely.union_all(shapes.iloc[near].to_numpy())


def _trees(layer: gpd.GeoDataFrame, rules: GroundRules) -> gpd.GeoDataFrame:
    """Give the trees with the heights that a tree can have; the file has no crowns, and hardly any number of a tree."""
    height = layer["HAUTEUR_M"].astype("float64")
    return gpd.GeoDataFrame(
        {"height_m": height.where(height.between(rules.least_tree_m, rules.most_tree_m)).to_numpy(), "crown_m": np.nan},
        geometry=layer.geometry.to_numpy(),
        index=pd.Index([f"arbre-{row}" for row in range(1, len(layer) + 1)], name="tree_id", dtype="str"),
        crs=layer.crs,
    )


def _buildings(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    use = layer["PATRLIB"].astype("object").fillna("").astype("str").str.strip()
    return gpd.GeoDataFrame(
        {"height_m": np.nan, "use": use.to_numpy()},
        geometry=layer.geometry.to_numpy(),
        index=pd.Index(layer["OBJECTID"].astype("int64").astype("str"), name="building_id"),
        crs=layer.crs,
    )


def _layer(path: Path, columns: tuple[str, ...], crs: str) -> gpd.GeoDataFrame:
    layer = read_layer(path).to_crs(crs)
    missing = [column for column in columns if column not in layer]
    if missing:
        raise SourceError(
            path.name,
            expected=f"the columns {', '.join(columns)}",
            got=f"none called {', '.join(missing)}",
            remedy="Take the file as the city publishes it.",
        )
    return layer.set_geometry(shapely.make_valid(layer.geometry.to_numpy()), crs=crs).reset_index(drop=True)
