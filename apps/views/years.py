"""The work in hand year by year: who moves when, and each school in a chosen year."""

from __future__ import annotations

import computed
import streamlit as st
from views.frame import prose
from visits import Visit

from geo.council.moving import moving_sentence, moving_table, year_table
from geo.council.words import note_text, percent, say, school_year

_YEAR = "shown_year"


def years_panel(visit: Visit) -> None:
    """Draw who moves in which year, and the schools in the year of the slider."""
    lang = visit.lang
    refused = computed.outlook_refusal(visit)
    if refused is not None:
        st.warning(prose(note_text(refused, lang)))
        return
    ahead = computed.outlook(visit)
    told = ahead.transition
    st.markdown(prose(moving_sentence(told, lang)))
    years = list(told.after.years)
    year = st.select_slider(
        say("app.years.year", lang),
        years,
        value=max(min(told.start_year, years[-1]), years[0]),
        format_func=lambda one: school_year(one, lang),
        key=_YEAR,
    )
    st.dataframe(
        year_table(ahead.both, ahead.names, year=year, lang=lang), hide_index=True, height="content", key="year_schools"
    )
    share = percent(told.after.choices.interval_share, lang)
    st.caption(prose(say("app.years.schools_help", lang, share=share)))
    st.header(say("app.years.moving", lang), anchor=False)
    st.dataframe(moving_table(told, lang), hide_index=True, height="content", key="moving")
    with st.expander(say("app.years.remarks", lang)):
        st.markdown("\n".join(f"- {prose(note_text(note, lang))}" for note in told.notes))
