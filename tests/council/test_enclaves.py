"""Sectors and areas in pieces, as the village and Villebrune have them."""

from __future__ import annotations

from geo.council.enclaves import COLUMNS, pieces_layer, pieces_texts
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.planning.catchments import catchments
from geo.planning.walk_areas import walk_areas


def _pieces(toy: City, **moves: tuple[str, ...]) -> list[str]:
    scenario = Scenario(name="x", city="toy", level="elementary", start_year=2027, moves=moves)
    found = catchments(toy, scenario)
    layer = pieces_layer(toy, found, walk_areas(toy, found))
    assert list(layer.columns) == list(COLUMNS)
    assert layer.crs == toy.crs
    return list(pieces_texts(layer, "en"))


def test_a_map_in_one_piece_a_school_says_nothing(toy: City) -> None:
    assert _pieces(toy) == []


def test_each_sector_in_pieces_is_told_once_with_its_addresses(toy: City) -> None:
    assert sorted(_pieces(toy, B=("e",), C=("w",))) == [
        "Sector of “École de l'Est”: 1 piece apart from the rest (1 address).",
        "Sector of “École de l'Ouest”: 1 piece apart from the rest (1 address).",
    ]
