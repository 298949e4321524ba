"""Street lists of any form, read into one: docs/street_list.md describes it.

A row that cannot be read is refused with its line, what was expected, what was found and what to do; the others are
read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import plain
from geo.sources.street_list_columns import ListWords, Mapped, find_columns, pick
from geo.sources.street_list_files import Grid, read_grid
from geo.territory.annex.numbers import OPEN_END

# Columns of the form that every list is read into; the index counts the rows from 0.
FORM: Final = (
    "line", "level", "insee", "place", "street_id", "street_name", "number_from", "suffix_from", "number_to",
    "suffix_to", "parity", "school_id", "priority", "whole",
)  # fmt: skip
# Level of a list that says none.
ANY_LEVEL: Final = "any"
_NUMBER: Final = re.compile(r"(?:n°|no|n)?\s*(\d{1,6})(?:[.,]0+)?\s*[-/]?\s*([a-z]{0,9})\.?")
_HIGHEST: Final = 99_999
# An address base writes 99999 for a place without number.
_NO_NUMBER: Final = 99_999
_LAST: Final = 9_999
_PRIORITY: Final = re.compile(r"[1-9]")
_TEXTS: Final = ("level", "insee", "place", "street_id", "street", "street_type", "school", "more_schools", "whole")

Side = tuple[int, str]


@dataclass(frozen=True, eq=False)
class StreetListFile:
    """What a street list says.

    Attributes
    ----------
    rows
        Columns of `FORM`: ``line`` of the file (number of a feature); ``level`` (`ANY_LEVEL` if the list says none);
        ``insee`` and ``place`` (hamlet or former commune), empty if not said; ``street_id`` and ``street_name`` as
        written; numbers and sides as in `geo.model.tables.STREET_LIST`; ``school_id``, which is a name where the list
        has names; ``priority``, 0 where the list has none; ``whole``, whether the row is the whole commune.
    refused
        The rows that could not be read.
    refused_streets
        Names of the streets of these, as far as they have one.
    columns
        Name of the preset or mapping by which the file was read.
    mapped
        That preset or mapping.
    read
        Rows of the file under its heading, refused ones included.
    """

    rows: pd.DataFrame
    refused: tuple[Fault, ...]
    refused_streets: frozenset[str]
    columns: str
    mapped: Mapped
    read: int


def read_street_list(path: Path, *, columns: str = "") -> StreetListFile:
    """Read a street list of any form.

    Parameters
    ----------
    path
        CSV of any encoding and separator, XLSX, ODS, or a layer of address points.
    columns
        Name of a preset, or path of a MAPPING.toml; the first preset that fits if empty.

    Raises
    ------
    SourceError
        If the file cannot be read, its headings do not say street and school, or no row can be read.
    """
    known = find_columns(columns)
    grid = read_grid(path, lambda titles: _roles(titles, known)[1])
    name, _ = _roles(list(grid.headings.values()), known)
    mapped = known[name]
    cells = _without_nothing(grid.frame, mapped.words)
    form, wrong = _form(cells, mapped)
    refused = _refusals(wrong, grid, path.name)
    lost = set(wrong.index)
    if form.index.isin(lost).all():
        raise UnreadableFileError(_no_row(path.name, refused))
    return StreetListFile(
        rows=form[~form.index.isin(lost)].reset_index(drop=True),
        refused=tuple(sorted([*grid.faults, *refused], key=lambda fault: fault.line or 0)),
        refused_streets=frozenset(form.loc[form.index.isin(lost), "street_name"]) - {""},
        columns=name,
        mapped=mapped,
        read=len(cells) + len(grid.faults),
    )


def parse_number(text: str, words: ListWords) -> Side | None:
    """Give the number and the repetition index of a cell; ``(-1, "")`` if it is empty, None if it says neither.

    >>> parse_number("33 bis", ListWords()), parse_number("n° 7", ListWords())
    ((33, 'BIS'), (7, ''))
    """
    if not text:
        return -1, ""
    if plain(text) in words.open_end:
        return _LAST, ""
    found = _NUMBER.fullmatch(text.lower())
    if not found or int(found[1]) > _HIGHEST:
        return None
    return int(found[1]), found[2].upper()


# Columns -------------------------------------------------------------------------------------------------------------


def _roles(titles: Sequence[str], known: Mapping[str, Mapped]) -> tuple[str, dict[str, str]]:
    """Give the first preset whose headings are there, and the heading of each role."""
    for name, mapped in known.items():
        roles = pick(titles, mapped.list.roles)
        # One heading cannot say two things: the first role of the form that asks for it has it.
        taken: dict[str, str] = {}
        for role, heading in roles.items():
            if heading not in taken.values():
                taken[role] = heading
        numbers = {"number_from", "number_to"} & set(mapped.list.roles) if len(known) > 1 and name != "any" else set()
        if {"street", "school", *numbers} <= set(taken):
            return name, _with_more(taken, titles, mapped)
    return "", {}


def _with_more(roles: Mapping[str, str], titles: Sequence[str], mapped: Mapped) -> dict[str, str]:
    """Give the roles with every further column of schools that is there."""
    more = [pick(titles, {"more": (name,)}).get("more", "") for name in mapped.list.more_schools]
    found = dict.fromkeys(name for name in more if name)
    kept = {role: heading for role, heading in roles.items() if role != "more_schools"}
    return kept | {f"school_{place}": heading for place, heading in enumerate(found, start=2)}


def _without_nothing(cells: pd.DataFrame, words: ListWords) -> pd.DataFrame:
    """Give the cells, empty where they only say that there is nothing."""
    return cells.apply(lambda column: _mapped(column, lambda text: "" if plain(text) in words.nothing else text))


def _mapped(column: pd.Series, change: object) -> pd.Series:
    """Give a column of texts changed text by text; equal texts are changed once."""
    texts = {text: change(text) for text in column.unique()}  # type: ignore[operator]
    return pd.Series([texts[text] for text in column], index=column.index)


# Rows ----------------------------------------------------------------------------------------------------------------


def _form(cells: pd.DataFrame, mapped: Mapped) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows in the form of every list, and the cells that are wrong: index row, ``role, rule``."""
    texts = {name: cells.get(name, pd.Series("", index=cells.index)) for name in (*_TEXTS, "parity", "priority")}
    whole = _mapped(texts["whole"], lambda text: plain(text) in mapped.words.yes)
    numbers, wrong = _numbers(cells, mapped.words, whole=whole)
    parity = _mapped(texts["parity"], lambda text: _parity(text, mapped.words)) if "parity" in cells else "PI"
    street = (texts["street_type"] + " " + texts["street"]).str.split().str.join(" ")
    priority = _mapped(texts["priority"], lambda text: int(text) if _PRIORITY.fullmatch(text) else 0)
    form = numbers.assign(
        line=cells.index,
        level=texts["level"].where(texts["level"] != "", ANY_LEVEL),
        insee=texts["insee"],
        place=texts["place"],
        street_id=texts["street_id"],
        street_name=street,
        parity=parity,
        priority=priority.astype("int64"),
        whole=whole.astype("bool"),
    )
    form["parity"] = form["parity"].mask(form["whole"], "PI")
    wrong += _wrong(form.index[(form["street_name"] == "") & ~form["whole"]], "street", "list-no-street")
    wrong += _wrong(form.index[form["parity"] == ""], "parity", "list-parity")
    given = texts["priority"] != ""
    wrong += _wrong(form.index[given & (form["priority"] == 0)], "priority", "list-priority")
    schools = _schools(cells, mapped)
    wrong += _wrong(form.index[schools.map(len) == 0], "school", "list-no-school")
    faults = pd.DataFrame(wrong, columns=["row", "role", "rule"]).drop_duplicates("row").set_index("row")
    return _spread(form, schools), faults


