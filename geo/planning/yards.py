"""School yards under a scenario: shade, order and heat before and after, trees planted and works paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.playgrounds import PlantAge
from geo.model.scenario import Scenario
from geo.model.source import Source
from geo.planning.applying import city_under
from geo.planning.enrolment import children_year, roll_by_school
from geo.planning.greening import Choice, choose, vulnerability, works
from geo.planning.one_yard import (
    FELT,
    NOTHING,
    Plot,
    Point,
    budget_trees,
    felt_in,
    greened_yard,
    hand_trees,
    laid,
    tries_then,
    tries_today,
    works_of,
)
from geo.territory.playgrounds import SURFACES, Playgrounds, playground_notes, yard_ranks, yard_shade

_GROUND: Final = {"yards", "buildings", "trees", "schools", "rooms", "rolls", "children"}
# Ground that trees open is not taken off these: they tell the yard as it is.
_ONCE: Final = ("yard_m2", *(f"{kind}_share" for kind in (*SURFACES, "sealed")), "flags")


@dataclass(frozen=True, eq=False)
class Yards:
    """The yards of the public schools, as they are and under a scenario.

    Attributes
    ----------
    table
        One row a public school, index ``school_id`` in order. ``name``, ``yard_m2`` [m2], ``sealed_share`` [0-1] and
        ``flags`` as in `geo.territory.playgrounds.yard_shade`; ``closed`` [true or false]: whether the scenario leaves
        it without pupils; ``hand_trees`` and ``budget_trees`` [trees], ``measure``, ``hand_eur`` and ``budget_eur``
        [EUR]. With the endings ``_before`` and ``_after``: ``pupils``; ``unshaded_share`` [0-1], the mean of the
        recesses, and one for each such as ``unshaded_share_13h15``; ``shaded_m2``, ``shaded_m2_per_pupil`` [m2];
        ``rank``, ``rank_low``, ``rank_high``, ``top3_share``; of the hottest recess ``slot``, ``felt_c`` [degrees
        Celsius], ``felt_error_k`` [K], ``stress``, ``stress_low``, ``stress_high``; ``exposure`` of the day [pupil hour
        K]. NaN: not known.
    trees
        The trees planted, index ``tree_id``: ``school_id``, ``origin`` (``hand`` or ``budget``), ``height_m``,
        ``crown_m``, point.
    options
        What could be done in each yard beside the trees planted by hand, see `geo.planning.greening.Works`.
    choice
        The works that are paid with what those trees leave of the budget.
    hand_eur
        Cost of the trees planted by hand, without tax [EUR].
    before, after
        The yards themselves.
    age_years
        Years after planting for which trees and shade are given [years].
    notes, sources
        What to know about the figures, and where they come from.
    """

    table: pd.DataFrame
    trees: gpd.GeoDataFrame
    options: pd.DataFrame
    choice: Choice
    hand_eur: float
    before: Playgrounds
    after: Playgrounds
    age_years: PlantAge
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]


def yard_pupils(city: City, today: Evaluation, proposed: Evaluation) -> pd.DataFrame:
    """Pupils who share each yard [pupils], index ``school_id``, columns ``before`` and ``after``.

    At the level of the scenario those of the two evaluations, at the other levels of a school those of its last rolls;
    NaN where a level that it serves has no rolls.
    """
    level = proposed.scenario.level
    others = [roll_by_school(city, other)[0] for other in Level if other != level]
    schools = _public(city_under(city, proposed.scenario))
    return pd.DataFrame(
        {
            "before": _added([today.schools["pupils"], *others]).reindex(schools),
            "after": _added([proposed.schools["pupils"], *others]).reindex(schools),
        }
    )


def yards(
    city: City, scenario: Scenario, pupils: pd.DataFrame, *, age_years: PlantAge = 10, tried: bool = True
) -> Yards:
    """Give the yards of the public schools before and after a scenario: its trees, and the works its budget pays.

    The trees that the scenario plants by hand come first and are paid first; what they leave of the budget goes to the
    works that avoid most exposure. Neither touches the yard of a school that closes.

    Parameters
    ----------
    city, scenario
        The city, and what is planned.
    pupils
        See `yard_pupils`.
    age_years
        Years after planting [years].
    tried
        Whether to try how sure the ranks are: some 0.4 s a yard the first time.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, or there is no sun at one of the recesses.
    """
    changed = city_under(city, scenario)
    before = laid(city, scenario.playgrounds)
    closed = _closed(changed, scenario)
    today = [Plot(before, yard.school_id, city.crs, age_years) for yard in before.yards]
    by_hand, hand_notes = _by_hand(changed, today, scenario.trees, closed=closed)
    options = _options(by_hand, pupils["after"], vulnerability(changed, scenario.playgrounds), today=before)
    hand_eur = pd.Series({plot.school_id: plot.hand_eur for plot in by_hand}, dtype="float64")
    choice = choose(options, max(scenario.greening_budget_eur - float(hand_eur.sum()), 0.0), closed=sorted(closed))
    done = [replace(plot, measure=choice.table["measure"].get(plot.school_id, NOTHING)) for plot in by_hand]
    after = replace(before, yards=tuple(greened_yard(plot) for plot in done))
    sides = (
        _side(changed, before, today, pupils=pupils["before"], tried=tried).add_suffix("_before"),
        _side(changed, after, done, pupils=pupils["after"], tried=tried).add_suffix("_after"),
    )
    trees = _trees(done, city.crs)
    spent_eur = float(hand_eur.sum())
    return Yards(
        table=_table(sides, trees, choice, hand_eur=hand_eur).assign(
            name=changed.tables["schools"]["name"], closed=lambda table: table.index.isin(closed)
        ),
        trees=trees,
        options=options,
        choice=choice,
        hand_eur=spent_eur,
        before=before,
        after=after,
        age_years=age_years,
        notes=(
            *playground_notes(changed, before),
            Note("yards-pupils", {"level": scenario.level, "year": children_year(city)}),
            *hand_notes,
            *_budget_notes(changed, scenario, choice, spent_eur=spent_eur),
        ),
        sources=tuple(source for source in city.sources if _GROUND & set(source.tables)),
    )


def best_spots(
    city: City, scenario: Scenario, school_id: str, *, count: int, age_years: PlantAge = 10
) -> tuple[Point, ...]:
    """Give up to `count` places for trees in a yard beside those of the scenario, the one that shades most first.

    Fewer, or none, if no more fit: see `geo.planning.planting.planting_spots`.

    Raises
    ------
    ScenarioError
        If the school has no yard, or closes.
    """
    changed, places = city_under(city, scenario), laid(city, scenario.playgrounds)
    closed = _closed(changed, scenario)
    open_yards = [Plot(places, yard.school_id, city.crs, age_years) for yard in places.yards]
    planted, _ = _by_hand(changed, open_yards, scenario.trees, closed=closed)
    own = [plot for plot in planted if plot.school_id == school_id and school_id not in closed]
    if not own:
        msg = f"trees at school '{school_id}': expected a school that has a yard and stays open. Choose another one."
        raise ScenarioError(msg)
    free = works_of(own[0]).trees.sort_values("order").geometry
    return tuple((point.x, point.y) for point in free.iloc[:count])


def yard_at(found: Yards, point: Point) -> str | None:
    """Give the school in whose yard, on open ground, a point lies [m]; None outside all yards of schools that stay."""
    spot = shapely.Point(point)
    holding = [yard.school_id for yard in found.before.yards if yard.ground.intersects(spot)]
    return next((school for school in holding if not found.table["closed"][school]), None)


def _public(city: City) -> pd.Index:
    schools = city.tables["schools"]
    public: pd.Index = schools.index[schools["sector"] == "public"].sort_values()
    return public


def _added(levels: Sequence[pd.Series]) -> pd.Series:
    """Add the pupils of the levels of each school; not known if one of its levels is not."""
    pupils: pd.Series[float] = pd.concat(levels).groupby(level=0).agg(lambda own: own.sum(skipna=False))
    return pupils.astype("float64")


def _closed(changed: City, scenario: Scenario) -> frozenset[str]:
    """Schools that close and serve no other level: their yards are left to no one."""
    rooms = changed.tables["rooms"].reset_index()
    elsewhere = rooms[(rooms["level"] != scenario.level) & rooms["rooms"].ne(0).fillna(value=True)]
    return frozenset(scenario.closures) - frozenset(elsewhere["school_id"])


def _by_hand(
    changed: City, today: Sequence[Plot], trees: Sequence[Point], *, closed: frozenset[str]
) -> tuple[list[Plot], tuple[Note, ...]]:
    """Plant each tree in the yard where it stands, and say which are not planted."""
    grounds = shapely.STRtree([plot.bare.ground for plot in today])
    tree, yard = grounds.query(np.array([shapely.Point(stem) for stem in trees], dtype=object), predicate="intersects")
    stands_in: dict[int, str] = {}
    for place, found in zip(tree.tolist(), yard.tolist(), strict=True):
        stands_in.setdefault(place, today[found].school_id)  # between two yards it stands in the first
    stems: dict[str, tuple[Point, ...]] = {}
    for place, school in stands_in.items():
        stems[school] = (*stems.get(school, ()), trees[place])
    shut = {school: stems.pop(school) for school in sorted(closed & set(stems))}
    notes = [Note("trees-outside", {"count": len(trees) - len(stands_in)})] if len(stands_in) < len(trees) else []
    if shut:
        told = {"count": sum(map(len, shut.values())), "schools": _names(changed, shut)}
        notes.append(Note("trees-closed", told))
    return [replace(plot, stems=stems.get(plot.school_id, ())) for plot in today], tuple(notes)


def _options(plots: Sequence[Plot], pupils: pd.Series, weights: pd.Series, *, today: Playgrounds) -> pd.DataFrame:
    """Put what could be done in each yard together, for the pupils that it has."""
    if not plots:
        return works(replace(today, yards=()), pupils, weights, crs="EPSG:4326").table
    table = pd.concat([works_of(plot).table for plot in plots])
    schools = table.index.get_level_values("school_id")
    count, weight = pupils.reindex(schools).to_numpy(), weights.reindex(schools).fillna(1.0).to_numpy()
    return table.assign(exposure=table["exposure"] * count, benefit=table["benefit"] * count * weight)


def _side(changed: City, places: Playgrounds, plots: Sequence[Plot], *, pupils: pd.Series, tried: bool) -> pd.DataFrame:
    """Give the figures of all yards before or after, index ``school_id``."""
    shade = yard_shade(changed, places, pupils=pupils)
    felt = pd.DataFrame([felt_in(plot) for plot in plots], index=[plot.school_id for plot in plots], columns=list(FELT))
    table = shade.join(felt.astype({"felt_c": "float64", "felt_error_k": "float64", "exposure": "float64"}))
    table = table.assign(exposure=table["exposure"] * pupils.reindex(table.index))
    if not (tried and plots):
        return table
    others = [tries_then(plot) for plot in plots if not plot.untouched]
    same = tries_today(plots[0].places).loc[[plot.school_id for plot in plots if plot.untouched]]
    ranks = yard_ranks(shade["unshaded_share"], pd.concat([same, *others]))
    return table.drop(columns=list(ranks)).join(ranks)


def _table(
    sides: Sequence[pd.DataFrame], trees: gpd.GeoDataFrame, choice: Choice, *, hand_eur: pd.Series
) -> pd.DataFrame:
    """Put both sides and what was done beside each other."""
    both = pd.concat(sides, axis="columns")
    planted = pd.crosstab(trees["school_id"], trees["origin"]).reindex(index=both.index, columns=["hand", "budget"])
    once = pd.DataFrame(
        {
            "yard_m2": both["yard_m2_before"],
            "sealed_share": both["sealed_share_before"],
            "flags": both["flags_after"],
            "hand_trees": planted["hand"].fillna(0).astype("int64"),
            "budget_trees": planted["budget"].fillna(0).astype("int64"),
            "measure": choice.table["measure"].reindex(both.index).fillna(NOTHING),
            "hand_eur": hand_eur.reindex(both.index).fillna(0.0),
            "budget_eur": choice.table["cost_eur"].reindex(both.index).fillna(0.0),
        }
    )
    return once.join(both.drop(columns=[f"{name}_{when}" for name in _ONCE for when in ("before", "after")]))


def _trees(done: Sequence[Plot], crs: str) -> gpd.GeoDataFrame:
    """Give all trees that are planted."""
    columns = ["school_id", "origin", "height_m", "crown_m", "geometry"]
    groves = [
        grow(plot).assign(school_id=plot.school_id, origin=origin)
        for origin, grow in (("hand", hand_trees), ("budget", budget_trees))
        for plot in done
        if not plot.untouched
    ]
    if not groves:
        return gpd.GeoDataFrame({name: [] for name in columns[:-1]}, geometry=[], crs=crs).rename_axis("tree_id")
    return gpd.GeoDataFrame(pd.concat(groves)[columns].rename_axis("tree_id"), crs=crs)


def _budget_notes(changed: City, scenario: Scenario, choice: Choice, *, spent_eur: float) -> Iterator[Note]:
    """Say what the trees planted by hand leave of the budget, and why nothing, or not all, is done with it."""
    budget_eur = scenario.greening_budget_eur
    used_up = spent_eur > 0 and spent_eur >= budget_eur
    if used_up and budget_eur == 0:
        yield Note("trees-no-budget", {"cost": round(spent_eur)})
    elif used_up:
        yield Note("trees-over-budget", {"cost": round(spent_eur), "budget": budget_eur})
    for note in choice.notes:
        told = dict(note.values)
        if note.code == "greening-closed":
            yield Note(note.code, {**told, "schools": _names(changed, str(told["schools"]).split(", "))})
        elif not (used_up and note.code == "greening-no-budget"):
            yield note


def _names(changed: City, schools: Iterable[str]) -> str:
    names = changed.tables["schools"]["name"]
    return ", ".join(str(names[school]) for school in schools)
