"""A hamlet of forty addresses as a data folder, small enough to be spoilt in every way."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

X, Y = 700_000.0, 6_600_000.0
CRS = "EPSG:2154"
SCHOOL_YEAR = 2026
_TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

CATALOGUE = """
[hameau]
name = "Hameau"
insee = "00123"
postal_codes = ["00700"]
crs = "EPSG:2154"
fictional = true
school_year = 2026

[[hameau.sources]]
tables = ["streets", "addresses"]
publisher = "Tests"
title = "Hameau"
vintage = "2026"
licence = "none needed"
"""


def lon_lat(x: float, y: float) -> tuple[float, float]:
    """Give a place of the hamlet, in metres from its corner, in degrees."""
    lon, lat = _TO_DEGREES.transform(X + x, Y + y)
    return round(lon, 7), round(lat, 7)


def _write_layer(path: Path, shapes: list[shapely.Geometry], columns: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    moved = [shapely.transform(shape, lambda xy: xy + np.array([X, Y])) for shape in shapes]
    gpd.GeoDataFrame(columns, geometry=moved, crs=CRS).to_file(path, driver="GPKG", layer=path.stem)


def _write_table(path: Path, columns: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(path, index=False, lineterminator="\n")


def write_hamlet(folder: Path) -> None:
    """Write a hamlet of 1,000 by 400 m: one street from west to east, twenty numbers a side, a school at each end."""
    (folder / "cities.toml").write_text(CATALOGUE, encoding="utf-8")
    west, east = shapely.box(0, 0, 500, 400), shapely.box(500, 0, 1000, 400)
    _write_layer(
        folder / "boundaries/hameau/commune.gpkg",
        [shapely.box(0, 0, 1000, 400)],
        {"insee": ["00123"], "name": ["Hameau"]},
    )
    _write_layer(
        folder / "boundaries/hameau/iris.gpkg",
        [west, east],
        {"iris": ["001230101", "001230102"], "name": ["Ouest", "Est"], "iris_vintage": [2024, 2024]},
    )
    _write_layer(
        folder / "boundaries/hameau/sectors.gpkg",
        [west, east],
        {
            "level": ["elementary"] * 2,
            "sector_id": ["O", "E"],
            "school_id": ["0000001A", "0000002B"],
            "name": ["Ouest", "Est"],
        },
    )
    names = [f"{side}{block}" for block in range(4) for side in ("odd", "even")]
    _write_layer(
        folder / "boundaries/hameau/units.gpkg",
        [
            shapely.box(250 * block, 200 * side, 250 * (block + 1), 200 * (side + 1))
            for block in range(4)
            for side in range(2)
        ],
        {"unit_id": names, "label": names},
    )
    _write_layer(
        folder / "streets/hameau/streets.gpkg",
        [shapely.LineString([(250 * block, 200), (250 * (block + 1), 200)]) for block in range(4)],
        {
            "segment_id": [f"s{block}" for block in range(4)],
            "street_id": "R1",
            "street_name": "rue Droite",
            "walkable": True,
        },
    )
    homes = [(number, 25 + 50 * ((number - 1) // 2), 190 if number % 2 else 210) for number in range(1, 41)]
    _write_table(
        folder / "streets/hameau/addresses.csv",
        {
            "address_id": [f"a{number}" for number, _, _ in homes],
            "street_id": "R1",
            "street_name": "rue Droite",
            "number": [number for number, _, _ in homes],
            "suffix": "",
            "unit_id": [f"{'odd' if number % 2 else 'even'}{x // 250}" for number, x, _ in homes],
            "iris": ["001230101" if x < 500 else "001230102" for _, x, _ in homes],
            "dwellings": 3,
            "lon": [lon_lat(x, y)[0] for _, x, y in homes],
            "lat": [lon_lat(x, y)[1] for _, x, y in homes],
        },
    )
    schools = [lon_lat(20, 220), lon_lat(980, 220), lon_lat(480, 180)]
    _write_table(
        folder / "schools/hameau/schools.csv",
        {
            "school_id": ["0000001A", "0000002B", "0000003C"],
            "name": ["École de l'Ouest", "École de l'Est", "Sainte-Barbe"],
            "sector": ["public", "public", "private"],
            "insee": "00123",
            "address": ["2 rue Droite", "40 rue Droite", "19 rue Droite"],
            "lon": [lon for lon, _ in schools],
            "lat": [lat for _, lat in schools],
            "ips": ["98.5", "112.3", ""],
            "priority_education": ["REP", "", ""],
        },
    )
    _write_table(
        folder / "schools/hameau/rooms.csv",
        {
            "school_id": ["0000001A", "0000002B", "0000003C"],
            "level": "elementary",
            "rooms": [4, 5, 3],
            "canteen_seats": [60, 80, ""],
        },
    )
    _write_table(
        folder / "schools/hameau/rolls.csv",
        {"school_id": ["0000001A", "0000002B"], "year": 2025, "grade": "CP", "pupils": [20, 25]},
    )
    _write_table(
        folder / "schools/hameau/street_list.csv",
        {
            "level": "elementary",
            "street_id": "R1",
            "street_name": "rue Droite",
            "number_from": [1, 2, 21, 22],
            "number_to": [19, 20, 9999, 9998],
            "parity": ["I", "P", "I", "P"],
            "school_id": ["0000001A", "0000001A", "0000002B", "0000002B"],
            "priority": 1,
        },
    )
    ages = [(name, age) for name in names for age in range(3, 11)]
    _write_table(
        folder / "census/hameau/children.csv",
        {"unit_id": [name for name, _ in ages], "year": SCHOOL_YEAR, "age": [age for _, age in ages], "children": 1.5},
    )
    _write_table(
        folder / "census/hameau/births.csv",
        {"iris": ["001230101", "001230102"], "iris_vintage": 2024, "year": 2025, "births": [7, 9]},
    )


@pytest.fixture(scope="session")
def clean_hamlet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of the hamlet; not to be changed."""
    folder = tmp_path_factory.mktemp("clean")
    write_hamlet(folder)
    return folder


@pytest.fixture
def hamlet(clean_hamlet: Path, tmp_path: Path) -> Path:
    """Give a copy of the data folder of the hamlet, to be spoilt."""
    return Path(shutil.copytree(clean_hamlet, tmp_path / "data"))
