"""Yards estimated from buildings: by hand, and left out where they would be a guess."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import SourceError
from geo.model.tables_ground import YARDS
from geo.sources.montpellier_ground import GroundRules, estate_code, estimate_yards, ground_sources, read_ground

X, Y = 770_000.0, 6_280_000.0
CRS = "EPSG:2154"
RULES = GroundRules(around_m=10, street_m=5, house_m=8, wall_m=4, least_m2=200, most_m2=6_000)
FAR = shapely.Point(5_000, 5_000)


def _layer(shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    moved = [shapely.transform(shape, lambda xy: xy + np.array([X, Y])) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS)


def _schools(**estates: str) -> gpd.GeoDataFrame:
    return _layer([shapely.Point(5, 5)] * len(estates), estate=list(estates.values())).set_index(
        pd.Index(list(estates), name="school_id")
    )


def _buildings(*pairs: tuple[str, shapely.Geometry]) -> gpd.GeoDataFrame:
    return _layer([shape for _, shape in pairs], CDPAT=[code for code, _ in pairs])


def _estimate(
    schools: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    street: shapely.Geometry | None = None,
    house: shapely.Geometry = FAR,
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    lines = [street or shapely.LineString([(900, 0), (900, 9)])]
    return estimate_yards(schools, buildings, streets=_layer(lines), addresses=_layer([house]), rules=RULES)


BLOCK = shapely.box(0, 0, 20, 10)
RING_M2 = BLOCK.buffer(10).area - 200  # two sides of 20 m, two of 10 m, four quarters of a circle


def test_the_open_ground_around_a_block_is_its_yard() -> None:
    yards, left_out = _estimate(_schools(a="00412"), _buildings(("412", BLOCK)))
    assert yards.area.to_list() == [pytest.approx(2 * 10 * (20 + 10) + np.pi * 100, rel=0.01)]
    assert (yards["school_id"].to_list(), yards["outline"].to_list(), left_out) == (["a"], ["estimated"], {})
    parsed, faults = YARDS.parse(yards.reset_index(), "yards.gpkg")
    assert not faults
    assert parsed.index.to_list() == ["estimee-a"]


def test_the_court_between_two_wings_belongs_to_the_yard() -> None:
    wings = [("412", shapely.box(0, 0, 10, 40)), ("412", shapely.box(50, 0, 60, 40))]
    yards, _ = _estimate(_schools(a="412"), _buildings(*wings))
    court = shapely.transform(shapely.box(10, 0, 50, 40), lambda xy: xy + np.array([X, Y]))
    assert yards.geometry.iloc[0].covers(court)


def test_what_lies_beyond_a_street_is_no_yard() -> None:
    street = shapely.LineString([(-100, 16), (100, 16)])  # takes all from 11 to 21 m: what is beyond is cut off
    yards, _ = _estimate(_schools(a="412"), _buildings(("412", BLOCK)), street=street)
    assert yards.total_bounds[3] - Y == pytest.approx(11)


def test_other_houses_and_buildings_keep_their_ground() -> None:
    neighbour = shapely.box(25, 0, 40, 10)
    yards, _ = _estimate(_schools(a="412"), _buildings(("412", BLOCK), ("7", neighbour)), house=shapely.Point(10, 22))
    yard = shapely.transform(yards.geometry.iloc[0], lambda xy: xy - np.array([X, Y]))
    assert yard.distance(neighbour) == pytest.approx(4, abs=0.01)
    assert yard.distance(shapely.Point(10, 22)) == pytest.approx(8, abs=0.1)
    assert yard.area < RING_M2


@pytest.mark.parametrize(
    ("estates", "shapes", "reason"),
    [
        ({"a": ""}, [("412", BLOCK)], "no-code"),
        ({"a": "00000"}, [("00000", BLOCK)], "no-code"),
        ({"a": "412"}, [("413", BLOCK)], "no-building"),
        ({"a": "412"}, [("412", shapely.box(500, 0, 520, 10))], "no-building"),
        ({"a": "412"}, [("412", shapely.box(0, 0, 10, 90)), ("412", shapely.box(90, 0, 99, 90))], "too-large"),
    ],
)
def test_a_yard_that_would_be_a_guess_is_left_out(
    estates: dict[str, str], shapes: list[tuple[str, shapely.Geometry]], reason: str
) -> None:
    yards, left_out = _estimate(_schools(**estates), _buildings(*shapes))
    assert left_out == {reason: 1}
    assert yards.empty


def test_two_schools_of_one_estate_get_no_yard() -> None:
    yards, left_out = _estimate(_schools(a="412", b="0412"), _buildings(("412", BLOCK)))
    assert (len(yards), left_out) == (0, {"shared-code": 2})


def test_a_yard_without_room_is_left_out() -> None:
    street = shapely.box(-15, -15, 35, 25).exterior
    _, left_out = _estimate(_schools(a="412"), _buildings(("412", BLOCK)), street=street)
    assert left_out == {}
    tight = shapely.box(-6, -6, 26, 16).exterior
    _, left_out = _estimate(_schools(a="412"), _buildings(("412", BLOCK)), street=tight)
    assert left_out == {"too-small": 1}


@pytest.mark.parametrize(
    ("value", "code"), [("00165", "165"), (304.0, "304"), ("304", "304"), ("00000", ""), (None, ""), (float("nan"), "")]
)
def test_codes_are_read_alike_whatever_their_zeros(value: object, code: str) -> None:
    assert estate_code(value) == code


def _write(path: Path, layer: gpd.GeoDataFrame) -> Path:
    layer.to_file(path, driver="GPKG")
    return path


def test_heights_that_no_tree_has_are_left_empty(tmp_path: Path) -> None:
    points = [shapely.Point(place, 0) for place in range(5)]
    file = _write(tmp_path / "trees.gpkg", _layer(points, HAUTEUR_M=[8.0, 0.0, 200.0, np.nan, 25.0]))
    made = read_ground(file, None, schools=_schools(a="1"), streets=_layer([FAR]), addresses=_layer([FAR]))
    assert set(made.tables) == {"trees"}
    assert made.tables["trees"]["height_m"].dropna().to_list() == [8.0, 25.0]
    assert made.tables["trees"]["crown_m"].isna().all()
    assert made.summary == {"trees": 5, "trees_with_height": 2}
    (source,) = ground_sources(made)
    assert "2 arbres sur 5" in source.note


def test_a_file_without_its_columns_is_refused_in_words(tmp_path: Path) -> None:
    file = _write(tmp_path / "buildings.gpkg", _layer([BLOCK], OBJECTID=[1]))
    with pytest.raises(SourceError, match="none called PATRLIB, CDPAT"):
        read_ground(None, file, schools=_schools(a="1"), streets=_layer([FAR]), addresses=_layer([FAR]))


def test_a_portal_without_these_files_makes_no_ground() -> None:
    made = read_ground(None, None, schools=_schools(a="1"), streets=_layer([FAR]), addresses=_layer([FAR]))
    assert (dict(made.tables), dict(made.summary), ground_sources(made)) == ({}, {}, [])
