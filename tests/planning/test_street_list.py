"""The street list of a scenario: every address by its plan, in and out again; what changes since today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.council.street_list_reading import read_annex, read_articles
from geo.council.street_list_text import annex_lines, article_lines, articles
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.street_list import ListRevision, revise_list
from geo.sources.cities import open_city
from geo.territory.annex.assigning import assign
from geo.territory.annex.changes import apply_changes
from geo.territory.annex.resolving import resolve, schools_of_units
from geo.territory.annex.shortest import names_of, numberless_streets, shortened, shortest_list
from geo.territory.enclaves import enclaves
from geo.territory.sectors import draw_sectors

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def montpellier(montpellier_prepared: tuple[Path, dict[str, Any]]) -> City:
    """Give Montpellier, nursery schools."""
    return open_city(montpellier_prepared[0], "montpellier")


def _random(city: City, level: Level, seed: int, *, count: int) -> Scenario:
    """Give a scenario that moves some units at random, some of them to two schools."""
    rng = np.random.default_rng(seed)
    plan, schools = city.current[level], sorted(city.schools_of(level).index)
    units = rng.choice(sorted(plan.schools_of), size=count, replace=False)
    moves = {
        str(unit): tuple(str(one) for one in rng.choice(schools, size=rng.integers(1, 3), replace=False))
        for unit in units
    }
    return Scenario(name="hasard", city=city.code, level=level, start_year=2027, moves=moves)


def _check_round_trip(city: City, scenario: Scenario, revision: ListRevision) -> None:
    """Check that the list resolves each address by the plan, and that the printed difference leads to it."""
    level, addresses = scenario.level, city.tables["addresses"]
    plan = scenario.plan(city.current[level])
    resolved = resolve(addresses, revision.after, level)
    assert resolved.tolist() == addresses["unit_id"].map(plan.schools_of).tolist()
    assert schools_of_units(resolved, addresses["unit_id"]) == (dict(plan.schools_of), [])
    streets = names_of(revision.before) | names_of(revision.after)
    names = {str(code): str(name) for code, name in city.tables["schools"]["name"].items()}
    printed = list(article_lines(articles(revision.changes, streets, names, lang="fr"), "fr"))
    read = read_articles(printed, streets, names)
    applied = apply_changes(revision.before, read, level, numberless=numberless_streets(addresses))
    pd.testing.assert_frame_equal(applied, revision.after)
    annex = annex_lines(revision.after, streets, names, lang="fr")
    pd.testing.assert_frame_equal(read_annex(annex, streets, names, level=level), revision.after)


@pytest.mark.parametrize(("level", "rows"), [(Level.NURSERY, 400), (Level.ELEMENTARY, 405), (Level.COLLEGE, 400)])
def test_the_map_in_force_comes_back_in_as_few_rows_and_nothing_changes(
    villebrune: City, level: Level, rows: int
) -> None:
    today = Scenario(name="aujourd'hui", city="villebrune", level=level, start_year=2027)
    revision = revise_list(villebrune, today)
    _check_round_trip(villebrune, today, revision)
    assert (len(revision.after), revision.in_force) == (rows, rows)
    assert revision.changes.empty
    assert revision.moved.empty
    # Sectors of Villebrune that are drawn in pieces: 15 and 3 houses of two nursery schools, 2 of an elementary one.
    apart = {Level.NURSERY: [(2, 18)], Level.ELEMENTARY: [(1, 2)], Level.COLLEGE: []}
    assert [(told["count"], told["homes"]) for told in (dict(note.values) for note in revision.notes)] == apart[level]


@pytest.mark.parametrize(("level", "seed"), [(Level.NURSERY, 1), (Level.ELEMENTARY, 2), (Level.COLLEGE, 3)])
def test_a_random_map_comes_back_address_by_address(villebrune: City, level: Level, seed: int) -> None:
    scenario = _random(villebrune, level, seed, count=150)
    revision = revise_list(villebrune, scenario)
    _check_round_trip(villebrune, scenario, revision)
    moved = villebrune.tables["addresses"]["unit_id"].isin(
        scenario.plan(villebrune.current[level]).moves_since(villebrune.current[level])
    )
    assert sorted(revision.moved.index) == sorted(moved.index[moved])
    assert int(revision.changes["addresses"].sum()) == int(moved.sum())


def test_the_children_of_the_items_are_those_of_the_units_that_move(villebrune: City) -> None:
    scenario = _random(villebrune, Level.ELEMENTARY, 5, count=80)
    plan = villebrune.current[Level.ELEMENTARY]
    children = villebrune.tables["children"]["children"].reset_index()
    last = children[(children["year"] == children["year"].max()) & children["age"].between(6, 10)]
    moved = last["unit_id"].isin(scenario.plan(plan).moves_since(plan))
    counted = revise_list(villebrune, scenario).changes["children"].sum()
    assert counted == pytest.approx(last.loc[moved, "children"].sum())


def test_a_school_that_closes_is_in_no_row(villebrune: City) -> None:
    closed = "0000206Z"
    scenario = Scenario(
        name="fermeture", city="villebrune", level=Level.ELEMENTARY, start_year=2027, closures=(closed,)
    )
    revision = revise_list(villebrune, scenario)
    assert closed in set(revision.before["school_id"])
    assert closed not in set(revision.after["school_id"])
    assert resolve(villebrune.tables["addresses"], revision.after, Level.ELEMENTARY).map(len).min() == 1
    assert all(
        closed in before and closed not in after
        for before, after in zip(revision.changes["before"], revision.changes["after"], strict=True)
    )


def test_the_toy_village_loses_the_end_of_its_street(toy: City) -> None:
    numbers = {"number_from": [1, 4], "suffix_from": "", "number_to": [3, 9999], "suffix_to": "", "parity": "PI"}
    street = {"level": "elementary", "street_id": "R1", "street_name": "rue Droite"}
    rows = pd.DataFrame({**street, **numbers, "school_id": ["w", "e"], "priority": 1})
    city = City(**{**vars(toy), "tables": {**toy.tables, "street_list": rows}})
    scenario = Scenario(name="C", city="toy", level=Level.ELEMENTARY, start_year=2027, moves={"C": ("w",)})
    revision = revise_list(city, scenario)
    told = revision.changes[["number_from", "number_to", "parity", "before", "after", "addresses", "children"]]
    assert list(told.itertuples(index=False, name=None)) == [(4, 6, "PI", ("e",), ("w",), 1, 10.0)]
    assert revision.moved.index.tolist() == ["aC"]


@pytest.mark.real
def test_the_list_of_montpellier_comes_back_in_little_more_than_half_its_rows(montpellier: City) -> None:
    level, addresses = Level.NURSERY, montpellier.layer("addresses")
    rows = montpellier.tables["street_list"]
    schools, _ = assign(addresses, rows, montpellier.layer("sectors"), level=level)
    short = shortest_list(addresses, schools, level, in_force=rows)
    assert resolve(addresses, short.rows, level).tolist() == schools.tolist()
    assert short.mixed.empty
    # The city writes 6,096 rows, shared sectors once.
    assert len(short.rows) == 3_448
    pd.testing.assert_frame_equal(shortened(short.rows, level), short.rows)


@pytest.mark.real
def test_a_random_map_of_montpellier_comes_back_address_by_address(montpellier: City) -> None:
    scenario = _random(montpellier, Level.NURSERY, 7, count=300)
    _check_round_trip(montpellier, scenario, revise_list(montpellier, scenario))


@pytest.mark.real
def test_the_sectors_of_montpellier_are_whole_and_their_pieces_apart_are_told(montpellier: City) -> None:
    units, plan = montpellier.layer("units"), montpellier.current[Level.NURSERY]
    sectors, pieces = draw_sectors(units, plan), enclaves(units, plan)
    assert sectors.is_valid.all()
    assert sectors.area.sum() == pytest.approx(montpellier.layer("commune").area.sum())
    assert (len(pieces), int((pieces["within"] != "").sum())) == (117, 55)
    assert pieces["units"].map(len).min() >= 1
    assert pieces["area_m2"].iloc[0] == pytest.approx(636_287, abs=1)
