"""The school maps of Villebrune: a good one, and the one in force, which has two planted defects.

Both share one street split by the side of its numbers, one split at a number, and a few streets that belong to two
schools. The map in force differs from the good one in two places: on the growing side a full school is sent streets
that lie nearer to a half-empty one across the bridge; and a pocket in the bend of the river, near its own side's
schools, is sent across the water to a school that is only near as the crow flies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd
from shapely import Polygon

from villebrune.register import to_map
from villebrune.schoolmap import Owners, Town, stray_units, tidied, weighted_walks, whole_streets
from villebrune.sites import BRIEFS, COLLEGE, ELEMENTARY, NURSERY
from villebrune.sketch import Points

# By how much the way to a school seems longer than it is, so that the good map fills the rooms evenly.
LONGER: Final[dict[str, dict[int, float]]] = {
    NURSERY: {106: 1.25, 105: 1.12, 101: 1.1, 104: 1.1},
    ELEMENTARY: {206: 1.2, 204: 1.25, 205: 1.05, 201: 0.97, 207: 0.95, 203: 0.92},
    COLLEGE: {},
}
OVER_THE_BRIDGE: Final[Points] = ((-60, 600), (210, 420), (560, 560), (560, 1350), (60, 1350), (-90, 1000))
BEND: Final[Points] = ((100, 60), (430, 60), (410, -400), (330, -470), (100, -440))
SHARED: Final[Points] = ((-990, 40), (-800, 40), (-770, 150), (-790, 240), (-990, 250))


@dataclass(frozen=True)
class Maps:
    """The school maps.

    Attributes
    ----------
    today
        From level to the map in force.
    better
        The good elementary map.
    parity_street, range_street
        Streets of the elementary maps that are split by side, and at a number.
    shared_streets
        Streets of the shared elementary sector.
    bridge_units, bend_units
        Units of the two defects.
    """

    today: dict[str, Owners]
    better: Owners
    parity_street: str
    range_street: str
    shared_streets: tuple[str, ...]
    bridge_units: tuple[str, ...]
    bend_units: tuple[str, ...]


def draw_maps(town: Town) -> Maps:
    """Draw the map of each level."""
    today = {level: whole_streets(town, level, _longer(level)) for level in LONGER}
    shared = tuple(_streets_within(town, SHARED))
    owners = {unit: today[ELEMENTARY][unit] for unit in today[ELEMENTARY]}
    both = _units_of(town, shared)
    owners = tidied(town, owners | dict.fromkeys(both, (school(203), school(202))), fixed=both)
    avoid = {*shared, *_streets_within(town, OVER_THE_BRIDGE), *_streets_within(town, BEND)}
    parity = _best_parity(town, owners, avoid=avoid)
    owners |= parity[1]
    ranged = _best_range(town, owners, avoid={*avoid, parity[0]})
    owners |= ranged[1]
    bridge, bend = _defects(town, owners, fixed=(*shared, parity[0], ranged[0]))
    defects = dict.fromkeys(bridge, (school(206),)) | dict.fromkeys(bend, (school(207),))
    today[ELEMENTARY] = owners | defects
    return Maps(today, owners, parity[0], ranged[0], shared, tuple(bridge), tuple(bend))


def _defects(town: Town, owners: Owners, fixed: Iterable[str]) -> tuple[list[str], list[str]]:
    """Units across the bridge that are sent to the full school, and units of the bend that are sent over the water.

    Streets move as a whole. Those that would lie apart from the sector that they are sent to stay where they are.
    """
    street_of = town.addresses.drop_duplicates("unit_id").set_index("unit_id")["street_id"]
    held, lying = set(fixed), set(stray_units(town, owners))
    centre = {street_of[unit] for unit in owners if owners[unit] == (school(201),)}
    bridge = (set(_streets_within(town, OVER_THE_BRIDGE)) & centre) - held
    bend = set(_streets_within(town, BEND)) - held
    for _ in range(6):
        full, across = _units_of(town, bridge), _units_of(town, bend)
        drawn = owners | dict.fromkeys(full, (school(206),)) | dict.fromkeys(across, (school(207),))
        strays = {street_of[unit] for unit in set(stray_units(town, drawn)) - lying} - held
        if not strays:
            break
        left_over = {street for street in strays - bridge - bend if street in centre}
        bend, bridge = (bend - strays) | left_over, bridge - strays
    return _units_of(town, bridge), _units_of(town, bend)


def school(number: int) -> str:
    """Official code of the school with this number."""
    return next(brief.school_id for brief in BRIEFS if brief.number == number)


def _longer(level: str) -> dict[str, float]:
    return {school(number): factor for number, factor in LONGER[level].items()}


def _units_of(town: Town, streets: Iterable[str]) -> list[str]:
    rows = town.addresses[town.addresses["street_id"].isin(list(streets))]
    return sorted(rows["unit_id"].unique())


def _streets_within(town: Town, area: Points) -> list[str]:
    """Streets whose addresses lie mostly within the area."""
    polygon = Polygon(to_map(pd.DataFrame(area).to_numpy(dtype=float)))
    inside = town.addresses.within(polygon).groupby(town.addresses["street_id"]).mean()
    return sorted(inside.index[inside > 0.5])


def _best_parity(town: Town, owners: Owners, avoid: Iterable[str]) -> tuple[str, Owners]:
    """The street with most addresses one side of which can go to the school next door, little farther away."""
    around, stray = _around(town), set(stray_units(town, owners))
    street_of = town.addresses.drop_duplicates("unit_id").set_index("unit_id")["street_id"]
    size = town.addresses.groupby("street_id").size()
    mean = weighted_walks(town, "street_id")
    options = []
    for street, units in street_of.groupby(street_of).groups.items():
        if street in set(avoid) or size[street] < 16:
            continue
        for side in ("I", "P"):
            chosen = sorted(unit for unit in units if unit.rpartition("-")[2].startswith(side))
            for other in _schools_beside(chosen, units, owners, around=around):
                own = owners[chosen[0]][0]
                if abs(mean.loc[street, other] - mean.loc[street, own]) < 250 and len(chosen) < len(units):
                    options.append((-int(size[street]), street, other, chosen))
    for _, street, other, chosen in sorted(options):
        moved = dict.fromkeys(chosen, (other,))
        if set(stray_units(town, owners | moved)) <= stray:
            return street, moved
    msg = "no street can be split by the side of its numbers"
    raise ValueError(msg)


def _schools_beside(
    chosen: list[str], street: Iterable[str], owners: Owners, *, around: dict[str, set[str]]
) -> Iterator[str]:
    """Schools whose sector touches every one of the chosen units from outside their street."""
    own = set(street)
    if not chosen or len(owners[chosen[0]]) > 1:
        return
    touching = [{owners[near] for near in around[unit] - own} for unit in chosen]
    for schools in sorted(set.intersection(*touching) - {owners[chosen[0]]}):
        if len(schools) == 1:
            yield schools[0]


def _around(town: Town) -> dict[str, set[str]]:
    around: dict[str, set[str]] = {unit: set() for unit in town.units.index}
    for one, other in town.pairs:
        around[one].add(other)
        around[other].add(one)
    return around


def _best_range(town: Town, owners: Owners, avoid: Iterable[str]) -> tuple[str, Owners]:
    """The street and the number from which on another school is nearer, where this saves most walking."""
    homes = town.addresses.groupby("unit_id")["dwellings"].sum()
    metres = weighted_walks(town, "unit_id").mul(homes, axis=0)[sorted({one[0] for one in owners.values()})]
    row = {unit: i for i, unit in enumerate(metres.index)}
    table = metres.to_numpy()
    stray, left_out = set(stray_units(town, owners)), set(avoid)
    options = []
    for street_id, street in town.addresses.groupby("street_id"):
        schools = {owners[unit] for unit in street["unit_id"]}
        if street_id in left_out or len(schools) > 1:
            continue
        own = metres.columns.get_loc(next(iter(schools))[0])
        for units in _clean_cuts(street):
            total = table[[row[unit] for unit in units]].sum(axis=0)
            best = int(total.argmin())
            if total[best] < total[own]:
                options.append((float(total[best] - total[own]), street_id, str(metres.columns[best]), units))
    for _, street_id, other, units in sorted(options):
        moved = dict.fromkeys(units, (other,))
        if set(stray_units(town, owners | moved)) <= stray:
            return street_id, moved
    msg = "no street can be split at a number"
    raise ValueError(msg)


def _clean_cuts(street: pd.DataFrame) -> Iterator[list[str]]:
    """Units at one end of the street that a single number parts from the others, on both sides."""
    spans = street.groupby("unit_id")["number"].agg(["min", "max"])
    for cut in sorted(spans["min"].unique())[1:]:
        low, high = spans[spans["max"] < cut], spans[spans["min"] >= cut]
        sides = {(part % 2).nunique() for part in (low["min"], high["min"])}
        if sides == {2} and len(low) + len(high) == len(spans):
            yield sorted(low.index)
            yield sorted(high.index)
