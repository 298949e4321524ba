"""Slips of the pen in the rows of a street list: numbers, sides, codes and names of schools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

import pandas as pd
from rapidfuzz import fuzz

from geo.territory.annex.auditing import Laid
from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.findings import Finding
from geo.territory.annex.naming import understand
from geo.territory.annex.numbers import OPEN_END

_UAI: Final = re.compile(r"\d{7}[A-Z]")
_CHECK_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_TOLD: Final = ("street_name", "number_from", "number_to", "parity")


def slip_findings(laid: Laid, choices: AuditChoices) -> list[Finding]:
    """Give the slips of the pen in the rows of one level."""
    # A row may stand for several streets of one name: it is told once.
    alone = laid.rows.drop_duplicates("row")
    return [
        *_reversed(laid, alone),
        *_side_mismatches(laid, alone),
        *_wrong_codes(laid),
        *_school_slips(laid, alone, choices),
    ]


def expected_letter(code: str) -> str:
    """Give the letter that the first seven figures of a school code (UAI) ask for.

    >>> expected_letter("0350707")
    'D'
    """
    return _CHECK_LETTERS[int(code[:7]) % len(_CHECK_LETTERS)]


def _reversed(laid: Laid, rows: pd.DataFrame) -> Iterator[Finding]:
    for row, street, first, last, _ in rows.loc[rows["turned"], list(_TOLD)].itertuples(name=None):
        values = {"first": int(last), "last": int(first)}
        yield Finding("reversed-range", street, laid.lines([row]), _homes(laid, row), values)


def _side_mismatches(laid: Laid, rows: pd.DataFrame) -> Iterator[Finding]:
    """Give the rows whose first and last number lie on the other side than the row says."""
    odd = rows["parity"].map({"I": 1, "P": 0})
    off_first = rows["number_from"] % 2 != odd
    off_last = (rows["number_to"] % 2 != odd) & (rows["number_to"] < OPEN_END)
    open_end = (rows["number_to"] >= OPEN_END) & (rows["number_from"] > 1)
    off = rows[odd.notna() & off_first & (off_last | open_end)]
    for row, street, first, last, parity in off[list(_TOLD)].itertuples(name=None):
        values = {"first": int(first), "last": int(last), "side": parity}
        yield Finding("side-mismatch", street, laid.lines([row]), _homes(laid, row), values)


def _wrong_codes(laid: Laid) -> Iterator[Finding]:
    """Give the codes of schools whose letter does not fit their figures."""
    for code in sorted(set(laid.rows["school_id"])):
        if _UAI.fullmatch(code) and code[7] != expected_letter(code):
            members = laid.rows.index[laid.rows["school_id"] == code]
            cells = laid.hits.loc[laid.hits["school"] == code, "cell"].unique().tolist()
            values = {"school": code, "letter": expected_letter(code)}
            yield Finding("school-code", "", laid.lines(members), laid.addresses(cells), values)


def _school_slips(laid: Laid, rows: pd.DataFrame, choices: AuditChoices) -> Iterator[Finding]:
    """Give the rare names of schools that are nearly another one."""
    counts = rows["school_id"].value_counts()
    named = [str(name) for name in counts.index if not _UAI.fullmatch(name) and not name.isdigit()]
    for common, rare in combinations(named[: choices.slip_names], 2):
        is_rare = counts[rare] <= max(1, choices.slip_share * counts[common])
        if is_rare and fuzz.ratio(understand(common).plain, understand(rare).plain) >= choices.slip_score:
            members = laid.rows.index[laid.rows["school_id"] == rare]
            cells = laid.hits.loc[laid.hits["school"] == rare, "cell"].unique().tolist()
            values = {"school": rare, "meant": common}
            yield Finding("school-spelling", "", laid.lines(members), laid.addresses(cells), values)


def _homes(laid: Laid, row: int) -> int:
    return laid.addresses(laid.hits.loc[laid.hits["row"] == row, "cell"].tolist())
