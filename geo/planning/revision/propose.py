"""Propose a better school map: shorter walks and fewer full schools, few pupils moved, sectors in one piece."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geo.model.city import City
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.applying import plan_under
from geo.planning.revision.assignment import HELD, Floats, Rows, score_of_shares, shares_of
from geo.planning.revision.posing import Facts, Posed, pose
from geo.planning.revision.rules import Rules
from geo.planning.revision.search import Effort, Found, Progress, search
from geo.planning.revision.settling import pieces_by_school

__all__ = ["Progress", "Proposal", "Rules", "propose"]

# So many units are named in a remark; all of them are in its values.
_NAMED: Final = 5


@dataclass(frozen=True, eq=False)
class Proposal:
    """A better school map, how good it is, and what its limits cost.

    Attributes
    ----------
    scenario
        The scenario with the moves that lead to the map.
    plan
        The map.
    objective_m
        What the map costs [pupil-m]: the walks of all pupils, one way, and the price of pupils above the places.
    bound_m
        No map that keeps the rules costs less [pupil-m].
    gap_share
        By how much a better map could cost less at most [0-1].
    schools
        One row a school, index ``school_id``: ``pupils_before``, ``pupils_after``, ``capacity_pupils`` [pupils];
        ``place_price_m``, the walk that one more place would save each day, one way [m]; ``pieces_before`` and
        ``pieces_after``, the pieces of its sector.
    change_price_m
        The walk that allowing one more pupil to change school would save each day, one way [m].
    totals
        Each with the endings ``_before`` (the map in force) and ``_after``: ``objective_m`` [pupil-m],
        ``walk_mean_m`` of those who have a way [m], ``no_way_pupils`` (their street has a way to another school only),
        ``overflow_pupils``, ``moved_pupils`` [pupils] and ``sectors_in_pieces`` [sectors]; and ``units_moved`` [units].
    notes
        What was left as it is, and which demands cannot be met.
    """

    scenario: Scenario
    plan: Plan
    objective_m: float
    bound_m: float
    gap_share: float
    schools: pd.DataFrame
    change_price_m: float
    totals: Mapping[str, float]
    notes: tuple[Note, ...]


def propose(
    city: City, scenario: Scenario, rules: Rules, *, report: Callable[[Progress], None] | None = None
) -> Proposal:
    """Look for the school map that costs least, starting from the map of `scenario`.

    Equal input gives an equal map, unless the time limit ends the search: then a note says so.

    Parameters
    ----------
    city, scenario
        The city, and the scenario whose map and assumptions are taken.
    rules
        What the map has to keep to.
    report
        Called whenever the search has something new to say.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, or the rules lock a unit or a school that the map has not.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    posed = pose(city, scenario, rules)
    effort = Effort(rules.time_limit_s, rules.gap_share, rules.seed)
    found = search(posed.problem, posed.start, effort, report=report or _say_nothing)
    current = city.current[scenario.level]
    plan = _plan(posed, found.choice, asked=plan_under(city, scenario), current=current)
    share = shares_of(posed.problem, found.choice)
    totals = _totals(posed, share)
    return Proposal(
        scenario=scenario.with_plan(plan, current),
        plan=plan,
        objective_m=totals["objective_m_after"],
        bound_m=found.bound_m,
        gap_share=max(1 - found.bound_m / totals["objective_m_after"], 0.0) if totals["objective_m_after"] else 0.0,
        schools=_schools(posed, found, share),
        change_price_m=found.relaxation.change_price_m,
        totals=totals | {"units_moved": float(len(plan.moves_since(current)))},
        notes=(*posed.facts.notes, *_notes(city, rules, posed=posed, found=found, totals=totals)),
    )


def _say_nothing(progress: Progress) -> None:
    del progress


def _plan(posed: Posed, choice: Rows, *, asked: Plan, current: Plan) -> Plan:
    """Give the map of a choice as a child of the map that was asked about; units that the search left out stay."""
    facts = posed.facts
    as_asked = (posed.base == facts.asked).all(axis=1)
    moves: dict[str, tuple[str, ...]] = {}
    for unit, chosen, stays in zip(facts.units, choice, as_asked, strict=True):
        if chosen != HELD:
            moves[unit] = (facts.schools[chosen],)
        elif not stays:
            moves[unit] = current.schools_of[unit]
    return asked.moved({unit: schools for unit, schools in moves.items() if schools != asked.schools_of[unit]})


