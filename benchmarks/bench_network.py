"""Walks on large street networks beside SciPy, networkx and pandana: agreement first, then ratios of one run.

``python benchmarks/bench_network.py [--peers PYTHON] [NETWORK ...]``: any files ``.osm.pbf``, or names of those in the
folder ``networks/`` of the real extracts (CARTABLE_REAL_DATA, else ``../shared/data``), or ``grid100k``, ``grid1m``, or
``twice:NETWORK``: a network and its mirror image, joined by ten streets. PYTHON is an interpreter that has pandana
(AGPL), which is not among our dependencies; without it pandana is left out.

Seconds are those of the processor, of the whole process, the least of some runs in turn with the others.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Graph, Seeds, exact, graph_of_edges, morton_order

ROOT = Path(__file__).parents[1]
NAMES = ("twice:heidelberg", "heidelberg", "liechtenstein", "monaco_osrm", "grid100k", "grid1m")
SCHOOLS = 100
LIMIT_M = 800.0
# A table of so many numbers fits into the memory of a small machine, ours and theirs.
MOST_CELLS = 60_000_000
NOT_WALKED = {"motorway", "motorway_link", "trunk", "trunk_link", "construction", "proposed", "raceway", "corridor"}
TAKEN_OUT = 0.15
# Lengths on our order of nodes and on that of the file, and the schools in the latter.
Matrices = tuple[csr_array, csr_array, npt.NDArray[np.int64]]
# Ours over theirs, on the harder of two orders of nodes.
TARGETS = {
    "nearest + label, SciPy on our order of nodes": 0.15,
    "nearest, networkx": 1 / 200,
    "nearest, pandana": 1 / 400,
    "800 m, sparse in both": 1 / 20,
    "800 m, SciPy left dense": 1 / 20,
    f"{SCHOOLS} x all nodes, once prepared": 1 / 40,
    f"preparing, against one SciPy table of {SCHOOLS}": 0.3,
}
PANDANA = """
import sys, time
import numpy as np, pandas as pd, pandana
case = dict(np.load(sys.argv[1]))
x, y = (pd.Series(case["xy"][:, k]) for k in (0, 1))
begun = time.process_time()
network = pandana.Network(x, y, pd.Series(case["start"]), pd.Series(case["end"]), pd.DataFrame({"m": case["m"]}))
built = time.process_time()
schools = case["schools"]
network.set_pois("schools", 200_000.0, 1, x.iloc[schools], y.iloc[schools])
set_s = time.process_time()
found = network.nearest_pois(200_000.0, "schools", num_pois=1)
done = time.process_time()
walk_m = found[1].reindex(range(len(x))).to_numpy(dtype=float)
np.savez(sys.argv[1], walk_m=walk_m, build_s=built - begun, ask_s=done - set_s)
"""
OSM_CONFIG = "[lines]\nosm_id=yes\nattributes=highway,foot,access,service,area\n"


@dataclass(frozen=True, eq=False)
class Case:
    """A connected network as its file orders it, and as we do: the length of an edge is the same both ways."""

    name: str
    xy: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]

    def ordered(self) -> Case:
        """Give the same network with neighbours beside each other in memory."""
        order = morton_order(self.xy)
        row = np.argsort(order)
        return Case(self.name, self.xy[order], row[self.start], row[self.end], self.length_m)

    def matrix(self) -> csr_array:
        """Give the lengths as SciPy reads them, not rounded, of parallel edges the shorter one."""
        forth = graph_of_edges(self.start, self.end, (self.length_m, self.length_m), nodes=len(self.xy))
        return csr_array((forth.out_m, forth.to, forth.start), shape=(len(self.xy), len(self.xy)))


def main(names: tuple[str, ...], peers: str) -> None:
    """Print a table of ratios for each network."""
    known = {name: version(name) for name in ("numba", "numpy", "scipy", "networkx")}
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {number}" for name, number in known.items()))
    if not has_pandana(peers):
        print(f"pandana is not there ({peers}): left out")
    for name in names:
        case = network(name)
        load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"\n### {case.name}: {len(case.xy):,} nodes, {len(case.start):,} edges (load {load})\n")
        frame = pd.DataFrame(list(rows(case, peers)))
        print(frame.to_markdown(index=False) if importlib.util.find_spec("tabulate") else markdown(frame), flush=True)


def rows(case: Case, peers: str) -> Iterator[dict[str, str]]:
    """Measure one network: what it takes to prepare it, then each question beside its peers."""
    ours, nodes = case.ordered(), len(case.xy)
    lengths = exact(ours.length_m)
    schools = np.sort(np.random.default_rng(0).choice(nodes, SCHOOLS, replace=False))
    seeds = Seeds(np.arange(SCHOOLS + 1, dtype=np.int32), schools.astype(np.int32), np.zeros(SCHOOLS))
    build, graph_s = timed(lambda: graph_of_edges(ours.start, ours.end, (lengths, lengths), nodes=nodes), 3)
    warm()
    ready, fold_s = timed(lambda: folded(build), 3)
    _, rank_s = timed(lambda: folded(build).hierarchy, 2)
    rank_s -= fold_s
    matrix = ours.matrix()
    as_filed, filed_schools = case.matrix(), np.sort(morton_order(case.xy)[schools])
    yield from nearest_rows(case, ready, seeds, scipy=(matrix, as_filed, filed_schools), peers=peers)
    yield from within_rows(ready, seeds, scipy=(matrix, as_filed, filed_schools))
    yield from table_rows(ready, seeds, matrix=matrix, prepared_s=graph_s + fold_s + rank_s)
    core = len(ready.skeleton.core)
    yield row("once: graph, folding, ranking", f"{core:,} nodes of the core", graph_s + fold_s + rank_s)


def nearest_rows(case: Case, ready: Compiled, seeds: Seeds, *, scipy: Matrices, peers: str) -> Iterator[dict[str, str]]:
    """Measure the nearest school and its number for all nodes."""
    matrix, as_filed, filed = scipy
    pair = paired(
        lambda: ready.nearest(seeds),
        lambda: dijkstra(matrix, indices=seeds.node, min_only=True, return_predecessors=True),
        (20, 6),
    )
    (walk_m, school), (theirs_m, _, owner) = pair.ours, pair.theirs
    other = seeds.node[school] != owner
    # Where two schools are equally near, both answers are right.
    table = (
        np.array([dijkstra(matrix, indices=seeds.node[k]) for k in np.unique(school[other])]) if other.any() else None
    )
    wrong = 0 if table is None else int((table.min(axis=0)[other] > theirs_m[other] + 1e-6).sum())
    note = f"{np.abs(walk_m - theirs_m).max():.0e} m, {wrong} labels"
    yield row("nearest + label, SciPy on our order of nodes", note, pair.ours_s, theirs_s=pair.theirs_s)
    _, filed_s = timed(lambda: dijkstra(as_filed, indices=filed, min_only=True, return_predecessors=True), 4)
    yield row("nearest + label, SciPy on the order of the file", "", pair.ours_s, theirs_s=filed_s)
    if len(case.xy) <= MOST_CELLS // SCHOOLS:
        theirs_m, seconds = networkx_nearest(matrix, seeds.node)
        note = f"{np.abs(walk_m - theirs_m).max():.0e} m, no labels"
        yield row("nearest, networkx", note, pair.ours_s, theirs_s=seconds)
    if not case.name.startswith("grid") and has_pandana(peers):
        theirs_m, build_s, seconds = pandana_nearest(case.ordered(), seeds.node, peers)
        note = f"{np.abs(walk_m - theirs_m).max():.2f} m, built in {build_s:.1f} s"
        yield row("nearest, pandana", note, pair.ours_s, theirs_s=seconds)


def within_rows(ready: Compiled, seeds: Seeds, *, scipy: Matrices) -> Iterator[dict[str, str]]:
    """Measure who lives within 800 m of each school."""
    matrix, as_filed, filed = scipy
    pair = paired(
        lambda: ready.within(seeds, LIMIT_M),
        lambda: sparse(dijkstra(matrix, indices=seeds.node, limit=LIMIT_M)),
        (20, 3),
    )
    start, node, walk_m = pair.ours
    school = np.repeat(np.arange(SCHOOLS), np.diff(start))
    order = np.lexsort((node, school))
    their_school, their_node, their_m = pair.theirs
    same = np.array_equal(school[order], their_school) and np.array_equal(node[order], their_node)
    note = f"{np.abs(walk_m[order] - their_m).max():.0e} m, {len(node):,} members" if same else "members differ"
    yield row("800 m, sparse in both", note, pair.ours_s, theirs_s=pair.theirs_s)
    _, dense_s = timed(lambda: dijkstra(matrix, indices=seeds.node, limit=LIMIT_M), 4)
    yield row("800 m, SciPy left dense", "", pair.ours_s, theirs_s=dense_s)
    _, filed_s = timed(lambda: dijkstra(as_filed, indices=filed, limit=LIMIT_M), 4)
    yield row("800 m, SciPy left dense, order of the file", "", pair.ours_s, theirs_s=filed_s)


def table_rows(ready: Compiled, seeds: Seeds, *, matrix: csr_array, prepared_s: float) -> Iterator[dict[str, str]]:
    """Measure the table of all distances, of fewer schools where it would not fit."""
    nodes = matrix.shape[0]
    schools = min(SCHOOLS, MOST_CELLS // nodes)
    some = Seeds(seeds.start[: schools + 1], seeds.node, seeds.ahead_m)
    everywhere = np.arange(nodes)
    pair = paired(lambda: ready.table(some, everywhere), lambda: dijkstra(matrix, indices=some.node[:schools]), (5, 2))
    note = f"{max(np.abs(pair.ours[:, k] - pair.theirs[k]).max() for k in range(schools)):.0e} m"
    del pair.ours, pair.theirs
    yield row(f"{schools} x all nodes, once prepared", note, pair.ours_s, theirs_s=pair.theirs_s)
    yield row(
        f"preparing, against one SciPy table of {SCHOOLS}", "", prepared_s, theirs_s=pair.theirs_s * SCHOOLS / schools
    )
    flat = Compiled(ready.graph, ranked=False)
    _ = flat.limbs
    _, flat_s = timed(lambda: flat.table(some, everywhere), 3)
    yield row(f"{schools} x all nodes, not ranked", "", flat_s, theirs_s=pair.theirs_s)
    _, single_s = timed(lambda: ready.table(some, everywhere, np.float32), 4)
    yield row(f"{schools} x all nodes, float32", "", single_s, theirs_s=pair.theirs_s)


def row(work: str, agreement: str, ours_s: float, *, theirs_s: float | None = None) -> dict[str, str]:
    """Give one line of the table."""
    ratio = f"{ours_s / theirs_s:.4f}" if theirs_s else ""
    wanted = TARGETS.get(work)
    verdict = (
        f"{wanted:g}: {'reached' if ours_s <= wanted * theirs_s else 'NOT reached'}" if wanted and theirs_s else ""
    )
    return {
        "work": work,
        "ours [s]": f"{ours_s:.4f}",
        "theirs [s]": f"{theirs_s:.4f}" if theirs_s else "",
        "ratio": ratio,
        "to reach": verdict,
        "difference": agreement,
    }


def markdown(frame: pd.DataFrame) -> str:
    """Give a table as Markdown."""
    lines = [frame.columns, ["---"] * len(frame.columns), *frame.to_numpy()]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


@dataclass
class Pair:
    """Answers and seconds of two ways of doing the same."""

    ours: Any
    theirs: Any
    ours_s: float
    theirs_s: float


def paired(ours: Callable[[], Any], theirs: Callable[[], Any], times: tuple[int, int]) -> Pair:
    """Do both in turn, so that the load of the machine meets both."""
    pair = Pair(None, None, np.inf, np.inf)
    for _ in range(times[1]):
        pair.ours = pair.theirs = None
        pair.theirs, seconds = timed(theirs, 1)
        pair.theirs_s = min(pair.theirs_s, seconds)
        pair.ours, seconds = timed(ours, max(times[0] // times[1], 1))
        pair.ours_s = min(pair.ours_s, seconds)
    return pair


def timed(work: Callable[[], Any], times: int) -> tuple[Any, float]:
    """Give the answer and the least seconds of the processor."""
    best, answer = np.inf, None
    for _ in range(times):
        answer = None
        begun = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begun)
    return answer, best


def warm() -> None:
    """Compile, on one school."""
    small = graph_of_edges(np.array([0, 1]), np.array([1, 2]), (np.ones(2), np.ones(2)), nodes=3)
    ready = Compiled(small)
    one = Seeds(np.array([0, 1], np.int32), np.array([0], np.int32), np.zeros(1))
    ready.nearest(one)
    ready.within(one, 1.0)
    for dtype in (np.float64, np.float32):
        ready.table(one, np.arange(3), dtype)


def folded(graph: Graph) -> Compiled:
    """Fold a graph anew."""
    ready = Compiled(graph)
    _ = ready.limbs
    return ready


def sparse(table: npt.NDArray[np.float64]) -> tuple[Any, Any, Any]:
    """Give rows, columns and values of what is finite."""
    school, node = np.nonzero(np.isfinite(table))
    return school, node, table[school, node]


def networkx_nearest(matrix: csr_array, schools: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.float64], float]:
    """Ask networkx for the distance of all nodes from the nearest school."""
    graph = nx.from_scipy_sparse_array(matrix)
    found, seconds = timed(lambda: nx.multi_source_dijkstra_path_length(graph, set(map(int, schools))), 1)
    return np.array([found[node] for node in range(matrix.shape[0])]), seconds


def has_pandana(python: str) -> bool:
    """Tell whether an interpreter has pandana."""
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pandana') is None)"
    return subprocess.run([python, "-c", look], check=False).returncode == 0  # noqa: S603


def pandana_nearest(
    case: Case, schools: npt.NDArray[np.int32], python: str
) -> tuple[npt.NDArray[np.float64], float, float]:
    """Ask pandana for the same in a process of its own; give the distances and the seconds to build and to ask."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.npz"
        np.savez(file, xy=case.xy, start=case.start, end=case.end, m=case.length_m, schools=schools)
        subprocess.run([python, "-c", PANDANA, str(file)], check=True, capture_output=True)  # noqa: S603
        with np.load(file) as found:
            return found["walk_m"], float(found["build_s"]), float(found["ask_s"])


