"""Who can walk to which places, as people read it: tables, sentences, files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.council.exports import source_rows, write_csv
from geo.council.figures import whole_pupils
from geo.council.words import Lang, number, offer_name, percent, say
from geo.council.writing import drafts_within
from geo.model.city import City
from geo.model.opening import Moment
from geo.model.reach import Offer
from geo.planning.reach import Reach

_HUNDRED: Final = 100
_FEW: Final = 10  # below, seats for a hundred children have a decimal
_NAMED: Final = 3  # areas in a sentence
_DRIVER: Final = "GPKG"
_DIGITS: Final = MappingProxyType(
    {"children": 1, "places": 2, "nearest_m": 0, "nearest_min": 1, "without": 1}
    | dict.fromkeys(("seats_per_child", "near_seats_per_child"), 4)
)


def moment_text(moment: Moment | None, lang: Lang) -> str:
    """Say a moment of a week: 'le mercredi à 14 h 00'."""
    if moment is None:
        return say("reach.moment.always", lang)
    hour, minute = divmod(moment.minute, 60)
    clock = f"{hour}\u00a0h\u00a0{minute:02d}" if lang == "fr" else f"{hour}:{minute:02d}"
    kind = "holidays" if moment.holidays else "term"
    return say(f"reach.moment.{kind}", lang, day=say(f"reach.day.{moment.day}", lang), clock=clock)


def who_text(found: Reach, lang: Lang) -> str:
    """Say whom an answer is about: 'enfants de 0 à 2 ans'."""
    if found.asked.offer is Offer.CANTEEN:
        return say("reach.who.pupils", lang)
    first, last = found.ages
    return say("reach.who.age" if first == last else "reach.who.ages", lang, first=first, last=last)


def reach_title(found: Reach, lang: Lang) -> str:
    """Say what was asked: the kind of place, the walk, the children, the moment."""
    asked = found.asked
    kind = "canteen" if asked.offer is Offer.CANTEEN else "walk"
    told = {"offer": offer_name(asked.offer, lang), "who": who_text(found, lang), "when": moment_text(asked.at, lang)}
    return say(f"reach.title.{kind}", lang, minutes=asked.minutes, **told)


def pace_text(found: Reach, lang: Lang) -> str:
    """Say how far children of each age walk in the time that was asked for; empty for canteens."""
    walks: dict[float, list[int]] = {}
    for cohort in found.cohorts:
        walks.setdefault(cohort.limit_m, []).extend(cohort.ages)
    parts = [
        say("reach.pace.part", lang, walk=limit_m, first=min(ages), last=max(ages))
        for limit_m, ages in walks.items()
        if math.isfinite(limit_m)
    ]
    return say("reach.pace.all", lang, minutes=found.asked.minutes, parts=", ".join(parts)) if parts else ""


def area_table(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the statistical areas as a table for people, most children without any place first, the city last.

    Returns
    -------
    table
        Headings and texts in `lang`, one row an area, default index.
    """
    city = pd.DataFrame([{**found.totals, "name": say("reach.area.all", lang)}])
    areas = pd.concat([_ordered(found, lang), city]).to_dict("records")
    counted = "pupils" if found.asked.offer is Offer.CANTEEN else "children"
    return _headed(
        [_area_row({str(name): value for name, value in area.items()}, lang) for area in areas], lang
    ).rename(columns={say("reach.column.children", lang): say(f"reach.column.{counted}", lang)})


