"""Street lists of any form read into one: headings, encodings, numbers, sides, shared schools, refused rows."""

from __future__ import annotations

import gzip
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import SourceError
from geo.sources.street_list_addresses import read_addresses
from geo.sources.street_list_columns import presets
from geo.sources.street_list_files import FileLimits, read_grid
from geo.sources.street_lists import FORM, StreetListFile, read_street_list

ONE = "RUE,NORUED,NORUEF,PAIRIM,CDETABM\nRue de l'Épée,1,99999,I,École Pasteur   \n"
ONE += "Rue de l'Épée,2,99998,P,École Buisson\n"
SPAN = ["street_name", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id", "priority"]


def _read(folder: Path, content: str | bytes, *, name: str = "list.csv", columns: str = "") -> StreetListFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_street_list(path, columns=columns)


def _spans(source: StreetListFile) -> list[tuple[object, ...]]:
    return list(source.rows[SPAN].itertuples(index=False, name=None))


EPEE = [
    ("Rue de l'Épée", 1, "", 99999, "", "I", "École Pasteur", 0),
    ("Rue de l'Épée", 2, "", 99998, "", "P", "École Buisson", 0),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    source = _read(tmp_path, ONE.replace(",", separator).encode(encoding))
    assert _spans(source) == EPEE
    assert (source.columns, source.read, source.refused) == ("montpellier", 2, ())


def test_lines_of_title_above_the_heading_are_passed_over(tmp_path: Path) -> None:
    source = _read(tmp_path, "Carte scolaire;;;;\n\n" + ONE.replace(",", ";"))
    assert _spans(source) == EPEE
    assert source.rows["line"].tolist() == [4, 5]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_spreadsheets_are_read_with_numbers_as_they_are(tmp_path: Path, kind: str) -> None:
    table = pd.DataFrame({"RUE": ["Rue A", "Rue B"], "NORUED": [1, 2], "NORUEF": [9, 12], "PAIRIM": ["I", "P"]})
    path = tmp_path / f"list.{kind}"
    pyogrio.write_dataframe(table.assign(CDETABM=["X", "Y"]), path, driver=kind.upper())
    before = pyogrio.get_gdal_config_option("OGR_XLSX_HEADERS")
    assert _spans(read_street_list(path)) == [
        ("Rue A", 1, "", 9, "", "I", "X", 0),
        ("Rue B", 2, "", 12, "", "P", "Y", 0),
    ]
    assert pyogrio.get_gdal_config_option("OGR_XLSX_HEADERS") == before


def test_the_national_form_has_repetitions_hamlets_and_whole_communes(tmp_path: Path) -> None:
    heading = "code_insee;lieu_dit;Type_et_Libelle;No_de_voie_debut;Indice_de_repetition_debut;No_de_voie_fin;"
    heading += "Indice_de_repetition_fin;Parite;Code_RNE;Secteur_unique\n"
    rows = "35238;;RUE ALEXANDRE LEFAS;2;;4;D;P;0350913C;N\n35308;LANHELIN;LE BOIS HUE;1;;9999;;PI;0350707D;N\n"
    source = _read(tmp_path, heading + rows + "35001;;;;;;;;0352167R;O\n")
    assert source.columns == "national"
    assert _spans(source)[0] == ("RUE ALEXANDRE LEFAS", 2, "", 4, "D", "P", "0350913C", 0)
    assert source.rows["place"].tolist() == ["", "LANHELIN", ""]
    assert source.rows["whole"].tolist() == [False, False, True]
    assert source.rows["insee"].tolist() == ["35238", "35308", "35001"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("33 bis", (33, "BIS")),
        ("n° 7", (7, "")),
        ("12.0", (12, "")),
        ("5B", (5, "B")),
        ("fin", (9999, "")),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, text: str, read: tuple[int, str]) -> None:
    source = _read(tmp_path, f"voie,du,au,côté,école\nrue A,1,{text},impair,X\n")
    (span,) = _spans(source)
    assert span[3:5] == read
    assert span[5] == "I"


def test_headings_that_were_never_met_are_named_in_a_mapping(tmp_path: Path) -> None:
    content = "Strasse;Von;Bis;Seite;Schule\nrue A;1;9;gauche;X\n"
    with pytest.raises(SourceError, match=r"headings .*'Strasse'.*MAPPING\.toml"):
        _read(tmp_path, content)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[list]\nstreet = "Strasse"\nnumber_from = "Von"\nnumber_to = "Bis"\nparity = "Seite"\nschool = "Schule"\n'
        '[words]\nodd = ["gauche"]\n[streets]\n"rue A" = "rue Albert"\n',
        encoding="utf-8",
    )
    source = _read(tmp_path, content, columns=str(mapping))
    assert _spans(source) == [("rue A", 1, "", 9, "", "I", "X", 0)]
    assert source.mapped.streets == {"rue A": "rue Albert"}
    mapping.write_text('[list]\nstret = "Strasse"\n', encoding="utf-8")
    with pytest.raises(SourceError, match=r"mapping\.toml.*stret"):
        _read(tmp_path, content, columns=str(mapping))


def test_a_shared_sector_may_stand_in_several_columns_or_in_one_cell(tmp_path: Path) -> None:
    columns = _read(tmp_path, "voie,numero,nom1,nom2\nrue A,7,X,Y\nrue A,9,X,\n")
    assert [(span[1], span[3], *span[6:]) for span in _spans(columns)] == [
        (7, 7, "X", 1),
        (7, 7, "Y", 2),
        (9, 9, "X", 0),
    ]
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('school_separator = "/"\n[list]\nstreet = "voie"\nschool = "école"\n', encoding="utf-8")
    cell = _read(tmp_path, "voie,école\nrue A,X / Y\n", columns=str(mapping))
    assert [span[1:5] for span in _spans(cell)] == [(0, "", 9999, "")] * 2
    assert [span[6:] for span in _spans(cell)] == [("X", 1), ("Y", 2)]


def test_address_points_are_a_list_too(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"nom_voie": ["rue A", "rue A"], "numero": [7, 9], "rep": [None, "bis"], "ecole": ["X", "Y"]},
        geometry=[shapely.Point(2, 48), shapely.Point(2.1, 48)],
        crs="EPSG:4326",
    )
    points.to_file(tmp_path / "points.geojson", driver="GeoJSON")
    source = read_street_list(tmp_path / "points.geojson")
    assert [span[1:5] for span in _spans(source)] == [(7, "", 7, ""), (9, "BIS", 9, "BIS")]


