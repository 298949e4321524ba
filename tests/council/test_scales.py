"""Classes of pupils and rooms to come: limits, words and signs."""

from __future__ import annotations

import math

import pytest

from geo.council.colours import UNKNOWN
from geo.council.scales import MEASURES, SIGNS, class_of, classes_of, measure_text, signed_text
from geo.council.words import LANGS


@pytest.mark.parametrize(
    ("measure", "value", "code"),
    [
        ("pupils", 1.0, "full"),
        ("pupils", 1.001, "over"),
        ("occupancy_share", 0.64, "under"),
        ("rooms_balance", -3.0, "rooms_spare"),
        ("rooms_balance", 0.0, "rooms_just"),
        ("rooms_balance", 1.0, "rooms_one"),
        ("rooms_balance", 2.0, "rooms_many"),
        ("overflow_probability", 0.075, "risk_none"),
        ("overflow_probability", 0.1, "risk_low"),
        ("short_probability", 0.5, "risk_even"),
        ("short_probability", 1.0, "risk_sure"),
    ],
)
def test_a_limit_opens_the_class_above_it(measure: str, value: float, code: str) -> None:
    assert class_of(measure, value).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", MEASURES)
def test_classes_follow_one_another_without_a_gap_and_what_is_not_known_has_its_own(measure: str) -> None:
    bands = classes_of(measure)  # type: ignore[arg-type]
    assert [band.low for band in bands[1:]] == [band.high for band in bands[:-1]]
    assert class_of(measure, math.nan) is UNKNOWN  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_classes_that_matter_most_are_seen_without_a_colour(measure: str) -> None:
    bands = classes_of(measure)  # type: ignore[arg-type]
    assert SIGNS[bands[-1].code] == "▲"
    signs = [SIGNS.get(band.code, "") for band in bands]
    assert signs[-2] != signs[-1] != ""
    names = {band.name(lang) for band in bands for lang in LANGS}
    assert len(names) == len(bands) * len(LANGS)


def test_figures_are_written_the_way_of_their_measure() -> None:
    assert measure_text("pupils", 362.06, "fr") == "362"
    assert measure_text("occupancy_share", 1.003, "en") == "100.3%"
    assert [measure_text("rooms_balance", value, "fr") for value in (2, 0, -1, -3)] == [
        "manque 2",
        "juste",
        "1 libre",
        "3 libres",
    ]
    assert measure_text("overflow_probability", 0.475, "fr") == "48\u00a0%"
    assert measure_text("rooms_balance", math.nan, "fr") == "non connu"
    assert signed_text("104 %", "over") == "▲\u202f104 %"
    assert signed_text("80 %", "roomy") == "80 %"
