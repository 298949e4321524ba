"""How children walk, as part of the scenario: what they do not cross, what is closed, hills, pace; and what it does."""

from __future__ import annotations

from typing import Final

import computed
import shared
import streamlit as st
from views import walk_actions
from views.frame import capital, prose
from visits import Visit

from geo.council.catchments import walking_summary
from geo.council.choices import choice_range
from geo.council.words import crossed_name, say
from geo.model.walking import PaceChoices, WalkChoices
from geo.planning.catchments import Catchments
from geo.planning.walking import crossable_kinds, has_heights, street_names

_NAMES: Final = ("never_cross", "avoid_crossing", "closed")
_METRES, _SPEED, _SLOPES = "walk_crossing_m", "walk_speed", "walk_slopes"
_STEP_M: Final = 50
_STEP_KM_H: Final = 0.1


def rules_sentence(visit: Visit, found: Catchments) -> None:
    """Say what the rules of walking do to the map that is shown; nothing where there are none."""
    walking = found.scenario.walking
    if walking.counts_metres_only:
        return
    freely = found.scenario.model_copy(update={"walking": walking.freely})
    free = computed.catchments_of(visit, freely, found.choices)
    st.info(prose(walking_summary(free, found, visit.lang)), icon=":material/directions_walk:")


def rules_panel(visit: Visit) -> None:
    """Draw the rules of walking, each to be changed; the whole scenario follows."""
    lang, walking = visit.lang, visit.work.scenario.walking
    st.header(say("app.catchments.rules.title", lang), anchor=False)
    with st.expander(say("app.catchments.rules.open", lang), expanded=not walking.counts_metres_only):
        st.caption(prose(say("app.catchments.rules.help", lang)))
        streets = list(street_names(visit.city))
        for field in _NAMES:
            kinds = [] if field == "closed" else list(crossable_kinds(visit.city))
            _named(visit, field, [*kinds, *streets])
            if field == "avoid_crossing":
                _metres(visit)
        _slopes(visit)
        _speed(visit)
        st.button(
            say("app.pupils.choices.reset", lang),
            on_click=walk_actions.walk_freely,
            disabled=walking == WalkChoices(),
            icon=":material/restart_alt:",
            key="walk_rules_reset",
        )


def _named(visit: Visit, field: str, options: list[str]) -> None:
    """Draw a list of streets and kinds; what the scenario names otherwise than the tables do stays in it."""
    key, held = f"walk_{field}", list(getattr(visit.work.scenario.walking, field))
    shared.preset(key, held)
    st.multiselect(
        say(f"app.catchments.rules.{field}", visit.lang),
        list(dict.fromkeys([*options, *held])),
        format_func=lambda one: capital(crossed_name(one, visit.lang)),
        placeholder=say("app.catchments.rules.nothing", visit.lang),
        select_all=False,
        key=key,
        on_change=walk_actions.walk_by,
        args=(field, key),
    )


def _metres(visit: Visit) -> None:
    low, high = choice_range(WalkChoices, "crossing_m")
    shared.preset(_METRES, round(visit.work.scenario.walking.crossing_m))
    st.number_input(
        say("app.catchments.rules.crossing_m", visit.lang),
        int(low),
        int(high),
        step=_STEP_M,
        key=_METRES,
        on_change=walk_actions.walk_by,
        args=("crossing_m", _METRES),
    )


def _slopes(visit: Visit) -> None:
    known = has_heights(visit.city)
    shared.preset(_SLOPES, visit.work.scenario.walking.slopes)
    st.toggle(
        say("app.catchments.rules.slopes", visit.lang),
        disabled=not known,
        help=None if known else say("note.walks-no-heights", visit.lang),
        key=_SLOPES,
        on_change=walk_actions.walk_by,
        args=("slopes", _SLOPES),
    )


def _speed(visit: Visit) -> None:
    field = f"speed_{visit.level}_km_h"
    low, high = choice_range(PaceChoices, field)
    shared.preset(_SPEED, visit.work.scenario.walking.pace.speed_km_h(visit.level))
    st.number_input(
        say("app.catchments.rules.speed", visit.lang),
        low,
        high,
        step=_STEP_KM_H,
        format="%.1f",
        key=_SPEED,
        on_change=walk_actions.walk_at,
        args=(field, _SPEED),
    )
