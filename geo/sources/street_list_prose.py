"""Street lists written as a text: names of schools, and under each of them its streets with their numbers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as ET

import pandas as pd

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.names import plain
from geo.sources.street_list_files import Grid, read_text
from geo.territory.annex.naming import understand
from geo.territory.annex.spoken import read_numbers

PROSE_FILES: Final = frozenset({".txt", ".docx"})
_SCHOOL: Final = re.compile(
    r"(?:[ée]cole|groupe scolaire|maternelle|[ée]l[ée]mentaire|primaire|coll[èe]ge)\b", re.IGNORECASE
)
_LEVELS: Final = MappingProxyType({"maternelle": "nursery", "elementaire": "elementary", "college": "college"})
_BULLET: Final = re.compile(r"^\s*(?:[-–—•*·▪◦o]\s+|\d{1,3}[.)]\s+)")
_ARTICLE: Final = re.compile(r"^\s*article\s+\w+\s*[:.–—-]*\s*", re.IGNORECASE)
# "Le secteur scolaire de l'" before the name of a school, "est défini comme suit" behind it.
_BEFORE: Final = re.compile(
    r"^(?:le\s+)?(?P<sector>secteur|p[ée]rim[èe]tre)(?:\s+scolaire)?\b\s*(?:de\s+l['’]|de\s+la\s+|du\s+|de\s+|:\s*)?",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(r"\s*(?:\b(?:est|sont|comprend|comporte|d[ée]fini)\b|:).*$", re.IGNORECASE)
_BOUNDS: Final = re.compile(r"^\s*(?:au\s+)?(?:nord|sud|est|ouest)(?:\s*-\s*(?:est|ouest))?\s*:", re.IGNORECASE)
_QUOTED: Final = re.compile(r"«\s*(.+?)\s*»")
_PARTED: Final = re.compile(r"\s*[;,.]\s+(?![^(]*\))")
# A longer line without the type of a street is a sentence, not the name of a hamlet.
_HAMLET_WORDS: Final = 6
_PARAGRAPH: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCX_MOST: Final = 50_000_000


@dataclass(frozen=True)
class _Under:
    """The heading that a line stands under; a chapter ("Écoles maternelles") says the level of its schools."""

    schools: tuple[str, ...] = ()
    level: str = ""
    chapter: str = ""


def read_prose(path: Path) -> Grid:
    """Read a text as a street list: one line is a school, a street with its numbers, or several streets.

    What stands before the first school is passed over; below it, each line that is neither is a fault.

    Raises
    ------
    SourceError
        If the file cannot be read, or no line names a street.
    """
    rows: list[tuple[int, str, tuple[str, ...], str]] = []
    faults: list[Fault] = []
    under = _Under()
    for line, text in enumerate(_lines(path), start=1):
        told = " ".join(_BULLET.sub("", text).split())
        street, schools = _street_and_schools(told)
        if not told:
            continue
        if schools:
            rows += [(line, one, schools, under.level) for one in _streets(street)]
        elif heading := _heading(told, under):
            under = heading
        elif under.schools and _BOUNDS.match(told):
            faults.append(_fault("list-bounds", path.name, line, text=told))
        elif under.schools and _may_be_street(told):
            rows += [(line, one, under.schools, under.level) for one in _streets(told)]
        elif under.schools:
            faults.append(_fault("list-sentence", path.name, line, text=told))
    if not rows:
        raise UnreadableFileError(faults[0] if faults else _nothing(path.name))
    return _as_grid(rows, faults)


def _as_grid(rows: Sequence[tuple[int, str, tuple[str, ...], str]], faults: list[Fault]) -> Grid:
    most = max(len(schools) for _, _, schools, _ in rows)
    table: dict[str, list[str]] = {
        "street": [street for _, street, _, _ in rows],
        "level": [level for _, _, _, level in rows],
    }
    for place in range(most):
        name = "school" if place == 0 else f"school_{place + 1}"
        table[name] = [schools[place] if place < len(schools) else "" for _, _, schools, _ in rows]
    lines = pd.Index([line for line, _, _, _ in rows], dtype="int64")
    return Grid(pd.DataFrame(table, index=lines, dtype="str"), {role: role for role in table}, faults)


# Lines ---------------------------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[str]:
    if path.suffix.lower() != ".docx":
        yield from read_text(path).splitlines()
        return
    try:
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo("word/document.xml").file_size > _DOCX_MOST:
                raise UnreadableFileError(_nothing(path.name))
            tree = ET.fromstring(packed.read("word/document.xml"))  # noqa: S314, the size is bounded
    except (zipfile.BadZipFile, KeyError, OSError, ET.ParseError) as error:
        raise UnreadableFileError(_nothing(path.name)) from error
    for paragraph in tree.iter(f"{_PARAGRAPH}p"):
        yield "".join(part.text or "" for part in paragraph.iter(f"{_PARAGRAPH}t"))


def _street_and_schools(text: str) -> tuple[str, tuple[str, ...]]:
    """Give the street of a line that ends with its schools ("rue A, pairs : « École B »"), else the line alone."""
    street, sign, told = text.partition(" : ")
    quoted = tuple(_QUOTED.findall(told))
    if sign and quoted:
        return street, quoted
    if sign and understand(street).kind and _SCHOOL.match(told):
        return street, (told.rstrip(" .;"),)
    return text, ()


def _heading(text: str, under: _Under) -> _Under | None:
    """Give the school or the chapter that a line is the heading of, None if it is none."""
    body = _ARTICLE.sub("", text)
    if understand(body).kind:
        return None
    chapter = {_LEVELS.get(word[:-1]) for word in plain(body).split() if word.endswith("s")} - {None}
    if len(chapter) == 1 and len(body.split()) <= _HAMLET_WORDS:
        return _Under(chapter=str(chapter.pop()))
    before = _BEFORE.match(body)
    name = _BEHIND.sub("", body[before.end() :] if before else body).strip(" .:;«»")
    if not name or not (before or _SCHOOL.match(body) or body.endswith(":")):
        return None
    own = {_LEVELS[word] for word in plain(name).split() if word in _LEVELS}
    level = own.pop() if len(own) == 1 else under.chapter
    return _Under((name[:1].upper() + name[1:],), level, under.chapter)


def _streets(text: str) -> Iterator[str]:
    """Give the streets of a line: a sign after which the type of a street stands parts two of them."""
    told = text.strip(" .;,")
    start = 0
    for sign in _PARTED.finditer(told):
        behind = told[sign.end() :]
        numbers = _PARTED.split(behind, maxsplit=1)[0]
        if understand(behind).kind and read_numbers(numbers) is None:
            yield told[start : sign.start()]
            start = sign.end()
    yield told[start:]


def _may_be_street(text: str) -> bool:
    """Whether a line is a street, or short enough for the name of a hamlet."""
    return bool(understand(text).kind) or len(text.split()) <= _HAMLET_WORDS


# Faults --------------------------------------------------------------------------------------------------------------


def _fault(rule: str, name: str, line: int, *, text: str) -> Fault:
    expected, remedy = {
        "list-bounds": (
            "the streets of the sector",
            "Write each street with its numbers: streets that only bound a sector do not say who lives in it.",
        ),
        "list-sentence": (
            "a school, or a street with its numbers",
            "Write one street a line, such as 'rue Pasteur, côté impair du 1 au 33 bis'.",
        ),
    }[rule]
    return Fault(rule, name, line, "", expected, repr(text[:60]), remedy, {"value": text[:60]})


def _nothing(name: str) -> Fault:
    expected = "a text with names of schools, and under each of them its streets"
    return Fault("list-prose", name, None, "", expected, "another text", "See docs/street_list.md, or give a table.")
