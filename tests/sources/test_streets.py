"""Streets of files made by hand: what may be walked, where streets meet, what is missing, what is refused in words."""

from __future__ import annotations

import bz2
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import requests
import shapely
from typer.testing import CliRunner

from geo.cli.main import app
from geo.council.words import LANGS, fault_text, say
from geo.errors import NetworkError, SourceError
from geo.model.tables import STREETS
from geo.sources import streets as online
from geo.sources.streets import download_streets
from geo.sources.streets_files import read_streets, streets_from_graph, write_streets
from geo.sources.streets_rules import BDTOPO_RULES, LINE_RULES, OSM_RULES, judge
from geo.sources.streets_weaving import Streets, street_code
from geo.sources.streets_xml import ways_of_xml
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances

RUN = CliRunner()
# A grid of nodes at Bondy: node 10 * x + y lies x and y steps of about 70 and 100 m from the corner.
LON, LAT, STEP = 2.48, 48.90, 0.001
Way = tuple[int, list[int], dict[str, str]]


def osm_text(ways: Iterable[Way], *, without: tuple[int, ...] = ()) -> str:
    """Write OpenStreetMap XML with the nodes of the grid."""
    nodes = [10 * x + y for x in range(10) for y in range(10) if 10 * x + y not in without]
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6'>"]
    lines += [f"<node id='{n}' lat='{LAT + STEP * (n % 10):.7f}' lon='{LON + STEP * (n // 10):.7f}'/>" for n in nodes]
    for way, refs, tags in ways:
        lines.append(f"<way id='{way}'>" + "".join(f"<nd ref='{ref}'/>" for ref in refs))
        lines.append("".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items()) + "</way>")
    return "\n".join([*lines, "</osm>"])


def written(tmp_path: Path, ways: Iterable[Way], *, without: tuple[int, ...] = ()) -> Path:
    """Give the file of some ways."""
    file = tmp_path / "hand.osm"
    file.write_text(osm_text(ways, without=without), encoding="utf-8")
    return file


def street(**tags: str) -> dict[str, str]:
    """Give the tags of a street; two underscores stand for a colon."""
    return {"highway": "residential"} | {key.replace("__", ":"): value for key, value in tags.items()}


def ids(streets: Streets) -> set[str]:
    """Give the pieces that may be walked."""
    return set(streets.table.index[streets.table["walkable"]])


def refusal(file: Path, **options: str) -> str:
    """Give what is said of a file that cannot be read; in both languages something is said."""
    with pytest.raises(SourceError) as refused:
        read_streets(file, **options)
    for lang in LANGS:
        assert file.name in fault_text(refused.value.fault, lang) or "EPSG" in fault_text(refused.value.fault, lang)
    return str(refused.value)


# Crossings ------------------------------------------------------------------------------------------------------


def test_streets_that_share_a_node_are_cut_there(tmp_path: Path) -> None:
    file = written(tmp_path, [(1, [1, 11, 21], street(name="Rue Longue")), (2, [10, 11, 12], street())])
    read = read_streets(file)
    assert list(read.table.index) == ["1.1", "1.2", "2.1", "2.2"]
    assert (read.report.pieces, read.report.crossings, read.report.streets) == (4, 5, 2)
    assert read.table["street_name"].tolist() == ["Rue Longue", "Rue Longue", "", ""]
    assert read.table["street_id"].tolist() == ["rue-longue", "rue-longue", "", ""]


def test_a_bridge_over_a_street_does_not_meet_it(tmp_path: Path) -> None:
    # The bridge 10-12 passes over 1-21 where neither has a node; at 12 and 21 both reach the street 3.
    bridge = street(bridge="yes", layer="1")
    file = written(tmp_path, [(1, [1, 21], street()), (2, [10, 12], bridge), (3, [12, 22, 21], street())])
    read = read_streets(file)
    network = build_network(read.table)
    assert len(read.table) == 3
    below, above = read.table.geometry["1"], read.table.geometry["2"]
    crossing = shapely.get_coordinates(below.intersection(above))
    assert len(crossing) == 1, "on the map they cross"
    one, other = (snap(network, np.array([[line.coords[0][0], line.coords[0][1]]])) for line in (below, above))
    assert walk_distances(network, one, other)[0, 0] == pytest.approx(read.table.length.sum())


