"""How a new school map comes into force, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.model.note import Note
from geo.model.projection import Projection
from geo.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Transition:
    """Pupils of the years to come under the map in force and under a scenario, and who moves when.

    Attributes
    ----------
    city_key, scenario
        What was computed.
    before, after
        Pupils to come if nothing is decided, and with the scenario: the same pupils, in other schools.
    movers
        Index ``year, from_school, to_school, grade``. ``pupils``: those who are in the second school where they would
        have been in the first; ``changing_pupils``: those of them who sat in the first school the year before, and so
        change school [pupils].
    years
        Index ``year``. ``pupils``, ``moved_pupils`` and ``changing_pupils``, as above; ``kept_pupils``: those who live
        in a moved unit and stay in the school where they began, or follow an elder sibling there [pupils].
    notes
        What is estimated or left out.
    """

    city_key: str
    scenario: Scenario
    before: Projection
    after: Projection
    movers: pd.DataFrame
    years: pd.DataFrame
    notes: tuple[Note, ...]
