"""Tables of pupils to come: by hand in the village, and against the library on Villebrune."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.council.pupils import (
    ABSENT,
    CITY,
    cause_table,
    fan_table,
    overflow_cells,
    overflow_year,
    overflow_years,
    side_of,
    year_table,
)
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.measures import Opening
from geo.model.projection import CAUSES, Projection
from geo.model.scenario import Scenario
from geo.planning.applying import schools_under
from geo.planning.classes import pressure
from geo.planning.projection.project import project
from geo.planning.transition import school_years, transition
from geo.sources.cities import open_city

DATA = Path(__file__).parents[2] / "data"
LEVEL = Level.ELEMENTARY
Ahead = tuple[City, Projection, pd.DataFrame]


def pressed(**schools: list[tuple[float, ...]]) -> pd.DataFrame:
    """Give figures from 2026 on by school: pupils, low, high, places, rooms needed, rooms there."""
    columns = ["pupils", "low_pupils", "high_pupils", "capacity_pupils", "rooms_needed", "rooms"]
    rows = {
        (school, 2026 + place): dict(zip(columns, row, strict=True))
        for school, figures in schools.items()
        for place, row in enumerate(figures)
    }
    index = pd.MultiIndex.from_tuples(rows, names=["school_id", "year"])
    table = pd.DataFrame(list(rows.values()), index=index).astype("float64")
    places = table["capacity_pupils"].where(table["capacity_pupils"] > 0)
    return table.assign(occupancy_share=table["pupils"] / places, overflow_probability=0.5, short_probability=0.25)


NAMES = pd.Series({"w": "École de l'Ouest", "e": "École de l'Est", "n": "École du Nord"})
# In the west more pupils than places from 2028 on, perhaps from 2027; in the east never, perhaps in 2028.
WEST = [(90.0, 90, 90, 100, 4, 4), (98.0, 90, 106, 100, 5, 4), (104.0, 92, 116, 100, 6, 4)]
EAST = [(40.0, 40, 40, 50, 2, 3), (42.0, 38, 46, 50, 2, 3), (44.0, 36, 52, 50, 2, 3)]
NORTH = [(60.0, 60, 60, np.nan, 3, np.nan)] * 3


@pytest.fixture(scope="module")
def ahead() -> Ahead:
    """Give Villebrune, its projection and its figures by school and year."""
    city = open_city(DATA, "villebrune")
    projection = project(city, city.current[LEVEL])
    return city, projection, pressure(city, projection)


def test_the_table_has_a_row_a_school_by_name_and_a_column_a_year() -> None:
    table = year_table(pressed(w=WEST, e=EAST), NAMES, measure="pupils", lang="fr")
    assert list(table.figures.index) == ["e", "w"]
    assert list(table.figures) == [2026, 2027, 2028]
    assert table.texts.to_numpy().tolist() == [["40", "42", "44"], ["90", "△\u202f98", "▲\u202f104"]]
    assert table.classes.loc["w"].tolist() == ["filled", "full", "over"]


def test_rooms_are_those_needed_minus_those_there() -> None:
    table = year_table(pressed(w=WEST, e=EAST), NAMES, measure="rooms_balance", lang="en")
    assert table.figures.loc["w"].tolist() == [0, 1, 2]
    assert table.texts.loc["w"].tolist() == ["just", "△\u202f1 short", "▲\u202f2 short"]
    assert table.texts.loc["e"].tolist() == ["1 spare"] * 3


def test_a_school_without_places_is_said_to_be_unknown_and_never_to_overflow() -> None:
    years = pressed(n=NORTH)
    assert set(year_table(years, NAMES, measure="occupancy_share", lang="fr").texts.loc["n"]) == {"non connu"}
    assert year_table(years, NAMES, measure="pupils", lang="fr").classes.loc["n"].tolist() == ["unknown"] * 3
    assert overflow_years(years).loc["n"].isna().all()
    assert overflow_cells(years, "fr")["n"] == "non connu"


def test_a_school_that_is_not_open_yet_or_closed_is_said_so() -> None:
    years = pressed(w=[WEST[0], (0.0, 0, 0, 0, 0, 0), (0.0, 0, 0, 0, 0, 0)], e=EAST).drop(index=("e", 2026))
    table = year_table(years, NAMES, measure="pupils", lang="en")
    assert table.texts.loc["w"].tolist() == ["90", "closed", "closed"]
    assert table.texts.loc["e"].tolist() == ["–", "42", "44"]
    assert table.classes.loc["w", 2027] == table.classes.loc["e", 2026] == ABSENT


def test_the_first_year_of_overflow_is_that_of_the_expectation_and_of_both_ends() -> None:
    years = pressed(w=WEST, e=EAST)
    first = overflow_years(years)
    assert first.loc["w"].tolist() == [2028, 2027, pd.NA]
    assert first.loc["e"].tolist() == [pd.NA, 2028, pd.NA]
    assert overflow_cells(years, "fr").to_dict() == {"e": "peut-être 2028", "w": "2028 (au plus tôt 2027)"}
    full = [(120.0, 120, 120, 100, 5, 4), (120.0, 110, 130, 100, 5, 4)]
    assert overflow_cells(pressed(w=full), "en")["w"] == "already in 2026"


def test_as_many_pupils_as_places_is_no_overflow() -> None:
    assert overflow_years(pressed(w=[(100.0, 100, 100, 100, 4, 4)])).loc["w"].isna().all()


def test_the_planted_overflow_of_villebrune_lies_between_the_earliest_and_the_expected_year(ahead: Ahead) -> None:
    planted = json.loads((DATA / "villebrune_truth.json").read_text(encoding="utf-8"))["overflow"]
    first = overflow_years(ahead[2]).loc[planted["school_id"]]
    assert first["earliest_year"] <= planted["first_year"] <= first["expected_year"]


def test_the_chart_of_a_school_joins_its_rolls_and_its_figures(ahead: Ahead) -> None:
    city, projection, years = ahead
    fan = fan_table(city, projection, years, school="0000205Y")
    rolls = city.tables["rolls"]["pupils"].loc["0000205Y"]
    of_level = rolls[rolls.index.get_level_values("grade").isin(GRADES[LEVEL])]
    assert fan["past_pupils"].dropna().to_dict() == of_level.groupby("year").sum().to_dict()
    assert fan.loc[2030, "pupils"] == pytest.approx(years.loc[("0000205Y", 2030), "pupils"])
    assert set(fan.loc[2026, ["past_pupils", "pupils", "low_pupils", "high_pupils"]]) == {314.0}
    assert overflow_year(fan) == overflow_years(years).loc["0000205Y", "expected_year"]


def test_the_chart_of_the_city_adds_up_its_public_schools(ahead: Ahead) -> None:
    city, projection, years = ahead
    fan = fan_table(city, projection, years)
    sums = years.groupby("year")[["pupils", "capacity_pupils"]].sum()
    assert fan.loc[sums.index, "pupils"].to_numpy() == pytest.approx(sums["pupils"].to_numpy())
    assert fan.loc[sums.index, "capacity_pupils"].to_numpy() == pytest.approx(sums["capacity_pupils"].to_numpy())
    assert fan.loc[2030, "high_pupils"] == projection.totals.loc[("public", 2030), "high_pupils"]


def test_the_places_of_the_city_are_not_known_as_soon_as_those_of_one_school_are_not(ahead: Ahead) -> None:
    city, projection, years = ahead
    gap = years.assign(capacity_pupils=years["capacity_pupils"].mask(years.index.get_level_values(0) == "0000205Y"))
    assert fan_table(city, projection, gap)["capacity_pupils"].isna().all()


@pytest.mark.parametrize("school", ["0000206Z", "0000205Y", CITY])
def test_causes_are_whole_and_add_up_to_the_pupils_of_the_table(ahead: Ahead, school: str) -> None:
    city, projection, years = ahead
    causes = cause_table(projection, school)
    assert (causes[list(CAUSES)].sum(axis=1) == causes["pupils"]).all()
    fan = fan_table(city, projection, years, school=school).loc[causes.index, "pupils"]
    assert causes["pupils"].tolist() == np.floor(fan + 0.5).astype(int).tolist()
    exact = projection.totals.xs(CITY) if school == CITY else projection.schools.loc[school]
    assert (causes[list(CAUSES)] - exact[list(CAUSES)]).abs().max(axis=None) < 1


def test_a_village_without_rolls_has_a_chart_from_its_children(toy: City) -> None:
    projection = project(toy, toy.current[LEVEL], horizon_years=3)
    fan = fan_table(toy, projection, pressure(toy, projection), school="w")
    assert fan["past_pupils"].isna().all()
    assert fan["pupils"].tolist() == pytest.approx([20.0] * 4)
    assert fan["capacity_pupils"].tolist() == [25.0] * 4


def test_one_side_of_the_years_is_the_pressure_of_that_map(toy: City) -> None:
    opening = Opening(school_id="NEW-1", name="École neuve", x=700_200.0, y=6_600_000.0, rooms=2)
    asked = Scenario(name="x", city="toy", level=LEVEL, start_year=2028, openings=(opening,), moves={"B": ("NEW-1",)})
    coming = transition(toy, asked, horizon_years=4)
    both = school_years(toy, coming)
    before, after = side_of(both, "before"), side_of(both, "after")
    expected = pressure(toy, coming.before)
    pd.testing.assert_frame_equal(before, expected.loc[before.index], check_dtype=False)
    assert set(after.index.unique("school_id")) == {"w", "e", "NEW-1"}
    names = schools_under(toy, asked)["name"]
    texts = year_table(after, names, measure="pupils", lang="fr").texts
    assert texts.loc["NEW-1", [2026, 2027]].tolist() == ["–", "–"]
    assert texts.loc["NEW-1", 2028].endswith("10")
    totals = fan_table(toy, coming.after, after)
    assert totals.loc[[2027, 2028], "capacity_pupils"].tolist() == [75.0, 125.0]


def test_rows_in_another_order_give_the_same_tables() -> None:
    years = pressed(w=WEST, e=EAST)
    mixed = years.iloc[[3, 0, 5, 2, 4, 1]]
    for measure in ("pupils", "rooms_balance"):
        one, other = (year_table(table, NAMES, measure=measure, lang="fr").texts for table in (years, mixed))  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(overflow_years(years).sort_index(), overflow_years(mixed).sort_index())