def test_a_street_that_crosses_itself_is_cut_at_that_node_and_a_ring_stays_whole(tmp_path: Path) -> None:
    knot = [0, 10, 20, 21, 11, 10, 1]
    ring = [44, 45, 55, 54, 44]
    read = read_streets(written(tmp_path, [(1, knot, street()), (2, ring, street()), (3, [44, 20], street())]))
    assert {"1.1", "1.2", "1.3", "1.4"} <= set(read.table.index)
    assert read.table.geometry["2"].is_closed
    assert read.report.islands == 0
    assert read.report.left_out == ()


def test_closed_streets_cut_no_open_one(tmp_path: Path) -> None:
    file = written(tmp_path, [(1, [1, 11, 21], street()), (2, [10, 11, 12], street(access="private"))])
    read = read_streets(file)
    assert ids(read) == {"1"}
    assert not read.table["walkable"]["2"]


def test_the_length_of_all_pieces_is_the_length_of_the_streets(tmp_path: Path) -> None:
    file = written(tmp_path, [(row, [row * 10 + y for y in range(10)], street()) for row in range(9)])
    crossing = [(90 + y, [x * 10 + y for x in range(10)], street()) for y in range(9)]
    both = tmp_path / "both.osm"
    both.write_text(osm_text([*((row, [row * 10 + y for y in range(10)], street()) for row in range(9)), *crossing]))
    alone = read_streets(file).table.length.sum()
    read = read_streets(both)
    assert read.table.length.sum() == pytest.approx(
        alone + read.table[read.table.index.str.startswith("9")].length.sum()
    )
    assert read.report.pieces == 9 * 9 + 9 * 9
    assert build_network(read.table).length_m.sum() == pytest.approx(read.report.walkable_m, abs=1e-6)


# What may be walked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "steps"}, ""),
        ({"highway": "service", "service": "driveway"}, ""),
        ({"highway": "service", "access": "private"}, "private"),
        ({"highway": "service", "access": "private", "foot": "yes"}, ""),
        ({"highway": "service", "service": "private"}, "private"),
        ({"highway": "residential", "access": "destination"}, ""),
        ({"highway": "motorway"}, "motorway"),
        ({"highway": "trunk", "motorroad": "yes"}, "motorway"),
        ({"highway": "trunk"}, ""),
        ({"highway": "cycleway"}, "cycleway"),
        ({"highway": "cycleway", "foot": "designated"}, ""),
        ({"highway": "primary", "foot": "no"}, "foot_no"),
        ({"highway": "primary", "foot": "use_sidepath"}, "foot_no"),
        ({"highway": "footway", "indoor": "yes"}, "indoor"),
        ({"highway": "footway", "indoor": "yes", "foot": "yes"}, "indoor"),
        ({"highway": "construction", "foot": "yes"}, "unbuilt"),
        ({"highway": "pedestrian", "area": "yes"}, "area"),
        ({"highway": "platform"}, "special"),
        ({"highway": "footway;cycleway"}, "cycleway"),
    ],
)
def test_each_rule_decides_as_a_person_on_foot_would(tags: Mapping[str, str], why: str) -> None:
    assert judge(pd.DataFrame([tags], dtype=object), OSM_RULES).tolist() == [why]


def test_every_rule_has_a_reason_and_its_words() -> None:
    for rule in (*OSM_RULES, *BDTOPO_RULES, *LINE_RULES):
        assert rule.reason
        assert not rule.code or all(say(f"streets.out.{rule.code}", lang) for lang in LANGS)


def test_what_is_left_out_is_counted_with_its_reason_and_its_length(tmp_path: Path) -> None:
    ways = [
        (1, [1, 2, 3], street()),
        (2, [3, 13], {"highway": "motorway"}),
        (3, [3, 4], street(access="private")),
        (4, [80, 81], street()),
    ]
    read = read_streets(written(tmp_path, ways))
    step = read.table.geometry["4"].length
    told = {one.code: (one.streets, one.length_m) for one in read.report.left_out}
    assert {code: count for code, (count, _) in told.items()} == {"motorway": 1, "private": 1, "island": 1}
    assert told["island"][1] == pytest.approx(step)
    assert read.report.walkable_m == pytest.approx(2 * step, rel=1e-3)
    assert read.report.islands == 1
    assert sum(one.length_m for one in read.report.left_out) + read.report.walkable_m == pytest.approx(
        read.report.length_m
    )
    assert build_network(read.table).dropped_m == pytest.approx(step)


