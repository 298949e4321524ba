"""From an OpenStreetMap file to a network, beside osmnx and pyrosm: agreement first, then time and memory.

``python benchmarks/bench_streets.py FILE.osm.pbf FILE.osm [PYTHON]``: FILE.osm holds the same streets (ways tagged
``highway`` and their nodes) as XML, for osmnx reads no PBF, and PYTHON is an interpreter that has pyrosm, which is not
among our dependencies. Every engine takes every street, without rules. Each runs in a process of its own: seconds of
the processor, imports left out, the least of some runs, and the most memory that the process held, imports included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RUNS = 2
CRS = "EPSG:25832"
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
work()  # compiled once, kept on the disk from then on
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
MEASURE = """
import json, resource, time
begun = time.process_time()
work()
used = time.process_time() - begun
print(json.dumps({'cpu_s': used, 'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def measured(python: str, engine: str, file: Path) -> dict[str, float]:
    """Give the least seconds and the least peak memory of some runs, each in a process of its own."""
    code = f"FILE, CRS = {str(file)!r}, {CRS!r}\n{engine}{MEASURE}"
    answers = []
    for _ in range(RUNS):
        done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
        answers.append(json.loads(done.stdout.strip().splitlines()[-1]))
    return {key: min(answer[key] for answer in answers) for key in answers[0]}


def agreement(pbf: Path, xml: Path) -> dict[str, Any]:
    """Give lengths, crossings and walks on the network of osmnx and on ours, in the same plane."""
    import networkx as nx  # noqa: PLC0415 (the measured processes import their own)
    import numpy as np  # noqa: PLC0415
    import osmnx  # noqa: PLC0415

    from geo.territory.network import snap, walk_distances  # noqa: PLC0415

    space: dict[str, Any] = {"FILE": str(pbf), "CRS": CRS}
    exec(OURS, space)  # noqa: S102 (the very text that is measured)
    ours = space["work"]()
    graph = osmnx.project_graph(osmnx.graph_from_xml(xml, bidirectional=True, simplify=False), to_crs=CRS)
    place = {node: (said["x"], said["y"]) for node, said in graph.nodes(data=True)}
    for one, other, said in graph.edges(data=True):
        said["length"] = float(np.hypot(*np.subtract(place[one], place[other])))
    theirs = osmnx.simplify_graph(graph)
    both = nx.Graph(graph)
    rng = np.random.default_rng(7)
    nodes = rng.choice(list(both), 2 * PAIRS, replace=False)
    ends = snap(ours, np.array([place[node] for node in nodes]))
    table = walk_distances(ours, ends, ends)
    wrong = []
    for row in range(PAIRS):
        walk = nx.dijkstra_path_length(both, nodes[row], nodes[PAIRS + row], weight="length")
        wrong.append(abs(walk - table[row, PAIRS + row]))
    total = osmnx.convert.to_undirected(theirs).size(weight="length")
    alike = {"ours_km": ours.length_m.sum() / 1000, "osmnx_km": total / 1000}
    return alike | {"ours_crossings": len(ours.node_xy), "osmnx_crossings": len(theirs), "worst_walk_m": max(wrong)}


def main(pbf: Path, xml: Path, pyrosm: str | None) -> None:
    """Check that the networks agree, then print the table."""
    print(pbf.name, time.strftime("%Y-%m-%d"))
    for key, value in agreement(pbf, xml).items():
        print(f"{key}: {value:.4f}")
    found = {"ours": measured(sys.executable, OURS, pbf), "osmnx": measured(sys.executable, OSMNX, xml)}
    if pyrosm:
        found["pyrosm"] = measured(pyrosm, PYROSM, pbf)
    for name, figures in found.items():
        ratios = " ".join(
            f"{key} {figures[key]:.2f} (ours / it {found['ours'][key] / figures[key]:.4f})" for key in figures
        )
        print(f"{name}: {ratios}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)  # noqa: PLR2004
