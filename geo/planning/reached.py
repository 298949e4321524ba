"""What each home reaches: how many places, how far the nearest one is, how many seats for each child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import Level
from geo.model.network import Snap
from geo.model.reach import Asked, Offer, ReachChoices
from geo.planning.enrolment import attendance_share, homes_of_units
from geo.territory.accessibility import Pairs, demand_at, gathered, pairs_of, shared, step_weights
from geo.territory.children import children_by_age
from geo.territory.network import snap
from geo.territory.walking.questions import Streets, nearest, prepare, within

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# From so many nodes times places on, compiling the search pays.
_COMPILED_FROM: Final = 10_000_000


@dataclass(frozen=True, eq=False)
class Ground:
    """Homes, their children, and the places that they walk to.

    Attributes
    ----------
    homes
        Index ``address_id``: ``unit_id``, ``weight`` within the unit [0-1], ``iris``.
    children
        Index ``address_id``, one column an age [children]; pupils, if the places are canteens.
    places
        The places that count, as `geo.planning.offers.offered` gives them.
    pairs
        Who reaches which of them.
    share, near
        How much each pair counts [0-1]: all alike, and falling with the walk.
    nearest_m
        From ages that the same places take to the walk from each home to the nearest of those [m].
    """

    homes: pd.DataFrame
    children: pd.DataFrame
    places: gpd.GeoDataFrame
    pairs: Pairs
    share: Floats
    near: Floats
    nearest_m: dict[tuple[int, ...], Floats]


def lay_ground(city: City, asked: Asked, choices: ReachChoices, *, places: gpd.GeoDataFrame) -> Ground:
    """Bring together the homes, the children and the places that count, and walk between them.

    Parameters
    ----------
    city, choices
        The city, and how fast children walk.
    asked
        The question, completed.
    places
        The places that count.
    """
    homes = homes_of_units(city).assign(iris=city.tables["addresses"]["iris"].astype("str"))
    by_age = children_by_age(city)
    if asked.offer is Offer.CANTEEN and asked.level:
        by_age = by_age * attendance_share(city, asked.level, Assumptions())[0]
    children = by_age.reindex(homes["unit_id"]).set_axis(homes.index).mul(homes["weight"], axis="index")
    groups = ages_alike(asked, places)
    if asked.offer is Offer.CANTEEN and asked.level:
        pairs, share = _of_sectors(city, homes, places, level=asked.level)
        return Ground(homes, children, places, pairs, share, share, {groups[0]: _least(pairs, len(homes))})
    limit_m = asked.minutes * choices.speed_m_per_min
    streets = _streets(city, places)
    doors = _brought(city, city.layer("addresses").loc[homes.index])
    pairs = pairs_of(within(streets, _brought(city, places), limit_m, homes=doors))
    near = step_weights(pairs.walk_m, limit_m, choices.step_weights)
    nearest_m = {ages: _nearest_m(city, streets, places[takes(places, ages[0])], homes=doors) for ages in groups}
    return Ground(homes, children, places, pairs, np.ones(len(near)), near, nearest_m)


def takes(places: pd.DataFrame, age: int) -> Mask:
    """Tell which places take children of an age, shape (places,)."""
    return ((places["age_from"] <= age) & (places["age_to"] >= age)).to_numpy()


def ages_alike(asked: Asked, places: pd.DataFrame) -> list[tuple[int, ...]]:
    """Part the ages that are asked for into runs whose children can go to the same places."""
    first, last = asked.ages or (0, 0)
    runs: list[list[int]] = [[first]]
    for age in range(first + 1, last + 1):
        same = np.array_equal(takes(places, age), takes(places, age - 1))
        runs[-1].append(age) if same else runs.append([age])
    return [tuple(run) for run in runs]


def place_figures(ground: Ground) -> pd.DataFrame:
    """Give the children within reach of each place and the seats for each of them.

    Returns
    -------
    figures
        Index ``place_id``: ``children``, of all ages that it takes [children]; ``seats_per_child`` [seats/child];
        ``near_seats_per_child``, where each child counts the less the farther it lives.
    """
    seats = ground.places["seats"].to_numpy(dtype=np.float64)
    children, near_children = (_load(ground, weight) for weight in (ground.share, ground.near))
    columns = {
        "children": children,
        "seats_per_child": shared(seats, children),
        "near_seats_per_child": shared(seats, near_children),
    }
    return pd.DataFrame(columns, index=ground.places.index)


def home_figures(ground: Ground, of_place: pd.DataFrame) -> pd.DataFrame:
    """Give what each home reaches, one row a home and run of ages that can go to the same places.

    Parameters
    ----------
    ground
        Homes and places.
    of_place
        The result of `place_figures`.

    Returns
    -------
    figures
        ``unit_id``, ``iris``, ``children`` [children], ``weight`` within the unit [0-1 or years], ``places`` [places],
        ``nearest_m`` [m], ``seats_per_child`` and ``near_seats_per_child`` [seats/child].
    """
    return pd.concat(_runs(ground, of_place), ignore_index=True)


def _runs(ground: Ground, of_place: pd.DataFrame) -> Iterator[pd.DataFrame]:
    homes, unit = ground.homes, ground.homes["unit_id"]
    asked_for = sorted({age for ages in ground.nearest_m for age in ages})
    empty = ground.children[asked_for].sum(axis="columns").groupby(unit).transform("sum") == 0
    for ages, nearest_m in ground.nearest_m.items():
        served = takes(ground.places, ages[0])[ground.pairs.place]
        pairs, share, near = ground.pairs.chosen(served), ground.share[served], ground.near[served]
        children = ground.children[list(ages)].sum(axis="columns")
        yield pd.DataFrame(
            {
                "unit_id": unit,
                "iris": homes["iris"],
                "children": children,
                # Where no child lives, each year of age counts alike.
                "weight": children.where(~empty, homes["weight"] * len(ages)),
                "places": np.bincount(pairs.home, share, minlength=len(homes)),
                "nearest_m": nearest_m,
                "seats_per_child": _gathered(pairs, of_place["seats_per_child"], share, homes=len(homes)),
                "near_seats_per_child": _gathered(pairs, of_place["near_seats_per_child"], near, homes=len(homes)),
            }
        )


def _gathered(pairs: Pairs, of_place: pd.Series, weight: Floats, *, homes: int) -> Floats:
    return gathered(pairs, of_place.to_numpy(dtype=np.float64), homes=homes, weight=weight)


def _load(ground: Ground, weight: Floats) -> Floats:
    """Count the children of its own ages who can come to each place [children]."""
    bands = ground.places[["age_from", "age_to"]].to_numpy()
    ages = ground.children.columns.to_numpy()
    load = np.zeros(len(bands))
    for band in np.unique(bands, axis=0):
        mine = (bands == band).all(axis=1)
        children = ground.children.loc[:, (ages >= band[0]) & (ages <= band[1])].sum(axis="columns").to_numpy()
        load[mine] = demand_at(ground.pairs, children, places=len(bands), weight=weight)[mine]
    return load


def _of_sectors(city: City, homes: pd.DataFrame, places: gpd.GeoDataFrame, *, level: Level) -> tuple[Pairs, Floats]:
    """Pair each home with the places of its schools, and give the part of its pupils who go there [0-1]."""
    shares = city.current[level].shares
    trips = homes.reset_index().merge(shares[shares["school_id"].isin(places.index)], on="unit_id")
    address, school = pd.Index(trips["address_id"]), pd.Index(trips["school_id"])
    walks = city.walk_m.to_numpy(dtype=np.float64)
    walk_m = walks[city.walk_m.index.get_indexer(address), city.walk_m.columns.get_indexer(school)]
    pairs = Pairs(places.index.get_indexer(school), homes.index.get_indexer(address), walk_m)
    return pairs, trips["share"].to_numpy(dtype=np.float64)


def _least(pairs: Pairs, homes: int) -> Floats:
    """Give the shortest walk of each home [m], infinite without any."""
    least = np.full(homes, np.inf)
    np.minimum.at(least, pairs.home, pairs.walk_m)
    return least


def _streets(city: City, places: gpd.GeoDataFrame) -> Streets:
    is_large = len(city.network.node_xy) * len(places) > _COMPILED_FROM
    return prepare(city.network, compiled=is_large, ranked=False)


def _brought(city: City, points: gpd.GeoDataFrame) -> Snap:
    return snap(city.network, shapely.get_coordinates(points.geometry.to_numpy()))


def _nearest_m(city: City, streets: Streets, places: gpd.GeoDataFrame, *, homes: Snap) -> Floats:
    """Give the walk from each home to the nearest of the places [m], infinite without any."""
    if places.empty:
        return np.full(homes.points, np.inf)
    return nearest(streets, _brought(city, places), homes).walk_m
