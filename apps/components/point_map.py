"""A map of shapes and numbered marks on which a place can be clicked; its browser half is ``point_map.js``.

It shares the frame, the library and the small tools of the school map, see ``school_map.js``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st
from components.school_map import MapView

TEXT_KEYS: Final = (
    "attribution", "fit", "lang", "layer_failed", "loading", "map", "no_webgl", "toolbar", "zoom_in", "zoom_out",
)  # fmt: skip

_LAYERS: Final = ("water", "streets", "rails", "areas", "sectors", "catchments")
_FOLDER: Final = Path(__file__).parent
_LOADER: Final = """
export default async function (component) {
  const load = (path) => import(new URL(path, document.baseURI).href);
  const [shared, own] = await Promise.all([load(component.data.assets.kit), load(component.data.assets.js)]);
  return own.default(component, shared.kit);
}
"""


@dataclass(frozen=True)
class Mark:
    """A numbered place: ``label`` stands in the mark, ``name`` and ``text`` (lines allowed) under the pointer.

    ``fill`` and ``ink`` are ``#rrggbb``; the chosen mark has a ring.
    """

    id: str
    name: str
    text: str
    label: str
    lon: float
    lat: float
    fill: str
    ink: str
    chosen: bool = False


@dataclass(frozen=True)
class Tap:
    """What the person did on the map since the last run: clicked a mark, or a place [degrees]."""

    kind: Literal["mark", "point", "none"]
    mark: str | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Content:
    """What the map shows.

    ``shapes`` is GeoJSON in degrees; each feature has a ``kind`` (``commune, yard, building, shade, new_shade, tree,
    planted, hand_stem, budget_stem, own_walk, nearest_walk, home``), and a yard may have its ``fill``. The map moves
    only when ``view`` changes between two runs. A click on the ground is told where it is ``clickable``.
    """

    shapes: Mapping[str, Any]
    view: MapView
    marks: Sequence[Mark] = ()
    clickable: bool = False


def point_map(content: Content, *, layers: Mapping[str, str], texts: Mapping[str, str], key: str, height: int) -> None:
    """Draw the map; what is done on it is told by `take_tap` at the beginning of the run that it causes.

    Parameters
    ----------
    content
        What it shows.
    layers
        Address of the GeoJSON of ``streets, water, rails``, as `assets.publish_layer` returns it, and of what is
        painted between them: ``areas`` with their ``code``, ``fill`` and ``hatch`` (empty, ``diagonal`` or ``pale``),
        ``sectors`` and ``catchments`` with their ``name``.
    texts
        Every word shown, under ``TEXT_KEYS``. What the pointer tells: ``class_`` and the code of an area,
        ``tip_sectors`` and ``tip_catchments`` with ``{name}``.
    key
        Name of the map in the session.
    height
        Height of the map [px].
    clickable
        Whether a click on the ground is told.

    Raises
    ------
    ValueError
        If a text is missing.
    """
    if missing := [name for name in TEXT_KEYS if name not in texts]:
        raise ValueError(f"point map: missing texts {', '.join(missing)}")
    data = {
        "assets": _asset_urls(),
        "layers": {name: layers[name] for name in _LAYERS if name in layers},
        "shapes": dict(content.shapes),
        "marks": [asdict(mark) for mark in content.marks],
        "clickable": content.clickable,
        "view": list(content.view),
        "texts": dict(texts),
        "height": height,
        "serial": st.session_state.get(f"{key} serial", 0),
    }
    _component()(key=key, data=data, on_tapped_change=lambda: _remember(key))


def take_tap(key: str) -> Tap:
    """Take the gesture that caused this run, so that it is handled once; a "none" tap if there is none."""
    tap: Tap = st.session_state.pop(f"{key} tap", Tap("none"))
    return tap


def _remember(key: str) -> None:
    """Keep the gesture: Streamlit calls this before the run that the gesture causes."""
    sent = st.session_state[key]["tapped"]
    st.session_state[f"{key} tap"] = Tap(sent["kind"], sent["mark"], sent["lon"], sent["lat"])
    st.session_state[f"{key} serial"] = int(sent["serial"])


@cache
def _component() -> Any:  # noqa: ANN401 - Streamlit names this type differently from release to release
    return st.components.v2.component("cartable_point_map", html='<div class="sm-root pm-root"></div>', js=_LOADER)


@cache
def _asset_urls() -> dict[str, str]:
    """Addresses that change with the files, so that no browser keeps an old one."""
    own = {"kit": "school_map.js", "js": "point_map.js", "css": "school_map.css", "own_css": "point_map.css"}
    return {
        **{name: f"app/static/components/{file}?v={_digest(file)}" for name, file in own.items()},
        "maplibre_js": f"app/static/maplibre/maplibre-gl.js?v={version('maplibre')}",
        "maplibre_css": f"app/static/maplibre/maplibre-gl.css?v={version('maplibre')}",
    }


def _digest(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]
