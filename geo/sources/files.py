"""Reading the files of a data folder: what cannot be read ends in one sentence that names the file."""

from __future__ import annotations

import csv
import io
import re
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.errors import Fault, SourceError

_CSV_WANTED: Final = "a CSV file in UTF-8 with commas"
_CSV_REMEDY: Final = "Save it again as 'CSV UTF-8 (comma separated)'."
_LAYER_WANTED: Final = "a complete GeoPackage"
_LAYER_REMEDY: Final = (
    "Export the layer again (in QGIS: Export > Save Features As > GeoPackage) and copy the whole file."
)
_SQLITE: Final = b"SQLite format 3\x00"
_SQLITE_HEADER: Final = 100
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_MAGIC: Final = {b"PK\x03\x04": "a spreadsheet or a zip archive", _SQLITE[:15]: "a database", b"%PDF": "a PDF"}
_SEPARATORS: Final = {";": "';'", "\t": "tabulations", "|": "'|'"}
_DIGITS: Final = re.compile(r"\s*-?\d+\s*")
_DECIMALS: Final = re.compile(r"\s*\d+\s*")


class UnreadableFileError(SourceError):
    """A file that cannot be read, with the fault said once for all languages."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.file, expected=fault.expected, got=fault.got, remedy=fault.remedy)
        self.fault = fault
        self.args = (str(fault),)


@dataclass(frozen=True, eq=False)
class Rows:
    """What stands in a CSV file.

    Attributes
    ----------
    frame
        Texts, as they are; the index is the line of the file less 2, so that the first row under the heading is 0.
    faults
        The rows that do not fit the heading; they are not in `frame`.
    """

    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)


def read_table(path: Path, name: str) -> pd.DataFrame:
    """Read a CSV file as texts: UTF-8 with or without byte order mark, commas, a heading.

    Parameters
    ----------
    path
        The file.
    name
        The file as the user knows it, for errors.

    Returns
    -------
    frame
        Texts, as they are; the index is the line of the file less 2, so that the first row under the heading is 0.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary, not UTF-8, not separated by commas, or a row does not fit the heading.
    """
    rows = scan_table(path, name)
    if rows.faults:
        raise UnreadableFileError(rows.faults[0])
    return rows.frame


def scan_table(path: Path, name: str) -> Rows:
    """Read a CSV file like `read_table`, leaving out the rows that do not fit the heading.

    Raises
    ------
    SourceError
        If no row of the file can be read.
    """
    text = _decoded(read_content(path, name), name)
    heading = text.split("\n", 1)[0].strip("\r")
    for separator, words in _SEPARATORS.items():
        if separator in heading and "," not in heading:
            raise UnreadableFileError(_wrong_separator(name, words, "UTF-8"))
    return _parsed(text, name)


def read_layer(path: Path, name: str = "") -> gpd.GeoDataFrame:
    """Read the layer of a GeoPackage: the only one with a geometry, or the one that is called like the file.

    The file is read as a whole before it is opened, so that nothing is written beside it and nobody is locked out.

    Parameters
    ----------
    path
        The file.
    name
        The file as the user knows it, for errors; its own name if not given.

    Returns
    -------
    layer
        Features in the order of the file with a default index, geometries in two dimensions.

    Raises
    ------
    SourceError
        If the file is missing, truncated or corrupt, has no layer or several, or its layer has no CRS.
    """
    name = name or path.name
    content = read_content(path, name)
    _check_database(content, path, name)
    try:
        with warnings.catch_warnings():
            # GDAL remarks on what it can read all the same; what it cannot read is an error.
            warnings.simplefilter("ignore", RuntimeWarning)
            layer = pyogrio.read_dataframe(content, layer=_layer_name(content, path, name), force_2d=True)
    except (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError) as error:
        raise UnreadableFileError(_corrupt(name, "a damaged file")) from error
    if not isinstance(layer, gpd.GeoDataFrame):
        raise UnreadableFileError(_no_layer(name))
    if layer.crs is None:
        raise UnreadableFileError(_no_crs(name))
    return layer


def missing_file(name: str) -> Fault:
    """Give the fault of a file that is not there."""
    return Fault("missing-file", name, None, "", "this file", "nothing there", "Add the file, or correct its name.")


def read_content(path: Path, name: str) -> bytes:
    """Give the bytes of a file that is there and not empty.

    Raises
    ------
    SourceError
        If the file is missing, closed or empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(missing_file(name)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fault = Fault(
            "closed-file",
            name,
            None,
            "",
            "a file that can be read",
            reason,
            "Check the rights of the file and of its folder.",
            {"reason": reason},
        )
        raise UnreadableFileError(fault) from error
    if not content.strip():
        raise UnreadableFileError(
            Fault("empty-file", name, None, "", "some content", "an empty file", "Copy or export the file again.")
        )
    return content


# CSV -----------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes, name: str) -> str:
    """Give the text of a CSV file in UTF-8."""
    for magic, words in _MAGIC.items():
        if content.startswith(magic):
            raise UnreadableFileError(_binary(name, words))
    if content.startswith(_UTF16):
        raise UnreadableFileError(_not_utf8(name, "UTF-16", content.decode("utf-16", errors="replace")))
    if b"\x00" in content:
        raise UnreadableFileError(_binary(name, "binary content (NUL bytes)"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = content.decode("cp1252", errors="replace")
        raise UnreadableFileError(_not_utf8(name, "cp1252", text, line=line)) from error


def _binary(name: str, words: str) -> Fault:
    return Fault("binary-file", name, None, "", _CSV_WANTED, words, _CSV_REMEDY, {"kind": words})


def _not_utf8(name: str, encoding: str, text: str, *, line: int | None = None) -> Fault:
    """Give the fault of a file in another encoding, and say its separator in the same breath if it is wrong too."""
    heading = text.lstrip("\ufeff").split("\n", 1)[0]
    for separator, words in _SEPARATORS.items():
        if separator in heading and "," not in heading:
            return _wrong_separator(name, words, encoding)
    return Fault("not-utf8", name, line, "", _CSV_WANTED, encoding, _CSV_REMEDY, {"encoding": encoding})


def _wrong_separator(name: str, words: str, encoding: str) -> Fault:
    return Fault(
        "wrong-separator",
        name,
        1,
        "",
        "commas and UTF-8",
        f"{words} and {encoding}",
        _CSV_REMEDY,
        {"separator": words, "encoding": encoding},
    )


def _parsed(text: str, name: str) -> Rows:
    """Give the rows under the heading and the faults of those that do not fit it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [title.strip() for title in next(reader)]
        _check_heading(heading, name)
        # The line where a row ends, as the reader counts them; an empty line is no row.
        filled = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        fault = Fault(
            "broken-quotes",
            name,
            reader.line_num,
            "",
            "quotes that are closed",
            str(error),
            "Close the quotes, or remove them.",
        )
        raise UnreadableFileError(fault) from error
    good = [(line, cells) for line, cells in filled if len(cells) == len(heading)]
    faults = [_uneven_row(cells, heading, name, line=line) for line, cells in filled if len(cells) != len(heading)]
    lines = pd.Index([line - 2 for line, _ in good], dtype="int64")
    columns = {title: [cells[place] for _, cells in good] for place, title in enumerate(heading)}
    return Rows(pd.DataFrame(columns, index=lines, dtype="str"), faults)


def _check_heading(heading: Sequence[str], name: str) -> None:
    repeated = sorted({title for title in heading if heading.count(title) > 1})
    if repeated:
        fault = Fault(
            "repeated-heading",
            name,
            1,
            repeated[0],
            "each heading once",
            f"{repeated[0]!r} {heading.count(repeated[0])} times",
            "Delete or rename one of the columns.",
            {"heading": repeated[0], "count": heading.count(repeated[0])},
        )
        raise UnreadableFileError(fault)


def _uneven_row(cells: Sequence[str], heading: Sequence[str], name: str, *, line: int) -> Fault:
    """Give the fault of a row with too many or too few cells; one cell too many is most often a decimal comma."""
    halves = [
        place
        for place in range(len(cells) - 1)
        if _DIGITS.fullmatch(cells[place]) and _DECIMALS.fullmatch(cells[place + 1])
    ]
    if len(cells) == len(heading) + 1 and halves:
        column = heading[halves[0]] if len(halves) == 1 else ""
        value = f"{cells[halves[0]].strip()},{cells[halves[0] + 1].strip()}"
        return Fault(
            "decimal-comma",
            name,
            line,
            column,
            f"{len(heading)} cells, numbers with a decimal point",
            f"{len(cells)} cells, perhaps {value!r} as a number",
            f"Write {value.replace(',', '.')} with a point.",
            {"value": value, "point": value.replace(",", ".")},
        )
    return Fault(
        "uneven-row",
        name,
        line,
        "",
        f"{len(heading)} cells as in the heading",
        f"{len(cells)} cell(s)",
        "Put texts that hold a comma between double quotes, and write one row a line.",
        {"heading_cells": len(heading), "cells": len(cells)},
    )


# GeoPackage ----------------------------------------------------------------------------------------------------------


def _check_database(content: bytes, path: Path, name: str) -> None:
    """Refuse what is not a database, is shorter than it says, or has changes that are not saved yet."""
    if not content.startswith(_SQLITE):
        raise UnreadableFileError(_corrupt(name, "another kind of file"))
    said = _said_size(content)
    if len(content) < max(said, _SQLITE_HEADER):
        fault = Fault(
            "truncated-layer",
            name,
            None,
            "",
            f"{_LAYER_WANTED} of {said} bytes",
            f"the first {len(content)} bytes of it",
            _LAYER_REMEDY,
            {"bytes": len(content), "said_bytes": said},
        )
        raise UnreadableFileError(fault)
    journal = path.with_name(path.name + "-wal")
    if journal.is_file() and journal.stat().st_size:
        fault = Fault(
            "open-layer",
            name,
            None,
            "",
            "a GeoPackage that no program is changing",
            f"changes that wait in {journal.name}",
            "Close the project in QGIS (or the program that has it open), then try again.",
            {"journal": journal.name},
        )
        raise UnreadableFileError(fault)


def _said_size(content: bytes) -> int:
    """Give the size of a database by its own header [bytes]; 0 if the header does not say."""
    if len(content) < _SQLITE_HEADER:
        return _SQLITE_HEADER
    (page_size,) = struct.unpack(">H", content[16:18])
    (change, pages) = struct.unpack(">II", content[24:32])
    (valid_for,) = struct.unpack(">I", content[92:96])
    # By the format, 1 stands for 65,536, and the number of pages counts only if written by the last change.
    return (65_536 if page_size == 1 else page_size) * pages if change == valid_for else 0


def _layer_name(content: bytes, path: Path, name: str) -> str:
    """Give the name of the layer to read."""
    layers = pyogrio.list_layers(content)
    there = [str(layer) for layer, kind in np.atleast_2d(layers) if kind is not None] if len(layers) else []
    if len(there) == 1:
        return there[0]
    if path.stem in there:
        return path.stem
    if not there:
        raise UnreadableFileError(_no_layer(name))
    fault = Fault(
        "several-layers",
        name,
        None,
        "",
        f"one layer, or one called '{path.stem}'",
        f"{len(there)} layers: {', '.join(there)}",
        f"Rename the layer to '{path.stem}', or export it alone.",
        {"layers": ", ".join(there), "wanted": path.stem},
    )
    raise UnreadableFileError(fault)


def _corrupt(name: str, words: str) -> Fault:
    return Fault("unreadable-layer", name, None, "", _LAYER_WANTED, words, _LAYER_REMEDY)


def _no_layer(name: str) -> Fault:
    return Fault("no-layer", name, None, "", "a layer with a geometry", "none", _LAYER_REMEDY)


def _no_crs(name: str) -> Fault:
    return Fault(
        "no-crs",
        name,
        None,
        "",
        "a layer that says its CRS",
        "a layer without CRS",
        "Assign the CRS in QGIS (Layer CRS > Set Layer CRS) and export it again.",
    )
