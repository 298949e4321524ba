"""Writing a city folder: whole or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import SourceError
from geo.model.contracts import Table
from geo.model.tables import TABLES
from geo.sources.catalogue import CATALOGUE, CityEntry, read_catalogue


def write_city(out: Path, code: str, entry: CityEntry, *, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write a data folder with one city, in the place of an older one of the same city.

    Everything is written beside `out` first and moved there at the end.

    Parameters
    ----------
    out
        The data folder to make.
    code
        Code of the city in it.
    entry
        What the catalogue says of the city.
    tables
        From the name of a contract to its table with all columns of the contract as columns or index; a table that
        is left out has no file.

    Raises
    ------
    SourceError
        If `out` is there and is not a data folder of this city alone.
    """
    check_target(out, code)
    with _draft(out) as draft:
        (draft / CATALOGUE).write_text(_catalogue_text(code, entry), encoding="utf-8", newline="\n")
        for table in TABLES:
            if table.name in tables:
                _write(draft / table.path.format(city=code), table, tables[table.name])


def check_target(out: Path, code: str) -> None:
    """Refuse to write over what is not a data folder of the city `code` alone.

    Raises
    ------
    SourceError
        If `out` is there and is not empty nor a data folder of this city alone, or cannot be made.
    """
    if not out.parent.is_dir():
        got, remedy = f"no folder {out.parent}", "Make the folder that it shall stand in first."
    elif not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    elif (out / CATALOGUE).is_file():
        there = set(read_catalogue(out))
        if there == {code}:
            return
        got, remedy = f"a data folder with {', '.join(sorted(there))}", "Name another folder: this one would be lost."
    else:
        got, remedy = "a folder or file of another kind", "Name a folder that does not exist yet."
    raise SourceError(str(out), expected=f"a new folder, or one of '{code}'", got=got, remedy=remedy)


@contextmanager
def _draft(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` that takes its place if all goes well, and vanishes if not."""
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
        draft = Path(folder) / "new"
        draft.mkdir()
        yield draft
        _swap(draft, out, Path(folder) / "old")


def _swap(draft: Path, out: Path, old: Path) -> None:
    """Put the draft in the place of `out`, and what was there back if that fails."""
    if out.exists():
        out.rename(old)
    try:
        draft.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise


def _write(path: Path, table: Table, frame: pd.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = frame.reset_index() if set(table.key) & set(frame.index.names) else frame
    columns = [column.name for column in table.columns if column.name in plain or not column.missing]
    if table.geometry:
        layer = gpd.GeoDataFrame(plain[[*columns, "geometry"]])
        layer.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio")
    else:
        pd.DataFrame(plain[columns]).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _catalogue_text(code: str, entry: CityEntry) -> str:
    """Give the catalogue with this city alone, in TOML."""
    head = entry.model_dump(mode="json", exclude={"sources"})
    lines = [f"[{code}]", *_pairs(head)]
    for source in entry.sources:
        lines += ["", f"[[{code}.sources]]", *_pairs(source.model_dump(mode="json"))]
    return "\n".join(lines) + "\n"


def _pairs(values: Mapping[str, object]) -> list[str]:
    # A string, a number, a truth value and a list of strings are written in TOML as they are in JSON.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value != ""]
