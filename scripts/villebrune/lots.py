"""What stands along a street: kinds of lot by way of building, and their dwellings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np


@dataclass(frozen=True)
class Lot:
    """A building that is to stand along a street.

    Attributes
    ----------
    length_m, depth_m, height_m
        Size of the building along the street, away from it, and up [m].
    setback_m
        Distance of its front from the middle of the street [m].
    gap_m
        Free ground before the next building [m].
    doors
        Dwellings behind each of its doors; each door is an address.
    use
        What it is used for.
    """

    length_m: float
    depth_m: float
    height_m: float
    setback_m: float
    gap_m: float
    doors: tuple[int, ...]
    use: str


def _house(rng: np.random.Generator, *, setback: float, gap: tuple[float, float]) -> Lot:
    height = float(rng.choice([4.5, 6.0, 6.5, 7.5]))
    dwellings = 2 if rng.random() < 0.06 else 1
    return Lot(
        float(rng.uniform(9, 13)),
        float(rng.uniform(8, 10.5)),
        height,
        setback + float(rng.uniform(0, 3.5)),
        float(rng.uniform(*gap)),
        (dwellings,),
        "house",
    )


def _old(rng: np.random.Generator) -> Lot:
    length = float(rng.uniform(9, 14))
    dwellings = int(rng.choice([1, 2, 3, 4, 5], p=[0.52, 0.32, 0.10, 0.04, 0.02]))
    use = "shop" if rng.random() < 0.10 else "flats" if dwellings > 1 else "house"
    return Lot(length, float(rng.uniform(9, 12)), float(rng.uniform(8, 13)), 5.2, 0.6, (dwellings,), use)


def _faubourg(rng: np.random.Generator) -> Lot:
    if rng.random() < 0.045:
        flats = int(rng.integers(5, 11))
        return Lot(float(rng.uniform(16, 24)), 12.0, float(rng.uniform(11, 15)), 7.5, 4.0, (flats,), "flats")
    dwellings = int(rng.choice([1, 2, 3], p=[0.88, 0.09, 0.03]))
    gap = 0.6 if rng.random() < 0.45 else float(rng.uniform(5, 14))
    return Lot(float(rng.uniform(9, 14)), 10.0, float(rng.uniform(6, 9.5)), 6.2, gap, (dwellings,), "house")


def _houses(rng: np.random.Generator) -> Lot:
    if rng.random() < 0.02:
        return Lot(20.0, 12.0, 10.0, 11.0, 8.0, (int(rng.integers(6, 11)),), "flats")
    return _house(rng, setback=9.0, gap=(8.5, 16.5))


def _loops(rng: np.random.Generator) -> Lot:
    return _house(rng, setback=9.5, gap=(10.0, 18.0))


def _zac(rng: np.random.Generator) -> Lot:
    if rng.random() < 0.5:
        flats = int(rng.integers(7, 14))
        return Lot(float(rng.uniform(20, 28)), 14.0, float(rng.choice([12, 15, 18])), 9.5, 15.0, (flats,), "flats")
    count = int(rng.integers(2, 5))
    return Lot(7.5 * count, 9.5, 7.0, 8.5, 12.0, (1,) * count, "house")


def _estate(rng: np.random.Generator) -> Lot:
    draw = rng.random()
    if draw < 0.12:
        return Lot(23.0, 21.0, float(rng.choice([27.0, 30.0, 33.0])), 17.0, 60.0, (int(rng.integers(28, 41)),), "flats")
    if draw < 0.64:
        entrances = int(rng.integers(2, 6))
        flats = tuple(int(rng.integers(6, 10)) for _ in range(entrances))
        return Lot(17.0 * entrances, 11.5, 15.0, 15.0, 55.0, flats, "flats")
    count = int(rng.integers(3, 7))
    return Lot(7.0 * count, 9.0, 6.0, 9.0, 26.0, (1,) * count, "house")


def _works(rng: np.random.Generator) -> Lot:
    return Lot(
        float(rng.uniform(28, 52)), float(rng.uniform(22, 36)), float(rng.uniform(7, 11)), 14.0, 16.0, (0,), "works"
    )


def _country(rng: np.random.Generator) -> Lot:
    return Lot(float(rng.uniform(12, 18)), 9.0, 6.5, 14.0, float(rng.uniform(60, 150)), (1,), "house")


LOTS: Final[dict[str, Callable[[np.random.Generator], Lot]]] = {
    "old": _old,
    "faubourg": _faubourg,
    "houses": _houses,
    "loops": _loops,
    "zac": _zac,
    "estate": _estate,
    "works": _works,
    "country": _country,
}
