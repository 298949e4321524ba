"""Files that leave the house: complete, readable elsewhere, all of them or none."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo.council.exports import scenario_geopackage, school_csv, write_exports
from geo.council.figures import school_figures
from geo.council.writing import replacing
from geo.errors import ExportError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.scenario import Scenario

Case = tuple[City, Evaluation, Evaluation]
ALL = ["scenario.json", "scenario.gpkg", "schools.csv", "map.pdf", "map.png", "map.html", "map-before.pdf"]


def test_all_files_are_written_and_nothing_else(village: Case, tmp_path: Path) -> None:
    files = write_exports(tmp_path / "a" / "out", *village, lang="fr")
    assert [file.name for file in files] == ALL
    assert sorted(path.name for path in (tmp_path / "a" / "out").iterdir()) == sorted(ALL)
    assert all(file.stat().st_size > 100 for file in files)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]


def test_the_map_in_force_is_written_once(village: Case, tmp_path: Path) -> None:
    city, today, _ = village
    assert "map-before.pdf" not in [file.name for file in write_exports(tmp_path, city, today, today, lang="en")]


def test_the_scenario_that_was_written_gives_the_same_figures(village: Case, tmp_path: Path) -> None:
    city, _, proposed = village
    write_exports(tmp_path, *village, lang="fr")
    read = Scenario.read(tmp_path / "scenario.json")
    assert read == proposed.scenario
    assert read.plan(city.current[read.level]).key == proposed.plan.key


def test_other_files_in_the_folder_are_left_alone(village: Case, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "schools.csv").write_text("old")
    write_exports(tmp_path, *village, lang="fr")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "schools.csv").read_text() != "old"


@pytest.mark.parametrize("broken", ["web_map", "draw_map", "school_csv"])
def test_a_failure_leaves_nothing_half_written(
    village: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, broken: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "map.pdf").write_text("old")
    monkeypatch.setattr(f"geo.council.exports.{broken}", fail)
    for folder in ("fresh", "kept"):
        with pytest.raises(ExportError, match=f"{folder}: expected a folder that can be written.*No space left"):
            write_exports(tmp_path / folder, *village, lang="fr")
    assert not (tmp_path / "fresh").exists()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["map.pdf"]
    assert (tmp_path / "kept" / "map.pdf").read_text() == "old"


def test_a_file_in_the_place_of_the_folder_is_named(village: Case, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ExportError, match="out: expected a folder"):
        write_exports(tmp_path / "out", *village, lang="fr")
    assert (tmp_path / "out").read_text() == "a file"


def test_the_geopackage_has_its_layers_in_the_projection_of_the_city(village: Case, tmp_path: Path) -> None:
    city, today, proposed = village
    path = tmp_path / "scenario.gpkg"
    scenario_geopackage(city, today, proposed, path=path)
    layers = dict(pyogrio.list_layers(path))
    assert list(layers) == ["schools", "units", "sectors_before", "sectors_after", "sources"]
    assert layers["sources"] is None
    for name in ("schools", "units", "sectors_before", "sectors_after"):
        assert gpd.read_file(path, layer=name).crs == city.crs


def test_the_geopackage_tells_what_moves(village: Case, tmp_path: Path) -> None:
    scenario_geopackage(*village, path=tmp_path / "s.gpkg")
    units = gpd.read_file(tmp_path / "s.gpkg", layer="units").set_index("unit_id")
    assert units["moved"].to_dict() == {"A": False, "B": True, "C": False, "D": False}
    assert units.loc["B", ["schools_before", "schools_after"]].tolist() == ["w", "e"]
    schools = gpd.read_file(tmp_path / "s.gpkg", layer="schools").set_index("school_id")
    assert schools["pupils_before"].to_dict() == {"e": 20, "w": 20}
    assert schools["pupils_after"].to_dict() == {"e": 30, "w": 10}
    before, after = (gpd.read_file(tmp_path / "s.gpkg", layer=f"sectors_{when}") for when in ("before", "after"))
    assert before.set_index("sector_id").area.to_dict() == {"e": 20_000.0, "w": 20_000.0}
    assert after.set_index("sector_id").area.to_dict() == {"e": 30_000.0, "w": 10_000.0}


def test_sectors_of_the_geopackage_cover_the_units_once(town: Callable[..., Case], tmp_path: Path) -> None:
    case = town(9)
    scenario_geopackage(*case, path=tmp_path / "s.gpkg")
    for when in ("before", "after"):
        sectors = gpd.read_file(tmp_path / "s.gpkg", layer=f"sectors_{when}")
        assert sectors.area.sum() == pytest.approx(case[0].layer("units").area.sum())
        assert sectors["pupils"].sum() == pytest.approx(case[1].totals["pupils"], abs=1)


def test_the_csv_carries_the_figures_with_points_and_accents(village: Case, tmp_path: Path) -> None:
    school_csv(*village, path=tmp_path / "schools.csv")
    raw = (tmp_path / "schools.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfschool_id,number,school,")
    read = pd.read_csv(io.BytesIO(raw), index_col="school_id")
    assert read["school"].tolist() == ["École de l'Est", "École de l'Ouest"]
    assert read["number"].tolist() == [1, 2]
    figures = school_figures(*village)
    for column in ("pupils_before", "pupils_after", "capacity_pupils", "occupancy_share_after"):
        assert read[column].tolist() == pytest.approx(figures[column].astype(float).tolist(), abs=1e-4)


def test_pupils_of_the_csv_add_up(town: Callable[..., Case], tmp_path: Path) -> None:
    case = town(30)
    school_csv(*case, path=tmp_path / "schools.csv")
    read = pd.read_csv(tmp_path / "schools.csv")
    assert read["pupils_before"].sum() == read["pupils_after"].sum() == round(case[1].totals["pupils"])
    assert read["occupancy_share_before"].isna().sum() == 1


def test_a_folder_that_is_not_there_is_named(village: Case, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"schools\.csv: expected a file that can be written"):
        school_csv(*village, path=tmp_path / "no" / "schools.csv")
    with pytest.raises(ExportError, match=r"s\.gpkg: expected a file that can be written"):
        scenario_geopackage(*village, path=tmp_path / "no" / "s.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as draft:
            draft.write_text("half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_half()
    assert path.read_text() == "old"
    with replacing(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
