"""Laws of docs/projection.md: P1 ratios of sums, P2 shrinkage, P3 only the past, P4 who feeds whom, R1 row order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ScenarioError
from geo.model.projection import ProjectionChoices
from geo.planning.projection.cohorts import steady_births
from geo.planning.projection.progression import SHRINKAGE_SPAN, Course, fit, grade_progression, panel_of, shrinkage

GRADES = ("CP", "CE1", "CE2")
FLAT = Course(("CP",), steady_births(range(2000, 2030)), 6, {})


def rolls_of(
    schools: dict[str, list[list[float]]], *, first_year: int = 2020, grades: tuple[str, ...] = GRADES
) -> pd.Series:
    """Rolls from tables of one row a year and one column a grade; NaN for a grade that the school does not have."""
    rows = [
        (school, first_year + i, grade, pupils)
        for school, years in schools.items()
        for i, counts in enumerate(years)
        for grade, pupils in zip(grades, counts, strict=True)
        if not np.isnan(pupils)
    ]
    table = pd.DataFrame(rows, columns=["school_id", "year", "grade", "pupils"])
    return table.set_index(["school_id", "year", "grade"])["pupils"]


TWO = rolls_of(
    {
        "a": [[30, 20, 25], [40, 27, 19], [20, 44, 27]],
        "b": [[10, 12, 14], [10, 11, 12], [10, 9, 11]],
    }
)


def ratios(rolls: pd.Series, course: Course = FLAT, **choices: object) -> pd.DataFrame:
    grades = tuple(grade for grade in ("GS", *GRADES) if grade in rolls.index.get_level_values("grade"))
    return grade_progression(rolls, course, grades=grades, choices=ProjectionChoices.model_validate(choices))


def test_a_ratio_is_that_of_the_sums_over_the_window() -> None:
    # P1: (27 + 44) pupils in CE1 for (30 + 40) in CP the year before, not the mean of 0.9 and 1.1.
    own = ratios(TWO)["own_ratio"]
    assert own["a", "CE1"] == pytest.approx(71 / 70)
    assert own["b", "CE2"] == pytest.approx((12 + 11) / (12 + 11))
    assert ratios(TWO)["city_ratio"]["a", "CE1"] == pytest.approx((71 + 20) / (70 + 20))


def test_the_window_forgets_what_is_older() -> None:
    assert ratios(TWO, window_years=1)["own_ratio"]["a", "CE1"] == pytest.approx(44 / 40)


def test_a_broken_year_counts_neither_before_nor_after() -> None:
    assert ratios(TWO, broken_years=(2020,))["own_ratio"]["a", "CE1"] == pytest.approx(44 / 40)
    assert np.isnan(ratios(TWO, broken_years=(2021,))["own_ratio"]["a", "CE1"])
    assert ratios(TWO, broken_years=(2021,))["ratio"]["a", "CE1"] == 1


def test_a_chosen_shrinkage_gives_the_weight_done_by_hand() -> None:
    # P2: 70 pupils against a shrinkage of 30: seven tenths for the school.
    row = ratios(TWO, shrinkage_pupils=30).loc[("a", "CE1")]
    assert row["weight"] == pytest.approx(0.7)
    assert row["ratio"] == pytest.approx(0.7 * 71 / 70 + 0.3 * 91 / 90)


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=12, max_size=12))
@settings(deadline=None, max_examples=60)
def test_a_shrunken_ratio_lies_between_the_school_and_the_city(counts: list[list[int]]) -> None:
    # P2
    schools = {f"s{i}": [[float(n) for n in row] for row in counts[4 * i : 4 * i + 4]] for i in range(3)}
    table = ratios(rolls_of(schools)).dropna()
    low, high = table[["own_ratio", "city_ratio"]].min(axis=1), table[["own_ratio", "city_ratio"]].max(axis=1)
    assert table["ratio"].between(low - 1e-9, high + 1e-9).all()
    assert table["weight"].between(0, 1).all()


def test_schools_that_differ_by_chance_only_follow_the_city_and_others_themselves() -> None:
    # P2: the weight comes from the data.
    rng = np.random.default_rng(5)
    before = rng.integers(20, 200, 400).astype(float)
    chance = rng.normal(0, np.sqrt(0.12 / before))
    lasting = rng.normal(0, 0.1, 400)
    assert shrinkage(before, chance) > 300
    # s2 / t2 is 0.12 / 0.01.
    assert shrinkage(before, chance + lasting) == pytest.approx(12, abs=6)
    assert SHRINKAGE_SPAN[0] <= shrinkage(before, lasting) <= 12


def test_few_schools_or_schools_of_one_size_cannot_tell_chance_from_difference() -> None:
    assert shrinkage(np.array([30.0, 40.0]), np.array([0.1, -0.1])) == 200
    assert shrinkage(np.full(20, 50.0), np.linspace(-0.1, 0.1, 20)) == 200


def test_rolls_after_the_year_asked_for_change_nothing() -> None:
    # P3
    later = pd.concat([TWO, rolls_of({"a": [[1, 900, 3]]}, first_year=2023)])
    asked = {"grades": GRADES, "choices": ProjectionChoices(), "year": 2022}
    assert grade_progression(later, FLAT, **asked).equals(grade_progression(TWO, FLAT, **asked))


def test_the_order_of_rows_changes_nothing() -> None:
    # R1
    assert ratios(TWO.iloc[::-1]).equals(ratios(TWO))
    assert ratios(TWO.sample(frac=1, random_state=3)).equals(ratios(TWO))


def _fed() -> tuple[pd.Series, Course]:
    """Two nursery schools of 40 and 20 in GS; a quarter of the first and all of the second go to 'b'."""
    none = float("nan")
    rolls = rolls_of(
        {
            "m": [[40, none, none, none]] * 2,
            "n": [[20, none, none, none]] * 2,
            "a": [[none, 30, 30, 30]] * 2,
            "b": [[none, 24, 24, 24]] * 2,
        },
        grades=("GS", *GRADES),
    )
    link = pd.DataFrame({"a": [0.75, 0.0], "b": [0.25, 1.0]}, index=["m", "n"])
    return rolls, Course(("GS", "CP"), steady_births(range(2000, 2030)), 5, {"CP": link})


def test_the_first_grade_of_a_level_is_fed_by_the_schools_of_its_sector() -> None:
    # P4: 30 of 40 go to 'a', 10 and 20 to 'b'.
    rolls, course = _fed()
    table = ratios(rolls, course)
    assert table["before_pupils"]["a", "CP"] == pytest.approx(30)
    assert table["before_pupils"]["b", "CP"] == pytest.approx(30)
    assert table["own_ratio"]["b", "CP"] == pytest.approx(24 / 30)
    assert table["city_ratio"]["a", "CP"] == pytest.approx(54 / 60)


def test_a_school_that_the_map_leaves_out_keeps_its_share_of_the_entries() -> None:
    # P4: 'p' takes 6 of 60 entries wherever pupils live; the others share what is left.
    rolls, course = _fed()
    private = rolls_of({"p": [[float("nan"), 6, 6, 6]] * 2}, grades=("GS", *GRADES))
    table = ratios(pd.concat([rolls, private]), course)
    assert table["before_pupils"]["p", "CP"] == pytest.approx(60 * 6 / 60)
    assert table["before_pupils"]["a", "CP"] == pytest.approx(30 * 54 / 60)
    assert table.xs("CP", level="grade")["before_pupils"].sum() == pytest.approx(60)


def test_a_closed_school_hands_its_sector_to_the_schools_that_are_left() -> None:
    rolls, course = _fed()
    gone = rolls.drop(index=("b", 2021, "CP"))
    fitted = fit(panel_of(gone, ("GS", *GRADES)), course, year=2021, choices=ProjectionChoices())
    to_a = fitted.shares[1][:, list(panel_of(gone, GRADES).schools).index("a")]
    assert to_a[[2, 3]].tolist() == [1.0, 1.0]  # the rows of 'm' and 'n'


def test_without_rolls_of_the_grades_the_error_says_so() -> None:
    with pytest.raises(ScenarioError, match="expected pupils of the grades"):
        panel_of(TWO, ("PS", "MS"))
