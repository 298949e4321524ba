"""What each home reaches: how many places, how far the nearest one is, how many seats for each child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import AGES, Level
from geo.model.network import Snap
from geo.model.reach import Asked, Offer, ReachChoices
from geo.model.walking import PaceChoices
from geo.planning.enrolment import attendance_share, homes_of_units
from geo.territory.accessibility import Pairs, demand_at, gathered, pairs_of, shared, step_weights
from geo.territory.children import children_by_age
from geo.territory.walking.choosing import is_worth_compiling
from geo.territory.walking.questions import Streets, nearest, prepare, within
from geo.territory.walks import on_streets

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cohort:
    """Children of consecutive ages who walk alike and can go to the same places.

    Attributes
    ----------
    ages
        Their ages [years].
    speed_m_per_min, limit_m
        How fast and how far they walk [m/min, m]; infinitely far to the canteen of their school.
    asked
        Whether they are asked for, and not only among those who share the seats.
    """

    ages: range
    speed_m_per_min: float
    limit_m: float
    asked: bool


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
    cohorts
        Children by the way they walk and the places they can go to, all known ages.
    pairs, share
        Who reaches which place within the longest walk of any cohort, and the part of its children who go there [0-1].
    step_weights
        How much the parts of a walk count, nearest first; see `geo.territory.accessibility.step_weights`.
    nearest_m
        From each cohort that is asked for to the walk from each home to the nearest of its places [m].
    """

    homes: pd.DataFrame
    children: pd.DataFrame
    places: gpd.GeoDataFrame
    cohorts: tuple[Cohort, ...]
    pairs: Pairs
    share: Floats
    step_weights: tuple[float, ...]
    nearest_m: Mapping[Cohort, Floats]

    def reached(self, cohort: Cohort) -> tuple[Pairs, Floats, Floats]:
        """Give who of a cohort reaches what, with the weights of the plain and of the enhanced catchment [0-1]."""
        there = takes(self.places, cohort.ages[0])[self.pairs.place] & (self.pairs.walk_m <= cohort.limit_m)
        pairs, share = self.pairs.chosen(there), self.share[there]
        if np.isinf(cohort.limit_m):
            return pairs, share, share
        return pairs, share, share * step_weights(pairs.walk_m, cohort.limit_m, self.step_weights)

    def children_of(self, cohort: Cohort) -> Floats:
        """Give the children of a cohort at each home [children], shape (homes,)."""
        return self.children[list(cohort.ages)].sum(axis="columns").to_numpy(dtype=np.float64)


def lay_ground(
    city: City, asked: Asked, choices: ReachChoices, *, places: gpd.GeoDataFrame, pace: PaceChoices
) -> Ground:
    """Bring together the homes, the children and the places that count, and walk between them.

    Parameters
    ----------
    city, choices, pace
        The city, how near places count, and how fast children walk.
    asked
        The question, completed.
    places
        The places that count.
    """
    homes = homes_of_units(city).assign(iris=city.tables["addresses"]["iris"].astype("str"))
    by_age = children_by_age(city)
    at_school = asked.level if asked.offer is Offer.CANTEEN else None
    if at_school:
        by_age = by_age * attendance_share(city, at_school, Assumptions())[0]
    children = by_age.reindex(homes["unit_id"]).set_axis(homes.index).mul(homes["weight"], axis="index")
    cohorts = tuple(_cohorts([int(age) for age in by_age.columns], asked, places, pace=pace))
    if at_school:
        pairs, share = _of_sectors(city, homes, places, level=at_school)
        walks = {cohort: _least(pairs, len(homes)) for cohort in cohorts if cohort.asked}
    else:
        pairs, walks = _walked(city, homes, places, cohorts=cohorts)
        share = np.ones(len(pairs.walk_m))
    return Ground(homes, children, places, cohorts, pairs, share, choices.step_weights, walks)


def takes(places: pd.DataFrame, age: int) -> Mask:
    """Tell which places take children of an age, shape (places,)."""
    return ((places["age_from"] <= age) & (places["age_to"] >= age)).to_numpy()


def speed_m_per_min(pace: PaceChoices, age: int) -> float:
    """How fast children of an age walk [m/min]: as those of their level, before school as those of nursery school."""
    level = next((level for level in reversed(Level) if age >= AGES[level][0]), Level.NURSERY)
    return pace.reach_m(level, 1.0)


def place_figures(ground: Ground) -> pd.DataFrame:
    """Give the children within reach of each place and the seats for each of them.

    Returns
    -------
    figures
        Index ``place_id``: ``children``, of all ages that it takes [children]; ``seats_per_child`` [seats/child];
        ``near_seats_per_child``, where each child counts the less the farther it lives.
    """
    seats = ground.places["seats"].to_numpy(dtype=np.float64)
    children, near_children = np.zeros(len(seats)), np.zeros(len(seats))
    for cohort in ground.cohorts:
        pairs, share, near = ground.reached(cohort)
        living = ground.children_of(cohort)
        children += demand_at(pairs, living, places=len(seats), weight=share)
        near_children += demand_at(pairs, living, places=len(seats), weight=near)
    columns = {
        "children": children,
        "seats_per_child": shared(seats, children),
        "near_seats_per_child": shared(seats, near_children),
    }
    return pd.DataFrame(columns, index=ground.places.index)


