"""The street list as the council votes it, today and with the work in hand, and its files."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import computed
import pandas as pd
import streamlit as st
from views.frame import prose
from visits import Visit

from geo.council.listing import list_table
from geo.council.street_list_files import national_table, own_table, write_street_list
from geo.council.words import Lang, say
from geo.errors import GeoError
from geo.planning.applying import schools_under
from geo.planning.listing import Listing

_WHICH, _SCHOOL = "list_which", "list_school"
_TABLE_PX = 460
_ROW_PX = 35
_COLUMNS = ("street", "span", "school", "priority")


def rows_panel(visit: Visit) -> None:
    """Draw the choice of the list, its rows and its files."""
    lang, lists = visit.lang, computed.lists_of(visit)
    names = schools_under(visit.city, visit.work.scenario)["name"]
    which = "today"
    if not visit.work.scenario.changes_nothing:
        which = st.segmented_control(
            say("app.list.rows.which", lang),
            ["today", "proposed"],
            format_func=lambda one: say(f"app.list.rows.{one}", lang),
            default="today",
            required=True,
            key=_WHICH,
        )
    listing = lists.today if which == "today" else lists.proposed
    _about(listing, lang)
    there = sorted(set(listing.rows["school_id"]), key=lambda school: str(names.get(school, school)))
    school = st.selectbox(
        say("app.list.rows.school", lang),
        there,
        index=None,
        format_func=lambda one: str(names.get(one, one)),
        placeholder=say("app.list.rows.all_schools", lang),
        key=_SCHOOL,
    )
    shown = listing.rows if school is None else listing.rows[listing.rows["school_id"] == school]
    rows_table(shown, names, lang=lang, key="list_rows")
    _files(visit, listing, which)


def rows_table(rows: pd.DataFrame, names: pd.Series, *, lang: Lang, key: str) -> None:
    """Draw rows of a list in words."""
    table = list_table(rows, names, lang=lang)[list(_COLUMNS)]
    tall = (len(table) + 1) * _ROW_PX > _TABLE_PX
    st.container(key=key).dataframe(
        table,
        hide_index=True,
        height=_TABLE_PX if tall else "content",
        column_config={
            name: st.column_config.Column(
                say(f"app.list.columns.{name}", lang), help=say(f"app.list.meaning.{name}", lang)
            )
            for name in _COLUMNS
        },
        alt=say("app.list.rows.alt", lang),
    )


def _about(listing: Listing, lang: Lang) -> None:
    """Say how long the list is, and how it was made."""
    rows = listing.rows
    counts = {"count": len(rows), "streets": rows["street_id"].nunique(), "schools": rows["school_id"].nunique()}
    told = [say("app.list.rows.count", lang, **counts)]
    told.append(say("app.list.rows.stated" if listing.stated else "app.list.rows.written", lang))
    st.markdown(prose(" ".join(told)))


def _files(visit: Visit, listing: Listing, which: str) -> None:
    """Draw the files of the list that is shown."""
    lang, city = visit.lang, visit.city
    st.markdown(f"**{prose(say('app.list.files.heading', lang))}**")
    key = city.key if which == "today" else visit.work.scenario.key
    contents = {
        "own": own_table(listing.rows).to_csv(index=False),
        "national": national_table(listing.rows, city).to_csv(index=False, sep=";"),
    }
    with st.container(horizontal=True):
        for kind, content in contents.items():
            st.download_button(
                say(f"app.list.files.{kind}", lang),
                content,
                file_name=f"{city.code}-{visit.level}-{kind}-{key}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"list_file_{kind}",
            )
    st.caption(prose(say("app.list.files.help", lang)))
    if which == "proposed" and st.button(say("app.list.files.prepare", lang), key="prepare_list"):
        _every_file(visit)


def _every_file(visit: Visit) -> None:
    """Draw the way to all files of the proposed list: for the council, for the registry, for a spreadsheet."""
    lang = visit.lang
    try:
        with st.spinner(say("app.list.files.busy", lang)):
            content = computed.made_file("street-list.zip", _zipped, visit)
    except GeoError as error:
        st.error(prose(str(error)))
        return
    st.download_button(
        say("app.list.files.every", lang),
        content,
        file_name=f"{visit.city.code}-{visit.level}-liste-{visit.work.scenario.key}.zip",
        mime="application/zip",
        on_click="ignore",
        key="list_every_file",
    )


def _zipped(visit: Visit) -> bytes:
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        revision = computed.lists_of(visit).revision
        for file in write_street_list(Path(folder), visit.city, visit.work.scenario, revision=revision):
            archive.write(file, file.name)
    return packed.getvalue()
