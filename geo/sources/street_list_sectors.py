"""Drawn sectors beside a street list: their schools in the words of the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import match_names, plain
from geo.sources.street_list_columns import Mapped, Names, pick
from geo.sources.street_list_files import read_vector
from geo.sources.street_list_schools import ANY_LEVEL, OF_LEVEL, level_of
from geo.territory.annex.findings import Finding
from geo.territory.overlaps import Shapes, overlaps_of

# A sector whose name says nothing is that of the school to which this share of its addresses goes by the list, if the
# same share of the addresses of that school lies there.
_EVIDENCE: Final = 0.5
# Dimensions of a polygon, as shapely counts them.
_AREA: Final = 2
# So many names of sectors stand in one sentence.
_NAMED: Final = 10


@dataclass(frozen=True, eq=False)
class Sectors:
    """Drawn sectors.

    Attributes
    ----------
    areas
        Columns ``labels`` (tuple of the names of its schools), ``level`` (`ANY_LEVEL` if not said), valid areas.
    column
        The column that the names were taken from.
    repaired, left_out
        Names of the areas whose limits crossed themselves and were made valid; of those that have no area or no name.
    """

    areas: gpd.GeoDataFrame
    column: str
    repaired: tuple[str, ...]
    left_out: tuple[str, ...]


def read_sectors(path: Path, mapped: Mapped) -> Sectors:
    """Read drawn sectors.

    Raises
    ------
    SourceError
        If the file cannot be read, or no column names a school.
    """
    layer = read_vector(path)
    drawn = shapely.get_dimensions(layer.geometry.to_numpy()) == _AREA
    if not drawn.any():
        raise UnreadableFileError(_no_area(path.name, len(layer)))
    titles = [str(name) for name in layer.columns if name != layer.geometry.name]
    roles = pick(titles, mapped.polygons.roles)
    if "school" not in roles:
        raise UnreadableFileError(_no_school(path.name, titles))
    names: Names = (roles["school"], *_all_of(titles, mapped.polygons.more_schools))
    labels = [
        tuple(dict.fromkeys(text for text in map(str, row) if plain(text) not in {"", "nan", "none"}))
        for row in layer[list(names)].itertuples(index=False, name=None)
    ]
    said = layer[roles["level"]].fillna("").astype("str") if "level" in roles else pd.Series("", index=layer.index)
    areas = gpd.GeoDataFrame(
        {"level": said.map(lambda text: level_of(text, mapped.words))},
        geometry=_areas_only(layer.geometry.to_numpy()),
        crs=layer.crs,
    )
    areas["labels"] = pd.Series(labels, index=areas.index, dtype=object)
    told = pd.Series([" / ".join(own) or f"n° {place}" for place, own in enumerate(labels, start=1)], areas.index)
    kept = (areas["labels"].map(len) > 0) & ~areas.geometry.is_empty
    broken = drawn & ~shapely.is_valid(layer.geometry.to_numpy())
    return Sectors(areas[kept], roles["school"], tuple(told[kept & broken]), tuple(told[~kept]))


def sectors_of_level(sectors: Sectors, level: str) -> gpd.GeoDataFrame:
    """Give the areas that speak of a level: those of that level or of none; all of them for a list without levels."""
    areas = sectors.areas
    own = areas[areas["level"].isin([level, ANY_LEVEL])]
    # Words for levels that nobody knows say nothing.
    return own if level != ANY_LEVEL and (len(own) or areas["level"].isin(OF_LEVEL).all()) else areas


def areas_in(areas: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give areas in the CRS of addresses; those whose coordinates fit no place of their own CRS are left out."""
    placed = areas.to_crs(addresses.crs)
    return placed[np.isfinite(placed.bounds.to_numpy()).all(axis=1)]


def sector_findings(sectors: Sectors, addresses: gpd.GeoDataFrame) -> Iterator[Finding]:
    """Give what is wrong with drawn sectors: left out, repaired, or upon each other where addresses are.

    Parameters
    ----------
    sectors
        The sectors.
    addresses
        Points in a projected CRS in metres; sectors without any of them are somewhere else, and not looked at.
    """
    for kind, names in (("polygon-left-out", sectors.left_out), ("polygon-repaired", sectors.repaired)):
        if names:
            shown = ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
            yield Finding(kind, values={"count": len(names), "names": shown})
    points = addresses.geometry.to_numpy()
    areas = areas_in(sectors.areas, addresses)
    held = shapely.STRtree(points).query(areas.geometry.to_numpy(), predicate="intersects")[0]
    areas = areas.iloc[np.unique(held)]
    for _, own in areas.groupby("level", sort=True):
        shapes, labels = shapely.make_valid(own.geometry.to_numpy()), own["labels"].to_list()
        for one, other, common in overlaps_of(shapes):
            if set(labels[one]) != set(labels[other]):
                count = int(shapely.intersects(common, points).sum())
                names = (" / ".join(labels[one]), " / ".join(labels[other]))
                yield Finding("polygon-overlap", "", (), count, _overlap_values(names, common.area))


