"""Printed street lists and differences read back: the French text is the one that counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import pandas as pd

from geo.council.street_list_text import JOINED, Names, labels
from geo.council.words import say
from geo.errors import AnnexError
from geo.model.levels import Level
from geo.territory.annex.changes import change_table
from geo.territory.annex.shortest import COLUMNS

_NUMBER: Final = r"\d+(?: \w+)?"
_OPEN: Final = 9_999
_LAST: Final = "PI"
_ITEM: Final = re.compile(r"- (?P<item>.+?)\s*[;.]")
_Span = tuple[int, str, int, str, str, str]


def read_annex(lines: Iterable[str], streets: Names, schools: Names, *, level: Level) -> pd.DataFrame:
    """Read the lines of a printed annex back as rows.

    Parameters
    ----------
    lines
        As `geo.council.street_list_text.annex_lines` gives them in French; lines of another form are passed over.
    streets, schools
        From the codes to the names; of the streets and schools that may be named.
    level
        The level of the rows.

    Raises
    ------
    AnnexError
        If a line names a street or school that is not known, or numbers that cannot be read.
    """
    street_of, school_of = _codes(streets), _codes(schools)
    rows: list[tuple[object, ...]] = []
    for line in lines:
        item, sign, told = line.rpartition(" : ")
        if not sign or not told.startswith(_opening()):
            continue
        street, span = _street_and_span(item, street_of)
        sector = _schools(told, school_of)
        rows += [(str(level), street, streets[street], *span[:5], one, rank) for rank, one in enumerate(sector, 1)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_articles(lines: Iterable[str], streets: Names, schools: Names) -> pd.DataFrame:
    """Read the lines of printed articles back as a difference (`geo.territory.annex.changes.COLUMNS`).

    Parameters
    ----------
    lines
        As `geo.council.street_list_text.article_lines` gives them in French; other lines are passed over.
    streets, schools
        From the codes to the names; of the streets and schools that may be named.

    Raises
    ------
    AnnexError
        If a line names a street or school that is not known, or numbers that cannot be read, or an item stands before
        the first article.
    """
    street_of, school_of = _codes(streets), _codes(schools)
    rows: list[tuple[object, ...]] = []
    move: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    for line in lines:
        move = _heading(line, school_of) or move
        item = _ITEM.fullmatch(line.strip())
        if item and move is None:
            raise AnnexError(f"printed articles: expected an article before its items, got {line!r}.")
        if item and move:
            street, span = _street_and_span(item["item"], street_of)
            rows.append((street, streets[street], *span, *move))
    return change_table(rows)


def _codes(names: Names) -> dict[str, str]:
    return {label: code for code, label in labels(names).items()}


# Schools -------------------------------------------------------------------------------------------------------------


def _opening() -> str:
    return say("street_list.article.school", "fr", name="\n").partition("\n")[0]


@cache
def _headings() -> tuple[re.Pattern[str], ...]:
    keys = ("moved", "added", "dropped")
    return tuple(_pattern(f"street_list.article.{key}", before="(?P<before>.+)", after="(?P<after>.+)") for key in keys)


def _heading(line: str, school_of: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Give the schools before and after of the heading of an article, None if the line is none."""
    article = _pattern("street_list.article.title", count=r"\d+", text="(?P<text>.+)").fullmatch(line.strip())
    for pattern in _headings() if article else ():
        found = pattern.fullmatch(article["text"]) if article else None
        if found:
            told = found.groupdict()
            return _schools(told.get("before", ""), school_of), _schools(told.get("after", ""), school_of)
    return None


def _schools(text: str, school_of: Mapping[str, str]) -> tuple[str, ...]:
    known = {say("street_list.article.school", "fr", name=name): code for name, code in school_of.items()}
    parts = text.strip().split(JOINED) if text.strip() else []
    lost = [part for part in parts if part not in known]
    if lost:
        raise AnnexError(f"printed list: expected schools of the city, got {lost[0]}.")
    return tuple(known[part] for part in parts)


# Numbers -------------------------------------------------------------------------------------------------------------


def _street_and_span(item: str, street_of: Mapping[str, str]) -> tuple[str, _Span]:
    """Give the street of an item and its numbers: the longest name of a street that the item begins with counts."""
    for place in sorted(_commas(item), reverse=True):
        if item[:place] in street_of:
            return street_of[item[:place]], read_span(item[place + 2 :])
    raise AnnexError(f"printed list: expected a street of the city and its numbers, got {item!r}.")


def _commas(text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(", ", text))


def read_span(text: str) -> _Span:
    """Read numbers back: ``number_from, suffix_from, number_to, suffix_to, parity, suffix_out``.

    >>> read_span("côté impair, du n° 1 au n° 33 bis")
    (1, '', 33, 'bis', 'I', '')

    Raises
    ------
    AnnexError
        If they cannot be read.
    """
    if text == _said("bare"):
        return 0, "", 0, "", "P", ""
    with_bare = _pattern("street_list.span.and_bare", span="(?P<span>.+)").fullmatch(text)
    rest = with_bare["span"] if with_bare else text
    parity = next((side for side, key in (("I", "odd"), ("P", "even")) if rest.startswith(_said(key))), _LAST)
    if parity != _LAST:
        rest = rest.removeprefix(_said("odd" if parity == "I" else "even")).removeprefix(", ")
    start = 2 if parity == "P" else 1
    first, last, out = _ends(rest, start)
    begin = (0, "") if with_bare else first
    return *begin, *last, parity, out


def _ends(text: str, start: int) -> tuple[tuple[int, str], tuple[int, str], str]:
    """Give the first and the last number, and the repetition that is left out."""
    if text in {"", _said("whole")}:
        return (start, ""), (_OPEN, ""), ""
    without = _pattern("street_list.span.out", span="(?P<span>.+)", out=f"(?P<out>{_NUMBER})").fullmatch(text)
    if without:
        first, last, _ = _ends(without["span"], start)
        return first, last, _number(without["out"])[1]
    for key in ("range", "onwards", "single"):
        groups = {"first": f"(?P<first>{_NUMBER})", "last": f"(?P<last>{_NUMBER})"}
        found = _pattern(f"street_list.span.{key}", **groups).fullmatch(text)
        if found:
            first = _number(found["first"])
            return (
                first,
                (_OPEN, "") if key == "onwards" else _number(found.groupdict().get("last") or found["first"]),
                "",
            )
    raise AnnexError(f"printed list: expected numbers such as {say('street_list.span.odd', 'fr')!r}, got {text!r}.")


def _number(text: str) -> tuple[int, str]:
    number, _, suffix = text.partition(" ")
    return int(number), suffix


def _said(key: str) -> str:
    return say(f"street_list.span.{key}", "fr")


@cache
def _pattern(key: str, **places: str) -> re.Pattern[str]:
    """Give the pattern of a French phrase whose places are patterns themselves."""
    marks = {name: f"\x00{name}\x00" for name in places}
    text = re.escape(say(key, "fr", **marks))
    for name, place in places.items():
        text = text.replace(re.escape(marks[name]), place)
    return re.compile(text)
