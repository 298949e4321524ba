"""The limbs of a network in the order of their ends, for searches that look at few of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.territory.walking.contraction import Skeleton, grouped
from geo.territory.walking.graph import Floats, Ids

# Numbers without a sign: Numba then needs not look for negative ones, which takes as long as the rest.
Numbers = npt.NDArray[np.uint32]


class Limbs(NamedTuple):
    """Nodes on limbs, side by side as one meets them from an end of their limb; most stand here twice.

    Attributes
    ----------
    core
        Node of each row of the core.
    start
        First limb of each row of the core, shape (core + 1,). A limb between two nodes is one of either.
    other
        Row of the core at its other end, the same one if it hangs on one node, shape (limbs,).
    first
        First member of each limb, shape (limbs + 1,).
    node
        The members, shape (members,).
    near_m, far_m
        Lengths to them from this end of the limb and from the other one [m], shape (members,).
    """

    core: Ids
    start: Numbers
    other: Numbers
    first: Numbers
    node: Numbers
    near_m: Floats
    far_m: Floats


def limbs_of(skeleton: Skeleton) -> Limbs:
    """Put the limbs in the order of their ends."""
    limbs = int(skeleton.limb.max(initial=-1)) + 1
    by_limb = grouped(skeleton.limb, limbs)[1]
    a, b = skeleton.a[by_limb], skeleton.b[by_limb]
    members = len(by_limb)
    bounds, order = grouped(np.concatenate([a, np.where(a == b, -1, b)]), len(skeleton.core))
    node = by_limb[order % members] if members else by_limb
    from_b = order >= members
    from_a_m, from_b_m = skeleton.from_a_m[node], skeleton.from_b_m[node]
    # The nodes of one end stand together, and within them those of one limb: where either changes, a limb begins.
    end = np.repeat(np.arange(len(skeleton.core), dtype=np.int32), np.diff(bounds))
    begins = (np.diff(end, prepend=-1) != 0) | (np.diff(skeleton.limb[node], prepend=-1) != 0)
    first = np.flatnonzero(np.append(begins, True))
    return Limbs(
        core=skeleton.core,
        start=np.searchsorted(first, bounds).astype(np.uint32),
        other=np.where(from_b, skeleton.a[node], skeleton.b[node])[first[:-1]].astype(np.uint32),
        first=first.astype(np.uint32),
        node=node.astype(np.uint32),
        near_m=np.where(from_b, from_b_m, from_a_m),
        far_m=np.where(from_b, from_a_m, from_b_m),
    )
