"""Greening of school yards: trees where they shade, and which yards a budget goes to."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from shapely.geometry.base import BaseGeometry

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.note import Note
from geo.model.playgrounds import PlantAge, PlaygroundChoices
from geo.territory.playgrounds import Playgrounds, Yard, felt_rows, greened, layer, recess_beams, unshaded
from geo.territory.shade import Obstacles, Raster, obstacles

Floats = npt.NDArray[np.float64]

MEASURES: Final = ("trees-half", "trees", "trees-grass")
_COLUMNS: Final = ("school_id", "measure", "trees", "opened_m2", "cost_eur", "unshaded_share", "exposure")
_SUNNY: Final = 0.5  # a tree goes where the sun is for at least half of the recesses
_SECONDS: Final = 20.0


@dataclass(frozen=True, eq=False)
class Works:
    """What could be done in each yard.

    Attributes
    ----------
    table
        Index ``school_id, measure``; measure ``none`` is the yard as it is. ``trees`` [trees], ``opened_m2`` ground
        that is sealed no more [m2], ``cost_eur`` without tax [EUR], ``unshaded_share`` [0-1] and ``exposure``
        [pupil hour K] after the works, ``benefit``: exposure avoided, weighted by who the pupils are [pupil hour K].
    trees
        Where trees would go, index ``tree_id``: ``school_id``, ``order`` in which they are planted, ``height_m``,
        ``crown_m``, point.
    """

    table: pd.DataFrame
    trees: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Choice:
    """The works that a budget pays for.

    Attributes
    ----------
    table
        One row a yard with works, index ``school_id``: ``measure``, the columns of `Works`, and
        ``unshaded_share_before`` [0-1].
    budget_eur, spent_eur
        What there was and what is spent, without tax [EUR].
    benefit, bound
        Weighted exposure avoided, and what no choice can exceed [pupil hour K].
    notes
        Why nothing, or not all, is done.
    """

    table: pd.DataFrame
    budget_eur: float
    spent_eur: float
    benefit: float
    bound: float
    notes: tuple[Note, ...]

    @property
    def gap_share(self) -> float:
        """How far the choice may be below the best one [0-1]."""
        return max(self.bound - self.benefit, 0.0) / self.bound if self.bound > 0 else 0.0


def plant(
    city: City, points: Sequence[tuple[float, float]], choices: PlaygroundChoices, *, age_years: PlantAge = 10
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Plant trees at points of the map; those that are not on the open ground of a yard are left out.

    Parameters
    ----------
    city
        The city.
    points
        Coordinates in the CRS of the city [m].
    choices
        What a planted tree becomes.
    age_years
        Years after planting [years].

    Returns
    -------
    trees
        Index ``tree_id``, ``height_m``, ``crown_m``, point; for `geo.territory.playgrounds.playgrounds`.
    notes
        How many were left out.
    """
    spots = np.array([shapely.Point(x, y) for x, y in points], dtype=object)
    yards, buildings = (shapely.STRtree(layer(city, name).geometry.to_numpy()) for name in ("yards", "buildings"))
    in_yard, in_building = (np.unique(tree.query(spots, predicate="intersects")[0]) for tree in (yards, buildings))
    kept = np.isin(np.arange(len(spots)), np.setdiff1d(in_yard, in_building))
    left_out = int((~kept).sum())
    notes = (Note("trees-outside", {"count": left_out}),) if left_out else ()
    return _saplings(spots[kept], choices, age_years=age_years, crs=city.crs), notes


def vulnerability(city: City, choices: PlaygroundChoices) -> pd.Series:
    """Give the weight of the pupils of each public school, index ``school_id``; 1 is the least.

    One, plus the share of pupils under 6 on the last rolls times its weight, plus the place of the school by IPS (0
    the most favoured of the city, 1 the least; one half where not known) times its weight. Both weights are value
    judgements.
    """
    schools = city.tables["schools"]
    public = schools[schools["sector"] == "public"].sort_index()
    rolls = city.tables["rolls"].reset_index()
    last = rolls[rolls["year"] == rolls["year"].max()]
    young = last[last["grade"].isin(GRADES[Level.NURSERY])].groupby("school_id")["pupils"].sum()
    share = (young.reindex(public.index) / last.groupby("school_id")["pupils"].sum().reindex(public.index)).fillna(0.0)
    place = public["ips"].rank(ascending=False)
    deprived = ((place - 1) / max(place.count() - 1, 1)).fillna(0.5)
    weight: pd.Series[float] = 1 + choices.young_weight * share + choices.deprived_weight * deprived
    return weight.rename("weight")


