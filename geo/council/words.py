"""Every word that people read, in French and in English, from one catalogue.

The catalogue is the TOML files of the folder ``words``. A phrase is a table with ``fr`` and ``en``, and
``fr_one`` and ``en_one`` where the singular differs; its key is the path to it: ``level.nursery.name``.
A place in a phrase may say how its figure is written: ``{pupils}`` (a number), ``{share:percent}``,
``{walk:metres}``, ``{day:date}`` or ``{year:plain}`` (as it is, without separators).
"""

from __future__ import annotations

import datetime as dt
import math
import string
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from numbers import Real
from types import MappingProxyType
from typing import Any, Final, Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from geo.errors import Fault
from geo.model.levels import Level
from geo.model.note import Note

Lang = Literal["fr", "en"]
LANGS: Final[tuple[Lang, ...]] = ("fr", "en")

_LOCALES: Final[dict[Lang, str]] = {"fr": "fr_FR", "en": "en_GB"}
_PHRASE_KEYS: Final = frozenset({"fr", "en", "fr_one", "en_one"})
_KM: Final = 1000  # from here on a distance is read more easily in kilometres


def say(key: str, lang: Lang, **values: object) -> str:
    """Give a phrase of the catalogue with its figures written the way of the language.

    Parameters
    ----------
    key
        Path of the phrase, such as ``band.over.name``.
    lang
        Language to write in.
    values
        The figures and names that the phrase needs; `count` chooses between singular and plural.

    Raises
    ------
    LookupError
        If the catalogue has no such phrase, or the phrase needs a value that is not given.
    """
    phrase = catalogue().get(key)
    if phrase is None:
        raise LookupError(f"words: expected a phrase of the catalogue, got {key!r}. Add it to geo/council/words.")
    form = f"{lang}_one" if _is_singular(values.get("count"), lang) else lang
    try:
        return _Writer(lang).vformat(phrase.get(form, phrase[lang]), (), values)
    except KeyError as error:
        raise LookupError(f"words: phrase {key!r} needs the value {error}, got {sorted(values)}.") from error


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Give every phrase, from its key to its texts; its files are read once.

    Raises
    ------
    LookupError
        If a phrase stands twice, or lacks a language.
    """
    phrases: dict[str, Mapping[str, str]] = {}
    for file in _files():
        for key, phrase in _phrases(tomllib.loads(file.read_text(encoding="utf-8")), ""):
            if key in phrases or not {"fr", "en"} <= set(phrase):
                raise LookupError(f"words/{file.name}: expected {key!r} once, with fr and en, got {phrase}.")
            phrases[key] = MappingProxyType(phrase)
    return MappingProxyType(phrases)


def number(value: float | None, lang: Lang, *, digits: int = 0) -> str:
    """Write a number with the separators of the language and `digits` decimals; 'not known' for NaN."""
    figure = _finite(value)
    if figure is None:
        return say("unknown", lang)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(_half_up(figure, digits), format=pattern, locale=_LOCALES[lang]).replace("-", "−")


def signed(value: float | None, lang: Lang, *, digits: int = 0) -> str:
    """Write a change with its sign: '+12', '−3', '0'."""
    figure = _finite(value)
    sign = "+" if figure is not None and _half_up(figure, digits) > 0 else ""
    return sign + number(figure, lang, digits=digits)


def percent(share: float | None, lang: Lang, *, digits: int = 0) -> str:
    """Write a share [0-1] as a percentage; 'not known' for NaN."""
    figure = _finite(share)
    if figure is None:
        return say("unknown", lang)
    return number(figure * 100, lang, digits=digits) + ("\u00a0%" if lang == "fr" else "%")


def metres(value: float | None, lang: Lang) -> str:
    """Write a distance [m], in kilometres from 1 km on; 'not known' for NaN, 'no way' for an infinite one."""
    figure = _finite(value)
    if figure is None:
        return say("no_way" if _is_infinite(value) else "unknown", lang)
    if _half_up(figure, 0) >= _KM:
        return number(figure / _KM, lang, digits=1) + "\u00a0km"
    return number(figure, lang) + "\u00a0m"


def date_text(date: dt.date, lang: Lang) -> str:
    """Write a date in full: '22 novembre 2026'."""
    return format_date(date, format="long", locale=_LOCALES[lang])


def school_year(year: int, lang: Lang) -> str:
    """Name the school year that begins in `year`: 'année scolaire 2026-2027'."""
    return say("school_year", lang, first=year, last=year + 1)


def level_name(level: Level | str, lang: Lang) -> str:
    """Name a level of schooling: 'maternelle'."""
    return say(f"level.{level}.name", lang)


def offer_name(offer: str, lang: Lang) -> str:
    """Name a kind of place: 'Crèches'."""
    return say(f"reach.offer.{offer}.name", lang)


def crossed_name(name: str, lang: Lang) -> str:
    """Name what walks cross: a kind of barrier, a class of road, or a street by its own name."""
    key = f"walking.kind.{name}"
    return say(key, lang) if key in catalogue() else name


def crossed_names(names: Sequence[str], lang: Lang) -> str:
    """Name several of them one after the other."""
    return ", ".join(crossed_name(name, lang) for name in names)


def table_name(table: str, lang: Lang) -> str:
    """Name a table of a city: 'effectifs des écoles'."""
    return say(f"table.{table}", lang)


def note_text(note: Note, lang: Lang) -> str:
    """Say a remark in a sentence.

    Raises
    ------
    LookupError
        If the catalogue has no phrase for it, or the remark lacks a value that the phrase needs.
    """
    return say(f"note.{note.code}", lang, **note.values)


def fault_text(fault: Fault, lang: Lang) -> str:
    """Say where something is wrong in a file, what it is and what to do about it.

    A rule without a phrase is said in the words of the fault itself: no fault may stay unsaid.
    """
    key = f"fault.{fault.rule}"
    if key not in catalogue():
        return f"{fault_place(fault, lang)}: expected {fault.expected}, got {fault.got}. {fault.remedy}"
    told = {"expected": fault.expected, "got": fault.got, "remedy": fault.remedy, "column": fault.column}
    return say(key, lang, **{**told, **fault.values, "file": fault.file, "place": fault_place(fault, lang)})


def fault_place(fault: Fault, lang: Lang) -> str:
    """Point at the file, the line and the column of a fault."""
    is_text = fault.file.endswith((".csv", ".toml", ".xlsx", ".ods", ".gz", ".txt"))
    parts = [fault.file]
    if fault.line is not None:
        parts.append(say("place.line" if is_text else "place.feature", lang, line=str(fault.line)))
    if fault.column:
        parts.append(say("place.column", lang, column=fault.column))
    return ", ".join(parts)


class _Writer(string.Formatter):
    """Fills the places of a phrase the way of one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def format_field(self, value: object, format_spec: str) -> str:
        """Write one value as its place in the phrase asks."""
        writer = _WRITERS[format_spec] if format_spec else _as_it_comes
        return writer(value, self.lang)


