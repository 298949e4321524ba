"""The catalogue of a data folder: ``cities.toml``, one entry a city, with the sources of its tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import pyproj
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.errors import Fault
from geo.model.columns import FIRST_YEAR, LAST_YEAR
from geo.model.source import Source
from geo.sources.files import UnreadableFileError

CATALOGUE: Final = "cities.toml"
_SHOWN: Final = 8


class CityEntry(BaseModel):
    """What the catalogue says of one city.

    Attributes
    ----------
    name, insee
        Name and INSEE code of the commune.
    postal_codes
        Its postal codes, so that one is recognised where an INSEE code is wanted.
    crs
        The projected CRS in metres of its layers, such as ``EPSG:2154``.
    fictional
        Whether the city does not exist.
    school_year
        Calendar year in which the school year begins that the map in force and the children describe.
    sources
        Where its tables come from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    insee: str = Field(pattern=r"^\d[0-9AB]\d{3}$")
    postal_codes: tuple[str, ...] = ()
    crs: str
    fictional: bool = False
    school_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    sources: tuple[Source, ...] = ()


def read_catalogue(folder: Path) -> dict[str, CityEntry]:
    """Read the cities of a data folder, from the code of each to its entry, in the order of the file.

    Raises
    ------
    SourceError
        If the folder has no catalogue, or the catalogue cannot be read or breaks its form.
    """
    text = _text(folder)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refusal("broken-catalogue", expected="a TOML file", got=str(error)) from error
    if not table:
        raise _refusal("empty-catalogue", expected="an entry [code] for each city", got="no city")
    return {code: _entry(code, content) for code, content in table.items()}


def find_city(folder: Path, code: str) -> CityEntry:
    """Give the entry of one city.

    Raises
    ------
    SourceError
        If the catalogue cannot be read or has no such city.
    """
    entries = read_catalogue(folder)
    if code not in entries:
        known = ", ".join(sorted(entries)[:_SHOWN]) + (" ..." if len(entries) > _SHOWN else "")
        fault = Fault(
            "unknown-city",
            CATALOGUE,
            None,
            "",
            f"one of the cities {known}",
            repr(code),
            "Correct the code, or add the city to the file.",
            {"city": code, "known": known},
        )
        raise UnreadableFileError(fault)
    return entries[code]


def crs_faults(code: str, entry: CityEntry) -> list[Fault]:
    """Give the fault of a CRS that is unknown or not projected in metres."""
    wanted = "a projected CRS in metres, such as EPSG:2154"
    try:
        crs = pyproj.CRS.from_user_input(entry.crs)
    except pyproj.exceptions.CRSError:
        got = f"{entry.crs!r}, which is not known"
    else:
        units = {axis.unit_name for axis in crs.axis_info}
        if crs.is_projected and units == {"metre"}:
            return []
        got = f"{entry.crs!r} in {', '.join(sorted(units))} ({crs.name})"
    remedy = "Give the layers a projected CRS in metres (EPSG:2154 in mainland France) and name it here."
    return [Fault("crs-not-metric", CATALOGUE, None, f"{code}.crs", wanted, got, remedy, {"crs": entry.crs})]


def _text(folder: Path) -> str:
    try:
        return (folder / CATALOGUE).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        there = f"the folder {folder} without one" if folder.is_dir() else f"no such folder: {folder}"
        fault = Fault(
            "no-catalogue",
            CATALOGUE,
            None,
            "",
            f"a data folder with a {CATALOGUE}",
            there,
            "Is it a data folder? Name the folder that holds cities.toml, boundaries, census, schools and streets.",
            {"folder": str(folder)},
        )
        raise UnreadableFileError(fault) from error
    except UnicodeDecodeError as error:
        raise _refusal("broken-catalogue", expected="a TOML file in UTF-8", got="another encoding") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refusal("closed-file", expected="a file that can be read", got=reason) from error


def _entry(code: str, content: object) -> CityEntry:
    try:
        return CityEntry.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([code, *(str(part) for part in first["loc"])])
        rest = f" ({error.error_count()} faults in this entry)" if error.error_count() > 1 else ""
        got = f"{first['msg']}{rest}"
        raise _refusal("bad-entry", expected="an entry of the documented form", got=got, column=place) from error


def _refusal(rule: str, *, expected: str, got: str, column: str = "") -> UnreadableFileError:
    return UnreadableFileError(
        Fault(rule, CATALOGUE, None, column, expected, got, "Correct the file.", {"reason": got})
    )
