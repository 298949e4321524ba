"""Laws of docs/projection.md: A1 causes, A2 totals, A3 city, A4 births, A5 sign, A6 intervals, R1 row order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geo.council.words import LANGS, note_text
from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.plan import Plan
from geo.model.projection import CAUSES, ProjectionChoices
from geo.planning.classes import pressure
from geo.planning.projection.cohorts import averaged
from geo.planning.projection.feeding import intake
from geo.planning.projection.progression import fit, panel_of
from geo.planning.projection.project import project, refusal

ROOT = Path(__file__).parents[3]
ELEMENTARY = GRADES[Level.ELEMENTARY]
FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=6)


PASSAGE = ((2026, "CE1"), (2025, "CP"), (2026, "CP"))


def village(toy: City, *, seed: int = 1, noise: float = 0.1, extra: Mapping[str, pd.DataFrame] | None = None) -> City:
    """Give the village ten years of rolls and births by two IRIS, one for each school, the eastern one growing."""
    rng = np.random.default_rng(seed)
    born = {("001230101", y): 60 - y % 7 for y in range(2005, 2026)}
    born |= {("001230102", y): 40 + (y - 2005) * 2 for y in range(2005, 2026)}
    rows = []
    for school, area in (("w", "001230101"), ("e", "001230102")):
        for year in range(2017, 2027):
            for age, grade in enumerate(ELEMENTARY, start=6):
                cohort = born.get((area, year - age), 50) * (1.02 if school == "e" else 0.98) ** (age - 6)
                rows.append((school, year, grade, round(cohort * (1 + noise * rng.normal()))))
    rolls = pd.DataFrame(rows, columns=["school_id", "year", "grade", "pupils"])
    births = pd.DataFrame(
        [(*key, 2024, n) for key, n in born.items()], columns=["iris", "year", "iris_vintage", "births"]
    )
    tables = {
        "rolls": rolls.set_index(["school_id", "year", "grade"]),
        "births": births.set_index(["iris", "year"]),
        "addresses": toy.tables["addresses"].assign(iris=["001230101", "001230101", "001230102", "001230102"]),
    }
    return replace(toy, tables={**toy.tables, **tables, **(extra or {})})


def dwellings(*rows: tuple[int, str, int]) -> pd.DataFrame:
    """Deliveries of ``year, unit, dwellings``."""
    table = pd.DataFrame(rows, columns=["delivery_year", "unit_id", "dwellings"])
    table = table.assign(
        programme_id=[f"P{i}" for i in range(len(rows))], name="", social_share=np.nan, mean_rooms=np.nan
    )
    return table.set_index(["programme_id", "delivery_year"])


def more_births(city: City, added: Mapping[tuple[str, int], int]) -> City:
    births = city.tables["births"].copy()
    for key, count in added.items():
        births.loc[key, "births"] += count
    return replace(city, tables={**city.tables, "births": births})


def test_a_village_without_rolls_starts_from_the_children_of_its_sectors(toy: City) -> None:
    # Two children of each age in each of four units, two units a school: four pupils in each grade, for ever.
    projection = project(toy, toy.current[Level.ELEMENTARY], horizon_years=6)
    assert projection.last_year == 2026
    assert projection.years == tuple(range(2027, 2033))
    assert projection.pupils["pupils"].tolist() == pytest.approx([4.0] * 2 * 5 * 6)
    assert projection.pupils["ageing_pupils"].abs().max() == pytest.approx(0)
    codes = [note.code for note in projection.notes]
    assert {"projection-from-children", "projection-births-unknown", "projection-no-backtest"} <= set(codes)
    # The guess: 8 % a year of a school of 200; errors grow with pupils to the power 3/4.
    school = projection.schools.loc[("w", 2028)]
    assert school["high_pupils"] - school["pupils"] == pytest.approx(0.16 * 200 * (20 / 200) ** 0.75)


def test_the_first_year_is_that_done_by_hand(toy: City) -> None:
    # Each grade is the one below of last year times its own ratio, then both schools are scaled to the city's ratio.
    city = village(toy)
    choices = ProjectionChoices(shrinkage_pupils=0, last_year_weight=0, window_years=1)
    told = project(city, city.current[Level.ELEMENTARY], choices, horizon_years=1).pupils["pupils"]
    roll = city.tables["rolls"]["pupils"].astype(float)
    born = city.tables["births"]["births"].astype(float)
    own = {school: roll[school, 2026, "CP"] * roll[school, 2026, "CE1"] / roll[school, 2025, "CP"] for school in "we"}
    after, before, now = (roll["w", year, grade] + roll["e", year, grade] for year, grade in PASSAGE)
    scale = now * after / before / (own["w"] + own["e"])
    for school, area in (("w", "001230101"), ("e", "001230102")):
        assert told[school, "CE1", 2027] == pytest.approx(own[school] * scale)
        # In CP those born in 2021 come as those born in 2020 came a year before.
        assert told[school, "CP", 2027] == pytest.approx(roll[school, 2026, "CP"] * born[area, 2021] / born[area, 2020])


@given(seed=st.integers(0, 50), weight=st.sampled_from([None, 0.0, 0.5, 1.0]), built=st.integers(-400, 400))
@FAST
def test_causes_add_up_and_schools_add_up_to_their_totals(
    toy: City, seed: int, weight: float | None, *, built: int
) -> None:
    # A1, A2, A5
    city = village(toy, seed=seed, noise=0.3, extra={"housing": dwellings((2028, "A", built), (2031, "D", 60))})
    projection = project(city, city.current[Level.ELEMENTARY], ProjectionChoices(last_year_weight=weight))
    for table in (projection.pupils, projection.schools, projection.totals):
        assert table[list(CAUSES)].sum(axis=1).tolist() == pytest.approx(table["pupils"].tolist())
        assert table["pupils"].min() >= -1e-9
        assert (table["low_pupils"].ge(0) & table["low_pupils"].le(table["pupils"] + 1e-9)).all()
        assert table["high_pupils"].ge(table["pupils"]).all()
    grades = projection.pupils["pupils"].groupby(["school_id", "year"]).sum()
    assert grades.tolist() == pytest.approx(projection.schools["pupils"].tolist())
    assert grades.groupby("year").sum().tolist() == pytest.approx(list(projection.totals_of("all").values()))


def test_schools_add_up_to_a_city_that_grows_up_with_its_own_ratios(toy: City) -> None:
    # A3: with births held, each grade of the city is the one below times the ratio of the city.
    city = village(toy, noise=0.2)
    projection = project(city, city.current[Level.ELEMENTARY], ProjectionChoices(last_year_weight=0))
    table = projection.pupils.reset_index()
    held = table.assign(held=table["last_roll_pupils"] + table["ageing_pupils"])
    cohorts = held.pivot_table(index="year", columns="grade", values="held", aggfunc="sum")[list(ELEMENTARY)].to_numpy()
    known = intake(city, Level.ELEMENTARY)
    ratios = fit(panel_of(known.rolls, known.grades), known.course, year=2026, choices=projection.choices).city
    assert cohorts[1:, 1:] / cohorts[:-1, :-1] == pytest.approx(np.tile(ratios[1:], (9, 1)))


def test_same_as_last_year_draws_the_school_and_leaves_the_city_and_the_grades_in_proportion(toy: City) -> None:
    city = village(toy, noise=0.2)
    plan = city.current[Level.ELEMENTARY]
    cohort, drawn = (
        project(city, plan, ProjectionChoices(last_year_weight=weight)).pupils.reset_index() for weight in (0.0, 1.0)
    )
    one, other = (
        table.assign(held=table["last_roll_pupils"] + table["ageing_pupils"]).set_index(["school_id", "year", "grade"])[
            "held"
        ]
        for table in (cohort, drawn)
    )
    assert one.groupby("year").sum().tolist() == pytest.approx(other.groupby("year").sum().tolist())
    factor = (other / one).groupby(["school_id", "year"])
    assert factor.max().tolist() == pytest.approx(factor.min().tolist())
    last = cohort.drop_duplicates(["school_id", "grade"]).groupby("school_id")["last_roll_pupils"].sum()
    by_school = other.groupby(["school_id", "year"]).sum()
    assert (by_school["e"] / by_school["w"]).tolist() == pytest.approx([last["e"] / last["w"]] * 10)


def test_averaging_half_and_half_is_that_done_by_hand() -> None:
    # Schools of 60 and 40 are to become 90 and 30: half-way 75 and 35, and 120 in all as before.
    held = np.array([[[60.0, 30.0], [10.0, 20.0]]])
    last = np.array([[30.0, 30.0], [20.0, 20.0]])
    assert averaged(held, last, 0.5).sum(axis=2)[0].tolist() == pytest.approx([75 * 120 / 110, 35 * 120 / 110])
    assert averaged(held, last, 0.0).tolist() == held.tolist()


@given(
    area=st.sampled_from(["001230101", "001230102"]), year=st.integers(2021, 2025), count=st.integers(1, 300),
    weight=st.sampled_from([0.0, 0.5, 1.0]),
)  # fmt: skip
@FAST
def test_more_births_add_pupils_somewhere_and_take_none_away_anywhere(
    toy: City, area: str, year: int, *, count: int, weight: float
) -> None:
    # A4
    few = village(toy, noise=0.2)
    choices = ProjectionChoices(last_year_weight=weight)
    before, after = (
        project(city, city.current[Level.ELEMENTARY], choices)
        for city in (few, more_births(few, {(area, year): count}))
    )
    change = after.pupils["pupils"] - before.pupils["pupils"]
    assert change.min() > -1e-9
    assert change.xs(year + 6, level="year").sum() > 0.5 * count
    causes = (after.pupils - before.pupils)[["last_roll_pupils", "ageing_pupils", "housing_pupils"]]
    assert causes.abs().max(axis=None) < 1e-9


def test_births_of_an_area_reach_the_school_of_its_sector(toy: City) -> None:
    city = village(toy)
    plan, choices = city.current[Level.ELEMENTARY], ProjectionChoices()
    change = (
        project(more_births(city, {("001230102", 2022): 50}), plan, choices).pupils["pupils"]
        - project(city, plan, choices).pupils["pupils"]
    )
    assert change["e", "CP", 2028] > 30
    assert change["w", "CP", 2028] == pytest.approx(0)
    assert change["e", "CE1", 2029] == pytest.approx(change["e", "CP", 2028], rel=0.25)


def test_births_that_an_area_lacks_in_some_years_are_not_taken_for_none(toy: City) -> None:
    # The western area is counted in one year only: its children do not vanish with the others.
    births = pd.DataFrame(
        [("001230101", 2024, 2021, 12), *(("001230102", 2024, year, 12) for year in (2019, 2020, 2021))],
        columns=["iris", "iris_vintage", "year", "births"],
    ).set_index(["iris", "year"])
    city = village(toy, extra={"births": births, "rolls": toy.tables["rolls"]})
    known = intake(city, Level.ELEMENTARY)
    assert known.course.births.to_numpy().tolist() == [[12.0, 12.0, 12.0]] * 2
    notes = {note.code: dict(note.values) for note in project(city, city.current[Level.ELEMENTARY]).notes}
    assert notes["projection-births-gaps"] == {"count": 1}
    whole = project(village(toy), toy.current[Level.ELEMENTARY])
    assert "projection-births-gaps" not in {note.code for note in whole.notes}


def test_the_share_that_is_chosen_counts_where_there_are_no_rolls(toy: City) -> None:
    plan = toy.current[Level.ELEMENTARY]
    every, half = (
        project(toy, plan, assumptions=Assumptions(attendance_share_elementary=share), horizon_years=2)
        for share in (1.0, 0.5)
    )
    assert half.totals["pupils"].to_numpy() == pytest.approx(every.totals["pupils"].to_numpy() / 2)
    assert "share-chosen" in {note.code for note in half.notes}


def test_a_nursery_school_feeds_the_elementary_schools_of_the_children_of_its_sector(toy: City) -> None:
    # P4: of the sector of 'e', unit B belongs to the elementary school 'w' and has twice as many young children.
    children = toy.tables["children"].copy()
    young = [("B", 2026, age) for age in (3, 4, 5)]
    children.loc[young, "children"] = 4.0
    nursery = Plan(Level.NURSERY, {"A": ("w",), "B": ("e",), "C": ("e",), "D": ("e",)})
    rolls = village(toy).tables["rolls"]["pupils"]
    below = [(school, year, grade, 50) for school in "we" for year in range(2017, 2027) for grade in ("PS", "MS", "GS")]
    more = pd.DataFrame(below, columns=["school_id", "year", "grade", "pupils"]).set_index(
        ["school_id", "year", "grade"]
    )
    tables = {"children": children, "rolls": pd.concat([rolls.to_frame(), more])}
    city = replace(toy, tables={**toy.tables, **tables}, current={**toy.current, Level.NURSERY: nursery})
    known = intake(city, Level.ELEMENTARY)
    assert known.grades == (*GRADES[Level.NURSERY], *ELEMENTARY)
    assert known.course.entries == ("PS", "CP")
    fitted = fit(panel_of(known.rolls, known.grades), known.course, year=2026, choices=ProjectionChoices())
    # Rows and columns in the order of the schools: 'e', then 'w'.
    assert fitted.shares[3] == pytest.approx(np.array([[0.5, 0.5], [0.0, 1.0]]))


def test_births_to_come_follow_the_chosen_change(toy: City) -> None:
    city = village(toy)
    plan = city.current[Level.ELEMENTARY]
    flat, rising = (
        project(city, plan, ProjectionChoices(births_change_share=share, last_year_weight=0)).pupils["pupils"]
        for share in (0.0, 0.05)
    )
    # Born in 2026 and 2028, that is one and three years after the last known ones.
    entries = (rising / flat).xs("CP", level="grade").xs("e", level="school_id")
    assert entries[2031] == pytest.approx(1)
    assert entries[[2032, 2034]].tolist() == pytest.approx([1.05, 1.05**3])


def test_the_order_of_rows_changes_nothing(toy: City) -> None:
    # R1
    city = village(toy, extra={"housing": dwellings((2028, "A", 50), (2029, "C", 70))})
    turned = {
        name: city.tables[name].iloc[::-1]
        for name in ("rolls", "births", "children", "housing", "schools", "addresses")
    }
    other = replace(city, tables={**city.tables, **turned})
    plan = city.current[Level.ELEMENTARY]
    for name in ("pupils", "schools", "totals", "errors"):
        pd.testing.assert_frame_equal(getattr(project(other, plan), name), getattr(project(city, plan), name))


def test_a_demolition_larger_than_the_school_leaves_nobody_and_no_less(toy: City) -> None:
    # A1, A5
    city = village(toy, extra={"housing": dwellings((2027, "A", -5000))})
    projection = project(city, city.current[Level.ELEMENTARY])
    gone = projection.schools.loc["w"]
    assert gone["pupils"].loc[2029:].tolist() == pytest.approx([0] * 8)
    assert gone[list(CAUSES)].sum(axis=1).tolist() == pytest.approx(gone["pupils"].tolist())


def test_a_plan_sends_new_dwellings_to_its_schools(toy: City) -> None:
    city = village(toy, extra={"housing": dwellings((2027, "A", 100))})
    today = city.current[Level.ELEMENTARY]
    housing = project(city, today.moved({"A": ("e",)})).schools["housing_pupils"]
    assert housing["w"].max() == 0
    assert housing["e"].max() == pytest.approx(100 * 0.30 * 5 / 8)
    assert project(city, today).schools["housing_pupils"]["e"].max() == 0


def test_a_school_that_is_on_no_roll_yet_gets_the_pupils_of_its_new_dwellings(toy: City) -> None:
    city = village(toy, extra={"housing": dwellings((2027, "D", 100))})
    rolls = city.tables["rolls"].drop(index="e", level="school_id")
    projection = project(replace(city, tables={**city.tables, "rolls": rolls}), city.current[Level.ELEMENTARY])
    assert projection.schools.loc[("e", 2029), "pupils"] == pytest.approx(18.75)
    assert "projection-school-without-roll" in [note.code for note in projection.notes]


def test_intervals_widen_with_the_years_ahead_and_with_uncertain_dwellings(toy: City) -> None:
    # A6
    plain, built = (
        project(village(toy, noise=0.1, extra=extra), toy.current[Level.ELEMENTARY])
        for extra in ({}, {"housing": dwellings((2028, "A", 120))})
    )
    width = plain.spread
    assert width.diff().iloc[1:].ge(0).all(axis=None)
    wide, wider = (table.schools["high_pupils"] - table.schools["pupils"] for table in (plain, built))
    assert (wider["w"].loc[2028:] > wide["w"].loc[2028:]).all()
    assert wider["e"].tolist() == pytest.approx(wide["e"].tolist())
    # The yield may be twice as high: 22.5 pupils more, on top of past errors, as a root of squares.
    extra_pupils = built.schools.loc[("w", 2030), "housing_pupils"]
    base = width.loc[4, "school"] * built.schools.loc[("w", 2030), "pupils"] ** 0.75
    assert extra_pupils == pytest.approx(22.5)
    assert wider["w", 2030] == pytest.approx(np.hypot(base, extra_pupils))


def test_a_larger_share_gives_wider_intervals(toy: City) -> None:
    plan, city = toy.current[Level.ELEMENTARY], village(toy, noise=0.2)
    narrow, wide = (project(city, plan, ProjectionChoices(interval_share=share)).schools for share in (0.6, 0.95))
    assert (wide["high_pupils"] - wide["low_pupils"] > narrow["high_pupils"] - narrow["low_pupils"]).all()


@pytest.mark.parametrize("years", [0, -1, 21])
def test_a_year_outside_what_can_be_projected_is_refused_in_words(toy: City, years: int) -> None:
    refused = refusal(toy, Level.ELEMENTARY, years)
    assert refused is not None
    assert [str(years).lstrip("-") in note_text(refused, lang) for lang in LANGS] == [True, True]
    with pytest.raises(ScenarioError, match="projection-refused-horizon"):
        project(toy, toy.current[Level.ELEMENTARY], horizon_years=years)


def test_a_level_without_rolls_and_without_a_map_is_refused_in_words(toy: City) -> None:
    bare = replace(toy, current={})
    refused = refusal(bare, Level.ELEMENTARY, 10)
    assert refused is not None
    assert "CP, CE1, CE2, CM1, CM2" in note_text(refused, "fr")
    with pytest.raises(ScenarioError, match="projection-refused-rolls"):
        project(bare, toy.current[Level.ELEMENTARY])
    assert refusal(toy, Level.ELEMENTARY, 10) is None


def test_choices_out_of_their_range_are_refused() -> None:
    for wrong in (
        {"housing_yield": -0.1},
        {"window_years": 0},
        {"interval_share": 1.0},
        {"mixing": "none"},
        {"yields": 1},
    ):
        with pytest.raises(ValidationError):
            ProjectionChoices.model_validate(wrong)


# Villebrune ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ROOT / "data" / "villebrune_truth.json").read_text(encoding="utf-8"))
    return told


def test_the_planted_ratios_of_both_sides_are_recovered_within_chance(villebrune: City, truth: dict[str, Any]) -> None:
    known = intake(villebrune, Level.COLLEGE)
    panel = panel_of(known.rolls, known.grades)
    fitted = fit(panel, known.course, year=panel.last_year, choices=ProjectionChoices(window_years=9))
    plan = villebrune.current[Level.ELEMENTARY]
    iris = villebrune.tables["addresses"].groupby("unit_id")["iris"].agg(lambda codes: codes.mode().iloc[0])
    side_of = {code: side for side, told in truth["process"]["sides"].items() for code in told["iris"]}
    homes = plan.shares.assign(side=plan.shares["unit_id"].map(iris).map(side_of).to_numpy())
    # A school is of a side if nearly all units of its sector are.
    sides = homes.groupby("school_id")["side"].value_counts(normalize=True)
    steps = [known.grades.index(grade) for grade in ELEMENTARY[1:]]
    for side, told in truth["process"]["sides"].items():
        schools = [school for school, share in sides.xs(side, level="side").items() if share > 0.9]
        rows = panel.schools.isin(schools)
        before, after = (block[rows][:, steps].sum() for block in (fitted.before, fitted.after))
        # A child leaves or another arrives: a variance of about 0.125 for one child.
        chance = np.sqrt(0.125 / before)
        assert len(schools) >= 2, side
        assert after / before == pytest.approx(told["ratio"], abs=3 * chance), side
    assert 3 * chance < 0.028, "the two sides must be told apart"


@pytest.mark.parametrize("level", list(Level))
def test_in_villebrune_the_forecast_beats_same_as_last_year(villebrune: City, level: Level) -> None:
    projection = project(villebrune, villebrune.current[level])
    known = projection.errors[projection.errors["origins"] >= 4]
    for scale in ("grade", "school"):
        assert known.loc[scale, "better_than_last_year"].all(), scale
    one = projection.errors.loc[("grade", 1)]
    assert one["averaged_error_pupils"] < 0.5 * one["last_year_error_pupils"]


def test_the_growing_school_overflows_in_its_planted_year_within_its_interval(
    villebrune: City, truth: dict[str, Any]
) -> None:
    told = truth["overflow"]
    school, year, places = told["school_id"], told["first_year"], told["capacity_pupils"]
    # The truth leaves housing programmes out.
    choices = ProjectionChoices(housing_yield=0)
    projection = project(villebrune, villebrune.current[Level.ELEMENTARY], choices)
    then = projection.schools.loc[(school, year)]
    assert then["low_pupils"] < places < then["high_pupils"]
    assert then["low_pupils"] < told["expected_pupils"][school][str(year)] < then["high_pupils"]
    risk = pressure(villebrune, projection).loc[school, "overflow_probability"]
    assert risk[projection.last_year] == 0
    assert risk[year] > 0.2
    assert risk.loc[projection.last_year + 1] < risk[year]


def test_intervals_hold_the_planted_future_about_as_often_as_they_say(villebrune: City, truth: dict[str, Any]) -> None:
    projection = project(villebrune, villebrune.current[Level.ELEMENTARY], ProjectionChoices(housing_yield=0))
    told = pd.DataFrame(truth["overflow"]["expected_pupils"]).rename_axis("year")
    planted = told.melt(ignore_index=False, var_name="school_id").set_index("school_id", append=True)["value"]
    planted.index = planted.index.set_levels(planted.index.levels[0].astype(int), level="year")
    table = projection.schools.join(planted.reorder_levels(["school_id", "year"]).rename("planted"), how="inner")
    held = table["planted"].between(table["low_pupils"], table["high_pupils"])
    # The planted future has no noise, so it is held more often than a real one would be.
    assert len(table) == 80
    assert held.mean() > 0.75


def test_every_remark_of_villebrune_can_be_said_in_both_languages(villebrune: City) -> None:
    for level in Level:
        for note in project(villebrune, villebrune.current[level]).notes:
            assert all(note_text(note, lang) for lang in LANGS)
