"""The audit of a street list against an address base and drawn sectors, level by level."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.territory.annex.auditing import Laid, gaps_of, lay_out, meeting_findings, merged
from geo.territory.annex.binding import Bound, Together, together_of, with_priorities
from geo.territory.annex.cells import Cells, cut, places_of
from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.findings import Finding
from geo.territory.annex.matching import StreetMatch, is_like
from geo.territory.annex.naming import understand
from geo.territory.annex.resolving import decide
from geo.territory.annex.slips import slip_findings

# How an address stands in one level.
ONCE: Final = "once"
SEVERAL: Final = "several"
NONE: Final = "none"


@dataclass(frozen=True, eq=False)
class LevelAudit:
    """What the audit of one level gives.

    Attributes
    ----------
    level
        The level.
    rows
        Its bound rows with priorities, those that say the same only once; ``line`` is that of the file, ``lines``
        those of all that say the same.
    decisions
        Index ``address_id``: ``schools`` (in order of priority), ``lines`` of the rows that decide, ``state``
        (`ONCE`, `SEVERAL`: shared or contradictory, `NONE`), ``drawn`` (schools of the drawn sector) and
        ``disagrees`` (the sector says otherwise).
    findings
        What was found, in the order of `geo.territory.annex.findings.KINDS`.
    together
        Schools that share streets or communes, but for those that seem to by mistake (``shared-once``).
    gaps
        Numbers between two rows of one side of a street that no row speaks of: ``street_name, side, first, last``.
    silent_sides, border_streets
        Streets of which the list names one side only; streets with addresses of different schools.
    """

    level: str
    rows: pd.DataFrame
    decisions: pd.DataFrame
    findings: tuple[Finding, ...]
    together: tuple[Together, ...]
    gaps: pd.DataFrame
    silent_sides: int
    border_streets: tuple[str, ...]


def audit_level(
    bound: Bound, level: str, *, drawn: pd.Series | None, unread: frozenset[str], choices: AuditChoices
) -> LevelAudit:
    """Audit one level of a street list.

    Parameters
    ----------
    bound
        The list and its addresses.
    level
        The level.
    drawn
        Schools by the drawn sector, in the words of the list: index ``address_id``, values tuples, empty outside all
        sectors. None without sectors.
    unread
        Names of streets of which a row could not be read: their holes are told with that row.
    choices
        What counts as a slip, a guess, a shared sector.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    own = bound.rows[bound.rows["level"] == level].reset_index(drop=True)
    rows = with_priorities(merged(own).assign(unsaid=lambda row: row["priority"] == 0), choices)
    cells = cut(rows)
    laid = lay_out(rows, cells, bound.addresses)
    decisions = _decisions(bound.addresses, rows, cells, level=level, drawn=drawn)
    found = [
        *meeting_findings(laid, choices),
        *slip_findings(laid, choices),
        *_holes(bound.addresses, decisions, laid, unread=unread),
        *_street_findings(bound, rows, unread=unread, choices=choices),
        *_disagreements(bound.addresses, decisions),
    ]
    return LevelAudit(
        level=level,
        rows=rows,
        decisions=decisions,
        findings=tuple(found),
        together=tuple(_shared(rows, choices)),
        gaps=_named_gaps(cells, rows),
        silent_sides=_silent_sides(rows),
        border_streets=_border_streets(bound.addresses, decisions),
    )


def _shared(rows: pd.DataFrame, choices: AuditChoices) -> Iterator[Together]:
    """Give the schools that are meant to share: told so by the list, or together often enough."""
    for sector in together_of(rows):
        own = rows.loc[list(sector.rows)]
        told = not own["unsaid"].all()
        if (own["priority"] > 1).any() and (told or sector.often(choices)):
            yield sector


# Addresses -----------------------------------------------------------------------------------------------------------


