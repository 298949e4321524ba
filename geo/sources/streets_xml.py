"""Streets of an OpenStreetMap file in XML."""

from __future__ import annotations

from array import array
from xml.parsers import expat

import numpy as np

from geo.sources.streets_ways import BrokenFileError, Ways, places_of


def ways_of_xml(content: bytes, columns: tuple[str, ...]) -> Ways:
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
        If the XML is not well formed: most often a file that was copied in part.
    """
    heard = _Listener(columns)
    parser = expat.ParserCreate()
    parser.StartElementHandler = heard.opened
    parser.EndElementHandler = heard.closed
    try:
        parser.Parse(content, True)  # noqa: FBT003 (a function of C, without names)
    except expat.ExpatError as error:
        raise BrokenFileError(f"XML that ends or breaks at line {error.lineno}") from error
    nodes = np.array(heard.nodes, dtype=np.int64), np.array(heard.lonlat, dtype=float).reshape(-1, 2)
    references = np.array(heard.references, dtype=np.int64)
    return Ways(
        number=np.array(heard.ways, dtype=np.int64),
        first=np.concatenate([[0], np.cumsum(heard.sizes, dtype=np.int64)]),
        lonlat=places_of(references, [nodes]),
        tags=np.array(heard.tags, dtype=object).reshape(-1, len(columns)),
    )


class _Listener:
    """What the parser of XML hears: nodes, and the ways that are streets."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self.nodes, self.lonlat = array("q"), array("d")
        self.ways, self.sizes, self.references = array("q"), array("q"), array("q")
        self.tags: list[list[str | None]] = []
        self._way, self._own = 0, array("q")
        self._said: dict[str, str] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of an element."""
        try:
            if name == "nd":
                self._own.append(int(attributes["ref"]))
            elif name == "node" and "lat" in attributes:
                self.nodes.append(int(attributes["id"]))
                self.lonlat.extend((float(attributes["lon"]), float(attributes["lat"])))
            elif name == "way":
                self._way, self._own, self._said = int(attributes["id"]), array("q"), {}
            elif name == "tag":
                self._said[attributes["k"]] = attributes["v"]
        except (KeyError, ValueError) as error:
            raise BrokenFileError(f"an element <{name}> without a number") from error

    def closed(self, name: str) -> None:
        """Keep a way if it is a street."""
        if name == "way" and "highway" in self._said and self._own:
            self.ways.append(self._way)
            self.sizes.append(len(self._own))
            self.references.extend(self._own)
            self.tags.append([self._said.get(key) for key in self._columns])
        if name in {"node", "way", "relation"}:
            self._said = {}
