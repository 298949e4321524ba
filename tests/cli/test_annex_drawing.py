"""``cartable annex draw``: sectors of any list and address file, in the form that a city folder takes."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
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


# Two houses 100 m apart, of X and Y: the limit drawn lies 100 m east of the commune's west end, in its middle.
_WEST_M, _SOUTH_M = 700_000, 6_600_000


def _village(folder: Path, *, limit_m: float) -> list[object]:
    """Write a village whose official limit lies so far east of its west end; give what draws it."""
    (folder / "list.csv").write_text("voie;numero;ecole\nrue A;1;X\nrue A;3;Y\n", encoding="utf-8")
    homes = "".join(f"{number};rue A;{_WEST_M + x};{_SOUTH_M + 50}\n" for number, x in ((1, 50), (3, 150)))
    (folder / "homes.csv").write_text("numero;voie;x;y\n" + homes, encoding="utf-8")
    parts = {"X": (0, limit_m), "Y": (limit_m, 200), "": (0, 200)}
    for name, schools in (("official.gpkg", ["X", "Y"]), ("commune.gpkg", [""])):
        shapes = [box(_WEST_M + parts[one][0], _SOUTH_M, _WEST_M + parts[one][1], _SOUTH_M + 100) for one in schools]
        gpd.GeoDataFrame({"ecole": schools}, geometry=shapes, crs="EPSG:2154").to_file(folder / name)
    return [
        folder / "list.csv", "--addresses", folder / "homes.csv", "--commune", folder / "commune.gpkg",
        "--against", folder / "official.gpkg", "--out", folder / "out.gpkg",
    ]  # fmt: skip


@pytest.mark.parametrize(("limit_m", "inside_m2", "agreeing"), [(100, 10_000, 1), (120, 8_000, 1), (160, 4_000, 0)])
def test_sectors_beside_official_ones_tell_the_ground_and_the_addresses_that_agree(
    tmp_path: Path, limit_m: float, *, inside_m2: float, agreeing: int
) -> None:
    result = _draw(*_village(tmp_path, limit_m=limit_m), "--json")
    assert result.exit_code == 0, result.output
    (level,) = json.loads(result.stdout)["levels"]
    west = {"school_id": "X", "area_m2": 10_000, "inside_m2": 10_000, "addresses": 1, "agreeing": 1}
    east = {"school_id": "Y", "area_m2": 10_000, "inside_m2": inside_m2, "addresses": 1, "agreeing": agreeing}
    assert level["against"] == [west, east]


def test_sectors_beside_official_ones_are_told_in_words_with_all_of_them_last(tmp_path: Path) -> None:
    lines = _draw(*_village(tmp_path, limit_m=160), "--lang", "en").stdout.splitlines()
    assert [line.split() for line in lines if line.startswith(("X ", "Y ", "all "))] == [
        ["X", "│", "100.0%", "│", "1", "│", "100.0%"],
        ["Y", "│", "40.0%", "│", "1", "│", "0.0%"],
        ["all", "│", "70.0%", "│", "2", "│", "50.0%"],
    ]


def test_official_sectors_that_hold_no_address_are_said_to_compare_nothing(tmp_path: Path) -> None:
    asked = _village(tmp_path, limit_m=100)
    official = gpd.read_file(tmp_path / "official.gpkg")
    official.set_geometry(official.translate(50_000)).to_file(tmp_path / "official.gpkg")
    result = _draw(*asked, "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "nothing was compared" in " ".join((result.stdout + result.stderr).split())
