"""``cartable revise``: a better school map, how good it is, and the scenario that leads to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import rich.progress as bars
import typer
from pydantic import ValidationError

from geo.cli.forecasting import looked_ahead
from geo.cli.opening import CityOption, DataOption, JsonOption, LangOption, LevelOption, ScenarioOption, opened
from geo.cli.teller import Teller
from geo.council.figures import fiction
from geo.council.moving import moving_sentence, moving_table
from geo.council.revising import gap_text, proposal_lines, proposal_rows
from geo.council.words import Lang, note_text, number, say
from geo.council.writing import replacing
from geo.errors import ExportError, ScenarioError
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.planning.applying import schools_under
from geo.planning.projection.project import refusal
from geo.planning.revision.propose import Progress, Proposal, propose
from geo.planning.revision.rules import Rules

_OPTIONS: Final = {
    "largest_moved_share": "--most-moved",
    "overflow_price_m": "--overflow-price",
    "change_cost_m": "--change-cost",
    "longest_walk_m": "--longest-walk",
    "time_limit_s": "--time",
    "gap_share": "--gap",
    "seed": "--seed",
}
_HORIZON: Final = 10


def revise(
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    most_moved: Annotated[
        float | None, typer.Option("--most-moved", help="Pupils who may change school, as a share: 0 to 1 [0.15].")
    ] = None,
    longest_walk: Annotated[
        float | None, typer.Option("--longest-walk", help="Longest walk of a pupil who is sent elsewhere [m].")
    ] = None,
    overflow_price: Annotated[
        float | None,
        typer.Option("--overflow-price", help="Walk that it is worth to spare a pupil above the places [3000 m]."),
    ] = None,
    change_cost: Annotated[
        float | None, typer.Option("--change-cost", help="Walk to be spared for a pupil to change school [0 m].")
    ] = None,
    pieces: Annotated[bool, typer.Option("--pieces", help="Let sectors lie in several pieces.")] = False,
    time: Annotated[float | None, typer.Option("--time", help="Longest search [30 s].")] = None,
    gap: Annotated[float | None, typer.Option("--gap", help="Gap at which the search ends, a share [0.002].")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Start of the random numbers [1].")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File that receives the proposed scenario (JSON).")] = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Propose a better school map: shorter walks, fewer full schools, few pupils moved, sectors in one piece.

    Example: `cartable revise --level elementary --most-moved 0.1 --time 20 --out out/proposal.json`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        asked_for = {
            "largest_moved_share": most_moved, "overflow_price_m": overflow_price, "change_cost_m": change_cost,
            "longest_walk_m": longest_walk, "time_limit_s": time, "gap_share": gap, "seed": seed,
            "in_one_piece": not pieces,
        }  # fmt: skip
        rules = _rules(asked_for, told.lang)
        _ready(out, told.lang)
        place, asked = opened(told, data, city, level=level, scenario=scenario)
        if scenario is None:
            asked = asked.model_copy(update={"name": say("cli.proposed_name", told.lang)})
        with _watched(told, rules) as report:
            proposal = propose(place, asked, rules, report=report)
        file = _written(out, proposal.scenario)
        _tell(told, place, proposal)
        if file:
            told.say(say("cli.proposal_written", told.lang, file=file))
        told.result(_proposal_json(told, place, proposal, file=file))


def _rules(asked: dict[str, float | bool | None], lang: Lang) -> Rules:
    """Give the rules that were asked for; say in words which one is out of its range."""
    try:
        return Rules.model_validate({name: value for name, value in asked.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        limits = first.get("ctx", {})
        name, kind = str(first["loc"][0]), "least" if "ge" in limits else "most"
        limit = limits.get("ge", limits.get("le"))
        option = _OPTIONS.get(name, name)
        raise ScenarioError(say(f"cli.rule_{kind}", lang, option=option, limit=limit, got=first["input"])) from error


@contextmanager
def _watched(told: Teller, rules: Rules) -> Iterator[Callable[[Progress], None]]:
    """Show a live line on the terminal: what is done, the cost so far, what no map can beat, and the gap."""
    columns = (bars.TextColumn("{task.description}"), bars.BarColumn(bar_width=20), bars.TimeElapsedColumn())
    console = told.progress
    with bars.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("revision.stage.bound", told.lang), total=rules.time_limit_s)

        known: list[Progress] = []

        def report(news: Progress) -> None:
            told_now = last_known(news, known[-1] if known else news)
            known.append(told_now)
            done = news.time_share * rules.time_limit_s
            progress.update(task, description=progress_text(told_now, told.lang), completed=done)

        yield report


def last_known(news: Progress, before: Progress) -> Progress:
    """Give the news with the cost and the bound that were known before, where it does not tell new ones."""
    return replace(
        news,
        objective_m=before.objective_m if math.isnan(news.objective_m) else news.objective_m,
        bound_m=before.bound_m if math.isnan(news.bound_m) else news.bound_m,
    )


def progress_text(news: Progress, lang: Lang) -> str:
    """Say how far a search is: the stage, the cost of the best map so far, the bound and the gap."""
    stage = say(f"revision.stage.{news.stage}", lang)
    if math.isnan(news.objective_m) or math.isnan(news.bound_m) or news.objective_m <= 0:
        return stage
    gap = gap_text(1 - news.bound_m / news.objective_m, lang)
    told = {"cost": number(news.objective_m, lang), "bound": number(news.bound_m, lang)}
    return say("cli.searching", lang, stage=stage, gap=gap, **told)


def _ready(out: Path | None, lang: Lang) -> None:
    """Make the folder of the file, before a long search and not after it."""
    if out is None:
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(say("cli.no_folder", lang, file=out, reason=type(error).__name__)) from error


def _written(out: Path | None, scenario: Scenario) -> str | None:
    """Write the scenario where it was asked for, whole or not at all."""
    if out is None:
        return None
    with replacing(out) as draft:
        draft.write_text(scenario.to_json(), encoding="utf-8")
    return str(out)


def _tell(told: Teller, city: City, proposal: Proposal) -> None:
    """Say what is proposed, how good it is, and who would move when."""
    lang, totals = told.lang, proposal.totals
    told.say(city.name + (f" · {fiction(city, lang)}" if city.fictional else ""))
    told.table(proposal_rows(proposal, schools_under(city, proposal.scenario)["name"], lang=lang))
    told.say(
        say(
            "cli.cost",
            lang,
            before=totals["objective_m_before"],
            after=totals["objective_m_after"],
            bound=proposal.bound_m,
        )
    )
    for line in proposal_lines(proposal, city, lang=lang):
        told.say(f"· {line}")
    refused = refusal(city, proposal.scenario.level, _HORIZON)
    if refused is not None:
        told.say(f"· {note_text(refused, lang)}")
        return
    ahead = looked_ahead(told, city, proposal.scenario, years=_HORIZON)
    told.say(moving_sentence(ahead, lang))
    if not ahead.movers.empty:
        told.table(moving_table(ahead, lang))


def _proposal_json(told: Teller, city: City, proposal: Proposal, *, file: str | None) -> dict[str, object]:
    names = schools_under(city, proposal.scenario)["name"]
    return {
        "city": {"code": city.code, "name": city.name, "key": city.key, "fictional": city.fictional},
        "objective_m": proposal.objective_m,
        "bound_m": proposal.bound_m,
        "gap_share": proposal.gap_share,
        "change_price_m": proposal.change_price_m,
        "totals": dict(proposal.totals),
        "schools": [
            {"school_id": str(school), "name": str(names[str(school)]), **figures}
            for school, figures in proposal.schools.to_dict(orient="index").items()
        ],
        "notes": [{"code": note.code, "text": note_text(note, told.lang)} for note in proposal.notes],
        "plan_key": proposal.plan.key,
        "scenario": proposal.scenario.model_dump(mode="json"),
        "file": file,
    }
