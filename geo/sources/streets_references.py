"""The nodes that the ways of an OpenStreetMap file name, and which of them the file lacks.

A file that was cut out of a larger one names nodes that it does not hold. The reader of lines leaves them out without
a word and joins what is left by a straight line; here they are counted, and the place of each hole is given.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

import numpy as np
import numpy.typing as npt
from numba import njit

Ids = npt.NDArray[np.int64]

_KEY: Final = np.frombuffer(b"highway", dtype=np.uint8)
_RAW, _ZLIB = 1, 3
_SIZE_BYTES: Final = 4
_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5


class BrokenFileError(ValueError):
    """The bytes end too early or are not what they should be; says what was found."""


@dataclass(frozen=True, eq=False)
class References:
    """What the streets of a file refer to.

    Attributes
    ----------
    way
        Number of each street, shape (streets,).
    first
        First reference of each street and the count of references, shape (streets + 1,).
    there
        Whether the node of each reference is in the file, shape (references,).
    """

    way: Ids
    first: Ids
    there: npt.NDArray[np.bool_]

    @property
    def missing(self) -> int:
        """Count of references to nodes that are not in the file."""
        return int((~self.there).sum())

    @property
    def found(self) -> Ids:
        """Nodes of each street that are in the file, shape (streets,)."""
        return np.add.reduceat(self.there, self.first[:-1]).astype(np.int64) if len(self.way) else self.way

    def holes(self) -> dict[int, npt.NDArray[np.bool_]]:
        """Give for each street with holes which of its nodes are there."""
        several = self.found < np.diff(self.first)
        return {
            int(self.way[row]): self.there[self.first[row] : self.first[row + 1]] for row in np.flatnonzero(several)
        }


def references_of_xml(content: bytes) -> References:
    """Give the references of the streets of an OpenStreetMap file in XML.

    Raises
    ------
    BrokenFileError
        If the XML is not well formed: most often a file that was copied in part.
    """
    listener = _Listener()
    parser = expat.ParserCreate()
    parser.StartElementHandler = listener.opened
    parser.EndElementHandler = listener.closed
    try:
        parser.Parse(content, True)  # noqa: FBT003 (a function of C, without names)
    except expat.ExpatError as error:
        raise BrokenFileError(f"XML that ends or breaks at line {error.lineno}") from error
    nodes = np.array(listener.nodes, dtype=np.int64)
    return _references(nodes, (np.array(listener.ways), np.array(listener.sizes), np.array(listener.refs)))


class _Listener:
    """What the parser of XML hears."""

    def __init__(self) -> None:
        self.nodes: list[int] = []
        self.ways: list[int] = []
        self.sizes: list[int] = []
        self.refs: list[int] = []
        self._own: list[int] = []
        self._way = 0
        self._street = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of an element."""
        try:
            if name == "nd":
                self._own.append(int(attributes["ref"]))
            elif name == "node":
                self.nodes.append(int(attributes["id"]))
            elif name == "way":
                self._way, self._own, self._street = int(attributes["id"]), [], False
            elif name == "tag" and attributes.get("k") == "highway":
                self._street = True
        except (KeyError, ValueError) as error:
            raise BrokenFileError(f"an element <{name}> without a number") from error

    def closed(self, name: str) -> None:
        """Keep a way if it is a street."""
        if name == "way":
            if self._street and self._own:
                self.ways.append(self._way)
                self.sizes.append(len(self._own))
                self.refs += self._own
            self._street = False
        elif name in {"node", "relation"}:
            self._street = False


def references_of_pbf(content: bytes) -> References | None:
    """Give the references of the streets of an OpenStreetMap file in PBF; None if it is packed in an unusual way.

    Raises
    ------
    BrokenFileError
        If the file ends too early or a block of it is damaged.
    """
    nodes, ways = [], []
    for block in _blocks(content):
        if block is None:
            return None
        view = np.frombuffer(block, dtype=np.uint8)
        try:
            own, way, size, refs = _scan(view, _KEY)
        except (IndexError, ValueError) as error:
            raise BrokenFileError("a damaged block of data") from error
        nodes.append(own)
        ways.append((way, size, refs))
    if not ways:
        return _references(np.empty(0, np.int64), (np.empty(0, np.int64),) * 3)
    way, size, refs = (np.concatenate([one[part] for one in ways]) for part in range(3))
    return _references(np.concatenate(nodes), (way, size, refs))


def _references(nodes: Ids, ways: tuple[Ids, Ids, Ids]) -> References:
    way, size, refs = (part.astype(np.int64) for part in ways)
    ordered = nodes if len(nodes) and (np.diff(nodes) > 0).all() else np.unique(nodes)
    place = np.searchsorted(ordered, refs)
    there = np.zeros(len(refs), dtype=bool)
    inside = place < len(ordered)
    there[inside] = ordered[place[inside]] == refs[inside]
    return References(way, np.concatenate([[0], np.cumsum(size)]).astype(np.int64), there)


# The form of a PBF file: blocks, each a message of numbered fields -------------------------------------------------


def _blocks(content: bytes) -> Iterator[bytes | None]:
    """Give the data of each block; None for one that is packed in an unusual way."""
    place = 0
    while place < len(content):
        size = int.from_bytes(content[place : place + _SIZE_BYTES], "big")
        head = dict(_fields(content[place + _SIZE_BYTES : place + _SIZE_BYTES + size]))
        place += _SIZE_BYTES + size
        length = head.get(3)
        if not isinstance(length, int) or place + length > len(content):
            raise BrokenFileError(f"{len(content)} bytes that end within a block")
        if head.get(1) == b"OSMData":
            yield _unpacked(dict(_fields(content[place : place + length])))
        place += length


