"""The nearest school over the streets of many files: file by file, each with a halo of its neighbours, and proved.

The method is that of `geo.territory.walking.tiles`. A tile is one file; a worker is told which files of arrays lie
around it, joins their streets, and knows for which nodes and homes the rest of the country changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from geo.errors import NetworkError
from geo.model.network import Network, Snap
from geo.model.walking import NEAREST_STREET
from geo.sources.street_shards import Shard, cells_of, load
from geo.territory.network import NODE_STEP_M, snap
from geo.territory.walking.graph import Floats, Rows, Seeds
from geo.territory.walking.questions import Streets, nearest, prepare
from geo.territory.walking.tiles import HALO_M, Mask, Pass, Run, box_of, near, proved, run_here

# Ends of a street within a cell lie less than this from each other: what begins there belongs to a box that ends there.
_SLACK_M: Final = 5 * NODE_STEP_M


class Access(NamedTuple):
    """Places on streets that points were brought to, those of one point one after the other; all of shape (rows,).

    Attributes
    ----------
    point
        Row of the point.
    shard, line
        Number of the shard, and which of its edges.
    along_m, access_m
        Distance along the edge from its first node, and straight distance to it [m].
    """

    point: Rows
    shard: Rows
    line: Rows
    along_m: Floats
    access_m: Floats

    def of(self, rows: Rows | Mask) -> Access:
        """Give some of them."""
        return Access(self.point[rows], self.shard[rows], self.line[rows], self.along_m[rows], self.access_m[rows])


class Tile(NamedTuple):
    """What a worker is told: paths and small arrays.

    Attributes
    ----------
    own
        Which of the shards is the tile; the others are its halo.
    numbers, shards
        Numbers of the shards among all, increasing, and the shards.
    box
        Where all streets are known [m], shape (2, 2).
    whole
        Whether these are all shards: then all streets are known everywhere.
    points
        Homes that are asked for [m], shape (homes, 2); None if all nodes of the tile are.
    schools
        Places of the schools on these shards.
    """

    own: int
    numbers: Rows
    shards: tuple[Shard, ...]
    box: Floats
    whole: bool
    points: Floats | None
    schools: Access


class Found(NamedTuple):
    """What was found for the homes or nodes of a tile, as in `Walks`, and the count of the nodes that were searched."""

    xy: Floats
    walk_m: Floats
    school: Rows
    certified: Mask
    searched: int


@dataclass(frozen=True, eq=False)
class Walks:
    """The nearest school of each home, or of each node.

    Attributes
    ----------
    xy
        Where they are [m], shape (places, 2).
    walk_m, school
        The walk [m] and the row of the school, infinite and -1 where there is none, shape (places,).
    certified
        Whether that is proved, shape (places,). It is, but for the places of a tile that failed.
    passes
        How the halo grew; counts of certified are those of places.
    lost_schools
        Rows of the schools that no street is near.
    failed
        Names of the files whose tiles failed.
    """

    xy: Floats
    walk_m: Floats
    school: Rows
    certified: Mask
    passes: tuple[Pass, ...]
    lost_schools: Rows
    failed: tuple[str, ...]


# A tile -------------------------------------------------------------------------------------------------------------


def locate(tile: Tile) -> Access:
    """Bring the points of a tile to the streets."""
    network, first = load(tile.shards)
    points = np.empty((0, 2)) if tile.points is None else tile.points
    found = snap(network, points)
    place = np.searchsorted(first, found.edge, side="right") - 1
    point = np.repeat(np.arange(found.points), np.diff(found.bounds))
    return Access(point, tile.numbers[place], found.edge - first[place], found.along_m, found.access_m)


def walk(tile: Tile) -> Found:
    """Give the nearest school of each home, or node, of a tile, and whether nothing outside can change it."""
    network, first = load(tile.shards)
    streets = prepare(network, ranked=False)
    schools, number = _schools(tile, first)
    at_nodes = nearest(streets, schools)
    certified = _proved(streets, at_nodes.walk_m, tile)
    if tile.points is None:
        rows = _own_nodes(network, first, tile.own)
        school = number[at_nodes.school[rows]]
        return Found(network.node_xy[rows], at_nodes.walk_m[rows], school, certified[rows], len(certified))
    homes = snap(network, tile.points)
    found, places = nearest(streets, schools, homes), streets.places(homes)
    open_rows = ~(certified[places.start] & certified[places.end])
    sure = np.bincount(places.point[open_rows], minlength=homes.points) == 0
    return Found(tile.points, found.walk_m, number[found.school], sure, len(certified))


def _schools(tile: Tile, first: Rows) -> tuple[Snap, Rows]:
    """Give the schools on the streets of a tile, and the number of each among all, -1 after the last."""
    number, count = np.unique(tile.schools.point, return_counts=True)
    edge = first[np.searchsorted(tile.numbers, tile.schools.shard)] + tile.schools.line
    bounds = np.concatenate([[0], np.cumsum(count)])
    return Snap(edge, tile.schools.along_m, tile.schools.access_m, bounds), np.append(number, -1)


def _proved(streets: Streets, walk_m: Floats, tile: Tile) -> Mask:
    """Tell for which nodes nothing outside can change the walk: all ways from there pass a node beyond the box."""
    beyond = np.flatnonzero(~near(streets.network.node_xy, tile.box, 0.0) & (not tile.whole)).astype(np.int32)
    seeds = Seeds(np.array([0, len(beyond)], dtype=np.int32), beyond, np.zeros(len(beyond)))
    from_outside_m, _ = streets.searches.nearest(seeds)
    return proved(walk_m, from_outside_m)


def _own_nodes(network: Network, first: Rows, own: int) -> Rows:
    """Give the nodes of the tile that no shard before it has, in the order of their cells."""
    ends = np.stack([network.start, network.end])
    rows = np.setdiff1d(ends[:, first[own] : first[own + 1]], ends[:, : first[own]])
    return rows[np.argsort(cells_of(network.node_xy[rows]))]


# All tiles ----------------------------------------------------------------------------------------------------------


def nearest_of_files(
    shards: Sequence[Shard],
    schools_xy: Floats,
    homes_xy: Floats | None = None,
    *,
    halo_m: float = HALO_M,
    run: Run = run_here,
) -> Walks:
    """Give the nearest school of each home, or of each node, over the streets of many files.

    Parameters
    ----------
    shards
        The streets, judged together (`geo.sources.street_shards.joined`).
    schools_xy, homes_xy
        Coordinates [m], shape (points, 2), in the CRS of the streets; every node is asked for unless homes are given.
    halo_m
        Width of the first halo [m], at least the reach within which points are brought to streets.
    run
        How the tiles are searched: here, or on other machines that see the same files.

    Raises
    ------
    NetworkError
        If coordinates are not finite, or the schools of a tile could not be brought to the streets.
    """
    for name, xy in (("schools", schools_xy), ("homes", homes_xy)):
        if xy is not None and not np.isfinite(xy).all():
            raise NetworkError(f"expected finite coordinates of {name}, got some that are not")
    halo_m = max(halo_m, NEAREST_STREET.reach_m)
    schools = _located(shards, schools_xy, halo_m=halo_m, run=run)
    rows_of = _tiles_of(shards, homes_xy)
    found, failed, passes = _passes(shards, rows_of, (homes_xy, schools), halo_m=halo_m, run=run)
    lost = np.setdiff1d(np.arange(len(schools_xy)), schools.point)
    names = tuple(shards[one].name for one in failed)
    if homes_xy is None:
        xy, walk_m, school, certified = _of_nodes([found[one] for one in sorted(found)])
        return Walks(xy, walk_m, school, certified, passes, lost, names)
    walk_m, school = np.full(len(homes_xy), np.inf), np.full(len(homes_xy), -1)
    # Homes that no street is near are in no tile: there is no walk, and that is sure.
    certified = np.ones(len(homes_xy), dtype=bool)
    for one, rows in rows_of.items():
        certified[rows] = one in found
        if one in found:
            walk_m[rows], school[rows] = found[one].walk_m, found[one].school
    return Walks(homes_xy, walk_m, school, certified, passes, lost, names)


def _of_nodes(parts: list[Found]) -> tuple[Floats, Floats, Rows, Mask]:
    """Give place, walk, school and certificate of the nodes of all tiles, one tile after the other."""
    if not parts:
        return np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    return (
        np.concatenate([part.xy for part in parts]),
        np.concatenate([part.walk_m for part in parts]),
        np.concatenate([part.school for part in parts]),
        np.concatenate([part.certified for part in parts]),
    )


def _passes(
    shards: Sequence[Shard],
    rows_of: dict[int, Rows],
    asked: tuple[Floats | None, Access],
    *,
    halo_m: float,
    run: Run,
) -> tuple[dict[int, Found], list[int], tuple[Pass, ...]]:
    """Search tiles with a growing halo until each is proved; give what was found, the tiles that failed, the passes."""
    homes_xy, schools = asked
    found: dict[int, Found] = {}
    passes, failed, left = [], [], list(rows_of)
    while left:
        tiles = [
            _tile(shards, one, None if homes_xy is None else homes_xy[rows_of[one]], halo_m=halo_m, schools=schools)
            for one in left
        ]
        done = list(zip(left, run(walk, tiles), strict=True))
        failed += [one for one, answer in done if answer is None]
        answers = {one: answer for one, answer in done if answer is not None}
        found |= {one: answer for one, answer in answers.items() if answer.certified.all()}
        searched = sum(answer.searched for answer in answers.values())
        certified = sum(int(answer.certified.sum()) for answer in {**answers, **found}.values())
        passes.append(Pass(halo_m, len(left), searched, certified))
        left = [one for one in answers if one not in found]
        halo_m *= 2
    return found, failed, tuple(passes)


def _located(shards: Sequence[Shard], xy: Floats, *, halo_m: float, run: Run) -> Access:
    """Bring points to the streets of all shards."""
    none = np.empty(0, dtype=np.int64)
    nothing = Access(none, none, none, np.empty(0), np.empty(0))
    rows_of = {one: rows for one, rows in _tiles_of(shards, xy).items() if len(rows)}
    tiles = [_tile(shards, one, xy[rows], halo_m=halo_m, schools=nothing) for one, rows in rows_of.items()]
    parts = [nothing]
    for (one, rows), access in zip(rows_of.items(), run(locate, tiles), strict=True):
        if access is None:
            raise NetworkError(
                f"{shards[one].name}: its schools could not be brought to the streets, and all may matter"
            )
        parts.append(access._replace(point=rows[access.point]))
    every = _joined(parts)
    return every.of(np.argsort(every.point, kind="stable"))


def _joined(parts: list[Access]) -> Access:
    return Access(
        point=np.concatenate([part.point for part in parts]),
        shard=np.concatenate([part.shard for part in parts]),
        line=np.concatenate([part.line for part in parts]),
        along_m=np.concatenate([part.along_m for part in parts]),
        access_m=np.concatenate([part.access_m for part in parts]),
    )


def _tiles_of(shards: Sequence[Shard], xy: Floats | None) -> dict[int, Rows]:
    """Give the points of each tile, the nearest one; those that no street can be near are left out."""
    if xy is None:
        return {one: np.empty(0, dtype=np.int64) for one in range(len(shards))}
    nearest_m, tile = np.full(len(xy), np.inf), np.full(len(xy), -1)
    for one, shard in enumerate(shards):
        beside = np.maximum(np.maximum(shard.box[0] - xy, xy - shard.box[1]), 0.0)
        away_m = np.hypot(*beside.T)
        closer = away_m < nearest_m
        nearest_m[closer], tile[closer] = away_m[closer], one
    tile[nearest_m > NEAREST_STREET.reach_m] = -1
    return {one: np.flatnonzero(tile == one) for one in range(len(shards)) if (tile == one).any()}


def _tile(shards: Sequence[Shard], own: int, points: Floats | None, *, halo_m: float, schools: Access) -> Tile:
    """Give a tile with the shards that its halo meets."""
    corners = shards[own].box if points is None else np.concatenate([shards[own].box, points])
    box = box_of(corners) + np.array([[-halo_m], [halo_m]])
    boxes = np.stack([shard.box for shard in shards])
    meets = (boxes[:, 0] <= box[1] + _SLACK_M).all(axis=1) & (boxes[:, 1] >= box[0] - _SLACK_M).all(axis=1)
    numbers = np.flatnonzero(meets)
    around = tuple(shards[number] for number in numbers.tolist())
    mine = schools.of(np.isin(schools.shard, numbers))
    return Tile(int(np.searchsorted(numbers, own)), numbers, around, box, bool(meets.all()), points, mine)
