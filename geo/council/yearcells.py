"""The table of schools by year of the two-page summary: pupils, rooms needed and there, in colours and signs."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.council.colours import BANDS, OVER, UNKNOWN, Band
from geo.council.figures import school_figures
from geo.council.outlook import starts_from_children
from geo.council.pupils import When, YearTable, side_of, year_table
from geo.council.story import capital
from geo.council.words import Lang, number, say
from geo.model.city import City
from geo.planning.applying import schools_under
from geo.planning.study import Study

_SIDES: Final[tuple[When, ...]] = ("before", "after")
_MOST_ROWS: Final = 16
_SUMS: Final = ("schools_over", "pupils_over", "rooms_short")
_BAND: Final = {band.code: band for band in (*BANDS, UNKNOWN)}
_NO_SIDE: Final = "–"
_INK: Final = "#1A1A1A"
_SAME: Final = 0.5  # pupils


def year_rows(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang) -> dict[str, Any]:
    """Give one row a school, two where the scenario changes its pupils, and sums in the texts of the key figures.

    Where the schools are many, those that lack places and those that change most come, and a line counts the others.
    """
    sides = {side: side_of(study.years, side) for side in _SIDES}
    names = schools_under(city, study.scenario)["name"]
    tables = {side: year_table(own, names, measure="pupils", lang=lang) for side, own in sides.items()}
    order = list(school_figures(city, study.today, study.proposed).index)
    changed = _changed(study.years)
    shown = _chosen(study.years, changed, order)
    rows = []
    for school in shown:
        head = {"number": str(order.index(school) + 1), "school": str(names[school])}
        for side in _SIDES if changed[school] else _SIDES[1:]:
            state = say(f"brief.years.{side}", lang) if changed[school] else ""
            rows.append({**head, "state": state, **_row(tables[side], sides[side], school, lang=lang)})
            head = {"number": "", "school": ""}
    columns = [str(year) for year in tables["after"].figures.columns]
    hidden = len(order) - len(shown)
    estimated = study.transition is not None and starts_from_children(study.transition.before)
    start = say(f"brief.years.{'estimated' if estimated else 'counted'}", lang)
    caption = [say("brief.years.caption", lang, start=start)]
    caption += [say("brief.more", lang, count=hidden, file="school_years.csv")] if hidden else []
    return {
        "heading": say("brief.years.heading", lang),
        "paragraph": " ".join(figures.loc[[f"pupils_{columns[-1]}", "overflow_first_year"], "sentence"]),
        "head": [say("map.number", lang), say("brief.years.school", lang), say("brief.years.places", lang)],
        "columns": columns,
        "rows": [*rows, *_sums(figures, columns, lang)],
        "caption": " ".join(caption),
    }


def _changed(years: pd.DataFrame) -> pd.Series:
    """Tell which schools the scenario gives or takes pupils or places [true or false]."""
    pupils = (years["pupils_after"].fillna(0) - years["pupils_before"].fillna(0)).abs() > _SAME
    places = years["capacity_pupils_after"].fillna(0) != years["capacity_pupils_before"].fillna(0)
    changed: pd.Series = (pupils | places).groupby(level="school_id").any()
    return changed


def _chosen(years: pd.DataFrame, changed: pd.Series, order: list[str]) -> list[str]:
    """Choose the schools that the page has room for: those short of places first, then those that change most."""
    over = (years["pupils_after"] > years["capacity_pupils_after"]) | (
        years["pupils_before"] > years["capacity_pupils_before"]
    )
    change = (years["pupils_after"].fillna(0) - years["pupils_before"].fillna(0)).abs()
    rank = pd.DataFrame({"over": over.astype("int64"), "change": change}).groupby(level="school_id").max()
    wanted = rank.sort_values(["over", "change"], ascending=False, kind="stable").index
    rows = (1 + changed.reindex(wanted).astype("int64")).cumsum()
    kept = set(wanted[rows <= _MOST_ROWS])
    return [school for school in order if school in kept]


def _row(table: YearTable, years: pd.DataFrame, school: str, *, lang: Lang) -> dict[str, Any]:
    """Give the cells of a school; a dash where it is not open."""
    columns = list(table.figures.columns)
    if school not in table.figures.index:
        return {"places": _NO_SIDE, "cells": [_plain(_NO_SIDE) for _ in columns]}
    own = years.xs(school, level="school_id").reindex(columns)
    told = zip(table.figures.loc[school], table.texts.loc[school], table.classes.loc[school], strict=True)
    rooms = zip(own["rooms_needed"], own["rooms"], strict=True)
    cells = [
        _plain(_NO_SIDE) if pd.isna(pupils) else _cell(str(text), _BAND[str(code)], pair, lang=lang)
        for (pupils, text, code), pair in zip(told, rooms, strict=True)
    ]
    places = own["capacity_pupils"].dropna()
    return {"places": number(float(places.iloc[-1]), lang) if len(places) else _NO_SIDE, "cells": cells}


def _cell(text: str, band: Band, rooms: tuple[float, float], *, lang: Lang) -> dict[str, Any]:
    bottom = say("brief.years.rooms", lang, needed=number(rooms[0], lang), rooms=number(rooms[1], lang))
    # The ink of the unknown class is that of its hatch.
    ink = _INK if band is UNKNOWN else band.ink
    return {"top": text, "bottom": bottom, "strong": band is OVER, "fill": band.fill, "ink": ink}


def _plain(text: str, *, strong: bool = False) -> dict[str, Any]:
    return {"top": text, "bottom": "", "fill": "#FFFFFF", "ink": _INK, "strong": strong}


def _sums(figures: pd.DataFrame, columns: list[str], lang: Lang) -> list[dict[str, Any]]:
    """Give the rows under the schools: all of them together, without and with the scenario."""
    rows = []
    for stem in _SUMS:
        for side in _SIDES:
            texts = [str(figures.loc[f"{stem}_{year}", f"{side}_text"]) for year in columns]
            label = capital(str(figures.loc[f"{stem}_{columns[0]}", "label"])) if side == "before" else ""
            state = say(f"brief.years.{side}", lang)
            cells = [_plain(text, strong=side == "after") for text in texts]
            rows.append({"number": "", "school": label, "state": state, "places": "", "cells": cells})
    return rows
