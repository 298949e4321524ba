"""Files of the scenario in hand, made when they are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import computed
import streamlit as st
from views.frame import prose
from visits import Visit

from geo.council.exports import scenario_geopackage, school_csv
from geo.council.maps import draw_map, write_map
from geo.council.webmap import web_map
from geo.council.words import say
from geo.errors import GeoError

TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
    "pdf": "application/pdf",
    "png": "image/png",
    "html": "text/html",
}


def download_panel(visit: Visit) -> None:
    """Draw the choice of a kind of file; what takes seconds is made when asked for."""
    lang = visit.lang
    kind = st.radio(
        say("app.files.kind", lang),
        list(TYPES),
        format_func=lambda one: say(f"app.files.{one}", lang),
        key="file_kind",
    )
    if kind != "json" and not st.button(say("app.files.make", lang), key="make_file"):
        return
    name = f"{visit.city.code}-{visit.level}-{visit.work.scenario.key}.{kind}"
    hand_over(visit, kind, _MAKERS[kind], name=name, key="download")


def hand_over(visit: Visit, told: str, make: Callable[[Visit], bytes], *, name: str, key: str) -> None:
    """Make a file, kept under `told` with the scenario in hand, and draw the button that hands it over."""
    lang = visit.lang
    try:
        with st.spinner(say("app.files.making", lang)):
            content = computed.made_file(told, make, visit)
    except GeoError as error:
        st.error(prose(say("app.files.failed", lang)) + "\n\n" + prose(str(error)))
        return
    st.download_button(
        say("app.files.download", lang, file=name),
        content,
        file_name=name,
        mime=TYPES[name.rsplit(".", 1)[-1]],
        on_click="ignore",
        type="primary",
        key=key,
    )


def _json(visit: Visit, path: Path) -> None:
    path.write_text(visit.work.scenario.to_json(), encoding="utf-8", newline="\n")


def _csv(visit: Visit, path: Path) -> None:
    school_csv(visit.city, visit.today, visit.proposed, path=path)


def _geopackage(visit: Visit, path: Path) -> None:
    scenario_geopackage(visit.city, visit.today, visit.proposed, path=path)


def _sheet(visit: Visit, path: Path) -> None:
    write_map(draw_map(visit.city, visit.proposed, visit.lang), path)


def _page(visit: Visit, path: Path) -> None:
    path.write_text(web_map(visit.city, visit.proposed, visit.lang), encoding="utf-8", newline="\n")


def _bytes(kind: str, write: Callable[[Visit, Path], None]) -> Callable[[Visit], bytes]:
    """Give what makes a file and hands over its content."""

    def make(visit: Visit) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file.{kind}"
            write(visit, path)
            return path.read_bytes()

    return make


_WRITERS = {"json": _json, "csv": _csv, "gpkg": _geopackage, "pdf": _sheet, "png": _sheet, "html": _page}
_MAKERS = {kind: _bytes(kind, write) for kind, write in _WRITERS.items()}
