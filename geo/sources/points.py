"""Tables of places, as schools and homes, and what is found for them: CSV in, CSV or GeoPackage out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from geo.errors import Fault, SourceError
from geo.sources.files import UnreadableFileError, read_table

_DEGREES: Final = "EPSG:4326"
_IDS: Final = ("school_id", "uai", "address_id", "id")
_PAIRS: Final = (("lon", "lat"), ("longitude", "latitude"), ("x", "y"))


@dataclass(frozen=True, eq=False)
class Points:
    """Places with a code each.

    Attributes
    ----------
    code
        Name of the column of codes.
    codes
        The code of each place, shape (points,).
    xy
        Coordinates [m], shape (points, 2).
    """

    code: str
    codes: pd.Index
    xy: npt.NDArray[np.float64]


def read_points(path: Path, crs: str) -> Points:
    """Read places of a CSV file.

    Parameters
    ----------
    path
        A table with ``lon`` and ``lat`` [degrees], or ``x`` and ``y`` [m] in `crs`. The first of the columns
        ``school_id``, ``uai``, ``address_id`` and ``id`` that is there holds the codes, else the first column.
    crs
        Projected CRS in metres of the coordinates that come out.

    Raises
    ------
    SourceError
        If the file cannot be read, has no coordinates, or a coordinate is not a number.
    """
    table = read_table(path, path.name)
    columns = {str(column).lower(): str(column) for column in table.columns}
    pair = next((pair for pair in _PAIRS if set(pair) <= set(columns)), None)
    if pair is None:
        wanted, remedy = "columns lon and lat, or x and y", "Add them, or correct the heading."
        got = ", ".join(map(str, table.columns))
        raise UnreadableFileError(Fault("no-coordinates", path.name, 1, "", wanted, got, remedy, {"columns": got}))
    xy = np.stack([_numbers(table[columns[name]], path.name) for name in pair], axis=1)
    if pair[0] != "x":
        across, up = pyproj.Transformer.from_crs(_DEGREES, crs, always_xy=True).transform(*xy.T)
        xy = np.stack([across, up], axis=1)
        _check_placed(table.index, xy, (path.name, crs))
    code = next((columns[name] for name in _IDS if name in columns), str(table.columns[0]))
    return Points(code, pd.Index(table[code], name=code), xy)


def write_points(out: Path, xy: npt.NDArray[np.float64], found: pd.DataFrame, *, crs: str) -> None:
    """Write what was found for places: a GeoPackage of points if it is called so, else a CSV file with ``x`` and ``y``.

    Parameters
    ----------
    out
        The file; it is written whole or not at all.
    xy
        Coordinates [m], shape (places, 2).
    found
        One row a place; an infinite number is written as nothing.
    crs
        CRS of the coordinates.

    Raises
    ------
    SourceError
        If the file cannot be written there.
    """
    rows = found.reset_index(drop=True).replace(np.inf, np.nan)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            draft = Path(folder) / f"draft{out.suffix}"
            if out.suffix.lower() == ".gpkg":
                layer = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(*xy.T), crs=crs)
                layer.to_file(draft, driver="GPKG", layer=out.stem, engine="pyogrio")
            else:
                placed = pd.concat([pd.DataFrame(xy.round(3), columns=["x", "y"]), rows], axis=1)
                placed.replace({True: "true", False: "false"}).to_csv(
                    draft, index=False, encoding="utf-8", lineterminator="\n"
                )
            draft.replace(out)
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise SourceError(str(out), expected="a place to write", got=got, remedy="Name another file.") from error


def _numbers(column: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """Give the numbers of a column; refuse what is none."""
    numbers = pd.to_numeric(column.str.strip(), errors="coerce").to_numpy(dtype=float)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        title, got = str(column.name), f"{column.iloc[wrong[0]]!r} ({len(wrong)} rows without a number)"
        remedy = "Complete these rows, or delete them."
        line = int(column.index[wrong[0]]) + 2
        raise UnreadableFileError(
            Fault("no-number", name, line, title, "a number in each row", got, remedy, {"count": len(wrong)})
        )
    return numbers


def _check_placed(lines: pd.Index, xy: npt.NDArray[np.float64], where: tuple[str, str]) -> None:
    """Refuse degrees that are nowhere in the CRS, as latitudes of more than 90 degrees; `where` is file and CRS."""
    name, crs = where
    wrong = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(wrong):
        line, remedy = int(lines[wrong[0]]) + 2, "Correct these rows: longitude east, latitude north, in degrees."
        got = f"degrees that are not in {crs} ({len(wrong)} rows)"
        values = {"crs": crs, "count": len(wrong)}
        raise UnreadableFileError(Fault("place-outside-crs", name, line, "", f"places in {crs}", got, remedy, values))
