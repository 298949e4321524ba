"""The layers that every map draws, with the figures that belong to them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.council.colours import band_of
from geo.council.figures import by_name, whole_after
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.plan import Plan
from geo.planning.applying import schools_under
from geo.territory.sectors import draw_sectors


def school_layer(city: City, evaluation: Evaluation) -> gpd.GeoDataFrame:
    """Give the schools of an evaluation as points with their figures.

    Returns
    -------
    schools
        Index ``school_id`` in the order of the names; ``number`` (from 1, in that order), ``name``, the columns of
        `Evaluation.schools` with ``pupils`` whole, and ``band`` (code of the class of occupancy).
    """
    schools = schools_under(city, evaluation.scenario)
    order = by_name(schools["name"], evaluation.schools.index)
    figures = evaluation.schools.loc[order]
    before = pupils_by_school(evaluation.units["pupils"], city.current[evaluation.plan.level])
    known = schools.loc[order, ["name", "geometry"]]
    return known.join(figures).assign(
        number=range(1, len(order) + 1),
        pupils=whole_after(figures["pupils"], before.reindex(order, fill_value=0.0)),
        band=[band_of(share).code for share in figures["occupancy_share"]],
    )


def sector_layer(city: City, evaluation: Evaluation, plan: Plan) -> gpd.GeoDataFrame:
    """Give the sectors of `plan` as areas with the occupancy of their schools in `evaluation`.

    Returns
    -------
    sectors
        Index ``sector_id``; ``schools`` (tuple of ``school_id``), ``name``, ``pupils`` who live in it [pupils],
        ``occupancy_share`` [share] of its schools taken together, ``band`` (code of the class of occupancy).
    """
    sectors = draw_sectors(city.layer("units"), plan)
    names = schools_under(city, evaluation.scenario)["name"]
    sector_of = pd.Series({unit: "+".join(schools) for unit, schools in plan.schools_of.items()}, dtype="str")
    shares = sectors["schools"].map(lambda schools: _occupancy(evaluation.schools, schools))
    return sectors.assign(
        name=[" / ".join(str(names[school]) for school in schools) for schools in sectors["schools"]],
        pupils=evaluation.units["pupils"].groupby(sector_of).sum().reindex(sectors.index),
        occupancy_share=shares.astype("float64"),
        band=[band_of(share).code for share in shares],
    )


def moved_layer(city: City, evaluation: Evaluation) -> gpd.GeoDataFrame:
    """Give the units that the scenario moves as areas, index ``unit_id``, columns ``label`` and ``pupils`` [pupils]."""
    moved = evaluation.units[evaluation.units["moved"]]
    units = city.layer("units")
    return units.loc[units.index.isin(moved.index), ["label", "geometry"]].join(moved[["pupils"]])


def pupils_by_school(pupils: pd.Series, plan: Plan) -> pd.Series:
    """Send the pupils of each unit to its schools under `plan`; index ``school_id`` [pupils]."""
    sent = plan.shares.assign(pupils=pupils.reindex(plan.shares["unit_id"]).to_numpy() * plan.shares["share"])
    return sent.groupby("school_id")["pupils"].sum()


def map_bounds(city: City, schools: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Give the bounds of the commune and of `schools`: left, bottom, right, top [m]."""
    bounds = np.vstack([city.layer("commune").total_bounds, schools.total_bounds])
    return np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])


def _occupancy(figures: pd.DataFrame, schools: tuple[str, ...]) -> float:
    """Occupancy of several schools taken together [share]; NaN if one of their capacities is not known."""
    rows = figures.loc[list(schools)]
    places = rows["capacity_pupils"].sum(skipna=False)
    return float(rows["pupils"].sum() / places) if places > 0 else float("nan")
