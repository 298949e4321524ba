"""Which name each piece of a main road bears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from shapely import Point

from villebrune import sketch
from villebrune.blocks import Way
from villebrune.graph import Node, Piece


def road_names(pieces: Sequence[Piece], ways: Sequence[Way]) -> dict[int, str]:
    """Name of each piece of a main road, by where it lies along the line of the sketch."""
    sketched = {f"road:{road.code}": road.names for road in sketch.ROADS}
    meeting = _road_crossings(pieces, ways)
    names: dict[int, str] = {}
    for code, choices in sketched.items():
        line = next(way.line for way in ways if way.code == code)
        stops = sorted({round(line.project(Point(node)), 2) for node in meeting.get(code, ())})
        cuts = _cuts(stops, line.length, len(choices))
        for number, piece in enumerate(pieces):
            if ways[piece.way].code == code:
                middle = line.project(piece.line.interpolate(0.5, normalized=True))
                names[number] = choices[int(np.searchsorted(cuts, middle))]
    return names


def _road_crossings(pieces: Sequence[Piece], ways: Sequence[Way]) -> dict[str, list[Node]]:
    """Crossings of each main road with another main road."""
    codes: dict[Node, set[str]] = defaultdict(set)
    for piece in pieces:
        if ways[piece.way].pattern == "road":
            codes[piece.start].add(ways[piece.way].code)
            codes[piece.end].add(ways[piece.way].code)
    meeting: dict[str, list[Node]] = defaultdict(list)
    for node, found in codes.items():
        if len(found) > 1:
            for code in found:
                meeting[code].append(node)
    return meeting


def _cuts(stops: list[float], length: float, count: int) -> list[float]:
    """The `count` - 1 stops that divide the length most evenly."""
    inner = [stop for stop in stops if 40 < stop < length - 40]
    cuts: list[float] = []
    for k in range(1, count):
        free = [stop for stop in inner if not cuts or stop > cuts[-1] + 40]
        cuts.append(min(free, key=lambda stop: abs(stop - k * length / count)) if free else length * k / count)
    return sorted(cuts)
