"""The numbers and sides of the rows of a street list: in columns of their own, or said in a phrase."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pandas as pd

from geo.sources.names import plain
from geo.sources.street_list_columns import ListWords
from geo.territory.annex.numbers import OPEN_END
from geo.territory.annex.spoken import ALL_ALONG, Span, part_street, read_numbers

# Rows that are wrong: label of the row, role of the cell, rule.
Wrong = list[tuple[int, str, str]]
Side = tuple[int, str]
SPAN: Final = ("number_from", "suffix_from", "number_to", "suffix_to", "parity")
# Roles of the columns that speak of numbers.
NUMBERS: Final = (*SPAN, "number", "suffix", "numbers")
# An address base writes 99999 for a place without number.
NO_NUMBER: Final = 99_999
_NUMBER: Final = re.compile(r"(?:(?:du|au|le|de|a|à)\s+)?(?:n°|no|n)?\s*(\d{1,6})(?:[.,]0+)?\s*[-/]?\s*([a-z]{0,9})\.?")
_HIGHEST: Final = 99_999
_LAST: Final = 9_999
# A row that begins here with an open end is the whole side of a street.
_FIRST_OF_SIDE: Final = 2


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


def changed(column: pd.Series, change: Callable[[str], object]) -> pd.Series:
    """Give a column of texts changed text by text; equal texts are changed once."""
    texts = {text: change(text) for text in column.unique()}
    return pd.Series([texts[text] for text in column], index=column.index)


def part_streets(cells: pd.DataFrame) -> tuple[pd.DataFrame, Wrong]:
    """Give the cells with the numbers that stand behind the name of a street ("rue A (pairs)") under ``numbers``.

    Only rows whose columns of numbers are empty, or that have none, can say their numbers there.
    """
    said = [name for name in NUMBERS if name in cells]
    silent = (cells[said] == "").all(axis=1) if said else pd.Series(data=True, index=cells.index)
    silent &= cells["street"] != ""
    if not silent.any():
        return cells, []
    parted = changed(cells.loc[silent, "street"], part_street)
    unclear = parted.index[parted.isna()]
    streets = {row: pair[0] for row, pair in parted.dropna().items()}
    phrases = {row: pair[1] for row, pair in parted.dropna().items() if pair[1]}
    street = cells["street"].where(~cells.index.isin(streets), pd.Series(streets, dtype="str").reindex(cells.index))
    if not phrases:
        return cells.assign(street=street), _wrong(unclear, "street", "list-span")
    numbers = cells["numbers"] if "numbers" in cells else pd.Series("", index=cells.index)
    behind = pd.Series(phrases, dtype="str").reindex(cells.index).fillna("")
    numbers = numbers.where(numbers != "", behind)
    return cells.assign(street=street, numbers=numbers), _wrong(unclear, "street", "list-span")


def spans_of(cells: pd.DataFrame, words: ListWords, *, whole: pd.Series) -> tuple[pd.DataFrame, Wrong]:
    """Give the numbers and the side of each row, and the cells that cannot be read.

    Parameters
    ----------
    cells
        Texts, their columns being roles (`NUMBERS`), index the line of the file.
    words
        Words for sides and open ends.
    whole
        Whether each row is a whole commune.

    Returns
    -------
    spans
        Columns `SPAN`; the label of a row stands once for each span of numbers that the row names.
    wrong
        Label, role and rule of what cannot be read.
    """
    phrases, role = _phrases(cells, words)
    spoken = (phrases != "") & ~whole
    columns = cells.drop(columns=["numbers", *([role] if role == "number" else [])], errors="ignore")
    frame, wrong = _columns(columns[~spoken], words, whole=whole[~spoken])
    if not spoken.any():
        return frame, wrong
    said, unclear = _spoken(cells[spoken], phrases[spoken], words, role=role)
    return pd.concat([frame, said]).sort_index(kind="stable"), [*wrong, *unclear]


# In a phrase ---------------------------------------------------------------------------------------------------------


def _phrases(cells: pd.DataFrame, words: ListWords) -> tuple[pd.Series, str]:
    """Give the phrase that says the numbers of each row, empty where none does, and its role."""
    blank = pd.Series("", index=cells.index)
    columns = [name for name in ("number_from", "number_to") if name in cells]
    bare = (cells[columns] == "").all(axis=1) if columns else pd.Series(data=True, index=cells.index)
    if "numbers" in cells and (cells["numbers"] != "").any():
        return cells["numbers"].where(bare, ""), "numbers"
    if "number" in cells and not columns and _is_spoken(cells["number"], words):
        return cells["number"], "number"
    if "parity" in cells:
        phrased = changed(cells["parity"], lambda text: not _side(text, words) and read_numbers(text) is not None)
        return cells["parity"].where(phrased.astype("bool") & bare, ""), "parity"
    return blank, ""


def _is_spoken(column: pd.Series, words: ListWords) -> bool:
    """Whether a column of numbers holds phrases such as "1 à 33": then an empty cell is a whole street."""
    texts = [text for text in column.unique() if parse_number(text, words) is None]
    return any(read_numbers(text) is not None for text in texts)


def _spoken(cells: pd.DataFrame, phrases: pd.Series, words: ListWords, *, role: str) -> tuple[pd.DataFrame, Wrong]:
    """Give the spans of the phrases, on the side that the row says beside them."""
    sides = (
        changed(cells["parity"], lambda text: _side(text, words))
        if "parity" in cells and role != "parity"
        else pd.Series("PI", index=cells.index)
    )
    rows: list[tuple[object, ...]] = []
    wrong: Wrong = []
    for row, text, side in zip(cells.index, phrases, sides, strict=True):
        spans = read_numbers(text) or _side_alone(text, words)
        sided = [_on_side(span, side) for span in spans or ()]
        if not sided or "" in {span[-1] for span in sided}:
            wrong.append((row, role, "list-span") if side else (row, "parity", "list-parity"))
            sided = [ALL_ALONG]
        rows += [(row, *span) for span in sided]
    frame = pd.DataFrame(rows, columns=["row", *SPAN]).set_index("row")
    return frame, wrong


def _side_alone(text: str, words: ListWords) -> tuple[Span, ...]:
    side = _side(text, words)
    return ((*ALL_ALONG[:4], side),) if side else ()


def _on_side(span: Span, side: str) -> Span:
    """Give a span on the side of its row; an empty side where both say different ones."""
    if "PI" in {side, span[4]}:
        return (*span[:4], span[4] if side == "PI" else side)
    return (*span[:4], side if side == span[4] else "")


# In columns ----------------------------------------------------------------------------------------------------------


def _columns(cells: pd.DataFrame, words: ListWords, *, whole: pd.Series) -> tuple[pd.DataFrame, Wrong]:
    """Give the first and last number and the side of each row."""
    single = "number" in cells and not {"number_from", "number_to"} & set(cells)
    first, wrong = _ends(cells, ("number", "suffix") if single else ("number_from", "suffix_from"), words)
    if single:
        first["number"] = first["number"].mask(first["number"].isin([-1, NO_NUMBER]), 0)
        last = first
    else:
        last, further = _ends(cells, ("number_to", "suffix_to"), words)
        unclear = (last["number"] < 0) & ~_open_ends(first["number"], last["number"], words) & ~whole
        wrong += [*further, *_wrong(cells.index[unclear], "number_to", "list-no-end")]
        last["number"] = last["number"].mask(last["number"] < 0, _LAST)
        last["number"] = last["number"].mask(_zero_streets(cells, first, last), _LAST)
        first["number"] = first["number"].clip(lower=0)
    parity = (
        changed(cells["parity"], lambda text: _side(text, words))
        if "parity" in cells
        else pd.Series("PI", index=cells.index)
    )
    frame = pd.DataFrame(
        {
            "number_from": first["number"].mask(whole, 0),
            "suffix_from": first["suffix"].mask(whole, ""),
            "number_to": last["number"].mask(whole, _LAST),
            "suffix_to": last["suffix"].mask(whole | (last["number"] >= OPEN_END), ""),
            "parity": parity.mask(whole, "PI").astype("str"),
        }
    )
    return frame, wrong + _wrong(frame.index[frame["parity"] == ""], "parity", "list-parity")


def _open_ends(first: pd.Series, last: pd.Series, words: ListWords) -> pd.Series:
    """Whether an empty last number is an open end.

    It is where the first one is empty too. Where not, it could be a single number, unless the list writes single
    numbers twice, or the row begins where the street does and nowhere else in the list is the end empty.
    """
    empty = last < 0
    twice = bool((first == last)[first > 0].any())
    begins = bool((first[empty] <= _FIRST_OF_SIDE).all()) and int((empty & (first > 0)).sum()) > 1
    return (first < 0) | twice | begins | ("" in words.open_end)


def _zero_streets(cells: pd.DataFrame, first: pd.DataFrame, last: pd.DataFrame) -> pd.Series:
    """Whether a row from 0 to 0 is the whole street: all rows of its street are such ones.

    Beside other rows of the street it stands for addresses without number.
    """
    zero = (first["number"] == 0) & (last["number"] == 0)
    names = [name for name in ("level", "insee", "place", "street_id", "street_type", "street") if name in cells]
    return zero & zero.groupby([cells[name] for name in names]).transform("all") if zero.any() else zero


def _ends(cells: pd.DataFrame, columns: tuple[str, str], words: ListWords) -> tuple[pd.DataFrame, Wrong]:
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


def _side(text: str, words: ListWords) -> str:
    """Give the side that a cell says, empty if it says none."""
    said = plain(text)
    for parity, known in (("I", words.odd), ("P", words.even), ("PI", words.both)):
        if said in known:
            return parity
    spans = read_numbers(text) or ()
    return spans[0][4] if len(spans) == 1 and spans[0][:4] == ALL_ALONG[:4] else ""


def _wrong(rows: pd.Index, role: str, rule: str) -> Wrong:
    return [(row, role, rule) for row in rows]
