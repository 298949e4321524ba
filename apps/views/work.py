"""What one visitor has in hand: scenarios with the way back, as values. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from geo.model.levels import Level
from geo.model.plan import Plan
from geo.model.scenario import Scenario
from geo.store import SavedScenario

_DESCRIPTION = ("name", "author", "comment", "start_year")


@dataclass(frozen=True)
class Work:
    """A scenario in hand.

    Attributes
    ----------
    scenario
        The scenario as it is now.
    past, future
        The scenarios that undo and redo go back to, the last one nearest; their description does not count.
    origin
        The named scenario that it comes from, as it was kept then; None if it never had a name.
    draft
        How it was last kept by itself; None while it is what `origin` says, or untouched.
    """

    scenario: Scenario
    past: tuple[Scenario, ...] = ()
    future: tuple[Scenario, ...] = ()
    origin: SavedScenario | None = None
    draft: SavedScenario | None = None

    @property
    def address(self) -> dict[str, str]:
        """What the address of the page needs to bring this work back."""
        if self.draft is None:
            return {"scenario": self.origin.id} if self.origin else {}
        came_from = {"of": f"{self.origin.id}.{self.origin.version}"} if self.origin else {}
        return {"scenario": self.draft.id, **came_from}

    def sent(self, units: Iterable[str], school: str, current: Plan) -> Work:
        """Give the work once `units` belong to `school`; `current` is the map in force.

        Raises
        ------
        PlanError
            If a unit is not in the map in force.
        """
        plan = self.scenario.plan(current).moved(dict.fromkeys(units, (school,)))
        return self.taking(self.scenario.with_plan(plan, current))

    def changed(self, changes: Mapping[str, object]) -> Work:
        """Give the work once parts of the scenario are others, by the names of its fields; can be undone.

        Raises
        ------
        ScenarioError
            If the scenario would not keep its form.
        """
        return self.taking(self.scenario.changed(changes))

    def taking(self, scenario: Scenario) -> Work:
        """Give the work with what `scenario` changes, under the description as it is; can be undone."""
        held = self._holding(scenario)
        if held.scenario == self.scenario:
            return self
        return replace(held, past=(*self.past, self.scenario), future=())

    def restarted(self) -> Work:
        """Give the work with the map in force, the schools and the yards as they are; can be undone."""
        return self.taking(self.scenario.without_changes())

    def undone(self) -> Work:
        """Give the work before the last change."""
        if not self.past:
            return self
        *past, scenario = self.past
        return replace(self._holding(scenario), past=tuple(past), future=(*self.future, self.scenario))

    def redone(self) -> Work:
        """Give the work after the change that was last undone."""
        if not self.future:
            return self
        *future, scenario = self.future
        return replace(self._holding(scenario), past=(*self.past, self.scenario), future=tuple(future))

    def described(self, *, name: str, author: str, comment: str, start_year: int) -> Work:
        """Give the work with another description; an empty name leaves the name as it is."""
        told = {"author": author.strip(), "comment": comment.strip(), "start_year": start_year}
        told |= {"name": name.strip()} if name.strip() else {}
        return replace(self, scenario=self.scenario.model_copy(update=told))

    def _holding(self, scenario: Scenario) -> Work:
        description = {name: getattr(self.scenario, name) for name in _DESCRIPTION}
        return replace(self, scenario=scenario.model_copy(update=description))


@dataclass(frozen=True)
class Notice:
    """Something to tell the visitor, in the words of the catalogue.

    Attributes
    ----------
    kind
        How it is shown.
    key, values
        The phrase and its figures and names.
    detail
        What the library said, if it refused.
    """

    kind: Literal["success", "warning", "error"]
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True)
class Desk:
    """All that a session keeps: the work in hand of each level, and what was last told."""

    works: Mapping[Level, Work] = field(default_factory=dict)
    notice: Notice | None = None

    def holding(self, work: Work, notice: Notice | None = None) -> Desk:
        """Give the desk once `work` is the work in hand of its level."""
        return Desk({**self.works, work.scenario.level: work}, notice)
