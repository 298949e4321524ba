"""``cartable national``: many communes or départements at once, on all processors or on several machines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from geo.cli.opening import JsonOption, LangOption, today
from geo.cli.teller import REFUSED, Teller
from geo.council.words import fault_text, level_name, metres, number, percent, say
from geo.errors import Fault, SourceError
from geo.model.levels import Level
from geo.planning.evaluation import evaluate
from geo.sources.cities import city_codes, open_city
from geo.sources.files import UnreadableFileError
from geo.sources.points import Points, read_points, write_points
from geo.sources.street_shards import Shard, ShardTask, joined, write_shard
from geo.sources.street_tiles import Walks, nearest_of_files
from geo.sources.streets_files import DEFAULT_CRS
from geo.sources.streets_weaving import check_crs
from geo.territory.walking.tiles import HALO_M
from geo.workers import Crew, Done, hire

FAILED: Final = 1

WorkersOption = Annotated[
    int, typer.Option("--workers", min=0, help="Processes to start on this machine; 0: one after the other, here.")
]
SchedulerOption = Annotated[
    str, typer.Option("--scheduler", help="Address of a running dask scheduler, tcp://HOST:8786: its workers do it.")
]
MemoryOption = Annotated[
    float, typer.Option("--memory", min=0.1, help="Memory of each process that is started [GB].", show_default=True)
]

national = typer.Typer(help="Many communes or départements at once.", no_args_is_help=True)


@national.callback()
def main() -> None:
    """Many communes or départements at once."""


@national.command()
def walks(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Streets of each commune or département.")],
    schools: Annotated[Path, typer.Option("--schools", help="CSV: a code, and lon and lat, or x and y.")],
    out: Annotated[Path, typer.Option("--out", help="What to write: .csv, or .gpkg.")],
    homes: Annotated[
        Path | None, typer.Option("--homes", help="CSV as for schools; every crossing and end of a street without.")
    ] = None,
    crs: Annotated[str, typer.Option("--crs", help="Projected CRS in metres of all that is computed.")] = DEFAULT_CRS,
    halo: Annotated[float, typer.Option("--halo", min=1.0, help="Width of the first halo [m].")] = HALO_M,
    workers: WorkersOption = 0,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = 2.0,
    work: Annotated[
        Path | None, typer.Option("--work", help="Folder for what lies between; all machines must see it.")
    ] = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Give the nearest school of each home over the streets of many files, as if they were one.

    Ends with status 1 if a file could not be searched, 2 if one cannot be read.
    Example: `cartable national walks streets/*.osm.pbf --schools schools.csv --homes addresses.csv --out walks.csv`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals(), _folder(work, scheduler) as folder:
        check_crs(crs)
        placed, asked = read_points(schools, crs), read_points(homes, crs) if homes else None
        with _crew(told, workers, scheduler, memory_gb=memory) as (crew, show):
            show("national.reading")
            tasks = [ShardTask(str(file), crs, str(folder / f"{n:05d}.npz")) for n, file in enumerate(files)]
            shards = joined(_read(told, crew, tasks))
            show("national.walking")
            found = nearest_of_files(shards, placed.xy, asked.xy if asked else None, halo_m=halo, run=crew)
        write_points(out, found.xy, _table(found, placed, asked), crs=crs)
        _tell(told, found, (placed, asked), out=out)
        told.result(_json(found, shards, placed, out=out))
    if not found.certified.all():
        raise typer.Exit(FAILED)


class CityTask(NamedTuple):
    """A city of a data folder to evaluate, and the language of its names."""

    folder: str
    code: str
    lang: str


@national.command()
def cities(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Data folders, each with its cities.toml.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="CSV to write: one row a city and level.")] = None,
    workers: WorkersOption = 0,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = 2.0,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Give the figures of today's school map of many cities, side by side.

    Ends with status 1 if a city could not be evaluated: the others are told all the same.
    Example: `cartable national cities data/ ../rennes ../nantes --workers 4 --out cities.csv`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        tasks = [CityTask(str(folder), code, told.lang) for folder in folders for code in city_codes(folder)]
        with _crew(told, workers, scheduler, memory_gb=memory) as (crew, show):
            show("national.cities")
            done = list(crew(city_figures, tasks))
        rows = [row for part in done for row in part or []]
        if out:
            _write(pd.DataFrame(rows), out)
        told.table(_city_table(rows, told))
        failed = [task.code for task, part in zip(tasks, done, strict=True) if part is None]
        told.result({"cities": rows, "failed": failed, "file": str(out) if out else None})
    if failed:
        raise typer.Exit(FAILED)


def city_figures(task: CityTask) -> list[dict[str, Any]]:
    """Give the figures of today's map of each level of a city."""
    city = open_city(Path(task.folder), task.code)
    rows = []
    for level in city.current:
        figures = evaluate(city, today(city, level, "en" if task.lang == "en" else "fr"))
        place = {"city": city.code, "name": city.name, "level": str(level), "schools": len(figures.schools)}
        rows.append({**place, "year": figures.year, **figures.totals})
    return rows


