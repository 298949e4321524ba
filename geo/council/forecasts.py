"""Schools by year for the terminal: pupils, interval, rooms and risk, four lines a school."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from geo.council.figures import by_name
from geo.council.scales import class_of, signed_text
from geo.council.words import Lang, number, percent, say

_LINES: Final = ("pupils", "interval", "rooms", "risk")


def forecast_table(years: pd.DataFrame, names: pd.Series, lang: Lang) -> pd.DataFrame:
    """Write what each school expects in each September, headings and figures in `lang`.

    Parameters
    ----------
    years
        Figures by school and year, as `geo.planning.classes.pressure` gives them.
    names
        Names of the schools, index ``school_id``.
    lang
        Language.

    Returns
    -------
    table
        Four rows a school: pupils with the sign of their occupancy, the interval, rooms needed / rooms there, and the
        probability of more pupils than places.
    """
    columns = [int(year) for year in sorted(years.index.unique("year"))]
    rows = []
    for school in by_name(names, years.index.unique("school_id")):
        own = years[years.index.get_level_values("school_id") == school].droplevel("school_id")
        there = {int(str(year)): _cell(row, lang) for year, row in own.iterrows()}
        cells = [there.get(year, _absent("not_yet", lang)) for year in columns]
        labels = (str(names[school]), _places(own, lang), "", "")
        rows += [
            [label, say(f"forecast.line.{line}", lang), *(cell[line] for cell in cells)]
            for label, line in zip(labels, _LINES, strict=True)
        ]
    headings = [say("forecast.school", lang), say("forecast.figure", lang), *map(str, columns)]
    return pd.DataFrame(rows, columns=headings)


def shown_years(years: pd.DataFrame, *, room: int) -> pd.DataFrame:
    """Keep at most so many Septembers, evenly spread, the first and the last among them; at least these two."""
    every = sorted(years.index.unique("year"))
    count = min(max(room, 2), len(every))
    kept = [every[round(place * (len(every) - 1) / max(count - 1, 1))] for place in range(count)]
    return years[years.index.get_level_values("year").isin(kept)]


def _cell(row: pd.Series, lang: Lang) -> dict[str, str]:
    if row["pupils"] == 0 and row["capacity_pupils"] == 0:
        return _absent("closed", lang)
    certain = not row["high_pupils"] > row["low_pupils"]
    between = f"{number(row['low_pupils'], lang)}–{number(row['high_pupils'], lang)}"
    return {
        "pupils": signed_text(number(row["pupils"], lang), class_of("occupancy_share", row["occupancy_share"]).code),
        "interval": "" if certain else between,
        "rooms": f"{number(row['rooms_needed'], lang)}/{_known(row['rooms'], lang)}",
        "risk": "" if certain else _risk(row["overflow_probability"], lang),
    }


def _absent(kind: str, lang: Lang) -> dict[str, str]:
    return dict.fromkeys(_LINES, "") | {"pupils": say(f"pupils.{kind}", lang)}


def _places(own: pd.DataFrame, lang: Lang) -> str:
    """Say how many places a school has, and how many from when on if the scenario changes them."""
    places = own["capacity_pupils"]
    first, last = float(places.iloc[0]), float(places.iloc[-1])
    if math.isnan(first):
        return say("forecast.places_unknown", lang)
    if first == last:
        return say("forecast.places", lang, places=first)
    return say("forecast.places_change", lang, before=first, after=last)


def _known(value: float, lang: Lang) -> str:
    return "?" if math.isnan(value) else number(value, lang)


def _risk(value: float, lang: Lang) -> str:
    return "?" if math.isnan(value) else percent(value, lang)
