"""Opening a city: from its folder to the checked picture that everything else works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import CityError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.network import Network
from geo.model.note import Note
from geo.model.plan import Plan
from geo.sources.catalogue import read_catalogue
from geo.sources.checks import CheckReport, check_city
from geo.territory.annex.assigning import assign
from geo.territory.annex.resolving import schools_of_units
from geo.territory.network import build_network
from geo.territory.walks import USUAL_ACCESS, Walks, walks


@dataclass(frozen=True, eq=False)
class _Assigned:
    """The school map of one level in force, and how many addresses and units it was deduced for."""

    plan: Plan
    by_polygon: int
    split: int


def open_city(folder: Path, code: str) -> City:
    """Open a city of a data folder, once all its files are in order.

    Parameters
    ----------
    folder
        The data folder, with ``cities.toml``.
    code
        Code of the city in it, such as ``villebrune``.

    Raises
    ------
    SourceError
        If the catalogue cannot be read or has no such city.
    CityError
        If anything is wrong with the files; it carries every fault.
    NetworkError
        If no street can be walked.
    """
    report = check_city(folder, code)
    if not report.is_sound:
        raise CityError(code, report.faults)
    return _city(report)


def city_codes(folder: Path) -> tuple[str, ...]:
    """Give the codes of the cities of a data folder, in the order of its catalogue.

    Raises
    ------
    SourceError
        If the folder has no catalogue, or the catalogue cannot be read.
    """
    return tuple(read_catalogue(folder))


def _city(report: CheckReport) -> City:
    entry, tables = report.entry, report.tables
    homes, schools = (gpd.GeoDataFrame(tables[name]) for name in ("addresses", "schools"))
    streets, barriers = (gpd.GeoDataFrame(tables[name]) for name in ("streets", "barriers"))
    network = build_network(streets)
    walked = walks(network, homes, schools, streets=streets, barriers=barriers)
    assigned = _assigned(tables)
    notes = [
        *report.notes,
        *_table_notes(tables),
        *_walk_notes(network, walked),
        *_map_notes(assigned, tables),
    ]
    return City(
        code=report.code,
        name=entry.name,
        insee=entry.insee,
        crs=entry.crs,
        fictional=entry.fictional,
        tables=tables,
        network=network,
        walk_m=walked.table_m,
        current={level: one.plan for level, one in assigned.items()},
        card=report.card,
        sources=entry.sources,
        notes=tuple(notes),
    )


def _assigned(tables: Mapping[str, pd.DataFrame]) -> dict[Level, _Assigned]:
    """Give the map in force of each level that has rows in the street list or drawn sectors."""
    sectors = gpd.GeoDataFrame(tables["sectors"])
    there = {*tables["street_list"]["level"], *sectors.reset_index()["level"]}
    addresses = gpd.GeoDataFrame(tables["addresses"])
    assigned = {}
    for level in (level for level in Level if level in there):
        schools, by_polygon = assign(addresses, tables["street_list"], sectors, level=level)
        schools_of, split = schools_of_units(schools, addresses["unit_id"])
        assigned[level] = _Assigned(Plan(level, schools_of), len(by_polygon), len(split))
    return assigned


def _table_notes(tables: Mapping[str, pd.DataFrame]) -> Iterator[Note]:
    dwellings = tables["addresses"]["dwellings"]
    if dwellings.isna().any():
        yield Note("dwellings-unknown", {"count": int(dwellings.isna().sum()), "total": len(dwellings)})


def _walk_notes(network: Network, walked: Walks) -> Iterator[Note]:
    if network.dropped_m:
        total = network.dropped_m + float(network.length_m.sum())
        yield Note("streets-dropped", {"length": network.dropped_m, "share": network.dropped_m / total})
    for name, points in (("addresses", walked.homes), ("schools", walked.schools)):
        nowhere = int(np.isinf(points.nearest_m).sum())
        far = int((points.nearest_m > USUAL_ACCESS.far_m).sum()) - nowhere
        if far:
            yield Note(f"{name}-far", {"count": far, "distance": USUAL_ACCESS.far_m})
        if nowhere:
            yield Note(f"{name}-off-streets", {"count": nowhere, "distance": USUAL_ACCESS.reach_m})


def _map_notes(assigned: Mapping[Level, _Assigned], tables: Mapping[str, pd.DataFrame]) -> Iterator[Note]:
    for level, one in assigned.items():
        if one.by_polygon:
            yield Note("assigned-by-polygon", {"level": str(level), "count": one.by_polygon})
        if one.split:
            yield Note("units-split", {"level": str(level), "count": one.split})
    served = set(tables["rooms"].reset_index()["level"])
    for level in (level for level in Level if level in served and level not in assigned):
        yield Note("level-without-map", {"level": str(level)})