def home_figures(ground: Ground, of_place: pd.DataFrame) -> pd.DataFrame:
    """Give what each home reaches, one row a home and cohort that is asked for.

    Parameters
    ----------
    ground
        Homes and places.
    of_place
        The result of `place_figures`.

    Returns
    -------
    figures
        ``unit_id``, ``iris``, ``children``, ``without`` any place in reach [children], ``weight`` within the unit
        [any], ``places`` [places], ``nearest_m`` [m], ``nearest_min`` [minutes], ``seats_per_child`` and
        ``near_seats_per_child`` [seats/child].
    """
    empty = _childless(ground)
    rows = [_of_cohort(ground, cohort, of_place, empty=empty) for cohort in ground.nearest_m]
    return pd.concat(rows, ignore_index=True)


def _of_cohort(ground: Ground, cohort: Cohort, of_place: pd.DataFrame, *, empty: Mask) -> pd.DataFrame:
    homes, count = ground.homes, len(ground.homes)
    pairs, share, near = ground.reached(cohort)
    children, nearest_m = ground.children_of(cohort), ground.nearest_m[cohort]
    places = np.bincount(pairs.home, share, minlength=count)
    seats, near_seats = (of_place[name].to_numpy() for name in ("seats_per_child", "near_seats_per_child"))
    return pd.DataFrame(
        {
            "unit_id": homes["unit_id"],
            "iris": homes["iris"],
            "children": children,
            "without": np.where(places > 0, 0.0, children),
            # Where no child lives, the door weighs as one of the unit: a child would have this there.
            "weight": np.where(empty, homes["weight"] * len(cohort.ages), children),
            "places": places,
            "nearest_m": nearest_m,
            "nearest_min": nearest_m / cohort.speed_m_per_min,
            "seats_per_child": gathered(pairs, seats, homes=count, weight=share),
            "near_seats_per_child": gathered(pairs, near_seats, homes=count, weight=near),
        }
    )


def _childless(ground: Ground) -> Mask:
    """Tell which homes lie in a unit where no child lives who is asked for, shape (homes,)."""
    asked_for = sum(ground.children_of(cohort) for cohort in ground.nearest_m)
    return (pd.Series(asked_for).groupby(ground.homes["unit_id"].to_numpy()).transform("sum") == 0).to_numpy()


def _cohorts(known: list[int], asked: Asked, places: pd.DataFrame, *, pace: PaceChoices) -> Iterator[Cohort]:
    """Part the ages that are known into cohorts, those that are asked for and those that are not."""
    first, last = asked.ages or (known[0], known[-1])
    begin = known[0]
    kinds = {age: (first <= age <= last, speed_m_per_min(pace, age), takes(places, age).tobytes()) for age in known}
    for age in known:
        if age + 1 in kinds and kinds[age + 1] == kinds[age]:
            continue
        is_asked, speed, _ = kinds[age]
        limit_m = np.inf if asked.offer is Offer.CANTEEN else asked.minutes * speed
        yield Cohort(range(begin, age + 1), speed, limit_m, is_asked)
        begin = min((one for one in known if one > age), default=age)


def _walked(
    city: City, homes: pd.DataFrame, places: gpd.GeoDataFrame, *, cohorts: tuple[Cohort, ...]
) -> tuple[Pairs, dict[Cohort, Floats]]:
    """Walk from homes to places: who reaches what, and how far it is to the nearest place of each cohort asked for."""
    is_large = is_worth_compiling(len(city.network.node_xy), sources=len(places))
    streets = prepare(city.network, compiled=is_large, ranked=False)
    doors = _brought(city, city.layer("addresses").loc[homes.index])
    limit_m = max(cohort.limit_m for cohort in cohorts)
    pairs = pairs_of(within(streets, _brought(city, places), limit_m, homes=doors))
    walks: dict[bytes, Floats] = {}
    nearest_m = {}
    for cohort in (cohort for cohort in cohorts if cohort.asked):
        mine = takes(places, cohort.ages[0])
        if mine.tobytes() not in walks:
            walks[mine.tobytes()] = _nearest_m(city, streets, places[mine], homes=doors)
        nearest_m[cohort] = walks[mine.tobytes()]
    return pairs, nearest_m


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


def _brought(city: City, points: gpd.GeoDataFrame) -> Snap:
    return on_streets(city.network, points, streets=city.layer("streets"), barriers=city.layer("barriers"))


def _nearest_m(city: City, streets: Streets, places: gpd.GeoDataFrame, *, homes: Snap) -> Floats:
    """Give the walk from each home to the nearest of the places [m], infinite without any."""
    if places.empty:
        return np.full(homes.points, np.inf)
    return nearest(streets, _brought(city, places), homes).walk_m
