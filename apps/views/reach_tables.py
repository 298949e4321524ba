"""Tables of places in reach: written the way of the language, sorted as figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from geo.council.reachtables import cell_text, column_name
from geo.council.words import Lang, say
from geo.planning.reach import Reach

_ROW_PX, _TALL_PX = 35, 700
_PINNED: Final = "name"  # of areas; on a telephone number and name of a place would leave no room for its figures


def reach_table(rows: pd.DataFrame, columns: Sequence[str], found: Reach, *, lang: Lang, key: str) -> None:
    """Draw a table of `geo.council.reachtables`.

    Parameters
    ----------
    rows
        Raw figures.
    columns
        Those that are shown, in order.
    found
        What the figures are of.
    lang
        Language of headings and figures.
    key
        Name of the place of the table on the page, and of what it is about in the catalogue.
    """
    shown = rows[list(columns)]
    tall = (len(shown) + 1) * _ROW_PX
    st.container(key=f"reach_{key}").dataframe(
        shown.style.format({name: partial(cell_text, name, lang=lang) for name in columns}),
        hide_index=True,
        height="content" if tall <= _TALL_PX else _TALL_PX,
        column_config={
            name: st.column_config.Column(
                column_name(name, found, lang), help=say(f"reach.meaning.{name}", lang), pinned=name == _PINNED
            )
            for name in columns
        },
        placeholder=say("reach.area.nobody", lang),
        alt=say(f"app.reach.alt.{key}", lang),
    )
