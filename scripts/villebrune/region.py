"""The fictional region around Villebrune: who lives in 600 statistical areas, those of the city among them.

One hidden hardship stands behind the four variables of an area, and each has a part of its own: town centres have more
graduates and more unemployed than their income tells. The city's deprived areas lie in the last fifth of this region,
its other areas in none but the first four.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geo.model.index_card import IndexCard
from geo.territory.deprivation import deprivation, fit_card
from villebrune.areas import DEPRIVED, VINTAGE

AREAS: Final = 600
REFERENCE: Final = f"Région de Villebrune (fictive), {AREAS} IRIS, {VINTAGE}"
DEPRIVED_FIFTH: Final = 5
# Of this number of digits the card is the same on every machine; an index is read as a fifth, not to the decimal.
CARD_DIGITS: Final = 6


@dataclass(frozen=True)
class Kind:
    """A kind of area.

    Attributes
    ----------
    count
        Areas of this kind.
    per_commune
        Areas of a commune of this kind.
    hardship, spread
        Mean and standard deviation of the hidden hardship [standard deviations of the region].
    urban
        How much of a town it is [-1 to 1].
    people
        Inhabitants of an area, from and to.
    """

    count: int
    per_commune: int
    hardship: float
    spread: float
    urban: float
    people: tuple[int, int]


KINDS: Final = (
    Kind(226, 1, -0.05, 0.55, -0.7, (240, 1_950)),  # villages
    Kind(150, 3, -0.60, 0.50, 0.0, (1_500, 3_100)),  # suburbs
    Kind(140, 10, 0.20, 0.65, 0.8, (1_600, 3_300)),  # towns
    Kind(72, 6, 1.75, 0.55, 0.5, (1_800, 3_400)),  # estates
)
CITY_COMMUNE: Final = 123


def reference_table(census: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row an area of the region, `census` of the city among them, in the order of the codes."""
    codes = _codes()
    parts = [_areas(kind, [next(codes) for _ in range(kind.count // kind.per_commune)], rng) for kind in KINDS]
    return pd.concat([*parts, census[parts[0].columns]]).sort_values("iris", ignore_index=True)


def _codes() -> Iterator[int]:
    """Numbers of the communes beside that of the city."""
    return (number for number in range(1, 1000) if number != CITY_COMMUNE)


def _areas(kind: Kind, communes: list[int], rng: np.random.Generator) -> pd.DataFrame:
    number = len(communes) * kind.per_commune
    hardship = rng.normal(kind.hardship, kind.spread, number)
    own = rng.normal(0.0, 1.0, (number, 5))
    people = rng.integers(*kind.people, number, endpoint=True)
    return pd.DataFrame(
        {
            "iris": [_code(commune, kind, place) for commune in communes for place in range(1, kind.per_commune + 1)],
            "iris_vintage": VINTAGE,
            "year": VINTAGE,
            "population": people,
            "households": (people / (2.35 - 0.3 * kind.urban + 0.05 * own[:, 0])).round().astype(int),
            "median_income_eur": _income(hardship, own[:, 0]),
            "poverty_share": _share(0.135 + 0.085 * hardship + 0.025 * own[:, 4]),
            "baccalaureate_share": _share(0.435 + 0.06 * kind.urban - 0.085 * hardship - 0.060 * own[:, 1]),
            "blue_collar_share": _share(0.245 - 0.035 * kind.urban + 0.065 * hardship + 0.050 * own[:, 2]),
            "unemployed_share": _share(0.110 + 0.015 * kind.urban + 0.045 * hardship + 0.028 * own[:, 3]),
        }
    )


def _code(commune: int, kind: Kind, place: int) -> str:
    # A commune of one area has no number of its own within it.
    return f"00{commune:03d}{100 + place if kind.per_commune > 1 else 0:04d}"


def _income(hardship: np.ndarray, own: np.ndarray) -> np.ndarray:
    return (np.clip(21_900 - 2_900 * hardship - 1_500 * own, 8_900, 39_000) / 10).round().astype(int) * 10


def _share(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0.02, 0.93).round(3)


def index_card(reference: pd.DataFrame) -> IndexCard:
    """The index card fitted on the region, with few digits; refused if the planted truth does not hold."""
    card = _short(fit_card(reference, reference=REFERENCE))
    fifths = deprivation(card, reference.set_index("iris"))["quintile"]
    city = fifths[fifths.index.str.startswith(f"00{CITY_COMMUNE}")]
    if set(city.index[city == DEPRIVED_FIFTH]) != set(DEPRIVED):
        msg = f"expected only {DEPRIVED} in the last fifth, got {city.to_dict()}"
        raise ValueError(msg)
    return card


def _short(card: IndexCard) -> IndexCard:
    rounded = [
        {name: round(value, CARD_DIGITS) if isinstance(value, float) else value for name, value in one}
        for one in card.variables
    ]
    limits = [round(limit, CARD_DIGITS) for limit in card.limits]
    told = {"variables": rounded, "limits": limits, "explained_share": round(card.explained_share, CARD_DIGITS)}
    return IndexCard.model_validate({**card.model_dump(), **told})
