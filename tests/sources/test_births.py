"""Births carried to addresses: none is lost, and what was estimated is told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import SourceError
from geo.sources.births import Births, carry_births, iris_of_addresses, read_births, spread_births

A, B, C = "340010101", "340010102", "340010103"
FILE = """"Naissances domiciliées",,,,,
"Données par IRIS",,,,,
"dc","iris","nom","note","nais09","nais08"
"Département","IRIS","Nom","Note","2009","2008"
"34001","0101","NORD",0,10,20
"34001","0102","SUD",0,30,
"34001","0103","EST",0,5,6
"34999","0101","AUTRE",0,99,99
"""


def _births(**years: list[float]) -> Births:
    table = pd.DataFrame(
        {int(year[1:]): counts for year, counts in years.items()}, index=pd.Index([A, B, C], name="iris")
    )
    return Births(table, pd.Series(["NORD", "SUD", "EST"], index=table.index))


NAMES = {A: "Nord", B: "Sud", C: "Est"}
IRIS_OF = pd.Series([A, A, B, C, C, C], index=list("uvwxyz"))


def test_the_rows_of_the_commune_are_read_under_the_titles(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    path.write_text(FILE, encoding="utf-8")
    births = read_births(path, "34001")
    assert births.table.loc[A].to_dict() == {2008: 20, 2009: 10}
    assert np.isnan(births.table.loc[B, 2008])
    assert births.names[C] == "EST"


def test_a_file_without_the_commune_or_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "births.csv"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(SourceError, match=r"births\.csv: expected rows of the commune 75056"):
        read_births(path, "75056")
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"births\.csv: expected births by IRIS"):
        read_births(path, "34001")


def test_births_are_spread_evenly_over_the_addresses_of_their_iris() -> None:
    carried = carry_births(_births(y2009=[10, 30, 6]), IRIS_OF, NAMES)
    assert carried.by_address[2009].to_dict() == {"u": 5, "v": 5, "w": 30, "x": 2, "y": 2, "z": 2}
    assert carried.estimated.to_dict() == {2009: 0}
    assert carried.pooled == ()


def test_a_figure_that_is_missing_is_estimated_by_the_change_of_the_others() -> None:
    carried = carry_births(_births(y2009=[10, 30, 6], y2008=[20, np.nan, 12]), IRIS_OF, NAMES)
    assert carried.estimated.to_dict() == {2009: 0, 2008: pytest.approx(60)}
    assert carried.by_address[2008].sum() == pytest.approx(20 + 12 + 60, abs=1e-6)


def test_iris_whose_code_and_name_disagree_are_taken_together() -> None:
    carried = carry_births(_births(y2009=[10, 30, 6]), IRIS_OF, {A: "Sud", B: "Nord", C: "Est"})
    assert carried.pooled == ((A, B),)
    assert carried.by_address[2009][:3].tolist() == pytest.approx([40 / 3] * 3)
    assert carried.by_address[2009].sum() == pytest.approx(46, abs=1e-6)


def test_a_name_that_was_cut_short_is_the_same_name() -> None:
    births = Births(_births(y2009=[10, 30, 6]).table, pd.Series(["NORD DE LA V", "SUD", "EST"], index=[A, B, C]))
    assert carry_births(births, IRIS_OF, NAMES | {A: "Nord de la ville"}).pooled == ()


def test_births_of_an_iris_without_address_stay_in_the_commune() -> None:
    carried = carry_births(_births(y2009=[10, 30, 6]), IRIS_OF[IRIS_OF != B], NAMES)
    assert carried.by_address[2009].sum() == pytest.approx(46, abs=1e-6)


def test_without_a_map_of_iris_births_are_spread_over_the_commune() -> None:
    carried = spread_births(_births(y2009=[10, 30, 6]), IRIS_OF.index)
    assert carried.by_address[2009].tolist() == pytest.approx([46 / 6] * 6)


def test_an_address_beside_all_iris_belongs_to_the_nearest() -> None:
    iris = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(10, 0, 19, 9)], index=[A, B])
    addresses = gpd.GeoDataFrame(geometry=shapely.points([[1, 1], [9.8, 5], [25, 5]]), index=list("uvw"))
    assert iris_of_addresses(addresses, iris).to_dict() == {"u": A, "v": B, "w": B}
