"""The fan chart: what it draws is in the figures, in both languages, and reads in black and white."""

from __future__ import annotations

import io

import matplotlib.colors as mcolors
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from geo.council.charts import EXPECTED, FAN, PLACES, fan_chart
from geo.council.words import LANGS


def fan(**columns: list[float]) -> pd.DataFrame:
    """Give three years of rolls and three to come, of which the second exceeds 100 places."""
    unknown = np.nan
    table = {
        "past_pupils": [80.0, 85.0, 90.0, unknown, unknown, unknown],
        "pupils": [unknown, unknown, 90.0, 96.0, 104.0, 108.0],
        "low_pupils": [unknown, unknown, 90.0, 90.0, 92.0, 90.0],
        "high_pupils": [unknown, unknown, 90.0, 102.0, 116.0, 126.0],
        "capacity_pupils": [unknown, unknown, 100.0, 100.0, 100.0, 100.0],
    }
    return pd.DataFrame({**table, **columns}, index=pd.RangeIndex(2024, 2030, name="year"))


def drawn(table: pd.DataFrame, lang: str = "fr") -> Figure:
    return fan_chart(table, lang=lang, title="École $X$", chance="8 chances sur 10")  # type: ignore[arg-type]


def texts(figure: Figure) -> list[str]:
    axes = figure.axes[0]
    return [*(text.get_text() for text in axes.texts), *(text.get_text() for text in figure.legends[0].get_texts())]


def test_the_lines_are_the_columns_of_the_table() -> None:
    table = fan(before_pupils=[np.nan, np.nan, 90.0, 97.0, 110.0, 120.0])
    lines = {line.get_label(): line for line in drawn(table).axes[0].lines}
    for name, label in (
        ("past_pupils", "Effectifs constatés"),
        ("pupils", "Élèves attendus"),
        ("before_pupils", "Avec la carte en vigueur"),
        ("capacity_pupils", "Places (100)"),
    ):
        assert np.array_equal(lines[label].get_ydata(), table[name].to_numpy(), equal_nan=True)


def test_the_first_year_over_the_places_is_marked_and_written() -> None:
    assert any("dépasse ses places en 2028" in text for text in texts(drawn(fan())))
    roomy = fan(capacity_pupils=[np.nan, np.nan, 200.0, 200.0, 200.0, 200.0])
    assert not any("dépasse" in text for text in texts(drawn(roomy)))


def test_places_that_change_are_named_one_after_the_other() -> None:
    assert "Places (100 → 125)" in texts(drawn(fan(capacity_pupils=[np.nan, np.nan, 100.0, 100.0, 125.0, 125.0])))


@pytest.mark.parametrize("lang", LANGS)
def test_the_chart_is_as_large_as_asked_and_its_words_are_those_of_the_language(lang: str) -> None:
    figure = drawn(fan(), lang)
    assert figure.get_size_inches().tolist() == pytest.approx([600 / 72, 300 / 72])
    assert ("Élèves" if lang == "fr" else "Pupils") == figure.axes[0].get_ylabel()
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    assert b'width="600pt" height="300pt"' in file.getvalue()


def test_the_axis_of_pupils_begins_at_zero_and_years_are_whole() -> None:
    figure = drawn(fan())
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_ylim()[0] == 0
    assert all(label.get_text().isdigit() for label in axes.get_xticklabels())


def test_no_text_leaves_the_picture() -> None:
    figure = drawn(fan(pupils=[np.nan, np.nan, 90.0, 96.0, 104.0, 12_345.0]))
    figure.draw_without_rendering()
    page = figure.bbox
    for text in [*figure.axes[0].texts, *figure.legends[0].get_texts()]:
        box = text.get_window_extent()
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert box.y1 <= page.y1


def test_the_interval_is_lighter_than_every_line_in_black_and_white() -> None:
    grey = [float(np.dot(mcolors.to_rgb(colour), (0.299, 0.587, 0.114))) for colour in (FAN, EXPECTED, PLACES)]
    assert grey[0] - max(grey[1:]) > 0.3


def test_nothing_to_draw_is_said() -> None:
    empty = fan().assign(past_pupils=np.nan, pupils=np.nan)
    figure = fan_chart(empty, lang="en", title="X", chance="")
    assert [text.get_text() for text in figure.axes[0].texts] == ["No figure to draw."]
