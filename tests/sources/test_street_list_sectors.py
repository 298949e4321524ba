"""Drawn sectors that are broken, empty, or upon each other: what is done with them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.council.findings import finding_text
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files
from geo.territory.annex.findings import Finding

# A hundred metres in each square; addresses stand at the middle of each.
WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)
FAR_M = (700_000, 6_600_000)
PLACES = {1: (50, 50), 3: (95, 50), 5: (150, 50), 7: (250, 50)}


def _audited(folder: Path, shapes: Sequence[BaseGeometry | None], **columns: Sequence[str]) -> AuditReport:
    """Audit four addresses of one street, 1 and 3 of X, 5 and 7 of Y, against some shapes."""
    (folder / "list.csv").write_text("voie;du;au;ecole\nrue A;1;3;X\nrue A;5;7;Y\n", encoding="utf-8")
    east, north = FAR_M
    homes = "".join(f"{number};rue A;{east + x};{north + y}\n" for number, (x, y) in PLACES.items())
    (folder / "homes.csv").write_text("numero;voie;x;y\n" + homes, encoding="utf-8")
    layer = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:2154")
    layer.set_geometry(layer.translate(east, north)).to_file(folder / "drawn.gpkg")
    return audit_files(AuditFiles(folder / "list.csv", folder / "homes.csv", folder / "drawn.gpkg"))


def _of_drawing(report: AuditReport) -> dict[str, Mapping[str, object]]:
    return {finding.kind: finding.values for finding in report.drawing_findings}


def _only(report: AuditReport) -> Finding:
    (finding,) = report.drawing_findings
    return finding


def test_sectors_side_by_side_say_nothing_of_themselves(tmp_path: Path) -> None:
    report = _audited(tmp_path, [WEST, EAST], ecole=["X", "Y"])
    assert report.drawing_findings == ()
    assert (report.compared, report.outside_sectors, report.disagreeing) == (3, 1, 0)


def test_a_limit_that_crosses_itself_is_repaired_and_named(tmp_path: Path) -> None:
    crossed = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    report = _audited(tmp_path, [crossed, EAST], ecole=["X", "Y"])
    assert _of_drawing(report) == {"polygon-repaired": {"count": 1, "names": "X"}}
    # The middle of the two triangles is in both; number 3 is in the one on the right.
    assert report.compared == 3


def test_shapes_without_area_or_name_are_left_out_and_named(tmp_path: Path) -> None:
    flat = Polygon([(0, 0), (50, 50), (99, 99)])
    report = _audited(
        tmp_path, [WEST, LineString([(100, 0), (200, 100)]), flat, None, EAST], ecole=["X", "Y", "Z", "V", ""]
    )
    finding = _only(report)
    assert finding.values == {"count": 4, "names": "Y, Z, V, n° 5"}
    assert report.compared == 2
    assert "4 shapes without area or without a name of a school were left out" in finding_text(finding, "en")


def test_an_overlap_is_told_with_its_area_and_the_addresses_in_both(tmp_path: Path) -> None:
    finding = _only(_audited(tmp_path, [WEST, box(90, 0, 200, 100)], ecole=["X", "Y"]))
    assert (finding.kind, finding.addresses, finding.blocks) == ("polygon-overlap", 1, False)
    assert finding_text(finding, "fr").replace("\u202f", " ").replace("\xa0", " ") == (
        "Dessin des secteurs : « X » et « Y » se recouvrent sur 1 000 m² (1 adresse dans les deux)."
    )


@pytest.mark.parametrize(
    "east",
    [
        pytest.param(box(98, 0, 200, 100), id="a sliver all along the limit"),
        pytest.param(box(94, 94, 200, 200), id="a corner of 36 m2"),
    ],
)
def test_a_sliver_is_no_overlap(tmp_path: Path, east: Polygon) -> None:
    assert _audited(tmp_path, [WEST, east], ecole=["X", "Y"]).drawing_findings == ()


def test_a_sector_drawn_once_for_each_of_its_schools_is_shared_and_no_overlap(tmp_path: Path) -> None:
    report = _audited(tmp_path, [WEST, WEST, EAST], ecole=["X", "Y", "Y"])
    assert report.drawing_findings == ()
    assert report.disagreeing == 0


def test_two_drawings_of_one_school_and_sectors_of_two_levels_do_not_overlap(tmp_path: Path) -> None:
    pieces = MultiPolygon([box(90, 0, 200, 100), box(210, 0, 300, 100)])
    same = _audited(tmp_path, [box(0, 0, 110, 100), pieces], ecole=["X", "X"])
    assert same.drawing_findings == ()
    levels = _audited(tmp_path, [WEST, box(50, 0, 200, 100)], ecole=["X", "Y"], niveau=["Maternelle", "ÉLÉMENTAIRE"])
    assert levels.drawing_findings == ()


def test_sectors_of_another_level_are_not_compared_with_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("voie;niveau;ecole\nrue A;maternelle;X\n", encoding="utf-8")
    (tmp_path / "homes.csv").write_text("numero;voie;x;y\n1;rue A;700050;6600050\n", encoding="utf-8")
    drawn = gpd.GeoDataFrame({"ecole": ["X"]}, geometry=[box(7e5, 6.6e6, 700_100, 6_600_100)], crs="EPSG:2154")
    for level, compared in (("Élémentaire", 0), ("maternelle", 1), ("", 1)):
        drawn.assign(niveau=level).to_file(tmp_path / "drawn.gpkg")
        report = audit_files(AuditFiles(*(tmp_path / name for name in ("list.csv", "homes.csv", "drawn.gpkg"))))
        assert report.compared == compared
