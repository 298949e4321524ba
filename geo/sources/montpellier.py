"""Montpellier as its open data portal published it about 2013: sectors, street list, schools, streets, addresses.

The files are found by their names anywhere below the folder that is given, so that another level of schooling or
another year of the same files is read alike. What they lack is said in the summary and in the sources of the city.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.model.levels import Level
from geo.model.source import Source
from geo.sources.births import Births, Carried, carry_births, iris_of_addresses, read_births, spread_births
from geo.sources.catalogue import CityEntry
from geo.sources.files import read_layer
from geo.sources.montpellier_files import Files, find_files, read_rows
from geo.sources.montpellier_ground import Ground, ground_sources, read_ground
from geo.sources.montpellier_map import LevelMap, level_map
from geo.sources.montpellier_schools import Schools, schools_of_level
from geo.sources.writing import check_target, write_city
from geo.territory.units import draw_units, street_sides

CODE: Final = "montpellier"
NAME: Final = "Montpellier"
INSEE: Final = "34172"
CRS: Final = "EPSG:2154"
# The children who reach 5, 4 and 3 in this year were born in 2007, 2008 and 2009: the last births by IRIS there are.
SCHOOL_YEAR: Final = 2012
IRIS_VINTAGE: Final = 2020
# What `prepare` does, in order, and how a progress bar may call it.
STEPS: Final = {
    "files": "reading the layers",
    "schools": "schools and their places",
    "school-map": "street list and sectors",
    "units": "sides of street",
    "children": "births to addresses",
    "ground": "trees, buildings, yards",
    "writing": "writing the folder",
}
_SUFFIXES: Final = {"QUA": "QUATER"}
_INSIDE_M: Final = 1.0
_NOT_WALKED: Final = {"TYPVOI": "AUTO", "OCCUPATION": "Fluvial"}


@dataclass(frozen=True, eq=False)
class _Ground:
    """What is the same for every level."""

    commune: shapely.Geometry
    streets: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame
    moved: int


def prepare(folder: Path, out: Path, *, progress: Callable[[str], None]) -> dict[str, Any]:
    """Make a data folder of Montpellier from the files of its open data portal.

    Parameters
    ----------
    folder
        Where the files are, at any depth; the layer of IRIS may also stand in a folder beside it.
    out
        The data folder to make.
    progress
        Told the key of each of `STEPS` when it begins.

    Returns
    -------
    summary
        Counts, matches of names that are not equal, estimates and differences between the files: all that a reader
        must know before using the city.

    Raises
    ------
    SourceError
        If a file is missing or is not what its name says, a sector cannot be given a school, or `out` is in the way.
    """
    progress("files")
    check_target(out, CODE)
    files = find_files(folder)
    ground = _ground(files)
    progress("schools")
    schools = {level: schools_of_level(files, level, ground.addresses) for level in files.sectors}
    progress("school-map")
    maps = {
        level: level_map(files, level, schools=schools[level], addresses=ground.addresses, commune=ground.commune)
        for level in files.sectors
    }
    progress("units")
    addresses = _with_units(ground, maps)
    units = _units(addresses, ground.commune)
    progress("children")
    iris, births, carried = _children(files, addresses)
    if iris is not None:
        addresses = addresses.assign(iris=iris_of_addresses(addresses, iris))
    tables = _tables(ground, maps, schools)
    progress("ground")
    shading = read_ground(
        files.trees,
        files.buildings,
        schools=gpd.GeoDataFrame(tables["schools"]),
        streets=ground.streets,
        addresses=ground.addresses,
    )
    progress("writing")
    tables |= {
        "addresses": addresses,
        "units": units,
        "children": _children_table(carried, addresses),
        **shading.tables,
    }
    if iris is not None:
        tables |= {"iris": iris, "births": _births_table(births)}
    summary = _summary(tables, maps, schools) | _births_summary(births, carried)
    summary |= {"addresses_moved": ground.moved, **shading.summary}
    entry = _entry(files, summary, shading, has_iris=iris is not None)
    write_city(out, CODE, entry, tables=tables)
    return summary


def _ground(files: Files) -> _Ground:
    quarters = read_layer(files.quarters).to_crs(CRS)
    commune = shapely.union_all(shapely.make_valid(quarters.geometry.to_numpy()))
    addresses, moved = _addresses(read_layer(files.addresses).to_crs(CRS), commune)
    return _Ground(commune, _streets(read_layer(files.streets).to_crs(CRS)), addresses, moved)


def _streets(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the pieces of street; a motorway and a waterway are not walked along."""
    walkable = ~(pd.DataFrame({name: raw[name] == word for name, word in _NOT_WALKED.items()}).any(axis=1))
    return gpd.GeoDataFrame(
        {
            "street_id": raw["CODE_VOIE"].astype("str"),
            "street_name": raw["LIB_OFF"].astype("str"),
            "walkable": walkable,
        },
        geometry=raw.geometry,
    ).set_axis(pd.Index(raw["IDARC"].astype("int64").astype("str"), name="segment_id"))


