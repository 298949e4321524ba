"""What a scenario decides beside the map: schools that open, close or change rooms, and who follows when."""

from __future__ import annotations

import computed
import shared
import streamlit as st
from views import actions
from views.frame import prose
from visits import Visit

from geo.council.words import say
from geo.model.measures import Phasing

_ROOMS_OF, _ROOMS = "rooms_of", "rooms"
_MOST_ROOMS = 60


def measures_panel(visit: Visit) -> None:
    """Draw the choices; each is kept in the scenario at once and can be undone."""
    left, middle, right = st.columns(3, gap="large")
    with left:
        _phasing(visit)
        _closures(visit)
    with middle:
        _rooms(visit)
    with right:
        _opening(visit)
    _told(visit)


def _phasing(visit: Visit) -> None:
    lang = visit.lang
    shared.preset(shared.PHASING, visit.work.scenario.phasing.value)
    st.radio(
        say("app.measures.phasing", lang),
        [one.value for one in Phasing],
        format_func=lambda one: say(f"app.measures.phasings.{one}", lang),
        captions=[say(f"app.measures.phasing_help.{one.value}", lang) for one in Phasing],
        key=shared.PHASING,
        on_change=actions.phase,
    )


def _closures(visit: Visit) -> None:
    lang, names = visit.lang, visit.schools["school"]
    shared.preset(shared.CLOSURES, list(visit.work.scenario.closures))
    st.multiselect(
        say("app.measures.closures", lang),
        [str(school) for school in visit.city.schools_of(visit.level).index],
        format_func=names.__getitem__,
        placeholder=say("app.measures.closures_hint", lang),
        help=say("app.measures.closures_help", lang),
        key=shared.CLOSURES,
        on_change=actions.close_schools,
    )


def _rooms(visit: Visit) -> None:
    """Draw the choice of a school and its number of rooms."""
    lang, scenario = visit.lang, visit.work.scenario
    open_schools = [school for school in visit.schools.index if school not in scenario.closures]
    school = st.selectbox(
        say("app.measures.rooms_of", lang),
        open_schools,
        format_func=visit.schools["school"].__getitem__,
        key=_ROOMS_OF,
        help=say("app.measures.rooms_help", lang),
    )
    if school is None:
        return
    there = visit.schools["rooms"][school]
    # An id of its own for each school: the number belongs to it.
    key = f"{_ROOMS}_{school}"
    shared.preset(key, int(there) if there == there else 0)  # noqa: PLR0124 - not a number if not known
    st.number_input(
        say("app.measures.rooms", lang, school=visit.schools["school"][school]),
        min_value=0,
        max_value=_MOST_ROOMS,
        key=key,
        on_change=actions.equip,
        args=(school, key),
    )
    if scenario.rooms:
        st.button(say("app.measures.rooms_back", lang), on_click=actions.unequip, key="rooms_back")


def _opening(visit: Visit) -> None:
    """Draw the form of a new school, which stands where a side of street is."""
    lang = visit.lang
    labels = computed.labels(visit.city)
    picked = shared.picked()
    with st.form("opening", border=True):
        st.markdown(f"**{prose(say('app.measures.opening', lang))}**")
        st.text_input(say("app.measures.new_name", lang), key=shared.NEW_NAME, max_chars=120)
        st.selectbox(
            say("app.measures.new_unit", lang),
            list(labels),
            index=list(labels).index(picked[0]) if picked else None,
            format_func=labels.__getitem__,
            placeholder=say("app.measures.new_unit_hint", lang),
            help=say("app.measures.new_unit_help", lang),
            key=shared.NEW_UNIT,
        )
        st.number_input(
            say("app.measures.new_rooms", lang), min_value=1, max_value=_MOST_ROOMS, value=8, key=shared.NEW_ROOMS
        )
        st.form_submit_button(say("app.measures.open", lang), on_click=actions.open_school)
    if visit.work.scenario.openings:
        st.button(say("app.measures.no_opening", lang), on_click=actions.forget_openings, key="no_opening")


def _told(visit: Visit) -> None:
    """Say in words what is decided beside the map."""
    lang, scenario, names = visit.lang, visit.work.scenario, visit.schools["school"]
    year = scenario.start_year
    told = [
        *(
            say("app.measures.told.opens", lang, school=one.name, count=one.rooms, year=year)
            for one in scenario.openings
        ),
        *(say("app.measures.told.closes", lang, school=names[one], year=year) for one in scenario.closures),
        *(
            say("app.measures.told.rooms", lang, school=names[school], count=rooms, year=year)
            for school, rooms in scenario.rooms.items()
        ),
    ]
    if told:
        st.markdown("\n".join(f"- {prose(line)}" for line in told))
