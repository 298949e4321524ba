"""What clicks and fields of the page *Trajets et secteurs* do."""

from __future__ import annotations

import computed
import shared
from components.point_map import take_tap
from pydantic import ValidationError
from views.actions import change
from views.work import Notice
from views.yard_layers import point_of

from geo.model.distances import DistanceChoices
from geo.model.levels import Level
from geo.model.walking import WalkChoices
from geo.planning.listing import address_near

MAP = "walks_map"
_REFUSED = "app.catchments.notice.refused"


def take_taps() -> None:
    """Take the place that was just clicked on the map: the nearest address is looked at."""
    place = take_tap(MAP)
    if place.kind != "point" or place.lon is None or place.lat is None:
        return
    city = computed.opened_city()
    home = address_near(city, point_of(city, place.lon, place.lat))
    if home is None:
        shared.tell(Notice("warning", "app.catchments.notice.nobody"))
        return
    street, number, suffix = home
    shared.preset(shared.STREET, street)
    shared.preset(shared.NUMBER, f"{number} {suffix}".strip())
    shared.tell(None)


def set_beyond(level: Level, key: str) -> None:
    """Take another distance from which on a school of a level is far."""
    shared.look_from(shared.distances().with_beyond(level, float(str(shared.value(key)))))


def set_rings(key: str) -> None:
    """Take other rings; what is none is told, and the rings stay."""
    text = str(shared.value(key) or "")
    try:
        limits = sorted({float(part.replace(",", ".")) for part in text.replace(";", " ").split()})
        shared.look_from(DistanceChoices.model_validate({**shared.distances().model_dump(), "limits_m": limits}))
    except (ValueError, ValidationError):
        shared.tell(Notice("error", "app.catchments.notice.bad_rings", {"text": text}))
        return
    shared.tell(None)


def walk_by(field: str, key: str) -> None:
    """Take another rule of walking: the value of the widget `key`."""
    held = shared.visit().work.scenario.walking
    change({"walking": {**held.model_dump(), field: shared.value(key)}}, refused=_REFUSED)


def walk_at(field: str, key: str) -> None:
    """Take another pace of the children of a level."""
    held = shared.visit().work.scenario.walking
    pace = {**held.pace.model_dump(), field: shared.value(key)}
    change({"walking": {**held.model_dump(), "pace": pace}}, refused=_REFUSED)


def walk_freely() -> None:
    """Let all be crossed, at the pace to begin with."""
    change({"walking": WalkChoices()}, refused=_REFUSED)


def back_to_start() -> None:
    """Take the distances to begin with."""
    shared.look_from(DistanceChoices())
