"""How many pupils the units send to the public schools."""

from __future__ import annotations

import pandas as pd

from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import AGES, GRADES, Level
from geo.model.note import Note
from geo.territory.areas import dwellings_of


def children_by_unit(city: City, level: Level) -> pd.Series:
    """Children of the ages of `level` in each unit [children], index ``unit_id``, all units, last year known.

    Raises
    ------
    ScenarioError
        If one of the ages is missing from the table of children.
    """
    children = city.tables["children"]["children"].reset_index()
    last = children[children["year"] == children["year"].max()]
    missing = sorted(set(AGES[level]) - set(last["age"]))
    if missing:
        msg = (
            f"table 'children' of {city.name}: expected the ages {list(AGES[level])} for {level}, got none of {missing}"
        )
        raise ScenarioError(msg)
    counted: pd.Series[float] = last[last["age"].isin(AGES[level])].groupby("unit_id")["children"].sum()
    return counted.reindex(city.tables["units"].index, fill_value=0.0).rename("children")


def children_year(city: City) -> int:
    """Calendar year in which the school year of the table of children begins."""
    return int(city.tables["children"].index.get_level_values("year").max())


def roll_by_school(city: City, level: Level) -> tuple[pd.Series, int | None]:
    """Pupils of each public school of `level` on its last roll [pupils], and the year of the count.

    The year is None, and the pupils are not known, if the city has no rolls of that level.
    """
    schools = city.schools_of(level).index
    rolls = city.tables["rolls"]["pupils"].reset_index()
    rolls = rolls[rolls["grade"].isin(GRADES[level]) & rolls["school_id"].isin(schools)]
    if rolls.empty:
        return pd.Series(float("nan"), index=schools, name="roll_pupils"), None
    year = int(rolls["year"].max())
    pupils = rolls[rolls["year"] == year].groupby("school_id")["pupils"].sum()
    return pupils.reindex(schools).astype("float64").rename("roll_pupils"), year


def attendance_share(city: City, level: Level, assumptions: Assumptions) -> tuple[float, Note]:
    """Share of the children of `level` who attend its public schools [0-1], and the remark that says whence.

    The share that the user chose; else the pupils of the last rolls divided by the children of those ages; else one,
    when the city has no rolls: then every child is counted.
    """
    chosen = assumptions.attendance_share(level)
    if chosen is not None:
        return chosen, Note("share-chosen", {"share": chosen})
    rolls, year = roll_by_school(city, level)
    children = float(children_by_unit(city, level).sum())
    if year is None or children == 0:
        return 1.0, Note("share-unknown")
    share = min(float(rolls.sum()) / children, 1.0)
    return share, Note("share-deduced", {"share": share, "year": year})


def pupils_by_unit(city: City, level: Level, share: float) -> pd.Series:
    """Pupils whom each unit sends to public schools [pupils], index ``unit_id``: its children times `share` [0-1]."""
    return (children_by_unit(city, level) * share).rename("pupils")


def capacity_by_school(city: City, level: Level, assumptions: Assumptions) -> pd.DataFrame:
    """Rooms and places of each public school of `level`, index ``school_id``.

    Returns
    -------
    capacity
        ``rooms`` [rooms] and ``capacity_pupils`` [pupils]: what the city states, else rooms times pupils per room;
        NaN where neither is known.
    """
    rooms = city.tables["rooms"].xs(level, level="level").reindex(city.schools_of(level).index)
    by_rooms = rooms["rooms"].astype("float64") * assumptions.pupils_per_room(level)
    stated = rooms["capacity_pupils"].astype("float64")
    return pd.DataFrame({"rooms": rooms["rooms"].astype("float64"), "capacity_pupils": stated.fillna(by_rooms)})


def homes_of_units(city: City) -> pd.DataFrame:
    """Spread the pupils of each unit over its addresses by dwellings.

    Returns
    -------
    homes
        Index ``address_id``: ``unit_id``, and ``weight``, the part of the pupils of the unit who live there [0-1]. An
        address whose dwellings are not known counts as one dwelling.
    """
    addresses = city.tables["addresses"]
    homes = addresses[["unit_id"]].assign(dwellings=dwellings_of(addresses))
    in_unit = homes.groupby("unit_id")["dwellings"]
    # A unit of offices only: its addresses count alike.
    weight = (homes["dwellings"] / in_unit.transform("sum")).fillna(1 / in_unit.transform("size"))
    return pd.DataFrame({"unit_id": homes["unit_id"], "weight": weight})
