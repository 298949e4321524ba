"""A remark that travels with figures: what is missing, estimated or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """A remark about figures.

    Attributes
    ----------
    code
        Name of the phrase in the catalogue of words, such as ``share-unknown``.
    values
        The figures and names that the phrase needs.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
