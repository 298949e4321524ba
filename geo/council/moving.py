"""Who moves when, and each school in one year of the transition, as tables and sentences that people read."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.council.colours import occupancy_text
from geo.council.figures import by_name
from geo.council.pupils import side_of
from geo.council.words import Lang, number, percent, say, school_year
from geo.model.measures import Phasing
from geo.model.transition import Transition

_MOVES: Final = ("moved_pupils", "changing_pupils", "kept_pupils")


def moving_sentence(told: Transition, lang: Lang) -> str:
    """Say how many change school in the first year, and how many are elsewhere at the end."""
    years = told.years[told.years.index >= told.start_year]
    if not years["moved_pupils"].gt(0).any():
        return say("moving.none", lang)
    first, last = years.iloc[0], years.iloc[-1]
    kind = "phased" if told.scenario.phasing is Phasing.NEW_ENTRANTS else "at_once"
    return say(
        f"moving.{kind}",
        lang,
        start=school_year(told.start_year, lang),
        changing=number(first["changing_pupils"], lang),
        moved=number(first["moved_pupils"], lang),
        kept=number(first["kept_pupils"], lang),
        end=school_year(int(str(years.index[-1])), lang),
        finally_moved=number(last["moved_pupils"], lang),
    )


def moving_table(told: Transition, lang: Lang) -> pd.DataFrame:
    """Give who moves in each school year [pupils], from the first year of the new map on, headings in `lang`."""
    years = told.years[told.years.index >= told.start_year]
    columns = {
        "year": [school_year(int(year), lang) for year in years.index],
        **{name: [number(value, lang) for value in years[name]] for name in _MOVES},
    }
    return pd.DataFrame({say(f"moving.columns.{name}", lang): values for name, values in columns.items()})


def year_table(school_years: pd.DataFrame, names: pd.Series, *, year: int, lang: Lang) -> pd.DataFrame:
    """Give each school in one year, without and with the scenario, headings and figures in `lang`.

    Parameters
    ----------
    school_years
        What `geo.planning.transition.school_years` gives.
    names
        Name of each school, index ``school_id``.
    year
        Calendar year of the September.
    lang
        Language.
    """
    rows = school_years.xs(year, level="year")
    rows = rows.loc[by_name(names, rows.index)]
    before, after = (
        side_of(school_years, when).xs(year, level="year").reindex(rows.index) for when in ("before", "after")
    )
    columns = {
        "school": [str(names[school]) for school in rows.index],
        "before": [number(value, lang) for value in before["pupils"]],
        "in": [number(value, lang) for value in rows["moved_in_pupils"]],
        "out": [number(value, lang) for value in rows["moved_out_pupils"]],
        "after": [number(value, lang) for value in after["pupils"]],
        "interval": [
            f"{number(low, lang)} – {number(high, lang)}"
            for low, high in zip(after["low_pupils"], after["high_pupils"], strict=True)
        ],
        "places": [number(value, lang) for value in after["capacity_pupils"]],
        "occupancy": [occupancy_text(float(value), lang) for value in after["occupancy_share"]],
        "rooms": [
            f"{number(needed, lang)} / {number(there, lang)}"
            for needed, there in zip(after["rooms_needed"], after["rooms"], strict=True)
        ],
        "risk": [percent(value, lang) for value in after["overflow_probability"]],
    }
    return pd.DataFrame({say(f"moving.schools.{name}", lang): values for name, values in columns.items()})
