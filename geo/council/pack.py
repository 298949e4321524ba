"""The pack of the council: two maps on one sheet, a summary of two pages, every table, all of them or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pandas as pd
import pyogrio

from geo.council.captions import today
from geo.council.exports import write_csv
from geo.council.figures import fiction
from geo.council.maps import write_map
from geo.council.packtables import pack_layers, pack_tables
from geo.council.pairmap import draw_pair
from geo.council.report import write_summary
from geo.council.story import key_figures
from geo.council.words import Lang, note_text, say
from geo.council.writing import drafts_within
from geo.model.city import City
from geo.planning.study import Study

Part = Literal["summary", "maps", "tables", "layers"]
PARTS: Final[tuple[Part, ...]] = ("summary", "maps", "tables", "layers")

_DRIVER: Final = "GPKG"


def write_pack(
    folder: Path,
    city: City,
    study: Study,
    *,
    lang: Lang,
    date: dt.date | None = None,
    report: Callable[[Part], None] | None = None,
) -> list[Path]:
    """Write the pack of a scenario into a folder: all files, or none if one of them fails.

    Parameters
    ----------
    folder
        Where to write; made if it is not there. Files of the same names in it are replaced, others are left alone.
    city, study
        The city, and what `geo.planning.study.study` gives.
    lang
        Language of all words.
    date
        Date of the edition; today by default.
    report
        Called with the name of each part when its writing begins.

    Returns
    -------
    files
        ``summary.pdf``, ``map-before-after.pdf`` and ``.png``, one CSV a table of
        `geo.council.packtables.pack_tables`, ``pack.gpkg``, ``scenario.json`` and ``README.txt``.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    figures = key_figures(city, study, lang=lang)
    edition = _Edition(city, study, figures, lang=lang, date=date or today())
    with drafts_within(folder) as drafts:
        names = [path.name for path in _write_all(drafts, edition, report=report or _say_nothing)]
        for name in names:
            (drafts / name).replace(folder / name)
    return [folder / name for name in names]


def readme_text(city: City, study: Study, files: Sequence[str], *, lang: Lang, date: dt.date) -> str:
    """Say what each file is, what the numbers mean and what they are worth.

    Parameters
    ----------
    city, study
        The city and the scenario.
    files
        Names of the files that were written.
    lang
        Language of the text.
    date
        Date of the edition.
    """
    width = max(len(name) for name in files) + 2
    keys = [f"pack.file.{name.replace('.', '_').replace('-', '_')}" for name in files]
    named = [f"{name:<{width}}{say(key, lang)}" for name, key in zip(files, keys, strict=True)]
    remarks = [f"- {note_text(note, lang)}" for note in study.notes]
    paragraphs = [
        say("pack.readme.title", lang, name=study.scenario.name, city=city.name, day=date),
        fiction(city, lang),
        "\n".join([say("pack.readme.files", lang), *named]),
        say("pack.readme.reading", lang),
        say("pack.readme.privacy", lang),
        "\n".join([say("brief.limits", lang), *remarks]),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


@dataclass(frozen=True, eq=False)
class _Edition:
    """What the files of one pack are written from."""

    city: City
    study: Study
    figures: pd.DataFrame
    lang: Lang
    date: dt.date


def _write_all(folder: Path, edition: _Edition, *, report: Callable[[Part], None]) -> Iterator[Path]:
    """Write each file into `folder` and give it."""
    files: list[str] = []
    for part in PARTS:
        report(part)
        for path in _WRITERS[part](folder, edition):
            files.append(path.name)
            yield path
    readme = folder / "README.txt"
    text = readme_text(edition.city, edition.study, files, lang=edition.lang, date=edition.date)
    # With the mark at its beginning old editors read the accents rightly.
    readme.write_text(text, encoding="utf-8-sig", newline="\n")
    yield readme


def _write_summary(folder: Path, edition: _Edition) -> Iterator[Path]:
    path = folder / "summary.pdf"
    write_summary(edition.city, edition.study, edition.figures, lang=edition.lang, path=path, date=edition.date)
    yield path


def _write_maps(folder: Path, edition: _Edition) -> Iterator[Path]:
    study = edition.study
    figure = draw_pair(edition.city, study.today, study.proposed, lang=edition.lang, date=edition.date)
    for ending in ("pdf", "png"):
        path = folder / f"map-before-after.{ending}"
        write_map(figure, path)
        yield path


def _write_tables(folder: Path, edition: _Edition) -> Iterator[Path]:
    for name, table in pack_tables(edition.city, edition.study, edition.figures).items():
        path = folder / f"{name}.csv"
        write_csv(table, path)
        yield path


def _write_layers(folder: Path, edition: _Edition) -> Iterator[Path]:
    """Write the layers and then the tables into one GeoPackage, and the scenario beside it."""
    path = folder / "pack.gpkg"
    tables = pack_tables(edition.city, edition.study, edition.figures)
    flat = {name: table.reset_index() for name, table in tables.items()}
    for place, (name, layer) in enumerate({**pack_layers(edition.city, edition.study), **flat}.items()):
        pyogrio.write_dataframe(layer, path, layer=name, driver=_DRIVER, append=place > 0)
    yield path
    scenario = folder / "scenario.json"
    scenario.write_text(edition.study.scenario.to_json(), encoding="utf-8", newline="\n")
    yield scenario


_WRITERS: Final[dict[Part, Callable[[Path, _Edition], Iterator[Path]]]] = {
    "summary": _write_summary,
    "maps": _write_maps,
    "tables": _write_tables,
    "layers": _write_layers,
}


def _say_nothing(part: Part) -> None:
    del part
