"""The page *Réviser*: move sides of street to another school and see at once what changes."""

from __future__ import annotations

from dataclasses import replace

import computed
import shared
import streamlit as st
from components.school_map import school_map
from views.frame import attribution, foot, prose, title
from views.keep import keep_panel
from views.layers import map_texts, painted
from views.list_changes import changes_panel
from views.measures import measures_panel
from views.proposal import proposal_panel
from views.selection import selection_details, selection_panel
from views.tables import figure_table
from views.years import years_panel
from visits import Visit

from geo.council.figures import summary
from geo.council.words import metres, number, say, school_year

_WAYS = {
    "app.proposal.title": proposal_panel,
    "app.measures.title": measures_panel,
    "app.years.title": years_panel,
    "app.list.title": changes_panel,
}
_MAP_PX = 560
_BRIEF_PX, _TABLE_PX = 355, 740
_BRIEF = ("school", "pupils_before", "pupils_after", "pupils_change", "occupancy_share_after")
_COLUMNS = (
    "school",
    "capacity_pupils",
    "pupils_before",
    "pupils_after",
    "pupils_change",
    "moved_in_pupils",
    "moved_out_pupils",
    "occupancy_share_before",
    "occupancy_share_after",
    "band_after",
    "walk_median_m_before",
    "walk_median_m_after",
)


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    shared.take_gesture(visit)
    title("app.revise.title", visit)
    st.markdown(prose(summary(visit.city, visit.today, visit.proposed, lang=visit.lang)))
    left, right = st.columns([4, 3])
    with right:
        selection_panel(visit)
        _effects(visit)
        selection_details(visit)
    with left:
        _map(visit)
    _ways(visit)
    _table(visit)
    keep_panel(visit)
    foot(visit, visit.proposed)


def _map(visit: Visit) -> None:
    """Draw the map, and in words how to use it and what its signs mean."""
    lang = visit.lang
    st.header(say("app.revise.map", lang), anchor=False)
    ground = computed.ground(visit.city, visit.level)
    paint = painted(visit.city, visit.proposed, visit.schools, fills=ground.fills, lang=lang)
    school_map(
        layers=ground.layers,
        view=ground.view,
        paint=replace(paint, selected=shared.picked()),
        texts=map_texts(lang, attribution(visit, {"streets", "units", "addresses"})),
        key=shared.MAP,
        height=_MAP_PX,
    )
    st.caption(prose(say("app.revise.map_help", lang)))
    st.caption(prose(say("app.revise.map_signs", lang)))


def _ways(visit: Visit) -> None:
    """Draw what can be done beside moving sides of street by hand; only what is open is computed at each click."""
    lang = visit.lang
    open_way = st.segmented_control(
        say("app.revise.way", lang),
        list(_WAYS),
        format_func=lambda title: say(title, lang),
        default=next(iter(_WAYS)),
        required=True,
        label_visibility="collapsed",
        key="way",
    )
    _WAYS[str(open_way)](visit)


def _effects(visit: Visit) -> None:
    """Draw what the proposal does to each school in short, those that it changes first."""
    changed = visit.schools["pupils_change"].fillna(0).ne(0)
    order = [*visit.schools.index[changed], *visit.schools.index[~changed]]
    st.header(say("app.revise.effects", visit.lang), anchor=False)
    figures, words = visit.schools.loc[order], "app.revise.brief"
    figure_table(figures, _BRIEF, lang=visit.lang, words=words, key="effects", most_px=_BRIEF_PX)


def _table(visit: Visit) -> None:
    """Draw the key figures of the proposal, and those of each school before and after."""
    lang, totals = visit.lang, visit.proposed.totals
    st.header(say("app.revise.table", lang), anchor=False)
    columns = st.columns(4)
    figures = (
        ("pupils", number(totals["pupils"], lang)),
        ("moved_pupils", number(totals["moved_pupils"], lang)),
        ("units_moved", number(totals["units_moved"], lang)),
        ("walk_median_m", metres(totals["walk_median_m"], lang)),
    )
    for column, (name, figure) in zip(columns, figures, strict=True):
        column.metric(say(f"figure.{name}.name", lang).capitalize(), figure, help=say(f"figure.{name}.meaning", lang))
    figure_table(visit.schools, _COLUMNS, lang=lang, words="app.revise.columns", key="schools", most_px=_TABLE_PX)
    st.caption(prose(say("app.revise.table_help", lang, year=school_year(visit.today.year, lang))))


main()
