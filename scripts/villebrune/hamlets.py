"""Hamlets: houses along country roads whose address is the name of a place, not of a street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from villebrune import sketch
from villebrune.addresses import Address
from villebrune.streets import Street


def with_hamlets(streets: Sequence[Street], addresses: Sequence[Address]) -> tuple[list[Street], list[Address]]:
    """Give the country houses around each hamlet its name; a hamlet is a street without course, numbered through."""
    named = list(streets)
    settled = list(addresses)
    for hamlet in sketch.HAMLETS:
        near = [
            (float(np.hypot(address.xy[0] - hamlet.place[0], address.xy[1] - hamlet.place[1])), i)
            for i, address in enumerate(settled)
            if address.pattern == "country" and named[address.street].lines
        ]
        for number, (_, i) in enumerate(sorted(pair for pair in near if pair[0] < sketch.HAMLET_M), start=1):
            settled[i] = replace(settled[i], street=len(named), number=number, suffix="", at_m=0.0)
        named.append(Street((), (), "country", "hamlet", hamlet.name, dead_end=False))
    return named, settled
