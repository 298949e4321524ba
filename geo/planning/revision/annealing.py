"""Improve a choice by moving one unit at a time across the limits of the sectors, in place all the while."""

# ruff: noqa: PLR0917, compiled functions take no keyword-only arguments

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from geo.planning.revision.assignment import Floats, Mask, Problem, Rows, score, shares_of
from geo.planning.revision.relaxation import Watch
from geo.planning.revision.separators import neighbours_of

# The first temperature is this share of the mean cost of a unit, the last one nothing.
_FIRST_HEAT: Final = 0.2
_STAGES: Final = 60
_STAGES_AT_A_TIME: Final = 5
# The price of a change above the limit begins at the price of the relaxation and ends at so many times that.
_PRICE_GROWTH: Final = 20.0
_NEAR_ZERO: Final = 1e-9


class Ground(NamedTuple):
    """A `Problem` in the form that compiled code reads."""

    start: Rows
    to: Rows
    free: Rows
    pupils: Floats
    cost_m: Floats
    changes: Floats
    allowed: Mask
    held: Mask
    anchors: Mask
    home: Rows
    options: Rows
    places: Floats
    overflow_price_m: float
    most_changes: float
    in_one_piece: bool


class State(NamedTuple):
    """A choice with its sums, and the best one so far; the arrays are changed while the search walks."""

    choice: Rows
    best: Rows
    load: Floats
    cost: Floats
    best_cost: Floats
    changed: Floats
    stamp: Rows
    seen: Rows
    stack: Rows


class Heat(NamedTuple):
    """How the search cools: of each stage the temperature [pupil-m] and the price of a change above the limit [m]."""

    temperature_m: Floats
    change_price_m: Floats
    steps: int


