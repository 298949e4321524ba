"""The search itself: a bound, a first choice, better ones, and a proof where the city is small enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geo.planning.revision.annealing import annealed, cooling
from geo.planning.revision.assignment import Problem, Rows, keeps_rules, score
from geo.planning.revision.exact import Proven, gap_of, sharpened
from geo.planning.revision.relaxation import Relaxation, Watch, relax
from geo.planning.revision.rounding import in_place, whole_units

Stage = Literal["bound", "improve", "prove"]

# Moves tried a unit in each walk of the annealing: a quick answer first, then better ones.
_MOVES_A_UNIT: Final = (500, 2_000, 8_000)
# Cities with more units are too large for a proof; see `geo.planning.revision.exact`.
_MOST_PROVABLE_UNITS: Final = 4_000
# Part of the time at whose end each stage leaves the rest to the next one.
_ENDS: Final[dict[Stage, float]] = {"bound": 0.4, "improve": 0.6, "prove": 1.0}


@dataclass(frozen=True)
class Effort:
    """How hard to search.

    Attributes
    ----------
    time_limit_s
        Time after which the best choice so far is taken [s].
    gap_share
        The search ends when no choice can be better by more than this share of the cost [0-1].
    seed
        Start of the random numbers.
    """

    time_limit_s: float
    gap_share: float
    seed: int


@dataclass(frozen=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    stage
        What is done: ``bound`` looks for what cannot be beaten, ``improve`` for better maps, ``prove`` for the best.
    time_share
        Part of the time limit that is used [0-1].
    objective_m, bound_m
        Cost of the best choice so far and what no choice can beat [pupil-m]; NaN while not known.
    """

    stage: Stage
    time_share: float
    objective_m: float
    bound_m: float


@dataclass(frozen=True, eq=False)
class Found:
    """The best choice of a search, what no choice can beat [pupil-m], its relaxation, and whether time sufficed."""

    choice: Rows
    bound_m: float
    relaxation: Relaxation
    finished: bool


def search(problem: Problem, start: Rows, effort: Effort, *, report: Callable[[Progress], None]) -> Found:
    """Look for the choice that costs least.

    Parameters
    ----------
    problem
        What is asked for.
    start
        A choice that keeps the rules, shape (units,).
    effort
        When to stop.
    report
        Called whenever there is something new.
    """
    watches = _watches(len(problem.free), effort, report)
    relaxation = relax(problem, watches["bound"])
    best, walks = Proven(start, relaxation.bound_m), 0
    for choice in _walks(problem, relaxation, start, effort=effort, watch=watches["improve"]):
        walks += 1
        if keeps_rules(problem, choice) and _cost(problem, choice) < _cost(problem, best.choice):
            best = Proven(choice, relaxation.bound_m)
        watches["improve"].tell(_cost(problem, best.choice), best.bound_m)
        if gap_of(problem, best) <= effort.gap_share:
            break
    best = sharpened(problem, relaxation, best.choice, gap_share=effort.gap_share, watch=watches["prove"])
    close = gap_of(problem, best) <= effort.gap_share
    finished = close or (walks > len(_MOVES_A_UNIT) and watches["prove"].seconds_left() > 0)
    return Found(best.choice, best.bound_m, relaxation, finished)


def _cost(problem: Problem, choice: Rows) -> float:
    return score(problem, choice).objective_m


def _watches(units: int, effort: Effort, report: Callable[[Progress], None]) -> dict[Stage, Watch]:
    """Give the watch of each stage; they all begin now."""
    begun = time.monotonic()

    def used_s() -> float:
        return time.monotonic() - begun

    def watch(stage: Stage) -> Watch:
        # Of a city too large for a proof, the time of the proof goes to better maps.
        end = 1.0 if stage == "improve" and units > _MOST_PROVABLE_UNITS else _ENDS[stage]

        def tell(objective_m: float, bound_m: float) -> None:
            report(Progress(stage, min(used_s() / effort.time_limit_s, 1.0), objective_m, bound_m))

        return Watch(lambda: effort.time_limit_s * end - used_s(), tell)

    return {stage: watch(stage) for stage in _ENDS}


def _walks(problem: Problem, relaxation: Relaxation, start: Rows, *, effort: Effort, watch: Watch) -> Iterator[Rows]:
    """Give ever better choices: the relaxation made whole, then longer and longer walks from it."""
    rounded = in_place(problem, whole_units(problem, relaxation.share))
    first = start if rounded is None else rounded
    yield first
    rng = np.random.default_rng(effort.seed)
    units, seconds_a_move = len(problem.free), 0.0
    for moves in _MOVES_A_UNIT if units else ():
        left = watch.seconds_left()
        # A walk that does not come to its end is worth nothing.
        if left <= 0 or seconds_a_move * moves > left:
            return
        mean_cost_m = (relaxation.bound_m - problem.held_cost_m) / units
        heat = cooling(problem, mean_cost_m, change_price_m=relaxation.change_price_m, steps=moves * units)
        yield annealed(problem, first, heat, rng=rng, watch=watch)
        seconds_a_move = (left - watch.seconds_left()) / moves
