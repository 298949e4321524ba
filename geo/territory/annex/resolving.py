"""Which school an address belongs to, by the street list, and which row says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.model.levels import Level
from geo.territory.annex.cells import Cells, cut, places_of


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

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    return decide(addresses, street_list, level)["schools"]


def decide(addresses: pd.DataFrame, street_list: pd.DataFrame, level: Level | str) -> pd.DataFrame:
    """Give the schools of each address and the rows that decided.

    Parameters
    ----------
    addresses, street_list, level
        As for `resolve`.

    Returns
    -------
    decisions
        Index ``address_id``, columns ``schools`` (tuples of ``school_id`` in order of priority) and ``rows`` (tuples
        of the labels of the rows of `street_list` that give them, in the same order).

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.

    Notes
    -----
    A row covers the numbers from its first to its last, on its side. Where two rows of one priority cover an address,
    the first one counts: that is a fault, which the audit tells. An address without number (0) that no row covers
    takes the schools of its street if these are the same all along it.
    """
    rows = street_list[street_list["level"] == level]
    numbered = rows.reset_index(drop=True)
    cells = cut(numbered)
    answers = answers_of(cells, numbered, labels=rows.index)
    answer = pd.Series(cells.of(addresses["street_id"], places_of(addresses)), index=addresses.index)
    bare = (answer < 0) & (addresses["number"] == 0)
    if bare.any():
        alone = _streets_with_one_answer(cells, answers)
        answer = answer.mask(bare, addresses["street_id"].map(alone).fillna(-1).astype("int64"))
    found = answers.reindex(answer.to_numpy())
    return pd.DataFrame(
        {name: _tuples(found[name], addresses.index) for name in ("schools", "rows")}, index=addresses.index
    )


def answers_of(cells: Cells, rows: pd.DataFrame, *, labels: pd.Index) -> pd.DataFrame:
    """Give the schools of each cell and the labels of the rows that decide: index ``cell``, ``schools, rows``."""
    hits = cells.pairs.assign(
        priority=rows["priority"].to_numpy()[cells.pairs["row"]],
        school=rows["school_id"].to_numpy()[cells.pairs["row"]],
    )
    hits = hits.sort_values(["cell", "priority", "row"]).drop_duplicates(["cell", "priority"])
    hits = hits.drop_duplicates(["cell", "school"])
    label = labels.to_numpy()[hits["row"]]
    schools: dict[int, tuple[str, ...]] = {}
    deciding: dict[int, tuple[object, ...]] = {}
    for cell, school, row in zip(hits["cell"].tolist(), hits["school"], label.tolist(), strict=True):
        schools[cell] = (*schools.get(cell, ()), school)
        deciding[cell] = (*deciding.get(cell, ()), row)
    index = pd.Index(list(schools), name="cell", dtype="int64")
    return pd.DataFrame({"schools": _tuples(schools.values(), index), "rows": _tuples(deciding.values(), index)})


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


def _streets_with_one_answer(cells: Cells, answers: pd.DataFrame) -> dict[str, int]:
    """Give a cell of each street whose cells all have the same schools."""
    streets = cells.table()["street_id"].reindex(answers.index)
    same = answers["schools"].groupby(streets).agg(lambda schools: len(set(schools)) == 1)
    first = streets.reset_index().drop_duplicates("street_id").set_index("street_id")["cell"]
    return {str(street): int(first[street]) for street in same.index[same.to_numpy(dtype=bool)]}


def _tuples(values: object, index: pd.Index) -> pd.Series:
    """Give a column of tuples, empty ones in place of what is missing."""
    held = np.empty(len(index), dtype=object)
    held[:] = [value if isinstance(value, tuple) else () for value in values]  # type: ignore[attr-defined]
    return pd.Series(held, index=index)