def _addresses(raw: gpd.GeoDataFrame, commune: shapely.Geometry) -> tuple[gpd.GeoDataFrame, int]:
    """Give the addresses, those just beyond the limit of the commune being set on it, and how many these are."""
    points = raw.geometry.to_numpy().copy()
    shapely.prepare(commune)
    beyond = ~shapely.intersects(commune, points)
    inner = shapely.buffer(commune, -_INSIDE_M)
    points[beyond] = shapely.get_point(shapely.shortest_line(inner, points[beyond]), 0)
    located = gpd.GeoSeries(points, crs=CRS)
    degrees = located.to_crs("EPSG:4326")
    suffix = raw["SUF_VOI"].astype("object").fillna("").astype("str").str.strip().str.upper()
    table = gpd.GeoDataFrame(
        {
            "street_id": raw["CODE_VOIE"].astype("str"),
            "street_name": raw["LIB_OFF"].astype("str"),
            "number": raw["NUM_VOI"].astype("int64"),
            "suffix": suffix.replace(_SUFFIXES),
            "iris": "",
            "lon": degrees.x.round(7),
            "lat": degrees.y.round(7),
        },
        geometry=located,
    )
    return table.set_axis(pd.Index(raw["ID_REFP"].astype("str"), name="address_id")), int(beyond.sum())


def _with_units(ground: _Ground, maps: Mapping[Level, LevelMap]) -> gpd.GeoDataFrame:
    """Give the addresses with their unit: one side of a piece of street, parted where the schools differ."""
    sides = street_sides(ground.addresses, ground.streets)
    side = sides["segment_id"] + sides["side"].map({"odd": "-I", "even": "-P"})
    schools = pd.Series(zip(*(one.schools for one in maps.values()), strict=True), index=ground.addresses.index)
    ordered = pd.DataFrame({"side": side, "schools": schools.map(str)}).sort_values(["side", "schools"])
    rank = (ordered["schools"] != ordered.groupby("side")["schools"].shift()).groupby(ordered["side"]).cumsum()
    part = rank.reindex(ground.addresses.index).map(lambda place: "" if place == 1 else f"-{place}")
    return ground.addresses.assign(unit_id=side + part)


def _units(addresses: gpd.GeoDataFrame, commune: shapely.Geometry) -> gpd.GeoDataFrame:
    areas = draw_units(addresses, commune)
    grouped = addresses.groupby("unit_id")
    street = grouped["street_name"].agg(lambda names: names.mode().iloc[0])
    numbers = grouped["number"].agg(["min", "max"])
    side = np.where(numbers["min"] % 2 == 1, "côté impair", "côté pair")
    spans = np.where(
        numbers["min"] == numbers["max"],
        "n° " + numbers["min"].astype("str"),
        "n° " + numbers["min"].astype("str") + " à " + numbers["max"].astype("str"),
    )
    label = street + ", " + pd.Series(side, numbers.index) + ", " + pd.Series(spans, numbers.index)
    return areas.assign(label=label.reindex(areas.index))


