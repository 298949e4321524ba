"""Children by unit and age, and in the bands of age that people speak of."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import pandas as pd

from geo.model.city import City

# Ages reached during the calendar year in which the school year begins: before school, nursery, elementary, after.
AGE_BANDS: Final = MappingProxyType(
    {
        "children_0_2": range(3),
        "children_3_5": range(3, 6),
        "children_6_10": range(6, 11),
        "children_11_17": range(11, 18),
    }
)


def children_by_age(city: City) -> pd.DataFrame:
    """Children of each unit by age in the last year known [children].

    Returns
    -------
    children
        Index ``unit_id``, all units in their order; one column an age that the table knows [years], rising.
    """
    rows = city.tables["children"]["children"].reset_index()
    last = rows[rows["year"] == rows["year"].max()]
    counted: pd.DataFrame = last.pivot_table("children", "unit_id", "age", aggfunc="sum", fill_value=0.0)
    return counted.reindex(city.tables["units"].index, fill_value=0.0).astype("float64")


def children_by_band(by_age: pd.DataFrame) -> pd.DataFrame:
    """Add up ages to the bands of `AGE_BANDS` [children].

    Parameters
    ----------
    by_age
        One column an age [years], any index.

    Returns
    -------
    children
        Same index, one column a band. A band one of whose ages is not known is not known (NaN): part of it would
        pass for the whole.
    """
    return pd.DataFrame(
        {
            band: by_age.reindex(columns=list(ages)).sum(axis="columns", skipna=False)
            for band, ages in AGE_BANDS.items()
        },
        index=by_age.index,
    )
