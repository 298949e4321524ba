"""The command line: arguments in, one call, a table or files out.

Figures and files go to the person on the terminal; with ``--json`` standard output holds one JSON object and nothing
else (keys in docs/cli.md), and everything said to a person goes to standard error.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import pandas as pd
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from geo.council.exports import write_exports
from geo.council.figures import fiction, school_table, summary
from geo.council.words import LANGS, Lang, fault_text, note_text, say
from geo.errors import CityError, Fault, GeoError, ScenarioError, SourceError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.enrolment import children_year
from geo.planning.evaluation import compare, evaluate
from geo.sources.checks import check_city
from geo.sources.cities import city_codes, open_city

ROOT: Final = Path(__file__).resolve().parent.parent
FAULTY: Final = 1
REFUSED: Final = 2
PIPE_WIDTH: Final = 160
T = TypeVar("T")

app = typer.Typer(
    name="cartable",
    help="What changes, for whom and when, if a city changes its school map.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

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
LangOption = Annotated[str, typer.Option("--lang", help="Language of what is said: fr or en.", envvar="CARTABLE_LANG")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")]


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Data folder: the one with cities.toml.")],
    city: CityOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Check the files of every city in FOLDER and list each fault: file, line, what was expected, what to do.

    Ends with status 1 if there is a fault. Example: `cartable check data`
    """
    told = _Teller(lang, as_json=as_json)
    with told.refusals():
        codes = [city] if city else city_codes(folder)
        faults: dict[str, tuple[Fault, ...]] = {}
        for code in codes:
            faults[code] = told.busy("cli.checking", partial(check_city, folder, code), city=code).faults
            _tell_faults(told, code, faults[code])
        count = sum(len(found) for found in faults.values())
        told.result(
            {
                "folder": str(folder),
                "fault_count": count,
                "cities": {code: {"faults": [_fault_json(fault) for fault in found]} for code, found in faults.items()},
            }
        )
    raise typer.Exit(FAULTY if count else 0)