def _children(files: Files, addresses: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame | None, Births, Carried]:
    births = read_births(files.births, INSEE)
    if files.iris is None:
        return None, births, spread_births(births, addresses.index)
    layer = read_layer(files.iris).to_crs(CRS)
    own = layer[layer["INSEE_COM"] == INSEE]
    iris = gpd.GeoDataFrame(
        {"name": own["NOM_IRIS"].to_numpy(), "iris_vintage": IRIS_VINTAGE},
        geometry=own.geometry.to_numpy(),
        index=pd.Index(own["CODE_IRIS"], name="iris"),
        crs=CRS,
    )
    return iris, births, carry_births(births, iris_of_addresses(addresses, iris), iris["name"].to_dict())


def _children_table(carried: Carried, addresses: gpd.GeoDataFrame) -> pd.DataFrame:
    by_unit = carried.by_address.groupby(addresses["unit_id"]).sum()
    table = by_unit.reset_index().melt(id_vars="unit_id", var_name="born", value_name="children")
    return table.assign(year=SCHOOL_YEAR, age=SCHOOL_YEAR - table["born"].astype("int64"))


def _births_table(births: Births) -> pd.DataFrame:
    table = births.table.reset_index().melt(id_vars="iris", var_name="year", value_name="births").dropna()
    return table.assign(iris_vintage=IRIS_VINTAGE, births=table["births"].astype("int64"))


def _tables(
    ground: _Ground, maps: Mapping[Level, LevelMap], schools: Mapping[Level, Schools]
) -> dict[str, pd.DataFrame]:
    every = pd.concat([one.table for one in schools.values()])
    commune = gpd.GeoDataFrame({"insee": [INSEE], "name": [NAME]}, geometry=[ground.commune], crs=CRS)
    return {
        "commune": commune,
        "streets": ground.streets,
        "schools": every[~every.index.duplicated()].assign(insee=INSEE),
        "rooms": pd.concat([one.rooms for one in schools.values()]),
        "sectors": gpd.GeoDataFrame(pd.concat([one.sectors for one in maps.values()], ignore_index=True)),
        "street_list": pd.concat([one.street_list for one in maps.values()], ignore_index=True),
    }


# What is said -------------------------------------------------------------------------------------------------------


def _summary(
    tables: Mapping[str, pd.DataFrame], maps: Mapping[Level, LevelMap], schools: Mapping[Level, Schools]
) -> dict[str, Any]:
    counts = {name: len(tables[name]) for name in ("schools", "streets", "addresses", "units")}
    levels = {
        str(level): {
            "schools": len(schools[level].rooms),
            "sectors": int(one.sectors["sector_id"].nunique()),
            **one.summary,
            "positions": schools[level].positions,
        }
        for level, one in maps.items()
    }
    return {"city": CODE, "school_year": SCHOOL_YEAR, **counts, "levels": levels}


def _births_summary(births: Births, carried: Carried) -> dict[str, Any]:
    known, estimated = births.table.sum(), carried.estimated
    return {
        "births_known": {str(year): float(known[year]) for year in known.index},
        "births_estimated": {str(year): round(float(estimated[year]), 3) for year in estimated.index},
        "iris_without_births": {str(year): int(births.table[year].isna().sum()) for year in births.table},
        "iris_pooled": [list(group) for group in carried.pooled],
        "children": float(carried.by_address.to_numpy().sum()),
    }


def _entry(files: Files, summary: Mapping[str, Any], shading: Ground, *, has_iris: bool) -> CityEntry:
    postal = sorted(set(read_rows(files.schools, ("CDPOST",))["CDPOST"]) - {""})
    return CityEntry(
        name=NAME,
        insee=INSEE,
        postal_codes=tuple(postal),
        crs=CRS,
        school_year=SCHOOL_YEAR,
        sources=(
            *_city_sources(summary),
            _children_source(summary, has_iris=has_iris),
            *_iris_source(has_iris=has_iris),
            *ground_sources(shading),
        ),
    )


