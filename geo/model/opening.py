"""When a place is open: days and hours as they are written in French, read once and asked of any moment.

``mardi-samedi 10h-18h``, ``lundi, jeudi 9h-12h, 14h-18h30; samedi 10h-12h``, ``mercredi et vacances``, ``tous les
jours 9h-22h``, ``selon programme``. Days and ranges of days come first, then their hours; days that follow hours, or a
semicolon, begin anew. Short and English names of days and ``09:30`` are read too. Accents and capitals do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

State = Literal["open", "day", "closed", "unknown"]
STATES: Final[tuple[State, ...]] = ("open", "day", "closed", "unknown")

_NAMES: Final = (
    ("lundi", "lun", "monday", "mon", "mo"),
    ("mardi", "mar", "tuesday", "tue", "tu"),
    ("mercredi", "mer", "wednesday", "wed", "we"),
    ("jeudi", "jeu", "thursday", "thu", "th"),
    ("vendredi", "ven", "friday", "fri", "fr"),
    ("samedi", "sam", "saturday", "sat", "sa"),
    ("dimanche", "dim", "sunday", "sun", "su"),
)
_ENGLISH: Final = 2  # place of the English name among those of a day
# From a word to its sign in the short form of a text: days, holidays, ranges, lists, and words that say nothing.
_SIGNS: Final = MappingProxyType(
    {name: f"d{day}" for day, names in enumerate(_NAMES) for name in names}
    | dict.fromkeys(("vacances", "holidays"), "v")
    | dict.fromkeys(("-", "a", "au", "to"), "-")
    | dict.fromkeys((",", "et", "and"), ",")
    | dict.fromkeys(("le", "les", "de", "du", "scolaires", ""), "")
    | {";": ";"}
)
_EVERY_DAY: Final = re.compile(r"\b(?:tous les jours|every day)\b")
_BY_PROGRAMME: Final = frozenset({"", "selon programme", "by programme"})
_TOKEN: Final = re.compile(r"(?P<hour>\d{1,2})\s?[h:](?P<minute>\d{2})?|(?P<word>[a-z]+|[-,;])|\s+|(?P<odd>\S+)")
_DAYS: Final = r"(?:d\d(?:-d\d)?|v)(?:,(?:d\d(?:-d\d)?|v))*"
_SPANS: Final = r"t\d+-t\d+(?:,t\d+-t\d+)*"
_RULE: Final = re.compile(rf"({_DAYS}),?({_SPANS})?")
_RULES: Final = re.compile(rf"{_DAYS}(?:,?{_SPANS})?(?:[,;]{_DAYS}(?:,?{_SPANS})?)*")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7
_WORKING_DAYS: Final = 5


@dataclass(frozen=True)
class Hours:
    """Days on which a place is open, and when.

    Attributes
    ----------
    days
        Days of the week, 0 for Monday to 6 for Sunday.
    holidays
        Whether it is also open from Monday to Friday in the school holidays.
    spans
        From and to [minutes after midnight]; empty if the hours of these days are not told.
    """

    days: frozenset[int]
    holidays: bool
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Moment:
    """A moment of a week.

    Attributes
    ----------
    day
        Day of the week, 0 for Monday to 6 for Sunday.
    minute
        Minutes after midnight.
    holidays
        Whether in the school holidays.
    """

    day: int
    minute: int
    holidays: bool = False


def read_hours(text: str) -> tuple[Hours, ...]:
    """Read the days and hours of a place; none where they are not told (empty, or by programme).

    Raises
    ------
    ValueError
        If the text is not of the form told above; it says which part.
    """
    plain = _plain(text)
    if plain in _BY_PROGRAMME:
        return ()
    short = "".join(_signs(_EVERY_DAY.sub("mo-su", plain)))
    if not _RULES.fullmatch(short):
        raise ValueError(f"expected days, then hours such as 10h-18h, got {text!r}")
    return tuple(_hours(rule[1], rule[2] or "") for rule in _RULE.finditer(short))


def read_moment(text: str) -> Moment:
    """Read a day and an hour, such as ``mercredi 14h`` or ``vacances tuesday 10:30``.

    Raises
    ------
    ValueError
        If the text is neither.
    """
    signs = "".join(_signs(_plain(text)))
    found = re.fullmatch(r"(v?),?d(\d),?-?t(\d+)", signs)
    if found is None:
        raise ValueError(f"expected a day and an hour, such as 'mercredi 14h' or 'wednesday 14:00', got {text!r}")
    return Moment(day=int(found[2]), minute=int(found[3]), holidays=bool(found[1]))


def written_moment(moment: Moment) -> str:
    """Write a moment so that `read_moment` reads it again: ``holidays wednesday 14:30``."""
    hour, minute = divmod(moment.minute, _HOUR)
    day = _NAMES[moment.day][_ENGLISH]
    return f"{'holidays ' if moment.holidays else ''}{day} {hour}:{minute:02d}"


def state_at(rules: tuple[Hours, ...], moment: Moment) -> State:
    """Tell whether a place is open at a moment.

    Returns
    -------
    state
        ``open``; ``day``, open on that day at hours that are not told; ``closed``; ``unknown``, if nothing is told.
    """
    if not rules:
        return "unknown"
    today = [rule for rule in rules if moment.day in rule.days or (moment.holidays and _in_holidays(rule, moment.day))]
    if any(begin <= moment.minute < end for rule in today for begin, end in rule.spans):
        return "open"
    return "day" if any(not rule.spans for rule in today) else "closed"


def _in_holidays(rule: Hours, day: int) -> bool:
    return rule.holidays and day < _WORKING_DAYS


def _plain(text: str) -> str:
    """Give a text without accents and capitals, with plain dashes and without points."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub("[\u2010-\u2015]", "-", kept).replace(".", "").strip()


def _signs(plain: str) -> list[str]:
    """Give the sign of each word and hour of a plain text."""
    signs = []
    for token in _TOKEN.finditer(plain):
        if token["hour"]:
            signs.append(f"t{_minutes(token)}")
            continue
        word = token["word"] or token["odd"] or ""
        if word not in _SIGNS:
            raise ValueError(f"expected days and hours, got {word!r}")
        signs.append(_SIGNS[word])
    return signs


def _minutes(token: re.Match[str]) -> int:
    minutes = int(token["hour"]) * _HOUR + int(token["minute"] or 0)
    if minutes > _DAY or int(token["minute"] or 0) >= _HOUR:
        raise ValueError(f"expected an hour of the day, got {token[0]!r}")
    return minutes


def _hours(days: str, spans: str) -> Hours:
    """Give the days and hours of one rule in its short form."""
    told: set[int] = set()
    for part in (part for part in days.split(",") if part != "v"):
        first, last = (int(day[1:]) for day in (part.split("-")[0], part.split("-")[-1]))
        told |= {day % _WEEK for day in range(first, last + (_WEEK if last < first else 0) + 1)}
    bounds = [tuple(int(hour[1:]) for hour in span.split("-")) for span in spans.split(",") if span]
    for begin, end in bounds:
        if begin >= end:
            clock = [f"{minutes // _HOUR}h{minutes % _HOUR:02d}" for minutes in (begin, end)]
            raise ValueError(f"expected hours that end after they begin, got {clock[0]}-{clock[1]}")
    return Hours(frozenset(told), "v" in days.split(","), tuple((begin, end) for begin, end in bounds))
