"""The fewest rows for a street: which runs of its two sides can be written as rows for both.

One row for each run says all. A row for both sides saves one only where a run of each side, of one label, begin at one
number and end at one number; between, a single number of another label may interrupt one of them, for the other side
has no number there. Such blocks keep the order of the street; the set of them that saves most is found by dynamic
programming (docs/street_list.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise, product
from types import MappingProxyType
from typing import Final, NamedTuple

from geo.territory.annex.numbers import FAR, OPEN_END, STEP, told_place
from geo.territory.annex.profiles import SIDES, STARTS, Label, Profile, Run, Runs, joined, side_first, side_last

# The highest rank of a repetition that can be written: Z.
_LAST_TOLD: Final = 35
_RANK_OF_A: Final = 10
_OPEN: Final = 9_999
_OPEN_END: Final = (_OPEN, "", "")
Pair = tuple[int, int]
# Runs of the two sides that are written together, the next pair after an interruption.
Block = tuple[Pair, ...]
# Places at which a run of each side begins today.
Kept = Mapping[str, Collection[int]]
_NOTHING_KEPT: Final[Kept] = MappingProxyType({"I": (), "P": ()})


class Span(NamedTuple):
    """Numbers of a street as a row says them.

    Attributes
    ----------
    number_from, suffix_from, number_to, suffix_to, parity
        As in a street list.
    suffix_out
        The first repetition of the last number that is not in the row, as the next row begins with it.
    label
        What they have.
    """

    number_from: int
    suffix_from: str
    number_to: int
    suffix_to: str
    parity: str
    suffix_out: str
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
        both = {known: kept[known], **kept}
        cuts = [_chosen(*_start(runs, place), both) for place in range(1, len(runs))]
        return Profile(_cut(runs, cuts, "I"), _cut(runs, cuts, "P"), profile.zero)
    odd, even = _ends_open(profile.odd, "I"), _ends_open(profile.even, "P")
    chain = _with_zero(even, profile.zero)
    odd_cuts, chain_cuts = _common_cuts(odd, chain, blocks=_best_blocks(odd, chain), kept=kept)
    even_cuts = chain_cuts[len(chain) - len(even) :]
    return Profile(_cut(odd, odd_cuts, "I"), _cut(even, even_cuts, "P"), profile.zero)


def spans_of(profile: Profile) -> list[Span]:
    """Give the fewest rows for a profile that has a label for every number, those of an empty label left out."""
    odd, even = profile.odd, profile.even
    if len(odd) == len(even) == 1 and odd[0].label == even[0].label and profile.zero in {None, (), odd[0].label}:
        return [Span(1, "", _OPEN, "", "PI", "", odd[0].label)] if odd[0].label else []
    even = _with_zero(even, profile.zero)
    blocks = _best_blocks(odd, even)
    written = {side: {pair[place] for block in blocks for pair in block} for place, side in enumerate(SIDES)}
    spans = [
        _span(runs, place, side)
        for side, runs in zip(SIDES, (odd, even), strict=True)
        for place in range(len(runs))
        if runs[place].label and place not in written[side]
    ]
    spans += [span for block in blocks for span in _block_spans(odd, even, block)]
    return sorted(spans, key=lambda span: (span.number_from, _rank(span.suffix_from), span.parity))


# Cuts ----------------------------------------------------------------------------------------------------------------


def _start(runs: Runs, place: int) -> tuple[int, int]:
    """Give where a run may begin: after the last place of the run before and up to its own first place."""
    return (runs[place - 1].last if place else -1), runs[place].first


def _chosen(low: int, high: int, kept: Kept = _NOTHING_KEPT) -> int:
    """Give a place to begin at, after `low` and up to `high`, that can be written.

    One that keeps what is kept, of the first side rather than of the second, else the first place of the number of
    `high`.
    """
    held = {place: _kept_sides(place, kept) for places in kept.values() for place in places}
    wanted = [place for place in held if low < place <= high and _is_told(place, low)]
    if wanted:
        return max(wanted, key=lambda place: (*held[place], place))
    number = min(high // STEP, OPEN_END) * STEP
    if number > low:
        return number
    return high if _is_told(high, low) else low + 1


def _kept_sides(place: int, kept: Kept) -> tuple[bool, ...]:
    return tuple(side_first(place, side) in places for side, places in kept.items())


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


def _common_cuts(odd: Runs, even: Runs, *, blocks: tuple[Block, ...], kept: Kept) -> tuple[list[int], list[int]]:
    """Give where the runs of each side begin, those of a block at the same number."""
    cuts = [
        {place: _chosen(*_start(runs, place), {side: kept[side]}) for place in range(1, len(runs))}
        for side, runs in (("I", odd), ("P", even))
    ]
    meetings = {meeting for block in blocks for meeting in (block[0], (block[-1][0] + 1, block[-1][1] + 1))}
    for meeting in meetings - {(0, 0), (len(odd), len(even))}:
        place = _chosen(*_common(_start(odd, meeting[0]), _start(even, meeting[1])), kept)
        # The first run of a side begins with its first number, wherever it may.
        for own, run in zip(cuts, meeting, strict=True):
            own.update({run: place} if run else {})
    ends = [(block[-1], following[0]) for block, following in pairwise(blocks)]
    for before, after in [*(link for block in blocks for link in pairwise(block)), *ends]:
        steps = [after[side] - before[side] for side in (0, 1)]
        if min(steps) > 1 or max(steps) == 1:
            continue
        side = steps.index(max(steps))
        begin, end = _interruption((odd, even)[side], before[side], after[side])
        cuts[side] |= {before[side] + 1: begin, after[side]: end}
        cuts[1 - side] |= {after[1 - side]: end} if min(steps) == 1 else {}
    return list(cuts[0].values()), list(cuts[1].values())


def _interruption(runs: Runs, before: int, after: int) -> tuple[int, int]:
    """Give where the single number between two runs begins and where the second of them does."""
    number = runs[before + 1].first // STEP
    begin = _chosen(max(runs[before].last, number * STEP - 1), runs[before + 1].first)
    return begin, _chosen(runs[after - 1].last, min(runs[after].first, (number + 1) * STEP))


def _common(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return max(one[0], other[0]), min(one[1], other[1])


def _with_zero(even: Runs, zero: Label | None) -> Runs:
    """Give the runs of the even side, the addresses without number before them."""
    return joined((Run(zero, 0, STEP - 1), *even)) if zero else even


# Blocks --------------------------------------------------------------------------------------------------------------


class _Chain(NamedTuple):
    """Blocks in order, and the rows that they save."""

    saved: int
    blocks: tuple[Block, ...]


_NO_BLOCK: Final = _Chain(0, ())


def _best_blocks(odd: Runs, even: Runs) -> tuple[Block, ...]:
    """Give the blocks that save most rows.

    Two blocks that meet in one run's end must meet in the other's too, or leave out a single number between: one cut
    cannot stand at two places.
    """
    begun: dict[Pair, _Chain] = {}  # the last block of which may go on
    done: dict[Pair, _Chain] = {}
    for pair in product(range(len(odd)), range(len(even))):
        one, other = pair
        if not odd[one].label or odd[one].label != even[other].label:
            continue
        found = [_longer(begun[before], pair) for before in _linked(odd, even, pair) if before in begun]
        if _meet(_start(odd, one), _start(even, other)):
            before = [chain for end, chain in done.items() if _follows(odd, even, pair=pair, end=end)]
            most = max(before, key=lambda chain: chain.saved, default=_NO_BLOCK)
            found.append(_Chain(most.saved, (*most.blocks, (pair,))))
        if found:
            begun[pair] = max(found, key=lambda chain: chain.saved)
            if _ends_fit(odd, even, one=one, other=other):
                done[pair] = begun[pair]._replace(saved=begun[pair].saved + len(odd[one].label))
    return max(done.values(), key=lambda chain: chain.saved, default=_NO_BLOCK).blocks


def _follows(odd: Runs, even: Runs, *, pair: Pair, end: Pair) -> bool:
    """Whether a block may begin with `pair` after one that ends with `end`."""
    one, other = pair[0] - end[0], pair[1] - end[1]
    if min(one, other) != 1:
        return min(one, other) > 1
    if one == other:
        return True
    side = int(one == 1)
    runs, facing = ((odd, even), (even, odd))[side]
    number = runs[end[side] + 1].first // STEP
    alone = runs[pair[side] - 1].last // STEP == number
    cut = pair[1 - side]
    return alone and facing[cut - 1].last < number * STEP and facing[cut].first >= (number + 1) * STEP


def _longer(chain: _Chain, pair: Pair) -> _Chain:
    """Give the chain whose last block goes on with a pair."""
    return _Chain(chain.saved, (*chain.blocks[:-1], (*chain.blocks[-1], pair)))


def _linked(odd: Runs, even: Runs, pair: Pair) -> Iterator[Pair]:
    """Give the pairs before one of whose runs is interrupted by a single number only."""
    one, other = pair
    before = _before_interruption(even, other, facing=odd, partner=one)
    if before is not None:
        yield one, before
    before = _before_interruption(odd, one, facing=even, partner=other)
    if before is not None:
        yield before, other


def _before_interruption(runs: Runs, place: int, *, facing: Runs, partner: int) -> int | None:
    """Give the run that goes on with the run `place` after a single number, while `partner` goes on beside it."""
    before = next((earlier for earlier in range(place - 1, -1, -1) if runs[earlier].label == runs[place].label), None)
    if before is None:
        return None
    number = runs[before + 1].first // STEP
    alone = runs[place - 1].last // STEP == number
    begun = partner == 0 or facing[partner - 1].last < number * STEP
    goes_on = partner + 1 == len(facing) or facing[partner + 1].first >= (number + 1) * STEP
    return before if alone and begun and goes_on else None


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    low, high = _common(one, other)
    return low < high


def _ends_fit(odd: Runs, even: Runs, *, one: int, other: int) -> bool:
    last = one + 1 == len(odd), other + 1 == len(even)
    if any(last):
        return all(last)
    return _meet(_start(odd, one + 1), _start(even, other + 1))


# Rows ----------------------------------------------------------------------------------------------------------------


def _span(runs: Runs, place: int, side: str) -> Span:
    run = runs[place]
    if place + 1 == len(runs):
        return _told(run.first, _OPEN_END, side, label=run.label)
    return _told(run.first, _end(run.first, runs[place + 1].first, side), side, label=run.label)


def _block_spans(odd: Runs, even: Runs, block: Block) -> Iterator[Span]:
    """Give the rows of a block: one, and one more after each interruption."""
    (one, other), last = block[0], block[-1]
    label = odd[one].label
    begin = _chosen(*_common(_start(odd, one), _start(even, other))) if one else min(odd[0].first, even[other].first)
    for before, after in pairwise(block):
        side = int(before[0] == after[0])
        stop, following = _interruption((odd, even)[side], before[side], after[side])
        yield _told(begin, _end(begin, stop, "PI"), "PI", label=label)
        begin = following
    if last[0] + 1 == len(odd):
        yield _told(begin, _OPEN_END, "PI", label=label)
    else:
        stop = _chosen(*_common(_start(odd, last[0] + 1), _start(even, last[1] + 1)))
        yield _told(begin, _end(begin, stop, "PI"), "PI", label=label)


def _told(begin: int, end: tuple[int, str, str], parity: str, *, label: Label) -> Span:
    number, suffix = told_place(begin)
    return Span(number, _small(suffix), end[0], _small(end[1]), parity, _small(end[2]), label)


def _end(begin: int, following: int, parity: str) -> tuple[int, str, str]:
    """Give the last number of a row, its repetition and the first one left out; at `following` the next run begins.

    Within a number: a bare last number takes in its repetitions up to the one at which the next row begins; it is
    written rather than a repetition that nobody uses (33 decies before 33 A).
    """
    number, rank = divmod(following, STEP)
    if rank == 0:
        before = number - 1
        return (before if parity == "PI" or (before % 2 == 1) == (parity == "I") else before - 1), "", ""
    if begin > number * STEP or rank not in {1, _RANK_OF_A}:
        return *told_place(following - 1), ""
    return number, "", told_place(following)[1]


def _small(suffix: str) -> str:
    return suffix.lower() if len(suffix) > 1 else suffix


def _rank(suffix: str) -> int:
    return len(suffix) and (ord(suffix[0]) if len(suffix) == 1 else 1)
