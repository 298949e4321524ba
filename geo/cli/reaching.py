"""``cartable reach``: who can walk to schools, crèches, canteens, leisure and culture, and how many seats there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from geo.cli.opening import CityOption, DataOption, JsonOption, LangOption, LevelOption, data_folder
from geo.cli.teller import Teller
from geo.cli.walking import (
    AvoidOption,
    ClosedOption,
    CrossingOption,
    NeverOption,
    SlopesOption,
    SpeedOption,
    WalkOptions,
    refuse_strange,
    with_options,
)
from geo.council.figures import fiction
from geo.council.reach import pace_text, reach_summary, reach_title, write_reach
from geo.council.reachtables import area_table, place_table
from geo.council.words import Lang, note_text, say
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.opening import Moment, read_moment
from geo.model.reach import Asked, Offer
from geo.model.walking import WalkChoices
from geo.planning.offers import refusal
from geo.planning.reach import Reach, reach_of
from geo.sources.cities import city_codes, open_city

MINUTES: Final = 15.0
_AGES: Final = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


def reach(
    kind: Annotated[Offer, typer.Option("--kind", help="The places that are asked for.")],
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    minutes: Annotated[float, typer.Option("--minutes", help="Longest walk that counts, in minutes.")] = MINUTES,
    ages: Annotated[
        str | None, typer.Option("--ages", help="Ages of the children, such as 3-11; those of the kind by default.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Only places open then, such as 'mercredi 14h' or 'holidays tuesday 10:30'."),
    ] = None,
    never_cross: NeverOption = None,
    avoid_crossing: AvoidOption = None,
    crossing: CrossingOption = None,
    closed: ClosedOption = None,
    slopes: SlopesOption = None,
    speed: SpeedOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder that receives CSV files and a GeoPackage; none by default.")
    ] = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Say who can walk to places of a kind, how far the nearest one is, and how many seats there are for each child.

    `--level` is for schools and canteens.

    Example: `cartable reach --kind creche --minutes 15`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        asked = Asked(kind, minutes, _ages(ages, told.lang), _moment(at, told.lang), level)
        options = WalkOptions(never_cross, avoid_crossing, crossing, closed, slopes, speed)
        walking = with_options(WalkChoices(), options, told.lang)
        folder = data_folder(data)
        code = city or city_codes(folder)[0]
        place = told.busy("cli.opening", lambda: open_city(folder, code), city=code)
        refused = refusal(place, asked)
        if refused is not None:
            raise ScenarioError(note_text(refused, told.lang))
        refuse_strange(place, walking, told.lang)
        found = told.busy("reach.ask.busy", lambda: reach_of(place, asked, walking=walking), city=place.name)
        files = write_reach(out, place, found) if out else []
        _tell(told, place, found, files=files)
        told.result(_reach_json(place, found, files=files, lang=told.lang))


def _ages(text: str | None, lang: Lang) -> tuple[int, int] | None:
    """Read two ages, or one for children of that age."""
    if text is None:
        return None
    found = _AGES.fullmatch(text.strip())
    if found is None:
        raise ScenarioError(say("reach.ask.ages", lang, got=text))
    return int(found[1]), int(found[2] or found[1])


def _moment(text: str | None, lang: Lang) -> Moment | None:
    """Read a day and an hour."""
    if text is None:
        return None
    try:
        return read_moment(text)
    except ValueError as error:
        raise ScenarioError(say("reach.ask.at", lang, got=text)) from error


def _tell(told: Teller, city: City, found: Reach, *, files: list[Path]) -> None:
    lang = told.lang
    told.say(city.name + (f" · {fiction(city, lang)}" if city.fictional else ""))
    told.say(reach_title(found, lang))
    told.table(area_table(found, lang))
    told.table(place_table(found, lang))
    told.say(reach_summary(found, lang))
    if pace := pace_text(found, lang):
        told.say(f"· {pace}")
    for note in found.notes:
        told.say(f"· {note_text(note, lang)}")
    for file in files:
        told.say(str(file))


def _reach_json(city: City, found: Reach, *, files: list[Path], lang: Lang) -> dict[str, object]:
    asked = found.asked
    at = asked.at and {"day": asked.at.day, "minute": asked.at.minute, "holidays": asked.at.holidays}
    return {
        "city": {"code": city.code, "name": city.name, "key": city.key, "fictional": city.fictional},
        "asked": {
            "kind": str(asked.offer),
            "level": asked.level and str(asked.level),
            "minutes": asked.minutes,
            "ages": list(found.ages),
            "at": at,
            "walks": [
                {"ages": [cohort.ages[0], cohort.ages[-1]], "speed_m_per_min": cohort.speed_m_per_min}
                for cohort in found.cohorts
            ],
        },
        "totals": dict(found.totals),
        "areas": found.areas.reset_index().to_dict("records"),
        "places": found.places.drop(columns="geometry").reset_index().to_dict("records"),
        "summary": reach_summary(found, lang),
        "files": [str(file) for file in files],
        "notes": [{"code": note.code, "text": note_text(note, lang)} for note in found.notes],
        "sources": [source.model_dump(mode="json") for source in found.sources],
    }
