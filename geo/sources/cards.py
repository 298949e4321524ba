"""The index card of a city: the yardstick of its deprivation index, as a file beside its census."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from geo.errors import Fault, SourceError
from geo.model.index_card import IndexCard
from geo.model.tables import CENSUS
from geo.sources.files import UnreadableFileError, read_content

CARD: Final = "census/{city}/index_card.json"
_WANTED: Final = "an index card, as geo.model.index_card describes it"
_COLUMNS: Final = frozenset(column.name for column in CENSUS.columns if column.kind == "number")


def read_card(folder: Path, code: str) -> tuple[IndexCard | None, list[Fault]]:
    """Read the index card of a city: none if the file is not there, and what is wrong with it.

    Parameters
    ----------
    folder
        The data folder.
    code
        Code of the city in it.
    """
    file = CARD.format(city=code)
    if not (folder / file).exists():
        return None, []
    try:
        card = _parsed(read_content(folder / file, file), file)
    except SourceError as error:
        return None, [error.fault]
    strange = [one.name for one in card.variables if one.name not in _COLUMNS]
    wanted = f"a column of figures of {CENSUS.name}"
    return card, [_bad_card(file, name, expected=wanted, got=repr(name)) for name in strange]


def _parsed(content: bytes, file: str) -> IndexCard:
    try:
        return IndexCard.model_validate_json(content.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnreadableFileError(_bad_card(file, place, expected=_WANTED, got=first["msg"])) from error


def _bad_card(file: str, place: str, *, expected: str, got: str) -> Fault:
    remedy = "Copy the card again from where it was made, or delete it: the reference table is then used."
    return Fault("bad-card", file, None, place, expected, got, remedy, {"reason": got})
