"""What can go wrong, said to the person who can put it right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong at one place of one input file.

    Attributes
    ----------
    rule
        Short stable name of the rule that is broken, such as ``duplicate-id``.
    file
        The file as the user knows it, such as ``schools/villebrune/schools.csv``.
    line
        Line of a CSV file (the heading is line 1) or number of a feature (from 1); None if it is the whole file.
    column
        Name of the column, empty if it is the whole row or file.
    expected, got, remedy
        What the rule asks for, what was found, what to do about it.
    values
        The figures and names within the three sentences, for other languages.
    """

    rule: str
    file: str
    line: int | None
    column: str
    expected: str
    got: str
    remedy: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The file, the line and the column, as one would point at them."""
        word = "line" if self.file.endswith((".csv", ".toml", ".xlsx", ".ods", ".gz", ".txt")) else "feature"
        line = "" if self.line is None else f", {word} {self.line}"
        column = f", column '{self.column}'" if self.column else ""
        return f"{self.file}{line}{column}"

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, got {self.got}. {self.remedy}"


class GeoError(Exception):
    """Base of every error that Cartable raises on purpose."""


class SourceError(GeoError):
    """A file is missing, cannot be read, or is not what its name says."""

    def __init__(self, file: str, *, expected: str, got: str, remedy: str) -> None:
        self.fault = Fault("unreadable-file", file, None, "", expected, got, remedy)
        super().__init__(str(self.fault))


class CityError(GeoError):
    """The files of a city break their contract; carries every fault found."""

    shown = 5

    def __init__(self, city: str, faults: Sequence[Fault]) -> None:
        self.city = city
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[: self.shown]]
        if len(self.faults) > self.shown:
            lines.append(f"... and {len(self.faults) - self.shown} more: run 'cartable check' to see them all.")
        heading = f"city '{city}' cannot be opened: {len(self.faults)} fault(s) in its files."
        super().__init__("\n".join([heading, *lines]))


class AnnexError(GeoError):
    """A street list cannot be resolved or compared with its addresses."""


class PlanError(GeoError):
    """A plan does not fit the city that it is meant for."""


class ScenarioError(GeoError):
    """A scenario cannot be read, or asks for something the city has not."""


class NetworkError(GeoError):
    """The streets do not make a network that can be walked."""


class ExportError(GeoError):
    """A map or a table cannot be written."""


class StoreError(GeoError):
    """A saved scenario cannot be found, or someone else changed it meanwhile."""


class WorkersError(GeoError):
    """The work cannot be shared out among processes or machines."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))
