"""Rooms that a school needs, grade by grade, and how likely it is to be short of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.projection import Mixing, Projection, ProjectionChoices
from geo.planning.enrolment import capacity_by_school
from geo.planning.projection.progression import Floats

PRIORITY: Final = ("REP", "REP+")


def rooms_needed(pupils: Sequence[int], caps: Sequence[int], *, mixing: Mixing = "same_cap") -> int:
    """Fewest classes that hold the pupils of a school under the caps of its grades [rooms].

    Parameters
    ----------
    pupils
        Whole pupils of each grade, in order [pupils].
    caps
        Largest class of each grade [pupils]; a class of two grades keeps the smaller one.
    mixing
        ``single``: classes of one grade; ``same_cap``: also of two neighbouring grades with the same cap;
        ``adjacent``: also of any two neighbouring grades.

    Raises
    ------
    ValueError
        If pupils and caps do not pair, pupils are negative or a cap is not positive.
    """
    if len(pupils) != len(caps) or min((*pupils, 0)) < 0 or min((*caps, 1)) < 1:
        msg = f"rooms: expected pupils >= 0 and caps >= 1 for the same grades, got {list(pupils)} and {list(caps)}"
        raise ValueError(msg)
    return _rooms_needed(tuple(int(count) for count in pupils), tuple(int(cap) for cap in caps), mixing)


def whole_pupils(grades: Sequence[float]) -> tuple[int, ...]:
    """Round the pupils of grades to whole ones that add up to the rounded sum: largest remainders first."""
    floors = [math.floor(value + 1e-9) for value in grades]
    missing = math.floor(sum(grades) + 0.5 + 1e-9) - sum(floors)
    order = sorted(range(len(floors)), key=lambda place: (floors[place] - grades[place], place))
    for place in order[:missing]:
        floors[place] += 1
    return tuple(floors)


def pressure(city: City, projection: Projection, *, assumptions: Assumptions | None = None) -> pd.DataFrame:
    """Rooms and places that each public school needs and has, year by year, the last rolls first.

    Returns
    -------
    pressure
        Index ``school_id, year``: ``pupils``, ``low_pupils``, ``high_pupils`` [pupils]; ``rooms`` (there are),
        ``rooms_needed``, ``low_rooms`` and ``high_rooms`` (at the ends of the interval) and ``rooms_single`` (with
        classes of one grade only) [rooms]; ``capacity_pupils`` [pupils] and ``occupancy_share`` [share];
        ``overflow_probability`` (more pupils than places) and ``short_probability`` (more rooms needed than there
        are) [0-1], both NaN where rooms or places are not known. On the last rolls nothing is uncertain.
    """
    level = projection.level
    schools = city.schools_of(level)
    there = capacity_by_school(city, level, assumptions or Assumptions())
    places = dict(zip(there.index, there[["rooms", "capacity_pupils"]].to_numpy(dtype=np.float64), strict=True))
    halved = schools["priority_education"].isin(PRIORITY)
    grades = _by_grade(projection)
    grades = grades[grades.index.get_level_values("school_id").isin(schools.index)]
    ends = projection.schools[["low_pupils", "high_pupils"]].reindex(grades.index)
    rows = [
        _row(
            np.asarray(counts, dtype=np.float64),
            ends=(low, high),
            caps=projection.choices.caps_of(level, halved=bool(halved[school])),
            places=places[school],
            projection=projection,
        )
        for (school, _), counts, (low, high) in zip(grades.index, grades.to_numpy(), ends.to_numpy(), strict=True)
    ]
    return pd.DataFrame(rows, index=grades.index)


def rooms_of(grades: Sequence[float], level: Level, choices: ProjectionChoices, *, halved: bool = False) -> int:
    """Fewest classes for the pupils expected in each grade of `level` [rooms]; fractions are rounded together."""
    return rooms_needed(whole_pupils(grades), choices.caps_of(level, halved=halved), mixing=choices.mixing)


@lru_cache(maxsize=65536)
def _rooms_needed(pupils: tuple[int, ...], caps: tuple[int, ...], mixing: Mixing) -> int:
    """Go through the grades, keeping for each number of rooms the most places left in a class shared with the next.

    One shared class between two neighbours is enough: of two, one could be filled from a single grade, whose cap is no
    smaller. A shared class takes from the grade below what does not fill classes of its own.
    """
    spare_of = {0: 0}
    for place, (count, cap) in enumerate(zip(pupils, caps, strict=True)):
        shared = _shared_cap(caps, place, mixing)
        found: dict[int, int] = {}
        for rooms, spare in spare_of.items():
            left = max(count - spare, 0)
            for own in range(max(math.ceil((left - shared) / cap), 0), math.ceil(left / cap) + 1):
                rest = max(left - own * cap, 0)
                used = rooms + own + (rest > 0)
                found[used] = max(found.get(used, 0), shared - rest if rest else 0)
        spare_of = found
    return min(spare_of)


def _shared_cap(caps: tuple[int, ...], place: int, mixing: Mixing) -> int:
    """Largest class that the grade may share with the next one [pupils]; 0 if it may not."""
    if mixing == "single" or place + 1 == len(caps):
        return 0
    if mixing == "same_cap" and caps[place] != caps[place + 1]:
        return 0
    return min(caps[place], caps[place + 1])


def _by_grade(projection: Projection) -> pd.DataFrame:
    """Pupils by school and year, one column a grade [pupils], from the last rolls on."""
    grades = list(GRADES[projection.level])
    coming = projection.pupils["pupils"].reset_index()
    first = projection.pupils["last_roll_pupils"].xs(projection.years[0], level="year").rename("pupils").reset_index()
    every = pd.concat([first.assign(year=projection.last_year), coming])
    wide = every.pivot_table(index=["school_id", "year"], columns="grade", values="pupils", aggfunc="sum")
    return wide.reindex(columns=grades).fillna(0.0).sort_index()


def _row(
    grades: Floats,
    *,
    ends: tuple[float, float],
    caps: tuple[int, ...],
    places: Floats,
    projection: Projection,
) -> dict[str, float]:
    """Give the figures of one school and year; `places` are its rooms and its pupils, `ends` those of the interval."""
    pupils, (rooms, capacity) = float(grades.sum()), places.tolist()
    mixing = projection.choices.mixing
    low, high = (pupils, pupils) if math.isnan(ends[0]) else ends
    draws = _draws(pupils, low=low, high=high, shape=projection.shape)
    needed = [_scaled(grades, draw, caps=caps, mixing=mixing) for draw in draws]
    return {
        "pupils": pupils,
        "low_pupils": low,
        "high_pupils": high,
        "rooms": rooms,
        "rooms_needed": _scaled(grades, pupils, caps=caps, mixing=mixing),
        "low_rooms": _scaled(grades, low, caps=caps, mixing=mixing),
        "high_rooms": _scaled(grades, high, caps=caps, mixing=mixing),
        "rooms_single": _scaled(grades, pupils, caps=caps, mixing="single"),
        "capacity_pupils": capacity,
        "occupancy_share": pupils / capacity if capacity > 0 else math.nan,
        "overflow_probability": math.nan if math.isnan(capacity) else float(np.mean(draws > capacity + 1e-9)),
        "short_probability": math.nan if math.isnan(rooms) else float(np.mean(np.array(needed) > rooms)),
    }


def _draws(pupils: float, *, low: float, high: float, shape: Sequence[float]) -> Floats:
    """Numbers of pupils that are as likely as one another [pupils]."""
    errors = np.array(shape)
    drawn: Floats = np.maximum(pupils + np.where(errors > 0, errors * (high - pupils), errors * (pupils - low)), 0.0)
    return drawn if high > low else np.array([pupils])


def _scaled(grades: Floats, pupils: float, *, caps: tuple[int, ...], mixing: Mixing) -> int:
    """Rooms for so many pupils in all, the grades in proportion [rooms]."""
    total = float(grades.sum())
    share = grades * (pupils / total) if total > 0 else np.full(len(grades), pupils / len(grades))
    return _rooms_needed(whole_pupils(list(share)), caps, mixing)
