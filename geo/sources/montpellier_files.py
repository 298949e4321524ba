"""The files of the open data portal of Montpellier, found by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from geo.errors import SourceError
from geo.model.levels import Level

_LEVEL_WORDS: Final[Mapping[Level, str]] = MappingProxyType(
    {Level.NURSERY: "maternelle", Level.ELEMENTARY: "elementaire"}
)
_PATTERNS: Final = MappingProxyType(
    {
        "schools": "montpellier_effectifs_scolaires_*.csv",
        "places": "montpellier_etablissements_publics_*.gpkg",
        "streets": "montpellier_filaire_voies_*.gpkg",
        "addresses": "montpellier_points_adresse_*.gpkg",
        "quarters": "montpellier_quartiers_*.gpkg",
        "births": "INSEE_MTP_Naissances_*.csv",
    }
)
_TREES: Final = "montpellier_arbres_alignement_*.gpkg"
_BUILDINGS: Final = "montpellier_batiments_municipaux_*.gpkg"
_IRIS: Final = "iris2020_*.gpkg"
_STREET_LIST: Final = "montpellier_carte_scolaire_rues"


@dataclass(frozen=True)
class Files:
    """Where each file is; the last year where there are several. The city can do without those that may be None."""

    schools: Path
    places: Path
    streets: Path
    addresses: Path
    quarters: Path
    births: Path
    iris: Path | None
    trees: Path | None
    buildings: Path | None
    sectors: Mapping[Level, Path]
    street_lists: Mapping[Level, Path]


def find_files(folder: Path) -> Files:
    """Find the files below a folder; that of the IRIS also in the folders beside it.

    Raises
    ------
    SourceError
        If files are missing: all of them are named in one sentence.
    """
    found = {role: _last(folder, pattern) for role, pattern in _PATTERNS.items()}
    sectors = {level: _last(folder, f"montpellier_secteurs_{word}s_*.gpkg") for level, word in _LEVEL_WORDS.items()}
    lists = {level: _last(folder, f"{_STREET_LIST}_{word}_*.csv") for level, word in _LEVEL_WORDS.items()}
    levels = [level for level in _LEVEL_WORDS if sectors[level] and lists[level]]
    missing = [_PATTERNS[role] for role, path in found.items() if path is None]
    if not levels:
        missing += ["montpellier_secteurs_maternelles_*.gpkg", f"{_STREET_LIST}_maternelle_*.csv"]
    if missing:
        raise SourceError(
            str(folder),
            expected="the files of the open data portal of Montpellier",
            got=f"none of the form {', '.join(missing)}",
            remedy="Name the folder that holds them, or add them.",
        )
    there = {role: path for role, path in found.items() if path is not None}
    return Files(
        **there,
        iris=_last(folder, _IRIS) or _last(folder.resolve().parent, f"*/{_IRIS}", deep=False),
        trees=_last(folder, _TREES),
        buildings=_last(folder, _BUILDINGS),
        sectors={level: path for level, path in sectors.items() if path and level in levels},
        street_lists={level: path for level, path in lists.items() if path and level in levels},
    )


def read_rows(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read some columns of a CSV file of the portal as texts without outer blanks, whichever its separator.

    Raises
    ------
    SourceError
        If the file is not UTF-8 or lacks one of the columns.
    """
    try:
        heading = path.read_text(encoding="utf-8-sig").split("\n", 1)[0]
        raw = pd.read_csv(path, sep=";" if ";" in heading else ",", dtype="str", keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            path.name, expected="a CSV file in UTF-8", got=type(error).__name__, remedy="Convert it to UTF-8."
        ) from error
    missing = [column for column in columns if column not in raw]
    if missing:
        raise SourceError(
            path.name,
            expected=f"the columns {', '.join(columns)}",
            got=f"none called {', '.join(missing)}",
            remedy="Take the file as the city publishes it.",
        )
    return pd.DataFrame({column: raw[column].str.strip() for column in columns})


def _last(folder: Path, pattern: str, *, deep: bool = True) -> Path | None:
    paths = sorted((folder.rglob if deep else folder.glob)(pattern), key=lambda path: path.name)
    return paths[-1] if paths else None
