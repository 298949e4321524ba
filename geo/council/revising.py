"""What is said of a proposal of a better school map."""

from __future__ import annotations

import math

import pandas as pd

from geo.council.figures import by_name, whole_after, whole_pupils
from geo.council.words import Lang, metres, note_text, number, percent, say
from geo.model.city import City
from geo.planning.revision.propose import Proposal


def proposal_lines(proposal: Proposal, city: City, *, lang: Lang) -> list[str]:
    """Say what the proposed map changes, how far it may be from the best one, and what could not be met."""
    totals = proposal.totals
    lines = [
        say(
            "revision.told.walk",
            lang,
            before=metres(totals["walk_mean_m_before"], lang),
            after=metres(totals["walk_mean_m_after"], lang),
        ),
        say(
            "revision.told.overflow",
            lang,
            before=number(totals["overflow_pupils_before"], lang),
            after=number(totals["overflow_pupils_after"], lang),
        ),
        say(
            "revision.told.moved",
            lang,
            pupils=number(totals["moved_pupils_after"], lang),
            units=number(totals["units_moved"], lang),
        ),
        say("revision.gap", lang, gap=gap_text(proposal.gap_share, lang)),
        *_dearest_place(proposal, city, lang),
    ]
    return [*lines, *(note_text(note, lang) for note in proposal.notes)]


def proposal_rows(proposal: Proposal, names: pd.Series, *, lang: Lang) -> pd.DataFrame:
    """Give the table of a proposal for people: each school with its pupils before and after, places and occupancy.

    Parameters
    ----------
    proposal
        The proposal.
    names
        Name of each school, index ``school_id``.
    lang
        Language of the headings and figures.
    """
    schools = proposal.schools.loc[by_name(names, proposal.schools.index)]
    before = whole_pupils(schools["pupils_before"])
    after = whole_after(schools["pupils_after"], schools["pupils_before"])
    share = schools["pupils_after"] / schools["capacity_pupils"].where(schools["capacity_pupils"] > 0)
    columns = {
        "school": [str(names[school]) for school in schools.index],
        "pupils_before": [number(value, lang) for value in before],
        "pupils_after": [number(value, lang) for value in after],
        "capacity_pupils": [number(value, lang) for value in schools["capacity_pupils"]],
        "occupancy_share": [percent(value, lang) for value in share],
        "pieces_after": [number(value, lang) for value in schools["pieces_after"]],
        "place_price_m": [metres(value, lang) for value in schools["place_price_m"]],
    }
    return pd.DataFrame({say(f"revision.columns.{name}", lang): values for name, values in columns.items()})


def gap_text(gap_share: float, lang: Lang) -> str:
    """Write how much a better map could cost less at most [share]: to a hundredth of a percent, rounded up."""
    return percent(math.ceil(max(gap_share, 0.0) * 10_000 - 1e-9) / 10_000, lang, digits=2)


def _dearest_place(proposal: Proposal, city: City, lang: Lang) -> list[str]:
    """Say where one more place would save most."""
    prices = proposal.schools["place_price_m"].dropna()
    if prices.empty or prices.max() <= 0:
        return []
    school = str(prices.idxmax())
    names = {**city.tables["schools"]["name"], **{one.school_id: one.name for one in proposal.scenario.openings}}
    return [say("revision.place_price", lang, school=names[school], metres=float(prices.max()))]
