"""Who can walk to which places, as people read it: sentences and files."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.council.exports import source_rows, write_csv
from geo.council.reachtables import ordered_areas, rate_text
from geo.council.words import Lang, offer_name, say
from geo.council.writing import drafts_within
from geo.model.city import City
from geo.model.opening import Moment
from geo.model.reach import Offer
from geo.planning.reach import Reach

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
        say(f"reach.pace.{'part' if len(ages) > 1 else 'one'}", lang, walk=limit_m, first=min(ages), last=max(ages))
        for limit_m, ages in walks.items()
        if math.isfinite(limit_m)
    ]
    return say("reach.pace.all", lang, minutes=found.asked.minutes, parts=", ".join(parts)) if parts else ""


def reach_summary(found: Reach, lang: Lang) -> str:
    """Say in a few plain sentences who has no place to walk to, where they live, and how many seats there are."""
    return " ".join(_sentences(found, lang))


def walking_effect(free: Reach, found: Reach, lang: Lang) -> str:
    """Say what rules of walking do: whom they leave without a place, beside an answer where all is crossed.

    Empty for canteens, which are there for their pupils however far they walk.
    """
    if found.asked.offer is Offer.CANTEEN:
        return ""
    counts = {"free": round(free.totals["without"]), "count": round(found.totals["without"])}
    none = say(f"reach.offer.{found.asked.offer}.none", lang)
    kind = "same" if counts["free"] == counts["count"] else "more"
    return say(f"reach.effect.{kind}", lang, none=none, minutes=found.asked.minutes, **counts)


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


def _sentences(found: Reach, lang: Lang) -> Iterator[str]:
    if not found.totals["counted"]:
        yield say("reach.summary.closed", lang)
        return
    yield from _without(found, lang)
    yield _seats(found, lang)


def _without(found: Reach, lang: Lang) -> Iterator[str]:
    """Say how many children have no place within reach, and where most of them live."""
    asked, totals, areas = found.asked, found.totals, ordered_areas(found, lang)
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
    rates = ordered_areas(found, lang).set_index("name")["seats_per_child"].dropna()
    if math.isnan(totals["seats_per_child"]) or rates.empty:
        return say("reach.summary.seats_unknown", lang, places=places)
    told = {
        "seats": totals["seats"],
        "rate": rate_text(totals["seats_per_child"], lang),
        "who": who_text(found, lang),
    }
    ends = {"lowest": str(rates.idxmin()), "highest": str(rates.idxmax())}
    low, high = (rate_text(float(rates[name]), lang) for name in ends.values())
    return say("reach.summary.seats", lang, places=places, low=low, high=high, **told, **ends)
