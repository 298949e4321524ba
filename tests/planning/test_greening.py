"""Laws of docs/playgrounds.md: P21 to P28, trees to plant and where a budget goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.council.words import note_text
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.playgrounds import PlaygroundChoices, Recess
from geo.planning.greening import MEASURES, Works, choose, chosen_trees, vulnerability, works
from geo.planning.planting import plant
from geo.territory.playgrounds import playgrounds, yard_comfort, yard_shade

X, Y = 700_000.0, 6_600_000.0
CHOICES = PlaygroundChoices(recesses=(Recess(at=dt.time(13, 15), minutes=60),))
PUPILS = pd.Series({"w": 100.0, "e": 200.0})
EVEN = pd.Series({"w": 1.0, "e": 1.0})


def _layer(city: City, index: str, shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=city.crs, index=[f"{index}{i}" for i in range(len(shapes))])
    return frame.rename_axis(f"{index}_id")


@pytest.fixture
def town(toy: City) -> City:
    """Give the toy village with two bare yards of 60 m by 40 m, 'w' of asphalt, 'e' of grass, and a shed in 'w'."""
    yards = [shapely.box(X + at, Y, X + at + 60, Y + 40) for at in (0, 400)]
    tables = {
        **toy.tables,
        "yards": _layer(toy, "yard", yards, school_id=["w", "e"], surface=["asphalt", "grass"]),
        "buildings": _layer(toy, "building", [shapely.box(X, Y, X + 8, Y + 8)], height_m=[4.0], use=[""]),
        "trees": _layer(toy, "tree", [shapely.Point(X + 300, Y)], height_m=[9.0], crown_m=[6.0]),
    }
    return replace(toy, tables=tables)


@pytest.fixture
def plans(town: City) -> Works:
    return works(playgrounds(town, CHOICES), PUPILS, EVEN, crs=town.crs)


def _table(rng: np.random.Generator, *, yards: int) -> pd.DataFrame:
    """Invent works: three a yard, each costs more and brings more, with less and less for the money."""
    size = (yards, len(MEASURES))
    frame = pd.DataFrame(
        {
            "school_id": np.repeat([f"s{number}" for number in range(yards)], len(MEASURES) + 1),
            "measure": np.tile(["none", *MEASURES], yards),
            "cost_eur": np.c_[np.zeros(yards), rng.integers(5, 60, size).cumsum(axis=1) * 1000].ravel(),
            "benefit": np.c_[np.zeros(yards), rng.uniform(0, 9, size).cumsum(axis=1)].ravel(),
            "unshaded_share": 0.9,
            "trees": 1,
        }
    )
    return frame.set_index(["school_id", "measure"])


def _best_by_hand(table: pd.DataFrame, budget_eur: float) -> float:
    """Try every combination of one row a yard."""
    options = len(MEASURES) + 1
    cost = table["cost_eur"].to_numpy().reshape(-1, options)
    benefit = table["benefit"].to_numpy().reshape(-1, options)
    total_cost, total_benefit = np.zeros(1), np.zeros(1)
    for yard_cost, yard_benefit in zip(cost, benefit, strict=True):
        total_cost = np.add.outer(total_cost, yard_cost).ravel()
        total_benefit = np.add.outer(total_benefit, yard_benefit).ravel()
    return float(total_benefit[total_cost <= budget_eur].max())


@pytest.mark.parametrize("seed", range(6))
def test_no_combination_of_eight_yards_does_better(seed: int) -> None:
    # P21: 65,536 combinations tried one by one.
    table = _table(np.random.default_rng(seed), yards=8)
    for budget_eur in (20_000, 90_000, 250_000):
        choice = choose(table, budget_eur)
        assert choice.benefit == pytest.approx(_best_by_hand(table, budget_eur))
        assert choice.spent_eur <= budget_eur
        assert choice.gap_share < 1e-6
        assert choice.table.index.is_unique


@given(seed=st.integers(0, 50), budgets=st.lists(st.integers(0, 500_000), min_size=2, max_size=5))
@settings(max_examples=15, deadline=None)
def test_more_budget_never_avoids_less(seed: int, budgets: list[int]) -> None:
    # P22
    table = _table(np.random.default_rng(seed), yards=6)
    benefits = [choose(table, budget).benefit for budget in sorted(budgets)]
    assert all(less <= more + 1e-9 for less, more in pairwise(benefits))


def test_a_budget_of_zero_buys_nothing_and_says_so() -> None:
    # P23
    choice = choose(_table(np.random.default_rng(0), yards=4), 0)
    assert choice.table.empty
    assert (choice.spent_eur, choice.benefit, choice.gap_share) == (0, 0, 0)
    assert [note.code for note in choice.notes] == ["greening-no-budget"]


def test_a_budget_below_the_cheapest_works_names_their_cost() -> None:
    # P23
    table = _table(np.random.default_rng(0), yards=4)
    cheapest = table["cost_eur"][table["cost_eur"] > 0].min()
    assert choose(table, 1).notes == (Note("greening-budget-too-small", {"budget": 1, "cost": cheapest}),)


@pytest.mark.parametrize("budget_eur", [-1.0, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused_in_words(budget_eur: float) -> None:
    with pytest.raises(ScenarioError, match=r"budget for yards: expected euros from 0 on.*Correct the budget"):
        choose(_table(np.random.default_rng(0), yards=2), budget_eur)


def test_what_cannot_be_done_is_said_in_words() -> None:
    # P23
    table = _table(np.random.default_rng(0), yards=4)
    (nothing,), (little,), (shut,) = (
        choose(table, 0).notes,
        choose(table, 900).notes,
        choose(table, 1e6, closed=["s1"]).notes,
    )
    assert note_text(nothing, "fr") == "Budget de zéro : rien n’est planté."
    assert note_text(little, "en").startswith("With €900 nothing can be done: the cheapest works cost €")
    assert note_text(shut, "fr") == "1 école que le scénario ferme n’est pas plantée : s1."


def test_a_school_that_closes_is_not_greened() -> None:
    # P24: though it is the best buy.
    table = _table(np.random.default_rng(0), yards=4)
    rich = choose(table, 1e6)
    assert "s1" in rich.table.index
    choice = choose(table, 1e6, closed=["s1", "elsewhere"])
    assert sorted(choice.table.index) == ["s0", "s2", "s3"]
    assert choice.notes == (Note("greening-closed", {"count": 1, "schools": "s1"}),)


def test_a_yard_whose_pupils_are_not_known_is_left_out(town: City) -> None:
    plans = works(playgrounds(town, CHOICES), PUPILS[["w"]], EVEN, crs=town.crs)
    choice = choose(plans.table, 1e6)
    assert list(choice.table.index) == ["w"]
    assert [note.code for note in choice.notes] == ["greening-pupils-unknown"]


def test_works_that_gain_nothing_are_not_bought(town: City) -> None:
    plans = works(playgrounds(town, CHOICES), PUPILS * 0, EVEN, crs=town.crs)
    choice = choose(plans.table, 1e6)
    assert choice.table.empty
    assert [note.code for note in choice.notes] == ["greening-nothing-to-gain"]


def test_more_trees_shade_more_and_cost_more(plans: Works) -> None:
    # P25
    for school in ("w", "e"):
        rows = plans.table.loc[school].loc[["none", "trees-half", "trees", "trees-grass"]]
        assert (rows["unshaded_share"].diff().dropna() <= 0).all()
        assert rows.loc["trees", "unshaded_share"] < rows.loc["trees-half", "unshaded_share"] < 1
        assert (rows["cost_eur"].diff().dropna() >= 0).all()
        assert rows["benefit"].is_monotonic_increasing
    # Opened ground is cooler, and counts for that, though it shades nothing.
    assert plans.table.loc[("w", "trees-grass"), "benefit"] > 1.005 * plans.table.loc[("w", "trees"), "benefit"]
    # Grass has no sealed ground to open.
    assert plans.table.loc[("e", "trees-grass"), "opened_m2"] == 0
    assert plans.table.loc[("w", "trees-grass"), "opened_m2"] > 2 * plans.table.loc[("w", "trees"), "opened_m2"]


def test_costs_are_those_of_pits_and_opened_ground(plans: Works) -> None:
    # P25, by hand: 105 + 45 EUR for a square metre of asphalt opened and planted, 45 EUR where it is grass already.
    row = plans.table.loc[("w", "trees")]
    assert row["opened_m2"] == pytest.approx(12 * row["trees"], rel=0.01)
    assert row["cost_eur"] == pytest.approx(row["trees"] * 12 * 150, rel=0.01)
    row = plans.table.loc[("e", "trees")]
    assert row["cost_eur"] == pytest.approx(row["trees"] * 12 * 45, rel=0.01)


def test_trees_keep_their_distances_and_their_share_of_the_yard(town: City, plans: Works) -> None:
    # P26
    yards = town.layer("yards").set_index("school_id").geometry
    for school, trees in plans.trees.groupby("school_id"):
        stems = trees.geometry.to_numpy()
        apart = shapely.distance(stems[:, None], stems[None, :]) + np.where(np.eye(len(stems)), np.inf, 0)
        assert apart.min() >= CHOICES.tree_spacing_m - 1e-6
        ground = yards[school].difference(town.layer("buildings").geometry.iloc[0])
        assert shapely.contains(ground.buffer(-CHOICES.tree_clearance_m + 1e-6), stems).all()
        crowns_m2 = len(trees) * np.pi * CHOICES.planted(25).crown_m ** 2 / 4
        assert crowns_m2 == pytest.approx(CHOICES.canopy_share * ground.area, rel=0.05)


def test_a_yard_full_of_trees_gets_no_more(town: City) -> None:
    grid = [shapely.Point(X + x, Y + y) for x in range(5, 60, 8) for y in range(5, 40, 8)]
    full = replace(
        town, tables={**town.tables, "trees": _layer(town, "tree", grid, height_m=[9.0] * 35, crown_m=[8.0] * 35)}
    )
    plans = works(playgrounds(full, CHOICES), PUPILS, EVEN, crs=full.crs)
    assert set(plans.table.loc["w"].index) == {"none"}
    assert set(plans.trees["school_id"]) == {"e"}


def test_the_works_chosen_have_the_effect_that_was_told(town: City, plans: Works) -> None:
    # P27: plant what was chosen and cast the shade anew.
    choice = choose(plans.table, 30_000)
    assert len(choice.table)
    after = yard_shade(town, playgrounds(town, CHOICES, planted=chosen_trees(plans, choice)))["unshaded_share"]
    before = yard_shade(town, playgrounds(town, CHOICES))["unshaded_share"]
    told = choice.table["unshaded_share"].reindex(after.index).fillna(before)
    assert after.tolist() == pytest.approx(told.tolist(), abs=1e-6)
    assert choice.table["unshaded_share_before"].to_dict() == before[choice.table.index].to_dict()


def test_the_exposure_of_a_yard_as_it_is_is_that_of_the_comfort_table(town: City, plans: Works) -> None:
    exposure = yard_comfort(playgrounds(town, CHOICES), pupils=PUPILS)["exposure"].groupby("school_id").sum()
    told = plans.table["exposure"].xs("none", level="measure")
    assert told.to_dict() == pytest.approx(exposure.to_dict())


def test_a_pupil_who_counts_twice_doubles_the_benefit(town: City, plans: Works) -> None:
    twice = works(playgrounds(town, CHOICES), PUPILS, EVEN * 2, crs=town.crs)
    assert twice.table["benefit"].tolist() == pytest.approx((2 * plans.table["benefit"]).tolist())


def test_trees_clicked_outside_the_open_ground_of_a_yard_are_left_out_and_counted(town: City) -> None:
    points = [(X + 30, Y + 20), (X + 4, Y + 4), (X + 200, Y + 20)]
    trees, notes = plant(town, points, CHOICES, age_years=25)
    assert trees.geometry.iloc[0].coords[0] == points[0]
    assert trees[["height_m", "crown_m"]].to_numpy().tolist() == [[11.0, 8.0]]
    assert notes == (Note("trees-outside", {"count": 2}),)
    nothing, quiet = plant(town, [], CHOICES)
    assert len(nothing) == len(quiet) == 0


def test_a_clicked_tree_lowers_the_sun_and_more_so_with_age(town: City) -> None:
    # P28
    shares = [
        yard_shade(town, playgrounds(town, CHOICES, planted=plant(town, [(X + 30, Y + 20)], CHOICES, age_years=age)[0]))
        for age in (1, 10, 25)
    ]
    suns = [share.loc["w", "unshaded_share"] for share in shares]
    bare = yard_shade(town, playgrounds(town, CHOICES)).loc["w", "unshaded_share"]
    assert bare > suns[0] > suns[1] > suns[2]


def test_young_and_deprived_pupils_weigh_more(toy: City) -> None:
    # By hand: half of the pupils of 'w' are in nursery, and it has the lower IPS.
    rolls = pd.DataFrame(
        [("w", 2026, "GS", 20), ("w", 2026, "CP", 20), ("w", 2025, "GS", 99), ("e", 2026, "CP", 30)],
        columns=["school_id", "year", "grade", "pupils"],
    ).set_index(["school_id", "year", "grade"])
    schools = toy.tables["schools"].assign(ips=[80.0, 120.0])
    known = replace(toy, tables={**toy.tables, "rolls": rolls, "schools": schools})
    assert vulnerability(known, CHOICES).to_dict() == {"e": 1.0, "w": 1 + 0.5 * 0.5 + 0.5}
    # Nothing known: no child under 6, the middle of the city.
    assert vulnerability(toy, CHOICES).to_dict() == {"e": 1.25, "w": 1.25}
