"""From which walk on a school is far, by level, and the rings: fields, and the share of children by level."""

from __future__ import annotations

from typing import Final

import computed
import shared
import streamlit as st
from views import walk_actions
from views.frame import prose
from views.walk_tables import walk_table
from visits import Visit

from geo.council.catchments import LEVEL_COLUMNS, level_rows
from geo.council.choices import choice_range
from geo.council.words import level_name, say
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.scenario import Scenario

_RINGS, _STEP_M = "walk_rings", 50
_SHOWN: Final = tuple(name for name in LEVEL_COLUMNS if name not in {"children", "walk_median_m"})


def distances_panel(visit: Visit) -> None:
    """Draw the distances, each to be changed, and the share of the children of each level who live beyond them."""
    lang, choices = visit.lang, shared.distances()
    st.header(say("app.catchments.levels", lang), anchor=False)
    levels = [computed.catchments_of(visit, _scenario(visit, level), choices) for level in visit.city.current]
    walk_table(level_rows(levels, lang), _SHOWN, levels[0], lang=lang, key="levels")
    with st.expander(say("app.catchments.change", lang)):
        for level, column in zip(visit.city.current, st.columns(len(levels)), strict=True):
            with column:
                _beyond(level, choices, visit)
        _rings(visit, choices)
        low, high = choice_range(DistanceChoices, f"beyond_{visit.level}_m")
        st.caption(prose(say("catchments.preset", lang, low=low, high=high)))
        st.button(
            say("app.pupils.choices.reset", lang),
            on_click=walk_actions.back_to_start,
            disabled=choices == DistanceChoices(),
            icon=":material/restart_alt:",
            key="walk_reset",
        )


def _scenario(visit: Visit, level: Level) -> Scenario:
    """Give the work in hand of a level, or its map in force."""
    work = shared.desk().works.get(level) or shared.fresh(visit.city, level)
    return work.scenario


def _beyond(level: Level, choices: DistanceChoices, visit: Visit) -> None:
    low, high = choice_range(DistanceChoices, f"beyond_{level}_m")
    key = f"walk_beyond_{level}"
    shared.preset(key, round(choices.beyond_m(level)))
    st.number_input(
        say("app.catchments.beyond", visit.lang, level=level_name(level, visit.lang)),
        min_value=int(low),
        max_value=int(high),
        step=_STEP_M,
        key=key,
        on_change=walk_actions.set_beyond,
        args=(level, key),
    )


def _rings(visit: Visit, choices: DistanceChoices) -> None:
    shared.preset(_RINGS, " ".join(f"{limit:g}" for limit in choices.limits_m))
    st.text_input(say("app.catchments.rings", visit.lang), key=_RINGS, on_change=walk_actions.set_rings, args=(_RINGS,))
