"""Two maps on one sheet: the same ground, the same numbers, nothing clipped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from pypdf import PdfReader

from geo.council.figures import school_figures
from geo.council.maps import write_map
from geo.council.pairmap import SMALL_MM, draw_pair, draw_small_pair
from geo.council.sheet import MM_PER_INCH
from geo.council.words import Lang
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate

Case = tuple[City, Evaluation, Evaluation]
DAY = dt.date(2026, 11, 22)


def maps_of(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_label() == "map"]


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for axes in figure.axes for text in axes.texts)


def boxes(axes: Axes) -> dict[str, Bbox]:
    drawn = [text for text in axes.texts if text.get_text()]
    return {f"{text.get_text()} {place}": text.get_window_extent() for place, text in enumerate(drawn)}


def covered(axes: Axes) -> list[tuple[str, str]]:
    placed = boxes(axes)
    names, extents = list(placed), np.array([box.extents for box in placed.values()])
    low = np.maximum(extents[:, None, :2], extents[None, :, :2])
    high = np.minimum(extents[:, None, 2:], extents[None, :, 2:])
    width, height = np.moveaxis(high - low, 2, 0)
    rim = 0.3 * figure_line(axes)
    return [(names[one], names[other]) for one, other in np.argwhere((width > 0.5) & (height > rim)) if one < other]


def figure_line(axes: Axes) -> float:
    return float(np.median([box.height for box in boxes(axes).values()]))


def test_both_maps_show_the_same_ground_at_the_same_scale(village: Case) -> None:
    left, right = maps_of(draw_pair(*village, lang="fr", date=DAY))
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    one, other = left.get_position(), right.get_position()
    assert one.width == pytest.approx(other.width)
    assert one.x1 < other.x0


def test_the_sheet_is_exactly_a3_and_is_written(village: Case, tmp_path: Path) -> None:
    figure = draw_pair(*village, lang="en", date=DAY)
    assert figure.get_size_inches() * MM_PER_INCH == pytest.approx((420, 297))
    write_map(figure, tmp_path / "pair.pdf")
    page = PdfReader(tmp_path / "pair.pdf").pages[0]
    assert float(page.mediabox.width) == pytest.approx(420 / MM_PER_INCH * 72, abs=0.5)
    assert "École de l'Est" in page.extract_text()


def test_each_map_has_its_heading_and_the_table_both_sides(village: Case) -> None:
    told = words(draw_pair(*village, lang="fr", date=DAY))
    for piece in (
        "Aujourd’hui : la carte en vigueur",
        "Avec le projet, une fois tout en place",
        "avant et après",
        "Ville fictive",
        "1 tronçon de rue et 10 élèves changent de secteur",
        "80 %",
        "60 %",
        "Tests, Toyville (2026, none needed).",
        "Édité le 22 novembre 2026",
    ):
        assert piece.replace(" %", "\u00a0%") in told, piece


@pytest.mark.parametrize(("schools", "lang"), [(3, "fr"), (10, "en"), (11, "fr"), (61, "fr"), (150, "en")])
def test_no_text_leaves_the_sheet_or_covers_another(town: Callable[..., Case], schools: int, lang: Lang) -> None:
    figure = draw_pair(*town(schools), lang=lang, date=DAY)
    page = figure.axes[0]
    frames = [axes.get_window_extent() for axes in maps_of(figure)]
    for text, box in boxes(page).items():
        assert (box.min > figure.bbox.min).all(), text
        assert (box.max < figure.bbox.max).all(), text
        assert all(Bbox.intersection(box, frame) is None for frame in frames), text
    assert covered(page) == []
    for axes in maps_of(figure):
        assert covered(axes) == []


def test_a_school_has_the_same_number_on_both_maps_and_in_the_table(toy: City) -> None:
    opening = {"school_id": "n", "name": "Ateliers", "x": 700_200.0, "y": 6_600_000.0, "rooms": 2}
    told = {
        "name": "x",
        "city": "toy",
        "level": Level.ELEMENTARY,
        "start_year": 2027,
        "moves": {"B": ("n",), "A": ("n",)},
    }
    scenario = Scenario.model_validate(told | {"openings": [opening], "closures": ["w"]})
    before, after = evaluate(toy, scenario.without_changes()), evaluate(toy, scenario)
    assert list(school_figures(toy, before, after)["school"]) == ["Ateliers", "École de l'Est", "École de l'Ouest"]
    left, right = maps_of(draw_small_pair(toy, before, after, lang="fr"))
    numbers = [{text.get_text() for text in axes.texts} for axes in (left, right)]
    assert {"2", "3"} <= numbers[0]
    assert "1" not in numbers[0]
    assert {"1", "2"} <= numbers[1]
    assert "3" not in numbers[1]


def test_the_small_pair_is_as_wide_as_the_page_of_a_report(village: Case) -> None:
    figure = draw_small_pair(*village, lang="fr")
    assert figure.get_size_inches() * MM_PER_INCH == pytest.approx(SMALL_MM)
    assert len(maps_of(figure)) == 2
