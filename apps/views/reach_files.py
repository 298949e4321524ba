"""Files of places in reach, made when they are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

import streamlit as st
from views.files import hand_over
from visits import Visit

from geo.council.reach import write_reach
from geo.council.words import say
from geo.planning.reach import Reach

_FILES: Final = MappingProxyType(
    {"gpkg": "reach.gpkg", **{name: f"reach_{name}.csv" for name in ("areas", "units", "places")}}
)


def files_panel(visit: Visit, found: Reach) -> None:
    """Draw the choice of a file, and the file once it is made."""
    lang = visit.lang
    st.header(say("app.reach.files.title", lang), anchor=False)
    kind = st.radio(
        say("app.files.kind", lang),
        list(_FILES),
        format_func=lambda one: say(f"app.reach.files.{one}", lang),
        key="reach_file_kind",
    )
    if not st.button(say("app.files.make", lang), key="reach_make_file"):
        return
    name = f"{visit.city.code}-{found.asked.offer}-{_FILES[kind]}"
    hand_over(visit, f"reach {kind} {found.asked}", _maker(_FILES[kind], found), name=name, key="reach_download")


def _maker(name: str, found: Reach) -> Callable[[Visit], bytes]:
    """Give what makes a file and hands over its content."""

    def make(visit: Visit) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            write_reach(Path(folder), visit.city, found)
            return (Path(folder) / name).read_bytes()

    return make
