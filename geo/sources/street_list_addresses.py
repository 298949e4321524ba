"""Address bases of any publisher: the national one (CSV), local ones, layers of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import plain
from geo.sources.projections import MAINLAND, crs_of_communes, metric_crs
from geo.sources.street_list_columns import AddressColumns, Mapped, beside_type, pick
from geo.sources.street_list_files import LAYERS, read_grid, read_vector
from geo.sources.street_list_numbers import NO_NUMBER, changed, parse_number
from geo.sources.street_list_schools import commune_code
from geo.territory.annex.asking import parse_address
from geo.territory.annex.naming import understand, with_types

# Columns of every address base once read; the index is ``address_id``.
FORM: Final = ("insee", "place", "street_id", "street_name", "number", "suffix", "commune", "postcode", "line")
_DEGREES: Final = "EPSG:4326"
_WITHOUT_PLACE: Final = ("lon", "lat", "x", "y")
_POINT: Final = r"(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)"
_HALF_TURN: Final = 180
# The conformal conic zones of France, CC42 to CC50.
_FIRST_ZONE: Final = 3942
_ZONES: Final = 9
_ZONE_M: Final = 1_000_000
# Ouessant lies at 1,102 km in its zone, the east of Alsace at 1,083 km in Lambert-93.
_ZONE_WEST_M: Final = 1_095_000
_ZONE_EAST_M: Final = 2_300_000
# Lambert-93 over the mainland and Corsica, with room around [m].
_LAMBERT: Final = shapely.box(0, 6_000_000, 1_350_000, 7_200_000)
# Corsica in Lambert-93, where the 47th zone has the open sea south of Belle-Île.
_CORSICA: Final = shapely.box(1_150_000, 6_040_000, 1_250_000, 6_240_000)


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
        return roles if {"street", "number"} <= set(roles) or "address" in roles else {}

    grid = read_grid(path, choose)
    cells = _parted(grid.frame)
    parsed = {text: parse_number(text, mapped.words) for text in cells["number"].unique()}
    bad = cells["number"].map(lambda text: parsed[text] is None) | (cells["street"] == "")
    heading = grid.headings.get("number") or grid.headings["address"]
    faults = [
        _refused(path.name, int(line), column=heading, got=str(cells.loc[line, "number"])) for line in cells.index[bad]
    ]
    kept = cells[~bad]
    if kept.empty:
        fault = Fault("empty-table", path.name, None, "", "at least one address", "none", "Fill in the file.")
        raise UnreadableFileError(faults[0] if faults else fault)
    points = _layer_points(path)[~bad.to_numpy()] if path.suffix.lower() in LAYERS else _table_points(kept)
    if points is None:
        faults.append(_misplaced(path.name, kept))
        points = gpd.GeoSeries([None] * len(kept), crs=MAINLAND)
    table = _form(kept, [parsed[text] or (-1, "") for text in kept["number"]])
    metres = metric_crs(points)
    placed = table.set_geometry(points.to_crs(metres).to_numpy(), crs=metres)
    return AddressFile(_each_once(placed, kept), (*grid.faults, *faults))


def no_addresses() -> gpd.GeoDataFrame:
    """Give an address base without an address, for a list that is looked at alone."""
    table = pd.DataFrame({name: pd.Series(dtype="str") for name in FORM})
    typed = table.astype({"number": "int64", "line": "int64"}).set_axis(pd.Index([], name="address_id", dtype="str"))
    return gpd.GeoDataFrame(typed, geometry=[], crs=MAINLAND)


def _roles(titles: Sequence[str], wanted: AddressColumns) -> dict[str, str]:
    roles = beside_type(pick(titles, wanted.roles), wanted.bare_street)
    taken: dict[str, str] = {}
    for role, heading in roles.items():
        if heading not in taken.values():
            taken[role] = heading
    return taken


def _parted(cells: pd.DataFrame) -> pd.DataFrame:
    """Give the cells with street and number, which may stand in one cell, and with the type before the name."""
    if "street" in cells and "number" in cells:
        if "street_type" not in cells:
            return cells
        return cells.assign(street=with_types(cells["street"].tolist(), cells["street_type"].tolist()))
    parted = [parse_address(text) for text in cells["address"]]
    numbers = [f"{number} {suffix}".strip() if number else "" for number, suffix, _ in parted]
    return cells.assign(street=[street for _, _, street in parted], number=numbers)


def _each_once(table: gpd.GeoDataFrame, cells: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give each address once: a base may tell several places of one (door, parcel) under the same identifier."""
    if "address_id" not in cells:
        return table
    told = pd.DataFrame(table[["street_id", "number", "suffix"]]).assign(key=cells["address_id"].to_numpy())
    again = (told["key"] != "") & told.duplicated()
    kept = table[~again.to_numpy()]
    key = told["key"][~again.to_numpy()]
    unique = ~key.duplicated(keep=False) & (key != "")
    return kept.set_axis(pd.Index(key.where(unique, kept.index), name="address_id"))


