"""Every number behind pupils and rooms that is a choice: its unit, its range, its reason, and the way back."""

from __future__ import annotations

from typing import get_args

import shared
import streamlit as st
from views import pupils_actions
from views.frame import prose
from views.pupils_actions import PERCENT, SHARES
from visits import Visit

from geo.council.choices import choice_range, choice_reason
from geo.council.words import say
from geo.model.assumptions import Assumptions
from geo.model.levels import GRADES
from geo.model.projection import Mixing, ProjectionChoices

_MIXING, _CAPS, _HALVED = "mixing", "caps", "halved_cap"


def choices_panel(visit: Visit) -> None:
    """Draw the choices, each with its reason, and the button that gives all of them their first value."""
    lang, scenario = visit.lang, visit.work.scenario
    st.header(say("app.pupils.choices.title", lang), anchor=False)
    st.caption(prose(say("app.pupils.choices.help", lang)))
    with st.expander(say("app.pupils.choices.open", lang)):
        left, right = st.columns(2)
        with left:
            _mixing(visit)
            _caps(visit)
        with right:
            _attendance(visit)
            _per_room(visit)
            for field in SHARES["projection"]:
                _percent(visit, "projection", name=field, field=field)
    st.button(
        say("app.pupils.choices.reset", lang),
        on_click=pupils_actions.back_to_start,
        disabled=scenario.projection == ProjectionChoices() and scenario.assumptions == Assumptions(),
        icon=":material/restart_alt:",
        key="back_to_start",
    )


def _mixing(visit: Visit) -> None:
    """Draw which grades may share a class."""
    lang = visit.lang
    shared.preset(_MIXING, visit.work.scenario.projection.mixing)
    st.selectbox(
        say(f"projection.choice.{_MIXING}", lang),
        get_args(Mixing),
        format_func=lambda one: say(f"projection.mixing.{one}", lang),
        key=_MIXING,
        on_change=pupils_actions.choose,
        args=("projection", _MIXING, _MIXING),
    )
    st.caption(prose(choice_reason(_MIXING, lang)))


def _caps(visit: Visit) -> None:
    """Draw the largest class of each grade, and of a halved one."""
    lang, held = visit.lang, visit.work.scenario.projection
    low, high = (round(end) for end in choice_range(ProjectionChoices, _CAPS))
    st.markdown(prose(say(f"projection.choice.{_CAPS}", lang)))
    columns = st.columns(len(GRADES[visit.level]))
    for column, grade in zip(columns, GRADES[visit.level], strict=True):
        key = f"{_CAPS} {grade}"
        shared.preset(key, held.caps[grade])
        label = say("app.pupils.choices.grade", lang, grade=grade)
        column.number_input(label, low, high, key=key, on_change=pupils_actions.choose_cap, args=(grade, key))
    st.caption(prose(choice_reason(_CAPS, lang, within=(low, high))))
    _pupils(visit, "projection", name=_HALVED, field=_HALVED)


def _per_room(visit: Visit) -> None:
    _pupils(visit, "assumptions", name="pupils_per_room", field=f"pupils_per_room_{visit.level}")


def _pupils(visit: Visit, part: str, *, name: str, field: str) -> None:
    """Draw a whole number of pupils."""
    lang, held = visit.lang, getattr(visit.work.scenario, part)
    model = type(held)
    low, high = choice_range(model, field)
    shared.preset(name, round(getattr(held, field)))
    st.number_input(
        say("app.pupils.choices.pupils", lang, name=say(f"projection.choice.{name}", lang)),
        int(low),
        int(high),
        key=name,
        on_change=pupils_actions.choose,
        args=(part, field, name),
    )
    start = model.model_fields[field].default
    st.caption(prose(choice_reason(name, lang, within=(low, high), start=start)))


def _attendance(visit: Visit) -> None:
    """Draw the part of the children who attend public schools; empty while it follows from the city."""
    name, field = "attendance_share", f"attendance_share_{visit.level}"
    deduced = say("app.pupils.choices.deduced", visit.lang, share=visit.today.totals[name])
    _percent(visit, "assumptions", name=name, field=field, placeholder=deduced)


def _percent(visit: Visit, part: str, *, name: str, field: str, placeholder: str | None = None) -> None:
    """Draw a share as a whole percentage."""
    lang, held = visit.lang, getattr(visit.work.scenario, part)
    model, value = type(held), getattr(held, field)
    low, high = choice_range(model, field)
    shared.preset(name, None if value is None else round(value * PERCENT))
    st.number_input(
        say("app.pupils.choices.percent", lang, name=say(f"projection.choice.{name}", lang)),
        round(low * PERCENT),
        round(high * PERCENT),
        value=None,
        step=1,
        placeholder=placeholder,
        key=name,
        on_change=pupils_actions.choose,
        args=(part, field, name),
    )
    start = model.model_fields[field].default
    st.caption(prose(choice_reason(name, lang, within=(low, high), start=start)))
