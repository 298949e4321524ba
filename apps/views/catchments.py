"""The page *Trajets et secteurs*: the school of the sector beside the nearest one, and how far children walk."""

from __future__ import annotations

import computed
import shared
import streamlit as st
from components.point_map import point_map
from views.frame import attribution, capital, prose, remarks, samples, title, which_map
from views.walk_actions import MAP, take_taps
from views.walk_distances import distances_panel
from views.walk_files import files_panel
from views.walk_layers import VIEWS, walk_content, walk_texts
from views.walk_rules import rules_panel, rules_sentence
from views.walk_search import Found, walk_panel
from views.walk_tables import walk_table
from visits import Visit

from geo.council.captions import remark_lines
from geo.council.catchments import (
    PAIR_COLUMNS,
    SCHOOL_COLUMNS,
    ages_text,
    children_text,
    minutes_text,
    pair_rows,
    school_rows,
    summary,
)
from geo.council.colours import Band
from geo.council.distances import NONE, class_text
from geo.council.figures import fiction
from geo.council.walklayers import view_classes
from geo.council.words import metres, percent, say
from geo.planning.catchments import Catchments

_MAP_PX = 520
_VIEW, _OUTLINE = "walks_view", "walks_outline"


def main() -> None:
    """Draw the page."""
    take_taps()
    visit = shared.visit()
    title("app.catchments.title", visit)
    shown, _ = which_map(visit, "walks_which")
    today = computed.catchments_of(visit, visit.today.scenario, shared.distances())
    found = computed.catchments_of(visit, shown.scenario, shared.distances())
    proposed = computed.catchments_of(visit, visit.work.scenario, shared.distances())
    st.markdown(prose(summary(visit.city, today, proposed, lang=visit.lang)))
    rules_sentence(visit, found)
    _key_figures(visit, found)
    left, right = st.columns([3, 2])
    with right:
        here = walk_panel(visit, found)
        rules_panel(visit)
        distances_panel(visit)
    with left:
        _map(visit, found, here)
    _tables(visit, found)
    files_panel(visit, found)
    told = [fiction(visit.city, visit.lang), say("catchments.measured", visit.lang)]
    told += [say("catchments.limits", visit.lang), *remark_lines(found.notes, visit.lang)]
    remarks([line for line in told if line], found.sources, visit.lang)


def _key_figures(visit: Visit, found: Catchments) -> None:
    """Draw three figures with their unit, and whom they are about."""
    lang, totals = visit.lang, found.totals
    far, nearer, walk = st.columns(3)
    far.metric(
        say("app.catchments.far", lang, beyond=found.beyond_m),
        percent(totals["far_share"], lang),
        delta=children_text(totals["far_children"], lang),
        delta_color="off",
        delta_arrow="off",
    )
    nearer.metric(
        say("app.catchments.nearer", lang),
        percent(totals["nearer_share"], lang),
        delta=children_text(totals["nearer_children"], lang),
        delta_color="off",
        delta_arrow="off",
    )
    walk.metric(
        say("app.overview.walk", lang),
        metres(totals["walk_median_m"], lang),
        delta=say("app.catchments.nine", lang, walk=totals["walk_p90_m"]),
        delta_color="off",
        delta_arrow="off",
    )
    st.caption(prose(" · ".join(filter(None, (ages_text(found, lang), minutes_text(found, lang))))))


def _map(visit: Visit, found: Catchments, here: Found | None) -> None:
    """Draw the choice of what is painted, the map, and what its colours mean."""
    lang = visit.lang
    st.header(say("app.catchments.map", lang), anchor=False)
    view = st.segmented_control(
        say("app.catchments.view", lang),
        VIEWS,
        format_func=lambda one: say(f"app.catchments.views.{one}", lang),
        default=VIEWS[0],
        required=True,
        key=_VIEW,
    )
    outline = st.toggle(say("app.catchments.outline", lang), value=True, key=_OUTLINE)
    drawn = {**computed.ground(visit.city, visit.level).layers, **computed.walk_layers_of(visit, found, view)}
    if not outline:
        del drawn["catchments"]
    point_map(
        walk_content(visit.city, found, home=here and here.place, walks=here.walks if here else {}, lang=lang),
        layers=drawn,
        texts=walk_texts(found, view, attribution=attribution(visit, {"streets", "addresses"}), lang=lang),
        key=MAP,
        height=_MAP_PX,
    )
    bands = view_classes("detour" if view == "detour" else "walk", found)
    samples({band: capital(class_text(band, lang)) for band in _shown(bands, view, found)})
    lines = ["signs", "outline_sign"] if outline else ["signs"]
    told = [say(f"app.catchments.help.{view}", lang), *(say(f"app.catchments.help.{name}", lang) for name in lines)]
    st.caption(prose(" ".join(told)))


def _shown(bands: tuple[Band, ...], view: str, found: Catchments) -> tuple[Band, ...]:
    """Give the classes that the map has: rings end at the last limit."""
    if view == "rings":
        return bands[:-1]
    return (*bands, NONE) if found.units["walk_m"].isna().any() else bands


def _tables(visit: Visit, found: Catchments) -> None:
    """Draw the figures of the map school by school, and who has a nearer school."""
    lang = visit.lang
    st.header(say("app.overview.table", lang), anchor=False)
    walk_table(school_rows(visit.city, found), SCHOOL_COLUMNS, found, lang=lang, key="schools")
    pairs = pair_rows(visit.city, found)
    if pairs.empty:
        return
    with st.expander(say("catchments.map.pairs", lang)):
        walk_table(pairs, PAIR_COLUMNS, found, lang=lang, key="pairs")


main()
