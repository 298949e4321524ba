"""Who can walk to which places, as tables: raw figures that can be sorted, and the same written for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from geo.council.figures import whole_pupils
from geo.council.words import Lang, number, percent, say
from geo.model.reach import Offer
from geo.planning.reach import Reach

HUNDRED: Final = 100
AREA_COLUMNS: Final = (
    "name",
    "children",
    "without",
    "without_share",
    "places",
    "nearest_min",
    "seats_per_100",
    "near_seats_per_100",
)
PLACE_COLUMNS: Final = ("place", "ages", "seats", "reached", "seats_per_100", "state")
_FEW: Final = 10  # below, seats for a hundred children have a decimal
_TEXTS: Final = frozenset({"name", "place", "ages", "state"})
# What a place that does not count has nevertheless, and an area where no child lives.
_ALWAYS: Final = frozenset({*_TEXTS, "seats", "number", "children", "without"})


def area_rows(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the statistical areas, most children without any place first.

    Returns
    -------
    rows
        Index ``iris``, the columns `AREA_COLUMNS`: ``children`` and ``without`` whole [children], ``without_share``
        [share], ``places`` [places], ``nearest_min`` [minutes], seats for a hundred children [seats]; NaN where no
        child lives, or the seats are not known.
    """
    return _of_area(ordered_areas(found, lang))


def place_rows(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the places in the order of their names.

    Returns
    -------
    rows
        Index ``place_id``: ``number`` from 1 on, and the columns `PLACE_COLUMNS`: ``seats`` [seats], ``reached``, the
        children who can walk there [children], ``seats_per_100`` of theirs [seats]; NaN where a place does not count,
        or the seats are not known.
    """
    places = found.places.drop(columns="geometry").sort_values("name", kind="stable")
    ages = zip(places["age_from"], places["age_to"], strict=True)
    return pd.DataFrame(
        {
            "number": range(1, len(places) + 1),
            "place": places["name"].astype("str"),
            "ages": [say("reach.area.ages", lang, first=first, last=last) for first, last in ages],
            "seats": places["seats"],
            "reached": places["children"].where(places["counted"]),
            "seats_per_100": places["seats_per_child"].where(places["counted"]) * HUNDRED,
            "state": [say(f"reach.state.{state}", lang) for state in places["state"]],
        },
        index=places.index,
    )


def place_columns(found: Reach) -> tuple[str, ...]:
    """Give the columns of places that say something: the state only where a moment is asked for."""
    return PLACE_COLUMNS if found.asked.at else PLACE_COLUMNS[:-1]


def area_table(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the statistical areas as a table for people, most children without any place first, the city last.

    Returns
    -------
    table
        Headings and texts in `lang`, one row an area, default index.
    """
    city = _of_area(pd.DataFrame([{**found.totals, "name": say("reach.area.all", lang)}]))
    rows = pd.concat([area_rows(found, lang), city])
    told = [_written(row, lang, told=bool(row["children"])) for row in rows.to_dict("records")]
    return pd.DataFrame(told).set_axis([column_name(name, found, lang) for name in AREA_COLUMNS], axis="columns")


def place_table(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the places as a table for people, in the order of their names: headings and texts in `lang`."""
    columns = list(place_columns(found))
    rows = place_rows(found, lang).assign(counted=found.places["counted"])
    told = [_written(row, lang, told=row["counted"]) for row in rows.to_dict("records")]
    return pd.DataFrame(told)[columns].set_axis([column_name(name, found, lang) for name in columns], axis="columns")


def column_name(name: str, found: Reach, lang: Lang) -> str:
    """Give the heading of a column."""
    pupils = name == "children" and found.asked.offer is Offer.CANTEEN
    return say(f"reach.column.{'pupils' if pupils else name}", lang)


def cell_text(name: str, value: Any, lang: Lang) -> str:  # noqa: ANN401 - whatever a column holds
    """Write a figure the way of its column."""
    if name in _TEXTS:
        return str(value)
    if name == "without_share":
        return percent(value, lang)
    if name == "nearest_min":
        return minutes_text(value, lang)
    if name.endswith("seats_per_100"):
        return hundred_text(value, lang)
    return number(value, lang, digits=1 if name == "places" else 0)


def rate_text(seats_per_child: float, lang: Lang) -> str:
    """Write seats for a hundred children from those for one."""
    return hundred_text(seats_per_child * HUNDRED, lang)


def hundred_text(seats: float, lang: Lang) -> str:
    """Write seats for a hundred children: '18', '4,2'; 'not known' for NaN."""
    return number(seats, lang, digits=1 if 0 < seats < _FEW else 0)


def minutes_text(minutes: float, lang: Lang) -> str:
    """Write minutes of a walk: '12'; 'no way' for an infinite one."""
    return say("no_way", lang) if math.isinf(minutes) else number(minutes, lang)


def ordered_areas(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the areas with whole children and a name each, most children without any place first."""
    areas = found.areas.sort_values(["without", "name"], ascending=[False, True], kind="stable")
    children = whole_pupils(areas["children"])
    outside = say("reach.area.outside", lang)
    names = areas["name"].where(areas["name"] != "", areas.index.to_series()).mask(areas.index == "", outside)
    without = whole_pupils(areas["without"])
    return areas.assign(name=names, children=children, without=without.where(without < children, children))


def _of_area(areas: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of areas as people read them."""
    return areas.assign(
        without_share=areas["without"] / areas["children"].where(areas["children"] > 0),
        seats_per_100=areas["seats_per_child"] * HUNDRED,
        near_seats_per_100=areas["near_seats_per_child"] * HUNDRED,
    )[list(AREA_COLUMNS)]


def _written(row: Mapping[Any, Any], lang: Lang, *, told: bool) -> dict[str, str]:
    """Write the figures of a row; a dash for what an area without children, or a place that does not count, lacks."""
    names = [str(name) for name in row if name != "counted"]
    nobody = say("reach.area.nobody", lang)
    return {name: cell_text(name, row[name], lang) if told or name in _ALWAYS else nobody for name in names}
