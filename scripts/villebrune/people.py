"""The planted process: children of every unit by age, year after year, and where they go to school.

Births follow a trend on each side of the river. From one year to the next a cohort keeps a planted ratio: some leave,
some arrive. At three, six and eleven years a planted share attends the public schools. With ``rng=None`` every draw
gives its expectation: the process without noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

FIRST_BIRTHS: Final = 2003
THIS_YEAR: Final = 2026
OLDEST: Final = 17
LEAVING_SHARE: Final = 0.055
HOME, AWAY, OTHER = range(3)  # public school of the sector, another public one, private or none
CHILDREN_PER_DWELLING: Final = {
    "old": 0.45, "faubourg": 0.75, "houses": 0.95, "loops": 1.25, "zac": 1.15, "estate": 1.45, "country": 0.9,
    "works": 0.0, "road": 0.0,
}  # fmt: skip
PEOPLE_PER_DWELLING: Final = {
    "old": 1.62, "faubourg": 1.92, "houses": 2.25, "loops": 2.55, "zac": 2.15, "estate": 2.45, "country": 2.3,
    "works": 0.0, "road": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """How one side of the river lives.

    Attributes
    ----------
    births
        Births of the year 2026.
    trend
        Births of a year divided by those of the year before.
    early_ratio
        Children of age a + 1 a year later for one of age a, before school (a < 3).
    ratio
        The same from three years on.
    """

    births: float
    trend: float
    early_ratio: float
    ratio: float

    def births_of(self, year: int) -> float:
        """Expected births of a year."""
        return self.births * self.trend ** (year - THIS_YEAR)


SIDES: Final = {
    "growing": Side(births=206.0, trend=1.018, early_ratio=1.020, ratio=1.015),
    "shrinking": Side(births=203.0, trend=0.976, early_ratio=0.984, ratio=0.987),
}
# Share of the children who enter a level in a public school: at three years, and of those in the public school before.
PUBLIC_AT_THREE: Final = 0.90
KEPT_AT_SIX: Final = 0.985
KEPT_AT_ELEVEN: Final = 0.95
AWAY_SHARE: Final = 0.03


@dataclass(frozen=True)
class Households:
    """Who may have children where.

    Attributes
    ----------
    units
        Names of the units, in order.
    weight
        Share of its side's children that a unit is expected to have, shape (units,).
    grows
        Whether the unit lies on the growing side, shape (units,).
    """

    units: pd.Index
    weight: Array
    grows: npt.NDArray[np.bool_]

    def spread(self, growing: float, shrinking: float) -> Array:
        """Spread a number of each side over its units."""
        return self.weight * np.where(self.grows, growing, shrinking)


def households(addresses: pd.DataFrame, grows: pd.Series) -> Households:
    """Expected children of each unit from its dwellings and the way they are built."""
    expected = (
        (addresses["dwellings"] * addresses["pattern"].map(CHILDREN_PER_DWELLING)).groupby(addresses["unit_id"]).sum()
    )
    side = grows.reindex(expected.index).to_numpy(dtype=bool)
    weight = expected.to_numpy(dtype=float)
    total = np.where(side, weight[side].sum(), weight[~side].sum())
    return Households(expected.index, weight / total, side)


def live(home: Households, rng: np.random.Generator | None, *, until: int = THIS_YEAR) -> dict[int, Array]:
    """Let the town live from 2003 on.

    Returns
    -------
    people
        From year to the children by unit, age and kind of school, shape (units, 18, 3).
    """
    now = np.zeros((len(home.units), OLDEST + 1, 3))
    years: dict[int, Array] = {}
    for year in range(FIRST_BIRTHS, until + 1):
        now = _one_year(now, home, year, rng=rng)
        years[year] = now
    return years


def go_on(now: Array, home: Households, *, until: int) -> dict[int, Array]:
    """Go on from the children of this year without noise, births following their trend."""
    years = {THIS_YEAR: now}
    for year in range(THIS_YEAR + 1, until + 1):
        years[year] = _one_year(years[year - 1], home, year, rng=None)
    return years


def _one_year(now: Array, home: Households, year: int, *, rng: np.random.Generator | None) -> Array:
    grown = np.zeros_like(now)
    side = SIDES["growing"], SIDES["shrinking"]
    births = home.spread(side[0].births_of(year), side[1].births_of(year))
    grown[:, 0, OTHER] = births if rng is None else rng.poisson(births)
    for age in range(OLDEST):
        staying = _thin(now[:, age], 1 - LEAVING_SHARE, rng)
        ratio = [s.early_ratio if age < 3 else s.ratio for s in side]
        totals = [float(now[home.grows == grows, age].sum()) for grows in (True, False)]
        arriving = home.spread(*(totals[i] * (ratio[i] - 1 + LEAVING_SHARE) for i in (0, 1)))
        kinds = now[:, age].sum(axis=0) / max(now[:, age].sum(), 1.0)
        expected = arriving[:, None] * kinds
        grown[:, age + 1] = staying + (expected if rng is None else rng.poisson(expected))
    return _enter(grown, rng)


def _enter(now: Array, rng: np.random.Generator | None) -> Array:
    """Let the children who reach three, six or eleven enter the next level."""
    entered = now.copy()
    everyone = now[:, 3].sum(axis=1)
    public = _thin(everyone, PUBLIC_AT_THREE, rng)
    away = _thin(public, AWAY_SHARE, rng)
    entered[:, 3] = np.stack([public - away, away, everyone - public], axis=1)
    for age, kept in ((6, KEPT_AT_SIX), (11, KEPT_AT_ELEVEN)):
        stays = _thin(now[:, age, HOME], kept, rng)
        entered[:, age, HOME] = stays
        entered[:, age, OTHER] = now[:, age, OTHER] + now[:, age, HOME] - stays
    return entered


def _thin(counts: Array, share: float, rng: np.random.Generator | None) -> Array:
    if rng is None:
        return counts * share
    return rng.binomial(counts.astype(np.int64), share).astype(float)


def children_table(now: Array, home: Households, rng: np.random.Generator) -> pd.DataFrame:
    """Whole children of this year by unit and age, rows with none left out; the babies born by September only."""
    counts = now.sum(axis=2).astype(np.int64)
    counts[:, 0] = rng.binomial(counts[:, 0], 2 / 3)
    unit, age = np.nonzero(counts)
    rows = {"unit_id": home.units[unit], "year": THIS_YEAR, "age": age, "children": counts[unit, age]}
    return pd.DataFrame(rows)


def births_table(years: dict[int, Array], home: Households, iris_of: pd.Series, *, vintage: int) -> pd.DataFrame:
    """Births of 2010 to 2025 by IRIS."""
    iris = iris_of.reindex(home.units)
    parts = []
    for year in range(2010, THIS_YEAR):
        counts = (
            pd.Series(years[year][:, 0].sum(axis=1).astype(np.int64), index=home.units).groupby(iris.to_numpy()).sum()
        )
        parts.append(pd.DataFrame({"iris": counts.index, "iris_vintage": vintage, "year": year, "births": counts}))
    return pd.concat(parts).sort_values(["iris", "year"], ignore_index=True)
