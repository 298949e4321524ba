"""Tables of figures: written the way of the language, sorted by what the figures are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from geo.council.colours import BANDS, UNKNOWN, occupancy_text
from geo.council.words import Lang, metres, number, say, signed

_ROW_PX, _TALL_PX = 35, 280
_LEAST_PX, _BAND_PX, _LETTER_PX, _MARGIN_PX = 44, 160, 7, 18
_BANDS = {band.code: band for band in (*BANDS, UNKNOWN)}


def figure_table(
    figures: pd.DataFrame, columns: Sequence[str], *, lang: Lang, words: str, key: str, most_px: int | None = None
) -> None:
    """Draw a table of figures with the meanings and forms of the catalogue; it is sorted by what the figures are.

    Parameters
    ----------
    figures
        Raw figures; the columns are named as in the catalogue, with ``_before`` or ``_after`` where there are two.
    columns
        Those that are shown, in order.
    lang
        Language of the headings and figures.
    words
        Place in the catalogue of the short headings, and of ``alt``: what the table is about.
    key
        Name of the place of the table on the page.
    most_px
        Largest height [px]; by default every row is seen.
    """
    st.container(key=key).dataframe(
        _styled(figures[list(columns)], lang),
        hide_index=True,
        height=_height(len(figures), most_px),
        column_config={name: _heading(name, say(f"{words}.{name}", lang), lang) for name in columns},
        placeholder=number(math.nan, lang),
        alt=say(f"{words}.alt", lang),
    )


def _styled(figures: pd.DataFrame, lang: Lang) -> Styler:
    """Write the figures the way of the language; they are still sorted as figures."""
    styled = figures.style.format({name: _writer(name, lang) for name in figures})
    return styled.map(_band_colours, subset=[name for name in figures if name.startswith("band")])


def _kind(name: str) -> str:
    """Name a figure as the catalogue does, which knows one class of occupancy for both plans."""
    return "band" if name.startswith("band") else name


def _writer(name: str, lang: Lang) -> Callable[[object], str]:
    """Give what writes the figures of a column."""
    if name.startswith("band"):
        return lambda code: say(f"band.{code}.name", lang)
    if name.startswith("occupancy_share"):
        return partial(_share, lang=lang)
    if name.startswith("walk"):
        return lambda value: metres(value, lang)  # type: ignore[arg-type]
    if name == "pupils_change":
        return lambda value: signed(value, lang)  # type: ignore[arg-type]
    if name == "pupils":
        return lambda value: number(value, lang, digits=1)  # type: ignore[arg-type]
    return lambda value: value if isinstance(value, str) else number(value, lang)  # type: ignore[arg-type]


def _share(value: float, *, lang: Lang) -> str:
    return occupancy_text(value, lang)


def _band_colours(code: str) -> str:
    band = _BANDS[code]
    return f"background-color: {band.fill}; color: {band.ink if band is not UNKNOWN else '#1A1A1A'}"


def _heading(name: str, label: str, lang: Lang) -> Mapping[str, object]:
    # A figure is narrower than its heading; names take what is left.
    width = None if name == "school" else _width(name, label)
    meaning = say(f"figure.{_kind(name)}.meaning", lang)
    return dict(st.column_config.Column(label, width=width, help=meaning))


def _width(name: str, label: str) -> int:
    """Give the width of a column [px]: that of its heading, or of the longest usual word."""
    least = _BAND_PX if name.startswith("band") else _LEAST_PX
    return max(least, _LETTER_PX * len(label) + _MARGIN_PX)


def text_table(rows: Sequence[Sequence[str]], headings: Sequence[str], *, key: str) -> None:
    """Draw a small table of texts, at most some eight rows high."""
    frame = pd.DataFrame(list(rows), columns=list(headings))
    st.dataframe(frame, hide_index=True, height=_height(len(rows), _TALL_PX), key=key)


def _height(rows: int, most_px: int | None) -> int | Literal["content"]:
    """Give the height of a table: that of its rows, but no more than `most_px`."""
    return "content" if most_px is None or (rows + 1) * _ROW_PX <= most_px else most_px
