"""Addresses are measured in the projected CRS of the part of France in which they lie."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.sources.projections import MAINLAND, metric_crs
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files

PLACES = {
    "Bondy": (2.48, 48.90, "EPSG:2154"),
    "Ajaccio": (8.74, 41.92, "EPSG:2154"),
    "Saint-Denis de La Réunion": (55.45, -20.88, "EPSG:2975"),
    "Pointe-à-Pitre": (-61.53, 16.24, "EPSG:5490"),
    "Fort-de-France": (-61.07, 14.61, "EPSG:5490"),
    "Cayenne": (-52.33, 4.94, "EPSG:2972"),
    "Mamoudzou": (45.23, -12.78, "EPSG:4471"),
    "Saint-Pierre": (-56.17, 46.78, "EPSG:4467"),
}


@pytest.mark.parametrize(("lon", "lat", "crs"), PLACES.values(), ids=PLACES)
def test_each_part_of_france_has_its_own_metres(lon: float, lat: float, crs: str) -> None:
    points = gpd.GeoSeries([shapely.Point(lon, lat), None], crs="EPSG:4326")
    assert metric_crs(points) == crs
    area = pyproj.CRS(crs).area_of_use
    assert area is not None
    assert area.west <= lon <= area.east
    assert area.south <= lat <= area.north


def test_places_that_are_not_known_are_measured_as_on_the_mainland() -> None:
    assert metric_crs(gpd.GeoSeries([None, None], crs="EPSG:4326")) == MAINLAND


def test_a_list_of_the_island_of_reunion_is_audited_in_true_metres(tmp_path: Path) -> None:
    # Two houses 0.001 degree of latitude apart: 111 m by the ellipsoid, whatever the map.
    (tmp_path / "list.csv").write_text(
        "street,number_from,number_to,parity,school\nRUE PASTEUR,1,99,PI,École A\n", encoding="utf-8"
    )
    (tmp_path / "homes.csv").write_text(
        "numero,nom_voie,code_insee,lon,lat\n1,Rue Pasteur,97411,55.45,-20.88\n3,Rue Pasteur,97411,55.45,-20.881\n",
        encoding="utf-8",
    )
    report = audit_files(AuditFiles(tmp_path / "list.csv", tmp_path / "homes.csv"))
    homes = gpd.GeoDataFrame(report.bound.addresses)
    one, other = homes.geometry
    geod = pyproj.Geod(ellps="GRS80")
    assert one.distance(other) == pytest.approx(abs(geod.line_length([55.45, 55.45], [-20.88, -20.881])), rel=1e-3)
    (level,) = report.levels
    (first, _) = report.listed(level, np.array([True, True]))
    assert (first["lon"], first["lat"]) == pytest.approx((55.45, -20.88))


CODES = ("93010", "2A004", "97411", "97120", "97209", "97302", "97611", "97502")
LISTED = "street,number_from,number_to,parity,school\nRUE PASTEUR,1,99,PI,École A\n"
# Place, CRS of its x and y, and code of its commune.
LOCAL = {
    **{name: (*place, code) for (name, place), code in zip(PLACES.items(), CODES, strict=True)},
    "Bastia": (9.45, 42.70, "EPSG:2154", ""),
    "Ouessant in its zone": (-5.1, 48.46, "EPSG:3948", "29155"),
    "Belle-Île in its zone": (-3.2, 47.29, "EPSG:3947", "56152"),
    "Strasbourg": (7.75, 48.58, "EPSG:2154", "67482"),
}


def _placed(folder: Path, xy: tuple[float, float], insee: str) -> tuple[AuditReport, gpd.GeoSeries]:
    (folder / "list.csv").write_text(LISTED, encoding="utf-8")
    row = f"1,Rue Pasteur,{insee},{xy[0]:.2f},{xy[1]:.2f}\n"
    (folder / "homes.csv").write_text("numero,nom_voie,code_insee,x,y\n" + row, encoding="utf-8")
    report = audit_files(AuditFiles(folder / "list.csv", folder / "homes.csv"))
    return report, gpd.GeoDataFrame(report.bound.addresses).geometry


@pytest.mark.parametrize("place", LOCAL)
def test_local_metres_are_read_by_the_code_of_the_commune_and_by_where_they_lie(tmp_path: Path, place: str) -> None:
    lon, lat, crs, insee = LOCAL[place]
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    report, points = _placed(tmp_path, (x, y), insee)
    (home,) = points.to_crs("EPSG:4326")
    assert (home.x, home.y) == pytest.approx((lon, lat), abs=1e-6)
    assert report.refused_addresses == ()


@pytest.mark.parametrize(
    ("xy", "insee"),
    [((339_000, 7_690_000), ""), ((600_000, 2_428_000), "75056"), ((650_000, 6_860_000), "97411")],
    ids=["Réunion without its code", "the old Lambert II", "mainland metres, code of Réunion"],
)
def test_metres_of_no_known_system_place_nobody_and_are_told(
    tmp_path: Path, xy: tuple[float, float], insee: str
) -> None:
    report, points = _placed(tmp_path, xy, insee)
    assert points.isna().all()
    (fault,) = report.refused_addresses
    assert (fault.rule, fault.file) == ("unknown-places", "homes.csv")
    assert (report.states == "once").all()
