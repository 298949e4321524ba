"""The search of a better map on real school districts, beside the maps that their committees published.

``python benchmarks/bench_revision.py [FOLDER]`` with the folder of real extracts, else that of CARTABLE_REAL_DATA,
else ``../shared/data``. All maps are scored alike: distance or time, and the price of a pupil above the places.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geo.planning.revision.assignment import HELD, Floats, Problem, Rows, score_of_shares, shares_of
from geo.planning.revision.search import Effort, search
from geo.planning.revision.settling import pieces_by_school, settled

ROOT = Path(__file__).parents[1]
# What a unit without pupils counts, as in the figures published for these instances [pupils].
UNIT_WEIGHT = 0.5
SECONDS = 60.0
SHARES = (1.0, 0.15)


@dataclass(frozen=True, eq=False)
class District:
    """A district as its files have it: by rows of units and columns of schools."""

    name: str
    pupils: Floats
    cost: Floats
    places: Floats
    roots: Rows
    links: Rows
    price: float
    plans: Mapping[str, Rows]


def main(folder: Path) -> None:
    """Print one table a district: the published maps, then ours with and without a limit of changes."""
    for district in (southwest_baltimore(folder / "bcps_sw"), fairfax(folder / "fcps")):
        rows = {name: scored(district, problem_of(district, 1.0), plan) for name, plan in district.plans.items()}
        for share in SHARES:
            rows[f"ours, {share:.0%} may change"] = searched(district, share)
        units, schools = district.cost.shape
        print(f"\n{district.name}: {units:,} units, {schools} schools\n{pd.DataFrame(rows).T.round(4)}")


def searched(district: District, share: float) -> dict[str, float]:
    """Search a map and score it."""
    problem = problem_of(district, share)
    today = np.where(problem.held.any(axis=1), HELD, next(iter(district.plans.values())))
    begun = time.perf_counter()
    problem, start = settled(problem, today)
    found = search(problem, start, Effort(SECONDS, 0.001, seed=1), report=lambda _: None)
    seconds = time.perf_counter() - begun
    plan = shares_of(problem, found.choice).argmax(axis=1)
    figures = scored(district, problem, plan)
    bound = found.bound_m / district.pupils.sum()
    return figures | {"bound": bound, "gap": 1 - bound / figures["cost"], "seconds": seconds}


def scored(district: District, problem: Problem, plan: Rows) -> dict[str, float]:
    """Score a map: cost and mean way a pupil, pupils above the places and who change school, loose pieces."""
    share = np.zeros(district.cost.shape)
    share[np.arange(len(plan)), plan] = 1.0
    cost, total = score_of_shares(problem, share), district.pupils.sum()
    return {
        "cost": cost.objective_m / total,
        "mean_way": float((district.pupils[:, None] * district.cost * share).sum() / total),
        "overflow": cost.overflow_pupils,
        "changed_share": cost.changed_pupils / total,
        "loose_pieces": float((pieces_by_school(problem.links, share > 0) - 1).clip(0).sum()),
    }


def problem_of(district: District, share: float) -> Problem:
    """Ask for a map in which at most `share` of the pupils change school; the unit of a school is its own."""
    units, schools = district.cost.shape
    held = np.zeros((units, schools))
    held[district.roots, np.arange(schools)] = 1.0
    today = next(iter(district.plans.values()))
    problem = Problem(
        pupils=district.pupils,
        cost_m=(district.pupils + UNIT_WEIGHT)[:, None] * district.cost,
        changes=district.pupils[:, None] * (today[:, None] != np.arange(schools)),
        allowed=~held.any(axis=1)[:, None] & np.ones((units, schools), dtype=bool),
        held=held,
        places=district.places,
        links=district.links,
        anchors=held > 0,
        overflow_price_m=district.price,
        most_changes=np.inf,
        in_one_piece=True,
    )
    return replace(problem, most_changes=np.inf if share == 1 else share * district.pupils.sum())


def southwest_baltimore(folder: Path) -> District:
    """Give 182 planning blocks, 11 elementary schools, and the last maps of the committee [m]."""
    blocks, schools = pd.read_csv(folder / "units.csv"), pd.read_csv(folder / "schools.csv")
    cost = pd.read_csv(folder / "distance_m_euclid.csv").to_numpy()
    plans = ("ES1516", "Opt3", "OptJ", "NovOpt1", "NovOpt2", "NovOpt3", "NovOpt4")
    return District(
        name="Southwest Baltimore County, elementary [m]",
        pupils=blocks["k5_pupils"].to_numpy(dtype=np.float64),
        cost=cost,
        places=(schools["capacity_src_planned"] - schools["pupils_not_in_units"]).to_numpy(dtype=np.float64),
        roots=schools["unit"].to_numpy(),
        links=joined(pd.read_csv(folder / "adjacency.csv")[["u", "v"]].to_numpy(), cost),
        price=3000.0,
        plans={name: blocks[name].to_numpy() for name in plans},
    )


def fairfax(folder: Path) -> District:
    """Give the census blocks with inhabitants, 138 elementary schools, and the maps of the consultation [s]."""
    blocks, schools = pd.read_parquet(folder / "units.parquet"), pd.read_csv(folder / "schools.csv")
    schools = schools[schools["level"] == "elem"].reset_index(drop=True)
    cost = pd.read_parquet(folder / "commute_seconds_elem.parquet").to_numpy()
    links = pd.read_csv(folder / "adjacency.csv").to_numpy()
    people = blocks["pop"].to_numpy(dtype=np.float64)
    kept = people > 0
    kept[schools["unit"]] = True
    block_of = np.cumsum(kept)[nearest_kept(links, kept)] - 1
    merged = block_of[links]
    merged = np.unique(np.sort(merged[merged[:, 0] != merged[:, 1]], axis=1), axis=0)
    scale = people.sum() / schools["membership"].sum()
    plans = [f"elem_{name}" for name in ("current", "scenario2", "scenario3", "scenario4", "scenario5")]
    return District(
        name="Fairfax County, elementary [s by car, inhabitants for pupils]",
        pupils=np.bincount(block_of, weights=people),
        cost=cost[kept],
        places=np.floor(schools["capacity"].to_numpy() * scale),
        roots=block_of[schools["unit"]],
        links=joined(merged, cost[kept]),
        price=900.0,
        plans={name: blocks.loc[kept, name].fillna(0).to_numpy(dtype=np.int64) for name in plans},
    )


def nearest_kept(links: Rows, kept: npt.NDArray[np.bool_]) -> Rows:
    """Give each block a kept one: itself, or one that is few blocks away."""
    size = len(kept)
    # One more node stands beside all kept blocks: what the walk from it comes by first is kept.
    ends = np.vstack([links, np.column_stack([np.full(kept.sum(), size), np.flatnonzero(kept)])])
    order, before = breadth_first_order(graph(ends, size + 1), size, directed=False)
    nearest = np.arange(size)
    for block in order[1:]:
        if not kept[block]:
            nearest[block] = nearest[before[block]]
    return nearest


def joined(links: Rows, cost: Floats) -> Rows:
    """Link what touches nothing to the unit of the main part whose ways are most alike."""
    _, part = connected_components(graph(links, len(cost)), directed=False)
    main_part = np.flatnonzero(part == np.bincount(part).argmax())
    lone = [np.flatnonzero(part == other)[0] for other in np.setdiff1d(part, part[main_part[0]])]
    more = [[unit, main_part[np.abs(cost[main_part] - cost[unit]).sum(axis=1).argmin()]] for unit in lone]
    return np.vstack([links, np.array(more, dtype=np.int64).reshape(-1, 2)])


def graph(links: Rows, size: int) -> Any:  # noqa: ANN401, scipy is not typed
    """Give the links as a sparse matrix."""
    return csr_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(size, size))


if __name__ == "__main__":
    pd.set_option("display.width", 160)
    pd.set_option("display.max_columns", None)
    told = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared" / "data")
    main(Path(told) / "redistricting")
