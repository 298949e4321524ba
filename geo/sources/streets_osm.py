"""Streets of an OpenStreetMap file, PBF or XML, read without a network by the OSM driver of GDAL."""

from __future__ import annotations

import bz2
import gzip
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from geo.errors import Fault
from geo.sources.files import UnreadableFileError
from geo.sources.streets_raw import RawStreets
from geo.sources.streets_references import BrokenFileError, References, references_of_pbf, references_of_xml
from geo.sources.streets_rules import OSM_COLUMNS, OSM_RULES

_WANTED: Final = "a whole OpenStreetMap file (.osm.pbf, .osm or .osm.bz2)"
_REMEDY: Final = "Download or cut it out again, and compare its size with that of the original."
# A closed street is a ring to walk along, not a surface; only `area=yes` makes one.
_CONFIG: Final = """\
attribute_name_laundering=no
closed_ways_are_polygons=
report_all_nodes=no
report_all_ways=no
[points]
osm_id=no
[lines]
osm_id=yes
other_tags=no
attributes={attributes}
[multipolygons]
osm_id=no
[multilinestrings]
osm_id=no
[other_relations]
osm_id=no
"""
_HEAD_BYTES: Final = 1000


def is_osm(content: bytes) -> bool:
    """Tell whether bytes are those of an OpenStreetMap file, packed or not."""
    head = content[:_HEAD_BYTES]
    return content.startswith((b"BZh", b"\x1f\x8b")) or _is_pbf(content) or b"<osm" in head


def read_osm(content: bytes, name: str) -> RawStreets:
    """Read the streets of an OpenStreetMap file.

    A file that was cut out of a larger one is read as far as it goes: a street is broken where nodes are missing, and
    the count of missing references is told.

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
    plain = _unpacked(content, name)
    try:
        references = references_of_pbf(plain) if _is_pbf(plain) else references_of_xml(plain)
    except BrokenFileError as error:
        raise UnreadableFileError(_broken(name, str(error))) from error
    frame = _without_holes(_lines(plain, name), references)
    if not len(frame):
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
    return RawStreets(
        name=name,
        kind="osm",
        frame=frame,
        rules=OSM_RULES,
        by_vertices=True,
        references=len(references.there) if references else None,
        missing=references.missing if references else None,
        lost=_lost(references),
    )


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


def _lines(content: bytes, name: str) -> gpd.GeoDataFrame:
    """Give every way with the tag ``highway`` as a line in degrees."""
    with tempfile.TemporaryDirectory(prefix="streets-") as folder:
        config = Path(folder) / "osmconf.ini"
        config.write_text(_CONFIG.format(attributes=",".join(OSM_COLUMNS)), encoding="utf-8")
        file = Path(folder) / ("streets.osm.pbf" if _is_pbf(content) else "streets.osm")
        file.write_bytes(content)
        try:
            with warnings.catch_warnings():
                # GDAL remarks on what it leaves out; what is left out is counted from the references.
                warnings.simplefilter("ignore", RuntimeWarning)
                meta, _, shapes, columns = pyogrio.raw.read(
                    file, layer="lines", where="highway IS NOT NULL", CONFIG_FILE=str(config)
                )
        except (DataLayerError, DataSourceError, FeatureError, GeometryError, ValueError) as error:
            raise UnreadableFileError(_broken(name, "data that cannot be read")) from error
    tags = {str(field): pd.Series(values, dtype=object) for field, values in zip(meta["fields"], columns, strict=True)}
    frame = pd.DataFrame(tags).rename(columns={"osm_id": "id"})
    return gpd.GeoDataFrame(frame, geometry=shapely.from_wkb(shapes), crs="EPSG:4326")


def _without_holes(frame: gpd.GeoDataFrame, references: References | None) -> gpd.GeoDataFrame:
    """Break each street where nodes are missing: no straight line over what is not known."""
    holes = references.holes() if references else {}
    if not holes:
        return frame
    ids = frame["id"].astype("int64")
    torn = np.flatnonzero(ids.isin(list(holes)).to_numpy())
    shapes = frame.geometry.to_numpy().copy()
    for row in torn:
        shapes[row] = _torn(shapes[row], holes[int(ids.iloc[row])])
    mended = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    return mended[~mended.geometry.is_empty].reset_index(drop=True)


def _torn(line: shapely.LineString, there: npt.NDArray[np.bool_]) -> shapely.MultiLineString:
    """Give the parts of a line between missing nodes; a part of one node is no line."""
    points = shapely.get_coordinates(line)
    if len(points) != int(there.sum()):
        # The reader and the references disagree on this street (a street of thousands of nodes): as the reader has it.
        return shapely.MultiLineString([line])
    run = np.cumsum(~there)[there]
    parts = [points[run == one] for one in np.unique(run)]
    return shapely.MultiLineString([part for part in parts if len(part) > 1])


def _lost(references: References | None) -> int:
    """Give the count of streets without two nodes in a row."""
    if references is None:
        return 0
    # How many times two nodes that follow each other are both there, up to each reference.
    pairs = np.concatenate([[0], np.cumsum(references.there[:-1] & references.there[1:])])
    first, after = references.first[:-1], references.first[1:]
    return int((pairs[after - 1] == pairs[first]).sum()) if len(first) else 0
