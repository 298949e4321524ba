"""The fewest rows for a street: which runs of its two sides can be written as one row for both.

A run is never cut to share a row with the other side: that would cost as many rows as it saves (docs/street_list.md).
So the fewest rows are one for each run, less one for each pair of runs of the two sides that have the same label and
can begin and end at the same number. Such pairs keep the order of the street; the best set of them is found by dynamic
programming.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from geo.territory.annex.numbers import FAR, OPEN_END, STEP, told_place
from geo.territory.annex.profiles import STARTS, Label, Profile, Run, Runs, joined, side_first, side_last

# The highest rank of a repetition that can be written: Z.
_LAST_TOLD: Final = 35
_RANK_OF_A: Final = 10
_OPEN: Final = 9_999
Pairs = tuple[tuple[int, int], ...]
# Places at which a run of each side begins today.
Kept = Mapping[str, Collection[int]]
_NOTHING_KEPT: Final[Kept] = MappingProxyType({"I": (), "P": ()})


class Span(NamedTuple):
    """Numbers of a street as a row says them."""

    number_from: int
    suffix_from: str
    number_to: int
    suffix_to: str
    parity: str
    label: Label


def filled(profile: Profile, *, kept: Kept = _NOTHING_KEPT) -> Profile:
    """Give the profile with a label for every number, so that the fewest rows say it.

    Parameters
    ----------
    profile
        Runs between whose known numbers others may lie.
    kept
        Places at which a run of a side begins rather than elsewhere, where that costs no row.

    Notes
    -----
    A number between two known ones takes the label of one of them, a number before the first or beyond the last known
    one its label. A side of which nothing is known is as the other side.
    """
    if not profile.odd and not profile.even:
        label = profile.zero or ()
        return Profile((Run(label, STARTS["I"], FAR),), (Run(label, STARTS["P"], FAR),), profile.zero)
    if not profile.odd or not profile.even:
        known = "I" if profile.odd else "P"
        runs = _ends_open(profile.side(known), known)
        cuts = [_chosen(*_start(runs, place), {known: kept[known]}) for place in range(1, len(runs))]
        return Profile(_cut(runs, cuts, "I"), _cut(runs, cuts, "P"), profile.zero)
    odd, even = _ends_open(profile.odd, "I"), _ends_open(profile.even, "P")
    chain = _with_zero(even, profile.zero)
    odd_cuts, chain_cuts = _common_cuts(odd, chain, pairs=_best_pairs(odd, chain), kept=kept)
    even_cuts = chain_cuts[len(chain) - len(even) :]
    return Profile(_cut(odd, odd_cuts, "I"), _cut(even, even_cuts, "P"), profile.zero)


def spans_of(profile: Profile) -> list[Span]:
    """Give the fewest rows for a profile that has a label for every number, those of an empty label left out."""
    odd, even = profile.odd, profile.even
    if len(odd) == len(even) == 1 and odd[0].label == even[0].label and profile.zero in {None, (), odd[0].label}:
        return [Span(1, "", _OPEN, "", "PI", odd[0].label)] if odd[0].label else []
    even = _with_zero(even, profile.zero)
    pairs = _best_pairs(odd, even)
    twins = {other: one for one, other in pairs}
    alone = [(odd, place, "I") for place in range(len(odd)) if place not in twins.values()]
    alone += [(even, place, "P") for place in range(len(even)) if place not in twins]
    spans = [_span(runs, place, side) for runs, place, side in alone if runs[place].label]
    spans += [_pair_span(odd, even, place=place, twin=twin) for twin, place in twins.items()]
    return sorted(spans, key=lambda span: (span.number_from, _rank(span.suffix_from), span.parity))


# Cuts ----------------------------------------------------------------------------------------------------------------


def _start(runs: Runs, place: int) -> tuple[int, int]:
    """Give where a run may begin: after the last place of the run before and up to its own first place."""
    return (runs[place - 1].last if place else -1), runs[place].first


def _chosen(low: int, high: int, kept: Kept = _NOTHING_KEPT) -> int:
    """Give a place to begin at, after `low` and up to `high`, that can be written.

    One that keeps what is kept of most sides, else the first place of the number of `high`.
    """
    held = {place: _kept_sides(place, kept) for places in kept.values() for place in places}
    wanted = [place for place in held if low < place <= high and _is_told(place, low)]
    if wanted:
        return max(wanted, key=lambda place: (held[place], place))
    number = min(high // STEP, OPEN_END) * STEP
    if number > low:
        return number
    return high if _is_told(high, low) else low + 1


def _kept_sides(place: int, kept: Kept) -> int:
    return sum(side_first(place, side) in places for side, places in kept.items())


def _is_told(place: int, low: int) -> bool:
    """Whether a run can begin at a place if the run before it ends at `low`: the row before it must be written too."""
    inside = place % STEP != 0 and place // STEP == low // STEP
    return place % STEP <= _LAST_TOLD and (not inside or low % STEP == 0 or place == low + 1)


def _ends_open(runs: Runs, side: str) -> Runs:
    """Give the runs from the first number of a side to its end."""
    begun = [Run(runs[0].label, min(runs[0].first, STARTS[side]), runs[0].last), *runs[1:]]
    return (*begun[:-1], Run(begun[-1].label, begun[-1].first, FAR))


def _cut(runs: Runs, cuts: list[int], side: str) -> Runs:
    """Give the runs of a side that begin at `cuts`; a run without a number on that side is left out."""
    begins = [STARTS[side], *(side_first(place, side) for place in cuts)]
    ends = [*(side_last(place, side) for place in cuts), FAR]
    held = zip(runs, begins, ends, strict=True)
    return joined(Run(run.label, begin, end) for run, begin, end in held if begin <= end)


def _common_cuts(odd: Runs, even: Runs, *, pairs: Pairs, kept: Kept) -> tuple[list[int], list[int]]:
    """Give where the runs of each side begin, those of a pair at the same number."""
    cuts = [
        {place: _chosen(*_start(runs, place), {side: kept[side]}) for place in range(1, len(runs))}
        for side, runs in (("I", odd), ("P", even))
    ]
    meetings = {(one + step, other + step) for one, other in pairs for step in (0, 1)}
    for meeting in meetings - {(0, 0), (len(odd), len(even))}:
        place = _chosen(*_common(_start(odd, meeting[0]), _start(even, meeting[1])), kept)
        # The first run of a side begins with its first number, wherever it may.
        for own, run in zip(cuts, meeting, strict=True):
            own.update({run: place} if run else {})
    return list(cuts[0].values()), list(cuts[1].values())


def _common(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def _with_zero(even: Runs, zero: Label | None) -> Runs:
    """Give the runs of the even side, the addresses without number before them."""
    return joined((Run(zero, 0, STEP - 1), *even)) if zero else even


# Pairs ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chain:
    """Pairs in order, and the rows that they save."""

    saved: int
    pairs: Pairs


def _best_pairs(odd: Runs, even: Runs) -> Pairs:
    """Give the pairs of runs that save most rows.

    Two pairs that meet in one run's end must meet in the other's too: one cut cannot stand at two places.
    """
    best: dict[tuple[int, int], _Chain] = {}
    nothing = _Chain(0, ())
    for one, other in _fitting(odd, even):
        before = [
            chain
            for (left, right), chain in best.items()
            if (left < one - 1 and right < other - 1) or (left == one - 1 and right == other - 1)
        ]
        most = max(before, key=lambda chain: chain.saved, default=nothing)
        best[one, other] = _Chain(most.saved + len(odd[one].label), (*most.pairs, (one, other)))
    return max(best.values(), key=lambda chain: chain.saved, default=nothing).pairs


def _fitting(odd: Runs, even: Runs) -> Iterator[tuple[int, int]]:
    """Give the runs of one label that can begin and end at the same number."""
    for one, run in enumerate(odd):
        for other, twin in enumerate(even):
            if run.label and run.label == twin.label and _ends_fit(odd, even, one=one, other=other):
                low, high = _common(_start(odd, one), _start(even, other))
                if low < high:
                    yield one, other


def _ends_fit(odd: Runs, even: Runs, *, one: int, other: int) -> bool:
    last = one + 1 == len(odd), other + 1 == len(even)
    if any(last):
        return all(last)
    low, high = _common(_start(odd, one + 1), _start(even, other + 1))
    return low < high


# Rows ----------------------------------------------------------------------------------------------------------------


def _span(runs: Runs, place: int, side: str) -> Span:
    run = runs[place]
    if place + 1 == len(runs):
        return _told(run.first, (_OPEN, ""), side, label=run.label)
    return _told(run.first, _end(run.first, runs[place + 1].first, side), side, label=run.label)


def _pair_span(odd: Runs, even: Runs, *, place: int, twin: int) -> Span:
    low, high = _common(_start(odd, place), _start(even, twin))
    begin = _chosen(low, high) if place else min(odd[0].first, even[twin].first)
    if place + 1 == len(odd):
        return _told(begin, (_OPEN, ""), "PI", label=odd[place].label)
    low, high = _common(_start(odd, place + 1), _start(even, twin + 1))
    return _told(begin, _end(begin, _chosen(low, high), "PI"), "PI", label=odd[place].label)


def _told(begin: int, end: tuple[int, str], parity: str, *, label: Label) -> Span:
    number, suffix = told_place(begin)
    return Span(number, _small(suffix), end[0], _small(end[1]), parity, label)


def _end(begin: int, following: int, parity: str) -> tuple[int, str]:
    """Give the last number of a row before the place `following`, at which the next run begins.

    Within a number: a bare last number takes in its repetitions up to the one at which the next row begins; it is
    written rather than a repetition that nobody uses (33 decies before 33 A).
    """
    number, rank = divmod(following, STEP)
    if rank == 0:
        before = number - 1
        return (before if parity == "PI" or (before % 2 == 1) == (parity == "I") else before - 1), ""
    explicit = begin > number * STEP or rank not in {1, _RANK_OF_A}
    return told_place(following - 1) if explicit else (number, "")


def _small(suffix: str) -> str:
    return suffix.lower() if len(suffix) > 1 else suffix


def _rank(suffix: str) -> int:
    return len(suffix) and (ord(suffix[0]) if len(suffix) == 1 else 1)
