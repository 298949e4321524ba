"""From the sketch to street lines: the built area is cut into faces by the main roads, and each face into blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, split, substring

from villebrune import sketch
from villebrune.shapes import rough_polygon, smooth_line


@dataclass(frozen=True)
class Way:
    """A line that becomes one or more streets.

    Attributes
    ----------
    code
        Name of the line; pieces of one line continue each other.
    line
        Its course [m].
    pattern, theme
        How its surroundings are built and what it is named after; ``road`` for a main road.
    walkable_only
        Whether it is a way for walkers only.
    """

    code: str
    line: LineString
    pattern: str
    theme: str
    walkable_only: bool = False


@dataclass(frozen=True)
class Land:
    """The ground before the small streets.

    Attributes
    ----------
    commune, built
        Commune and its built part.
    river, railway
        Middle lines.
    water, tracks
        The two barriers as polygons.
    roads
        The main roads.
    """

    commune: Polygon
    built: Polygon
    river: LineString
    railway: LineString
    water: Polygon
    tracks: Polygon
    roads: tuple[Way, ...]


@dataclass(frozen=True)
class Manner:
    """How a district is cut into blocks: largest width and length of a block [m], unrest of angle [degrees], bow."""

    width_m: float
    length_m: float
    unrest_deg: float
    bow: float


MANNERS: Final = {
    "old": Manner(78, 125, 11, 0.05),
    "faubourg": Manner(112, 215, 6, 0.03),
    "houses": Manner(106, 290, 4, 0.05),
    "loops": Manner(215, 310, 7, 0.12),
    "zac": Manner(118, 170, 1, 0.0),
    "estate": Manner(230, 280, 5, 0.10),
    "works": Manner(230, 360, 3, 0.0),
}
SHORTEST_CUT_M: Final = 26.0


def survey(rng: np.random.Generator) -> Land:
    """Lay out the ground: commune, built area, barriers and main roads."""
    river, railway = smooth_line(sketch.RIVER), smooth_line(sketch.RAILWAY, step_m=60)
    commune = rough_polygon(sketch.COMMUNE, rng, sway_m=13.0)
    built = rough_polygon(sketch.BUILT, rng, sway_m=9.0)
    roads = tuple(_main_roads(river, commune))
    return Land(
        commune=shapely.set_precision(commune, 0.01),
        built=built,
        river=river,
        railway=railway,
        water=river.buffer(sketch.RIVER_WIDTH_M / 2, quad_segs=4),
        tracks=railway.buffer(sketch.RAILWAY_WIDTH_M / 2, cap_style="flat"),
        roads=roads,
    )


def _main_roads(river: LineString, commune: Polygon) -> Iterator[Way]:
    for road in sketch.ROADS:
        line = _along_bank(road, river) if road.bank_m else smooth_line(road.points)
        reaching = _lengthened(_lengthened(line.reverse(), 3.0).reverse(), 3.0)  # so that it meets its neighbours
        inside = max(_lines(reaching.intersection(commune.buffer(-1))), key=lambda part: part.length)
        yield Way(f"road:{road.code}", inside, "road", "road", walkable_only=road.walkway)


def _along_bank(road: sketch.Road, river: LineString) -> LineString:
    bank = river.offset_curve(road.bank_m)
    start, end = (bank.project(Point(point)) for point in (road.points[0], road.points[-1]))
    course = substring(bank, start, end).simplify(0.5)
    inner = substring(course, 12, course.length - 12)
    return LineString([road.points[0], *inner.coords, road.points[-1]])


def small_streets(land: Land, rng: np.random.Generator) -> list[Way]:
    """Cut every face between the main roads into blocks and give the new streets."""
    ways: list[Way] = []
    for number, (face, district) in enumerate(quarters(land)):
        cuts = list(_cut(face, MANNERS[district.pattern], rng))
        ways += [Way(f"{number}:{i}", cut, district.pattern, district.theme) for i, cut in enumerate(cuts)]
        if district.pattern in {"loops", "estate"}:
            inner = _inner_streets(face, cuts, land, rng=rng)
            ways += [Way(f"{number}:in{i}", line, district.pattern, district.theme) for i, line in enumerate(inner)]
    return ways


def quarters(land: Land) -> list[tuple[Polygon, sketch.District]]:
    """Give the faces between the main roads and the district that each belongs to."""
    found = [(face, _district_of(face, land)) for face in _faces(land)]
    return [(face, district) for face, district in found if district is not None]


def _faces(land: Land) -> list[Polygon]:
    """Faces of the built area between main roads, river and railway, from west to east."""
    greens = shapely.unary_union([Polygon(green.points) for green in sketch.GREENS])
    free = land.built - land.water.buffer(20) - land.tracks.buffer(14) - greens
    borders = [free.boundary, *(way.line for way in land.roads)]
    noded = shapely.unary_union(borders, grid_size=0.01)
    shapely.prepare(free)
    faces = [face for face in polygonize(noded) if free.contains(face.representative_point())]
    return sorted((face for face in faces if face.area > 2500), key=lambda face: face.centroid.coords[0])


def quarter_of(point: Point, land: Land) -> tuple[bool, bool]:
    """Whether the point lies to the left of the stream, and to the left of the railway."""
    return _is_left(point, land.river), _is_left(point, land.railway)


def _is_left(point: Point, line: LineString) -> bool:
    foot = line.project(point)
    ahead, behind = line.interpolate(min(foot + 1, line.length)), line.interpolate(max(foot - 1, 0))
    return (ahead.x - behind.x) * (point.y - behind.y) - (ahead.y - behind.y) * (point.x - behind.x) > 0


def _district_of(face: Polygon, land: Land) -> sketch.District | None:
    middle = face.representative_point()
    quarter = quarter_of(middle, land)
    near = [
        (seed_point.distance(face.centroid), number)
        for number, district in enumerate(sketch.DISTRICTS)
        for seed_point in map(Point, district.seeds)
        if quarter_of(seed_point, land) == quarter
    ]
    return sketch.DISTRICTS[min(near)[1]] if near else None


def _cut(block: Polygon, manner: Manner, rng: np.random.Generator) -> Iterator[LineString]:
    """Cut a block in two again and again until it keeps the size of its manner; give the cuts."""
    centre, along, length, width = _frame(block)
    too_long, too_wide = length / manner.length_m, width / manner.width_m
    if max(too_long, too_wide) < 1.35:
        return
    if too_long >= too_wide:
        cut = _cut_line(centre, along, (length, width), manner=manner, rng=rng)
    else:
        cut = _cut_line(centre, np.array([-along[1], along[0]]), (width, length), manner=manner, rng=rng)
    parts = [part for part in split(block, cut).geoms if part.area > 400]
    if len(parts) < 2:
        return
    for piece in _lines(cut.intersection(block)):
        if piece.length > SHORTEST_CUT_M:
            yield piece
    for part in parts:
        yield from _cut(part, manner, rng)


def _cut_line(
    centre: np.ndarray, axis: np.ndarray, extent: tuple[float, float], *, manner: Manner, rng: np.random.Generator
) -> LineString:
    """Give a line across a block near its middle, slightly turned and bowed.

    Parameters
    ----------
    centre, axis
        Middle of the block and unit vector along which it is divided.
    extent
        Size of the block along `axis` and across it [m].
    manner, rng
        How much it is turned and bowed.
    """
    shift = rng.uniform(-0.08, 0.08) * extent[0]
    turn = np.radians(rng.normal(0, manner.unrest_deg))
    across = np.array([-axis[1], axis[0]])
    across = np.array(
        [across[0] * np.cos(turn) - across[1] * np.sin(turn), across[0] * np.sin(turn) + across[1] * np.cos(turn)]
    )
    half = 0.75 * extent[1] + 40
    bow = rng.normal(0, manner.bow) * extent[1]
    t = np.linspace(-1, 1, 13)[:, None]
    line = centre + axis * shift + across * half * t + axis * bow * (1 - t**2)
    return LineString(line)


def _frame(block: Polygon) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Middle, unit vector along the longer side, longer and shorter side [m] of the smallest rectangle around it."""
    corners = np.array(block.minimum_rotated_rectangle.exterior.coords)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    a, b = float(np.hypot(*first)), float(np.hypot(*second))
    centre = corners[:4].mean(axis=0)
    return (centre, first / a, a, b) if a >= b else (centre, second / b, b, a)


