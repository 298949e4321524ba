"""Everything that is known of a scenario, in one call: what the app, the command line and the pack tell from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.note import Note
from geo.model.projection import Projection
from geo.model.scenario import Scenario
from geo.model.source import Source
from geo.model.transition import Transition
from geo.planning.applying import city_under
from geo.planning.evaluation import evaluate
from geo.planning.mix import Mix, mix
from geo.planning.projection.project import refusal
from geo.planning.transition import baseline, school_years, transition
from geo.planning.yards import Yards, yard_pupils, yards

Step = Literal["map", "pupils", "mix", "yards"]
STEPS: tuple[Step, ...] = ("map", "pupils", "mix", "yards")


@dataclass(frozen=True, eq=False)
class Study:
    """The figures of a scenario beside those of the map in force.

    Attributes
    ----------
    scenario
        What was studied.
    today, proposed
        The map in force and that of the scenario, in the year of the children.
    transition
        The years to come; None where the pupils of the level cannot be projected, as a note says.
    years
        What `geo.planning.transition.school_years` gives; without rows where there is no transition.
    mix_before, mix_after
        Who goes to school with whom.
    yards
        The school yards before and after.
    """

    scenario: Scenario
    today: Evaluation
    proposed: Evaluation
    transition: Transition | None
    years: pd.DataFrame
    mix_before: Mix
    mix_after: Mix
    yards: Yards
    refused: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every remark once, in the order of the figures."""
        ahead = self.transition.notes if self.transition else self.refused
        every = (*self.proposed.notes, *ahead, *self.mix_after.notes, *self.yards.notes)
        return tuple({(note.code, str(note.values)): note for note in every}.values())

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source once."""
        ahead = self.transition.before.sources if self.transition else ()
        every = (*self.proposed.sources, *ahead, *self.mix_after.sources, *self.yards.sources)
        return tuple({source.model_dump_json(): source for source in every}.values())


def study(
    city: City,
    scenario: Scenario,
    *,
    before: Projection | None = None,
    horizon_years: int = 10,
    tried: bool = True,
    report: Callable[[Step], None] | None = None,
) -> Study:
    """Study a scenario: the map, the years to come, the mix of schools, the yards.

    Parameters
    ----------
    city, scenario
        The city, and what it would decide.
    before
        What `geo.planning.transition.baseline` gives for the scenario, if it is there already.
    horizon_years
        How far to look ahead [years].
    tried
        Whether to try how sure the ranks of the yards are; it takes most of the time.
    report
        Called with the name of each step when it begins.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city, see `geo.planning.applying`.
    PlanError
        If the scenario moves a unit that the map in force has not.
    """
    tell = report or _say_nothing
    tell("map")
    today, proposed = evaluate(city, scenario.without_changes()), evaluate(city, scenario)
    tell("pupils")
    refused = refusal(city, scenario.level, horizon_years)
    ahead = (
        None
        if refused
        else transition(city, scenario, before=before or baseline(city, scenario, horizon_years=horizon_years))
    )
    tell("mix")
    mixes = mix(city_under(city, scenario), today), mix(city_under(city, scenario), proposed)
    tell("yards")
    grounds = yards(city, scenario, yard_pupils(city, today, proposed), tried=tried)
    return Study(
        scenario=scenario,
        today=today,
        proposed=proposed,
        transition=ahead,
        years=school_years(city, ahead) if ahead else pd.DataFrame(),
        mix_before=mixes[0],
        mix_after=mixes[1],
        yards=grounds,
        refused=(refused,) if refused else (),
    )


def _say_nothing(step: Step) -> None:
    del step
