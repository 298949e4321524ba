"""The table of the terminal: four lines a school, thinned where the terminal is narrow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.council.forecasts import forecast_table, shown_years

NAMES = pd.Series({"a": "École A", "b": "École B", "n": "École neuve"})


def _figures(school: str, year: int, **told: float) -> dict[str, object]:
    usual = {
        "pupils": 90.4,
        "low_pupils": 80.0,
        "high_pupils": 101.0,
        "rooms": 4.0,
        "rooms_needed": 4,
        "capacity_pupils": 100.0,
        "occupancy_share": 0.904,
        "overflow_probability": 0.05,
    }
    return {"school_id": school, "year": year, **usual, **told}


def _years(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows)).set_index(["school_id", "year"])


def test_a_school_has_four_lines_with_the_sign_of_its_occupancy() -> None:
    certain = _figures("a", 2026, pupils=110, low_pupils=110, high_pupils=110, occupancy_share=1.1)
    told = forecast_table(_years(certain, _figures("a", 2027)), NAMES, "en")
    assert list(told) == ["School", "Figure", "2026", "2027"]
    assert told["School"].tolist() == ["École A", "100 places", "", ""]
    assert told["Figure"].tolist() == ["pupils", "between", "rooms", "risk"]
    assert told["2026"].tolist() == ["▲\u202f110", "", "4/4", ""]
    assert told["2027"].tolist() == ["90", "80–101", "4/4", "5%"]


def test_a_closed_school_one_that_is_to_open_and_unknown_places_are_said() -> None:
    shut = _figures("b", 2027, pupils=0, low_pupils=0, high_pupils=0, rooms=0, capacity_pupils=0)
    blind = dict.fromkeys(("rooms", "capacity_pupils", "occupancy_share", "overflow_probability"), np.nan)
    years = _years(_figures("b", 2026), shut, _figures("n", 2027), _figures("a", 2026, **blind))
    told = forecast_table(years, NAMES, "fr").set_index("École")
    assert told.loc["École B", "2027"] == "fermée"
    assert told.loc["École neuve", "2026"] == "–"
    assert "100 puis 0 places" in told.index
    assert "places non connues" in told.index
    assert told["2026"].tolist()[2:4] == ["4/?", "?"]


@pytest.mark.parametrize(
    ("room", "kept"),
    [(20, list(range(2026, 2037))), (3, [2026, 2031, 2036]), (0, [2026, 2036]), (5, [2026, 2028, 2031, 2034, 2036])],
)
def test_a_narrow_terminal_shows_fewer_septembers_the_first_and_the_last_among_them(room: int, kept: list[int]) -> None:
    years = _years(*(_figures("a", year) for year in range(2026, 2037)))
    assert shown_years(years, room=room).index.unique("year").tolist() == kept
