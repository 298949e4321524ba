"""The web app: ``streamlit run apps/streamlit_app.py``. Settings and their defaults are in docs/app.md."""

from __future__ import annotations

import shared
import streamlit as st
from views import frame
from visits import language

from geo.council.words import say
from geo.errors import GeoError


def main() -> None:
    """Open the city, draw the head, and run the page that the visitor is on."""
    lang = language()
    st.set_page_config(page_title=say("app.name", lang), layout="wide")
    pages = [
        st.Page("views/overview.py", title=say("app.overview.title", lang), default=True),
        st.Page("views/portrait.py", title=say("app.portrait.title", lang), url_path="portrait"),
        st.Page("views/catchments.py", title=say("app.catchments.title", lang), url_path="catchments"),
        st.Page("views/reach.py", title=say("app.reach.title", lang), url_path="reach"),
        st.Page("views/pupils.py", title=say("app.pupils.title", lang), url_path="pupils"),
        st.Page("views/revise.py", title=say("app.revise.title", lang), url_path="revise"),
        st.Page("views/street_list.py", title=say("app.list.title", lang), url_path="list"),
        st.Page("views/playgrounds.py", title=say("app.playgrounds.title", lang), url_path="playgrounds"),
        st.Page("views/compare.py", title=say("app.compare.title", lang), url_path="compare"),
    ]
    frame.style()
    page = st.navigation(pages, position="hidden")
    try:
        frame.head(pages, shared.begin())
        page.run()
        shared.write_address()
    except GeoError as error:
        frame.refusal(error)
    frame.page_language()


main()