def _unpacked(blob: dict[int, bytes | int]) -> bytes | None:
    packed, raw = blob.get(_ZLIB), blob.get(_RAW)
    if isinstance(packed, bytes):
        try:
            return zlib.decompress(packed)
        except zlib.error as error:
            raise BrokenFileError("a damaged block of data") from error
    return raw if isinstance(raw, bytes) else None


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Give the number and the value of each field of a short message."""
    view = np.frombuffer(message, dtype=np.uint8)
    place = 0
    while place < len(view):
        try:
            number, kind, start, place = _field(view, place)
        except (IndexError, ValueError) as error:
            raise BrokenFileError(f"{len(message)} bytes that are no block") from error
        yield number, message[start:place] if kind == _BYTES else start


@njit(cache=True)
def _varint(view: npt.NDArray[np.uint8], place: int) -> tuple[int, int]:
    """Give a number written with seven bits a byte, and the place after it."""
    value, shift = 0, 0
    while True:
        if place >= len(view):
            raise ValueError("the bytes end within a number")
        byte = int(view[place])
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 (the eighth bit says that more follows)
            return value, place
        shift += 7


@njit(cache=True)
def _field(view: npt.NDArray[np.uint8], place: int) -> tuple[int, int, int, int]:
    """Give number and kind of a field, its value or the place where its bytes begin, and the place after it."""
    key, place = _varint(view, place)
    kind = key & 7
    if kind == _VARINT:
        value, place = _varint(view, place)
        return key >> 3, kind, value, place
    if kind == _BYTES:
        size, place = _varint(view, place)
    elif kind == _LONG:
        size = 8
    elif kind == _SHORT:
        size = 4
    else:
        raise ValueError("a kind of field that does not exist")
    if size < 0 or place + size > len(view):
        raise ValueError("the bytes end within a field")
    return key >> 3, kind, place, place + size


@njit(cache=True)
def _scan(view: npt.NDArray[np.uint8], word: npt.NDArray[np.uint8]) -> tuple[Ids, Ids, Ids, Ids]:
    """Give the nodes of a block, and its streets: numbers, counts of references, and references."""
    nodes, refs = np.empty(len(view), np.int64), np.empty(len(view), np.int64)
    ways, sizes = np.empty(len(view), np.int64), np.empty(len(view), np.int64)
    node, way, ref, key, place = 0, 0, 0, -1, 0
    while place < len(view):
        number, _, group, place = _field(view, place)
        if number == 1:
            key = _index(view[group:place], word)
        while number == 2 and group < place:  # noqa: PLR2004 (a group of elements)
            kind, _, start, group = _field(view, group)
            if kind == 1:
                node = _plain_node(view[start:group], nodes, node)
            elif kind == 2:  # noqa: PLR2004 (nodes in one list)
                node = _dense_nodes(view[start:group], nodes, node)
            elif kind == 3:  # noqa: PLR2004 (a way)
                ways[way], sizes[way] = _street(view[start:group], key, refs[ref:])
                ref += sizes[way]
                way += sizes[way] > 0
    return nodes[:node].copy(), ways[:way].copy(), sizes[:way].copy(), refs[:ref].copy()


@njit(cache=True)
def _index(view: npt.NDArray[np.uint8], word: npt.NDArray[np.uint8]) -> int:
    """Give the number of a word in the table of words; -1 if it is not there."""
    count, place = 0, 0
    while place < len(view):
        _, _, start, place = _field(view, place)
        if place - start == len(word) and np.all(view[start:place] == word):
            return count
        count += 1
    return -1


@njit(cache=True)
def _plain_node(view: npt.NDArray[np.uint8], nodes: Ids, count: int) -> int:
    place = 0
    while place < len(view):
        number, _, value, place = _field(view, place)
        if number == 1:
            nodes[count] = (value >> 1) ^ -(value & 1)
            return count + 1
    return count


@njit(cache=True)
def _dense_nodes(view: npt.NDArray[np.uint8], nodes: Ids, count: int) -> int:
    place = 0
    while place < len(view):
        number, _, start, place = _field(view, place)
        if number == 1:
            return count + _unfolded(view[start:place], nodes[count:])
    return count


@njit(cache=True)
def _unfolded(view: npt.NDArray[np.uint8], out: Ids) -> int:
    """Write numbers that are given by their differences, and give their count."""
    place, count, total = 0, 0, 0
    while place < len(view):
        value, place = _varint(view, place)
        total += (value >> 1) ^ -(value & 1)
        out[count] = total
        count += 1
    return count


@njit(cache=True)
def _street(view: npt.NDArray[np.uint8], key: int, refs: Ids) -> tuple[int, int]:
    """Give the number of a way and the count of its references; 0 if it is no street."""
    place, way, count, street = 0, 0, 0, False
    while place < len(view):
        number, _, start, place = _field(view, place)
        if number == 1:
            way = start
        elif number == 2:  # noqa: PLR2004 (its keys)
            at = start
            while at < place:
                value, at = _varint(view, at)
                street = street or value == key
        elif number == 8:  # noqa: PLR2004 (its references)
            count = _unfolded(view[start:place], refs)
    return way, count if street else 0
