"""The buttons that go back and forth, on every page that changes the work in hand."""

from __future__ import annotations

import streamlit as st
from views import actions
from visits import Visit

from geo.council.words import say


def history_buttons(visit: Visit) -> None:
    """Draw *undo* and *redo*, in the row that stands around them."""
    work, lang = visit.work, visit.lang
    undo, redo = say("app.history.undo", lang), say("app.history.redo", lang)
    st.button(undo, on_click=actions.undo, disabled=not work.past, icon=":material/undo:", key="undo")
    st.button(redo, on_click=actions.redo, disabled=not work.future, icon=":material/redo:", key="redo")
