"""A street list bound to an address base: its rows speak of streets of the base, its shared sectors have an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.errors import AnnexError
from geo.territory.annex.cells import Cells, cut, places_of
from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.matching import match_streets
from geo.territory.annex.numbers import with_places

# What stands before the name of a street that the base has not, and before the code of a commune that is one sector.
UNKNOWN: Final = "list:"
COMMUNE: Final = "commune:"
STREET: Final = ("insee", "place", "street_id", "street_name")


@dataclass(frozen=True, eq=False)
class Bound:
    """A list and its addresses with the same codes of streets.

    Attributes
    ----------
    rows
        The rows in the form of `geo.sources.street_lists`, numbers in order (``turned`` where they were not),
        ``street_id`` of the base; a row stands once for each street that it means. ``row`` is its label in the list.
    addresses
        The addresses, ``street_id`` being `COMMUNE` and the code where the commune is one sector; ``base_id`` as in
        the base.
    streets
        Streets of the list: columns `STREET`, ``match`` (`geo.territory.annex.matching.StreetMatch`), and ``lines`` of
        their rows.
    """

    rows: pd.DataFrame
    addresses: pd.DataFrame
    streets: pd.DataFrame


def bind(rows: pd.DataFrame, addresses: pd.DataFrame, *, by_hand: Mapping[str, str], choices: AuditChoices) -> Bound:
    """Bind a street list to an address base.

    Parameters
    ----------
    rows
        Rows in the form of `geo.sources.street_lists`.
    addresses
        Index ``address_id``, columns ``insee, place, street_id, street_name, number, suffix``; may be empty.
    by_hand
        Streets matched by a person, from the name in the list to that in the base.
    choices
        What is accepted as a match.

    Raises
    ------
    AnnexError
        If the list names more streets than a region has.
    """
    straight = turned_round(rows).assign(row=rows.index)
    named = straight[~straight["whole"]]
    number = named.groupby(list(STREET), sort=False).ngroup()
    asked = named[list(STREET)].drop_duplicates().reset_index(drop=True)
    _refuse_crowd(len(asked), choices)
    base = addresses[list(STREET)].drop_duplicates("street_id").reset_index(drop=True)
    agrees = _Agreement(named.assign(asked=number), addresses, choices)
    matches = match_streets(asked, base, agrees=agrees, by_hand=by_hand, choices=choices)
    names = [_unknown(*street) for street in asked.itertuples(index=False, name=None)]
    codes: list[tuple[str, ...]] = [match.street_ids or (name,) for match, name in zip(matches, names, strict=True)]
    meant = pd.Series([codes[street] for street in number], index=named.index, dtype=object)
    bound = named.assign(street_id=meant).explode("street_id")
    whole = straight[straight["whole"]]
    whole = whole.assign(street_id=COMMUNE + whole["insee"])
    listed = set(bound["street_id"])
    homes = addresses.assign(base_id=addresses["street_id"])
    alone = ~homes["street_id"].isin(listed) & homes["insee"].isin(whole["insee"])
    homes["street_id"] = homes["street_id"].mask(alone, COMMUNE + homes["insee"])
    lines = named["line"].groupby(number).agg(tuple)
    return Bound(
        rows=pd.concat([bound, whole]).sort_values("row", kind="stable", ignore_index=True),
        addresses=homes,
        streets=asked.assign(match=pd.Series(matches, dtype=object), lines=lines.reindex(asked.index)),
    )


def turned_round(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows with their first and last number in order; ``turned`` says where they were not."""
    placed = with_places(rows)
    turned = placed["first"] > placed["last"]
    swap = {one: rows[one].mask(turned, rows[other]) for one, other in _SWAPPED}
    return rows.assign(**swap, turned=turned)


_SWAPPED: Final = (
    ("number_from", "number_to"),
    ("number_to", "number_from"),
    ("suffix_from", "suffix_to"),
    ("suffix_to", "suffix_from"),
)


