"""The linear relaxation of a search with HiGHS: a bound that no school map can beat, and the prices of its limits.

Units may be shared among schools here; cuts that keep sectors in one piece are added while they are broken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import highspy
import numpy as np

from geo.planning.revision.assignment import Floats, Mask, Problem
from geo.planning.revision.programme import Arcs, arcs_of, cut_limit, cut_row, programme, quiet_solver, with_more_arcs
from geo.planning.revision.separators import Cut, Neighbours, neighbours_of, violated_cuts

# A cut that is broken by less than this moves the bound by too little to be worth a round.
_LEAST_BREACH: Final = 0.02
_UNITS_A_PIECE: Final = 5
_ROUNDS: Final = 200
# The rounds end when the last ones together have raised the bound by less than this share.
_STALLED: Final = (8, 1e-4)
# So many near schools a unit to begin with; others come in when their price says that they may pay.
_NEAR_SCHOOLS: Final = 5
_WORTH_M: Final = 1e-3


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What the linear relaxation says.

    Attributes
    ----------
    bound_m
        No choice costs less [pupil-m]: the value of the dual solution over all allowed schools of each unit.
    share
        Share of each unit in each school [0-1], shape (units, schools).
    reduced_m
        What sending a unit to a school adds to the bound at least [pupil-m], shape (units, schools).
    place_price_m
        What one more place in a school saves [m], shape (schools,).
    change_price_m
        What allowing one more pupil to change school saves [m].
    cuts
        The cuts that were added.
    """

    bound_m: float
    share: Floats
    reduced_m: Floats
    place_price_m: Floats
    change_price_m: float
    cuts: Sequence[Cut]


@dataclass(frozen=True)
class Watch:
    """How long a search may go on, and whom it tells.

    Attributes
    ----------
    seconds_left
        Gives the time that remains [s].
    tell
        Is called with the cost of the best choice so far and the bound [pupil-m]; either may be NaN.
    """

    seconds_left: Callable[[], float]
    tell: Callable[[float, float], None]


def relax(problem: Problem, watch: Watch) -> Relaxation:
    """Solve the linear relaxation, adding cuts and schools while they matter.

    What is reached when the time is over is a bound too, only a weaker one.
    """
    near = neighbours_of(problem.links, len(problem.pupils))
    arcs = arcs_of(problem, _near_schools(problem))
    cuts: list[Cut] = []
    solver = quiet_solver(programme(problem, arcs, cuts))
    best, bounds = None, list[float]()
    while True:
        solver.run()
        share = _shares(problem, arcs, np.asarray(solver.getSolution().col_value))
        reached = _dual(problem, np.asarray(solver.getSolution().row_dual), share=share, cuts=cuts)
        # Schools that are not known yet may make a later bound the weaker one.
        best = reached if best is None or reached.bound_m >= best.bound_m else replace(best, share=share)
        bounds.append(best.bound_m)
        watch.tell(math.nan, best.bound_m)
        broken, missing = _broken(problem, near, share), _missing(problem, arcs, reached.reduced_m)
        if not (broken or missing.any()) or _is_over(bounds, watch):
            return replace(best, cuts=tuple(cuts))
        if missing.any():
            arcs = with_more_arcs(solver, problem, arcs, more=missing, cuts=cuts)
        for cut in broken:
            index, value = cut_row(arcs, cut)
            solver.addRow(-highspy.kHighsInf, cut_limit(problem, cut), len(index), index, value)
        cuts.extend(broken)


def _near_schools(problem: Problem) -> Mask:
    """Mark the schools that cost each unit the least among those allowed, and the one that changes nothing."""
    cost = np.where(problem.allowed, problem.cost_m, np.inf)
    last = min(_NEAR_SCHOOLS, cost.shape[1]) - 1
    near = cost <= np.partition(cost, last, axis=1)[:, [last]]
    return np.asarray(problem.allowed & (near | (problem.changes == 0)))


def _missing(problem: Problem, arcs: Arcs, reduced_m: Floats) -> Mask:
    """Mark the pairs that the programme does not know and that are cheaper than all it knows of the unit."""
    known = arcs.column >= 0
    cheapest = np.where(known, reduced_m, np.inf).min(axis=1)
    free = ~problem.held.any(axis=1, keepdims=True)
    return np.asarray(free & problem.allowed & ~known & (reduced_m < cheapest[:, None] - _WORTH_M))


def _broken(problem: Problem, near: Neighbours, share: Floats) -> list[Cut]:
    if not problem.in_one_piece:
        return []
    return violated_cuts(problem, near, share, least=_LEAST_BREACH, units_a_piece=_UNITS_A_PIECE)


def _is_over(bounds: Sequence[float], watch: Watch) -> bool:
    rounds, least = _STALLED
    stalled = len(bounds) > rounds and bounds[-1] - bounds[-1 - rounds] < least * abs(bounds[-1])
    return stalled or len(bounds) >= _ROUNDS or watch.seconds_left() <= 0


def _shares(problem: Problem, arcs: Arcs, columns: Floats) -> Floats:
    """Share of each unit in each school [0-1]; one for each school of a held unit."""
    share = (problem.held > 0).astype(np.float64)
    share[arcs.unit, arcs.school] = columns[arcs.column[arcs.unit, arcs.school]]
    return share


def _dual(problem: Problem, duals: Floats, *, share: Floats, cuts: Sequence[Cut]) -> Relaxation:
    """Give the bound that the prices of the limits prove by themselves, over all allowed schools.

    Any prices of the right sign give a valid bound, so that neither a school left out of the programme nor the
    tolerance of the solver can make it too high.
    """
    units, schools = len(problem.free), len(problem.limited)
    place = np.zeros(len(problem.places))
    place[problem.limited] = np.clip(-duals[units : units + schools], 0.0, problem.overflow_price_m)
    has_limit = np.isfinite(problem.most_changes)
    change = max(-float(duals[units + schools]), 0.0) if has_limit else 0.0
    priced = problem.cost_m + problem.pupils[:, None] * place + problem.changes * change
    tied = 0.0
    for cut, dual in zip(cuts, -duals[units + schools + 1 :], strict=True):
        priced[cut.unit, cut.school] += max(dual, 0.0)
        priced[cut.ring, cut.school] -= max(dual, 0.0)
        tied -= cut_limit(problem, cut) * max(dual, 0.0)
    priced[~problem.allowed] = np.inf
    cheapest = priced[problem.free].min(axis=1)
    full = np.where(np.isfinite(problem.places), problem.places - problem.held_pupils, 0.0)
    room = (problem.most_changes - problem.held_changes) * change if has_limit else 0.0
    reduced = np.full(priced.shape, np.inf)
    reduced[problem.free] = priced[problem.free] - cheapest[:, None]
    return Relaxation(
        bound_m=float(problem.held_cost_m + cheapest.sum() - place @ full - room + tied),
        share=share,
        reduced_m=reduced,
        place_price_m=place,
        change_price_m=change,
        cuts=tuple(cuts),
    )
