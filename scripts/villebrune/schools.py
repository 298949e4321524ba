"""Tables of the schools, their rooms, and the cards of the statistical areas and programmes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.model.levels import Level
from villebrune.areas import AREAS, VINTAGE
from villebrune.people import PEOPLE_PER_DWELLING
from villebrune.register import lon_lat, point_of
from villebrune.sites import Site

PUPILS_PER_ROOM: Final = {Level.NURSERY: 27, Level.ELEMENTARY: 25, Level.COLLEGE: 28}
# Share of its places that each school is meant to use this year; 0.85 unless said.
OCCUPANCY: Final[dict[tuple[int, Level], float]] = {
    (201, Level.ELEMENTARY): 0.56,
    (202, Level.ELEMENTARY): 0.82,
    (203, Level.ELEMENTARY): 0.80,
    (204, Level.ELEMENTARY): 0.84,
    (205, Level.ELEMENTARY): 0.93,
    (206, Level.ELEMENTARY): 1.04,
    (207, Level.ELEMENTARY): 0.88,
    (301, Level.ELEMENTARY): 0.76,
    (101, Level.NURSERY): 0.70,
    (102, Level.NURSERY): 0.62,
    (106, Level.NURSERY): 0.96,
    (105, Level.NURSERY): 0.93,
    (501, Level.COLLEGE): 0.82,
    (502, Level.COLLEGE): 0.91,
}
# The one school that states its places itself (a low room holds fewer pupils): it overflows in the planted year.
OVERFLOW_SCHOOL: Final = 205
OVERFLOW_YEAR: Final = 2030
CANTEEN_SHARE: Final = 0.42  # seats for the pupils, who eat in two sittings
IPS: Final = {
    201: 103.4, 202: 112.8, 203: 96.1, 204: 74.6, 205: 81.3, 206: 113.5, 207: 109.2, 301: 86.9, 401: 124.7, 402: 121.9,
    501: 91.8, 502: 103.6,
}  # fmt: skip


def gates(sites: Sequence[Site]) -> gpd.GeoSeries:
    """Where the children enter each school, index ``school_id``."""
    points = [point_of(site.gate) for site in sites]
    return gpd.GeoSeries(points, index=pd.Index([s.brief.school_id for s in sites], name="school_id"), crs="EPSG:2154")


def school_table(sites: Sequence[Site], addresses: pd.DataFrame) -> pd.DataFrame:
    """One row a school, index ``school_id``."""
    places = lon_lat(np.array([(point.x, point.y) for point in gates(sites)]))
    by_use = addresses.drop_duplicates("use").set_index("use")
    rows = []
    for site, (lon, lat) in zip(sites, places, strict=True):
        door = by_use.loc[f"school:{site.brief.school_id}"]
        address = f"{door['number']} {door['street_name']}, 00700 Villebrune"
        ips = IPS.get(site.brief.number, np.nan)
        brief = site.brief
        rows.append(
            (brief.school_id, brief.name, brief.sector, "00123", address, lon, lat, ips, brief.priority_education)
        )
    columns = ["school_id", "name", "sector", "insee", "address", "lon", "lat", "ips", "priority_education"]
    return pd.DataFrame(rows, columns=columns).set_index("school_id")


def room_table(sites: Sequence[Site], now: Mapping[Level, pd.Series], ahead: pd.DataFrame) -> pd.DataFrame:
    """Rooms, places and canteen seats of each school and level: as many rooms as `OCCUPANCY` asks for.

    Parameters
    ----------
    sites
        The schools.
    now
        Pupils of each school this year, by level.
    ahead
        Expected pupils of the elementary schools, one column a year.
    """
    rows = []
    for site in sites:
        for name in site.brief.levels:
            level, school = Level(name), site.brief.school_id
            pupils = float(now[level][school])
            share = OCCUPANCY.get((site.brief.number, level), 0.85)
            rooms = max(3, round(pupils / (PUPILS_PER_ROOM[level] * share)))
            seats = 10 * round(CANTEEN_SHARE * max(pupils, 0.8 * rooms * PUPILS_PER_ROOM[level]) / 10)
            stated: object = pd.NA
            if site.brief.number == OVERFLOW_SCHOOL:
                stated = _stated_places(ahead.loc[school])
                rooms = math.ceil(stated / PUPILS_PER_ROOM[level])
            rows.append((school, str(level), rooms, stated, seats))
    columns = ["school_id", "level", "rooms", "capacity_pupils", "canteen_seats"]
    return pd.DataFrame(rows, columns=columns).astype({"capacity_pupils": "Int64"})


def _stated_places(ahead: pd.Series) -> int:
    """Places that are enough until the year before the planted one, and not in that year."""
    before = float(ahead[ahead.index < OVERFLOW_YEAR].max())
    return round((before + float(ahead[OVERFLOW_YEAR])) / 2)


def census_table(addresses: pd.DataFrame) -> pd.DataFrame:
    """One row an IRIS: inhabitants from dwellings, and the planted cards of the areas."""
    lived_in = 0.94 * addresses["dwellings"]
    people = (lived_in * addresses["pattern"].map(PEOPLE_PER_DWELLING)).groupby(addresses["iris"]).sum().round()
    homes = lived_in.groupby(addresses["iris"]).sum().round()
    rows = [
        (
            area.code,
            VINTAGE,
            VINTAGE,
            int(people[area.code]),
            int(homes[area.code]),
            area.income_eur,
            area.poverty,
            area.baccalaureate,
            area.blue_collar,
            area.unemployed,
        )
        for area in AREAS
    ]
    columns = [
        "iris", "iris_vintage", "year", "population", "households", "median_income_eur", "poverty_share",
        "baccalaureate_share", "blue_collar_share", "unemployed_share",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Programme:
    """A housing programme: where [m], and its deliveries (year, dwellings, share of social housing, mean rooms)."""

    code: str
    name: str
    place: tuple[float, float]
    deliveries: tuple[tuple[int, int, float, float], ...]


PROGRAMMES: Final = (
    Programme("P1", "Renouvellement des Grandes-Vignes", (-1000, -800), ((2027, -64, 1.0, 3.4), (2029, 58, 0.6, 3.2))),
    Programme("P2", "ZAC des Prés-Neufs, îlots nord", (1080, 1260), ((2027, 96, 0.35, 3.1), (2029, 84, 0.30, 3.2))),
    Programme("P3", "ZAC des Prés-Neufs, îlots du parc", (1180, 900), ((2028, 72, 0.30, 3.3), (2030, 66, 0.25, 3.3))),
    Programme("P4", "Ancienne savonnerie", (260, 720), ((2027, 22, 0.25, 2.9),)),
)


def housing_table(addresses: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a delivery of a housing programme; a demolition takes place where many dwellings stand."""
    homes = addresses.groupby("unit_id")["dwellings"].sum()
    rows = []
    for programme in PROGRAMMES:
        least = max(0, -min(dwellings for _, dwellings, _, _ in programme.deliveries))
        fits = addresses[addresses["unit_id"].map(homes) >= least]
        unit = fits.loc[fits.distance(point_of(programme.place)).idxmin(), "unit_id"]
        for year, dwellings, social, rooms in programme.deliveries:
            rows.append((programme.code, year, programme.name, unit, dwellings, social, rooms))
    columns = ["programme_id", "delivery_year", "name", "unit_id", "dwellings", "social_share", "mean_rooms"]
    return pd.DataFrame(rows, columns=columns)


def places(rooms: pd.DataFrame, level: Level) -> pd.Series:
    """Pupils that each school can hold at a level: what it states, else its rooms times the usual size of a class."""
    rows = rooms[rooms["level"] == level].set_index("school_id")
    return rows["capacity_pupils"].fillna(rows["rooms"] * PUPILS_PER_ROOM[level]).astype("float64")
