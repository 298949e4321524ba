"""Tables as people send them: any encoding and separator, spreadsheets, layers; bounded in memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
from pydantic import BaseModel, ConfigDict, Field
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException

from geo.errors import Fault, SourceError
from geo.sources.files import UnreadableFileError, missing_file, read_layer

LAYERS: Final = frozenset({".gpkg", ".geojson", ".json", ".shp", ".fgb"})
_SHEETS: Final = {b"xl/workbook": "XLSX", b"opendocument.spreadsheet": "ODS"}
_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY: Final = (b"%PDF", b"SQLite format 3", b"\x89PNG", b"\xd0\xcf\x11\xe0")
_SEPARATORS: Final = ";,\t|"
# Cells of a spreadsheet are read as texts, and the heading is found by us.
_AS_TEXT: Final = {
    "OGR_XLSX_HEADERS": "DISABLE",
    "OGR_ODS_HEADERS": "DISABLE",
    "OGR_XLSX_FIELD_TYPES": "STRING",
    "OGR_ODS_FIELD_TYPES": "STRING",
}
_HEADING_SEARCH: Final = 20
_BLOCK: Final = 1 << 16


class FileLimits(BaseModel):
    """How much of a file is taken in.

    Attributes
    ----------
    bytes_most
        Size of a file, unpacked [bytes]; the list of a million rows has some 80 million.
    rows_most
        Rows; the whole country's list of collège sectors is smaller.
    """

    model_config = ConfigDict(frozen=True)

    bytes_most: int = Field(default=300_000_000, ge=1_000)
    rows_most: int = Field(default=3_000_000, ge=10)


LIMITS: Final = FileLimits()
Choose = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of the columns that were chosen.

    Attributes
    ----------
    frame
        Texts without outer blanks; the columns are roles; the index is the line of the file (number of a feature).
    headings
        From each role to the heading of its column.
    faults
        The rows that do not fit the heading; they are not in `frame`.
    """

    frame: pd.DataFrame
    headings: dict[str, str]
    faults: list[Fault]


def read_grid(path: Path, choose: Choose, *, limits: FileLimits = LIMITS) -> Grid:
    """Read the columns that `choose` picks among the headings of a table.

    Parameters
    ----------
    path
        A CSV file of any encoding and separator, also packed (.gz), a spreadsheet (.xlsx, .ods) or a layer.
    choose
        From the headings to the column of each role; empty if these are not the headings: they are looked for in the
        first rows of the file.

    Raises
    ------
    SourceError
        If the file is missing, empty, too large or not a table, or no row has the headings.
    """
    if path.suffix.lower() in LAYERS:
        return _layer_grid(path, choose)
    head = _head(path)
    if head.startswith(_ZIP):
        return _grid(_spreadsheet_rows(path, limits), choose, path.name, limits=limits)
    text = _text(path, head, limits)
    return _grid(_csv_rows(text, path.name, choose), choose, path.name, limits=limits)


def read_text(path: Path, *, limits: FileLimits = LIMITS) -> str:
    """Read a text of any encoding.

    Raises
    ------
    SourceError
        If the file is missing, empty, too large or not a text.
    """
    return _text(path, _head(path), limits)


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """Read a layer of any common form.

    Raises
    ------
    SourceError
        If the file is missing or damaged, or its layer has no geometry or no CRS.
    """
    if path.suffix.lower() == ".gpkg":
        return read_layer(path)
    if not path.is_file():
        raise UnreadableFileError(missing_file(path.name))
    try:
        layer = pyogrio.read_dataframe(path, force_2d=True)
    except GEOSException as error:
        raise _damaged(path.name, "a shape that cannot be built") from error
    except (DataLayerError, DataSourceError, ValueError) as error:
        raise _damaged(path.name, "not a layer") from error
    if not isinstance(layer, gpd.GeoDataFrame) or layer.crs is None:
        raise _refusal("table-shapes", path.name, "a layer with shapes that says its CRS", got="one without")
    return layer


