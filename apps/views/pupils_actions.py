"""What the fields of the page *Élèves et salles* do: each change is a step that can be undone."""

from __future__ import annotations

from typing import Final, Literal

import shared
from views.actions import change, unused_code
from views.work import Notice

from geo.council.words import say
from geo.model.assumptions import Assumptions
from geo.model.levels import Level
from geo.model.measures import Dwellings
from geo.model.projection import ProjectionChoices

# Names of the fields of a new programme.
STREET, UNIT, NAME = "dwellings_street", "dwellings_unit", "dwellings_name"
COUNT, DELIVERY, SOCIAL, ROOMS = "dwellings_count", "dwellings_year", "dwellings_social", "dwellings_rooms"
REMOVED: Final = "dwellings_removed"
PERCENT: Final = 100
_REFUSED: Final = "app.notice.pupils.refused"
# Choices that a widget shows as whole percentages.
SHARES: Final = {
    "projection": ("births_change_share", "interval_share"),
    "assumptions": tuple(f"attendance_share_{level}" for level in Level),
}


def choose(part: Literal["projection", "assumptions"], field: str, key: str) -> None:
    """Take over a choice: the value of the widget `key`; a share stands there as a percentage."""
    held, chosen = getattr(shared.visit().work.scenario, part), shared.value(key)
    told = int(str(chosen)) / PERCENT if field in SHARES[part] and chosen is not None else chosen
    change({part: {**held.model_dump(), field: told}}, refused=_REFUSED)


def choose_cap(grade: str, key: str) -> None:
    """Take over the largest class of a grade."""
    held = shared.visit().work.scenario.projection
    change({"projection": {**held.model_dump(), "caps": {**held.caps, grade: shared.value(key)}}}, refused=_REFUSED)


def back_to_start() -> None:
    """Give every choice on pupils, rooms and attendance its first value; dwellings that were added stay."""
    change({"projection": ProjectionChoices(), "assumptions": Assumptions()}, refused=_REFUSED)


def build() -> None:
    """Add the programme of the form."""
    visit = shared.visit()
    unit, homes = shared.value(UNIT), int(str(shared.value(COUNT) or 0))
    if unit is None or homes == 0:
        key = "app.notice.pupils.nothing" if unit else "app.notice.pupils.no_place"
        shared.tell(Notice("warning", key))
        return
    held = visit.work.scenario.dwellings
    known = {str(code) for code in visit.city.tables["housing"].index.unique("programme_id")}
    code = unused_code("N", known | {one.programme_id for one in held})
    rooms = shared.value(ROOMS)
    new = Dwellings(
        programme_id=code,
        name=str(shared.value(NAME) or "").strip() or say("app.pupils.housing.default_name", visit.lang, code=code),
        unit_id=str(unit),
        delivery_year=int(str(shared.value(DELIVERY))),
        dwellings=homes,
        social_share=float(str(shared.value(SOCIAL))) / PERCENT,
        mean_rooms=None if rooms is None else float(str(rooms)),
    )
    if change({"dwellings": [*held, new]}, refused=_REFUSED):
        shared.preset(NAME, "")


def tear_down() -> None:
    """Take back the programme that was added and is chosen in the list."""
    code = shared.value(REMOVED)
    held = visit_dwellings()
    change({"dwellings": [one for one in held if one.programme_id != code]}, refused=_REFUSED)


def visit_dwellings() -> tuple[Dwellings, ...]:
    """Give the programmes that the work in hand adds."""
    return shared.visit().work.scenario.dwellings
