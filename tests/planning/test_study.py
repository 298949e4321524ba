"""Everything of a scenario in one call, and its key figures: by hand in the toy village."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from geo.model.city import City
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.keyfigures import THEMES, first_overflow, key_values, year_figures
from geo.planning.study import STEPS, Study, study


def moving_b() -> Scenario:
    return Scenario(name="Essai", city="toy", level=Level.ELEMENTARY, start_year=2027, moves={"B": ("e",)})


@pytest.fixture
def studied(toy: City) -> Study:
    return study(toy, moving_b())


def years_by_hand() -> pd.DataFrame:
    """School w has 25 places and two rooms, school e 50 and two; the scenario sends ten pupils from w to e."""
    index = pd.MultiIndex.from_product([["e", "w"], [2026, 2027]], names=["school_id", "year"])
    before = {"pupils": [20, 20, 24, 27], "capacity_pupils": [50, 50, 25, 25], "rooms": 2, "rooms_needed": [1, 1, 2, 3]}
    after = {"pupils": [20, 30, 24, 17], "capacity_pupils": [50, 50, 25, 25], "rooms": 2, "rooms_needed": [1, 4, 2, 1]}
    sides = [
        pd.DataFrame(side, index=index).add_suffix(f"_{when}") for when, side in (("before", before), ("after", after))
    ]
    return pd.concat(sides, axis="columns").astype("float64")


def test_each_step_is_told_once_in_order(toy: City) -> None:
    told: list[str] = []
    study(toy, moving_b(), report=told.append)
    assert tuple(told) == STEPS


def test_the_figures_of_a_move_are_those_done_by_hand(toy: City, studied: Study) -> None:
    values = key_values(toy, studied)
    sides = values[["before", "after"]].astype("float64")
    assert values.loc["units_moved", "after"] == 1
    assert values.loc["moved_pupils", "after"] == pytest.approx(10)
    assert values.loc["moved_pupils", "told"] == {"share": pytest.approx(10 / 40)}
    # Homes at 50, 150, 250, 350 m, 5 m off the street, between schools at 0 and 400 m: B walks 155 m today, 255 then.
    assert sides.loc["walk_median_m"].tolist() == pytest.approx([55, 55])
    assert sides.loc["walk_max_m"].tolist() == pytest.approx([155, 255])
    # One room of 25 places in the west, two in the east: 20 and 20 pupils today, 10 and 30 then.
    assert sides.loc["schools_over_2027"].tolist() == [0, 0]
    assert sides.loc["rooms_total"].tolist() == [3, 3]


def test_nobody_is_moved_by_a_scenario_that_changes_nothing(toy: City) -> None:
    values = key_values(toy, study(toy, moving_b().without_changes()))
    assert values.loc[["units_moved", "moved_pupils", "changing_pupils", "greening_eur"], "after"].eq(0).all()
    compared = values[values["compared"]]
    pd.testing.assert_series_equal(compared["before"], compared["after"], check_names=False)


def test_what_is_short_is_added_up_by_year(studied: Study) -> None:
    figures = year_figures(replace(studied, years=years_by_hand()))
    assert figures.loc[2026].eq(0).all()
    assert figures.loc[2027].to_dict() == {
        "schools_over_before": 1,
        "pupils_over_before": 2,
        "rooms_short_before": 1,
        "schools_over_after": 0,
        "pupils_over_after": 0,
        "rooms_short_after": 2,
    }


def test_the_first_overflow_names_its_year_and_its_schools(studied: Study) -> None:
    by_hand = replace(studied, years=years_by_hand())
    assert first_overflow(by_hand, "before") == (2027, ("w",))
    year, schools = first_overflow(by_hand, "after")
    assert math.isnan(year)
    assert schools == ()


def test_schools_whose_places_are_not_known_are_not_counted_and_none_known_is_not_none_over(studied: Study) -> None:
    years = years_by_hand()
    unknown = years.assign(capacity_pupils_before=float("nan"), rooms_before=float("nan"))
    figures = year_figures(replace(studied, years=unknown))
    assert figures[["schools_over_before", "pupils_over_before", "rooms_short_before"]].isna().all(axis=None)
    first = "w"
    one = years.assign(
        capacity_pupils_before=years["capacity_pupils_before"].where(years.index.get_level_values("school_id") == first)
    )
    alone = years.xs(first, level="school_id", drop_level=False)
    known = year_figures(replace(studied, years=alone))["pupils_over_before"]
    assert year_figures(replace(studied, years=one))["pupils_over_before"].tolist() == known.tolist()


def test_without_a_projection_the_years_to_come_are_left_out_and_it_is_said(toy: City) -> None:
    refused = study(toy, moving_b(), horizon_years=99)
    values = key_values(toy, refused)
    assert refused.transition is None
    assert refused.years.empty
    assert "projection-refused-horizon" in [note.code for note in refused.notes]
    assert not values.index.str.contains(r"_20\d\d$").any()
    assert "moved_pupils" in values.index


def test_themes_come_in_their_order_and_keys_once(toy: City, studied: Study) -> None:
    values = key_values(toy, studied)
    assert values.index.is_unique
    assert list(dict.fromkeys(values["theme"])) == [theme for theme in THEMES if theme in set(values["theme"])]


def test_remarks_and_sources_come_once(studied: Study) -> None:
    assert len(studied.sources) == 1
    told = [(note.code, str(note.values)) for note in studied.notes]
    assert len(told) == len(set(told))
