"""Where a search begins: pieces of today's map that cannot be joined to their school stay, all others are joined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.planning.revision.assignment import HELD, Mask, Parts, Problem, Rows, loose_units, parts_of, score, shares_of
from geo.planning.revision.rounding import in_place


def settled(problem: Problem, choice: Rows) -> tuple[Problem, Rows]:
    """Give the problem and a choice that keeps all its rules.

    Pieces of a sector that do not hang together with their school are given to the sectors beside them, those with few
    pupils first, as long as the limit of changes allows. The units of the others become anchors: their piece may stay.

    Parameters
    ----------
    problem
        The search; its anchors are the units in which the schools stand.
    choice
        The map that the search starts from, within the limit of changes.
    """
    if not problem.in_one_piece:
        return problem, choice
    problem = _with_anchors(problem, _loose(problem, choice, held=True))
    joined = in_place(problem, choice)
    if joined is not None and _is_within_limit(problem, joined):
        return problem, joined
    parts, loose = loose_units(problem, shares_of(problem, choice) > 0)
    problem = _with_anchors(problem, _loose(problem, choice, held=False))
    for piece in _by_pupils(problem, parts, loose):
        problem, choice = _without(problem, choice, parts.unit[piece], school=int(parts.school[piece[0]]))
    return problem, choice


def pieces_by_school(links: Rows, members: Mask) -> Rows:
    """Give the number of pieces of the sector of each school, shape (schools,).

    Parameters
    ----------
    links
        Pairs of rows of neighbouring units, shape (links, 2).
    members
        Whether a unit is in the sector of a school, shape (units, schools).
    """
    parts = parts_of(links, members)
    _, first = np.unique(parts.piece, return_index=True)
    return np.bincount(parts.school[first], minlength=members.shape[1])


def _loose(problem: Problem, choice: Rows, *, held: bool) -> Mask:
    """Mark the held or the free units of loose pieces in the sector of a school, shape (units, schools)."""
    parts, loose = loose_units(problem, shares_of(problem, choice) > 0)
    chosen = loose & ((choice[parts.unit] == HELD) == held)
    marked = np.zeros_like(problem.anchors)
    marked[parts.unit[chosen], parts.school[chosen]] = True
    return marked


def _with_anchors(problem: Problem, more: Mask) -> Problem:
    return replace(problem, anchors=problem.anchors | more)


def _is_within_limit(problem: Problem, choice: Rows) -> bool:
    return score(problem, choice).changed_pupils <= problem.most_changes


def _by_pupils(problem: Problem, parts: Parts, loose: Mask) -> list[Rows]:
    """Give the places in `parts` of each loose piece, those with few pupils first."""
    rows = np.flatnonzero(loose)
    pieces = [rows[parts.piece[rows] == piece] for piece in np.unique(parts.piece[rows])]
    return sorted(pieces, key=lambda piece: float(problem.pupils[parts.unit[piece]].sum()))


def _without(problem: Problem, choice: Rows, units: Rows, *, school: int) -> tuple[Problem, Rows]:
    """Give a piece to the sectors beside it if that can be done within the limit of changes."""
    anchors = problem.anchors.copy()
    anchors[units, school] = False
    looser = replace(problem, anchors=anchors)
    # What another piece has given to this one goes along.
    joined = in_place(looser, choice)
    if joined is None or not _is_within_limit(problem, joined):
        return problem, choice
    return looser, joined
