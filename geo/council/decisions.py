"""What a scenario decides, in plain sentences: streets, schools, rooms, who follows when, trees and money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from geo.council.words import Lang, level_name, number, say
from geo.model.city import City
from geo.model.levels import GRADES
from geo.planning.applying import schools_under
from geo.planning.study import Study

_MOST_ROUTES: Final = 5


def decision_sentences(city: City, study: Study, *, lang: Lang) -> Iterator[str]:
    """Say what the scenario decides, one sentence a decision, and why if its author says so."""
    scenario, totals = study.scenario, study.proposed.totals
    names = schools_under(city, scenario)["name"]
    level = level_name(scenario.level, lang)
    told = {"city": city.name, "level": level, "year": scenario.start_year}
    if totals["units_moved"]:
        units = say("count.units", lang, count=int(totals["units_moved"]))
        pupils = say("count.pupils", lang, count=round(totals["moved_pupils"]))
        yield say("decision.moves", lang, **told, units=units, pupils=pupils)
        yield say(f"decision.phasing.{scenario.phasing}", lang)
    else:
        yield say("decision.no_moves", lang, **told)
    for one in scenario.openings:
        yield say("decision.opening", lang, school=one.name, count=one.rooms)
    for school in scenario.closures:
        yield say("decision.closure", lang, school=names[school])
    for school, rooms in scenario.rooms.items():
        yield say("decision.rooms", lang, school=names[school], count=rooms)
    if scenario.dwellings:
        yield say("decision.dwellings", lang, count=sum(one.dwellings for one in scenario.dwellings))
    if scenario.trees:
        yield say("decision.trees", lang, count=len(scenario.trees))
    if scenario.greening_budget_eur:
        yield say(
            "decision.budget", lang, amount=say("story.eur", lang, amount=number(scenario.greening_budget_eur, lang))
        )
    if scenario.comment:
        yield say("decision.comment", lang, comment=scenario.comment.rstrip("."))


def mover_sentences(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang) -> Iterator[str]:
    """Say who changes school when, and from which school to which once all is in place."""
    if study.transition is None or not study.proposed.totals["units_moved"]:
        yield say("decision.nobody", lang)
        return
    yield str(figures.loc["changing_pupils", "sentence"])
    movers = study.transition.movers["pupils"]
    full = min(study.transition.start_year + len(GRADES[study.scenario.level]) - 1, study.transition.before.years[-1])
    there = movers[movers.index.get_level_values("year") == full]
    sums = there.groupby(["from_school", "to_school"]).sum().sort_values(ascending=False, kind="stable")
    routes = sums.reset_index().to_numpy().tolist()
    names = schools_under(city, study.scenario)["name"]
    told = [
        say(
            "decision.route",
            lang,
            left=names[left],
            came=names[came],
            pupils=say("count.pupils", lang, count=round(pupils)),
        )
        for left, came, pupils in routes[:_MOST_ROUTES]
    ]
    if told:
        more = len(routes) - len(told)
        yield say("decision.routes", lang, year=full, routes=" ; ".join(told) if lang == "fr" else "; ".join(told))
        if more > 0:
            yield say("decision.more_routes", lang, count=more)
