"""Laws of docs/deprivation.md: D1 totals kept, D8 planted areas in the last fifth of the region."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.council.words import LANGS, note_text
from geo.model.city import City
from geo.model.levels import AGES, Level
from geo.model.note import Note
from geo.planning.portrait import Portrait, portrait
from geo.territory.children import AGE_BANDS
from geo.territory.deprivation import VARIABLES, fit_card

DATA = Path(__file__).parents[2] / "data"
X, Y, CRS = 700_000.0, 6_600_000.0, "EPSG:2154"  # the west end of the village


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture(scope="module")
def found(city: City) -> Portrait:
    return portrait(city)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / "villebrune_truth.json").read_text(encoding="utf-8"))
    return told


# By hand, in the village ---------------------------------------------------------------------------------------------


def _peopled(toy: City) -> City:
    """Two areas of two units, a priority quarter around A; unit B has a second address in the area of C and D."""
    west, east = "001230101", "001230102"
    twin = toy.layer("addresses").loc[["aB"]].set_axis(pd.Index(["aB2"], name="address_id"))
    addresses = pd.concat([toy.layer("addresses"), twin]).assign(iris=[west, west, east, east, east])
    boxes = [shapely.box(X, Y - 50, X + 200, Y + 50), shapely.box(X + 200, Y - 50, X + 400, Y + 50)]
    iris = gpd.GeoDataFrame({"name": ["Ouest", "Est"], "iris_vintage": 2024}, geometry=boxes, crs=CRS)
    near = shapely.box(X, Y, X + 100, Y + 50)
    quarter = gpd.GeoDataFrame({"name": ["Quartier"]}, geometry=[near], crs=CRS, index=pd.Index(["Q"], name="qpv"))
    census = toy.tables["census"].reindex(pd.Index([west, east], name="iris"))
    census = census.assign(population=[80.0, 120.0], year=2024)
    tables = {"addresses": addresses, "iris": iris.set_index(census.index), "qpv": quarter, "census": census}
    return replace(toy, tables={**toy.tables, **tables})


def test_each_area_has_its_children_inhabitants_and_dwellings(toy: City) -> None:
    # Every unit has 6 children of 3 to 5 and 10 of 6 to 10; half of B's live in the east.
    found = portrait(_peopled(toy)).iris
    assert found["name"].tolist() == ["Ouest", "Est"]
    assert found["children_3_5"].tolist() == [9, 15]
    assert found["children_6_10"].tolist() == [15, 25]
    assert found["children"].tolist() == [24, 40]
    assert found["population"].tolist() == [80, 120]
    assert found["dwellings"].tolist() == [8, 12]
    assert found["qpv_share"].tolist() == [0.5, 0]
    assert np.isnan(found[["children_0_2", "children_11_17", "median_income_eur", "score"]]).all(axis=None)


def test_the_quarter_has_the_part_of_its_dwellings(toy: City) -> None:
    found = portrait(_peopled(toy)).quarters.loc["Q"]
    assert found[["name", "population", "dwellings", "children"]].tolist() == ["Quartier", 40, 4, 16]
    assert found["children_share"] == pytest.approx(16 / 64)


def test_each_child_lives_under_a_sector_or_under_none(toy: City) -> None:
    city = _peopled(toy)
    found = portrait(city).sectors["children"]
    west, east = "001230101", "001230102"
    expected = {("elementary", west, "w"): 15, ("elementary", east, "w"): 5, ("elementary", east, "e"): 20}
    assert found.to_dict() == expected
    plan = city.current[Level.ELEMENTARY]
    fewer = replace(plan, schools_of={unit: plan.schools_of[unit] for unit in "ABC"})
    assert portrait(replace(city, current={Level.ELEMENTARY: fewer})).sectors.loc[("elementary", east, "")].item() == 10


def test_who_lives_outside_all_areas_stands_in_a_row_of_its_own(toy: City) -> None:
    city = _peopled(toy)
    homes = city.layer("addresses").assign(iris=["001230101", "001230101", "001230102", "", "001230102"])
    found = portrait(replace(city, tables={**city.tables, "addresses": homes}))
    assert found.iris.index.tolist() == ["001230101", "001230102", ""]
    assert found.iris.loc["", "children"] == 16
    assert found.totals["areas"] == 2
    assert found.totals["children"] == 64
    assert Note("children-outside-areas", {"count": 16}) in found.notes


def test_a_city_that_knows_neither_areas_nor_quarters_still_has_its_children(toy: City) -> None:
    found = portrait(replace(toy, current={}))
    assert found.totals["children"] == 64
    assert found.quarters.empty
    assert found.sectors.empty
    assert np.isnan(found.totals["qpv_children_share"])
    assert np.isnan(found.iris["qpv_share"]).all()
    assert {"quarters-unknown", "index-unknown"} <= {note.code for note in found.notes}


# Villebrune ----------------------------------------------------------------------------------------------------------


def test_totals_are_those_of_the_tables(city: City, found: Portrait) -> None:
    # D1
    children = city.tables["children"]["children"]
    ages = children.index.get_level_values("age")
    for band, known in AGE_BANDS.items():
        assert found.iris[band].sum() == pytest.approx(children[ages.isin(known)].sum())
        assert found.totals[band] == pytest.approx(children[ages.isin(known)].sum())
    assert found.totals["population"] == city.tables["census"]["population"].sum()
    assert found.totals["dwellings"] == city.tables["addresses"]["dwellings"].sum()
    for level in Level:
        assert found.sectors.loc[str(level), "children"].sum() == pytest.approx(children[ages.isin(AGES[level])].sum())
    assert 0 < found.quarters["children"].sum() < found.totals["children"]


def test_the_planted_areas_and_no_others_are_in_the_last_fifth_of_the_region(
    found: Portrait, truth: dict[str, Any]
) -> None:
    # D8
    planted = truth["deprived"]
    assert set(found.iris.index[found.iris["quintile"] == planted["fifth"]]) == set(planted["iris"])
    assert set(found.iris.index[found.iris["rank"] <= 2]) == set(planted["iris"])
    assert found.totals["most_deprived_areas"] == 2
    assert set(found.quarters.index) == set(planted["qpv"])


def test_the_card_of_villebrune_is_the_one_that_its_region_gives(city: City, truth: dict[str, Any]) -> None:
    reference = city.tables["reference"]
    assert city.card is not None
    fresh = fit_card(reference, reference=city.card.reference)
    assert city.card.areas == fresh.areas == len(reference) == truth["deprived"]["reference_areas"]
    for kept, made in zip(city.card.variables, fresh.variables, strict=True):
        told, wanted = kept.model_dump(exclude={"name"}), made.model_dump(exclude={"name"})
        assert told == pytest.approx(wanted, abs=1e-5)
    assert city.card.limits == pytest.approx(fresh.limits, abs=1e-5)
    assert city.card.explained_share == pytest.approx(fresh.explained_share, abs=1e-5)


def test_the_region_is_believable_and_holds_the_city(city: City) -> None:
    reference, census = city.tables["reference"], city.tables["census"]
    pd.testing.assert_frame_equal(reference.loc[census.index], census)
    assert city.card is not None
    assert 0.6 < city.card.explained_share < 0.85
    related = reference[list(VARIABLES)].corr()
    assert (related.loc["unemployed_share", ["median_income_eur", "baccalaureate_share"]] < -0.4).all()
    assert reference.index.str.startswith("00").all()
    assert (DATA / "census" / "villebrune" / "reference.csv").stat().st_size < 200_000


def test_every_column_has_its_unit_and_year(found: Portrait) -> None:
    shown = {*found.iris.columns, *found.quarters.columns} - {"name"}
    assert set(found.columns.index) == shown
    assert (found.columns != "").all(axis=None)
    assert found.columns.loc["population", "year"] == "2024"
    assert found.columns.loc["children", "year"] == "2026"


def test_every_remark_is_said_in_both_languages(toy: City, found: Portrait) -> None:
    for note in (*found.notes, *portrait(toy).notes):
        assert len({note_text(note, lang) for lang in LANGS}) == 2


def test_the_order_of_rows_changes_nothing(city: City, found: Portrait) -> None:
    # D4
    turned = {name: table.iloc[::-1] for name, table in city.tables.items()}
    again = portrait(replace(city, tables=turned))
    pd.testing.assert_frame_equal(again.iris, found.iris, check_exact=False, rtol=1e-9)
    pd.testing.assert_frame_equal(again.quarters, found.quarters, check_exact=False, rtol=1e-9)
