"""The map of an audit: addresses without school, of contradicting rows, or where list and drawn sectors disagree."""

from __future__ import annotations

from typing import Final

import folium
import geopandas as gpd
import numpy as np
import pandas as pd

from geo.council.listing import named_schools
from geo.council.weblayers import safe_text
from geo.council.words import Lang, say
from geo.territory.annex.audit import NONE, SEVERAL, LevelAudit

DISAGREES: Final = "disagrees"
UNRESOLVED: Final = "unresolved"
CONTRADICTS: Final = "contradicts"
# A ring and a disc, dark and pale: told apart in print and without red or green.
FILLS: Final = {UNRESOLVED: "#63224C", CONTRADICTS: "#2E7EBB", DISAGREES: "#F2C14E"}
_EDGE: Final = "#1A1A1A"
_RADIUS_PX: Final = {UNRESOLVED: 6.0, CONTRADICTS: 6.0, DISAGREES: 5.0}


def troubled_homes(
    levels: tuple[LevelAudit, ...], addresses: gpd.GeoDataFrame, *, names: pd.Series
) -> gpd.GeoDataFrame:
    """Give the addresses that an audit has something to say about.

    Parameters
    ----------
    levels
        The audit of each level.
    addresses
        The addresses that were audited, index ``address_id``, columns ``street_name, number, suffix``.
    names
        Names of the schools that the list may say by their codes, index ``school_id``.

    Returns
    -------
    homes
        Points in degrees, first those without school: ``why`` (`UNRESOLVED`, `CONTRADICTS` or `DISAGREES`),
        ``street, number`` with
        its repetition, ``by_list, drawn`` (names of the schools), ``lines``; default index.
    """
    parts = []
    for level in levels:
        # Of rows that contradict each other the first one decides: one school, and yet several are said.
        single = level.decisions["schools"].map(len) == 1
        torn = (level.decisions["state"] == SEVERAL) & single
        own = level.decisions[(level.decisions["state"] == NONE) | torn | level.decisions["disagrees"]]
        homes = addresses.loc[own.index]
        suffix = homes["suffix"].astype("str").str.lower()
        parts.append(
            pd.DataFrame(
                {
                    "why": np.select([own["state"] == NONE, torn[own.index]], [UNRESOLVED, CONTRADICTS], DISAGREES),
                    "street": homes["street_name"].to_numpy(),
                    "number": (homes["number"].astype("str") + " " + suffix).str.strip().to_numpy(),
                    "by_list": [named_schools(" / ".join(schools), names) for schools in own["schools"]],
                    "drawn": [named_schools(" / ".join(schools), names) for schools in own["drawn"]],
                    "lines": own["lines"].map(lambda lines: ", ".join(map(str, lines))).to_numpy(),
                    "address_id": own.index,
                }
            )
        )
    table = pd.concat(parts).drop_duplicates("address_id")
    table = table.sort_values("why", key=lambda why: why.map(list(FILLS).index), kind="stable")
    places = addresses.geometry.loc[table["address_id"]].to_numpy()
    points = gpd.GeoDataFrame(table.reset_index(drop=True), geometry=places, crs=addresses.crs)
    return points.to_crs("EPSG:4326")


def home_table(homes: gpd.GeoDataFrame, lang: Lang) -> pd.DataFrame:
    """Give these addresses in words: ``home, why, by_list, drawn, lines``."""
    return pd.DataFrame(
        {
            "home": [
                _home(street, number, lang) for street, number in zip(homes["street"], homes["number"], strict=True)
            ],
            "why": [say(f"list.audit.{why}", lang) for why in homes["why"]],
            "by_list": homes["by_list"].tolist(),
            "drawn": homes["drawn"].tolist(),
            "lines": homes["lines"].tolist(),
        }
    )


def add_homes(chart: folium.Map, homes: gpd.GeoDataFrame, *, lang: Lang) -> None:
    """Add these addresses to a map, with what the list and the drawing say when pointed at."""
    for home in homes.itertuples(index=False, name="Home"):
        told = [
            say(f"list.audit.{key}", lang, schools=schools or say("list.audit.none", lang))
            for key, schools in (("by_list", home.by_list), ("drawn", home.drawn))
        ]
        name = safe_text(_home(str(home.street), str(home.number), lang))
        folium.CircleMarker(
            [round(home.geometry.y, 6), round(home.geometry.x, 6)],
            radius=_RADIUS_PX[str(home.why)],
            weight=1.2,
            color=_EDGE,
            fill_color=FILLS[str(home.why)],
            fill_opacity=0.95,
            tooltip=folium.Tooltip(f"<strong>{name}</strong><br>" + "<br>".join(safe_text(text) for text in told)),
        ).add_to(chart)


def _home(street: str, number: str, lang: Lang) -> str:
    shown = "" if number == "0" else number
    return say("list.audit.home", lang, number=shown, street=street).strip()
