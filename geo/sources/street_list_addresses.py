"""Address bases of any publisher: the national one (CSV), local ones, layers of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import plain
from geo.sources.street_list_columns import AddressColumns, Mapped, pick
from geo.sources.street_list_files import LAYERS, read_grid, read_vector
from geo.sources.street_lists import parse_number
from geo.territory.annex.naming import understand

# Columns of every address base once read; the index is ``address_id``.
FORM: Final = ("insee", "place", "street_id", "street_name", "number", "suffix", "line")
_DEGREES: Final = "EPSG:4326"
_METRES: Final = "EPSG:2154"
# An address base writes 99999 for a place without number.
_NO_NUMBER: Final = 99_999
_WITHOUT_PLACE: Final = ("lon", "lat", "x", "y")


@dataclass(frozen=True, eq=False)
class AddressFile:
    """What an address base says.

    Attributes
    ----------
    addresses
        Columns of `FORM` and points, index ``address_id``; what is not known is empty, a missing number 0; points
        are missing where the file has none.
    refused
        Rows that could not be read.
    """

    addresses: gpd.GeoDataFrame
    refused: tuple[Fault, ...]


def read_addresses(path: Path, mapped: Mapped) -> AddressFile:
    """Read an address base.

    Parameters
    ----------
    path
        CSV (also packed), spreadsheet, or a layer of points.
    mapped
        Its headings.

    Raises
    ------
    SourceError
        If the file cannot be read, or its headings do not say street and number.
    """
    wanted = mapped.addresses

    def choose(titles: Sequence[str]) -> dict[str, str]:
        roles = _roles(titles, wanted)
        return roles if {"street", "number"} <= set(roles) else {}

    grid = read_grid(path, choose)
    cells = grid.frame
    parsed = {text: parse_number(text, mapped.words) for text in cells["number"].unique()}
    bad = cells["number"].map(lambda text: parsed[text] is None) | (cells["street"] == "")
    faults = [
        _refused(path.name, int(line), column=grid.headings["number"], got=str(cells.loc[line, "number"]))
        for line in cells.index[bad]
    ]
    kept = cells[~bad]
    if kept.empty:
        fault = Fault("empty-table", path.name, None, "", "at least one address", "none", "Fill in the file.")
        raise UnreadableFileError(faults[0] if faults else fault)
    points = _layer_points(path)[~bad.to_numpy()] if path.suffix.lower() in LAYERS else _table_points(kept)
    table = _form(kept, [parsed[text] or (-1, "") for text in kept["number"]])
    return AddressFile(table.set_geometry(points.to_crs(_METRES).to_numpy(), crs=_METRES), (*grid.faults, *faults))


def _roles(titles: Sequence[str], wanted: AddressColumns) -> dict[str, str]:
    roles = pick(titles, wanted.roles)
    taken: dict[str, str] = {}
    for role, heading in roles.items():
        if heading not in taken.values():
            taken[role] = heading
    return taken


def _form(cells: pd.DataFrame, numbers: Sequence[tuple[int, str]]) -> gpd.GeoDataFrame:
    """Give the addresses in the form of every base; streets of one name in one place have one code."""
    texts = {role: cells.get(role, pd.Series("", index=cells.index)) for role in ("insee", "place", "street_id")}
    name = cells["street"].str.split().str.join(" ")
    number = np.array([value for value, _ in numbers], dtype="int64")
    own = pd.Series([suffix for _, suffix in numbers], index=cells.index, dtype="str")
    given = cells["suffix"].str.upper() if "suffix" in cells else own
    same = pd.MultiIndex.from_arrays(
        [texts["insee"], texts["place"].map(plain), _street_keys(name, texts["street_id"])]
    )
    key = pd.Series(pd.factorize(same)[0], index=cells.index)
    code = texts["street_id"].where(texts["street_id"] != "", "street-" + key.astype("str"))
    table = gpd.GeoDataFrame(
        {
            "insee": texts["insee"],
            "place": texts["place"],
            "street_id": code.groupby(key).transform("first"),
            "street_name": name,
            "number": np.where((number < 0) | (number == _NO_NUMBER), 0, number),
            "suffix": given.where(given != "", own),
            "line": cells.index,
        }
    )
    given_id = cells["address_id"] if "address_id" in cells else pd.Series("", index=cells.index)
    numbered = pd.Series(cells.index.astype("str"), index=cells.index)
    unique = ~given_id.duplicated(keep=False) & (given_id != "")
    return table.set_axis(pd.Index(given_id.where(unique, "line-" + numbered), name="address_id"))


def _street_keys(name: pd.Series, code: pd.Series) -> pd.Series:
    """Give what tells a street from the others: a base without codes may write one street in full and shortened."""
    keys = {text: (plain(text), understand(text).full) for text in name.unique()}
    return pd.Series([keys[text][0 if given else 1] for text, given in zip(name, code, strict=True)], index=name.index)


def _layer_points(path: Path) -> gpd.GeoSeries:
    layer = read_vector(path)
    return gpd.GeoSeries(shapely.centroid(layer.geometry.to_numpy()), crs=layer.crs)


def _table_points(cells: pd.DataFrame) -> gpd.GeoSeries:
    """Give the points of a table: by degrees, else by metres, else none."""
    numbers = {
        role: pd.to_numeric(cells[role].str.replace(",", "."), errors="coerce").to_numpy()
        for role in _WITHOUT_PLACE
        if role in cells
    }
    for across, along, crs in (("lon", "lat", _DEGREES), ("x", "y", _METRES)):
        if across in numbers and along in numbers:
            points = shapely.points(numbers[across], numbers[along])
            missing = np.isnan(numbers[across]) | np.isnan(numbers[along])
            places = np.array(points, dtype=object)
            places[missing] = None
            return gpd.GeoSeries(places, crs=crs)
    return gpd.GeoSeries([None] * len(cells), crs=_METRES)


def _refused(name: str, line: int, *, column: str, got: str) -> Fault:
    expected = "a street, and a number with or without bis, ter, A ..."
    remedy = "Correct or delete the row."
    return Fault("address-number", name, line, column, expected, repr(got[:60]), remedy, {"value": got[:60]})
