"""The page *Portrait*: who lives where, how hard it is, and how pupils mix in the schools."""

from __future__ import annotations

from typing import cast

import computed
import shared
import streamlit as st
from views.frame import classes, prose, remarks, title
from views.overview_map import blank_map, show
from views.portrait_bars import bars
from views.portrait_tables import portrait_table
from visits import Visit

from geo.council.areamap import SHOWN, Shown, add_areas, add_labels, add_quarters, bands_of
from geo.council.captions import remark_lines
from geo.council.figures import fiction
from geo.council.portraits import (
    CHILDREN_COLUMNS,
    LIVING_COLUMNS,
    MIX_COLUMNS,
    QUARTER_COLUMNS,
    area_figures,
    mix_figures,
    mix_summary,
    portrait_summary,
    quarter_figures,
)
from geo.council.weblayers import add_ground
from geo.council.words import level_name, number, percent, say, school_year
from geo.planning.mix import Mix
from geo.planning.portrait import Portrait

_MAP_PX = 460
_TABS = ("children", "living", "quarters")


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    found = computed.portrait_of(visit.city)
    today, proposed = (computed.mix_of(visit.city, which) for which in (visit.today, visit.proposed))
    title("app.portrait.title", visit)
    st.markdown(prose(portrait_summary(visit.city, found, visit.lang)))
    _key_figures(visit, found)
    left, right = st.columns([10, 9])
    with left:
        _map(visit, found)
    with right:
        _mix(visit, today, proposed)
    _tables(visit, found)
    _mix_table(visit, today, proposed)
    notes = (*visit.city.notes, *found.notes, *today.notes)
    sources = dict.fromkeys((*found.sources, *today.sources))
    told = [line for line in (fiction(visit.city, visit.lang), *remark_lines(notes, visit.lang)) if line]
    remarks(told, sources, visit.lang)


def _key_figures(visit: Visit, found: Portrait) -> None:
    """Draw three figures with their unit and year."""
    lang, totals = visit.lang, found.totals
    children, quarters, last = st.columns(3)
    year = found.columns.loc["children", "year"]
    children.metric(say("app.portrait.children", lang, year=year), number(totals["children"], lang))
    quarters.metric(say("app.portrait.in_quarters", lang), percent(totals["qpv_children_share"], lang))
    count = say("app.portrait.of", lang, count=totals["most_deprived_areas"], all=totals["measured_areas"])
    last.metric(
        say("app.portrait.last_fifth", lang), count if totals["measured_areas"] else percent(float("nan"), lang)
    )


def _map(visit: Visit, found: Portrait) -> None:
    """Draw the choice of what is shown, the map and what its colours mean."""
    lang, city = visit.lang, visit.city
    st.header(say("app.portrait.map", lang), anchor=False)
    shown = cast(
        "Shown",
        st.segmented_control(
            say("app.portrait.shown", lang),
            SHOWN,
            format_func=lambda one: say(f"app.portrait.shows.{one}", lang),
            default=SHOWN[0],
            required=True,
            key="portrait_shows",
        ),
    )
    chart = blank_map(city)
    add_areas(chart, city, found, shown=shown, lang=lang)
    add_ground(chart, city)
    add_quarters(chart, city)
    add_labels(chart, city, found, shown=shown, lang=lang)
    show(chart, bands_of(shown, found), height=_MAP_PX, key=f"portrait_map_{shown}")
    if bands_of(shown, found):
        classes(bands_of(shown, found), lang)
    signs = [say(f"portrait.legend.{shown}", lang), say("app.portrait.map_help", lang)]
    if not found.quarters.empty:
        signs.insert(1, say("portrait.legend.quarter", lang))
    st.caption(prose(" ".join(signs)))
    if city.tables["iris"].empty:
        st.info(prose(say("app.portrait.no_shapes", lang)))


def _tables(visit: Visit, found: Portrait) -> None:
    """Draw the figures of the map, area by area, and those of the priority quarters."""
    lang, years = visit.lang, found.columns["year"].to_dict()
    st.header(say("app.portrait.table", lang), anchor=False)
    children, living, quarters = st.tabs([say(f"app.portrait.tabs.{name}", lang) for name in _TABS])
    figures = area_figures(found, lang)
    with children:
        portrait_table(figures, CHILDREN_COLUMNS, years=years, lang=lang, key="children")
        st.caption(prose(say("app.portrait.table_help", lang)))
    with living:
        portrait_table(figures, LIVING_COLUMNS, years=years, lang=lang, key="living")
        st.caption(prose(say("app.portrait.table_help", lang)))
    with quarters:
        portrait_table(quarter_figures(found), QUARTER_COLUMNS, years=years, lang=lang, key="quarters")
        st.caption(prose(say(f"app.portrait.{'no_quarters' if found.quarters.empty else 'quarters_help'}", lang)))


def _mix(visit: Visit, today: Mix, proposed: Mix) -> None:
    """Draw how unevenly pupils of priority quarters are spread, in a sentence and as bars."""
    lang, name = visit.lang, _proposal(visit)
    st.header(say("app.portrait.mix", lang), anchor=False)
    st.markdown(prose(mix_summary(visit.schools["school"], today, proposed, proposal=name, lang=lang)))
    if today.schools["qpv_share"].isna().all():
        return
    figures = mix_figures(visit.schools["school"], today, proposed).sort_values(
        ["mix_qpv_share_before", "school"], ascending=[False, True]
    )
    shares = figures[[f"mix_qpv_share_{when}" for when in _plans(visit)]]
    level, year = level_name(visit.level, lang), school_year(today.year, lang)
    st.markdown(f"**{prose(say('app.portrait.bars', lang))}**")
    bars(zip(figures["school"], shares.to_numpy().tolist(), strict=True), lang)
    told = [say("app.portrait.mix_level", lang, level=level, year=year)]
    st.caption(prose(" ".join([*told, say("app.portrait.bars_both", lang)] if name else told)))


def _mix_table(visit: Visit, today: Mix, proposed: Mix) -> None:
    """Draw the figures of the bars, school by school."""
    lang = visit.lang
    st.header(say("app.portrait.mix_table", lang), anchor=False)
    columns = ["school", *(f"{name}_{when}" for name in MIX_COLUMNS for when in _plans(visit))]
    years = dict.fromkeys(MIX_COLUMNS, str(today.year))
    figures = mix_figures(visit.schools["school"], today, proposed)
    portrait_table(figures, columns, years=years, lang=lang, key="mix")
    st.caption(prose(say("app.portrait.mix_help", lang)))


def _proposal(visit: Visit) -> str:
    """Name the proposal; empty while it changes nothing."""
    return visit.work.scenario.name if visit.work.scenario.key != visit.today.scenario.key else ""


def _plans(visit: Visit) -> tuple[str, ...]:
    return ("before", "after") if _proposal(visit) else ("before",)


main()