def network(name: str) -> Case:
    """Give the network of a file, or of a name."""
    if name.startswith("twice:"):
        return twice(network(name.removeprefix("twice:")))
    if name.startswith("grid"):
        return grid(name, seed=7)
    data = Path(os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared/data"))
    return osm(Path(name) if name.endswith(".pbf") else data / "networks" / f"{name}.osm.pbf")


def twice(case: Case) -> Case:
    """Put the mirror image of a network beside it, and join them by ten streets at places drawn at random."""
    nodes = len(case.xy)
    width = np.ptp(case.xy[:, 0])
    image = case.xy * (-1, 1) + (2 * case.xy[:, 0].max() + width / 50, 0)
    xy = np.concatenate([case.xy, image])
    here = np.random.default_rng(3).choice(nodes, 10, replace=False)
    start = np.concatenate([case.start, case.start + nodes, here])
    end = np.concatenate([case.end, case.end + nodes, here + nodes])
    joined = np.hypot(*(xy[here] - xy[here + nodes]).T)
    return Case(f"twice {case.name}", xy, start, end, np.concatenate([case.length_m, case.length_m, joined]))


def osm(path: Path) -> Case:
    """Read the largest walkable part of an OpenStreetMap file; every point of a way is a node."""
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as config:
        config.write(OSM_CONFIG)
        config.flush()
        os.environ["OSM_CONFIG_FILE"] = config.name
        meta, _, shapes, columns = pyogrio.raw.read(path, layer="lines", where="highway is not null")
    tags = dict(zip(meta["fields"], columns, strict=True))
    closed = np.isin(tags["highway"], list(NOT_WALKED)) | (tags["foot"] == "no") | (tags["access"] == "private")
    closed |= (tags["service"] == "private") | (tags["area"] == "yes")
    lonlat, way = shapely.get_coordinates(shapely.from_wkb(shapes[~closed]), return_index=True)
    places, node = np.unique(np.round(lonlat * 1e7).astype(np.int64), axis=0, return_inverse=True)
    node, follows = node.reshape(-1), way[1:] == way[:-1]
    start, end = node[:-1][follows], node[1:][follows]
    start, end = start[start != end], end[start != end]
    lon, lat = (places / 1e7).T
    length_m = pyproj.Geod(ellps="WGS84").inv(lon[start], lat[start], lon[end], lat[end])[2]
    middle = np.radians(lat.mean())
    xy = np.stack([(lon - lon.mean()) * 111_320 * np.cos(middle), (lat - lat.mean()) * 110_540], axis=1)
    return largest(Case(path.name.split(".")[0], xy, start, end, length_m))


def grid(name: str, *, seed: int) -> Case:
    """Make a town of crooked squares of 100 m, 15 % of its streets taken out, its crossings in no order."""
    side = {"grid100k": 317, "grid1m": 1000}[name]
    rng = np.random.default_rng(seed)
    row = rng.permutation(side * side).reshape(side, side)
    i, j = np.mgrid[:side, :side]
    xy = np.empty((side * side, 2))
    xy[row.ravel()] = np.stack([i.ravel(), j.ravel()], axis=1) * 100.0 + rng.uniform(-30, 30, (side * side, 2))
    start = np.concatenate([row[:-1].ravel(), row[:, :-1].ravel()])
    end = np.concatenate([row[1:].ravel(), row[:, 1:].ravel()])
    kept = rng.random(len(start)) > TAKEN_OUT
    start, end = start[kept], end[kept]
    return largest(Case(name, xy, start, end, np.hypot(*(xy[start] - xy[end]).T)))


def largest(case: Case) -> Case:
    """Keep the largest connected part."""
    nodes = len(case.xy)
    links = csr_array((np.ones(len(case.start)), (case.start, case.end)), shape=(nodes, nodes))
    part = connected_components(links, directed=False)[1]
    kept = part == np.bincount(part).argmax()
    row, edge = np.cumsum(kept) - 1, kept[case.start]
    return Case(case.name, case.xy[kept], row[case.start[edge]], row[case.end[edge]], case.length_m[edge])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NAMES)
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with pandana")
    asked = parser.parse_args()
    main(tuple(asked.networks), asked.peers)
