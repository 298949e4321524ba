"""Cells: the numbers of one side of a street to which the same rows of a street list apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import AnnexError
from geo.territory.annex.numbers import FAR, STEP, number_place, sides_of, with_places

Ints = npt.NDArray[np.int64]
# Rows times cells that are held at once: a real list has as many as rows; more means rows stacked on each other.
MOST_PAIRS: Final = 20_000_000
_SPAN: Final = 10 * FAR


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a street list of one level.

    Attributes
    ----------
    streets
        Street and side of each group of cells: from ``street_id`` and side to its number.
    edges
        Where each cell begins, in order: number of the group times a span plus the place [shape (cells,)].
    pairs
        Columns ``cell, row``: which rows apply to which cell, in the order of the cells and then of the rows;
        `row` is the label of the row in the frame that was given.
    """

    streets: pd.Series
    edges: Ints
    pairs: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give ``street_id, side, first, last`` of each cell that a row applies to; index ``cell``."""
        used = self.pairs["cell"].unique()
        group, first = np.divmod(self.edges[used], _SPAN)
        names = self.streets.index[group]
        last = np.append(self.edges, 0)[used + 1] % _SPAN - 1
        frame = pd.DataFrame(list(names), columns=["street_id", "side"], index=pd.Index(used, name="cell"))
        return frame.assign(first=first, last=last)

    def of(self, street_id: pd.Series, place: pd.Series) -> Ints:
        """Give the cell of each address, -1 where no row applies [shape (addresses,)]."""
        odd = (place // STEP) % 2 == 1
        keys = pd.MultiIndex.from_arrays([street_id, np.where(odd, "I", "P")])
        group = self.streets.reindex(keys).to_numpy()
        known = ~np.isnan(group)
        key = np.where(known, group, 0).astype("int64") * _SPAN + place.to_numpy()
        cell = np.searchsorted(self.edges, key, side="right") - 1
        taken = np.zeros(len(self.edges) + 1, dtype=bool)
        taken[self.pairs["cell"].to_numpy()] = True
        same = known & (cell >= 0)
        same[same] &= self.edges[cell[same]] // _SPAN == group[same]
        return np.where(same & taken[cell], cell, -1).astype("int64")


def cut(rows: pd.DataFrame) -> Cells:
    """Cut the streets of a list into cells.

    Parameters
    ----------
    rows
        Rows of the contract `geo.model.tables.STREET_LIST`, of one level, with labels of their own.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    sides = sides_of(with_places(rows))
    groups = pd.MultiIndex.from_frame(sides[["street_id", "side"]])
    names = groups.drop_duplicates()
    number = names.get_indexer(groups)
    begin = number * _SPAN + sides["first"].to_numpy()
    end = number * _SPAN + sides["last"].to_numpy() + 1
    edges = np.unique(np.concatenate([begin, end])).astype("int64")
    low, high = np.searchsorted(edges, begin), np.searchsorted(edges, end)
    width = high - low
    _refuse_stacks(sides, width)
    offset = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
    pairs = pd.DataFrame(
        {"cell": np.repeat(low, width) + offset, "row": np.repeat(sides.index.to_numpy(), width)}
    ).sort_values(["cell", "row"], ignore_index=True)
    return Cells(pd.Series(np.arange(len(names)), index=names, dtype="float64"), edges, pairs)


def places_of(addresses: pd.DataFrame) -> pd.Series:
    """Give the place of each address from its columns ``number, suffix``."""
    return number_place(addresses["number"], addresses["suffix"])


def _refuse_stacks(sides: pd.DataFrame, width: npt.NDArray[np.int64]) -> None:
    if width.sum() <= MOST_PAIRS:
        return
    heavy = pd.Series(width, index=sides["street_id"].to_numpy()).groupby(level=0).sum().idxmax()
    raise AnnexError(
        f"street list: expected rows that follow each other, got {len(sides)} sides of rows upon each other, most in "
        f"street {heavy!r}. Look at the rows of that street: the list seems to be repeated or damaged."
    )
