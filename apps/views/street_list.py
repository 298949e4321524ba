"""The page *Liste des rues*: which school, the list that is voted, what a scenario changes in it, any list checked."""

from __future__ import annotations

import computed
import shared
import streamlit as st
from views.frame import prose, remarks, title
from views.list_audit import audit_panel
from views.list_changes import changes_panel
from views.list_rows import rows_panel
from views.list_search import search_panel

from geo.council.captions import note_lines, remark_lines
from geo.council.words import say

_TABS = ("app.list.tabs.rows", "app.list.tabs.changes", "app.list.tabs.audit")


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    title("app.list.title", visit)
    st.markdown(prose(say("app.list.intro", visit.lang)))
    search_panel(visit)
    rows, changes, audit = st.tabs([say(name, visit.lang) for name in _TABS])
    with rows:
        rows_panel(visit)
    with changes:
        changes_panel(visit)
    with audit:
        audit_panel(visit)
    told = (
        *note_lines(visit.city, visit.proposed, visit.lang),
        *remark_lines(computed.lists_of(visit).revision.notes, visit.lang),
    )
    remarks(told, visit.proposed.sources, visit.lang)


main()
