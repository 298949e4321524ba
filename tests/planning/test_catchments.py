"""Nearest school beside that of the map: by hand in the village, and the laws of docs/catchments.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.measures import Opening
from geo.model.scenario import Scenario
from geo.planning.catchments import NOWHERE, Catchments, catchments

DATA = Path(__file__).parents[2] / "data"


def looked(city: City, *, beyond_m: float = 800.0, **changes: object) -> Catchments:
    told = {"name": "x", "city": city.code, "level": Level.ELEMENTARY, "start_year": 2027, **changes}
    return catchments(city, Scenario.model_validate(told), DistanceChoices().with_beyond(Level.ELEMENTARY, beyond_m))


# By hand ------------------------------------------------------------------------------------------------------------


def test_in_the_village_each_child_goes_to_the_nearest_school(toy: City) -> None:
    found = looked(toy)
    assert found.homes["walk_m"].to_dict() == pytest.approx({"aA": 55, "aB": 155, "aC": 155, "aD": 55})
    assert found.homes["nearest_id"].tolist() == ["w", "w", "e", "e"]
    assert (found.homes["longer_m"] == 0).all()
    assert found.totals["nearer_children"] == 0
    assert found.year == 2026
    assert found.notes == ()


def test_a_unit_that_is_sent_to_the_far_school_has_a_detour_of_a_hundred_metres(toy: City) -> None:
    found = looked(toy, moves={"B": ("e",)})
    assert found.homes.loc["aB", ["walk_m", "nearest_m", "longer_m"]].tolist() == pytest.approx([255, 155, 100])
    assert found.pairs.to_dict("records") == [
        {"school_id": "e", "nearest_id": "e", "children": 20.0, "longer_m": 0.0},
        {"school_id": "e", "nearest_id": "w", "children": 10.0, "longer_m": pytest.approx(100.0)},
        {"school_id": "w", "nearest_id": "w", "children": 10.0, "longer_m": 0.0},
    ]
    east = found.schools.loc["e"]
    assert east[["children", "nearest_children", "nearer_children"]].tolist() == [30, 20, 10]
    assert east["nearer_share"] == pytest.approx(1 / 3)
    assert east[["walk_median_m", "walk_p90_m", "longer_median_m"]].tolist() == pytest.approx([155, 255, 100])
    assert np.isnan(found.schools.loc["w", "longer_median_m"])
    assert found.units.loc["B", ["walk_m", "nearest_m", "longer_m", "nearer_share"]].tolist() == pytest.approx(
        [255, 155, 100, 1]
    )
    assert found.totals["nearer_share"] == pytest.approx(0.25)


def test_far_is_above_the_distance_and_not_at_it(toy: City) -> None:
    # Walks are 55, 155, 155 and 55 m, ten children each.
    counts = {beyond: looked(toy, beyond_m=beyond).totals["far_children"] for beyond in (50, 55, 154.9, 155)}
    assert counts == {50: 40, 55: 20, 154.9: 20, 155: 0}


def test_who_is_far_from_the_nearest_school_too_is_told_apart(toy: City) -> None:
    totals = looked(toy, beyond_m=200, moves={"B": ("e",)}).totals
    assert (totals["far_children"], totals["far_from_nearest_children"]) == (10, 0)
    totals = looked(toy, beyond_m=100, moves={"B": ("e",)}).totals
    assert (totals["far_children"], totals["far_from_nearest_children"]) == (20, 20)


def test_of_a_shared_sector_the_nearest_school_counts_address_by_address(toy: City) -> None:
    found = looked(toy, moves={"A": ("e", "w"), "D": ("w", "e")})
    assert found.homes["school_id"].tolist() == ["w", "w", "e", "e"]
    assert found.totals["nearer_children"] == 0
    assert [note.code for note in found.notes] == ["shared-nearest"]


def test_a_school_that_closes_is_nobodys_nearest(toy: City) -> None:
    found = looked(toy, closures=("w",))
    assert found.schools.index.tolist() == ["e"]
    assert found.homes["nearest_id"].unique().tolist() == ["e"]
    assert found.totals["walk_p90_m"] == pytest.approx(355)


def test_a_school_that_opens_is_the_nearest_of_those_around_it(toy: City) -> None:
    opening = Opening(school_id="new", name="École neuve", x=700_200.0, y=6_600_000.0, rooms=2)
    found = looked(toy, openings=(opening,))
    # 55 m from B and C; at the ends both schools are 55 m and 155 m away.
    assert found.homes["nearest_id"].tolist() == ["w", "new", "new", "e"]
    assert found.schools.loc["new", ["children", "nearest_children"]].tolist() == [0, 20]
    assert found.totals["longer_median_m"] == pytest.approx(100)


def test_children_without_school_or_address_are_told_and_not_lost(toy: City) -> None:
    plan = toy.current[Level.ELEMENTARY]
    loose = replace(plan, schools_of={unit: schools for unit, schools in plan.schools_of.items() if unit != "A"})
    addresses = toy.tables["addresses"].drop(index="aD")
    tables = {**toy.tables, "addresses": addresses}
    city = replace(toy, tables=tables, current={Level.ELEMENTARY: loose}, walk_m=toy.walk_m.drop(index="aD"))
    found = looked(city)
    assert (found.totals["unassigned_children"], found.totals["unplaced_children"]) == (10, 10)
    assert found.totals["sector_children"] == 20
    assert found.pairs["children"].sum() == 40
    assert found.homes.loc["aA", "school_id"] == NOWHERE
    assert np.isnan(found.units.loc["D", "walk_m"])
    assert [note.code for note in found.notes] == ["children-unassigned", "children-unplaced"]


def test_a_school_that_no_way_leads_to_is_far_and_said(toy: City) -> None:
    walks = toy.walk_m.copy()
    walks.loc[["aA", "aB"], "w"] = np.inf
    found = looked(replace(toy, walk_m=walks))
    assert found.totals["no_way_children"] == found.totals["far_children"] == 20
    assert found.homes.loc["aA", ["school_id", "nearest_id"]].tolist() == ["w", "e"]
    assert np.isinf(found.homes.loc["aA", "longer_m"])
    walks.loc["aA"] = np.inf
    found = looked(replace(toy, walk_m=walks))
    assert found.homes.loc["aA", ["school_id", "nearest_id"]].tolist() == ["w", NOWHERE]
    assert found.homes.loc["aA", "longer_m"] == 0
    assert found.pairs["children"].sum() == 40


def test_a_scenario_of_another_city_is_refused(toy: City) -> None:
    scenario = Scenario(name="x", city="elsewhere", level=Level.ELEMENTARY, start_year=2027)
    with pytest.raises(ScenarioError, match="expected a scenario for 'toy'"):
        catchments(toy, scenario)


@pytest.mark.parametrize(
    "limits", [(), (0,), (-400,), (400, 400), (800, 400), (float("nan"),), tuple(range(100, 800, 100))]
)
def test_rings_that_cannot_be_are_refused(limits: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        DistanceChoices.model_validate({"limits_m": limits})


def test_each_distance_has_its_unit_range_and_reason() -> None:
    for field in DistanceChoices.model_fields.values():
        assert field.description
        assert field.json_schema_extra == {"unit": "m"}


# Laws ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=list(Level))
def found(request: pytest.FixtureRequest, villebrune: City) -> Catchments:
    scenario = Scenario(name="x", city="villebrune", level=request.param, start_year=2027)
    return catchments(villebrune, scenario)


def test_children_are_conserved(found: Catchments) -> None:
    # Law K1.
    total = found.totals["children"]
    assert found.pairs["children"].sum() == pytest.approx(total)
    assert found.homes["children"].sum() + found.totals["unplaced_children"] == pytest.approx(total)
    assert found.schools["children"].sum() == pytest.approx(found.totals["sector_children"])
    for name in ("nearer_children", "far_children"):
        assert found.schools[name].sum() == pytest.approx(found.totals[name])
        assert found.units[name].sum() == pytest.approx(found.totals[name])


def test_the_nearest_school_is_the_least_of_the_table_of_walks(found: Catchments, villebrune: City) -> None:
    # Law K2.
    walks = villebrune.walk_m.loc[found.homes.index, list(found.schools.index)]
    assert found.homes["nearest_m"].to_numpy() == pytest.approx(walks.min(axis=1).to_numpy(), abs=0.01)
    assert (found.homes["walk_m"] >= found.homes["nearest_m"]).all()
    assert ((found.homes["longer_m"] > 0) == (found.homes["school_id"] != found.homes["nearest_id"])).all()


def test_a_longer_distance_never_has_more_children_beyond_it(villebrune: City) -> None:
    # Law K3.
    counts = [looked(villebrune, beyond_m=beyond).totals["far_children"] for beyond in (200, 500, 800, 1500)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_the_order_of_addresses_changes_nothing(villebrune: City) -> None:
    # Law K4.
    order = villebrune.tables["addresses"].sample(frac=1.0, random_state=1).index
    tables = {**villebrune.tables, "addresses": villebrune.tables["addresses"].loc[order]}
    turned = looked(replace(villebrune, tables=tables, walk_m=villebrune.walk_m.loc[order]))
    plain = looked(villebrune)
    assert dict(turned.totals) == pytest.approx(dict(plain.totals))
    pd.testing.assert_frame_equal(turned.homes.loc[plain.homes.index], plain.homes)
    pd.testing.assert_frame_equal(turned.schools, plain.schools)


def test_a_map_of_nearest_schools_leaves_nobody_a_nearer_one(villebrune: City) -> None:
    # Law K5, in units whose homes have one nearest school.
    today = looked(villebrune)
    nearest = today.homes.groupby("unit_id")["nearest_id"].agg(["first", "nunique"])
    plan = villebrune.current[Level.ELEMENTARY]
    moves = {str(unit): (str(row["first"]),) for unit, row in nearest.iterrows() if row["nunique"] == 1}
    proposed = looked(villebrune, moves={unit: to for unit, to in moves.items() if plan.schools_of.get(unit) != to})
    assert proposed.totals["nearer_children"] < today.totals["nearer_children"]
    assert proposed.units.loc[list(moves), "nearer_children"].max() == 0
    assert proposed.totals["far_from_nearest_share"] == pytest.approx(today.totals["far_from_nearest_share"], abs=0.02)
