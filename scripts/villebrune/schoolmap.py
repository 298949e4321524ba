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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances
from villebrune.sites import Site

NEIGHBOUR_M: Final = 320.0
ROUNDS: Final = 8
MOST_TURNS: Final = 12
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


def whole_streets(town: Town, level: str, longer: Mapping[str, float]) -> Owners:
    """Give each street as a whole to a near school, so that sectors are round and in one piece.

    Parameters
    ----------
    town
        What the map is drawn on.
    level
        Level whose public schools share the town.
    longer
        By how much the way to a school seems longer than it is: 1.2 keeps its sector small.
    """
    schools = town.schools(level)
    cost = weighted_walks(town, "street_id")[schools] * pd.Series(longer).reindex(schools).fillna(1.0)
    street_of = town.addresses.drop_duplicates("unit_id").set_index("unit_id")["street_id"].sort_index()
    beside = _streets_beside(town.pairs, street_of)
    choice = _rounded_off(cost, beside)
    return tidied(town, {unit: (choice[street],) for unit, street in street_of.items()})


def tidied(town: Town, owners: Owners, fixed: Iterable[str] = ()) -> Owners:
    """Give streets that lie apart from their sector to the sector that surrounds them most, as whole streets.

    Units in `fixed` keep their schools.
    """
    street_of = town.addresses.drop_duplicates("unit_id").set_index("unit_id")["street_id"].sort_index()
    held = {street_of[unit] for unit in fixed}
    turns: Counter[str] = Counter()
    for _ in range(MOST_TURNS):
        strays = [unit for unit in stray_units(town, owners) if street_of[unit] not in held]
        taken = _taken_in(town, owners, strays=strays, street_of=street_of)
        taken = {street: schools for street, schools in taken.items() if turns[street] < MOST_TURNS // 2}
        if not taken:
            break
        turns.update(taken.keys())
        owners = {unit: taken.get(street_of[unit], schools) for unit, schools in owners.items()}
    return owners


def _streets_beside(pairs: Iterable[tuple[str, str]], street_of: pd.Series) -> dict[str, Counter[str]]:
    """How often each street touches each other street."""
    beside: dict[str, Counter[str]] = {street: Counter() for street in sorted(set(street_of))}
    for one, other in pairs:
        a, b = street_of[one], street_of[other]
        if a != b:
            beside[a][b] += 1
            beside[b][a] += 1
    return beside


def _rounded_off(cost: pd.DataFrame, beside: Mapping[str, Counter[str]]) -> dict[str, str]:
    """The school of each street when it costs `NEIGHBOUR_M` to differ from all the streets around."""
    place = {street: row for row, street in enumerate(cost.index)}
    links = [(place[street], place[other], times) for street in beside for other, times in beside[street].items()]
    one, other, times = (np.array(column) for column in zip(*links, strict=True))
    metres = cost.to_numpy()
    choice = metres.argmin(axis=1)
    for row in [*range(len(choice))] * ROUNDS:
        around = np.bincount(choice[other[one == row]], weights=times[one == row], minlength=metres.shape[1])
        choice[row] = (metres[row] - NEIGHBOUR_M * around / max(around.sum(), 1)).argmin()
    return {street: str(cost.columns[choice[row]]) for street, row in place.items()}


def _taken_in(town: Town, owners: Owners, *, strays: Iterable[str], street_of: pd.Series) -> Owners:
    """Schools of the sector that surrounds the stray units of each street most, shared sectors left out."""
    around: dict[str, Counter[tuple[str, ...]]] = {}
    lost = set(strays)
    for one, other in [*town.pairs, *((b, a) for a, b in town.pairs)]:
        if one in lost and owners[one] != owners[other] and len(owners[other]) == 1:
            around.setdefault(street_of[one], Counter())[owners[other]] += 1
    return {
        street: min(found.items(), key=lambda item: (-item[1], item[0]))[0] for street, found in sorted(around.items())
    }


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
    units = sorted(owners)
    row = {unit: i for i, unit in enumerate(units)}
    sector, _ = pd.factorize(pd.Series([owners[unit] for unit in units], dtype=object))
    ends = np.array([(row[one], row[other]) for one, other in town.pairs])
    same = ends[sector[ends[:, 0]] == sector[ends[:, 1]]]
    graph = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(units), len(units)))
    part = connected_components(graph, directed=False)[1]
    size = np.bincount(part)
    main: dict[int, int] = {}
    for place in np.lexsort((part, -size[part])):
        main.setdefault(int(sector[place]), int(part[place]))
    return [unit for unit, place in row.items() if part[place] != main[int(sector[place])]]


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
    if len(set(street["schools"])) == 1:
        return [(1, 9999, "PI", street["schools"].iloc[0])]
    spans = []
    for odd, parity in ((True, "I"), (False, "P")):
        side = street[street["odd"] == odd].sort_values("number")
        if side.empty:
            continue
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


def mean_walk_m(town: Town, owners: Owners, *, weight: pd.Series) -> float:
    """Mean walk to the schools of the sector [m], weighted by unit."""
    by_unit = weighted_walks(town, "unit_id")
    column = {school: i for i, school in enumerate(by_unit.columns)}
    table = by_unit.to_numpy()
    walk = [table[i, [column[one] for one in owners[unit]]].mean() for i, unit in enumerate(by_unit.index)]
    return float(np.average(walk, weights=weight.reindex(by_unit.index).fillna(0.0)))
