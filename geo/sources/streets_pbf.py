"""Streets of an OpenStreetMap file in PBF: blocks of packed messages, of nodes and of ways.

The file is gone through twice, for the nodes come first: once it is known which of them streets name, the others take
no room.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.sources.streets_messages import Bytes, Ids, Span, fields, lists, signed, spans, sums
from geo.sources.streets_ways import BrokenFileError, Floats, Texts, Ways, places_of

_SIZE_BYTES: Final = 4
_NANODEGREES: Final = 1e9
# Fields, by their numbers in the description of the format.
_HEAD_KIND, _HEAD_SIZE = 1, 3
_RAW, _ZLIB = 1, 3
_WORDS, _GROUP, _GRANULARITY, _LAT_OFFSET, _LON_OFFSET = 1, 2, 17, 19, 20
_NODE, _DENSE, _WAY = 1, 2, 3
_ID, _LAT, _LON = 1, 8, 9
_KEYS, _VALUES, _REFERENCES = 2, 3, 8


class OtherPackingError(BrokenFileError):
    """The file may be whole, but its blocks are packed by something else than zlib."""


class _Block(NamedTuple):
    """One block unpacked, where its words and its groups of elements are, and how places are counted [nanodegrees]."""

    data: bytes
    words: Span
    groups: list[tuple[int, Span]]
    step: int
    lon: int
    lat: int


class _Streets(NamedTuple):
    """The streets of one group: number, count of references, the references of all, and what is said of each."""

    number: Ids
    size: Ids
    references: Ids
    tags: Texts


def ways_of_pbf(content: bytes, columns: tuple[str, ...]) -> Ways:
    """Give the streets of a file.

    Parameters
    ----------
    content
        The bytes of the file.
    columns
        Keys of the tags that are wanted.

    Raises
    ------
    BrokenFileError
        If the file ends too early, or a block of it is damaged or packed in an unusual way.
    """
    try:
        return _ways(content, columns)
    except (IndexError, ValueError, zlib.error) as error:
        raise BrokenFileError("a damaged block of data") from error


def _ways(content: bytes, columns: tuple[str, ...]) -> Ways:
    none = np.empty(0, dtype=np.int64)
    found = [_Streets(none, none, none, np.empty((0, len(columns)), dtype=object))]
    with_nodes = []
    for packed in _packed_blocks(content):
        block = _block(_unpacked(content, packed))
        found += [_streets(block, span, columns) for kind, span in block.groups if kind == _WAY]
        if any(kind in {_NODE, _DENSE} for kind, _ in block.groups):
            with_nodes.append(packed)
    number, size, references, tags = (np.concatenate(parts) for parts in zip(*found, strict=True))
    nodes = (own for packed in with_nodes for own in _nodes(_block(_unpacked(content, packed))))
    return Ways(number, np.concatenate([[0], np.cumsum(size)]), places_of(references, nodes), tags)


# Blocks -----------------------------------------------------------------------------------------------------------


def _packed_blocks(content: bytes) -> Iterator[Span]:
    """Give where each block of data begins and ends."""
    place = 0
    while place < len(content):
        head = place + _SIZE_BYTES
        place = head + int.from_bytes(content[place:head], "big")
        _check_whole(content, place)
        said = {number: (begin, end) for number, begin, end in fields(content, (head, place))}
        begin, place = place, place + said.get(_HEAD_SIZE, (0, 0))[0]
        _check_whole(content, place)
        if content[slice(*said.get(_HEAD_KIND, (0, 0)))] == b"OSMData":
            yield begin, place


def _check_whole(content: bytes, place: int) -> None:
    if place > len(content):
        raise BrokenFileError(f"{len(content)} bytes that end within a block")


def _unpacked(content: bytes, span: Span) -> bytes:
    said = {number: slice(begin, end) for number, begin, end in fields(content, span)}
    if _ZLIB in said:
        return zlib.decompress(memoryview(content)[said[_ZLIB]])
    if _RAW in said:
        return content[said[_RAW]]
    raise OtherPackingError("blocks packed by something else than zlib")


def _block(data: bytes) -> _Block:
    words, groups = (0, 0), []
    counted = {_GRANULARITY: 100, _LON_OFFSET: 0, _LAT_OFFSET: 0}
    for number, begin, end in fields(data, (0, len(data))):
        if number == _WORDS:
            words = begin, end
        elif number == _GROUP and begin < end:
            # All elements of a group are of one kind.
            kind, _, _ = next(fields(data, (begin, end)))
            groups.append((kind, (begin, end)))
        elif number in counted:
            # Numbers below zero are written as if they were counted from two to the power of 64.
            counted[number] = begin - ((begin >> 63) << 64)
    return _Block(data, words, groups, *counted.values())


# Streets ----------------------------------------------------------------------------------------------------------


def _streets(block: _Block, group: Span, columns: tuple[str, ...]) -> _Streets:
    view = np.frombuffer(block.data, dtype=np.uint8)
    words = [block.data[begin:end] for _, begin, end in fields(block.data, block.words)]
    own = spans(view, _elements(block, group, _WAY), (_ID, _KEYS, _VALUES, _REFERENCES))
    keys, first = lists(view, own[_KEYS])
    street = np.zeros(len(first) - 1, dtype=bool)
    street[np.repeat(np.arange(len(street)), np.diff(first))[keys == _place_of(words, b"highway")]] = True
    street &= own[_REFERENCES][1] > own[_REFERENCES][0]
    keys, first = lists(view, _rows(own[_KEYS], street))
    values, _ = lists(view, _rows(own[_VALUES], street))
    steps, first_step = lists(view, _rows(own[_REFERENCES], street))
    tags = _tags(words, (keys, values, first), columns)
    return _Streets(own[_ID][0][street], np.diff(first_step), sums(signed(steps), first_step), tags)


def _elements(block: _Block, group: Span, kind: int) -> tuple[Ids, Ids]:
    """Give where each element of a group begins and ends."""
    own = [(begin, end) for number, begin, end in fields(block.data, group) if number == kind]
    begin, end = np.array(own, dtype=np.int64).T
    return begin, end


def _rows(span: tuple[Ids, Ids], kept: npt.NDArray[np.bool_]) -> tuple[Ids, Ids]:
    return span[0][kept], span[1][kept]


def _place_of(words: list[bytes], word: bytes) -> int:
    return words.index(word) if word in words else -1


def _tags(words: list[bytes], said: tuple[Ids, Ids, Ids], columns: tuple[str, ...]) -> Texts:
    """Give the texts that stand under some keys, None where nothing does, shape (streets, columns).

    Parameters
    ----------
    words
        The words of the block.
    said
        Word of each key and of each value, and the first of each street and the count of them.
    columns
        The keys.
    """
    keys, values, first = said
    column_of = np.full(len(words), -1)
    for row, key in enumerate(columns):
        place = _place_of(words, key.encode())
        if place >= 0:
            column_of[place] = row
    column = column_of[keys]
    wanted = column >= 0
    used, rank = np.unique(values[wanted], return_inverse=True)
    texts = np.array([*(words[one].decode(errors="replace") for one in used), None], dtype=object)
    cell = np.full((len(first) - 1, len(columns)), len(used))
    cell[np.repeat(np.arange(len(first) - 1), np.diff(first))[wanted], column[wanted]] = rank
    return np.asarray(texts[cell])


# Nodes ------------------------------------------------------------------------------------------------------------


def _nodes(block: _Block) -> Iterator[tuple[Ids, Floats]]:
    """Give the numbers and places [degrees] of the nodes of a block."""
    view = np.frombuffer(block.data, dtype=np.uint8)
    for kind, group in block.groups:
        if kind not in {_NODE, _DENSE}:
            continue
        own = spans(view, _elements(block, group, kind), (_ID, _LON, _LAT))
        number, lon, lat = (_dense(view, span) if kind == _DENSE else signed(span[0]) for span in own.values())
        degrees = [(offset + block.step * part) / _NANODEGREES for part, offset in ((lon, block.lon), (lat, block.lat))]
        yield number, np.stack(degrees, axis=1)


def _dense(view: Bytes, span: tuple[Ids, Ids]) -> Ids:
    steps, first = lists(view, span)
    return sums(signed(steps), first)
