"""How a network is searched: plainly, or in compiled form where compiling takes less time than it saves."""

from __future__ import annotations

from typing import Final

from geo.territory.walking.compiled import Compiled
from geo.territory.walking.graph import Graph
from geo.territory.walking.plain import Plain
from geo.territory.walking.searches import Searches

# Nodes times schools from which compiling (30 s of the processor, once after installing) costs less than it saves:
# SciPy takes 0.2 microseconds for each.
COMPILED_FROM: Final = 150_000_000


def is_worth_compiling(nodes: int, *, sources: int) -> bool:
    """Tell whether a search from so many sources over so many nodes is long enough to be compiled.

    The streets of a town are walked before anything is compiled; those of a region are not.
    """
    return nodes * sources >= COMPILED_FROM


def searches_for(graph: Graph, *, sources: int) -> Searches:
    """Choose how to search for one table from so many sources."""
    return Compiled(graph) if is_worth_compiling(graph.nodes, sources=sources) else Plain(graph)
