"""A better map looked for by the machine: limits in, a proposal to look at, to take or to leave."""

from __future__ import annotations

import math

import shared
import streamlit as st
from views import actions
from views.frame import prose
from visits import Visit

from geo.council.revising import proposal_lines, proposal_rows
from geo.council.words import number, percent, say
from geo.errors import GeoError
from geo.planning.revision.propose import Progress
from geo.planning.revision.rules import Rules

MOST_MOVED, OVERFLOW, WALK, ONE_PIECE, SECONDS = "most_moved", "overflow_m", "walk_m", "one_piece", "seconds"
_DEFAULT = Rules()


def proposal_panel(visit: Visit) -> None:
    """Draw the limits, the button that starts the search, and what it found."""
    lang = visit.lang
    st.markdown(prose(say("app.proposal.what", lang)))
    rules = _rules(visit)
    if st.button(say("app.proposal.start", lang), type="primary", key="propose"):
        _search(visit, rules)
    found = shared.proposal_of(visit)
    if found is None:
        return
    st.markdown("\n".join(f"- {prose(line)}" for line in proposal_lines(found, visit.city, lang=lang)))
    st.dataframe(
        proposal_rows(found, visit.schools["school"], lang=lang),
        hide_index=True,
        height="content",
        key="proposal",
    )
    with st.container(horizontal=True):
        st.button(
            say("app.proposal.accept", lang),
            on_click=actions.accept_proposal,
            disabled=found.scenario.moves == visit.work.scenario.moves,
            type="primary",
            key="accept",
        )
        st.button(say("app.proposal.discard", lang), on_click=actions.discard_proposal, key="discard")
    st.caption(prose(say("app.proposal.after", lang)))


def _rules(visit: Visit) -> Rules:
    """Draw the limits, each with its default."""
    lang = visit.lang
    first, second, third, fourth = st.columns(4)
    moved = first.slider(
        say("app.proposal.most_moved", lang),
        0,
        100,
        round(_DEFAULT.largest_moved_share * 100),
        format="%d %%",
        help=say("app.proposal.most_moved_help", lang),
        key=MOST_MOVED,
    )
    price = second.number_input(
        say("app.proposal.overflow", lang),
        0,
        100_000,
        round(_DEFAULT.overflow_price_m),
        500,
        help=say("app.proposal.overflow_help", lang),
        key=OVERFLOW,
    )
    walk = third.number_input(
        say("app.proposal.walk", lang),
        0,
        50_000,
        0,
        100,
        help=say("app.proposal.walk_help", lang),
        key=WALK,
    )
    seconds = fourth.number_input(say("app.proposal.seconds", lang), 1, 600, round(_DEFAULT.time_limit_s), key=SECONDS)
    whole = first.toggle(say("app.proposal.one_piece", lang), _DEFAULT.in_one_piece, key=ONE_PIECE)
    return Rules(
        largest_moved_share=moved / 100,
        overflow_price_m=float(price),
        longest_walk_m=float(max(walk, 50)) if walk else None,
        in_one_piece=whole,
        time_limit_s=float(seconds),
    )


def _search(visit: Visit, rules: Rules) -> None:
    """Look for a better map, and say how far the search is."""
    lang = visit.lang
    bar = st.progress(0.0, text=say("app.proposal.begins", lang))

    def report(news: Progress) -> None:
        told = say(f"revision.stage.{news.stage}", lang)
        if math.isfinite(news.bound_m) and math.isfinite(news.objective_m) and news.objective_m > 0:
            gap = percent(max(news.objective_m - news.bound_m, 0) / news.objective_m, lang, digits=2)
            best = number(news.objective_m / 1000, lang)
            told = say("app.proposal.progress", lang, stage=told, gap=gap, best=best)
        bar.progress(min(news.time_share, 1.0), text=prose(told))

    try:
        shared.search(visit, rules, report)
    except GeoError as error:
        st.error(prose(str(error)))
    bar.empty()
