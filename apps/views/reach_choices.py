"""The fields of the page *Lieux à portée*: which places, how far, for whom, and when."""

from __future__ import annotations

import datetime as dt
from typing import Final

import computed
import shared
import streamlit as st
from views import reach_actions as actions
from views.frame import capital, prose
from visits import Visit

from geo.council.words import offer_name, say
from geo.model.reach import LONGEST_MIN, Asked, Offer, ReachChoices
from geo.planning.offers import ages_known, completed

_STEP_MIN: Final = 5
_STEP_CLOCK: Final = dt.timedelta(minutes=15)
_DAYS: Final = (actions.ALWAYS, *map(str, range(7)))


def asked_of(visit: Visit) -> Asked:
    """Give what is asked: at first the first kind of place that no other page speaks of, where the city has one."""
    if (asked := shared.question()) is not None:
        return asked
    kinds = computed.kinds_of(visit)
    return Asked(next((kind for kind in kinds if not kind.of_schools), Offer.SCHOOL))


def choices_panel(visit: Visit, asked: Asked) -> None:
    """Draw the fields, and say which kinds of place the city does not have."""
    kind, minutes, ages, when = st.columns([4, 3, 4, 5])
    with kind:
        _kind(visit, asked)
    with minutes:
        _minutes(visit, asked)
    with ages:
        _ages(visit, asked)
    with when:
        _moment(visit, asked)
    missing = [kind for kind in Offer if kind not in computed.kinds_of(visit)]
    if missing:
        named = ", ".join(offer_name(kind, visit.lang).lower() for kind in missing)
        st.caption(prose(say("app.reach.absent", visit.lang, city=visit.city.name, kinds=named)))


def _kind(visit: Visit, asked: Asked) -> None:
    """Draw the kinds of place that the city has; one that it lacks only if the address asks for it."""
    there = computed.kinds_of(visit)
    shared.preset(actions.KIND, str(asked.offer))
    st.selectbox(
        say("app.reach.kind", visit.lang),
        [str(kind) for kind in Offer if kind in there or kind == asked.offer],
        format_func=lambda one: offer_name(one, visit.lang),
        key=actions.KIND,
        on_change=actions.ask_kind,
        args=(asked,),
    )


def _minutes(visit: Visit, asked: Asked) -> None:
    of_pupils = asked.offer is Offer.CANTEEN
    shared.preset(actions.MINUTES, round(asked.minutes))
    st.number_input(
        say("app.reach.minutes", visit.lang),
        1,
        LONGEST_MIN,
        step=_STEP_MIN,
        disabled=of_pupils,
        help=say("app.reach.no_limit", visit.lang) if of_pupils else None,
        key=actions.MINUTES,
        on_change=actions.ask_minutes,
        args=(asked,),
    )


def _ages(visit: Visit, asked: Asked) -> None:
    """Draw the ages; those asked for may be out of those known, which is then refused in words."""
    usual = completed(visit.city, Asked(asked.offer, level=visit.level), ReachChoices()).ages or (0, 0)
    now, known = asked.ages or usual, ages_known(visit.city)
    shared.preset(actions.AGES, (min(now), max(now)))
    st.slider(
        say("app.reach.ages", visit.lang),
        min(*known, *now),
        max(*known, *now),
        disabled=asked.offer is Offer.CANTEEN,
        key=actions.AGES,
        on_change=actions.ask_ages,
        args=(asked, usual),
    )


def _moment(visit: Visit, asked: Asked) -> None:
    """Draw the day, and once there is one its hour and whether it is a holiday."""
    lang = visit.lang
    day, clock = st.columns(2)
    with day:
        shared.preset(actions.DAY, str(asked.at.day) if asked.at else actions.ALWAYS)
        st.selectbox(
            say("app.reach.day", lang),
            _DAYS,
            format_func=lambda one: capital(
                say("app.reach.always" if one == actions.ALWAYS else f"reach.day.{one}", lang)
            ),
            key=actions.DAY,
            on_change=actions.ask_day,
            args=(asked,),
        )
    if asked.at is None:
        return
    with clock:
        shared.preset(actions.CLOCK, dt.time(*divmod(asked.at.minute, 60)))
        st.time_input(
            say("app.reach.clock", lang),
            step=_STEP_CLOCK,
            key=actions.CLOCK,
            on_change=actions.ask_clock,
            args=(asked,),
        )
    shared.preset(actions.HOLIDAYS, asked.at.holidays)
    st.toggle(say("app.reach.holidays", lang), key=actions.HOLIDAYS, on_change=actions.ask_holidays, args=(asked,))