def _wrong(rows: pd.Index, role: str, rule: str) -> list[tuple[int, str, str]]:
    return [(row, role, rule) for row in rows]


def _parity(text: str, words: ListWords) -> str:
    said = plain(text)
    for parity, known in (("I", words.odd), ("P", words.even), ("PI", words.both)):
        if said in known:
            return parity
    return ""


def _numbers(
    cells: pd.DataFrame, words: ListWords, *, whole: pd.Series
) -> tuple[pd.DataFrame, list[tuple[int, str, str]]]:
    """Give the first and last number of each row."""
    single = "number" in cells and not {"number_from", "number_to"} & set(cells)
    first, wrong = _ends(cells, ("number", "suffix") if single else ("number_from", "suffix_from"), words)
    if single:
        first["number"] = first["number"].mask(first["number"].isin([-1, _NO_NUMBER]), 0)
        last = first
    else:
        last, further = _ends(cells, ("number_to", "suffix_to"), words)
        unclear = (last["number"] < 0) & (first["number"] >= 0) & ~whole
        wrong += [*further, *_wrong(cells.index[unclear], "number_to", "list-no-end")]
        first["number"] = first["number"].clip(lower=0)
        last["number"] = last["number"].mask(last["number"] < 0, _LAST)
    frame = pd.DataFrame(
        {
            "number_from": first["number"].mask(whole, 0),
            "suffix_from": first["suffix"].mask(whole, ""),
            "number_to": last["number"].mask(whole, _LAST),
            "suffix_to": last["suffix"].mask(whole | (last["number"] >= OPEN_END), ""),
        }
    )
    return frame, wrong


