"""Two-step floating catchments beside `access` of PySAL: agreement first, then ratios of one run.

``python benchmarks/bench_accessibility.py``, in an environment where both are: `access` is not among our dependencies.
Homes and places are drawn: 300,000 homes and 400 places on a square, one pair for each home within the longest walk,
some 750,000 of them. The straight line stands for the walk: both start from the table of walks.

Seconds are those of the processor, of the whole process, the least of some runs in turn. `access` reads tables: those
are made outside of its time, as are our arrays. It asks for the weight of each pair by itself.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from access import fca
from access.weights import step_fn
from scipy.spatial import KDTree

from geo.territory.accessibility import Pairs, step_weights, two_step

HOMES, PLACES = 300_000, 400
SIDE_M, LIMIT_M = 43_000.0, 2_000.0
STEPS = (1.0, 0.68, 0.22)
RUNS = 15
Floats = npt.NDArray[np.float64]


def main() -> None:
    """Print a table of both methods."""
    pairs, seats, children = drawn()
    known = ", ".join(f"{name} {version(name)}" for name in ("access", "numpy", "pandas"))
    print(f"Python {platform.python_version()}, {known}; {len(pairs.home):,} pairs\n")
    tables = as_tables(pairs, seats, children)
    weight = step_weights(pairs.walk_m, LIMIT_M, STEPS)
    steps = step_fn({LIMIT_M * (k + 1) / len(STEPS): part for k, part in enumerate(STEPS)})
    print("| work | ours [s] | theirs [s] | ratio | largest difference [seats/child] |\n|---|---|---|---|---|")
    rows: tuple[tuple[str, Callable[[], Floats], Callable[[], Any]], ...] = (
        ("2SFCA", lambda: two_step(pairs, seats, children), lambda: theirs(tables, None)),
        (
            "E2SFCA, weights given",
            lambda: two_step(pairs, seats, children, weight=weight),
            lambda: theirs(tables, steps),
        ),
        (
            "E2SFCA, weights made",
            lambda: two_step(pairs, seats, children, weight=step_weights(pairs.walk_m, LIMIT_M, STEPS)),
            lambda: theirs(tables, steps),
        ),
    )
    for name, our_way, their_way in rows:
        found, other, ours_s, theirs_s = paired(our_way, their_way)
        gap = float(np.abs(found - other.reindex(range(HOMES)).fillna(0.0).to_numpy()).max())
        print(f"| {name} | {ours_s:.4f} | {theirs_s:.4f} | {ours_s / theirs_s:.3f} | {gap:.0e} |", flush=True)


def drawn() -> tuple[Pairs, Floats, Floats]:
    """Draw homes in villages and places among them: who reaches what, seats, children."""
    rng = np.random.default_rng(7)
    homes, places = rng.uniform(0, SIDE_M, (HOMES, 2)), rng.uniform(0, SIDE_M, (PLACES, 2))
    within = KDTree(homes).query_ball_point(places, LIMIT_M)
    place = np.repeat(np.arange(PLACES), [len(some) for some in within])
    home = np.concatenate([np.sort(some) for some in within]).astype(np.int64)
    walk_m = np.hypot(*(homes[home] - places[place]).T)
    return Pairs(place, home, walk_m), rng.integers(10, 80, PLACES).astype(float), rng.uniform(0, 4, HOMES)


def as_tables(pairs: Pairs, seats: Floats, children: Floats) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give the same as the tables that `access` reads: demand, supply, cost."""
    cost = pd.DataFrame({"origin": pairs.home, "dest": pairs.place, "cost": pairs.walk_m})
    demand = pd.DataFrame({"children": children}).rename_axis("origin")
    return demand, pd.DataFrame({"seats": seats}).rename_axis("dest"), cost


def theirs(tables: tuple[pd.DataFrame, ...], weigh: Callable[[float], float] | None) -> pd.Series:
    """Ask `access`."""
    demand, supply, cost = tables
    found: pd.Series = fca.two_stage_fca(
        demand_df=demand,
        supply_df=supply,
        cost_df=cost,
        max_cost=LIMIT_M,
        demand_index=True,
        demand_name="children",
        supply_index=True,
        supply_name="seats",
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
        weight_fn=weigh,
    )
    return found


def paired(our_way: Callable[[], Floats], their_way: Callable[[], Any]) -> tuple[Floats, Any, float, float]:
    """Do both in turn, so that the load of the machine meets both; give answers and least seconds."""
    found, other, ours_s, theirs_s = np.empty(0), None, np.inf, np.inf
    for _ in range(RUNS):
        begun = time.process_time()
        found = our_way()
        between = time.process_time()
        other = their_way()
        ended = time.process_time()
        ours_s, theirs_s = min(ours_s, between - begun), min(theirs_s, ended - between)
    return found, other, ours_s, theirs_s


if __name__ == "__main__":
    main()
