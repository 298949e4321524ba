"""Addresses are measured in the projected CRS of the part of France in which they lie."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.sources.projections import MAINLAND, metric_crs
from geo.sources.street_list_audit import AuditFiles, audit_files

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
