"""What streets are known to be: their class of road, bridges and tunnels, heights; from every kind of file."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.model.tables import STREETS
from geo.sources.streets_files import read_streets, write_streets
from geo.sources.streets_graphs import streets_of_graph
from geo.sources.streets_rules import heights_above_ground, road_classes
from geo.sources.streets_weaving import weave
from geo.territory.network import build_network, node_heights
from geo.territory.walking.costs import with_slope

PIECES = ((0, 0), (100, 0), (200, 0), (300, 0))


def _lines(tmp_path: Path, **columns: object) -> Path:
    """Write three pieces of one street that climbs 5, 0 and -3 m, the last height not known."""
    heights = (100.0, 105.0, 105.0, -1000.0)
    ends = [(*place, height) for place, height in zip(PIECES, heights, strict=True)]
    shapes = [shapely.LineString([(700_000 + x, 6_600_000 + y, z) for x, y, z in ends[i : i + 2]]) for i in range(3)]
    file = tmp_path / "lines.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154").to_file(file)
    return file


@pytest.mark.parametrize(
    ("tags", "storey"),
    [
        ({}, 0),
        ({"layer": "2"}, 2),
        ({"bridge": "yes"}, 1),
        ({"bridge": "viaduct", "layer": "0"}, 1),
        ({"bridge": "yes", "layer": "2"}, 2),
        ({"bridge": "no"}, 0),
        ({"tunnel": "yes"}, -1),
        ({"tunnel": "yes", "layer": "-3"}, -3),
        ({"tunnel": "building_passage"}, 0),
        ({"layer": "1;2"}, 1),
        ({"layer": "ground"}, 0),
        ({"layer": "99"}, 9),
    ],
)
def test_bridges_and_tunnels_of_openstreetmap(tags: dict[str, str], storey: int) -> None:
    told = pd.DataFrame([{"layer": None, "bridge": None, "tunnel": None, **tags}], dtype=object)
    assert heights_above_ground(told, silent_is_ground=True).tolist() == [storey]


def test_where_a_file_says_nothing_of_the_ground_nothing_is_known() -> None:
    told = pd.DataFrame({"layer": [None, "1"]}, dtype=object)
    assert heights_above_ground(told, silent_is_ground=False).isna().tolist() == [True, False]
    assert road_classes(pd.DataFrame({"id": ["1", "2"]})).tolist() == ["", ""]


def test_of_several_classes_the_first_counts_and_the_road_base_has_importances() -> None:
    assert road_classes(pd.DataFrame({"highway": ["primary;secondary", None, "steps"]})).tolist() == [
        "primary", "", "steps",
    ]  # fmt: skip
    assert road_classes(pd.DataFrame({"importance": ["3", None]})).tolist() == ["importance-3", ""]


def test_heights_come_from_the_lines_and_those_out_of_this_world_are_not_known(tmp_path: Path) -> None:
    table = read_streets(_lines(tmp_path, road_class=["primary", "", "path"], above_ground=[0, 1, 0])).table
    assert table["from_height_m"].tolist() == [100, 105, 105]
    assert table["to_height_m"].tolist()[:2] == [105, 105]
    assert np.isnan(table["to_height_m"].iloc[2])
    assert table["road_class"].tolist() == ["primary", "", "path"]
    assert table["above_ground"].tolist() == [0, 1, 0]
    assert not table.geometry.has_z.any()


def test_what_is_known_of_streets_is_written_for_a_city_and_read_back(tmp_path: Path) -> None:
    read = read_streets(_lines(tmp_path, road_class=["primary", "", "path"], above_ground=[0, 1, -1]))
    out = tmp_path / "streets.gpkg"
    write_streets(read, out)
    typed, faults = STREETS.parse(gpd.read_file(out), "streets.gpkg")
    assert faults == []
    again = read_streets(out).table
    columns = ["road_class", "above_ground", "from_height_m", "to_height_m"]
    for table in (typed, again):
        pd.testing.assert_frame_equal(
            pd.DataFrame(table[columns]).reset_index(drop=True),
            pd.DataFrame(read.table[columns]).reset_index(drop=True),
            check_dtype=False,
        )


def test_each_crossing_has_the_mean_height_of_the_ends_that_meet_there() -> None:
    lines = [shapely.LineString([PIECES[i], PIECES[i + 1]]) for i in range(3)]
    streets = gpd.GeoDataFrame({"from_height_m": [10.0, 14.0, 21.0], "to_height_m": [12.0, 19.0, 30.0]}, geometry=lines)
    network = build_network(streets)
    heights_m = node_heights(network, streets)
    assert heights_m is not None
    by_place = dict(zip(network.node_xy[:, 0].tolist(), heights_m.tolist(), strict=True))
    assert by_place == {0: 10, 100: 13, 200: 20, 300: 30}
    assert node_heights(network, streets.drop(columns="to_height_m")) is None
    assert node_heights(network, streets.assign(to_height_m=[12.0, 19.0, np.nan])) is None


def test_up_to_a_tenth_of_the_crossings_have_the_height_of_the_nearest_one() -> None:
    xs = np.array([0.0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 930])
    lines = [shapely.LineString([(x, 0), (y, 0)]) for x, y in itertools.pairwise(xs)]
    ends_m = {"from_height_m": xs[:-1] / 10, "to_height_m": np.r_[xs[1:-1] / 10, np.nan]}
    streets = gpd.GeoDataFrame(ends_m, geometry=lines)
    network = build_network(streets)
    heights_m = node_heights(network, streets)
    assert heights_m is not None
    # The last one, at 930 m, has the 90 m of the one before it, and stays level when slopes count.
    assert dict(zip(network.node_xy[:, 0], heights_m, strict=True)) == {**dict(zip(xs, xs / 10, strict=True)), 930: 90}
    assert np.isfinite(with_slope(network, heights_m).lengths_m[0]).all()
    streets.loc[8, "to_height_m"] = streets.loc[9, "from_height_m"] = np.nan
    assert node_heights(network, streets) is None


def test_columns_of_heights_that_are_out_of_this_world_are_not_known_either(tmp_path: Path) -> None:
    shapes = [shapely.LineString([(700_000 + x, 6_600_000), (700_100 + x, 6_600_000)]) for x in (0, 100, 200)]
    said = {"from_height_m": [10.0, -1000.0, 9999.0], "to_height_m": [11.0, -500.0, 9000.0], "class": ["path", "", "x"]}
    gpd.GeoDataFrame(said, geometry=shapes, crs="EPSG:2154").to_file(tmp_path / "lines.gpkg")
    read = read_streets(tmp_path / "lines.gpkg")
    assert read.table["from_height_m"].isna().tolist() == [False, True, True]
    assert read.table["to_height_m"].tolist() == [11, -500, 9000]
    assert read.table["road_class"].tolist() == ["path", "", "x"]
    write_streets(read, tmp_path / "streets.gpkg")
    assert STREETS.parse(gpd.read_file(tmp_path / "streets.gpkg"), "streets.gpkg")[1] == []


def test_a_graph_tells_its_classes_and_bridges() -> None:
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for row, (x, y) in enumerate(((2.0, 48.0), (2.001, 48.0), (2.002, 48.0))):
        graph.add_node(row, x=x, y=y)
    graph.add_edge(0, 1, highway=["primary", "secondary"], bridge="yes")
    graph.add_edge(1, 2, highway="residential")
    table = weave(streets_of_graph(graph), "EPSG:2154").table
    assert table["road_class"].tolist() == ["primary", "residential"]
    assert table["above_ground"].isna().tolist() == [False, True]


def test_a_layer_whose_heights_are_all_zero_knows_none(tmp_path: Path) -> None:
    file = tmp_path / "flat.gpkg"
    shapes = [shapely.LineString([(700_000, 6_600_000, 0), (700_100, 6_600_000, 0)])]
    gpd.GeoDataFrame(geometry=shapes, crs="EPSG:2154").to_file(file)
    assert "from_height_m" not in read_streets(file).table


@pytest.mark.real
def test_real_files_tell_classes_and_bridges(real_data: Path) -> None:
    bondy = read_streets(real_data / "bondy" / "osm_bondy_2022.osm").table
    assert {"primary", "residential", "footway"} <= set(bondy["road_class"])
    assert bondy["above_ground"].value_counts().to_dict() == {0: 307, 1: 5, -1: 3}
    nantes = read_streets(real_data / "nantes" / "bdtopo3_nantes_troncons_route.gpkg").table
    assert set(nantes["road_class"]) == {f"importance-{rank}" for rank in (3, 4, 5, 6)}
    assert (nantes["above_ground"] == 1).sum() == 35