def test_one_way_for_people_on_foot_is_kept_and_one_way_for_cars_is_not(tmp_path: Path) -> None:
    ways = [
        (1, [1, 2], street(oneway="yes")),
        (2, [2, 3], street(oneway__foot="yes")),
        (3, [3, 4], street(oneway__foot="-1")),
        (4, [4, 5], {"highway": "steps", "conveying": "backward"}),
    ]
    read = read_streets(written(tmp_path, ways))
    assert read.table["walk_direction"].tolist() == [0, 1, -1, -1]
    assert read.report.one_way == 3
    assert build_network(read.table).direction.tolist() == [0, 1, -1, -1]


# Files that were cut out ------------------------------------------------------------------------------------------


def test_a_clipped_file_loads_and_says_how_many_references_were_dropped(tmp_path: Path) -> None:
    ways = [
        (1, [1, 2, 3, 4, 5, 6], street()),
        (2, [2, 12], street()),
        (3, [5, 15, 99], street()),
        (4, [0, 7], street()),
    ]
    read = read_streets(written(tmp_path, ways, without=(3, 99, 0)))
    assert (read.report.references, read.report.missing_references, read.report.lost_streets) == (13, 3, 1)
    # No straight line from 2 to 4 over the node that is not known.
    assert read.report.islands == 1
    step = shapely.length(read.table.geometry["2"])
    assert read.table.geometry[["1.1", "1.2", "1.3"]].length.max() < 2 * step
    assert "4" not in read.table.index


def test_references_are_counted_in_streets_only() -> None:
    text = osm_text([(1, [1, 2, 500], street()), (2, [3, 600, 700], {"building": "yes"})])
    ways = ways_of_xml(text.encode(), ("highway",))
    assert (ways.number.tolist(), ways.there.tolist(), ways.tags.tolist()) == (
        [1],
        [True, True, False],
        [["residential"]],
    )


# Other sources ----------------------------------------------------------------------------------------------------


def test_the_same_streets_as_xml_and_packed_give_the_same_table(tmp_path: Path) -> None:
    file = written(tmp_path, [(1, [1, 11, 21], street(name="Rue Longue")), (2, [10, 11, 12], street())])
    packed = tmp_path / "hand.osm.bz2"
    packed.write_bytes(bz2.compress(file.read_bytes()))
    assert read_streets(file).table.equals(read_streets(packed).table)


