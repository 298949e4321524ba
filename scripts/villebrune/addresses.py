"""Addresses and the buildings behind them, set down along the streets one lot after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree

from villebrune.lots import LOTS, Lot
from villebrune.shapes import along, box_at
from villebrune.sites import Site
from villebrune.streets import Street

CELL_M: Final = 60.0
CLEAR_OF_STREET_M: Final = 3.4
STEP_M: Final = 5.0
REPEATS: Final = {"old": 0.05, "faubourg": 0.04, "houses": 0.02, "loops": 0.01}
NEXT_SUFFIX: Final = {"": "bis", "bis": "ter"}


@dataclass(frozen=True)
class Building:
    """A building: its footprint [m], height [m] and use."""

    footprint: Polygon
    height_m: float
    use: str


@dataclass(frozen=True)
class Address:
    """A number in a street.

    Attributes
    ----------
    street
        Number of the street in the list of streets.
    number, suffix
        The number, odd on the left, and its repetition index.
    at_m
        Where it lies along the street [m].
    xy
        Its door [m].
    dwellings
        Dwellings behind the door.
    pattern
        How the surroundings are built.
    use
        Use of the building; ``school:`` and the code for a school.
    """

    street: int
    number: int
    suffix: str
    at_m: float
    xy: tuple[float, float]
    dwellings: int
    pattern: str
    use: str


class Ground:
    """What is built already; knows whether a footprint still finds room."""

    def __init__(self, streets: Sequence[Street], taken: Sequence[shapely.Geometry], commune: Polygon) -> None:
        self._streets = STRtree([line for street in streets for line in street.lines])
        self._taken = STRtree(list(taken))
        self._commune = commune
        self._cells: dict[tuple[int, int], list[Polygon]] = defaultdict(list)
        shapely.prepare(commune)

    def has_room(self, footprint: Polygon) -> bool:
        """Whether the footprint touches no street, no taken ground and no other building."""
        core = footprint.buffer(-0.25, join_style="mitre")
        if self._streets.query(footprint, predicate="dwithin", distance=CLEAR_OF_STREET_M).size:
            return False
        if self._taken.query(footprint, predicate="intersects").size or not self._commune.contains(footprint):
            return False
        return not any(core.intersects(other) for key in _cells(footprint) for other in self._cells.get(key, ()))

    def build(self, footprint: Polygon) -> None:
        """Remember the footprint."""
        for key in _cells(footprint):
            self._cells[key].append(footprint)


def _cells(footprint: Polygon) -> Iterator[tuple[int, int]]:
    west, south, east, north = footprint.bounds
    for column in range(int(west // CELL_M), int(east // CELL_M) + 1):
        for row in range(int(south // CELL_M), int(north // CELL_M) + 1):
            yield column, row


def settle(
    streets: Sequence[Street],
    sites: Sequence[Site],
    ground: Ground,
    *,
    pattern_at: Callable[[Point], str],
    rng: np.random.Generator,
) -> tuple[list[Address], list[Building]]:
    """Set lots down along every street, on its left with odd numbers and on its right with even ones.

    Parameters
    ----------
    streets
        The streets; main roads are built first.
    sites
        The schools, each taking its front of the street.
    ground
        What is taken; receives the new buildings.
    pattern_at
        How the surroundings of a point are built.
    rng
        Source of randomness.
    """
    addresses: list[Address] = []
    buildings: list[Building] = []
    order = sorted(range(len(streets)), key=lambda i: (streets[i].pattern != "road", i))
    for number in order:
        for is_left in (True, False):
            fronts = [site for site in sites if site.street == number and site.left == is_left]
            side = _Side(number, streets[number], is_left, tuple(fronts))
            found, built = _line_side(side, ground, pattern_at=pattern_at, rng=rng)
            addresses += found
            buildings += built
    return addresses, buildings


@dataclass(frozen=True)
class _Side:
    number: int
    street: Street
    is_left: bool
    schools: tuple[Site, ...]


def _line_side(
    side: _Side, ground: Ground, *, pattern_at: Callable[[Point], str], rng: np.random.Generator
) -> tuple[list[Address], list[Building]]:
    addresses: list[Address] = []
    buildings: list[Building] = []
    line = side.street.line
    at_m, schools = 8.0, sorted(side.schools, key=lambda site: site.from_m)
    while at_m < line.length - 6:
        if schools and at_m > schools[0].from_m - 4:
            site = schools.pop(0)
            addresses.append(_school_address(side, site))
            at_m = site.to_m + 4
            continue
        here, left = along(line, at_m)
        outward = left if side.is_left else -left
        pattern = side.street.pattern
        pattern = pattern if pattern != "road" else pattern_at(Point(here + outward * 30))
        lot = LOTS[pattern](rng)
        footprint = _footprint(side, lot, at_m)
        in_the_way = bool(schools) and at_m + lot.length_m > schools[0].from_m
        if in_the_way or footprint is None or not ground.has_room(footprint):
            at_m += STEP_M
            continue
        ground.build(footprint)
        buildings.append(Building(footprint, round(lot.height_m, 1), lot.use))
        addresses += _doors(side, lot, (at_m, footprint), pattern=pattern)
        at_m += lot.length_m + lot.gap_m
    return _numbered(addresses, side, rng), buildings


def _footprint(side: _Side, lot: Lot, from_m: float) -> Polygon | None:
    line = side.street.line
    if from_m + lot.length_m > line.length - 4:
        return None
    (start, _), (end, _) = along(line, from_m), along(line, from_m + lot.length_m)
    chord = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    middle, _ = along(line, from_m + lot.length_m / 2)
    outward = np.array([-chord[1], chord[0]]) * (1 if side.is_left else -1)
    return box_at(
        middle + outward * (lot.setback_m + lot.depth_m / 2), chord, length_m=lot.length_m, depth_m=lot.depth_m
    )


def _doors(side: _Side, lot: Lot, placed: tuple[float, Polygon], *, pattern: str) -> list[Address]:
    """The doors of a lot, evenly along the front of its building; `placed` is where it begins [m] and its footprint."""
    from_m, footprint = placed
    corners = np.array(footprint.exterior.coords)
    first, last = (corners[0], corners[1]) if side.is_left else (corners[3], corners[2])
    doors = []
    for rank, dwellings in enumerate(lot.doors):
        share = (rank + 0.5) / len(lot.doors)
        x, y = first + (last - first) * share
        at_m = from_m + lot.length_m * share
        doors.append(Address(side.number, 0, "", at_m, (float(x), float(y)), dwellings, pattern, lot.use))
    return doors


def _school_address(side: _Side, site: Site) -> Address:
    at_m = (site.from_m + site.to_m) / 2
    use = f"school:{site.brief.school_id}"
    return Address(side.number, 0, "", at_m, site.gate, 0, side.street.pattern, use)


def _numbered(addresses: list[Address], side: _Side, rng: np.random.Generator) -> list[Address]:
    """Number the doors of one side upwards, with a few gaps and a few bis and ter."""
    numbered: list[Address] = []
    number, suffix = (-1 if side.is_left else 0), ""
    for address in addresses:
        repeated = rng.random() < REPEATS.get(address.pattern, 0.0) * (5 if suffix else 1)
        if numbered and repeated and suffix in NEXT_SUFFIX and not address.use.startswith("school:"):
            suffix = NEXT_SUFFIX[suffix]
        else:
            number, suffix = number + (4 if numbered and rng.random() < 0.04 else 2), ""
        numbered.append(replace(address, number=number, suffix=suffix))
    return numbered
