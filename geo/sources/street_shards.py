"""Streets of many files as compact arrays, one file of arrays each: what is joined is only what a tile needs.

Streets of several files meet as those of one file do, where their ends lie in the same cell of a centimetre. So that
islands stay and courtyards that hang on to nothing go, connected parts are joined over all files before they are judged
by their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import NetworkError, SourceError
from geo.model.network import Network
from geo.sources.streets_files import read_streets
from geo.territory.network import NODE_STEP_M
from geo.territory.walking.graph import Floats, Rows, morton_order

# The smallest islands with a school have some kilometres of ways; a courtyard or a slip of the pen has less.
LEAST_PART_M: Final = 2_000.0
_HALF_CELLS: Final = 2**31


class ShardTask(NamedTuple):
    """A file to read, the CRS in metres to bring it to, and the file of arrays to write."""

    file: str
    crs: str
    out: str


class Shard(NamedTuple):
    """The streets of one file that can be walked, kept as arrays in another.

    Attributes
    ----------
    name, path
        The file as the user knows it, and the file of arrays.
    box
        Low and high corner of its streets [m], shape (2, 2).
    part_m
        Length of each of its connected parts [m], shape (parts,).
    kept
        Which of these parts belong to the network, shape (parts,).
    """

    name: str
    path: str
    box: Floats
    part_m: Floats
    kept: npt.NDArray[np.bool_]


def write_shard(task: ShardTask) -> Shard:
    """Read the streets of a file and keep them as arrays.

    Raises
    ------
    SourceError
        If the file cannot be read, or that of arrays not written.
    NetworkError
        If no street can be walked.
    """
    table = read_streets(Path(task.file), crs=task.crs).table
    table = table[table["walkable"].to_numpy()]
    lines = np.asarray(table.geometry.to_numpy(), dtype=object)
    cell, node = np.unique(_end_cells(lines), return_inverse=True)
    start, end = node.reshape(2, -1)
    links = coo_array((np.ones(len(lines)), (start, end)), shape=(len(cell), len(cell)))
    parts, part = connected_components(links, directed=False)
    _, xy, (bounds,) = shapely.to_ragged_array(lines)
    part_m = np.asarray(np.bincount(part[start], weights=shapely.length(lines), minlength=parts), dtype=np.float64)
    direction = table["walk_direction"].to_numpy(dtype=np.int8)
    arrays = {"xy": xy, "bounds": bounds, "direction": direction, "part": part[start], "cell": cell, "cell_part": part}
    try:
        np.savez(task.out, **arrays)
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise SourceError(task.out, expected="a place to write", got=got, remedy="Name another folder.") from error
    low_high = shapely.total_bounds(lines).reshape(2, 2)
    return Shard(task.file, task.out, low_high, part_m, np.ones(parts, dtype=bool))


def joined(shards: Sequence[Shard], *, least_m: float = LEAST_PART_M) -> list[Shard]:
    """Judge connected parts over all files: give the same shards with what is kept, without those that keep nothing.

    Parameters
    ----------
    shards
        The streets of all files.
    least_m
        A part is kept if its streets are at least so long together [m]; the longest is kept in any case.

    Raises
    ------
    NetworkError
        If there is no shard.
    """
    if not shards:
        raise NetworkError("expected at least one file of streets, got none")
    counts = np.array([len(shard.part_m) for shard in shards])
    first = np.cumsum(counts) - counts
    cells, parts = [], []
    for shard, before in zip(shards, first, strict=True):
        with np.load(shard.path) as arrays:
            cells.append(arrays["cell"])
            parts.append(arrays["cell_part"].astype(np.int64) + before)
    cell, part = np.concatenate(cells), np.concatenate(parts)
    order = np.argsort(cell, kind="stable")
    same = np.flatnonzero(np.diff(cell[order]) == 0)
    links = (part[order[same]], part[order[same + 1]])
    total = int(counts.sum())
    _, whole = connected_components(coo_array((np.ones(len(same)), links), shape=(total, total)), directed=False)
    length_m = np.bincount(whole, weights=np.concatenate([shard.part_m for shard in shards]))
    kept = (length_m[whole] >= least_m) | (whole == length_m.argmax())
    judged = [shard._replace(kept=some) for shard, some in zip(shards, np.split(kept, first[1:]), strict=True)]
    return [shard for shard in judged if shard.kept.any()]


def load(shards: Sequence[Shard]) -> tuple[Network, Rows]:
    """Give the streets of some shards as one network, and the first edge of each shard and the count of edges.

    Edges stand in the order of the shards, and within in that of the file.
    """
    lines, directions = [], []
    for shard in shards:
        with np.load(shard.path) as arrays:
            kept = shard.kept[arrays["part"]]
            every = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, arrays["xy"], (arrays["bounds"],))
            lines.append(every[kept])
            directions.append(arrays["direction"][kept])
    first = np.concatenate([[0], np.cumsum([len(one) for one in lines])])
    return _network(np.concatenate(lines), np.concatenate(directions)), first


def _end_cells(lines: npt.NDArray[Any]) -> Rows:
    """Give the cell in which each line begins and ends, shape (2, lines)."""
    return np.stack([cells_of(shapely.get_coordinates(shapely.get_point(lines, place))) for place in (0, -1)])


def cells_of(xy: Floats) -> Rows:
    """Give the cell of a centimetre in which each point lies, as one number, shape (points,)."""
    cell = np.rint(xy / NODE_STEP_M).astype(np.int64)
    return np.asarray((cell[:, 0] << np.int64(32)) + cell[:, 1])


def _network(lines: npt.NDArray[Any], direction: npt.NDArray[np.int8]) -> Network:
    cell, node = np.unique(_end_cells(lines), return_inverse=True)
    x = (cell + _HALF_CELLS) >> np.int64(32)
    xy = np.stack([x, cell - (x << np.int64(32))], axis=1) * NODE_STEP_M
    order = morton_order(xy)
    start, end = np.argsort(order)[node.reshape(2, -1)]
    return Network(
        node_xy=xy[order],
        start=start,
        end=end,
        length_m=shapely.length(lines),
        direction=direction,
        lines=lines,
        dropped_m=0.0,
        street=np.arange(len(lines)),
    )
