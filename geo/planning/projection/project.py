"""Pupils of the next ten years by school, grade and year, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.city import City
from geo.model.levels import GRADES, Level
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.projection import CAUSES, GROWTH, Projection, ProjectionChoices
from geo.model.source import Source
from geo.planning.projection.backtest import (
    backtest,
    chosen_weight,
    error_table,
    losing_horizons,
    past_errors,
    past_outlooks,
)
from geo.planning.projection.cohorts import Outlook, averaged, outlook
from geo.planning.projection.feeding import Intake, intake, intake_notes, missing_rolls
from geo.planning.projection.housing import housing_by_school, units_without_school
from geo.planning.projection.intervals import Bands, bands
from geo.planning.projection.progression import Panel, panel_of

LONGEST_YEARS: Final = 20
_USED: Final = {"rolls", "births", "children", "housing", "schools", "street_list", "sectors"}


def project(
    city: City,
    plan: Plan,
    choices: ProjectionChoices | None = None,
    *,
    assumptions: Assumptions | None = None,
    horizon_years: int = 10,
) -> Projection:
    """Give the pupils of the level of `plan` for the years after the last rolls, with their causes and intervals.

    Pupils who are on the rolls stay with their schools: the plan says where the pupils of new dwellings go. Whom a
    moved unit takes along, and when, is a matter of phasing. The share of children in public schools that `assumptions`
    choose counts only where there are no rolls. See docs/projection.md.

    Raises
    ------
    ScenarioError
        If the city has neither rolls of the level nor children to start from, or `horizon_years` [years] is not
        between 1 and 20.
    """
    level, chosen = plan.level, choices or ProjectionChoices()
    if (refused := refusal(city, level, horizon_years)) is not None:
        msg = f"projection of {city.name}, level '{level}': {refused.code} {dict(refused.values)}"
        raise ScenarioError(msg)
    known = intake(city, level, assumptions)
    panel, places = panel_of(known.rolls, known.grades), [known.grades.index(grade) for grade in GRADES[level]]
    looks = past_outlooks(panel, known.course, choices=chosen, horizon_years=horizon_years)
    weight = chosen_weight(panel, looks, places, until=panel.last_year, choices=chosen)
    errors = past_errors(panel, looks, places, choices=chosen)
    reach = bands(errors, horizon_years=horizon_years, choices=chosen)
    ahead = outlook(panel, known.course, year=panel.last_year, horizon_years=horizon_years, choices=chosen)
    cells = _with_housing(_cells(panel, ahead, places, weight=weight), city, plan, choices=chosen)
    sums = added_up(cells, city.tables["schools"]["sector"])
    pupils, schools, totals = (
        with_interval(table, reach.spread[scale], since=panel.last_year, choices=chosen)
        for table, scale in zip((cells, *sums), ("grade", "school", "city"), strict=True)
    )
    table = error_table(errors)
    return Projection(
        city_key=city.key,
        plan=plan,
        level=level,
        choices=chosen,
        last_year=panel.last_year,
        last_year_weight=weight,
        pupils=pupils,
        schools=schools,
        totals=totals,
        errors=table,
        spread=reach.spread,
        shape=reach.shape,
        notes=(*_notes(city, plan, known, panel=panel, weight=weight), *_past_notes(table, reach, chosen)),
        sources=_sources(city),
    )


def refusal(city: City, level: Level, horizon_years: int) -> Note | None:
    """Say why the pupils of `level` cannot be projected, before it is tried; None if they can."""
    if not 1 <= horizon_years <= LONGEST_YEARS:
        return Note("projection-refused-horizon", {"years": horizon_years, "longest": LONGEST_YEARS})
    missing = missing_rolls(city, level)
    return Note("projection-refused-rolls", {"level": level, "grades": ", ".join(missing)}) if missing else None


def errors_of(
    city: City, level: Level, choices: ProjectionChoices | None = None, *, horizon_years: int = 10
) -> pd.DataFrame:
    """Forecast the level again from each past September: see `geo.planning.projection.backtest.backtest`.

    Raises
    ------
    ScenarioError
        If the city has neither rolls of `level` nor a school map and children of its ages.
    """
    known = intake(city, level)
    return backtest(
        known.rolls,
        known.course,
        grades=known.grades,
        judged=GRADES[level],
        choices=choices or ProjectionChoices(),
        horizon_years=horizon_years,
    )


def _cells(panel: Panel, ahead: Outlook, places: list[int], *, weight: float) -> pd.DataFrame:
    """Give the pupils without housing and their causes, index ``school_id, grade, year``."""
    last, active = ahead.fitted.last[:, places], ahead.fitted.active[:, places]
    held = averaged(ahead.held[:, :, places], last, weight)
    # Fewer births cannot take away more pupils than there would be.
    births = np.maximum(ahead.births[:, :, places], -held)
    years = range(panel.last_year + 1, panel.last_year + 1 + len(held))
    school, grade = np.nonzero(active)
    index = pd.MultiIndex.from_arrays([panel.schools[school], np.array(panel.grades)[places][grade]])
    parts = [
        pd.DataFrame(
            {
                "last_roll_pupils": last[school, grade],
                "ageing_pupils": (held[i] - last)[school, grade],
                "births_pupils": births[i][school, grade],
            },
            index=index,
        )
        for i in range(len(held))
    ]
    cells = pd.concat(parts, keys=list(years))
    return cells.reorder_levels([1, 2, 0]).rename_axis(["school_id", "grade", "year"]).sort_index()


def _with_housing(cells: pd.DataFrame, city: City, plan: Plan, *, choices: ProjectionChoices) -> pd.DataFrame:
    """Add the pupils of dwellings to come, in equal parts to the grades of each school, and the sum of all causes."""
    years = sorted(cells.index.unique("year"))
    brought = housing_by_school(city.tables["housing"], plan, choices, years=years, since=years[0] - 1)
    new = _rows_of_new_schools(brought, cells, plan.level)
    every = pd.concat([cells, new]).sort_index() if len(new) else cells
    keys = pd.MultiIndex.from_arrays([every.index.get_level_values(name) for name in ("school_id", "year")])
    grades = every.groupby(["school_id", "year"]).size().reindex(keys).to_numpy()
    long = brought.melt(ignore_index=False, var_name="year", value_name="pupils").set_index("year", append=True)
    equal = long["pupils"].reindex(keys).fillna(0.0).to_numpy() / grades
    # A demolition cannot take away more pupils than there would be.
    rest = every.sum(axis=1).to_numpy()
    whole = every.assign(housing_pupils=np.maximum(equal, -rest), revision_pupils=0.0)
    return whole.assign(pupils=whole[list(GROWTH)].sum(axis=1))[[*CAUSES, "pupils"]]


def _rows_of_new_schools(brought: pd.DataFrame, cells: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Give empty rows for schools that dwellings send pupils to and that are on no roll yet."""
    fresh = brought.index.difference(cells.index.unique("school_id"))
    index = pd.MultiIndex.from_product(
        [fresh, GRADES[level], cells.index.unique("year")], names=["school_id", "grade", "year"]
    )
    return pd.DataFrame(0.0, index=index, columns=cells.columns)


