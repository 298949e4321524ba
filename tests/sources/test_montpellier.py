"""A real city through the same door, and what its preparation refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geo.errors import SourceError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.sources.births import read_births
from geo.sources.cities import open_city
from geo.sources.montpellier import CODE, INSEE, STEPS, prepare
from geo.sources.montpellier_files import find_files
from geo.territory.sectors import draw_sectors


def _quietly(step: str) -> None:
    """Let a step pass."""
    del step


Prepared = tuple[Path, dict[str, Any], list[str]]


@pytest.fixture(scope="module")
def prepared(montpellier_prepared: tuple[Path, dict[str, Any]]) -> Prepared:
    """Give the folder, the summary and the steps of the preparation of Montpellier."""
    out, told = montpellier_prepared
    return out, told["summary"], told["steps"]


@pytest.fixture(scope="module")
def montpellier(prepared: Prepared) -> City:
    """Give Montpellier, opened."""
    return open_city(prepared[0], CODE)


@pytest.mark.real
def test_everything_that_the_files_hold_is_there(montpellier: City, prepared: Prepared) -> None:
    _, summary, steps = prepared
    counts = {name: len(montpellier.tables[name]) for name in ("schools", "rooms", "addresses", "streets", "iris")}
    assert counts == {"schools": 61, "rooms": 61, "addresses": 36_395, "streets": 8_011, "iris": 88}
    assert montpellier.tables["sectors"].reset_index()["sector_id"].nunique() == 59
    assert summary["levels"]["nursery"]["list_rows"] == 6_096
    assert steps == list(STEPS)
    json.dumps(summary)


@pytest.mark.real
def test_the_59_sectors_are_drawn_from_the_units(montpellier: City) -> None:
    plan = montpellier.current[Level.NURSERY]
    drawn = draw_sectors(montpellier.layer("units"), plan)
    assert len(drawn) == 59
    assert drawn.area.sum() == pytest.approx(montpellier.layer("commune").area.sum())
    assert set(plan.schools_of) == set(montpellier.tables["units"].index)
    names = montpellier.tables["schools"]["name"].to_dict()
    shared = [{names[school].split()[-1] for school in schools} for schools in drawn["schools"] if len(schools) > 1]
    assert shared == [{"WOOLF", "GOGH", "JOYCE"}]


@pytest.mark.real
def test_no_birth_is_lost_on_the_way_to_the_units(montpellier: City, prepared: Prepared, real_data: Path) -> None:
    births = read_births(find_files(real_data / "montpellier").births, INSEE).table.sum()
    summary = prepared[1]
    children = montpellier.tables["children"].groupby(["year", "age"])["children"].sum()
    for year, known in births.items():
        total = known + summary["births_estimated"][str(year)]
        assert children[2012, 2012 - year] == pytest.approx(total, abs=2e-3)
    assert summary["births_estimated"]["2009"] == 0
    assert summary["iris_without_births"] == {"2005": 12, "2006": 12, "2007": 12, "2008": 12, "2009": 0}


@pytest.mark.real
def test_every_match_that_is_not_equal_is_told(prepared: Prepared) -> None:
    told = {match["name"]: match["how"] for match in prepared[1]["levels"]["nursery"]["matches"]}
    assert told == {
        "Prevert": "part",
        "Picasso": "part",
        "Pape Carpentier": "part",
        "De Gaulle Anthonioz": "part",
        "Sergei Prokofiev": "short",
        "Maria Callas": "short",
        "Ecole Maternelle Anne FRANK": "short",
        "Franck/Dickens": "spelling",
        "François Mitterrand": "spelling",
        "Woolf - Van Gogh - Joyce": "parts",
    }


@pytest.mark.real
def test_what_the_files_lack_is_said(montpellier: City) -> None:
    notes = {note.code: dict(note.values) for note in montpellier.notes if note.code != "table-missing"}
    assert notes["dwellings-unknown"] == {"count": 36_395, "total": 36_395}
    assert notes["assigned-by-polygon"]["count"] == 546
    assert set(notes) == {"dwellings-unknown", "assigned-by-polygon", "streets-dropped", "addresses-far"}
    said = " ".join(source.note for source in montpellier.sources)
    for word in ("NBENFMAX", "IRIS créés en 2009", "341720108 et 341720109", "94,5 %"):
        assert word in said


@pytest.mark.real
def test_montpellier_evaluates_and_keeps_its_pupils(montpellier: City) -> None:
    scenario = Scenario(name="today", city=CODE, level=Level.NURSERY, start_year=2013)
    today = evaluate(montpellier, scenario)
    assert today.totals["pupils"] == pytest.approx(today.schools["pupils"].sum(), abs=1e-6)
    assert today.totals["unassigned_children"] == 0
    assert len(today.schools) == 61
    assert 300 < today.totals["walk_median_m"] < 900
    unit = next(unit for unit, schools in montpellier.current[Level.NURSERY].schools_of.items() if len(schools) == 1)
    target = next(school for school in today.schools.index if school not in today.plan.schools_of[unit])
    moved = evaluate(montpellier, scenario.model_copy(update={"moves": {unit: (target,)}}))
    assert moved.totals["pupils"] == pytest.approx(today.totals["pupils"], abs=1e-6)


@pytest.mark.real
def test_without_a_map_of_iris_the_city_opens_too(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "alone" / "files"
    folder.mkdir(parents=True)
    for path in (real_data / "montpellier").rglob("*"):
        if path.is_file():
            (folder / path.name).symlink_to(path)
    summary = prepare(folder, tmp_path / "out", progress=_quietly)
    city = open_city(tmp_path / "out", CODE)
    assert summary["iris_pooled"] == []
    assert len(city.tables["iris"]) == 0
    assert city.tables["children"]["children"].sum() == pytest.approx(summary["children"], abs=1e-6)
    assert any("faute de carte des IRIS" in source.note for source in city.sources)


def test_missing_files_are_all_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        prepare(tmp_path, tmp_path / "out", progress=_quietly)
    for word in ("filaire_voies", "points_adresse", "Naissances", "secteurs_maternelles", "effectifs"):
        assert word in str(refused.value)
    assert not (tmp_path / "out").exists()
