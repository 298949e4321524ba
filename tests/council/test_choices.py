"""Choices in words: every range is that of the model."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from geo.council.choices import choice_range, choice_reason
from geo.council.words import LANGS, catalogue
from geo.model.assumptions import Assumptions
from geo.model.projection import ProjectionChoices


@pytest.mark.parametrize(
    "field", ["housing_yield", "slip_years", "births_change_share", "interval_share", "halved_cap"]
)
def test_the_range_in_words_is_the_range_that_the_model_accepts(field: str) -> None:
    low, high = choice_range(ProjectionChoices, field)
    for value in (low, high):
        ProjectionChoices(**{field: value})  # type: ignore[arg-type]
    for value in (low - 1, high + 1):
        with pytest.raises(ValidationError):
            ProjectionChoices(**{field: value})  # type: ignore[arg-type]


def test_the_range_of_a_number_that_may_be_absent_and_of_one_of_many_is_found() -> None:
    assert choice_range(Assumptions, "attendance_share_nursery") == (0, 1)
    assert choice_range(ProjectionChoices, "caps") == (5, 50)
    with pytest.raises(LookupError, match="mixing"):
        choice_range(ProjectionChoices, "mixing")


def test_a_choice_is_told_with_its_reason_its_range_its_unit_and_its_start() -> None:
    text = choice_reason("halved_cap", "fr", within=(5, 30), start=12).replace("\u00a0", " ")
    assert text.endswith("De 5 élèves à 30 élèves. Valeur de départ : 12 élèves.")
    shares = choice_reason("interval_share", "en", within=(0.5, 0.98), start=0.8)
    assert shares.endswith("From 50% to 98%. Starting value: 80%.")
    assert "Starting" not in choice_reason("attendance_share", "en", within=(0, 1), start=None)


def test_every_reason_has_the_name_of_its_choice() -> None:
    reasons = {key.rpartition(".")[2] for key in catalogue() if key.startswith("projection.reason.")}
    assert "housing_yield" in reasons
    for name in reasons:
        assert f"projection.choice.{name}" in catalogue()
        assert len({choice_reason(name, lang) for lang in LANGS}) == len(LANGS)
