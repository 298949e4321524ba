"""Laws of docs/street_list.md: the shortest list says the same of every address, and no list with fewer rows does."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.levels import Level
from geo.territory.annex.cells import cut
from geo.territory.annex.numbers import number_place
from geo.territory.annex.resolving import resolve
from geo.territory.annex.shortest import ShortList, shortened, shortest_list

LEVEL = Level.ELEMENTARY
A, B, SHARED = ("a",), ("b",), ("a", "c")
Homes = dict[tuple[int, str], tuple[str, ...]]
NUMBERS = st.integers(1, 6)
FEW = st.dictionaries(st.tuples(NUMBERS, st.just("")), st.sampled_from([A, B, SHARED]), min_size=1, max_size=6)
ODD_ONES = st.dictionaries(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, 4, 5, 12, 33, 34, 9998, 12001]), st.sampled_from(["", "bis", "ter", "A", "B"])
    ),
    st.sampled_from([A, B, SHARED]),
    min_size=1,
    max_size=10,
)


def _addresses(homes: Homes, street: str = "R") -> pd.DataFrame:
    frame = pd.DataFrame(list(homes), columns=["number", "suffix"]).assign(
        street_id=street, street_name=f"rue {street}"
    )
    return frame.set_index(pd.Index([f"{street}{n}{x}" for n, x in homes], name="address_id"))


def _short(homes: Homes, in_force: pd.DataFrame | None = None) -> ShortList:
    addresses = _addresses(homes)
    schools = pd.Series(list(homes.values()), index=addresses.index, dtype=object)
    return shortest_list(addresses, schools, LEVEL, in_force=in_force)


def _told(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = ["number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id", "priority"]
    return list(rows[columns].itertuples(index=False, name=None))


def _at(rows: pd.DataFrame, number: int, suffix: str = "") -> tuple[str, ...]:
    found: tuple[str, ...] = resolve(_addresses({(number, suffix): ()}), rows, LEVEL).iloc[0]
    return found


# Cases by hand -------------------------------------------------------------------------------------------------------


def test_a_street_of_one_school_is_one_row() -> None:
    rows = _short({(3, ""): A, (4, "bis"): A, (12, ""): A, (0, ""): A}).rows
    assert _told(rows) == [(1, "", 9999, "", "PI", "a", 1)]


def test_sides_of_two_schools_are_two_rows() -> None:
    rows = _short({(1, ""): A, (7, ""): A, (2, ""): B, (8, ""): B}).rows
    assert _told(rows) == [(1, "", 9999, "", "I", "a", 1), (2, "", 9999, "", "P", "b", 1)]


def test_sides_that_change_at_different_numbers_are_cut_at_one_number_where_nobody_lives_between() -> None:
    rows = _short({(1, ""): A, (9, ""): A, (17, ""): B, (10, ""): A, (12, ""): B}).rows
    assert _told(rows) == [(1, "", 11, "", "PI", "a", 1), (12, "", 9999, "", "PI", "b", 1)]


def test_a_single_house_of_another_sector_interrupts_one_side_only() -> None:
    rows = _short({(1, ""): A, (3, ""): B, (5, ""): A, (2, ""): A, (4, ""): A}).rows
    assert _told(rows) == [(1, "", 2, "", "PI", "a", 1), (3, "", 3, "", "I", "b", 1), (4, "", 9999, "", "PI", "a", 1)]


def test_a_repetition_may_begin_another_sector() -> None:
    rows = _short({(1, ""): A, (33, ""): A, (33, "bis"): B, (35, ""): B, (2, ""): B}).rows
    assert _told(rows) == [
        (1, "", 33, "", "I", "a", 1),
        (2, "", 9999, "", "P", "b", 1),
        (33, "bis", 9999, "", "I", "b", 1),
    ]
    assert _at(rows, 33, "ter") == B


def test_the_last_repetition_of_a_sector_is_written() -> None:
    rows = _short({(33, "bis"): A, (33, "ter"): B, (2, ""): A}).rows
    assert (1, "", 33, "bis", "I", "a", 1) in _told(rows)


def test_a_shared_sector_has_a_row_for_each_school() -> None:
    rows = _short({(1, ""): SHARED, (2, ""): SHARED, (21, ""): A}).rows
    assert _told(rows) == [
        (1, "", 19, "", "I", "a", 1),
        (1, "", 19, "", "I", "c", 2),
        (2, "", 9999, "", "P", "a", 1),
        (2, "", 9999, "", "P", "c", 2),
        (21, "", 9999, "", "I", "a", 1),
    ]


def test_a_side_without_addresses_is_as_the_other_side() -> None:
    rows = _short({(1, ""): A, (11, ""): B}).rows
    assert _told(rows) == [(1, "", 10, "", "PI", "a", 1), (11, "", 9999, "", "PI", "b", 1)]
    assert (_at(rows, 2), _at(rows, 14)) == (A, B)


def test_addresses_without_number_have_a_row_where_the_street_has_several_schools() -> None:
    rows = _short({(0, ""): A, (1, ""): B, (2, ""): B}).rows
    assert _told(rows) == [(0, "", 0, "", "P", "a", 1), (1, "", 9999, "", "PI", "b", 1)]
    assert _at(rows, 0) == A


def test_a_sector_ends_where_it_does_today_if_nobody_lives_between() -> None:
    today = _short({(1, ""): A, (35, ""): B}).rows
    homes: Homes = {(1, ""): A, (31, ""): A, (41, ""): B}
    assert _told(_short(homes, today).rows)[0][2] == 34
    assert _told(_short(homes).rows)[0][2] == 40


def test_streets_without_addresses_keep_what_the_list_in_force_says() -> None:
    today = _short({(1, ""): A, (2, ""): B}).rows.assign(street_id="NEW", street_name="voie nouvelle")
    rows = _short({(1, ""): A}, today).rows
    assert _told(rows[rows["street_id"] == "NEW"]) == _told(today)


def test_addresses_that_no_list_can_tell_apart_are_named() -> None:
    addresses = pd.concat([_addresses({(1, ""): A, (3, ""): A}), _addresses({(1, ""): A}).set_axis(["twin"])])
    schools = pd.Series([A, A, B], index=addresses.index, dtype=object)
    short = shortest_list(addresses, schools, LEVEL)
    assert list(short.mixed) == ["twin"]
    assert len(short.rows) == 1


def test_streets_of_one_name_are_told_apart_by_their_code() -> None:
    addresses = pd.concat([_addresses({(1, ""): A}, "R1"), _addresses({(1, ""): B}, "R2")]).assign(street_name="rue X")
    rows = shortest_list(addresses, pd.Series([A, B], index=addresses.index, dtype=object), LEVEL).rows
    assert rows["street_id"].tolist() == ["R1", "R2"]
    assert resolve(addresses, rows, LEVEL).tolist() == [A, B]


def test_the_order_of_the_addresses_does_not_matter() -> None:
    homes: Homes = {(1, ""): A, (9, ""): A, (17, ""): B, (10, ""): A, (12, ""): B}
    turned = dict(reversed(homes.items()))
    pd.testing.assert_frame_equal(_short(homes).rows, _short(turned).rows)


# Laws ----------------------------------------------------------------------------------------------------------------


def _town(streets: list[Homes]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the addresses of many streets with their schools, and the shortest list: one street teaches little."""
    addresses = pd.concat([_addresses(homes, f"R{place}") for place, homes in enumerate(streets)])
    schools = [one for homes in streets for one in homes.values()]
    told = addresses.assign(schools=pd.Series(schools, index=addresses.index, dtype=object))
    return told, shortest_list(addresses, told["schools"], LEVEL).rows


