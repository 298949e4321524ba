"""Every fault of a city in one run: what `cartable check` prints, and what stands between a folder and `open_city`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from geo.model.index_card import IndexCard
from geo.model.note import Note
from geo.sources.cards import read_card
from geo.sources.catalogue import CATALOGUE, CityEntry, crs_faults, find_city
from geo.sources.positions import Ground, locate, outside_faults, street_faults
from geo.sources.references import (
    age_faults,
    insee_faults,
    iris_faults,
    reference_faults,
    serving_faults,
    unit_faults,
)
from geo.sources.school_map import contradiction_faults, coverage_faults, reversed_faults, sector_faults
from geo.sources.sheets import Sheet, Sheets, read_sheets

# More faults of one rule in one column than this have one cause most often, and nobody reads them one by one.
SHOWN_ALIKE: Final = 20


@dataclass(frozen=True, eq=False)
class CheckReport:
    """What the door saw of a city.

    Attributes
    ----------
    code, entry
        Code of the city, and what the catalogue says of it.
    faults
        Everything that is wrong, in the order of the catalogue and the tables.
    tables
        From the name of a contract to its table, as `geo.model.city.City` holds them; empty if there are faults.
    card
        The index card of the city, if it has one.
    notes
        What is missing or was repaired.
    """

    code: str
    entry: CityEntry
    faults: tuple[Fault, ...]
    tables: Mapping[str, pd.DataFrame]
    card: IndexCard | None
    notes: tuple[Note, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check_city(folder: Path, code: str) -> CheckReport:
    """Read every file of a city and give all that is wrong with them.

    A file that cannot be read is a fault like the others and does not stop them. Nothing is written.

    Parameters
    ----------
    folder
        The data folder, with ``cities.toml``.
    code
        Code of the city in it.

    Raises
    ------
    SourceError
        If the catalogue cannot be read or has no such city.
    """
    entry = find_city(folder, code)
    faults = crs_faults(code, entry)
    sheets = {} if faults else read_sheets(folder, code)
    wanted = [sheet for sheet in sheets.values() if sheet.table.required]
    if wanted and all(_is_missing(sheet) for sheet in wanted):
        faults = [_no_files(wanted, code)]
    if faults:
        return CheckReport(code, entry, tuple(faults), {}, None, ())
    ground = locate(sheets, entry.crs)
    card, card_faults = read_card(folder, code)
    faults = _summed([*_own(ground.sheets), *card_faults, *_between(ground, entry, code=code)])
    tables = {} if faults else {name: _finished(sheet, entry.crs) for name, sheet in ground.sheets.items()}
    return CheckReport(code, entry, tuple(faults), tables, card, tuple(_notes(ground.sheets)))


def _is_missing(sheet: Sheet) -> bool:
    return any(fault.rule == "missing-file" for fault in sheet.faults)


def _no_files(sheets: Sequence[Sheet], code: str) -> Fault:
    """Give one fault for a city none of whose required files is there."""
    wanted = ", ".join(sheet.file for sheet in sheets)
    return Fault(
        "no-files",
        CATALOGUE,
        None,
        code,
        f"the files of the city beside it ({wanted})",
        "none of them",
        "Copy the folders boundaries, census, schools and streets of the city here, or correct its code.",
        {"city": code, "wanted": wanted},
    )


def _own(sheets: Sheets) -> Iterator[Fault]:
    """Give the faults of each file by itself."""
    for sheet in sheets.values():
        yield from sheet.faults


def _between(ground: Ground, entry: CityEntry, *, code: str) -> Iterator[Fault]:
    """Give the faults that show only between columns, rows and tables."""
    sheets = ground.sheets
    yield from ground.faults
    yield from insee_faults(sheets, entry, code=code)
    yield from reference_faults(sheets)
    yield from serving_faults(sheets)
    yield from iris_faults(sheets)
    yield from unit_faults(sheets)
    yield from age_faults(sheets)
    yield from outside_faults(ground)
    yield from street_faults(sheets)
    yield from reversed_faults(sheets)
    yield from contradiction_faults(sheets)
    yield from sector_faults(ground)
    yield from coverage_faults(ground)


def _summed(faults: Sequence[Fault]) -> list[Fault]:
    """Give the first fault and their number for more than `SHOWN_ALIKE` of one rule in one column of one file."""
    alike: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.rule, fault.file, fault.column), []).append(fault)
    return [
        fault
        for group in alike.values()
        for fault in (group if len(group) <= SHOWN_ALIKE else [group[0], _and_more(group)])
    ]


def _and_more(faults: Sequence[Fault]) -> Fault:
    first, more = faults[0], len(faults) - 1
    return Fault(
        "more-alike",
        first.file,
        None,
        first.column,
        first.expected,
        f"{more} more rows with the fault '{first.rule}'",
        "They often have one cause: correct it at the source of the file.",
        {"count": more, "rule": first.rule},
    )


def _notes(sheets: Sheets) -> Iterator[Note]:
    for name, sheet in sheets.items():
        yield from sheet.notes
        if not sheet.there and not sheet.faults:
            yield Note("table-missing", {"table": name, "file": sheet.file})


def _finished(sheet: Sheet, crs: str) -> pd.DataFrame:
    """Give a table as the city holds it: indexed by its key, with its geometry in the CRS of the city."""
    key = list(sheet.table.key)
    named = sheet.frame.set_index(key) if key else sheet.frame.reset_index(drop=True)
    if not (sheet.table.geometry or sheet.table.point):
        return pd.DataFrame(named)
    shapes = named["geometry"] if "geometry" in named else gpd.GeoSeries([], index=named.index)
    located: pd.DataFrame = gpd.GeoDataFrame(named, geometry=gpd.GeoSeries(shapes, crs=crs))
    return located
