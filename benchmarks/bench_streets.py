"""From an OpenStreetMap file to a network, beside osmnx and pyrosm: agreement first, then time and memory.

``python benchmarks/bench_streets.py FILE.osm.pbf [--crs EPSG:...] [--xml FILE.osm] [--peers PYTHON]``

osmnx reads no PBF. FILE.osm holds the same streets (ways tagged ``highway`` and their nodes) as XML; without it, it is
written by pyosmium. PYTHON is an interpreter that has pyosmium and pyrosm, which are not among our dependencies: what
it lacks is said and left out. Every engine takes every street, without rules. Each runs in a process of its own:
seconds of the processor, imports left out and told apart, the least of some runs, and the most memory that the process
held, imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmnx
import pyproj

from geo.sources.streets_osm import read_osm
from geo.territory.network import snap
from geo.territory.walking.distances import walk_distances

RUNS = 2
PAIRS = 40
OURS = """
from dataclasses import replace
from pathlib import Path
from geo.sources.streets_osm import read_osm
from geo.sources.streets_weaving import weave
from geo.territory.network import build_network
def work():
    raw = read_osm(Path(FILE).read_bytes(), FILE)
    return build_network(weave(replace(raw, rules=()), CRS).table)
"""
OSMNX = """
import osmnx
def work():
    graph = osmnx.graph_from_xml(FILE, bidirectional=True, simplify=False)
    return osmnx.simplify_graph(graph)
"""
PYROSM = """
import pyrosm
def work():
    streets = pyrosm.OSM(FILE)
    nodes, edges = streets.get_network(network_type='all', nodes=True)
    return streets.to_graph(nodes, edges, graph_type='networkx')
