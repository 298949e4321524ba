"""The places of one kind: for which ages, how many seats, open or not; and what cannot be asked about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import AGES, Level
from geo.model.note import Note
from geo.model.opening import State, read_hours, state_at
from geo.model.reach import LONGEST_MIN, Asked, Offer, ReachChoices
from geo.planning.enrolment import capacity_by_school

_ABSENT: Final = frozenset({"reach-refused-places", "reach-refused-canteens", "reach-refused-level"})
# Whatever is open then, or on that day at hours that are not told.
COUNTED: Final[tuple[State, ...]] = ("open", "day")


def completed(city: City, asked: Asked, choices: ReachChoices) -> Asked:
    """Fill in the level and the ages that were left open, those that the city and the kind of place have."""
    level = asked.level or next(iter(city.current), None)
    if not asked.offer.of_schools:
        level = None
    usual = (AGES[level][0], AGES[level][-1]) if level else choices.ages_of(asked.offer)
    return Asked(asked.offer, asked.minutes, asked.ages or usual or ages_known(city), asked.at, level)


def ages_known(city: City) -> tuple[int, int]:
    """Youngest and oldest age of the children of the last year known [years]."""
    years = city.tables["children"].index.to_frame(index=False)
    ages = years.loc[years["year"] == years["year"].max(), "age"]
    return int(ages.min()), int(ages.max())


def refusal(city: City, asked: Asked, choices: ReachChoices | None = None) -> Note | None:
    """Say why a question cannot be answered for a city; None if it can."""
    chosen = choices or ReachChoices()
    return next(_refusals(city, completed(city, asked, chosen), chosen), None)


def kinds_of(city: City, level: Level) -> tuple[Offer, ...]:
    """Give the kinds of place that a city has, whoever they are for; schools and canteens are those of `level`."""
    choices = ReachChoices()
    wide = [completed(city, Asked(offer, level=level), choices) for offer in Offer]
    return tuple(one.offer for one in wide if not _ABSENT & {note.code for note in _refusals(city, one, choices)})


def _refusals(city: City, asked: Asked, choices: ReachChoices) -> Iterator[Note]:
    if not 0 < asked.minutes <= LONGEST_MIN:
        yield Note("reach-refused-minutes", {"minutes": asked.minutes, "longest": LONGEST_MIN})
    first, last = asked.ages or ages_known(city)
    if first > last:
        yield Note("reach-refused-order", {"first": first, "last": last})
    known = set(city.tables["children"].index.get_level_values("age"))
    missing = sorted(set(range(first, last + 1)) - known)
    if missing:
        yield Note(
            "reach-refused-ages", {"missing": ", ".join(map(str, missing)), "first": min(known), "last": max(known)}
        )
    if asked.offer.of_schools and asked.level not in city.current:
        yield Note("reach-refused-level", {"level": asked.level or Level.NURSERY})
        return
    if offered(city, asked, choices).empty and asked.offer is Offer.CANTEEN:
        yield Note("reach-refused-canteens", {"level": asked.level})
    elif offered(city, asked, choices).empty:
        yield Note("reach-refused-places", {"offer": asked.offer, "first": first, "last": last})


def offered(city: City, asked: Asked, choices: ReachChoices) -> gpd.GeoDataFrame:
    """Give the places of the kind that take any of the ages.

    Parameters
    ----------
    city, choices
        The city, and the hours of schools, the sittings of canteens and the ages of each kind of place.
    asked
        The question, completed.

    Returns
    -------
    places
        Index ``place_id``: ``name``, ``seats`` [seats], NaN where not known, ``age_from``, ``age_to`` [years],
        ``state``, ``counted``, geometry a point.
    """
    found = _of_schools(city, asked, choices) if asked.offer.of_schools else _of_table(city, asked, choices)
    first, last = asked.ages or ages_known(city)
    found = found[(found["age_from"] <= last) & (found["age_to"] >= first)]
    rules = {text: read_hours(text) for text in set(found["open"])}
    states = [state_at(rules[text], asked.at) if asked.at else "open" for text in found["open"]]
    found = found.assign(state=pd.Series(states, index=found.index, dtype="str"))
    return found.assign(counted=found["state"].isin(COUNTED))[
        ["name", "seats", "age_from", "age_to", "state", "counted", "geometry"]
    ]


def _of_schools(city: City, asked: Asked, choices: ReachChoices) -> gpd.GeoDataFrame:
    """Give the public schools of the level, or those of them that have a canteen."""
    level = asked.level or Level.NURSERY
    schools = city.schools_of(level)[["name", "geometry"]]
    if asked.offer is Offer.SCHOOL:
        seats, hours = capacity_by_school(city, level, Assumptions())["capacity_pupils"], choices.school_hours
    else:
        at_once = city.tables["rooms"].xs(level, level="level")["canteen_seats"].astype("float64")
        seats, hours = at_once * choices.canteen_sittings, choices.canteen_hours
        if seats.isna().all():
            schools = schools.iloc[:0]
    ages = AGES[level]
    told = schools.assign(seats=seats.reindex(schools.index), age_from=ages[0], age_to=ages[-1], open=hours)
    kept = told[told["seats"] != 0] if asked.offer is Offer.CANTEEN else told
    return kept.rename_axis("place_id")


def _of_table(city: City, asked: Asked, choices: ReachChoices) -> gpd.GeoDataFrame:
    """Give the places of the table, with the ages of their kind where their own are not told."""
    places = city.layer("places")
    places = places[places["kind"] == asked.offer].sort_index()
    youngest, oldest = choices.ages_of(asked.offer) or ages_known(city)
    return places.assign(
        seats=places["seats"].astype("float64"),
        age_from=places["age_from"].fillna(youngest).astype("int64"),
        age_to=places["age_to"].fillna(oldest).astype("int64"),
    )
