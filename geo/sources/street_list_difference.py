"""Two street lists of any form compared, without a city folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geo.errors import AnnexError, Fault
from geo.sources.street_list_addresses import AddressFile, no_addresses, read_addresses
from geo.sources.street_list_communes import communes_as_in
from geo.sources.street_list_schools import ANY_LEVEL
from geo.sources.street_lists import StreetListFile, read_street_list
from geo.territory.annex.binding import UNKNOWN, Bound, bind, with_priorities
from geo.territory.annex.changes import changes_between, items_of_addresses
from geo.territory.annex.choices import CHOICES
from geo.territory.annex.naming import understand
from geo.territory.annex.resolving import decide
from geo.territory.annex.shortest import numberless_streets, shortened, shortest_list


@dataclass(frozen=True)
class CompareFiles:
    """The files of a comparison.

    Attributes
    ----------
    old, new
        The street lists.
    addresses
        The address base; without one the lists are compared number by number, by the names that they use.
    columns
        Preset, or MAPPING.toml; the first preset that fits each list if empty.
    level
        The only level to look at; all of them if empty.
    """

    old: Path
    new: Path
    addresses: Path | None = None
    columns: str = ""
    level: str = ""


@dataclass(frozen=True, eq=False)
class ListDifference:
    """The difference of two street lists of one level.

    Attributes
    ----------
    level
        The level.
    before, after
        The two lists in as few rows as possible.
    changes
        What leads from one to the other (`geo.territory.annex.changes.COLUMNS`), with ``addresses`` if there is a base.
    moved
        The addresses that change school: index ``address_id``, ``street_name, number, suffix, before, after``, ``item``
        of `changes`.
    """

    level: str
    before: pd.DataFrame
    after: pd.DataFrame
    changes: pd.DataFrame
    moved: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two street lists compared.

    Attributes
    ----------
    levels
        The difference of each level.
    refused
        Rows of the lists that could not be read: they are in neither of them.
    """

    levels: tuple[ListDifference, ...]
    refused: tuple[Fault, ...]


def compare_files(files: CompareFiles) -> Comparison:
    """Compare two street lists, level by level.

    With an address base both lists are compared in their shortest form: numbers where nobody lives do not count where
    their neighbours agree.

    Raises
    ------
    SourceError
        If a file cannot be read, or lacks a column that is needed.
    AnnexError
        If the lists have no level or no school in common.
    """
    old, new = (read_street_list(path, columns=files.columns) for path in (files.old, files.new))
    base = read_addresses(files.addresses, new.mapped) if files.addresses else None
    before, after = _bound(old, base), _bound(new, base)
    said = _said_by_both(old.rows, new.rows)
    levels = tuple(
        _compared(_of_level(before, one, said), _of_level(after, other, said), level=other)
        for one, other in _levels(before.rows, after.rows, wanted=files.level)
    )
    return Comparison(levels, (*old.refused, *new.refused))


def _bound(read: StreetListFile, base: AddressFile | None) -> Bound:
    """Give the rows and the addresses with the same codes of streets."""
    homes = base.addresses if base else no_addresses()
    return bind(communes_as_in(read.rows, homes), homes, by_hand=read.mapped.streets, choices=CHOICES)


def _of_level(bound: Bound, level: str, said: Sequence[str]) -> Bound:
    """Give the rows of a level; a street that the base has not is known by what both lists say of it."""
    rows = bound.rows[bound.rows["level"] == level].reset_index(drop=True)
    keys = rows[list(said)].assign(street_name="" if "street_id" in said else rows["street_name"].map(_full_name))
    name = UNKNOWN + keys.agg("/".join, axis=1) if len(keys) else rows["street_id"]
    unknown = rows["street_id"].str.startswith(UNKNOWN)
    return replace(bound, rows=with_priorities(rows.assign(street_id=rows["street_id"].mask(unknown, name)), CHOICES))


def _said_by_both(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Give what both lists say of a street beside its name."""
    names = ("insee", "place", "street_id")
    return [name for name in names if all(bool((rows[name] != "").all()) for rows in (old, new))]


def _full_name(name: str) -> str:
    return understand(name).full


def _levels(before: pd.DataFrame, after: pd.DataFrame, *, wanted: str) -> list[tuple[str, str]]:
    """Give the levels of the two lists that are compared; a list that says no level has that of the other one."""
    one, other = (sorted(set(rows["level"])) for rows in (before, after))
    unsaid = [ANY_LEVEL] in (one, other)
    pairs = [(left, right) for left in one for right in other if unsaid or left == right]
    both = [pair for pair in pairs if not wanted or wanted in pair]
    if not both or (unsaid and len(both) > 1):
        raise AnnexError(
            f"street lists: expected a level that both have, got {', '.join(one)} and {', '.join(other)}. "
            "Name one with --level."
        )
    return both


def _compared(before: Bound, after: Bound, *, level: str) -> ListDifference:
    homes = after.addresses.assign(street_id=after.addresses["base_id"])
    lists = [one.rows.assign(level=level) for one in (before, after)]
    _refuse_strangers(*lists)
    if homes.empty:
        old, new = (shortened(rows, level) for rows in lists)
        nobody = homes.reindex(columns=["street_name", "number", "suffix", "before", "after", "item"])
        return ListDifference(level, old, new, changes_between(old, new), nobody)
    schools = [decide(one.addresses, rows, level)["schools"] for one, rows in zip((before, after), lists, strict=True)]
    listed = [rows[~rows["whole"]] for rows in lists]
    old = shortest_list(homes, schools[0], level, in_force=listed[0]).rows
    lived = old["street_id"].isin(homes["street_id"])
    unlived = ~listed[1]["street_id"].isin(homes["street_id"])
    kept = pd.concat([old[lived], listed[1][unlived]], ignore_index=True)
    new = shortest_list(homes, schools[1], level, in_force=kept).rows
    changes = changes_between(old, new, numberless=numberless_streets(homes))
    item = items_of_addresses(homes, changes)
    counts = item[item >= 0].value_counts().reindex(changes.index, fill_value=0)
    told = homes[["street_name", "number", "suffix"]].assign(before=schools[0], after=schools[1], item=item)
    moved = told[(schools[0] != schools[1]).to_numpy()]
    return ListDifference(level, old, new, changes.assign(addresses=counts.astype("int64")), moved)


def _refuse_strangers(old: pd.DataFrame, new: pd.DataFrame) -> None:
    """Refuse lists that do not call one school alike: every address would seem to move."""
    one, other = set(old["school_id"]), set(new["school_id"])
    if one and other and not one & other:
        raise AnnexError(
            f"street lists: expected schools under the same names or codes, got {min(one)!r} in one list and "
            f"{min(other)!r} in the other. Write the schools of both lists alike."
        )
