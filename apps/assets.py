"""The files that the app serves to browsers: MapLibre GL and Leaflet from their wheels, our components, map layers.

Everything under ``static/`` is sent to anyone who knows the address, without a login. Only public geometry may go
there (ids, outlines, names): never a count of children, nor anything else that a session should guard.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

_KEPT_VERSIONS: Final = 8
_COMPONENTS: Final = ("school_map.js", "school_map.css", "point_map.js", "point_map.css")
# Wheel -> folder of its files in it, folder to serve them from, names.
_WHEELS: Final = {
    "maplibre": ("maplibre/srcjs", "maplibre", ("maplibre-gl.js", "maplibre-gl.css")),
    "django-js-lib-leaflet": ("js_lib_leaflet/static/js_lib_leaflet", "leaflet", ("leaflet.js", "leaflet.css")),
}


def prepare_static(folder: Path) -> None:
    """Fill the folder that Streamlit serves at ``/app/static`` with the code that the maps need.

    MapLibre GL and Leaflet are taken from the installed wheels ``maplibre`` and ``django-js-lib-leaflet``. A file is
    written only when it is absent or differs, under a temporary name first, so that several servers may start at once.

    Parameters
    ----------
    folder
        The ``static`` folder beside the script of the app; made if absent.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If one of the two wheels is not installed.
    """
    for wheel, (within, served, names) in _WHEELS.items():
        # Located, not imported: importing a package may set up logging for the whole process.
        installed = distribution(wheel)
        for name in names:
            _put(folder / served / name, Path(str(installed.locate_file(f"{within}/{name}"))).read_bytes())
    for name in _COMPONENTS:
        _put(folder / "components" / name, (Path(__file__).parent / "components" / name).read_bytes())


def publish_layer(folder: Path, name: str, text: str) -> str:
    """Serve a map layer as a file, and return its address relative to the app.

    Static files are read without a login: public geometry only (ids, outlines, names), never counts of children.
    The address holds a hash of the text, so that it changes with it and browsers may keep what they have. The last
    eight versions of each name are kept.

    Parameters
    ----------
    folder
        The ``static`` folder beside the script of the app.
    name
        Name of the layer: lower-case letters, digits and underscores.
    text
        The layer as GeoJSON in degrees (WGS 84).

    Raises
    ------
    ValueError
        If the name has other characters.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"layer name: expected lower-case letters, digits and underscores, got {name!r}")
    data = text.encode()
    path = folder / "layers" / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.geojson"
    try:
        os.utime(path)  # in use again: the last to be pruned
    except FileNotFoundError:
        _put(path, data)
        _prune(path.parent, name)
    return f"app/static/layers/{path.name}"


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, unless it is already so."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _prune(folder: Path, name: str) -> None:
    versions = sorted(folder.glob(f"{name}-*.geojson"), key=_last_use, reverse=True)
    for old in versions[_KEPT_VERSIONS:]:
        old.unlink(missing_ok=True)


def _last_use(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another server has just pruned it
        return 0
