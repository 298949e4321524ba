"""What it takes to bring 100,000 addresses to the streets, beside the nearest edge of shapely's tree alone.

``python benchmarks/bench_snapping.py [FOLDER]`` with the folder of real extracts, else that of CARTABLE_REAL_DATA, else
``../shared/data``. Microseconds of the processor an address, the least of three runs, the tree included.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo.model.walking import AccessChoices
from geo.territory.network import build_network, snap

ROOT = Path(__file__).parents[1]
FILES = ("nantes/bdtopo3_nantes_troncons_route.gpkg", "montpellier/montpellier_filaire_voies_2014.gpkg")
ADDRESSES = 100_000
# How far addresses stand from the street, and half the width of a river from one corner of the town to the other.
BESIDE_M, BANK_M = 9.0, 40.0


def main(folder: Path) -> None:
    """Print a table with a row for each town."""
    print(
        "| streets | edges | shapely, nearest edge | nearest | several | several, a river |\n|---|---|---|---|---|---|"
    )
    for file in FILES:
        network = build_network(gpd.read_file(folder / file).to_crs("EPSG:2154"))
        rng = np.random.default_rng(0)
        edge = rng.choice(len(network.lines), ADDRESSES, p=network.length_m / network.length_m.sum())
        places = shapely.line_interpolate_point(network.lines[edge], rng.uniform(0, network.length_m[edge]))
        xy = shapely.get_coordinates(places) + rng.normal(0, BESIDE_M, (ADDRESSES, 2))
        banks = shapely.LineString([network.node_xy.min(axis=0), network.node_xy.max(axis=0)]).buffer(BANK_M)
        river = gpd.GeoDataFrame({"kind": ["river"]}, geometry=[banks], crs="EPSG:2154")
        several = AccessChoices()
        calls: tuple[Callable[[], object], ...] = (
            lambda: shapely.STRtree(network.lines).query_nearest(shapely.points(xy), return_distance=True),  # noqa: B023
            lambda: snap(network, xy),  # noqa: B023
            lambda: snap(network, xy, choices=several),  # noqa: B023
            lambda: snap(network, xy, choices=several, barriers=river),  # noqa: B023
        )
        cells = " | ".join(f"{microseconds(call):.1f}" for call in calls)
        print(f"| {file.split('/')[0]} | {len(network.lines):,} | {cells} |", flush=True)


def microseconds(call: Callable[[], object]) -> float:
    """Give the least time of the processor for an address [microseconds]."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        call()
        spent.append(time.process_time() - begin)
    return min(spent) / ADDRESSES * 1e6


if __name__ == "__main__":
    main(
        Path(
            sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared" / "data")
        )
    )