# Kinds of file -------------------------------------------------------------------------------------------------------


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_BLOCK)
    except FileNotFoundError as error:
        raise UnreadableFileError(missing_file(path.name)) from error
    except OSError as error:
        raise _damaged(path.name, error.strerror or type(error).__name__) from error
    if not head.strip():
        raise _refusal("empty-file", path.name, "some content", got="an empty file")
    return head


def _text(path: Path, head: bytes, limits: FileLimits) -> str:
    content = _unpacked(path, limits) if head.startswith(_GZIP) else _whole(path, limits)
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    if content.startswith(_BINARY) or b"\x00" in content:
        raise _binary(path.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _western(content, path.name)


def _western(content: bytes, name: str) -> str:
    """Give a text of the old Western encoding; bytes that it does not use mean another kind of file."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _binary(name) from error
    strange = [sign for sign in text[:_BLOCK] if ord(sign) < ord(" ") and sign not in "\t\r\n\x0c"]
    if strange:
        raise _binary(name)
    return text


def _whole(path: Path, limits: FileLimits) -> bytes:
    if path.stat().st_size > limits.bytes_most:
        raise _too_large(path.name, limits)
    return path.read_bytes()


def _unpacked(path: Path, limits: FileLimits) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(limits.bytes_most + 1)
    except (OSError, EOFError) as error:
        raise _damaged(path.name, "a packed file that is not whole") from error
    if len(content) > limits.bytes_most:
        raise _too_large(path.name, limits)
    return content


def _csv_rows(text: str, name: str, choose: Choose) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the rows that are not empty with their lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, choose))
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _damaged(name, f"line {reader.line_num}: {error}") from error


def _separator(text: str, choose: Choose) -> str:
    """Give the sign that parts a heading, else the one that parts most of the first lines most often.

    Commas within the cells may be more than the semicolons between them: the heading tells.
    """
    lines = [line for line in text[:_BLOCK].splitlines()[:_HEADING_SEARCH] if line.strip()]
    counts = {sign: sorted(line.count(sign) for line in lines) for sign in _SEPARATORS}
    likely = sorted(_SEPARATORS, key=lambda sign: (counts[sign][len(lines) // 2], counts[sign][-1]), reverse=True)
    return next((sign for sign in likely if any(choose(_titles(line, sign)) for line in lines)), likely[0])


def _titles(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _spreadsheet_rows(path: Path, limits: FileLimits) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the rows of the first sheet."""
    driver = _spreadsheet_kind(path, limits)
    before = {name: pyogrio.get_gdal_config_option(name) for name in _AS_TEXT}
    pyogrio.set_gdal_config_options(_AS_TEXT)
    try:
        source = f"{driver}:{path}"
        sheet = str(pyogrio.list_layers(source)[0][0])
        frame = pyogrio.read_dataframe(source, layer=sheet, read_geometry=False, max_features=limits.rows_most + 1)
    except (DataLayerError, DataSourceError, IndexError, ValueError) as error:
        raise _damaged(path.name, "a spreadsheet that cannot be opened") from error
    finally:
        pyogrio.set_gdal_config_options(before)
    texts = frame.astype("str").where(frame.notna(), "")
    for line, cells in enumerate(texts.itertuples(index=False, name=None), start=1):
        if any(cells):
            yield line, cells


def _spreadsheet_kind(path: Path, limits: FileLimits) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            names = " ".join(packed.namelist()).encode()
            kind = packed.read("mimetype") if b"mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, KeyError) as error:
        raise _damaged(path.name, "a spreadsheet that cannot be opened") from error
    if size > limits.bytes_most:
        raise _too_large(path.name, limits)
    for sign, driver in _SHEETS.items():
        if sign in names or sign in kind:
            return driver
    raise _binary(path.name)


def _layer_grid(path: Path, choose: Choose) -> Grid:
    layer = read_vector(path)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    headings = choose([str(name) for name in table.columns])
    if not headings:
        raise _no_heading(path.name, [str(name) for name in table.columns])
    texts = {role: _as_text(table[heading]) for role, heading in headings.items()}
    return Grid(pd.DataFrame(texts).set_axis(range(1, len(table) + 1)), headings, [])


def _as_text(column: pd.Series) -> pd.Series:
    """Give a column of a layer as texts, whole numbers without a decimal point."""
    texts = column.astype("str").str.strip().str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)
    return texts.where(column.notna(), "").astype("str")


