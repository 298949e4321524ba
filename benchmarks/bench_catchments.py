"""Catchments and isochrones beside the usual drawings: who is drawn where by mistake, and how long it takes.

``python benchmarks/bench_catchments.py [FOLDER] [NAME ...]`` with the folder of real extracts, else that of
CARTABLE_REAL_DATA, else ``../shared/data``, and the places to measure, names of `PLACES`.

Truth is the exact walk: each address is brought to the nearest place of the nearest street. Addresses are drawn along
the streets by length and stand 12 m beside them, those that another street is nearer to included. Seconds are those of
the processor, of the whole process, the least of some runs in turn with the others.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.model.network import Network, Snap
from geo.sources.streets_files import read_streets
from geo.territory.enclaves import pieces_apart
from geo.territory.network import build_network, snap
from geo.territory.walking.catchments import catchment_areas
from geo.territory.walking.isochrones import isochrones
from geo.territory.walking.questions import Streets, nearest, prepare, walk_table

ROOT = Path(__file__).parents[1]
# File, CRS, the square that is kept around the middle of the crossings [m], and the count of schools.
PLACES = {
    "heidelberg": ("networks/heidelberg.osm.pbf", "EPSG:25832", None, 100),
    "heidelberg-centre": ("networks/heidelberg.osm.pbf", "EPSG:25832", 6000.0, 20),
    "nantes-centre": ("nantes/bdtopo3_nantes_troncons_route.gpkg", "EPSG:2154", None, 20),
}
ADDRESSES, ASIDE_M, LIMIT_M, WIDE_M, RUNS = 50_000, 12.0, 800.0, 25.0, 3
# Drawings that others are timed beside, and how well areas must add up to count as without gap or overlap.
PEERS, SAME_AREA = 2, 1e-9

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Case:
    """One place: its streets, schools and addresses, and the ground that is parted."""

    streets: Streets
    schools: Snap
    xy: Floats
    homes: Snap
    commune: shapely.Geometry


def main(folder: Path, names: tuple[str, ...]) -> None:
    """Print two tables for each place."""
    parts = ("numpy", "scipy", "shapely", "geopandas", "numba")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in parts))
    print(f"GEOS {shapely.geos_version_string}")
    for name in names:
        case = case_of(folder, name)
        network, load = case.streets.network, os.getloadavg()[0]
        size = (
            f"{len(network.node_xy):,} crossings, {len(network.start):,} edges, {network.length_m.sum() / 1000:,.0f} km"
        )
        print(f"\n### {name}: {size}, {case.schools.points} schools (load {load:.1f})\n")
        print(
            "| catchments | points | CPU [s] | / crossings | / every point | wrong [%] | pieces apart | whole, valid |"
        )
        print("|---|---|---|---|---|---|---|---|")
        areas(case)
        print(f"\n| within {LIMIT_M:g} m | CPU [s] | missed [%] | wrongly in [%] |\n|---|---|---|---|")
        reaches(case)


def case_of(folder: Path, name: str) -> Case:
    """Read a place, and set schools and addresses beside its streets."""
    file, crs, side_m, count = PLACES[name]
    table = read_streets(folder / file, crs=crs).table
    if side_m is not None:
        x, y = np.median(build_network(table).node_xy, axis=0)
        half = side_m / 2
        table = gpd.clip(table, shapely.box(x - half, y - half, x + half, y + half))
        table = table[table.geom_type.isin(["LineString", "MultiLineString"])]
    streets = prepare(build_network(table))
    rng = np.random.default_rng(0)
    schools = snap(streets.network, beside(streets.network, count, 20.0, rng=rng))
    xy = beside(streets.network, ADDRESSES, ASIDE_M, rng=rng)
    commune = shapely.box(*shapely.total_bounds(streets.network.lines)).buffer(50, join_style="mitre")
    return Case(streets, schools, xy, snap(streets.network, xy), commune)


def beside(network: Network, count: int, aside_m: float, *, rng: np.random.Generator) -> Floats:
    """Give places drawn along the streets by length and set beside them."""
    edge = rng.choice(len(network.lines), count, p=network.length_m / network.length_m.sum())
    lines, along_m = network.lines[edge], rng.random(count) * network.length_m[edge]
    here, ahead, behind = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along_m + step_m, 0)))
        for step_m in (0.0, 0.1, -0.1)
    )
    way = (ahead - behind) / np.hypot(*(ahead - behind).T)[:, None]
    return here + aside_m * rng.choice([-1, 1], count)[:, None] * np.stack([-way[:, 1], way[:, 0]], axis=1)


def areas(case: Case) -> None:
    """Measure drawings of catchments; times beside the first two."""
    truth = nearest(case.streets, case.schools, case.homes).school
    peers_s: list[float] = []
    for name, draw in {
        "Voronoi of crossings": lambda: voronoi(case, *crossings(case)),
        "Voronoi of every point of the file": lambda: voronoi(case, *vertices(case)),
        "ours, 20 m": lambda: ours(case, 20.0),
        "ours, 10 m": lambda: ours(case, 10.0),
        "**ours, 5 m**": lambda: ours(case, 5.0),
        "ours, 2 m": lambda: ours(case, 2.0),
    }.items():
        (shapes, points), seconds = timed(draw)
        peers_s = peers_s if len(peers_s) == PEERS else [*peers_s, seconds]
        wrong = 100 * float((inside(shapes, case.xy).argmax(axis=1) != truth).mean())
        apart = len(pieces_apart(gpd.GeoDataFrame(geometry=shapes).rename_axis("school")))
        gap = abs(shapely.area(shapes).sum() / shapely.area(case.commune) - 1)
        whole = "yes" if shapely.is_valid(shapes).all() and gap < SAME_AREA else "**no**"
        beside_peers = " | ".join(f"{seconds / peer_s:.1f}" for peer_s in peers_s)
        row = f"| {name} | {points} | {seconds:.2f} | {beside_peers} | {wrong:.3f} | {apart} | {whole} |"
        print(row if len(peers_s) == PEERS else row.replace(f"| {wrong:.3f}", f"| | {wrong:.3f}"), flush=True)


def ours(case: Case, step_m: float) -> tuple[Shapes, str]:
    """Draw the catchments."""
    return catchment_areas(case.streets, case.schools, case.commune, step_m=step_m).geometry.to_numpy(), ""


def crossings(case: Case) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Give the crossings and their nearest school."""
    return case.streets.network.node_xy, nearest(case.streets, case.schools).school