# Work ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _folder(work: Path | None, scheduler: str) -> Iterator[Path]:
    """Give the folder for what lies between: one of our own that goes at the end, unless named."""
    if work:
        try:
            work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            got = error.strerror or type(error).__name__
            raise SourceError(str(work), expected="a folder", got=got, remedy="Name another one.") from error
        yield work
    elif scheduler:
        wanted, remedy = "a folder that all machines see", "Name one with --work."
        raise UnreadableFileError(Fault("no-shared-folder", "--work", None, "", wanted, "none", remedy))
    else:
        with tempfile.TemporaryDirectory(prefix="cartable-") as folder:
            yield Path(folder)


@contextmanager
def _crew(
    told: Teller, workers: int, scheduler: str, *, memory_gb: float
) -> Iterator[tuple[Crew, Callable[[str], None]]]:
    """Give who does the work, and a function that names what is being done, with a bar of how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = told.progress
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=None)

        def show(key: str) -> None:
            progress.reset(bar, description=say(key, told.lang), total=None)

        def step(done: Done) -> None:
            progress.update(bar, completed=done.number + 1, total=done.total)
            if done.failure:
                reason = fault_text(done.fault, told.lang) if done.fault else done.failure
                told.say(say("national.failure", told.lang, reason=reason))

        show("national.starting")
        with hire(workers, scheduler=scheduler, memory_gb=memory_gb, told=step) as crew:
            yield crew, show


def _read(told: Teller, crew: Crew, tasks: list[ShardTask]) -> list[Shard]:
    """Give the streets of all files; without one of them no answer would be exact."""
    shards = list(crew(write_shard, tasks))
    bad = [task.file for task, shard in zip(tasks, shards, strict=True) if shard is None]
    if bad:
        told.say(say("national.unread", told.lang, count=len(bad), files=", ".join(bad)))
        told.result({"error": "unread files", "files": bad})
        raise typer.Exit(REFUSED)
    return [shard for shard in shards if shard is not None]


# Telling ------------------------------------------------------------------------------------------------------------


def _table(found: Walks, schools: Points, homes: Points | None) -> pd.DataFrame:
    """Give what is written: code of the home if there is one, code of the school, walk and certificate."""
    codes = np.append(schools.codes.to_numpy(dtype=object), "")[found.school]
    table = pd.DataFrame({"school_id": codes, "walk_m": found.walk_m, "certified": found.certified})
    if homes is not None:
        table.insert(0, homes.code if homes.code not in table else "home_id", homes.codes.to_numpy())
    return table


def _tell(told: Teller, found: Walks, points: tuple[Points, Points | None], *, out: Path) -> None:
    lang, (schools, homes) = told.lang, points
    key = "national.homes" if homes else "national.nodes"
    told.say(say(key, lang, count=len(found.walk_m), schools=len(schools.codes)))
    for one in found.passes:
        share = one.certified / max(len(found.walk_m), 1)
        told.say(say("national.pass", lang, halo=one.halo_m, count=one.tiles, share=share))
    reached = found.walk_m[np.isfinite(found.walk_m)]
    if len(reached):
        told.say(say("national.median", lang, walk=float(np.median(reached)), longest=float(reached.max())))
    remarks = {
        "national.no_way": int((np.isinf(found.walk_m) & found.certified).sum()),
        "national.lost_schools": len(found.lost_schools),
        "national.open": int((~found.certified).sum()),
    }
    for key, count in remarks.items():
        if count:
            told.say(f"- {say(key, lang, count=count)}")
    told.say(say("national.written", lang, file=str(out)))


def _json(found: Walks, shards: list[Shard], schools: Points, *, out: Path) -> dict[str, Any]:
    return {
        "files": len(shards),
        "schools": len(schools.codes),
        "places": len(found.walk_m),
        "certified": int(found.certified.sum()),
        "without_way": int(np.isinf(found.walk_m).sum()),
        "passes": [one._asdict() for one in found.passes],
        "lost_schools": schools.codes[found.lost_schools].tolist(),
        "failed": list(found.failed),
        "length_m": float(sum(shard.part_m[shard.kept].sum() for shard in shards)),
        "file": str(out),
    }


def _city_table(rows: list[dict[str, Any]], told: Teller) -> pd.DataFrame:
    """Give the figures of the cities as people read them."""
    lang = told.lang
    titles = [say(f"national.heading.{name}", lang) for name in ("city", "level", "schools", "pupils", "rooms", "walk")]
    shown = [
        (
            row["name"],
            level_name(Level(row["level"]), lang),
            number(row["schools"], lang),
            number(row["pupils"], lang),
            percent(row["occupancy_share"], lang),
            metres(row["walk_median_m"], lang),
        )
        for row in rows
    ]
    return pd.DataFrame(shown, columns=titles)


def _write(table: pd.DataFrame, out: Path) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(out, index=False, encoding="utf-8", lineterminator="\n")
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise SourceError(str(out), expected="a place to write", got=got, remedy="Name another file.") from error
