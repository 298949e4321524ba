"""What a city would decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.levels import Level
from geo.model.measures import Dwellings, Opening, Phasing
from geo.model.plan import Plan
from geo.model.playgrounds import PlaygroundChoices
from geo.model.projection import ProjectionChoices
from geo.model.walking import WalkChoices

T = TypeVar("T")
_DECIDED: Final = ("moves", "openings", "closures", "rooms", "trees", "greening_budget_eur")


class Scenario(BaseModel):
    """A revision of the school map of one level, as a value that is written to and read from JSON.

    Attributes
    ----------
    name
        What people call it.
    city
        Code of the city, such as ``villebrune``.
    level
        The level of schooling whose map is revised.
    start_year
        Calendar year of the first school year (September) in which it holds.
    moves
        From ``unit_id`` to the ``school_id`` of its new schools, in order of priority.
    openings
        Schools that open in that September.
    closures
        ``school_id`` of the schools that serve the level no more from then on. A unit that no move takes elsewhere goes
        to the nearest school that stays.
    rooms
        From ``school_id`` to the classrooms that the school has for the level from then on [rooms].
    phasing
        Who follows the new map, and when.
    dwellings
        Housing that the tables of the city do not know, or know otherwise: a hypothesis, not a decision.
    trees
        Where trees are planted in school yards: ``x, y`` in the CRS of the city [m].
    greening_budget_eur
        What may be spent on the greening of school yards, without tax [EUR].
    assumptions, projection, playgrounds
        The numbers that are a choice: on the map, on pupils and rooms to come, on yards in the heat.
    walking
        What walks to school count beside their metres: what children do not cross, what is closed, and hills.
    author, comment
        Who proposes it and why; free text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    city: str
    level: Level
    start_year: int = Field(ge=2000, le=2100)
    moves: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    closures: tuple[str, ...] = ()
    rooms: dict[str, Annotated[int, Field(ge=0, le=200)]] = Field(default_factory=dict)
    phasing: Phasing = Phasing.ALL_AT_ONCE
    dwellings: tuple[Dwellings, ...] = ()
    trees: tuple[tuple[float, float], ...] = ()
    greening_budget_eur: float = Field(default=0.0, ge=0, le=1e9)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    projection: ProjectionChoices = Field(default_factory=ProjectionChoices)
    playgrounds: PlaygroundChoices = Field(default_factory=PlaygroundChoices)
    walking: WalkChoices = Field(default_factory=WalkChoices)
    author: str = ""
    comment: str = ""

    @field_validator("moves")
    @classmethod
    def _each_move_names_a_school(cls, moves: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        bare = sorted(unit for unit, schools in moves.items() if not schools)
        if bare:
            msg = f"each move needs a school, got none for {bare[:5]}"
            raise ValueError(msg)
        return dict(sorted(moves.items()))

    @field_validator("openings")
    @classmethod
    def _each_opening_has_its_code(cls, openings: tuple[Opening, ...]) -> tuple[Opening, ...]:
        return _each_once(openings, [one.school_id for one in openings])

    @field_validator("dwellings")
    @classmethod
    def _each_delivery_has_its_code(cls, dwellings: tuple[Dwellings, ...]) -> tuple[Dwellings, ...]:
        return _each_once(dwellings, [f"{one.programme_id} {one.delivery_year}" for one in dwellings])

    @field_validator("rooms")
    @classmethod
    def _rooms_by_school(cls, rooms: dict[str, int]) -> dict[str, int]:
        return dict(sorted(rooms.items()))

    @field_validator("closures")
    @classmethod
    def _each_closure_once(cls, closures: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(closures)))

    @property
    def changes_nothing(self) -> bool:
        """Whether the scenario leaves everything that a city decides as it is."""
        return self == self.without_changes()

    @property
    def key(self) -> str:
        """Short text that is equal for scenarios that give equal figures; name, author and comment do not count."""
        told = self.model_dump_json(exclude={"name", "author", "comment"})
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def without_changes(self) -> Scenario:
        """Give the same world with the map, the schools and the yards left as they are: what it is compared with."""
        fields = type(self).model_fields
        return self.model_copy(update={name: fields[name].get_default(call_default_factory=True) for name in _DECIDED})

    def changed(self, changes: Mapping[str, object]) -> Scenario:
        """Give the same scenario with other parts, by the names of its fields.

        Raises
        ------
        ScenarioError
            If the parts do not keep the form of a scenario.
        """
        try:
            return Scenario.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            raise ScenarioError(_refusal(error, "scenario")) from error

    def with_plan(self, plan: Plan, current: Plan) -> Scenario:
        """Give the same scenario whose moves lead from `current` to `plan`."""
        return self.model_copy(update={"moves": dict(sorted(plan.moves_since(current).items()))})

    def plan(self, current: Plan) -> Plan:
        """Give the map that the scenario proposes, starting from `current`.

        Raises
        ------
        PlanError
            If the scenario moves units that the plan in force has not.
        """
        return current.moved(self.moves) if self.moves else current

    def to_json(self) -> str:
        """Give the scenario as indented JSON text that ends with a line break."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, *, file: str = "scenario") -> Scenario:
        """Read a scenario from JSON text; `file` is named in errors.

        Raises
        ------
        ScenarioError
            If the text is not JSON or does not keep the form of a scenario.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise ScenarioError(_refusal(error, file)) from error

    @classmethod
    def read(cls, path: Path) -> Scenario:
        """Read a scenario from a JSON file in UTF-8.

        Raises
        ------
        ScenarioError
            If the file is missing, is not UTF-8 text, or does not keep the form of a scenario.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{path.name}: expected a readable JSON file in UTF-8, got {type(error).__name__}. Check the path."
            raise ScenarioError(msg) from error
        return cls.from_json(text, file=path.name)


def _refusal(error: ValidationError, file: str) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{file}: {place}: {first['msg']} ({error.error_count()} fault(s) in all). Correct the file."


def _each_once(rows: T, codes: Sequence[str]) -> T:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        msg = f"expected each code once, got {twice} more than once"
        raise ValueError(msg)
    return rows
