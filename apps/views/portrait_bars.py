"""Bars beside names: one for the map in force, a second one for the proposal if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import streamlit as st

from geo.council.portraits import figure_text
from geo.council.words import Lang

_SHARE_REM: Final = 3.5
_PALE, _DARK = "#E8B58A", "#63224C"
_ROW: Final = (
    "display:grid;grid-template-columns:minmax(7rem,2fr) 3fr {width}rem;gap:.1rem .7rem;"
    "align-items:center;margin:0;line-height:1.25;padding:.2rem 0;border-bottom:1px solid #e6e6e6"
)


def bars(rows: Iterable[tuple[str, Sequence[float]]], lang: Lang) -> None:
    """Draw a bar for each share of each row; the share is written beside it, so that the bar is only its picture.

    Parameters
    ----------
    rows
        Name and one or two shares [0-1]; NaN: not known, no bar.
    lang
        Language of the figures.
    """
    drawn = "".join(_row(name, shares, lang) for name, shares in rows)
    st.html(f"<div role='list'>{drawn}</div>")


def _row(name: str, shares: Sequence[float], lang: Lang) -> str:
    fills = (_DARK,) if len(shares) == 1 else (_PALE, _DARK)
    drawn = "".join(_bar(share, fill) for share, fill in zip(shares, fills, strict=True))
    texts = " → ".join(figure_text("mix_qpv_share", share, lang) for share in shares)
    row = _ROW.format(width=_SHARE_REM * len(shares))
    return (
        f"<div role='listitem' style='{row}'><span>{escape(name)}</span><span aria-hidden='true'>{drawn}</span>"
        f"<span style='text-align:right;white-space:nowrap'>{escape(texts)}</span></div>"
    )


def _bar(share: float, fill: str) -> str:
    width = 0.0 if share != share else min(max(share, 0.0), 1.0) * 100  # noqa: PLR0124, a share that is not known
    return (
        "<div style='height:.55rem;margin:.1rem 0;background:#f0efeb'>"
        f"<div style='height:100%;width:{width:.1f}%;background:{fill}'></div></div>"
    )
