"""Who moves when, as people read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.council.figures import by_name
from geo.council.moving import moving_sentence, moving_table, year_table
from geo.council.words import LANGS, Lang, number
from geo.model.city import City
from geo.model.measures import Phasing
from geo.model.scenario import Scenario
from geo.model.transition import Transition
from geo.planning.applying import schools_under
from geo.planning.transition import school_years, transition

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture(scope="module")
def told(city: City) -> Transition:
    scenario = Scenario.read(ROOT / "data" / "scenarios" / "villebrune-example.json")
    return transition(city, scenario.changed({"phasing": Phasing.NEW_ENTRANTS}), horizon_years=6)


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_and_the_table_say_the_same_first_year(told: Transition, lang: Lang) -> None:
    first = told.years.loc[told.start_year]
    sentence, table = moving_sentence(told, lang), moving_table(told, lang)
    for place, name in enumerate(("moved_pupils", "changing_pupils", "kept_pupils"), start=1):
        figure = number(first[name], lang)
        assert figure in sentence
        assert table.iloc[0, place] == figure
    assert len(table) == 6


def test_a_scenario_without_moves_says_that_nobody_changes_school(city: City) -> None:
    scenario = Scenario(name="x", city="villebrune", level="elementary", start_year=2027)
    assert "aucun élève" in moving_sentence(transition(city, scenario, horizon_years=3), "fr")


def test_the_schools_of_a_year_stand_in_the_order_of_their_names(city: City, told: Transition) -> None:
    years, names = school_years(city, told), schools_under(city, told.scenario)["name"]
    table = year_table(years, names, year=2030, lang="en")
    rows = years.xs(2030, level="year")
    assert table["School"].tolist() == [names[school] for school in by_name(names, rows.index)]
    full = table.set_index("School").loc[names["0000205Y"]]
    assert full["Pupils without the proposal"] == number(rows.loc["0000205Y", "pupils_before"], "en")
    assert full["Places"] == "364"


def test_a_closed_school_has_nobody_and_an_opened_one_no_past(city: City) -> None:
    place = city.layer("units").geometry.iloc[0].representative_point()
    new = {"school_id": "N", "name": "École Nouvelle", "x": place.x, "y": place.y, "rooms": 6}
    scenario = Scenario.model_validate(
        {
            "name": "x",
            "city": "villebrune",
            "level": "elementary",
            "start_year": 2028,
            "closures": ["0000201U"],
            "openings": [new],
        }
    )
    told = transition(city, scenario, horizon_years=4)
    years, names = school_years(city, told), schools_under(city, scenario)["name"]
    table = year_table(years, names, year=2029, lang="fr").set_index("École")
    assert table.loc[names["0000201U"], "Élèves avec le projet"] == "0"
    assert table.loc["École Nouvelle", "Élèves sans le projet"] == number(float("nan"), "fr")
    assert table.loc["École Nouvelle", "Élèves avec le projet"] == table.loc["École Nouvelle", "Arrivées"] != "0"
    assert table.loc["École Nouvelle", "Places"] == "150"
    assert "École Nouvelle" not in year_table(years, names, year=2027, lang="fr")["École"].tolist()