def _totals(posed: Posed, share: Floats) -> dict[str, float]:
    """Give the figures of the map in force and of the map that is proposed."""
    facts, links = posed.facts, posed.problem.links
    totals: dict[str, float] = {}
    for name, part in (("before", facts.today), ("after", share)):
        cost = score_of_shares(posed.problem, part)
        sent = facts.pupils[:, None] * part * np.isfinite(facts.walk_m)
        walked = float((sent[sent > 0] * facts.walk_m[sent > 0]).sum())
        totals |= {
            f"objective_m_{name}": cost.objective_m,
            f"walk_mean_m_{name}": walked / float(sent.sum()) if sent.any() else float("nan"),
            f"overflow_pupils_{name}": cost.overflow_pupils,
            f"moved_pupils_{name}": facts.moved_pupils(part),
            f"no_way_pupils_{name}": float((facts.pupils[:, None] * part)[np.isinf(facts.walk_m)].sum()),
            f"sectors_in_pieces_{name}": float((pieces_by_school(links, part > 0) > 1).sum()),
        }
    return totals


def _schools(posed: Posed, found: Found, share: Floats) -> pd.DataFrame:
    facts, links = posed.facts, posed.problem.links
    known = np.isfinite(facts.places)
    return pd.DataFrame(
        {
            "pupils_before": facts.pupils @ facts.today,
            "pupils_after": facts.pupils @ share,
            "capacity_pupils": np.where(known, facts.places, np.nan),
            "place_price_m": np.where(known, found.relaxation.place_price_m, np.nan),
            "pieces_before": pieces_by_school(links, facts.today > 0),
            "pieces_after": pieces_by_school(links, share > 0),
        },
        index=facts.schools,
    )


def _notes(city: City, rules: Rules, *, posed: Posed, found: Found, totals: Mapping[str, float]) -> Iterator[Note]:
    """Say which demands cannot be met, and what was left as it is."""
    share = shares_of(posed.problem, found.choice)
    yield from _notes_of_places(posed.facts)
    yield from _notes_of_limit(rules, posed)
    if rules.longest_walk_m is not None:
        yield from _notes_of_walks(city, rules.longest_walk_m, posed=posed, share=share)
    yield from _notes_of_stays(posed)
    if any(totals[f"no_way_pupils_{name}"] for name in ("before", "after")):
        yield Note("revision-no-way", {name: round(totals[f"no_way_pupils_{name}"]) for name in ("before", "after")})
    apart = totals["sectors_in_pieces_after"]
    if rules.in_one_piece and apart:
        yield Note("revision-pieces-kept", {"count": int(apart)})
    if not found.finished:
        yield Note("revision-time-over", {"seconds": rules.time_limit_s})
    if totals["moved_pupils_after"] == 0 and rules.largest_moved_share > 0 and (share == posed.facts.today).all():
        yield Note("revision-nothing-better")


def _notes_of_places(facts: Facts) -> Iterator[Note]:
    unknown = int((~np.isfinite(facts.places)).sum())
    if unknown:
        yield Note("revision-places-unknown", {"count": unknown})
    missing = float(facts.pupils.sum() - facts.places.sum())
    if missing > 0:
        values = {"pupils": facts.pupils.sum(), "places": facts.places.sum(), "missing": math.ceil(missing)}
        yield Note("revision-places-missing", values)


def _notes_of_limit(rules: Rules, posed: Posed) -> Iterator[Note]:
    most = rules.largest_moved_share * posed.facts.pupils.sum()
    if rules.largest_moved_share == 0:
        yield Note("revision-nothing-may-move")
    elif posed.base is not posed.facts.asked:
        yield Note("revision-scenario-beyond-limit", {"share": rules.largest_moved_share})
    if posed.facts.moved_pupils(posed.base) > most:
        yield Note("revision-locks-beyond-limit", {"share": rules.largest_moved_share})


def _notes_of_walks(city: City, limit_m: float, *, posed: Posed, share: Floats) -> Iterator[Note]:
    """Say which units no school can be reached from, and which are still sent too far."""
    facts = posed.facts
    lived_in = (facts.pupils > 0) & ~np.isnan(facts.walk_m).all(axis=1)
    reachable = (~posed.too_far & np.isfinite(facts.walk_m)).any(axis=1)
    sent_far = (posed.too_far & (share > 0)).any(axis=1)
    for code, which in (
        ("revision-walk-impossible", lived_in & ~reachable),
        ("revision-walk-kept", lived_in & reachable & sent_far),
    ):
        if which.any():
            names = city.tables["units"].loc[facts.units[which], "label"]
            told = "; ".join(names.iloc[:_NAMED]) + ("; ..." if len(names) > _NAMED else "")
            values = {"count": int(which.sum()), "walk": limit_m, "names": told, "units": tuple(facts.units[which])}
            yield Note(code, values)


def _notes_of_stays(posed: Posed) -> Iterator[Note]:
    shared = int(((posed.base > 0).sum(axis=1) > 1).sum())
    if shared:
        yield Note("revision-shared-kept", {"count": shared})
    unknown = int(np.isnan(posed.facts.walk_m).all(axis=1).sum())
    if unknown:
        yield Note("revision-walk-unknown", {"count": unknown})
    emptied = int(((posed.facts.today > 0).any(axis=0) & ~(posed.base > 0).any(axis=0)).sum())
    if emptied:
        yield Note("revision-schools-closed", {"count": emptied})
