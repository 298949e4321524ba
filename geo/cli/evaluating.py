"""``cartable evaluate`` and ``cartable export``: the figures of a scenario, on the terminal and in files."""

from __future__ import annotations

from geo.cli.opening import (
    CityOption,
    DataOption,
    JsonOption,
    LangOption,
    LevelOption,
    OutOption,
    ScenarioOption,
    evaluations,
)
from geo.cli.teller import Teller
from geo.council.exports import write_exports
from geo.council.figures import fiction, school_table, summary
from geo.council.words import Lang, note_text
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.planning.evaluation import compare


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
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        place, today, proposed = evaluations(told, data, city, level=level, scenario=scenario)
        told.say(place.name + (f" · {fiction(place, told.lang)}" if place.fictional else ""))
        told.table(school_table(place, today, proposed, lang=told.lang))
        told.say(summary(place, today, proposed, lang=told.lang))
        for note in proposed.notes:
            told.say(f"· {note_text(note, told.lang)}")
        told.result(_evaluation_json(place, today, proposed, told.lang))


def export(
    out: OutOption,
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
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        place, today, proposed = evaluations(told, data, city, level=level, scenario=scenario)
        files = told.busy(
            "cli.exporting", lambda: write_exports(out, place, today, proposed, lang=told.lang), city=place.name
        )
        for file in files:
            told.say(str(file))
        told.result({"city": place.code, "scenario_key": proposed.scenario.key, "files": [str(file) for file in files]})


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
