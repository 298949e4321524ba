"""The fan chart of a school on the page: the same figures, lines and colours as on paper, with figures to point at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from views.frame import prose

from geo.council.charts import EXPECTED, FAN, PLACES
from geo.council.outlook import fan_texts
from geo.council.pupils import overflow_year
from geo.council.sheet import INK, SOFT_INK
from geo.council.words import Lang, say

_HEIGHT_PX = 340
_LINES: dict[str, dict[str, Any]] = {
    "past_pupils": {"color": INK, "point": {"color": INK, "size": 45}},
    "pupils": {"color": EXPECTED, "point": {"fill": "white", "stroke": EXPECTED, "size": 55}},
    "before_pupils": {"color": SOFT_INK, "strokeDash": [2, 3]},
    "capacity_pupils": {"color": PLACES, "strokeDash": [8, 3, 2, 3], "interpolate": "step"},
}
_SAMPLE = "display:inline-block;width:2.4em;vertical-align:middle;text-align:center;line-height:0;font-size:.9em"
# How a line looks in the legend: its upper border, and its mark.
_SAMPLES = {
    "past_pupils": (f"2px solid {INK}", "●"),
    "pupils": (f"2px solid {EXPECTED}", "○"),
    "before_pupils": (f"2px dotted {SOFT_INK}", ""),
    "capacity_pupils": (f"2px dashed {PLACES}", ""),
}


def draw_fan(fan: pd.DataFrame, *, title: str, lang: Lang, chance: str) -> None:
    """Draw the chart and its legend; the axis of pupils begins at zero.

    Parameters
    ----------
    fan
        As `geo.council.pupils.fan_table` gives it.
    title
        What the chart is about.
    lang
        Language of the words.
    chance
        How often the interval holds, in words.
    """
    texts = fan_texts(fan, lang)
    # Names that no heading has, whatever the language.
    columns = {f"_{name}": fan[name].to_numpy() for name in fan}
    over = overflow_year(fan)
    columns["_over"] = fan["pupils"].where(fan.index == over).to_numpy()
    rows = texts.assign(**columns, _year=fan.index.to_numpy())
    base = alt.Chart(rows).encode(x=_years(fan, lang), tooltip=[alt.Tooltip(f"{name}:N", title=name) for name in texts])
    shown = [name for name in _LINES if name in fan and fan[name].notna().any()]
    layers = [_area(base, lang), *(_line(base, name, lang) for name in shown), _mark(base, lang), _targets(base)]
    told = {"height": _HEIGHT_PX, "description": say("app.pupils.chart", lang, school=title)}
    st.altair_chart(alt.layer(*layers).properties(**told), width="stretch")
    st.html(_legend(shown, say("pupils.chart.interval", lang, chance=chance), lang))
    if over is not None:
        st.caption(prose(say("app.pupils.overflow_mark", lang, year=over)))


def _area(base: alt.Chart, lang: Lang) -> alt.Chart:
    """Draw the interval, with edges that are seen in print."""
    edges = {"color": EXPECTED, "strokeWidth": 0.6}
    return base.mark_area(color=FAN, opacity=1, line=edges).encode(
        y=_pupils("_high_pupils", lang), y2=alt.Y2("_low_pupils:Q")
    )


def _line(base: alt.Chart, name: str, lang: Lang) -> alt.Chart:
    return base.mark_line(strokeWidth=2, **_LINES[name]).encode(y=_pupils(f"_{name}", lang))


def _mark(base: alt.Chart, lang: Lang) -> alt.Chart:
    """Mark the year in which more pupils are expected than there are places."""
    return base.mark_point(shape="triangle-up", filled=True, size=160, color=PLACES, opacity=1).encode(
        y=_pupils("_over", lang)
    )


def _targets(base: alt.Chart) -> alt.Chart:
    """Make the whole height of a year show its figures when it is pointed at."""
    return base.mark_rule(strokeWidth=24, opacity=0)


def _legend(shown: Sequence[str], interval: str, lang: Lang) -> str:
    """Give the legend: a sample of each line, and of the interval."""
    samples = [
        (f"<span style='{_SAMPLE};border-top:{line}'>{mark}</span>", say(f"pupils.chart.{name}", lang))
        for name, (line, mark) in _SAMPLES.items()
        if name in shown
    ]
    area = (
        f"display:inline-block;width:2.4em;height:1em;background:{FAN};border:1px solid {EXPECTED};vertical-align:-.1em"
    )
    samples.append((f"<span style='{area}'></span>", interval))
    keys = (f"<span style='white-space:nowrap;margin-right:1.4em'>{sample} {text}</span>" for sample, text in samples)
    return f"<p style='margin:0;line-height:1.8'>{' '.join(keys)}</p>"


def _years(fan: pd.DataFrame, lang: Lang) -> alt.X:
    return alt.X(
        "_year:Q",
        title=say("pupils.chart.year", lang),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False),
        scale=alt.Scale(domain=[int(fan.index.min()) - 0.3, int(fan.index.max()) + 0.3], nice=False),
    )


def _pupils(name: str, lang: Lang) -> alt.Y:
    separator = "\u202f" if lang == "fr" else ","
    axis = alt.Axis(labelExpr=f"replace(format(datum.value, ',.0f'), ',', '{separator}')", tickMinStep=1, tickCount=6)
    return alt.Y(f"{name}:Q", title=say("pupils.chart.axis", lang), axis=axis, scale=alt.Scale(zero=True))