def works(places: Playgrounds, pupils: pd.Series, weights: pd.Series, *, crs: str, age_years: PlantAge = 10) -> Works:
    """Give what could be done in each yard, what it costs and what it is worth.

    Half of the trees that fit, all of them, or all of them with the ground around opened. As many trees fit as keep
    their distances and bring crowns over the wanted share of the yard after 25 years.

    Parameters
    ----------
    places
        The yards as they are.
    pupils
        Pupils of each school [pupils], index ``school_id``.
    weights
        What each pupil counts, index ``school_id``, see `vulnerability`.
    crs
        CRS of the city.
    age_years
        Years after planting for which the shade is counted [years].
    """
    rows: list[tuple[object, ...]] = []
    planted: list[gpd.GeoDataFrame] = []
    for yard in places.yards:
        count = float(pupils.get(yard.school_id, float("nan")))
        beams = recess_beams(places, yard)
        trees = _saplings(_spots(places, yard, beams), places.choices, age_years=age_years, crs=crs)
        trees = trees.set_axis([f"{yard.school_id}-{number}" for number in trees["order"]])
        planted.append(trees.assign(school_id=yard.school_id))
        rows.append((yard.school_id, "none", 0, 0.0, 0.0, *_outcome(places, yard, count)))
        rows += [_work(places, yard, trees, measure=measure, pupils=count) for measure in MEASURES if len(trees)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).set_index(["school_id", "measure"])
    schools = table.index.get_level_values("school_id")
    before = table["exposure"].xs("none", level="measure").reindex(schools).to_numpy()
    avoided = (before - table["exposure"]) * weights.reindex(schools).fillna(1.0).to_numpy()
    empty = _saplings(np.array([], dtype=object), places.choices, age_years=age_years, crs=crs).assign(school_id="")
    forest = pd.concat([empty, *planted]).rename_axis("tree_id")
    return Works(table.assign(benefit=avoided), gpd.GeoDataFrame(forest, crs=crs))


def choose(table: pd.DataFrame, budget_eur: float, *, closed: Collection[str] = ()) -> Choice:
    """Pick the works that avoid most for a budget, at most one a yard, none at a school that closes.

    Parameters
    ----------
    table
        The table of `Works`.
    budget_eur
        What may be spent, without tax [EUR].
    closed
        Schools that the scenario closes, ``school_id``.

    Raises
    ------
    ScenarioError
        If the budget is not a number of euros from 0 on, or no choice is found in time.

    Notes
    -----
    Multiple-choice knapsack, solved by HiGHS to its proven best (scipy.optimize.milp).
    """
    if not (math.isfinite(budget_eur) and budget_eur >= 0):
        msg = f"budget for yards: expected euros from 0 on, got {budget_eur}. Correct the budget."
        raise ScenarioError(msg)
    schools = table.index.get_level_values("school_id")
    useful = table[(table["benefit"] > 0) & ~schools.isin(list(closed))].sort_index()
    taken, bound = _best(useful, budget_eur)
    chosen = useful[taken].reset_index("measure")
    before = table["unshaded_share"].xs("none", level="measure").reindex(chosen.index)
    return Choice(
        table=chosen.assign(unshaded_share_before=before),
        budget_eur=budget_eur,
        spent_eur=float(chosen["cost_eur"].sum()),
        benefit=float(chosen["benefit"].sum()),
        bound=bound,
        notes=tuple(_notes(table, useful, budget_eur, closed=closed)),
    )


def chosen_trees(plans: Works, choice: Choice) -> gpd.GeoDataFrame:
    """Give the trees that a choice plants, for `geo.territory.playgrounds.playgrounds`."""
    wanted = plans.trees["school_id"].map(choice.table["trees"]).fillna(0)
    return plans.trees[plans.trees["order"] <= wanted]


def _saplings(
    spots: npt.NDArray[np.object_], choices: PlaygroundChoices, *, age_years: PlantAge, crs: str
) -> gpd.GeoDataFrame:
    """Give planted trees, numbered in the order of their spots."""
    tree = choices.planted(age_years)
    order = np.arange(1, len(spots) + 1)
    columns = {"order": order, "height_m": float(tree.height_m), "crown_m": float(tree.crown_m)}
    index = pd.Index([f"P{number:04d}" for number in order], name="tree_id", dtype="str")
    return gpd.GeoDataFrame(columns, geometry=list(spots), crs=crs, index=index)


def _spots(places: Playgrounds, yard: Yard, beams: Raster) -> npt.NDArray[np.object_]:
    """Give the points where trees go, the one that adds most cover first, each far from the trees before it."""
    choices = places.choices
    free = _lattice(yard.ground.buffer(-choices.tree_clearance_m), choices.tree_spacing_m)
    near = places.obstacles.take(yard.near)
    stems = near.shape[near.is_tree]
    free = free[_at(beams.mean(axis=0), yard, free) >= _SUNNY]
    gap_m = np.full(len(free), np.inf)
    if len(stems):
        gap_m = np.asarray(shapely.distance(free, shapely.MultiPoint(list(stems))))
    centre = shapely.distance(free, yard.ground.centroid)
    picked: list[int] = []
    while len(picked) < _room(yard, choices) and (gap_m >= choices.tree_spacing_m - 1e-6).any():
        # Far from other trees first; of equals, the nearest to the middle of the yard.
        best = int(np.lexsort((centre, -gap_m))[0])
        picked.append(best)
        gap_m = np.minimum(gap_m, shapely.distance(free, free[best]))
    return free[picked]


