"""From pieces to streets: which pieces continue each other under one name, and where a street begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from shapely import LineString

from villebrune import sketch
from villebrune.blocks import Way
from villebrune.graph import Node, Piece, degrees
from villebrune.roads import road_names

LONGEST_STREET_M: Final = 850.0
LONG_STREET_M: Final = 380.0
SHARPEST_BEND_DEG: Final = 50.0
SAME_WAY_BONUS_DEG: Final = 25.0


@dataclass(frozen=True)
class Street:
    """A run of pieces under one name, in the direction of its numbers.

    Attributes
    ----------
    pieces
        Numbers of its pieces.
    lines
        Their courses, each from the lower numbers to the higher ones [m].
    pattern, theme
        How its surroundings are built and what it is named after.
    name
        Name fixed in the sketch; empty for a small street.
    dead_end
        Whether it leads nowhere.
    """

    pieces: tuple[int, ...]
    lines: tuple[LineString, ...]
    pattern: str
    theme: str
    name: str
    dead_end: bool

    @cached_property
    def line(self) -> LineString:
        """The whole course [m]."""
        first, *rest = (list(line.coords) for line in self.lines)
        return LineString([*first, *(point for line in rest for point in line[1:])])

    @cached_property
    def length_m(self) -> float:
        """Length [m]."""
        return sum(line.length for line in self.lines)


Run = list[tuple[int, bool]]  # pieces, and whether each is walked from its end to its start


def lay_streets(pieces: Sequence[Piece], ways: Sequence[Way]) -> list[Street]:
    """Group the pieces into streets: main roads by their names, small streets by straight continuation."""
    count = degrees(pieces)
    names = road_names(pieces, ways)
    joins = _joins(pieces, ways, names)
    on_roads = {node for number in names for node in (pieces[number].start, pieces[number].end)}
    runs = [part for run in _runs(pieces, joins) for part in _shortened(run, pieces, names, on_roads=on_roads)]
    streets = [_street(run, pieces, ways[pieces[run[0][0]].way], count=count) for run in runs]
    named = [replace(street, name=names.get(street.pieces[0], "")) for street in streets]
    return sorted(named, key=lambda street: street.pieces)


def _joins(pieces: Sequence[Piece], ways: Sequence[Way], names: Mapping[int, str]) -> dict[tuple[int, Node], int]:
    """Which piece continues a piece at a crossing: the straightest pairs first."""
    at: dict[Node, list[int]] = defaultdict(list)
    for number, piece in enumerate(pieces):
        at[piece.start].append(number)
        at[piece.end].append(number)
    joins: dict[tuple[int, Node], int] = {}
    for node in sorted(at):
        numbers = sorted(set(at[node]))
        bends = sorted(
            (_bend(pieces[a], pieces[b], node) - _kinship_deg(ways[pieces[a].way], ways[pieces[b].way]), a, b)
            for i, a in enumerate(numbers)
            for b in numbers[i + 1 :]
            if names.get(a) == names.get(b)
        )
        for bend, a, b in bends:
            limit = 90.0 if a in names else SHARPEST_BEND_DEG
            if bend < limit and (a, node) not in joins and (b, node) not in joins:
                joins[a, node], joins[b, node] = b, a
    return joins


def _kinship_deg(one: Way, other: Way) -> float:
    """How much sharper two ways may bend and still be one street [degrees]."""
    if one.code == other.code:
        return SAME_WAY_BONUS_DEG
    return 0.0 if one.theme == other.theme else -SAME_WAY_BONUS_DEG


def _bend(one: Piece, other: Piece, node: Node) -> float:
    """How far the way bends at the crossing [degrees]; 0 goes straight on."""
    first, second = (_leaving(piece, node) for piece in (one, other))
    cosine = float(np.clip(-(first @ second), -1, 1))
    return float(np.degrees(np.arccos(cosine)))


def _leaving(piece: Piece, node: Node) -> np.ndarray:
    """Unit vector from the crossing along the first metres of the piece."""
    line = piece.line if piece.start == node else LineString(piece.line.coords[::-1])
    ahead = np.array(line.interpolate(min(12.0, line.length)).coords[0]) - np.array(node)
    return ahead / max(float(np.hypot(*ahead)), 1e-9)


def _runs(pieces: Sequence[Piece], joins: dict[tuple[int, Node], int]) -> Iterator[Run]:
    """Chains of joined pieces."""
    seen: set[int] = set()
    heads = [n for n, piece in enumerate(pieces) if (n, piece.start) not in joins or (n, piece.end) not in joins]
    for head in [*heads, *range(len(pieces))]:
        if head in seen:
            continue
        backwards = (head, pieces[head].start) in joins and (head, pieces[head].end) not in joins
        run: Run = [(head, backwards)]
        seen.add(head)
        while True:
            number, reverse = run[-1]
            node = pieces[number].start if reverse else pieces[number].end
            following = joins.get((number, node))
            if following is None or following in seen:
                break
            run.append((following, pieces[following].start != node))
            seen.add(following)
        yield run


def _shortened(run: Run, pieces: Sequence[Piece], names: Mapping[int, str], *, on_roads: set[Node]) -> list[Run]:
    """Cut a small street that is too long: where it meets a main road, or near its middle if it is very long."""
    length = sum(pieces[number].line.length for number, _ in run)
    if run[0][0] in names or length <= LONG_STREET_M or len(run) < 2:
        return [run]
    so_far = np.cumsum([pieces[number].line.length for number, _ in run])[:-1]
    cuts = [
        i for i in range(1, len(run)) if length > LONGEST_STREET_M or _end_node(run[i], pieces, first=True) in on_roads
    ]
    if not cuts:
        return [run]
    cut = min(cuts, key=lambda i: abs(float(so_far[i - 1]) - length / 2))
    return [
        *_shortened(run[:cut], pieces, names, on_roads=on_roads),
        *_shortened(run[cut:], pieces, names, on_roads=on_roads),
    ]


def _street(run: Run, pieces: Sequence[Piece], way: Way, *, count: dict[Node, int]) -> Street:
    first, last = _end_node(run[0], pieces, first=True), _end_node(run[-1], pieces, first=False)
    dead = min(count[first], count[last]) == 1
    if _begins_at(last, first, count):
        run = [(number, not reverse) for number, reverse in reversed(run)]
    lines = tuple(
        LineString(pieces[number].line.coords[::-1]) if reverse else pieces[number].line for number, reverse in run
    )
    return Street(tuple(number for number, _ in run), lines, way.pattern, way.theme, "", dead)


def _end_node(step: tuple[int, bool], pieces: Sequence[Piece], *, first: bool) -> Node:
    number, reverse = step
    return pieces[number].start if first != reverse else pieces[number].end


def _begins_at(node: Node, other: Node, count: dict[Node, int]) -> bool:
    """Whether numbers begin at `node`: not at a dead end, else at the end that is nearer to the church."""
    if (count[node] == 1) != (count[other] == 1):
        return count[other] == 1
    church = np.array(sketch.CHURCH)
    return float(np.hypot(*(np.array(node) - church))) < float(np.hypot(*(np.array(other) - church)))
