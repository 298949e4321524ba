"""A name and a code for every street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from villebrune.names import DEAD_END_KINDS, KINDS, SQUARES, STEMS, TWINS
from villebrune.streets import Street

INSEE = "00123"


def name_streets(streets: Sequence[Street], rng: np.random.Generator) -> list[Street]:
    """Give every street a name of its own: those of the sketch first, the near twins, then words of its quarter."""
    taken = {street.name for street in streets if street.name}
    chosen: dict[int, str] = {}
    for number, name in _twins(streets):
        chosen[number] = name
        taken.add(name)
    words = {theme: list(_shuffled(stems, rng)) for theme, stems in STEMS.items()}
    for number in _longest_first(streets):
        if streets[number].name or number in chosen:
            continue
        chosen[number] = next(name for name in _names(streets[number], words, number) if name not in taken)
        taken.add(chosen[number])
    return [replace(street, name=chosen.get(i, street.name)) for i, street in enumerate(streets)]


def street_codes(streets: Sequence[Street]) -> list[str]:
    """Give each street a code in the manner of the land registry, in the order of the names; hamlets begin with B."""
    places = {street.name for street in streets if not street.lines}
    names = sorted({street.name for street in streets} - places)
    codes = {name: f"{INSEE}_{10 * rank:04d}" for rank, name in enumerate(names, start=1)}
    codes |= {name: f"{INSEE}_B{rank:03d}" for rank, name in enumerate(sorted(places), start=1)}
    return [codes[street.name] for street in streets]


def _longest_first(streets: Sequence[Street]) -> list[int]:
    return sorted(range(len(streets)), key=lambda i: (-round(streets[i].length_m, 2), i))


def _twins(streets: Sequence[Street]) -> Iterator[tuple[int, str]]:
    """Hand out the near twins to the longest streets of their quarters, a square to the shortest."""
    used: set[int] = set()
    by_theme: dict[str, list[int]] = defaultdict(list)
    for number in _longest_first(streets):
        if not streets[number].name:
            by_theme[streets[number].theme].append(number)
    for theme, name in (*TWINS, *SQUARES):
        fits = [i for i in by_theme[theme] if i not in used and streets[i].dead_end == name.startswith("impasse")]
        if fits:
            chosen = fits[-1] if (theme, name) in SQUARES else fits[0]
            used.add(chosen)
            yield chosen, name


def _shuffled(words: Sequence[str], rng: np.random.Generator) -> list[str]:
    return [words[i] for i in rng.permutation(len(words))]


def _names(street: Street, words: dict[str, list[str]], number: int) -> Iterator[str]:
    """Names that the street could bear, best first."""
    kinds = (DEAD_END_KINDS if street.dead_end else KINDS)[street.pattern]
    stems = words[street.theme]
    for turn in range(len(kinds)):
        kind = kinds[(number + turn) % len(kinds)]
        if turn == 0:
            stems.append(stems.pop(0))  # the next street of the quarter begins with other words
        for stem in [stems[-1], *stems[:-1]]:
            yield f"{kind} {stem}"