def cooling(problem: Problem, mean_cost_m: float, *, change_price_m: float, steps: int) -> Heat:
    """Give a plan to cool that begins where a typical unit may still move against its interest.

    Parameters
    ----------
    problem
        The search.
    mean_cost_m
        Mean cost of a unit [pupil-m].
    change_price_m
        Price of a change in the relaxation [m].
    steps
        Moves tried in all.
    """
    left = np.linspace(1.0, 0.0, _STAGES)
    floor = 0.01 * mean_cost_m / max(problem.pupils[problem.free].mean(), 1e-9)
    first = max(change_price_m, floor)
    return Heat(_FIRST_HEAT * mean_cost_m * left**3, first * _PRICE_GROWTH ** (1 - left), max(steps // _STAGES, 1))


def annealed(problem: Problem, choice: Rows, heat: Heat, *, rng: np.random.Generator, watch: Watch) -> Rows:
    """Give the best choice within the limit of changes that is met on the way; `choice` itself if none is.

    Parameters
    ----------
    problem
        The search.
    choice
        Where the walk begins; its sectors are in place.
    heat
        How it cools.
    rng
        Where chance comes from.
    watch
        Time that remains and whom to tell.
    """
    ground = _ground_of(problem)
    state = _state_of(problem, choice, best=choice, best_cost=np.inf)
    for first in range(0, len(heat.temperature_m), _STAGES_AT_A_TIME):
        if watch.seconds_left() <= 0:
            break
        part = slice(first, first + _STAGES_AT_A_TIME)
        some = Heat(heat.temperature_m[part], heat.change_price_m[part], heat.steps)
        # The sums are made anew each time: those of many small steps are not exact.
        state = _state_of(problem, state.choice, best=state.best, best_cost=float(state.best_cost[0]))
        _walk(ground, state, some, rng)
        best_m = float(state.best_cost[0])
        watch.tell(best_m if math.isfinite(best_m) else math.nan, math.nan)
    return state.best


def _ground_of(problem: Problem) -> Ground:
    """Give a problem in the form that compiled code reads."""
    near = neighbours_of(problem.links, len(problem.pupils))
    home = np.where(problem.anchors.any(axis=1), problem.anchors.argmax(axis=1), -1)
    # One layout of arrays: for each other one the code would be compiled again.
    return Ground(
        start=near.start,
        to=near.to,
        free=np.ascontiguousarray(problem.free),
        pupils=np.ascontiguousarray(problem.pupils),
        cost_m=np.ascontiguousarray(problem.cost_m),
        changes=np.ascontiguousarray(problem.changes),
        allowed=np.ascontiguousarray(problem.allowed),
        held=np.ascontiguousarray(problem.held > 0),
        anchors=np.ascontiguousarray(problem.anchors),
        home=np.ascontiguousarray(home),
        options=np.ascontiguousarray(_options(problem)),
        places=np.ascontiguousarray(problem.places),
        overflow_price_m=float(problem.overflow_price_m),
        most_changes=float(problem.most_changes),
        in_one_piece=bool(problem.in_one_piece),
    )


def _state_of(problem: Problem, choice: Rows, *, best: Rows, best_cost: float) -> State:
    """Give a state with arrays of its own."""
    cost = score(problem, choice)
    is_best = cost.objective_m < best_cost and cost.changed_pupils <= problem.most_changes
    return State(
        choice=choice.copy(),
        best=(choice if is_best else best).copy(),
        load=problem.pupils @ shares_of(problem, choice),
        cost=np.array([cost.objective_m]),
        best_cost=np.array([cost.objective_m if is_best else best_cost]),
        changed=np.array([cost.changed_pupils]),
        stamp=np.zeros(1, dtype=np.int64),
        seen=np.zeros(len(choice), dtype=np.int64),
        stack=np.zeros(len(choice), dtype=np.int64),
    )


def _options(problem: Problem) -> Rows:
    """Give the allowed schools of each unit, nearest first, -1 where there are no more, shape (units, schools)."""
    cost = np.where(problem.allowed, problem.cost_m, np.inf)
    order = np.argsort(cost, axis=1, kind="stable")
    ranked = np.take_along_axis(cost, order, axis=1)
    return np.where(np.isfinite(ranked), order, -1)


@njit(cache=True, nogil=True)
def _walk(ground: Ground, state: State, heat: Heat, rng: np.random.Generator) -> None:
    """Walk from choice to choice while it cools, and keep the best one within the limit of changes."""
    for stage in range(len(heat.temperature_m)):
        for _ in range(heat.steps):
            state.cost[0] += _step(ground, state, heat.temperature_m[stage], heat.change_price_m[stage], rng)
            is_better = state.cost[0] < state.best_cost[0] - _NEAR_ZERO
            if is_better and _excess(ground, state.changed[0]) <= _NEAR_ZERO:
                state.best_cost[0] = state.cost[0]
                # A loop: copying a whole array takes the compiler many seconds.
                for unit in range(len(state.choice)):
                    state.best[unit] = state.choice[unit]


@njit(cache=True, nogil=True)
def _step(ground: Ground, state: State, temperature_m: float, price_m: float, rng: np.random.Generator) -> float:
    """Try to move one unit; give what that changes in the cost, 0 if it stays [pupil-m]."""
    unit = ground.free[int(rng.random() * len(ground.free))]
    school = _proposal(ground, state, unit, rng)
    old = state.choice[unit]
    if school < 0 or school == old or not ground.allowed[unit, school]:
        return 0.0
    gain = _difference(ground, state, unit, school)
    changed = state.changed[0] + ground.changes[unit, school] - ground.changes[unit, old]
    loss = gain + price_m * (_excess(ground, changed) - _excess(ground, state.changed[0]))
    if loss > 0 and rng.random() >= np.exp(-loss / (temperature_m + _NEAR_ZERO)):
        return 0.0
    if ground.in_one_piece and not _can_leave(ground, state, unit):
        return 0.0
    state.load[old] -= ground.pupils[unit]
    state.load[school] += ground.pupils[unit]
    state.changed[0] = changed
    state.choice[unit] = school
    return gain


@njit(cache=True, nogil=True)
def _proposal(ground: Ground, state: State, unit: int, rng: np.random.Generator) -> int:
    """Draw a school for a unit: that of a neighbour, or one of the near ones where pieces do not matter."""
    if not ground.in_one_piece:
        # The square makes the nearest schools the likeliest.
        return int(ground.options[unit, int(rng.random() ** 2 * ground.options.shape[1])])
    around = ground.start[unit + 1] - ground.start[unit]
    place = int(rng.random() * (around + 1))
    if place == around:
        return int(ground.home[unit])
    other = ground.to[ground.start[unit] + place]
    if state.choice[other] >= 0:
        return int(state.choice[other])
    drawn = int(rng.random() * ground.held.shape[1])
    return drawn if ground.held[other, drawn] else -1


@njit(cache=True, nogil=True)
def _difference(ground: Ground, state: State, unit: int, school: int) -> float:
    """What moving a unit to a school adds to the cost [pupil-m]."""
    old = state.choice[unit]
    pupils = ground.pupils[unit]
    over = max(state.load[school] + pupils - ground.places[school], 0.0)
    over -= max(state.load[school] - ground.places[school], 0.0)
    over += max(state.load[old] - pupils - ground.places[old], 0.0)
    over -= max(state.load[old] - ground.places[old], 0.0)
    return float(ground.cost_m[unit, school] - ground.cost_m[unit, old] + ground.overflow_price_m * over)


@njit(cache=True, nogil=True)
def _excess(ground: Ground, changed: float) -> float:
    """Pupils above the limit of changes [pupils]."""
    return max(changed - ground.most_changes, 0.0)


@njit(cache=True, nogil=True)
def _can_leave(ground: Ground, state: State, unit: int) -> bool:
    """Tell whether the sector of a unit stays in place without it."""
    school = state.choice[unit]
    kin = 0
    for place in range(ground.start[unit], ground.start[unit + 1]):
        kin += _is_in(ground, state, ground.to[place], school)
    # The end of a branch: nobody's way to the school leads over it.
    if kin == 0 or (kin == 1 and not ground.anchors[unit, school]):
        return True
    state.stamp[0] += 1
    question = state.stamp[0]
    state.seen[unit] = question
    for place in range(ground.start[unit], ground.start[unit + 1]):
        other = ground.to[place]
        is_new_kin = state.seen[other] < question and _is_in(ground, state, other, school)
        if is_new_kin and not _finds_anchor(ground, state, other, school, question):
            return False
    return True


@njit(cache=True, nogil=True)
def _is_in(ground: Ground, state: State, unit: int, school: int) -> bool:
    return bool(state.choice[unit] == school or ground.held[unit, school])


@njit(cache=True, nogil=True)
def _finds_anchor(ground: Ground, state: State, first: int, school: int, question: int) -> bool:
    """Tell whether a walk within the sector leads to an anchor.

    Places that an earlier walk of the same question has marked lead to one.
    """
    state.stamp[0] += 1
    mark = state.stamp[0]
    state.seen[first] = mark
    state.stack[0] = first
    height = 1
    while height:
        height -= 1
        unit = state.stack[height]
        if ground.anchors[unit, school]:
            return True
        for place in range(ground.start[unit], ground.start[unit + 1]):
            other = ground.to[place]
            if question < state.seen[other] < mark:
                return True
            if state.seen[other] < question and _is_in(ground, state, other, school):
                state.seen[other] = mark
                state.stack[height] = other
                height += 1
    return False