def _as_it_comes(value: object, lang: Lang) -> str:
    """Write a number with separators, and a decimal if it has one; a text as it is."""
    if value is None:
        return say("unknown", lang)
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    whole = not math.isfinite(value) or float(value).is_integer()
    return number(float(value), lang, digits=0 if whole else 1)


def _plain(value: object, lang: Lang) -> str:
    del lang
    return str(value)


_WRITERS: Final[Mapping[str, Callable[[Any, Lang], str]]] = MappingProxyType(
    {
        "plain": _plain,
        "number": number,
        "percent": percent,
        "metres": metres,
        "date": date_text,
        "signed": signed,
        "level": level_name,
        "table": table_name,
        "offer": offer_name,
        "crossed": crossed_names,
    }
)


def _files() -> list[Traversable]:
    """Give the files of the catalogue in the order of their names."""
    folder = resources.files("geo.council") / "words"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)


def _phrases(table: Mapping[str, Any], path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the key and the texts of each phrase within a table of the catalogue."""
    for name, inner in table.items():
        key = f"{path}.{name}" if path else name
        if not isinstance(inner, dict) or not inner:
            raise LookupError(f"words: expected a phrase or a table of phrases at {key!r}, got {inner!r}.")
        if set(inner) <= _PHRASE_KEYS:
            yield key, inner
        else:
            yield from _phrases(inner, key)


def _is_singular(count: object, lang: Lang) -> bool:
    """Whether French (from 0 to below 2) or English (exactly 1) uses the singular for `count`."""
    if not isinstance(count, Real):
        return False
    return abs(float(count)) < 2 if lang == "fr" else float(count) == 1  # noqa: PLR2004, rule of French grammar


def _finite(value: object) -> float | None:
    """Give a number that is known and finite, else None (NaN, None, and NA of pandas)."""
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def _is_infinite(value: object) -> bool:
    return isinstance(value, Real) and math.isinf(value)


def _half_up(value: float, digits: int) -> float:
    """Round halves away from zero, as people do by hand, whatever the last bits of the figure are."""
    scale = 10**digits
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value) + 0.0