def _decisions(
    addresses: pd.DataFrame, rows: pd.DataFrame, cells: Cells, *, level: str, drawn: pd.Series | None
) -> pd.DataFrame:
    decided = decide(addresses, rows, level)
    line_of = rows["line"].to_dict()
    lines = [tuple(int(line_of[row]) for row in deciding) for deciding in decided["rows"]]
    # Rows of one priority and different schools: the first one decides, and the address is not resolved once.
    counts = cells.pairs.assign(school=rows["school_id"].to_numpy()[cells.pairs["row"]])
    crowd = counts.groupby("cell")["school"].nunique()
    crowded = crowd[crowd > 1].index
    cell = cells.of(addresses["street_id"], places_of(addresses))
    count = decided["schools"].map(len).to_numpy()
    several = (count > 1) | np.isin(cell, crowded)
    state = np.select([count == 0, several], [NONE, SEVERAL], ONCE)
    given = drawn if drawn is not None else pd.Series([()] * len(addresses), index=addresses.index, dtype=object)
    pairs = zip(decided["schools"], given, strict=True)
    differs = np.array([bool(said and shown and not set(said) <= set(shown)) for said, shown in pairs], dtype=bool)
    return pd.DataFrame(
        {"schools": decided["schools"], "lines": pd.Series(lines, addresses.index, dtype=object), "state": state}
    ).assign(drawn=given, disagrees=differs)


def _holes(
    addresses: pd.DataFrame, decisions: pd.DataFrame, laid: Laid, *, unread: frozenset[str]
) -> Iterator[Finding]:
    """Give the runs of addresses that no row covers, on streets that the list knows."""
    members = laid.rows.groupby("street_id").indices
    homes = pd.DataFrame({name: addresses[name] for name in ("street_id", "street_name", "number", "suffix")})
    homes = homes.assign(
        place=places_of(addresses),
        side=np.where(addresses["number"] % 2 == 1, "I", "P"),
        bare=(decisions["state"] == NONE).to_numpy(),
        school=[schools[0] if schools else "" for schools in decisions["schools"]],
    )
    known = homes[homes["street_id"].isin(members)].sort_values(["street_id", "side", "place"], ignore_index=True)
    known_unread = {understand(name).full for name in unread}
    for first, last in _runs(known):
        home, end = known.loc[[first, last]].to_dict("records")
        street = str(home["street_name"])
        if understand(street).full not in known_unread:
            values = {
                "first": _told(home),
                "last": _told(end),
                "side": str(home["side"]),
                "school": _school_beside(known, first, last),
            }
            kind = "hole" if end["number"] > 0 else "no-number"
            yield Finding(kind, street, laid.lines(members[home["street_id"]]), last - first + 1, values)


def _runs(homes: pd.DataFrame) -> list[tuple[int, int]]:
    """Give the first and last place of each run of uncovered addresses of one side of a street."""
    side = homes.groupby(["street_id", "side"], sort=False).ngroup()
    run = ((homes["bare"] != homes["bare"].shift()) | (side != side.shift())).cumsum()
    place = pd.Series(homes.index, index=homes.index)[homes["bare"]]
    ends = place.groupby(run[homes["bare"]]).agg(["first", "last"])
    return [(int(first), int(last)) for first, last in ends.itertuples(index=False, name=None)]


def _school_beside(homes: pd.DataFrame, first: int, last: int) -> str:
    """Give the school of the addresses beside a run, empty if they have none or two."""
    street, side = homes["street_id"].loc[first], homes["side"].loc[first]
    beside = homes.reindex([first - 1, last + 1])
    own = beside[(beside["street_id"] == street) & (beside["side"] == side)]
    near = set(own["school"]) - {""}
    return str(near.pop()) if len(near) == 1 else ""


def _told(home: Mapping[Hashable, Any]) -> str:
    return f"{home['number']} {str(home['suffix']).lower()}".strip()


def _disagreements(addresses: pd.DataFrame, decisions: pd.DataFrame) -> Iterator[Finding]:
    """Give the streets on which the list and the drawn sectors say different schools."""
    apart = decisions[decisions["disagrees"]]
    keys = apart.assign(
        street=addresses["base_id"].reindex(apart.index), name=addresses["street_name"].reindex(apart.index)
    )
    for _, own in keys.groupby(["street", "schools", "drawn"], sort=False):
        said, shown = own["schools"].iloc[0], own["drawn"].iloc[0]
        lines = tuple(sorted({line for lines in own["lines"] for line in lines}))
        values = {"school": " / ".join(said), "drawn": " / ".join(shown)}
        yield Finding("polygon-disagrees", str(own["name"].iloc[0]), lines, len(own), values)


