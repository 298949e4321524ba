"""Greening of school yards: what could be done in each, and which yards a budget goes to."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.note import Note
from geo.model.playgrounds import PlantAge, PlaygroundChoices
from geo.planning.planting import Beds, beds, planted_yard, planting_spots, saplings, standing
from geo.territory.playgrounds import Playgrounds, Yard, felt_rows, greened, recess_beams, unshaded

MEASURES: Final = ("trees-half", "trees", "trees-grass")
_COLUMNS: Final = ("school_id", "measure", "trees", "opened_m2", "cost_eur", "unshaded_share", "exposure")
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


class Treated(NamedTuple):
    """A yard once a measure is taken.

    Attributes
    ----------
    yard
        The yard then.
    trees
        The trees planted, see `Works`.
    beds
        The ground around them.
    """

    yard: Yard
    trees: gpd.GeoDataFrame
    beds: Beds


def works(
    places: Playgrounds,
    pupils: pd.Series,
    weights: pd.Series,
    *,
    crs: str,
    age_years: PlantAge = 10,
    planted: Mapping[str, Sequence[shapely.Point]] | None = None,
) -> Works:
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
    planted
        Trees that are planted in each yard anyway, from ``school_id`` to points; the works come on top of them.
    """
    rows: list[tuple[object, ...]] = []
    groves: list[gpd.GeoDataFrame] = []
    for bare in places.yards:
        count = float(pupils.get(bare.school_id, float("nan")))
        stems = (planted or {}).get(bare.school_id, ())
        yard = planted_yard(bare, stems, places.choices, age_years=age_years, crs=crs)
        spots = planting_spots(places, bare, recess_beams(places, yard), stems=stems)
        trees = saplings(spots, places.choices, age_years=age_years, crs=crs)
        trees = trees.set_axis([f"{yard.school_id}-{number}" for number in trees["order"]])
        groves.append(trees.assign(school_id=yard.school_id))
        rows.append((yard.school_id, "none", 0, 0.0, 0.0, *_outcome(places, yard, count)))
        rows += [_work(places, yard, trees, measure=measure, pupils=count) for measure in MEASURES if len(trees)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).set_index(["school_id", "measure"])
    table = table.astype(dict.fromkeys(_COLUMNS[3:], "float64"))
    schools = table.index.get_level_values("school_id")
    before = _untouched(table["exposure"]).reindex(schools).to_numpy()
    avoided = (before - table["exposure"]) * weights.reindex(schools).fillna(1.0).to_numpy()
    empty = saplings(np.array([], dtype=object), places.choices, age_years=age_years, crs=crs).assign(school_id="")
    forest = pd.concat([empty, *groves]).rename_axis("tree_id")
    return Works(table.assign(benefit=avoided), gpd.GeoDataFrame(forest, crs=crs))


def treated(yard: Yard, trees: gpd.GeoDataFrame, measure: str, *, choices: PlaygroundChoices) -> Treated:
    """Take one measure in a yard; `trees` are all that fit in it, in the order in which they are planted.

    Raises
    ------
    ValueError
        If there is no such measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure {measure!r}: expected one of {', '.join(MEASURES)}")
    some = trees.iloc[: math.ceil(len(trees) / 2)] if measure == "trees-half" else trees
    wanted_m2 = choices.grass_share * yard.sealed.area if measure == "trees-grass" else 0.0
    around = beds(yard, list(some.geometry), choices, wanted_m2=wanted_m2)
    return Treated(greened(yard, standing(some, choices), opened=around.opened), some, around)


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
    before = _untouched(table["unshaded_share"]).reindex(chosen.index)
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


def _untouched(figures: pd.Series) -> pd.Series:
    """Give a figure of each yard as it is, index ``school_id``; without yards no row."""
    asis: pd.Series = figures[figures.index.get_level_values("measure") == "none"].droplevel("measure")
    return asis


def _work(
    places: Playgrounds, yard: Yard, trees: gpd.GeoDataFrame, *, measure: str, pupils: float
) -> tuple[object, ...]:
    """Give the row of one measure in one yard."""
    done = treated(yard, trees, measure, choices=places.choices)
    outcome = _outcome(places, done.yard, pupils)
    return yard.school_id, measure, len(done.trees), done.beds.opened.area, done.beds.cost_eur, *outcome


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
    unknown = int(_untouched(table["benefit"]).isna().sum())
    if unknown:
        yield Note("greening-pupils-unknown", {"count": unknown})
    if useful.empty:
        yield Note("greening-nothing-to-gain")
    elif budget_eur == 0:
        yield Note("greening-no-budget")
    elif budget_eur < useful["cost_eur"].min():
        yield Note("greening-budget-too-small", {"budget": budget_eur, "cost": float(useful["cost_eur"].min())})
