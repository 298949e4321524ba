"""A school map of one level: which unit belongs to which school."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from geo.errors import PlanError
from geo.model.levels import Level


@dataclass(frozen=True, eq=False)
class Plan:
    """Which school, or schools in order of priority, each unit belongs to.

    A value: moving units gives a new plan that knows its parent. Equal assignments have equal keys.

    Attributes
    ----------
    level
        The level of schooling.
    schools_of
        From ``unit_id`` to the ``school_id`` of its schools; more than one in a shared sector.
    parent
        The plan that this one was made from, None for the plan in force.
    """

    level: Level
    schools_of: Mapping[str, tuple[str, ...]]
    parent: Plan | None = None

    def __post_init__(self) -> None:
        bare = sorted(unit for unit, schools in self.schools_of.items() if not schools)
        if bare:
            msg = f"{self.level} plan: expected at least one school for each unit, got none for {bare[:5]}"
            raise PlanError(msg)
        object.__setattr__(self, "schools_of", MappingProxyType(dict(self.schools_of)))

    @cached_property
    def key(self) -> str:
        """Short text that is equal for equal assignments, in whatever order they were made."""
        rows = (f"{unit}\t{'|'.join(schools)}" for unit, schools in sorted(self.schools_of.items()))
        return hashlib.sha256("\n".join((self.level, *rows)).encode()).hexdigest()[:12]

    def moved(self, moves: Mapping[str, Iterable[str]]) -> Plan:
        """Give the plan in which the units of `moves` belong to other schools.

        Parameters
        ----------
        moves
            From ``unit_id`` to the ``school_id`` of its new schools, in order of priority.

        Raises
        ------
        PlanError
            If a unit is not in this plan.
        """
        unknown = sorted(set(moves) - set(self.schools_of))
        if unknown:
            msg = f"{self.level} plan: expected units of the plan, got {len(unknown)} that it has not: {unknown[:5]}"
            raise PlanError(msg)
        changed = {unit: tuple(schools) for unit, schools in moves.items()}
        return Plan(self.level, {**self.schools_of, **changed}, parent=self)

    def moves_since(self, other: Plan) -> dict[str, tuple[str, ...]]:
        """Give what has to be moved in `other` to get this plan, from ``unit_id`` to its schools here."""
        return {unit: schools for unit, schools in self.schools_of.items() if schools != other.schools_of.get(unit)}

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row for each unit and school: ``unit_id, school_id, priority`` [1, 2, ...], ``share`` [0-1].

        A unit of a shared sector sends an equal share of its pupils to each of its schools.
        """
        rows = [
            (unit, school, rank, 1 / len(schools))
            for unit, schools in self.schools_of.items()
            for rank, school in enumerate(schools, start=1)
        ]
        return pd.DataFrame(rows, columns=["unit_id", "school_id", "priority", "share"])
