"""What is wrong with the rows of a street list by themselves: contradictions, overlaps, shared sectors, slips."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

import pandas as pd
from rapidfuzz import fuzz

from geo.territory.annex.binding import together_of
from geo.territory.annex.cells import Cells
from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.findings import Finding
from geo.territory.annex.naming import understand
from geo.territory.annex.numbers import FAR, OPEN_END, STEP, told_place

_UAI: Final = re.compile(r"\d{7}[A-Z]")
# More sets than this about one row are a heap: they are told one by one.
_MOST_SETS: Final = 200
_CHECK_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


def row_findings(rows: pd.DataFrame, cells: Cells, choices: AuditChoices) -> list[Finding]:
    """Give what is wrong with the rows of one level.

    Parameters
    ----------
    rows
        Bound rows of one level with priorities, default index (`geo.territory.annex.binding`).
    cells
        Their cells.
    choices
        What counts as a slip.
    """
    hits = cells.pairs.assign(
        school=rows["school_id"].to_numpy()[cells.pairs["row"]],
        priority=rows["priority"].to_numpy()[cells.pairs["row"]],
    )
    return [
        *_contradictions(rows, cells, hits),
        *_overlaps(rows, cells, hits),
        *_priority_gaps(rows, cells, hits),
        *_reversed(rows),
        *_side_mismatches(rows),
        *_wrong_codes(rows),
        *_school_slips(rows, choices),
        *_shared_once(rows, choices),
    ]


def lines_of(rows: pd.DataFrame, members: Iterable[int]) -> tuple[int, ...]:
    """Give the lines of some rows, each once, in order."""
    return tuple(sorted({int(line) for line in rows["line"].loc[list(members)]}))


def told_span(first: int, last: int) -> tuple[str, str]:
    """Give the first and last number of a span of places in words: 3301 is "33 bis", the end of all is empty."""
    number, suffix = told_place(first)
    end = "" if last >= FAR else str(told_place(last)[0])
    return f"{number} {suffix.lower()}".strip(), end


def expected_letter(code: str) -> str:
    """Give the letter that the first seven figures of a school code (UAI) ask for.

    >>> expected_letter("0350707")
    'D'
    """
    return _CHECK_LETTERS[int(code[:7]) % len(_CHECK_LETTERS)]


# Rows upon rows ------------------------------------------------------------------------------------------------------


def _contradictions(rows: pd.DataFrame, cells: Cells, hits: pd.DataFrame) -> Iterator[Finding]:
    """Give the sets of rows that send the same numbers to different schools with the same priority."""
    counts = hits.groupby(["cell", "priority"])["school"].transform("nunique")
    for members, part in _sets_of_rows(hits[counts > 1]):
        span = _span_of(cells, part)
        schools = list(dict.fromkeys(rows["school_id"].loc[list(members)]))
        values = {**span, "schools": " / ".join(schools), "school": schools[0]}
        yield Finding("contradiction", _street(rows, members), lines_of(rows, members), 0, values)


def _overlaps(rows: pd.DataFrame, cells: Cells, hits: pd.DataFrame) -> Iterator[Finding]:
    """Give the sets of rows that say the same thing of the same numbers twice."""
    counts = hits.groupby(["cell", "school"])["row"].transform("size")
    for members, part in _sets_of_rows(hits[counts > 1], by=("cell", "school")):
        own = rows.loc[list(members)]
        same = len(own[["number_from", "suffix_from", "number_to", "suffix_to", "parity"]].drop_duplicates()) == 1
        values = {**_span_of(cells, part), "school": own["school_id"].iloc[0]}
        yield Finding(
            "duplicate-row" if same else "overlap", _street(rows, members), lines_of(rows, members), 0, values
        )


def _priority_gaps(rows: pd.DataFrame, cells: Cells, hits: pd.DataFrame) -> Iterator[Finding]:
    """Give the rows of numbers whose priorities are not 1, 2, ..."""
    levels = hits.drop_duplicates(["cell", "priority"]).groupby("cell")["priority"].agg(["max", "size"])
    broken = hits[hits["cell"].isin(levels.index[levels["max"] != levels["size"]])]
    for members, part in _sets_of_rows(broken):
        values = {**_span_of(cells, part), "priority": int(broken.loc[broken["row"].isin(members), "priority"].max())}
        yield Finding("priority-gap", _street(rows, members), lines_of(rows, members), 0, values)


def _sets_of_rows(hits: pd.DataFrame, *, by: tuple[str, ...] = ("cell",)) -> list[tuple[frozenset[int], list[int]]]:
    """Give the largest sets of rows that apply together, with their cells; a set within another is left out."""
    if hits.empty:
        return []
    together: dict[frozenset[int], list[int]] = {}
    for cell, members in (
        hits.groupby(list(by)).agg(cell=("cell", "first"), rows=("row", frozenset)).itertuples(index=False)
    ):
        together.setdefault(members, []).append(int(cell))
    inside = {
        one
        for row_sets in _by_row(together).values()
        for one, other in combinations(sorted(row_sets, key=len), 2)
        if one < other
    }
    return [(members, cells) for members, cells in together.items() if members not in inside]


def _by_row(together: Iterable[frozenset[int]]) -> dict[int, list[frozenset[int]]]:
    """Give the sets under the smallest row of each: a set and a set around it meet under one of its rows."""
    found: dict[int, list[frozenset[int]]] = {}
    for members in together:
        for row in members:
            found.setdefault(row, []).append(members)
    smallest = {min(members): found[min(members)] for members in together}
    return {row: sets for row, sets in smallest.items() if 1 < len(sets) <= _MOST_SETS}


def _span_of(cells: Cells, part: list[int]) -> dict[str, object]:
    table = cells.table().loc[part]
    first, last = told_span(int(table["first"].min()), int(table["last"].max()))
    sides = sorted(set(table["side"]))
    return {"first": first, "last": last, "side": sides[0] if len(sides) == 1 else "PI"}


def _street(rows: pd.DataFrame, members: Iterable[int]) -> str:
    return str(rows["street_name"].loc[min(members)])


# Slips of the pen ----------------------------------------------------------------------------------------------------


def _reversed(rows: pd.DataFrame) -> Iterator[Finding]:
    turned = rows[rows["turned"]].drop_duplicates("row")
    columns = ["line", "street_name", "number_from", "number_to"]
    for line, street, first, last in turned[columns].itertuples(index=False, name=None):
        yield Finding("reversed-range", street, (int(line),), 0, {"first": int(last), "last": int(first)})


def _side_mismatches(rows: pd.DataFrame) -> Iterator[Finding]:
    """Give the rows whose numbers all lie on the other side than the row says."""
    odd = rows["parity"].map({"I": 1, "P": 0})
    off_first = rows["number_from"] % 2 != odd
    off_last = (rows["number_to"] % 2 != odd) & (rows["number_to"] < OPEN_END)
    open_end = (rows["number_to"] >= OPEN_END) & (rows["number_from"] > 1)
    off = rows[odd.notna() & off_first & (off_last | open_end)].drop_duplicates("row")
    columns = ["line", "street_name", "number_from", "number_to", "parity"]
    for line, street, first, last, parity in off[columns].itertuples(index=False, name=None):
        values = {"first": int(first), "last": int(last), "side": parity}
        yield Finding("side-mismatch", street, (int(line),), 0, values)


def _wrong_codes(rows: pd.DataFrame) -> Iterator[Finding]:
    """Give the codes of schools whose letter does not fit their figures."""
    for code, own in ((str(code), own) for code, own in rows.groupby("school_id")):
        if _UAI.fullmatch(code) and code[7] != expected_letter(code):
            values = {"school": code, "letter": expected_letter(code)}
            yield Finding("school-code", "", lines_of(rows, own.index), 0, values)


def _school_slips(rows: pd.DataFrame, choices: AuditChoices) -> Iterator[Finding]:
    """Give the rare names of schools that are nearly another one."""
    counts = rows.drop_duplicates("row")["school_id"].value_counts()
    names = [name for name in counts.index if not _UAI.fullmatch(name) and not name.isdigit()]
    for common, rare in combinations(names, 2):
        is_rare = counts[rare] <= max(1, choices.slip_share * counts[common])
        if is_rare and fuzz.ratio(understand(common).plain, understand(rare).plain) >= choices.slip_score:
            lines = lines_of(rows, rows.index[rows["school_id"] == rare])
            yield Finding("school-spelling", "", lines, 0, {"school": rare, "meant": common})


def _shared_once(rows: pd.DataFrame, choices: AuditChoices) -> Iterator[Finding]:
    """Give the schools that share one or two streets only, in a list that does not say that they share."""
    unsaid = rows[rows["unsaid"]]
    for sector in together_of(unsaid):
        if not sector.often(choices):
            values = {"schools": " / ".join(sorted(sector.schools)), "streets": sector.streets}
            yield Finding("shared-once", _street(rows, sector.rows), lines_of(rows, sector.rows), 0, values)


def gaps_of(cells: Cells) -> pd.DataFrame:
    """Give the numbers between two rows of one side of a street that no row speaks of: street_id, side, first, last."""
    table = cells.table().sort_values(["street_id", "side", "first"])
    before = table.groupby(["street_id", "side"])["last"].shift()
    begin, end = before + 1, table["first"] - 1
    odd = (table["side"] == "I").astype("int64")
    number = (begin + STEP - 1) // STEP
    number = number + ((number % 2) != odd)
    real = before.notna() & (number * STEP <= end)
    last = end // STEP
    last -= ((last % 2) != odd).astype("int64")
    gaps = pd.DataFrame({"street_id": table["street_id"], "side": table["side"], "first": number, "last": last})
    return gaps[real].astype({"first": "int64", "last": "int64"})
