"""``cartable check``: whether the files of a city are in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from geo.cli.opening import CityOption, JsonOption, LangOption
from geo.cli.teller import Teller, tell_faults
from geo.errors import Fault
from geo.sources.checks import check_city
from geo.sources.cities import city_codes

FAULTY: Final = 1


def check(
    folder: Annotated[Path, typer.Argument(help="Data folder: the one with cities.toml.")],
    city: CityOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Check the files of every city in FOLDER and list each fault: file, line, what was expected, what to do.

    Ends with status 1 if there is a fault. Example: `cartable check data`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        codes = [city] if city else city_codes(folder)
        faults: dict[str, tuple[Fault, ...]] = {}
        for code in codes:
            faults[code] = told.busy("cli.checking", partial(check_city, folder, code), city=code).faults
            tell_faults(told, code, faults[code])
        count = sum(len(found) for found in faults.values())
        told.result(
            {
                "folder": str(folder),
                "fault_count": count,
                "cities": {code: {"faults": [_fault_json(fault) for fault in found]} for code, found in faults.items()},
            }
        )
    raise typer.Exit(FAULTY if count else 0)


def _fault_json(fault: Fault) -> dict[str, object]:
    names = ("rule", "file", "line", "column", "expected", "got", "remedy")
    return {name: getattr(fault, name) for name in names}