def place_table(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the places as a table for people, in the order of their names: headings and texts in `lang`."""
    places = found.places.drop(columns="geometry").sort_values("name", kind="stable").to_dict("records")
    table = _headed([_place_row({str(name): value for name, value in place.items()}, lang) for place in places], lang)
    return table if found.asked.at else table.drop(columns=say("reach.column.state", lang))


def reach_summary(found: Reach, lang: Lang) -> str:
    """Say in a few plain sentences who has no place to walk to, where they live, and how many seats there are."""
    return " ".join(_sentences(found, lang))


def rate_text(seats_per_child: float, lang: Lang) -> str:
    """Write seats for a hundred children: '18', '4,2'; 'not known' for NaN."""
    rate = seats_per_child * _HUNDRED
    return number(rate, lang, digits=1 if 0 < rate < _FEW else 0)


def minutes_text(minutes: float, lang: Lang) -> str:
    """Write minutes of a walk: '12'; 'no way' for an infinite one."""
    return say("no_way", lang) if math.isinf(minutes) else number(minutes, lang)


def write_reach(folder: Path, city: City, found: Reach) -> list[Path]:
    """Write an answer as CSV and GeoPackage into a folder: all files, or none if one of them fails.

    Units come without their children: so few live in one that they must not leave the house.

    Parameters
    ----------
    folder
        Where to write; made if it is not there. Files of the same names in it are replaced, others are left alone.
    city, found
        The city and the answer.

    Returns
    -------
    files
        ``reach_areas.csv``, ``reach_units.csv``, ``reach_places.csv`` with the columns of `Reach`, rounded to what
        they are worth; ``reach.gpkg`` with the layers ``areas, units, places`` and the table ``sources``.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    layers = reach_layers(city, found)
    with drafts_within(folder) as drafts:
        for name, layer in layers.items():
            write_csv(pd.DataFrame(layer.drop(columns="geometry")), drafts / f"reach_{name}.csv")
        for place, (name, layer) in enumerate(layers.items()):
            pyogrio.write_dataframe(
                layer.reset_index(), drafts / "reach.gpkg", layer=name, driver=_DRIVER, append=place > 0
            )
        pyogrio.write_dataframe(
            source_rows(found.sources), drafts / "reach.gpkg", layer="sources", driver=_DRIVER, append=True
        )
        names = [*(f"reach_{name}.csv" for name in layers), "reach.gpkg"]
        for name in names:
            (drafts / name).replace(folder / name)
    return [folder / name for name in names]


def reach_layers(city: City, found: Reach) -> dict[str, gpd.GeoDataFrame]:
    """Give ``areas``, ``units`` and ``places`` with their shapes, their figures rounded to what they are worth."""
    units = city.layer("units")[["label", "geometry"]].join(found.units.drop(columns=["children", "without"]))
    shapes = city.layer("iris")[["geometry"]].reindex(found.areas.index)
    areas = gpd.GeoDataFrame(found.areas.join(shapes), geometry="geometry", crs=city.crs)
    layers = {"areas": areas, "units": units, "places": found.places}
    return {name: gpd.GeoDataFrame(layer.round(dict(_DIGITS))) for name, layer in layers.items()}


def _ordered(found: Reach, lang: Lang) -> pd.DataFrame:
    """Give the areas with whole children and a name each, most children without any place first."""
    areas = found.areas.sort_values(["without", "name"], ascending=[False, True], kind="stable")
    children = whole_pupils(areas["children"])
    outside = say("reach.area.outside", lang)
    names = areas["name"].where(areas["name"] != "", areas.index.to_series()).mask(areas.index == "", outside)
    without = whole_pupils(areas["without"])
    return areas.assign(name=names, children=children, without=without.where(without < children, children))


def _headed(rows: list[dict[str, str]], lang: Lang) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    return table.set_axis([say(f"reach.column.{name}", lang) for name in table.columns], axis="columns")


def _area_row(area: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """Write the figures of an area; a dash where there is nobody to speak of."""
    nobody, children = say("reach.area.nobody", lang), float(area["children"])
    means = {
        "without_share": percent(area["without"] / children, lang) if children else nobody,
        "places": number(area["places"], lang, digits=1) if children else nobody,
        "nearest_min": minutes_text(area["nearest_min"], lang) if children else nobody,
        "seats_per_100": rate_text(area["seats_per_child"], lang) if children else nobody,
        "near_seats_per_100": rate_text(area["near_seats_per_child"], lang) if children else nobody,
    }
    counts = {name: number(float(area[name]), lang) for name in ("children", "without")}
    return {"name": str(area["name"]), **counts, **means}


def _place_row(place: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """Write the figures of a place; a dash for what a place that does not count would have."""
    left_out = say("reach.area.nobody", lang)
    return {
        "place": str(place["name"]),
        "ages": say("reach.area.ages", lang, first=place["age_from"], last=place["age_to"]),
        "seats": number(place["seats"], lang),
        "reached": number(place["children"], lang) if place["counted"] else left_out,
        "seats_per_100": rate_text(place["seats_per_child"], lang) if place["counted"] else left_out,
        "state": say(f"reach.state.{place['state']}", lang),
    }


def _sentences(found: Reach, lang: Lang) -> Iterator[str]:
    if not found.totals["counted"]:
        yield say("reach.summary.closed", lang)
        return
    yield from _without(found, lang)
    yield _seats(found, lang)


def _without(found: Reach, lang: Lang) -> Iterator[str]:
    """Say how many children have no place within reach, and where most of them live."""
    asked, totals, areas = found.asked, found.totals, _ordered(found, lang)
    canteens, count = asked.offer is Offer.CANTEEN, round(totals["without"])
    told = {"all": round(totals["children"]), "who": who_text(found, lang)}
    walk = {"minutes": asked.minutes}
    if canteens and count:
        yield say("reach.summary.canteen_without", lang, count=count, **told)
    elif not count:
        yield say(f"reach.summary.{'canteen_for_all' if canteens else 'none_without'}", lang, **told, **walk)
    else:
        none = say(f"reach.offer.{asked.offer}.none", lang)
        share = totals["without_share"]
        yield say("reach.summary.without", lang, count=count, none=none, share=share, **told, **walk)
    named = [
        say("reach.summary.area", lang, name=area["name"], without=area["without"], children=area["children"])
        for area in areas.head(_NAMED).to_dict("records")
        if area["without"] > 0
    ]
    if count and named and len(areas) > 1:
        yield say("reach.summary.where", lang, areas=", ".join(named))


def _seats(found: Reach, lang: Lang) -> str:
    """Say how many seats there are for a hundred children, in the city and in its areas."""
    totals = found.totals
    places = say(f"reach.offer.{found.asked.offer}.count", lang, count=int(totals["counted"]))
    rates = _ordered(found, lang).set_index("name")["seats_per_child"].dropna()
    if math.isnan(totals["seats_per_child"]) or rates.empty:
        return say("reach.summary.seats_unknown", lang, places=places)
    told = {"seats": totals["seats"], "rate": rate_text(totals["seats_per_child"], lang), "who": who_text(found, lang)}
    ends = {"lowest": str(rates.idxmin()), "highest": str(rates.idxmax())}
    low, high = (rate_text(float(rates[name]), lang) for name in ends.values())
    return say("reach.summary.seats", lang, places=places, low=low, high=high, **told, **ends)
