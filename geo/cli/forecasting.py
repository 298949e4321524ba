"""``cartable forecast``: pupils and rooms of the years to come, and what past forecasts were worth."""

from __future__ import annotations

from typing import Annotated, Final

import pandas as pd
import typer

from geo.cli.opening import CityOption, DataOption, JsonOption, LangOption, LevelOption, ScenarioOption, opened
from geo.cli.teller import Teller
from geo.council.figures import fiction
from geo.council.forecasts import forecast_table, shown_years
from geo.council.moving import moving_sentence, moving_table
from geo.council.outlook import backtest_sentences, backtest_table, city_sentence, overflow_sentences
from geo.council.pupils import fan_table, side_of
from geo.council.words import note_text, say
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.scenario import Scenario
from geo.model.transition import Transition
from geo.planning.applying import schools_under
from geo.planning.projection.project import refusal
from geo.planning.transition import school_years, transition

YEARS: Final = 10
_NAMES_WIDTH: Final = 46  # letters of the first two columns
_YEAR_WIDTH: Final = 10


def forecast(
    data: DataOption = None,
    city: CityOption = None,
    level: LevelOption = None,
    scenario: ScenarioOption = None,
    years: Annotated[int, typer.Option("--years", help="How many years to look ahead: 1 to 20.")] = YEARS,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Also say how far off past forecasts were, beside 'same as last year'.")
    ] = False,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Give the pupils, rooms and risks of each school for the years to come, with a scenario if one is named.

    Example: `cartable forecast --level elementary --years 8 --backtest`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        place, asked = opened(told, data, city, level=level, scenario=scenario)
        ahead = looked_ahead(told, place, asked, years=years)
        table = school_years(place, ahead)
        _tell(told, place, ahead, table)
        if backtest:
            _tell_past(told, ahead)
        for note in ahead.notes:
            told.say(f"· {note_text(note, told.lang)}")
        told.result(_forecast_json(told, place, ahead, table=table, backtest=backtest))


def looked_ahead(told: Teller, city: City, scenario: Scenario, *, years: int = YEARS) -> Transition:
    """Compute the years to come under a scenario while a line says so; refuse in words what cannot be projected."""
    refused = refusal(city, scenario.level, years)
    if refused is not None:
        raise ScenarioError(note_text(refused, told.lang))
    return told.busy(
        "cli.forecasting", lambda: transition(city, scenario, horizon_years=years), city=city.name, count=years
    )


def _tell(told: Teller, city: City, ahead: Transition, table: pd.DataFrame) -> None:
    """Say what is coming, school by school."""
    lang, scenario, projection = told.lang, ahead.scenario, ahead.after
    side, names = side_of(table, "after"), schools_under(city, scenario)["name"]
    told.say(city.name + (f" · {fiction(city, lang)}" if city.fictional else ""))
    told.say(say("forecast.title", lang, level=scenario.level, scenario=scenario.name))
    fan = fan_table(city, projection, side)
    share = projection.choices.interval_share
    for year in (projection.last_year, projection.years[-1]):
        told.say(city_sentence(city, fan, year=year, share=share, lang=lang))
    shown = shown_years(side, room=(told.person.width - _NAMES_WIDTH) // _YEAR_WIDTH)
    told.table(forecast_table(shown, names, lang))
    told.say(say("forecast.legend", lang, share=share))
    if len(shown) < len(side):
        told.say(say("forecast.narrow", lang))
    told.say(overflow_sentences(side, names, level=scenario.level, lang=lang))
    if not ahead.movers.empty:
        told.say(moving_sentence(ahead, lang))
        told.table(moving_table(ahead, lang))


def _tell_past(told: Teller, ahead: Transition) -> None:
    """Say what past forecasts were worth."""
    sentences = backtest_sentences(ahead.after, told.lang)
    told.say(say("projection.backtest.title", told.lang))
    if sentences:
        told.table(backtest_table(ahead.after.errors, told.lang))
    told.say(sentences or say("cli.no_past", told.lang))


def _forecast_json(
    told: Teller, city: City, ahead: Transition, *, table: pd.DataFrame, backtest: bool
) -> dict[str, object]:
    scenario, projection, names = ahead.scenario, ahead.after, schools_under(city, ahead.scenario)["name"]
    schools = [
        {
            "school_id": str(school),
            "name": str(names[school]),
            "years": rows.droplevel("school_id").reset_index().to_dict("records"),
        }
        for school, rows in table.groupby(level="school_id")
    ]
    totals = projection.totals.xs("public").reset_index().to_dict("records")
    past = {"errors": projection.errors.reset_index().to_dict("records")} if backtest else {}
    return {
        "city": {"code": city.code, "name": city.name, "key": city.key, "fictional": city.fictional},
        "scenario": {
            "name": scenario.name,
            "key": scenario.key,
            "level": str(scenario.level),
            "start_year": ahead.start_year,
            "phasing": str(scenario.phasing),
        },
        "last_year": projection.last_year,
        "last_year_weight": projection.last_year_weight,
        "interval_share": projection.choices.interval_share,
        "public": totals,
        "schools": schools,
        "moving": ahead.years.reset_index().to_dict("records"),
        **past,
        "notes": [{"code": note.code, "text": note_text(note, told.lang)} for note in ahead.notes],
        "sources": [source.model_dump(mode="json") for source in projection.sources],
    }