def _ends(
    cells: pd.DataFrame, columns: tuple[str, str], words: ListWords
) -> tuple[pd.DataFrame, list[tuple[int, str, str]]]:
    """Give the number (-1 if not said) and the repetition of one end of each row."""
    number, suffix = columns
    blank = pd.Series("", index=cells.index)
    texts = cells.get(number, blank)
    parsed = {text: parse_number(text, words) for text in texts.unique()}
    ends = [parsed[text] or (0, "") for text in texts]
    own = cells.get(suffix, blank).str.upper()
    frame = pd.DataFrame(ends, columns=["number", "suffix"], index=cells.index)
    frame["suffix"] = own.where(own != "", frame["suffix"]).astype("str")
    return frame, _wrong(texts.index[[parsed[text] is None for text in texts]], number, "list-number")


def _schools(cells: pd.DataFrame, mapped: Mapped) -> pd.Series:
    """Give the schools of each row in their order; two spellings that differ in capitals or signs are one."""
    names = ["school", *sorted(name for name in map(str, cells) if name.startswith("school_"))]
    spelt: dict[str, str] = {}

    def named(text: str) -> tuple[str, ...]:
        parts = text.split(mapped.school_separator) if mapped.school_separator else [text]
        kept = [" ".join(part.split()) for part in parts]
        return tuple(spelt.setdefault(plain(part), part) for part in kept if plain(part))

    columns = [_mapped(cells[name], named) for name in names]
    return pd.Series([tuple(dict.fromkeys(sum(row, ()))) for row in zip(*columns, strict=True)], index=cells.index)


def _spread(form: pd.DataFrame, schools: pd.Series) -> pd.DataFrame:
    """Give one row for each school of a row, with priorities 1, 2, ... where there are several."""
    several = schools.map(len) > 1
    spread = form.assign(school_id=schools).explode("school_id")
    rank = spread.groupby(level=0).cumcount() + 1
    priority = spread["priority"].mask(several.reindex(spread.index), rank)
    return spread.assign(priority=priority, school_id=spread["school_id"].fillna("").astype("str"))[list(FORM)]


# Refused -------------------------------------------------------------------------------------------------------------

_SAID: Final = {
    "list-no-street": ("the name of a street", "Name the street, or delete the row."),
    "list-no-school": ("a school", "Name the school, or delete the row."),
    "list-number": ("a number from 0 to 99999, with or without bis, ter, A ...", "Correct the number."),
    "list-no-end": ("a last number", "Write 9999 for an open end, or the first number again for a single one."),
    "list-parity": ("odd (I), even (P) or both (PI)", "Correct the side."),
    "list-priority": ("a priority from 1 to 9", "Write 1, then 2, 3 ... for the other schools of a shared sector."),
}


def _no_row(name: str, refused: Sequence[Fault]) -> Fault:
    """Give the fault of a list none of whose rows can be read: the first of theirs, if it has any."""
    if refused:
        return refused[0]
    return Fault("empty-table", name, None, "", "at least one row", "none", "Fill in the file.")


def _refusals(wrong: pd.DataFrame, grid: Grid, name: str) -> list[Fault]:
    faults = []
    for row, role, rule in wrong.itertuples(name=None):
        expected, remedy = _SAID[rule]
        got = str(grid.frame.loc[row, role]) if role in grid.frame else ""
        shown = repr(got[:60]) if got else "nothing"
        heading = grid.headings.get(role, role)
        faults.append(Fault(rule, name, int(row), heading, expected, shown, remedy, {"value": got[:60]}))
    return faults
