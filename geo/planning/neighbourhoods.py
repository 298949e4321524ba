"""What is known of the place where each pupil lives: priority quarter, statistical area, fifth of deprivation."""

from __future__ import annotations

import pandas as pd

from geo.model.city import City
from geo.model.index_card import IndexCard
from geo.planning.enrolment import homes_of_units
from geo.territory.areas import area_of, dwellings_of
from geo.territory.deprivation import deprivation

# The last fifth: the most deprived one.
LAST_FIFTH = 5


def homes(city: City, card: IndexCard | None) -> pd.DataFrame:
    """Give the place of each address.

    Parameters
    ----------
    city
        The city.
    card
        The index card that its areas are measured with; None if there is none.

    Returns
    -------
    homes
        Index ``address_id``: ``unit_id``, ``weight`` (the part of the children of the unit who live there [0-1]),
        ``dwellings`` [dwellings], ``iris`` and ``qpv`` (empty outside), ``score`` [standard deviations] and
        ``quintile`` [1-5] of its statistical area, NaN where not known.
    """
    addresses = city.layer("addresses")
    measured = areas(city, card)
    iris = addresses["iris"].astype("str")
    return homes_of_units(city).assign(
        dwellings=dwellings_of(addresses),
        iris=iris,
        qpv=area_of(addresses, city.layer("qpv")),
        score=measured["score"].reindex(iris).to_numpy(),
        quintile=measured["quintile"].reindex(iris).to_numpy(),
    )


def areas(city: City, card: IndexCard | None) -> pd.DataFrame:
    """Give the deprivation of each statistical area of the city, as `geo.territory.deprivation.deprivation`.

    Columns are floats, all of them not known without a card.
    """
    census = city.tables["census"]
    if card is None:
        return pd.DataFrame(float("nan"), index=census.index, columns=["score", "quintile", "rank"])
    return deprivation(card, census).astype("float64")
