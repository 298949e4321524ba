"""The nearest school in tiles beside one search of the whole network: difference, labels, certificates, time.

``python benchmarks/bench_national.py [FOLDER] [NAME ...] [--workers N]`` with the folder of real extracts, else that of
CARTABLE_REAL_DATA, else ``../shared/data``, and the networks to measure: ``bondy``, names of files in its ``networks/``
without ``.osm.pbf``, or ``grid100k``, ``grid1m``. With workers, tiles are shared out among processes of dask.

Each network is searched with 100 schools; with 3, so that halos have to grow; with 100 that all lie in one corner, so
that most tiles have none. ``heidelberg`` is read once more with one-way streets and all its loose parts.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from bench_network import Case, grid, markdown, osm, warm

from geo.sources.streets_files import read_streets
from geo.territory.network import build_network
from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Graph, Seeds, exact, graph_of_edges
from geo.territory.walking.tiles import HALO_M, Tiled, nearest_in_tiles, parted
from geo.workers import Crew, hire

ROOT = Path(__file__).parents[1]
NAMES = ("bondy", "heidelberg", "grid100k", "grid1m")
ODD = ", odd"
# The extract of Bondy is so small that the usual halo would hold all of it.
SMALL_HALO_M = 100.0
# Larger networks are parted in one way only, for the sake of time.
MOST_TWICE = 500_000
# Shares of the streets of the odd network: none at all, and open in the one and in the other direction only.
TAKEN_OUT, ONE_WAY = 0.1, 0.1


class Town(NamedTuple):
    """A network, where its nodes lie, and the first halo [m]."""

    graph: Graph
    xy: npt.NDArray[np.float64]
    halo_m: float = HALO_M


def main(folder: Path, names: tuple[str, ...], *, workers: int) -> None:
    """Print a table for each network."""
    warm()
    with hire(workers, memory_gb=3.0) as crew:
        for name in names:
            for title, town in towns(folder, name):
                load = f"{os.getloadavg()[0]:.1f}"
                print(f"\n### {title}: {town.graph.nodes:,} nodes, {len(town.graph.to) // 2:,} edges (load {load})\n")
                print(markdown(pd.DataFrame(list(rows(town, crew)))), flush=True)


def towns(folder: Path, name: str) -> Iterator[tuple[str, Town]]:
    """Give a network by its name, and Heidelberg once more in an odd form."""
    if name == "bondy":
        network = build_network(read_streets(folder / "bondy" / "osm_bondy_2022.osm").table)
        lengths = exact(network.length_m)
        yield name, Town(_graph(network.start, network.end, (lengths, lengths)), network.node_xy, SMALL_HALO_M)
        return
    case = grid(name, seed=7) if name.startswith("grid") else osm(folder / "networks" / f"{name}.osm.pbf")
    ours = case.ordered()
    lengths = exact(ours.length_m)
    yield name, Town(_graph(ours.start, ours.end, (lengths, lengths)), ours.xy)
    if name == "heidelberg":
        yield name + ODD, odd(ours)


def odd(case: Case) -> Town:
    """Take a tenth of the streets out, so that parts hang on to nothing, and make a fifth of them one way."""
    rng = np.random.default_rng(1)
    kept = rng.random(len(case.start)) > TAKEN_OUT
    lengths, turn = exact(case.length_m[kept]), rng.random(int(kept.sum()))
    ways = np.where(turn < ONE_WAY, np.inf, lengths), np.where(turn > 1 - ONE_WAY, np.inf, lengths)
    return Town(graph_of_edges(case.start[kept], case.end[kept], ways, nodes=len(case.xy)), case.xy)


def _graph(
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    lengths_m: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> Graph:
    return graph_of_edges(start, end, lengths_m, nodes=int(max(start.max(), end.max())) + 1)


def rows(town: Town, crew: Crew) -> Iterator[dict[str, str]]:
    """Search one network with schools here and there, few of them, and all in one corner."""
    nodes, rng = town.graph.nodes, np.random.default_rng(0)
    corner = np.argsort(np.hypot(*(town.xy - town.xy.min(axis=0)).T))[: max(nodes // 50, 100)]
    schools = {
        "100": rng.choice(nodes, 100, replace=False),
        "3": rng.choice(nodes, 3, replace=False),
        "100 in a corner": rng.choice(corner, 100, replace=False),
    }
    for title, some in schools.items():
        seeds = Seeds(np.arange(len(some) + 1, dtype=np.int32), np.sort(some).astype(np.int32), np.zeros(len(some)))
        (walk_m, school), one_s = _timed(lambda seeds=seeds: Compiled(town.graph, ranked=False).nearest(seeds))
        for side in (3, 4) if nodes < MOST_TWICE else (3,):
            tile = parted(town.xy, side, side)
            found, tiles_s = _timed(lambda seeds=seeds, tile=tile: in_tiles(town, seeds, tile, crew=crew))
            yield {
                "schools": title,
                "tiles": str(side * side),
                **_agreement(found, walk_m, school),
                "certified by pass": ", ".join(_share(one.certified, nodes) for one in found.passes),
                "nodes searched": f"{sum(one.searched for one in found.passes) / nodes:.1f} x",
                "one piece [s]": f"{one_s:.2f}",
                "tiles [s]": f"{tiles_s:.2f}",
            }


def in_tiles(town: Town, seeds: Seeds, tile: npt.NDArray[np.int64], *, crew: Crew) -> Tiled:
    """Search in tiles."""
    return nearest_in_tiles(town.graph, town.xy, seeds, tile=tile, halo_m=town.halo_m, run=crew)


def _agreement(found: Tiled, walk_m: npt.NDArray[np.float64], school: npt.NDArray[np.int32]) -> dict[str, str]:
    """Compare walks, labels and those who have none."""
    there = np.isfinite(walk_m) & np.isfinite(found.walk_m)
    other = np.isfinite(walk_m) != np.isfinite(found.walk_m)
    difference = float(np.abs(walk_m[there] - found.walk_m[there]).max(initial=0.0))
    return {
        "difference [m]": f"{difference:g}" if not other.any() else f"{int(other.sum())} reached by one only",
        "labels that differ": str(int((school != found.source).sum())),
        "certified": _share(int(found.certified.sum()), len(walk_m)),
    }


def _share(count: int, of: int) -> str:
    """Give a share; 100 % only if it is all of them."""
    return "100 %" if count == of else f"{min(100 * count / of, 99.99):.2f} %"


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Give the answer and the seconds that it took."""
    begun = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - begun


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", default=os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared/data"))
    asked.add_argument("names", nargs="*", default=NAMES)
    asked.add_argument("--workers", type=int, default=0)
    given = asked.parse_args()
    main(Path(given.folder), tuple(given.names), workers=given.workers)