def labels_of_addresses(addresses: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Give the names of the schools of the sectors that each address lies in, empty outside all."""
    drawn = areas.to_crs(addresses.crs)[["labels", "geometry"]].explode("labels")
    hits = gpd.sjoin(addresses[["geometry"]], drawn, predicate="intersects")
    found = hits.groupby(level=0, sort=False)["labels"].agg(lambda names: tuple(dict.fromkeys(names)))
    known = found.to_dict()
    return pd.Series([known.get(key, ()) for key in addresses.index], index=addresses.index, dtype=object)


def schools_of_labels(labels: pd.Series, listed: pd.Series) -> dict[str, tuple[str, ...]]:
    """Give the schools of the list that each name of a sector means.

    Parameters
    ----------
    labels
        Names of the sectors of each address, as `labels_of_addresses` gives them.
    listed
        Schools of each address by the list, same index.

    Returns
    -------
    schools_of
        From each name to its schools; a name that the list does not know stands for itself.
    """
    schools = sorted({school for schools in listed for school in schools})
    names = sorted({label for own in labels for label in own})
    same = {plain(school): school for school in schools}
    found: dict[str, tuple[str, ...]] = {name: (same[plain(name)],) for name in names if plain(name) in same}
    rest = [name for name in names if name not in found]
    matches = match_names(rest, {school: school for school in schools}, {})
    found |= {match.name: match.ids for match in matches if match.ids}
    taken = {school for own in found.values() for school in own}
    evidence = _by_addresses(labels, listed, [name for name in rest if name not in found])
    found |= {name: (school,) for name, school in evidence.items() if school not in taken}
    return {name: found.get(name, (name,)) for name in names}


def _by_addresses(labels: pd.Series, listed: pd.Series, names: Sequence[str]) -> Mapping[str, str]:
    """Give the school of each sector by where the addresses of the schools lie."""
    first = pd.DataFrame(
        {
            "label": labels.map(lambda own: own[0] if own else ""),
            "school": listed.map(lambda own: own[0] if own else ""),
        }
    )
    counts = pd.crosstab(first["label"], first["school"])
    within, of_school = counts.div(counts.sum(axis=1), axis=0), counts.div(counts.sum(axis=0), axis=1)
    found = {}
    for name in set(names) & set(counts.index):
        best = str(counts.loc[name].idxmax())
        shares = [float(table.loc[[name], best].to_numpy()[0]) for table in (within, of_school)]
        if best and min(shares) >= _EVIDENCE:
            found[name] = best
    return found


def _overlap_values(names: tuple[str, str], area_m2: float) -> Mapping[str, object]:
    return {"school": names[0], "drawn": names[1], "area_m2": round(area_m2)}


def _areas_only(shapes: Shapes) -> Shapes:
    """Give the valid areas of shapes, without the lines that mending would leave; empty where a shape has no area."""
    valid: Shapes = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    valid[~(shapely.area(valid) > 0)] = shapely.Polygon()
    return valid


def _all_of(titles: Sequence[str], wanted: Names) -> list[str]:
    return [title for name in wanted for title in pick(titles, {"one": (name,)}).values()]


def _no_area(name: str, rows: int) -> Fault:
    remedy = "Give the layer of the sectors as areas; lines and points have no inside."
    got = f"{rows} rows, none of them an area" if rows else "a layer without any row"
    return Fault("sector-no-area", name, None, "", "sectors drawn as polygons", got, remedy, {"count": rows})


def _no_school(name: str, titles: Sequence[str]) -> Fault:
    shown = ", ".join(titles[:12]) or "none"
    remedy = "Name the column in a MAPPING.toml, [polygons] school = ..., and give it with --columns."
    return Fault("sector-column", name, None, "", "a column that names the school", shown, remedy, {"headings": shown})