"""
# The peak of resource.getrusage is no use: a process begins with that of the one that started it.
MEASURE = """
import json, time
def peak_mb():
    with open('/proc/self/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024
said = {'imports_s': time.process_time(), 'imports_mb': peak_mb()}
begun = time.process_time()
work()
print(json.dumps({'cpu_s': time.process_time() - begun, 'peak_mb': peak_mb(), **said}))
"""
# Keeps the streets and their nodes, in the order in which osmnx reads them.
TO_XML = """
import osmium
streets = osmium.FileProcessor(FILE, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter('highway'))
with osmium.BackReferenceWriter(OUT, ref_src=FILE, overwrite=True) as writer:
    for street in streets:
        writer.add(street)
"""
# Ours over theirs, in time and in memory.
TARGETS = {"osmnx": (1 / 40, 1 / 4), "pyrosm": (1 / 5, None)}


def main(pbf: Path, crs: str, *, xml: Path | None, peers: str) -> None:
    """Check that the networks agree, then print the table."""
    print(f"{pbf.name}, {time.strftime('%Y-%m-%d')}, {crs}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    found = {"ours": measured(sys.executable, OURS, pbf, crs=crs)}
    with tempfile.TemporaryDirectory() as folder:
        xml = xml or to_xml(peers, pbf, Path(folder) / "streets.osm")
        if xml:
            for key, value in agreement(pbf, xml, crs=crs).items():
                print(f"{key}: {value:.4f}")
            found["osmnx"] = measured(sys.executable, OSMNX, xml, crs=crs)
    if has(peers, "pyrosm") and has(peers, "networkx"):
        found["pyrosm"] = measured(peers, PYROSM, pbf, crs=crs)
    print("\n| engine | CPU [s] | ours / it | peak [MB] | ours / it | imports [s], [MB] |\n" + "| --- " * 6 + "|")
    for name, said in found.items():
        cells = [
            cell(said[key], found["ours"][key], name, place=place) for place, key in enumerate(("cpu_s", "peak_mb"))
        ]
        print(f"| {name} | {' | '.join(cells)} | {said['imports_s']:.2f}, {said['imports_mb']:.0f} |")


def cell(theirs: float, ours: float, name: str, *, place: int) -> str:
    """Give a figure, and its ratio with the verdict."""
    if name == "ours":
        return f"{theirs:.2f} | "
    ratio, wanted = ours / theirs, TARGETS[name][place]
    verdict = f" (to reach {wanted:.3f}: {'reached' if ratio <= wanted else 'NOT reached'})" if wanted else ""
    return f"{theirs:.2f} | {ratio:.4f}{verdict}"


def measured(python: str, engine: str, file: Path, *, crs: str) -> dict[str, float]:
    """Give the least seconds and the least peak memory of some runs, each in a process of its own."""
    answers = [json.loads(run(python, engine + MEASURE, FILE=str(file), CRS=crs)) for _ in range(RUNS)]
    return {key: min(answer[key] for answer in answers) for key in answers[0]}


def run(python: str, code: str, **names: str) -> str:
    """Run some lines in a process of their own; give the last line that they print."""
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    done = subprocess.run([python, "-c", given + code], check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip().rpartition("\n")[2]


def has(python: str, library: str) -> bool:
    """Tell whether an interpreter has a library, and say so if not."""
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec(NAME) is None)"
    there = subprocess.run([python, "-c", f"NAME = {library!r}\n{look}"], check=False).returncode == 0  # noqa: S603
    if not there:
        print(f"{library} is not there ({python}): left out")
    return there


def to_xml(peers: str, pbf: Path, out: Path) -> Path | None:
    """Write the streets of a PBF as XML."""
    if not has(peers, "osmium"):
        return None
    run(peers, TO_XML, FILE=str(pbf), OUT=str(out))
    return out


def agreement(pbf: Path, xml: Path, *, crs: str) -> dict[str, Any]:
    """Give lengths, crossings and walks on the network of osmnx and on ours, in the same plane."""
    space: dict[str, Any] = {"FILE": str(pbf), "CRS": crs}
    exec(OURS, space)  # noqa: S102 (the very text that is measured)
    ours = space["work"]()
    graph = osmnx.project_graph(osmnx.graph_from_xml(xml, bidirectional=True, simplify=False), to_crs=crs)
    place = {node: (said["x"], said["y"]) for node, said in graph.nodes(data=True)}
    for one, other, said in graph.edges(data=True):
        said["length"] = float(np.hypot(*np.subtract(place[one], place[other])))
    theirs = osmnx.simplify_graph(graph)
    both = nx.Graph(graph)
    nodes = np.random.default_rng(7).choice(list(both), 2 * PAIRS, replace=False)
    ends = snap(ours, np.array([place[node] for node in nodes]))
    table = walk_distances(ours, ends, ends)
    wrong = [
        abs(nx.dijkstra_path_length(both, nodes[row], nodes[PAIRS + row], weight="length") - table[row, PAIRS + row])
        for row in range(PAIRS)
    ]
    total = osmnx.convert.to_undirected(theirs).size(weight="length")
    alike = {"ours_km": ours.length_m.sum() / 1000, "osmnx_km": total / 1000}
    return alike | {"ours_crossings": len(ours.node_xy), "osmnx_crossings": len(theirs), "worst_walk_m": max(wrong)}


def plane_of(pbf: Path) -> str:
    """Give the UTM zone of a file."""
    lonlat = read_osm(pbf.read_bytes(), pbf.name).vertices.xy
    area = pyproj.aoi.AreaOfInterest(*lonlat.min(axis=0), *lonlat.max(axis=0))
    return f"EPSG:{pyproj.database.query_utm_crs_info(datum_name='WGS 84', area_of_interest=area)[0].code}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pbf", type=Path)
    parser.add_argument("--crs", help="a projected CRS in metres; the UTM zone of the file if not given")
    parser.add_argument("--xml", type=Path, help="the streets as XML, for osmnx")
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with pyosmium and pyrosm")
    asked = parser.parse_args()
    main(asked.pbf, asked.crs or plane_of(asked.pbf), xml=asked.xml, peers=asked.peers)
