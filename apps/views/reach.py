"""The page *Lieux à portée*: who can walk to crèches, canteens, schools, leisure, libraries, culture and sport."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, cast

import computed
import shared
import streamlit as st
from components.point_map import point_map
from views.frame import attribution, capital, prose, remarks, samples, title
from views.reach_choices import asked_of, choices_panel
from views.reach_files import files_panel
from views.reach_layers import reach_content, reach_texts
from views.reach_tables import reach_table
from visits import Visit

from geo.council.captions import remark_lines
from geo.council.figures import fiction
from geo.council.reach import pace_text, reach_summary, reach_title, walking_effect, who_text
from geo.council.reachlayers import View, class_text, legend_classes, views_of
from geo.council.reachtables import AREA_COLUMNS, area_rows, cell_text, place_columns, place_rows, rate_text
from geo.council.words import note_text, number, percent, say
from geo.model.reach import Asked
from geo.planning.offers import refusal
from geo.planning.reach import Reach

_MAP_PX: Final = 520
_MAPPED: Final = frozenset({"streets", "addresses", "places"})


def main() -> None:
    """Draw the page."""
    visit = shared.visit()
    title("app.reach.title", visit)
    asked = asked_of(visit)
    choices_panel(visit, asked)
    if (refused := refusal(visit.city, replace(asked, level=visit.level))) is not None:
        st.warning(prose(note_text(refused, visit.lang)))
        return
    found = computed.reach_by(visit, asked)
    lang = visit.lang
    st.markdown(f"**{prose(reach_title(found, lang))}**")
    # The sentence comes before the map on a telephone, too.
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(prose(reach_summary(found, lang)))
        _rules(visit, asked, found)
        if found.totals["counted"]:
            _key_figures(visit, found)
    with right:
        _map(visit, found)
    _places(visit, found)
    _areas(visit, found)
    files_panel(visit, found)
    told = [fiction(visit.city, lang), pace_text(found, lang), *remark_lines(found.notes, lang)]
    remarks([line for line in told if line], found.sources, lang)


def _rules(visit: Visit, asked: Asked, found: Reach) -> None:
    """Say what the rules of walking of the scenario do here; nothing where there are none."""
    if visit.work.scenario.walking.counts_metres_only:
        return
    if effect := walking_effect(computed.reach_by(visit, asked, freely=True), found, visit.lang):
        st.info(prose(effect), icon=":material/directions_walk:")


def _key_figures(visit: Visit, found: Reach) -> None:
    """Draw three figures with their unit, and what they are made of."""
    lang, totals = visit.lang, found.totals
    st.metric(
        say("app.reach.without", lang),
        percent(totals["without_share"], lang),
        delta=say("app.reach.of", lang, count=number(totals["without"], lang), all=number(totals["children"], lang)),
        delta_color="off",
        delta_arrow="off",
    )
    minutes = cell_text("nearest_min", totals["nearest_min"], lang)
    finite = math.isfinite(totals["nearest_min"])
    st.metric(
        say("app.reach.nearest", lang),
        say("app.reach.nearest_figure", lang, minutes=minutes) if finite else minutes,
    )
    count = say(f"reach.offer.{found.asked.offer}.count", lang, count=int(totals["counted"]))
    st.metric(
        say("app.reach.seats", lang, who=who_text(found, lang)),
        rate_text(totals["seats_per_child"], lang),
        delta=say("app.reach.seats_of", lang, seats=number(totals["seats"], lang), places=count),
        delta_color="off",
        delta_arrow="off",
    )


def _map(visit: Visit, found: Reach) -> None:
    """Draw the choice of what is painted, the map, and what its colours mean."""
    lang, views = visit.lang, views_of(visit.city)
    st.header(say("app.reach.map", lang), anchor=False)
    view = cast(
        "View",
        st.segmented_control(
            say("app.reach.view", lang),
            views,
            format_func=lambda one: say(f"app.reach.views.{one}", lang),
            default=views[0],
            required=True,
            key="reach_view",
        ),
    )
    ground = {name: at for name, at in computed.ground(visit.city, visit.level).layers.items() if name != "sectors"}
    point_map(
        reach_content(visit.city, found, lang),
        layers={**ground, **computed.reach_layers_of(visit, found, view)},
        texts=reach_texts(found, view, attribution=attribution(visit, _MAPPED), lang=lang),
        key="reach_map",
        height=_MAP_PX,
    )
    samples({band: capital(class_text(band, lang)) for band in legend_classes(view, visit.city, found)})
    st.caption(prose(f"{say(f'app.reach.help.{view}', lang)} {say('app.reach.help.signs', lang)}"))
    if len(views) == 1:
        st.info(prose(say("app.reach.no_areas", lang)))


def _places(visit: Visit, found: Reach) -> None:
    """Draw the places of the map, by their numbers."""
    st.header(say("app.reach.places", visit.lang), anchor=False)
    reach_table(place_rows(found, visit.lang), ("number", *place_columns(found)), found, lang=visit.lang, key="places")


def _areas(visit: Visit, found: Reach) -> None:
    """Draw the figures of the statistical areas."""
    st.header(say("app.reach.areas", visit.lang), anchor=False)
    reach_table(area_rows(found, visit.lang), AREA_COLUMNS, found, lang=visit.lang, key="areas")
    st.caption(prose(say("app.reach.table_help", visit.lang)))


main()
