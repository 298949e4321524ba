"""The printed street list: said as a council says it, and read back without loss."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.council.street_list_reading import read_annex, read_articles, read_span
from geo.council.street_list_text import annex_lines, article_lines, articles, labels, span_text
from geo.errors import AnnexError
from geo.model.levels import Level
from geo.territory.annex.changes import apply_changes, changes_between
from geo.territory.annex.shortest import numberless_streets, shortest_list

LEVEL = Level.ELEMENTARY
STREETS = {
    "R": "rue Pasteur",
    "S": "rue Pasteur, prolongée",
    "T": "impasse du Lilas : fond",
    "U": "rue X",
    "V": "rue X",
}
NAMES = {"a": "École Pasteur", "b": "École « Bleue »", "c": "École X", "d": "École X"}
SPAN = ["number_from", "suffix_from", "number_to", "suffix_to", "parity", "suffix_out"]


def _row(*values: object) -> dict[str, object]:
    return dict(zip(SPAN, (*values, "")[:6], strict=True))


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ((1, "", 9999, "", "PI"), "en totalité"),
        ((1, "", 9999, "", "I"), "côté impair"),
        ((2, "", 9999, "", "P"), "côté pair"),
        ((1, "", 33, "bis", "I"), "côté impair, du n° 1 au n° 33 bis"),
        ((2, "", 18, "", "P"), "côté pair, du n° 2 au n° 18"),
        ((11, "", 9999, "", "PI"), "à partir du n° 11"),
        ((33, "bis", 9999, "", "I"), "côté impair, à partir du n° 33 bis"),
        ((7, "", 7, "", "I"), "côté impair, n° 7"),
        ((1, "", 20, "", "PI"), "du n° 1 au n° 20"),
        ((0, "", 0, "", "P"), "adresses sans numéro"),
        ((0, "", 18, "", "P"), "adresses sans numéro et côté pair, du n° 2 au n° 18"),
        ((0, "", 9999, "", "P"), "adresses sans numéro et côté pair"),
        ((0, "", 20, "", "PI"), "adresses sans numéro et du n° 1 au n° 20"),
        ((1, "", 15, "", "I", "A"), "côté impair, du n° 1 au n° 15 (n° 15 A et répétitions suivantes exclus)"),
    ],
)
def test_numbers_are_said_as_a_council_says_them_and_read_back(row: tuple[object, ...], text: str) -> None:
    told = _row(*row)
    assert span_text(told, "fr") == text
    assert dict(zip(SPAN, read_span(text), strict=True)) == told


def test_an_article_names_the_schools_the_streets_and_who_is_concerned() -> None:
    changes = pd.DataFrame(
        [
            ("R", "rue Pasteur", 2, "", 18, "", "P", "", ("a",), ("b",), 9, 4.2),
            ("T", "impasse du Lilas", 1, "", 9999, "", "PI", "", ("a",), ("b",), 1, 0.4),
        ],
        columns=["street_id", "street_name", *SPAN, "before", "after", "addresses", "children"],
    )
    streets = {"R": "rue Pasteur", "T": "impasse du Lilas"}
    assert list(article_lines(articles(changes, streets, {"a": "École A", "b": "École B"}, lang="fr"), "fr")) == [
        "Article 1. – Sont transférés de « École A » à « École B » :",
        "- rue Pasteur, côté pair, du n° 2 au n° 18 ;",
        "- impasse du Lilas, en totalité.",
        "Adresses concernées : 10. Enfants de ces âges qui y vivent (estimation) : moins de 5.",
        "",
    ]


def test_two_streets_or_schools_of_one_name_are_told_apart_by_their_codes() -> None:
    assert labels({"U": "rue X", "V": "rue X", "R": "rue Y"}) == {"U": "rue X (U)", "V": "rue X (V)", "R": "rue Y"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["- rue Pasteur, côté pair ;"], "before its items"),
        (["Article 1. – Sont transférés de « École Pasteur » à « Ailleurs » :"], "schools of the city"),
        (["Article 1. – Sont rattachés à « École Pasteur » :", "- rue Y, côté pair."], "a street of the city"),
        (["Article 1. – Sont rattachés à « École Pasteur » :", "- rue Pasteur, côté gauche."], "expected numbers"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(lines: list[str], expected: str) -> None:
    with pytest.raises(AnnexError, match=expected):
        read_articles(lines, STREETS, NAMES)


SCHOOLS = st.sampled_from([("a",), ("b",), ("c",), ("a", "d"), ("d", "a")])
HOMES = st.dictionaries(
    st.tuples(
        st.sampled_from(list(STREETS)), st.sampled_from([0, 1, 2, 3, 4, 15, 16]), st.sampled_from(["", "bis", "A"])
    ),
    st.tuples(SCHOOLS, SCHOOLS),
    min_size=1,
    max_size=14,
)


@given(HOMES)
@settings(max_examples=15, deadline=None)
def test_the_printed_lists_and_the_printed_difference_are_read_back_row_by_row(
    homes: dict[tuple[str, int, str], tuple[tuple[str, ...], tuple[str, ...]]],
) -> None:
    keys = [key for key in homes if key[1] or not key[2]] or [("R", 1, "")]
    addresses = pd.DataFrame(keys, columns=["street_id", "number", "suffix"])
    addresses = addresses.assign(street_name=addresses["street_id"].map(STREETS))
    old, new = (
        shortest_list(
            addresses, pd.Series([homes.get(key, (("a",), ("b",)))[place] for key in keys], dtype=object), LEVEL
        ).rows
        for place in (0, 1)
    )
    numberless = numberless_streets(addresses)
    pd.testing.assert_frame_equal(
        read_annex(annex_lines(new, STREETS, NAMES, lang="fr"), STREETS, NAMES, level=LEVEL), new
    )
    changes = changes_between(old, new, numberless=numberless)
    read = read_articles(article_lines(articles(changes, STREETS, NAMES, lang="fr"), "fr"), STREETS, NAMES)
    pd.testing.assert_frame_equal(apply_changes(old, read, LEVEL, numberless=numberless), new)
