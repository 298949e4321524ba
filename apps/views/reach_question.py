"""What is asked about places in reach, as the address of the page says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from geo.model.opening import Moment, read_moment, written_moment
from geo.model.reach import LONGEST_MIN, Asked, Offer

_KIND, _MINUTES, _AGES, _AT = "kind", "minutes", "ages", "at"
_DAY_MIN: Final = 24 * 60
_USUAL: Final = Asked(Offer.SCHOOL)


def question_of(address: Mapping[str, str]) -> Asked | None:
    """Give the question that an address of the page asks; None if it names no kind of place.

    What cannot be read in it is left as it is to begin with.
    """
    if address.get(_KIND) not in set(Offer):
        return None
    return Asked(
        Offer(address[_KIND]),
        minutes=_minutes(address.get(_MINUTES, "")),
        ages=_ages(address.get(_AGES, "")),
        at=_moment(address.get(_AT, "")),
    )


def told_question(asked: Asked | None) -> dict[str, str]:
    """Say in the address of the page what is asked, where it is other than to begin with."""
    if asked is None:
        return {}
    told = {_KIND: str(asked.offer)}
    if asked.minutes != _USUAL.minutes:
        told[_MINUTES] = f"{asked.minutes:g}"
    if asked.ages:
        told[_AGES] = f"{asked.ages[0]}-{asked.ages[1]}"
    if asked.at:
        told[_AT] = written_moment(asked.at)
    return told


def _minutes(text: str) -> float:
    asked = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else 0
    return float(asked) if 0 < asked <= LONGEST_MIN else _USUAL.minutes


def _ages(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)
    return (int(found[1]), int(found[2])) if found else None


def _moment(text: str) -> Moment | None:
    try:
        moment = read_moment(text)
    except ValueError:
        return None
    return moment if moment.minute < _DAY_MIN else None
