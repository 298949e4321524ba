"""The street list of a school map: which school an address belongs to."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from geo.model.levels import Level

# From this number on, the last number of a row stands for an open end (9999 in the national form, 99999 in others).
OPEN_END: Final = 9998
_LATIN: Final = {"": 0, "BIS": 1, "TER": 2, "QUATER": 3, "QUINQUIES": 4}
_LAST_REPETITION: Final = 99


def resolve(addresses: pd.DataFrame, street_list: pd.DataFrame, level: Level) -> pd.Series:
    """Give the schools of each address by the rows of the street list.

    Parameters
    ----------
    addresses
        Index ``address_id``, columns ``street_id, number, suffix``.
    street_list
        Rows of the contract `geo.model.tables.STREET_LIST`, all levels.
    level
        The level whose rows count.

    Returns
    -------
    schools
        Index ``address_id``, values tuples of ``school_id`` in order of priority, empty if no row covers the address.

    Notes
    -----
    A row covers the numbers from its first to its last, on its side. The last number without repetition index takes
    in its own repetitions (33 takes in 33 bis). Where two rows of one priority cover an address, the first one counts:
    `geo.sources.checks` reports them.
    """
    rows = street_list[street_list["level"] == level].reset_index(drop=True)
    rows = rows.assign(
        row=rows.index,
        place_from=number_place(rows["number_from"], rows["suffix_from"]),
        place_to=_last_place(rows),
    )
    asked = addresses[["street_id"]].assign(
        place=number_place(addresses["number"], addresses["suffix"]), odd=addresses["number"] % 2 == 1
    )
    pairs = asked.reset_index().merge(rows, on="street_id")
    side = (pairs["parity"] == "PI") | ((pairs["parity"] == "I") == pairs["odd"])
    hits = pairs[side & pairs["place"].between(pairs["place_from"], pairs["place_to"])]
    hits = hits.sort_values(["address_id", "priority", "row"]).drop_duplicates(["address_id", "priority"])
    hits = hits.drop_duplicates(["address_id", "school_id"])
    found: dict[str, tuple[str, ...]] = {}
    for address, school in zip(hits["address_id"], hits["school_id"], strict=True):
        found[address] = (*found.get(address, ()), school)
    return pd.Series(
        [found.get(address, ()) for address in addresses.index], index=addresses.index, name="schools", dtype=object
    )


def number_place(number: pd.Series, suffix: pd.Series) -> pd.Series:
    """Give whole numbers in the order of the numbers of a street: 33 < 33 bis < 33 ter < 33 A < 34."""
    return number.astype("int64") * 100 + suffix.map(_suffix_rank).astype("int64")


def schools_of_units(resolved: pd.Series, unit_of: pd.Series) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Give the schools of each unit from those of its addresses.

    Parameters
    ----------
    resolved
        Index ``address_id``, values tuples of ``school_id``, as `resolve` gives them.
    unit_of
        Index ``address_id``, values ``unit_id``.

    Returns
    -------
    schools_of
        From ``unit_id`` to its schools; a unit none of whose addresses has a school is left out.
    split
        The units whose addresses belong to different schools: they take the schools of most addresses, of the first
        in order of ``school_id`` if equal.
    """
    known = pd.DataFrame({"unit_id": unit_of.reindex(resolved.index), "schools": resolved})
    known = known[known["schools"].map(len) > 0]
    counts = known.groupby(["unit_id", "schools"]).size().rename("addresses").reset_index()
    counts = counts.sort_values(["unit_id", "addresses", "schools"], ascending=[True, False, True])
    chosen = counts.drop_duplicates("unit_id")
    split = counts.loc[counts["unit_id"].duplicated(), "unit_id"].drop_duplicates()
    return dict(zip(chosen["unit_id"], chosen["schools"], strict=True)), split.tolist()


def _suffix_rank(suffix: object) -> int:
    """Give the place of a repetition index after its number; a word that is not known comes last."""
    text = str(suffix).strip().upper()
    if text in _LATIN:
        return _LATIN[text]
    if len(text) == 1 and text.isalpha():
        return len(_LATIN) + ord(text) - ord("A")
    return _LAST_REPETITION - 1


def _last_place(rows: pd.DataFrame) -> pd.Series:
    place = number_place(rows["number_to"], rows["suffix_to"])
    bare = rows["suffix_to"].str.strip() == ""
    place = place.mask(bare, rows["number_to"].astype("int64") * 100 + _LAST_REPETITION)
    return place.mask(rows["number_to"] >= OPEN_END, np.iinfo(np.int64).max)
