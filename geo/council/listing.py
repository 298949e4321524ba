"""The street list as people read it: numbers in words, articles of a decision, CSV files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from geo.council.findings import finding_text, lines_text, mend_text
from geo.council.words import Lang, fault_text, say
from geo.errors import Fault
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.territory.annex.findings import KINDS, Finding
from geo.territory.annex.numbers import OPEN_END

_NATIONAL: Final = {
    "street_name": "Type_et_Libelle",
    "number_from": "No_de_voie_debut",
    "suffix_from": "Indice_de_repetition_debut",
    "number_to": "No_de_voie_fin",
    "suffix_to": "Indice_de_repetition_fin",
    "parity": "Parite",
    "school_id": "Code_RNE",
}
# First number of each side.
_NEXT: Final = {"I": 1, "P": 2, "PI": 1}


@dataclass(frozen=True)
class Article:
    """An article of a decision: from which schools to which, for how many children, and the numbers."""

    heading: str
    items: tuple[str, ...]


def span_text(row: Mapping[str, Any], lang: Lang) -> str:
    """Say the numbers of a row: 'côté impair, du n° 1 au n° 33 bis'."""
    if int(row["number_to"]) == 0:
        return say("list.span.bare", lang)
    span = _span(row, lang)
    return say("list.span.and_bare", lang, span=span) if int(row["number_from"]) == 0 else span


def row_text(row: Mapping[str, Any], names: Mapping[str, str] | pd.Series, lang: Lang) -> str:
    """Say a row of a list: 'rue Pasteur, toute la voie : École A'."""
    school = _name(names, str(row["school_id"]))
    return say("list.row", lang, street=row["street_name"], span=span_text(row, lang), school=school)


def list_table(rows: pd.DataFrame, names: Mapping[str, str] | pd.Series, *, lang: Lang) -> pd.DataFrame:
    """Give the rows of a list in words: ``street, span, school, priority``, index as in `rows`."""
    records = rows.to_dict("records")
    return pd.DataFrame(
        {
            "street": rows["street_name"].tolist(),
            "span": [span_text(_texts(row), lang) for row in records],
            "school": [_name(names, str(school)) for school in rows["school_id"]],
            "priority": rows["priority"].tolist(),
        },
        index=rows.index,
    )


def change_rows(changes: pd.DataFrame, names: Mapping[str, str] | pd.Series, *, lang: Lang) -> pd.DataFrame:
    """Give the items of a difference in words: ``street, span, before, after, addresses, children``."""
    return pd.DataFrame(
        {
            "street": changes["street_name"].tolist(),
            "span": [span_text(_texts(row), lang) for row in changes.to_dict("records")],
            "before": [_schools(names, schools, lang) for schools in changes["before"]],
            "after": [_schools(names, schools, lang) for schools in changes["after"]],
            "addresses": changes["addresses"].tolist(),
            "children": changes["children"].tolist(),
        }
    )


def articles(changes: pd.DataFrame, names: Mapping[str, str] | pd.Series, *, lang: Lang) -> list[Article]:
    """Give the articles that lead from one list to another, one for each pair of schools.

    Parameters
    ----------
    changes
        As `geo.planning.listing.changes_under` gives them.
    names
        From ``school_id`` to the name of each school.
    lang
        The language; the text that is voted is French.
    """
    found = []
    pairs = list(zip(changes["before"], changes["after"], strict=True))
    for before, after in dict.fromkeys(pairs):
        own = changes[[pair == (before, after) for pair in pairs]]
        key = "moved" if before and after else "added" if after else "dropped"
        heading = say(
            f"list.article.{key}",
            lang,
            before=_schools(names, before, lang),
            after=_schools(names, after, lang),
            children=round(float(own["children"].sum())),
            addresses=int(own["addresses"].sum()),
        )
        rows = own.to_dict("records")
        items = [
            say("list.article.item", lang, street=row["street_name"], span=span_text(_texts(row), lang)) for row in rows
        ]
        found.append(Article(heading, tuple(items)))
    return found


def articles_text(city: City, scenario: Scenario, told: Sequence[Article]) -> str:
    """Write the articles as the French text that is voted, a line each."""
    lang: Lang = "fr"
    title = say("list.article.title", lang, city=city.name, level=scenario.level, name=scenario.name)
    lines = [title, *([say("list.article.fiction", lang)] if city.fictional else []), ""]
    for count, article in enumerate(told, start=1):
        lines.append(
            say("list.article.number", lang, count=count, text=article.heading, items=" ; ".join(article.items))
        )
    return "\n".join(lines) + "\n"


def own_csv(rows: pd.DataFrame) -> bytes:
    """Write rows as the CSV that this toolkit reads back without loss."""
    return rows.to_csv(index=False, lineterminator="\n").encode()


def national_csv(rows: pd.DataFrame, *, insee: str) -> bytes:
    """Write rows under the headings of the national schema of collège sectors, separated by semicolons."""
    table = rows[list(_NATIONAL)].rename(columns=_NATIONAL)
    table.insert(0, "code_insee", insee)
    return table.assign(Secteur_unique="N").to_csv(index=False, sep=";", lineterminator="\n").encode("utf-8-sig")


def with_names(findings: Sequence[Finding], names: Mapping[str, str] | pd.Series) -> list[Finding]:
    """Give findings that name schools by their names where the list has codes."""
    return [replace(one, values=_with_names(one.values, names)) for one in findings]


def named_schools(text: str, names: Mapping[str, str] | pd.Series) -> str:
    """Give codes of schools joined by a stroke as their names, what is no code as it is."""
    return " / ".join(_name(names, part) for part in text.split(" / "))


def finding_table(findings: Sequence[Finding], refused: Sequence[Fault], lang: Lang) -> pd.DataFrame:
    """Give what an audit found in words, what keeps a council from voting first.

    Returns
    -------
    table
        Columns ``blocks`` (in words), ``street, lines, addresses, text, mend``.
    """
    yes, no = say("list.audit.yes", lang), say("list.audit.no", lang)
    rows = [
        (yes, "", str(fault.line or ""), 0, fault_text(fault, lang), say("list.audit.refused_mend", lang))
        for fault in refused
    ]
    order = list(KINDS)
    for one in sorted(findings, key=lambda one: (not one.blocks, order.index(one.kind))):
        lines = lines_text(one.lines, lang)
        text = finding_text(one, lang).removesuffix(f" [{lines}]")
        rows.append((yes if one.blocks else no, one.street, lines, one.addresses, text, mend_text(one, lang)))
    return pd.DataFrame(rows, columns=["blocks", "street", "lines", "addresses", "text", "mend"])


def blocking_count(findings: Sequence[Finding], refused: Sequence[Fault]) -> int:
    """Count what keeps a council from voting: findings of that kind, and rows that were not read."""
    return len(refused) + sum(one.blocks for one in findings)


def _span(row: Mapping[str, Any], lang: Lang) -> str:
    """Say the numbers of a row on their side, without the addresses that have none."""
    last, side = int(row["number_to"]), str(row["parity"])
    first = max(int(row["number_from"]), 1)
    told = say(f"annex.side.{side}", lang)
    is_open, from_start = last >= OPEN_END, first <= _NEXT[side] and not row["suffix_from"]
    if is_open and from_start:
        return say("list.span.whole", lang) if side == "PI" else say("list.span.side_only", lang, side=told)
    begin, end = _number(first, row["suffix_from"]), _number(last, row["suffix_to"])
    key = "open" if is_open else "single" if begin == end else "range"
    span = say(f"list.span.{key}", lang, first=begin, last=end)
    if out := str(row.get("suffix_out", "")):
        span = say("list.span.out", lang, span=span, suffix=_number(last, out))
    return span if side == "PI" or key == "single" else say("list.span.sided", lang, side=told, span=span)


def _number(number: int, suffix: object) -> str:
    return f"{number} {str(suffix or '').lower()}".strip()


def _texts(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _with_names(told: Mapping[str, object], names: Mapping[str, str] | pd.Series) -> dict[str, object]:
    named = {key: named_schools(str(told[key]), names) for key in ("school", "drawn", "schools") if told.get(key)}
    return {**told, **named}


def _name(names: Mapping[str, str] | pd.Series, school: str) -> str:
    return str(names.get(school, school))


def _schools(names: Mapping[str, str] | pd.Series, schools: Sequence[str], lang: Lang) -> str:
    return " / ".join(_name(names, school) for school in schools) or say("list.audit.none", lang)