def vertices(case: Case) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Give every vertex of the streets and its nearest school."""
    lines = case.streets.network.lines
    xy, edge = shapely.get_coordinates(lines, return_index=True)
    along_m = shapely.line_locate_point(lines[edge], shapely.points(xy))
    return xy, nearest(case.streets, case.schools, Snap(edge, along_m, np.zeros(len(xy)))).school


def voronoi(case: Case, xy: Floats, school: npt.NDArray[np.int64]) -> tuple[Shapes, int]:
    """Draw the cells of points, together by school."""
    xy, row = np.unique(xy, axis=0, return_index=True)
    school = school[row]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=case.commune, ordered=True))
    shapes = []
    for one in range(case.schools.points):
        mine = cells[school == one]
        try:
            whole = shapely.coverage_union_all(mine)
        except shapely.GEOSException:
            whole = shapely.union_all(mine)
        shapes.append(shapely.intersection(whole, case.commune))
    return np.array(shapes), len(xy)


def reaches(case: Case) -> None:
    """Measure drawings of what lies within a walk of each school."""
    on_street = Snap(case.homes.edge, case.homes.along_m, np.zeros(len(case.xy)))
    near = walk_table(case.streets, case.schools, on_street) <= LIMIT_M
    at_nodes = walk_table(case.streets, case.schools) <= LIMIT_M
    network = case.streets.network
    spots = [shapely.multipoints(network.node_xy[nodes]) for nodes in at_nodes.T]
    whole = [shapely.multilinestrings(network.lines[nodes[network.start] & nodes[network.end]]) for nodes in at_nodes.T]
    for name, draw in {
        "convex hull of crossings": lambda: shapely.convex_hull(spots),
        "concave hull of crossings, 0.3": lambda: shapely.concave_hull(spots, 0.3),
        "edges with both ends in, 25 m beside": lambda: shapely.buffer(whole, WIDE_M, quad_segs=8),
        "**ours**": lambda: reached(case),
    }.items():
        shapes, seconds = timed(draw)
        drawn = inside(shapes, case.xy)
        missed, wrong = (100 * float(count / near.sum()) for count in ((near & ~drawn).sum(), (drawn & ~near).sum()))
        print(f"| {name} | {seconds:.2f} | {missed:.3f} | {wrong:.3f} |", flush=True)


def reached(case: Case) -> Shapes:
    """Draw what lies within the limit."""
    return isochrones(case.streets, case.schools, [LIMIT_M], wide_m=WIDE_M).geometry.to_numpy()


def inside(shapes: Shapes, xy: Floats) -> npt.NDArray[np.bool_]:
    """Tell which places lie in which area, shape (places, areas)."""
    place, area = shapely.STRtree(shapes).query(shapely.points(xy), predicate="intersects")
    found = np.zeros((len(xy), len(shapes)), dtype=bool)
    found[place, area] = True
    return found


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Give what comes back and the least seconds of the processor of some runs."""
    best = np.inf
    for _ in range(RUNS):
        begun = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begun)
    return answer, best


if __name__ == "__main__":
    here = (
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared/data"))
    )
    main(here, tuple(sys.argv[2:]) or tuple(PLACES))
