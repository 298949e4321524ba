"""Sectors in several pieces are told, with who surrounds them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.model.levels import Level
from geo.model.plan import Plan
from geo.sources.cities import open_city
from geo.territory.enclaves import enclaves
from geo.territory.sectors import draw_sectors

DATA = Path(__file__).parents[2] / "data"
CRS = "EPSG:2154"


def _squares(letters: str) -> tuple[gpd.GeoDataFrame, Plan]:
    """Give a board of squares of 10 m, row by row, each with the school of its letter."""
    rows = letters.split()
    cells = {
        f"{y}{x}": (letter, shapely.box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10))
        for y, row in enumerate(rows)
        for x, letter in enumerate(row)
    }
    units = gpd.GeoDataFrame(geometry=[shape for _, shape in cells.values()], index=list(cells), crs=CRS)
    plan = Plan(Level.NURSERY, {unit: (letter,) for unit, (letter, _) in cells.items()})
    return units.rename_axis("unit_id"), plan


def _told(letters: str) -> list[tuple[object, ...]]:
    pieces = enclaves(*_squares(letters))
    return list(pieces[["sector_id", "area_m2", "units", "within"]].itertuples(index=False, name=None))


def test_sectors_in_one_piece_have_no_enclave() -> None:
    assert _told("aab aab bbb") == []


def test_a_piece_within_another_sector_names_it() -> None:
    assert _told("bbbba bcbba bbbba") == []
    assert _told("bbbba babba bbbba") == [("a", 100.0, ("11",), "b")]


def test_a_piece_between_two_sectors_or_at_the_limit_has_no_one_around_it() -> None:
    assert _told("abbaa cccaa") == [("a", 100.0, ("00",), "")]
    assert _told("bbbbaa bacbaa bbbbaa") == [("a", 100.0, ("11",), "")]


def test_pieces_that_touch_at_a_point_lie_apart_and_the_largest_comes_first() -> None:
    assert _told("aab aab aba") == [("a", 100.0, ("22",), ""), ("b", 100.0, ("21",), "")]
    assert [row[1] for row in _told("aaabaabba aaabbbbbb")] == [200.0, 100.0]


@pytest.mark.parametrize("level", list(Level))
def test_the_sectors_of_villebrune_are_whole_valid_and_without_gap(level: Level) -> None:
    city = open_city(DATA, "villebrune")
    units, plan = city.layer("units"), city.current[level]
    sectors = draw_sectors(units, plan)
    assert sectors.is_valid.all()
    commune = city.layer("commune").union_all()
    assert sectors.area.sum() == pytest.approx(commune.area)
    assert sectors.union_all().symmetric_difference(commune).area == pytest.approx(0, abs=1.0)
    assert len(enclaves(units, plan)) == {Level.NURSERY: 2, Level.ELEMENTARY: 1, Level.COLLEGE: 0}[level]
