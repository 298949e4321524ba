"""Which school: an address as a person writes it, answered with the rows that decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.model.levels import Level
from geo.territory.annex.binding import STREET
from geo.territory.annex.choices import CHOICES, AuditChoices
from geo.territory.annex.matching import match_streets
from geo.territory.annex.numbers import is_repetition
from geo.territory.annex.resolving import decide

_NUMBER_FIRST: Final = re.compile(r"\s*(?:n°\s*)?(\d{1,5})\s*([a-z]{0,9})\b[\s,]*(.*)", re.IGNORECASE)
_NUMBER_LAST: Final = re.compile(r"(.*?)[\s,]+(?:n°\s*)?(\d{1,5})\s*([a-z]{0,9})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """The schools of one address.

    Attributes
    ----------
    street_id, street_name
        The street that was understood.
    number, suffix
        Its number (0 if none was given) and repetition.
    schools
        In order of priority, empty if no row covers the address.
    rows
        Labels of the rows of the street list that decide, in the same order.
    """

    street_id: str
    street_name: str
    number: int
    suffix: str
    schools: tuple[str, ...]
    rows: tuple[object, ...]


@dataclass(frozen=True)
class Asked:
    """What was understood of an address.

    Attributes
    ----------
    answers
        One for each street of that name; none if no street was understood.
    guesses
        Then the names that are most like it, with their likeness [0-100].
    """

    answers: tuple[Answer, ...]
    guesses: tuple[tuple[str, float], ...]


def ask(
    text: str, streets: pd.DataFrame, street_list: pd.DataFrame, *, level: Level | str, choices: AuditChoices = CHOICES
) -> Asked:
    """Say which schools an address belongs to, whether a building stands there yet or not.

    Parameters
    ----------
    text
        An address such as ``12 bis, rue Pasteur``.
    streets
        Streets, columns ``street_id, street_name``, and ``insee, place`` if known.
    street_list
        Rows of the contract `geo.model.tables.STREET_LIST`, all levels.
    level
        The level that is asked for.
    choices
        What is accepted as a name.
    """
    number, suffix, street = parse_address(text)
    known = streets.reindex(columns=list(STREET), fill_value="").drop_duplicates("street_id").reset_index(drop=True)
    wanted = pd.DataFrame([("", "", "", street)], columns=list(STREET))
    # The person sees which street was understood: numbers need not agree.
    (match,) = match_streets(wanted, known, agrees=lambda *_: True, by_hand={}, choices=choices)
    if not match.street_ids:
        return Asked((), match.guesses)
    home = pd.DataFrame({"street_id": match.street_ids, "number": number, "suffix": suffix})
    decided = decide(home, street_list, level)
    names = known.set_index("street_id")["street_name"]
    answers = [
        Answer(code, str(names[code]), number, suffix, schools, rows)
        for code, schools, rows in zip(match.street_ids, decided["schools"], decided["rows"], strict=True)
    ]
    return Asked(tuple(answers), ())


def parse_address(text: str) -> tuple[int, str, str]:
    """Give the number (0 if none), the repetition and the street of an address.

    >>> parse_address("12 bis, rue Pasteur"), parse_address("rue du 8 Mai 1945, 3")
    ((12, 'BIS', 'rue Pasteur'), (3, '', 'rue du 8 Mai 1945'))
    """
    first = _NUMBER_FIRST.fullmatch(text)
    if first and first[3] and is_repetition(first[2]):
        return int(first[1]), first[2].upper(), first[3].strip()
    if first and (first[2] or first[3]):
        return int(first[1]), "", f"{first[2]} {first[3]}".strip()
    last = _NUMBER_LAST.fullmatch(text)
    if last and "," in text and is_repetition(last[3]):
        return int(last[2]), last[3].upper(), last[1].strip(" ,")
    return 0, "", text.strip()
