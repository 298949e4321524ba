"""The pack: all files or none, the same figures in each, two pages whatever the city."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from pypdf import PdfReader

from geo.council.pack import PARTS, write_pack
from geo.council.story import key_figures
from geo.council.words import LANGS, Lang
from geo.errors import ExportError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.scenario import Scenario
from geo.planning.study import Study, study
from geo.sources.cities import open_city

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 22)
TABLES = ["figures", "schools", "school_years", "movers", "mix", "yards", "units", "sources"]
FILES = [
    "summary.pdf",
    "map-before-after.pdf",
    "map-before-after.png",
    *(f"{name}.csv" for name in TABLES),
    "pack.gpkg",
    "scenario.json",
    "README.txt",
]


@pytest.fixture
def studied(toy: City) -> Study:
    moves = {"B": ("e",)}
    return study(toy, Scenario(name="Essai", city="toy", level=Level.ELEMENTARY, start_year=2027, moves=moves))


class Packed(NamedTuple):
    """Villebrune, its example, and the pack of it in each language."""

    city: City
    study: Study
    folders: dict[Lang, Path]
    told: list[str]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    city = open_city(ROOT / "data", "villebrune")
    scenario = Scenario.read(ROOT / "data" / "scenarios" / "villebrune-example.json")
    studied, told = study(city, scenario, tried=False), []
    folders = {lang: tmp_path_factory.mktemp("pack") / "out" for lang in LANGS}
    write_pack(folders["fr"], city, studied, lang="fr", date=DAY, report=told.append)
    with pytest.MonkeyPatch.context() as patch:
        without_sheet(patch)
        write_pack(folders["en"], city, studied, lang="en", date=DAY, report=told.append)
    return Packed(city, studied, folders, told)


def without_sheet(patch: pytest.MonkeyPatch) -> None:
    """Leave out the writing of the A3 sheet, which takes longest."""
    patch.setattr("geo.council.pack.write_map", lambda figure, path: path.write_text(f"{figure}\n" * 20))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_sheet(monkeypatch)


def plain(text: str) -> str:
    """Give a text with plain blanks, and words that a line cut put together."""
    return re.sub(r"\s+", " ", text)


def pages(path: Path) -> list[str]:
    return [plain(page.extract_text()) for page in PdfReader(path).pages]


def test_all_files_are_written_and_nothing_else(packed: Packed) -> None:
    for folder in packed.folders.values():
        assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
        assert all(path.stat().st_size > 100 for path in folder.iterdir())
    assert packed.told == [*PARTS, *PARTS]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("broken", ["write_summary", "readme_text"])
def test_a_failure_leaves_nothing_half_written(
    toy: City, studied: Study, tmp_path: Path, *, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "summary.pdf").write_text("old")
    monkeypatch.setattr(f"geo.council.pack.{broken}", fail)
    for folder in ("fresh", "kept"):
        with pytest.raises(ExportError, match=f"{folder}: expected a folder that can be written.*No space left"):
            write_pack(tmp_path / folder, toy, studied, lang="fr")
    assert not (tmp_path / "fresh").exists()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["summary.pdf"]
    assert (tmp_path / "kept" / "summary.pdf").read_text() == "old"


def test_the_readme_names_every_other_file_and_says_that_the_city_is_fictional(packed: Packed) -> None:
    text = (packed.folders["fr"] / "README.txt").read_text(encoding="utf-8-sig")
    assert all(re.search(rf"^{re.escape(name)} +\S", text, flags=re.MULTILINE) for name in FILES[:-1])
    assert "Villebrune est une ville fictive" in text
    assert "22 novembre 2026" in text


def test_no_file_says_how_many_pupils_live_in_a_side_of_street(packed: Packed) -> None:
    wanted = ["unit_id", "label", "moved", "schools_before", "schools_after"]
    assert list(pd.read_csv(packed.folders["fr"] / "units.csv")) == wanted
    layer = gpd.read_file(packed.folders["fr"] / "pack.gpkg", layer="map_units")
    assert list(layer) == [*wanted, "geometry"]


def test_the_geopackage_holds_every_table_and_the_layers_of_the_map(packed: Packed) -> None:
    path = packed.folders["en"] / "pack.gpkg"
    layers = dict(pyogrio.list_layers(path).tolist())
    assert [name for name, kind in layers.items() if kind is None] == TABLES
    assert {"map_schools", "map_units", "sectors_before", "sectors_after", "map_yards", "trees_planted"} <= set(layers)
    table = pyogrio.read_dataframe(path, layer="figures", read_geometry=False)
    assert table["sentence"].tolist() == key_figures(packed.city, packed.study, lang="en")["sentence"].tolist()
    trees = gpd.read_file(path, layer="trees_planted")
    assert trees.crs == packed.city.crs
    assert len(trees) == table.set_index("key").loc["trees_planted", "after"]


def test_the_scenario_opens_again(packed: Packed) -> None:
    assert Scenario.read(packed.folders["fr"] / "scenario.json") == packed.study.scenario


@pytest.mark.usefixtures("quick")
def test_without_years_to_come_their_tables_are_left_out_and_it_is_said(toy: City, tmp_path: Path) -> None:
    scenario = Scenario(name="x", city="toy", level=Level.ELEMENTARY, start_year=2027, moves={"B": ("e",)})
    files = write_pack(tmp_path, toy, study(toy, scenario, horizon_years=99), lang="fr")
    assert {file.name for file in files} == set(FILES) - {"school_years.csv", "movers.csv"}
    assert "Projection impossible" in (tmp_path / "README.txt").read_text(encoding="utf-8-sig")
    assert "Projection impossible" in " ".join(pages(tmp_path / "summary.pdf"))


@pytest.mark.usefixtures("quick")
def test_a_scenario_that_changes_nothing_has_a_pack_too(toy: City, tmp_path: Path) -> None:
    idle = Scenario(name="Carte en vigueur", city="toy", level=Level.ELEMENTARY, start_year=2027)
    write_pack(tmp_path, toy, study(toy, idle), lang="fr")
    text = " ".join(pages(tmp_path / "summary.pdf"))
    assert "Le projet ne change aucun secteur de Toyville" in text
    assert "Personne ne change d’école." in text


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_of_the_summary_is_found_in_the_csv_with_the_same_text(packed: Packed, lang: Lang) -> None:
    folder = packed.folders[lang]
    table = pd.read_csv(folder / "figures.csv", index_col="key", keep_default_na=False)
    first, second = pages(folder / "summary.pdf")
    for key, row in table[table["main"]].iterrows():
        label = row["label"][:1].upper() + row["label"][1:]
        line = f"{label} {row['before_text'] or '–'} {row['after_text']} {row['year']}"
        assert plain(line) in first, key
    for stem in ("schools_over", "pupils_over", "rooms_short"):
        rows = table[table.index.str.fullmatch(rf"{stem}_\d{{4}}")]
        for side in ("before", "after"):
            assert plain(" ".join(rows[f"{side}_text"])) in second, (stem, side)
    for stem in ("moved_pupils", "changing_pupils", "kept_pupils"):
        rows = table[table.index.str.fullmatch(rf"{stem}_\d{{4}}")]
        label = rows["label"].iloc[0]
        assert plain(f"{label[:1].upper()}{label[1:]} {' '.join(rows['after_text'])}") in second, stem


def test_the_summary_tells_what_is_decided_by_whom_it_is_felt_and_what_it_is_worth(packed: Packed) -> None:
    path = packed.folders["fr"] / "summary.pdf"
    reader = PdfReader(path)
    assert len(reader.pages) == 2
    assert reader.metadata is not None
    assert reader.metadata.title == "Carte scolaire : Exemple : le pont et la boucle de la rivière"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    first, second = pages(path)
    for piece in (
        "Ville fictive",
        "le projet change le secteur de 92 tronçons de rue de Villebrune",
        "Tous les élèves de ces rues suivent la nouvelle carte dès la première rentrée.",
        "Il prévoit 150 000 € hors taxes",
        "en surcharge",
    ):
        assert plain(piece) in first, piece
    for piece in (
        "« École élémentaire Germaine-Tillion » à « École élémentaire Jules-Michelet »",
        "▲",
        "8 chances sur 10",
        str(key_figures(packed.city, packed.study, lang="fr").loc["pupils_2036", "sentence"]),
        "(2026, MIT)",
        "Sources",
    ):
        assert plain(piece) in second, piece


def test_the_years_of_the_summary_are_those_of_the_table_of_schools(packed: Packed) -> None:
    folder = packed.folders["fr"]
    years = pd.read_csv(folder / "school_years.csv").set_index(["school", "year"])
    row = years.loc[("École élémentaire Germaine-Tillion", 2030)]
    assert row["pupils_before"] > row["capacity_pupils_before"]
    cell = f"▲ {round(row['pupils_before'])} {row['rooms_needed_before']:.0f}/{row['rooms_before']:.0f}"
    assert cell in pages(folder / "summary.pdf")[1]


@pytest.mark.usefixtures("quick")
def test_a_summary_with_very_many_remarks_and_long_names_stays_on_two_pages(
    toy: City, studied: Study, tmp_path: Path
) -> None:
    schools = toy.tables["schools"].assign(
        name="École maternelle et élémentaire publique Marie-Pape-Carpantier-et-Pauline-Kergomard"
    )
    notes = tuple(Note("units-split", {"level": "elementary", "count": count}) for count in range(90))
    city = replace(toy, tables={**toy.tables, "schools": schools}, notes=notes)
    write_pack(tmp_path, city, study(city, studied.scenario), lang="fr")
    read = pages(tmp_path / "summary.pdf")
    assert len(read) == 2
    assert "autres remarques : voir le fichier README.txt" in read[1]
    assert (tmp_path / "README.txt").read_text(encoding="utf-8-sig").count("adresses de secteurs différents") == 90
