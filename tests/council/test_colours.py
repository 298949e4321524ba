"""Colours that survive colour blindness and a black-and-white print."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
import shapely

from geo.council.colours import (
    BANDS,
    UNKNOWN,
    band_of,
    occupancy_text,
    school_colours,
    school_palette,
)
from geo.council.words import LANGS

Matrix = npt.NDArray[np.float64]

# Complete loss of one kind of cone, on linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
SIGHTS: dict[str, Matrix] = {
    "common": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to CIE XYZ, white D65.
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def lab(colour: str, sight: Matrix) -> Matrix:
    """Place a colour in CIE Lab as it is seen."""
    rgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    share = TO_XYZ @ np.clip(sight @ linear, 0, 1) / WHITE
    f = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least_distance(colours: tuple[str, ...], sight: Matrix) -> float:
    seen = [lab(colour, sight) for colour in colours]
    return min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))


@pytest.mark.parametrize("sight", sorted(SIGHTS))
def test_bands_stay_apart_for_every_kind_of_sight(sight: str) -> None:
    assert least_distance(tuple(band.fill for band in BANDS), SIGHTS[sight]) > 17


@pytest.mark.parametrize("sight", sorted(SIGHTS))
def test_fills_of_schools_stay_apart_for_every_kind_of_sight(sight: str) -> None:
    assert least_distance(school_palette(8), SIGHTS[sight]) > 14


def test_the_simulation_finds_red_and_green_alike() -> None:
    # the measure itself: two colours that are known to be confused
    assert least_distance(("#B58B00", "#7FA000"), SIGHTS["deutan"]) < 14
    assert least_distance(("#B58B00", "#7FA000"), SIGHTS["common"]) > 30


def test_a_fuller_band_is_darker_on_a_black_and_white_print() -> None:
    lightness = [lab(band.fill, SIGHTS["common"])[0] for band in BANDS]
    assert all(light - dark > 10 for light, dark in pairwise(lightness))


def test_overfull_and_unknown_have_hatches_of_their_own() -> None:
    hatched = [band for band in (*BANDS, UNKNOWN) if band.hatch]
    assert [band.code for band in hatched] == ["over", "unknown"]
    assert hatched[0].hatch != hatched[1].hatch


def test_text_on_a_band_can_be_read() -> None:
    for band in BANDS:
        light, dark = sorted((luminance(band.fill), luminance(band.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, band.code


def luminance(colour: str) -> float:
    rgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize(
    ("share", "code"),
    [
        (0.0, "under"),
        (0.6499, "under"),
        (0.65, "roomy"),
        (0.85, "filled"),
        (0.95, "full"),
        (1.0, "full"),
        (1.0 + 1e-12, "full"),
        (1.001, "over"),
        (7.0, "over"),
        (math.inf, "over"),
        (math.nan, "unknown"),
    ],
)
def test_an_occupancy_falls_into_its_band(share: float, code: str) -> None:
    assert band_of(share).code == code


def test_a_percentage_never_stands_on_the_wrong_side_of_a_limit() -> None:
    assert occupancy_text(1.034, "fr") == "103\u00a0%"
    assert occupancy_text(1.003, "fr") == "100,3\u00a0%"
    assert occupancy_text(0.6496, "en") == "64.96%"
    assert occupancy_text(1.0, "fr") == "100\u00a0%"
    assert occupancy_text(0.9495, "fr") == "95\u00a0%"
    assert occupancy_text(math.nan, "fr") == "non connu"


def test_each_band_has_its_name_and_limits_in_both_languages() -> None:
    for band in (*BANDS, UNKNOWN):
        assert len({band.name(lang) for lang in LANGS}) == 2
    assert BANDS[1].limits("fr") == "65\u00a0% à 85\u00a0%"
    assert BANDS[0].limits("en") == "under 65%"
    assert BANDS[-1].limits("en") == "over 100%"


def chessboard(side: int) -> gpd.GeoDataFrame:
    cells = [(row, column) for row in range(side) for column in range(side)]
    return gpd.GeoDataFrame(
        {"schools": [(f"{row}-{column}",) for row, column in cells]},
        geometry=[shapely.box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for y, x in cells],
        crs="EPSG:2154",
    )


def test_sectors_that_touch_have_different_fills() -> None:
    sectors = chessboard(7)
    colours = school_colours(sectors)
    assert len(colours) == 49
    for one, other in combinations(sectors.itertuples(), 2):
        if one.geometry.touches(other.geometry):
            assert colours[one.schools[0]] != colours[other.schools[0]]


def test_a_chessboard_needs_few_fills() -> None:
    assert len(set(school_colours(chessboard(7)).values())) <= 5


def test_schools_of_a_shared_sector_have_different_fills() -> None:
    shared = gpd.GeoDataFrame({"schools": [("a", "b")]}, geometry=[shapely.box(0, 0, 10, 10)], crs="EPSG:2154")
    colours = school_colours(shared)
    assert colours["a"] != colours["b"]


def test_the_order_of_sectors_does_not_change_their_fills() -> None:
    sectors = chessboard(5)
    assert school_colours(sectors.iloc[::-1]) == school_colours(sectors)
