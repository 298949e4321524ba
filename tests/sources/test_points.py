"""Tables of places: degrees or metres in, codes kept; what is no place is refused with its line."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.errors import SourceError
from geo.sources.points import read_points, write_points

CRS = "EPSG:2154"


def _file(folder: Path, text: str) -> Path:
    path = folder / "places.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_degrees_are_brought_to_the_crs_and_metres_are_left_as_they_are(tmp_path: Path) -> None:
    # 3 degrees east, 46.5 degrees north is the origin of Lambert-93: 700 km east, 6,600 km north.
    degrees = read_points(_file(tmp_path, "uai,Lon,Lat\n0010001A,3,46.5\n"), CRS)
    assert degrees.xy[0] == pytest.approx([700_000, 6_600_000], abs=1e-3)
    assert (degrees.code, degrees.codes.tolist()) == ("uai", ["0010001A"])
    metres = read_points(_file(tmp_path, "place,x,y\n07,1.5,2\n"), CRS)
    assert metres.xy.tolist() == [[1.5, 2.0]]
    # A code is a text: its first zero stays.
    assert (metres.code, metres.codes.tolist()) == ("place", ["07"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,east,north\na,1,2\n", "places.csv, line 1: expected columns lon and lat, or x and y"),
        ("id,x,y\na,1,2\nb,,2\nc,z,2\n", r"line 3, column 'x': .* \(2 rows without a number\)"),
        ("id,lon,lat\na,3,46\nb,3,460\n", "line 3: expected places in EPSG:2154"),
    ],
)
def test_what_is_no_place_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_points(_file(tmp_path, text), CRS)


def test_what_is_found_is_written_as_table_or_layer(tmp_path: Path) -> None:
    xy = np.array([[700_000.0, 6_600_000.0], [1.0, 2.0]])
    found = pd.DataFrame({"school_id": ["07", ""], "walk_m": [12.25, np.inf], "certified": [True, False]})
    write_points(tmp_path / "new" / "walks.csv", xy, found, crs=CRS)
    assert (tmp_path / "new" / "walks.csv").read_text(encoding="utf-8") == (
        "x,y,school_id,walk_m,certified\n700000.0,6600000.0,07,12.25,true\n1.0,2.0,,,false\n"
    )
    write_points(tmp_path / "walks.gpkg", xy, found, crs=CRS)
    layer = gpd.read_file(tmp_path / "walks.gpkg")
    assert layer.crs == CRS
    assert layer.geometry.x.tolist() == xy[:, 0].tolist()
    assert layer["certified"].tolist() == [True, False]
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="a place to write"):
        write_points(tmp_path / "file" / "walks.csv", xy, found, crs=CRS)
