"""What a plan does: the only thing that maps, charts and exports read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.model.source import Source


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The figures of one scenario of one city.

    Attributes
    ----------
    city_key, scenario
        What was evaluated; equal keys give equal figures.
    plan
        The map that the scenario proposes.
    year
        Calendar year in which the school year of the figures begins.
    schools
        One row a public school of the level, index ``school_id``: ``pupils`` [pupils], ``roll_pupils`` [pupils],
        ``rooms`` [rooms], ``capacity_pupils`` [pupils], ``occupancy_share`` [share], ``walk_median_m``,
        ``walk_p90_m``, ``walk_max_m`` [m], ``moved_in_pupils``, ``moved_out_pupils`` [pupils]. NaN: not known.
    units
        One row a unit, index ``unit_id``: ``pupils`` [pupils], ``walk_m`` [m] on average to its schools,
        ``moved`` [true or false]: whether its schools are not those of the map in force.
    totals
        ``pupils``, ``children``, ``moved_pupils``, ``unassigned_children`` [pupils or children], ``attendance_share``,
        ``occupancy_share`` [share], ``walk_median_m``, ``walk_p90_m``, ``walk_max_m`` [m], ``units_moved`` [units].
    notes
        What is missing, estimated or left out.
    sources
        The sources of the tables that were used.
    """

    city_key: str
    scenario: Scenario
    plan: Plan
    year: int
    schools: pd.DataFrame
    units: pd.DataFrame
    totals: Mapping[str, float]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]
