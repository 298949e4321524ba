"""Classes of the figures about pupils and rooms to come: a colour, a name and a sign, never a colour alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from geo.council.colours import BANDS, UNKNOWN, Band, band_of, occupancy_text
from geo.council.words import Lang, number, percent, say

Measure = Literal["pupils", "occupancy_share", "rooms_balance", "overflow_probability", "short_probability"]
MEASURES: Final[tuple[Measure, ...]] = (
    "pupils",
    "occupancy_share",
    "rooms_balance",
    "overflow_probability",
    "short_probability",
)

# Rooms needed minus rooms there: what lacks counts, not how much is spare.
_ROOMS: Final = (
    Band("rooms_spare", -math.inf, 0.0, BANDS[0].fill, BANDS[0].ink),
    Band("rooms_just", 0.0, 1.0, BANDS[1].fill, BANDS[1].ink),
    Band("rooms_one", 1.0, 2.0, BANDS[3].fill, BANDS[3].ink),
    Band("rooms_many", 2.0, math.inf, BANDS[4].fill, BANDS[4].ink, BANDS[4].hatch),
)
# One in ten, one in three, two in three, nine in ten: limits at which scientific reports change their words, too.
_RISKS: Final = (
    Band("risk_none", 0.0, 0.1, BANDS[0].fill, BANDS[0].ink),
    Band("risk_low", 0.1, 1 / 3, BANDS[1].fill, BANDS[1].ink),
    Band("risk_even", 1 / 3, 2 / 3, BANDS[2].fill, BANDS[2].ink),
    Band("risk_high", 2 / 3, 0.9, BANDS[3].fill, BANDS[3].ink),
    Band("risk_sure", 0.9, math.inf, BANDS[4].fill, BANDS[4].ink, BANDS[4].hatch),
)
_WORST, _NEXT, _LITTLE = "▲", "△", "▽"
SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "over": _WORST,
        "full": _NEXT,
        "under": _LITTLE,
        "rooms_many": _WORST,
        "rooms_one": _NEXT,
        "risk_sure": _WORST,
        "risk_high": _NEXT,
    }
)
# Sums of fractions of pupils end a few bits beside the limit that they mean.
_ROUNDING: Final = 1e-9


def classes_of(measure: Measure) -> tuple[Band, ...]:
    """Give the classes of a measure, the easiest first; pupils have those of the occupancy that they make."""
    if measure == "rooms_balance":
        return _ROOMS
    return _RISKS if measure.endswith("probability") else BANDS


def class_of(measure: Measure, value: float) -> Band:
    """Give the class of a value; for ``pupils`` the value is the occupancy that they make [share]."""
    if math.isnan(value):
        return UNKNOWN
    if classes_of(measure) is BANDS:
        return band_of(value)
    return next(band for band in reversed(classes_of(measure)) if value >= band.low - _ROUNDING)


def measure_text(measure: Measure, value: float, lang: Lang) -> str:
    """Write a value the way of its measure: '362', '99 %', 'manque 2'."""
    if measure == "pupils" or math.isnan(value):
        return number(value, lang)
    if measure == "occupancy_share":
        return occupancy_text(value, lang)
    if measure == "rooms_balance":
        kind = "short" if value > 0 else "spare" if value < 0 else "just"
        return say(f"pupils.rooms.{kind}", lang, count=abs(round(value)))
    return percent(value, lang)


def signed_text(text: str, code: str) -> str:
    """Put the sign of a class before a text, so that the class is seen without its colour."""
    return f"{SIGNS[code]}\u202f{text}" if code in SIGNS else text
