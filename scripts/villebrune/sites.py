"""The schools: who they are, and the parcel that each stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree

from villebrune.shapes import along, box_at
from villebrune.streets import Street

UAI_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
FRONT_M: Final = 9.0
FREE_OF_STREETS_M: Final = 6.5
SEARCH_M: Final = 420.0


@dataclass(frozen=True)
class Brief:
    """A school that the town has.

    Attributes
    ----------
    number
        Number of its official code (UAI).
    name, sector, levels
        Name, ``public`` or ``private``, and levels that it serves.
    place
        Where it ought to stand [m].
    size_m
        Length along the street and depth of its parcel [m].
    priority_education
        ``REP`` or nothing.
    heat
        Rank of the yard among the hottest, 1 the hottest; 0 for a yard with trees.
    """

    number: int
    name: str
    sector: str
    levels: tuple[str, ...]
    place: tuple[float, float]
    size_m: tuple[float, float]
    priority_education: str = ""
    heat: int = 0

    @property
    def school_id(self) -> str:
        """Official code: seven digits and the letter that checks them (remainder by 23)."""
        return f"{self.number:07d}{UAI_LETTERS[self.number % 23]}"


NURSERY, ELEMENTARY, COLLEGE = "nursery", "elementary", "college"
BRIEFS: Final = (
    Brief(101, "École maternelle du Beffroi", "public", (NURSERY,), (-330, 470), (58, 48)),
    Brief(102, "École maternelle Les Mésanges", "public", (NURSERY,), (-1080, 860), (60, 52)),
    Brief(103, "École maternelle Louise-Labé", "public", (NURSERY,), (-900, -200), (60, 50)),
    Brief(104, "École maternelle Suzanne-Valadon", "public", (NURSERY,), (-960, -770), (62, 54), "REP", heat=2),
    Brief(105, "École maternelle Nadia-Boulanger", "public", (NURSERY,), (620, -900), (60, 52)),
    Brief(106, "École maternelle Pauline-Kergomard", "public", (NURSERY,), (900, 940), (62, 54)),
    Brief(107, "École maternelle Les Mariniers", "public", (NURSERY,), (560, 640), (60, 50)),
    Brief(201, "École élémentaire Jules-Michelet", "public", (ELEMENTARY,), (-60, 330), (76, 52)),
    Brief(202, "École élémentaire George-Sand", "public", (ELEMENTARY,), (-1250, 560), (84, 62)),
    Brief(203, "École élémentaire Condorcet", "public", (ELEMENTARY,), (-560, -260), (82, 60), heat=3),
    Brief(204, "École élémentaire Paul-Langevin", "public", (ELEMENTARY,), (-1180, -930), (88, 66), "REP", heat=1),
    Brief(205, "École élémentaire Hector-Berlioz", "public", (ELEMENTARY,), (720, -1000), (84, 62)),
    Brief(206, "École élémentaire Germaine-Tillion", "public", (ELEMENTARY,), (1060, 720), (84, 62)),
    Brief(207, "École élémentaire Sophie-Germain", "public", (ELEMENTARY,), (780, 120), (84, 62)),
    Brief(301, "École primaire Les Rivières", "public", (NURSERY, ELEMENTARY), (-420, -1190), (96, 66), "REP"),
    Brief(401, "École privée Sainte-Anne", "private", (NURSERY, ELEMENTARY), (-560, 190), (62, 50)),
    Brief(402, "École privée Saint-Joseph", "private", (ELEMENTARY,), (420, 420), (60, 50)),
    Brief(501, "Collège Jean-Macé", "public", (COLLEGE,), (-1000, -330), (130, 84)),
    Brief(502, "Collège Olympe-de-Gouges", "public", (COLLEGE,), (560, 260), (130, 84)),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A school on its parcel.

    Attributes
    ----------
    brief
        The school.
    parcel
        Its ground [m].
    street, left, from_m, to_m
        Number of the street that it opens on, side, and where its front begins and ends along it [m].
    gate
        Where children enter [m].
    facing
        Unit vector from the street into the parcel.
    """

    brief: Brief
    parcel: Polygon
    street: int
    left: bool
    from_m: float
    to_m: float
    gate: tuple[float, float]
    facing: tuple[float, float]


def find_sites(streets: Sequence[Street], taken: Sequence[shapely.Geometry]) -> list[Site]:
    """Find a parcel for each school: the free one along a street that lies nearest to where it ought to stand.

    Parameters
    ----------
    streets
        The streets.
    taken
        Ground that cannot be built on: water, tracks, parks.
    """
    lines = STRtree([line for street in streets for line in street.lines])
    occupied = list(taken)
    sites: list[Site] = []
    for brief in sorted(BRIEFS, key=lambda brief: -brief.size_m[0]):
        blocked = STRtree(occupied)
        options = sorted(_options(brief, streets), key=_away_m)
        for site in options:
            clear = lines.query(site.parcel, predicate="dwithin", distance=FREE_OF_STREETS_M).size == 0
            if clear and blocked.query(site.parcel, predicate="intersects").size == 0:
                sites.append(site)
                occupied.append(site.parcel.buffer(3))
                break
        else:
            msg = f"no parcel for {brief.name} within {SEARCH_M:g} m"
            raise ValueError(msg)
    return sorted(sites, key=lambda site: site.brief.number)


def _away_m(site: Site) -> float:
    return float(np.hypot(site.gate[0] - site.brief.place[0], site.gate[1] - site.brief.place[1]))


def _options(brief: Brief, streets: Sequence[Street]) -> Iterator[Site]:
    """Parcels that front a street near the place of the school, whatever is there."""
    target = Point(brief.place)
    length, depth = brief.size_m
    for number, street in enumerate(streets):
        line = street.line
        if line.distance(target) > SEARCH_M or line.length < length + 4:
            continue
        for middle_m in np.arange(length / 2 + 2, line.length - length / 2 - 2, 9.0):
            here, left = along(line, float(middle_m))
            for is_left in (True, False):
                inward = left if is_left else -left
                parcel = box_at(
                    here + inward * (FRONT_M + depth / 2),
                    np.array([inward[1], -inward[0]]),
                    length_m=length,
                    depth_m=depth,
                )
                gate = here + inward * FRONT_M
                yield Site(
                    brief,
                    parcel,
                    number,
                    is_left,
                    float(middle_m) - length / 2,
                    float(middle_m) + length / 2,
                    (float(gate[0]), float(gate[1])),
                    (float(inward[0]), float(inward[1])),
                )
