"""Laws of docs/deprivation.md: D6 the case by hand, D7 pupils kept, D8 planted quarters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.index_card import IndexCard, IndexVariable
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.planning.mix import compare_mix, mix

DATA = Path(__file__).parents[2] / "data"
X, Y, CRS = 700_000.0, 6_600_000.0, "EPSG:2154"  # the west end of the village
# One variable: the score is the share of the unemployed in standard deviations of five points around ten per cent.
CARD = IndexCard(
    reference="by hand",
    areas=300,
    variables=(IndexVariable(name="unemployed_share", mean=0.10, deviation=0.05, loading=1.0, correlation=1.0),),
    explained_share=1.0,
    limits=(-1.0, 0.0, 1.0, 2.0),
)


def _scenario(city: City, moves: Mapping[str, tuple[str, ...]] | None = None) -> Scenario:
    everyone = Assumptions(attendance_share_elementary=1.0)
    told = {"name": "x", "city": city.code, "level": Level.ELEMENTARY, "start_year": 2027, "assumptions": everyone}
    return Scenario.model_validate({**told, "moves": dict(moves or {})})


def _quarter(west: float, east: float) -> gpd.GeoDataFrame:
    shape = shapely.box(X + west, Y - 50, X + east, Y + 50)
    return gpd.GeoDataFrame({"qpv": ["Q"], "name": ["Le Quartier"]}, geometry=[shape], crs=CRS).set_index("qpv")


def _changed(city: City, **tables: pd.DataFrame) -> City:
    return replace(city, tables={**city.tables, **tables})


def _census(city: City, **unemployed: float) -> pd.DataFrame:
    rows = city.tables["census"].reindex(pd.Index(list(unemployed), name="iris"))
    return rows.assign(population=100.0, year=2024, unemployed_share=list(unemployed.values()))


def _children(counts: Mapping[str, float]) -> pd.DataFrame:
    rows = [(unit, 2026, age, count / 5) for unit, count in counts.items() for age in range(6, 11)]
    return pd.DataFrame(rows, columns=["unit_id", "year", "age", "children"]).set_index(["unit_id", "year", "age"])


def _three_schools(toy: City) -> City:
    """Make three schools of 30, 60, 10 pupils of the quarter and 70, 40, 90 others, each group in its own unit."""
    groups = {
        "A": ("one", 30),
        "B": ("two", 60),
        "C": ("three", 10),
        "D": ("one", 70),
        "E": ("two", 40),
        "F": ("three", 90),
    }
    names = list(groups)
    points = [shapely.Point(X + 10 + 60 * place, Y + 5) for place in range(6)]
    addresses = toy.layer("addresses").iloc[[0] * 6].assign(unit_id=names)
    units = toy.layer("units").iloc[[0] * 6].set_axis(pd.Index(names, name="unit_id"))
    schools = toy.layer("schools").iloc[[0] * 3].set_axis(pd.Index(["one", "two", "three"], name="school_id"))
    rooms = toy.tables["rooms"].iloc[[0] * 3]
    index = pd.MultiIndex.from_product([schools.index, ["elementary"]], names=["school_id", "level"])
    addresses = addresses.set_axis(pd.Index([f"a{name}" for name in names], name="address_id")).set_geometry(
        points, crs=CRS
    )
    city = _changed(
        toy,
        addresses=addresses,
        units=units,
        schools=schools,
        rooms=rooms.set_axis(index),
        qpv=_quarter(0, 180),
        children=_children({name: count for name, (_, count) in groups.items()}),
    )
    plan = Plan(Level.ELEMENTARY, {name: (school,) for name, (school, _) in groups.items()})
    walk_m = pd.DataFrame(100.0, index=addresses.index, columns=schools.index)
    return replace(city, current={Level.ELEMENTARY: plan}, walk_m=walk_m)


def test_the_case_done_by_hand_has_a_dissimilarity_of_two_fifths(toy: City) -> None:
    # D6
    city = _three_schools(toy)
    found = mix(city, evaluate(city, _scenario(city)))
    assert found.schools["qpv_pupils"].to_dict() == pytest.approx({"one": 30, "three": 10, "two": 60})
    assert found.schools["qpv_share"].to_dict() == pytest.approx({"one": 0.3, "three": 0.1, "two": 0.6})
    assert found.dissimilarity["qpv"] == pytest.approx(0.40)


def test_moving_the_quarter_s_pupils_changes_the_mix_as_by_hand(toy: City) -> None:
    # All 60 of school 'two' go to 'three': 30, 0, 70 of the quarter beside 70, 40, 90 others.
    city = _three_schools(toy)
    today, proposed = (mix(city, evaluate(city, _scenario(city, moves))) for moves in ({}, {"B": ("three",)}))
    assert proposed.dissimilarity["qpv"] == pytest.approx((abs(0.3 - 0.35) + abs(0 - 0.2) + abs(0.7 - 0.45)) / 2)
    both = compare_mix(today, proposed)
    assert both["qpv_pupils_before"].sum() == both["qpv_pupils_after"].sum() == pytest.approx(100)
    assert both.loc["three", ["qpv_share_before", "qpv_share_after"]].tolist() == pytest.approx([0.1, 70 / 160])
    assert both.loc["two", ["qpv_share_before", "qpv_share_after"]].tolist() == pytest.approx([0.6, 0.0])


def test_pupils_of_a_unit_live_in_its_addresses_by_dwellings(toy: City) -> None:
    # Unit A has a second address of 12 dwellings in the quarter, beside the 4 outside: three quarters of its pupils.
    twin = toy.layer("addresses").loc[["aA"]].assign(dwellings=12).set_axis(pd.Index(["aA2"], name="address_id"))
    twin = twin.set_geometry([shapely.Point(X + 10, Y + 5)], crs=CRS)
    addresses = pd.concat([toy.layer("addresses"), twin])
    city = replace(
        _changed(toy, addresses=addresses, qpv=_quarter(0, 20)),
        walk_m=pd.concat([toy.walk_m, toy.walk_m.loc[["aA"]].set_axis(twin.index)]),
    )
    found = mix(city, evaluate(city, _scenario(city)))
    assert found.schools.loc["w", "qpv_pupils"] == pytest.approx(7.5)
    assert found.sectors.loc["w", "qpv_share"] == pytest.approx(7.5 / 20)


def test_a_shared_sector_sends_each_school_an_equal_part(toy: City) -> None:
    city = _changed(toy, qpv=_quarter(0, 100))
    found = mix(city, evaluate(city, _scenario(city, {"A": ("w", "e")})))
    assert found.schools["qpv_pupils"].to_dict() == pytest.approx({"w": 5.0, "e": 5.0})
    assert found.sectors["qpv_share"].to_dict() == pytest.approx({"e": 0.0, "w": 0.0, "w+e": 1.0})


def test_scores_and_last_fifths_are_means_over_the_pupils_who_are_measured(toy: City) -> None:
    # Units A and B: scores 3 and 1, limits of the last fifth 2. C has no census row, D's area is the same as A's.
    iris = ["001230101", "001230102", "001230103", "001230101"]
    census = _census(toy, **{"001230101": 0.25, "001230102": 0.15})
    city = replace(_changed(toy, addresses=toy.layer("addresses").assign(iris=iris), census=census), card=CARD)
    found = mix(city, evaluate(city, _scenario(city)))
    assert found.schools.loc["w", ["measured_pupils", "most_deprived_pupils"]].tolist() == pytest.approx([20, 10])
    assert found.schools.loc["e", ["measured_pupils", "most_deprived_pupils"]].tolist() == pytest.approx([10, 10])
    assert found.schools["mean_score"].to_dict() == pytest.approx({"w": 2.0, "e": 3.0})
    assert found.schools["most_deprived_share"].to_dict() == pytest.approx({"w": 0.5, "e": 1.0})
    assert found.dissimilarity["most_deprived"] == pytest.approx(0.5)
    assert Note("mix-unmeasured", {"count": 10, "share": 0.25}) in found.notes


def test_what_the_city_does_not_know_is_not_known_of_its_schools(toy: City) -> None:
    found = mix(toy, evaluate(toy, _scenario(toy)))
    assert np.isnan(found.schools[["qpv_share", "qpv_pupils", "most_deprived_share", "mean_score"]]).all(axis=None)
    assert np.isnan(list(found.dissimilarity.values())).all()
    assert {"quarters-unknown", "index-unknown"} <= {note.code for note in found.notes}


def test_a_school_without_pupils_has_no_share(toy: City) -> None:
    city = _changed(toy, qpv=_quarter(0, 100))
    found = mix(city, evaluate(city, _scenario(city, {"C": ("w",), "D": ("w",)})))
    assert found.schools.loc["e", "pupils"] == 0
    assert np.isnan(found.schools.loc["e", "qpv_share"])


@given(
    owners=st.lists(st.sampled_from([("w",), ("e",), ("w", "e")]), min_size=4, max_size=4),
    counts=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    east=st.sampled_from([60, 160, 260, 400]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pupils_and_children_of_every_group_are_kept_whatever_the_map(
    toy: City, *, owners: list[tuple[str, ...]], counts: list[int], east: float
) -> None:
    # D7
    children = _children({unit: float(count) for unit, count in zip("ABCD", counts, strict=True)})
    city = _changed(toy, qpv=_quarter(0, east), children=children)
    found = mix(city, evaluate(city, _scenario(city, dict(zip("ABCD", owners, strict=True)))))
    inside = sum(count for count, middle in zip(counts, (50, 150, 250, 350), strict=True) if middle < east)
    for places, who in ((found.schools, "pupils"), (found.sectors, "children")):
        assert places[who].sum() == pytest.approx(sum(counts))
        assert places[f"qpv_{who}"].sum() == pytest.approx(inside)


# Villebrune ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / "villebrune_truth.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("level", list(Level))
def test_the_mix_of_villebrune_keeps_the_pupils_of_its_evaluation(city: City, level: Level) -> None:
    # D7
    evaluation = evaluate(city, Scenario(name="x", city=city.code, level=level, start_year=2027))
    found = mix(city, evaluation)
    assert found.schools["pupils"].to_numpy() == pytest.approx(evaluation.schools["pupils"].to_numpy())
    assert found.sectors["children"].sum() == pytest.approx(evaluation.totals["children"])
    share = evaluation.totals["attendance_share"]
    assert found.schools["qpv_pupils"].sum() == pytest.approx(found.sectors["qpv_children"].sum() * share)


def test_only_schools_beside_the_planted_quarters_have_pupils_of_them(city: City, truth: dict[str, Any]) -> None:
    # D8
    today = mix(city, evaluate(city, Scenario(name="x", city=city.code, level=Level.ELEMENTARY, start_year=2027)))
    concerned = today.schools[today.schools["qpv_pupils"] > 0]
    distance = {
        school: city.layer("qpv").distance(place).min() for school, place in city.layer("schools").geometry.items()
    }
    assert 0 < len(concerned) < len(today.schools)
    assert max(distance[school] for school in concerned.index) < 800
    ranked = today.schools["mean_score"].sort_values(ascending=False).index
    assert set(ranked[: len(concerned)]) == set(concerned.index)
    assert truth["deprived"]["fifth"] == 5
    assert today.schools.loc[concerned.index, "most_deprived_share"].min() > 0.5
    assert today.dissimilarity["qpv"] > 0.5
