"""Which school an address belongs to by a list, and the streets and numbers that a person may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.listing import belonging, house_number, lists_under, street_names
from geo.territory.annex.resolving import resolve

DATA = Path(__file__).parents[2] / "data"
ADDRESS, LEVEL = "00123_0010_00003", Level.ELEMENTARY


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


def scenario(city: City, **moves: tuple[str, ...]) -> Scenario:
    return Scenario(name="x", city=city.code, level=LEVEL, start_year=2027, moves=moves)


def test_as_long_as_nothing_moves_the_list_is_the_citys_own(city: City) -> None:
    lists = lists_under(city, scenario(city))
    rows = city.tables["street_list"]
    assert lists.proposed is lists.today
    assert lists.today.stated
    assert lists.revision.changes.empty
    assert lists.today.rows.equals(rows[rows["level"] == LEVEL])


def test_an_address_of_a_side_that_moves_has_the_new_school_and_its_walk(city: City) -> None:
    unit = city.tables["addresses"]["unit_id"].loc[ADDRESS]
    before = city.current[LEVEL].schools_of[unit]
    after = next((str(one),) for one in city.schools_of(LEVEL).index if (one,) != before)
    moved = scenario(city, **{unit: after})
    lists, proposed = lists_under(city, moved), evaluate(city, moved)
    today = belonging(city, lists.today, evaluate(city, scenario(city)), home=("00123_0010", 3, ""))
    then = belonging(city, lists.proposed, proposed, home=("00123_0010", 3, ""))
    assert (today.schools, then.schools) == (before, after)
    assert then.exact
    assert then.walks_m == (city.walk_m.loc[ADDRESS, after[0]],)
    assert then.rows["school_id"].tolist() == list(after)
    homes = city.tables["addresses"]
    said = resolve(homes, lists.proposed.rows, LEVEL)
    stays = resolve(homes, city.tables["street_list"], LEVEL)
    inside = homes["unit_id"] == unit
    assert set(said[inside]) == {after}
    assert said[~inside].tolist() == stays[~inside].tolist()


def test_a_street_that_nobody_knows_has_no_school_and_no_walk(city: City) -> None:
    found = belonging(city, lists_under(city, scenario(city)).today, evaluate(city, scenario(city)), home=("no", 3, ""))
    assert (found.schools, found.walks_m, found.near, found.exact) == ((), (), "", False)


def test_streets_come_in_the_order_of_their_names(city: City) -> None:
    names = list(street_names(city).values())
    assert names == sorted(names, key=str.casefold)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", (12, "")), (" 12 bis ", (12, "BIS")), ("n° 7A", (7, "A")), ("", (0, "")), ("-3", None), ("12345", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: tuple[int, str] | None) -> None:
    assert house_number(text) == number


@pytest.mark.parametrize("text", ["douze", "12 rue", "12 zz", "1;2"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert house_number(text) is None
