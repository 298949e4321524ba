"""What cannot be read ends in one sentence that names the file and says what to do."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import SourceError
from geo.sources.files import read_layer, read_table, scan_table

NAME = "schools/hameau/schools.csv"


def _read(folder: Path, content: bytes) -> pd.DataFrame:
    path = folder / "schools.csv"
    path.write_bytes(content)
    return read_table(path, NAME)


def test_a_table_keeps_its_texts_as_they_are(tmp_path: Path) -> None:
    frame = _read(tmp_path, '\ufeffuai,nom\n0010001A,"Curie, Marie"\n0010002B,\n'.encode())
    assert frame.to_dict("list") == {"uai": ["0010001A", "0010002B"], "nom": ["Curie, Marie", ""]}


def test_a_row_is_known_by_its_line_whatever_stands_before_it(tmp_path: Path) -> None:
    frame = _read(tmp_path, b'a,b\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n')
    assert list(frame.index + 2) == [3, 5]


@pytest.mark.parametrize(
    ("content", "rule", "words"),
    [
        (b"", "empty-file", "an empty file"),
        (b" \n\n", "empty-file", "an empty file"),
        ("nom\nÉcole\n".encode("cp1252"), "not-utf8", "cp1252"),
        ("nom;uai\nÉcole;1\n".encode("cp1252"), "wrong-separator", "';' and cp1252"),
        ("nom;uai\nÉcole;1\n".encode(), "wrong-separator", "';' and UTF-8"),
        ("nom\tuai\nÉcole\t1\n".encode(), "wrong-separator", "tabulations and UTF-8"),
        ("nom,uai\nÉcole,1\n".encode("utf-16"), "not-utf8", "UTF-16"),
        ("nom;uai\nÉcole;1\n".encode("utf-16"), "wrong-separator", "';' and UTF-16"),
        (b"nom,uai\nEcole,\x001\n", "binary-file", "NUL"),
        (b"PK\x03\x04rest of a workbook", "binary-file", "spreadsheet"),
        (b"nom,uai,nom\na,b,c\n", "repeated-heading", "'nom' 2 times"),
        (b'nom,uai\n"Ecole,1\nother,2\n', "broken-quotes", "unexpected end"),
        (b"nom,uai\nEcole,1\na,b,c\n", "uneven-row", "3 cell(s)"),
        (b"nom,uai\nEcole\n", "uneven-row", "1 cell(s)"),
        (b"nom,ips\nEcole,103,5\n", "decimal-comma", "'103,5'"),
    ],
)
def test_a_table_that_cannot_be_read_is_said_in_one_sentence(
    tmp_path: Path, *, content: bytes, rule: str, words: str
) -> None:
    with pytest.raises(SourceError) as refused:
        _read(tmp_path, content)
    assert refused.value.fault.rule == rule
    assert words in refused.value.fault.got
    assert str(refused.value).startswith(NAME)
    assert str(refused.value).count("\n") == 0


def test_the_line_of_a_wrong_row_and_of_a_wrong_letter_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as uneven:
        _read(tmp_path, b"nom,uai\nEcole,1\na,b,c\n")
    assert uneven.value.fault.line == 3
    with pytest.raises(SourceError) as encoded:
        _read(tmp_path, "nom,uai\nEcole,1\nÉcole,2\n".encode("cp1252"))
    assert encoded.value.fault.line == 3


def test_the_other_rows_can_still_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_bytes(b"nom,uai\na,b,c\nEcole,1\n")
    rows = scan_table(path, NAME)
    assert rows.frame.to_dict("index") == {1: {"nom": "Ecole", "uai": "1"}}
    assert [fault.line for fault in rows.faults] == [2]


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^schools/hameau/schools\.csv: expected this file, got nothing there"):
        read_table(tmp_path / "none.csv", NAME)
    with pytest.raises(SourceError, match=r"^schools/hameau/schools\.csv: expected a file that can be read"):
        read_table(tmp_path, NAME)


def _layer(path: Path, *, layer: str = "units", crs: str | None = "EPSG:2154", count: int = 200) -> Path:
    shapes = [shapely.box(i, 0, i + 1, 1) for i in range(count)]
    frame = gpd.GeoDataFrame({"unit_id": [f"u{i}" for i in range(count)]}, geometry=shapes, crs=crs)
    frame.to_file(path, driver="GPKG", layer=layer, engine="pyogrio")
    return path


def test_a_layer_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = _layer(tmp_path / "units.gpkg", layer="Export 12")
    assert len(read_layer(path)) == 200


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.3, 0.7, 0.99, 0.9999])
def test_a_truncated_geopackage_is_said_to_be_truncated(tmp_path: Path, share: float) -> None:
    path = _layer(tmp_path / "units.gpkg")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SourceError, match=r"^boundaries/hameau/units\.gpkg: expected a complete GeoPackage") as refused:
        read_layer(path, "boundaries/hameau/units.gpkg")
    assert refused.value.fault.rule == "truncated-layer"


def test_a_geopackage_with_a_damaged_middle_is_refused(tmp_path: Path) -> None:
    path = _layer(tmp_path / "units.gpkg")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"^units\.gpkg: expected a complete GeoPackage"):
        read_layer(path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    path.write_bytes(b'{"type": "FeatureCollection"}')
    with pytest.raises(SourceError, match="another kind of file"):
        read_layer(path)


def test_several_layers_need_one_of_the_name_of_the_file(tmp_path: Path) -> None:
    path = _layer(tmp_path / "units.gpkg", layer="one")
    _layer(path, layer="two", count=3)
    with pytest.raises(SourceError, match=r"got 2 layers: one, two\. Rename the layer to 'units'"):
        read_layer(path)
    _layer(path, layer="units", count=5)
    assert len(read_layer(path)) == 5


def test_a_layer_without_crs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        _layer(path, crs=None)
    with pytest.raises(SourceError, match="says its CRS"):
        read_layer(path)


def test_a_table_without_geometry_is_no_layer(tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"

    pyogrio.write_dataframe(pd.DataFrame({"unit_id": ["a"]}), path, layer="units", driver="GPKG")
    with pytest.raises(SourceError, match="a layer with a geometry"):
        read_layer(path)


def test_changes_that_another_program_has_not_saved_are_not_overlooked(tmp_path: Path) -> None:
    path = _layer(tmp_path / "units.gpkg")
    (tmp_path / "units.gpkg-wal").write_bytes(b"waiting")
    with pytest.raises(SourceError, match="Close the project in QGIS"):
        read_layer(path)


def test_reading_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    path = _layer(tmp_path / "units.gpkg")
    before = path.read_bytes()
    read_layer(path)
    assert [file.name for file in tmp_path.iterdir()] == ["units.gpkg"]
    assert path.read_bytes() == before
