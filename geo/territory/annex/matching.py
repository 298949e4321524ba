"""Streets of a list found in an address base: accepted where type, name and numbers agree, else listed with guesses.

Near twins (rue des Lilas, rue du Lilas, allée des Lilas) are never merged: a name that is not equal is accepted only if
the base has one such street, no other name of the list means it, and the numbers agree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from geo.territory.annex.choices import AuditChoices
from geo.territory.annex.naming import StreetName, genders_agree, understand

_BLOCK: Final = 256

Agrees = Callable[[int, str], bool]


@dataclass(frozen=True)
class StreetMatch:
    """What a street of the list was taken for.

    Attributes
    ----------
    street_ids
        Streets of the base; several if twins of one name cannot be told apart by the list, none without match.
    how
        ``code``, ``hand``, ``equal``, ``written-out`` (abbreviations, numerals), ``particles``, ``order``,
        ``initials``, ``joined``, ``letter`` (one letter), ``none``.
    guesses
        For a street without match: names of the base that are most like it, each with its likeness [0-100].
    code_differs
        Whether the code in the list stands for a street of another name in the base: the name counts, if the base has
        it, since that is what the council votes.
    """

    street_ids: tuple[str, ...] = ()
    how: str = "none"
    guesses: tuple[tuple[str, float], ...] = ()
    code_differs: bool = False


@dataclass(frozen=True)
class _Street:
    """One street of a list or of a base, its name understood."""

    key: int
    scope: str
    place: str
    code: str
    name: StreetName


def match_streets(
    asked: pd.DataFrame, base: pd.DataFrame, *, agrees: Agrees, by_hand: Mapping[str, str], choices: AuditChoices
) -> list[StreetMatch]:
    """Say which street of the base each street of the list is.

    Parameters
    ----------
    asked
        Streets of the list, columns ``insee, place, street_id, street_name``; what is not known is empty.
    base
        Streets of the address base, columns ``insee, place, street_id, street_name``; ``street_id`` once each.
    agrees
        Whether the numbers of a street of the list (its place in `asked`) fit those of a street of the base.
    by_hand
        From names in the list to names in the base, as a person matched them.
    choices
        What is accepted.

    Returns
    -------
    matches
        In the order of `asked`.
    """
    scoped = bool((asked["insee"] != "").all()) and bool((base["insee"] != "").all())
    placed = bool((base["place"] != "").any())
    ours, theirs = _streets(asked, scoped=scoped, placed=placed), _streets(base, scoped=scoped, placed=placed)
    ids = base["street_id"].tolist()
    found: dict[int, tuple[tuple[int, ...], str]] = {}
    coded = _by_code(ours, theirs)
    differs = {street.key for street in ours if street.key in coded and not _same(street, theirs[coded[street.key]])}
    found |= {key: ((twin,), "code") for key, twin in coded.items() if key not in differs}
    found |= {key: value for key, value in _by_hand(ours, theirs, by_hand).items() if key not in found}
    for how, key in (("equal", _plain_key), ("written-out", _full_key)):
        rest = [street for street in ours if street.key not in found]
        found |= {street: (twins, how) for street, twins in _by_key(rest, theirs, key).items()}
    found |= {key: ((coded[key],), "code") for key in differs if key not in found}
    for how, loose, accepts in _LOOSE:
        rest = [street for street in ours if street.key not in found]
        taken = {twin for twins, _ in found.values() for twin in twins}
        free = [street for street in theirs if street.key not in taken]
        for one, other in _single_pairs(rest, free, theirs, key=loose):
            if accepts(one.name, other.name, choices) and agrees(one.key, ids[other.key]):
                found[one.key] = ((other.key,), how)
    lost = [street for street in ours if street.key not in found]
    guesses = _guesses(lost, theirs, base["street_name"].tolist(), choices=choices)
    return [
        StreetMatch(tuple(ids[twin] for twin in found[key][0]), found[key][1], (), key in differs)
        if key in found
        else StreetMatch(guesses=guesses.get(key, ()))
        for key in range(len(ours))
    ]


def _streets(frame: pd.DataFrame, *, scoped: bool, placed: bool) -> list[_Street]:
    columns = (frame[name].tolist() for name in ("insee", "place", "street_id", "street_name"))
    return [
        _Street(key, insee if scoped else "", understand(place).plain if placed else "", code, understand(name))
        for key, (insee, place, code, name) in enumerate(zip(*columns, strict=True))
    ]


def is_like(one: str, other: str, *, choices: AuditChoices) -> bool:
    """Whether two names are so like each other that one may be the other, misspelt."""
    return bool(fuzz.ratio(understand(one).full, understand(other).full) >= choices.meant_score)


# Equal names ---------------------------------------------------------------------------------------------------------


def _plain_key(street: _Street) -> Hashable:
    return street.name.plain


def _full_key(street: _Street) -> Hashable:
    return street.name.full


def _by_key(
    ours: Iterable[_Street], theirs: Iterable[_Street], key: Callable[[_Street], Hashable]
) -> dict[int, tuple[int, ...]]:
    """Give the streets of the base of the same key: those of the same place if the list says one, else all twins."""
    index: dict[tuple[str, Hashable], list[_Street]] = defaultdict(list)
    for street in theirs:
        index[street.scope, key(street)].append(street)
    found = {}
    for street in ours:
        twins = index.get((street.scope, key(street)), [])
        here = [twin for twin in twins if twin.place == street.place] if street.place else twins
        apart = len({twin.place for twin in here}) == len(here)
        if here and apart:
            found[street.key] = tuple(twin.key for twin in here)
    return found


def _by_code(ours: Iterable[_Street], theirs: Iterable[_Street]) -> dict[int, int]:
    """Give the street of the same code, if the codes of the list are those of the base."""
    codes = {street.code: street for street in theirs if street.code}
    pairs = [(street, codes[street.code]) for street in ours if street.code in codes]
    # Two files may both number their streets from 1: then most names of one code differ.
    same = [street for street, twin in pairs if _same(street, twin)]
    return {street.key: twin.key for street, twin in pairs} if 2 * len(same) > len(pairs) else {}


def _same(street: _Street, twin: _Street) -> bool:
    """Whether two streets of one code have one name; a street without name has that of its code."""
    return not street.name.plain or street.name.full == twin.name.full


def _by_hand(
    ours: Iterable[_Street], theirs: Iterable[_Street], by_hand: Mapping[str, str]
) -> dict[int, tuple[tuple[int, ...], str]]:
    wanted = {understand(name).plain: understand(target).plain for name, target in by_hand.items()}
    names: dict[tuple[str, str], list[int]] = defaultdict(list)
    for street in theirs:
        names[street.scope, street.name.plain].append(street.key)
    pairs = ((street, names.get((street.scope, wanted.get(street.name.plain, "")), [])) for street in ours)
    return {street.key: (tuple(twins), "hand") for street, twins in pairs if twins}


# Like names ----------------------------------------------------------------------------------------------------------


def _single_pairs(
    rest: Sequence[_Street],
    free: Sequence[_Street],
    theirs: Sequence[_Street],
    *,
    key: Callable[[StreetName], Hashable],
) -> list[tuple[_Street, _Street]]:
    """Give the pairs of equal keys that no other street of either side could be meant by."""
    mine = Counter((street.scope, street.place, key(street.name)) for street in rest)
    base = Counter((street.scope, key(street.name)) for street in theirs)
    index = {(street.scope, key(street.name)): street for street in free}
    pairs = []
    for street in rest:
        other = index.get((street.scope, key(street.name)))
        single = mine[street.scope, street.place, key(street.name)] == base[street.scope, key(street.name)] == 1
        if other is not None and single and (not street.place or street.place == other.place):
            pairs.append((street, other))
    return pairs


def _kind_and_words(name: StreetName) -> Hashable:
    return name.kind, name.words


def _kind_and_set(name: StreetName) -> Hashable:
    return name.kind, tuple(sorted(name.words))


def _kind_and_initials(name: StreetName) -> Hashable:
    return name.kind, tuple(word[0] for word in name.words[:-1]), name.words[-1:]


def _kind_and_letters(name: StreetName) -> Hashable:
    return name.kind, "".join(name.words)


def _kind_and_frame(name: StreetName) -> Hashable:
    """Type, and first and last letters of each word: a letter mistaken within a word leaves these."""
    return name.kind, tuple((word[0], word[-1]) for word in name.words)


def _particles_agree(one: StreetName, other: StreetName, choices: AuditChoices) -> bool:
    del choices
    return genders_agree(one, other)


def _initial_agrees(one: StreetName, other: StreetName, choices: AuditChoices) -> bool:
    del choices
    pairs = list(zip(one.words, other.words, strict=True))
    return genders_agree(one, other) and all(a == b or 1 in {len(a), len(b)} for a, b in pairs)


def _one_letter(one: StreetName, other: StreetName, choices: AuditChoices) -> bool:
    """Whether the names differ by one letter within one long word."""
    wrong = [(a, b) for a, b in zip(one.words, other.words, strict=True) if a != b]
    if len(wrong) != 1 or not genders_agree(one, other):
        return False
    (a, b) = wrong[0]
    long = min(len(a), len(b)) >= choices.typing_letters and a.isalpha() and b.isalpha()
    return long and Levenshtein.distance(a, b, score_cutoff=1) == 1


_LOOSE: Final = (
    ("particles", _kind_and_words, _particles_agree),
    ("order", _kind_and_set, _particles_agree),
    ("joined", _kind_and_letters, _particles_agree),
    ("initials", _kind_and_initials, _initial_agrees),
    ("letter", _kind_and_frame, _one_letter),
)


# Guesses -------------------------------------------------------------------------------------------------------------


def _guesses(
    lost: Sequence[_Street], theirs: Sequence[_Street], names: Sequence[str], *, choices: AuditChoices
) -> dict[int, tuple[tuple[str, float], ...]]:
    """Give the names of the base that are most like each street without match, in its commune."""
    scopes: dict[str, list[_Street]] = defaultdict(list)
    for street in theirs:
        scopes[street.scope].append(street)
    asked: dict[str, list[_Street]] = defaultdict(list)
    for street in lost[: choices.guessed_streets]:
        asked[street.scope].append(street)
    found: dict[int, tuple[tuple[str, float], ...]] = {}
    for scope, streets in asked.items():
        base = scopes.get(scope, [])
        for start in range(0, len(streets), _BLOCK):
            found |= _likest(streets[start : start + _BLOCK], base, names, choices=choices)
    return found


def _likest(
    streets: Sequence[_Street], base: Sequence[_Street], names: Sequence[str], *, choices: AuditChoices
) -> dict[int, tuple[tuple[str, float], ...]]:
    if not base or not choices.guesses_shown:
        return {}
    asked, known = ([street.name.full for street in side] for side in (streets, base))
    # The order of the words counts once, and once it does not.
    scores = np.maximum(
        process.cdist(asked, known, scorer=fuzz.ratio), process.cdist(asked, known, scorer=fuzz.token_sort_ratio)
    )
    best = np.argsort(-scores, axis=1, kind="stable")[:, : choices.guesses_shown]
    return {
        street.key: tuple(
            (names[base[place].key], round(float(row[place]), 1))
            for place in order
            if row[place] >= choices.guess_score
        )
        for street, row, order in zip(streets, scores, best, strict=True)
    }
