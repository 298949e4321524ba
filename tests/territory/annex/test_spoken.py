"""Numbers of a street said in a phrase: what they mean, and what is not read because it could mean two things."""

from __future__ import annotations

import pytest

from geo.territory.annex.spoken import part_street, read_numbers

WHOLE = (0, "", 9999, "", "PI")


@pytest.mark.parametrize(
    ("phrase", "spans"),
    [
        ("côté pair du 2 au 38 et impair du 1 au 41", [(2, "", 38, "", "P"), (1, "", 41, "", "I")]),
        ("du 1 au 41 (impairs) et du 2 au 38 (pairs)", [(1, "", 41, "", "I"), (2, "", 38, "", "P")]),
        ("Pairs 2-38 / Impairs 1-41", [(2, "", 38, "", "P"), (1, "", 41, "", "I")]),
        ("n°1 à 33 bis", [(1, "", 33, "BIS", "PI")]),
        ("1 A 33", [(1, "", 33, "", "PI")]),
        ("1A à 5B", [(1, "A", 5, "B", "PI")]),
        ("du n° 2 au n° 38 inclus", [(2, "", 38, "", "PI")]),
        ("entre le 2 et le 38", [(2, "", 38, "", "PI")]),
        ("2, 4 et 6 bis", [(2, "", 2, "", "PI"), (4, "", 4, "", "PI"), (6, "BIS", 6, "BIS", "PI")]),
        ("A PARTIR DU 12", [(12, "", 9999, "", "PI")]),
        ("du 12 à la fin", [(12, "", 9999, "", "PI")]),
        ("12 et au-delà", [(12, "", 9999, "", "PI")]),
        ("à partir du 12 jusqu’au 40", [(12, "", 40, "", "PI")]),
        ("jusqu’au n° 24", [(1, "", 24, "", "PI")]),
        ("les numéros impairs", [(0, "", 9999, "", "I")]),
        ("pairs à partir du 12", [(12, "", 9999, "", "P")]),
        ("pairs et impairs du 1 au 20", [(1, "", 20, "", "PI")]),
        ("impairs, pairs du 2 au 20", [(0, "", 9999, "", "I"), (2, "", 20, "", "P")]),
        ("les deux côtés", [WHOLE]),
        ("en totalité", [WHOLE]),
        ("(incluse)", [WHOLE]),
    ],
)
def test_a_phrase_gives_its_numbers_and_their_side(phrase: str, spans: list[tuple[object, ...]]) -> None:
    assert read_numbers(phrase) == tuple(spans)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "côté gare",
        "sauf le 12",
        "1/33",
        "impairs du 2 au 38",
        "pair du 2 au 38, du 1 au 41 impair",
        "du 1 au 9 impairs et du 11 au 20",
        "du 12",
        "de la rue A à la rue B",
    ],
)
def test_what_could_mean_two_things_is_not_read(phrase: str) -> None:
    assert read_numbers(phrase) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Rue Simone Abbat ( impair du N°1 au N° 33)", ("Rue Simone Abbat", "impair du N°1 au N° 33")),
        ("AVENUE JEAN JAURES - côté impair", ("AVENUE JEAN JAURES", "côté impair")),
        ("Pasteur (rue) n° 1 à 33", ("Pasteur (rue)", "n° 1 à 33")),
        ("rue du 19 mars 1962 du 1 au 15", ("rue du 19 mars 1962", "du 1 au 15")),
        ("rue du 8 mai 1945", ("rue du 8 mai 1945", "")),
        ("PASTEUR (RUE)", ("PASTEUR (RUE)", "")),
        ("rue des Pairs", ("rue des Pairs", "")),
        ("RUE DE LA COTE", ("RUE DE LA COTE", "")),
        ("chemin vicinal n° 9", ("chemin vicinal n° 9", "")),
        ("Chemin vicinal N°9 du 1 au 7", ("Chemin vicinal N°9", "du 1 au 7")),
        ("Rue Foch (prolongée)", ("Rue Foch (prolongée)", "")),
    ],
)
def test_a_street_is_parted_from_its_numbers_and_not_from_its_name(text: str, parts: tuple[str, str]) -> None:
    assert part_street(text) == parts


@pytest.mark.parametrize(
    "text", ["rue Foch sauf les n° 12 à 14", "rue A (de la rue B à la rue C)", "rue A côté gare", "rue A (exclue)"]
)
def test_a_street_whose_numbers_cannot_be_read_is_not_taken_whole(text: str) -> None:
    assert part_street(text) is None
