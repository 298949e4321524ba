"""Name, save, open, download: what becomes of a scenario."""

from __future__ import annotations

import shared
import streamlit as st
from views import actions
from views.files import download_panel
from views.frame import prose
from visits import Visit

from geo.council.words import Lang, date_text, level_name, say
from geo.errors import GeoError
from geo.store import SavedScenario

_UPLOAD = "upload"
_UPLOAD_MB = 5
_UPLOAD_WORDS = """<style>
.st-key-upload [data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
.st-key-upload [data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
.st-key-upload [data-testid="stFileUploaderDropzone"] button p::after { content: "{words}"; font-size: 1rem; }
</style>"""
_LONGEST_NAME = 120


def keep_panel(visit: Visit) -> None:
    """Draw the three ways on: save, open, download."""
    lang = visit.lang
    st.header(say("app.keep.title", lang), anchor=False)
    names = [say(f"app.keep.{name}", lang) for name in ("save", "open", "download")]
    saving, opening, files = st.tabs(names)
    with saving:
        _save_panel(visit)
    with opening:
        _open_panel(visit)
    with files:
        download_panel(visit)


def _save_panel(visit: Visit) -> None:
    work, lang = visit.work, visit.lang
    scenario = work.scenario
    for name, content in (
        (shared.NAME, scenario.name),
        (shared.AUTHOR, scenario.author),
        (shared.COMMENT, scenario.comment),
        (shared.YEAR, scenario.start_year),
    ):
        shared.preset(name, content)
    left, right = st.columns(2)
    with left:
        st.text_input(say("app.keep.name", lang), max_chars=_LONGEST_NAME, key=shared.NAME, on_change=actions.describe)
        st.text_input(say("app.keep.author", lang), key=shared.AUTHOR, on_change=actions.describe)
        st.number_input(
            say("app.keep.start_year", lang),
            min_value=2000,
            max_value=2100,
            key=shared.YEAR,
            on_change=actions.describe,
            help=say("app.keep.start_year_help", lang),
        )
    with right:
        st.text_area(say("app.keep.comment", lang), key=shared.COMMENT, on_change=actions.describe)
        st.markdown(prose(_state(visit)))
        with st.container(horizontal=True):
            label = "app.keep.save_version" if work.origin else "app.keep.save_new"
            st.button(say(label, lang), on_click=actions.save_version, type="primary", key="save_version")
            if work.origin:
                st.button(say("app.keep.save_copy", lang), on_click=actions.save_copy, key="save_copy")


def _open_panel(visit: Visit) -> None:
    lang = visit.lang
    left, right = st.columns(2)
    with left:
        _kept_list(visit)
    with right:
        # Streamlit writes these two words in English only; the size is not worth a word.
        st.html(_UPLOAD_WORDS.replace("{words}", say("app.keep.upload_button", lang)))
        st.file_uploader(
            say("app.keep.upload", lang),
            type="json",
            max_upload_size=_UPLOAD_MB,
            key=_UPLOAD,
            on_change=actions.open_file,
            args=(_UPLOAD,),
            help=say("app.keep.upload_help", lang),
        )


def _kept_list(visit: Visit) -> None:
    lang = visit.lang
    try:
        kept = {one.id: one for one in shared.kept_scenarios(visit.city)}
    except GeoError as error:
        st.error(prose(say("app.notice.not_opened", lang)) + "\n\n" + prose(str(error)))
        return
    chosen = st.selectbox(
        say("app.keep.list", lang),
        list(kept),
        index=None,
        format_func=lambda one: _kept_name(kept[one], lang),
        placeholder=say("app.keep.list_hint" if kept else "app.keep.list_empty", lang),
        disabled=not kept,
        key="kept",
    )
    with st.container(horizontal=True):
        st.button(
            say("app.keep.open_button", lang),
            on_click=actions.open_kept,
            args=(chosen,),
            disabled=chosen is None,
            key="open_kept",
        )
        st.button(say("app.keep.anew", lang), on_click=actions.begin_anew, key="anew")


def _kept_name(kept: SavedScenario, lang: Lang) -> str:
    scenario = kept.scenario
    parts = {
        "name": scenario.name,
        "level": level_name(scenario.level, lang),
        "version": kept.version,
        "date": date_text(kept.saved_at.astimezone().date(), lang),
    }
    return say("app.keep.list_entry", lang, **parts) + (f" · {scenario.author}" if scenario.author else "")


def _state(visit: Visit) -> str:
    """Say how the work in hand is kept at this moment."""
    work, lang = visit.work, visit.lang
    if work.draft:
        return say("app.keep.state.draft", lang)
    if work.origin:
        date = date_text(work.origin.saved_at.astimezone().date(), lang)
        return say("app.keep.state.saved", lang, version=work.origin.version, date=date)
    return say("app.keep.state.untouched", lang)
