"""Rows of a street list in words, and what an audit found."""

from __future__ import annotations

import pandas as pd

from geo.council.listing import finding_table, list_table, with_names
from geo.territory.annex.findings import Finding

NAMES = {"0341415D": "École A", "0341416E": "École B"}


def row(first: int, last: int, parity: str, **more: object) -> dict[str, object]:
    return {"number_from": first, "suffix_from": "", "number_to": last, "suffix_to": "", "parity": parity, **more}


def rows() -> pd.DataFrame:
    own = {"level": "nursery", "street_id": "1", "street_name": "rue Pasteur", "priority": 1}
    return pd.DataFrame(
        [
            own | row(1, 33, "I", suffix_to="BIS", school_id="0341415D"),
            own | row(35, 9999, "I", school_id="0341416E"),
            own | row(2, 9999, "P", school_id="0341416E"),
        ]
    )


def test_a_list_has_the_names_of_its_schools() -> None:
    table = list_table(rows(), NAMES, lang="en")
    assert table["school"].tolist() == ["École A", "École B", "École B"]
    assert table["span"].iloc[0] == "odd side, from no. 1 to no. 33 BIS"


def test_what_blocks_a_vote_stands_first_and_schools_have_their_names() -> None:
    drawn = {"school": "0341415D", "drawn": "0341416E / other"}
    found = [
        Finding("polygon-disagrees", "rue A", (4,), 2, drawn),
        Finding("street-unlisted", "rue B", (), 5),
    ]
    table = finding_table(with_names(found, NAMES), (), "fr")
    assert table["street"].tolist() == ["rue B", "rue A"]
    assert table["blocks"].tolist() == ["oui", "non"]
    assert "École A" in table["text"].iloc[1]
    assert "École B / other" in table["text"].iloc[1]
    assert table["lines"].iloc[1] == "ligne 4"
