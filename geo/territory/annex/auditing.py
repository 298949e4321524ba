"""What is wrong with rows of a street list that meet: contradictions, overlaps, priorities, gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from geo.territory.annex.binding import together_of
from geo.territory.annex.cells import Cells, places_of
from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.findings import Finding
from geo.territory.annex.numbers import FAR, STEP, told_place

# More sets of rows than this about one row are a heap: they are told one by one.
_MOST_SETS: Final = 200
_SAME: Final = (
    "street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id", "priority", "whole",
    "turned",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Laid:
    """The rows of one level, laid out along their streets.

    Attributes
    ----------
    rows
        Bound rows with priorities, default index; ``lines`` holds the lines of all rows that say the same.
    hits
        Columns ``cell, row, school, priority``: which rows apply to which cell.
    table
        ``street_id, side, first, last`` of each cell.
    homes
        From each cell to the number of its addresses.
    """

    rows: pd.DataFrame
    hits: pd.DataFrame
    table: pd.DataFrame
    homes: dict[int, int]

    def lines(self, members: Iterable[int]) -> tuple[int, ...]:
        """Give the lines of some rows, each once, in order."""
        return tuple(sorted({line for lines in self.rows["lines"].loc[list(members)] for line in lines}))

    def street(self, members: Iterable[int]) -> str:
        """Give the name of the street of some rows."""
        return str(self.rows["street_name"].loc[min(members)])

    def addresses(self, cells: Iterable[int]) -> int:
        """Count the addresses of some cells."""
        return sum(self.homes.get(cell, 0) for cell in cells)

    def span(self, cells: list[int]) -> dict[str, object]:
        """Give the first and last number and the side of some cells, as a finding tells them."""
        own = self.table.loc[cells]
        first, last = told_span(int(own["first"].min()), int(own["last"].max()))
        sides = sorted(set(own["side"]))
        return {"first": first, "last": last, "side": sides[0] if len(sides) == 1 else "PI"}


def lay_out(rows: pd.DataFrame, cells: Cells, addresses: pd.DataFrame) -> Laid:
    """Lay the rows of one level out along their streets.

    Parameters
    ----------
    rows
        As `merged` gives them, with priorities.
    cells
        Their cells.
    addresses
        Columns ``street_id, number, suffix``.
    """
    row = cells.pairs["row"]
    hits = cells.pairs.assign(school=rows["school_id"].to_numpy()[row], priority=rows["priority"].to_numpy()[row])
    cell = cells.of(addresses["street_id"], places_of(addresses))
    taken, counts = np.unique(cell[cell >= 0], return_counts=True)
    return Laid(rows, hits, cells.table(), dict(zip(taken.tolist(), counts.tolist(), strict=True)))


def merged(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows with those that say the same only once; ``lines`` holds the lines of all of them."""
    lines = rows.groupby(list(_SAME), sort=False)["line"].agg(tuple)
    kept = rows.drop_duplicates(list(_SAME)).reset_index(drop=True)
    return kept.assign(lines=lines.array)


def meeting_findings(laid: Laid, choices: AuditChoices) -> list[Finding]:
    """Give what is wrong with rows that meet."""
    return [
        *_contradictions(laid),
        *_duplicates(laid),
        *_overlaps(laid),
        *_priority_gaps(laid),
        *_shared_once(laid, choices),
    ]


def told_span(first: int, last: int) -> tuple[str, str]:
    """Give the first and last number of a span of places in words: 3301 is "33 bis", the end of all is empty."""
    number, suffix = told_place(first)
    end = "" if last >= FAR else str(told_place(last)[0])
    return f"{number} {suffix.lower()}".strip(), end


def _contradictions(laid: Laid) -> Iterator[Finding]:
    """Give the sets of rows that send the same numbers to different schools with the same priority."""
    counts = laid.hits.groupby(["cell", "priority"])["school"].transform("nunique")
    for members, cells in _sets_of_rows(laid.hits[counts > 1]):
        schools = list(dict.fromkeys(laid.rows["school_id"].loc[sorted(members)]))
        values = {**laid.span(cells), "schools": " / ".join(schools)}
        yield Finding("contradiction", laid.street(members), laid.lines(members), laid.addresses(cells), values)


def _duplicates(laid: Laid) -> Iterator[Finding]:
    """Give the rows that stand several times."""
    copied = laid.rows.index[laid.rows["lines"].map(len) > 1]
    cells_of = laid.hits[laid.hits["row"].isin(copied)].groupby("row")["cell"].agg(list)
    for row, cells in zip(cells_of.index.tolist(), cells_of, strict=True):
        members = [int(row)]
        values = {**laid.span(cells), "school": str(laid.rows["school_id"].loc[members].iloc[0])}
        yield Finding("duplicate-row", laid.street(members), laid.lines(members), laid.addresses(cells), values)


def _overlaps(laid: Laid) -> Iterator[Finding]:
    """Give the sets of rows of one school that meet."""
    counts = laid.hits.groupby(["cell", "school"])["row"].transform("size")
    for members, cells in _sets_of_rows(laid.hits[counts > 1], by=("cell", "school")):
        values = {**laid.span(cells), "school": laid.rows["school_id"].loc[min(members)]}
        yield Finding("overlap", laid.street(members), laid.lines(members), laid.addresses(cells), values)


def _priority_gaps(laid: Laid) -> Iterator[Finding]:
    """Give the rows of numbers whose priorities are not 1, 2, ..."""
    levels = laid.hits.drop_duplicates(["cell", "priority"]).groupby("cell")["priority"].agg(["max", "size"])
    broken = laid.hits[laid.hits["cell"].isin(levels.index[levels["max"] != levels["size"]])]
    for members, cells in _sets_of_rows(broken):
        values = {**laid.span(cells), "priority": int(laid.rows["priority"].loc[sorted(members)].max())}
        yield Finding("priority-gap", laid.street(members), laid.lines(members), laid.addresses(cells), values)


def _shared_once(laid: Laid, choices: AuditChoices) -> Iterator[Finding]:
    """Give the schools that share one or two streets only, in a list that does not say that they share."""
    for sector in together_of(laid.rows[laid.rows["unsaid"]]):
        if not sector.often(choices):
            cells = laid.hits.loc[laid.hits["row"].isin(sector.rows), "cell"].unique().tolist()
            values = {"schools": " / ".join(sorted(sector.schools)), "streets": sector.streets}
            lines = laid.lines(sector.rows)
            yield Finding("shared-once", laid.street(sector.rows), lines, laid.addresses(cells), values)


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
