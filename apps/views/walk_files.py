"""Files of walks to school, made when they are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import computed
import streamlit as st
from views.files import hand_over
from visits import Visit

from geo.council.catchments import school_rows
from geo.council.exports import rounded, write_csv
from geo.council.maps import write_map
from geo.council.walkfiles import walk_geopackage
from geo.council.walkmap import draw_walk_map
from geo.council.walkpage import walk_page
from geo.council.words import say
from geo.planning.catchments import Catchments

_KINDS = ("pdf", "png", "html", "gpkg", "csv")


def files_panel(visit: Visit, found: Catchments) -> None:
    """Draw the choice of a kind of file, and the file once it is made."""
    lang = visit.lang
    st.header(say("app.catchments.files.title", lang), anchor=False)
    kind = st.radio(
        say("app.files.kind", lang),
        _KINDS,
        format_func=lambda one: say(f"app.catchments.files.{one}", lang),
        key="walk_file_kind",
    )
    if not st.button(say("app.files.make", lang), key="walk_make_file"):
        return
    told = f"walks {kind} {found.scenario.key} {found.choices.model_dump_json()}"
    name = f"{visit.city.code}-{visit.level}-catchments-{found.scenario.key}.{kind}"
    hand_over(visit, told, _maker(kind, found), name=name, key="walk_download")


def _maker(kind: str, found: Catchments) -> Callable[[Visit], bytes]:
    """Give what makes a file and hands over its content."""

    def make(visit: Visit) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"file.{kind}"
            _write(visit, found, path)
            return path.read_bytes()

    return make


def _write(visit: Visit, found: Catchments, path: Path) -> None:
    city, lang = visit.city, visit.lang
    if path.suffix == ".csv":
        write_csv(rounded(school_rows(city, found)), path)
        return
    ground = computed.walk_areas_of(visit, found)
    if path.suffix == ".gpkg":
        walk_geopackage(city, found, ground, path=path)
    elif path.suffix == ".html":
        path.write_text(walk_page(city, found, ground, lang=lang), encoding="utf-8", newline="\n")
    else:
        write_map(draw_walk_map(city, found, ground, lang=lang), path)
