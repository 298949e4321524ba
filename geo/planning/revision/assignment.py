"""The search of a school map as figures only: units, schools, what each choice costs and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# The choice of a unit that is held: its schools stand in `Problem.held`.
HELD = -1


@dataclass(frozen=True, eq=False)
class Problem:
    """Send each unit to one school, at the least cost.

    Attributes
    ----------
    pupils
        Pupils of each unit [pupils], shape (units,).
    cost_m
        What it costs to send a unit to a school [pupil-m], shape (units, schools).
    changes
        Pupils of a unit who change school when it is sent to a school [pupils], shape (units, schools).
    allowed
        Whether a unit may be sent to a school, shape (units, schools).
    held
        For a unit that stays as it is, the share of its pupils in each school [0-1]; a row of zeros for a unit that
        may be chosen for. Shape (units, schools).
    places
        Places of each school [pupils], infinite where they are not known, shape (schools,).
    links
        Pairs of rows of neighbouring units, shape (links, 2).
    anchors
        Units that hold their part of the sector of a school in place, such as the one in which the school stands: each
        piece of a sector has to contain one. Shape (units, schools).
    overflow_price_m
        Price of a pupil above the places of a school [m].
    most_changes
        Pupils who may change school at most [pupils], infinite if there is no limit.
    in_one_piece
        Whether each piece of a sector has to contain an anchor.
    """

    pupils: Floats
    cost_m: Floats
    changes: Floats
    allowed: Mask
    held: Floats
    places: Floats
    links: Rows
    anchors: Mask
    overflow_price_m: float
    most_changes: float
    in_one_piece: bool

    @cached_property
    def free(self) -> Rows:
        """Rows of the units that may be chosen for."""
        return np.flatnonzero(~self.held.any(axis=1))

    @cached_property
    def held_pupils(self) -> Floats:
        """Pupils of the held units in each school [pupils], shape (schools,)."""
        return np.asarray(self.pupils @ self.held)

    @cached_property
    def held_cost_m(self) -> float:
        """Cost of the held units [pupil-m]."""
        return float((self.cost_m * self.held).sum())

    @cached_property
    def held_changes(self) -> float:
        """Pupils of the held units who change school [pupils]."""
        return float((self.changes * self.held).sum())

    @cached_property
    def limited(self) -> Rows:
        """Rows of the schools whose places are known."""
        return np.flatnonzero(np.isfinite(self.places))

    @cached_property
    def passable(self) -> Mask:
        """Whether a unit can ever be in the sector of a school, shape (units, schools)."""
        return np.asarray(self.allowed | (self.held > 0))


class Score(NamedTuple):
    """What a choice costs: `objective_m` [pupil-m], and the pupils above the places and who change school [pupils]."""

    objective_m: float
    overflow_pupils: float
    changed_pupils: float


class Parts(NamedTuple):
    """The pieces of all sectors: for each unit of a sector its school, its row and the number of its piece."""

    school: Rows
    unit: Rows
    piece: Rows
    pieces: int


def shares_of(problem: Problem, choice: Rows) -> Floats:
    """Give the share of each unit in each school under a choice [0-1], shape (units, schools)."""
    share = problem.held.copy()
    share[problem.free, choice[problem.free]] = 1.0
    return share


def score(problem: Problem, choice: Rows) -> Score:
    """Give what a choice costs."""
    return score_of_shares(problem, shares_of(problem, choice))


def score_of_shares(problem: Problem, share: Floats) -> Score:
    """Give what it costs to share the units [0-1] among the schools, shape (units, schools)."""
    over = float(np.maximum(problem.pupils @ share - problem.places, 0.0).sum())
    cost = float((problem.cost_m * share).sum()) + problem.overflow_price_m * over
    return Score(cost, over, float((problem.changes * share).sum()))


def parts_of(links: Rows, members: Mask) -> Parts:
    """Give the pieces of the sectors, the units of a piece being linked to each other.

    Parameters
    ----------
    links
        Pairs of rows of neighbouring units, shape (links, 2).
    members
        Whether a unit is in the sector of a school, shape (units, schools).
    """
    school, unit = np.nonzero(members.T)
    number = np.full(members.shape[::-1], -1)
    number[school, unit] = np.arange(len(unit))
    one, other = number[:, links[:, 0]], number[:, links[:, 1]]
    both = (one >= 0) & (other >= 0)
    size = len(unit)
    graph = csr_array((np.ones(int(both.sum()), dtype=np.int8), (one[both], other[both])), shape=(size, size))
    pieces, piece = connected_components(graph, directed=False)
    return Parts(school, unit, piece.astype(np.int64), int(pieces))


def loose_units(problem: Problem, members: Mask) -> tuple[Parts, Mask]:
    """Give the pieces of the sectors, and for each of their units whether its piece contains no anchor."""
    parts = parts_of(problem.links, members)
    anchored = np.zeros(parts.pieces, dtype=bool)
    anchored[parts.piece[problem.anchors[parts.unit, parts.school]]] = True
    return parts, ~anchored[parts.piece]


def keeps_rules(problem: Problem, choice: Rows) -> bool:
    """Tell whether a choice is complete, allowed, within the limit of changes and in pieces that are in place."""
    chosen = choice[problem.free]
    if (chosen < 0).any() or not problem.allowed[problem.free, chosen].all():
        return False
    if score(problem, choice).changed_pupils > problem.most_changes + 1e-6:
        return False
    return not (problem.in_one_piece and loose_units(problem, shares_of(problem, choice) > 0)[1].any())
