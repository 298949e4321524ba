"""Portrait and mix as people read them: whole children that add up, classes of the map, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import folium
import numpy as np
import pandas as pd
import pytest

from geo.council.areamap import (
    FIFTHS,
    QUARTER_SHARES,
    SHOWN,
    add_areas,
    add_labels,
    add_quarters,
    band_of_area,
    bands_of,
)
from geo.council.portraits import (
    CHILDREN_COLUMNS,
    LIVING_COLUMNS,
    MIX_COLUMNS,
    QUARTER_COLUMNS,
    area_figures,
    figure_text,
    heading,
    mix_figures,
    mix_summary,
    portrait_summary,
    quarter_figures,
)
from geo.council.weblayers import bare_map
from geo.council.words import LANGS, Lang
from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.mix import Mix, mix
from geo.planning.portrait import Portrait, portrait
from geo.territory.children import AGE_BANDS

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture(scope="module")
def found(city: City) -> Portrait:
    return portrait(city)


@pytest.fixture(scope="module")
def today(city: City) -> Mix:
    return mix(city, evaluate(city, Scenario(name="x", city=city.code, level=Level.ELEMENTARY, start_year=2027)))


def test_whole_children_add_up_along_rows_and_columns(city: City, found: Portrait) -> None:
    figures = area_figures(found, "fr")
    assert figures["children"].sum() == city.tables["children"]["children"].sum()
    for band in AGE_BANDS:
        assert figures[band].sum() == round(found.totals[band])
    assert (figures[list(AGE_BANDS)].sum(axis="columns") == figures["children"]).all()


def test_the_most_deprived_area_comes_first_and_the_outside_last(found: Portrait) -> None:
    outside = found.iris.iloc[[0]].set_axis(pd.Index([""], name="iris")).assign(name="", rank=np.nan, quintile=np.nan)
    figures = area_figures(replace(found, iris=pd.concat([found.iris, outside])), "en")
    assert figures["name"].iloc[[0, -1]].tolist() == ["Les Grandes-Vignes", "Outside all areas"]
    assert figures["rank"].dropna().is_monotonic_increasing


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_has_a_heading_of_its_own(lang: Lang) -> None:
    names = set(CHILDREN_COLUMNS + LIVING_COLUMNS + QUARTER_COLUMNS + MIX_COLUMNS)
    assert len({heading(name, "2024", lang) for name in names}) == len(names)


def test_figures_are_written_the_way_of_their_column() -> None:
    assert figure_text("qpv_share", float("nan"), "en") == "not known"
    assert figure_text("quintile", pd.NA, "fr") == "non connu"
    assert figure_text("mix_qpv_share", float("nan"), "fr") == "–"
    assert figure_text("mean_score", -1.96, "fr") == "−2,0"
    assert figure_text("mix_qpv_share", 0.754, "en") == "75%"


def test_the_summary_names_the_areas_of_the_last_fifth(city: City, found: Portrait) -> None:
    told = portrait_summary(city, found, "en")
    assert told.startswith("2 of the 12 statistical areas (IRIS) of Villebrune are in the most deprived fifth")
    assert "Les Grandes-Vignes, Le Moulin. 34%" in told
    assert "2 priority quarters (QPV) are home to 27%" in told


def test_the_summary_of_a_city_without_a_deprived_area_says_so(city: City, found: Portrait) -> None:
    calm = replace(found, iris=found.iris.assign(quintile=3.0))
    assert "None of the 12 statistical areas" in portrait_summary(city, calm, "en")
    assert "Aucun des 12 quartiers" in portrait_summary(city, calm, "fr")


def test_the_summary_of_the_toy_says_what_is_not_known(toy: City) -> None:
    assert portrait_summary(toy, portrait(toy), "en") == (
        "The deprivation index of Toyville is not known: see the remarks at the foot of the page. "
        "No priority quarter (QPV) is given for Toyville."
    )


@pytest.mark.parametrize(
    ("after", "said"), [(0.5, "more alike"), (0.95, "less alike"), (0.806, "the mix does not change")]
)
def test_the_summary_of_the_mix_says_which_way_a_proposal_goes(
    city: City, today: Mix, *, after: float, said: str
) -> None:
    proposed = replace(today, dissimilarity={**today.dissimilarity, "qpv": after})
    names = city.tables["schools"]["name"]
    assert said in mix_summary(names, today, proposed, proposal="P", lang="en")
    assert said not in mix_summary(names, today, proposed, proposal="", lang="en")


def test_pupils_of_the_mix_are_whole_and_add_up(city: City, today: Mix) -> None:
    figures = mix_figures(city.tables["schools"]["name"], today, today)
    assert figures["pupils_before"].sum() == round(today.schools["pupils"].sum())
    assert (figures["pupils_before"] == figures["pupils_after"]).all()


def test_quarters_have_whole_children(found: Portrait) -> None:
    figures = quarter_figures(found)
    assert (figures[list(AGE_BANDS)].sum(axis="columns") == figures["children"]).all()
    assert figures["population"].tolist() == [4301, 2423]


# The map -------------------------------------------------------------------------------------------------------------


def test_classes_grow_darker_so_that_a_grey_print_keeps_their_order() -> None:
    def lightness(fill: str) -> float:
        red, green, blue = (int(fill[place : place + 2], 16) for place in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    for bands in (FIFTHS, QUARTER_SHARES):
        assert all(lightness(one.fill) - lightness(other.fill) > 25 for one, other in pairwise(bands))
        assert [bool(band.hatch) for band in bands] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("shown", "value", "code"),
    [
        ("quintile", 1.0, "fifth_1"),
        ("quintile", 5.0, "fifth_5"),
        ("quintile", np.nan, "not_measured"),
        ("qpv_share", 0.0, "quarter_0"),
        ("qpv_share", 0.001, "quarter_1"),
        ("qpv_share", 0.25, "quarter_2"),
        ("qpv_share", 0.7499, "quarter_3"),
        ("qpv_share", 1.0, "quarter_4"),
        ("qpv_share", np.nan, "not_measured"),
        ("children", 12.0, "area"),
    ],
)
def test_each_figure_has_its_class(*, shown: str, value: float, code: str) -> None:
    assert band_of_area(shown, value).code == code  # type: ignore[arg-type]


def test_the_class_of_what_is_not_known_stands_in_the_legend_only_if_there_is_any(found: Portrait) -> None:
    assert bands_of("quintile", found) == FIFTHS
    gap = replace(found, iris=found.iris.assign(quintile=found.iris["quintile"].mask(found.iris["rank"] == 3)))
    assert [band.code for band in bands_of("quintile", gap)][-1] == "not_measured"
    assert bands_of("children", found) == ()


def _pages(city: City, found: Portrait) -> Iterator[str]:
    for shown in SHOWN:
        chart: folium.Map = bare_map(city)
        add_areas(chart, city, found, shown=shown, lang="fr")
        add_quarters(chart, city)
        add_labels(chart, city, found, shown=shown, lang="fr")
        yield chart.get_root().render()


def test_each_area_is_drawn_and_labelled_and_names_are_only_text(city: City, found: Portrait) -> None:
    named = found.iris.assign(name=found.iris["name"].replace("La Gare", "<b>`${1}"))
    fifths, circles, shares = _pages(city, replace(found, iris=named))
    for page in (fifths, circles, shares):
        assert page.count("area-label") == 12
        plain = page.replace(r"\u0026", "&").replace(r"\u003c", "<").replace(r"\u003e", ">")
        assert "<b>`" not in plain
        assert "&lt;b&gt;&#96;" in plain
    assert set(re.findall(r"band-fifth_\d", fifths)) == {f"band-fifth_{rank}" for rank in range(1, 6)}
    assert circles.count("L.circleMarker(") == 12
    assert shares.count("L.circleMarker(") == fifths.count("L.circleMarker(") == 0


def test_a_city_without_shapes_of_areas_or_quarters_is_a_bare_map(toy: City) -> None:
    for page in _pages(toy, portrait(toy)):
        assert "area-label" not in page
