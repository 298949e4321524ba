"""One school yard: its shade on a plan, trees planted by click or from the keyboard, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import computed
import pandas as pd
import shared
import streamlit as st
from components.point_map import point_map
from views import yard_actions
from views.frame import prose
from views.history import history_buttons
from views.yard_layers import map_words, yard_content
from visits import Visit

from geo.council.words import Lang, number, percent, say
from geo.council.yards import felt_text, yard_sentence
from geo.planning.yards import Point, Yards

_MAP_PX: Final = 520
_SLOT, _COUNT = "slot", "plant_count"
_MOST_AT_ONCE: Final = 50
_WHEN: Final = ("before", "after")


def yard_panel(visit: Visit, found: Yards, row: pd.Series, *, attribution: str) -> None:
    """Draw the yard that is looked at.

    Parameters
    ----------
    visit, found
        What the page shows, and the yards of the city.
    row
        The row of the yard in the ranking; its name is the school.
    attribution
        Who the ground comes from.
    """
    st.header(say("app.playgrounds.yard", visit.lang, school=row["name"]), anchor=False)
    left, right = st.columns([4, 3])
    with left:
        _plan(visit, found, str(row.name), attribution=attribution)
    with right:
        _result(visit, found, row)
        _history(visit)
        _by_keys(visit, found, str(row.name))


def _plan(visit: Visit, found: Yards, school: str, *, attribution: str) -> None:
    """Draw the plan of the yard with the shade at the chosen recess."""
    lang, slots = visit.lang, found.before.slots
    slot = st.segmented_control(
        say("app.playgrounds.slot", lang),
        list(slots.index),
        default=_sunniest(slots),
        required=True,
        key=_SLOT,
    )
    shown = str(slot or _sunniest(slots))
    point_map(
        yard_content(visit.city, found, school, slot=shown),
        layers=computed.ground(visit.city, visit.level).layers,
        texts=map_words(lang, shown="yard", attribution=attribution),
        key=yard_actions.YARD_MAP,
        height=_MAP_PX,
    )
    st.caption(prose(say("app.playgrounds.plant_help", lang)))
    st.caption(prose(say("app.playgrounds.slot_help", lang, altitude=round(slots.loc[shown, "altitude_deg"]))))


def _sunniest(slots: pd.DataFrame) -> str:
    return str(slots["altitude_deg"].idxmax())


def _result(visit: Visit, found: Yards, row: pd.Series) -> None:
    """Draw what the trees do to the yard: before and after, in sentences and two figures."""
    lang = visit.lang
    ranked = int(found.table["rank_after"].count())
    st.markdown(prose(yard_sentence(row, ranked, lang)))
    left, right = st.columns(2)
    area = {when: say("app.playgrounds.shade_figure", lang, area=_square_metres(row, when, visit)) for when in _WHEN}
    sun = {when: percent(row[f"unshaded_share_{when}"], lang, digits=1) for when in _WHEN}
    left.metric(say("app.playgrounds.sun", lang), _change(sun, lang))
    right.metric(say("app.playgrounds.shade", lang), _change(area, lang))
    felt = {when: felt_text(row, when, lang) for when in _WHEN}
    st.markdown(prose(say("app.playgrounds.felt", lang, stress=_change(felt, lang))))


def _change(both: Mapping[str, str], lang: Lang) -> str:
    """Write a figure before and after, or once if it stays."""
    return both["after"] if both["before"] == both["after"] else say("app.playgrounds.change", lang, **both)


def _square_metres(row: pd.Series, when: str, visit: Visit) -> str:
    return number(row[f"shaded_m2_per_pupil_{when}"], visit.lang, digits=1)


def _history(visit: Visit) -> None:
    """Draw the buttons that go back and forth, and the one that clears."""
    work, lang = visit.work, visit.lang
    with st.container(horizontal=True):
        history_buttons(visit)
        st.button(
            say("app.playgrounds.clear", lang),
            on_click=yard_actions.clear,
            disabled=not work.scenario.trees,
            icon=":material/delete:",
            key="clear_trees",
        )


def _by_keys(visit: Visit, found: Yards, school: str) -> None:
    """Draw the fields that plant and take away without the mouse."""
    lang, closed = visit.lang, bool(found.table["closed"][school])
    st.header(say("app.playgrounds.plant_keys", lang), anchor=False)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.number_input(
        say("app.playgrounds.count", lang), min_value=1, max_value=_MOST_AT_ONCE, value=1, step=1, key=_COUNT
    )
    right.button(
        say("app.playgrounds.plant", lang),
        on_click=yard_actions.plant_best,
        args=(school, _COUNT),
        disabled=closed,
        type="primary",
        key="plant",
        width="stretch",
    )
    trees = _trees(visit, found, school)
    shared.preset(shared.FELLED, [tree for tree in _felled() if tree in trees])
    st.multiselect(
        say("app.playgrounds.list", lang),
        list(trees),
        format_func=trees.__getitem__,
        placeholder=say(f"app.playgrounds.list_{'hint' if trees else 'empty'}", lang),
        key=shared.FELLED,
    )
    st.button(say("app.playgrounds.fell", lang), on_click=yard_actions.fell_chosen, disabled=not _felled(), key="fell")


def _felled() -> list[Point]:
    return [tuple(tree) for tree in shared.value(shared.FELLED, [])]  # type: ignore[attr-defined]


def _trees(visit: Visit, found: Yards, school: str) -> dict[Point, str]:
    """Name the trees planted by hand in the yard by where they stand in it."""
    own = found.trees[(found.trees["school_id"] == school) & (found.trees["origin"] == "hand")]
    ground = next(yard.ground for yard in found.before.yards if yard.school_id == school)
    west, south, *_ = ground.bounds
    return {
        (point.x, point.y): say(
            "app.playgrounds.tree",
            visit.lang,
            number=place,
            east=round(point.x - west),
            north=round(point.y - south),
        )
        for place, point in enumerate(own.geometry, start=1)
    }
