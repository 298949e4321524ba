"""The difference of two street lists: which numbers of which streets go from which schools to which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple, cast

import pandas as pd

from geo.model.levels import Level
from geo.territory.annex.cells import places_of
from geo.territory.annex.numbers import FAR, OPEN_END, STEP, number_place, sides_of, with_places
from geo.territory.annex.pairing import Span, spans_of
from geo.territory.annex.profiles import (
    STARTS,
    Label,
    Profile,
    Run,
    Runs,
    joined,
    profiles_of_rows,
    side_first,
    side_last,
)
from geo.territory.annex.shortest import name_order, names_of, rows_of

Schools = tuple[str, ...]
# Numbers that move, as `geo.territory.annex.pairing.Span` says them, and their schools before and after; empty if none.
COLUMNS: Final = (
    "street_id", "street_name", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "suffix_out",
    "before", "after",
)  # fmt: skip
_NUMBERS: Final = ["number_from", "number_to"]
_TEXTS: Final = ["street_id", "street_name", "suffix_from", "suffix_to", "parity", "suffix_out"]
_WHOLE: Final = (1, 9_999, "PI")
_NOWHERE: Final = Profile((Run((), STARTS["I"], FAR),), (Run((), STARTS["P"], FAR),))


class _Move(NamedTuple):
    """From which schools to which."""

    before: Schools
    after: Schools


class _Item(NamedTuple):
    """An item on one side of its street."""

    side: str
    first: int
    last: int
    schools: Schools
    whole: bool


def changes_between(old: pd.DataFrame, new: pd.DataFrame, *, numberless: Collection[str] = frozenset()) -> pd.DataFrame:
    """Give what leads from one street list to another, in as few items as possible.

    Parameters
    ----------
    old, new
        Rows of the contract `geo.model.tables.STREET_LIST`, of one level.
    numberless
        Streets that have addresses without number.

    Returns
    -------
    changes
        Columns of `COLUMNS`, one row an item, in the order of the schools and then of the names of streets.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    before, after = profiles_of_rows(old), profiles_of_rows(new)
    names = names_of(old) | names_of(new)
    rows = []
    for street in sorted(before.keys() | after.keys(), key=lambda street: (name_order(names[street]), street)):
        one, other = before.get(street, _NOWHERE), after.get(street, _NOWHERE)
        for span in _spans(_moves(one, other, has_zero=street in numberless)):
            move = cast("_Move", span.label[0])
            rows.append((street, names[street], *span[:6], move.before, move.after))
    rows.sort(key=lambda row: row[-2:])
    return change_table(rows)


def change_table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Give items of a difference as a table of `COLUMNS`."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "int64")
    return frame.astype(kinds | {"before": "object", "after": "object"})


