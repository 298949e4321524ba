"""What the work in hand changes in the street list, by article, with the children concerned."""

from __future__ import annotations

from functools import partial

import computed
import pandas as pd
import streamlit as st
from views.frame import prose
from visits import Visit

from geo.council.captions import today
from geo.council.listing import change_rows
from geo.council.street_list_files import ListEdition, changes_text
from geo.council.street_list_text import Article, articles
from geo.council.words import Lang, number, say
from geo.planning.applying import schools_under

_COLUMNS = ("street", "span", "before", "after", "addresses", "children")


def changes_panel(visit: Visit) -> None:
    """Draw the articles, the same as a table, and their text as a file."""
    lang, revision = visit.lang, computed.lists_of(visit).revision
    if revision.changes.empty:
        st.info(prose(say("app.list.changes.nothing", lang)))
        return
    names = schools_under(visit.city, visit.work.scenario)["name"]
    edition = ListEdition(visit.city, visit.work.scenario, revision, today())
    told = articles(revision.changes, edition.streets, edition.schools, lang=lang)
    st.markdown(prose(say("app.list.changes.intro", lang, count=len(told))))
    st.markdown("\n".join(f"{place}. {_article(one)}" for place, one in enumerate(told, start=1)))
    st.caption(prose(say("app.list.changes.help", lang)))
    st.download_button(
        say("app.list.files.articles", lang),
        changes_text(edition),
        file_name=f"{visit.city.code}-{visit.level}-articles-{visit.work.scenario.key}.txt",
        mime="text/plain",
        on_click="ignore",
        key="list_articles",
    )
    with st.expander(say("app.list.changes.table", lang)):
        _table(change_rows(revision.changes, names, lang=lang), lang)


def _article(article: Article) -> str:
    items = [*article.items, *([article.homes] if article.homes else [])]
    return f"**{prose(article.text)}**\n" + "\n".join(f"    - {prose(item)}" for item in items)


def _table(rows: pd.DataFrame, lang: Lang) -> None:
    st.container(key="list_changes").dataframe(
        rows[list(_COLUMNS)].style.format({"children": partial(number, lang=lang, digits=1)}),
        hide_index=True,
        column_config={name: say(f"app.list.changes.columns.{name}", lang) for name in _COLUMNS},
        alt=say("app.list.changes.alt", lang),
    )
