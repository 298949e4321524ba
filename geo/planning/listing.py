"""The street list of one level, today and under a scenario: who belongs where, what changes, for how many children."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.plan import Plan
from geo.planning.applying import city_under
from geo.planning.enrolment import children_by_unit, homes_of_units
from geo.territory.annex.cells import places_of
from geo.territory.annex.changes import changes_between, items_of_addresses
from geo.territory.annex.numbers import is_repetition
from geo.territory.annex.resolving import decide, resolve
from geo.territory.annex.shortest import names_of, numberless_streets, shortest_list

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
    schools
        Schools of each address, index ``address_id``, values tuples of ``school_id`` in order of priority.
    stated
        Whether these are the rows of the city's own file; else they were written from the addresses.
    mixed
        Addresses that no list can tell apart from another one of other schools.
    """

    level: Level
    rows: pd.DataFrame
    schools: pd.Series
    stated: bool
    mixed: int = 0


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


def listing_today(city: City, level: Level) -> Listing:
    """Give the street list in force: the city's own rows, or the shortest ones where it has drawn sectors only.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    rows = _rows_in_force(city, level)
    schools = _schools_today(city, level)
    if rows.empty:
        short = shortest_list(city.tables["addresses"], schools, level)
        return Listing(level, short.rows, schools, stated=False, mixed=len(short.mixed))
    return Listing(level, rows, schools, stated=True)


def listing_under(city: City, evaluation: Evaluation) -> Listing:
    """Give the shortest street list of the map that is proposed, or that in force while nothing moves.

    Addresses of the units that do not move keep the schools that the list in force gives them.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    plan = evaluation.plan
    moves = plan.moves_since(city.current[plan.level])
    today = listing_today(city, plan.level)
    if not moves:
        return today
    addresses = city.tables["addresses"]
    pairs = zip(addresses["unit_id"], today.schools, strict=True)
    schools = _column([moves.get(unit, held) for unit, held in pairs], addresses.index)
    in_force = today.rows if today.stated else None
    short = shortest_list(addresses, schools, plan.level, in_force=in_force)
    return Listing(plan.level, short.rows, schools, stated=False, mixed=len(short.mixed))


def changes_under(city: City, today: Listing, proposed: Listing) -> pd.DataFrame:
    """Give what leads from the list in force to the proposed one.

    Returns
    -------
    changes
        As `geo.territory.annex.changes.changes_between` gives them, and ``addresses`` and ``children`` [children of
        the ages of the level] of each item.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    addresses = city.tables["addresses"]
    changes = changes_between(today.rows, proposed.rows, numberless=numberless_streets(addresses))
    item = items_of_addresses(addresses, changes)
    homes = homes_of_units(city)
    children = homes["unit_id"].map(children_by_unit(city, today.level)).astype("float64") * homes["weight"]
    counts = pd.DataFrame({"item": item, "children": children.reindex(item.index)}).groupby("item")["children"]
    return changes.assign(
        addresses=counts.size().reindex(changes.index, fill_value=0),
        children=counts.sum().reindex(changes.index, fill_value=0.0),
    )


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
    near, exact = _nearest(city.tables["addresses"], asked)
    if not schools and near and (exact or not listing.rows["street_id"].eq(home[0]).any()):
        schools = _drawn(city, evaluation.plan, near)
    walks = city_under(city, evaluation.scenario).walk_m
    walks_m = tuple(float(walks[school].loc[near]) if near and school in walks else float("nan") for school in schools)
    return Belonging(tuple(schools), listing.rows.loc[list(labels)], walks_m, near, exact)


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


def _rows_in_force(city: City, level: Level) -> pd.DataFrame:
    rows = city.tables["street_list"]
    return rows[rows["level"] == level]


def _schools_today(city: City, level: Level) -> pd.Series:
    """Give the schools of each address by the list, or those of its unit where no row covers it."""
    addresses = city.tables["addresses"]
    said, plan = resolve(addresses, city.tables["street_list"], level), city.current[level].schools_of
    pairs = zip(said, addresses["unit_id"], strict=True)
    return _column([schools or plan.get(unit, ()) for schools, unit in pairs], addresses.index)


def _drawn(city: City, plan: Plan, address: str) -> tuple[str, ...]:
    return plan.schools_of.get(str(city.tables["addresses"]["unit_id"].loc[address]), ())


def _nearest(addresses: pd.DataFrame, asked: pd.DataFrame) -> tuple[str, bool]:
    """Give the address of the street that is nearest by its number, on the same side if there is one."""
    street, number = asked["street_id"].iloc[0], int(asked["number"].iloc[0])
    own = addresses[addresses["street_id"] == street]
    if own.empty:
        return "", False
    wanted = places_of(asked).iloc[0]
    away = (places_of(own) - wanted).abs()
    order = pd.DataFrame({"other": own["number"] % 2 != number % 2, "away": away}).sort_values(["other", "away"])
    best = str(order.index[0])
    return best, bool(away.loc[best] == 0)


def _column(values: list[tuple[str, ...]], index: pd.Index) -> pd.Series:
    return pd.Series(pd.array(values, dtype=object), index=index, dtype=object)
