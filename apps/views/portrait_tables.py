"""Tables of a portrait: each heading with its year, each figure the way of its column, sorted as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from geo.council.portraits import figure_text, heading
from geo.council.words import Lang, say

_NAMES: Final = ("name", "school")
_ROW_PX, _TALL_PX = 35, 945  # a table of many areas is scrolled, so that the page has an end
_ENDINGS: Final = ("_before", "_after")


def portrait_table(
    figures: pd.DataFrame,
    columns: Sequence[str],
    *,
    years: Mapping[str, str],
    lang: Lang,
    key: str,
) -> None:
    """Draw a table of areas, quarters or schools.

    Parameters
    ----------
    figures
        Raw figures; a column of two plans ends in ``_before`` or ``_after``.
    columns
        Those that are shown, in order.
    years
        Year that each column describes, without the endings; a column that is not there has none.
    lang
        Language of headings and figures.
    key
        Name of the place of the table on the page, and of what it is about in the catalogue.
    """
    shown = figures[list(columns)]
    tall = (len(shown) + 1) * _ROW_PX
    both = any(name.endswith("_after") for name in columns)
    written = {name: partial(figure_text, _plain(name), lang=lang) for name in columns if name not in _NAMES}
    st.container(key=f"portrait_{key}").dataframe(
        shown.style.format(written),
        hide_index=True,
        height="content" if tall <= _TALL_PX else _TALL_PX,
        column_config={name: _column(name, years, both=both, lang=lang) for name in columns},
        placeholder=figure_text(_plain(columns[-1]), None, lang),
        alt=say(f"app.portrait.alt.{key}", lang),
    )


def _plain(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _column(name: str, years: Mapping[str, str], *, both: bool, lang: Lang) -> Any:  # noqa: ANN401 - of Streamlit
    plain = _plain(name)
    label = heading(plain, years.get(plain, ""), lang)
    if both and plain != name:
        label = say(f"portrait.when.{name.removeprefix(plain + '_')}", lang, name=label)
    meaning = say(f"portrait.column.{plain}.meaning", lang)
    return st.column_config.Column(label, help=meaning, pinned=name in _NAMES)
