"""From shared units to whole ones: keep what is in place, and let the sectors grow back around it."""

from __future__ import annotations

import heapq

import numpy as np

from geo.planning.revision.assignment import HELD, Floats, Mask, Problem, Rows, loose_units, shares_of
from geo.planning.revision.separators import Neighbours, neighbours_of


def whole_units(problem: Problem, share: Floats) -> Rows:
    """Give each free unit to the school that has most of it, shape (units,); held units stay as they are."""
    choice = np.full(len(problem.pupils), HELD)
    ranked = np.where(problem.allowed, share, -1.0)
    choice[problem.free] = ranked[problem.free].argmax(axis=1)
    return choice


def in_place(problem: Problem, choice: Rows) -> Rows | None:
    """Give a choice near to `choice` in which each piece of a sector contains an anchor; None if none was found.

    Units of loose pieces go to the sectors beside them, cheapest first.
    """
    if not problem.in_one_piece:
        return choice
    parts, loose = loose_units(problem, shares_of(problem, choice) > 0)
    homeless = np.zeros(len(choice), dtype=bool)
    homeless[parts.unit[loose]] = True
    return _grown_over(problem, choice, homeless & (choice != HELD))


def _grown_over(problem: Problem, choice: Rows, homeless: Mask) -> Rows | None:
    """Let the sectors grow over the `homeless` units, cheapest first; None if one of them cannot be reached."""
    grown = np.where(homeless, HELD, choice)
    left = homeless.copy()
    load = problem.pupils @ np.where(homeless[:, None], 0.0, shares_of(problem, choice))
    near = neighbours_of(problem.links, len(choice))
    queue = [
        entry for unit in np.flatnonzero(homeless) for entry in _offers(problem, grown, int(unit), near=near, load=load)
    ]
    heapq.heapify(queue)
    while queue:
        price, unit, school = heapq.heappop(queue)
        if not left[unit]:
            continue
        now = _price(problem, unit, school, load=load)
        if now > price + 1e-9:
            heapq.heappush(queue, (now, unit, school))
            continue
        grown[unit], left[unit] = school, False
        load[school] += problem.pupils[unit]
        for other in near.to[near.start[unit] : near.start[unit + 1]]:
            if left[other] and problem.allowed[other, school]:
                heapq.heappush(queue, (_price(problem, int(other), school, load=load), int(other), school))
    return None if left.any() else grown


def _offers(
    problem: Problem, grown: Rows, unit: int, *, near: Neighbours, load: Floats
) -> list[tuple[float, int, int]]:
    """Give the sectors beside a homeless unit that may take it, and their prices."""
    around = near.to[near.start[unit] : near.start[unit + 1]]
    beside = np.zeros(len(problem.places), dtype=bool)
    beside[np.nonzero(problem.held[around])[1]] = True
    beside[grown[around][grown[around] != HELD]] = True
    beside |= problem.anchors[unit]
    return [
        (_price(problem, unit, int(s), load=load), unit, int(s)) for s in np.flatnonzero(beside & problem.allowed[unit])
    ]


def _price(problem: Problem, unit: int, school: int, *, load: Floats) -> float:
    """Give what the unit loses in that school, and what its pupils cost above the places [pupil-m]."""
    regret = problem.cost_m[unit, school] - problem.cost_m[unit][problem.allowed[unit]].min()
    over = max(load[school] + problem.pupils[unit] - problem.places[school], 0.0)
    over -= max(load[school] - problem.places[school], 0.0)
    return float(regret + problem.overflow_price_m * over)
