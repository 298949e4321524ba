"""Files that are the same, byte for byte, whenever they are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.model.contracts import Table
from geo.model.index_card import IndexCard
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.sources.cards import CARD

CODE: Final = "villebrune"
EXAMPLE_YEAR: Final = 2027
EXAMPLE_BUDGET_EUR: Final = 150_000.0
# A GeoPackage notes when it was made; ours always says the same.
MADE_ON: Final = "2026-09-01T00:00:00.000Z"


def write_layer(folder: Path, table: Table, rows: gpd.GeoDataFrame) -> Path:
    """Write a layer as a GeoPackage that holds the columns of the contract."""
    path = _place(folder, table)
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": MADE_ON})
    plain = rows.reset_index()
    columns = [column.name for column in table.columns if column.name in plain]
    plain[[*columns, "geometry"]].to_file(path, layer=table.name, driver="GPKG", engine="pyogrio")
    return path


def write_rows(folder: Path, table: Table, rows: pd.DataFrame) -> Path:
    """Write a table as CSV in UTF-8, lines ending with a line feed."""
    path = _place(folder, table)
    plain = rows.reset_index() if rows.index.name else rows
    columns = [column.name for column in table.columns if column.name in plain]
    degrees = {column: plain[column].map("{:.7f}".format) for column in ("lon", "lat") if column in columns}
    plain[columns].assign(**degrees).to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return path


def write_card(folder: Path, card: IndexCard) -> Path:
    """Write the index card of the city as JSON."""
    path = folder / CARD.format(city=CODE)
    path.write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def write_truth(folder: Path, truth: Mapping[str, Any]) -> Path:
    """Write the planted truths as JSON."""
    path = folder / f"{CODE}_truth.json"
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def write_example(folder: Path, truth: Mapping[str, Any]) -> Path:
    """Write the planted better map as a scenario that anyone can open."""
    better = truth["better_map"]
    example = Scenario(
        name="Exemple : le pont et la boucle de la rivière",
        city=CODE,
        level=Level(better["level"]),
        start_year=EXAMPLE_YEAR,
        moves={unit: tuple(schools) for unit, schools in better["moves"].items()},
        greening_budget_eur=EXAMPLE_BUDGET_EUR,
        comment="Ville fictive. Soulage l’école Germaine-Tillion et raccourcit les trajets de la boucle de la rivière.",
    )
    path = folder / "scenarios" / f"{CODE}-example.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.to_json(), encoding="utf-8", newline="\n")
    return path


def write_catalogue(folder: Path) -> Path:
    """Write the entry of the city in the catalogue of the data folder."""
    path = folder / "cities.toml"
    path.write_text(CATALOGUE, encoding="utf-8", newline="\n")
    return path


def _place(folder: Path, table: Table) -> Path:
    path = folder / table.path.format(city=CODE)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _source(tables: str, title: str, *, vintage: str = "2026") -> str:
    return f"""
[[villebrune.sources]]
tables = [{tables}]
publisher = "Cartable"
title = "{title}"
vintage = "{vintage}"
licence = "MIT"
note = "Ville fictive : aucune donnée réelle."
"""


CATALOGUE: Final = (
    """# One entry a city. Villebrune does not exist: scripts/make_villebrune.py makes it.

[villebrune]
name = "Villebrune"
insee = "00123"
postal_codes = ["00700"]
crs = "EPSG:2154"
fictional = true
school_year = 2026
"""
    + _source('"commune", "iris", "qpv", "barriers"', "Villebrune (ville fictive) : limites, rivière et voie ferrée")
    + _source('"streets", "addresses", "units"', "Villebrune (ville fictive) : voies, adresses et tronçons")
    + _source(
        '"schools", "rooms", "rolls", "street_list", "sectors"',
        "Villebrune (ville fictive) : écoles, locaux, effectifs et carte scolaire",
    )
    + _source(
        '"children", "births", "census", "housing"',
        "Villebrune (ville fictive) : enfants, naissances, ménages, logements",
    )
    + _source('"reference"', "Région de Villebrune (fictive) : ménages de 600 quartiers statistiques", vintage="2024")
    + _source(
        '"buildings", "trees", "yards", "places"', "Villebrune (ville fictive) : bâtiments, arbres, cours et lieux"
    )
)
