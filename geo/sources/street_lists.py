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
from geo.sources.street_list_columns import ListWords, Mapped, beside_type, find_columns, pick
from geo.sources.street_list_files import Choose, Grid, read_grid
from geo.sources.street_list_numbers import changed, part_streets, spans_of
from geo.sources.street_list_prose import PROSE_FILES, read_prose
from geo.sources.street_list_schools import OF_LEVEL, commune_code, schools_of_rows
from geo.territory.annex.naming import with_types

# Columns of the form that every list is read into; the index counts the rows from 0.
FORM: Final = (
    "line", "level", "insee", "place", "street_id", "street_name", "number_from", "suffix_from", "number_to",
    "suffix_to", "parity", "school_id", "priority", "whole",
)  # fmt: skip
PROSE: Final = "text"
# A text that holds no table is refused for these reasons.
_NO_TABLE: Final = frozenset({"table-headings", "table-binary"})
_PRIORITY: Final = re.compile(r"[1-9]")
_TEXTS: Final = ("insee", "commune", "postcode", "place", "street_id", "street", "street_type", "whole", "priority")


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
        CSV of any encoding and separator, XLSX, ODS, a layer of address points, or a text (.txt, .docx) with one
        street a line under the names of the schools.
    columns
        Name of a preset, or path of a MAPPING.toml; the first preset that fits if empty.

    Raises
    ------
    SourceError
        If the file cannot be read, its headings do not say street and school, or no row can be read.
    """
    known = find_columns(columns)
    grid, name = _opened(path, known)
    mapped = known[name if name != PROSE else _last(known)]
    # A line may hold several rows: rows are told apart by their place.
    lines = pd.Series(grid.frame.index)
    cells = _without_nothing(grid.frame.reset_index(drop=True), mapped.words)
    form, wrong = _form(cells, mapped, lines=lines)
    refused = _refusals(wrong, grid, path.name)
    lost = set(wrong.index)
    if form.index.isin(lost).all():
        raise UnreadableFileError(_no_row(path.name, [*grid.faults, *refused]))
    return StreetListFile(
        rows=form[~form.index.isin(lost)].reset_index(drop=True),
        refused=tuple(sorted([*grid.faults, *refused], key=lambda fault: fault.line or 0)),
        refused_streets=frozenset(form.loc[form.index.isin(lost), "street_name"]) - {""},
        columns=name,
        mapped=mapped,
        read=len(cells) + len(grid.faults),
    )


# Columns -------------------------------------------------------------------------------------------------------------


def _opened(path: Path, known: Mapping[str, Mapped]) -> tuple[Grid, str]:
    """Give the cells of the file and the name of what they were read by; a text without a table is read as prose."""
    choose: Choose = lambda titles: _roles(titles, known)[1]  # noqa: E731
    if path.suffix.lower() in PROSE_FILES:
        try:
            grid = read_grid(path, choose)
        except UnreadableFileError as error:
            if error.fault.rule not in _NO_TABLE:
                raise
            return read_prose(path), PROSE
    else:
        grid = read_grid(path, choose)
    return grid, _roles(list(grid.headings.values()), known)[0]


def _last(known: Mapping[str, Mapped]) -> str:
    return list(known)[-1]


def _roles(titles: Sequence[str], known: Mapping[str, Mapped]) -> tuple[str, dict[str, str]]:
    """Give the first preset whose headings are there, and the heading of each role."""
    for name, mapped in known.items():
        roles = beside_type(pick(titles, mapped.list.roles), mapped.list.bare_street)
        # One heading cannot say two things: the first role of the form that asks for it has it.
        taken: dict[str, str] = {}
        for role, heading in roles.items():
            if heading not in taken.values():
                taken[role] = heading
        numbers = {"number_from", "number_to"} & set(mapped.list.roles) if len(known) > 1 and name != "any" else set()
        if {"street", *numbers} <= set(taken) and {"school", *OF_LEVEL} & set(taken):
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
    return cells.apply(lambda column: changed(column, lambda text: "" if plain(text) in words.nothing else text))


# Rows ----------------------------------------------------------------------------------------------------------------


def _form(cells: pd.DataFrame, mapped: Mapped, *, lines: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows in the form of every list, and the cells that are wrong: index row, ``role, rule``."""
    cells, wrong = part_streets(cells)
    texts = {name: cells.get(name, pd.Series("", index=cells.index)) for name in (*_TEXTS, "priority")}
    whole = changed(texts["whole"], lambda text: plain(text) in mapped.words.yes).astype("bool")
    priority = changed(texts["priority"], lambda text: int(text) if _PRIORITY.fullmatch(text) else 0).astype("int64")
    form = pd.DataFrame(
        {
            "line": lines,
            "insee": _communes(texts),
            "place": texts["place"],
            "street_id": texts["street_id"],
            "street_name": _street_names(texts["street"], texts["street_type"]),
            "priority": priority,
            "whole": whole,
        }
    )
    wrong += [(row, "street", "list-no-street") for row in form.index[(form["street_name"] == "") & ~whole]]
    given = (texts["priority"] != "") & (priority == 0)
    wrong += [(row, "priority", "list-priority") for row in form.index[given]]
    spans, unclear = spans_of(cells, mapped.words, whole=whole)
    schools = schools_of_rows(cells, mapped)
    lost = form.index.difference(schools.index)
    wrong += [*unclear, *((row, "school", "list-no-school") for row in lost)]
    faults = pd.DataFrame(wrong, columns=["row", "role", "rule"]).drop_duplicates("row").set_index("row")
    return _joined(form, spans, schools), faults


def _communes(texts: Mapping[str, pd.Series]) -> pd.Series:
    """Give the code of the commune of each row, else its name, else its postal code, as far as the list says them."""
    said = texts["insee"].where(texts["insee"] != "", texts["commune"])
    return changed(said.where(said != "", texts["postcode"]), commune_code).astype("str")


def _joined(form: pd.DataFrame, spans: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Give one row for each span of numbers and each school of a row of the file."""
    rows = form.join(spans).join(schools)
    rows["priority"] = rows["priority"].mask(rows["rank"] > 0, rows["rank"]).fillna(0).astype("int64")
    texts = ["level", "school_id"]
    return rows.assign(**{name: rows[name].fillna("").astype("str") for name in texts})[list(FORM)]


def _street_names(street: pd.Series, kind: pd.Series) -> pd.Series:
    """Give the names of the streets with their type before them, once."""
    names = street if (kind == "").all() else pd.Series(with_types(street.tolist(), kind.tolist()), index=street.index)
    return changed(names, lambda text: " ".join(text.split())).astype("str")


# Refused -------------------------------------------------------------------------------------------------------------

_SAID: Final = {
    "list-no-street": ("the name of a street", "Name the street, or delete the row."),
    "list-no-school": ("a school", "Name the school, or delete the row."),
    "list-number": ("a number from 0 to 99999, with or without bis, ter, A ...", "Correct the number."),
    "list-no-end": (
        "a last number",
        'Write 9999 for no end, the first number if single; or open_end = [""] under [words] of a MAPPING.toml.',
    ),
    "list-span": ("numbers such as 'impairs du 1 au 33 bis'", "Write one run of numbers of one side, or two rows."),
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
        got = str(grid.frame[role].iloc[row]) if role in grid.frame else ""
        shown = repr(got[:60]) if got else "nothing"
        heading = grid.headings.get(role, role)
        line = int(grid.frame.index[row])
        faults.append(Fault(rule, name, line, heading, expected, shown, remedy, {"value": got[:60]}))
    return faults
