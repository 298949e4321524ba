"""Messages of numbered fields, the form in which OpenStreetMap packs its blocks, read many at a time with NumPy.

A number is written with seven bits a byte, the lowest ones first; the eighth bit says that more follows. A field is its
key (its number and its kind in one such number), then its value: a number, or a count of bytes and these bytes.
Messages that follow each other are found one after the other (`fields`); what is in them is then read for all of them
at once, first fields first (`spans`), and so are lists of numbers (`lists`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ids = npt.NDArray[np.int64]
Span = tuple[int, int]

_BITS: Final = 7
_LOW: Final = 127
_NUMBER, _BYTES = 0, 2
# Kinds that no field of OpenStreetMap has; a later version may add some, and they can be stepped over.
_FIXED_BYTES: Final = {1: 8, 5: 4}


def fields(message: bytes, span: Span) -> Iterator[tuple[int, int, int]]:
    """Give the number of each field of one message, and where its bytes begin and end.

    Of a field that is a number, the value stands in place of the beginning.

    Raises
    ------
    ValueError, IndexError
        If the bytes are no message.
    """
    place, stop = span
    while place < stop:
        # Most keys and sizes take one byte, and there are many: they are read without a call.
        key, place = (message[place], place + 1) if message[place] <= _LOW else _number(message, place)
        kind = key & 7
        if kind in _FIXED_BYTES:
            place += _FIXED_BYTES[kind]
            continue
        value, place = (message[place], place + 1) if message[place] <= _LOW else _number(message, place)
        if kind == _BYTES:
            begin, place = place, place + value
        elif kind == _NUMBER:
            begin = value
        else:
            raise ValueError(f"a field of kind {kind}")
        if place > stop:
            raise ValueError("the bytes end within a field")
        yield key >> 3, begin, place


def _number(message: bytes, place: int) -> tuple[int, int]:
    """Give the number at a place, and the place after it."""
    value, shift = 0, 0
    while (byte := message[place]) > _LOW:
        value |= (byte & _LOW) << shift
        place, shift = place + 1, shift + _BITS
    return value | byte << shift, place + 1


def spans(view: Bytes, messages: tuple[Ids, Ids], wanted: tuple[int, ...]) -> dict[int, tuple[Ids, Ids]]:
    """Give where some fields begin and end in each of many messages; 0 and 0 where a message has none.

    Parameters
    ----------
    view
        All bytes, shape (bytes,).
    messages
        Where each message begins and ends, of shape (messages,) each.
    wanted
        Numbers of fields. Of one that is a number, the value stands in place of the beginning.

    Raises
    ------
    ValueError, IndexError
        If the bytes are no messages.
    """
    place, stop = (part.copy() for part in messages)
    found = {number: (np.zeros_like(place), np.zeros_like(place)) for number in wanted}
    row = np.flatnonzero(place < stop)
    while len(row):
        key, at = _numbers_at(view, place[row])
        value, after = _numbers_at(view, at)
        kind = key & 7
        sizes = [after - at, after - at + value, *(np.full_like(at, size) for size in _FIXED_BYTES.values())]
        end = at + np.select([kind == one for one in (_NUMBER, _BYTES, *_FIXED_BYTES)], sizes, default=-1)
        if (end <= at).any() or (end > stop[row]).any():
            raise ValueError("a field that does not exist, or that goes beyond its message")
        for number, (begins, ends) in found.items():
            hit = key >> 3 == number
            begins[row[hit]], ends[row[hit]] = np.where(kind == _BYTES, after, value)[hit], end[hit]
        place[row] = end
        row = row[end < stop[row]]
    return found


def lists(view: Bytes, span: tuple[Ids, Ids]) -> tuple[Ids, Ids]:
    """Give the numbers of many packed lists, one after the other, and the first of each list and the count of numbers.

    Parameters
    ----------
    view
        All bytes, shape (bytes,).
    span
        Where each list begins and ends, of shape (lists,) each.

    Raises
    ------
    ValueError
        If the bytes end within a number.
    """
    begin, end = span
    size = end - begin
    first = np.concatenate([[0], np.cumsum(size)])
    packed = view[np.repeat(begin - first[:-1], size) + np.arange(first[-1])]
    last = packed <= _LOW
    if not last[first[1:][size > 0] - 1].all():
        raise ValueError("the bytes end within a number")
    # The numbers that end before each byte.
    before = np.concatenate([[0], np.cumsum(last)])
    numbers, _ = _numbers_at(packed, np.flatnonzero(np.concatenate([[True], last[:-1]]))[: before[-1]])
    return numbers, before[first]


def signed(numbers: Ids) -> Ids:
    """Give numbers of which the last bit holds the sign."""
    return (numbers >> 1) ^ -(numbers & 1)


def sums(steps: Ids, first: Ids) -> Ids:
    """Add up the numbers of lists, each list anew; `first` as of `lists`."""
    total = np.cumsum(steps)
    before = np.concatenate([[0], total])[first[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(first)))


def _numbers_at(view: Bytes, place: Ids) -> tuple[Ids, Ids]:
    """Give the number at each place, and the place after it, of shape (places,) each."""
    byte = view[place]
    value, after = (byte & _LOW).astype(np.int64), place + 1
    more, shift = np.flatnonzero(byte > _LOW), _BITS
    while len(more):
        byte = view[after[more]]
        value[more] |= (byte & _LOW).astype(np.int64) << shift
        after[more] += 1
        more, shift = more[byte > _LOW], shift + _BITS
    return value, after
