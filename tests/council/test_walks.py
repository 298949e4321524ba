"""Walks to school as people read them: sentences, tables, classes, the A3 sheet, the web page, the files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from geo.council.catchments import (
    PAIR_COLUMNS,
    fraction,
    home_sentences,
    level_rows,
    minutes_text,
    pair_matrix,
    pair_rows,
    school_rows,
    summary,
    written,
)
from geo.council.colours import Band
from geo.council.distances import NONE, class_of, class_text, detour_classes, walk_classes
from geo.council.walkfiles import PARTS, write_walks
from geo.council.walklayers import nearest_limits, unit_layer
from geo.council.walkmap import draw_walk_map
from geo.council.walkpage import walk_page
from geo.council.words import LANGS, Lang
from geo.errors import ExportError
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.catchments import Catchments, catchments
from geo.planning.walk_areas import WalkAreas, walk_areas

DAY = dt.date(2026, 11, 22)
CHOICES = DistanceChoices(beyond_elementary_m=100.0, limits_m=(100.0, 150.0))


def looked(city: City, choices: DistanceChoices = CHOICES, **moves: tuple[str, ...]) -> Catchments:
    scenario = Scenario(name="Essai", city=city.code, level=Level.ELEMENTARY, start_year=2027, moves=moves)
    return catchments(city, scenario, choices)


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for axes in figure.axes for text in axes.texts)


# Sentences and tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "spoken"),
    [
        (0.001, (1, 100)),
        (0.04, (1, 25)),
        (0.14, (1, 7)),
        (0.28, (3, 10)),
        (0.5, (1, 2)),
        (0.949, (9, 10)),
        (0.97, (19, 20)),
        (1.0, (10, 10)),
    ],
)
def test_a_share_is_said_as_so_many_out_of_so_many(share: float, spoken: tuple[int, int]) -> None:
    assert fraction(share) == spoken


def test_the_sentences_of_the_village_are_those_of_a_pencil(toy: City) -> None:
    today, proposed = looked(toy), looked(toy, B=("e",))
    assert summary(toy, today, today, lang="en").startswith(
        "About 1 child out of 2 lives more than 100\u00a0m from their school (50%, 20 children). For 20 children no "
        "public school of this level is within 100\u00a0m: no sector could change that. For all children the school of "
        "the sector is the nearest one."
    )
    told = summary(toy, today, proposed, lang="fr")
    assert "à plus de 100\u00a0m, 20 enfants au lieu de 20 ; un établissement plus proche" in told
    assert "10 enfants au lieu de 0" in told
    assert told.endswith("Toyville est une ville fictive : aucun de ces chiffres ne décrit un lieu réel.")
    wide = looked(toy, DistanceChoices())
    assert "Aucun enfant n’habite à plus de 800\u00a0m de son école." in summary(toy, wide, wide, lang="fr")


def test_tables_have_whole_children_that_add_up(toy: City) -> None:
    found = looked(toy, B=("e",))
    rows = school_rows(toy, found)
    assert rows["school"].tolist() == ["École de l'Est", "École de l'Ouest"]
    assert rows["children"].tolist() == [30, 10]
    assert rows[["children", "nearest_children"]].sum().tolist() == [40, 40]
    pairs = written(pair_rows(toy, found), PAIR_COLUMNS, found, lang="en")
    assert pairs.to_numpy().tolist() == [["École de l'Est", "École de l'Ouest", "10", "100\u00a0m"]]
    matrix = pair_matrix(found)
    assert matrix.loc["e"].to_dict() == {"e": 20.0, "w": 10.0}
    assert matrix.to_numpy().sum() == 40
    level = level_rows([found], "fr").loc["elementary"]
    assert level[["level", "beyond_m", "children", "far", "far_part"]].tolist() == ["élémentaire", 100, 40, 20, 0.5]


def test_the_walk_of_one_address_is_told_with_metres_and_minutes(toy: City) -> None:
    found, names = looked(toy, B=("e",)), toy.tables["schools"]["name"]
    told = home_sentences(found.homes.loc["aB"], names, scenario=found.scenario, lang="en")
    # 255 m and 155 m at 4 km/h: 3.8 and 2.3 minutes.
    assert told == [
        "School of the sector: École de l'Est, 255\u00a0m, 4 minutes on foot.",
        "Nearest school: École de l'Ouest, 155\u00a0m, 3 minutes on foot.",
        "The walk to the school of the sector is longer by 100\u00a0m.",
    ]
    told = home_sentences(found.homes.loc["aA"], names, scenario=found.scenario, lang="fr")
    assert told[1:] == ["C’est aussi l’établissement le plus proche."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"school_id": "", "walk_m": np.nan, "longer_m": np.nan}, "gives this address no school"),
        ({"walk_m": np.inf, "longer_m": np.inf}, "no walk in the street data leads there"),
        ({"nearest_id": "", "nearest_m": np.inf, "walk_m": np.inf, "longer_m": 0.0}, "leads to a school"),
    ],
)
def test_an_address_without_school_or_way_is_told_so(toy: City, changes: dict[str, object], said: str) -> None:
    found = looked(toy, B=("e",))
    row = pd.Series({**found.homes.loc["aB"].to_dict(), **changes})
    told = " ".join(home_sentences(row, toy.tables["schools"]["name"], scenario=found.scenario, lang="en"))
    assert said in told
    assert "nan" not in told
    assert "inf" not in told


# Classes ------------------------------------------------------------------------------------------------------------


def lightness(band: Band) -> float:
    """Lightness of a colour in CIE Lab [0-100], what a grey print keeps."""
    rgb = np.array(to_rgb(band.fill))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(116 * np.cbrt(linear @ np.array([0.2126, 0.7152, 0.0722])) - 16)


@pytest.mark.parametrize("classes", [detour_classes(), walk_classes((400, 800, 1200)), walk_classes((400,))])
def test_a_farther_class_is_darker_and_the_farthest_is_hatched(classes: tuple[Band, ...]) -> None:
    # Told apart without any colour, so by everyone and on a grey print.
    assert all(lightness(near) - lightness(far) > 8 for near, far in pairwise(classes))
    assert [bool(band.hatch) for band in classes] == [*[False] * (len(classes) - 1), True]
    assert NONE.hatch != classes[-1].hatch


def test_a_limit_belongs_to_the_nearer_class() -> None:
    classes = walk_classes((400, 800))
    assert [class_of(walk, classes).code for walk in (0, 400, 400.1, 800, 801, np.inf, np.nan)] == [
        "walk-0", "walk-0", "walk-1", "walk-1", "walk-2", "walk-2", "walk-none",
    ]  # fmt: skip
    assert [class_text(band, "fr") for band in classes] == [
        "jusqu’à 400\u00a0m", "400\u00a0m à 800\u00a0m", "plus de 800\u00a0m",
    ]  # fmt: skip
    assert class_of(0.0, detour_classes()).code == "detour-none"
    texts = {class_text(band, lang) for band in (*detour_classes(), NONE) for lang in LANGS}
    assert len(texts) == 2 * 5


def test_units_say_their_schools_and_walks_and_never_their_children(toy: City) -> None:
    units = unit_layer(toy, looked(toy, B=("e",)))
    assert units.loc["B", ["sector", "nearest", "detour", "walk"]].tolist() == [
        "École de l'Est", "École de l'Ouest", "detour-0", "walk-2",
    ]  # fmt: skip
    assert units.loc["A", "detour"] == "detour-none"
    assert not [name for name in units if "children" in name]


def test_the_limit_between_schools_is_drawn_and_that_of_the_commune_is_not(toy: City) -> None:
    limits = nearest_limits(toy, walk_areas(toy, looked(toy)).areas)
    left, bottom, right, top = limits.total_bounds
    assert left == pytest.approx(700_200, abs=3)
    assert right == pytest.approx(700_200, abs=3)
    assert top - bottom == pytest.approx(100, abs=8)


# Sheet, page, files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_is_a3_and_no_text_leaves_it_or_covers_another(toy: City, lang: Lang) -> None:
    found = looked(toy, B=("e",))
    check_sheet(draw_walk_map(toy, found, walk_areas(toy, found), lang=lang, date=DAY))


@pytest.mark.parametrize("schools", [30, 90])
def test_the_sheet_of_a_large_town_holds_its_table_or_counts_what_it_leaves_out(
    town: Callable[..., tuple[City, object, object]], schools: int
) -> None:
    city, *_ = town(schools)
    found = looked(city)
    areas = city.layer("units")[["geometry"]].assign(school_id=found.homes["nearest_id"].to_numpy())
    ground = WalkAreas(
        areas.dissolve(by="school_id"), gpd.GeoDataFrame(index=pd.Index([], name="limit_m"), geometry=[], crs=city.crs)
    )
    figure = draw_walk_map(city, found, ground, lang="fr", date=DAY)
    check_sheet(figure)
    numbers = {text.get_text() for text in figure.axes[0].texts} & {str(place) for place in range(1, schools + 1)}
    assert len(numbers) == schools or "autres établissements" in words(figure)
    assert "secteur partagé" in words(figure)


def check_sheet(figure: Figure) -> None:
    assert figure.get_size_inches() * 25.4 == pytest.approx([420, 297])
    page = figure.axes[0]
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    told = [text for text in page.texts if text.get_text()]
    boxes = [text.get_window_extent(renderer) for text in told]
    for text, box in zip(told, boxes, strict=True):
        assert (box.min > figure.bbox.min).all(), text
        assert (box.max < figure.bbox.max).all(), text
    for (one, first), (other, second) in combinations(zip(told, boxes, strict=True), 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        rim = 0.25 * min(first.height, second.height)
        assert wide < 0.5 or high < rim, (one.get_text(), other.get_text())


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_asks_for_nothing_and_says_the_figures(toy: City, lang: Lang) -> None:
    found = looked(toy, B=("e",))
    page = walk_page(toy, found, walk_areas(toy, found), lang=lang)
    assert f'<html lang="{lang}">' in page
    # Within its program Leaflet names its own address; what a program asks for is seen in the browser tests.
    bare = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    asked = re.findall(r"""(?:src|href)=["']([^"'#]+)|url\((?!data:|#)([^)]+)\)|@import""", bare)
    assert asked == []
    for text in ("École de l&#x27;Est", "100\u00a0m", "30", *(summary(toy, found, found, lang=lang).split(". ")[:1])):
        assert text in page


def test_the_files_are_all_there_or_none(toy: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, begun = looked(toy, B=("e",)), []
    ground = walk_areas(toy, found)
    files = write_walks(tmp_path / "out", toy, found, ground=ground, lang="fr", report=begun.append)
    assert begun == list(PARTS)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in files)
    layers = dict(pyogrio.list_layers(tmp_path / "out" / "catchments.gpkg"))
    assert set(layers) == {"nearest_areas", "rings", "sectors", "pieces_apart", "units", "schools", "sources"}
    units = gpd.read_file(tmp_path / "out" / "catchments.gpkg", layer="units").set_index("unit_id")
    assert units.loc["B", ["walk_m", "nearest_m", "longer_m"]].tolist() == [255, 155, 100]
    assert not [name for name in units if "children" in name]
    table = pd.read_csv(tmp_path / "out" / "nearest.csv", index_col="school_id")
    assert table.loc["e", "w"] == 10

    def broken(*_: object, **__: object) -> None:
        raise ExportError("no ink")

    monkeypatch.setattr("geo.council.walkfiles.write_map", broken)
    with pytest.raises(ExportError, match="no ink"):
        write_walks(tmp_path / "again", toy, found, ground=ground, lang="fr")
    assert not (tmp_path / "again").exists()


def test_the_time_of_walks_is_that_of_the_pace(toy: City) -> None:
    scenario = looked(toy).scenario.changed({"walking": {"pace": {"speed_elementary_km_h": 3.0}}})
    found = catchments(toy, scenario)
    # Walks of 55, 155, 155 and 55 m at 50 m a minute.
    told = minutes_text(found, "en")
    assert "At 3 km/h" in told
    assert "at most 2 min to their school, nine out of ten at most 4 min" in told
