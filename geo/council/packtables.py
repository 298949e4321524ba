"""The tables and layers of the pack: each subject once, with names of schools beside their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.council.exports import rounded, school_points, sector_areas, source_rows, unit_areas
from geo.council.figures import school_figures
from geo.model.city import City
from geo.planning.applying import schools_under
from geo.planning.mix import compare_mix
from geo.planning.study import Study

_ROUTE: Final = ("from_school", "to_school")
_FINE_UNITS: Final = ("share", "index")


def pack_tables(city: City, study: Study, figures: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the tables of the pack by the name of their file.

    Parameters
    ----------
    city, study
        The city and the scenario.
    figures
        What `geo.council.story.key_figures` gives.

    Returns
    -------
    tables
        ``figures, schools, school_years, movers, mix, yards, units, sources``, each with its index; ``school_years``
        and ``movers`` only where the pupils to come are known. Numbers are rounded to what they are worth. The units
        come without their pupils: so few live in one that they must not leave the house.
    """
    names = schools_under(city, study.scenario)["name"]
    schools = rounded(school_figures(city, study.today, study.proposed))
    schools.insert(0, "number", range(1, len(schools) + 1))
    ahead = {"school_years": _named(study.years, names), "movers": _movers(study, names)} if study.transition else {}
    return {
        "figures": _exact(figures),
        "schools": schools,
        **ahead,
        "mix": _named(compare_mix(study.mix_before, study.mix_after), names),
        "yards": _named(_yard_figures(study), names),
        "units": pd.DataFrame(_units(city, study).drop(columns="geometry")).set_index("unit_id"),
        "sources": source_rows(study.sources).set_index("tables"),
    }


def pack_layers(city: City, study: Study) -> Mapping[str, gpd.GeoDataFrame]:
    """Give the layers of the pack: schools, units, sectors before and after, yards, and the trees that are planted."""
    current = city.current[study.scenario.level]
    return {
        "map_schools": school_points(city, study.today, study.proposed),
        "map_units": _units(city, study),
        "sectors_before": sector_areas(city, study.today, current),
        "sectors_after": sector_areas(city, study.proposed, study.proposed.plan),
        "map_yards": _yards(city, study),
        "trees_planted": study.yards.trees.reset_index(),
    }


def _named(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Put the name of the school into the first column."""
    named = rounded(table)
    school = named.index.get_level_values("school_id")
    named.insert(0, "school", names.reindex(school).to_numpy())
    return named


def _exact(figures: pd.DataFrame) -> pd.DataFrame:
    """Round each key figure as its unit asks for."""
    fine = figures["unit"].isin(_FINE_UNITS)
    ends = figures[["before", "after"]]
    return figures.assign(**ends.round(4).where(fine, ends.round(1)))


def _yard_figures(study: Study) -> pd.DataFrame:
    """Give the figures of the yards; the name of the school is added as in the other tables."""
    return study.yards.table.drop(columns="name", errors="ignore")


def _movers(study: Study, names: pd.Series) -> pd.DataFrame:
    movers = study.transition.movers.reset_index() if study.transition else pd.DataFrame()
    told = {f"{column}_name": names.reindex(movers[column]).to_numpy() for column in _ROUTE}
    return rounded(movers.assign(**told)).set_index(["year", *_ROUTE, "grade"])


def _units(city: City, study: Study) -> gpd.GeoDataFrame:
    areas = unit_areas(city, city.current[study.scenario.level], study.proposed)
    return gpd.GeoDataFrame(areas.drop(columns="pupils"))


def _yards(city: City, study: Study) -> gpd.GeoDataFrame:
    """Give the open ground of each yard with its figures."""
    ground = {yard.school_id: yard.ground for yard in study.yards.before.yards}
    table = rounded(study.yards.table).loc[list(ground)]
    return gpd.GeoDataFrame(table, geometry=list(ground.values()), crs=city.crs).reset_index()
