"""Names are understood when they can mean one thing only, and every guess says how it was made."""

from __future__ import annotations

import pytest

from geo.sources.names import match_names, plain

FULL = {
    "aubigne": "Ecole Maternelle Agrippa d'AUBIGNE",
    "callas": "Ecole Maternelle M. CALLAS",
    "frank": "Ecole Primaire DICKENS-FRANK (mater)",
    "joyce": "Ecole Maternelle James JOYCE",
    "woolf": "Ecole Maternelle Virginia WOOLF",
    "king": "Ecole Maternelle Martin LUTHER KING",
    "jean1": "Ecole Maternelle Jean MOULIN",
    "jean2": "Ecole Maternelle Jean COCTEAU",
}
SHORT = {
    "callas": "CALLAS",
    "frank": "FRANK",
    "joyce": "JOYCE",
    "woolf": "WOOLF",
    "jean1": "MOULIN",
    "jean2": "COCTEAU",
}


@pytest.mark.parametrize(
    ("name", "ids", "how"),
    [
        ("Agrippa d'Aubigné", ("aubigne",), "equal"),
        ("Franck/Dickens", ("frank",), "spelling"),
        ("Luther King", ("king",), "part"),
        ("Maria Callas", ("callas",), "short"),
        ("Woolf - Joyce", ("woolf", "joyce"), "parts"),
        ("Jean", (), "none"),
        ("Woolf - Nobody", (), "none"),
        ("Ecole maternelle", (), "none"),
        ("", (), "none"),
    ],
)
def test_a_name_means_one_school_or_none(name: str, ids: tuple[str, ...], how: str) -> None:
    (match,) = match_names([name], FULL, SHORT)
    assert (match.ids, match.how) == (ids, how)


def test_a_street_is_known_whatever_its_accents_and_blanks() -> None:
    assert plain("Rue de l'Abbé de l'Epée   ") == plain("RUE DE L ABBE DE L'EPÉE")
