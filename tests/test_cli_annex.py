"""``cartable annex audit``: the same figures in words and as JSON; its status says whether a council can vote."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
from typer.testing import CliRunner, Result

from geo.cli.main import app

ROOT = Path(__file__).parents[1]
LIST = ROOT / "data/schools/villebrune/street_list.csv"
HOMES = ROOT / "data/streets/villebrune/addresses.csv"
KEYS = {
    "addresses",
    "resolved_once",
    "resolved_several",
    "unresolved",
    "compared_with_polygons",
    "outside_polygons",
    "disagree_with_polygons",
    "contradictions",
    "holes",
    "shared_sectors",
    "rows_read",
    "rows_refused",
}


def _audit(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["annex", "audit", *(str(argument) for argument in arguments)])


def test_a_clean_list_ends_with_status_0_and_its_counts() -> None:
    result = _audit(LIST, "--addresses", HOMES, "--level", "elementary", "--json")
    figures = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(figures) >= KEYS
    assert (figures["addresses"], figures["resolved_once"], figures["resolved_several"]) == (9302, 9246, 56)
    assert (figures["unresolved"], figures["contradictions"], figures["holes"]) == (0, 0, 0)
    assert figures["disagree_with_polygons"] is None
    assert figures["shared_sectors"] == 1
    assert figures["findings"] == figures["refused"] == figures["unresolved_addresses"] == []


@pytest.mark.parametrize(("west", "told"), [(-1.7, None), (40.0, "CRS")])
def test_drawn_sectors_that_hold_no_address_are_said_with_a_remedy(
    tmp_path: Path, west: float, told: str | None
) -> None:
    (tmp_path / "list.csv").write_text("voie;ecole\nrue A;X\n", encoding="utf-8")
    homes = "numero;nom_voie;code_insee;lon;lat\n1;rue A;35238;-1.68;48.11\n"
    (tmp_path / "homes.csv").write_text(homes, encoding="utf-8")
    area = gpd.GeoDataFrame({"ecole": ["X"]}, geometry=[box(west, 48.0, west + 0.1, 48.2)], crs="EPSG:4326")
    area.to_file(tmp_path / "drawn.gpkg")
    asked = (tmp_path / "list.csv", "--addresses", tmp_path / "homes.csv", "--polygons", tmp_path / "drawn.gpkg")
    note = json.loads(_audit(*asked, "--json").stdout)["polygons_note"]
    assert (told in note) if told else (note is None)
    assert ("(CRS)" in _audit(*asked).stdout) is (told is not None)


@pytest.mark.filterwarnings("ignore:Non closed ring")
def test_drawn_sectors_with_a_ring_that_is_not_closed_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("voie;ecole\nrue A;X\n", encoding="utf-8")
    (tmp_path / "homes.csv").write_text("numero;nom_voie;lon;lat\n1;rue A;3.87;43.61\n", encoding="utf-8")
    ring = {"type": "Polygon", "coordinates": [[[3.8, 43.6], [3.9, 43.6], [3.9, 43.7]]]}
    feature = {"type": "Feature", "properties": {"ecole": "X"}, "geometry": ring}
    drawn = tmp_path / "drawn.geojson"
    drawn.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    result = _audit(tmp_path / "list.csv", "--addresses", tmp_path / "homes.csv", "--polygons", drawn, "--lang", "en")
    assert result.exit_code == 2
    assert "drawn.geojson: the file cannot be opened (a shape that cannot be built)" in " ".join(result.stderr.split())


def _spoilt(folder: Path) -> Path:
    path = folder / "list.csv"
    rows = ["rue de la Tour,1,9,I,X", "rue de la Tour,5,19,I,Y", "rue Neuve,9,1,PI,X", "rue Neuve,x,1,PI,X"]
    path.write_text("voie,du,au,côté,école\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", ["côté impair, du n° 5 au n° 9 : plusieurs écoles", "lignes 2, 3", "À faire", "3 points"]),
        ("en", ["odd side, numbers 5 to 9: several schools", "lines 2, 3", "To do", "3 things"]),
    ],
)
def test_what_keeps_a_council_from_voting_is_said_with_its_rows_and_a_mend(
    tmp_path: Path, lang: str, words: list[str]
) -> None:
    result = _audit(_spoilt(tmp_path), "--lang", lang)
    assert result.exit_code == 1
    assert [word for word in words if word not in result.stdout] == []


def test_the_json_lists_each_finding_with_its_mend_and_each_refused_row(tmp_path: Path) -> None:
    result = _audit(_spoilt(tmp_path), "--json", "--lang", "en")
    figures = json.loads(result.stdout)
    assert figures["findings_by_kind"] == {"contradiction": 1, "reversed-range": 1}
    assert figures["addresses"] == 0
    assert figures["resolved_once"] is None
    (refused,) = figures["refused"]
    assert (refused["line"], refused["column"], refused["rule"]) == (5, "du", "list-number")
    for finding in figures["findings"]:
        assert finding["blocks"]
        assert finding["text"]
        assert finding["mend"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("a;b\n1;2\n", "MAPPING.toml"), ("\x00\x01", "ce n’est pas un tableau"), ("", "vide")],
)
def test_a_file_that_is_no_list_is_refused_in_words_with_status_2(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    result = _audit(path, "--addresses", HOMES, "--json")
    assert result.exit_code == 2
    assert words in result.stderr
    assert set(json.loads(result.stdout)) == {"error"}


def test_addresses_of_other_communes_than_those_of_the_list_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("insee;voie;ecole\n35238;rue A;X\n35360;rue A;Y\n", encoding="utf-8")
    homes = tmp_path / "homes.csv"
    homes.write_text("numero;nom_voie;code_insee\n1;rue A;93010\n", encoding="utf-8")
    result = _audit(path, "--addresses", homes)
    assert result.exit_code == 2
    assert "none of the 1 addresses is in a commune of the list (35238, 35360)" in result.stderr
    homes.write_text("numero;nom_voie\n1;rue A\n", encoding="utf-8")
    assert "Name the commune with --insee" in _audit(path, "--addresses", homes).stderr
    named = json.loads(_audit(path, "--addresses", homes, "--insee", "35360", "--json").stdout)
    assert (named["addresses"], named["resolved_once"], named["columns"]) == (1, 1, "any")


def test_a_preset_that_is_not_known_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for arguments in ((LIST, "--columns", "nowhere"), (tmp_path / "none.csv",), (LIST, "--level", "crèche")):
        result = _audit(*arguments)
        assert result.exit_code == 2
        assert "Impossible" in result.stderr
        assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["map.html", "map.gpkg", "map.geojson"])
def test_the_map_holds_each_address_without_school_with_two_or_drawn_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "list.csv").write_text("voie;du;au;ecole\nrue A;1;5;X\nrue A;5;7;Y\nrue B;1;9;X\n", encoding="utf-8")
    homes = "1;rue A;3;46\n5;rue A;3;46.001\n9;rue A;3;46.002\n1;rue `B${x}`<b>;3;46.003\n1;rue B;3;46.004\n"
    (tmp_path / "homes.csv").write_text("numero;voie;lon;lat\n" + homes, encoding="utf-8")
    out = tmp_path / name
    result = _audit(tmp_path / "list.csv", "--addresses", tmp_path / "homes.csv", "--map", out, "--lang", "en")
    assert result.exit_code == 1
    assert "3 addresses" in result.stdout
    if name == "map.html":
        page = out.read_text(encoding="utf-8")
        assert page.count("<tr><td") == 3
        assert "<b>" not in page
        assert "http" not in page.split("</style>")[-1].split("<script>")[0]
    else:
        assert sorted(gpd.read_file(out)["kind"]) == ["contradicts", "unresolved", "unresolved"]


def test_a_map_without_places_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("voie;ecole\nrue A;X\n", encoding="utf-8")
    (tmp_path / "homes.csv").write_text("numero;voie\n1;rue A\n", encoding="utf-8")
    result = _audit(
        tmp_path / "list.csv", "--addresses", tmp_path / "homes.csv", "--map", tmp_path / "m.html", "--lang", "en"
    )
    assert result.exit_code == 2
    assert "coordinates" in " ".join(result.stderr.split())


def test_addresses_outside_the_drawn_sectors_are_counted_and_lines_are_no_sectors(tmp_path: Path) -> None:
    sectors = gpd.read_file(ROOT / "data/boundaries/villebrune/sectors.gpkg")
    sectors = sectors[sectors["level"] == "elementary"]
    drawn, lines, nothing = (tmp_path / name for name in ("drawn.gpkg", "lines.gpkg", "nothing.gpkg"))
    sectors.iloc[1:].to_file(drawn)
    sectors.set_geometry(sectors.boundary).to_file(lines)
    sectors.iloc[:0].to_file(nothing)
    asked = (LIST, "--addresses", HOMES, "--level", "elementary", "--json", "--polygons")
    figures = json.loads(_audit(*asked, drawn).stdout)
    assert figures["outside_polygons"] > 100
    assert figures["compared_with_polygons"] + figures["outside_polygons"] == figures["addresses"]
    for file in (lines, nothing):
        refused = _audit(*asked, file, "--lang", "en")
        assert refused.exit_code == 2
        assert "no sector is drawn in it as an area" in refused.output
