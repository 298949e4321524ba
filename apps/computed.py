"""What is computed once: the only file with caches.

A frame is never a hashed argument of a cache: Streamlit would hash a sample of it. What cannot be hashed has a name
that begins with ``_``, beside a short text that stands for its content.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd
import sqlalchemy as sa
import streamlit as st
from assets import prepare_static
from views.layers import publish_layers, school_fills, view_of
from views.names import streets_of_units, unit_names
from views.reach_layers import publish_reach
from views.walk_layers import publish_limits, publish_view
from visits import Ground, Outlook, Visit, language

from geo.council.figures import school_figures
from geo.council.pupils import side_of
from geo.council.reachlayers import View
from geo.council.words import say
from geo.model.city import City
from geo.model.distances import DistanceChoices
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.projection import Projection
from geo.model.reach import Asked, Offer
from geo.model.scenario import Scenario
from geo.model.tables import TABLES
from geo.model.walking import WalkChoices
from geo.planning.applying import schools_under
from geo.planning.catchments import Catchments, catchments
from geo.planning.evaluation import evaluate
from geo.planning.listing import Lists, lists_under
from geo.planning.mix import Mix, mix
from geo.planning.offers import kinds_of as kinds_in
from geo.planning.portrait import Portrait, portrait
from geo.planning.projection.project import refusal
from geo.planning.reach import Reach, reach_of
from geo.planning.study import Study, study
from geo.planning.transition import baseline, school_years, transition
from geo.planning.walk_areas import WalkAreas, walk_areas, walk_between
from geo.planning.yards import Yards, yard_pupils, yards
from geo.sources.cards import CARD
from geo.sources.catalogue import CATALOGUE
from geo.sources.cities import city_codes, open_city
from geo.sources.street_list_audit import AuditReport
from geo.sources.street_list_city import audit_upload
from geo.store import open_store
from geo.territory.sectors import draw_sectors
from geo.territory.walking.routes import Route

STATIC: Final = Path(__file__).parent / "static"
SHIPPED: Final = Path(__file__).parents[1] / "data"
STORE: Final = Path("var") / "scenarios.sqlite"
HORIZON_YEARS: Final = 10


def opened_city() -> City:
    """Give the city that the environment names, read again only when one of its files has changed.

    Raises
    ------
    GeoError
        If it cannot be opened.
    """
    folder = Path(os.environ.get("CARTABLE_DATA") or SHIPPED)
    code = os.environ.get("CARTABLE_CITY") or city_codes(folder)[0]
    with st.spinner(say("app.opening", language(), city=code), show_time=True):
        return _city(str(folder), code, _stamp(folder, code))


def figures_of(city: City, scenario: Scenario) -> Evaluation:
    """Give the figures of a scenario, computed once for all scenarios that give equal figures.

    Raises
    ------
    GeoError
        If the scenario does not fit the city.
    """
    # Two scenarios of one key may have two names.
    return replace(_figures(city.key, scenario.key, city, scenario), scenario=scenario)


def schools_of(city: City, before: Evaluation, after: Evaluation) -> pd.DataFrame:
    """Give the figures of each school in two evaluations side by side."""
    return _schools(city.key, before.scenario.key, after.scenario.key, _evaluations=(city, before, after))


def study_of(city: City, scenario: Scenario) -> Study:
    """Give all figures of a scenario, computed once for all scenarios that give equal figures.

    Raises
    ------
    GeoError
        If the scenario does not fit the city.
    """
    with st.spinner(say("app.studying", language()), show_time=True):
        return replace(_study(city.key, scenario.key, city, scenario), scenario=scenario)


def yards_of(of: Visit) -> Yards:
    """Give the school yards before and after the work in hand, computed once for all scenarios of equal figures.

    Raises
    ------
    GeoError
        If there is no sun at one of the recesses.
    """
    with st.spinner(say("app.playgrounds.computing", language()), show_time=True):
        return _yards(of.city.key, of.work.scenario.key, of.city, of.today, of.proposed)


def outlook_refusal(of: Visit) -> Note | None:
    """Say why the pupils of the level cannot be projected; None if they can."""
    return refusal(of.city, of.level, HORIZON_YEARS)


def outlook(of: Visit) -> Outlook:
    """Give pupils and rooms to come, computed once for all scenarios that give equal figures.

    Raises
    ------
    GeoError
        If the scenario does not fit the city, or the level cannot be projected.
    """
    scenario = of.work.scenario
    kept = _outlook(of.city.key, scenario.key, _city=of.city, _scenario=scenario, _before=today_outlook(of))
    return replace(kept, transition=replace(kept.transition, scenario=scenario))


def today_outlook(of: Visit) -> Projection:
    """Give pupils to come if nothing is decided: what is built and chosen counts, what is moved does not.

    Raises
    ------
    GeoError
        If the level cannot be projected.
    """
    told = of.work.scenario.model_dump_json(include={"city", "level", "dwellings", "projection", "assumptions"})
    return _baseline(of.city.key, told, of.city, of.work.scenario)


def lists_of(of: Visit) -> Lists:
    """Give the street lists of the level, computed once for all scenarios that give equal figures.

    Raises
    ------
    AnnexError
        If so many rows lie upon each other that they could not be held.
    """
    return _lists(of.city.key, of.work.scenario.key, of.city, of.work.scenario)


def audit_of(of: Visit, name: str, content: bytes, *, columns: str) -> AuditReport:
    """Give the audit of a street list that was handed over, done once for each file.

    Raises
    ------
    GeoError
        If the list cannot be read or compared with the city.
    """
    digest = hashlib.sha256(content).hexdigest()
    told = (of.city.key, str(of.level), name, columns, digest)
    with st.spinner(say("app.list.audit.busy", language()), show_time=True):
        return _audit(told, of.city, of.level, _content=content)


def catchments_of(of: Visit, scenario: Scenario, choices: DistanceChoices) -> Catchments:
    """Give the schools of the map beside the nearest ones, computed once for all scenarios of equal figures.

    Raises
    ------
    GeoError
        If the scenario does not fit the city.
    """
    told = (of.city.key, scenario.key, choices.model_dump_json())
    return replace(_catchments(told, of.city, scenario, _choices=choices), scenario=scenario)


def walk_areas_of(of: Visit, found: Catchments) -> WalkAreas:
    """Give the areas of the nearest schools and the rings, computed once.

    Raises
    ------
    GeoError
        If the commune has no streets.
    """
    with st.spinner(say("app.catchments.computing", of.lang), show_time=True):
        return _walk_areas((of.city.key, found.scenario.key, found.choices.limits_m), of.city, found)


def walk_layers_of(of: Visit, found: Catchments, view: str) -> Mapping[str, str]:
    """Give the address of each layer of the map of walks to school, published once."""
    told = (of.city.key, found.scenario.key)
    with st.spinner(say("app.catchments.computing", of.lang), show_time=True):
        painted = _walk_view((*told, found.choices.limits_m, view), of.city, found)
        return {"areas": painted, **_walk_limits(told, of.city, found)}


def walk_of(of: Visit, found: Catchments, address_id: str, *, school_id: str) -> Route | None:
    """Give the walk from an address to a school, computed once; None if there is no way."""
    return _walk((of.city.key, found.scenario.key, address_id, school_id), of.city, found.scenario)


def kinds_of(of: Visit) -> tuple[Offer, ...]:
    """Give the kinds of place that the city has."""
    return _kinds(of.city.key, str(of.level), of.city)


def reach_by(of: Visit, asked: Asked, *, freely: bool = False) -> Reach:
    """Give who can walk to places of a kind, computed once; by the rules of the work in hand, or `freely`.

    Raises
    ------
    GeoError
        If the question cannot be answered.
    """
    asked, walking = replace(asked, level=of.level), of.work.scenario.walking
    walking = walking.freely if freely else walking
    with st.spinner(say("app.reach.computing", of.lang), show_time=True):
        return _reach((of.city.key, repr(asked), walking.model_dump_json()), of.city, _asked=asked, _walking=walking)


def reach_layers_of(of: Visit, found: Reach, view: View) -> Mapping[str, str]:
    """Give the address of each painted layer of the map of places in reach, published once."""
    told = (of.city.key, repr(found.asked), of.work.scenario.walking.model_dump_json(), view)
    return _reach_layers(told, of.city, found, _view=view)


def portrait_of(city: City) -> Portrait:
    """Give the portrait of the city."""
    return _portrait(city.key, city)


def mix_of(city: City, evaluation: Evaluation) -> Mix:
    """Give the social mix of the schools of an evaluation."""
    return _mix(city.key, evaluation.scenario.key, city, evaluation)


def ground(city: City, level: Level) -> Ground:
    """Give what the map needs and no gesture changes."""
    return _ground(city.key, str(level), city)


def labels(city: City) -> Mapping[str, str]:
    """Give the label of each unit, in the order in which people look for them."""
    return _labels(city.key, city)


def streets(city: City) -> Mapping[str, frozenset[str]]:
    """Give the units of each street, in the order of the names of the streets."""
    return _streets(city.key, city)


def made_file(kind: str, make: Callable[[Visit], bytes], of: Visit) -> bytes:
    """Give a file of the work in hand, made once for each kind, scenario and language.

    Raises
    ------
    GeoError
        If it cannot be made.
    """
    told = of.work.scenario.to_json()
    return _file(kind, city_key=of.city.key, scenario=told, lang=of.lang, _make=lambda: make(of))


def store() -> sa.Engine:
    """Give the store of scenarios that the environment names.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    return _store(os.environ.get("CARTABLE_STORE") or str(STORE))


