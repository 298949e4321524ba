"""``cartable pack``: the key figures of a scenario, and the folder that the council gets in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

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
from geo.council.figures import fiction
from geo.council.pack import PARTS, write_pack
from geo.council.story import figure_table, key_figures, story, year_text_table
from geo.council.words import note_text, say
from geo.council.writing import check_folder
from geo.planning.study import STEPS, study


def pack(
    out: OutOption,
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Write what the council gets in hand: A3 map before and after, two-page summary, every table, a GeoPackage.

    Example: `cartable pack --scenario data/scenarios/villebrune-example.json --out out/pack`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        check_folder(out)
        place, asked = opened(told, data, city, level=level, scenario=scenario)
        with steps(told, len(STEPS) + len(PARTS)) as begin:
            studied = study(place, asked, report=begin)
            files = write_pack(out, place, studied, lang=told.lang, report=begin)
        figures = key_figures(place, studied, lang=told.lang)
        told.say(place.name + (f" · {fiction(place, told.lang)}" if place.fictional else ""))
        tell_figures(told, figures)
        for note in studied.notes:
            told.say(f"· {note_text(note, told.lang)}")
        for file in files:
            told.say(str(file))
        told.result(
            {
                "city": place.code,
                "scenario_key": asked.key,
                "figures": figures.reset_index().to_dict("records"),
                "notes": [{"code": note.code, "text": note_text(note, told.lang)} for note in studied.notes],
                "files": [str(file) for file in files],
            }
        )


def tell_figures(told: Teller, figures: pd.DataFrame) -> None:
    """Show the key figures: those of the first page, those of single years, and a sentence each."""
    told.table(figure_table(figures, lang=told.lang))
    by_year = year_text_table(figures, lang=told.lang)
    if len(by_year):
        told.table(by_year)
    for sentence in story(figures):
        told.say(sentence)


@contextmanager
def steps(told: Teller, count: int) -> Iterator[Callable[[str], None]]:
    """Show a bar of so many steps on the terminal; the function that is given begins the next one by its name."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = told.progress
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=count, completed=-1)

        def begin(step: str) -> None:
            progress.update(task, advance=1, description=say(f"pack.step.{step}", told.lang))

        yield begin
