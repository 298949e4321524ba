"""The street list of one level, today and under a scenario: who belongs where, what changes, for how many children."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

import pandas as pd
import shapely

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.applying import city_under
from geo.planning.street_list import ListRevision, revise_list
from geo.territory.annex.cells import places_of
from geo.territory.annex.numbers import is_repetition
from geo.territory.annex.resolving import decide
from geo.territory.annex.shortest import names_of

_NUMBER: Final = re.compile(r"\s*(?:n°?\s*)?(\d{1,4})\s*([a-z]{0,9})\s*", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Listing:
    """A street list of one level.

    Attributes
    ----------
    level
        The level.
    rows
        Rows of the contract `geo.model.tables.STREET_LIST`, of that level only.
    stated
        Whether these are the rows of the city's own file; else they are the shortest ones for its map.
    """

    level: Level
    rows: pd.DataFrame
    stated: bool


@dataclass(frozen=True, eq=False)
class Lists:
    """The street list in force and that of a scenario.

    Attributes
    ----------
    today, proposed
        Both lists.
    revision
        What leads from one to the other.
    """

    today: Listing
    proposed: Listing
    revision: ListRevision


@dataclass(frozen=True, eq=False)
class Belonging:
    """Which schools an address belongs to.

    Attributes
    ----------
    schools
        In order of priority, empty if neither a row nor a drawn sector says.
    rows
        The rows that decide, in the same order; none where a drawn sector does.
    walks_m
        Walk to each of these schools from the nearest known address of the street [m]; infinite without a way.
    near
        That address, an ``address_id``; empty if the street has none.
    exact
        Whether that is the address itself.
    """

    schools: tuple[str, ...]
    rows: pd.DataFrame
    walks_m: tuple[float, ...]
    near: str
    exact: bool


def lists_under(city: City, scenario: Scenario) -> Lists:
    """Give the street list in force and that of a scenario: the city's own rows as long as nothing moves.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city.
    PlanError
        If the scenario moves a unit that the map in force has not.
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    level = scenario.level
    revision = revise_list(city, scenario)
    rows = city.tables["street_list"]
    own = rows[rows["level"] == level]
    today = Listing(level, revision.before, stated=False) if own.empty else Listing(level, own, stated=True)
    moved = not revision.changes.empty
    proposed = Listing(level, revision.after, stated=False) if moved else today
    return Lists(today, proposed, revision)


def belonging(city: City, listing: Listing, evaluation: Evaluation, *, home: tuple[str, int, str]) -> Belonging:
    """Say which schools an address belongs to, whether a building stands there yet or not.

    Parameters
    ----------
    city
        The city.
    listing
        The street list that decides.
    evaluation
        Its map, which speaks where no row does.
    home
        ``street_id``, number (0 without one) and repetition.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    asked = pd.DataFrame([home], columns=["street_id", "number", "suffix"])
    decided = decide(asked, listing.rows, listing.level)
    schools, labels = decided["schools"].iloc[0], decided["rows"].iloc[0]
    near, exact = nearest_address(city, home)
    if not schools and near and (exact or not listing.rows["street_id"].eq(home[0]).any()):
        schools = _drawn(city, evaluation.plan, near)
    walks = city_under(city, evaluation.scenario).walk_m
    walks_m = tuple(float(walks[school].loc[near]) if near and school in walks else float("nan") for school in schools)
    return Belonging(tuple(schools), listing.rows.loc[list(labels)], walks_m, near, exact)


def nearest_address(city: City, home: tuple[str, int, str]) -> tuple[str, bool]:
    """Give the address of a street that is nearest by its number, on the same side if there is one.

    Parameters
    ----------
    city
        The city.
    home
        ``street_id``, number (0 without one) and repetition.

    Returns
    -------
    near, exact
        Its ``address_id``, empty if the street has none, and whether that is the address itself.
    """
    addresses, (street, number, _) = city.tables["addresses"], home
    own = addresses[addresses["street_id"] == street]
    if own.empty:
        return "", False
    wanted = places_of(pd.DataFrame([home], columns=["street_id", "number", "suffix"])).iloc[0]
    away = (places_of(own) - wanted).abs()
    order = pd.DataFrame({"other": own["number"] % 2 != number % 2, "away": away}).sort_values(["other", "away"])
    best = str(order.index[0])
    return best, bool(away.loc[best] == 0)


def address_near(city: City, point: tuple[float, float], *, reach_m: float = 150.0) -> tuple[str, int, str] | None:
    """Give street, number and repetition of the address nearest to a place; None if none is within reach.

    Parameters
    ----------
    city
        The city.
    point
        Coordinates in the CRS of the city [m].
    reach_m
        How far an address may be [m].
    """
    homes = city.layer("addresses")
    _, rows = homes.sindex.nearest(shapely.Point(point), return_all=False, max_distance=reach_m)
    if not len(rows):
        return None
    home = homes.iloc[int(rows[0])]
    return str(home["street_id"]), int(home["number"]), str(home["suffix"])


def street_names(city: City) -> dict[str, str]:
    """Give the streets of the addresses and of the list, ``street_id`` to name, in the order of their names.

    Streets of one name are told apart by their codes.
    """
    names = {**names_of(city.tables["street_list"]), **names_of(city.tables["addresses"])}
    counts = Counter(names.values())
    told = {code: name if counts[name] == 1 else f"{name} ({code})" for code, name in names.items()}
    return dict(sorted(told.items(), key=lambda street: street[1].casefold()))


def house_number(text: str) -> tuple[int, str] | None:
    """Give the number and the repetition that a person wrote; (0, "") if nothing, None if it is no number.

    >>> house_number("n° 12 bis"), house_number(""), house_number("douze")
    ((12, 'BIS'), (0, ''), None)
    """
    if not text.strip():
        return 0, ""
    found = _NUMBER.fullmatch(text)
    if not found or not is_repetition(found[2]):
        return None
    return int(found[1]), found[2].upper()


def _drawn(city: City, plan: Plan, address: str) -> tuple[str, ...]:
    return plan.schools_of.get(str(city.tables["addresses"]["unit_id"].loc[address]), ())
