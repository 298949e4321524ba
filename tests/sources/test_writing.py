"""A city folder is written whole or not at all, and never over something else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geo.errors import SourceError
from geo.sources.catalogue import read_catalogue
from geo.sources.checks import check_city
from geo.sources.cities import open_city
from geo.sources.writing import write_city


def _written(clean: Path, out: Path) -> Path:
    report = check_city(clean, "hameau")
    write_city(out, "hameau", report.entry, tables=report.tables)
    return out


def test_what_is_written_opens_as_the_same_city(clean_hamlet: Path, tmp_path: Path) -> None:
    out = _written(clean_hamlet, tmp_path / "out")
    assert read_catalogue(out) == read_catalogue(clean_hamlet)
    assert open_city(out, "hameau").key == open_city(clean_hamlet, "hameau").key
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_older_folder_of_the_city_is_replaced(clean_hamlet: Path, tmp_path: Path) -> None:
    out = _written(clean_hamlet, tmp_path / "out")
    (out / "schools/hameau/old.csv").write_text("left over", encoding="utf-8")
    _written(clean_hamlet, out)
    assert not (out / "schools/hameau/old.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_another_kind_is_left_alone(clean_hamlet: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(SourceError, match="a folder or file of another kind"):
        _written(clean_hamlet, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_folder_with_another_city_is_left_alone(clean_hamlet: Path, tmp_path: Path) -> None:
    shutil.copy(clean_hamlet / "cities.toml", tmp_path)
    toml = tmp_path / "cities.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("hameau", "bourg"), encoding="utf-8")
    with pytest.raises(SourceError, match="a data folder with bourg"):
        _written(clean_hamlet, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cities.toml"]


def test_a_place_that_does_not_exist_is_named(clean_hamlet: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no folder .*nowhere"):
        _written(clean_hamlet, tmp_path / "nowhere" / "out")


def test_a_failure_on_the_way_leaves_the_old_folder_and_nothing_else(clean_hamlet: Path, tmp_path: Path) -> None:
    out = _written(clean_hamlet, tmp_path / "out")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    report = check_city(clean_hamlet, "hameau")
    broken = {**report.tables, "children": report.tables["children"].drop(columns="children")}
    with pytest.raises(KeyError, match="children"):
        write_city(out, "hameau", report.entry, tables=broken)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
