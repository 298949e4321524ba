"""The sectors of a street list drawn from any files, without a city folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import AnnexError
from geo.sources.street_list_against import beside_official
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files
from geo.sources.street_list_columns import Names, pick
from geo.sources.street_list_files import read_vector
from geo.territory.annex.naming import understand
from geo.territory.enclaves import pieces_apart
from geo.territory.street_sectors import draw_by_address, in_own_sector


@dataclass(frozen=True)
class DrawFiles:
    """The files that sectors are drawn from.

    Attributes
    ----------
    listed
        The list, its addresses, how they are read, the commune and level that are wanted, and the sectors of another
        hand that those drawn here are compared with.
    streets
        Lines of streets with their names; without them the sides of a street run from house to house.
    commune
        The area that is parted; without it, what lies near the addresses.
    """

    listed: AuditFiles
    streets: Path | None = None
    commune: Path | None = None


@dataclass(frozen=True, eq=False)
class LevelDrawing:
    """The sectors of one level.

    Attributes
    ----------
    level
        The level.
    sectors
        Index ``sector_id``, columns ``schools, addresses``, areas in metres.
    pieces
        Pieces that lie apart from the rest of their sector (`geo.territory.enclaves.pieces_apart`), with ``addresses``.
    drawn, inside
        How many addresses have a school, and how many of these lie in the area of their sector.
    beside
        The schools beside the sectors of another hand (`geo.sources.street_list_against.beside_official`); None
        without such sectors.
    """

    level: str
    sectors: gpd.GeoDataFrame
    pieces: gpd.GeoDataFrame
    drawn: int
    inside: int
    beside: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """Sectors of every level, and the audit of the list that they were drawn from."""

    report: AuditReport
    levels: tuple[LevelDrawing, ...]


def draw_files(files: DrawFiles) -> Drawing:
    """Draw the sectors that a street list means.

    Raises
    ------
    SourceError
        If a file cannot be read, or lacks a column that is needed.
    AnnexError
        If the addresses have no places, or none of them has a school within the commune.
    """
    report = audit_files(files.listed)
    # Where the commune is one sector its streets still have their own sides.
    homes = gpd.GeoDataFrame(report.bound.addresses.assign(street_id=report.bound.addresses["base_id"]))
    if shapely.is_missing(homes.geometry.to_numpy()).all():
        raise AnnexError(
            "addresses: expected places (lon and lat, x and y, or a layer of points), got none. Sectors are drawn from "
            "where houses stand: give an address base with coordinates."
        )
    lines = _streets(files.streets, homes, report.source.mapped.addresses.street) if files.streets else None
    area = _area(files.commune, homes) if files.commune else None
    drawn = tuple(
        drawing
        for level in report.levels
        if (drawing := _level(level.level, homes, level.decisions["schools"], lines=lines, area=area))
    )
    if not drawn:
        raise AnnexError(
            "sectors: expected addresses with a school within the commune, got none. Look at the audit of the list, "
            "and whether the limit of the commune is that of the addresses."
        )
    return Drawing(report, tuple(_compared(one, report, homes) for one in drawn))


def _compared(one: LevelDrawing, report: AuditReport, homes: gpd.GeoDataFrame) -> LevelDrawing:
    """Give a level with its comparison with the sectors of another hand, if there are any."""
    if report.sectors is None:
        return one
    (schools,) = (level.decisions["schools"] for level in report.levels if level.level == one.level)
    beside = beside_official(one.sectors, homes, schools, official=report.sectors, level=one.level)
    return replace(one, beside=beside)


def _level(
    level: str,
    homes: gpd.GeoDataFrame,
    schools: pd.Series,
    *,
    lines: gpd.GeoDataFrame | None,
    area: shapely.Geometry | None,
) -> LevelDrawing | None:
    """Give the sectors of a level, None if no address within the area has a school."""
    sectors = draw_by_address(homes, schools, streets=lines, commune=area)
    if sectors.empty:
        return None
    placed = (schools.map(len) > 0).to_numpy() & ~shapely.is_missing(homes.geometry.to_numpy())
    own = homes[placed]
    inside = in_own_sector(own, schools[placed], sectors)
    pieces = pieces_apart(sectors)
    hits = shapely.STRtree(own.geometry.to_numpy()).query(pieces.geometry.to_numpy(), predicate="covers")
    counts = pd.Series(hits[0]).value_counts().reindex(range(len(pieces)), fill_value=0)
    return LevelDrawing(level, sectors, pieces.assign(addresses=counts.to_numpy()), len(own), int(inside.sum()))


def _streets(path: Path, homes: gpd.GeoDataFrame, names: Names) -> gpd.GeoDataFrame:
    """Give the pieces of the streets with the codes of the base, by their names; others have none."""
    layer = read_vector(path).to_crs(homes.crs)
    heading = pick([str(name) for name in layer.columns], {"street": names}).get("street", "")
    pairs = zip(homes["base_id"], homes["street_name"], strict=True)
    known = {understand(str(name)).full: str(code) for code, name in pairs}
    told = layer[heading].astype("str") if heading else pd.Series("", index=layer.index)
    codes = told.map(lambda name: known.get(understand(name).full, ""))
    lines = gpd.GeoDataFrame({"street_id": codes}, geometry=layer.geometry, crs=layer.crs).explode(ignore_index=True)
    straight = lines[(lines.geom_type == "LineString") & (lines.length > 0)]
    return straight.reset_index(drop=True).rename_axis("segment_id")


def _area(path: Path, homes: gpd.GeoDataFrame) -> shapely.Geometry:
    """Give the area of a commune; of several in one layer those that hold addresses."""
    layer = read_vector(path).to_crs(homes.crs)
    shapes = shapely.make_valid(layer.geometry.to_numpy())
    areas = shapes[shapely.area(shapes) > 0]
    if len(areas) > 1:
        held = shapely.STRtree(homes.geometry.to_numpy()).query(areas, predicate="intersects")[0]
        areas = areas[sorted(set(held.tolist()))]
    if not len(areas):
        raise AnnexError(f"{path.name}: expected the area of a commune with addresses in it, got none. Give its limit.")
    return shapely.union_all(areas)