def added_up(cells: pd.DataFrame, sector_of: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the grades up to schools with their sector, and the schools to the public ones and to all.

    Parameters
    ----------
    cells
        Pupils and their causes [pupils], index ``school_id, grade, year``.
    sector_of
        ``public`` or ``private``, index ``school_id``.

    Returns
    -------
    schools, totals
        The same columns, index ``school_id, year``, also ``sector``; and index ``sector, year``.
    """
    schools = cells.groupby(level=["school_id", "year"]).sum()
    sector = sector_of.reindex(schools.index.get_level_values("school_id")).to_numpy()
    every = schools.groupby(level="year").sum()
    public = schools[sector == "public"].groupby(level="year").sum()
    totals = pd.concat({"public": public, "all": every}, names=["sector", "year"])
    return schools.assign(sector=sector), totals


def with_interval(
    table: pd.DataFrame,
    spread: pd.Series,
    *,
    since: int,
    choices: ProjectionChoices,
    housing: pd.Series | None = None,
) -> pd.DataFrame:
    """Add the ends of the interval: past errors, and the uncertain yield of dwellings on top of them.

    Parameters
    ----------
    table
        ``pupils`` and ``housing_pupils`` [pupils]; one level of the index is ``year``.
    spread
        Half-widths by years ahead, see `Projection.spread`.
    since
        Calendar year of the last rolls.
    choices
        Choices of the projection.
    housing
        Pupils of dwellings to come who are among these pupils [pupils], same index; ``housing_pupils`` unless said.
    """
    ahead = table.index.get_level_values("year").to_numpy(dtype=np.int64) - since
    pupils, new = table["pupils"].to_numpy(), (table["housing_pupils"] if housing is None else housing).to_numpy()
    wide = spread.reindex(ahead).to_numpy() * np.maximum(pupils, 1.0) ** choices.size_exponent
    ends = np.sort([new * choices.yield_low_factor, new * choices.yield_high_factor], axis=0)
    low = np.maximum(pupils - np.hypot(wide, new - ends[0]), 0.0)
    return table.assign(low_pupils=low, high_pupils=pupils + np.hypot(wide, ends[1] - new))


def _notes(city: City, plan: Plan, known: Intake, *, panel: Panel, weight: float) -> Iterator[Note]:
    """Say what is not known or left out in these figures."""
    yield from intake_notes(city, plan.level, known)
    yield Note("projection-weight", {"share": weight})
    housing = city.tables["housing"]
    if len(housing):
        yield Note("projection-housing-unverified")
    homeless = units_without_school(housing, plan)
    if homeless:
        yield Note("projection-housing-left-out", {"count": len(homeless), "names": ", ".join(homeless[:5])})
    columns = [panel.grades.index(grade) for grade in GRADES[plan.level]]
    there = pd.Series(np.isfinite(panel.at(panel.last_year)[:, columns]).any(axis=1), index=panel.schools)
    gone = city.schools_of(plan.level).index.difference(there.index[there])
    if len(gone):
        yield Note("projection-school-without-roll", {"count": len(gone), "names": ", ".join(gone[:5])})


def _past_notes(table: pd.DataFrame, reach: Bands, choices: ProjectionChoices) -> Iterator[Note]:
    """Say what the past forecasts prove."""
    origins = reach.origins["school"]
    if not origins.any():
        yield Note("projection-no-backtest", {"share": choices.unknown_error_share})
        return
    yield Note("projection-intervals", {"share": choices.interval_share, "count": int(origins.max())})
    enough = origins.index[origins >= choices.least_origins]
    if len(enough) < len(origins):
        certain = int(enough.max()) if len(enough) else 0
        yield Note("projection-intervals-widened", {"count": certain, "least": choices.least_origins})
    losing = losing_horizons(table)
    if losing:
        yield Note("projection-not-better", {"years": ", ".join(str(year) for year in losing)})


def _sources(city: City) -> tuple[Source, ...]:
    return tuple(source for source in city.sources if _USED & set(source.tables))