@app.command(name="evaluate")
def evaluate_command(
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Give the figures of each school today and with a scenario.

    Example: `cartable evaluate --level elementary --scenario data/scenarios/villebrune-example.json`
    """
    told = _Teller(lang, as_json=as_json)
    with told.refusals():
        place, today, proposed = _evaluations(told, data, city, level=level, scenario=scenario)
        told.say(place.name + (f" · {fiction(place, told.lang)}" if place.fictional else ""))
        told.table(school_table(place, today, proposed, lang=told.lang))
        told.say(summary(place, today, proposed, lang=told.lang))
        for note in proposed.notes:
            told.say(f"· {note_text(note, told.lang)}")
        told.result(_evaluation_json(place, today, proposed, told.lang))


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="Folder that receives the files; made if it is not there.")],
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Write a scenario as JSON and GeoPackage, its figures as CSV, its map as A3 PDF, PNG and one HTML file.

    Example: `cartable export --level nursery --out out/nursery`
    """
    told = _Teller(lang, as_json=as_json)
    with told.refusals():
        place, today, proposed = _evaluations(told, data, city, level=level, scenario=scenario)
        files = told.busy(
            "cli.exporting", lambda: write_exports(out, place, today, proposed, lang=told.lang), city=place.name
        )
        for file in files:
            told.say(str(file))
        told.result({"city": place.code, "scenario_key": proposed.scenario.key, "files": [str(file) for file in files]})


@app.command(name="app")
def app_command(
    data: DataOption = None,
    city: CityOption = None,
    port: Annotated[int, typer.Option("--port", help="Port of the web page on this machine.")] = 8501,
    store: Annotated[
        str | None,
        typer.Option("--store", help="File or database URL that keeps scenarios.", envvar="CARTABLE_STORE"),
    ] = None,
    lang: LangOption = "fr",
) -> None:
    """Start the web app on this machine; Ctrl-C ends it.

    Example: `cartable app --data out/montpellier --port 8600`
    """
    told = _Teller(lang, as_json=False)
    page = ROOT / "apps" / "streamlit_app.py"
    with told.refusals():
        if not page.is_file():
            raise SourceError(
                "apps/streamlit_app.py",
                expected="the web app beside the package",
                got="an installation without it",
                remedy="Clone the repository of Cartable and run 'make run' there.",
            )
        folder = _data_folder(data)
        known = city_codes(folder)
        if city and city not in known:
            raise ScenarioError(f"no city '{city}' in {folder}, only: {', '.join(known)}")
        settings = {"CARTABLE_DATA": str(folder.resolve()), "CARTABLE_CITY": city or known[0]}
        settings |= {"CARTABLE_STORE": store} if store else {}
        raise typer.Exit(_start(page, port, settings))


def main() -> None:
    """Run the command line."""
    app()


class _Teller:
    """What is said to the person: words and tables, or one JSON object for a program."""

    def __init__(self, lang: str, *, as_json: bool) -> None:
        if lang not in LANGS:
            raise typer.BadParameter(f"expected one of {', '.join(LANGS)}, got {lang!r}", param_hint="--lang")
        self.lang: Lang = "en" if lang == "en" else "fr"
        self.as_json = as_json
        # A file or a pipe has no width of its own: wide enough for the table.
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        self.person = Console(stderr=as_json, highlight=False, soft_wrap=True, width=width)
        self.progress = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        if not self.as_json:
            self.person.print(text, markup=False)

    def table(self, figures: pd.DataFrame) -> None:
        if self.as_json:
            return
        shown = Table(show_edge=False, pad_edge=False)
        for place, name in enumerate(figures.columns):
            shown.add_column(str(name), justify="left" if place == 0 else "right")
        for row in figures.itertuples(index=False):
            shown.add_row(*[str(value) for value in row])
        self.person.print(shown)

    def busy(self, key: str, work: Callable[[], T], **values: object) -> T:
        """Do `work` while a moving line says what is being done."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(
            *columns, console=self.progress, transient=True, disable=not self.progress.is_terminal
        ) as progress:
            progress.add_task(say(key, self.lang, **values), total=None)
            return work()

    def result(self, content: Mapping[str, object]) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(_plain(content), ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """End with words and status 2 where the library refuses."""
        try:
            yield
        except GeoError as error:
            if isinstance(error, CityError):
                _tell_faults(self, error.city, error.faults)
            else:
                Console(stderr=True, highlight=False, soft_wrap=True).print(_refusal(error, self.lang), markup=False)
            self.result({"error": str(error)})
            raise typer.Exit(REFUSED) from error


def _refusal(error: GeoError, lang: Lang) -> str:
    """Say what was refused, in the language of the person where the library has more than its own words."""
    fault = getattr(error, "fault", None)
    told = fault_text(fault, lang) if isinstance(fault, Fault) else str(error)
    return say("cli.refused", lang, error=told)


def _data_folder(data: Path | None) -> Path:
    """Give the data folder: the one asked for, ``data`` where one works, else the shipped one."""
    if data:
        return data
    here = Path("data")
    return here if (here / "cities.toml").is_file() else ROOT / "data"


def _evaluations(
    told: _Teller, data: Path | None, city: str | None, *, level: Level | None, scenario: Path | None
) -> tuple[City, Evaluation, Evaluation]:
    """Open the city and give the figures of today's map and of the scenario."""
    folder = _data_folder(data)
    asked = Scenario.read(scenario) if scenario else None
    code = city or (asked.city if asked else city_codes(folder)[0])
    place = told.busy("cli.opening", lambda: open_city(folder, code), city=code)
    if asked and level and asked.level != level:
        raise ScenarioError(f"scenario '{asked.name}' is for level '{asked.level}', and level '{level}' was asked for")
    if asked is None:
        asked = _today(place, level, told.lang)
    proposed = told.busy("cli.evaluating", lambda: evaluate(place, asked), city=place.name)
    return place, evaluate(place, asked.without_changes()), proposed


def _today(city: City, level: Level | None, lang: Lang) -> Scenario:
    """Give the scenario that changes nothing, of the first level that has a map unless said."""
    if not city.current:
        raise ScenarioError(f"{city.name} has no school map: neither street list nor sectors")
    chosen = level or next(iter(city.current))
    # As in the app: what is decided now holds from the school year after that of the figures.
    return Scenario(name=say("cli.today", lang), city=city.code, level=chosen, start_year=children_year(city) + 1)


def _start(page: Path, port: int, settings: Mapping[str, str]) -> int:
    """Run Streamlit until it ends, and give its status."""
    options = [
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.headless=true",
        "--server.enableStaticServing=true",
        "--browser.gatherUsageStats=false",
    ]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *options]
    try:
        return subprocess.run(command, env={**os.environ, **settings}, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0


def _tell_faults(told: _Teller, city: str, faults: tuple[Fault, ...]) -> None:
    told.say(say("cli.faults", told.lang, city=city, count=len(faults)))
    for fault in faults:
        told.say(f"- {fault_text(fault, told.lang)}")


def _fault_json(fault: Fault) -> dict[str, object]:
    names = ("rule", "file", "line", "column", "expected", "got", "remedy")
    return {name: getattr(fault, name) for name in names}


def _evaluation_json(city: City, today: Evaluation, proposed: Evaluation, lang: Lang) -> dict[str, object]:
    schools = compare(today, proposed)
    names = city.tables["schools"]["name"]
    return {
        "city": {
            "code": city.code,
            "name": city.name,
            "insee": city.insee,
            "key": city.key,
            "fictional": city.fictional,
        },
        "scenario": {
            "name": proposed.scenario.name,
            "key": proposed.scenario.key,
            "level": str(proposed.scenario.level),
            "start_year": proposed.scenario.start_year,
            "moves": len(proposed.scenario.moves),
            "plan_key": proposed.plan.key,
        },
        "year": proposed.year,
        "totals_before": dict(today.totals),
        "totals_after": dict(proposed.totals),
        "schools": [
            {"school_id": str(school), "name": names[str(school)], **figures}
            for school, figures in schools.to_dict(orient="index").items()
        ],
        "summary": summary(city, today, proposed, lang=lang),
        "notes": [{"code": note.code, "text": note_text(note, lang)} for note in proposed.notes],
        "sources": [source.model_dump(mode="json") for source in proposed.sources],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Give what JSON can hold: a number that is not known or not finite becomes null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if value is pd.NA else value
