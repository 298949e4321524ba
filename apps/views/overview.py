"""The page *Vue d'ensemble*: how full each school is, how far children walk, before anything is changed."""

from __future__ import annotations

import shared
import streamlit as st
from views.frame import foot, legend, prose, title, which_map
from views.overview_map import overview_map
from views.tables import figure_table
from visits import Visit

from geo.council.colours import OVER
from geo.council.figures import summary
from geo.council.words import metres, number, say, school_year
from geo.model.evaluation import Evaluation

_COLUMNS = ("number", "school", "pupils", "capacity_pupils", "occupancy_share", "band", "walk_median_m")
_MAP_PX = 480
_ONCE = ("number", "school", "capacity_pupils")


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    title("app.overview.title", visit)
    shown, when = which_map(visit, "which")
    st.markdown(prose(summary(visit.city, visit.today, shown, lang=visit.lang)))
    _key_figures(visit, shown, when)
    legend(visit.schools[f"band_{when}"], visit.lang)
    left, right = st.columns([7, 10])
    with left:
        st.header(say("app.overview.map", visit.lang), anchor=False)
        _map(visit, shown)
    with right:
        st.header(say("app.overview.table", visit.lang), anchor=False)
        _table(visit, when)
    foot(visit, shown)


def _key_figures(visit: Visit, shown: Evaluation, when: str) -> None:
    """Draw three figures with their unit and year."""
    lang = visit.lang
    bands = list(visit.schools[f"band_{when}"])
    over = say("app.overview.over_figure", lang, count=bands.count(OVER.code), all=len(bands))
    pupils, full, walk = st.columns(3)
    year = school_year(shown.year, lang)
    pupils.metric(
        say("app.overview.pupils", lang, year=year),
        number(shown.totals["pupils"], lang),
        help=say("figure.pupils.meaning", lang),
    )
    full.metric(say("app.overview.over", lang), over, help=say("figure.occupancy_share.meaning", lang))
    walk.metric(
        say("app.overview.walk", lang),
        metres(shown.totals["walk_median_m"], lang),
        help=say("figure.walk_median_m.meaning", lang),
    )


def _map(visit: Visit, shown: Evaluation) -> None:
    """Draw the map that is only looked at, and what its colours mean."""
    lang = visit.lang
    overview_map(visit.city, shown, lang=lang, height=_MAP_PX, key="overview_map")
    st.caption(prose(say("app.overview.map_help", lang)))


def _table(visit: Visit, when: str) -> None:
    """Draw the figures of the map, school by school."""
    columns = [name if name in _ONCE else f"{name}_{when}" for name in _COLUMNS]
    words, key = "app.overview.columns", "schools"
    figure_table(visit.schools, columns, lang=visit.lang, words=words, key=key, most_px=_MAP_PX)
    st.caption(prose(say("app.overview.table_help", visit.lang, year=school_year(visit.today.year, visit.lang))))


main()
