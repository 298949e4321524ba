"""Classes of walks and of detours on maps: from pale to dark, the farthest hatched, so that grey prints read alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from geo.council.colours import UNKNOWN, Band
from geo.council.words import Lang, say

# The detour at which a map speaks up: some minute and a half, and four minutes, of a child's walk.
DETOURS_M: Final = (100.0, 300.0)
NONE: Final = Band("walk-none", math.nan, math.nan, UNKNOWN.fill, UNKNOWN.ink, UNKNOWN.hatch)

_WALK_FILLS: Final = ("#C4E6D5", "#8CC7B9", "#4F9F9C", "#22767D", "#0B4F5C")
_DARK_FROM: Final = 0.6  # of the way from the palest to the darkest: letters and hatches are white from there
_NEAREST: Final = Band("detour-none", 0.0, 0.0, "#F6F4EF", "#1A1A1A")
_DETOURS: Final = (("#F8D08A", "#1A1A1A", ""), ("#E68F35", "#1A1A1A", ""), ("#96330D", "#FFFFFF", "///"))
_SAME_M: Final = 1e-6


def walk_classes(limits_m: Sequence[float]) -> tuple[Band, ...]:
    """Give the classes of walks up to each limit and beyond the last one, the nearest first."""
    return graded_classes("walk", [0.0, *limits_m, math.inf])


def graded_classes(kind: str, edges: Sequence[float]) -> tuple[Band, ...]:
    """Give a class between each two edges, from pale to dark, one without end hatched; codes begin with `kind`."""
    places = np.linspace(0.0, 1.0, len(edges) - 1)
    return tuple(
        Band(
            f"{kind}-{rank}",
            low,
            high,
            _between(place),
            "#FFFFFF" if place >= _DARK_FROM else "#1A1A1A",
            "///" if math.isinf(high) else "",
        )
        for rank, ((low, high), place) in enumerate(zip(pairwise(edges), places, strict=True))
    )


def detour_classes() -> tuple[Band, ...]:
    """Give the classes of how much longer the way to the school of the sector is than to the nearest one."""
    edges = [0.0, *DETOURS_M, math.inf]
    return (
        _NEAREST,
        *(
            Band(f"detour-{rank}", low, high, *look)
            for rank, ((low, high), look) in enumerate(zip(pairwise(edges), _DETOURS, strict=True))
        ),
    )


def class_of(value_m: float, classes: Sequence[Band]) -> Band:
    """Give the class of a walk or a detour [m]; a limit belongs to the nearer class."""
    if math.isnan(value_m):
        return NONE
    return next((band for band in classes if value_m <= band.high + _SAME_M), classes[-1])


def class_text(band: Band, lang: Lang) -> str:
    """Say what a class holds: '400 m à 800 m'."""
    kind, rank = band.code.split("-", 1)
    if rank == "none":
        return say("catchments.band.none" if kind == "walk" else "catchments.band.nearest", lang)
    told = {"low": band.low, "high": band.high}
    prefix = "" if kind == "walk" else "detour_"
    if math.isinf(band.high):
        return say(f"catchments.band.{prefix}beyond", lang, **told)
    return say(f"catchments.band.{prefix}{'within' if band.low == 0 else 'between'}", lang, **told)


def _between(place: float) -> str:
    """Give the colour at a place of the way from the palest to the darkest [0-1]."""
    stops = np.linspace(0.0, 1.0, len(_WALK_FILLS))
    red, green, blue = (
        float(np.interp(place, stops, channel)) for channel in zip(*map(to_rgb, _WALK_FILLS), strict=True)
    )
    return str(to_hex((red, green, blue))).upper()
