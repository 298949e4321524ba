"""Housing programmes as a table: those of the city and those of the scenario."""

from __future__ import annotations

import pytest

from geo.council.dwellings import dwelling_table
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.measures import Dwellings
from geo.model.projection import ProjectionChoices
from geo.model.scenario import Scenario


def asked(*dwellings: Dwellings, **more: object) -> Scenario:
    told = {"name": "x", "city": "toy", "level": Level.ELEMENTARY, "start_year": 2027, "dwellings": dwellings}
    return Scenario.model_validate({**told, **more})


def test_an_added_programme_is_listed_with_its_school_and_its_pupils(toy: City) -> None:
    # 100 dwellings x 0.30 pupils, of the usual kind.
    table = dwelling_table(
        toy, asked(Dwellings(programme_id="N1", unit_id="B", delivery_year=2028, dwellings=100)), "fr"
    )
    (row,) = table.to_dict("records")
    assert row["Programme"] == "N1"
    assert row["Tronçon de rue"] == "rue Droite, n° 3"
    assert row["École"] == "École de l'Ouest"
    assert [row[name] for name in ("Livraison", "Logements", "Élèves", "Origine")] == [
        "2028",
        "100",
        "30",
        "ajouté ici",
    ]
    assert row["Part sociale"] == row["Pièces"] == "non connu"


def test_the_school_is_that_of_the_proposal_and_pupils_follow_the_yield(toy: City) -> None:
    built = Dwellings(programme_id="N1", unit_id="B", delivery_year=2028, dwellings=100)
    scenario = asked(built, moves={"B": ("e",)}, projection=ProjectionChoices(housing_yield=0.5))
    (row,) = dwelling_table(toy, scenario, "en").to_dict("records")
    assert (row["School"], row["Pupils"], row["Origin"]) == ("École de l'Est", "50", "added here")


def test_a_city_without_programmes_has_an_empty_table_and_a_strange_unit_is_refused(toy: City) -> None:
    assert dwelling_table(toy, asked(), "fr").empty
    with pytest.raises(ScenarioError, match="dwellings in units of the city"):
        dwelling_table(toy, asked(Dwellings(programme_id="N1", unit_id="Z", delivery_year=2028, dwellings=1)), "fr")
