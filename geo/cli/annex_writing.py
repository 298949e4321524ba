"""``cartable annex write`` and ``cartable annex diff``: the street list of a scenario, the difference of two lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from geo.cli.opening import (
    CityOption,
    DataOption,
    JsonOption,
    LangOption,
    LevelOption,
    OutOption,
    ScenarioOption,
    opened,
)
from geo.cli.teller import Teller
from geo.council.street_list_files import write_street_list
from geo.council.street_list_text import article_lines, articles, span_text
from geo.council.words import Lang, fault_text, note_text, say
from geo.planning.street_list import revise_list
from geo.sources.street_list_difference import CompareFiles, ListDifference, compare_files
from geo.territory.annex.shortest import names_of


def write(
    out: OutOption,
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Write the street list of a scenario: as few rows as possible, the text to be voted, what changes since today.

    CSV of two forms, XLSX, ODS, text and PDF; the texts are French, as they are voted.
    Example: `cartable annex write --scenario data/scenarios/villebrune-example.json --out out/annex`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        place, asked = opened(told, data, city, level=level, scenario=scenario)
        revision = told.busy("street_list.cli.writing", lambda: revise_list(place, asked), city=place.name)
        files = write_street_list(out, place, asked, revision=revision)
        told.say(_size_text(len(revision.after), revision.in_force, len(revision.moved), lang=told.lang))
        for note in revision.notes:
            told.say(f"· {note_text(note, told.lang)}")
        for file in files:
            told.say(str(file))
        told.result(
            {
                "city": place.code,
                "level": str(revision.level),
                "scenario_key": asked.key,
                "rows_in_force": revision.in_force,
                "rows_before": len(revision.before),
                "rows_after": len(revision.after),
                "addresses_moved": len(revision.moved),
                "items": _items(revision.changes, told.lang),
                "notes": [{"code": note.code, "text": note_text(note, told.lang)} for note in revision.notes],
                "files": [str(file) for file in files],
            }
        )


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The list in force: CSV, XLSX, ODS, or a layer.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The list that shall take its place.")],
    addresses: Annotated[
        Path | None,
        typer.Option("--addresses", help="The address base: CSV as the national one, or a layer of points."),
    ] = None,
    columns: Annotated[
        str, typer.Option("--columns", help="Preset (national, montpellier, cartable, any) or a MAPPING.toml.")
    ] = "",
    level: Annotated[str, typer.Option("--level", help="The only level to look at.")] = "",
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Say what leads from one street list to another, by article; with an address base also for how many addresses.

    Example: `cartable annex diff today.csv tomorrow.ods --addresses adresses-34.csv`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        files = CompareFiles(old, new, addresses, columns=columns, level=level)
        found = told.busy("street_list.cli.comparing", lambda: compare_files(files), old=old.name, new=new.name)
        for fault in found.refused:
            told.say(f"· {fault_text(fault, told.lang)}")
        for one in found.levels:
            told.say(_difference_text(one, told.lang))
            for line in _article_lines(one, told.lang):
                told.say(line)
        told.result(
            {
                "levels": [_difference_json(one, told.lang) for one in found.levels],
                "refused": [fault_text(fault, told.lang) for fault in found.refused],
            }
        )


def _size_text(rows: int, before: int, moved: int, *, lang: Lang) -> str:
    counts = {
        name: say("street_list.count.rows", lang, count=count) for name, count in (("rows", rows), ("before", before))
    }
    addresses = say("street_list.count.addresses", lang, count=moved)
    return say("street_list.cli.size", lang, count=moved, addresses=addresses, **counts)


def _difference_text(one: ListDifference, lang: Lang) -> str:
    items = say("street_list.cli.items", lang, count=len(one.changes))
    if "addresses" not in one.changes:
        return say("street_list.cli.only_items", lang, items=items)
    return say("street_list.cli.difference", lang, items=items, addresses=len(one.moved))


def _article_lines(one: ListDifference, lang: Lang) -> list[str]:
    streets = names_of(one.before) | names_of(one.after)
    return list(article_lines(articles(one.changes, streets, {}, lang=lang), lang))


def _difference_json(one: ListDifference, lang: Lang) -> dict[str, Any]:
    moved = one.moved.reset_index(names="address_id")
    return {
        "level": one.level,
        "rows_before": len(one.before),
        "rows_after": len(one.after),
        "addresses_moved": len(one.moved),
        "items": _items(one.changes, lang),
        "addresses": [_told(row) for row in moved.to_dict("records")],
    }


def _items(changes: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    rows = [_told(item) for item in changes.to_dict("records")]
    return [{**row, "text": f"{row['street_name']}, {span_text(row, lang)}"} for row in rows]


def _told(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): list(held) if isinstance(held, tuple) else held for name, held in row.items()}