def _city_sources(summary: Mapping[str, Any]) -> list[Source]:
    """Say what was published by the city, and what was changed to it."""
    levels = summary["levels"].values()
    fitted = (sum(level[key] for level in levels) for key in ("gaps_m2", "overlaps_m2"))
    gaps, overlaps = (f"{area:_.0f}".replace("_", " ") for area in fitted)
    dropped = sum(level["rows_left_out"] for level in levels)
    agreement = f"{100 * min(level['agreement_share'] for level in levels):.1f} %".replace(".", ",")
    drawn = (
        f"Secteurs ajustés les uns aux autres ({gaps} m² de vides, {overlaps} m² de recouvrements) ; limite de "
        f"la commune : réunion des quartiers ; unités dessinées autour des adresses."
    )
    listed = (
        f"Liste des rues et secteurs dessinés s'accordent pour {agreement} des adresses ; {dropped} lignes "
        "écartées (sans rue, ou dans le secteur d'une école que la liste ignore : le dessin fait foi). Rues d'un "
        "secteur commun : toutes ses écoles."
    )
    held = (
        "Capacité : nombre maximal d'enfants (NBENFMAX), proche de l'effectif. Effectifs par niveau, IPS et places de "
        "restauration inconnus ; zone d'éducation prioritaire (ZEP) non reprise : ce n'est pas un réseau REP."
    )
    placed = "Logements par adresse inconnus : chaque adresse compte pour un."
    return [
        _city_source(("sectors", "commune", "units"), "Carte scolaire, quartiers", "2013-2014", note=drawn),
        _city_source(("street_list",), "Carte scolaire, rues", "2013", note=listed),
        _city_source(("schools", "rooms"), "Effectifs scolaires, établissements publics", "2013-2014", note=held),
        _city_source(("streets", "addresses"), "Filaire de voies, points adresse", "2014", note=placed),
    ]


def _city_source(tables: tuple[str, ...], title: str, vintage: str, *, note: str) -> Source:
    return Source(
        tables=tables,
        publisher="Ville de Montpellier",
        title=title,
        vintage=vintage,
        licence="Licence Ouverte",
        note=note,
    )


def _children_source(summary: Mapping[str, Any], *, has_iris: bool) -> Source:
    estimated = {SCHOOL_YEAR - int(year): count for year, count in summary["births_estimated"].items()}
    ages = ", ".join(f"{age} ans : {count:.0f}" for age, count in estimated.items() if count)
    pooled = " ; ".join(" et ".join(group) for group in summary["iris_pooled"]) or "aucun"
    spread = "des adresses de son IRIS" if has_iris else "des adresses de la commune, faute de carte des IRIS"
    return Source(
        tables=("children", "births"),
        publisher="INSEE",
        title="Naissances domiciliées par IRIS, 2005 à 2009",
        vintage="2005-2009",
        licence="Licence Ouverte",
        note=(
            f"Estimation : naissances réparties également entre {spread}, sans décès ni déménagements. Naissances "
            f"absentes du fichier (IRIS créés en 2009), estimées d'après 2009 : {ages}. IRIS dont le code et le nom "
            f"se contredisent, réunis : {pooled}."
        ),
    )


def _iris_source(*, has_iris: bool) -> list[Source]:
    if not has_iris:
        return []
    note = (
        "Limites de 2020, arrondies à une douzaine de mètres ; les naissances sont dans une géographie plus ancienne, "
        "rapportée à celle-ci par le code."
    )
    return [
        Source(
            tables=("iris",),
            publisher="IGN et INSEE",
            title="Contours IRIS",
            vintage=str(IRIS_VINTAGE),
            licence="Licence Ouverte",
            note=note,
        )
    ]
