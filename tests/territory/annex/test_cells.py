"""Cells of a street: every number has one cell, and the rows of its cell are those that cover it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import AnnexError
from geo.territory.annex import cells as cells_module
from geo.territory.annex.auditing import gaps_of
from geo.territory.annex.cells import cut, places_of
from geo.territory.annex.numbers import told_place, with_places

COLUMNS = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity"]
ROW = st.tuples(
    st.sampled_from("RS"),
    st.integers(0, 12),
    st.sampled_from(["", "bis", "B"]),
    st.integers(0, 12) | st.just(9999),
    st.sampled_from(["", "bis", "B"]),
    st.sampled_from(["I", "P", "PI"]),
)


def _rows(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).assign(level="any")


def _homes(*homes: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(homes, columns=["street_id", "number", "suffix"])


@settings(max_examples=25, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_the_rows_of_a_cell_are_those_that_cover_its_numbers(drawn: list[tuple[object, ...]]) -> None:
    rows = _rows(*drawn)
    homes = _homes(
        *[(street, number, suffix) for street in "RST" for number in range(15) for suffix in ("", "BIS", "A", "C")]
    )
    cells = cut(rows)
    found = cells.of(homes["street_id"], places_of(homes))
    placed = with_places(rows)
    for (street, number, _), place, cell in zip(
        homes.itertuples(index=False, name=None), places_of(homes), found, strict=True
    ):
        covering = {
            row.Index
            for row in placed.itertuples()
            if row.street_id == street
            and row.parity in {"PI", "I" if number % 2 else "P"}
            and row.first <= place <= row.last
        }
        assert set(cells.pairs.loc[cells.pairs["cell"] == cell, "row"]) == covering


def test_a_last_number_takes_in_its_repetitions_up_to_the_first_that_begins_a_row() -> None:
    rows = _rows(("R", 1, "", 33, "", "I"), ("R", 33, "ter", 99, "", "I"))
    cells = cut(rows)
    homes = _homes(("R", 33, ""), ("R", 33, "BIS"), ("R", 33, "TER"), ("R", 33, "A"))
    found = cells.of(homes["street_id"], places_of(homes))
    row_of = cells.pairs.set_index("cell")["row"]
    assert [int(row_of[cell]) for cell in found] == [0, 0, 1, 1]


def test_gaps_are_the_numbers_of_a_side_between_two_rows() -> None:
    rows = _rows(
        ("R", 1, "", 9, "", "I"), ("R", 15, "", 9999, "", "I"), ("R", 2, "", 8, "", "P"), ("R", 10, "", 20, "", "P")
    )
    gaps = gaps_of(cut(rows))
    assert gaps[["side", "first", "last"]].to_numpy().tolist() == [["I", 11, 13]]


def test_rows_stacked_upon_each_other_without_end_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "MOST_PAIRS", 10)
    rows = _rows(*[("R", number, "", 9999, "", "PI") for number in range(10)])
    with pytest.raises(AnnexError, match="most in street 'R'"):
        cut(rows)


def test_a_list_without_rows_has_no_cell() -> None:
    cells = cut(_rows())
    assert cells.of(pd.Series(["R"]), pd.Series([100])).tolist() == [-1]


def test_a_place_is_told_as_number_and_repetition() -> None:
    assert [told_place(place) for place in (3300, 3301, 3310)] == [(33, ""), (33, "BIS"), (33, "A")]