def apply_changes(
    rows: pd.DataFrame, changes: pd.DataFrame, level: Level | str, *, numberless: Collection[str] = frozenset()
) -> pd.DataFrame:
    """Give the fewest rows that say what `rows` say after `changes`.

    Parameters
    ----------
    rows
        Rows of one level.
    changes
        As `changes_between` gives them; the schools before do not count.
    level
        The level of the rows.
    numberless
        Streets that have addresses without number.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    profiles = profiles_of_rows(rows)
    names = names_of(rows) | names_of(changes)
    sides = _sides(changes)
    items: dict[str, list[_Item]] = {}
    columns = ["street_id", "side", "first", "last", "after", "whole"]
    for street, *item in sides[columns].itertuples(index=False, name=None):
        items.setdefault(street, []).append(_Item(*item))
    for street, own in items.items():
        profile = profiles.get(street, _NOWHERE)
        if street in numberless and profile.zero is None:
            profile = Profile(profile.odd, profile.even, profile.of_zero())
        for one in own:
            profile = _overlaid(profile, one)
        profiles[street] = profile
    return rows_of(profiles, names, level)


def items_of_addresses(addresses: pd.DataFrame, changes: pd.DataFrame) -> pd.Series:
    """Give the item of `changes` that each address falls under: index ``address_id``, label of the item, -1 if none.

    Parameters
    ----------
    addresses
        Index ``address_id``, columns ``street_id, number, suffix``.
    changes
        As `changes_between` gives them, with default index.
    """
    if changes.empty:
        return pd.Series(-1, index=addresses.index, name="item")
    own = addresses[addresses["street_id"].isin(changes["street_id"])]
    places = pd.DataFrame({"street_id": own["street_id"], "place": places_of(own), "address": own.index})
    odd = places["place"] // STEP % 2 == 1
    items = _sides(changes)[["street_id", "side", "first", "last"]].reset_index(names="item")
    hits = places.assign(side=odd.map({True: "I", False: "P"})).merge(items, on=["street_id", "side"])
    hits = hits[hits["place"].between(hits["first"], hits["last"])]
    found = hits.set_index("address")["item"].to_dict()
    item = pd.Series([found.get(address, -1) for address in addresses.index], index=addresses.index)
    # An item for a whole street takes its addresses without number along.
    whole = changes[_is_whole(changes)]
    streets = pd.Series(whole.index, index=whole["street_id"].to_numpy())
    bare = (item < 0) & (addresses["number"] == 0)
    return item.mask(bare, addresses["street_id"].map(streets).fillna(-1).astype("int64")).rename("item")


def _sides(changes: pd.DataFrame) -> pd.DataFrame:
    """Give the items once for each side, with the places of their first and last number."""
    placed = with_places(changes.assign(level="", whole=_is_whole(changes)))
    out = number_place(changes["number_to"], changes["suffix_out"]) - 1
    return sides_of(placed.assign(last=placed["last"].mask(changes["suffix_out"] != "", out)))


def _is_whole(changes: pd.DataFrame) -> pd.Series:
    """Whether each item is a whole street, with its addresses without number unless another item speaks of them."""
    every = (changes["number_from"] <= 1) & (changes["number_to"] >= OPEN_END) & (changes["parity"] == "PI")
    apart = changes.loc[changes["number_from"] == 0, "street_id"]
    return every & ~((changes["number_from"] == 1) & changes["street_id"].isin(apart))


def _spans(moves: Profile) -> list[Span]:
    """Give the items of a street; each side by itself where all move but the addresses without number."""
    spans = spans_of(moves)
    if moves.zero == () and len(spans) == 1 and (spans[0].number_from, spans[0].number_to, spans[0].parity) == _WHOLE:
        return [spans[0]._replace(parity="I"), spans[0]._replace(parity="P", number_from=2)]
    return spans


def _moves(one: Profile, other: Profile, *, has_zero: bool) -> Profile:
    """Give the profile of a street whose labels say what moves; nothing where nothing does."""
    spoken = has_zero or one.zero is not None or other.zero is not None
    zero = _label(one.of_zero(), other.of_zero()) if spoken else None
    return Profile(_compared(one.odd, other.odd, "I"), _compared(one.even, other.even, "P"), zero)


def _label(before: Label, after: Label) -> Label:
    return () if before == after else (_Move(cast("Schools", before), cast("Schools", after)),)


def _compared(one: Runs, other: Runs, side: str) -> Runs:
    """Give the runs of one side, both lists taken together."""
    begins = sorted({run.first for run in (*one, *other)})
    ends = [*(side_last(begin, side) for begin in begins[1:]), FAR]
    return joined(
        Run(_label(_at(one, begin), _at(other, begin)), begin, end) for begin, end in zip(begins, ends, strict=True)
    )


def _at(runs: Runs, place: int) -> Label:
    return next((run.label for run in reversed(runs) if run.first <= place), ())


def _overlaid(profile: Profile, item: _Item) -> Profile:
    """Give the profile with other schools from one place to another of a side."""
    spoken = item.side == "P" and (item.first < STEP or (item.whole and profile.zero is not None))
    zero = item.schools if spoken else profile.zero
    top = Run(item.schools, max(item.first, STARTS[item.side]), item.last)
    changed = _laid(profile.side(item.side), top, item.side)
    return Profile(changed, profile.even, zero) if item.side == "I" else Profile(profile.odd, changed, zero)


def _laid(runs: Runs, top: Run, side: str) -> Runs:
    """Give runs with another one laid upon them."""
    if top.first > top.last:
        return runs
    before, after = side_last(top.first, side), side_first(top.last + 1, side)
    kept = [Run(run.label, run.first, min(run.last, before)) for run in runs if run.first <= before]
    kept += [Run(run.label, max(run.first, after), run.last) for run in runs if run.last >= after]
    return joined(sorted([*kept, top], key=lambda run: run.first))
