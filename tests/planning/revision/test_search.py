"""Laws of docs/revision.md, on figures: R1 best of all, R2 bound, R3 cuts, R4 prices, R5 limits, R6 one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.planning.revision.assignment import HELD, Problem, keeps_rules, parts_of, score, shares_of
from geo.planning.revision.relaxation import Relaxation, Watch, relax
from geo.planning.revision.rounding import in_place
from geo.planning.revision.search import Effort, Found, Progress, search
from geo.planning.revision.separators import neighbours_of, violated_cuts
from geo.planning.revision.settling import settled

EXACT = Effort(time_limit_s=30, gap_share=0, seed=1)


def _grid(seed: int, *, side: int = 3, schools: int = 3, one_piece: bool = True) -> Problem:
    """Make a small city: units on a grid, schools in units of their own, random pupils and places.

    Where there are more than nine units, walks are those of a town; else they are any.
    """
    rng = np.random.default_rng(seed)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side))
    # Some borders are rivers.
    kept = [edge for edge in graph.edges if rng.random() < 0.9]
    units = side * side
    pupils = rng.integers(0, 12, units).astype(float)
    walk_m = rng.integers(50, 1500, (units, schools)).astype(float)
    roots = rng.permutation(units)[:schools]
    if side > 3:
        place = np.column_stack(np.divmod(np.arange(units), side))
        walk_m = 0.1 * walk_m + 100 * np.abs(place[:, None] - place[roots][None]).sum(axis=2)
    today = rng.integers(0, schools, units)
    today[roots] = np.arange(schools)
    held = np.zeros((units, schools))
    held[roots, np.arange(schools)] = 1.0
    # One sector is shared by two schools.
    held[rng.choice(np.setdiff1d(np.arange(units), roots)), :2] = 0.5
    changes = np.repeat(pupils[:, None], schools, axis=1)
    changes[np.arange(units), today] = 0.0
    changes[held.any(axis=1)] = 0.0
    return Problem(
        pupils=pupils,
        cost_m=(pupils + 0.05)[:, None] * walk_m,
        changes=changes,
        allowed=~held.any(axis=1)[:, None] & np.ones((units, schools), dtype=bool),
        held=held,
        places=rng.integers(5, 30, schools).astype(float),
        links=np.array(kept, dtype=np.int64).reshape(-1, 2),
        anchors=held == 1,
        overflow_price_m=float(rng.choice([0, 300, 3000])),
        most_changes=float(rng.choice([np.inf, 0.5, 0.25])) * pupils.sum() if rng.random() < 0.7 else np.inf,
        in_one_piece=one_piece,
    )


def _today(problem: Problem) -> np.ndarray:
    """Give the choice that changes nothing."""
    return np.where(problem.held.any(axis=1), HELD, problem.changes.argmin(axis=1))


def _all_that_keep_rules(problem: Problem) -> Iterator[np.ndarray]:
    """Give every choice that keeps the rules, told by networkx and plain sums, not by the code under test."""
    graph = nx.Graph(problem.links.tolist())
    graph.add_nodes_from(range(len(problem.pupils)))
    options = [np.flatnonzero(problem.allowed[unit]) for unit in problem.free]
    for schools in product(*options):
        choice = np.full(len(problem.pupils), HELD)
        choice[problem.free] = schools
        share = shares_of(problem, choice)
        if sum(problem.changes[u, s] for u, s in zip(problem.free, schools, strict=True)) > problem.most_changes:
            continue
        sectors = [graph.subgraph(np.flatnonzero(share[:, s] > 0).tolist()) for s in range(share.shape[1])]
        pieces = [(part, s) for s, sector in enumerate(sectors) for part in nx.connected_components(sector)]
        if not problem.in_one_piece or all(problem.anchors[list(part), s].any() for part, s in pieces):
            yield choice


def _cost(problem: Problem, choice: np.ndarray) -> float:
    load = problem.pupils @ shares_of(problem, choice)
    walks = (problem.cost_m * shares_of(problem, choice)).sum()
    return float(walks + problem.overflow_price_m * np.maximum(load - problem.places, 0).sum())


def _search(problem: Problem, start: np.ndarray, effort: Effort = EXACT) -> Found:
    return search(problem, start, effort, report=lambda _: None)


def _relax(problem: Problem) -> Relaxation:
    return relax(problem, Watch(lambda: 10.0, lambda *_: None))


@given(seed=st.integers(0, 10**6), one_piece=st.booleans())
@settings(max_examples=10, deadline=None)
def test_on_small_cities_the_map_is_the_best_of_all_maps(seed: int, one_piece: bool) -> None:  # noqa: FBT001
    # R1 and R2
    city = _grid(seed, one_piece=one_piece)
    problem, start = settled(city, _today(city))
    found = _search(problem, start)
    best = min(_cost(problem, choice) for choice in _all_that_keep_rules(problem))
    assert keeps_rules(problem, found.choice)
    assert _cost(problem, found.choice) == pytest.approx(best, rel=1e-6)
    assert found.bound_m <= best * (1 + 1e-6)
    assert found.relaxation.bound_m <= best * (1 + 1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=6, deadline=None)
def test_a_larger_city_keeps_its_rules_and_its_pupils(seed: int) -> None:
    # R2, R5 and R6
    city = _grid(seed, side=6, schools=4)
    problem, start = settled(city, _today(city))
    found = _search(problem, start, Effort(time_limit_s=5, gap_share=0.02, seed=seed))
    cost = score(problem, found.choice)
    assert keeps_rules(problem, found.choice)
    assert cost.changed_pupils <= problem.most_changes + 1e-6
    assert cost.objective_m <= score(problem, start).objective_m
    assert found.bound_m <= cost.objective_m * (1 + 1e-9)
    assert (problem.pupils @ shares_of(problem, found.choice)).sum() == pytest.approx(problem.pupils.sum())


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_a_cut_forbids_no_map_that_keeps_the_rules(seed: int) -> None:
    # R3
    problem = replace(_grid(seed), most_changes=np.inf)
    near = neighbours_of(problem.links, len(problem.pupils))
    share = np.random.default_rng(seed).dirichlet([0.3] * 3, len(problem.pupils))
    share = np.where(share < 0.2, 0.0, share) * problem.allowed + (problem.held > 0)
    cuts = violated_cuts(problem, near, share, least=0.0, units_a_piece=9)
    for choice in _all_that_keep_rules(problem):
        whole = shares_of(problem, choice) > 0
        assert all(whole[cut.unit, cut.school] <= whole[cut.ring, cut.school].sum() for cut in cuts)


def test_a_unit_across_the_town_is_cut_from_its_school() -> None:
    # R3: a street of five units, the school of 0 in the first; the last cannot belong to it alone.
    problem = _street(walks=[[0, 900], [100, 800], [200, 700], [300, 600], [1, 0]])
    share = np.array([[1, 0], [0, 1], [0, 1], [1, 0], [0, 1]], dtype=float)
    cuts = violated_cuts(problem, neighbours_of(problem.links, 5), share, least=0.5, units_a_piece=9)
    told = {(cut.school, cut.unit, tuple(cut.ring.tolist())) for cut in cuts}
    # The ring around unit 3 is unit 2 alone: no way to the school leads over the other neighbour, which is held.
    assert (0, 3, (2,)) in told


def _street(walks: list[list[float]], **changes: object) -> Problem:
    """Make a street of units with one pupil each and a school at each end, the first and the last unit its roots."""
    walk_m = np.array(walks, dtype=float)
    units = len(walk_m)
    held = np.zeros((units, 2))
    held[0, 0] = held[-1, 1] = 1.0
    problem = Problem(
        pupils=np.ones(units),
        cost_m=walk_m,
        changes=np.zeros((units, 2)),
        allowed=~held.any(axis=1)[:, None] & np.ones((units, 2), dtype=bool),
        held=held,
        places=np.array([10.0, 10.0]),
        links=np.column_stack([np.arange(units - 1), np.arange(1, units)]),
        anchors=held > 0,
        overflow_price_m=1000.0,
        most_changes=np.inf,
        in_one_piece=True,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_a_full_school_costs_what_the_next_pupil_walks_more() -> None:
    # R4: three units may choose; each is 100 m nearer to the left school than the one before it to the right.
    walks = [[0, 900], [100, 400], [100, 300], [100, 200], [900, 0]]
    full = _relax(_street(walks, places=np.array([3.0, 10.0])))
    assert full.place_price_m.tolist() == pytest.approx([100, 0])
    wider = _relax(_street(walks, places=np.array([3.25, 10.0])))
    assert full.bound_m - wider.bound_m == pytest.approx(0.25 * 100)


def test_a_place_is_never_worth_more_than_the_price_of_the_overflow() -> None:
    # R4
    walks = [[0, 9000], [100, 9000], [100, 9000], [9000, 0]]
    relaxed = _relax(_street(walks, places=np.array([1.0, 10.0]), overflow_price_m=500.0))
    assert relaxed.place_price_m.tolist() == pytest.approx([500, 0])


def test_the_limit_of_changes_costs_what_the_last_change_saves() -> None:
    # R4: two units would save 300 and 200 m by going left; only one pupil may.
    walks = [[0, 900], [100, 400], [100, 300], [900, 0]]
    changes = np.array([[0, 0], [1, 0], [1, 0], [0, 0]], dtype=float)
    relaxed = _relax(_street(walks, changes=changes, most_changes=1.5))
    assert relaxed.change_price_m == pytest.approx(200)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_bound_counts_schools_that_the_programme_left_out_at_first(seed: int) -> None:
    # R2, against another formulation with all twelve schools of each unit at once
    problem = replace(_grid(seed, side=4, schools=12, one_piece=False), most_changes=np.inf)
    free, schools = len(problem.free), 12
    one_school = np.kron(np.eye(free), np.ones(schools))
    load = np.kron(problem.pupils[problem.free], np.eye(schools))
    places = problem.places - problem.held_pupils
    oracle = linprog(
        np.r_[problem.cost_m[problem.free].ravel(), np.full(schools, problem.overflow_price_m)],
        A_ub=np.hstack([load, -np.eye(schools)]),
        b_ub=places,
        A_eq=np.hstack([one_school, np.zeros((free, schools))]),
        b_eq=np.ones(free),
    )
    assert _relax(problem).bound_m == pytest.approx(oracle.fun + problem.held_cost_m, rel=1e-7)


def test_pieces_that_cannot_be_joined_within_the_limit_stay() -> None:
    # R6: unit 3 of the left school lies behind unit 2 of the right one; one pupil would have to move, none may.
    problem = _street([[0, 900], [100, 400], [100, 300], [100, 200], [900, 0]], most_changes=0.5)
    changes = np.array([[0, 0], [0, 1], [1, 0], [0, 1], [0, 0]], dtype=float)
    problem, start = settled(replace(problem, changes=changes), np.array([HELD, 0, 1, 0, HELD]))
    assert start.tolist() == [HELD, 0, 1, 0, HELD]
    assert keeps_rules(problem, _search(problem, start).choice)
    freer, joined = settled(replace(problem, anchors=problem.held > 0, most_changes=1.0), start)
    assert keeps_rules(freer, joined)
    assert parts_of(freer.links, shares_of(freer, joined) > 0).pieces == 2


def test_a_city_in_which_nothing_can_be_chosen_has_no_gap() -> None:
    problem = _street([[0, 900], [900, 0]], places=np.array([np.inf, np.inf]))
    found = _search(problem, np.array([HELD, HELD]))
    assert found.bound_m == score(problem, found.choice).objective_m == 0


def test_equal_input_gives_an_equal_map_and_progress_is_told() -> None:
    # R7
    city = _grid(5, side=6)
    problem, start = settled(city, _today(city))
    told: list[Progress] = []
    effort = Effort(time_limit_s=60, gap_share=0.005, seed=1)
    first = search(problem, start, effort, report=told.append)
    second = search(problem, start, effort, report=lambda _: None)
    assert (first.choice == second.choice).all()
    assert first.bound_m == second.bound_m
    assert {progress.stage for progress in told} >= {"bound", "improve"}
    assert all(0 <= progress.time_share <= 1 for progress in told)
    costs = [progress.objective_m for progress in told if progress.objective_m == progress.objective_m]
    assert min(costs) == pytest.approx(score(problem, first.choice).objective_m)


def _baltimore(folder: Path) -> tuple[Problem, np.ndarray]:
    """Read 182 planning blocks and 11 schools; see the README beside the files."""
    blocks, schools = pd.read_csv(folder / "units.csv"), pd.read_csv(folder / "schools.csv")
    walk_m = pd.read_csv(folder / "distance_m_euclid.csv").to_numpy()
    links = pd.read_csv(folder / "adjacency.csv")[["u", "v"]].to_numpy()
    pupils, roots, count = blocks["k5_pupils"].to_numpy(dtype=float), schools["unit"].to_numpy(), len(schools)
    for lone in np.setdiff1d(np.arange(len(blocks)), links):
        alike = np.abs(walk_m - walk_m[lone]).sum(axis=1)
        links = np.vstack([links, [lone, np.argsort(alike)[1]]])
    held = np.zeros(walk_m.shape)
    held[roots, np.arange(count)] = 1.0
    problem = Problem(
        pupils=pupils,
        cost_m=(pupils + 0.5)[:, None] * walk_m,
        changes=pupils[:, None] * (blocks["ES1516"].to_numpy()[:, None] != np.arange(count)),
        allowed=~held.any(axis=1)[:, None] & np.ones(walk_m.shape, dtype=bool),
        held=held,
        places=(schools["capacity_src_planned"] - schools["pupils_not_in_units"]).to_numpy(dtype=float),
        links=links,
        anchors=held > 0,
        overflow_price_m=3000.0,
        most_changes=np.inf,
        in_one_piece=True,
    )
    start = in_place(problem, np.where(held.any(axis=1), HELD, blocks["ES1516"].to_numpy()))
    assert start is not None
    return problem, start


@pytest.mark.real
@pytest.mark.parametrize(("most_share", "published_m"), [(None, 1124.0), (0.10, None)])
def test_a_real_revision_comes_within_a_hundredth_of_the_best_known(
    real_data: Path, most_share: float | None, published_m: float | None
) -> None:
    problem, start = _baltimore(real_data / "redistricting" / "bcps_sw")
    if most_share is not None:
        problem = replace(problem, most_changes=most_share * problem.pupils.sum())
    found = _search(problem, start, Effort(time_limit_s=20, gap_share=0.008, seed=1))
    cost = score(problem, found.choice)
    assert keeps_rules(problem, found.choice)
    assert 1 - found.bound_m / cost.objective_m <= 0.01
    if published_m is not None:
        assert cost.objective_m / problem.pupils.sum() <= 1.01 * published_m