# Rows ----------------------------------------------------------------------------------------------------------------


def _grid(rows: Iterable[tuple[int, Sequence[str]]], choose: Choose, name: str, *, limits: FileLimits) -> Grid:
    """Give the chosen columns; equal texts are held once, so that a million rows stay small."""
    stream = iter(rows)
    heading, headings = _heading(stream, choose, name)
    places = {role: heading.index(title) for role, title in headings.items()}
    held: dict[str, str] = {}
    columns: dict[str, list[str]] = {role: [] for role in places}
    lines: list[int] = []
    faults: list[Fault] = []
    for line, cells in stream:
        if len(cells) < len(heading) or any(cell.strip() for cell in cells[len(heading) :]):
            faults.append(_uneven(name, line, wanted=len(heading), got=len(cells)))
            continue
        if len(lines) >= limits.rows_most:
            raise _too_large(name, limits)
        lines.append(line)
        for role, place in places.items():
            text = cells[place].strip()
            columns[role].append(held.setdefault(text, text))
    return Grid(pd.DataFrame(columns, index=pd.Index(lines, dtype="int64"), dtype="str"), headings, faults)


def _heading(rows: Iterator[tuple[int, Sequence[str]]], choose: Choose, name: str) -> tuple[list[str], dict[str, str]]:
    """Give the row of headings, which may stand below some lines of title, and the column of each role."""
    first: list[str] = []
    for _, (_, cells) in zip(range(_HEADING_SEARCH), rows, strict=False):
        titles = [cell.strip() for cell in cells]
        headings = choose(titles)
        if headings:
            return titles, headings
        first = first or titles
    raise _no_heading(name, first)


def _uneven(name: str, line: int, *, wanted: int, got: int) -> Fault:
    return Fault(
        "uneven-row",
        name,
        line,
        "",
        f"{wanted} cells as in the heading",
        f"{got} cell(s)",
        "Put texts that hold the separator between double quotes, and write one row a line.",
        {"heading_cells": wanted, "cells": got},
    )


def _no_heading(name: str, titles: Sequence[str]) -> SourceError:
    shown = ", ".join(repr(title[:30]) for title in titles[:12]) or "none"
    return _refusal(
        "table-headings",
        name,
        "headings that say street, numbers and school (or number, street and place for addresses)",
        got=f"the headings {shown}",
        remedy="Name the columns in a MAPPING.toml and give it with --columns (see docs/street_list.md).",
        headings=shown,
    )


def _too_large(name: str, limits: FileLimits) -> SourceError:
    most = {"rows": limits.rows_most, "megabytes": limits.bytes_most // 1_000_000}
    expected = f"at most {most['rows']} rows and {most['megabytes']} MB"
    remedy = "Cut the file: one commune or one level at a time."
    return _refusal("table-size", name, expected, got="a larger file", remedy=remedy, **most)


def _binary(name: str) -> SourceError:
    return _refusal("table-binary", name, "a table (CSV, XLSX or ODS)", got="another kind of file")


def _damaged(name: str, reason: str) -> SourceError:
    return _refusal("table-damaged", name, "a file that can be opened", got=reason, reason=reason)


def _refusal(
    rule: str, name: str, expected: str, *, got: str, remedy: str = "Export the file again.", **values: object
) -> SourceError:
    return UnreadableFileError(Fault(rule, name, None, "", expected, got, remedy, values))
