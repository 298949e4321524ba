"""What the pages share: the only file with the session and the address of the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import computed
import streamlit as st
from components.school_map import take_event
from views.reach_question import question_of, told_question
from views.walk_layers import distances_of, told_distances
from views.work import Desk, Notice, Work
from visits import LANG, Visit, language

from geo.council.words import date_text, say
from geo.errors import GeoError, ScenarioError, StoreError
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.reach import Asked
from geo.model.scenario import Scenario
from geo.planning.enrolment import children_year
from geo.planning.revision.propose import Progress, Proposal, propose
from geo.planning.revision.rules import Rules
from geo.store import SavedScenario, load, save, saved_scenarios

# Names of the widgets whose value the program also sets.
LEVEL, PICKED, TARGET = "level", "picked", "target"
NAME, AUTHOR, COMMENT, YEAR = "name", "author", "comment", "start_year"
PHASING, CLOSURES = "phasing", "closures"
NEW_NAME, NEW_UNIT, NEW_ROOMS = "new_name", "new_unit", "new_rooms"
YARD, FELLED, BUDGET = "yard", "felled", "budget"
STREET, NUMBER = "list_street", "list_number"
BEYOND, RINGS = "beyond", "rings"
MAP: Final = "school_map"
_PROPOSAL: Final = "proposal"
_DESK: Final = "desk"
_DISTANCES: Final = "distances"
_QUESTION: Final = "question"


# the session and the address ------------------------------------------------------------------------------------------


def begin() -> City:
    """Give the city, and at the first run of a session take up the work that the address names.

    Raises
    ------
    GeoError
        If the city cannot be opened or has no school map, or the store of scenarios cannot be opened.
    """
    st.session_state.setdefault(LANG, language())
    computed.prepare_files(computed.STATIC)
    city = computed.opened_city()
    if not city.current:
        raise ScenarioError(say("app.no_map", language(), city=city.name))
    if _DESK not in st.session_state:
        st.session_state[_DESK] = _taken_up(city)
    works = st.session_state[_DESK].works
    asked = next(iter(works), st.query_params.get(LEVEL))
    st.session_state.setdefault(LEVEL, str(asked if asked in city.current else next(iter(city.current))))
    if _DISTANCES not in st.session_state:
        look_from(distances_of(st.query_params.to_dict(), Level(st.session_state[LEVEL])))
    if _QUESTION not in st.session_state:
        ask(question_of(st.query_params.to_dict()))
    return city


def has_begun() -> bool:
    """Tell whether the city of this session could be opened."""
    return _DESK in st.session_state


def visit() -> Visit:
    """Give what the page shows now.

    Raises
    ------
    GeoError
        If the figures cannot be computed.
    """
    city, level = computed.opened_city(), Level(st.session_state[LEVEL])
    work = desk().works.get(level) or fresh(city, level)
    today, proposed = (
        computed.figures_of(city, work.scenario.without_changes()),
        computed.figures_of(city, work.scenario),
    )
    return Visit(city, language(), level, work, today, proposed, computed.schools_of(city, today, proposed))


def desk() -> Desk:
    """Give all that the session keeps."""
    kept: Desk = st.session_state[_DESK]
    return kept


def put(work: Work, notice: Notice | None = None) -> None:
    """Keep the work in hand, in the session and as a draft in the store, so that a reload finds it again."""
    try:
        kept = _drafted(work)
    except StoreError as error:
        kept, notice = work, Notice("error", "app.notice.not_kept", detail=str(error))
    st.session_state[_DESK] = desk().holding(kept, notice)


def tell(notice: Notice | None) -> None:
    """Tell the visitor something, or nothing any more, until the next change."""
    st.session_state[_DESK] = replace(desk(), notice=notice)


def take(work: Work, notice: Notice | None = None) -> None:
    """Put another work in the place of the one in hand, and turn to its level."""
    st.session_state[_DESK] = desk().holding(work, notice)
    st.session_state[LEVEL] = str(work.scenario.level)
    st.session_state[PICKED] = []


def address() -> dict[str, str]:
    """Give what the address of the page says: language, level, and the scenario in hand."""
    level = st.session_state[LEVEL]
    work = desk().works.get(Level(level))
    return {
        LANG: language(),
        LEVEL: level,
        **(work.address if work else {}),
        **told_distances(distances(), Level(level)),
        **told_question(question()),
    }


def distances() -> DistanceChoices:
    """Give the distances by which walks to school are looked at."""
    kept: DistanceChoices = st.session_state[_DISTANCES]
    return kept


def look_from(choices: DistanceChoices) -> None:
    """Look at walks to school by other distances."""
    st.session_state[_DISTANCES] = choices


def question() -> Asked | None:
    """Give what is asked about places in reach; None at first."""
    kept: Asked | None = st.session_state[_QUESTION]
    return kept


def ask(asked: Asked | None) -> None:
    """Ask something else about places in reach."""
    st.session_state[_QUESTION] = asked


def write_address() -> None:
    """Make the address of the page say what is shown, so that it can be sent to a colleague."""
    wanted = address()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def take_gesture(shown: Visit) -> None:
    """Take what was just done on the map into the lists beside it.

    A side of street that no school has cannot be moved: it is left out, and the visitor is told.
    """
    event = take_event(MAP)
    if event.kind == "none":
        return
    if event.kind == "school":
        st.session_state[TARGET] = event.school_id
    else:
        st.session_state[PICKED] = [unit for unit in event.unit_ids if unit in shown.proposed.plan.schools_of]
    lost = event.kind != "school" and len(event.unit_ids) - len(st.session_state[PICKED])
    tell(Notice("warning", "app.notice.no_school", {"count": lost}) if lost else None)


def search(of: Visit, rules: Rules, report: Callable[[Progress], None]) -> None:
    """Look for a better map than that of the work in hand, and keep what is found until the next search.

    Raises
    ------
    GeoError
        If the rules or the scenario do not fit the city.
    """
    found = propose(of.city, of.work.scenario, rules, report=report)
    st.session_state[_PROPOSAL] = (of.city.key, found)


def proposal_of(of: Visit) -> Proposal | None:
    """Give the map that was found last, if it is one of this city and level."""
    city_key, found = st.session_state.get(_PROPOSAL, ("", None))
    return found if city_key == of.city.key and found.scenario.level == of.level else None


def forget_proposal() -> None:
    """Forget the map that was found last."""
    st.session_state.pop(_PROPOSAL, None)


def picked() -> list[str]:
    """Give the selected sides of street."""
    return list(st.session_state.get(PICKED, []))


def target() -> str | None:
    """Give the school that the selection is to go to."""
    school: str | None = st.session_state.get(TARGET)
    return school


def value(name: str, default: object = None) -> object:
    """Give the value of a widget as it was before this run."""
    return st.session_state.get(name, default)


def preset(name: str, content: object) -> None:
    """Give a widget its value before it is drawn."""
    st.session_state[name] = content


def kept_scenarios(city: City) -> list[SavedScenario]:
    """Give the named scenarios of the city, the latest first.

    Raises
    ------
    GeoError
        If the store cannot be read.
    """
    return saved_scenarios(computed.store(), city.code)


def fresh(city: City, level: Level) -> Work:
    """Give the work that changes nothing yet; it may begin with the next school year."""
    name = say("app.draft_name", language(), date=date_text(dt.datetime.now().astimezone().date(), language()))
    return Work(Scenario(name=name, city=city.code, level=level, start_year=children_year(city) + 1))


# work that is kept ----------------------------------------------------------------------------------------------------


def _drafted(work: Work) -> Work:
    """Keep the work as it is now, unless that is how it was kept last."""
    if work.origin and work.scenario == work.origin.scenario:
        return replace(work, draft=None)
    try:
        return replace(work, draft=save(computed.store(), work.scenario, kept=work.draft, draft=True))
    except StoreError:
        # Another window went on with this draft: this one goes on beside it.
        return replace(work, draft=save(computed.store(), work.scenario, draft=True))


def _taken_up(city: City) -> Desk:
    """Take up the scenario that the address names; where there is none, say so and show the map in force."""
    wanted = st.query_params.get("scenario")
    try:
        shelf = computed.store()
    except StoreError as error:
        return Desk(notice=Notice("error", "app.notice.no_store", detail=str(error)))
    if not wanted:
        return Desk()
    try:
        kept = load(shelf, wanted)
        computed.figures_of(city, kept.scenario)
    except StoreError:
        return Desk(notice=Notice("warning", "app.notice.unknown_link", {"id": wanted}))
    except GeoError as error:
        return Desk(notice=Notice("warning", "app.notice.misfit_link", {"id": wanted}, str(error)))
    return Desk().holding(_work_of(kept))


def _work_of(kept: SavedScenario) -> Work:
    """Give the work that goes on from a kept scenario."""
    if not kept.draft:
        return Work(kept.scenario, origin=kept)
    return Work(kept.scenario, draft=kept, origin=_origin(st.query_params.get("of", "")))


def _origin(text: str) -> SavedScenario | None:
    """Give the named version that a draft comes from: ``id.version`` in the address; None if it is not there."""
    parts = re.fullmatch(r"(\w+)\.(\d+)", text)
    if not parts:
        return None
    try:
        return load(computed.store(), parts[1], version=int(parts[2]))
    except GeoError:
        return None
