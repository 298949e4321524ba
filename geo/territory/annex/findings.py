"""What an audit finds: rows, street, addresses concerned, and whether it keeps a council from voting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

# Each kind of finding, and whether it keeps a council from voting: an address would have no school, or two.
KINDS: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "contradiction": True,
        "hole": True,
        "reversed-range": True,
        "street-misspelt": True,
        "street-unlisted": True,
        "street-code": True,
        "school-code": True,
        "duplicate-row": False,
        "overlap": False,
        "priority-gap": False,
        "shared-once": False,
        "side-mismatch": False,
        "street-unknown": False,
        "street-spelling": False,
        "street-twins": False,
        "school-spelling": False,
        "no-number": False,
        "sector-in-pieces": False,
        "polygon-left-out": False,
        "polygon-repaired": False,
        "polygon-overlap": False,
        "polygon-disagrees": False,
    }
)


@dataclass(frozen=True)
class Finding:
    """One thing that the audit found.

    Attributes
    ----------
    kind
        One of `KINDS`.
    street
        Name of the street as the list or the base writes it; empty if it is not about one.
    lines
        Lines of the list concerned, in order; empty if the list says nothing.
    addresses
        How many addresses it concerns.
    values
        The figures and names that its sentence and its proposed mend need.
    """

    kind: str
    street: str = ""
    lines: tuple[int, ...] = ()
    addresses: int = 0
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether it keeps a council from voting."""
        return KINDS[self.kind]
