"""The ways of an OpenStreetMap file that are streets, with the places of their nodes and the holes in them.

A file that was cut out of a larger one names nodes that it does not hold. A street is then broken there, and the
references that lead nowhere are counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.sources.streets_raw import Vertices

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


class BrokenFileError(Exception):
    """The bytes end too early or are not what they should be; says what was found."""


@dataclass(frozen=True, eq=False)
class Ways:
    """The streets of a file.

    Attributes
    ----------
    number
        Number of each street, shape (streets,).
    first
        First reference of each street and the count of references, shape (streets + 1,).
    lonlat
        Place of the node of each reference [degrees], not a number where the file lacks it, shape (references, 2).
    tags
        What is said of each street, None where nothing is, shape (streets, columns).
    """

    number: Ids
    first: Ids
    lonlat: Floats
    tags: Texts

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Whether the file holds the node of each reference, shape (references,)."""
        return ~np.isnan(self.lonlat[:, 0])


def places_of(references: Ids, nodes: Iterable[tuple[Ids, Floats]]) -> Floats:
    """Give the place of the node of each reference [degrees], not a number where it is missing, shape (references, 2).

    Parameters
    ----------
    references
        Numbers of nodes, shape (references,).
    nodes
        Numbers and places [degrees] of nodes, of shape (nodes,) and (nodes, 2), some at a time: those that no street
        names take no room.
    """
    needed, row = np.unique(references, return_inverse=True)
    lonlat = np.full((len(needed), 2), np.nan)
    for number, place in nodes:
        at = np.searchsorted(needed, number)
        near = np.flatnonzero(at < len(needed))
        hit = near[needed[at[near]] == number[near]]
        lonlat[at[hit]] = place[hit]
    return lonlat[row.reshape(-1)]


def vertices_of_ways(ways: Ways) -> Vertices:
    """Give the vertices of the streets: a line each, several of a street with holes.

    Streets of which no two nodes in a row are there have no line.
    """
    street = np.repeat(np.arange(len(ways.number)), np.diff(ways.first))
    there = ways.there
    follows = there[1:] & there[:-1] & (street[1:] == street[:-1])
    # A part begins where a known node follows no known one; a part of one node is no line.
    begins = there & ~np.concatenate([[False], follows])
    part = np.cumsum(begins) - 1
    long = np.bincount(part[there], minlength=int(begins.sum())) > 1
    kept = np.flatnonzero(there)
    kept = kept[long[part[kept]]]
    return Vertices(ways.lonlat[kept], (np.cumsum(long) - 1)[part[kept]], street[begins][long])