def drawn_graph() -> nx.MultiDiGraph:
    """Give a graph as osmnx makes it: both directions of a street, a one-way street, a private one."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node in (1, 2, 3):
        graph.add_node(node, x=LON + STEP * node, y=LAT)
    bend = shapely.LineString([(LON + STEP, LAT), (LON + 1.5 * STEP, LAT + STEP), (LON + 2 * STEP, LAT)])
    graph.add_edge(1, 2, highway="residential", name="Rue Courbe", geometry=bend, oneway=False)
    graph.add_edge(2, 1, highway="residential", name="Rue Courbe", geometry=bend.reverse(), oneway=False, reversed=True)
    graph.add_edge(2, 3, highway=["footway", "steps"], name=["Sente A", "Sente B"], oneway=True)
    graph.add_edge(1, 3, highway="service", access="private")
    return graph


def test_a_graph_gives_each_street_once_with_its_bends() -> None:
    read = streets_from_graph(drawn_graph())
    assert read.table["street_name"].tolist() == ["Rue Courbe", "", "Sente A"]
    assert read.table["walkable"].tolist() == [True, False, True]
    assert read.report.one_way == 0
    assert len(read.table.geometry.iloc[0].coords) == 3


def test_a_graphml_file_gives_the_same_as_its_graph(tmp_path: Path) -> None:
    graph = drawn_graph()
    plain = nx.MultiDiGraph(crs="epsg:4326")
    plain.add_nodes_from(graph.nodes(data=True))
    for one, other, said in graph.edges(data=True):
        plain.add_edge(one, other, **{key: str(value) for key, value in said.items()})
    file = tmp_path / "hand.graphml"
    nx.write_graphml(plain, file)
    assert (
        read_streets(file)
        .table.drop(columns="geometry")
        .equals(streets_from_graph(graph).table.drop(columns="geometry"))
    )
    assert refusal(_cut_short(file)).startswith("short.graphml: expected a graph of streets")


def layer(tmp_path: Path, lines: list[list[tuple[float, float]]], **columns: list[object]) -> Path:
    """Write lines [m] in a GeoPackage."""
    shapes = [shapely.LineString([(666_000 + x, 6_867_000 + y) for x, y in line]) for line in lines]
    file = tmp_path / "lines.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154").to_file(file, driver="GPKG")
    return file


def test_lines_meet_at_their_ends_only_and_loose_ends_are_told(tmp_path: Path) -> None:
    cross = [[(0, 0), (100, 0)], [(50, -50), (50, 50)], [(100, 0), (100, 80)], [(100, 40), (150, 40)]]
    read = read_streets(layer(tmp_path, cross, nom=["Rue A", "Rue B", "Rue C", None]))
    assert read.report.kind == "lines"
    assert read.report.walkable_m == pytest.approx(180)
    assert read.report.islands == 2
    assert read.report.loose_ends == 1
    assert read.table["street_name"].tolist() == ["Rue A", "Rue B", "Rue C", ""]


def test_road_sections_are_judged_by_their_own_rules(tmp_path: Path) -> None:
    rows = [[(100.0 * x, 0.0), (100.0 * (x + 1), 0.0)] for x in range(6)]
    columns: dict[str, list[object]] = {
        "cleabs": [f"TRONROUT{x}" for x in range(6)],
        "nature": ["Route à 1 chaussée", "Sentier", "Type autoroutier", "Chemin", "Escalier", "Route à 1 chaussée"],
        "etat_de_l_objet": ["En service"] * 5 + ["En projet"],
        "acces_pieton": [None, "Libre", None, "Restreint aux ayants droit", None, None],
        "sens_de_circulation": ["Sens direct"] * 6,
        "nom_collaboratif_gauche": ["RUE DU PUITS", None, None, None, None, None],
    }
    read = read_streets(layer(tmp_path, rows, **columns))
    assert read.report.kind == "bdtopo"
    assert read.table["walkable"].tolist() == [True, True, False, False, True, False]
    assert read.table.index[0] == "TRONROUT0"
    assert read.table["street_id"].iloc[0] == "rue-du-puits"
    assert {one.code for one in read.report.left_out} == {"motorway", "foot_no", "unbuilt", "island"}


def test_the_written_file_keeps_the_contract_of_a_city(tmp_path: Path) -> None:
    read = read_streets(written(tmp_path, [(1, [1, 11, 21], street(name="Rue Longue", oneway__foot="yes"))]))
    out = tmp_path / "city" / "streets.gpkg"
    write_streets(read, out)
    typed, faults = STREETS.parse(gpd.read_file(out), "streets.gpkg")
    assert faults == []
    assert typed["walk_direction"].tolist() == [1]
    assert [file.name for file in out.parent.iterdir()] == ["streets.gpkg"]


def test_names_become_codes_without_accents() -> None:
    assert street_code("Rue du Cœur-Volant") == street_code("RUE DU COEUR VOLANT") == "rue-du-coeur-volant"
    assert street_code("") == ""
    assert street_code("улица") != street_code("дорога")


# Online -----------------------------------------------------------------------------------------------------------


def test_streets_asked_online_are_judged_like_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []

    def answer(place: str, **_: object) -> nx.MultiDiGraph:
        asked.append((place, "oneway:foot" in online.osmnx.settings.useful_tags_way))
        return drawn_graph()

    before = list(online.osmnx.settings.useful_tags_way)
    monkeypatch.setattr(online.osmnx, "graph_from_place", answer)
    assert download_streets("Bondy, France").table.equals(streets_from_graph(drawn_graph()).table)
    assert asked == [("Bondy, France", True)]
    assert list(online.osmnx.settings.useful_tags_way) == before


def test_without_a_network_the_service_is_said_not_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(place: str, **_: object) -> nx.MultiDiGraph:
        raise requests.ConnectionError(place)

    monkeypatch.setattr(online.osmnx, "graph_from_place", refuse)
    with pytest.raises(SourceError, match="no answer from the service"):
        download_streets("Bondy, France")


# What cannot be read ----------------------------------------------------------------------------------------------


def _cut_short(file: Path) -> Path:
    short = file.with_name("short" + "".join(file.suffixes))
    content = file.read_bytes()
    short.write_bytes(content[: len(content) * 2 // 3])
    return short


def test_files_that_hold_no_streets_are_refused_in_words(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.osm", tmp_path / "note.osm"
    empty.write_bytes(b"")
    text.write_text("Bonjour", encoding="utf-8")
    assert "an empty file" in refusal(empty)
    assert "another kind" in refusal(text)
    assert "nothing there" in refusal(tmp_path / "none.osm.pbf")
    assert "at least one street" in refusal(written(tmp_path, [(1, [1, 2], {"building": "yes"})]))
    points = tmp_path / "points.geojson"
    points.write_text(gpd.GeoSeries([shapely.Point(2, 48)], crs="EPSG:4326").to_json(), encoding="utf-8")
    assert "without any line" in refusal(points)


def test_files_that_end_too_early_are_refused_in_words(tmp_path: Path) -> None:
    file = written(tmp_path, [(1, [1, 2], street())])
    packed = tmp_path / "p.osm.bz2"
    packed.write_bytes(bz2.compress(file.read_bytes()))
    assert "XML that ends or breaks at line" in refusal(_cut_short(file))
    assert "packed file that ends" in refusal(_cut_short(packed))


def test_no_way_to_walk_is_said_not_counted_as_zero(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="got none among 1 streets"):
        read_streets(written(tmp_path, [(1, [1, 2], {"highway": "motorway"})]))


def test_streets_outside_the_crs_are_refused_with_the_place_where_they_are(tmp_path: Path) -> None:
    file = written(tmp_path, [(1, [1, 2], street())])
    assert "around longitude, latitude 2.480, 48.901" in refusal(file, crs="EPSG:2975")
    assert "in degree" in refusal(file, crs="EPSG:4326")
    assert "not known" in refusal(file, crs="EPSG:999999")
    wrong = gpd.GeoSeries([shapely.LineString([(666_000, 6_867_000), (666_100, 6_867_000)])], crs="EPSG:4326")
    degrees = tmp_path / "degrees.gpkg"
    wrong.to_file(degrees, driver="GPKG")
    assert "streets around" in refusal(degrees)


# The command ------------------------------------------------------------------------------------------------------


def test_the_command_tells_a_person_and_a_program_and_writes_the_file(tmp_path: Path) -> None:
    ways = [(1, [1, 2, 3, 4], street()), (2, [4, 14], street(access="private"))]
    file, out = written(tmp_path, ways, without=(1,)), tmp_path / "streets.gpkg"
    done = RUN.invoke(app, ["streets", str(file), "--out", str(out), "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["missing_references"], told["references"]) == (0, 1, 6)
    assert told["left_out"][0]["code"] == "private"
    assert told["file"] == str(out)
    assert len(gpd.read_file(out)) == 2
    spoken = RUN.invoke(app, ["streets", str(file), "--lang", "en"])
    assert "1 of the 6 nodes" in spoken.stdout
    assert "Private or restricted access" in spoken.stdout


def test_the_command_refuses_with_words_and_status_2(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["streets", str(tmp_path / "none.osm"), "--lang", "fr"])
    assert done.exit_code == 2
    assert "Impossible" in done.stderr
    assert "Traceback" not in done.output


# Real extracts ----------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_a_real_clipped_file_and_a_real_whole_one(real_data: Path) -> None:
    clipped, whole = (read_streets(real_data / name) for name in ("redon/redon.osm", "bondy/osm_bondy_2022.osm"))
    assert (clipped.report.missing_references, clipped.report.references) == (290, 2156)
    assert (whole.report.missing_references, whole.report.islands) == (0, 0)
    for read in (clipped, whole):
        network = build_network(read.table)
        assert len(network.node_xy) == read.report.crossings
        assert network.length_m.sum() == pytest.approx(read.report.walkable_m, abs=1e-3)
        assert STREETS.parse(read.table.reset_index(), "streets.gpkg")[1] == []


@pytest.mark.real
def test_a_real_pbf_holds_all_its_nodes_until_it_is_cut_short(real_data: Path, tmp_path: Path) -> None:
    file = real_data / "networks" / "monaco_osrm.osm.pbf"
    read = read_streets(file)
    assert read.report.missing_references == 0
    assert read.report.walkable_m > 400_000
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(file.read_bytes()[:900_000])
    assert "end within a block" in refusal(short)


@pytest.mark.real
def test_real_road_sections_and_a_real_graph(real_data: Path) -> None:
    roads = read_streets(real_data / "nantes" / "bdtopo3_nantes_troncons_route.gpkg")
    graph = read_streets(real_data / "networks" / "meudon_small_osmnx.graphml")
    assert (roads.report.kind, roads.report.streets, graph.report.kind) == ("bdtopo", 3696, "graph")
    assert roads.report.walkable_m > 0.97 * roads.report.length_m
    assert graph.report.islands == 0
