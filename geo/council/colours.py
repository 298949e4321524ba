"""Colours that say how full a school is, and colours that tell sectors apart.

Never colour alone: each band also has a name, and those that matter most a hatch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import geopandas as gpd
import shapely

from geo.council.words import Lang, percent, say

# Sums of fractions of pupils end a few bits beside the whole number that they mean.
_ROUNDING: Final = 1e-9
# Sectors that face each other across a gap narrower than this are neighbours to the eye.
_TOUCH_M: Final = 1.0
# Decimals of a percentage: as many as it takes not to stand on the wrong side of a limit.
_MOST_DIGITS: Final = 3


@dataclass(frozen=True)
class Band:
    """A class of occupancy and how it is drawn.

    Attributes
    ----------
    code
        Name of the class in the catalogue of words.
    low, high
        Occupancy from `low` to below `high` [share]; 100 % belongs to the band below it. NaN for 'not known'.
    fill, ink
        Colour of its area, and of a text or a hatch on it.
    hatch
        Pattern of matplotlib over its area; empty for none.
    """

    code: str
    low: float
    high: float
    fill: str
    ink: str
    hatch: str = ""

    def name(self, lang: Lang) -> str:
        """Give its name: 'en surcharge'."""
        return say(f"band.{self.code}.name", lang)

    def limits(self, lang: Lang) -> str:
        """Give its limits: '85 % à 95 %'."""
        return say(f"band.{self.code}.limits", lang, low=self.low, high=self.high)


# From the emptiest to the fullest. The lightness falls from one to the next, so that a black-and-white print keeps
# the order; the departement of the Somme calls a school below 65 % under-used.
BANDS: Final[tuple[Band, ...]] = (
    Band("under", 0.0, 0.65, "#E4F3FB", "#1A1A1A"),
    Band("roomy", 0.65, 0.85, "#F2CF7E", "#1A1A1A"),
    Band("filled", 0.85, 0.95, "#E29A45", "#1A1A1A"),
    Band("full", 0.95, 1.0, "#BA5524", "#FFFFFF"),
    Band("over", 1.0, math.inf, "#761616", "#FFFFFF", "///"),
)
OVER: Final[Band] = BANDS[-1]
UNKNOWN: Final = Band("unknown", math.nan, math.nan, "#FFFFFF", "#A3A3A3", "xx")

# Okabe and Ito's colours without black, and a grey: told apart by colour-blind people too.
_SCHOOL_FILLS: Final = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#CC79A7",
    "#0072B2",
    "#D55E00",
    "#BBBBBB",
)


def band_of(occupancy_share: float) -> Band:
    """Give the class of an occupancy [share]; a limit opens the class above it, but 100 % is not yet overfull."""
    if math.isnan(occupancy_share):
        return UNKNOWN
    if occupancy_share > OVER.low + _ROUNDING:
        return OVER
    return next(band for band in reversed(BANDS[:-1]) if occupancy_share >= band.low - _ROUNDING)


def occupancy_text(occupancy_share: float, lang: Lang) -> str:
    """Write an occupancy [share] as a percentage that does not gainsay its class.

    In whole percents, and with decimals only where rounding would make an overfull school full, or an under-used one
    used: 100.3 % is not 100 %.
    """
    for digits in range(_MOST_DIGITS):
        if _extreme(round(occupancy_share, digits + 2)) == _extreme(occupancy_share):
            return percent(occupancy_share, lang, digits=digits)
    return percent(occupancy_share, lang, digits=_MOST_DIGITS)


def _extreme(occupancy_share: float) -> str:
    """Name the class of an occupancy if it is an outermost one; the limits between the others read both ways."""
    band = band_of(occupancy_share)
    return band.code if band in {BANDS[0], OVER} else ""


def school_palette(count: int) -> tuple[str, ...]:
    """Give `count` fills that can be told apart, the most different ones first; from nine on they come again."""
    return tuple(_SCHOOL_FILLS[place % len(_SCHOOL_FILLS)] for place in range(count))


def school_colours(sectors: gpd.GeoDataFrame) -> dict[str, str]:
    """Give each school a fill that differs from those of the schools whose sectors touch its own.

    To be computed once, from the map in force: the colours then stay while units move.

    Parameters
    ----------
    sectors
        Areas with a column ``schools`` (tuple of ``school_id``), in a CRS in metres.

    Returns
    -------
    colours
        From ``school_id`` to its fill, in the order of the ids. Should a school have neighbours of all colours, it
        takes the one that the fewest of them have.
    """
    near = _neighbours(sectors)
    chosen: dict[str, int] = {}
    while len(chosen) < len(near):
        school = _hardest(near, chosen)
        taken = [chosen[other] for other in near[school] if other in chosen]
        chosen[school] = min(range(len(_SCHOOL_FILLS)), key=lambda fill: (taken.count(fill), fill))
    return {school: _SCHOOL_FILLS[chosen[school]] for school in sorted(chosen)}


def _neighbours(sectors: gpd.GeoDataFrame) -> dict[str, set[str]]:
    """Give the schools beside each school, or within one shared sector with it."""
    schools = list(sectors["schools"])
    near: dict[str, set[str]] = {school: set() for group in schools for school in group}
    shapes = sectors.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    for here, there in zip(left, right, strict=True):
        for one, other in combinations({*schools[here], *schools[there]}, 2):
            near[one].add(other)
            near[other].add(one)
    return near


def _hardest(near: Mapping[str, set[str]], chosen: Mapping[str, int]) -> str:
    """Give the school without colour whose neighbours have most colours, then most neighbours, then the first id."""

    def difficulty(school: str) -> tuple[int, int]:
        return len({chosen[other] for other in near[school] if other in chosen}), len(near[school])

    return max(sorted(set(near) - set(chosen)), key=difficulty)
