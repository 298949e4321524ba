"""What stands around every map: title, subtitle, sources and remarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from geo.council.figures import fiction
from geo.council.words import Lang, level_name, note_text, say, school_year, table_name
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.note import Note
from geo.model.source import Source

_MISSING: Final = "table-missing"  # said once for all tables


def map_title(evaluation: Evaluation, lang: Lang) -> str:
    """Name the map: its level, and the proposal if units move."""
    name = say(f"level.{evaluation.plan.level}.map", lang)
    if not evaluation.totals["units_moved"]:
        return name
    proposal = say("map.proposal", lang, name=evaluation.scenario.name)
    return say("map.title_proposal", lang, map=name, proposal=proposal)


def map_subtitle(city: City, evaluation: Evaluation, lang: Lang) -> str:
    """Say of which city, level and school year the map is, and whether it is in force."""
    return say(
        "map.subtitle",
        lang,
        city=city.name,
        level=level_name(evaluation.plan.level, lang),
        year=school_year(evaluation.year, lang),
        state=_state(evaluation, lang),
    )


def source_lines(evaluation: Evaluation, lang: Lang) -> list[str]:
    """Name each source of an evaluation, see `source_texts`."""
    return source_texts(evaluation.sources, lang)


def source_texts(sources: Iterable[Source], lang: Lang) -> list[str]:
    """Name each source with its vintage, its licence and what to know about it."""
    lines = []
    for source in sources:
        told = {"publisher": source.publisher, "title": source.title}
        text = say("map.source", lang, **told, vintage=source.vintage, licence=source.licence)
        lines.append(f"{text} {source.note}".strip())
    return lines


def note_lines(city: City, evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    """Say what a reader must know: that a city is fictional, how figures were made, what is missing."""
    if city.fictional:
        yield fiction(city, lang)
    yield say("map.walking", lang)
    if any(len(schools) > 1 for schools in evaluation.plan.schools_of.values()):
        yield say("map.shared_rate", lang)
    yield from remark_lines(evaluation.notes, lang)


def remark_lines(notes: Iterable[Note], lang: Lang) -> Iterator[str]:
    """Say each remark once, and in one sentence which tables are missing."""
    told = list(notes)
    missing = [table_name(str(note.values["table"]), lang) for note in told if note.code == _MISSING]
    if missing:
        yield say("map.missing", lang, tables=", ".join(dict.fromkeys(missing)))
    yield from dict.fromkeys(note_text(note, lang) for note in told if note.code != _MISSING)


def today() -> dt.date:
    """Give the date on the calendar of this machine: the date of an edition."""
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


def _state(evaluation: Evaluation, lang: Lang) -> str:
    """Say whether it is the map in force, or what the proposal moves."""
    units = int(evaluation.totals["units_moved"])
    if not units:
        return say("map.in_force", lang)
    pupils = say("count.pupils", lang, count=round(evaluation.totals["moved_pupils"]))
    return say("map.moved", lang, units=say("count.units", lang, count=units), pupils=pupils)
