"""The schools of the rows of a street list: one column, one for each level, or several of a shared sector."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from geo.model.levels import Level
from geo.sources.names import plain
from geo.sources.street_list_columns import ListWords, Mapped
from geo.sources.street_list_numbers import changed

# Level of a list that says none.
ANY_LEVEL: Final = "any"
# Roles of the columns that name the school of one level.
OF_LEVEL: Final = tuple(str(level) for level in Level)
_SHORT_CODE: Final = re.compile(r"\d{4}(?:[.,]0+)?")
_CODE: Final = re.compile(r"(\d{5})[.,]0+")


def schools_of_rows(cells: pd.DataFrame, mapped: Mapped) -> pd.DataFrame:
    """Give the schools of each row in their order; two spellings that differ in capitals or signs are one.

    Parameters
    ----------
    cells
        Texts, their columns being roles: ``school, school_2 ...``, ``level``, and one for each level (`OF_LEVEL`).
    mapped
        What the columns and words mean.

    Returns
    -------
    schools
        The label of a row once for each of its schools: ``level, school_id``, and ``rank``, 1, 2, ... where a row
        names several schools of one level, else 0. A row without school is not there.
    """
    spelt: dict[str, str] = {}

    def named(text: str) -> tuple[str, ...]:
        parts = text.split(mapped.school_separator) if mapped.school_separator else [text]
        kept = [" ".join(part.split()) for part in parts]
        return tuple(spelt.setdefault(plain(part), part) for part in kept if plain(part))

    said = cells["level"] if "level" in cells else pd.Series("", index=cells.index)
    levels = changed(said, lambda text: level_of(text, mapped.words))
    names = sorted(name for name in map(str, cells) if name == "school" or name.startswith("school_"))
    groups = [(levels, names), *((pd.Series(level, index=cells.index), [level]) for level in OF_LEVEL)]
    parts = [
        _spread(level, [changed(cells[name], named) for name in columns])
        for level, columns in groups
        if columns and set(columns) <= set(cells)
    ]
    return pd.concat(parts).sort_index(kind="stable")


def level_of(text: str, words: ListWords) -> str:
    """Give the level that a word says: one of `Level` if it is known, else the word itself; `ANY_LEVEL` if empty."""
    said = plain(text)
    known = (level for level in OF_LEVEL if said in getattr(words, level))
    return next(known, text) if said else ANY_LEVEL


def commune_code(text: str) -> str:
    """Give the code of a commune with the zero that a spreadsheet took from it; a name stays as it is.

    >>> commune_code("1004"), commune_code("35238.0"), commune_code("2A004"), commune_code("Rennes")
    ('01004', '35238', '2A004', 'Rennes')
    """
    if _SHORT_CODE.fullmatch(text):
        return "0" + text[:4]
    found = _CODE.fullmatch(text)
    return found[1] if found else text


def _spread(levels: pd.Series, columns: list[pd.Series]) -> pd.DataFrame:
    """Give one row for each school of a row of some columns."""
    rows = zip(*columns, strict=True)
    schools = pd.Series([tuple(dict.fromkeys(sum(row, ()))) for row in rows], index=levels.index, dtype=object)
    several = schools.map(len) > 1
    spread = pd.DataFrame({"level": levels, "school_id": schools})[schools.map(len) > 0].explode("school_id")
    rank = (spread.groupby(level=0).cumcount() + 1).where(several.reindex(spread.index), 0)
    return spread.assign(rank=rank.astype("int64"))
