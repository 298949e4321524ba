"""What a city would decide."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from geo.errors import ScenarioError
from geo.model.assumptions import Assumptions
from geo.model.levels import Level
from geo.model.plan import Plan


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
    assumptions
        The numbers that are a choice.
    author, comment
        Who proposes it and why; free text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    city: str
    level: Level
    start_year: int = Field(ge=2000, le=2100)
    moves: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    assumptions: Assumptions = Field(default_factory=Assumptions)
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

    @property
    def key(self) -> str:
        """Short text that is equal for scenarios that give equal figures; name, author and comment do not count."""
        told = self.model_dump_json(exclude={"name", "author", "comment"})
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def without_changes(self) -> Scenario:
        """Give the same scenario with the map left as it is: what it is compared with."""
        return self.model_copy(update={"moves": {}})

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
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            msg = f"{file}: {place}: {first['msg']} ({error.error_count()} fault(s) in all). Correct the file."
            raise ScenarioError(msg) from error

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
