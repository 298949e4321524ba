"""The tables of a city as they come from their files: typed as far as the contract can be kept, with their faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import Fault, SourceError
from geo.model.contracts import Shape, Table, line_of
from geo.model.note import Note
from geo.model.tables import TABLES
from geo.sources.files import missing_file, read_layer, scan_table

_KINDS: Final[dict[Shape, tuple[str, ...]]] = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of a city on its way from the file to its contract.

    Attributes
    ----------
    table, file
        Its contract, and its file within the data folder.
    frame
        The columns of the contract, a key being a plain column, and ``geometry`` if it has one; a value that breaks
        the contract is missing, a column that is not in the file is not there. The index counts the rows of the
        file from 0. Without rows if `there` is false.
    there
        Whether the file is there and can be read.
    faults, notes
        What is wrong with the file by itself, and what was repaired.
    lost_rows
        How many rows of the file are not in `frame`, as they do not fit its heading.
    """

    table: Table
    file: str
    frame: pd.DataFrame
    there: bool
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    lost_rows: int = 0

    def rows(self, *columns: str) -> pd.DataFrame:
        """Give the rows in which all of `columns` are known; none if a column is not there."""
        if not self.there or not set(columns) <= set(self.frame.columns):
            return self.table.empty().reset_index().reindex(columns=list(columns))
        return self.frame.loc[self.frame[list(columns)].notna().all(axis=1), list(columns)]

    def shapes(self, *columns: str) -> gpd.GeoDataFrame:
        """Give the rows like `rows`, with the geometry, where that is known."""
        if not self.there or "geometry" not in self.frame:
            return gpd.GeoDataFrame({column: [] for column in columns}, geometry=[])
        rows = self.rows(*columns, "geometry")
        return gpd.GeoDataFrame(rows, geometry="geometry")

    def is_sound(self, *columns: str) -> bool:
        """Whether the file is there, no row was lost, and no fault lies in `columns` or in the file as a whole."""
        return self.there and not self.lost_rows and not any(fault.column in {"", *columns} for fault in self.faults)

    def line(self, row: int) -> int:
        """Where a row of `frame` stands: line of a CSV file, number of a feature."""
        return line_of(int(row), self.file)


Sheets = Mapping[str, Sheet]


def reworded(fault: Fault, *, got: str, further: Mapping[str, object]) -> Fault:
    """Give a fault that says more of what was found: `further` joins its values."""
    return replace(fault, got=got, values={**fault.values, **further})  # noqa: PD011, values of a fault


def read_sheets(folder: Path, code: str) -> dict[str, Sheet]:
    """Read every table of a city, from the name of its contract to what its file holds."""
    return {table.name: _read_sheet(folder, code, table) for table in TABLES}


def _read_sheet(folder: Path, code: str, table: Table) -> Sheet:
    file = table.path.format(city=code)
    if not (folder / file).exists():
        return _absent(table, file, [missing_file(file)] if table.required else [])
    try:
        sheet = _layer_sheet(folder, table, file) if table.geometry else _table_sheet(folder, table, file)
    except SourceError as error:
        return _absent(table, file, [error.fault])
    if table.required and sheet.frame.empty and not sheet.faults:
        fault = Fault("empty-table", file, None, "", "at least one row", "none", "Fill in the file.")
        return _absent(table, file, [fault])
    return sheet


def _absent(table: Table, file: str, faults: list[Fault]) -> Sheet:
    return Sheet(table, file, table.empty().reset_index(), there=False, faults=faults)


def _table_sheet(folder: Path, table: Table, file: str) -> Sheet:
    rows = scan_table(folder / file, file)
    frame, faults = _parsed(table, rows.frame, file)
    return Sheet(table, file, frame, there=True, faults=[*rows.faults, *faults], lost_rows=len(rows.faults))


def _layer_sheet(folder: Path, table: Table, file: str) -> Sheet:
    layer = read_layer(folder / file, file)
    frame, faults = _parsed(table, layer.drop(columns=layer.geometry.name), file)
    shapes = layer.geometry.to_numpy()
    repaired, count = _repaired(shapes, table.geometry or "polygon")
    notes = [Note("geometry-repaired", {"table": table.name, "count": count})] if count else []
    geometry = gpd.GeoSeries(repaired, index=frame.index, crs=layer.crs)
    return Sheet(
        table,
        file,
        gpd.GeoDataFrame(frame, geometry=geometry),
        there=True,
        faults=[*faults, *_shape_faults(shapes, repaired, table, file=file)],
        notes=notes,
    )


def _parsed(table: Table, raw: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Give the typed columns with the index of `raw`, the key among them."""
    frame, faults = table.parse(raw, file)
    keyed = bool(table.key) and set(table.key) <= set(raw.columns)
    plain = frame.reset_index() if keyed else frame
    return plain.set_axis(raw.index, axis="index"), faults


def _repaired(shapes: npt.NDArray[Any], kind: Shape) -> tuple[npt.NDArray[Any], int]:
    """Give the shapes, invalid ones made valid and those of another kind left out, and how many were invalid."""
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    repaired = shapes.copy()
    repaired[invalid] = [_parts_of_kind(shape, kind) for shape in shapely.make_valid(shapes[invalid])]
    wrong = ~np.isin(shapely.get_type_id(repaired), [_type_id(name) for name in _KINDS[kind]])
    repaired[wrong | shapely.is_empty(repaired)] = None
    return repaired, int(invalid.sum())


def _type_id(name: str) -> int:
    return int(shapely.GeometryType[name.upper()])


def _parts_of_kind(shape: shapely.Geometry, kind: Shape) -> shapely.Geometry:
    """Give the parts of a repaired shape that are of `kind`, together: a bow tie may leave a stray line."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[[part.geom_type in _KINDS[kind] for part in parts]])


def _shape_faults(shapes: npt.NDArray[Any], kept: npt.NDArray[Any], table: Table, *, file: str) -> list[Fault]:
    """Give one fault for each feature whose shape is missing or of another kind than the contract says."""
    return [
        Fault(
            "wrong-geometry",
            file,
            line_of(int(row), file),
            "geometry",
            f"a {table.geometry}",
            "nothing" if shapes[row] is None or shapes[row].is_empty else f"a {shapes[row].geom_type}",
            "Draw the shape of the feature, or delete the feature.",
            {"kind": table.geometry, "shape": "" if shapes[row] is None else shapes[row].geom_type},
        )
        for row in np.flatnonzero(shapely.is_missing(kept))
    ]
