"""The schools of Montpellier: who they are, where they stand, what they hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import SourceError
from geo.model.levels import Level
from geo.sources.files import read_layer
from geo.sources.montpellier_files import Files, read_rows
from geo.sources.names import match_names

# Letter of a level in the table of schools, and its number among the public facilities of education.
_LETTERS: Final[Mapping[Level, str]] = MappingProxyType({Level.NURSERY: "M", Level.ELEMENTARY: "E"})
_SUBFAMILIES: Final[Mapping[Level, int]] = MappingProxyType({Level.NURSERY: 10, Level.ELEMENTARY: 20})
_EDUCATION: Final = 22
_COLUMNS: Final = ("CDETAB", "TYPE", "NOM", "LIBTRI", "NORUE", "CDRUE", "LIBRUE", "RNE", "CDPAT", "NBENFMAX", "NBCLAS")
_UAI: Final = re.compile(r"\d{7}[A-Z]")
_ASIDE: Final = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, eq=False)
class Schools:
    """The schools of one level.

    Attributes
    ----------
    table
        Index ``school_id``, the columns of the contract of schools but for the commune, ``short``, and
        ``estate``, the code that the city's buildings carry, empty or 0 if there is none.
    rooms
        Index ``school_id, level``, the columns of the contract of rooms.
    positions
        How many schools were placed by the name of a facility, by its address, or by an address point.
    """

    table: gpd.GeoDataFrame
    rooms: pd.DataFrame
    positions: Mapping[str, int]


def schools_of_level(files: Files, level: Level, addresses: gpd.GeoDataFrame) -> Schools:
    """Read the public schools of one level.

    Parameters
    ----------
    files
        The files of the portal.
    level
        The level.
    addresses
        Points, columns ``street_id, number``, for schools that no facility stands for.

    Raises
    ------
    SourceError
        If a school has no place in any file.
    """
    raw = read_rows(files.schools, _COLUMNS)
    own = raw[raw["TYPE"] == _LETTERS[level]].reset_index(drop=True)
    # A school without a code of the ministry yet gets one that nobody will take for one.
    codes = own["RNE"].where(own["RNE"].map(lambda code: bool(_UAI.fullmatch(code))), "sans-uai-" + own["CDETAB"])
    school_id = pd.Index(codes, name="school_id")
    points, ways = _places(own.set_axis(school_id), files, level, addresses=addresses)
    degrees = gpd.GeoSeries(points, crs=addresses.crs).to_crs("EPSG:4326")
    table = gpd.GeoDataFrame(
        {
            "name": [_ASIDE.sub("", name).strip() for name in own["NOM"]],
            "short": [_ASIDE.sub("", name).strip() for name in own["LIBTRI"]],
            "estate": own["CDPAT"].to_numpy(),
            "sector": "public",
            "address": (own["NORUE"].where(own["NORUE"] != "0", "") + " " + own["LIBRUE"]).str.strip().to_numpy(),
            "lon": degrees.x.round(7).to_numpy(),
            "lat": degrees.y.round(7).to_numpy(),
        },
        geometry=points,
        index=school_id,
        crs=addresses.crs,
    )
    rooms = pd.DataFrame(
        {
            "school_id": school_id,
            "level": str(level),
            "rooms": own["NBCLAS"].astype("int64").to_numpy(),
            "capacity_pupils": own["NBENFMAX"].astype("int64").to_numpy(),
        }
    )
    return Schools(table, rooms, dict(Counter(ways)))


def _places(
    own: pd.DataFrame, files: Files, level: Level, *, addresses: gpd.GeoDataFrame
) -> tuple[list[shapely.Geometry], list[str]]:
    """Give the point of each school and how it was found: by ``name``, by ``place`` or by ``address``."""
    layer = read_layer(files.places).to_crs(addresses.crs)
    kind = (pd.to_numeric(layer["FAMILLE"]) == _EDUCATION) & (pd.to_numeric(layer["SFAMILLE"]) == _SUBFAMILIES[level])
    facilities = layer[kind].reset_index(drop=True)
    named = _by_name(own, facilities)
    placed = _by_place(facilities["CDRUE"], facilities["NORUE"], facilities)
    homes = _by_place(addresses["street_id"], addresses["number"], addresses)
    points, ways = [], []
    for school, row in own.iterrows():
        place = _place(row["CDRUE"], row["NORUE"])
        tried = (("name", named.get(str(school))), ("place", placed.get(place)), ("address", homes.get(place)))
        way, point = next(((way, point) for way, point in tried if point is not None), ("", None))
        if point is None:
            raise SourceError(
                files.places.name,
                expected=f"a place for the school {row['NOM']}",
                got="no facility of that name or address, and no such address",
                remedy="Add the facility to the layer.",
            )
        points.append(point)
        ways.append(way)
    return points, ways


def _by_name(own: pd.DataFrame, facilities: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Give the facility of each school that exactly one is called after."""
    full, short = (dict(zip(own.index, own[column], strict=True)) for column in ("NOM", "LIBTRI"))
    matches = match_names(facilities["LIBEL"].astype("str"), full, short)
    rows: dict[str, list[int]] = {}
    for row, match in enumerate(matches):
        if len(match.ids) == 1:
            rows.setdefault(match.ids[0], []).append(row)
    return {school: facilities.geometry.iloc[found[0]] for school, found in rows.items() if len(found) == 1}


def _by_place(streets: pd.Series, numbers: pd.Series, points: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Give the first point of each street and number."""
    places = [_place(street, number) for street, number in zip(streets, numbers, strict=True)]
    return dict(zip(reversed(places), reversed(points.geometry.to_list()), strict=True))


def _place(street: object, number: object) -> str:
    """Give a street and a number as one text, whether they were read as texts, whole numbers or floats."""
    parts = [str(pd.to_numeric(str(part), errors="coerce")).removesuffix(".0") for part in (street, number)]
    return "/".join(parts)
