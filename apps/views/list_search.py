"""Which school an address belongs to, today and with the work in hand, and the row of the list that decides."""

from __future__ import annotations

import math

import computed
import pandas as pd
import shared
import streamlit as st
from views.frame import prose
from views.list_rows import rows_table
from views.names import school_names
from visits import Visit

from geo.council.listing import row_text
from geo.council.words import Lang, say
from geo.planning.applying import schools_under
from geo.planning.listing import Belonging, belonging, house_number, street_names


def search_panel(visit: Visit) -> None:
    """Draw the boxes for street and number, and the answer."""
    st.header(say("app.list.which", visit.lang), anchor=False)
    home = address_boxes(visit)
    if home is not None:
        _answer(visit, home)


def address_boxes(visit: Visit) -> tuple[str, int, str] | None:
    """Draw the boxes for street and number; give street, number (0 without one) and repetition, None if not yet."""
    lang = visit.lang
    streets = street_names(visit.city)
    left, right = st.columns([3, 1])
    street = left.selectbox(
        say("app.list.street", lang),
        list(streets),
        index=None,
        format_func=streets.__getitem__,
        placeholder=say("app.list.street_hint", lang),
        key=shared.STREET,
    )
    text = right.text_input(
        say("app.list.number", lang), placeholder=say("app.list.number_hint", lang), key=shared.NUMBER
    )
    if street is None:
        return None
    number = house_number(text or "")
    if number is None:
        st.error(prose(say("app.list.bad_number", lang, text=text)))
        return None
    return (street, *number)


def _answer(visit: Visit, home: tuple[str, int, str]) -> None:
    """Say the schools today and, where they are others, with the work in hand."""
    lists = computed.lists_of(visit)
    today = belonging(visit.city, lists.today, visit.today, home=home)
    proposed = belonging(visit.city, lists.proposed, visit.proposed, home=home)
    names = schools_under(visit.city, visit.work.scenario)["name"]
    if not home[1] and not today.schools:
        st.info(prose(say("app.list.ask_number", visit.lang)))
        own = lists.proposed.rows[lists.proposed.rows["street_id"] == home[0]]
        rows_table(own, names, lang=visit.lang, key="list_of_street")
        return
    _told(visit, today, names, heading=say("app.list.answer.today", visit.lang))
    if visit.work.scenario.changes_nothing:
        return
    if proposed.schools == today.schools:
        st.caption(prose(say("app.list.answer.same", visit.lang)))
    else:
        heading = say("app.list.answer.proposed", visit.lang, name=visit.work.scenario.name)
        _told(visit, proposed, names, heading=heading)


def _told(visit: Visit, found: Belonging, names: pd.Series, *, heading: str) -> None:
    lang = visit.lang
    if not found.schools:
        st.warning(f"**{prose(heading)}**  \n{prose(say('app.list.answer.nobody', lang))}")
        return
    rows = [row_text(row, names, lang) for row in found.rows.to_dict("records")]
    decides = [say("app.list.answer.row", lang, row=row) for row in rows] or [say("app.list.answer.drawn", lang)]
    school, walk = prose(school_names(names, found.schools)), prose(_walk(visit, found, lang))
    st.success(f"**{prose(heading)} · {school}**  \n{walk}  \n{prose(' '.join(decides))}")


def _walk(visit: Visit, found: Belonging, lang: Lang) -> str:
    """Say the walk to each school, and from where it was measured if that is not the address itself."""
    told = " / ".join(_walk_of(walk, lang) for walk in found.walks_m)
    if found.exact or not found.near:
        return told
    place = visit.city.tables["addresses"].loc[found.near]
    number = f"{place['number']} {str(place['suffix']).lower()}".strip()
    return f"{told} ({say('app.list.answer.measured_from', lang, number=number)})"


def _walk_of(walk_m: float, lang: Lang) -> str:
    if math.isnan(walk_m):
        return say("app.list.answer.unknown_walk", lang)
    return (
        say("app.list.answer.unreachable", lang)
        if math.isinf(walk_m)
        else say("app.list.answer.walk", lang, walk=walk_m)
    )
