"""School grounds: the building, the yard around it, its kinds of ground and its trees.

Most yards have a strip of grass, trees, and their building on the side where it casts shade. Three are planted as the
hottest: bare asphalt, the building to the north, hardly a tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Point, Polygon

from villebrune.addresses import Building
from villebrune.shapes import box_at
from villebrune.sites import COLLEGE, NURSERY, Site

WING_M: Final = 13.0
TREES_IN_HOT_YARD: Final = {1: 0, 2: 2, 3: 12}


@dataclass(frozen=True)
class Tree:
    """A tree: where [m], how high and how wide its crown is [m]."""

    xy: tuple[float, float]
    height_m: float
    crown_m: float


@dataclass(frozen=True)
class Yard:
    """A part of a school yard with one kind of ground [m]."""

    school_id: str
    surface: str
    shape: Polygon


def school_grounds(sites: Sequence[Site], rng: np.random.Generator) -> tuple[list[Building], list[Yard], list[Tree]]:
    """Build the schools and lay out their yards."""
    buildings: list[Building] = []
    yards: list[Yard] = []
    trees: list[Tree] = []
    for site in sites:
        house = _house(site)
        buildings.append(Building(house, _height_m(site), "school"))
        ground = site.parcel.buffer(-1.5, join_style="mitre") - house.buffer(1.0, join_style="mitre")
        parts = list(_surfaces(site, max(shapely.get_parts(ground), key=lambda part: part.area), rng))
        yards += parts
        trees += list(_yard_trees(site, shapely.unary_union([part.shape for part in parts]), rng))
    return buildings, yards, trees


def _height_m(site: Site) -> float:
    if site.brief.heat:
        return 4.5
    return 11.0 if COLLEGE in site.brief.levels else 5.0 if site.brief.levels == (NURSERY,) else 8.0


def _sides(site: Site) -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """The four sides of a parcel: middle, outward unit vector, length, and depth of the parcel behind [m]."""
    length, depth = site.brief.size_m
    inward = np.array(site.facing)
    along = np.array([inward[1], -inward[0]])
    middle = np.array(site.parcel.centroid.coords[0])
    return [
        (middle + outward * reach / 2, outward, wide, reach)
        for outward, reach, wide in (
            (inward, depth, length),
            (-inward, depth, length),
            (along, length, depth),
            (-along, length, depth),
        )
    ]


def _house(site: Site) -> Polygon:
    """A wing along one side of the parcel: the northern one of a hot yard, else the southern or western one."""
    sides = _sides(site)
    toward = np.array([0.0, 1.0]) if site.brief.heat else np.array([-0.35, -1.0])
    middle, outward, length, _ = max(sides, key=lambda side: float(side[1] @ toward))
    centre = middle - outward * (WING_M / 2 + 2)
    return box_at(centre, np.array([-outward[1], outward[0]]), length_m=0.86 * length, depth_m=WING_M)


def _surfaces(site: Site, ground: Polygon, rng: np.random.Generator) -> Iterator[Yard]:
    """The parts of the yard: all asphalt if it is to be hot, else a green strip and a soft or sandy corner."""
    school = site.brief.school_id
    if site.brief.heat:
        yield Yard(school, "asphalt", ground)
        return
    toward = np.array([0.3, 1.0])
    middle, outward, length, depth = max(_sides(site), key=lambda side: float(side[1] @ toward))
    across = np.array([-outward[1], outward[0]])
    share = rng.uniform(0.2, 0.34)
    strip = box_at(middle - outward * depth * share / 2, across, length_m=length, depth_m=depth * share)
    corner_side = across * (length / 2 - 9)
    corner = box_at(middle - outward * (depth * share + 6) + corner_side, across, length_m=12, depth_m=10)
    kinds = [("grass" if rng.random() < 0.6 else "soil", strip)]
    kinds.append(("soft" if NURSERY in site.brief.levels else "sand", corner))
    rest = ground
    for surface, shape in kinds:
        part = rest.intersection(shape)
        if part.geom_type == "Polygon" and part.area > 20:
            yield Yard(school, surface, part)
            rest = rest.difference(shape)
    for part in shapely.get_parts(rest):
        if part.area > 5:
            yield Yard(school, "asphalt" if site.brief.number % 3 else "concrete", part)


def _yard_trees(site: Site, ground: Polygon, rng: np.random.Generator) -> Iterator[Tree]:
    wanted = TREES_IN_HOT_YARD.get(site.brief.heat, max(5, round(ground.area / rng.uniform(170, 260))))
    crown = (3.0, 4.0) if site.brief.heat else (6.0, 9.5)
    inner = ground.buffer(-2.5)
    for x, y in scattered(inner, wanted, rng, apart_m=6.0):
        width = float(rng.uniform(*crown))
        yield Tree((x, y), round(width * 1.15 + 1.5, 1), round(width, 1))


def scattered(area: Polygon, wanted: int, rng: np.random.Generator, *, apart_m: float) -> list[tuple[float, float]]:
    """Up to `wanted` points in the area, at least `apart_m` from each other [m]."""
    found: list[tuple[float, float]] = []
    if area.is_empty:
        return found
    shapely.prepare(area)
    west, south, east, north = area.bounds
    for _ in range(40 * wanted):
        if len(found) == wanted:
            break
        x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
        clear = all((x - a) ** 2 + (y - b) ** 2 >= apart_m**2 for a, b in found)
        if clear and area.contains(Point(x, y)):
            found.append((x, y))
    return found
