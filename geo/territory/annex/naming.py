"""Names of streets as people write them: type, words and particles told apart, abbreviations written out."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

Words = tuple[str, ...]

_DOUBLE_TYPES: Final = MappingProxyType(
    {("rond", "point"): "rond point", ("lieu", "dit"): "", ("grande", "rue"): "grande rue"}
)
_ORDINAL: Final = re.compile(r"(\d+)(?:e|eme|nd|nde)")
_GARBLED: Final = ("Ã", "Â", "â€")
_TURNED: Final = re.compile(r"(.+?)\s*\((.+)\)")
_AFTER_COMMA: Final = re.compile(r"([^,]+),\s*([^,]+)")


@dataclass(frozen=True)
class StreetName:
    """A name of a street, understood.

    Attributes
    ----------
    plain
        In small letters without accents and signs.
    kind
        Its type, written out (``avenue``); empty for a hamlet or a name without type.
    words
        What tells it from the other streets of its type, written out, without particles.
    full
        Type, particles and words, written out.
    gender
        What its particles say: ``m``, ``f``, ``p`` (plural), empty if nothing.
    """

    plain: str
    kind: str
    words: Words
    full: str
    gender: str


@lru_cache(maxsize=1 << 16)
def understand(name: str) -> StreetName:
    """Tell the type, the words and the particles of a name apart.

    >>> understand("BD DU GAL LECLERC").full
    'boulevard du general leclerc'
    >>> understand("Blier (Rue Bernard)").full
    'rue bernard blier'
    >>> understand("AllÃ©e des AmÃ©riques").full
    'allee des ameriques'
    """
    bare = _plain(name)
    kind, rest = _kind(_plain(_in_order(_mended(name))).split())
    words = [part for word in rest for part in _written_out(word).split()]
    known = _words()
    genders = {known.genders[word] for word in words if word in known.genders}
    return StreetName(
        plain=bare,
        kind=kind,
        words=tuple(word for word in words if word not in known.particles) or tuple(words),
        full=" ".join([kind, *words]).strip(),
        gender=genders.pop() if len(genders) == 1 else "".join(sorted(genders)),
    )


def with_types(names: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Give names with the types that stand beside them, once; a column of other things than types is left out.

    >>> with_types(["PASTEUR", "RUE HAUTE", "TRISTAN"], ["AV", "RUE", "PLAN"])
    ['AV PASTEUR', 'RUE HAUTE', 'PLAN TRISTAN']
    >>> with_types(["Pasteur"], ["maternelle"])
    ['Pasteur']
    """
    said = [kind for kind in kinds if kind]
    if 2 * sum(bool(_type_of(kind)) for kind in said) < len(said):
        return list(names)
    pairs = zip(names, kinds, strict=True)
    return [" ".join((f"{kind} {name}" if _is_bare(name, kind) else name).split()) for name, kind in pairs]


def genders_agree(one: StreetName, other: StreetName) -> bool:
    """Whether the particles of two names may mean one street: "du Lilas" and "des Lilas" may not."""
    return not one.gender or not other.gender or one.gender == other.gender


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", _mended(text).replace("œ", "oe").replace("Œ", "OE"))
    return " ".join(re.findall(r"[a-z0-9]+", bare.encode("ascii", "ignore").decode().lower()))


def _mended(text: str) -> str:
    """Give a text that was read in the wrong encoding once as it was: 'AllÃ©e' is 'Allée'."""
    if not any(sign in text for sign in _GARBLED):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _in_order(name: str) -> str:
    """Give a name in the order of speech: sorted lists turn it round."""
    turned = _TURNED.fullmatch(name.strip()) or _AFTER_COMMA.fullmatch(name.strip())
    if turned and (_type_of(turned[2]) or _kind(_plain(turned[2]).split())[0]):
        return f"{turned[2]} {turned[1]}"
    return name


def _is_bare(name: str, kind: str) -> bool:
    """Whether a name does not begin with the type that stands beside it."""
    return bool(name) and _kind(_plain(name).split())[0] != (_type_of(kind) or _plain(kind))


def _type_of(text: str) -> str:
    """Give the type that a text is, written out; empty if it is more or something else."""
    kind, rest = _kind([*_plain(text).split(), "x"])
    return kind if rest == ["x"] else ""


def _kind(words: list[str]) -> tuple[str, list[str]]:
    """Give the type of a name and the words after it."""
    if tuple(words[:2]) in _DOUBLE_TYPES:
        return _DOUBLE_TYPES[words[0], words[1]], words[2:]
    known = _words()
    if len(words) > 1 and words[0] in known.types:
        return words[0], words[1:]
    if len(words) > 1 and words[0] in known.short_types:
        return known.short_types[words[0]], words[1:]
    return "", words


def _written_out(word: str) -> str:
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return ordinal[1]
    known = _words()
    return known.short_words.get(word) or known.numerals.get(word) or word


@dataclass(frozen=True)
class _Words:
    """Words of street names, from `street_words.toml`."""

    types: frozenset[str]
    particles: frozenset[str]
    genders: Mapping[str, str]
    short_types: Mapping[str, str]
    short_words: Mapping[str, str]
    numerals: Mapping[str, str]


@cache
def _words() -> _Words:
    text = (resources.files("geo.territory.annex") / "street_words.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    particles = frozenset({*table.pop("particles"), *table["genders"]})
    return _Words(types=frozenset(table.pop("types").split()), particles=particles, **table)
