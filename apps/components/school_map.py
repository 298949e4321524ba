"""The interactive school map: a Streamlit component whose browser half is ``school_map.js``.

Outlines travel once, by address (see ``apps/assets.py``); between two runs only ids, colours and labels travel.
The map needs ``server.enableStaticServing`` and a ``static/`` folder filled by ``prepare_static``.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import streamlit as st

LAYER_NAMES: Final = ("units", "sectors_base", "streets", "water", "rails", "zones")
TEXT_KEYS: Final = (
    "attribution", "box", "box_hint", "clear", "fit", "lang", "layer_failed", "loading", "map", "moved", "no_school",
    "no_webgl", "selected_many", "selected_none", "selected_one", "shared", "toolbar", "zoom_in", "zoom_out",
)  # fmt: skip

_FOLDER: Final = Path(__file__).parent
# The code comes by address too, or its text would be sent again at every run.
_LOADER: Final = """
export default async function (component) {
  const code = await import(new URL(component.data.assets.js, document.baseURI).href);
  return code.default(component);
}
"""


@dataclass(frozen=True)
class SchoolMark:
    """One school as the map shows it: its place, the colour of its units, and its words.

    ``fill`` is ``#rrggbb``; ``label`` stands beside the symbol where there is room; ``text`` (plain, lines allowed)
    is under the pointer; ``pattern`` hatches the units of the school, so that a state is seen without colours.
    """

    id: str
    name: str
    lon: float
    lat: float
    fill: str
    label: str = ""
    text: str = ""
    pattern: Literal["", "diagonal", "cross", "dots"] = ""


@dataclass(frozen=True)
class MapPaint:
    """All that changes from run to run: the schools, and ids.

    ``moves`` holds only what differs from the ``school`` written in the units layer (unit id -> school id).
    """

    schools: Sequence[SchoolMark]
    moves: Mapping[str, str] = field(default_factory=dict)
    selected: Sequence[str] = ()
    shared: Collection[str] = ()


class MapView(NamedTuple):
    """The part of the ground to show [degrees]. The map moves only when it changes between two runs."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class MapEvent:
    """What the person did on the map since the last run.

    ``unit_ids`` is the whole selection after the gesture, whatever its kind: gestures that come faster than runs
    are then never lost. ``serial`` grows with each gesture of a session (0: none).
    """

    kind: Literal["click", "box", "school", "none"]
    unit_ids: tuple[str, ...] = ()
    school_id: str | None = None
    serial: int = 0


def school_map(
    *,
    layers: Mapping[str, str],
    view: MapView,
    paint: MapPaint,
    texts: Mapping[str, str],
    key: str,
    height: int = 620,
) -> MapEvent:
    """Draw the map and tell what was done on it, once per gesture.

    An app that changes ``paint`` because of a gesture calls `take_event` before it computes ``paint``: the answer
    is then on the screen after one run, and this function returns a "none" event. Not for use inside ``st.form``.

    Parameters
    ----------
    layers
        Layer name (one of ``LAYER_NAMES``) -> address of its GeoJSON, as `assets.publish_layer` returns it. The
        units are polygons that meet vertex for vertex, with the properties ``id``, ``school`` and ``label``.
    view
        The ground shown at first, and by the "whole map" button.
    paint
        Colours, moves and selection.
    texts
        Every word shown, under ``TEXT_KEYS``; ``layer_failed`` may hold ``{layer}``, ``selected_many`` ``{n}`` and
        ``moved`` ``{school}`` (today's). Optional ``layer_units``, ``layer_streets``... name the layers.
    key
        Name of the map in the session.
    height
        Height of the map [px].

    Raises
    ------
    ValueError
        If a text is missing, a layer has an unknown name, or a school has no place or no ``#rrggbb`` colour.
    """
    _check(layers, paint, texts)
    waiting = st.session_state.get(_event_key(key), MapEvent("none"))
    selected = paint.selected if waiting.kind == "none" else waiting.unit_ids
    data = {
        "assets": _asset_urls(),
        "layers": dict(layers),
        "view": list(view),
        "paint": {
            "schools": [asdict(school) for school in paint.schools],
            "moves": dict(paint.moves),
            "selected": list(selected),
            "shared": sorted(paint.shared),
        },
        "texts": dict(texts),
        "height": height,
        "serial": st.session_state.get(_serial_key(key), 0),
    }
    _component()(key=key, data=data, on_picked_change=lambda: _remember(key))
    return take_event(key)


def take_event(key: str) -> MapEvent:
    """Take the gesture that caused this run, so that it is handled once; a "none" event if there is none."""
    event: MapEvent = st.session_state.pop(_event_key(key), MapEvent("none"))
    return event


def _remember(key: str) -> None:
    """Keep the gesture: Streamlit calls this before the run that the gesture causes."""
    event = _read_event(st.session_state[key]["picked"])
    st.session_state[_event_key(key)] = event
    st.session_state[_serial_key(key)] = event.serial


def _read_event(sent: Mapping[str, Any]) -> MapEvent:
    return MapEvent(sent["kind"], tuple(sent["units"]), sent["school"], int(sent["serial"]))


def _event_key(key: str) -> str:
    return f"{key} event"


def _serial_key(key: str) -> str:
    return f"{key} serial"


def _check(layers: Mapping[str, str], paint: MapPaint, texts: Mapping[str, str]) -> None:
    if missing := [name for name in TEXT_KEYS if name not in texts]:
        raise ValueError(f"school map: missing texts {', '.join(missing)}")
    if unknown := sorted(set(layers) - set(LAYER_NAMES)):
        raise ValueError(f"school map: unknown layers {', '.join(unknown)}, expected some of {', '.join(LAYER_NAMES)}")
    for school in paint.schools:
        if not (math.isfinite(school.lon) and math.isfinite(school.lat)):
            raise ValueError(f"school map: school {school.id} has no place: lon {school.lon}, lat {school.lat}")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", school.fill):
            raise ValueError(f"school map: school {school.id}: expected a colour like #1a9850, got {school.fill!r}")


@cache
def _component() -> Any:  # noqa: ANN401 - Streamlit names this type differently from release to release
    return st.components.v2.component("cartable_school_map", html='<div class="sm-root"></div>', js=_LOADER)


@cache
def _asset_urls() -> dict[str, str]:
    """Addresses that change with the files, so that no browser keeps an old one."""
    return {
        "js": f"app/static/components/school_map.js?v={_digest('school_map.js')}",
        "css": f"app/static/components/school_map.css?v={_digest('school_map.css')}",
        "maplibre_js": f"app/static/maplibre/maplibre-gl.js?v={version('maplibre')}",
        "maplibre_css": f"app/static/maplibre/maplibre-gl.css?v={version('maplibre')}",
    }


def _digest(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]
