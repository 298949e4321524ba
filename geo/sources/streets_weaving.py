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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import Fault, NetworkError
from geo.sources.files import UnreadableFileError
from geo.sources.streets_raw import Kind, RawStreets
from geo.sources.streets_rules import OPEN, directions, judge
from geo.territory.network import NODE_STEP_M

# Vertices of OpenStreetMap are given to this many degrees; nearer ones are the same.
DEGREE_STEP: Final = 1e-7
_CODE: Final = re.compile(r"[^0-9A-Za-z_.:\-]+")
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
        ``walk_direction`` (1 along the line only, -1 against it only, 0 both ways) and lines in a CRS in metres. What
        may not be walked is there, and is not walkable.
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
    pieces, street = _pieces(raw, codes == OPEN)
    lines = np.asarray(gpd.GeoSeries(pieces, crs=raw.frame.crs).to_crs(crs).to_numpy())
    length_m = shapely.length(lines)
    kept = np.isfinite(length_m) & (length_m > 0)
    empty = len(raw.frame) - len(np.unique(street[kept]))
    lines, length_m, street = lines[kept], length_m[kept], street[kept]
    if not (codes[street] == OPEN).any():
        raise NetworkError(
            f"{raw.name}: expected at least one street that can be walked, got none among {len(raw.frame)} streets. "
            "Check that the file holds the streets of the commune, not its motorways or private ways only."
        )
    table = _table(raw, lines, street, codes=codes).set_crs(crs)
    main, parts, crossings = _parts(table)
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
        loose_ends=0 if raw.by_vertices else _loose_ends(lines[table["walkable"].to_numpy()]),
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
    some = raw.frame.geometry.to_numpy()[:: max(1, len(raw.frame) // _LOOKED_AT)]
    xy = shapely.get_coordinates(shapely.get_point(shapely.get_geometry(some, 0), 0))
    try:
        lon, lat = pyproj.Transformer.from_crs(raw.frame.crs, "EPSG:4326", always_xy=True).transform(*xy.T)
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


# Cutting ----------------------------------------------------------------------------------------------------------


def _pieces(raw: RawStreets, walkable: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Give the lines in order, cut where walkable streets share a vertex if they do, and the street of each."""
    lines, street = shapely.get_parts(raw.frame.geometry.to_numpy(), return_index=True)
    line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    lines, street = lines[line & ~shapely.is_empty(lines)], street[line & ~shapely.is_empty(lines)]
    if not raw.by_vertices:
        return lines, street
    step = DEGREE_STEP if pyproj.CRS.from_user_input(raw.frame.crs).is_geographic else NODE_STEP_M
    opened = walkable[street]
    cut, of_line = _cut(lines[opened], step)
    every = np.concatenate([cut, lines[~opened]])
    of_street = np.concatenate([street[opened][of_line], street[~opened]])
    order = np.argsort(of_street, kind="stable")
    return every[order], of_street[order]


def _cut(lines: npt.NDArray[Any], step: float) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Cut lines at the vertices that stand in several of them or several times in one.

    Parameters
    ----------
    lines
        LineStrings, shape (lines,).
    step
        Vertices whose coordinates round to the same multiple of it are the same.

    Returns
    -------
    pieces, line
        LineStrings, shape (pieces,), and the row of the line of each.
    """
    if not len(lines):
        return lines, np.empty(0, dtype=np.int64)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    cell = np.rint(xy / step).astype(np.int64)
    key = (cell[:, 0] << np.int64(32)) + cell[:, 1]
    # A vertex that is written twice in a row is written once, but a line keeps two.
    again = np.r_[False, (np.diff(key) == 0) & (np.diff(line) == 0)]
    again &= (np.bincount(line[~again], minlength=len(lines)) > 1)[line]
    xy, line, key = xy[~again], line[~again], key[~again]
    _, vertex, times = np.unique(key, return_inverse=True, return_counts=True)
    first = np.r_[True, np.diff(line) > 0]
    last = np.r_[first[1:], True]
    twice = (times[vertex] > 1) & ~first & ~last
    copies = 1 + twice
    # Of the two copies of a crossing the second begins the next piece.
    begins = np.repeat(first, copies)
    begins[np.cumsum(copies)[twice] - 1] = True
    piece = np.cumsum(begins) - 1
    pieces = np.asarray(shapely.linestrings(np.repeat(xy, copies, axis=0), indices=piece), dtype=object)
    return pieces, np.asarray(np.repeat(line, copies)[begins], dtype=np.int64)


# The table --------------------------------------------------------------------------------------------------------


def _table(
    raw: RawStreets, lines: npt.NDArray[Any], street: npt.NDArray[np.int64], *, codes: npt.NDArray[Any]
) -> gpd.GeoDataFrame:
    said = raw.frame["name"].to_numpy(dtype=object)
    first = {name: "" if pd.isna(name) else str(name).split(";")[0].strip() for name in pd.unique(said)}
    names = np.array([first[name] for name in said], dtype=object)
    code_of = {name: street_code(name) for name in set(first.values())}
    ways = _said_directions(raw.frame)
    target_rows = pd.Series(street)
    number = target_rows.groupby(street).cumcount().to_numpy() + 1
    single = (target_rows.map(target_rows.value_counts()) == 1).to_numpy()
    ids = np.array([_CODE.sub("-", str(one)) for one in raw.frame["id"]], dtype=object)[street]
    segment = [one if alone else f"{one}.{n}" for one, alone, n in zip(ids, single, number, strict=True)]
    return gpd.GeoDataFrame(
        {
            "street_id": pd.array([code_of[name] for name in names[street]], dtype="str"),
            "street_name": pd.array(list(names[street]), dtype="str"),
            "walkable": codes[street] == OPEN,
            "walk_direction": ways[street],
        },
        geometry=lines,
        index=pd.Index(segment, name="segment_id", dtype="str"),
    )


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
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    code = _NO_CODE.sub("-", letters.casefold()).strip("-")
    return code or (f"street-{zlib.crc32(name.encode()):08x}" if name else "")


# Connected parts --------------------------------------------------------------------------------------------------


def _parts(table: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.bool_], int, int]:
    """Tell which rows are in the largest connected walkable part, and count the parts and the nodes of that part."""
    walkable = np.flatnonzero(table["walkable"].to_numpy())
    lines = table.geometry.to_numpy()[walkable]
    node = _end_nodes(lines)
    count = int(node.max()) + 1
    links = coo_array((np.ones(len(lines)), (node[0], node[1])), shape=(count, count))
    parts, part = connected_components(links, directed=False)
    largest = np.bincount(part[node[0]], weights=shapely.length(lines)).argmax()
    main = np.zeros(len(table), dtype=bool)
    main[walkable] = part[node[0]] == largest
    return main, int(parts), int((part == largest).sum())


def _end_nodes(lines: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Give the node at the first and at the last point of each line, shape (2, lines)."""
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, place)) for place in (0, -1)])
    cell = np.rint(ends / NODE_STEP_M).astype(np.int64)
    _, node = np.unique((cell[:, 0] << np.int64(32)) + cell[:, 1], return_inverse=True)
    return np.asarray(node.reshape(2, -1), dtype=np.int64)


def _loose_ends(lines: npt.NDArray[Any]) -> int:
    """Count the ends that no other line shares and that lie on a line between its ends."""
    node = _end_nodes(lines)
    times = np.bincount(node.reshape(-1))
    alone = times[node] == 1
    points = np.concatenate([shapely.get_point(lines, place)[alone[row]] for row, place in ((0, 0), (1, -1))])
    own = np.concatenate([np.flatnonzero(alone[0]), np.flatnonzero(alone[1])])
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=NODE_STEP_M)
    return len(np.unique(point[line != own[point]]))


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
