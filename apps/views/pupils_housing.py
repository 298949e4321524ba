"""Dwellings to come: how many pupils they bring, how late they are, and programmes that the city does not know yet."""

from __future__ import annotations

import computed
import shared
import streamlit as st
from views import pupils_actions
from views.frame import prose
from views.history import history_buttons
from views.pupils_actions import COUNT, DELIVERY, NAME, PERCENT, REMOVED, ROOMS, SOCIAL, STREET, UNIT
from views.tables import text_table
from visits import Visit

from geo.council.choices import choice_range, choice_reason
from geo.council.dwellings import dwelling_table
from geo.council.words import number, say
from geo.model.projection import ProjectionChoices

_YIELD, _SLIP = "housing_yield", "slip_years"
_STEPS_PER_PUPIL = 20  # the slider goes in steps of one pupil for twenty dwellings
_LEAST, _MOST = -5000, 5000
_USUAL_HOMES, _USUAL_SOCIAL = 50, 30


def housing_panel(visit: Visit) -> None:
    """Draw the sliders, the programmes and the form of a new one."""
    lang = visit.lang
    st.header(say("app.pupils.housing.title", lang), anchor=False)
    st.caption(prose(say("app.pupils.housing.help", lang)))
    with st.container(horizontal=True):
        history_buttons(visit)
    left, right = st.columns(2)
    with left:
        _yield(visit)
    with right:
        _slip(visit)
    table = dwelling_table(visit.city, visit.work.scenario, lang)
    if len(table):
        text_table(table.to_numpy().tolist(), list(table), key="housing")
        st.caption(prose(say("app.pupils.housing.table", lang)))
    else:
        st.markdown(prose(say("app.pupils.housing.none", lang)))
    with st.expander(say("app.pupils.housing.new", lang), expanded=bool(shared.value(STREET))):
        _form(visit)
    _removal(visit)


def _yield(visit: Visit) -> None:
    """Draw the number of pupils per new dwelling."""
    lang, held = visit.lang, visit.work.scenario.projection.housing_yield
    low, high = choice_range(ProjectionChoices, _YIELD)
    steps = range(round(low * _STEPS_PER_PUPIL), round(high * _STEPS_PER_PUPIL) + 1)
    shared.preset(_YIELD, held)
    st.select_slider(
        say(f"projection.choice.{_YIELD}", lang),
        sorted({held, *(step / _STEPS_PER_PUPIL for step in steps)}),
        format_func=lambda one: number(one, lang, digits=2),
        key=_YIELD,
        on_change=pupils_actions.choose,
        args=("projection", _YIELD, _YIELD),
    )
    st.caption(prose(_reason(_YIELD, visit)))


def _slip(visit: Visit) -> None:
    """Draw the delay of deliveries."""
    low, high = choice_range(ProjectionChoices, _SLIP)
    shared.preset(_SLIP, visit.work.scenario.projection.slip_years)
    st.slider(
        say(f"projection.choice.{_SLIP}", visit.lang),
        int(low),
        int(high),
        key=_SLIP,
        on_change=pupils_actions.choose,
        args=("projection", _SLIP, _SLIP),
    )
    st.caption(prose(_reason(_SLIP, visit)))


def _reason(field: str, visit: Visit) -> str:
    within, start = choice_range(ProjectionChoices, field), ProjectionChoices.model_fields[field].default
    return choice_reason(field, visit.lang, within=within, start=start)


def _form(visit: Visit) -> None:
    """Draw the fields of a new programme: where, how many, when and for whom."""
    lang = visit.lang
    place, homes = st.columns(2)
    with place:
        _place(visit)
        st.text_input(say("app.pupils.housing.name", lang), max_chars=120, key=NAME)
    with homes:
        for key, usual in ((COUNT, _USUAL_HOMES), (DELIVERY, visit.work.scenario.start_year), (SOCIAL, _USUAL_SOCIAL)):
            shared.preset(key, shared.value(key, usual))
        st.number_input(say("app.pupils.housing.dwellings", lang), _LEAST, _MOST, key=COUNT)
        st.number_input(say("app.pupils.housing.year", lang), 2000, 2100, key=DELIVERY)
        st.number_input(say("app.pupils.housing.social_share", lang), 0, PERCENT, key=SOCIAL)
        rooms = say("app.pupils.housing.mean_rooms", lang)
        st.number_input(rooms, 1.0, 8.0, value=None, step=0.1, placeholder=say("unknown", lang), key=ROOMS)
    st.button(say("app.pupils.housing.add", lang), on_click=pupils_actions.build, type="primary", key="build")


def _place(visit: Visit) -> None:
    """Draw the choice of a street and of one of its sides."""
    lang = visit.lang
    labels, streets = computed.labels(visit.city), computed.streets(visit.city)
    street = st.selectbox(
        say("app.pupils.housing.street", lang),
        list(streets),
        index=None,
        placeholder=say("app.pupils.housing.street_hint", lang),
        key=STREET,
    )
    here = streets[street] if street else frozenset()
    st.selectbox(
        say("app.pupils.housing.unit", lang),
        [unit for unit in labels if unit in here],
        index=None,
        format_func=labels.__getitem__,
        placeholder=say("app.pupils.housing.unit_hint", lang),
        disabled=street is None,
        key=UNIT,
    )


def _removal(visit: Visit) -> None:
    """Draw the choice of an added programme to take back; nothing if none was added."""
    lang, added = visit.lang, {one.programme_id: one for one in visit.work.scenario.dwellings}
    if not added:
        return
    if shared.value(REMOVED) not in added:
        shared.preset(REMOVED, None)
    chosen = st.selectbox(
        say("app.pupils.housing.remove", lang),
        list(added),
        index=None,
        format_func=lambda code: say(
            "app.pupils.housing.added",
            lang,
            name=added[code].name,
            dwellings=say("count.dwellings", lang, count=added[code].dwellings),
            year=added[code].delivery_year,
        ),
        placeholder=say("app.pupils.housing.remove_hint", lang),
        key=REMOVED,
    )
    remove = say("app.pupils.housing.remove_button", lang)
    st.button(remove, on_click=pupils_actions.tear_down, disabled=chosen is None, key="tear_down")
