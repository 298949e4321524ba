"""Profiles: what a street list says of every number of a street, side by side, whatever rows it takes to say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final

import pandas as pd

from geo.territory.annex.cells import cut
from geo.territory.annex.numbers import FAR, STEP
from geo.territory.annex.resolving import answers_of

# What numbers have: their schools in order of priority, or anything else that is written in rows; empty if nothing.
Label = tuple[object, ...]
SIDES: Final = ("I", "P")
# Place of the first number of each side.
STARTS: Final[Mapping[str, int]] = MappingProxyType({"I": STEP, "P": 2 * STEP})


@dataclass(frozen=True)
class Run:
    """Numbers of one side of a street that have the same label.

    Attributes
    ----------
    label
        What they have.
    first, last
        Places of the first and last number that are known to have it (`geo.territory.annex.numbers`).
    """

    label: Label
    first: int
    last: int


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Profile:
    """The numbers of a street.

    Attributes
    ----------
    odd, even
        Runs of each side in order, the last one without end; none if nothing is known of the side.
    zero
        Label of the addresses without number; None if there are none that anyone speaks of.
    """

    odd: Runs
    even: Runs
    zero: Label | None = None

    def side(self, side: str) -> Runs:
        """Give the runs of the side ``I`` or ``P``."""
        return self.odd if side == "I" else self.even

    @property
    def labels(self) -> frozenset[Label]:
        """The labels of the numbers, without that of what has nothing."""
        return frozenset(run.label for run in (*self.odd, *self.even) if run.label)

    def of_zero(self) -> Label:
        """Give what an address without number has: its own label, else that of the street if it has only one."""
        if self.zero is not None:
            return self.zero
        return next(iter(self.labels)) if len(self.labels) == 1 else ()


def side_first(place: int, side: str) -> int:
    """Give the first place from `place` on that lies on a side."""
    number = place // STEP
    return place if number % 2 == (side == "I") else (number + 1) * STEP


def side_last(end: int, side: str) -> int:
    """Give the last place before `end` that lies on a side."""
    number = (end - 1) // STEP
    return end - 1 if number % 2 == (side == "I") else number * STEP - 1


def joined(runs: Iterable[Run]) -> Runs:
    """Give runs in order, neighbours of one label as one run."""
    return tuple(
        Run(label, min(run.first for run in members), max(run.last for run in members))
        for label, members in ((label, list(own)) for label, own in groupby(runs, key=lambda run: run.label))
    )


def whole(runs: Iterable[Run], side: str) -> Runs:
    """Give the runs of a side from its first number to its end, those that nobody speaks of with an empty label.

    A gap that holds no number, only repetitions of one, is none.
    """
    held: list[Run] = []
    reach = STARTS[side]
    for run in runs:
        number = side_first(-(-reach // STEP) * STEP, side)
        if number + STEP <= run.first:
            held.append(Run((), number, side_last(run.first // STEP * STEP, side)))
        held.append(run)
        reach = run.last + 1
    if reach < FAR:
        held.append(Run((), side_first(-(-reach // STEP) * STEP, side), FAR))
    return joined(held)


def profiles_of_rows(rows: pd.DataFrame) -> dict[str, Profile]:
    """Give what the rows of one level say of every number of their streets, from ``street_id``.

    Parameters
    ----------
    rows
        Rows of the contract `geo.model.tables.STREET_LIST`, of one level.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    if rows.empty:
        return {}
    numbered = rows.reset_index(drop=True)
    cells = cut(numbered)
    schools = answers_of(cells, numbered, labels=numbered.index)["schools"]
    table = cells.table().assign(schools=schools).sort_values(["street_id", "side", "first"])
    runs: dict[tuple[str, str], list[Run]] = {}
    zero: dict[str, Label] = {}
    columns = table[["street_id", "side", "first", "last", "schools"]]
    for street, side, first, last, label in columns.itertuples(index=False, name=None):
        if first < STEP:
            zero[street] = label
        begin, end = max(side_first(int(first), side), STARTS[side]), FAR if last >= FAR else side_last(last + 1, side)
        if begin <= end:
            runs.setdefault((street, side), []).append(Run(label, begin, end))
    return {
        str(street): Profile(
            whole(runs.get((street, "I"), ()), "I"), whole(runs.get((street, "P"), ()), "P"), zero.get(street)
        )
        for street in dict.fromkeys(rows["street_id"])
    }
