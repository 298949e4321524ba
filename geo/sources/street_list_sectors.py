"""Drawn sectors beside a street list: their schools in the words of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import match_names, plain
from geo.sources.street_list_columns import Mapped, Names, pick
from geo.sources.street_list_files import read_vector

# A sector whose name says nothing is that of the school to which this share of its addresses goes by the list, if the
# same share of the addresses of that school lies there.
_EVIDENCE: Final = 0.5
# Dimensions of a polygon, as shapely counts them.
_AREA: Final = 2


@dataclass(frozen=True, eq=False)
class Sectors:
    """Drawn sectors.

    Attributes
    ----------
    areas
        Columns ``labels`` (tuple of the names of its schools), ``level`` (empty if not said), areas.
    column
        The column that the names were taken from.
    """

    areas: gpd.GeoDataFrame
    column: str


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
    level = layer[roles["level"]].astype("str") if "level" in roles else pd.Series("", index=layer.index)
    areas = gpd.GeoDataFrame({"level": level}, geometry=shapely.make_valid(layer.geometry.to_numpy()), crs=layer.crs)
    areas["labels"] = pd.Series(labels, index=areas.index, dtype=object)
    return Sectors(areas[areas["labels"].map(len) > 0], roles["school"])


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
