"""The A3 map: true to scale, north up, nothing that overflows, all that a reader needs."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.transforms import Bbox
from PIL import Image
from pypdf import PdfReader

from geo.council.colours import BANDS
from geo.council.drawing import NORTH, bar_length, fit_frame
from geo.council.maps import draw_map, write_map
from geo.council.sheet import MM_PER_INCH, Box
from geo.council.words import Lang
from geo.errors import ExportError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.note import Note

Case = tuple[City, Evaluation, Evaluation]
DAY = dt.date(2026, 11, 22)
MANY_NOTES = tuple(Note("addresses-far", {"count": 1000 + place, "distance": 100.0}) for place in range(60))


def page_and_map(figure: Figure) -> tuple[Axes, Axes]:
    page, ground = figure.axes
    return page, ground


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for axes in figure.axes for text in axes.texts)


def boxes(axes: Axes) -> dict[str, Bbox]:
    """Give the place of each text in dots; texts that stand twice are told apart by a number."""
    renderer = axes.figure.canvas.get_renderer()
    told = [text for text in axes.texts if text.get_text()]
    return {f"{text.get_text()}#{place}": text.get_window_extent(renderer) for place, text in enumerate(told)}


def covered(axes: Axes) -> list[tuple[str, str]]:
    """Give the pairs of texts that cover each other by more than the blank rim of their boxes."""
    named = boxes(axes)
    names, places = list(named), np.array([box.extents for box in named.values()])
    low = np.maximum(places[:, None, :2], places[None, :, :2])
    width, height = np.moveaxis(np.minimum(places[:, None, 2:], places[None, :, 2:]) - low, 2, 0)
    letters = places[:, 3] - places[:, 1]
    rim = 0.25 * np.minimum(letters[:, None], letters[None])
    return [(names[one], names[other]) for one, other in np.argwhere((width > 0.5) & (height > rim)) if one < other]


def test_the_map_is_true_to_the_scale_that_it_tells(village: Case) -> None:
    figure = draw_map(village[0], village[2], "en", date=DAY)
    _, ground = page_and_map(figure)
    ends = ground.transData.transform([(700_000, 6_600_000), (700_100, 6_600_000)])
    paper_mm = np.ptp(ends[:, 0]) / figure.dpi * MM_PER_INCH
    assert f"Scale 1:{round(100_000 / paper_mm, -1):,.0f} on A3" in words(figure)


def test_the_north_arrow_points_to_the_north_of_the_grid(village: Case) -> None:
    _, ground = page_and_map(draw_map(village[0], village[2], "fr", date=DAY))
    (arrow,) = [patch for patch in ground.patches if patch.get_gid() == NORTH]
    assert isinstance(arrow, Polygon)
    shape = ground.transData.transform(arrow.get_xy()[:-1])
    tip, left, notch, right = shape
    south, north = ground.transData.transform([(700_000, 6_600_000), (700_000, 6_600_100)])
    assert tip[1] == shape[:, 1].max()
    assert left[1] == pytest.approx(right[1])
    assert left[1] < notch[1] < tip[1]
    pointed, true = tip - notch, north - south
    assert pointed / np.linalg.norm(pointed) == pytest.approx(true / np.linalg.norm(true), abs=1e-9)
    (letter,) = [text for text in ground.texts if text.get_text() == "N"]
    assert ground.transData.transform(letter.get_position())[1] > tip[1]


def test_the_scale_bar_is_as_long_as_it_says(village: Case) -> None:
    figure = draw_map(village[0], village[2], "fr", date=DAY)
    _, ground = page_and_map(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=200, format="png")
    dark = np.asarray(Image.open(buffer).convert("L")) < 60
    frame = ground.get_position()
    rows = slice(int((1 - frame.y0 - 0.05) * dark.shape[0]), int((1 - frame.y0) * dark.shape[0]) - 6)
    columns = slice(int(frame.x0 * dark.shape[1]) + 8, int((frame.x0 + 0.4) * dark.shape[1]))
    longest = dark[rows, columns].sum(axis=1).max()
    metres = longest / (ground.transData.transform([(0, 0), (1, 0)])[:, 0] @ [-1, 1]) / 200 * figure.dpi
    assert bar_length(np.ptp(ground.get_xlim()) * 0.22) == 50
    assert metres == pytest.approx(50, rel=0.02)


@pytest.mark.parametrize(("most", "length"), [(99, 50), (100, 100), (249, 200), (250, 250), (999, 500), (1300, 1000)])
def test_the_scale_bar_has_a_round_length(most: float, length: float) -> None:
    assert bar_length(most) == length


@pytest.mark.parametrize("bounds", [(0, 0, 4000, 1000), (0, 0, 900, 4000), (0, 0, 1, 1)])
def test_the_ground_fits_into_its_frame_in_the_middle(bounds: tuple[float, ...]) -> None:
    frame = fit_frame(Box(10, 20, 290, 230), np.array(bounds, dtype=float))
    paper = frame.on_paper(np.array(bounds).reshape(2, 2))
    assert (paper >= 0).all()
    assert (paper <= (290, 230)).all()
    assert paper.mean(axis=0) == pytest.approx((145, 115))
    assert frame.on_ground(paper).ravel() == pytest.approx(bounds)


@pytest.mark.parametrize(("schools", "lang"), [(3, "fr"), (20, "en"), (61, "fr"), (61, "en"), (150, "fr")])
def test_no_text_leaves_the_sheet_or_covers_another(town: Callable[..., Case], schools: int, lang: Lang) -> None:
    city, _, proposed = town(schools, notes=MANY_NOTES)
    figure = draw_map(city, proposed, lang, date=DAY)
    page, ground = page_and_map(figure)
    frame = ground.get_window_extent()
    for text, box in boxes(page).items():
        assert (box.min > figure.bbox.min).all(), text
        assert (box.max < figure.bbox.max).all(), text
        assert Bbox.intersection(box, frame) is None, text
    assert covered(page) == []


@pytest.mark.parametrize("schools", [3, 20, 61])
def test_labels_on_the_map_never_cover_each_other(town: Callable[..., Case], schools: int) -> None:
    city, _, proposed = town(schools)
    _, ground = page_and_map(draw_map(city, proposed, "fr", date=DAY))
    assert covered(ground) == []


def test_notes_too_many_for_the_sheet_are_counted(town: Callable[..., Case]) -> None:
    city, _, proposed = town(3, notes=MANY_NOTES)
    assert "autres remarques : voir l’application" in words(draw_map(city, proposed, "fr", date=DAY))


def test_schools_too_many_for_the_table_are_counted(town: Callable[..., Case]) -> None:
    city, _, proposed = town(150)
    assert "autres établissements : voir le fichier schools.csv" in words(draw_map(city, proposed, "fr", date=DAY))


def test_the_map_of_sixty_schools_has_each_number_and_each_name(town: Callable[..., Case]) -> None:
    city, _, proposed = town(61)
    page, ground = page_and_map(draw_map(city, proposed, "fr", date=DAY))
    assert {str(place) for place in range(1, 62)} <= {text.get_text() for text in ground.texts}
    assert sum(text.get_text().startswith("École mat") for text in page.texts) == 61


def test_everything_that_a_reader_needs_stands_on_the_sheet(town: Callable[..., Case]) -> None:
    city, _, proposed = town(5, notes=(Note("units-split", {"level": "elementary", "count": 12}),))
    told = words(draw_map(city, proposed, "fr", date=DAY))
    for piece in (
        "Carte scolaire des écoles élémentaires : projet « Essai & <projet> »",
        "Carréville · niveau élémentaire · année scolaire 2026-2027 · 4 tronçons de rue",
        "Ville fictive",
        "Légende",
        *(band.name("fr") for band in BANDS),
        "occupation non connue : capacité non connue",
        "tronçons déplacés par le projet",
        "limite d’un secteur partagé entre écoles",
        "cours d’eau",
        "Tests, Toyville (2026, none needed).",
        "12 tronçons ont des adresses de secteurs différents",
        "(EPSG:2154)",
        "Édité le 22 novembre 2026",
        "Document de travail, sans valeur réglementaire.",
    ):
        assert piece in told, piece


def test_the_map_in_force_shows_no_move(village: Case) -> None:
    city, today, _ = village
    told = words(draw_map(city, today, "fr", date=DAY))
    assert "carte en vigueur" in told
    assert "déplacés" not in told


def test_a_real_city_carries_no_warning(village: Case) -> None:
    city, today, _ = village
    assert "fictive" not in words(draw_map(replace(city, fictional=False), today, "fr", date=DAY))


def test_a_title_of_ones_own_is_made_smaller_until_it_fits(village: Case) -> None:
    city, today, _ = village
    figure = draw_map(city, today, "fr", title="Une carte dont le titre est bien trop long " * 3, date=DAY)
    assert "Une carte dont le titre" in words(figure)
    assert figure.get_label().startswith("Une carte")
    placed = boxes(figure.axes[0])
    title = next(box for text, box in placed.items() if text.startswith("Une carte"))
    warning = next(box for text, box in placed.items() if text.startswith("Ville fictive"))
    assert title.x1 < warning.x0


def test_signs_of_formulas_in_names_are_only_letters(village: Case) -> None:
    city, today, _ = village
    schools = city.tables["schools"].assign(name=["École $x_1$", "École 100 %"])
    told = words(draw_map(replace(city, tables={**city.tables, "schools": schools}), today, "fr", date=DAY))
    assert "École $x_1$" in told


def test_the_pdf_is_an_a3_sheet_with_its_fonts_and_words(village: Case, tmp_path: Path) -> None:
    city, _, proposed = village
    settings = dict(mpl.rcParams)
    write_map(draw_map(city, proposed, "fr", date=DAY), tmp_path / "map.pdf")
    assert dict(mpl.rcParams) == settings
    pdf = PdfReader(tmp_path / "map.pdf")
    (page,) = pdf.pages
    assert (page.mediabox.width, page.mediabox.height) == pytest.approx((420 / 25.4 * 72, 297 / 25.4 * 72), abs=0.02)
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Carte scolaire des écoles élémentaires : projet « Essai & <projet> »"
    assert "Toyville est une ville fictive" in page.extract_text()
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert inner["/Subtype"] in {"/CIDFontType2", "/TrueType"}
        assert "/FontFile2" in inner["/FontDescriptor"]


def test_the_png_has_two_hundred_dots_an_inch_and_a_title(village: Case, tmp_path: Path) -> None:
    city, today, _ = village
    write_map(draw_map(city, today, "en", date=DAY), tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.size == pytest.approx((420 / 25.4 * 200, 297 / 25.4 * 200), abs=1)
        assert picture.info["Title"] == "School map of elementary schools"
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_the_colours_of_the_bands_are_on_the_map(village: Case) -> None:
    figure = draw_map(village[0], village[2], "fr", date=DAY)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=50, format="png")
    pixels = np.asarray(Image.open(buffer).convert("RGB")).reshape(-1, 3)
    for band in BANDS:
        colour = [int(band.fill[place : place + 2], 16) for place in (1, 3, 5)]
        assert (np.abs(pixels - colour).max(axis=1) <= 3).any(), band.code


def test_an_unknown_kind_of_file_is_refused_by_name(village: Case, tmp_path: Path) -> None:
    figure = draw_map(village[0], village[1], "fr", date=DAY)
    with pytest.raises(ExportError, match=r"map\.docx: expected a name that ends with \.pdf or \.png"):
        write_map(figure, tmp_path / "map.docx")


def test_a_map_that_cannot_be_written_leaves_nothing(village: Case, tmp_path: Path) -> None:
    figure = draw_map(village[0], village[1], "fr", date=DAY)
    with pytest.raises(ExportError, match=r"map\.pdf"):
        write_map(figure, tmp_path / "nowhere" / "map.pdf")
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_pyplot_is_left_alone(village: Case) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    before = pyplot.get_fignums()
    draw_map(village[0], village[1], "fr", date=DAY)
    assert pyplot.get_fignums() == before
