"""What is done in one school yard and what comes of it, kept: each gesture asks for all other yards again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.model.city import City
from geo.model.playgrounds import PlantAge, PlaygroundChoices
from geo.planning.greening import Works, treated, works
from geo.planning.planting import beds, planted_yard, saplings, standing
from geo.territory.playgrounds import Playgrounds, Yard, playgrounds, yard_comfort, yard_tries

Point = tuple[float, float]

NOTHING: Final = "none"
FELT: Final = ("slot", "felt_c", "felt_error_k", "stress", "stress_low", "stress_high", "exposure")


@dataclass(frozen=True)
class Plot:
    """One yard and what is done in it, as a key.

    Attributes
    ----------
    places, school_id
        The yards of the city as they are, and the school of this one.
    crs
        CRS of the city.
    age_years
        Years after planting for which shade is counted [years].
    stems
        Trees planted by hand, ``x, y`` [m].
    measure
        The work that the budget pays, one of `geo.planning.greening.MEASURES` or ``none``.
    """

    places: Playgrounds
    school_id: str
    crs: str
    age_years: PlantAge
    stems: tuple[Point, ...] = ()
    measure: str = NOTHING

    @property
    def untouched(self) -> bool:
        """Whether nothing is done in it."""
        return not self.stems and self.measure == NOTHING

    @property
    def bare(self) -> Yard:
        """The yard as it is."""
        return next(yard for yard in self.places.yards if yard.school_id == self.school_id)

    @property
    def points(self) -> list[shapely.Point]:
        """The trees planted by hand."""
        return [shapely.Point(stem) for stem in self.stems]

    @property
    def hand_eur(self) -> float:
        """Cost of the trees planted by hand, without tax [EUR]."""
        return beds(self.bare, self.points, self.places.choices).cost_eur if self.stems else 0.0


@lru_cache(maxsize=8)
def laid(city: City, choices: PlaygroundChoices) -> Playgrounds:
    """Give the yards of the city as they are.

    Raises
    ------
    ScenarioError
        If there is no sun at one of the recesses.
    """
    return playgrounds(city, choices)


@lru_cache(maxsize=8)
def tries_today(places: Playgrounds) -> pd.DataFrame:
    """Give the tries of all yards as they are, see `geo.territory.playgrounds.yard_tries`."""
    return yard_tries(places, np.random.default_rng(places.choices.seed))


@lru_cache(maxsize=2048)
def tries_then(plot: Plot) -> pd.DataFrame:
    """Give the tries of one yard once it is greened, by the same chance as `tries_today`."""
    alone = replace(plot.places, yards=(plot.bare,))
    grown = standing(pd.concat([hand_trees(plot), budget_trees(plot)]), plot.places.choices)
    return yard_tries(alone, np.random.default_rng(plot.places.choices.seed), planted={plot.school_id: grown})


@lru_cache(maxsize=2048)
def works_of(plot: Plot) -> Works:
    """Give what could be done in one yard beside the trees planted by hand, for one pupil of weight one."""
    one = pd.Series({plot.school_id: 1.0})
    alone = replace(plot.places, yards=(plot.bare,))
    return works(alone, one, one, crs=plot.crs, age_years=plot.age_years, planted={plot.school_id: plot.points})


@lru_cache(maxsize=2048)
def felt_in(plot: Plot) -> Mapping[str, object]:
    """Give what is felt in a yard at its hottest recess, and the exposure of one pupil over all recesses."""
    alone = replace(plot.places, yards=(greened_yard(plot),))
    comfort = yard_comfort(alone, pupils=pd.Series({plot.school_id: 1.0})).reset_index()
    hottest = comfort.sort_values("felt_c", ascending=False, kind="stable").iloc[0]
    told: dict[str, object] = {name: hottest[name] for name in FELT}
    return {**told, "exposure": float(comfort["exposure"].sum())}


def greened_yard(plot: Plot) -> Yard:
    """Give a yard with its trees planted and its work done."""
    choices = plot.places.choices
    yard = planted_yard(plot.bare, plot.points, choices, age_years=plot.age_years, crs=plot.crs)
    return yard if plot.measure == NOTHING else treated(yard, _free(plot), plot.measure, choices=choices).yard


def hand_trees(plot: Plot) -> gpd.GeoDataFrame:
    """Give the trees planted by hand, index ``tree_id``: ``height_m``, ``crown_m``, point."""
    points = np.array(plot.points, dtype=object)
    trees = saplings(points, plot.places.choices, age_years=plot.age_years, crs=plot.crs)
    return trees.set_axis([f"{plot.school_id}-hand-{number}" for number in trees["order"]])


def budget_trees(plot: Plot) -> gpd.GeoDataFrame:
    """Give the trees that the work of a yard plants, index ``tree_id``: ``height_m``, ``crown_m``, point."""
    free = _free(plot)
    return (
        free.iloc[:0]
        if plot.measure == NOTHING
        else treated(plot.bare, free, plot.measure, choices=plot.places.choices).trees
    )


def _free(plot: Plot) -> gpd.GeoDataFrame:
    """Give all trees that fit beside those planted by hand."""
    return works_of(replace(plot, measure=NOTHING)).trees
