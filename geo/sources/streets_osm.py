"""Streets of an OpenStreetMap file, PBF or XML, read without a network."""

from __future__ import annotations

import bz2
import gzip
import zlib
from typing import Final

import numpy as np
import pandas as pd
import pyproj

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.streets_pbf import OtherPackingError, ways_of_pbf
from geo.sources.streets_raw import RawStreets
from geo.sources.streets_rules import OSM_COLUMNS, OSM_RULES
from geo.sources.streets_ways import BrokenFileError, Ways, vertices_of_ways
from geo.sources.streets_xml import ways_of_xml

_WANTED: Final = "a whole OpenStreetMap file (.osm.pbf, .osm or .osm.bz2)"
_REMEDY: Final = "Download or cut it out again, and compare its size with that of the original."
_HEAD_BYTES: Final = 1000


def is_osm(content: bytes) -> bool:
    """Tell whether bytes are those of an OpenStreetMap file, packed or not."""
    head = content[:_HEAD_BYTES]
    return content.startswith((b"BZh", b"\x1f\x8b")) or _is_pbf(content) or b"<osm" in head


def read_osm(content: bytes, name: str) -> RawStreets:
    """Read the streets of an OpenStreetMap file: every way with the tag ``highway``.

    A file that was cut out of a larger one is read as far as it goes: a street is broken where nodes are missing, with
    no straight line over what is not known, and the count of missing references is told.

    Parameters
    ----------
    content
        The bytes of the file, packed by bzip2 or gzip or not.
    name
        The file as the user knows it, for errors.

    Raises
    ------
    SourceError
        If the file ends too early, is damaged, is of another kind, or has no street.
    """
    ways = _ways(_unpacked(content, name), name)
    vertices = vertices_of_ways(ways)
    rows, street = np.unique(vertices.street, return_inverse=True)
    if not len(rows):
        raise UnreadableFileError(
            Fault(
                "no-street",
                name,
                None,
                "",
                "at least one street (a way with the tag 'highway')",
                "none",
                "Cut out a larger area, or keep the ways and their nodes when cutting.",
            )
        )
    frame = pd.DataFrame(ways.tags[rows], columns=list(OSM_COLUMNS), dtype=object)
    frame.insert(0, "id", ways.number[rows])
    return RawStreets(
        name=name,
        kind="osm",
        frame=frame,
        vertices=vertices._replace(street=street.reshape(-1)),
        crs=pyproj.CRS.from_epsg(4326),
        rules=OSM_RULES,
        by_vertices=True,
        references=len(ways.lonlat),
        missing=int((~ways.there).sum()),
        lost=len(ways.number) - len(rows),
    )


def _ways(content: bytes, name: str) -> Ways:
    read = ways_of_pbf if _is_pbf(content) else ways_of_xml
    try:
        return read(content, OSM_COLUMNS)
    except OtherPackingError as error:
        raise UnreadableFileError(
            Fault(
                "packed-osm",
                name,
                None,
                "",
                "an .osm.pbf file whose blocks are packed by zlib",
                str(error),
                "Write it again with 'osmium cat -f pbf,pbf_compression=zlib'.",
            )
        ) from error
    except BrokenFileError as error:
        raise UnreadableFileError(_broken(name, str(error))) from error


def _is_pbf(content: bytes) -> bool:
    return b"OSMHeader" in content[:64]


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        if content.startswith(b"BZh"):
            plain = bz2.decompress(content)
        elif content.startswith(b"\x1f\x8b"):
            plain = gzip.decompress(content)
        else:
            return content
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableFileError(_broken(name, "a packed file that ends or breaks")) from error
    if not (_is_pbf(plain) or b"<osm" in plain[:_HEAD_BYTES]):
        raise UnreadableFileError(_broken(name, "another kind of file in the archive"))
    return plain


def _broken(name: str, got: str) -> Fault:
    return Fault("broken-osm", name, None, "", _WANTED, got, _REMEDY, {"reason": got})
