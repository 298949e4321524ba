"""``cartable catchments``: school of the sector and nearest school, who lives far, and the maps of both."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from geo.cli.opening import CityOption, DataOption, JsonOption, LangOption, LevelOption, ScenarioOption, opened
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
from geo.council.catchments import (
    PAIR_COLUMNS,
    minutes_text,
    pair_rows,
    school_rows,
    summary,
    walking_summary,
    written,
)
from geo.council.enclaves import pieces_layer, pieces_texts
from geo.council.figures import fiction
from geo.council.walkfiles import PARTS, write_walks
from geo.council.words import Lang, note_text, say
from geo.council.writing import check_folder
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.planning.applying import schools_under
from geo.planning.catchments import Catchments, catchments
from geo.planning.walk_areas import walk_areas

STEPS: Final = ("figures", "areas", *PARTS)
_MOST_PAIRS: Final = 10
_MOST_PIECES: Final = 5
_SHOWN: Final = (
    "school",
    "children",
    "far_share",
    "nearer_share",
    "longer_median_m",
    "walk_median_m",
    "nearest_children",
)


def catchments_command(
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    limits: Annotated[
        str | None, typer.Option("--limits", help="Outer limits of the rings around schools [400,800,1200 m].")
    ] = None,
    beyond: Annotated[
        str | None,
        typer.Option(
            "--beyond", help="Walk above which a school is far [nursery 500, elementary 800, college 1500 m]."
        ),
    ] = None,
    never_cross: NeverOption = None,
    avoid_crossing: AvoidOption = None,
    crossing: CrossingOption = None,
    closed: ClosedOption = None,
    slopes: SlopesOption = None,
    speed: SpeedOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder that receives GeoPackage, tables and maps; none unless given.")
    ] = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Compare the school of each address with the nearest one: who has a nearer school, who lives far, and maps.

    Example: `cartable catchments --level elementary --limits 400,800,1200 --beyond 800 --out out/catchments`

    Example: `cartable catchments --never-cross railway --avoid-crossing "boulevard Carnot" --crossing 300`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        asked_limits = _limits(limits, told.lang)
        asked_beyond = None if beyond is None else _metres(beyond, "--beyond", told.lang)
        if out is not None:
            check_folder(out)
        place, asked = opened(told, data, city, level=level, scenario=scenario)
        choices = _choices(asked.level, asked_limits, asked_beyond, lang=told.lang)
        options = WalkOptions(never_cross, avoid_crossing, crossing, closed, slopes, speed)
        walking = with_options(asked.walking, options, told.lang)
        refuse_strange(place, walking, told.lang)
        asked = asked.model_copy(update={"walking": walking})
        with _steps(told, len(STEPS) if out else 1) as begin:
            begin("figures")
            today = catchments(place, asked.without_changes(), choices)
            proposed = catchments(place, asked, choices)
            beside = _beside(place, proposed, told.lang)
            files, apart = [], []
            if out is not None:
                begin("areas")
                ground = walk_areas(place, proposed)
                apart = list(pieces_texts(pieces_layer(place, proposed, ground), told.lang))
                files = write_walks(out, place, proposed, ground=ground, lang=told.lang, report=begin)
        _tell(told, place, (today, proposed), beside=beside, apart=apart, files=files)
        beyond_figures = {"walking_summary": beside, "pieces_apart": apart}
        told.result({**_json(place, (today, proposed), files=files, lang=told.lang), **beyond_figures})


def _beside(place: City, proposed: Catchments, lang: Lang) -> str:
    """Say what the rules of walking do to the same map; nothing where there are none."""
    walking = proposed.scenario.walking
    if walking.counts_metres_only:
        return ""
    freely = proposed.scenario.model_copy(update={"walking": walking.freely})
    return walking_summary(catchments(place, freely, proposed.choices), proposed, lang)


def _limits(text: str | None, lang: Lang) -> tuple[float, ...] | None:
    """Read limits that are parted by commas, in any order."""
    if text is None:
        return None
    limits = [_metres(part, "--limits", lang) for part in text.split(",")]
    if len(set(limits)) < len(limits):
        raise ScenarioError(say("cli.catchments.twice", lang, got=text))
    return tuple(sorted(limits))


def _metres(text: str, option: str, lang: Lang) -> float:
    """Read a number of metres."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ScenarioError(say("cli.catchments.no_number", lang, option=option, got=text.strip()))
    return value


