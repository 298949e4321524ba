"""What the buttons and lists of the page *Réviser* do: each gives another work in hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count
from typing import cast

import computed
import shared
from views.work import Notice, Work

from geo.errors import GeoError, ScenarioError, StoreError
from geo.model.measures import Opening
from geo.model.scenario import Scenario
from geo.store import load, save


def change(
    changes: Mapping[str, object], notice: Notice | None = None, *, refused: str = "app.notice.not_changed"
) -> bool:
    """Change parts of the scenario if the city can follow, else say why not in the phrase `refused`.

    Returns
    -------
    done
        Whether the city can follow.
    """
    visit = shared.visit()
    try:
        work = visit.work.changed(changes)
        computed.figures_of(visit.city, work.scenario)
    except GeoError as error:
        shared.tell(Notice("error", refused, detail=str(error)))
        return False
    if work is not visit.work:
        shared.put(work, notice)
    return True


def unused_code(prefix: str, taken: Collection[str]) -> str:
    """Give the first code of a row, such as ``N1, N2, ...``, that is not taken."""
    return next(code for code in (f"{prefix}{place}" for place in count(1)) if code not in taken)


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


def phase() -> None:
    """Take over who follows the new map."""
    change({"phasing": shared.value(shared.PHASING)})


def close_schools() -> None:
    """Take over which schools close; moves to them, and their rooms, are forgotten."""
    scenario = shared.visit().work.scenario
    closed = {str(school) for school in cast("list[str]", shared.value(shared.CLOSURES, []))}
    change(
        {
            "closures": sorted(closed),
            "moves": {unit: schools for unit, schools in scenario.moves.items() if not closed & set(schools)},
            "rooms": {school: rooms for school, rooms in scenario.rooms.items() if school not in closed},
        }
    )


def equip(school: str, key: str) -> None:
    """Take over the rooms of a school."""
    scenario = shared.visit().work.scenario
    rooms = int(str(shared.value(key)))
    if school in {one.school_id for one in scenario.openings}:
        change({"openings": [_equipped(one, school, rooms) for one in scenario.openings]})
        return
    change({"rooms": {**scenario.rooms, school: rooms}})


def unequip() -> None:
    """Give every school its present rooms."""
    change({"rooms": {}})


def open_school() -> None:
    """Open the school of the form, in the middle of the side of street that was chosen."""
    visit = shared.visit()
    name, unit = str(shared.value(shared.NEW_NAME) or "").strip(), shared.value(shared.NEW_UNIT)
    if not name or unit is None:
        shared.tell(Notice("warning", "app.notice.opening_incomplete"))
        return
    place = visit.city.layer("units").geometry[str(unit)].representative_point()
    opened = visit.work.scenario.openings
    new = Opening(
        school_id=unused_code("NEW-", {one.school_id for one in opened}),
        name=name,
        x=round(place.x, 1),
        y=round(place.y, 1),
        rooms=int(str(shared.value(shared.NEW_ROOMS) or 1)),
    )
    change({"openings": [*opened, new]})


def forget_openings() -> None:
    """Take back the schools that open, and the moves to them."""
    scenario = shared.visit().work.scenario
    gone = {one.school_id for one in scenario.openings}
    moves = {unit: schools for unit, schools in scenario.moves.items() if not gone & set(schools)}
    change({"openings": [], "moves": moves})


def accept_proposal() -> None:
    """Make the proposed map that of the work in hand."""
    visit = shared.visit()
    found = shared.proposal_of(visit)
    if found is not None:
        change({"moves": found.scenario.moves}, Notice("success", "app.notice.accepted"))


def discard_proposal() -> None:
    """Forget the proposed map."""
    shared.forget_proposal()


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
        kept = load(computed.store(), scenario_id)
        computed.figures_of(computed.opened_city(), kept.scenario)
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
        computed.figures_of(computed.opened_city(), scenario)
    except GeoError as error:
        shared.tell(Notice("error", "app.notice.bad_file", {"file": file.name}, str(error)))  # type: ignore[attr-defined]
        return
    shared.take(Work(scenario))
    shared.put(Work(scenario), Notice("success", "app.notice.opened", {"name": scenario.name}))


def _equipped(opening: Opening, school: str, rooms: int) -> Opening:
    return opening.model_copy(update={"rooms": max(rooms, 1)}) if opening.school_id == school else opening


def _read(name: str, content: bytes) -> Scenario:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: expected a JSON file in UTF-8, got bytes that are not.") from error
    return Scenario.from_json(text, file=name)


def _save(work: Work, onto: Work) -> None:
    """Keep the work as the next version of what `onto` comes from."""
    try:
        kept = save(computed.store(), work.scenario, kept=onto.origin)
    except StoreError as error:
        shared.tell(Notice("error", "app.notice.not_saved", detail=str(error)))
        return
    done = {"name": kept.scenario.name, "version": kept.version}
    shared.take(replace(work, origin=kept, draft=None), Notice("success", "app.notice.saved", done))
