"""From streets as a source has them to the table of our contract: judged, cut at their crossings, counted."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from geo.errors import Fault, NetworkError
from geo.sources.files import UnreadableFileError
from geo.sources.streets_cutting import hang_together, loose_ends, pieces_of
from geo.sources.streets_raw import Kind, RawStreets, known_heights
from geo.sources.streets_rules import OPEN, directions, heights_above_ground, judge, road_classes

_NO_ID: Final = r"[^0-9A-Za-z_.:\-]+"
_NO_CODE: Final = re.compile(r"[^0-9a-z]+")
_HALF: Final = 0.5
# So many streets tell where a file lies.
_LOOKED_AT: Final = 1000


@dataclass(frozen=True)
class LeftOut:
    """Streets that are left out, and why.

    Attributes
    ----------
    code
        The reason, as the words of the report know it.
    streets
        Count of streets, or of pieces of street for those that hang on to nothing.
    length_m
        Their length [m].
    """

    code: str
    streets: int
    length_m: float


@dataclass(frozen=True)
class StreetsReport:
    """What was read, what can be walked, and what was left out.

    Attributes
    ----------
    name, kind
        The source, and what it is: ``osm``, ``graph``, ``bdtopo`` or ``lines``.
    streets, length_m
        Count and length [m] of the streets read.
    pieces, walkable_m
        Count and length [m] of the pieces in the largest connected part that can be walked.
    crossings
        Places in that part where streets meet or end.
    one_way
        Pieces in that part that may be walked in one direction only.
    left_out
        What may not be walked, by reason, the longest first; ``island`` are pieces that may be walked and hang on to
        nothing, ``empty`` are streets without length.
    islands
        Count of connected parts beside the largest.
    references, missing_references, lost_streets
        Count of nodes that the streets of an OpenStreetMap file name, of those that the file lacks, and of streets of
        which nothing is left; None if not known.
    loose_ends
        Ends of streets that touch another street between its ends, and are not joined to it.
    """

    name: str
    kind: Kind
    streets: int
    length_m: float
    pieces: int
    walkable_m: float
    crossings: int
    one_way: int
    left_out: tuple[LeftOut, ...]
    islands: int
    references: int | None
    missing_references: int | None
    lost_streets: int
    loose_ends: int


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets that a network can be built of.

    Attributes
    ----------
    table
        The streets of our contract: index ``segment_id``; ``street_id``, ``street_name``, ``walkable``,
        ``walk_direction`` (1 along the line only, -1 against it only, 0 both ways), ``road_class``, ``above_ground``,
        heights of both ends if the source has any, and lines in a CRS in metres. What may not be walked is there, and
        is not walkable.
    report
        What was read and what was left out.
    """

    table: gpd.GeoDataFrame
    report: StreetsReport


def weave(raw: RawStreets, crs: str) -> Streets:
    """Make the table of streets: judged, cut where they meet, in a CRS in metres.

    Parameters
    ----------
    raw
        Streets of a source.
    crs
        Projected CRS in metres, such as ``EPSG:2154``.

    Raises
    ------
    SourceError
        If the CRS is not known or not in metres, or the streets lie outside it.
    NetworkError
        If no street can be walked.
    """
    check_crs(crs)
    _check_place(raw, crs)
    codes = judge(raw.frame, raw.rules)
    lines, street, ends = pieces_of(raw, codes == OPEN, crs)
    length_m = shapely.length(lines)
    kept = np.isfinite(length_m) & (length_m > 0)
    empty = len(raw.frame) - len(np.unique(street[kept]))
    lines, length_m, street, ends = lines[kept], length_m[kept], street[kept], ends[:, kept]
    if not (codes[street] == OPEN).any():
        raise NetworkError(
            f"{raw.name}: expected at least one street that can be walked, got none among {len(raw.frame)} streets. "
            "Check that the file holds the streets of the commune, not its motorways or private ways only."
        )
    table = _table(raw, lines, street, codes=codes).set_crs(crs).assign(**_heights(raw, street, ends))
    walkable = np.flatnonzero(codes[street] == OPEN)
    hanging, parts, crossings = hang_together(lines[walkable], length_m[walkable])
    main = np.zeros(len(lines), dtype=bool)
    main[walkable] = hanging
    report = StreetsReport(
        name=raw.name,
        kind=raw.kind,
        streets=len(raw.frame),
        length_m=float(length_m.sum()),
        pieces=int(main.sum()),
        walkable_m=float(length_m[main].sum()),
        crossings=crossings,
        one_way=int((table["walk_direction"].to_numpy()[main] != 0).sum()),
        left_out=_left_out(codes, street, length_m, main=main, empty=empty),
        islands=parts - 1,
        references=raw.references,
        missing_references=raw.missing,
        lost_streets=raw.lost,
        loose_ends=0 if raw.by_vertices else loose_ends(lines[walkable]),
    )
    return Streets(table, report)


def check_crs(crs: str) -> None:
    """Refuse a CRS that is not known or not in metres.

    Raises
    ------
    SourceError
        If so.
    """
    try:
        known = pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise UnreadableFileError(_bad_crs(crs, "a code that is not known")) from error
    if not known.is_projected or known.axis_info[0].unit_name != "metre":
        raise UnreadableFileError(_bad_crs(crs, f"{known.name}, in {known.axis_info[0].unit_name}"))


def _bad_crs(crs: str, got: str) -> Fault:
    return Fault(
        "streets-crs",
        crs,
        None,
        "",
        "a projected CRS in metres",
        got,
        "Name one, such as EPSG:2154 in metropolitan France.",
        {"reason": got},
    )