def test_two_spellings_of_one_school_that_differ_in_capitals_are_one(tmp_path: Path) -> None:
    source = _read(tmp_path, "voie,école\nrue A,Ecole PASTEUR\nrue B,École  Pasteur \n")
    assert source.rows["school_id"].unique().tolist() == ["Ecole PASTEUR"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (",1,9,I,X", "list-no-street"),
        ("rue A,1,9,I,", "list-no-school"),
        ("rue A,un,9,I,X", "list-number"),
        ("rue A,-3,9,I,X", "list-number"),
        ("rue A,1,,I,X", "list-no-end"),
        ("rue A,1,9,gauche,X", "list-parity"),
        ("rue A,1,9,I", "uneven-row"),
        ("rue A,1,9,I,X,Y", "uneven-row"),
        ("NULL,1,9,I,X", "list-no-street"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line_and_the_others_stay(
    tmp_path: Path, row: str, rule: str
) -> None:
    source = _read(tmp_path, f"voie,du,au,cote,ecole\nrue B,1,9,I,X\n{row}\nrue C,1,9,I,X\n")
    (fault,) = source.refused
    assert (fault.rule, fault.line, fault.file) == (rule, 3, "list.csv")
    assert (fault.expected, fault.got, fault.remedy) > ("", "", "")
    assert source.rows["street_name"].tolist() == ["rue B", "rue C"]
    assert source.read == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"RUE,NORUED\nrue A,1\n", "headings"),
        (b"RUE#NORUED#CDETABM\nrue A#1#X\n", "headings"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "another kind"),
        (np.random.default_rng(1).bytes(4000), "another kind"),
        (b"PK\x03\x04" + bytes(300), "cannot be opened"),
        (b"\x1f\x8b" + bytes(300), "not whole"),
        (ONE.split("\n", maxsplit=1)[0].encode(), "at least one row"),
    ],
)
def test_what_is_no_street_list_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as refused:
        _read(tmp_path, content)
    assert "\n" not in str(refused.value)


def test_a_file_beyond_the_limits_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("RUE\n" + "rue A\n" * 500, encoding="utf-8")
    choose = {"street": "RUE"}
    for limits in (FileLimits(rows_most=100), FileLimits(bytes_most=1_000)):
        with pytest.raises(SourceError, match="a larger file"):
            read_grid(path, lambda _: choose, limits=limits)
    packed = tmp_path / "list.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(SourceError, match="a larger file"):
        read_grid(packed, lambda _: choose, limits=FileLimits(bytes_most=1_000))


def test_the_national_address_base_is_read_packed_or_not(tmp_path: Path) -> None:
    text = "id;id_fantoir;numero;rep;nom_voie;code_insee;lon;lat;x;y\na1;;1;;Rue A;91286;2.38;48.65;1;2\n"
    text += "a2;;5;bis;Rue A;91286;2.39;48.65;1;2\na3;;99999;;Le Moulin;91286;2.39;48.66;1;2\n"
    packed = tmp_path / "adresses-91.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    addresses = read_addresses(packed, presets()["any"]).addresses
    assert addresses.index.tolist() == ["a1", "a2", "a3"]
    assert addresses["number"].tolist() == [1, 5, 0]
    assert addresses["suffix"].tolist() == ["", "BIS", ""]
    assert addresses["street_id"].nunique() == 2
    assert addresses.crs.to_epsg() == 2154
    assert addresses.geometry.x.between(600_000, 660_000).all()


def test_every_preset_speaks_of_street_and_school_and_the_form_is_what_is_documented(tmp_path: Path) -> None:
    for name, mapped in presets().items():
        assert {"street", "school"} <= set(mapped.list.roles), name
    source = _read(tmp_path, ONE)
    assert tuple(source.rows.columns) == FORM
    page = (Path(__file__).parents[2] / "docs/street_list.md").read_text(encoding="utf-8")
    assert [name for name in FORM if f"`{name}`" not in page] == []
