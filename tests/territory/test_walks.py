"""Laws W37 and W38 of docs/catchments.md: the walks of a city, its doors, its barriers, and how they are searched."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.territory.network import build_network
from geo.territory.walking.choosing import COMPILED_FROM, searches_for
from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import graph_of
from geo.territory.walking.plain import Plain
from geo.territory.walks import Walks, walks

CRS = "EPSG:2154"


def _streets(**lines: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString(line) for line in lines.values()]
    return gpd.GeoDataFrame({"street_id": list(lines)}, geometry=shapes, crs=CRS)


def _points(*xy: tuple[float, float], **columns: list[str | None]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.Point(one) for one in xy], crs=CRS)


NO_BARRIER = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=CRS)
RIVER = gpd.GeoDataFrame({"kind": ["river"]}, geometry=[shapely.box(-500, 20, 500, 40)], crs=CRS)
# Two parallel streets 24 m apart, joined 300 m farther on.
PARALLEL = _streets(north=[(0, 24), (300, 24)], south=[(0, 0), (300, 0)], east=[(300, 0), (300, 24)])
SCHOOL = _points((0, 24))


def _walked(homes: gpd.GeoDataFrame, *, barriers: gpd.GeoDataFrame = NO_BARRIER) -> Walks:
    return walks(build_network(PARALLEL), homes, SCHOOL, streets=PARALLEL, barriers=barriers)


def test_a_house_between_two_streets_has_its_door_on_the_street_of_its_address() -> None:
    homes = _points((50, 11), (50, 11), (50, 11), street_id=["north", "south", "elsewhere"])
    # By the north 13 + 50, by the south 11 + 250 + 24 + 300; a street that is not near says nothing.
    assert _walked(homes).table_m[0].to_list() == pytest.approx([63, 585, 63])


def test_an_address_without_a_street_takes_the_shorter_walk() -> None:
    assert _walked(_points((50, 11), street_id=[None])).table_m[0].to_list() == pytest.approx([63])
    assert _walked(_points((50, 11))).table_m[0].to_list() == pytest.approx([63])


def test_no_door_opens_over_the_river_and_who_stands_in_it_has_no_walk() -> None:
    # W37: the river covers the northern street; a school there is in the river.
    walked = _walked(_points((50, 11), (50, 30)), barriers=RIVER)
    assert np.isinf(walked.schools.nearest_m).all()
    assert np.isinf(walked.table_m.to_numpy()).all()
    assert walked.homes.nearest_m.tolist() == [11, np.inf]


def test_a_town_is_walked_plainly_and_a_region_in_compiled_form() -> None:
    # W38: the rule, and that both give the same bits (W6) at its border.
    graph = graph_of(build_network(PARALLEL))
    border = -(-COMPILED_FROM // graph.nodes)
    assert isinstance(searches_for(graph, sources=border - 1), Plain)
    assert isinstance(searches_for(graph, sources=border), Compiled)
