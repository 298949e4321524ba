"""Write docs/data.md, the data dictionary, from the contracts of the tables.

Example: python scripts/make_docs.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from geo.model.assumptions import Assumptions
from geo.model.contracts import KIND_NAMES, Column, Table
from geo.model.distances import DistanceChoices
from geo.model.reach import ReachChoices
from geo.model.tables import TABLES
from geo.model.walking import AccessChoices, PaceChoices, WalkChoices

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Data dictionary

*Made by `scripts/make_docs.py` from the contracts in `geo/model/tables.py`; do not edit by hand.*

A city is a set of files in five folders of one data folder, and an entry in its `cities.toml`:

```toml
[villebrune]                 # code of the city: the name of its folders
name = "Villebrune"
insee = "00123"              # INSEE code of the commune
postal_codes = ["00700"]     # so that a postal code in the place of an INSEE code is recognised
crs = "EPSG:2154"            # projected CRS in metres of every GeoPackage
fictional = true             # then the app and every export say so; false if left out
school_year = 2026           # calendar year in which the school year begins

[[villebrune.sources]]       # as many as there are sources; they travel with the figures
tables = ["streets", "addresses"]
publisher = "..."
title = "..."
vintage = "2026"
licence = "..."
```

Tables are CSV files in UTF-8 with commas and decimal points; geometries are GeoPackage layers in the CRS of the city.
`lon` and `lat` of a CSV file are degrees in WGS 84. Codes are text: leading zeros count. Further columns are left out.
A table that is not *required* may have no file: then it has no rows, and what depends on it says that it is not known.
A value may be empty only where the table says so. `cartable check DATA_FOLDER` tests all of it.
"""
CARD = """## `index_card.json`: the yardstick of the deprivation index

`census/CITY/index_card.json` (optional), JSON. How the score of an area is computed and what it was fitted on
(`geo/model/index_card.py`): made once on a reference region by `geo.territory.deprivation.fit_card`, then used for
every city and year that shall be compared. Without it the card is fitted on `reference`, or on `census` if that has
at least 200 areas; else there is no index. See [deprivation.md](deprivation.md).
"""
_WALKS = (
    "How children walk stands in a scenario (`walking`, its pace in `walking.pace`), see "
    "[catchments.md](catchments.md). From which walk on a school is far, and how points are brought to the streets, is "
    "asked of `geo.planning.catchments` and `geo.territory.walks`."
)
# Title, where they stand, and the models that declare them.
CHOICES: Sequence[tuple[str, str, tuple[type[BaseModel], ...]]] = (
    (
        "Assumptions: the numbers that are a choice",
        "They stand in a scenario (`assumptions`), each with its range.",
        (Assumptions,),
    ),
    ("Choices about walks", _WALKS, (WalkChoices, PaceChoices, DistanceChoices, AccessChoices)),
    (
        "Choices about reach",
        "Of `geo.planning.reach.reach_of`, method in [accessibility.md](accessibility.md).",
        (ReachChoices,),
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "data.md")
    out = parser.parse_args(arguments).out
    out.write_text(data_page(), encoding="utf-8")


def data_page() -> str:
    """Give the text of the page."""
    return "\n".join([HEAD, *(_table_section(table) for table in TABLES), CARD, *map(_choices_section, CHOICES)])


def _table_section(table: Table) -> str:
    title = f"## `{table.name}`: {table.meaning}"
    geometry = f", {table.geometry}s" if table.geometry else ""
    required = "required" if table.required else "optional"
    key = f"Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else "No key: rows in their order."
    place = table.path.format(city="CITY")
    rows = "\n".join(_column_row(column) for column in table.columns)
    head = "| column | meaning | value | may be empty |\n|---|---|---|---|"
    return f"{title}\n\n`{place}` ({required}{geometry}). {key}\n\n{head}\n{rows}\n"


def _column_row(column: Column) -> str:
    empty = "column may be missing" if column.missing else "yes" if column.blank else ""
    return f"| `{column.name}` | {column.meaning} | {_value(column)} | {empty} |"


def _value(column: Column) -> str:
    """Say what a value must be, with its unit in square brackets."""
    words = column.expected if column.kind == "choice" else KIND_NAMES[column.kind]
    bounds = [f"{bound:g}" for bound in (column.low, column.high) if bound is not None]
    limits = f", {' to '.join(bounds)}" if len(bounds) > 1 else f", >= {bounds[0]}" if bounds else ""
    pattern = f", `{column.pattern}`" if column.pattern else ""
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{words}{limits}{pattern}{unit}".replace("|", "\\|")


def _choices_section(told: tuple[str, str, tuple[type[BaseModel], ...]]) -> str:
    title, place, models = told
    head = ["| name | central value | range | unit | reason |", "|---|---|---|---|---|"]
    rows = [row for model in models for row in _choice_rows(model)]
    return "\n".join([f"## {title}", "", place, "", *head, *rows, ""])


def _choice_rows(model: type[BaseModel]) -> Iterator[str]:
    """Give a row for each field that says why it is as it is: lists and switches are no numbers, and say nothing."""
    for name, shape in model.model_json_schema()["properties"].items():
        if "description" in shape:
            row = (f"`{name}`", _central(shape), _range(shape), shape.get("unit", ""), shape["description"])
            yield f"| {' | '.join(row)} |"


def _central(shape: Mapping[str, Any]) -> str:
    default = shape.get("default")
    if default is None:
        return "deduced"
    if isinstance(default, str):
        return default
    return ", ".join(f"{value:g}" for value in (default if isinstance(default, list) else [default]))


def _range(shape: Mapping[str, Any]) -> str:
    options = [shape, shape.get("items", {}), *shape.get("anyOf", [])]
    bounds = next((part for part in options if "minimum" in part), None)
    return f"{bounds['minimum']:g} to {bounds['maximum']:g}" if bounds else ""


if __name__ == "__main__":
    main()
