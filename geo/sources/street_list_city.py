"""The audit of a street list of any shape against the addresses and drawn sectors of a city that is open."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.model.city import City
from geo.model.levels import Level
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files
from geo.sources.street_lists import read_street_list
from geo.territory.annex.findings import Finding
from geo.territory.enclaves import lived_in_pieces
from geo.territory.sectors import draw_sectors
from geo.territory.street_sectors import draw_by_address

_ADDRESSES: Final = ["street_id", "street_name", "number", "suffix", "lon", "lat"]


def audit_for_city(city: City, path: Path, *, level: Level, columns: str = "") -> AuditReport:
    """Audit a street list against what is known of a city.

    Parameters
    ----------
    city
        Its addresses are those that must have a school; its drawn sectors are compared with the list.
    path
        The list.
    level
        The level whose rows are audited; the other one if the list speaks of that one only, else all of them where it
        has none of that level.
    columns
        Preset, or MAPPING.toml; the first preset that fits if empty.

    Raises
    ------
    SourceError
        If the list cannot be read, or lacks a column that is needed.
    AnnexError
        If the list and the addresses have nothing to be compared by, or rows lie upon each other without end.
    """
    rows = read_street_list(path, columns=columns).rows
    level = _level_of(rows, level)
    has_codes = bool(rows["school_id"].isin(city.tables["schools"].index).any())
    with tempfile.TemporaryDirectory() as folder:
        addresses, sectors = Path(folder) / "addresses.csv", Path(folder) / "sectors.gpkg"
        table = pd.DataFrame(city.tables["addresses"])[_ADDRESSES]
        table.assign(insee=city.insee).to_csv(addresses, encoding="utf-8")
        _sectors(city, level, has_codes=has_codes).to_file(sectors, driver="GPKG")
        files = AuditFiles(
            path,
            addresses,
            sectors,
            columns=columns,
            insee=city.insee,
            level=str(level) if (rows["level"] == level).any() else "",
        )
        return _with_pieces(audit_files(files), city)


def audit_upload(city: City, name: str, content: bytes, *, level: Level, columns: str = "") -> AuditReport:
    """Audit a street list that was handed over as a name and its bytes; see `audit_for_city`.

    Raises
    ------
    SourceError
        If the list cannot be read, or lacks a column that is needed.
    AnnexError
        If the list and the addresses have nothing to be compared by, or rows lie upon each other without end.
    """
    with tempfile.TemporaryDirectory() as folder:
        # Only the last part of a name from outside: it may not lead out of the folder.
        path = Path(folder) / (Path(name.replace("\\", "/")).name or "list.csv")
        path.write_bytes(content)
        return audit_for_city(city, path, level=level, columns=columns)


def _with_pieces(report: AuditReport, city: City) -> AuditReport:
    """Give a report that also tells the sectors of the list that are not in one piece, drawn along the streets."""
    homes = gpd.GeoDataFrame(report.bound.addresses.assign(street_id=report.bound.addresses["base_id"]))
    placed = homes.to_crs(city.crs)
    commune = shapely.union_all(city.layer("commune").geometry.to_numpy())
    findings = []
    for level in report.levels:
        schools = level.decisions["schools"]
        sectors = draw_by_address(placed, schools, streets=city.layer("streets"), commune=commune)
        if sectors.empty:
            continue
        for sector, pieces, count in lived_in_pieces(sectors, placed.geometry).itertuples(name=None):
            values = {"school": " / ".join(sectors["schools"][sector]), "pieces": pieces}
            findings.append(Finding("sector-in-pieces", "", (), count, values))
    return replace(report, drawing_findings=(*report.drawing_findings, *findings))


def _level_of(rows: pd.DataFrame, level: Level) -> Level:
    """Give the level that is audited: the one asked for, unless the list speaks of a single other one."""
    said = set(rows["level"])
    others = [one for one in Level if one in said]
    return others[0] if level not in said and len(said) == len(others) == 1 else level


def _sectors(city: City, level: Level, *, has_codes: bool) -> gpd.GeoDataFrame:
    """Give the drawn sectors of a level: those of the city's own file, else those of its map in force.

    The schools are named as the list names them: by their codes or by their names.
    """
    drawn = city.layer("sectors").reset_index()
    own = drawn.loc[drawn["level"] == level, ["school_id", "geometry"]]
    if own.empty:
        areas = draw_sectors(city.layer("units"), city.current[level])
        own = areas[["schools", "geometry"]].explode("schools").rename(columns={"schools": "school_id"})
    if has_codes:
        return gpd.GeoDataFrame(own, crs=city.crs)
    names = own["school_id"].map(city.tables["schools"]["name"]).fillna(own["school_id"])
    return gpd.GeoDataFrame(own.assign(school_id=names.astype("str")), crs=city.crs)
