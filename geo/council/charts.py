"""Charts for paper and screen; read as well in black and white."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geo.council.pupils import overflow_year
from geo.council.sheet import INK, SOFT_INK, font
from geo.council.words import Lang, number, say

WIDTH_PT: Final = 600
HEIGHT_PT: Final = 300
EXPECTED: Final = "#0A3BA0"
FAN: Final = "#C9DCEF"
PLACES: Final = "#9A3B12"

_POINTS_PER_INCH: Final = 72
_TITLE, _TEXT, _SMALL = 11.0, 9.0, 8.0
_HEADROOM: Final = 1.14  # above the highest figure, so that labels have a place
# By name of the column: lines that differ in their dashes and marks, not in their colour only.
_LINES: Final[dict[str, dict[str, Any]]] = {
    "capacity_pupils": {"color": PLACES, "linewidth": 1.6, "linestyle": (0, (7, 2, 1.5, 2)), "drawstyle": "steps-mid"},
    "before_pupils": {"color": SOFT_INK, "linewidth": 1.4, "linestyle": ":", "zorder": 3},
    "past_pupils": {"color": INK, "linewidth": 1.6, "marker": "o", "markersize": 4, "zorder": 4},
    "pupils": {
        "color": EXPECTED,
        "linewidth": 1.8,
        "marker": "o",
        "markersize": 4.5,
        "markerfacecolor": "white",
        "zorder": 5,
    },
}


def fan_chart(
    table: pd.DataFrame, *, lang: Lang, title: str, chance: str, size_pt: tuple[float, float] = (WIDTH_PT, HEIGHT_PT)
) -> Figure:
    """Draw the pupils of one school or of the city: counted, expected, how far that may be off, and the places.

    Parameters
    ----------
    table
        One row a year (index), ascending, as `geo.council.pupils.fan_table` gives it: ``past_pupils``, ``pupils``,
        ``low_pupils``, ``high_pupils``, ``capacity_pupils`` and, where a proposal changes them, ``before_pupils``
        [pupils]; NaN where there is none.
    lang
        Language of the words.
    title
        What the chart is about.
    chance
        How often the interval holds, in words: '8 chances sur 10'.
    size_pt
        Width and height [points].

    Returns
    -------
    figure
        Nothing global is touched; write it with ``figure.savefig``. The axis of pupils begins at zero.
    """
    width, height = (side / _POINTS_PER_INCH for side in size_pt)
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(label="fan")
    axes.set_title(title, loc="left", fontproperties=font(_TITLE, bold=True), color=INK, parse_math=False)
    if not table[["past_pupils", "pupils"]].notna().any(axis=None):
        axes.set_axis_off()
        axes.text(0.5, 0.5, say("pupils.chart.empty", lang), ha="center", fontproperties=font(_TEXT), color=INK)
        return figure
    _frame(axes, table, lang)
    _fan(axes, table, label=say("pupils.chart.interval", lang, chance=chance))
    for name, look in _LINES.items():
        if name in table and table[name].notna().any():
            axes.plot(table.index, table[name], label=_line_name(name, table[name], lang), **look)
    _labels(axes, table, lang)
    _legend(figure, axes)
    return figure


def _frame(axes: Axes, table: pd.DataFrame, lang: Lang) -> None:
    """Draw the axes: whole years, pupils from zero on, light lines to read them by."""
    top = float(np.nanmax(table.to_numpy(dtype=np.float64)))
    axes.set(xlim=(table.index[0] - 0.4, table.index[-1] + 0.9), ylim=(0, max(top, 1.0) * _HEADROOM))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda pupils, _: number(pupils, lang)))
    axes.set_xlabel(say("pupils.chart.year", lang), fontproperties=font(_SMALL), color=INK)
    axes.set_ylabel(say("pupils.chart.axis", lang), fontproperties=font(_SMALL), color=INK)
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_fontproperties(font(_SMALL))
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _fan(axes: Axes, table: pd.DataFrame, *, label: str) -> None:
    """Draw the interval as an area whose edges are seen in print."""
    known = table[["low_pupils", "high_pupils"]].dropna()
    if known.empty:
        return
    low, high = known["low_pupils"].to_numpy(), known["high_pupils"].to_numpy()
    axes.fill_between(known.index, low, high, color=FAN, linewidth=0, label=label, zorder=1)
    for edge in (low, high):
        axes.plot(known.index, edge, color=EXPECTED, linewidth=0.5, alpha=0.6, zorder=1)


def _line_name(name: str, figures: pd.Series, lang: Lang) -> str:
    """Name a line for the legend; the places are constant, or nearly so, and stand there as a figure."""
    if name != "capacity_pupils":
        return say(f"pupils.chart.{name}", lang)
    places = dict.fromkeys(figures.dropna())
    return say("pupils.chart.places", lang, capacity=" → ".join(number(count, lang) for count in places))


def _labels(axes: Axes, table: pd.DataFrame, lang: Lang) -> None:
    """Write what is expected in the end beside its point, and mark the year in which it first exceeds the places."""
    expected = table["pupils"].dropna()
    if len(expected):
        last = table.loc[expected.index[-1]]
        _write(axes, number(last["pupils"], lang), (last.name, last["pupils"]), color=EXPECTED, bold=True)
        for end, drop in (("high_pupils", 3), ("low_pupils", -3)):
            # Ends that lie beside the expectation would be written over it.
            if abs(last[end] - last["pupils"]) > axes.get_ylim()[1] / 20:
                _write(axes, number(last[end], lang), (last.name, last[end]), color=SOFT_INK, offset=(6, drop - 3))
    year = overflow_year(table)
    if year is not None:
        pupils, top = expected[year], axes.get_ylim()[1]
        axes.plot([year], [pupils], marker="^", markersize=9, color=PLACES, zorder=6)
        _write(axes, say("pupils.chart.overflow", lang, year=year), (year, top), color=PLACES, offset=(0, -9))
        axes.vlines(year, pupils, top * 0.94, color=PLACES, linewidth=0.8, zorder=3)


def _write(
    axes: Axes,
    text: str,
    at: tuple[Any, Any],
    *,
    color: str,
    offset: tuple[float, float] = (6, -3),
    bold: bool = False,
) -> None:
    """Write a text beside a point, `offset` in points (centred if none to a side), with a rim over lines it crosses."""
    axes.annotate(
        text,
        at,
        xytext=offset,
        textcoords="offset points",
        color=color,
        ha="center" if offset[0] == 0 else "left",
        fontproperties=font(_SMALL, bold=bold),
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        annotation_clip=False,
        zorder=7,
        parse_math=False,
    )


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="outside lower center",
        ncols=len(labels),
        frameon=False,
        prop=font(_SMALL),
        handlelength=2.8,
        columnspacing=1.4,
    )
