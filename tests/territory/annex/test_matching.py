"""Streets of a list found in an address base: what is accepted, what is only guessed, what is never merged."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.territory.annex.binding import STREET
from geo.territory.annex.choices import CHOICES
from geo.territory.annex.matching import StreetMatch, match_streets
from geo.territory.annex.naming import understand


def _streets(*names: str, insee: str = "", place: str = "") -> pd.DataFrame:
    rows = [(insee, place, f"id {name}", name) for name in names]
    return pd.DataFrame(rows, columns=list(STREET))


def _match(asked: list[str], base: list[str], *, agrees: bool = True) -> list[StreetMatch]:
    listed = _streets(*asked).assign(street_id="")
    return match_streets(listed, _streets(*base), agrees=lambda *_: agrees, by_hand={}, choices=CHOICES)


def _one(asked: str, *base: str, agrees: bool = True) -> StreetMatch:
    (match,) = _match([asked], list(base), agrees=agrees)
    return match


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ("AV DE L EUROPE", "Avenue de l'Europe"),
        ("BD DU GAL LECLERC", "Boulevard du Général-Leclerc"),
        ("R ST MARC", "rue Saint-Marc"),
        ("ALL STE BEUVE", "Allée Sainte-Beuve"),
        ("RTE DE LODEVE", "Route de Lodève"),
        ("RUE DU DR ROUX", "rue du Docteur Roux"),
        ("RUE DU HUIT MAI 1945", "Rue du 8 Mai 1945"),
        ("Blier (Rue Bernard)", "Rue Bernard Blier"),
        ("PASTEUR, RUE LOUIS", "rue Louis Pasteur"),
        ("LIEU DIT LES CINQ CHEMINS", "Les 5 Chemins"),
        ("Rue de l'Œuvre", "rue de l'oeuvre"),
    ],
)
def test_abbreviations_numerals_and_turned_names_are_written_out(listed: str, meant: str) -> None:
    match = _one(listed, meant, "rue de la Paix")
    assert match.street_ids == (f"id {meant}",)
    assert match.how == ("equal" if understand(listed).plain == understand(meant).plain else "written-out")


@pytest.mark.parametrize(
    ("listed", "meant", "how"),
    [
        ("RUE BRETAGNE", "rue de Bretagne", "particles"),
        ("rue Pasteur Louis", "rue Louis Pasteur", "order"),
        ("rue J. Jaurès", "rue Jean Jaurès", "initials"),
        ("rue Plessisbouchet", "rue du Plessis-Bouchet", "joined"),
        ("rue François Mitterand", "rue François Mitterrand", "letter"),
    ],
)
def test_a_like_name_is_accepted_only_if_the_numbers_agree(listed: str, meant: str, how: str) -> None:
    assert _one(listed, meant) == StreetMatch((f"id {meant}",), how)
    refused = _one(listed, meant, agrees=False)
    assert refused.street_ids == ()
    assert dict(refused.guesses)[meant] > CHOICES.guess_score


@pytest.mark.parametrize(
    ("listed", "base"),
    [
        ("rue des Lilas", "rue du Lilas"),
        ("rue des Lilas", "allée des Lilas"),
        ("rue du Tour", "rue de la Tour"),
        ("rue Jean Martin", "rue Jean Marin"),
        ("rue du Moulin", "rue des Moulins"),
        ("rue de l'Abbé", "rue de l'Abbé-Grégoire"),
        ("rue Saint-Marc", "rue Neuve-Saint-Marc"),
        ("rue du 8 mai 1945", "rue du 11 novembre 1918"),
        ("rue Pasteur", "rue Louis Pasteur"),
    ],
)
def test_near_twins_are_never_merged_even_where_one_is_missing(listed: str, base: str) -> None:
    assert _one(listed, base).street_ids == ()
    assert _one(base, listed).street_ids == ()


def test_a_like_name_is_refused_where_another_street_could_be_meant() -> None:
    assert _one("rue d'Aubrac", "rue de l'Aubrac").how == "particles"
    assert _one("rue Aubrac", "rue d'Aubrac", "rue de l'Aubrac").street_ids == ()
    both = _match(["rue d'Aubrac", "rue Aubrac"], ["rue d'Aubrac"])
    assert [match.how for match in both] == ["equal", "none"]


def test_unmatched_streets_come_with_their_best_guesses_and_scores_in_order() -> None:
    match = _one("rue des Acacia", "rue des Acacias", "rue des Arcades", "place du Marché")
    assert [name for name, _ in match.guesses] == ["rue des Acacias", "rue des Arcades"]
    scores = [score for _, score in match.guesses]
    assert scores == sorted(scores, reverse=True)


def test_streets_are_sought_in_their_commune_only() -> None:
    listed = _streets("rue de Paris", insee="35360").assign(street_id="")
    base = pd.concat([_streets("rue de Paris", insee="35238"), _streets("rue Neuve", insee="35360")])
    (match,) = match_streets(listed, base, agrees=lambda *_: True, by_hand={}, choices=CHOICES)
    assert match.street_ids == ()


def test_twins_of_one_name_are_told_apart_by_their_place_and_else_all_meant() -> None:
    base = pd.DataFrame(
        [("1", "Lanhélin", "a", "rue de l'Église"), ("1", "Tressé", "b", "rue de l'Église")], columns=list(STREET)
    )
    for place, meant in (("LANHELIN", ("a",)), ("TRESSE", ("b",)), ("", ("a", "b"))):
        listed = pd.DataFrame([("1", place, "", "RUE DE L EGLISE")], columns=list(STREET))
        (match,) = match_streets(listed, base, agrees=lambda *_: True, by_hand={}, choices=CHOICES)
        assert match.street_ids == meant


def test_a_match_made_by_hand_counts() -> None:
    listed = _streets("rue du Lilas").assign(street_id="")
    by_hand = {"RUE DU LILAS": "rue des Lilas"}
    (match,) = match_streets(
        listed, _streets("rue des Lilas"), agrees=lambda *_: False, by_hand=by_hand, choices=CHOICES
    )
    assert (match.street_ids, match.how) == (("id rue des Lilas",), "hand")


def test_codes_count_only_where_most_of_them_name_the_same_streets() -> None:
    listed = pd.DataFrame([("", "", "1", "rue A"), ("", "", "2", "rue B")], columns=list(STREET))
    base = pd.DataFrame([("", "", "1", "rue B"), ("", "", "2", "rue A")], columns=list(STREET))
    matches = match_streets(listed, base, agrees=lambda *_: True, by_hand={}, choices=CHOICES)
    assert [(match.street_ids, match.how) for match in matches] == [(("2",), "equal"), (("1",), "equal")]


def test_a_name_is_understood_in_its_parts() -> None:
    name = understand("BD DES FRERES-LUMIERE")
    assert (name.kind, name.words, name.gender) == ("boulevard", ("freres", "lumiere"), "p")
