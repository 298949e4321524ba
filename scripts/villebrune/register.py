"""The tables of streets, addresses and units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Transformer
from shapely import Point

from geo.territory.units import draw_units
from villebrune import sketch
from villebrune.addresses import Address
from villebrune.blocks import Land, Way
from villebrune.graph import Piece
from villebrune.streets import Street

SMALLEST_UNIT = 3


def to_map(xy: np.ndarray) -> np.ndarray:
    """Give coordinates of the sketch on the national map [m], on whole centimetres, shape (n, 2)."""
    return np.round(xy + np.array(sketch.ORIGIN), 2)


def lon_lat(xy: np.ndarray) -> np.ndarray:
    """Give longitude and latitude [degrees] of points on the national map, seven decimals, shape (n, 2)."""
    turn = Transformer.from_crs(sketch.CRS, "EPSG:4326", always_xy=True)
    return np.round(np.column_stack(turn.transform(xy[:, 0], xy[:, 1])), 7)


def street_table(
    streets: Sequence[Street], codes: Sequence[str], pieces: Sequence[Piece], *, ways: Sequence[Way]
) -> gpd.GeoDataFrame:
    """One row a piece of street, index ``segment_id``."""
    owner = {number: i for i, street in enumerate(streets) for number in street.pieces}
    walkway = {number: ways[piece.way].walkable_only for number, piece in enumerate(pieces)}
    table = gpd.GeoDataFrame(
        {
            "segment_id": [f"T{number + 1:04d}" for number in range(len(pieces))],
            "street_id": [codes[owner[number]] for number in range(len(pieces))],
            "street_name": [streets[owner[number]].name for number in range(len(pieces))],
            "walkable": True,
            "footway": [walkway[number] for number in range(len(pieces))],
        },
        geometry=[piece.line for piece in pieces],
        crs=sketch.CRS,
    )
    return table.set_geometry(table.geometry.transform(to_map)).set_index("segment_id")


def address_table(addresses: Sequence[Address], streets: Sequence[Street], codes: Sequence[str]) -> gpd.GeoDataFrame:
    """One row an address, index ``address_id``, with unit, pattern and use; in the order of street and number."""
    units = _units_of(addresses, streets, codes)
    xy = to_map(np.array([address.xy for address in addresses]))
    rows = pd.DataFrame(
        {
            "street_id": [codes[address.street] for address in addresses],
            "street_name": [streets[address.street].name for address in addresses],
            "number": [address.number for address in addresses],
            "suffix": [address.suffix for address in addresses],
            "unit_id": [units[i] for i in range(len(addresses))],
            "dwellings": [address.dwellings for address in addresses],
            "pattern": [address.pattern for address in addresses],
            "use": [address.use for address in addresses],
        }
    )
    suffix = rows["suffix"].map(lambda text: f"_{text}" if text else "")
    codes_of_all = rows["street_id"] + rows["number"].map(lambda n: f"_{n:05d}") + suffix
    table = gpd.GeoDataFrame(
        rows.assign(address_id=codes_of_all), geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=sketch.CRS
    )
    return table.sort_values("address_id").set_index("address_id")


def _units_of(addresses: Sequence[Address], streets: Sequence[Street], codes: Sequence[str]) -> dict[int, str]:
    """Unit of each address: one side of its street between two crossings, with at least three addresses if it can."""
    sides: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i, address in enumerate(addresses):
        sides[address.street, "I" if address.number % 2 else "P"].append(i)
    units: dict[int, str] = {}
    for street in range(len(streets)):
        odd, even = sides.get((street, "I"), []), sides.get((street, "P"), [])
        if max(len(odd), len(even)) < SMALLEST_UNIT or not streets[street].lines:
            odd, even = [], []
            units |= dict.fromkeys(
                [*sides.get((street, "I"), []), *sides.get((street, "P"), [])], f"{codes[street]}-M1"
            )
        for letter, side in (("I", odd), ("P", even)):
            for rank, group in enumerate(_groups(side, addresses, streets[street]), start=1):
                units |= dict.fromkeys(group, f"{codes[street]}-{letter}{rank}")
    return {i: unit.removeprefix("00123_") for i, unit in units.items()}


def _groups(side: Sequence[int], addresses: Sequence[Address], street: Street) -> Iterator[list[int]]:
    """Addresses of one side between two crossings; a piece with few of them is joined to the next."""
    stops = np.cumsum([line.length for line in street.lines])
    by_piece: dict[int, list[int]] = defaultdict(list)
    for i in sorted(side, key=lambda i: (addresses[i].at_m, addresses[i].number, addresses[i].suffix)):
        by_piece[min(int(np.searchsorted(stops, addresses[i].at_m)), len(stops) - 1)].append(i)
    groups: list[list[int]] = []
    waiting: list[int] = []
    for piece in sorted(by_piece):
        waiting = waiting + by_piece[piece]
        if len(waiting) >= SMALLEST_UNIT:
            groups.append(waiting)
            waiting = []
    if waiting and groups:
        groups[-1] = groups[-1] + waiting
    elif waiting:
        groups.append(waiting)
    yield from groups


def unit_table(addresses: gpd.GeoDataFrame, land: Land) -> gpd.GeoDataFrame:
    """One row a unit, index ``unit_id``: its name in words and the ground around its addresses."""
    commune = gpd.GeoSeries([land.commune], crs=sketch.CRS).transform(to_map).iloc[0]
    drawn = draw_units(addresses[["unit_id", "geometry"]], commune)
    labels = addresses.groupby("unit_id")[["street_name", "number", "suffix"]].apply(_label)
    return drawn.assign(label=labels.reindex(drawn.index))[["label", "geometry"]]


def _label(unit: pd.DataFrame) -> str:
    numbers = unit["number"]
    name, first, last = unit["street_name"].iloc[0], numbers.min(), numbers.max()
    span = f"n° {first}" if first == last else f"n° {first} à {last}"
    if (numbers % 2 != first % 2).any():
        return f"{name}, {span}"
    return f"{name}, côté {'impair' if first % 2 else 'pair'}, {span}"


def point_of(place: tuple[float, float]) -> Point:
    """Give a place of the sketch as a point on the national map [m]."""
    return Point(to_map(np.array([place]))[0])
