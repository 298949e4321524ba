"""The store of scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import StoreError
from geo.model.scenario import Scenario
from geo.store import load, open_store, save, saved_scenarios


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_store(tmp_path / "deep" / "scenarios.sqlite")
    yield engine
    engine.dispose()


def _scenario(name: str = "n", city: str = "toy") -> Scenario:
    return Scenario.model_validate({"name": name, "city": city, "level": "nursery", "start_year": 2027})


def test_a_scenario_comes_back_as_it_was(store: sa.Engine) -> None:
    kept = save(store, _scenario())
    assert load(store, kept.id) == kept


def test_each_version_of_a_named_scenario_remains(store: sa.Engine) -> None:
    first = save(store, _scenario("one"))
    second = save(store, _scenario("two"), kept=first)
    assert (second.id, second.version) == (first.id, 2)
    assert load(store, first.id, version=1).scenario.name == "one"
    assert load(store, first.id).scenario.name == "two"


def test_a_draft_is_not_listed_and_keeps_only_its_last_version(store: sa.Engine) -> None:
    draft = save(store, _scenario("draft"), draft=True)
    later = save(store, _scenario("draft"), kept=draft, draft=True)
    assert saved_scenarios(store, "toy") == []
    assert load(store, draft.id) == later
    with pytest.raises(StoreError, match="no scenario"):
        load(store, draft.id, version=1)
    named = save(store, _scenario("named"), kept=later)
    assert saved_scenarios(store, "toy") == [named]


def test_only_the_scenarios_of_the_city_are_listed(store: sa.Engine) -> None:
    save(store, _scenario(city="other"))
    assert saved_scenarios(store, "toy") == []


def test_a_change_by_someone_else_is_not_overwritten(store: sa.Engine) -> None:
    first = save(store, _scenario())
    save(store, _scenario("theirs"), kept=first)
    with pytest.raises(StoreError, match="was changed by someone else"):
        save(store, _scenario("mine"), kept=first)
    assert load(store, first.id).scenario.name == "theirs"


def test_an_unknown_scenario_is_said_in_words(store: sa.Engine) -> None:
    with pytest.raises(StoreError, match="no scenario 'zz' is kept here"):
        load(store, "zz")


def test_a_store_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(StoreError, match="expected a database that can be written"):
        open_store(tmp_path / "file" / "scenarios.sqlite")


def test_a_store_that_breaks_while_in_use_is_said_in_words(store: sa.Engine) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE scenarios")
    with pytest.raises(StoreError, match="could not be read"):
        saved_scenarios(store, "toy")
    with pytest.raises(StoreError, match="could not be read"):
        load(store, "x")


def test_many_people_can_save_at_once(store: sa.Engine) -> None:
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda k: save(store, _scenario(f"s{k}")), range(40)))
    assert len(saved_scenarios(store, "toy")) == 40
