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
    start_year
        First September of the new map within the projection; after its last year if the scenario starts later.
    before, after
        Pupils to come if nothing is decided, and with the scenario: the same pupils, in other schools. A school that
        opens has rows from its first September on; one that closes has no pupils from then on.
    movers
        Index ``year, from_school, to_school, grade``. ``pupils``: those who are in the second school where they would
        have been in the first; ``changing_pupils``: those of them who sat in the first school the year before, and so
        change school [pupils].
    years
        Index ``year``, those of the projection. ``pupils`` of the public schools; ``moved_pupils`` and
        ``changing_pupils``, as above; ``kept_pupils``: those who live in a moved unit and stay in the school where they
        began, or follow an elder sibling there; ``following_pupils``: the latter alone [pupils].
    notes
        What is estimated or left out.
    """

    city_key: str
    scenario: Scenario
    start_year: int
    before: Projection
    after: Projection
    movers: pd.DataFrame
    years: pd.DataFrame
    notes: tuple[Note, ...]
