"""The contracts of tables: typed values, and every fault in one reading."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.model.tables import ADDRESSES, ROLLS, SCHOOLS, TABLES

GOOD = {"school_id": "0001", "name": "x", "sector": "public", "insee": "00123", "lon": "1.5", "lat": "2", "ips": ""}


def _faults(**changes: str) -> list[tuple[str, str]]:
    _, faults = SCHOOLS.parse(pd.DataFrame([GOOD | changes]), "schools.csv")
    return [(fault.rule, fault.column) for fault in faults]


def test_a_good_row_has_no_fault_and_typed_values() -> None:
    frame, faults = SCHOOLS.parse(pd.DataFrame([GOOD]), "schools.csv")
    assert faults == []
    assert frame.index.tolist() == ["0001"]
    assert frame.loc["0001", ["lon", "lat"]].tolist() == [1.5, 2.0]
    assert pd.isna(frame.loc["0001", "ips"])


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("lon", "1,5", "decimal-comma"),
        ("ips", "non communiqué", "text-for-number"),
        ("lat", "95", "out-of-range"),
        ("sector", "publique", "bad-value"),
        ("insee", "1234", "bad-value"),
        ("name", " ", "empty-value"),
        ("school_id", "a b", "bad-value"),
    ],
)
def test_each_kind_of_wrong_value_is_named(column: str, value: str, rule: str) -> None:
    assert _faults(**{column: value}) == [(rule, column)]


def test_every_fault_is_found_in_one_reading() -> None:
    rows = pd.DataFrame([GOOD, GOOD | {"lon": "1,5"}, GOOD | {"school_id": "0002", "sector": "?", "lat": "x"}])
    _, faults = SCHOOLS.parse(rows, "schools.csv")
    assert {fault.rule for fault in faults} == {"duplicate-id", "decimal-comma", "bad-value", "text-for-number"}
    assert next(fault for fault in faults if fault.rule == "duplicate-id").line == 3


def test_a_fault_says_where_what_and_what_to_do() -> None:
    _, faults = SCHOOLS.parse(pd.DataFrame([GOOD | {"lon": "1,5"}]), "schools.csv")
    assert str(faults[0]) == (
        "schools.csv, line 2, column 'lon': expected a number with a decimal point from -180 to 180, got '1,5'."
        " Write 1.5 with a point."
    )


def test_a_missing_column_is_told_with_those_that_are_there() -> None:
    _, faults = ROLLS.parse(pd.DataFrame({"school_id": ["a"], "year": ["2026"], "eleves": ["3"]}), "rolls.csv")
    assert [(fault.rule, fault.column) for fault in faults] == [
        ("missing-column", "grade"),
        ("missing-column", "pupils"),
    ]
    assert "school_id, year, eleves" in faults[0].got


def test_leading_zeros_of_codes_are_kept() -> None:
    frame, _ = SCHOOLS.parse(pd.DataFrame([GOOD]), "schools.csv")
    assert frame.loc["0001", "insee"] == "00123"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_can_be_empty(table: object) -> None:
    assert len(table.empty()) == 0  # type: ignore[attr-defined]
    assert not table.empty().index.has_duplicates  # type: ignore[attr-defined]


def test_a_table_keeps_the_order_of_its_file() -> None:
    rows = pd.DataFrame([GOOD | {"school_id": code} for code in ("c", "a", "b")])
    assert SCHOOLS.parse(rows, "schools.csv")[0].index.tolist() == ["c", "a", "b"]


def test_names_of_tables_and_columns_are_unique() -> None:
    assert len({table.name for table in TABLES}) == len({table.path for table in TABLES}) == len(TABLES)
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names)
    assert ADDRESSES.point
