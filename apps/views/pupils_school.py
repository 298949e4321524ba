"""One school, or all of them: the past, what is expected, how far that may be off, and why."""

from __future__ import annotations

import pandas as pd
import shared
import streamlit as st
from views.frame import prose
from views.pupils_chart import draw_fan
from views.pupils_tables import plain_table
from visits import Outlook, Visit

from geo.council.figures import by_name
from geo.council.outlook import (
    cause_texts,
    chance,
    city_sentence,
    fan_texts,
    past_rolls,
    school_sentences,
    starts_from_children,
)
from geo.council.pupils import CITY, cause_table, fan_table, overflow_years
from geo.council.words import Lang, say
from geo.model.projection import Projection

_SCHOOL, _YEAR = "outlook_school", "outlook_year"
_AHEAD_YEARS = 4  # a year to begin with: far enough to plan for, near enough to be known


def school_panel(visit: Visit, ahead: Outlook) -> None:
    """Draw the choice of a school and a year, a sentence, the chart, its table and the causes."""
    lang, projection = visit.lang, ahead.projection
    st.header(say("app.pupils.school", lang), anchor=False)
    left, right = st.columns([3, 2])
    school = _school(left, visit, ahead)
    years = sorted(ahead.years.index.unique("year"))
    if shared.value(_YEAR) not in years:
        shared.preset(_YEAR, years[min(_AHEAD_YEARS, len(years) - 1)])
    year = right.select_slider(say("app.pupils.year", lang), years, key=_YEAR)
    before = None if visit.work.scenario.changes_nothing else ahead.transition.before
    fan = fan_table(visit.city, projection, ahead.years, school=school, before=before)
    share = projection.choices.interval_share
    if school == CITY:
        st.markdown(prose(city_sentence(visit.city, fan, year=year, share=share, lang=lang)))
    elif (school, year) in ahead.years.index:
        row, name = ahead.years.loc[school, year], ahead.names[school]
        counted = not starts_from_children(projection)
        told = school_sentences(row, school=name, year=year, share=share, lang=lang, counted=counted)
        st.markdown(prose(told))
    draw_fan(fan, title=_name(school, ahead, lang), lang=lang, chance=chance(share, lang))
    figures, causes = st.columns(2)
    with figures:
        _figures(fan, lang)
    with causes:
        _causes(projection, school, lang)


def _school(place: st.delta_generator.DeltaGenerator, visit: Visit, ahead: Outlook) -> str:
    """Draw the choice of a school; at first the one that overflows first."""
    schools = [CITY, *by_name(ahead.names, ahead.years.index.unique("school_id"))]
    if shared.value(_SCHOOL) not in schools:
        over = overflow_years(ahead.years)["expected_year"].dropna()
        shared.preset(_SCHOOL, over.idxmin() if len(over) else CITY)
    chosen: str = place.selectbox(
        say("app.pupils.one", visit.lang),
        schools,
        format_func=lambda one: _name(one, ahead, visit.lang),
        key=_SCHOOL,
    )
    return chosen


def _name(school: str, ahead: Outlook, lang: Lang) -> str:
    return say("app.pupils.all", lang) if school == CITY else str(ahead.names[school])


def _figures(fan: pd.DataFrame, lang: Lang) -> None:
    """Draw the figures of the chart as a table."""
    st.header(say("app.pupils.figures", lang), anchor=False)
    coming = fan[fan["pupils"].notna()].drop(columns="past_pupils")
    plain_table(fan_texts(coming, lang), key="fan_table")
    rolls = past_rolls(fan, lang)
    if rolls:
        st.caption(prose(say("app.pupils.past", lang, rolls=rolls)))


def _causes(projection: Projection, school: str, lang: Lang) -> None:
    """Draw what changes the pupils of the school, and say what the words mean."""
    st.header(say("app.pupils.causes", lang), anchor=False)
    plain_table(cause_texts(cause_table(projection, school), lang), key="cause_table")
    st.caption(prose(say("app.pupils.causes_help", lang)))
