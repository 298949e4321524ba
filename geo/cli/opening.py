"""Options that the commands share, and the opening of the city and the scenario that they name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from geo.cli.teller import Teller
from geo.council.words import Lang, say
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.enrolment import children_year
from geo.planning.evaluation import evaluate
from geo.sources.cities import city_codes, open_city

ROOT: Final = Path(__file__).resolve().parents[2]

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Data folder (the one with cities.toml); the shipped city by default.", envvar="CARTABLE_DATA"
    ),
]
CityOption = Annotated[
    str | None,
    typer.Option("--city", help="Code of the city; the only or first one by default.", envvar="CARTABLE_CITY"),
]
LevelOption = Annotated[
    Level | None, typer.Option("--level", help="Level of schooling; that of the scenario by default.")
]
ScenarioOption = Annotated[
    Path | None, typer.Option("--scenario", help="Scenario file (JSON); today's map by default.")
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder that receives the files; made if it is not there.")]
LangOption = Annotated[str, typer.Option("--lang", help="Language of what is said: fr or en.", envvar="CARTABLE_LANG")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")]


def data_folder(data: Path | None) -> Path:
    """Give the data folder: the one asked for, ``data`` where one works, else the shipped one."""
    if data:
        return data
    here = Path("data")
    return here if (here / "cities.toml").is_file() else ROOT / "data"


def opened(
    told: Teller, data: Path | None, city: str | None, *, level: Level | None, scenario: Path | None
) -> tuple[City, Scenario]:
    """Open the city, and give the scenario that was asked for: today's map unless said."""
    folder = data_folder(data)
    asked = Scenario.read(scenario) if scenario else None
    code = city or (asked.city if asked else city_codes(folder)[0])
    place = told.busy("cli.opening", lambda: open_city(folder, code), city=code)
    if asked and level and asked.level != level:
        raise ScenarioError(f"scenario '{asked.name}' is for level '{asked.level}', and level '{level}' was asked for")
    return place, asked or today(place, level, told.lang)


def evaluations(
    told: Teller, data: Path | None, city: str | None, *, level: Level | None, scenario: Path | None
) -> tuple[City, Evaluation, Evaluation]:
    """Open the city and give the figures of today's map and of the scenario."""
    place, asked = opened(told, data, city, level=level, scenario=scenario)
    proposed = told.busy("cli.evaluating", lambda: evaluate(place, asked), city=place.name)
    return place, evaluate(place, asked.without_changes()), proposed


def today(city: City, level: Level | None, lang: Lang) -> Scenario:
    """Give the scenario that changes nothing, of the first level that has a map unless said."""
    if not city.current:
        raise ScenarioError(f"{city.name} has no school map: neither street list nor sectors")
    chosen = level or next(iter(city.current))
    # As in the app: what is decided now holds from the school year after that of the figures.
    return Scenario(name=say("cli.today", lang), city=city.code, level=chosen, start_year=children_year(city) + 1)
