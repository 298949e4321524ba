"""What the buttons, fields and clicks of the page *Cours d'école* do: each gives another work in hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

import computed
import shared
from components.point_map import take_tap
from views.actions import change
from views.work import Notice
from views.yard_layers import point_of

from geo.errors import GeoError
from geo.planning.yards import Point, best_spots, yard_at

CITY_MAP: Final = "yards_map"
YARD_MAP: Final = "yard_map"
# So near to the foot of a tree, a click means that tree [m].
_FOOT_M: Final = 1.5
_BAD_BUDGET: Final = "app.playgrounds.notice.bad_budget"


def take_taps() -> None:
    """Take what was just clicked on the maps: a yard to look at, or a place to plant or to clear."""
    chosen = take_tap(CITY_MAP)
    if chosen.kind == "mark":
        shared.preset(shared.YARD, chosen.mark)
    place = take_tap(YARD_MAP)
    if place.kind == "point" and place.lon is not None and place.lat is not None:
        _plant_or_fell(point_of(computed.opened_city(), place.lon, place.lat))


def plant_best(school: str, key: str) -> None:
    """Plant the wished number of trees where they shade most."""
    visit, asked = shared.visit(), int(str(shared.value(key)))
    try:
        spots = best_spots(visit.city, visit.work.scenario, school, count=asked)
    except GeoError as error:
        shared.tell(Notice("error", "app.playgrounds.notice.not_planted", detail=str(error)))
        return
    told: Mapping[str, object] = {"count": len(spots), "asked": asked}
    if not spots:
        shared.tell(Notice("warning", "app.playgrounds.notice.fewer", told))
        return
    fewer = len(spots) < asked
    notice = Notice(
        "warning" if fewer else "success", f"app.playgrounds.notice.{'fewer' if fewer else 'planted'}", told
    )
    change({"trees": (*visit.work.scenario.trees, *((round(x, 2), round(y, 2)) for x, y in spots))}, notice)


def fell(points: Iterable[Point]) -> None:
    """Take trees away that were planted by hand."""
    gone = set(points)
    change({"trees": tuple(tree for tree in shared.visit().work.scenario.trees if tree not in gone)})
    shared.preset(shared.FELLED, [])


def fell_chosen() -> None:
    """Take the trees away that are chosen in the list."""
    fell(cast("list[Point]", shared.value(shared.FELLED, [])))


def clear() -> None:
    """Take all trees away that were planted by hand, in every yard."""
    fell(shared.visit().work.scenario.trees)


def set_budget() -> None:
    """Take over the budget."""
    change({"greening_budget_eur": float(str(shared.value(shared.BUDGET) or 0))}, refused=_BAD_BUDGET)


def _plant_or_fell(point: Point) -> None:
    visit = shared.visit()
    trees = visit.work.scenario.trees
    near = [tree for tree in trees if abs(tree[0] - point[0]) <= _FOOT_M and abs(tree[1] - point[1]) <= _FOOT_M]
    if near:
        change({"trees": tuple(tree for tree in trees if tree not in near[:1])})
    elif yard_at(computed.yards_of(visit), point) is None:
        shared.tell(Notice("warning", "app.playgrounds.notice.outside"))
    else:
        change({"trees": (*trees, point)})