def with_priorities(rows: pd.DataFrame, choices: AuditChoices) -> pd.DataFrame:
    """Give the rows of one level with a priority each, where the list has none.

    A list without priorities writes a shared sector as rows of the same numbers, one for each school: they get the
    priorities 1, 2, ... in the order of the list. Rows of other numbers that meet are a shared sector only if their
    schools stand together on several streets, or for a whole commune; else they contradict each other, with the
    priority 1.
    """
    if (rows["priority"] > 0).all():
        return rows
    often = {sector.schools for sector in together_of(rows) if sector.often(choices)}
    order = {school: place for place, school in enumerate(rows["school_id"].drop_duplicates())}
    schools, spans = rows["school_id"].to_dict(), _spans(rows).to_dict()
    given = rows["priority"].to_dict()
    priority = {row: max(1, said) for row, said in given.items()}
    for members in _crowded(cut(rows)):
        together = frozenset(schools[row] for row in members)
        if together in often or len({spans[row] for row in members}) == 1:
            ranked = sorted(together, key=order.__getitem__)
            priority |= {row: ranked.index(schools[row]) + 1 for row in members if given[row] == 0}
    return rows.assign(priority=pd.Series(priority))


@dataclass(frozen=True)
class Together:
    """Schools whose rows have the same numbers.

    Attributes
    ----------
    schools
        The schools.
    streets, communes
        How many streets and how many whole communes they stand together for.
    rows
        Labels of these rows.
    """

    schools: frozenset[str]
    streets: int
    communes: int
    rows: tuple[int, ...]

    def often(self, choices: AuditChoices) -> bool:
        """Whether they are meant to stand together: once may be a slip."""
        return self.communes > 0 or self.streets >= choices.shared_streets


def together_of(rows: pd.DataFrame) -> list[Together]:
    """Give the sets of schools whose rows have the same numbers of a street, or are the same commune."""
    span = _spans(rows)
    several = rows["school_id"].groupby(span).transform("nunique") > 1
    crowd = rows[several].assign(span=span[several], row=rows.index[several])
    sets = crowd.groupby("span").agg(
        schools=("school_id", frozenset), street=("street_id", "first"), whole=("whole", "first"), rows=("row", tuple)
    )
    found = []
    for _, part in sets.groupby("schools", sort=False):
        members = tuple(row for own in part["rows"] for row in own)
        streets, communes = (part.loc[part["whole"] == whole, "street"].nunique() for whole in (False, True))
        found.append(Together(frozenset(part["schools"].iloc[0]), int(streets), int(communes), members))
    return found


def _spans(rows: pd.DataFrame) -> pd.Series:
    """Give a number for the street, the numbers and the side of each row."""
    span = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity"]
    return rows.groupby(span, sort=False).ngroup()


def _crowded(cells: Cells) -> list[list[int]]:
    """Give the rows of each cell to which several rows apply."""
    counts = cells.pairs.groupby("cell")["row"].transform("size")
    crowded = cells.pairs[counts > 1]
    return [members.tolist() for _, members in crowded.groupby("cell")["row"]]


class _Agreement:
    """Whether the numbers of a street of the list fit those of a street of the base."""

    def __init__(self, rows: pd.DataFrame, addresses: pd.DataFrame, choices: AuditChoices) -> None:
        self.rows, self.addresses, self.choices = rows, addresses, choices
        self.of_street = addresses.groupby("street_id").indices

    def __call__(self, asked: int, street_id: str) -> bool:
        """Whether the rows of the street `asked` cover nearly all addresses of `street_id`."""
        own = self.rows[self.rows["asked"] == asked].assign(street_id=street_id, level="").reset_index(drop=True)
        homes = self.addresses.iloc[self.of_street[street_id]]
        numbered = homes[homes["number"] > 0]
        if numbered.empty:
            return False
        covered = cut(own).of(numbered["street_id"], places_of(numbered)) >= 0
        return bool(covered.mean() >= self.choices.numbers_share)


def _refuse_crowd(streets: int, choices: AuditChoices) -> None:
    if streets > choices.streets_most:
        raise AnnexError(
            f"street list: expected at most {choices.streets_most} streets, got {streets}. Take one commune or one "
            "department at a time; if it is one, the list is damaged."
        )


def _unknown(*street: object) -> str:
    insee, place, code, name = street
    return f"{UNKNOWN}{insee}/{place}/{code}/{name}"
