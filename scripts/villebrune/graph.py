"""From lines to a clean street network: pieces that meet exactly, no crumbs, everything connected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Point, STRtree

from villebrune.blocks import Way

Node = tuple[float, float]

SHORTEST_PIECE_M: Final = 17.0
SHORTEST_DEAD_END_M: Final = 30.0
MISSING_LINK_M: Final = 12.0
LOOSE_SHARE: Final = {"old": 0.03, "faubourg": 0.04, "houses": 0.09, "loops": 0.10, "estate": 0.06}


@dataclass(frozen=True)
class Piece:
    """A piece of street between two crossings.

    Attributes
    ----------
    line
        Its course, coordinates on whole centimetres [m].
    way
        Number of the way that it belongs to.
    """

    line: LineString
    way: int

    @property
    def start(self) -> Node:
        """First crossing."""
        return self.line.coords[0]

    @property
    def end(self) -> Node:
        """Last crossing."""
        return self.line.coords[-1]


def weave(ways: Sequence[Way], rng: np.random.Generator) -> list[Piece]:
    """Cut the ways where they meet, clean the network and loosen it; the pieces come from west to east."""
    pieces = _noded([Piece(way.line, number) for number, way in enumerate(ways)])
    pieces = _noded([*pieces, *_missing_links(pieces)])
    pieces = _loosened(_tidied(pieces), ways, rng)
    pieces = _tidied(pieces)
    return sorted(pieces, key=lambda piece: (piece.line.centroid.coords[0], piece.start))


def _noded(drawn: Sequence[Piece]) -> list[Piece]:
    """Cut lines wherever they meet."""
    lines = [piece.line for piece in drawn]
    parts = shapely.get_parts(shapely.line_merge(shapely.unary_union(lines, grid_size=0.01)))
    noded = shapely.get_parts(shapely.unary_union(list(parts), grid_size=0.01))
    middles = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    _, parents = STRtree(lines).query_nearest(middles, all_matches=False)
    return [Piece(_on_grid(line), drawn[parent].way) for line, parent in zip(noded, parents, strict=True)]


def _missing_links(pieces: Sequence[Piece]) -> list[Piece]:
    """Short lines from dead ends that all but reach another street to a little beyond it."""
    count = degrees(pieces)
    tree = STRtree([piece.line for piece in pieces])
    links = []
    for number, piece in enumerate(pieces):
        for end in (piece.start, piece.end):
            near = tree.query(Point(end), predicate="dwithin", distance=MISSING_LINK_M) if count[end] == 1 else []
            others = [pieces[other].line for other in near if other != number]
            if others:
                line = min(others, key=Point(end).distance)
                foot = np.array(line.interpolate(line.project(Point(end))).coords[0])
                reach = foot - np.array(end)
                beyond = foot + reach / max(float(np.hypot(*reach)), 0.01) * 0.5
                links.append(Piece(LineString([end, tuple(beyond)]), piece.way))
    return [link for link in links if link.line.length > 0]


def _on_grid(line: LineString) -> LineString:
    return LineString(np.round(shapely.get_coordinates(line), 2))


def _tidied(pieces: list[Piece]) -> list[Piece]:
    """Drop short dead ends, draw crossings together that nearly coincide, join pieces that only bend."""
    while True:
        before = len(pieces)
        pieces = _without_crumbs(pieces)
        pieces = _contracted(pieces)
        pieces = _joined(pieces)
        if len(pieces) == before:
            return _largest_part(pieces)


def degrees(pieces: Iterable[Piece]) -> dict[Node, int]:
    """How many pieces end at each crossing."""
    count: dict[Node, int] = defaultdict(int)
    for piece in pieces:
        count[piece.start] += 1
        count[piece.end] += 1
    return dict(count)


def _without_crumbs(pieces: list[Piece]) -> list[Piece]:
    while True:
        count = degrees(pieces)
        kept = [
            piece
            for piece in pieces
            if piece.line.length >= SHORTEST_DEAD_END_M or min(count[piece.start], count[piece.end]) > 1
        ]
        if len(kept) == len(pieces):
            return kept
        pieces = kept


def _contracted(pieces: list[Piece]) -> list[Piece]:
    """Draw the two ends of each very short piece together in its middle."""
    target: dict[Node, Node] = {}
    for piece in sorted(pieces, key=lambda piece: piece.line.length):
        if piece.line.length >= SHORTEST_PIECE_M:
            break
        if piece.start in target or piece.end in target or piece.start == piece.end:
            continue
        middle = tuple(np.round((np.array(piece.start) + np.array(piece.end)) / 2, 2).tolist())
        target[piece.start] = target[piece.end] = middle
    moved = [_moved(piece, target) for piece in pieces]
    return _single([piece for piece in moved if piece is not None])


def _moved(piece: Piece, target: dict[Node, Node]) -> Piece | None:
    start, end = target.get(piece.start, piece.start), target.get(piece.end, piece.end)
    if start == piece.start and end == piece.end:
        return piece
    if start == end and piece.line.length < 4 * SHORTEST_PIECE_M:
        return None
    inner = [
        point
        for point in piece.line.coords[1:-1]
        if np.hypot(point[0] - start[0], point[1] - start[1]) > 6 < np.hypot(point[0] - end[0], point[1] - end[1])
    ]
    return replace(piece, line=LineString([start, *inner, end]))


def _single(pieces: list[Piece]) -> list[Piece]:
    """Keep the shortest of several pieces between the same two crossings when they are much alike."""
    best: dict[frozenset[Node], Piece] = {}
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.line.length):
        ends = frozenset((piece.start, piece.end))
        if len(ends) == 2 and ends in best and piece.line.length < 1.3 * best[ends].line.length:
            continue
        best.setdefault(ends, piece)
        kept.append(piece)
    return kept


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Join the two pieces that meet where nothing else does."""
    ends: dict[Node, list[int]] = defaultdict(list)
    current: dict[int, Piece] = dict(enumerate(pieces))
    for number, piece in current.items():
        ends[piece.start].append(number)
        ends[piece.end].append(number)
    for node in sorted(ends):
        pair = ends[node]
        if len(pair) != 2 or pair[0] == pair[1]:
            continue
        first, second = current.pop(pair[0]), current.pop(pair[1])
        one = first.line.coords[:] if first.end == node else first.line.coords[::-1]
        two = second.line.coords[:] if second.start == node else second.line.coords[::-1]
        longer = first if first.line.length >= second.line.length else second
        current[pair[0]] = Piece(LineString([*one, *two[1:]]), longer.way)
        far = two[-1]
        ends[far] = [pair[0] if number == pair[1] else number for number in ends[far]]
        ends[node] = []
    return list(current.values())


