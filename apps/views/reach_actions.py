"""What the fields of the page *Lieux à portée* do: each asks another question."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import cast

import shared

from geo.model.opening import Moment
from geo.model.reach import Asked, Offer

KIND, MINUTES, AGES = "reach_kind", "reach_minutes", "reach_ages"
DAY, CLOCK, HOLIDAYS = "reach_day", "reach_clock", "reach_holidays"
ALWAYS = "always"
_NOON, _AFTERNOON = 12 * 60, 14 * 60


def ask_kind(asked: Asked) -> None:
    """Ask for another kind of place, for the children whom it is for."""
    shared.ask(replace(asked, offer=Offer(str(shared.value(KIND))), ages=None))


def ask_minutes(asked: Asked) -> None:
    """Ask for another longest walk."""
    shared.ask(replace(asked, minutes=float(str(shared.value(MINUTES)))))


def ask_ages(asked: Asked, usual: tuple[int, int]) -> None:
    """Ask for children of other ages; those of the kind of place are none of their own."""
    ages = cast("tuple[int, int]", shared.value(AGES))
    shared.ask(replace(asked, ages=None if ages == usual else ages))


def ask_day(asked: Asked) -> None:
    """Ask for another day of the week; of none, every place counts whatever the hour."""
    day = str(shared.value(DAY))
    held = asked.at or Moment(0, _NOON if asked.offer.of_schools else _AFTERNOON)
    shared.ask(replace(asked, at=None if day == ALWAYS else replace(held, day=int(day))))


def ask_clock(asked: Asked) -> None:
    """Ask for another hour of the same day."""
    clock = cast("dt.time | None", shared.value(CLOCK))
    if asked.at and clock:
        shared.ask(replace(asked, at=replace(asked.at, minute=clock.hour * 60 + clock.minute)))


def ask_holidays(asked: Asked) -> None:
    """Ask for the same day and hour in the school holidays, or out of them."""
    if asked.at:
        shared.ask(replace(asked, at=replace(asked.at, holidays=bool(shared.value(HOLIDAYS)))))