def _inner_streets(
    face: Polygon, cuts: list[LineString], land: Land, *, rng: np.random.Generator
) -> Iterator[LineString]:
    """Dead ends and loops within the large blocks of a face."""
    reach = shapely.unary_union([*cuts, *(way.line for way in land.roads)]).buffer(0.5)
    noded = shapely.unary_union([face.boundary, *cuts], grid_size=0.01)
    for block in polygonize(noded):
        inner = block.buffer(-58).buffer(20).buffer(-8)
        if inner.is_empty or block.area < 9000:
            yield from _dead_end(block, reach, rng)
            continue
        ring = max(_polygons(inner), key=lambda part: part.area)
        if ring.area > 3500:
            yield from _loop(ring, block, reach)
        else:
            yield from _dead_end(block, reach, rng)


def _loop(ring: Polygon, block: Polygon, streets: BaseGeometry) -> Iterator[LineString]:
    """A street that runs round within the block, and its one or two ways out."""
    course = LineString(ring.exterior.simplify(2.0).coords)
    frontage = block.boundary.intersection(streets)
    if frontage.is_empty:
        return
    out = shapely.shortest_line(course, frontage)
    if out.length > 90:
        return
    yield course
    yield _lengthened(out)
    opposite = course.interpolate((course.project(Point(out.coords[0])) + course.length / 2) % course.length)
    second = shapely.shortest_line(opposite, frontage)
    if course.length > 420 and second.length < 90:
        yield _lengthened(second)


def _dead_end(block: Polygon, streets: BaseGeometry, rng: np.random.Generator) -> Iterator[LineString]:
    """A street that leads from the longest frontage to the middle of the block."""
    frontage = block.boundary.intersection(streets)
    if frontage.is_empty or block.area < 7000:
        return
    target = block.centroid if block.contains(block.centroid) else block.representative_point()
    start = shapely.shortest_line(target, frontage).coords[-1]
    bend = np.array(target.coords[0]) + rng.normal(0, 9, 2)
    line = LineString([start, (np.array(start) + bend) / 2 + rng.normal(0, 3, 2), bend])
    if line.length > 35:
        yield _lengthened(LineString(line.coords[::-1]))


def _lengthened(line: LineString, by_m: float = 1.0) -> LineString:
    """Give the line drawn on by `by_m` [m] at its end, so that it meets the street there."""
    last, before = np.array(line.coords[-1]), np.array(line.coords[-2])
    direction = (last - before) / np.hypot(*(last - before))
    return LineString([*line.coords[:-1], tuple(last + by_m * direction)])


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString"]


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