def _largest_part(pieces: list[Piece]) -> list[Piece]:
    labels = _parts(pieces)
    length = np.bincount(labels, weights=[piece.line.length for piece in pieces])
    return [piece for piece, label in zip(pieces, labels, strict=True) if label == length.argmax()]


def _parts(pieces: Sequence[Piece]) -> np.ndarray:
    """Label of the connected part of each piece."""
    number = {node: i for i, node in enumerate(sorted(degrees(pieces)))}
    rows = [number[piece.start] for piece in pieces]
    columns = [number[piece.end] for piece in pieces]
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(number), len(number)))
    return connected_components(graph, directed=False)[1][rows]


def _loosened(pieces: list[Piece], ways: Sequence[Way], rng: np.random.Generator) -> list[Piece]:
    """Take away a few small streets, or their second half, where the town stays in one piece without them."""
    pieces = sorted(pieces, key=lambda piece: (piece.start, piece.end, piece.line.length))
    for number in rng.permutation(len(pieces)):
        piece = pieces[number]
        share = LOOSE_SHARE.get(ways[piece.way].pattern, 0.0)
        if rng.random() >= share or piece.line.length > 220:
            continue
        rest = [other for other in pieces if other is not piece]
        count = degrees(rest)
        if min(count.get(piece.start, 0), count.get(piece.end, 0)) < 2 or _parts(rest).max() > 0:
            continue
        stump = shapely.ops.substring(piece.line, 0, 0.55 * piece.line.length)
        pieces[number] = Piece(_on_grid(stump), piece.way)
    return pieces
