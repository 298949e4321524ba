"""Tables of walks to school: written the way of the language, sorted as figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from geo.council.catchments import column_meaning, column_name, figure_text
from geo.council.words import Lang, say
from geo.planning.catchments import Catchments

_TEXTS = ("school", "legal", "nearest", "level")
_ROW_PX, _TALL_PX = 35, 700


def walk_table(rows: pd.DataFrame, columns: Sequence[str], found: Catchments, *, lang: Lang, key: str) -> None:
    """Draw a table of `geo.council.catchments`.

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
    written = {name: partial(figure_text, name, lang=lang) for name in columns if name not in _TEXTS}
    st.container(key=f"walks_{key}").dataframe(
        shown.style.format(written),
        hide_index=True,
        height="content" if tall <= _TALL_PX else _TALL_PX,
        column_config={
            name: st.column_config.Column(
                column_name(name, found, lang), help=column_meaning(name, lang), pinned=name == "school"
            )
            for name in columns
        },
        placeholder=figure_text("children", None, lang),
        alt=say(f"app.catchments.alt.{key}", lang),
    )
