"""The shortest street list: as few rows as possible for every address and every number to come."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.model.levels import Level
from geo.territory.annex.numbers import OPEN_END, STEP, number_place
from geo.territory.annex.pairing import filled, spans_of
from geo.territory.annex.profiles import SIDES, Label, Profile, Run, joined, profiles_of_rows

COLUMNS: Final = (
    "level", "street_id", "street_name", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id",
    "priority",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ShortList:
    """A street list of one level.

    Attributes
    ----------
    rows
        Rows of the contract `geo.model.tables.STREET_LIST`, in the order of the names of streets.
    mixed
        Addresses that no list can tell apart from another one of other schools (same street, number and repetition):
        they get the schools of most of these; index ``address_id``.
    """

    rows: pd.DataFrame
    mixed: pd.Index


def shortest_list(
    addresses: pd.DataFrame, schools: pd.Series, level: Level | str, *, in_force: pd.DataFrame | None = None
) -> ShortList:
    """Give the shortest street list that sends each address to its schools.

    Parameters
    ----------
    addresses
        Index ``address_id``, columns ``street_id, street_name, number, suffix``.
    schools
        Same index, values tuples of ``school_id`` in order of priority; empty where an address has none.
    level
        The level of the rows.
    in_force
        Rows of the level that hold today: streets without addresses keep what they say, and where a sector may end at
        several numbers, it ends where it does today.

    Returns
    -------
    short
        The list. No list that names all schools of a number by rows of the same numbers is shorter.

    Raises
    ------
    AnnexError
        If so many rows of `in_force` lie upon each other that they could not be held.

    Notes
    -----
    A number between two addresses of one side goes with one of them, a number before the first or beyond the last one
    with that one; a side without addresses is as the other side. Addresses without number (0) have a row of their own
    only where the street has several schools.
    """
    today = profiles_of_rows(in_force) if in_force is not None else {}
    points, mixed = _points(addresses, schools)
    names = names_of(addresses) if in_force is None else names_of(in_force) | names_of(addresses)
    profiles = {street: filled(known, kept=_cuts(today.get(street))) for street, known in points.items()}
    listed = {street: profile for street, profile in today.items() if street not in points}
    return ShortList(rows_of(listed | profiles, names, level), mixed)


def shortened(rows: pd.DataFrame, level: Level | str) -> pd.DataFrame:
    """Give the fewest rows that say the same of every number as `rows`, of one level."""
    return rows_of(profiles_of_rows(rows), names_of(rows), level)


def rows_of(profiles: Mapping[str, Profile], names: Mapping[str, str], level: Level | str) -> pd.DataFrame:
    """Write profiles that have schools for every number as rows, streets in the order of their names.

    Parameters
    ----------
    profiles
        From ``street_id``; the labels are tuples of ``school_id``.
    names
        From ``street_id`` to the name of the street.
    level
        The level of the rows.
    """
    rows = [
        (str(level), street, names[street], *span[:5], school, priority)
        for street in sorted(profiles, key=lambda street: (name_order(names[street]), street))
        for span in spans_of(profiles[street])
        for priority, school in enumerate(span.label, start=1)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = ("level", "street_id", "street_name", "suffix_from", "suffix_to", "parity", "school_id")
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(("number_from", "number_to", "priority"), "int64"))


def name_order(name: str) -> str:
    """Give what names of streets are sorted by: accents and capitals do not count.

    >>> sorted(["rue Été", "rue Zola", "Rue Eau"], key=name_order)
    ['Rue Eau', 'rue Été', 'rue Zola']
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)).casefold()


def names_of(rows: pd.DataFrame) -> dict[str, str]:
    """Give the name of each street of a list or an address base, from ``street_id``."""
    first = rows.drop_duplicates("street_id")
    return {str(code): str(name) for code, name in zip(first["street_id"], first["street_name"], strict=True)}


def numberless_streets(addresses: pd.DataFrame) -> frozenset[str]:
    """Give the streets that have addresses without number (0)."""
    return frozenset(addresses.loc[addresses["number"] == 0, "street_id"])


def _points(addresses: pd.DataFrame, schools: pd.Series) -> tuple[dict[str, Profile], pd.Index]:
    """Give what is known of each street from its addresses, and the addresses that cannot be told apart."""
    number = addresses["number"].astype("int64")
    # Beyond the open end a list tells no numbers apart, except by their side.
    high = number >= OPEN_END
    place = number_place(number, addresses["suffix"]).mask(high, (OPEN_END + number % 2) * STEP)
    known = pd.DataFrame({"street": addresses["street_id"], "place": place.mask(number == 0, 0), "schools": schools})
    counts = known.groupby(["street", "place", "schools"], sort=True).size().rename("count").reset_index()
    counts = counts.sort_values(["street", "place", "count", "schools"], ascending=[True, True, False, True])
    chosen = counts.drop_duplicates(["street", "place"]).set_index(["street", "place"])["schools"]
    given = chosen.reindex(pd.MultiIndex.from_frame(known[["street", "place"]])).tolist()
    mixed = [one != other for one, other in zip(given, schools, strict=True)]
    return _profiles(chosen), addresses.index[mixed]


def _profiles(chosen: pd.Series) -> dict[str, Profile]:
    sides: dict[tuple[str, str], list[Run]] = {}
    zero: dict[str, Label] = {}
    streets = dict.fromkeys(str(street) for street in chosen.index.get_level_values("street"))
    for (street, place), label in zip(chosen.index.tolist(), chosen, strict=True):
        if place < STEP:
            zero[street] = label
        else:
            sides.setdefault((street, SIDES[place // STEP % 2 == 0]), []).append(Run(label, place, place))
    return {
        street: Profile(joined(sides.get((street, "I"), ())), joined(sides.get((street, "P"), ())), zero.get(street))
        for street in streets
    }


def _cuts(profile: Profile | None) -> dict[str, frozenset[int]]:
    """Give the places at which a run of each side begins."""
    runs = {side: profile.side(side)[1:] if profile else () for side in SIDES}
    return {side: frozenset(run.first for run in own) for side, own in runs.items()}
