"""What was planted in Villebrune, so that tests know the answers."""

from __future__ import annotations

from typing import Any

from villebrune.build import Villebrune


def truth_of(city: Villebrune, *, seed: int) -> dict[str, Any]:
    """Give the planted truths as plain values."""
    return {"seed": seed, "counts": {name: len(rows) for name, rows in sorted(city.tables.items())}}