@st.cache_resource(show_spinner=False)
def prepare_files(folder: Path) -> None:
    """Fill the folder of files that browsers fetch, once a server."""
    prepare_static(folder)


@st.cache_resource(show_spinner=False, max_entries=4)
def _city(folder: str, code: str, stamp: tuple[object, ...]) -> City:
    del stamp  # it only tells the cache that a file has changed
    return open_city(Path(folder), code)


def _stamp(folder: Path, code: str) -> tuple[object, ...]:
    files = [
        folder / CATALOGUE,
        *(folder / table.path.format(city=code) for table in TABLES),
        folder / CARD.format(city=code),
    ]
    return tuple((file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None for file in files)


@st.cache_resource(show_spinner=False, max_entries=32)
def _figures(city_key: str, scenario_key: str, _city: City, _scenario: Scenario) -> Evaluation:
    del city_key, scenario_key
    return evaluate(_city, _scenario)


@st.cache_resource(show_spinner=False, max_entries=32)
def _schools(
    city_key: str, before_key: str, after_key: str, *, _evaluations: tuple[City, Evaluation, Evaluation]
) -> pd.DataFrame:
    del city_key, before_key, after_key
    figures = school_figures(*_evaluations)
    return figures.assign(number=range(1, len(figures) + 1))


@st.cache_resource(show_spinner=False, max_entries=16)
def _baseline(city_key: str, told: str, _city: City, _scenario: Scenario) -> Projection:
    del city_key, told
    return baseline(_city, _scenario, horizon_years=HORIZON_YEARS)


@st.cache_resource(show_spinner=False, max_entries=32)
def _outlook(city_key: str, scenario_key: str, *, _city: City, _scenario: Scenario, _before: Projection) -> Outlook:
    del city_key, scenario_key
    coming = transition(_city, _scenario, before=_before)
    both = school_years(_city, coming)
    return Outlook(coming, both, side_of(both, "after"), schools_under(_city, _scenario)["name"])


@st.cache_resource(show_spinner=False, max_entries=16)
def _lists(city_key: str, scenario_key: str, _city: City, _scenario: Scenario) -> Lists:
    del city_key, scenario_key
    return lists_under(_city, _scenario)


@st.cache_resource(show_spinner=False, max_entries=4)
def _audit(told: tuple[str, ...], _city: City, _level: Level, *, _content: bytes) -> AuditReport:
    _, _, name, columns, _ = told
    return audit_upload(_city, name, _content, level=_level, columns=columns)


@st.cache_resource(show_spinner=False, max_entries=32)
def _catchments(told: tuple[str, ...], _city: City, _scenario: Scenario, *, _choices: DistanceChoices) -> Catchments:
    del told
    return catchments(_city, _scenario, _choices)


@st.cache_resource(show_spinner=False, max_entries=8)
def _walk_areas(told: tuple[object, ...], _city: City, _found: Catchments) -> WalkAreas:
    del told
    return walk_areas(_city, _found)


# As many as versions of a layer are kept, see `assets.publish_layer`.
@st.cache_resource(show_spinner=False, max_entries=8)
def _walk_view(told: tuple[object, ...], _city: City, _found: Catchments) -> str:
    return publish_view(STATIC, _city, _found, view=str(told[-1]))


@st.cache_resource(show_spinner=False, max_entries=8)
def _walk_limits(told: tuple[str, ...], _city: City, _found: Catchments) -> Mapping[str, str]:
    del told
    return publish_limits(STATIC, _city, _found)


@st.cache_resource(show_spinner=False, max_entries=64)
def _walk(told: tuple[str, ...], _city: City, _scenario: Scenario) -> Route | None:
    return walk_between(_city, _scenario, told[2], school_id=told[3])


@st.cache_resource(show_spinner=False, max_entries=12)
def _kinds(city_key: str, level: str, _city: City) -> tuple[Offer, ...]:
    del city_key
    return kinds_in(_city, Level(level))


@st.cache_resource(show_spinner=False, max_entries=32)
def _reach(told: tuple[str, ...], _city: City, *, _asked: Asked, _walking: WalkChoices) -> Reach:
    del told
    return reach_of(_city, _asked, walking=_walking)


# As many as versions of a layer are kept, see `assets.publish_layer`.
@st.cache_resource(show_spinner=False, max_entries=8)
def _reach_layers(told: tuple[str, ...], _city: City, _found: Reach, *, _view: View) -> Mapping[str, str]:
    del told
    return publish_reach(STATIC, _city, _found, view=_view)


@st.cache_resource(show_spinner=False, max_entries=4)
def _portrait(city_key: str, _city: City) -> Portrait:
    del city_key
    return portrait(_city)


@st.cache_resource(show_spinner=False, max_entries=32)
def _mix(city_key: str, scenario_key: str, _city: City, _evaluation: Evaluation) -> Mix:
    del city_key, scenario_key
    return mix(_city, _evaluation)


@st.cache_resource(show_spinner=False, max_entries=8)
def _study(city_key: str, scenario_key: str, _city: City, _scenario: Scenario) -> Study:
    del city_key, scenario_key
    return study(_city, _scenario)


@st.cache_resource(show_spinner=False, max_entries=32)
def _yards(city_key: str, scenario_key: str, _city: City, _today: Evaluation, _proposed: Evaluation) -> Yards:
    del city_key, scenario_key
    return yards(_city, _proposed.scenario, yard_pupils(_city, _today, _proposed))


@st.cache_resource(show_spinner=False, max_entries=12)
def _ground(city_key: str, level: str, _city: City) -> Ground:
    del city_key
    sectors = draw_sectors(_city.layer("units"), _city.current[Level(level)])
    schools = [str(school) for school in _city.schools_of(Level(level)).index]
    return Ground(publish_layers(STATIC, _city, sectors, level=level), view_of(_city), school_fills(schools, sectors))


@st.cache_resource(show_spinner=False, max_entries=4)
def _labels(city_key: str, _city: City) -> Mapping[str, str]:
    del city_key
    return unit_names(_city)


@st.cache_resource(show_spinner=False, max_entries=4)
def _streets(city_key: str, _city: City) -> Mapping[str, frozenset[str]]:
    del city_key
    return streets_of_units(_city)


@st.cache_data(show_spinner=False, max_entries=16)
def _file(kind: str, *, city_key: str, scenario: str, lang: str, _make: Callable[[], bytes]) -> bytes:
    del kind, city_key, scenario, lang
    return _make()


@st.cache_resource(show_spinner=False)
def _store(place: str) -> sa.Engine:
    return open_store(place)