@given(st.lists(ODD_ONES, min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_every_address_goes_to_its_schools_whatever_its_number(streets: list[Homes]) -> None:
    # Beyond the open end, and without number, addresses are told apart by nothing but their side.
    known = [
        {key: own for key, own in homes.items() if key in {(0, ""), (9998, ""), (12001, "")} or 0 < key[0] < 9998}
        for homes in streets
    ]
    addresses, rows = _town([homes for homes in known if homes] or [{(1, ""): A}])
    assert resolve(addresses, rows, LEVEL).tolist() == addresses["schools"].tolist()


@given(st.lists(ODD_ONES, min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_no_number_has_two_rows_and_shorter_than_shortest_is_the_same(streets: list[Homes]) -> None:
    _, rows = _town(streets)
    pairs = cut(rows).pairs.merge(rows, left_on="row", right_index=True)
    assert not pairs.duplicated(["cell", "priority"]).any()
    assert not pairs.duplicated(["cell", "school_id"]).any()
    pd.testing.assert_frame_equal(shortened(rows, LEVEL), rows)


@given(st.lists(FEW, min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_every_number_to_come_goes_where_a_neighbour_goes(streets: list[Homes]) -> None:
    _, rows = _town(streets)
    asked = dict.fromkeys(((number, suffix) for number in range(1, 13) for suffix in ("", "ter")), ())
    for place, homes in enumerate(streets):
        addresses = _addresses(asked, f"R{place}")
        found = zip(addresses["number"], resolve(addresses, rows, LEVEL), strict=True)
        assert all(schools in _allowed(homes, number) for number, schools in found)


def test_no_list_is_shorter() -> None:
    rng = np.random.default_rng(20260901)
    streets = [_random_homes(rng) for _ in range(400)]
    _, rows = _town(streets)
    counts = rows["street_id"].value_counts().to_dict()
    assert counts == {f"R{place}": _fewest_by_trying_all(homes) for place, homes in enumerate(streets)}


def _random_homes(rng: np.random.Generator) -> Homes:
    numbers = rng.permutation(np.arange(1, 7))[: rng.integers(1, 7)]
    schools = [A, B, SHARED, ("d",)][: rng.integers(2, 5)]
    return {(int(number), ""): schools[rng.integers(len(schools))] for number in numbers}


def _allowed(homes: Homes, number: int) -> set[tuple[str, ...]]:
    """Give the schools of the neighbours of a number on its side, or of the whole other side if it has none."""
    side = sorted(home for home, _ in homes if home % 2 == number % 2)
    if not side:
        return set(homes.values())
    before = [home for home in side if home <= number] or side[:1]
    after = [home for home in side if home >= number] or side[-1:]
    return {homes[before[-1], ""], homes[after[0], ""]}


def _fewest_by_trying_all(homes: Homes) -> int:
    """Try every way to fill the numbers from 1 to 8 and to part them into rows; two lie beyond the last address."""
    numbers = range(1, 9)
    sides = {number % 2 for number, _ in homes}
    if len(sides) == 1:
        runs = [homes[home] for home in sorted(homes)]
        return sum(len(one) for one, before in zip(runs, [(), *runs], strict=False) if one != before)
    choices = [sorted(_allowed(homes, number)) for number in numbers]
    return min(_fewest_rows(tuple(chosen)) for chosen in product(*choices))


@cache
def _fewest_rows(labels: tuple[tuple[str, ...], ...]) -> int:
    """Count the fewest rows for numbers from 1 on whose schools are known; a row may begin and end anywhere."""
    odd, even = labels[0::2], labels[1::2]
    best = {(0, 0): 0}
    for one in range(len(odd) + 1):
        for other in range(len(even) + 1):
            if (one, other) not in best:
                continue
            cost = best[one, other]
            for reach in _reaches(odd, one):
                _keep(best, (reach, other), cost + len(odd[one]))
            for reach in _reaches(even, other):
                _keep(best, (one, reach), cost + len(even[other]))
            # A row of both sides begins at one number: as many numbers of each side lie before it, or one odd more.
            if one - other in {0, 1} and one < len(odd) and other < len(even) and odd[one] == even[other]:
                for end in product(_reaches(odd, one), _reaches(even, other)):
                    if end[0] - end[1] in {0, 1}:
                        _keep(best, end, cost + len(odd[one]))
    return best[len(odd), len(even)]


def _reaches(side: tuple[tuple[str, ...], ...], begin: int) -> list[int]:
    """Give how far a row that begins at a number of a side can reach."""
    reach = begin
    while reach < len(side) and side[reach] == side[begin]:
        reach += 1
    return list(range(begin + 1, reach + 1))


def _keep(best: dict[tuple[int, int], int], state: tuple[int, int], cost: int) -> None:
    best[state] = min(cost, best.get(state, cost))


def test_the_count_by_trying_all_is_right_where_a_pencil_says_so() -> None:
    assert _fewest_rows((A, A, A, A)) == 1
    assert _fewest_rows((A, B, A, B)) == 2
    assert _fewest_rows((A, A, B, A, B, A)) == 3
    assert _fewest_rows((SHARED, B, SHARED, B)) == 3


@pytest.mark.parametrize(("number", "suffix"), [(33, ""), (33, "bis"), (33, "A")])
def test_a_place_keeps_its_order(number: int, suffix: str) -> None:
    later = number_place(pd.Series([34]), pd.Series([""])).iloc[0]
    assert number_place(pd.Series([number]), pd.Series([suffix])).iloc[0] < later
