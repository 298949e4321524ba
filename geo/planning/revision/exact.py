"""Whole units by an integer programme: for cities small enough, the best map itself and not only a good one."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import highspy
import numpy as np

from geo.planning.revision.assignment import Floats, Problem, Rows, keeps_rules, score, shares_of
from geo.planning.revision.programme import Arcs, arcs_of, programme, quiet_solver
from geo.planning.revision.relaxation import Relaxation, Watch
from geo.planning.revision.rounding import in_place, whole_units
from geo.planning.revision.separators import Cut, Neighbours, neighbours_of, violated_cuts

# Above so many pairs of a unit and a school the programme does not come to an end in a time that people wait.
MOST_PAIRS: Final = 20_000
_WHOLE: Final = 0.5


class Proven(NamedTuple):
    """A choice and a bound that no choice can beat [pupil-m]."""

    choice: Rows
    bound_m: float


def sharpened(problem: Problem, relaxation: Relaxation, choice: Rows, *, gap_share: float, watch: Watch) -> Proven:
    """Close the gap between a choice and its bound, as far as time allows.

    Parameters
    ----------
    problem
        The search.
    relaxation
        Its linear relaxation, with the cuts found so far.
    choice
        The best choice so far, which keeps the rules.
    gap_share
        The gap that is small enough [0-1].
    watch
        Time that remains and whom to tell.
    """
    near = neighbours_of(problem.links, len(problem.pupils))
    best = Proven(choice, relaxation.bound_m)
    cuts = list(relaxation.cuts)
    while watch.seconds_left() > 0 and gap_of(problem, best) > gap_share:
        arcs = _arcs_that_may_pay(problem, relaxation, best)
        if len(arcs.unit) > MOST_PAIRS:
            return best
        found = _solved(problem, arcs, cuts, best=best, gap_share=gap_share, watch=watch)
        if found is None:
            return best
        best = _better(problem, best, found)
        watch.tell(score(problem, best.choice).objective_m, best.bound_m)
        broken = _broken(problem, near, found.choice)
        if not broken:
            return best
        cuts.extend(broken)
    return best


def gap_of(problem: Problem, proven: Proven) -> float:
    """Give what a better choice could save at most, as a share of the cost [0-1]."""
    cost = score(problem, proven.choice).objective_m
    return max(cost - proven.bound_m, 0.0) / cost if cost > 0 else 0.0


def _arcs_that_may_pay(problem: Problem, relaxation: Relaxation, best: Proven) -> Arcs:
    """Leave out the pairs that alone would lift the bound above the best choice: no better one has any of them."""
    worth = score(problem, best.choice).objective_m - relaxation.bound_m
    known = relaxation.reduced_m <= worth * (1 + 1e-9)
    known[problem.free, best.choice[problem.free]] = True
    return arcs_of(problem, known)


def _solved(
    problem: Problem, arcs: Arcs, cuts: list[Cut], *, best: Proven, gap_share: float, watch: Watch
) -> Proven | None:
    """Solve the integer programme, starting from the best choice; None if the time was too short for any answer."""
    model = programme(problem, arcs, cuts)
    pairs = len(arcs.unit)
    kinds = [highspy.HighsVarType.kInteger] * pairs
    model.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (model.num_col_ - pairs)
    solver = quiet_solver(model)
    solver.setOptionValue("mip_rel_gap", gap_share)
    solver.setOptionValue("time_limit", max(watch.seconds_left(), 0.1))
    _start_from(solver, _columns(problem, arcs, best.choice))
    solver.run()
    values = np.asarray(solver.getSolution().col_value)
    info = solver.getInfo()
    if not len(values) or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    share = np.zeros(problem.cost_m.shape)
    share[arcs.unit, arcs.school] = values[:pairs]
    return Proven(whole_units(problem, share), float(info.mip_dual_bound))


def _columns(problem: Problem, arcs: Arcs, choice: Rows) -> Floats:
    """Give the values of the columns of a programme for a choice."""
    over = np.maximum(problem.pupils @ shares_of(problem, choice) - problem.places, 0.0)[problem.limited]
    return np.concatenate([choice[arcs.unit] == arcs.school, over])


def _start_from(solver: Any, columns: Floats) -> None:  # noqa: ANN401, HiGHS is not typed
    solution = highspy.HighsSolution()
    solution.col_value = list(columns)
    solver.setSolution(solution)


def _better(problem: Problem, best: Proven, found: Proven) -> Proven:
    """Give the better of two choices once the new one keeps the rules, and the sharper bound."""
    cost = score(problem, best.choice).objective_m
    bound = max(best.bound_m, min(found.bound_m, cost))
    settled = in_place(problem, found.choice)
    if settled is None or not keeps_rules(problem, settled) or score(problem, settled).objective_m >= cost:
        return Proven(best.choice, bound)
    return Proven(settled, bound)


def _broken(problem: Problem, near: Neighbours, choice: Rows) -> list[Cut]:
    if not problem.in_one_piece:
        return []
    members = (shares_of(problem, choice) > 0).astype(np.float64)
    return violated_cuts(problem, near, members, least=_WHOLE, units_a_piece=len(choice))
