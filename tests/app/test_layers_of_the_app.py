"""What the map is sent: outlines without a figure, and what a scenario paints on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import shapely

from geo.council.figures import school_figures
from geo.council.words import LANGS
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.territory.sectors import draw_sectors

Import = Callable[[str], ModuleType]


@pytest.fixture
def layers(app_module: Import) -> ModuleType:
    return app_module("views.layers")


def published(layers: ModuleType, folder: Path, city: City) -> dict[str, list[dict[str, object]]]:
    """Publish the layers of the elementary schools and read them back as a browser would."""
    sectors = draw_sectors(city.layer("units"), city.current[Level.ELEMENTARY])
    addresses = layers.publish_layers(folder, city, sectors, level="elementary")
    return {
        name: json.loads((folder / address.removeprefix("app/static/")).read_text(encoding="utf-8"))["features"]
        for name, address in addresses.items()
    }


def test_the_layers_hold_outlines_ids_and_names_and_no_figure(layers: ModuleType, city: City, tmp_path: Path) -> None:
    # Law A9 of docs/app.md.
    for name, features in published(layers, tmp_path, city).items():
        told = {key for feature in features for key in feature["properties"]}  # type: ignore[attr-defined]
        assert told == ({"id", "label", "school"} if name == "units" else set()), name


def test_the_layers_that_a_city_lacks_are_left_out(layers: ModuleType, toy: City, tmp_path: Path) -> None:
    assert set(published(layers, tmp_path, toy)) == {"units", "sectors_base", "streets"}


def test_each_unit_has_the_school_of_the_map_in_force(layers: ModuleType, toy: City, tmp_path: Path) -> None:
    units = published(layers, tmp_path, toy)["units"]
    schools = {unit["properties"]["id"]: unit["properties"]["school"] for unit in units}  # type: ignore[index]
    assert schools == {"A": "w", "B": "w", "C": "e", "D": "e"}


def test_neighbouring_units_still_meet_after_rounding(layers: ModuleType, city: City, tmp_path: Path) -> None:
    units = published(layers, tmp_path, city)["units"]
    shapes = [shapely.geometry.shape(unit["geometry"]) for unit in units]
    whole = shapely.unary_union(shapes).area
    assert sum(shape.area for shape in shapes) == pytest.approx(whole, rel=1e-6)


def test_the_map_is_told_what_a_scenario_moves(layers: ModuleType, toy: City) -> None:
    asked = Scenario(
        name="x", city="toy", level=Level.ELEMENTARY, start_year=2027, moves={"B": ("e",), "C": ("w", "e")}
    )
    today, proposed = evaluate(toy, asked.without_changes()), evaluate(toy, asked)
    figures = school_figures(toy, today, proposed)
    paint = layers.painted(toy, proposed, figures, fills={"w": "#112233", "e": "#445566"}, lang="fr")
    assert paint.moves == {"B": "e", "C": "w"}
    assert paint.shared == ["C"]
    west = next(school for school in paint.schools if school.id == "w")
    # A (10 children) and half of C (5) for one room of 25.
    assert west.fill == "#112233"
    assert west.text.startswith("20 élèves aujourd’hui, 15 avec le projet")
    assert west.label.endswith("60\u00a0%")
    assert west.pattern == ""


def test_an_overfull_school_is_hatched(layers: ModuleType, toy: City) -> None:
    asked = Scenario(name="x", city="toy", level=Level.ELEMENTARY, start_year=2027, moves={"C": ("w",)})
    today, proposed = evaluate(toy, asked.without_changes()), evaluate(toy, asked)
    paint = layers.painted(toy, proposed, school_figures(toy, today, proposed), fills={}, lang="en")
    assert {school.id: school.pattern for school in paint.schools} == {"w": "diagonal", "e": ""}


def test_few_schools_have_a_colour_each_and_many_differ_from_their_neighbours(layers: ModuleType, city: City) -> None:
    plan = city.current[Level.ELEMENTARY]
    sectors = draw_sectors(city.layer("units"), plan)
    schools = [str(school) for school in city.schools_of(Level.ELEMENTARY).index]
    assert len(set(layers.school_fills(schools, sectors).values())) == len(schools) <= 8
    many = [*schools, *(f"more{place}" for place in range(9))]
    assert set(layers.school_fills(many, sectors)) == {one for group in sectors["schools"] for one in group}


def test_the_map_has_all_its_words_in_both_languages(layers: ModuleType, app_module: Import) -> None:
    keys = set(app_module("components.school_map").TEXT_KEYS)
    for lang in LANGS:
        texts = layers.map_texts(lang, "INSEE")
        assert keys <= set(texts)
        assert texts["attribution"] == "INSEE"
        assert texts["lang"] == lang
        assert "{n}" in texts["selected_many"]
        assert "{school}" in texts["moved"]


def test_units_and_streets_are_listed_as_people_look_for_them(app_module: Import, toy: City, city: City) -> None:
    names = app_module("views.names")
    assert list(names.unit_names(toy)) == list("ABCD")
    assert names.streets_of_units(toy) == {"rue Droite": frozenset("ABCD")}
    assert names.school_names(toy.tables["schools"]["name"], ("w", "e")) == "École de l'Ouest / École de l'Est"
    labels = list(names.unit_names(city).values())
    assert len(labels) == len(city.tables["units"])
    first = next(label for label in labels if "n° 1 à" in label)
    later = [label for label in labels if label.split("n°")[0] == first.split("n°")[0]]
    numbers = [int(label.split("n° ")[1].split()[0]) for label in later]
    assert numbers == sorted(numbers)
