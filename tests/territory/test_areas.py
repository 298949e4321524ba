"""Laws of docs/deprivation.md: D1 counts are conserved, D2 spread by dwellings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.territory.areas import area_of, carry, dwellings_of


def test_a_count_is_spread_over_the_dwellings_of_its_area() -> None:
    # D2: three dwellings in ten of area I lie in unit A.
    source = pd.Series({"a": "I", "b": "I", "c": "J"})
    target = pd.Series({"a": "A", "b": "B", "c": "B"})
    weight = pd.Series({"a": 3.0, "b": 7.0, "c": 5.0})
    carried = carry(pd.Series({"I": 100.0, "J": 20.0}), source, target, weight=weight)
    assert carried.to_dict() == pytest.approx({"A": 30, "B": 90})


def test_a_count_that_cannot_be_carried_is_kept_apart() -> None:
    source = pd.Series({"a": "I", "b": "J"})
    target = pd.Series({"a": "A", "b": "B"})
    carried = carry(pd.Series({"I": 10.0, "J": 5.0, "K": 2.0}), source, target, weight=pd.Series({"a": 1.0, "b": 0.0}))
    assert carried.to_dict() == {"": 7.0, "A": 10.0}


@given(st.lists(st.tuples(st.sampled_from("IJK"), st.sampled_from(["A", "B", ""]), st.integers(0, 9)), max_size=30))
def test_counts_are_conserved(homes: list[tuple[str, str, int]]) -> None:
    # D1
    frame = pd.DataFrame(homes, columns=["source", "target", "weight"]).astype({"weight": float})
    counts = pd.Series({"I": 3.0, "J": 4.5, "K": 0.25})
    carried = carry(counts, frame["source"], frame["target"], weight=frame["weight"])
    assert carried.sum() == pytest.approx(counts.sum())
    assert (carried >= 0).all()


def test_dwellings_that_are_not_known_count_as_one() -> None:
    addresses = pd.DataFrame({"dwellings": pd.array([4, pd.NA, 0], dtype="Int64")})
    assert dwellings_of(addresses).tolist() == [4, 1, 0]


def test_a_point_lies_in_its_area_or_in_none() -> None:
    areas = gpd.GeoDataFrame(
        index=pd.Index(["q1", "q2"]), geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=2154
    )
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.5, 1, 5], [0.5, 0.5, 5]), crs=2154)
    assert area_of(points, areas).tolist() == ["q1", "q1", ""]
    assert area_of(points, areas.iloc[:0]).tolist() == ["", "", ""]
    assert np.array_equal(area_of(points, areas.iloc[::-1]), area_of(points, areas))
