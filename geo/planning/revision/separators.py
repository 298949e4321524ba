"""Cuts that keep a sector in one piece: no unit belongs to a school without the ring that parts it from the school."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from geo.planning.revision.assignment import Floats, Mask, Problem, Rows, loose_units

# Below this a share of a unit is taken as none.
LEAST_SHARE: Final = 1e-6


class Cut(NamedTuple):
    """``share[unit, school] <= sum of share[ring, school]``: no way to the school but through the ring."""

    school: int
    unit: int
    ring: Rows


class Neighbours(NamedTuple):
    """The neighbours of unit `u` are ``to[start[u]:start[u + 1]]``."""

    start: Rows
    to: Rows


def neighbours_of(links: Rows, units: int) -> Neighbours:
    """Give the neighbours of each unit from pairs of rows, shape (links, 2)."""
    both = np.concatenate([links, links[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    start = np.searchsorted(both[:, 0], np.arange(units + 1)).astype(np.int64)
    return Neighbours(start, np.ascontiguousarray(both[:, 1]))


def violated_cuts(problem: Problem, near: Neighbours, share: Floats, *, least: float, units_a_piece: int) -> list[Cut]:
    """Give cuts that `share` breaks by more than `least`.

    Parameters
    ----------
    problem
        The search.
    near
        Neighbours of its units.
    share
        Share of each unit in each school [0-1], shape (units, schools).
    least
        Smallest breach that counts [0-1].
    units_a_piece
        Of one loose piece so many units, those with the greatest shares, are tied to its ring.
    """
    parts, loose = loose_units(problem, share > LEAST_SHARE)
    order = np.argsort(parts.piece[loose], kind="stable")
    units, schools, pieces = parts.unit[loose][order], parts.school[loose][order], parts.piece[loose][order]
    ends = np.flatnonzero(np.diff(pieces)) + 1
    cuts: list[Cut] = []
    for piece, owners in zip(np.split(units, ends), np.split(schools, ends), strict=True):
        if len(piece):
            school = int(owners[0])
            ring = ring_of(near, piece, passable=problem.passable[:, school], anchors=problem.anchors[:, school])
            ties = _ties(piece, ring, school, share=share[:, school], least=least)
            cuts.extend(islice(ties, units_a_piece))
    return cuts


def _ties(piece: Rows, ring: Rows, school: int, *, share: Floats, least: float) -> Iterator[Cut]:
    """Tie the units of a piece to the ring around it, those with the greatest shares first."""
    held = share[ring].sum()
    for unit in piece[np.argsort(-share[piece], kind="stable")]:
        if share[unit] - held > least:
            yield Cut(school, int(unit), ring)


def ring_of(near: Neighbours, piece: Rows, *, passable: Mask, anchors: Mask) -> Rows:
    """Give the neighbours of a piece through which every way to an anchor leads, without those of no use.

    Parameters
    ----------
    near
        Neighbours of all units.
    piece
        Rows of linked units, none of them an anchor.
    passable, anchors
        Whether a unit can be in the sector, and whether it is an anchor of it, shape (units,).
    """
    inside = np.zeros(len(passable), dtype=bool)
    inside[piece] = True
    ring = _border(near, inside) & passable
    seeds = np.flatnonzero(anchors & passable & ~ring)
    beyond = _reached(near, passable & ~ring, seeds)
    useful = _border(near, beyond) | anchors
    return np.flatnonzero(ring & useful)


@njit(cache=True)
def _border(near: Neighbours, inside: Mask) -> Mask:
    """Mark the units outside that have a neighbour inside."""
    marked = np.zeros(len(inside), dtype=np.bool_)
    for unit in range(len(inside)):
        if not inside[unit]:
            continue
        for place in range(near.start[unit], near.start[unit + 1]):
            if not inside[near.to[place]]:
                marked[near.to[place]] = True
    return marked


@njit(cache=True)
def _reached(near: Neighbours, passable: Mask, seeds: Rows) -> Mask:
    """Mark the units that can be reached from the seeds over passable units."""
    seen = np.zeros(len(passable), dtype=np.bool_)
    stack = np.empty(len(passable), dtype=np.int64)
    height = 0
    for seed in seeds:
        if passable[seed] and not seen[seed]:
            seen[seed] = True
            stack[height] = seed
            height += 1
    while height:
        height -= 1
        unit = stack[height]
        for place in range(near.start[unit], near.start[unit + 1]):
            other = near.to[place]
            if passable[other] and not seen[other]:
                seen[other] = True
                stack[height] = other
                height += 1
    return seen
