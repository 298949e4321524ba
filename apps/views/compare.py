"""The page *Comparer*: what changes with the work in hand, one sentence each, the same figures as in the pack."""

from __future__ import annotations

import tempfile
from pathlib import Path

import computed
import pandas as pd
import shared
import streamlit as st
from views.frame import prose, remarks, title
from visits import Visit

from geo.council.captions import remark_lines
from geo.council.maps import write_map
from geo.council.pairmap import draw_pair
from geo.council.story import figure_table, key_figures
from geo.council.words import say
from geo.errors import GeoError
from geo.planning.keyfigures import THEMES
from geo.planning.study import Study

_OTHER = "compared_with"


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    lang = visit.lang
    title("app.compare.title", visit)
    if visit.work.scenario.changes_nothing:
        st.info(prose(say("app.compare.nothing", lang)))
    study = computed.study_of(visit.city, visit.work.scenario)
    figures = key_figures(visit.city, study, lang=lang)
    _sentences(figures, visit)
    maps = st.container()
    _table(figures, visit)
    _every(figures, visit)
    remarks(remark_lines(study.notes, lang), study.sources, lang)
    with maps:  # drawn last: the figures can be read meanwhile
        _maps(visit)


def _sentences(figures: pd.DataFrame, visit: Visit) -> None:
    """Say each figure of the first page in a sentence, by theme."""
    lang = visit.lang
    main_figures = figures[figures["main"]]
    left, right = st.columns(2, gap="large")
    for place, theme in enumerate(THEMES):
        told = main_figures.loc[main_figures["theme"] == theme, "sentence"]
        if not len(told):
            continue
        with left if place % 2 == 0 else right:
            st.header(say(f"story.theme.{theme}", lang), anchor=False)
            st.markdown("\n".join(f"- {prose(sentence)}" for sentence in told))


def _maps(visit: Visit) -> None:
    """Draw both maps side by side."""
    lang = visit.lang
    st.header(say("app.compare.maps", lang), anchor=False)
    try:
        with st.spinner(say("app.compare.drawing", lang)):
            picture = computed.made_file("pair.png", _pair, visit)
    except GeoError as error:
        st.error(prose(str(error)))
        return
    st.image(picture, width="stretch", caption=say("app.compare.maps_alt", lang))


def _pair(visit: Visit) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pair.png"
        write_map(draw_pair(visit.city, visit.today, visit.proposed, lang=visit.lang), path)
        return path.read_bytes()


def _table(figures: pd.DataFrame, visit: Visit) -> None:
    """Draw the figures of the first page, and beside them those of another kept scenario if one is chosen."""
    lang = visit.lang
    st.header(say("story.heading", lang), anchor=False)
    table = figure_table(figures, lang=lang)
    other = _other(visit)
    if other is not None:
        theirs = key_figures(visit.city, other, lang=lang)["after_text"].reindex(table.index).fillna("–")
        table = table.assign(**{other.scenario.name: theirs})
    st.dataframe(table, hide_index=True, height="content", key="key_figures")
    st.caption(prose(say("app.compare.table_help", lang)))


def _other(visit: Visit) -> Study | None:
    """Let the visitor choose another kept scenario of the level; None unless one is chosen."""
    kept = {one.id: one for one in shared.kept_scenarios(visit.city) if one.scenario.level == visit.level}
    if not kept:
        return None
    chosen = st.selectbox(
        say("app.compare.other", visit.lang),
        list(kept),
        index=None,
        format_func=lambda one: say(
            "app.compare.other_entry", visit.lang, name=kept[one].scenario.name, version=kept[one].version
        ),
        placeholder=say("app.compare.other_hint", visit.lang),
        key=_OTHER,
    )
    if chosen is None:
        return None
    try:
        return computed.study_of(visit.city, kept[chosen].scenario)
    except GeoError as error:
        st.error(prose(str(error)))
        return None


def _every(figures: pd.DataFrame, visit: Visit) -> None:
    """Draw every figure, with its year and its source."""
    lang = visit.lang
    columns = ("label", "before_text", "after_text", "year", "source")
    shown = figures[list(columns)].assign(year=figures["year"].astype("str"))
    with st.expander(say("app.compare.every", lang)):
        st.dataframe(
            shown.rename(columns={name: say(f"app.compare.columns.{name}", lang) for name in columns}),
            hide_index=True,
            key="every_figure",
        )


main()
