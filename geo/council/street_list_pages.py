"""The street list on paper: the whole annex, and a page for each school."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import typst

from geo.council.street_list_text import Article
from geo.council.words import say
from geo.council.writing import replacing

_STANDARDS: Final = ("a-2a", "ua-1")
_NAME: Final = "street_list"


def whole_annex(told: Sequence[Article], rows: Sequence[Sequence[str]], *, titles: Sequence[str]) -> dict[str, Any]:
    """Give the parts of the whole annex: what changes by article, then every street.

    Parameters
    ----------
    told
        The articles.
    rows
        Street, numbers and schools of each line.
    titles
        Titles of the two parts.
    """
    changed = [
        {
            "text": say("street_list.article.title", "fr", count=count, text=one.text),
            "items": one.items,
            "homes": one.homes,
        }
        for count, one in enumerate(told, start=1)
    ]
    nothing = "" if told else say("street_list.article.nothing", "fr")
    return {
        "parts": [
            _part(titles[0], lead=nothing) | {"articles": changed},
            _part(titles[1], new_page=bool(told)) | {"rows": rows},
        ]
    }


def school_pages(sectors: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Give a page for each school, from its name to its streets with their numbers."""
    return {
        "parts": [
            _part(name, new_page=place > 0, lead="" if lines else say("street_list.text.empty", "fr"))
            | {"lines": lines}
            for place, (name, lines) in enumerate(sectors.items())
        ]
    }


def write_pages(content: Mapping[str, object], path: Path, *, date: dt.date) -> None:
    """Write pages as PDF (tagged, PDF/UA-1), fonts embedded.

    Parameters
    ----------
    content
        Head of the pages and their parts, as `whole_annex` or `school_pages` gives them.
    path
        The file.
    date
        Date of the edition.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{_NAME}.typ"
        source.write_bytes((resources.files("geo.council") / "report" / source.name).read_bytes())
        source.with_suffix(".json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        compiler = typst.Compiler(str(source), font_paths=[str(fonts)], ignore_system_fonts=True)
        target = source.with_suffix(".pdf")
        stamp = int(dt.datetime(date.year, date.month, date.day, 12, tzinfo=dt.UTC).timestamp())
        compiler.compile(output=str(target), format="pdf", pdf_standards=list(_STANDARDS), timestamp=stamp)
        with replacing(path) as draft:
            draft.write_bytes(target.read_bytes())


def _part(title: str, *, new_page: bool = False, lead: str = "") -> dict[str, Any]:
    return {"title": title, "new_page": new_page, "lead": lead, "articles": [], "rows": [], "lines": []}
