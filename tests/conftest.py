"""A village whose answers are done by hand, and the guard that no function changes the city it is given."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.components.v2 import manifest_scanner

from geo.cli import opening, reaching
from geo.model.city import City
from geo.model.levels import Level
from geo.model.plan import Plan
from geo.model.source import Source
from geo.model.tables import TABLES
from geo.sources.cities import open_city
from geo.sources.montpellier import prepare
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
REAL = Path(os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared" / "data"))
X, Y = 700_000.0, 6_600_000.0
CRS = "EPSG:2154"


def _frame(shapes: list[shapely.Geometry], columns: dict[str, object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def make_toy() -> City:
    """Make one straight street of 400 m with an address every 100 m, 5 m beside it, and a school at each end.

    Units A, B, C, D lie at 50, 150, 250 and 350 m, each with 10 children of 6 to 10; A and B go to the school 'w' at
    0 m, C and D to 'e' at 400 m. 'w' has one room and 'e' has two.
    """
    names = list("ABCD")
    middles = [50.0, 150.0, 250.0, 350.0]
    streets = _frame(
        [shapely.LineString([(X + 100 * i, Y), (X + 100 * (i + 1), Y)]) for i in range(4)],
        {
            "segment_id": [f"s{i}" for i in range(4)],
            "street_id": "R1",
            "street_name": "rue Droite",
            "walkable": True,
        },
    ).set_index("segment_id")
    addresses = _frame(
        [shapely.Point(X + x, Y + 5) for x in middles],
        {
            "address_id": [f"a{name}" for name in names],
            "street_id": "R1",
            "street_name": "rue Droite",
            "number": [1, 3, 5, 7],
            "suffix": "",
            "unit_id": names,
            "iris": "001230101",
            "dwellings": pd.array([4, 4, 4, 4], dtype="Int64"),
            "lon": 0.0,
            "lat": 0.0,
        },
    ).set_index("address_id")
    units = _frame(
        [shapely.box(X + x - 50, Y - 50, X + x + 50, Y + 50) for x in middles],
        {"unit_id": names, "label": [f"rue Droite, n° {n}" for n in (1, 3, 5, 7)]},
    ).set_index("unit_id")
    schools = _frame(
        [shapely.Point(X, Y), shapely.Point(X + 400, Y)],
        {
            "school_id": ["w", "e"],
            "name": ["École de l'Ouest", "École de l'Est"],
            "sector": "public",
            "insee": "00123",
            "address": "",
            "lon": 0.0,
            "lat": 0.0,
            "ips": np.nan,
            "priority_education": "",
        },
    ).set_index("school_id")
    rooms = pd.DataFrame(
        {
            "school_id": ["w", "e"],
            "level": "elementary",
            "rooms": pd.array([1, 2], dtype="Int64"),
            "capacity_pupils": pd.array([pd.NA, pd.NA], dtype="Int64"),
            "canteen_seats": pd.array([20, 40], dtype="Int64"),
        }
    ).set_index(["school_id", "level"])
    children = pd.DataFrame(
        [(unit, 2026, age, 2.0) for unit in names for age in range(3, 11)],
        columns=["unit_id", "year", "age", "children"],
    ).set_index(["unit_id", "year", "age"])
    commune = _frame([shapely.box(X, Y - 50, X + 400, Y + 50)], {"insee": ["00123"], "name": ["Toyville"]}).set_index(
        "insee"
    )
    tables = {table.name: table.empty() for table in TABLES} | {
        "commune": commune,
        "streets": streets,
        "addresses": addresses,
        "units": units,
        "schools": schools,
        "rooms": rooms,
        "children": children,
    }
    network = build_network(streets)
    origins = snap(network, shapely.get_coordinates(addresses.geometry.to_numpy()))
    ends = snap(network, shapely.get_coordinates(schools.geometry.to_numpy()))
    walk_m = pd.DataFrame(walk_distances(network, origins, ends), index=addresses.index, columns=schools.index)
    plan = Plan(Level.ELEMENTARY, {"A": ("w",), "B": ("w",), "C": ("e",), "D": ("e",)})
    source = Source(
        tables=("children", "schools"), publisher="Tests", title="Toyville", vintage="2026", licence="none needed"
    )
    return City(
        code="toy",
        name="Toyville",
        insee="00123",
        crs=CRS,
        fictional=True,
        tables=tables,
        network=network,
        walk_m=walk_m,
        current={Level.ELEMENTARY: plan},
        sources=(source,),
        notes=(),
    )


def _prints(city: City) -> list[str]:
    frames = [*city.tables.values(), city.walk_m]
    return [frame.to_csv() for frame in frames] + [plan.key for plan in city.current.values()]


@cache
def shipped_city() -> City:
    """Open the shipped city, once a process: nothing in it changes."""
    return open_city(DATA, "villebrune")


@pytest.fixture(scope="session")
def villebrune() -> City:
    """Give the shipped city."""
    return shipped_city()


@pytest.fixture(scope="session", autouse=True)
def commands_share_the_shipped_city() -> Iterator[None]:
    """Let commands of one process open the shipped city once; any other folder they open themselves."""

    def opened(folder: Path, code: str) -> City:
        return shipped_city() if (folder.resolve(), code) == (DATA, "villebrune") else open_city(folder, code)

    with pytest.MonkeyPatch.context() as patch:
        for command in (opening, reaching):
            patch.setattr(command, "open_city", opened)
        yield


@pytest.fixture(scope="session")
def montpellier_prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Give the data folder of Montpellier and the summary with the steps: prepared once, whoever comes first."""
    if not (real_data / "montpellier").is_dir():
        pytest.skip("the real extracts have no folder montpellier")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent / f"montpellier-{run}" if run else base / "montpellier"
    told = shared / "summary.json"
    try:
        shared.mkdir()
    except FileExistsError:
        for _ in range(3000):
            if told.exists():
                break
            time.sleep(0.1)
    else:
        steps: list[str] = []
        summary = prepare(real_data / "montpellier", shared / "out", progress=steps.append)
        draft = shared / "draft.json"
        draft.write_text(json.dumps({"summary": summary, "steps": steps}), encoding="utf-8")
        draft.rename(told)
    return shared / "out", json.loads(told.read_text(encoding="utf-8"))


@pytest.fixture(scope="session", autouse=True)
def packages_are_looked_at_once() -> Iterator[None]:
    """Keep what Streamlit finds among all installed packages: its runner would look at each of them for each page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def toy() -> Iterator[City]:
    """Give the toy village, and fail the test if a function changed it."""
    city = make_toy()
    before = _prints(city)
    yield city
    assert _prints(city) == before, "a function changed the city that it was given"


@pytest.fixture(autouse=True)
def the_program_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what Streamlit's runner of tests puts in the place of our program: new processes would run it first."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real extracts, or skip with the reason."""
    if not REAL.is_dir():
        pytest.skip(f"real extracts are not at {REAL.name}/: set CARTABLE_REAL_DATA")
    return REAL
