"""Towns to draw: the toy village with a moved unit, and a square town with as many schools as one likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate

SIDE = 16
CELL_M = 120.0
X, Y = 700_000.0, 6_600_000.0


Case = tuple[City, Evaluation, Evaluation]  # a city, its figures today, its figures under a proposal


def evaluated(city: City, moves: dict[str, tuple[str, ...]], *, name: str = "Essai & <projet>") -> Case:
    scenario = Scenario(name=name, city=city.code, level=Level.ELEMENTARY, start_year=2027, moves=moves)
    return city, evaluate(city, scenario.without_changes()), evaluate(city, scenario)


@pytest.fixture
def village(toy: City) -> Case:
    """Give the toy village whose unit B moves from the school in the west to the one in the east."""
    return evaluated(toy, {"B": ("e",)})


@pytest.fixture
def town(toy: City) -> Callable[..., Case]:
    """Give a maker of square towns: 256 units of 120 m, each with the school that is nearest."""

    def make(schools: int, *, notes: tuple[Note, ...] = ()) -> Case:
        rng = np.random.default_rng(7)
        steps = (np.arange(SIDE) + 0.5) * CELL_M
        homes = np.array([(X + x, Y + y) for y in steps for x in steps])
        units = pd.Index([f"u{place:03d}" for place in range(len(homes))], name="unit_id")
        ids = pd.Index([f"s{place:03d}" for place in range(schools)], name="school_id")
        doors = homes[rng.choice(len(homes), schools, replace=False)]
        walks = np.abs(homes[:, None] - doors[None]).sum(axis=2)
        nearest = np.argsort(walks, axis=1, kind="stable")
        owners = {unit: (ids[order[0]],) for unit, order in zip(units, nearest, strict=True)}
        owners[units[0]] = (ids[nearest[0][0]], ids[nearest[0][1]])  # a sector that two schools share
        ground = _ground(units, steps)
        people = _people(units, ids, rng.gamma(2, 1, len(units)) * schools, rooms=rng.integers(3, 9, schools))
        city = replace(
            toy,
            name="Carréville",
            tables={**toy.tables, **ground, **people, **_doors(units, homes, ids=ids, doors=doors)},
            walk_m=pd.DataFrame(walks, index=units.rename("address_id"), columns=ids),
            current={Level.ELEMENTARY: Plan(Level.ELEMENTARY, owners)},
            notes=notes,
            sources=toy.sources * 2,
        )
        return evaluated(city, {units[place]: (ids[nearest[place][1]],) for place in range(100, 104)})

    return make


def _layer(shapes: object, index: object, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs="EPSG:2154")


def _ground(units: pd.Index, steps: np.ndarray) -> dict[str, pd.DataFrame]:
    """Give the commune, its river, a square for each unit and streets from west to east."""
    side = SIDE * CELL_M
    corners = np.array([(X + x, Y + y) for y in steps - CELL_M / 2 for x in steps - CELL_M / 2])
    cells = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + CELL_M, corners[:, 1] + CELL_M)
    streets = [shapely.LineString([(X, y), (X + side, y)]) for y in Y + steps]
    river = shapely.box(X, Y + 900, X + side, Y + 930)
    return {
        "commune": _layer([shapely.box(X, Y, X + side, Y + side)], ["00123"], name=["Carréville"]),
        "barriers": _layer([river], ["r"], kind=["river"], name=["la Brune"]),
        "units": _layer(cells, units, label=[f"rue {unit}, côté pair" for unit in units]),
        "streets": _layer(streets, pd.RangeIndex(SIDE, name="segment_id"), street_name="rue"),
    }


def _doors(units: pd.Index, homes: np.ndarray, *, ids: pd.Index, doors: np.ndarray) -> dict[str, pd.DataFrame]:
    """Give an address in the middle of each unit, and schools with long names."""
    names = [f"École maternelle et élémentaire Jean-Jaurès {place + 1}" for place in range(len(ids))]
    dwellings = pd.array([3] * len(units), dtype="Int64")
    return {
        "addresses": _layer(shapely.points(homes), units.rename("address_id"), unit_id=units, dwellings=dwellings),
        "schools": _layer(shapely.points(doors), ids, name=names, sector="public"),
    }


def _people(units: pd.Index, ids: pd.Index, weights: np.ndarray, *, rooms: np.ndarray) -> dict[str, pd.DataFrame]:
    """Give children with fractions in each unit, and rooms that the first school does not tell."""
    children = pd.DataFrame(
        [(unit, 2026, age, 0.12 * weight) for unit, weight in zip(units, weights, strict=True) for age in range(6, 11)],
        columns=["unit_id", "year", "age", "children"],
    )
    known = pd.Series(rooms, dtype="Int64")
    known[0] = pd.NA
    table = pd.DataFrame(
        {"rooms": known.array, "capacity_pupils": pd.array([pd.NA] * len(ids), dtype="Int64")},
        index=pd.MultiIndex.from_product([ids, ["elementary"]], names=["school_id", "level"]),
    )
    return {"children": children.set_index(["unit_id", "year", "age"]), "rooms": table}
