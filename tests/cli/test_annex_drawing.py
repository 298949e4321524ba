"""``cartable annex draw``: sectors of any list and address file, in the form that a city folder takes."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from typer.testing import CliRunner, Result

from geo.cli.main import app

ROOT = Path(__file__).parents[2]
LIST = ROOT / "data/schools/villebrune/street_list.csv"
HOMES = ROOT / "data/streets/villebrune/addresses.csv"
STREETS = ROOT / "data/streets/villebrune/streets.gpkg"
COMMUNE = ROOT / "data/boundaries/villebrune/commune.gpkg"


def _draw(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["annex", "draw", *(str(argument) for argument in arguments)])


def test_villebrune_is_parted_with_each_address_in_the_sector_of_its_schools(tmp_path: Path) -> None:
    out = tmp_path / "les secteurs.gpkg"
    result = _draw(
        LIST, "--addresses", HOMES, "--streets", STREETS, "--commune", COMMUNE, "--level", "elementary",
        "--out", out, "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    (level,) = json.loads(result.stdout)["levels"]
    assert level["addresses_in_own_sector"] == level["addresses_with_school"] == 9302
    commune = gpd.read_file(COMMUNE).geometry.union_all()
    assert level["area_m2"] == pytest.approx(commune.area, rel=1e-6)
    drawn = gpd.read_file(out)
    assert list(drawn.columns) == ["level", "sector_id", "school_id", "name", "addresses", "geometry"]
    assert drawn.crs == gpd.read_file(COMMUNE).crs
    shared = drawn[drawn["sector_id"].str.contains("+", regex=False)]
    assert sorted(shared["school_id"]) == ["0000202V", "0000203W"]
    assert "autre" not in result.stderr


@pytest.mark.parametrize(
    ("homes", "out", "words"),
    [
        ("numero;voie\n1;rue A\n", "x.gpkg", "coordinates"),
        ("numero;voie;lon;lat\n1;rue B;3;46\n", "x.gpkg", "expected addresses with a school"),
        ("numero;voie;lon;lat\n1;rue A;3;46\n", "x.pdf", "ends with .gpkg"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_nothing_is_written(
    tmp_path: Path, homes: str, *, out: str, words: str
) -> None:
    (tmp_path / "list.csv").write_text("voie;ecole\nrue A;X\n", encoding="utf-8")
    (tmp_path / "homes.csv").write_text(homes, encoding="utf-8")
    result = _draw(tmp_path / "list.csv", "--addresses", tmp_path / "homes.csv", "--out", tmp_path / out)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert not (tmp_path / out).exists()
