"""The index card at the door: read if it is there, and said in words if it is spoilt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.council.words import LANGS, fault_text
from geo.model.index_card import IndexCard, IndexVariable
from geo.sources.cards import CARD
from geo.sources.checks import check_city
from geo.sources.cities import open_city

_NAMES = ("median_income_eur", "unemployed_share")


def _card() -> IndexCard:
    variables = [IndexVariable(name=name, mean=1.0, deviation=0.5, loading=0.7, correlation=0.9) for name in _NAMES]
    return IndexCard(
        reference="Ailleurs", areas=300, variables=tuple(variables), explained_share=0.8, limits=(-1.0, 0.0, 1.0, 2.0)
    )


def _write(folder: Path, content: bytes) -> None:
    path = folder / CARD.format(city="hameau")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_city_without_a_card_has_none(hamlet: Path) -> None:
    assert open_city(hamlet, "hameau").card is None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_card_comes_with_the_city_and_counts_for_its_key(hamlet: Path, mark: bytes) -> None:
    before = open_city(hamlet, "hameau")
    _write(hamlet, mark + _card().model_dump_json().encode())
    after = open_city(hamlet, "hameau")
    assert after.card == _card()
    assert after.key != before.key


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (b"{", ""),
        (b"  ", ""),
        (b"\xff\xfe\x00", ""),
        (json.dumps({"reference": "x"}).encode(), "areas"),
        (_card().model_dump_json().replace("0.5", "-1").encode(), "variables.0.deviation"),
        (_card().model_dump_json().replace("unemployed_share", "iris").encode(), "iris"),
    ],
)
def test_a_spoilt_card_is_one_fault_in_both_languages(hamlet: Path, content: bytes, column: str) -> None:
    _write(hamlet, content)
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.file, fault.column) == ("census/hameau/index_card.json", column)
    assert fault.rule in {"bad-card", "empty-file"}
    for lang in LANGS:
        assert "index_card.json" in fault_text(fault, lang)