def _form(cells: pd.DataFrame, numbers: Sequence[tuple[int, str]]) -> gpd.GeoDataFrame:
    """Give the addresses in the form of every base; streets of one name in one place have one code."""
    blank = pd.Series("", index=cells.index)
    texts = {role: cells.get(role, blank) for role in ("insee", "place", "street_id", "commune", "postcode")}
    texts["insee"] = changed(texts["insee"], commune_code).astype("str")
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
            "number": np.where((number < 0) | (number == NO_NUMBER), 0, number),
            "suffix": given.where(given != "", own),
            "commune": texts["commune"],
            "postcode": changed(texts["postcode"], commune_code).astype("str"),
            "line": cells.index,
        }
    )
    return table.set_axis(pd.Index("line-" + pd.Series(cells.index.astype("str")), name="address_id"))


def _street_keys(name: pd.Series, code: pd.Series) -> pd.Series:
    """Give what tells a street from the others: a base without codes may write one street in full and shortened."""
    keys = {text: (plain(text), understand(text).full) for text in name.unique()}
    return pd.Series([keys[text][0 if given else 1] for text, given in zip(name, code, strict=True)], index=name.index)


def _layer_points(path: Path) -> gpd.GeoSeries:
    layer = read_vector(path)
    return gpd.GeoSeries(shapely.centroid(layer.geometry.to_numpy()), crs=layer.crs)


def _table_points(cells: pd.DataFrame) -> gpd.GeoSeries | None:
    """Give the points of a table: by degrees, else by metres, else missing ones; None if they fit no CRS of France."""
    known = {role: _decimal(cells[role]) for role in _WITHOUT_PLACE if role in cells}
    if "point" in cells:
        parts = cells["point"].str.extract(_POINT)
        known |= {"lat": _decimal(parts[0]), "lon": _decimal(parts[1])}
    for across, along in (("lon", "lat"), ("x", "y")):
        if across in known and along in known and not np.isnan(known[across]).all():
            points = shapely.points(known[across], known[along])
            missing = np.isnan(known[across]) | np.isnan(known[along])
            places = np.array(points, dtype=object)
            places[missing] = None
            crs = _crs_of(known[across], known[along], _communes(cells))
            return gpd.GeoSeries(places, crs=crs) if crs else None
    return gpd.GeoSeries([None] * len(cells), crs=MAINLAND)


def _decimal(texts: pd.Series) -> npt.NDArray[np.float64]:
    plain_texts = texts.fillna("").str.replace(",", ".").str.replace(r"\s", "", regex=True)
    return pd.to_numeric(plain_texts, errors="coerce").to_numpy(dtype="float64")


def _communes(cells: pd.DataFrame) -> set[str]:
    """Give the codes of the communes that a table names."""
    return {commune_code(text) for text in cells["insee"].unique()} if "insee" in cells else set()


def _crs_of(across: npt.NDArray[np.float64], along: npt.NDArray[np.float64], communes: set[str]) -> str:
    """Give the CRS that coordinates of France are in: degrees, that of an overseas part, a conformal zone, Lambert-93.

    Empty if they fit none of them.
    """
    middle_x, middle_y = float(np.nanmedian(across)), float(np.nanmedian(along))
    if abs(middle_x) <= _HALF_TURN and abs(middle_y) <= _HALF_TURN / 2:
        return _DEGREES
    part, middle = crs_of_communes(communes), shapely.Point(middle_x, middle_y)
    if part != MAINLAND:
        return part if metric_crs(gpd.GeoSeries([middle], crs=part)) == part else ""
    zone = int(middle_y // _ZONE_M)
    # Zones are numbered by their parallel: the northing of the 42nd is some 1,200,000 m, of the 50th 9,200,000.
    is_zone = _ZONE_WEST_M <= middle_x <= _ZONE_EAST_M and 1 <= zone <= _ZONES
    if is_zone and not _CORSICA.contains(middle):
        return f"EPSG:{_FIRST_ZONE + zone - 1}"
    return MAINLAND if _LAMBERT.contains(middle) else ""


def _misplaced(name: str, cells: pd.DataFrame) -> Fault:
    """Say that x and y are in no system that France uses: no address has a place."""
    x, y = (str(cells[role].iloc[0]) for role in ("x", "y"))
    expected = "degrees, or metres in the official system of the commune"
    remedy = "Give lon and lat, or the INSEE code of an overseas commune; until then no address has a place."
    return Fault("unknown-places", name, None, "x, y", expected, f"{x}, {y}", remedy, {"x": x, "y": y})


def _refused(name: str, line: int, *, column: str, got: str) -> Fault:
    expected = "a street, and a number with or without bis, ter, A ..."
    remedy = "Correct or delete the row."
    return Fault("address-number", name, line, column, expected, repr(got[:60]), remedy, {"value": got[:60]})
