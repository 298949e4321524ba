"""The lists beside the map: choose sides of street, send them to a school, undo. Everything works from the keyboard."""

from __future__ import annotations

import math
from collections.abc import Sequence

import computed
import shared
import streamlit as st
from views import actions
from views.frame import prose
from views.history import history_buttons
from views.names import school_names
from views.tables import text_table
from visits import Visit

from geo.council.colours import occupancy_text
from geo.council.words import metres, number, say
from geo.model.evaluation import Evaluation

_STREET, _SCHOOL = "street", "present_school"
# A longer list would travel at each click: one chooses a street or a school first.
_MOST_LISTED = 3000


def selection_panel(visit: Visit) -> None:
    """Draw the choice of sides of street, the school that they go to, and what it would change."""
    lang = visit.lang
    st.header(say("app.selection.title", lang), anchor=False)
    picked = _units(visit)
    target = _target(visit)
    trial = _trial(visit, picked, target)
    st.button(
        say("app.selection.send", lang),
        on_click=actions.send,
        disabled=trial is None,
        type="primary",
        key="send",
        width="stretch",
    )
    _history(visit)
    if not picked:
        st.caption(prose(say("app.selection.none", lang)))
        return
    pupils = math.fsum(visit.proposed.units["pupils"].loc[picked])
    count = say("count.units", lang, count=len(picked))
    sentence = say("app.selection.count", lang, units=count, pupils=say("count.pupils", lang, count=round(pupils)))
    st.markdown(prose(f"{sentence} {_effect(visit, trial, str(target))}" if trial else sentence))


def selection_details(visit: Visit) -> None:
    """Draw each selected side of street with its pupils, its schools, and the walk now and then."""
    picked, lang = shared.picked(), visit.lang
    if not picked:
        return
    trial = _trial(visit, picked, shared.target())
    walks = {"walk_now": visit.proposed, **({"walk_then": trial} if trial else {})}
    rows = [
        (
            computed.labels(visit.city)[unit],
            number(visit.proposed.units["pupils"][unit], lang, digits=1),
            *(metres(shown.units["walk_m"][unit], lang) for shown in walks.values()),
            school_names(visit.schools["school"], visit.proposed.plan.schools_of[unit]),
        )
        for unit in picked
    ]
    headings = [say(f"app.selection.columns.{name}", lang) for name in ("unit", "pupils", *walks, "schools")]
    st.header(say("app.selection.details", lang), anchor=False)
    text_table(rows, headings, key="details")


def _units(visit: Visit) -> list[str]:
    """Draw the list of sides of street with its two filters."""
    lang = visit.lang
    labels, streets = computed.labels(visit.city), computed.streets(visit.city)
    left, right = st.columns(2)
    street = left.selectbox(
        say("app.selection.street", lang),
        list(streets),
        index=None,
        placeholder=say("app.selection.all_streets", lang),
        key=_STREET,
    )
    school = right.selectbox(
        say("app.selection.school", lang),
        list(visit.schools.index),
        index=None,
        format_func=lambda one: school_names(visit.schools["school"], (one,)),
        placeholder=say("app.selection.all_schools", lang),
        key=_SCHOOL,
    )
    picked = shared.picked()
    unfiltered = street is None and school is None
    if unfiltered and len(labels) > _MOST_LISTED:
        options, hint = picked, say("app.selection.units_filter_first", lang)
    else:
        options, hint = _options(visit, street, school), say("app.selection.units_hint", lang)
    return st.multiselect(
        say("app.selection.units", lang),
        options,
        format_func=computed.labels(visit.city).__getitem__,
        placeholder=hint,
        help=say("app.selection.units_help", lang),
        key=shared.PICKED,
    )


def _options(visit: Visit, street: str | None, school: str | None) -> list[str]:
    """Give the sides of street of a street and a present school, and those that are selected anyway."""
    picked, schools_of = set(shared.picked()), visit.proposed.plan.schools_of
    within = computed.streets(visit.city)[street] if street else schools_of.keys()
    wanted = {unit for unit in within if school is None or school in schools_of.get(unit, ())}
    return [unit for unit in computed.labels(visit.city) if unit in picked or (unit in wanted and unit in schools_of)]


def _target(visit: Visit) -> str | None:
    return st.selectbox(
        say("app.selection.target", visit.lang),
        [school for school in visit.schools.index if school not in visit.work.scenario.closures],
        index=None,
        format_func=lambda one: school_names(visit.schools["school"], (one,)),
        placeholder=say("app.selection.target_hint", visit.lang),
        key=shared.TARGET,
    )


def _trial(visit: Visit, picked: Sequence[str], target: str | None) -> Evaluation | None:
    """Give the figures once the selection has gone to the school; None if nothing would change."""
    if not picked or target is None:
        return None
    work = visit.work.sent(picked, target, visit.city.current[visit.level])
    return None if work is visit.work else computed.figures_of(visit.city, work.scenario)


def _history(visit: Visit) -> None:
    """Draw the buttons that go back and forth, and the one that starts again."""
    with st.container(horizontal=True):
        history_buttons(visit)
        st.button(
            say("app.history.restart", visit.lang),
            on_click=actions.restart,
            disabled=visit.work.scenario.changes_nothing,
            icon=":material/restart_alt:",
            key="restart",
        )


def _effect(visit: Visit, trial: Evaluation, target: str) -> str:
    """Say what the school would become: pupils and occupancy before and after."""
    now, then = visit.schools.loc[target], computed.schools_of(visit.city, visit.today, trial).loc[target]
    return say(
        "app.selection.effect",
        visit.lang,
        school=now["school"],
        before=number(now["pupils_after"], visit.lang),
        after=number(then["pupils_after"], visit.lang),
        share_before=occupancy_text(now["occupancy_share_after"], visit.lang),
        share_after=occupancy_text(then["occupancy_share_after"], visit.lang),
    )
