"""The two-page summary for the council, as a PDF that a screen reader can read."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import threading
from importlib import resources
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import pandas as pd
import typst

from geo.council.briefing import briefing
from geo.council.captions import today
from geo.council.pairmap import draw_small_pair
from geo.council.words import Lang, say
from geo.council.writing import replacing
from geo.model.city import City
from geo.planning.study import Study

PAGES: Final = 2
# Sizes of letters that are tried until all stands on two pages, and remarks that are kept at the smallest [points].
_POINTS: Final = (9.2, 8.8, 8.4, 8.0, 7.6)
_MOST_REMARKS: Final = (12, 8, 5)
_STANDARDS: Final = ("a-2a", "ua-1")
# How a figure is written is a setting of the whole of matplotlib: one at a time.
_DRAWING: Final = threading.Lock()


def write_summary(
    city: City, study: Study, figures: pd.DataFrame, *, lang: Lang, path: Path, date: dt.date | None = None
) -> None:
    """Write the two-page summary of a scenario as PDF (tagged, PDF/UA-1), fonts embedded.

    Parameters
    ----------
    city, study
        The city and the scenario.
    figures
        What `geo.council.story.key_figures` gives in the same language.
    lang
        Language of all words.
    path
        The file.
    date
        Date of the edition; today by default.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    day = date or today()
    content = briefing(city, study, figures, lang=lang, date=day)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "summary.typ"
        source.write_bytes((resources.files("geo.council") / "report" / "summary.typ").read_bytes())
        with _DRAWING, mpl.rc_context({"svg.hashsalt": "cartable"}):
            draw_small_pair(city, study.today, study.proposed, lang=lang).savefig(
                source.with_name("maps.svg"), metadata={"Date": None}
            )
        pdf = _fitted(source, content, lang=lang, day=day)
    with replacing(path) as draft:
        draft.write_bytes(pdf)


def _fitted(source: Path, content: dict[str, Any], *, lang: Lang, day: dt.date) -> bytes:
    """Set the pages in the largest letters with which there are two of them."""
    tries = [(points, None) for points in _POINTS] + [(_POINTS[-1], most) for most in _MOST_REMARKS]
    for points, most in tries:
        shown = {**content, "points": points, "limits": _shortened(content["limits"], most, lang)}
        source.with_name("summary.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
        compiler = typst.Compiler(str(source), font_paths=[_fonts()], ignore_system_fonts=True)
        if int(json.loads(compiler.query("<pages>", field="value", one=True))) <= PAGES:
            break
    stamp = int(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC).timestamp())
    target = source.with_suffix(".pdf")
    compiler.compile(output=str(target), format="pdf", pdf_standards=list(_STANDARDS), timestamp=stamp)
    return target.read_bytes()


def _shortened(limits: dict[str, Any], most: int | None, lang: Lang) -> dict[str, Any]:
    """Give at most so many remarks, and a line that counts the others."""
    every = limits["paragraphs"]
    if most is None or len(every) <= most:
        return limits
    return {**limits, "paragraphs": [*every[:most], say("brief.more_limits", lang, count=len(every) - most)]}


def _fonts() -> str:
    """Give the folder of the letters that come with matplotlib, those of the maps."""
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf")
