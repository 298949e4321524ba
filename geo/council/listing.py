"""The street list as the app shows it: rows and items of a difference in words, what an audit found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geo.council.findings import finding_text, lines_text, mend_text
from geo.council.street_list_text import span_text
from geo.council.words import Lang, fault_text, say
from geo.errors import Fault
from geo.territory.annex.findings import KINDS, Finding


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


def _texts(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _with_names(told: Mapping[str, object], names: Mapping[str, str] | pd.Series) -> dict[str, object]:
    named = {key: named_schools(str(told[key]), names) for key in ("school", "drawn", "schools") if told.get(key)}
    return {**told, **named}


def _name(names: Mapping[str, str] | pd.Series, school: str) -> str:
    return str(names.get(school, school))


def _schools(names: Mapping[str, str] | pd.Series, schools: Sequence[str], lang: Lang) -> str:
    return " / ".join(_name(names, school) for school in schools) or say("list.audit.none", lang)