def _check_place(raw: RawStreets, crs: str) -> None:
    """Refuse streets of which most lie outside the area for which the CRS is made."""
    target = pyproj.CRS.from_user_input(crs)
    xy = raw.vertices.xy[np.flatnonzero(np.diff(raw.vertices.line, prepend=-1))]
    xy = xy[:: max(1, len(xy) // _LOOKED_AT)]
    try:
        lon, lat = pyproj.Transformer.from_crs(raw.crs, "EPSG:4326", always_xy=True).transform(*xy.T)
    except ProjError:
        lon = lat = np.full(len(xy), np.nan)
    area = target.area_of_use
    west, south, east, north = area.bounds if area else (-180.0, -90.0, 180.0, 90.0)
    # An area may lie across the meridian of 180 degrees.
    across = (lon >= west) | (lon <= east) if west > east else (lon >= west) & (lon <= east)
    inside = across & (lat >= south) & (lat <= north)
    if inside.mean() >= _HALF:
        return
    middle = f"{np.median(lon):.3f}, {np.median(lat):.3f}"
    raise UnreadableFileError(
        Fault(
            "streets-elsewhere",
            raw.name,
            None,
            "",
            f"streets in the area of {crs} (longitude {west:g} to {east:g}, latitude {south:g} to {north:g})",
            f"streets around longitude, latitude {middle}",
            "Name the CRS of the place with --crs, or mend the CRS that the file says.",
            {"crs": crs, "middle": middle},
        )
    )


# The table --------------------------------------------------------------------------------------------------------


def _table(
    raw: RawStreets, lines: npt.NDArray[Any], street: npt.NDArray[np.int64], *, codes: npt.NDArray[Any]
) -> gpd.GeoDataFrame:
    place, said = pd.factorize(raw.frame["name"])
    # The last entry is for the streets without a name, whose place is -1.
    names = np.array([*(str(name).split(";")[0].strip() for name in said), ""], dtype=object)
    name_codes = np.array([street_code(name) for name in names], dtype=object)
    of_piece = place[street]
    return gpd.GeoDataFrame(
        {
            "street_id": pd.array(name_codes[of_piece], dtype="str"),
            "street_name": pd.array(names[of_piece], dtype="str"),
            "walkable": codes[street] == OPEN,
            "walk_direction": _said_directions(raw.frame)[street],
            "road_class": pd.array(road_classes(raw.frame)[street], dtype="str"),
            "above_ground": heights_above_ground(raw.frame, silent_is_ground=raw.kind == "osm").array[street],
        },
        geometry=lines,
        index=pd.Index(_segment_ids(raw.frame["id"], street), name="segment_id", dtype="str"),
    )


def _heights(
    raw: RawStreets, street: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[np.float64]]:
    """Give the heights of both ends of each piece [m], from the vertices or from columns of our own, if any."""
    names = ("from_height_m", "to_height_m")
    if raw.vertices.height_m is not None:
        return {name: raw.vertices.height_m[rows] for name, rows in zip(names, ends, strict=True)}
    if not set(names) <= set(raw.frame.columns):
        return {}
    return {name: known_heights(_numbers(raw.frame[name]))[street] for name in names}


def _numbers(said: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Give a column as numbers, NaN where it holds none."""
    return pd.to_numeric(said, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _segment_ids(ids: pd.Series[Any], street: npt.NDArray[np.int64]) -> pd.Series[str]:
    """Give the code of each piece: that of its street, with its number if there are several; `street` increases."""
    code = ids.astype("str").str.replace(_NO_ID, "-", regex=True).iloc[street].reset_index(drop=True)
    pieces = np.bincount(street)
    number = pd.Series(np.arange(len(street)) - (np.cumsum(pieces) - pieces)[street] + 1)
    return code.where(pieces[street] == 1, code + "." + number.astype("str"))


def _said_directions(frame: gpd.GeoDataFrame) -> npt.NDArray[np.int8]:
    """Give the direction of each street, from a column of our own if there is one."""
    if "walk_direction" not in frame:
        return directions(frame)
    said = pd.to_numeric(frame["walk_direction"], errors="coerce").fillna(0).to_numpy(dtype=float)
    return np.asarray(np.sign(said), dtype=np.int8)


def street_code(name: str) -> str:
    """Give a code for a street from its name: the same for the same name, whatever its accents and capitals.

    >>> street_code("Rue de l’Église")
    'rue-de-l-eglise'
    """
    letters = name
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe"))
        letters = "".join(one for one in plain if not unicodedata.combining(one))
    code = _NO_CODE.sub("-", letters.casefold()).strip("-")
    return code or (f"street-{zlib.crc32(name.encode()):08x}" if name else "")


# What is left out --------------------------------------------------------------------------------------------------


def _left_out(
    codes: npt.NDArray[Any],
    street: npt.NDArray[np.int64],
    length_m: npt.NDArray[np.float64],
    *,
    main: npt.NDArray[np.bool_],
    empty: int,
) -> tuple[LeftOut, ...]:
    """Count what is left out, by reason, the longest first."""
    code = codes[street]
    found = [
        LeftOut(one, len(np.unique(street[code == one])), float(length_m[code == one].sum()))
        for one in sorted(set(code) - {OPEN})
    ]
    island = (code == OPEN) & ~main
    if island.any():
        found.append(LeftOut("island", int(island.sum()), float(length_m[island].sum())))
    if empty:
        found.append(LeftOut("empty", empty, 0.0))
    return tuple(sorted(found, key=lambda one: -one.length_m))
