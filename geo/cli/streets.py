"""``cartable streets``: the streets of any file, judged, cut at their crossings and written for a city folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from geo.cli.opening import JsonOption, LangOption
from geo.cli.teller import Teller
from geo.council.words import number, say
from geo.sources.streets import download_streets
from geo.sources.streets_files import DEFAULT_CRS, read_streets, write_streets
from geo.sources.streets_weaving import Streets, StreetsReport


def streets(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="OpenStreetMap, GraphML, BD TOPO or lines; a place with --online.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="GeoPackage to write; nothing is written without.")] = None,
    crs: Annotated[str, typer.Option("--crs", help="Projected CRS in metres of what is written.")] = DEFAULT_CRS,
    online: Annotated[
        bool, typer.Option("--online", help="FILE is a place: ask OpenStreetMap for its streets.")
    ] = False,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Read the streets of a file, tell what can be walked and what is left out, and write them.

    Example: `cartable streets commune.osm.pbf --crs EPSG:2154 --out streets/bondy/streets.gpkg`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        read = told.busy("streets.reading", lambda: _read(file, crs, online=online), name=file)
        if out:
            write_streets(read, out)
        _tell(told, read.report)
        if out:
            told.say(say("streets.written", told.lang, file=str(out)))
        told.result(_json(read.report, crs, out))


def _read(file: str, crs: str, *, online: bool) -> Streets:
    return download_streets(file, crs=crs) if online else read_streets(Path(file), crs=crs)


def _tell(told: Teller, report: StreetsReport) -> None:
    lang = told.lang
    told.say(say(f"streets.kind.{report.kind}", lang, name=report.name, count=report.streets))
    told.say(
        say(
            "streets.kept",
            lang,
            length=report.walkable_m,
            count=report.pieces,
            crossings=report.crossings,
        )
    )
    rows = [
        (
            say(f"streets.out.{one.code}", lang),
            number(one.streets, lang),
            say("streets.length", lang, length=one.length_m),
        )
        for one in report.left_out
    ]
    if rows:
        names = [say(f"streets.heading.{name}", lang) for name in ("reason", "count", "length")]
        told.table(pd.DataFrame(rows, columns=names))
    for key, count, values in _remarks(report):
        if count:
            told.say(f"- {say(key, lang, count=count, **values)}")


def _remarks(report: StreetsReport) -> list[tuple[str, int, dict[str, Any]]]:
    return [
        ("streets.missing", report.missing_references or 0, {"references": report.references}),
        ("streets.lost", report.lost_streets, {}),
        ("streets.loose", report.loose_ends, {}),
        ("streets.one_way", report.one_way, {}),
    ]


def _json(report: StreetsReport, crs: str, out: Path | None) -> dict[str, Any]:
    return {**dataclasses.asdict(report), "crs": crs, "file": str(out) if out else None}