def _choices(level: Level, limits: tuple[float, ...] | None, beyond: float | None, *, lang: Lang) -> DistanceChoices:
    """Give the distances that were asked for; say in words which one is out of its range."""
    asked = {"limits_m": limits, f"beyond_{level}_m": beyond}
    try:
        return DistanceChoices.model_validate({name: value for name, value in asked.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        option = "--limits" if first["loc"][0] == "limits_m" else "--beyond"
        context = first.get("ctx", {})
        if "max_length" in context:
            raise ScenarioError(
                say("cli.catchments.too_many", lang, most=context["max_length"], got=context["actual_length"])
            ) from error
        kind, limit = ("least", context["ge"]) if "ge" in context else ("most", context["le"])
        raise ScenarioError(say(f"cli.rule_{kind}", lang, option=option, limit=limit, got=first["input"])) from error


@contextmanager
def _steps(told: Teller, count: int) -> Iterator[Callable[[str], None]]:
    """Show a bar of so many steps on the terminal; the function that is given begins the next one by its name."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = told.progress
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=count, completed=-1)

        def begin(step: str) -> None:
            progress.update(task, advance=1, description=say(f"cli.catchments.step.{step}", told.lang))

        yield begin


def _tell(
    told: Teller, city: City, both: tuple[Catchments, Catchments], *, beside: str, apart: list[str], files: list[Path]
) -> None:
    """Show the table of schools, who has a nearer school, and sentences."""
    lang, (today, proposed) = told.lang, both
    told.say(city.name + (f" · {fiction(city, lang)}" if city.fictional else ""))
    told.table(written(school_rows(city, proposed), _SHOWN, proposed, lang=lang))
    pairs = pair_rows(city, proposed)
    if len(pairs):
        told.table(written(pairs.head(_MOST_PAIRS), PAIR_COLUMNS, proposed, lang=lang))
    told.say(summary(city, today, proposed, lang=lang))
    for line in filter(None, (minutes_text(proposed, lang), beside)):
        told.say(line)
    for line in apart[:_MOST_PIECES]:
        told.say(f"· {line}")
    if len(apart) > _MOST_PIECES:
        told.say(f"· {say('enclaves.others', lang, count=len(apart) - _MOST_PIECES)}")
    for note in proposed.notes:
        told.say(f"· {note_text(note, lang)}")
    told.say(f"· {say('catchments.limits', lang)}")
    for file in files:
        told.say(str(file))


def _json(city: City, both: tuple[Catchments, Catchments], *, files: list[Path], lang: Lang) -> dict[str, object]:
    today, proposed = both
    names = schools_under(city, proposed.scenario)["name"]
    return {
        "city": {"code": city.code, "name": city.name, "key": city.key, "fictional": city.fictional},
        "walking": proposed.scenario.walking.model_dump(mode="json"),
        "scenario": {"name": proposed.scenario.name, "key": proposed.scenario.key, "level": str(proposed.level)},
        "year": proposed.year,
        "beyond_m": proposed.beyond_m,
        "limits_m": list(proposed.choices.limits_m),
        "totals_before": dict(today.totals),
        "totals_after": dict(proposed.totals),
        "schools": [
            {"school_id": str(school), "name": str(names[str(school)]), **figures}
            for school, figures in proposed.schools.to_dict(orient="index").items()
        ],
        "pairs": proposed.pairs.to_dict("records"),
        "summary": summary(city, today, proposed, lang=lang),
        "notes": [{"code": note.code, "text": note_text(note, lang)} for note in proposed.notes],
        "sources": [source.model_dump(mode="json") for source in proposed.sources],
        "files": [str(file) for file in files],
    }
