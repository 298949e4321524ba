"""Children by unit and age: totals kept, bands only where every age is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geo.model.city import City
from geo.model.levels import AGES
from geo.planning.enrolment import children_by_unit
from geo.territory.children import AGE_BANDS, children_by_age, children_by_band


def test_each_unit_has_its_children_by_age(toy: City) -> None:
    found = children_by_age(toy)
    assert found.index.tolist() == ["A", "B", "C", "D"]
    assert found.columns.tolist() == list(range(3, 11))
    assert (found == 2).all(axis=None)


def test_only_the_last_year_counts_and_a_unit_without_children_has_none(toy: City) -> None:
    rows = pd.DataFrame(
        [("A", 2025, 4, 9.0), ("A", 2026, 4, 1.5), ("B", 2026, 5, 2.0)], columns=["unit_id", "year", "age", "children"]
    )
    found = children_by_age(replace(toy, tables={**toy.tables, "children": rows.set_index(["unit_id", "year", "age"])}))
    assert found.to_dict("index")["A"] == {4: 1.5, 5: 0.0}
    assert found.loc["D"].sum() == 0


def test_a_band_with_an_age_that_is_not_known_is_not_known(toy: City) -> None:
    bands = children_by_band(children_by_age(toy))
    assert bands["children_3_5"].tolist() == [6.0] * 4
    assert bands["children_6_10"].tolist() == [10.0] * 4
    assert np.isnan(bands[["children_0_2", "children_11_17"]]).all(axis=None)


def test_the_bands_share_all_ages_of_childhood_once() -> None:
    assert [age for ages in AGE_BANDS.values() for age in ages] == list(range(18))


def test_the_bands_of_school_age_are_the_children_of_the_levels(toy: City) -> None:
    bands = children_by_band(children_by_age(toy))
    for level in toy.current:
        (band,) = [name for name, ages in AGE_BANDS.items() if ages == AGES[level]]
        assert bands[band].tolist() == children_by_unit(toy, level).tolist()
