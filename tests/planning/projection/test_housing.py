"""Laws of docs/projection.md: H1 yield, H2 slip, H3 demolition, H4 nothing twice, H5 every pupil goes somewhere."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model.levels import Level
from geo.model.plan import Plan
from geo.model.projection import ProjectionChoices
from geo.planning.projection.housing import dwelling_yield, housing_by_school, housing_pupils, units_without_school

YEARS = range(2027, 2037)
PLAN = Plan(Level.ELEMENTARY, {"A": ("w",), "B": ("w", "e"), "C": ("e",)})


def deliveries(
    *rows: tuple[str, int, str, int], social: float | None = None, rooms: float | None = None
) -> pd.DataFrame:
    """Programmes of ``code, year, unit, dwellings``."""
    table = pd.DataFrame(rows, columns=["programme_id", "delivery_year", "unit_id", "dwellings"])
    known = table.assign(name="Les Tilleuls", social_share=social, mean_rooms=rooms)
    return known.set_index(["programme_id", "delivery_year"])


def brought(housing: pd.DataFrame, **choices: object) -> pd.Series:
    """Pupils of 3 to 10 of all programmes by year."""
    return housing_pupils(housing, ProjectionChoices.model_validate(choices), years=YEARS, since=2026).sum()


def test_a_hundred_dwellings_with_a_yield_of_0_30_bring_thirty_pupils() -> None:
    # H1
    assert brought(deliveries(("P", 2028, "A", 100)), housing_yield=0.30).max() == pytest.approx(30)


def test_half_of_them_come_in_the_year_of_delivery_and_none_before() -> None:
    pupils = brought(deliveries(("P", 2028, "A", 100)), housing_yield=0.30)
    assert pupils[[2027, 2028, 2029]].tolist() == pytest.approx([0, 15, 30])


def test_a_slip_of_two_years_moves_the_peak_and_all_else_by_two_years() -> None:
    # H2
    on_time = brought(deliveries(("P", 2028, "A", 100)))
    late = brought(deliveries(("P", 2028, "A", 100)), slip_years=2)
    assert late.idxmax() == on_time.idxmax() + 2
    assert late.loc[2029:].tolist() == pytest.approx(on_time.loc[2027:2034].tolist())


def test_a_demolition_takes_away_what_as_many_dwellings_would_bring() -> None:
    # H3
    built = brought(deliveries(("P", 2028, "A", 64)))
    gone = brought(deliveries(("P", 2028, "A", -64)))
    assert gone.tolist() == pytest.approx((-built).tolist())
    assert gone.min() < 0


def test_dwellings_delivered_before_the_last_rolls_are_not_counted_twice() -> None:
    # H4: fully lived in since 2025; in 2032 eight of ten of their pupils are left.
    pupils = brought(
        deliveries(("P", 2024, "A", 100)), housing_yield=0.30, housing_profile=(0.5, 1, 1, 1, 1, 1, 0.9, 0.8)
    )
    assert pupils[2027] == pytest.approx(0)
    assert pupils[2032] == pytest.approx(-6)


def test_a_delivery_that_is_over_does_not_slip() -> None:
    past = deliveries(("P", 2025, "A", 100))
    assert brought(past, slip_years=3).tolist() == brought(past).tolist()


def test_larger_dwellings_and_social_ones_bring_more_and_unknown_ones_the_usual() -> None:
    choices = ProjectionChoices(housing_yield=0.2, rooms_effect=0.5, social_effect=1, usual_social_share=0)
    usual = dwelling_yield(deliveries(("P", 2028, "A", 1)), choices)
    large = dwelling_yield(deliveries(("P", 2028, "A", 1), rooms=4), choices)
    social = dwelling_yield(deliveries(("P", 2028, "A", 1), social=0.5), choices)
    assert [usual.iloc[0], large.iloc[0], social.iloc[0]] == pytest.approx([0.2, 0.3, 0.3])


def test_only_newcomers_count() -> None:
    assert brought(deliveries(("P", 2028, "A", 100)), housing_yield=0.3, newcomer_share=0.5).max() == pytest.approx(15)


def test_a_shared_sector_sends_its_new_pupils_in_equal_parts() -> None:
    table = housing_by_school(deliveries(("P", 2027, "B", 80)), PLAN, ProjectionChoices(), years=YEARS, since=2026)
    assert table.loc["w"].tolist() == pytest.approx(table.loc["e"].tolist())


@given(st.lists(st.tuples(st.integers(2020, 2036), st.sampled_from("ABC"), st.integers(-300, 300)), max_size=6))
@settings(deadline=None, max_examples=40)
def test_every_pupil_of_the_level_goes_to_a_school_of_the_unit(rows: list[tuple[int, str, int]]) -> None:
    # H5: five of eight years of age are elementary.
    housing = deliveries(*((f"P{i}", *row) for i, row in enumerate(rows)))
    table = housing_by_school(housing, PLAN, ProjectionChoices(), years=YEARS, since=2026)
    assert table.sum().reindex(YEARS, fill_value=0).tolist() == pytest.approx((brought(housing) * 5 / 8).tolist())


def test_dwellings_on_no_sector_are_named() -> None:
    housing = deliveries(("P", 2027, "Z", 80), ("Q", 2027, "A", 10))
    assert units_without_school(housing, PLAN) == ["Z"]
    assert housing_by_school(housing, PLAN, ProjectionChoices(), years=[2028], since=2026).index.tolist() == ["w"]
