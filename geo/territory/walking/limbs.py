"""The limbs of a network in the order of their ends, for searches that look at few of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.territory.walking.contraction import Skeleton, grouped
from geo.territory.walking.graph import Floats, Ids


class Limbs(NamedTuple):
    """Nodes on limbs, side by side if they are on one limb, in the order of the first end of their limb.

    Attributes
    ----------
    core
        Node of each row of the core.
    start
        First member of the limbs with each row of the core as first end, shape (core + 1,).
    node
        The members, shape (members,).
    second
        Row of the core at the second end of their limb, shape (members,).
    from_a_m, from_b_m
        Lengths from the ends of the limb [m], shape (members,).
    ending
        First limb with each row of the core as second end only, shape (core + 1,): these limbs are rows of the rest.
    first
        Row of the core at their first end, shape (limbs,).
    begin, end
        Their members, from and to.
    longest_m
        No less than their length from the second end to the first [m].
    """

    core: Ids
    start: Ids
    node: Ids
    second: Ids
    from_a_m: Floats
    from_b_m: Floats
    ending: Ids
    first: Ids
    begin: Ids
    end: Ids
    longest_m: Floats


def limbs_of(skeleton: Skeleton, *, even: bool) -> Limbs:
    """Put the limbs in order; `even` tells that all streets are as long back as forth."""
    rows, limbs = len(skeleton.core), int(skeleton.limb.max(initial=-1)) + 1
    by_limb = grouped(skeleton.limb, limbs)[1]
    start, order = grouped(skeleton.a[by_limb], rows)
    node = by_limb[order]
    limb = skeleton.limb[node]
    cuts = np.flatnonzero(np.diff(limb, prepend=-1, append=-1)) if len(node) else np.zeros(1, dtype=np.int64)
    begin, end = cuts[:-1].astype(np.int32), cuts[1:].astype(np.int32)
    first, second = skeleton.a[node[begin]], skeleton.b[node[begin]]
    longest_m = skeleton.from_a_m[node[begin]] + skeleton.from_b_m[node[begin]] if even else np.full(len(begin), np.inf)
    ending, listed = grouped(np.where(first == second, -1, second).astype(np.int32), rows)
    return Limbs(
        core=skeleton.core,
        start=start,
        node=node,
        second=skeleton.b[node],
        from_a_m=skeleton.from_a_m[node],
        from_b_m=skeleton.from_b_m[node],
        ending=ending,
        first=first[listed],
        begin=begin[listed],
        end=end[listed],
        longest_m=longest_m[listed],
    )
