"""Dwellings to come as a table that people read."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.council.words import Lang, number, percent, say
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.planning.applying import city_under, plan_under, schools_under
from geo.planning.projection.housing import dwelling_yield

_COLUMNS: Final = (
    "name",
    "unit",
    "school",
    "delivery_year",
    "dwellings",
    "social_share",
    "mean_rooms",
    "pupils",
    "origin",
)


def dwelling_table(city: City, scenario: Scenario, lang: Lang) -> pd.DataFrame:
    """List the housing of the city under a scenario, with the pupils whom each delivery brings once it is lived in.

    Parameters
    ----------
    city
        The city as it is; the dwellings of the scenario are added here.
    scenario
        The scenario in hand.
    lang
        Language of headings and texts.

    Returns
    -------
    table
        Index ``programme_id, delivery_year``, texts: name, side of street, school, year, dwellings, social share, mean
        rooms, pupils of 3 to 10 in public schools, and whether the row comes from the city or from the scenario.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city.
    """
    plan, names = plan_under(city, scenario), schools_under(city, scenario)["name"]
    added = {(one.programme_id, one.delivery_year) for one in scenario.dwellings}
    housing = city_under(city, scenario).tables["housing"]
    whole = dwelling_yield(housing, scenario.projection) * housing["dwellings"] * scenario.projection.newcomer_share
    labels = city.tables["units"]["label"]
    rows = [
        {
            "name": row["name"] or key[0],
            "unit": labels.get(row["unit_id"], row["unit_id"]),
            "school": _schools(plan.schools_of.get(row["unit_id"], ()), names, lang),
            "delivery_year": str(key[1]),
            "dwellings": number(row["dwellings"], lang),
            "social_share": percent(row["social_share"], lang),
            "mean_rooms": number(row["mean_rooms"], lang, digits=1),
            "pupils": number(pupils, lang),
            "origin": say(f"pupils.dwellings.{'scenario' if key in added else 'city'}", lang),
        }
        for key, row, pupils in zip(housing.index, housing.to_dict("records"), whole, strict=True)
    ]
    table = pd.DataFrame(rows, index=housing.index, columns=list(_COLUMNS))
    return table.set_axis([say(f"pupils.dwellings.{name}", lang) for name in _COLUMNS], axis="columns")


def _schools(schools: tuple[str, ...], names: pd.Series, lang: Lang) -> str:
    return " / ".join(str(names[school]) for school in schools) or say("unknown", lang)
