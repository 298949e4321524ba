"""The page *Cours d'école*: which yard has most sun at recess, where trees do good, what a budget buys."""

from __future__ import annotations

from typing import Final

import computed
import pandas as pd
import shared
import streamlit as st
from components.point_map import point_map
from views import yard_actions
from views.frame import attribution, classes, prose, remarks, title
from views.keep import keep_panel
from views.yard_layers import city_content, map_words
from views.yard_panel import yard_panel
from views.yard_tables import yard_table
from visits import Visit

from geo.council.captions import remark_lines
from geo.council.figures import fiction
from geo.council.words import say
from geo.council.yards import (
    NO_YARD,
    SUN,
    budget_sentence,
    ranking,
    works_figures,
    yard_figures,
    yards_sentence,
)
from geo.planning.yards import Yards

_GUESSED: Final = "yards-estimated"  # said before any figure, not among the remarks only
_MAP_PX: Final = 460
_MAPPED: Final = frozenset({"yards", "buildings", "trees"})
_MAPPED_BY: Final = "app.playgrounds.attribution"
_BRIEF: Final = ("number", "sun_brief", "shade_brief", "school")
_ALL: Final = (
    "number",
    "school",
    "rank_before",
    "rank_after",
    "sun_before",
    "sun_after",
    "shade_before",
    "shade_after",
    "felt_before",
    "felt_after",
    "exposure_before",
    "exposure_after",
    "pupils",
    "area",
    "trees",
    "flags",
)
_WORKS: Final = ("school", "measure", "trees", "opened", "cost", "sun_before", "sun_after", "avoided")
_LARGEST_BUDGET: Final = 10**9


def main() -> None:
    """Draw the page."""
    yard_actions.take_taps()
    visit = shared.visit()
    title("app.playgrounds.title", visit)
    found = computed.yards_of(visit)
    table = ranking(found)
    st.markdown(prose(yards_sentence(found, visit.lang)))
    st.caption(prose(_day(visit, found)))
    for line in remark_lines([note for note in found.notes if note.code == _GUESSED], visit.lang):
        st.warning(prose(line))
    if found.before.yards:
        _yards(visit, found, table)
    keep_panel(visit)
    notes = [fiction(visit.city, visit.lang), *remark_lines(found.notes, visit.lang), *_limits(visit)]
    remarks([line for line in notes if line], found.sources, visit.lang)


def _yards(visit: Visit, found: Yards, table: pd.DataFrame) -> None:
    """Draw all that needs a yard."""
    chosen = _chosen(table)
    left, right = st.columns([4, 3])
    with left:
        _map(visit, found, table, chosen=chosen)
    with right:
        _brief(visit, table)
    yard_panel(visit, found, table.loc[chosen], attribution=attribution(visit, _MAPPED, words=_MAPPED_BY))
    _budget(visit, found)
    st.header(say("app.playgrounds.all", visit.lang), anchor=False)
    yard_table(yard_figures(table, visit.lang), _ALL, lang=visit.lang, key="all_yards")


def _chosen(table: pd.DataFrame) -> str:
    """Give the yard that is looked at: the one that was chosen, else the sunniest of today."""
    known = table.index[table["unshaded_share_after"].notna()]
    wanted = shared.value(shared.YARD)
    chosen = str(wanted if wanted in known else table["unshaded_share_before"].idxmax())
    # Set anew at each run: a list whose order changes with the ranking would else go back to its first entry.
    shared.preset(shared.YARD, chosen)
    return chosen


def _map(visit: Visit, found: Yards, table: pd.DataFrame, *, chosen: str) -> None:
    """Draw the map of all yards, and in words how to use it and what its colours mean."""
    lang = visit.lang
    st.header(say("app.playgrounds.map", lang), anchor=False)
    point_map(
        city_content(visit.city, found, table, chosen=chosen, lang=lang),
        layers=computed.ground(visit.city, visit.level).layers,
        texts=map_words(lang, shown="city", attribution=attribution(visit, _MAPPED, words=_MAPPED_BY)),
        key=yard_actions.CITY_MAP,
        height=_MAP_PX,
    )
    unknown = bool(table["unshaded_share_after"].isna().any())
    classes((*SUN, NO_YARD) if unknown else SUN, lang)
    st.caption(prose(say("app.playgrounds.map_help", lang)))


def _brief(visit: Visit, table: pd.DataFrame) -> None:
    """Draw the figures of the map in short, and the choice of the yard to look at."""
    lang, names = visit.lang, table["name"]
    st.header(say("app.playgrounds.table", lang), anchor=False)
    yard_table(yard_figures(table, lang), _BRIEF, lang=lang, key="ranking", most_px=_MAP_PX)
    st.selectbox(
        say("app.playgrounds.choose", lang),
        [str(school) for school in table.index[table["unshaded_share_after"].notna()]],
        format_func=lambda school: f"{table['number'][school]}. {names[school]}",
        key=shared.YARD,
    )


def _budget(visit: Visit, found: Yards) -> None:
    """Draw the budget, what it buys and what is left."""
    lang, budget = visit.lang, visit.work.scenario.greening_budget_eur
    st.header(say("app.playgrounds.budget", lang), anchor=False)
    shared.preset(shared.BUDGET, round(budget))
    st.number_input(
        say("app.playgrounds.budget_field", lang),
        min_value=0,
        max_value=_LARGEST_BUDGET,
        step=5000,
        key=shared.BUDGET,
        on_change=yard_actions.set_budget,
        help=say("app.playgrounds.budget_help", lang),
        width=320,
    )
    spoken = budget_sentence(found, budget, lang)
    if spoken:
        st.markdown(prose(spoken))
    works = works_figures(found, lang, chosen_only=budget > 0)
    if works.empty:
        st.markdown(prose(say("app.playgrounds.no_works", lang)))
        return
    st.caption(prose(say(f"app.playgrounds.{'works' if budget > 0 else 'no_budget'}", lang)))
    yard_table(works, _WORKS, lang=lang, key="works", most_px=_MAP_PX)


def _day(visit: Visit, found: Yards) -> str:
    """Say for which day, which recesses and which trees the figures are."""
    choices, tree = found.before.choices, found.before.choices.planted(found.age_years)
    told = {"day": choices.day, "air": choices.air_c, "slots": ", ".join(found.before.slots.index)}
    return say("app.playgrounds.day", visit.lang, **told, height=tree.height_m, crown=tree.crown_m)


def _limits(visit: Visit) -> list[str]:
    return [say(f"playground.limit.{name}", visit.lang) for name in ("shade", "felt", "cost")]


main()
