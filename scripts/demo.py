"""The whole story in the terminal: who lives where, who is coming, a better map, who moves when, hot yards, the pack.

Example: python scripts/demo.py --out out
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from geo.cli.packing import steps, tell_figures
from geo.cli.teller import Teller
from geo.council.figures import fiction, school_table
from geo.council.moving import moving_sentence, moving_table
from geo.council.outlook import backtest_sentences, overflow_sentences
from geo.council.pack import PARTS, write_pack
from geo.council.portraits import area_figures, figure_text, heading, portrait_summary
from geo.council.pupils import year_table
from geo.council.revising import proposal_lines
from geo.council.story import key_figures
from geo.council.words import Lang, number, percent, say
from geo.council.writing import check_folder
from geo.council.yards import budget_sentence, works_figures, yards_sentence
from geo.model.city import City
from geo.model.measures import Phasing
from geo.model.projection import Projection
from geo.model.scenario import Scenario
from geo.planning.classes import pressure
from geo.planning.evaluation import evaluate
from geo.planning.portrait import portrait
from geo.planning.revision.propose import propose
from geo.planning.revision.rules import Rules
from geo.planning.revision.search import Progress as Found
from geo.planning.study import STEPS, Study, study
from geo.planning.transition import baseline, transition
from geo.sources.cities import open_city

ROOT = Path(__file__).resolve().parent.parent
SEARCH_S = 20.0
MOVING_YEARS = 6
SHOWN = ("name", "children", "quintile", "qpv_share")


def as_it_is(value: object, lang: Lang) -> str:
    """Write a text that is one already."""
    del lang
    return str(value)


WORKS = {
    "school": as_it_is,
    "measure": as_it_is,
    "trees": number,
    "cost": number,
    "sun_before": percent,
    "sun_after": percent,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Tell the story of the shipped city and write the pack of the map that is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out")
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--lang", choices=["fr", "en"], default="fr")
    asked = parser.parse_args(arguments)
    told = Teller(asked.lang, as_json=False)
    try:
        with told.refusals():
            tell(told, asked.data, asked.out)
    except typer.Exit as end:
        raise SystemExit(end.exit_code) from end


def tell(told: Teller, data: Path, out: Path) -> None:
    """Tell the story from the first question to the last."""
    check_folder(out)
    example = Scenario.read(data / "scenarios" / "villebrune-example.json")
    city = told.busy("cli.opening", lambda: open_city(data, example.city), city=example.city)
    told.say(fiction(city, told.lang))
    question(told, 1, "portrait")
    tell_portrait(told, city)
    question(told, 2, "pupils")
    before = told.busy("pack.step.pupils", lambda: baseline(city, example))
    tell_pupils(told, city, before, scenario=example)
    question(told, 3, "revise")
    scenario = tell_proposal(told, city, example)
    question(told, 4, "moves")
    tell_moves(told, city, scenario, before=before)
    question(told, 5, "yards")
    with steps(told, len(STEPS)) as begin:
        studied = study(city, scenario, before=before, report=begin)
    tell_yards(told, studied)
    question(told, 6, "pack")
    with steps(told, len(PARTS)) as begin:
        files = write_pack(out, city, studied, lang=told.lang, report=begin)
    tell_figures(told, key_figures(city, studied, lang=told.lang))
    told.say(say("demo.files", told.lang))
    for file in files:
        told.say(f"  {file}")


def question(told: Teller, place: int, name: str) -> None:
    """Write the heading of a chapter."""
    text = say("demo.question", told.lang, number=place, text=say(f"demo.{name}", told.lang))
    told.say(f"\n{text}\n{'─' * len(text)}")


def tell_portrait(told: Teller, city: City) -> None:
    """Say where children live and how hard life is there."""
    found = portrait(city)
    figures = area_figures(found, told.lang)
    years = found.columns["year"].reindex(list(SHOWN)).fillna("")
    table = figures[list(SHOWN)].apply(lambda column: column.map(lambda value: cell(column.name, value, told)))
    told.table(table.rename(columns={name: heading(name, str(years[name]), told.lang) for name in SHOWN}))
    told.say(portrait_summary(city, found, told.lang))


def cell(column: object, value: object, told: Teller) -> str:
    """Write one figure of the portrait."""
    return figure_text(str(column), value, told.lang)


def tell_pupils(told: Teller, city: City, before: Projection, *, scenario: Scenario) -> None:
    """Say how many pupils are coming, which school overflows when, and what such forecasts were worth."""
    years = pressure(city, before, assumptions=scenario.assumptions)
    names = city.tables["schools"]["name"]
    told.say(say("demo.rolls", told.lang, year=before.last_year))
    table = year_table(years, names, measure="pupils", lang=told.lang).texts
    schools = pd.Series(names.reindex(table.index), name="")
    told.table(schools.to_frame().join(table.rename(columns=str)))
    told.say(overflow_sentences(years, names, level=scenario.level, lang=told.lang))
    told.say(backtest_sentences(before, told.lang))


def tell_proposal(told: Teller, city: City, example: Scenario) -> Scenario:
    """Look for a better map with a margin for the pupils to come, show it, and give the scenario that decides it."""
    named = {"name": say("demo.proposal", told.lang), "comment": say("demo.comment", told.lang)}
    start = example.model_copy(update={**named, "moves": {}})
    margin = start.assumptions.model_copy(update={f"attendance_share_{start.level}": 1.0})
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = told.progress
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("demo.searching", told.lang), total=1.0)

        def report(found: Found) -> None:
            progress.update(task, completed=found.time_share)

        rules = Rules(time_limit_s=SEARCH_S)
        proposal = propose(city, start.model_copy(update={"assumptions": margin}), rules, report=report)
    scenario = proposal.scenario.model_copy(update={"assumptions": start.assumptions})
    today, proposed = evaluate(city, scenario.without_changes()), evaluate(city, scenario)
    told.say(say("demo.margin", told.lang, share=today.totals["attendance_share"]))
    for line in proposal_lines(proposal, city, lang=told.lang):
        told.say(f"· {line}")
    told.say(say("demo.without_margin", told.lang))
    told.table(school_table(city, today, proposed, lang=told.lang))
    return scenario


def tell_moves(told: Teller, city: City, scenario: Scenario, *, before: Projection) -> None:
    """Say who changes school in which year, under each way of bringing the map into force."""
    for phasing in Phasing:
        phased = transition(city, scenario.model_copy(update={"phasing": phasing}), before=before)
        told.say(say(f"demo.phasing.{phasing}", told.lang, year=scenario.start_year))
        told.table(moving_table(phased, told.lang).head(MOVING_YEARS))
        told.say(moving_sentence(phased, told.lang))


def tell_yards(told: Teller, studied: Study) -> None:
    """Say which yards have most sun and what the budget of the scenario buys."""
    told.say(yards_sentence(studied.yards, told.lang))
    works = works_figures(studied.yards, told.lang, chosen_only=True)[list(WORKS)]
    written = works.apply(lambda column: column.map(lambda value: WORKS[column.name](value, told.lang)))
    told.table(written.rename(columns={name: say(f"app.playgrounds.columns.{name}", told.lang) for name in WORKS}))
    told.say(budget_sentence(studied.yards, studied.scenario.greening_budget_eur, told.lang))


if __name__ == "__main__":
    main()
