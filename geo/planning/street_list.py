"""The street list that a scenario makes: as few rows as possible, and what changes since the list in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.applying import plan_under, schools_under
from geo.planning.enrolment import children_by_unit, homes_of_units
from geo.territory.annex.assigning import assign
from geo.territory.annex.changes import changes_between, items_of_addresses
from geo.territory.annex.shortest import numberless_streets, shortest_list
from geo.territory.enclaves import lived_in_pieces
from geo.territory.sectors import draw_sectors

_NAMED: Final = 5


@dataclass(frozen=True, eq=False)
class ListRevision:
    """A street list before and after a scenario.

    Attributes
    ----------
    level
        The level whose list it is.
    before, after
        Rows of the contract `geo.model.tables.STREET_LIST`, as few as possible: the map in force and the proposed one.
    in_force
        How many rows the list in force has.
    changes
        What leads from `before` to `after` (`geo.territory.annex.changes.COLUMNS`), with ``addresses`` [addresses] and
        ``children`` of the ages of the level [children], an estimate.
    moved
        The addresses that change school: index ``address_id``, ``street_name, number, suffix, before, after``, ``item``
        of `changes`.
    notes
        What the lists cannot say.
    """

    level: Level
    before: pd.DataFrame
    after: pd.DataFrame
    in_force: int
    changes: pd.DataFrame
    moved: pd.DataFrame
    notes: tuple[Note, ...]


def revise_list(city: City, scenario: Scenario) -> ListRevision:
    """Give the street list of a scenario, and its difference from the list in force.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city.
    PlanError
        If the scenario moves a unit that the map in force has not.
    AnnexError
        If so many rows of the list in force lie upon each other that they could not be held.

    Notes
    -----
    The addresses of a unit that stays keep their schools by the list in force, even where these differ within it. A
    street without addresses keeps what the list says of it, without the schools that close.
    """
    level, addresses = scenario.level, city.layer("addresses")
    plan, rows = plan_under(city, scenario), _rows_of(city, level)
    now = _schools_now(city, level)
    moves = plan.moves_since(city.current[level])
    then = _schools_then(now, city, moves=moves, closed=frozenset(scenario.closures))
    before = shortest_list(addresses, now, level, in_force=rows)
    kept = before.rows[~before.rows["school_id"].isin(scenario.closures)]
    after = shortest_list(addresses, then, level, in_force=kept)
    changes = changes_between(before.rows, after.rows, numberless=numberless_streets(addresses))
    item = items_of_addresses(addresses, changes)
    told = addresses[["street_name", "number", "suffix"]].assign(before=now, after=then, item=item)
    return ListRevision(
        level=level,
        before=before.rows,
        after=after.rows,
        in_force=len(rows),
        changes=_counted(changes, item, city=city, level=level),
        moved=told[(now != then).to_numpy()],
        notes=(
            *_notes(before.rows, after.rows, mixed=after.mixed, unsaid=now.map(len) == 0),
            *_pieces_note(city, scenario, plan),
        ),
    )


def _rows_of(city: City, level: Level) -> pd.DataFrame:
    rows = city.tables["street_list"]
    return rows[rows["level"] == level].reset_index(drop=True)


def _schools_now(city: City, level: Level) -> pd.Series:
    schools, _ = assign(city.layer("addresses"), city.tables["street_list"], city.layer("sectors"), level=level)
    return schools


def _schools_then(
    now: pd.Series, city: City, *, moves: Mapping[str, tuple[str, ...]], closed: frozenset[str]
) -> pd.Series:
    """Give the schools of each address: those of the move of its unit, else those that it has, if they stay."""
    units = city.tables["addresses"]["unit_id"]
    schools = [
        moves.get(unit) or tuple(school for school in own if school not in closed)
        for unit, own in zip(units.reindex(now.index), now, strict=True)
    ]
    return pd.Series(schools, index=now.index, dtype=object)


def _counted(changes: pd.DataFrame, item: pd.Series, *, city: City, level: Level) -> pd.DataFrame:
    """Give the items with the addresses and the children of each."""
    try:
        children = children_by_unit(city, level)
    except ScenarioError:
        children = pd.Series(dtype="float64")
    homes = homes_of_units(city).reindex(item.index)
    living = homes["weight"] * homes["unit_id"].map(children)
    own = item >= 0
    counts = item[own].value_counts()
    return changes.assign(
        addresses=counts.reindex(changes.index, fill_value=0).astype("int64"),
        children=living[own].groupby(item[own]).sum(min_count=1).reindex(changes.index).astype("float64"),
    )


def _notes(before: pd.DataFrame, after: pd.DataFrame, *, mixed: pd.Index, unsaid: pd.Series) -> tuple[Note, ...]:
    notes = []
    if len(mixed):
        shown = ", ".join(str(address) for address in mixed[:_NAMED])
        notes.append(Note("list-mixed", {"count": len(mixed), "addresses": shown}))
    if unsaid.any():
        notes.append(Note("list-unsaid", {"count": int(unsaid.sum())}))
    lost = before[~before["street_id"].isin(after["street_id"])].drop_duplicates("street_id")["street_name"]
    if len(lost):
        notes.append(Note("list-streets-lost", {"count": len(lost), "streets": ", ".join(lost.iloc[:_NAMED])}))
    return tuple(notes)


def _pieces_note(city: City, scenario: Scenario, plan: Plan) -> Iterator[Note]:
    """Say which sectors are not in one piece, where somebody lives in the pieces apart."""
    sectors = draw_sectors(city.layer("units"), plan)
    found = lived_in_pieces(sectors, city.layer("addresses").geometry)
    if len(found):
        names = schools_under(city, scenario)["name"]
        told = [" / ".join(str(names[one]) for one in sectors["schools"][sector]) for sector in found.index[:_NAMED]]
        counts = {name: int(found[name].sum()) for name in found}
        shown = ", ".join(told) + (" ..." if len(found) > _NAMED else "")
        yield Note("list-pieces", {"count": counts["pieces"], "homes": counts["addresses"], "sectors": shown})
