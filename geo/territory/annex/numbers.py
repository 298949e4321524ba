"""Numbers of a street as whole numbers in their order, repetitions (bis, ter, A, B) among them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

# From this number on, the last number of a row stands for an open end (9999 in the national form, 99999 in others).
OPEN_END: Final = 9998
# Places of one number: the bare number, its repetitions in their order, and one place more.
STEP: Final = 100
# Beyond the place of every number.
FAR: Final = 10**9
_LAST: Final = STEP - 1
_LATIN: Final = ("", "BIS", "TER", "QUATER", "QUINQUIES", "SEXIES", "SEPTIES", "OCTIES", "NONIES", "DECIES")
_RANKS: Final = MappingProxyType(
    {word: rank for rank, word in enumerate(_LATIN)}
    | {chr(ord("A") + letter): len(_LATIN) + letter for letter in range(26)}
    | {"QUA": 3, "QUAT": 3, "QTE": 4, "QUIN": 4, "QUINQUIS": 4}
)


def number_place(number: pd.Series, suffix: pd.Series) -> pd.Series:
    """Give whole numbers in the order of the numbers of a street: 33 < 33 bis < 33 ter < 33 A < 34.

    A repetition that is not known comes last.
    """
    rank = suffix.astype("str").str.strip().str.upper().map(_RANKS).fillna(_LAST - 1)
    return number.astype("int64") * STEP + rank.astype("int64")


def is_repetition(suffix: str) -> bool:
    """Whether a word is a repetition of a number: bis, ter, A ..., or nothing."""
    return suffix.strip().upper() in _RANKS


def with_places(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a street list with the places of their first and last number, `first` and `last`.

    Parameters
    ----------
    rows
        Columns ``level, street_id, number_from, suffix_from, number_to, suffix_to``.

    Notes
    -----
    A last number without repetition takes in its own repetitions (33 takes in 33 bis), up to the first one that
    another row of the street begins at ("from 1 to 33", "from 33 bis to 67").
    """
    first = number_place(rows["number_from"], rows["suffix_from"])
    last = number_place(rows["number_to"], rows["suffix_to"])
    bare = rows["suffix_to"].astype("str").str.strip() == ""
    last = last.mask(bare, _end_of_number(rows, first))
    return rows.assign(first=first, last=last.mask(rows["number_to"] >= OPEN_END, FAR))


def sides_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows once for each side of the street, `first` and `last` being drawn in to numbers of that side.

    Parameters
    ----------
    rows
        Columns ``number_from, number_to, parity, first, last``.

    Returns
    -------
    sides
        As the rows, with ``side`` (``I`` odd or ``P`` even); a row that has no number on a side is not there.
    """
    parts = []
    for side, odd in (("I", 1), ("P", 0)):
        own = rows[rows["parity"].isin([side, "PI"])]
        early, late = own["number_from"] % 2 != odd, (own["number_to"] % 2 != odd) & (own["last"] < FAR)
        first = own["first"].mask(early, (own["number_from"] + 1) * STEP)
        last = own["last"].mask(late, own["number_to"] * STEP - 1)
        parts.append(own.assign(side=side, first=first, last=last))
    sides = pd.concat(parts)
    return sides[sides["first"] <= sides["last"]]


def told_place(place: int) -> tuple[int, str]:
    """Give the number and the repetition of a place: 3301 is 33 BIS."""
    number, rank = divmod(int(place), STEP)
    words = {_RANKS[word]: word for word in reversed(list(_RANKS))}
    return number, words.get(rank, "")


def _end_of_number(rows: pd.DataFrame, first: pd.Series) -> pd.Series:
    """Give the last place of the last number of each row: before the next repetition that begins a row."""
    number = rows["number_to"].astype("int64")
    end = number * STEP + _LAST
    begun = rows.assign(number=first // STEP, begin=first)[first % STEP > 0]
    if begun.empty:
        return end
    nearest = begun.groupby(["level", "street_id", "number"])["begin"].min()
    keys = pd.MultiIndex.from_arrays([rows["level"], rows["street_id"], number])
    begin = pd.Series(nearest.reindex(keys).to_numpy(), index=rows.index)
    return end.mask(begin.notna() & (begin > first), begin - 1).astype(np.int64)
