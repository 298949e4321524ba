"""Options about how children walk, shared by the commands that ask for it."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import typer
from pydantic import ValidationError

from geo.council.words import Lang, note_text, say
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.walking import PaceChoices, WalkChoices
from geo.planning.walking import walking_refusal

NeverOption = Annotated[
    list[str] | None,
    typer.Option(
        "--never-cross",
        help="What children do not cross: a street by its name, a class of road (primary), a kind of barrier (railway, "
        "river). May be given several times.",
    ),
]
AvoidOption = Annotated[
    list[str] | None,
    typer.Option("--avoid-crossing", help="The same, of what they cross if the way around is longer than --crossing."),
]
CrossingOption = Annotated[
    float | None, typer.Option("--crossing", help="What each crossing of --avoid-crossing counts [250 m].")
]
ClosedOption = Annotated[
    list[str] | None, typer.Option("--closed", help="A street, or class of road, along which nobody walks.")
]
SlopesOption = Annotated[
    bool | None, typer.Option("--slopes/--level-ground", help="Whether hills count, where the streets have heights.")
]
SpeedOption = Annotated[
    float | None,
    typer.Option("--speed", help="How fast children walk, in km/h [nursery 3.2, elementary 4, college 4.5]."),
]
_OPTIONS: Final = {"crossing_m": "--crossing"}


class WalkOptions(NamedTuple):
    """What the command line says of walks; None where it says nothing. A speed holds for the children of all levels."""

    never_cross: list[str] | None
    avoid_crossing: list[str] | None
    crossing_m: float | None
    closed: list[str] | None
    slopes: bool | None
    speed_km_h: float | None


def with_options(base: WalkChoices, options: WalkOptions, lang: Lang) -> WalkChoices:
    """Give the choices of a scenario with those of the command line in their place.

    Raises
    ------
    ScenarioError
        If a number is out of its range; in words.
    """
    asked = {name: value for name, value in options._asdict().items() if value is not None}
    if (speed_km_h := asked.pop("speed_km_h", None)) is not None:
        asked["pace"] = dict.fromkeys(PaceChoices.model_fields, speed_km_h)
    try:
        return WalkChoices.model_validate({**base.model_dump(), **asked})
    except ValidationError as error:
        first = error.errors()[0]
        option, limits = _OPTIONS.get(str(first["loc"][0]), "--speed"), first.get("ctx", {})
        kind, limit = ("least", limits["ge"]) if "ge" in limits else ("most", limits["le"])
        raise ScenarioError(say(f"cli.rule_{kind}", lang, option=option, limit=limit, got=first["input"])) from error


def refuse_strange(city: City, choices: WalkChoices, lang: Lang) -> None:
    """Refuse in words what the streets of a city do not let children do.

    Raises
    ------
    ScenarioError
        If so.
    """
    if (refused := walking_refusal(city, choices)) is not None:
        raise ScenarioError(note_text(refused, lang))
