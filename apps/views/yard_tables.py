"""The tables of the page *Cours d'école*: the ranking beside the map, all figures, the works of a budget."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from geo.council.words import Lang, number, percent, say
from geo.council.yards import NO_YARD, sun_of

Writer = Callable[[Any, Lang], str]

_ROW_PX: Final = 35
_NARROW_PX: Final = 60
_WIDTHS_PX: Final = {"number": 44, "school": 230, "felt": 180, "flags": 320, "measure": 280}
# Columns whose meaning is said under the heading.
_MEANT: Final = ("number", "rank", "sun", "shade", "felt", "exposure", "cost")
_LETTER_PX, _MARGIN_PX = 7, 20


def yard_table(
    figures: pd.DataFrame, columns: Sequence[str], *, lang: Lang, key: str, most_px: int | None = None
) -> None:
    """Draw a table of yards, written the way of the language and sorted by what the figures are.

    Parameters
    ----------
    figures
        Columns named as the headings of ``app.playgrounds.columns``.
    columns
        Those that are shown, in order.
    lang
        Language of the headings and figures.
    key
        Name of the place of the table on the page.
    most_px
        Largest height [px]; by default every row is seen.
    """
    shown = figures[list(columns)]
    styled = shown.style.format({name: _writer(name, lang) for name in shown})
    styled = styled.map(_colours, subset=[name for name in shown if _kind(name) == "sun"])
    tall = most_px is not None and (len(shown) + 1) * _ROW_PX > most_px
    st.container(key=key).dataframe(
        styled,
        hide_index=True,
        height=most_px if tall and most_px else "content",
        column_config={name: _heading(name, lang) for name in columns},
        placeholder=number(math.nan, lang),
        alt=say("app.playgrounds.columns.alt", lang),
    )


def _kind(name: str) -> str:
    return "exposure" if name == "avoided" else name.partition("_")[0]


def _writer(name: str, lang: Lang) -> Callable[[Any], str]:
    """Give what writes the figures of a column."""
    write = _WRITERS.get(_kind(name), _plain)
    return lambda value: write(value, lang)


def _plain(value: Any, lang: Lang) -> str:  # noqa: ANN401 - a cell
    return value if isinstance(value, str) else number(value, lang)


def _tenths(value: Any, lang: Lang) -> str:  # noqa: ANN401 - a cell
    return number(value, lang, digits=1)


_WRITERS: Final[Mapping[str, Writer]] = {"sun": percent, "shade": _tenths}


def _colours(unshaded_share: float) -> str:
    band = sun_of(unshaded_share)
    return "" if band is NO_YARD else f"background-color: {band.fill}; color: {band.ink}"


def _heading(name: str, lang: Lang) -> Mapping[str, object]:
    label = say(f"app.playgrounds.columns.{name}", lang)
    kind = _kind(name)
    meaning = say(f"app.playgrounds.meaning.{kind}", lang) if kind in _MEANT else None
    width = _WIDTHS_PX.get(kind, max(_NARROW_PX, _LETTER_PX * len(label) + _MARGIN_PX))
    return dict(st.column_config.Column(label, width=width, help=meaning))
