"""Laws of docs/street_list.md: how a row of the street list covers an address."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.model.levels import Level
from geo.territory.annex.resolving import resolve, schools_of_units

COLUMNS = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id", "priority"]


def _list(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).assign(level="elementary", street_name="")


def _addresses(*rows: tuple[str, int, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["street_id", "number", "suffix"])
    return frame.set_index(pd.Index([f"{s}{n}{x}" for s, n, x in rows], name="address_id"))


def _schools(rows: pd.DataFrame, street: str, number: int, *, suffix: str = "") -> tuple[str, ...]:
    found: tuple[str, ...] = resolve(_addresses((street, number, suffix)), rows, Level.ELEMENTARY).iloc[0]
    return found


def test_a_row_covers_its_side_of_the_street_only() -> None:
    rows = _list(("R", 1, "", 33, "", "I", "a", 1), ("R", 2, "", 34, "", "P", "b", 1))
    assert _schools(rows, "R", 33) == ("a",)
    assert _schools(rows, "R", 2) == ("b",)
    assert _schools(rows, "R", 35) == ()
    assert _schools(rows, "S", 1) == ()


@pytest.mark.parametrize("number", [0, 1, 2, 9998, 12345])
def test_an_open_end_covers_every_later_number(number: int) -> None:
    rows = _list(("R", 0, "", 9999, "", "PI", "a", 1))
    assert _schools(rows, "R", number) == ("a",)


@pytest.mark.parametrize(
    ("suffix", "school"), [("", "a"), ("bis", "a"), ("BIS", "a"), ("ter", "b"), ("A", "b"), ("Z", "b")]
)
def test_repetitions_stand_in_their_order_after_the_number(suffix: str, school: str) -> None:
    rows = _list(("R", 1, "", 33, "bis", "I", "a", 1), ("R", 33, "ter", 99, "", "I", "b", 1))
    assert _schools(rows, "R", 33, suffix=suffix) == (school,)


def test_the_last_number_takes_in_its_own_repetitions() -> None:
    rows = _list(("R", 1, "", 33, "", "I", "a", 1), ("R", 35, "", 9999, "", "I", "b", 1))
    assert _schools(rows, "R", 33, suffix="bis") == ("a",)


def test_a_shared_sector_gives_its_schools_in_order_of_priority() -> None:
    rows = _list(("R", 1, "", 9999, "", "PI", "b", 2), ("R", 1, "", 9999, "", "PI", "a", 1))
    assert _schools(rows, "R", 7) == ("a", "b")


def test_rows_of_another_level_do_not_count() -> None:
    rows = _list(("R", 1, "", 9999, "", "PI", "a", 1)).assign(level="college")
    assert _schools(rows, "R", 7) == ()


def test_the_order_of_rows_and_addresses_changes_nothing() -> None:
    rows = _list(
        ("R", 1, "", 33, "", "I", "a", 1), ("R", 2, "", 34, "", "P", "b", 1), ("S", 1, "", 9, "", "PI", "c", 1)
    )
    addresses = _addresses(("R", 1, ""), ("R", 2, ""), ("S", 3, ""), ("S", 11, ""))
    found = resolve(addresses, rows, Level.ELEMENTARY)
    again = resolve(addresses.iloc[::-1], rows.iloc[::-1], Level.ELEMENTARY)
    assert found.to_dict() == again.to_dict()


def test_a_unit_takes_the_schools_of_most_of_its_addresses_and_is_told() -> None:
    resolved = pd.Series({"1": ("a",), "2": ("b",), "3": ("b",), "4": ("c",), "5": ()}, dtype=object)
    unit_of = pd.Series({"1": "U", "2": "U", "3": "U", "4": "V", "5": "W"})
    assert schools_of_units(resolved, unit_of) == ({"U": ("b",), "V": ("c",)}, ["U"])