def _room(yard: Yard, choices: PlaygroundChoices) -> int:
    """Trees that bring the crowns over a yard to the wanted share once they are 25 years old [trees]."""
    covered = float((yard.surfaces.crowns_m[yard.inside] > 0).mean())
    wanted_m2 = (choices.canopy_share - covered) * float(yard.ground.area)
    grown_m2 = math.pi * choices.planted(25).crown_m ** 2 / 4
    return max(round(wanted_m2 / grown_m2), 0)


def _lattice(area: BaseGeometry, step_m: float) -> npt.NDArray[np.object_]:
    """Points of a square grid within an area, row by row."""
    if area.is_empty:
        return np.array([], dtype=object)
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    points = np.atleast_1d(shapely.points(x.ravel(), y.ravel()))
    return np.asarray(points[shapely.intersects(area, points)], dtype=object)


def _at(values: Raster, yard: Yard, points: npt.NDArray[np.object_]) -> Raster:
    """Read a raster of the yard's window at points."""
    patch = yard.surfaces.patch
    west, _, _, north = patch.bounds
    x, y = shapely.get_x(points), shapely.get_y(points)
    rows = np.clip(((north - y) / patch.pixel_m).astype(int), 0, patch.rows - 1)
    columns = np.clip(((x - west) / patch.pixel_m).astype(int), 0, patch.columns - 1)
    return np.asarray(values[rows, columns])


def _work(
    places: Playgrounds, yard: Yard, trees: gpd.GeoDataFrame, *, measure: str, pupils: float
) -> tuple[object, ...]:
    """Give the row of one measure in one yard."""
    choices = places.choices
    some = trees.iloc[: math.ceil(len(trees) / 2)] if measure == "trees-half" else trees
    stems = shapely.MultiPoint(list(some.geometry))
    pits = stems.buffer(math.sqrt(choices.tree_pit_m2 / math.pi))
    beds: BaseGeometry = pits
    if measure == "trees-grass":
        wanted_m2 = choices.grass_share * yard.sealed.area
        beds = pits.union(stems.buffer(math.sqrt(wanted_m2 / (math.pi * len(some)))))
    opened = yard.sealed.intersection(beds)
    planted_m2 = len(some) * choices.tree_pit_m2 + opened.difference(pits).area
    cost_eur = planted_m2 * choices.planting_eur_m2 + opened.area * choices.desealing_eur_m2
    after = greened(yard, _standing(some, choices), opened=opened)
    return yard.school_id, measure, len(some), opened.area, cost_eur, *_outcome(places, after, pupils)


def _standing(trees: gpd.GeoDataFrame, choices: PlaygroundChoices) -> Obstacles:
    no_buildings = gpd.GeoDataFrame({"height_m": []}, geometry=[], crs=trees.crs)
    return obstacles(no_buildings, trees, choices)


def _outcome(places: Playgrounds, yard: Yard, pupils: float) -> tuple[float, float]:
    """Share of a yard in the sun [0-1], and exposure of its pupils [pupil hour K]."""
    beams = recess_beams(places, yard)
    exposure = sum(felt.hours * felt.over_k for felt in felt_rows(places, yard, beams))
    return unshaded(places, yard, beams), exposure * pupils


def _best(useful: pd.DataFrame, budget_eur: float) -> tuple[npt.NDArray[np.bool_], float]:
    """Give which rows to take, and what no choice can exceed."""
    if useful.empty:
        return np.zeros(0, dtype=bool), 0.0
    schools = useful.index.get_level_values("school_id")
    one_a_yard = (schools.unique().to_numpy()[:, None] == schools.to_numpy()).astype(float)
    found = milp(
        -useful["benefit"].to_numpy(),
        integrality=np.ones(len(useful)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(useful["cost_eur"].to_numpy()[None, :], ub=budget_eur),
            LinearConstraint(one_a_yard, ub=1),
        ],
        options={"mip_rel_gap": 0.0, "time_limit": _SECONDS},
    )
    if found.x is None:
        msg = f"choice of yards: expected a choice within {_SECONDS:g} s, got none ({found.message})"
        raise ScenarioError(msg)
    return np.asarray(found.x > 0.5), float(-found.mip_dual_bound)  # noqa: PLR2004, taken or not


def _notes(table: pd.DataFrame, useful: pd.DataFrame, budget_eur: float, *, closed: Collection[str]) -> Iterator[Note]:
    """Say why nothing, or not all, is done."""
    schools = set(table.index.get_level_values("school_id"))
    shut = sorted(schools & set(closed))
    if shut:
        yield Note("greening-closed", {"count": len(shut), "schools": ", ".join(shut)})
    unknown = int(table["benefit"].xs("none", level="measure").isna().sum())
    if unknown:
        yield Note("greening-pupils-unknown", {"count": unknown})
    if useful.empty:
        yield Note("greening-nothing-to-gain")
    elif budget_eur == 0:
        yield Note("greening-no-budget")
    elif budget_eur < useful["cost_eur"].min():
        yield Note("greening-budget-too-small", {"budget": budget_eur, "cost": float(useful["cost_eur"].min())})
