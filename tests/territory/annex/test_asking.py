"""An address as a person writes it, and the rows that decide."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.territory.annex.asking import ask, parse_address

STREETS = pd.DataFrame(
    {"street_id": ["P", "L", "M"], "street_name": ["rue Louis-Pasteur", "rue des Lilas", "rue du 8 Mai 1945"]}
)
COLUMNS = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity", "school_id", "priority"]
LIST = pd.DataFrame(
    [("P", 1, "", 33, "", "I", "a", 1), ("P", 35, "", 9999, "", "I", "b", 1), ("L", 1, "", 9999, "", "PI", "a", 1)],
    columns=COLUMNS,
    index=[12, 13, 20],
).assign(level="nursery")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("12 rue Pasteur", (12, "", "rue Pasteur")),
        ("12bis rue Pasteur", (12, "BIS", "rue Pasteur")),
        ("12 B, rue Pasteur", (12, "B", "rue Pasteur")),
        ("rue Pasteur, 12 ter", (12, "TER", "rue Pasteur")),
        ("3 rue du 8 Mai 1945", (3, "", "rue du 8 Mai 1945")),
        ("rue du 8 Mai 1945", (0, "", "rue du 8 Mai 1945")),
        ("n° 7 place Verte", (7, "", "place Verte")),
    ],
)
def test_an_address_is_parted_into_number_repetition_and_street(text: str, parsed: tuple[int, str, str]) -> None:
    assert parse_address(text) == parsed


@pytest.mark.parametrize(
    ("text", "schools", "rows"),
    [
        ("33 bis R LOUIS PASTEUR", ("a",), (12,)),
        ("4711 rue Louis Pasteur", ("b",), (13,)),
        ("4 rue Louis Pasteur", (), ()),
        ("rue des Lilas", ("a",), (20,)),
    ],
)
def test_the_answer_names_the_schools_and_the_rows_that_decide(
    text: str, schools: tuple[str, ...], rows: tuple[int, ...]
) -> None:
    (answer,) = ask(text, STREETS, LIST, level="nursery").answers
    assert (answer.schools, answer.rows) == (schools, rows)


def test_a_street_that_is_not_known_gets_guesses_and_no_school() -> None:
    asked = ask("3 rue du Lilas", STREETS, LIST, level="nursery")
    assert asked.answers == ()
    assert asked.guesses[0][0] == "rue des Lilas"
