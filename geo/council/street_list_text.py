"""The street list in the words of a decision: streets, sides and numbers; what is transferred from where to where."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.council.words import Lang, number, say
from geo.territory.annex.numbers import OPEN_END

# Between the schools of a shared sector.
JOINED: Final = " / "
# Fewer children than this are not counted in a text that is posted up: neighbours know who they are.
_FEW: Final = 5
_SIDES: Final = {"I": "odd", "P": "even"}
_FIRST: Final = {"I": 1, "P": 2, "PI": 1}
Names = Mapping[str, str]


@dataclass(frozen=True)
class Article:
    """An article of the difference of two lists.

    Attributes
    ----------
    text
        From which schools to which.
    items
        Streets with their numbers.
    homes
        How many addresses and children it concerns.
    """

    text: str
    items: tuple[str, ...]
    homes: str


def labels(names: Names) -> dict[str, str]:
    """Give each thing its name, and its code in brackets where others have the same name.

    >>> labels({"1": "rue Haute", "2": "rue Basse", "3": "rue Basse"})
    {'1': 'rue Haute', '2': 'rue Basse (2)', '3': 'rue Basse (3)'}
    """
    counts = Counter(names.values())
    return {code: name if counts[name] == 1 else f"{name} ({code})" for code, name in names.items()}


def span_text(row: Mapping[str, object], lang: Lang) -> str:
    """Say the numbers of a row or of an item of a difference: "côté impair, du n° 1 au n° 33 bis".

    Parameters
    ----------
    row
        ``number_from, suffix_from, number_to, suffix_to, parity``, and ``suffix_out`` if it is an item.
    lang
        Language.
    """
    first, last, parity = int(str(row["number_from"])), int(str(row["number_to"])), str(row["parity"])
    if first == last == 0:
        return say("street_list.span.bare", lang)
    told = _numbers(row, lang)
    side = say(f"street_list.span.{_SIDES[parity]}", lang) if parity in _SIDES else ""
    text = ", ".join(part for part in (side, told) if part) or say("street_list.span.whole", lang)
    return say("street_list.span.and_bare", lang, span=text) if first == 0 else text


def row_texts(rows: pd.DataFrame, streets: Names, lang: Lang) -> pd.DataFrame:
    """Give the rows of a list as lines that are read, those of a shared sector as one.

    Parameters
    ----------
    rows
        Rows of one level in the order in which they are printed.
    streets
        From ``street_id`` to the name of every street of the city, so that two of one name are told apart.
    lang
        Language.

    Returns
    -------
    lines
        Columns ``street_id, street`` (name, with its code where two streets have it), ``numbers``, ``schools`` (tuple
        of ``school_id`` in order of priority).
    """
    street_of = labels(streets)
    spans = ["street_id", "number_from", "suffix_from", "number_to", "suffix_to", "parity"]
    grouped: dict[tuple[object, ...], list[str]] = {}
    for *key, school in rows.sort_values("priority", kind="stable")[[*spans, "school_id"]].itertuples(index=False):
        grouped.setdefault(tuple(key), []).append(school)
    ordered = dict.fromkeys(rows[spans].itertuples(index=False, name=None))
    told = [
        (key[0], street_of[str(key[0])], span_text(dict(zip(spans, key, strict=True)), lang), tuple(grouped[key]))
        for key in ordered
    ]
    return pd.DataFrame(told, columns=["street_id", "street", "numbers", "schools"])


def school_text(schools: Iterable[str], names: Names, lang: Lang) -> str:
    """Name the schools of a sector: "« École A » / « École B »"."""
    known = labels(names)
    return JOINED.join(say("street_list.article.school", lang, name=known.get(one, one)) for one in schools)


def annex_lines(rows: pd.DataFrame, streets: Names, names: Names, *, lang: Lang) -> Iterator[str]:
    """Give one line a row: "rue Pasteur, côté impair, du n° 1 au n° 33 bis : « École A »".

    Parameters
    ----------
    rows
        Rows of one level in the order in which they are printed.
    streets
        From ``street_id`` to the name of every street of the city.
    names
        From ``school_id`` to the name of the school.
    lang
        Language.
    """
    lines = row_texts(rows, streets, lang)
    for street, numbers, schools in zip(lines["street"], lines["numbers"], lines["schools"], strict=True):
        yield f"{street}, {numbers} : {school_text(schools, names, lang)}"


def articles(changes: pd.DataFrame, streets: Names, names: Names, *, lang: Lang) -> list[Article]:
    """Give the difference of two lists by article, one for each pair of schools before and after.

    Parameters
    ----------
    changes
        As `geo.territory.annex.changes.changes_between` gives them, with ``addresses`` and ``children`` if counted.
    streets
        From ``street_id`` to the name of every street of the city.
    names
        From ``school_id`` to the name of the school.
    lang
        Language.
    """
    street_of = labels(streets)
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, object]]] = {}
    for item in changes.to_dict("records"):
        found.setdefault((item["before"], item["after"]), []).append({str(key): held for key, held in item.items()})
    return [
        Article(
            _heading(before, after, names, lang=lang),
            tuple(f"{street_of[str(item['street_id'])]}, {span_text(item, lang)}" for item in own),
            _homes(pd.DataFrame(own), lang),
        )
        for (before, after), own in found.items()
    ]


def article_lines(told: Iterable[Article], lang: Lang) -> Iterator[str]:
    """Give the lines of articles: a heading, one item a line, the last one with a full stop, what it concerns."""
    for count, article in enumerate(told, start=1):
        yield say("street_list.article.title", lang, count=count, text=article.text)
        yield from (f"- {item} ;" for item in article.items[:-1])
        yield f"- {article.items[-1]}."
        yield from ([article.homes] if article.homes else [])
        yield ""


def _heading(before: tuple[str, ...], after: tuple[str, ...], names: Names, *, lang: Lang) -> str:
    kind = "moved" if before and after else "added" if after else "dropped"
    told = {"before": school_text(before, names, lang), "after": school_text(after, names, lang)}
    return say(f"street_list.article.{kind}", lang, **told)


def _homes(items: pd.DataFrame, lang: Lang) -> str:
    if "addresses" not in items:
        return ""
    addresses = int(items["addresses"].sum())
    children = float(items["children"].sum(min_count=1)) if "children" in items else math.nan
    if math.isnan(children):
        return say("street_list.article.homes_only", lang, addresses=addresses)
    few = say("street_list.article.few", lang, count=_FEW)
    count = few if 0 < children < _FEW else number(children, lang)
    return say("street_list.article.homes", lang, addresses=addresses, children=count)


def _numbers(row: Mapping[str, object], lang: Lang) -> str:
    """Say from where to where; nothing if it is all along."""
    first, last, parity = int(str(row["number_from"])), int(str(row["number_to"])), str(row["parity"])
    begin = _number(max(first, _FIRST[parity]) if first == 0 else first, str(row["suffix_from"]))
    all_along = first <= _FIRST[parity] and not row["suffix_from"]
    if last >= OPEN_END:
        return "" if all_along else say("street_list.span.onwards", lang, first=begin)
    end = _number(last, str(row["suffix_to"]))
    text = say(f"street_list.span.{'single' if begin == end else 'range'}", lang, first=begin, last=end)
    out = str(row.get("suffix_out", ""))
    return say("street_list.span.out", lang, span=text, out=_number(last, out)) if out else text


def _number(digits: int, suffix: str) -> str:
    return f"{digits} {suffix}".strip()
