"""Laws of docs/street_list.md: the difference of two lists, applied to the old one, is the new one."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.levels import Level
from geo.territory.annex.changes import apply_changes, changes_between, items_of_addresses
from geo.territory.annex.resolving import resolve
from geo.territory.annex.shortest import numberless_streets, shortest_list

LEVEL = Level.ELEMENTARY
SCHOOLS = st.sampled_from([("a",), ("b",), ("c",), ("a", "c")])
NUMBERS = st.sampled_from([0, 1, 2, 3, 4, 5, 12, 15, 33, 34, 36])
HOMES = st.dictionaries(
    st.tuples(st.sampled_from(["R", "S"]), NUMBERS, st.sampled_from(["", "", "bis", "A"])),
    st.tuples(SCHOOLS, SCHOOLS),
    min_size=1,
    max_size=14,
)
Homes = dict[tuple[str, int, str], tuple[tuple[str, ...], tuple[str, ...]]]


def _addresses(homes: Homes) -> pd.DataFrame:
    frame = pd.DataFrame(list(homes), columns=["street_id", "number", "suffix"])
    index = pd.Index([f"{street}{number}{suffix}" for street, number, suffix in homes], name="address_id")
    return frame.assign(street_name="rue " + frame["street_id"]).set_index(index)


def _lists(homes: Homes) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give the addresses and the shortest list before and after, which keeps its cuts where it can."""
    addresses = _addresses(homes)
    before, after = (
        pd.Series([pair[place] for pair in homes.values()], index=addresses.index, dtype=object) for place in (0, 1)
    )
    old = shortest_list(addresses, before, LEVEL).rows
    return addresses, old, shortest_list(addresses, after, LEVEL, in_force=old).rows


def _told(changes: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "before", "after"]
    return list(changes[columns].itertuples(index=False, name=None))


def test_a_moved_end_of_a_street_is_one_item() -> None:
    a, b = ("a",), ("b",)
    homes: Homes = {("R", n, ""): (a, b if n > 8 else a) for n in range(1, 15)}
    _, old, new = _lists(homes)
    assert _told(changes_between(old, new)) == [("R", 9, "", 9999, "", "PI", a, b)]


def test_one_moved_side_is_one_item_that_keeps_the_rest() -> None:
    a, b = ("a",), ("b",)
    homes: Homes = {("R", n, ""): (a, b if n % 2 == 0 and n < 9 else a) for n in range(1, 15)}
    _, old, new = _lists(homes)
    changes = changes_between(old, new)
    assert _told(changes) == [("R", 2, "", 8, "", "P", a, b)]
    pd.testing.assert_frame_equal(apply_changes(old, changes, LEVEL), new)


def test_a_street_that_is_only_in_one_list_comes_from_nowhere_or_goes_there() -> None:
    _, old, _ = _lists({("R", 1, ""): (("a",), ("a",)), ("S", 1, ""): (("a",), ("a",))})
    shorter = old[old["street_id"] == "R"]
    assert _told(changes_between(old, shorter)) == [("S", 1, "", 9999, "", "PI", ("a",), ())]
    assert _told(changes_between(shorter, old)) == [("S", 1, "", 9999, "", "PI", (), ("a",))]
    pd.testing.assert_frame_equal(apply_changes(shorter, changes_between(shorter, old), LEVEL), old)


def test_a_school_that_joins_a_sector_is_a_change() -> None:
    _, old, new = _lists({("R", 1, ""): (("a",), ("a", "b"))})
    assert _told(changes_between(old, new)) == [("R", 1, "", 9999, "", "PI", ("a",), ("a", "b"))]


def test_equal_lists_have_no_difference() -> None:
    _, old, _ = _lists({("R", 1, ""): (("a",), ("a",)), ("R", 2, ""): (("b",), ("b",))})
    changes = changes_between(old, old)
    assert changes.empty
    pd.testing.assert_frame_equal(apply_changes(old, changes, LEVEL), old)


def test_each_address_is_told_its_item() -> None:
    addresses, old, new = _lists(
        {("R", 0, ""): (("a",), ("b",)), ("R", 1, ""): (("a",), ("b",)), ("S", 2, ""): (("a",), ("a",))}
    )
    changes = changes_between(old, new, numberless={"R"})
    assert items_of_addresses(addresses, changes).tolist() == [0, 0, -1]
    assert items_of_addresses(addresses, changes.iloc[:0]).tolist() == [-1, -1, -1]


def _apart(homes: Homes) -> Homes:
    """Leave out what no list can tell apart: addresses without number, but with repetition."""
    return {key: pair for key, pair in homes.items() if key[1] or not key[2]} or {("R", 1, ""): (("a",), ("b",))}


@given(HOMES.map(_apart))
@settings(max_examples=25, deadline=None)
def test_the_old_list_with_the_changes_is_the_new_list_row_by_row(homes: Homes) -> None:
    addresses, old, new = _lists(homes)
    numberless = numberless_streets(addresses)
    changes = changes_between(old, new, numberless=numberless)
    applied = apply_changes(old, changes, LEVEL, numberless=numberless)
    pd.testing.assert_frame_equal(applied, new)
    assert resolve(addresses, applied, LEVEL).tolist() == [after for _, after in homes.values()]


@given(HOMES.map(_apart))
@settings(max_examples=20, deadline=None)
def test_an_address_falls_under_an_item_if_its_schools_change_and_only_then(homes: Homes) -> None:
    addresses, old, new = _lists(homes)
    changes = changes_between(old, new, numberless=numberless_streets(addresses))
    items = items_of_addresses(addresses, changes).tolist()
    for item, (before, after) in zip(items, homes.values(), strict=True):
        told = (changes["before"][item], changes["after"][item]) if item >= 0 else None
        assert told == ((before, after) if before != after else None)
