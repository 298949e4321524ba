"""A sheet of paper measured in millimetres, on which texts are known not to overflow.

Built from the objects of matplotlib and never from pyplot, whose state is shared by all threads of a web server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72
INK: Final = "#1A1A1A"
SOFT_INK: Final = "#4A4A4A"

_FAMILY: Final = "DejaVu Sans"  # comes with matplotlib: the same letters, and widths, on every machine
_LEADING: Final = 1.28
_ELLIPSIS: Final = "…"
_HAIR_MM: Final = 1e-3  # a text that fits exactly fits, whatever the last bits of its width are

Anchor = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet [mm], measured from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge [mm]."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Upper edge [mm]."""
        return self.bottom + self.height


def new_sheet(width_mm: float, height_mm: float) -> tuple[Figure, Axes]:
    """Give a figure of that size and axes that cover it, whose coordinates are millimetres from the lower left."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), facecolor="white")
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1), label="page")
    page.set(xlim=(0, width_mm), ylim=(0, height_mm))
    page.set_axis_off()
    return figure, page


def font(size: float, *, bold: bool = False, italic: bool = False) -> FontProperties:
    """Give the letters of the sheet in `size` [points]."""
    return FontProperties(
        family=_FAMILY, size=size, weight="bold" if bold else "normal", style="italic" if italic else "normal"
    )


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line of text in letters of `size` points [mm]."""
    return _width(text, bold=bold) * size * MM_PER_POINT


def line_height(size: float) -> float:
    """Distance from one line to the next in letters of `size` points [mm]."""
    return size * _LEADING * MM_PER_POINT


def wrap(text: str, width_mm: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that are no wider than `width_mm`; a word that is wider is cut."""
    lines: list[str] = []
    line, used = "", 0.0
    blank = text_width(" ", size, bold=bold)
    for word in text.split(" "):
        width = text_width(word, size, bold=bold)
        if line and used + blank + width <= width_mm + _HAIR_MM:
            line, used = f"{line} {word}", used + blank + width
            continue
        if line:
            lines.append(line)
        *cut, line = _cut(word, width_mm, size, bold=bold)
        lines += cut
        used = text_width(line, size, bold=bold)
    return [*lines, line]


def shorten(text: str, width_mm: float, size: float, *, bold: bool = False) -> str:
    """Give a text that is no wider than `width_mm`, with an ellipsis where it was cut."""
    if text_width(text, size, bold=bold) <= width_mm + _HAIR_MM:
        return text
    kept = _fitting(text, width_mm - text_width(_ELLIPSIS, size, bold=bold), size, bold=bold)
    return text[:kept].rstrip() + _ELLIPSIS


def write(
    page: Axes,
    text: str,
    at: tuple[float, float],
    *,
    size: float,
    style: FontProperties | None = None,
    anchor: Anchor = "left",
) -> None:
    """Write one line of text on the sheet with its baseline at a place [mm]."""
    x, y = at
    page.text(x, y, text, fontproperties=style or font(size), color=INK, ha=anchor, va="baseline", parse_math=False)


def write_lines(page: Axes, lines: Sequence[str], at: tuple[float, float], *, size: float, bold: bool = False) -> float:
    """Write lines one under the other from the upper left corner `at` [mm]; give the height they take [mm]."""
    left, top = at
    step = line_height(size)
    for place, line in enumerate(lines):
        baseline = top - step * place - size * MM_PER_POINT
        write(page, line, (left, baseline), size=size, style=font(size, bold=bold))
    return step * len(lines)


@lru_cache(maxsize=4096)
def _width(text: str, *, bold: bool) -> float:
    """Width of one line of text, in sizes of its letters."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, font(1.0, bold=bold), ismath=False)
    return float(width)


def _cut(word: str, width_mm: float, size: float, *, bold: bool) -> list[str]:
    """Cut a word into pieces that are no wider than `width_mm`."""
    pieces = []
    while text_width(word, size, bold=bold) > width_mm + _HAIR_MM and len(word) > 1:
        kept = _fitting(word, width_mm, size, bold=bold)
        pieces.append(word[:kept])
        word = word[kept:]
    return [*pieces, word]


def _fitting(text: str, width_mm: float, size: float, *, bold: bool) -> int:
    """Give the number of letters, at least one, that fit into `width_mm`."""
    fits = (text_width(text[:count], size, bold=bold) <= width_mm for count in range(2, len(text) + 1))
    return 1 + next((count for count, fit in enumerate(fits) if not fit), len(text) - 1)
