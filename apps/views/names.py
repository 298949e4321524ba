"""How the sides of street are named and found in lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from geo.model.city import City


def unit_names(city: City) -> Mapping[str, str]:
    """Give the label of each unit, ``unit_id`` to words, so that number 9 stands before number 11."""
    labels = city.tables["units"]["label"]
    return MappingProxyType(
        {str(unit): labels[unit] for unit in sorted(labels.index, key=lambda one: _order(labels[one]))}
    )


def streets_of_units(city: City) -> Mapping[str, frozenset[str]]:
    """Give the units that have an address in each street, from the name of the street to ``unit_id``."""
    pairs = city.tables["addresses"][["street_name", "unit_id"]].drop_duplicates()
    units: dict[str, set[str]] = {}
    for street, unit in pairs.itertuples(index=False):
        units.setdefault(street, set()).add(unit)
    return MappingProxyType({street: frozenset(units[street]) for street in sorted(units, key=_order)})


def school_names(names: Mapping[str, str] | pd.Series, schools: tuple[str, ...]) -> str:
    """Name one school, or the schools of a shared sector in their order: 'École A / École B'."""
    return " / ".join(str(names[school]) for school in schools)


def _order(text: str) -> list[tuple[int, str]]:
    """Order texts as a person would: by words without regard to capitals, by numbers as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text.casefold())]
