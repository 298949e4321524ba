"""Numbers of a street as people say them: "côté pair du 2 au 38 et impair du 1 au 41", "à partir du 12 bis"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

# number_from, suffix_from, number_to, suffix_to, parity of a row of a street list.
Span = tuple[int, str, int, str, str]
Place = tuple[int, str]
ALL_ALONG: Final[Span] = (0, "", 9999, "", "PI")
_OPEN: Final = (9999, "")
_LATIN: Final = "bis|ter|quater|quat|quinquies|quinquis|sexies|septies|octies|nonies|decies"

# "1 a 33" in capitals without accents is a range; "1 A" is a repetition.
_NUMBER: Final = re.compile(
    rf"(\d{{1,5}})(?:\s*[-/]?\s*({_LATIN})|([a-z])|\s+([b-z]|a(?!\s*\d)))?(?![a-z0-9])", re.ASCII
)
_TOKEN: Final = re.compile(r"[a-z]+|[0-9]+|[-,;:/&+>]")
_SIGN: Final = re.compile(r"\bn(?:o|os|um|umero|umeros)?[°º.]s?|\bn(?:o|os|um)?(?=\s*\d)")
# Kind of each word: N number, T to, J until, F from, K starting from, E between, S side, O open end, W the whole
# street, A and, R stroke, C comma; an empty one says nothing. A word that is not here cannot be read.
_KINDS: Final = {
    word: kind
    for kind, words in {
        "T": "to au aux - >",
        "J": "jusqu jusque",
        "F": "du de des d",
        "K": "partir depuis",
        "E": "entre",
        "S": "pair pairs paire paires impair impairs impaire impaires imp",
        "O": "fin dela suivants plus bout infini",
        "W": "tous toutes tout toute entier entiere entierement totalite integralite deux inclus incluse compris",
        "A": "et & + ainsi",
        "R": "/",
        "C": ", ; :",
        "": "le la les l n no nos num numero numeros cote cotes en que uniquement seulement puis",
    }.items()
    for word in words.split()
}
_PHRASE: Final = re.compile(
    r"(?P<both>S[AR]?S)|(?P<side>S)|(?P<span>F?N[JT]+F?N|T?KF?N[JT]+N|EF?NAF?N)|(?P<open>T?KF?N(?:[JT]+O)?|F?N[AJT]*O)"
    r"|(?P<upto>JT*N)|(?P<one>N)|(?P<skip>[ACRW]+)"
)
_WHOLE: Final = re.compile(
    r"\b(?:(?:les )?(?:2|deux) cotes|toute la (?:rue|voie|avenue)|(?:rue|voie|avenue) entiere|en entier)\b"
)
_SIDE_OF: Final = {"p": "P", "i": "I"}


@lru_cache(maxsize=1 << 14)
def read_numbers(text: str) -> tuple[Span, ...] | None:
    """Give the numbers that a phrase speaks of, None if it cannot be read as a whole or could mean two things.

    >>> read_numbers("côté pair du 2 au 38 et impair du 1 au 41")
    ((2, '', 38, '', 'P'), (1, '', 41, '', 'I'))
    >>> read_numbers("n° 1 à 33 bis"), read_numbers("les numéros impairs"), read_numbers("sauf le 12")
    (((1, '', 33, 'BIS', 'PI'),), ((0, '', 9999, '', 'I'),), None)

    Notes
    -----
    A side holds for the numbers after it, or, if the phrase begins with numbers, for those before it. Numbers of the
    other side than the one that is said ("impairs du 2 au 38") are not read.
    """
    kinds, values = [], []
    for kind, value in _tokens(text):
        if kind is None:
            return None
        kinds.append(kind)
        values.extend([value] * len(kind))
    said = _events("".join(kinds), values)
    # "1/33" may be two numbers, or all from one to the other.
    if said is None or "NRN" in "".join(kinds):
        return None
    if not said:
        return (ALL_ALONG,) if "W" in kinds else None
    spans = _with_sides(said)
    return spans if spans and all(_fits(span) for span in spans) else None


def _tokens(text: str) -> Iterator[tuple[str | None, object]]:
    """Give the kind of each word (None if it is not known) and its number or side."""
    bare = _SIGN.sub(" ", _bare(text))
    place = 0
    while found := _TOKEN.search(bare, place):
        number = _NUMBER.match(bare, found.start())
        word = found[0]
        place = number.end() if number else found.end()
        if number:
            suffix = number[2] or number[3] or number[4] or ""
            yield "N", (int(number[1]), suffix.upper())
        elif word == "a":
            yield "T", None
        else:
            yield _KINDS.get(word), _SIDE_OF.get(word[0])


def _bare(text: str) -> str:
    """Give a text in small letters without accents and brackets; a preposition that its accent tells is "to"."""
    small = re.sub(r"\bà\b", " to ", text.lower().replace("’", "'"))
    plain = unicodedata.normalize("NFKD", re.sub(r"[–—]", "-", small)).encode("ascii", "ignore").decode()
    # The signs for a number are lost with the accents: they say nothing.
    return _WHOLE.sub("tous", re.sub(r"['().]", " ", plain))


def _events(kinds: str, values: list[object]) -> list[str | Span] | None:
    """Give the sides and the spans in their order, None where a word has no place."""
    said: list[str | Span] = []
    place = 0
    while place < len(kinds):
        found = _PHRASE.match(kinds, place)
        if not found:
            return None
        numbers = [value for value in values[place : found.end()] if isinstance(value, tuple)]
        sides = [value for value in values[place : found.end()] if isinstance(value, str)]
        place = found.end()
        match found.lastgroup:
            case "both":
                said.append("PI" if len(set(sides)) > 1 else sides[0])
            case "side":
                said.append(sides[0])
            case "span":
                said.append(_span(numbers[0], numbers[1]))
            case "open":
                said.append(_span(numbers[0], _OPEN))
            case "upto":
                said.append(_span((1, ""), numbers[0]))
            case "one":
                said.append(_span(numbers[0], numbers[0]))
    return said


def _span(first: Place, last: Place) -> Span:
    return (*first, *last, "PI")


def _with_sides(said: list[str | Span]) -> tuple[Span, ...]:
    """Give each span its side; nothing if a span could have two of them."""
    ahead = isinstance(said[0], str)
    groups: list[tuple[str, list[Span]]] = []
    waiting: list[Span] = []
    for one in said:
        if isinstance(one, str):
            groups.append((one, [] if ahead else waiting))
            waiting = groups[-1][1] if ahead else []
        else:
            waiting.append(one)
    if not groups:
        return tuple(waiting)
    # "pair du 2 au 38, du 1 au 41 impair": the second span has a side before it and one behind it.
    unclear = ahead and not groups[-1][1] and any(len(spans) > 1 for _, spans in groups)
    if unclear or (waiting and not ahead) or (not ahead and not all(spans for _, spans in groups)):
        return ()
    return tuple((*span[:4], side) for side, spans in groups for span in spans or [ALL_ALONG])


def _fits(span: Span) -> bool:
    """Whether the numbers of a span lie on the side that is said."""
    odd = {"I": 1, "P": 0}.get(span[4])
    ends = [number for number in (span[0], span[2]) if 0 < number < _OPEN[0]]
    return odd is None or not ends or any(number % 2 == odd for number in ends)


# A street and its numbers in one text --------------------------------------------------------------------------------

_MARK: Final = re.compile(
    r"\s*[(:,;]|\s[-–—]\s|\bn[°º]|\bnum[ée]ros?\b|\bc[ôo]t[ée]s?\s+(?:des\s+)?(?:n\S*\s+)?(?:im)?pair|\b(?:im)?paire?s?\b"
    r"|\b(?:du|de)\s+(?:n[°º]?\s*)?\d+\s*[a-z]{0,9}\s+(?:au|à|a)\b|\b[àa] partir d|\bjusqu|\bentre le\b|\btoute? la\b"
    r"|\b\d+\s*(?:bis|ter|[a-z])?\s*(?:à|au|[-–])\s*(?:n[°º]?\s*)?\d+",
    re.IGNORECASE,
)
# What shows that a text speaks of numbers even if they cannot be read.
_SPEAKS: Final = re.compile(
    r"(?<!des )(?<!aux )\b(?:im)?paire?s?\b|\bsauf\b|\bexcept[ée]|\bexclue?s?\b|\bcôtés?\b"
    r"|\b(?:du|de) (?:n[°º]? ?)?\d+ ?\S* (?:au|à) |\bn[°º]s? ?\d+ (?:à|au|et)"
    r"|\bde la (?:rue|place|avenue|route) .*(?:\bà la\b|\bjusqu)",
    re.IGNORECASE,
)
_WITHOUT: Final = re.compile(r"\b(?:sauf|except[ée]|hors (?:l|n)|exclu)", re.IGNORECASE)
_UNFINISHED: Final = re.compile(r"(?:^|\s)(?:d[eu']?|des|la|les?|l'|aux?|et|à)$", re.IGNORECASE)
# Roads that are called by a number.
_NUMBERED: Final = re.compile(
    r"\b(?:vicinal|rurale?|communale?|ordinaire|d[ée]partementale|nationale|cd|rd|rn|cr|vc|zac)$", re.IGNORECASE
)


def part_street(text: str) -> tuple[str, str] | None:
    """Part a text into the name of a street and what it says of its numbers, None if that cannot be read.

    >>> part_street("Rue Simone Abbat ( impair du N°1 au N° 33)")
    ('Rue Simone Abbat', 'impair du N°1 au N° 33')
    >>> part_street("rue du 8 mai 1945"), part_street("chemin vicinal n° 9")
    (('rue du 8 mai 1945', ''), ('chemin vicinal n° 9', ''))
    >>> part_street("rue Pasteur, sauf le n° 12") is None
    True
    """
    for mark in _MARK.finditer(text):
        street, numbers = text[: mark.start()].strip(" ,:;-–("), text[mark.start() :].strip(" ,:;.()-–—")
        called = _NUMBERED.search(street) and "°" in mark[0]
        if _WITHOUT.search(street):
            return None
        if street and not called and not _UNFINISHED.search(street) and read_numbers(numbers) is not None:
            return street, numbers
    return None if _SPEAKS.search(text) else (text.strip(), "")
