"""Laws of docs/projection.md: B1 only the past, B2 beside last year, B3 losing is said, I1 to I4 intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.model.projection import ProjectionChoices
from geo.planning.projection.backtest import METHODS, backtest, error_table, losing_horizons
from geo.planning.projection.cohorts import steady_births
from geo.planning.projection.intervals import bands, conformal_quantile, coverage_table
from geo.planning.projection.progression import Course, grade_progression, panel_of

GRADES = ("CP", "CE1", "CE2")
FLAT = Course(("CP",), steady_births(range(2000, 2030)), 6, {})
CHOICES = ProjectionChoices()


def town(
    *, years: int = 12, schools: int = 8, seed: int = 1, noise: float = 0.0, entries: float = 25
) -> tuple[pd.Series, Course]:
    """Give a town of schools whose pupils move up with a ratio of one, entries being born six years before.

    One school more for each: the first one takes one part of the entries, the second two ... `noise` is the standard
    error of the number of a grade, for one pupil [pupils].
    """
    rng = np.random.default_rng(seed)
    births = rng.integers(20, 40, years + 8) * schools
    part = np.arange(1, schools + 1)[:, None] * 2 / schools / (schools + 1)
    now, rows = np.full((schools, 3), float(entries)), []
    for i in range(years):
        entering = births[i] * part
        now = np.hstack([entering, now[:, :-1]])
        drawn = np.maximum(np.round(now + noise * np.sqrt(now) * rng.normal(size=now.shape)), 1.0)
        now = drawn if noise else now
        rows += [
            (f"s{school}", 2010 + i, grade, now[school, j])
            for school in range(schools)
            for j, grade in enumerate(GRADES)
        ]
    table = pd.DataFrame(rows, columns=["school_id", "year", "grade", "pupils"])
    rolls = table.set_index(["school_id", "year", "grade"])["pupils"]
    known = pd.DataFrame([births[: years + 5]], index=["town"], columns=range(2004, 2004 + years + 5)).astype(float)
    return rolls, Course(("CP",), known, 6, {})


def told(rolls: pd.Series, course: Course, **choices: object) -> pd.DataFrame:
    return backtest(rolls, course, grades=GRADES, choices=ProjectionChoices.model_validate(choices), horizon_years=6)


def test_where_cohorts_only_move_up_the_forecast_is_without_error_and_last_year_is_not() -> None:
    # B2
    table = error_table(told(*town()))
    known = table.xs("school", level="scale").loc[1:3]
    assert known["cohort_error_pupils"].max() < 1e-9
    assert known["last_year_error_pupils"].min() > 1
    assert known["better_than_last_year"].all()
    assert losing_horizons(table) == []


def test_where_cohorts_only_move_up_same_as_last_year_ends_up_with_no_weight() -> None:
    weights = told(*town()).groupby("origin")["weight"].first()
    # Four past forecasts one year ahead are known from 2016 on: until then one half.
    assert weights.loc[:2015].eq(0.5).all()
    assert weights.loc[2016:].eq(0).all()


def test_where_nothing_ever_changes_the_table_says_that_the_forecast_is_no_better() -> None:
    # B3
    rolls, _ = town()
    still = rolls.copy()
    still[:] = np.where(still.index.get_level_values("grade") == "CP", 30.0, 25.0)
    table = error_table(told(still, FLAT))
    assert not table["better_than_last_year"].any()
    assert losing_horizons(table) == [1, 2, 3, 4, 5, 6]


def test_a_forecast_of_the_past_knows_nothing_of_what_came_later() -> None:
    # B1: from 2018 on all is otherwise, births included.
    rolls, course = town(noise=0.5)
    later = rolls.index.get_level_values("year") >= 2018
    otherwise = rolls.where(~later, 3 * rolls + 7)
    births = course.births.copy()
    births.loc[:, 2017:] = 999.0
    changed = told(otherwise, Course(("CP",), births, 6, {}))
    same = told(rolls, course)
    early = (same["origin"] <= 2017) & (same["scale"] != "city")
    columns = ["scale", "origin", "horizon", "school_id", "grade", *(f"{name}_pupils" for name in METHODS), "weight"]
    assert early.sum() > 100
    pd.testing.assert_frame_equal(changed.loc[early, columns], same.loc[early, columns])
    assert not changed.loc[early, "actual_pupils"].equals(same.loc[early, "actual_pupils"])


def test_grades_add_up_to_schools_and_schools_to_the_city() -> None:
    errors = told(*town(noise=0.5))
    by = {
        scale: rows.groupby(["origin", "horizon"])["averaged_pupils"].sum() for scale, rows in errors.groupby("scale")
    }
    pd.testing.assert_series_equal(by["grade"], by["school"])
    pd.testing.assert_series_equal(by["school"], by["city"])


def test_the_order_of_rows_changes_nothing() -> None:
    rolls, course = town(noise=0.5)
    pd.testing.assert_frame_equal(told(rolls.sample(frac=1, random_state=2), course), told(rolls, course))


def test_a_broken_year_is_neither_a_start_nor_an_outcome() -> None:
    errors = told(*town(), broken_years=(2016,))
    assert 2016 not in set(errors["origin"])
    assert 2017 in set(errors["origin"])
    judged = error_table(errors)
    assert judged["forecasts"].sum() == len(errors)
    assert 2016 not in set(errors["origin"] + errors["horizon"])


def test_the_rolls_of_a_broken_year_change_nothing() -> None:
    # In the other town three schools take refugees in one September, which upsets the weights unless it is left out.
    rolls, course = town(noise=0.8, seed=5)
    hosts = rolls.index.get_level_values("school_id").isin(["s1", "s4", "s6"])
    otherwise = rolls.mask(hosts & (rolls.index.get_level_values("year") == 2016), 200.0)
    left_out, other = (told(table, course, broken_years=(2016,)) for table in (rolls, otherwise))
    pd.testing.assert_frame_equal(left_out, other)
    assert not told(rolls, course)["weight"].equals(told(otherwise, course)["weight"])


def test_the_errors_of_the_table_are_those_done_by_hand() -> None:
    row = {"scale": "school", "horizon": 1, "school_id": "a", "grade": "", "weight": 0.5}
    errors = pd.DataFrame(
        [
            {**row, "origin": 2020, "actual_pupils": 100.0, "last_year_pupils": 90.0, "cohort_pupils": 104.0},
            {**row, "origin": 2021, "actual_pupils": 50.0, "last_year_pupils": 54.0, "cohort_pupils": 50.0},
        ]
    ).assign(averaged_pupils=[98.0, 54.0])
    table = error_table(errors).loc[("school", 1)]
    assert (table["origins"], table["forecasts"]) == (2, 2)
    assert (table["last_year_error_pupils"], table["cohort_error_pupils"], table["averaged_error_pupils"]) == (7, 2, 3)
    assert table["last_year_error_share"] == pytest.approx((0.10 + 0.08) / 2)
    assert table["bias_share"] == pytest.approx(152 / 150 - 1)
    assert table["better_than_last_year"]


def test_rolls_too_short_to_try_give_an_empty_table_and_the_stated_guess() -> None:
    rolls, course = town(years=2)
    errors = told(rolls, course)
    assert errors.empty
    assert error_table(errors).empty
    guess = bands(errors, horizon_years=4, choices=CHOICES).spread["school"]
    # 8 % a year of a school of 200 pupils.
    assert (guess * 200**0.75 / 200).tolist() == pytest.approx([0.08, 0.16, 0.24, 0.32])


def test_the_conformal_quantile_is_the_rank_done_by_hand() -> None:
    # I1: ceil(10 * 0.8) = 8th of 9; ceil(5 * 0.8) = 4th of 4; with fewer, the largest.
    assert conformal_quantile(np.arange(1.0, 10.0), 0.8) == 8
    assert conformal_quantile(np.array([4.0, 1.0, 3.0, 2.0]), 0.8) == 4
    assert conformal_quantile(np.array([4.0, 1.0]), 0.8) == 4


def test_where_few_origins_can_tell_intervals_grow_with_the_years_ahead() -> None:
    # I2: 12 years of rolls, origins from 2012 on: six years ahead, four have an outcome; beyond, none is enough.
    rolls, course = town(noise=1.0, seed=4)
    errors = backtest(rolls, course, grades=GRADES, choices=CHOICES, horizon_years=9)
    found = bands(errors, horizon_years=10, choices=CHOICES)
    assert found.origins["school"].tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    last = found.spread.loc[6, "school"]
    assert found.spread["school"].loc[7:].tolist() == pytest.approx([last * ahead / 6 for ahead in (7, 8, 9, 10)])
    assert found.spread.diff().iloc[1:].ge(0).all(axis=None)


def test_with_fewer_than_four_origins_the_interval_is_widened_by_the_lack() -> None:
    # I2: one origin instead of four: twice as wide.
    rolls, course = town(years=4, noise=1.0)
    errors = told(rolls, course)
    scores = (errors["actual_pupils"] - errors["averaged_pupils"]).abs() / errors["averaged_pupils"].clip(
        lower=1
    ) ** 0.75
    of_schools = scores[errors["scale"] == "school"].to_numpy()
    found = bands(errors, horizon_years=3, choices=CHOICES)
    assert found.origins["school"].tolist() == [1, 0, 0]
    assert found.spread.loc[1, "school"] == pytest.approx(2 * conformal_quantile(of_schools, 0.8))


def test_equally_likely_errors_are_symmetric_and_leave_the_stated_share_inside() -> None:
    # I3
    rolls, course = town(noise=1.0, years=18, schools=20)
    shape = np.array(bands(told(rolls, course), horizon_years=6, choices=CHOICES).shape)
    assert shape.tolist() == pytest.approx((-shape[::-1]).tolist())
    assert np.mean(np.abs(shape) <= 1) == pytest.approx(0.8, abs=0.08)


@pytest.mark.parametrize("share", [0.6, 0.8, 0.9])
def test_intervals_hold_about_as_often_as_they_say_where_the_past_repeats_itself(share: float) -> None:
    # I4
    rolls, course = town(noise=0.6, years=24, schools=16, seed=3)
    choices = ProjectionChoices(interval_share=share)
    table = coverage_table(backtest(rolls, course, grades=GRADES, choices=choices, horizon_years=3), choices)
    assert table.loc["school", "covered_share"].mean() == pytest.approx(share, abs=0.08)
    assert table.loc["grade", "covered_share"].mean() == pytest.approx(share, abs=0.08)


# Real rolls ----------------------------------------------------------------------------------------------------------

EAU_CLAIRE = ("K", "1", "2", "3", "4", "5")
CLOSED = {"Boyd", "Cleghorn", "Lincoln", "Little Red"}


@pytest.fixture(scope="module")
def eau_claire(real_data: Path) -> pd.DataFrame:
    """Past forecasts of the 12 schools that stay, origins 2009 to 2018, outcomes until 2019."""
    folder = real_data / "enrolment"
    table = pd.read_csv(folder / "ecasd_enrolment_1998_2024.csv", dtype={"grade": "str"})
    until = table[table["year"] <= 2019].rename(columns={"school": "school_id"})
    rolls = until.set_index(["school_id", "year", "grade"])["pupils"]
    born = pd.read_csv(folder / "ecasd_births_1995_2019.csv", index_col="year")["births"].loc[:2018]
    course = Course(("K",), pd.DataFrame([born.to_numpy(dtype=float)], index=["district"], columns=born.index), 5, {})
    return backtest(rolls, course, grades=EAU_CLAIRE, choices=CHOICES, horizon_years=5)


@pytest.mark.real
def test_in_eau_claire_grades_schools_and_city_reach_their_bars(eau_claire: pd.DataFrame) -> None:
    recent = eau_claire[(eau_claire["origin"] >= 2009) & ~eau_claire["school_id"].isin(CLOSED)]
    percent = 100 * error_table(recent).filter(like="_share")
    grade, school, city = (percent.xs(scale, level="scale") for scale in ("grade", "school", "city"))
    naive = "last_year_error_share"
    # The bars: best of the methods tried before (plain and shrunken ratios, exponential smoothing, ARIMA, averages).
    assert (grade["averaged_error_share"] <= [7.78, 9.95, 11.56, 12.84, 13.54]).all()
    assert (grade["averaged_error_share"] < 0.8 * grade[naive]).all()
    assert (school["averaged_error_share"] <= [4.23, 5.16, 6.39, 7.03, 7.76]).all()
    assert school[naive].tolist() == pytest.approx([4.27, 5.19, 6.39, 7.03, 7.76], abs=0.006)
    assert (city["averaged_error_share"].loc[2:] < city[naive].loc[2:]).all()
    assert city["averaged_error_share"].loc[1] < 1.2


@pytest.mark.real
def test_in_eau_claire_four_intervals_of_five_hold_made_from_the_past_alone(eau_claire: pd.DataFrame) -> None:
    recent = eau_claire[(eau_claire["origin"] >= 2003) & ~eau_claire["school_id"].isin(CLOSED)]
    coverage = coverage_table(recent, CHOICES)
    assert coverage.loc["school", "forecasts"].min() >= 40
    assert coverage.loc["grade", "covered_share"].between(0.76, 0.92).all()
    assert coverage.loc["school", "covered_share"].between(0.76, 0.95).all()


@pytest.mark.real
def test_in_ille_et_vilaine_the_first_grade_follows_the_nursery_pupils_of_the_commune(real_data: Path) -> None:
    table = pd.read_csv(real_data / "enrolment" / "fr_ecoles_35_2019_2022.csv.gz", dtype={"code_postal": "str"})
    sums = table.groupby(["commune", "rentree"])[["preelem", "cp"]].sum()
    sums = sums.assign(NURSERY=sums["preelem"] / 3, CP=sums["cp"].astype(float))[["NURSERY", "CP"]]
    there = sums.gt(0).all(axis=1).groupby("commune").transform("sum") == 4
    long = sums[there].melt(var_name="grade", value_name="pupils", ignore_index=False).set_index("grade", append=True)
    rolls = long["pupils"].rename_axis(["school_id", "year", "grade"])
    course = Course(("NURSERY",), steady_births(range(2000, 2030)), 3, {})
    grades = ("NURSERY", "CP")
    ratios = grade_progression(rolls, course, grades=grades, choices=CHOICES, year=2021).xs("CP", level="grade")[
        "ratio"
    ]
    panel = panel_of(rolls, grades)
    before, came = panel.at(2021), panel.at(2022)[:, 1]
    assert len(panel.schools) == 260
    wape = {
        "last year": np.abs(before[:, 1] - came).sum() / came.sum(),
        "nursery": np.abs(before[:, 0] * ratios.reindex(panel.schools).to_numpy() - came).sum() / came.sum(),
    }
    assert wape["last year"] == pytest.approx(0.132, abs=0.001)
    assert wape["nursery"] < 0.10
