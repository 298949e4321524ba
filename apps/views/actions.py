"""What the buttons and lists of the page *Réviser* do: each gives another work in hand."""

from __future__ import annotations

from dataclasses import replace

import shared
from views.work import Notice, Work

from geo.errors import GeoError, ScenarioError, StoreError
from geo.model.scenario import Scenario
from geo.store import load, save


def send() -> None:
    """Send the selected sides of street to the chosen school."""
    visit = shared.visit()
    current = visit.city.current[visit.level]
    try:
        work = visit.work.sent(shared.picked(), str(shared.target()), current)
    except GeoError as error:
        shared.tell(Notice("error", "app.notice.not_sent", detail=str(error)))
        return
    shared.put(work)
    shared.preset(shared.PICKED, [])


def undo() -> None:
    """Go back one change."""
    shared.put(shared.visit().work.undone())


def redo() -> None:
    """Make again the change that was last undone."""
    shared.put(shared.visit().work.redone())


def restart() -> None:
    """Go back to the map in force; can be undone."""
    shared.put(shared.visit().work.restarted())


def begin_anew() -> None:
    """Put a new scenario in the place of the one in hand."""
    visit = shared.visit()
    shared.take(shared.fresh(visit.city, visit.level))


def describe() -> None:
    """Take over the name, the author, the comment and the year."""
    work = shared.visit().work
    described = work.described(
        name=str(shared.value(shared.NAME) or ""),
        author=str(shared.value(shared.AUTHOR) or ""),
        comment=str(shared.value(shared.COMMENT) or ""),
        start_year=int(str(shared.value(shared.YEAR) or work.scenario.start_year)),
    )
    if described != work:
        shared.put(described)


def save_version() -> None:
    """Keep the work under its name: a new version of what it comes from, or a new scenario."""
    work = shared.visit().work
    _save(work, replace(work, origin=work.origin or work.draft))


def save_copy() -> None:
    """Keep the work as a scenario of its own; what it comes from stays as it is."""
    work = shared.visit().work
    _save(work, replace(work, origin=work.draft))


def open_kept(scenario_id: str) -> None:
    """Take up a scenario from the list."""
    try:
        kept = load(shared.store(), scenario_id)
        shared.figures_of(shared.opened_city(), kept.scenario)
    except GeoError as error:
        shared.tell(Notice("error", "app.notice.not_opened", detail=str(error)))
        return
    shared.take(Work(kept.scenario, origin=kept), Notice("success", "app.notice.opened", {"name": kept.scenario.name}))


def open_file(key: str) -> None:
    """Take up a scenario from a file that was handed over."""
    file = shared.value(key)
    if file is None:
        return
    try:
        scenario = _read(file.name, file.getvalue())  # type: ignore[attr-defined]
        shared.figures_of(shared.opened_city(), scenario)
    except GeoError as error:
        shared.tell(Notice("error", "app.notice.bad_file", {"file": file.name}, str(error)))  # type: ignore[attr-defined]
        return
    shared.take(Work(scenario))
    shared.put(Work(scenario), Notice("success", "app.notice.opened", {"name": scenario.name}))


def _read(name: str, content: bytes) -> Scenario:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: expected a JSON file in UTF-8, got bytes that are not.") from error
    return Scenario.from_json(text, file=name)


def _save(work: Work, onto: Work) -> None:
    """Keep the work as the next version of what `onto` comes from."""
    try:
        kept = save(shared.store(), work.scenario, kept=onto.origin)
    except StoreError as error:
        shared.tell(Notice("error", "app.notice.not_saved", detail=str(error)))
        return
    done = {"name": kept.scenario.name, "version": kept.version}
    shared.take(replace(work, origin=kept, draft=None), Notice("success", "app.notice.saved", done))
