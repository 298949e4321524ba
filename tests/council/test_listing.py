"""Rows of a street list in words, articles, files that are read back, what an audit found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.council.listing import articles, finding_table, list_table, national_csv, own_csv, span_text, with_names
from geo.sources.street_lists import read_street_list
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


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (row(1, 9999, "PI"), "toute la voie"),
        (row(0, 9999, "PI"), "adresses sans numéro et toute la voie"),
        (row(0, 0, "PI"), "adresses sans numéro"),
        (row(2, 9999, "P"), "côté pair, en entier"),
        (row(1, 9999, "I", suffix_from="BIS"), "côté impair, à partir du n° 1 bis"),
        (row(3, 33, "I", suffix_to="BIS"), "côté impair, du n° 3 au n° 33 bis"),
        (row(3, 33, "I", suffix_out="TER"), "côté impair, du n° 3 au n° 33 (sans le 33 ter)"),
        (row(7, 7, "I"), "n° 7"),
        (row(7, 12, "PI"), "du n° 7 au n° 12"),
    ],
)
def test_numbers_are_said_in_words(one: dict[str, object], words: str) -> None:
    assert span_text(one, "fr") == words


def test_a_list_has_the_names_of_its_schools() -> None:
    table = list_table(rows(), NAMES, lang="en")
    assert table["school"].tolist() == ["École A", "École B", "École B"]
    assert table["span"].iloc[0] == "odd side, numbers 1 to 33 bis"


@pytest.mark.parametrize("national", [False, True])
def test_both_files_are_read_back_as_the_same_rows(tmp_path: Path, *, national: bool) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(national_csv(rows(), insee="34172") if national else own_csv(rows()))
    read = read_street_list(path)
    assert (read.columns, read.refused) == ("national" if national else "cartable", ())
    names = ["street_name", "number_from", "suffix_from", "suffix_to", "parity", "school_id"]
    assert read.rows[names].to_numpy().tolist() == rows()[names].to_numpy().tolist()
    assert [min(last, 9998) for last in read.rows["number_to"]] == [33, 9998, 9998]


def test_one_article_a_pair_of_schools_with_its_children() -> None:
    changes = rows().assign(
        before=pd.Series([("0341416E",), ("0341415D",), ("0341416E",)], dtype=object),
        after=pd.Series([("0341415D",), ("0341416E",), ("0341415D",)], dtype=object),
        addresses=[2, 3, 4],
        children=[1.2, 0.5, 2.0],
    )
    one, other = articles(changes, NAMES, lang="fr")
    assert one.heading == "Sont transférés de « École B » à « École A » (3 enfants, 6 adresses)"
    assert one.items == ("rue Pasteur, côté impair, du n° 1 au n° 33 bis", "rue Pasteur, côté pair, en entier")
    assert other.heading.startswith("Sont transférés de « École A » à « École B »")


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
