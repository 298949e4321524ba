"""``cartable national``: streets of several files in, walks with their certificate out; cities side by side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from geo.cli.main import app
from geo.cli.opening import today
from geo.planning.evaluation import evaluate
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
RUN = CliRunner()
X, Y = 700_000.0, 6_600_000.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make one street of 8 km in two files, a school at each end, and three homes: two on it, one nowhere."""
    for name, first, last in (("west", 0, 3000), ("east", 3000, 8000)):
        line = shapely.LineString([(X + first, Y), (X + last, Y)])
        gpd.GeoDataFrame({"id": [name]}, geometry=[line], crs="EPSG:2154").to_file(tmp_path / f"{name}.gpkg")
    (tmp_path / "schools.csv").write_text(f"uai,x,y\n01,{X},{Y}\n02,{X + 8000},{Y}\n", encoding="utf-8")
    homes = f"address_id,x,y\na,{X + 2500},{Y + 4}\nb,{X + 5000},{Y}\nc,{X},{Y + 9000}\n"
    (tmp_path / "homes.csv").write_text(homes, encoding="utf-8")
    return tmp_path


def _walks(folder: Path, *options: str, files: tuple[str, ...] = ("west.gpkg", "east.gpkg")) -> list[str]:
    paths = [str(folder / file) for file in files]
    return ["national", "walks", *paths, "--schools", str(folder / "schools.csv"), *options]


def test_homes_get_the_nearest_school_over_both_files(folder: Path) -> None:
    out = folder / "walks.csv"
    done = RUN.invoke(app, _walks(folder, "--homes", str(folder / "homes.csv"), "--out", str(out), "--json"))
    assert done.exit_code == 0, done.stderr
    table = pd.read_csv(out, dtype={"school_id": str}).set_index("address_id")
    assert table["school_id"].fillna("").to_dict() == {"a": "01", "b": "02", "c": ""}
    assert table["walk_m"].tolist()[:2] == [2504.0, 3000.0]
    assert table["certified"].all()
    told = json.loads(done.stdout)
    assert (told["places"], told["certified"], told["without_way"], told["files"]) == (3, 3, 1, 2)
    assert told["length_m"] == 8000.0
    assert told["passes"][-1]["certified"] == 2


def test_without_homes_each_node_is_answered_once_and_a_person_reads_how_it_went(folder: Path) -> None:
    out = folder / "walks.gpkg"
    done = RUN.invoke(app, _walks(folder, "--out", str(out), "--lang", "en", "--halo", "1500"))
    assert done.exit_code == 0, done.stderr
    assert gpd.read_file(out).set_index("school_id")["walk_m"].groupby(level=0).max().to_dict() == {"01": 3000, "02": 0}
    assert "Nearest school of 3 crossings" in done.stdout
    assert "Halo of 1.5\u00a0km, 2 tiles: 100% of the places certified" in done.stdout


def test_a_file_that_cannot_be_read_ends_it_in_words(folder: Path) -> None:
    out = folder / "walks.csv"
    done = RUN.invoke(app, _walks(folder, "--out", str(out), files=("west.gpkg", "nowhere.gpkg")))
    assert done.exit_code == 2
    assert "nowhere.gpkg : fichier absent" in done.stdout
    assert "sans lui aucun trajet ne serait exact" in done.stdout
    assert not out.exists()


def test_other_machines_need_a_folder_that_they_see(folder: Path) -> None:
    done = RUN.invoke(app, _walks(folder, "--out", str(folder / "w.csv"), "--scheduler", "tcp://127.0.0.1:9"))
    assert done.exit_code == 2
    assert "--work" in done.stderr


def test_cities_stand_side_by_side_with_the_figures_of_each_alone(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["national", "cities", str(ROOT / "data"), "--out", str(tmp_path / "c.csv"), "--json"])
    assert done.exit_code == 0, done.stderr
    city = open_city(ROOT / "data", "villebrune")
    told = json.loads(done.stdout)
    assert [row["level"] for row in told["cities"]] == [str(level) for level in city.current]
    for row, level in zip(told["cities"], city.current, strict=True):
        totals = evaluate(city, today(city, level, "fr")).totals
        assert {name: row[name] for name in totals} == dict(totals)
    assert len(pd.read_csv(tmp_path / "c.csv")) == len(told["cities"])


def test_a_city_that_cannot_be_opened_is_named_and_the_others_are_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / "schools" / "villebrune" / "schools.csv").unlink()
    done = RUN.invoke(app, ["national", "cities", str(tmp_path / "data"), "--lang", "en"])
    assert done.exit_code == 1
    assert "schools.csv" in done.stdout


def test_the_help_has_an_example() -> None:
    for name in ("walks", "cities"):
        done = RUN.invoke(app, ["national", name, "--help"])
        assert f"cartable national {name}" in done.stdout.replace("\n", " ")