def _border_streets(addresses: pd.DataFrame, decisions: pd.DataFrame) -> tuple[str, ...]:
    said = decisions.loc[decisions["state"] != NONE, "schools"]
    street = addresses["base_id"].reindex(said.index)
    several = said.groupby(street).nunique()
    names = addresses.drop_duplicates("base_id").set_index("base_id")["street_name"]
    return tuple(sorted(str(name) for name in names.reindex(several.index[several > 1])))


# Streets -------------------------------------------------------------------------------------------------------------


def _street_findings(
    bound: Bound, rows: pd.DataFrame, *, unread: frozenset[str], choices: AuditChoices
) -> Iterator[Finding]:
    """Give the streets that the list and the base do not both know, or know under different names."""
    if bound.addresses.empty:
        return
    lines = {line for own in rows["lines"] for line in own}
    names = bound.addresses.drop_duplicates("base_id").set_index("base_id")["street_name"]
    left = _unlisted(bound, rows, unread)
    for street in bound.streets.to_dict("records"):
        own = tuple(line for line in street["lines"] if line in lines)
        match, name = street["match"], street["street_name"]
        if not own:
            continue
        if match.street_ids:
            yield from _differences(
                name, street["street_id"], own, match=match, meant=str(names[match.street_ids[0]]), choices=choices
            )
            continue
        guesses = match.guesses
        values = {"guesses": ", ".join(f"{name} ({score:.0f})" for name, score in guesses)}
        meant = next((name for name, score in guesses if name in left and score >= choices.meant_score), "")
        if meant:
            yield Finding("street-misspelt", name, own, left.pop(meant), values | {"meant": meant})
        else:
            yield Finding("street-unknown", name, own, 0, values)
    for unlisted, count in left.items():
        yield Finding("street-unlisted", unlisted, (), count, {})


def _differences(
    name: str, code: str, lines: tuple[int, ...], *, match: StreetMatch, meant: str, choices: AuditChoices
) -> Iterator[Finding]:
    values = {"meant": meant, "how": match.how, "streets": len(match.street_ids)}
    if match.code_differs and (match.how != "code" or not is_like(name, meant, choices=choices)):
        yield Finding("street-code", name, lines, 0, values | {"code": code})
    elif match.code_differs or match.how not in _EQUAL:
        yield Finding("street-spelling", name, lines, 0, values)
    elif len(match.street_ids) > 1:
        yield Finding("street-twins", name, lines, 0, values)


_EQUAL: Final = frozenset({"code", "hand", "equal", "written-out"})


def _unlisted(bound: Bound, rows: pd.DataFrame, unread: frozenset[str]) -> dict[str, int]:
    """Count the addresses of each street of the base that the list does not name, not even in a row left unread."""
    left = bound.addresses[~bound.addresses["street_id"].isin(rows["street_id"])]
    counts = left.groupby("base_id", sort=False)["street_name"].agg(["first", "size"])
    named = counts.groupby("first", sort=False)["size"].sum()
    known = {understand(name).full for name in unread}
    return {str(name): int(count) for name, count in named.items() if understand(str(name)).full not in known}


def _named_gaps(cells: Cells, rows: pd.DataFrame) -> pd.DataFrame:
    gaps = gaps_of(cells)
    names = rows.drop_duplicates("street_id").set_index("street_id")["street_name"]
    return gaps.assign(street_name=gaps["street_id"].map(names))[["street_name", "side", "first", "last"]]


def _silent_sides(rows: pd.DataFrame) -> int:
    """Count the streets of which the rows name one side only."""
    sides = rows["parity"].map({"I": 1, "P": 2, "PI": 3}).groupby(rows["street_id"]).agg(np.bitwise_or.reduce)
    return int((sides < _BOTH).sum())


_BOTH: Final = 3
