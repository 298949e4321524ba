"""Today's school map: streets are given to schools, and written down as rows of the street list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.territory.network import build_network, snap, walk_distances
from villebrune.sites import COLLEGE, ELEMENTARY, NURSERY, Site

LEVELS: Final = (NURSERY, ELEMENTARY, COLLEGE)
Owners = dict[str, tuple[str, ...]]  # from unit to schools


@dataclass(frozen=True)
class Town:
    """What a school map is drawn on.

    Attributes
    ----------
    addresses
        Index ``address_id``, with ``street_id, number, unit_id, dwellings`` and a point.
    units
        Index ``unit_id``, polygons.
    walk_m
        Walk from each address to each public and private school [m].
    sites
        The schools.
    pairs
        Units that share a border, each pair once.
    """

    addresses: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    walk_m: pd.DataFrame
    sites: Sequence[Site]
    pairs: Sequence[tuple[str, str]]

    def schools(self, level: str) -> list[str]:
        """The public schools of a level."""
        return [s.brief.school_id for s in self.sites if level in s.brief.levels and s.brief.sector == "public"]


def walks(addresses: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, gates: gpd.GeoSeries) -> pd.DataFrame:
    """Walk from each address to each school [m], index ``address_id``, columns ``school_id``."""
    network = build_network(streets)
    origins, ends = (snap(network, shapely.get_coordinates(shape.to_numpy())) for shape in (addresses.geometry, gates))
    table = walk_distances(network, origins, ends)
    return pd.DataFrame(table, index=addresses.index, columns=gates.index)


def weighted_walks(town: Town, by: str) -> pd.DataFrame:
    """Mean walk by street or unit [m], dwellings counting as weights; rows ``by``, columns ``school_id``."""
    weight = town.addresses["dwellings"].clip(lower=0.1)
    sums = town.walk_m.mul(weight, axis=0).groupby(town.addresses[by]).sum()
    return sums.div(weight.groupby(town.addresses[by]).sum(), axis=0)


def whole_streets(town: Town, level: str, handicap_m: Mapping[str, float]) -> Owners:
    """Give each street as a whole to the school with the shortest walk, some schools being handicapped [m].

    Stray streets within another sector are then given to that sector.
    """
    schools = town.schools(level)
    mean = weighted_walks(town, "street_id")[schools] + pd.Series(handicap_m).reindex(schools).fillna(0.0)
    choice = mean.idxmin(axis=1)
    street_of = town.addresses.drop_duplicates("unit_id").set_index("unit_id")["street_id"].sort_index()
    for _ in range(6):
        owners = {unit: (choice[street],) for unit, street in street_of.items()}
        strays = stray_units(town, owners)
        if not strays:
            break
        choice = _taken_in(choice, street_of, strays, owners, town.pairs)
    return {unit: (choice[street],) for unit, street in street_of.items()}


def _taken_in(
    choice: pd.Series,
    street_of: pd.Series,
    strays: Iterable[str],
    owners: Owners,
    pairs: Sequence[tuple[str, str]],
) -> pd.Series:
    """Give the streets of stray units to the sector that surrounds them most."""
    around: dict[str, Counter[str]] = {}
    wanted = {street_of[unit] for unit in strays}
    for one, other in [*pairs, *((b, a) for a, b in pairs)]:
        street = street_of[one]
        if street in wanted and owners[other][0] != choice[street]:
            around.setdefault(street, Counter())[owners[other][0]] += 1
    changed = {street: sorted(found.items(), key=lambda item: (-item[1], item[0]))[0][0] for street, found in around.items()}
    return choice.where(~choice.index.isin(list(changed)), choice.index.map(changed))


def neighbours(units: gpd.GeoDataFrame) -> list[tuple[str, str]]:
    """Pairs of units that share a border, each once."""
    shapes = units.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.length(shapely.intersection(shapes[left], shapes[right])) > 1.0
    names = units.index.to_numpy()
    return list(zip(names[left[shared]], names[right[shared]], strict=True))


def stray_units(town: Town, owners: Owners) -> list[str]:
    """Units that do not hang together with the largest part of their sector."""
    parts = _parts(owners, town.pairs)
    size = Counter(parts.values())
    main = {}
    for unit, part in parts.items():
        schools = owners[unit]
        if schools not in main or size[part] > size[main[schools]]:
            main[schools] = part
    return sorted(unit for unit, part in parts.items() if part != main[owners[unit]])


def _parts(owners: Owners, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Name of the connected part of its sector that each unit lies in."""
    root = {unit: unit for unit in sorted(owners)}

    def find(unit: str) -> str:
        while root[unit] != unit:
            root[unit] = root[root[unit]]
            unit = root[unit]
        return unit

    for one, other in pairs:
        if owners[one] == owners[other]:
            a, b = sorted((find(one), find(other)))
            root[b] = a
    return {unit: find(unit) for unit in root}


def street_rows(level: str, town: Town, owners: Owners) -> pd.DataFrame:
    """Rows of the street list that say the same as `owners`: whole streets, sides, or ranges of numbers."""
    rows = []
    table = town.addresses.assign(schools=town.addresses["unit_id"].map(owners), odd=town.addresses["number"] % 2 == 1)
    for (street_id, name), street in table.groupby(["street_id", "street_name"], sort=True):
        for low, high, parity, schools in _spans(street):
            for priority, school in enumerate(schools, start=1):
                rows.append((level, street_id, name, low, "", high, "", parity, school, priority))
    columns = [
        "level", "street_id", "street_name", "number_from", "suffix_from", "number_to", "suffix_to", "parity",
        "school_id", "priority",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _spans(street: pd.DataFrame) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """First number, last number, parity and schools of each row that a street needs."""
    if street["schools"].nunique() == 1:
        return [(1, 9999, "PI", street["schools"].iloc[0])]
    spans = []
    for odd, parity in ((True, "I"), (False, "P")):
        side = street[street["odd"] == odd].sort_values("number")
        runs = (side["schools"] != side["schools"].shift()).cumsum()
        firsts = side.groupby(runs)["number"].min().tolist()
        schools = side.groupby(runs)["schools"].first().tolist()
        starts = [1 if odd else 2, *firsts[1:]]
        stops = [*(first - 2 for first in firsts[1:]), 9999]
        spans += [(low, high, parity, school) for low, high, school in zip(starts, stops, schools, strict=True)]
    return _both_sides(spans)


def _both_sides(
    spans: list[tuple[int, int, str, tuple[str, ...]]],
) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """Write two sides that are cut alike as ranges for both sides."""
    odd, even = ([span for span in spans if span[2] == parity] for parity in "IP")
    if [span[3] for span in odd] != [span[3] for span in even]:
        return spans
    cuts = [1, *(min(a[0], b[0]) for a, b in zip(odd[1:], even[1:], strict=True))]
    ends = [*(cut - 1 for cut in cuts[1:]), 9999]
    alike = all(end >= max(a[1], b[1]) for end, a, b in zip(ends[:-1], odd, even, strict=False))
    return [(low, high, "PI", span[3]) for low, high, span in zip(cuts, ends, odd, strict=True)] if alike else spans


def mean_walk_m(town: Town, owners: Owners, weight: pd.Series) -> float:
    """Mean walk to the first school [m], weighted by unit."""
    by_unit = weighted_walks(town, "unit_id")
    walk = pd.Series({unit: by_unit.loc[unit, list(schools)].mean() for unit, schools in owners.items()})
    return float(np.average(walk, weights=weight.reindex(walk.index).fillna(0.0)))
