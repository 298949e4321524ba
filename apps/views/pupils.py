"""The page *Élèves et salles*: how many pupils are coming, which school overflows when, and what that hangs on."""

from __future__ import annotations

import computed
import shared
import streamlit as st
from views.frame import prose, remarks, title
from views.pupils_choices import choices_panel
from views.pupils_housing import housing_panel
from views.pupils_school import school_panel
from views.pupils_tables import year_cells
from views.tables import text_table
from visits import Outlook, Visit

from geo.council.outlook import (
    backtest_sentences,
    backtest_table,
    city_sentence,
    outlook_notes,
    overflow_sentences,
    starts_from_children,
)
from geo.council.pupils import fan_table
from geo.council.words import note_text, say

_MEASURE = "measure"


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    title("app.pupils.title", visit)
    refused = computed.outlook_refusal(visit)
    if refused is not None:
        st.warning(prose(note_text(refused, visit.lang)))
        remarks(outlook_notes(visit.city, (refused,), visit.lang), visit.today.sources, visit.lang)
        return
    ahead = computed.outlook(visit)
    _summary(visit, ahead)
    _schools(visit, ahead)
    school_panel(visit, ahead)
    housing_panel(visit)
    choices_panel(visit)
    _past(visit, ahead)
    remarks(outlook_notes(visit.city, ahead.transition.notes, visit.lang), ahead.projection.sources, visit.lang)


def _summary(visit: Visit, ahead: Outlook) -> None:
    """Say in plain words how many pupils are coming, and where they will not fit."""
    lang, projection = visit.lang, ahead.projection
    fan = fan_table(visit.city, projection, ahead.years)
    told = {"share": projection.choices.interval_share, "lang": lang}
    cities = [
        city_sentence(visit.city, fan, year=year, **told) for year in (projection.last_year, projection.years[-1])
    ]
    schools = overflow_sentences(ahead.years, ahead.names, level=visit.level, lang=lang)
    st.markdown(prose(" ".join([*cities, schools])))
    if not visit.work.scenario.changes_nothing:
        st.markdown(prose(say("app.pupils.proposal", lang, name=visit.work.scenario.name)))


def _schools(visit: Visit, ahead: Outlook) -> None:
    """Draw the table of schools and years, with the choice of what it shows."""
    lang = visit.lang
    st.header(say("app.pupils.table", lang), anchor=False)
    year_cells(ahead, visit.lang, key=_MEASURE)
    kind = "estimated" if starts_from_children(ahead.projection) else "counted"
    first = say(f"app.pupils.start.{kind}", lang, last=ahead.projection.last_year)
    st.caption(prose(f"{first} {say('app.pupils.table_help', lang)}"))


def _past(visit: Visit, ahead: Outlook) -> None:
    """Say what the method would have said in the past, beside 'same as last year'."""
    lang = visit.lang
    st.header(say("projection.backtest.title", lang), anchor=False)
    told = backtest_sentences(ahead.projection, lang)
    if not told:
        st.markdown(prose(say("app.pupils.no_past", lang)))
        return
    st.markdown(prose(told))
    table = backtest_table(ahead.projection.errors, lang)
    with st.expander(say("app.pupils.past_table", lang)):
        text_table(table.to_numpy().tolist(), list(table), key="backtest")


main()
