"""The form of a contract: what a table holds, in which unit, within which bounds.

A contract reads a frame of text (a CSV file) or of typed values (a GeoPackage layer), gives the typed frame and
every fault at once. The same contracts are printed as the data dictionary (docs/data.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import pandas as pd
from pandas.api.types import pandas_dtype

from geo.errors import Fault
from geo.model.opening import read_hours

Kind = Literal["text", "code", "whole", "number", "flag", "choice", "hours"]
Shape = Literal["point", "line", "polygon"]

KIND_NAMES: Final[dict[Kind, str]] = {
    "text": "a text",
    "code": "a code without blanks",
    "whole": "a whole number",
    "number": "a number with a decimal point",
    "flag": "true or false",
    "choice": "one of the listed words",
    "hours": "days and hours, such as 'mardi-samedi 10h-18h; dimanche 14h-18h'",
}
_CODE: Final = re.compile(r"\S+")
_DECIMAL_COMMA: Final = re.compile(r"\s*-?\d+,\d+\s*")
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
_SHOWN: Final = 60
_LARGEST: Final = 1e15  # beyond it a float no longer tells whole numbers apart; no table holds such a figure


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind, meaning
        Heading in the file, kind of value, and what it says in one line.
    unit
        Unit of a number, such as ``m``, ``pupils`` or ``share`` (0-1).
    low, high
        Bounds of a number, both allowed.
    choices
        The words allowed in a column of kind ``choice``.
    pattern
        Regular expression that a code must match as a whole.
    blank
        Whether a value may be empty: not known.
    missing
        Whether the whole column may be missing: then every value is not known.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    blank: bool = False
    missing: bool = False

    @property
    def expected(self) -> str:
        """What a value of this column must be, in words."""
        if self.kind == "choice":
            return f"one of {', '.join(repr(choice) for choice in self.choices)}"
        words = KIND_NAMES[self.kind]
        if self.pattern:
            words += f" of the form {self.pattern}"
        if self.low is not None and self.high is not None:
            words += f" from {self.low:g} to {self.high:g}"
        elif self.low is not None:
            words += f" >= {self.low:g}"
        return words

    @property
    def form(self) -> str:
        """What a value of this column must be, in signs that need no translation; empty if there is no more to say."""
        if self.choices:
            return ", ".join(self.choices)
        low, high = ("" if bound is None else f"{bound:g}" for bound in (self.low, self.high))
        return self.pattern or (f"{low} … {high}".strip() if low or high else "")

    @property
    def dtype(self) -> str:
        """Type of the column once read."""
        if self.kind == "number":
            return "float64"
        if self.kind == "whole":
            return "Int64" if self.blank or self.missing else "int64"
        return "bool" if self.kind == "flag" else "str"


@dataclass(frozen=True)
class Table:
    """A named set of columns, a key that is unique, and a geometry or none.

    Attributes
    ----------
    name, meaning
        Name of the table and what one row is.
    path
        File within the data folder; ``{city}`` stands for the city's code.
    columns
        The columns; those of `key` come first.
    key
        Columns whose values together are unique; they become the index. Empty for a list of rows in order.
    geometry
        Kind of geometry of a GeoPackage layer; None for a CSV file.
    point
        Whether the columns ``lon`` and ``lat`` of a CSV file give a point.
    required
        Whether a city can be opened without it.
    """

    name: str
    meaning: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    geometry: Shape | None = None
    point: bool = False
    required: bool = False

    def parse(self, raw: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
        """Give the typed frame and every fault of `raw`.

        Parameters
        ----------
        raw
            Rows as read, text or typed; the index counts the rows of the file from 0 (rows that could not be read
            are left out), columns that are not in the contract are left out.
        file
            Name of the file for the faults.

        Returns
        -------
        frame
            Rows in the order of the file, indexed by the key; meant to be used only if there is no fault.
        faults
            All faults, in the order of the columns.
        """
        faults: list[Fault] = []
        values: dict[str, pd.Series] = {}
        for column in self.columns:
            if column.name in raw:
                values[column.name], found = parse_column(raw[column.name], column, file)
                faults += found
            elif column.missing:
                values[column.name] = pd.Series(_unknown(column), index=raw.index, dtype=column.dtype)
            else:
                faults.append(_missing_column(column, raw, file))
        frame = pd.DataFrame(values, index=raw.index)
        if self.key and set(self.key) <= set(frame.columns):
            faults += self._repeated_keys(frame, file)
            frame = frame.set_index(list(self.key) if len(self.key) > 1 else self.key[0])
        return frame, faults

    def empty(self) -> pd.DataFrame:
        """Give the table without rows: what a city has when the file is not there."""
        return _empty(self).copy()

    def _repeated_keys(self, frame: pd.DataFrame, file: str) -> Iterator[Fault]:
        """Give one fault for each row whose key stands already in an earlier row."""
        keys = frame[list(self.key)].dropna()  # an empty part of a key is a fault of its own
        twins = keys[keys.duplicated(keep=False)]
        first: dict[tuple[object, ...], int] = {}
        for row, *parts in twins.itertuples(name=None):
            key = tuple(parts)
            if key in first:
                shown = ", ".join(str(part) for part in key)
                yield Fault(
                    "duplicate-id",
                    file,
                    line_of(row, file),
                    self.key[-1] if len(self.key) > 1 else self.key[0],
                    f"each {' + '.join(self.key)} once",
                    f"{shown!r} again (first at {line_of(first[key], file)})",
                    "Delete or merge one of the two rows, or give one its true code.",
                    {"value": shown, "columns": " + ".join(self.key), "first": line_of(first[key], file)},
                )
            else:
                first[key] = row


def line_of(row: int, file: str) -> int:
    """Where row number `row` (from 0) stands: line of a CSV file under its heading, or number of the feature."""
    return row + 2 if file.endswith(".csv") else row + 1


def parse_column(raw: pd.Series, column: Column, file: str) -> tuple[pd.Series, list[Fault]]:
    """Give the typed values of one column and the faults of those that break its contract."""
    blank = raw.isna() | (raw.astype("str").str.strip() == "")
    values = _PARSERS[column.kind](raw.mask(blank), column)
    bad = values.isna() & ~blank
    if not column.blank:
        bad |= blank
    faults = [_bad_value(column, row, raw[row], blank=bool(blank[row]), file=file) for row in _rows(bad)]
    outside = _outside(values, column) & ~bad
    faults += [_out_of_range(column, row, raw[row], file=file) for row in _rows(outside)]
    if bad.any():
        return values, faults
    if column.dtype in {"str", "bool"}:
        values = values.where(~blank, _unknown(column))
    return values.astype(pandas_dtype(column.dtype)), faults


def _rows(mask: pd.Series) -> list[int]:
    return [int(row) for row in mask.index[mask.to_numpy(dtype=bool)]]


def _unknown(column: Column) -> object:
    """What stands for a value that is not known."""
    return {"str": "", "bool": False}.get(column.dtype, float("nan") if column.dtype == "float64" else pd.NA)


def _texts(raw: pd.Series, column: Column) -> pd.Series:
    del column
    return raw.astype("object").map(lambda value: str(value).strip(), na_action="ignore")


def _codes(raw: pd.Series, column: Column) -> pd.Series:
    pattern = re.compile(column.pattern) if column.pattern else _CODE
    texts = _texts(raw, column)
    return texts.where(texts.map(lambda text: bool(pattern.fullmatch(text)), na_action="ignore").eq(other=True))


def _numbers(raw: pd.Series, column: Column) -> pd.Series:
    del column
    numbers = pd.to_numeric(raw, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() <= _LARGEST)


def _wholes(raw: pd.Series, column: Column) -> pd.Series:
    numbers = _numbers(raw, column)
    return numbers.where(numbers == numbers.round()).astype("Int64")


def _flags(raw: pd.Series, column: Column) -> pd.Series:
    del column
    return raw.astype("object").map(lambda value: _FLAGS.get(str(value).strip().lower()), na_action="ignore")


def _choices(raw: pd.Series, column: Column) -> pd.Series:
    texts = _texts(raw, column)
    return texts.where(texts.isin(column.choices))


def _opening(raw: pd.Series, column: Column) -> pd.Series:
    texts = _texts(raw, column)
    return texts.where(texts.map(lambda text: not _unread(text), na_action="ignore").eq(other=True))


def _unread(text: str) -> str:
    """Say what cannot be read in days and hours; empty if all can."""
    try:
        read_hours(text)
    except ValueError as error:
        return str(error)
    return ""


_PARSERS: Final[dict[Kind, Callable[[pd.Series, Column], pd.Series]]] = {
    "text": _texts,
    "code": _codes,
    "whole": _wholes,
    "number": _numbers,
    "flag": _flags,
    "choice": _choices,
    "hours": _opening,
}


def _outside(values: pd.Series, column: Column) -> pd.Series:
    outside = pd.Series(data=False, index=values.index)
    if column.low is not None:
        outside |= values.lt(column.low).fillna(value=False).astype(bool)
    if column.high is not None:
        outside |= values.gt(column.high).fillna(value=False).astype(bool)
    return outside


def _bad_value(column: Column, row: int, got: object, *, blank: bool, file: str) -> Fault:
    shown = str(got)[:_SHOWN]
    rule, remedy = "bad-value", "Correct the value."
    if blank:
        rule, shown, remedy = "empty-value", "nothing", "Fill in the value."
    elif column.kind in {"number", "whole"} and _DECIMAL_COMMA.fullmatch(shown):
        rule, remedy = "decimal-comma", f"Write {shown.strip().replace(',', '.')} with a point."
    elif column.kind in {"number", "whole"}:
        rule, remedy = "text-for-number", "Write the number, or leave the value empty if it is not known."
    elif column.kind == "hours":
        rule, remedy = "unreadable-hours", f"Write days, then hours ({_unread(str(got))})."
    got_words = shown if blank else repr(shown)
    values = {"kind": column.kind, "value": shown, "form": column.form, "point": shown.strip().replace(",", ".")}
    return Fault(rule, file, line_of(row, file), column.name, column.expected, got_words, remedy, values)


def _out_of_range(column: Column, row: int, got: object, *, file: str) -> Fault:
    values = {"value": str(got), "form": column.form, "unit": column.unit}
    unit = f" [{column.unit}]" if column.unit else ""
    return Fault(
        "out-of-range",
        file,
        line_of(row, file),
        column.name,
        column.expected + unit,
        str(got),
        "Check the value and its unit.",
        values,
    )


def _missing_column(column: Column, raw: pd.DataFrame, file: str) -> Fault:
    there = ", ".join(str(name) for name in raw.columns if name != "geometry")
    return Fault(
        "missing-column",
        file,
        None,
        column.name,
        f"a column '{column.name}' ({column.meaning})",
        f"only {there or 'no column'}",
        "Add the column, or correct its heading.",
        {"columns": there, "meaning": column.meaning},
    )


@cache
def _empty(table: Table) -> pd.DataFrame:
    heading = pd.DataFrame({column.name: pd.Series(dtype="str") for column in table.columns})
    return table.parse(heading, table.path)[0]
