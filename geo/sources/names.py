"""Names of schools and streets that are written differently from file to file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

# Words that say what a thing is and not which one.
_COMMON: Final = frozenset(
    {"ecole", "ecoles", "maternelle", "elementaire", "primaire", "mater", "element", "elem"}
    | {"de", "du", "des", "d", "la", "le", "les", "l", "et"}
)
# Spellings of one proper name that were met in the files, from the one met to the one kept.
_SPELLINGS: Final = MappingProxyType({"carpentier": "carpantier", "franck": "frank", "mitterrand": "mitterand"})
_LIST: Final = re.compile(r"\s-\s|/")
_PARTS: Final = re.compile(r"\s*[-/]\s*")

Words = frozenset[str]


@dataclass(frozen=True)
class Match:
    """What a name was taken for.

    Attributes
    ----------
    name
        The name as it stands in the file.
    ids
        What it names: several for a shared sector, none if nothing was found or more than one thing could be meant.
    how
        ``equal`` (the same words), ``spelling`` (the same but for known spellings), ``part`` (the words of one are
        among those of the other), ``short`` (by the short name), ``parts`` (each part of the name by itself),
        ``addresses`` (by where its addresses lie) or ``none``.
    """

    name: str
    ids: tuple[str, ...]
    how: str


def plain(text: str) -> str:
    """Give a text in small letters without accents, marks and superfluous blanks.

    >>> plain("  Rue de l'Abbé  de l'Épée ")
    'rue de l abbe de l epee'
    """
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def words(name: str) -> Words:
    """Give the words that tell a school from the others.

    >>> sorted(words("Ecole Primaire François MITTERRAND (Mater)"))
    ['francois', 'mitterand']
    """
    return frozenset(_SPELLINGS.get(word, word) for word in plain(name).split() if word not in _COMMON)


def match_names(names: Iterable[str], full: Mapping[str, str], short: Mapping[str, str]) -> list[Match]:
    """Say which of some things each name means; a name that could mean two of them means none.

    Parameters
    ----------
    names
        The names to understand.
    full, short
        From the id of each thing to its full name and to its short one (most often a surname).
    """
    full_words = {key: words(name) for key, name in full.items()}
    short_words = {key: words(name) for key, name in short.items()}
    return [_match(name, full_words, short_words) for name in names]


def _match(name: str, full: Mapping[str, Words], short: Mapping[str, Words]) -> Match:
    asked = words(name)
    found, how = _single(asked, full, short)
    # A list of names is not one of them with something behind it.
    if found and (how == "equal" or not _LIST.search(name)):
        respelt = how == "equal" and not asked <= set(plain(name).split())
        return Match(name, (found,), "spelling" if respelt else how)
    parts = [_single(words(part), full, short)[0] for part in _PARTS.split(name)]
    if len(parts) > 1 and all(parts) and len(set(parts)) == len(parts):
        return Match(name, tuple(parts), "parts")
    return Match(name, (), "none")


def _single(asked: Words, full: Mapping[str, Words], short: Mapping[str, Words]) -> tuple[str, str]:
    """Give the only thing that the words mean by the first way that gives any, and that way; else nothing."""
    ways = {
        "equal": [key for key, own in full.items() if own == asked],
        "part": [key for key, own in full.items() if asked and own and (asked <= own or own <= asked)],
        "short": [key for key, own in short.items() if own and own <= asked],
    }
    for how, keys in ways.items():
        if len(keys) == 1:
            return keys[0], how
        if keys:
            return "", "none"
    return "", "none"
