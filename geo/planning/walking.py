"""The city as its children walk it under a scenario: what they do not cross, what is closed, and hills."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.walking import WalkChoices
from geo.territory.network import node_heights
from geo.territory.walk_options import unknown_names, walked_streets
from geo.territory.walks import walks

_NAMED: Final = 5


def walked_city(city: City, choices: WalkChoices) -> City:
    """Give the city with the walks that children take, and a remark that says what they count.

    Raises
    ------
    ScenarioError
        If the choices do not fit the city, see `walking_refusal`.
    """
    if choices.counts_metres_only:
        return city
    if (refused := walking_refusal(city, choices)) is not None:
        msg = f"walks of {city.name}: {refused.code} {dict(refused.values)}"
        raise ScenarioError(msg)
    return _walked(city, choices)


def walking_refusal(city: City, choices: WalkChoices) -> Note | None:
    """Say why choices do not fit a city: a name that neither streets nor barriers have, or hills without heights."""
    streets, barriers = city.layer("streets"), city.layer("barriers")
    if unknown := unknown_names(choices, streets=streets, barriers=barriers):
        return Note("walks-unknown", {"names": ", ".join(unknown[:_NAMED]), "kinds": ", ".join(crossable_kinds(city))})
    if choices.slopes and not has_heights(city):
        return Note("walks-no-heights")
    return None


def crossable_kinds(city: City) -> tuple[str, ...]:
    """Give the kinds of barrier, then the classes of road that can be walked, as choices may name them."""
    streets = city.layer("streets")
    classes = streets.loc[streets["walkable"], "road_class"] if "road_class" in streets else []
    return (*sorted(set(city.layer("barriers")["kind"])), *sorted(set(classes) - {"", None}))


def street_names(city: City) -> tuple[str, ...]:
    """Give the names of the streets that can be walked, in the order of the alphabet."""
    streets = city.layer("streets")
    return tuple(sorted(set(streets.loc[streets["walkable"], "street_name"].dropna()) - {""}, key=str.casefold))


def has_heights(city: City) -> bool:
    """Tell whether hills can count."""
    return node_heights(city.network, city.layer("streets")) is not None


def walking_notes(choices: WalkChoices) -> tuple[Note, ...]:
    """Say what walks count beside their metres."""
    told = {
        "walks-never-cross": choices.never_cross,
        "walks-avoid-crossing": choices.avoid_crossing,
        "walks-closed": choices.closed,
    }
    named = [Note(code, {"names": names, "crossing": choices.crossing_m}) for code, names in told.items() if names]
    return (*named, Note("walks-slopes")) if choices.slopes else tuple(named)


@lru_cache(maxsize=8)
def _walked(city: City, choices: WalkChoices) -> City:
    """Give the city as it is walked; kept, since each gesture on the map asks for the same one again."""
    streets, barriers = city.layer("streets"), city.layer("barriers")
    network = walked_streets(city.network, choices, streets=streets, barriers=barriers)
    homes, schools = city.layer("addresses").loc[city.walk_m.index], city.layer("schools").loc[city.walk_m.columns]
    walked = walks(network, homes, schools, streets=streets, barriers=barriers)
    return replace(city, network=network, walk_m=walked.table_m, notes=(*city.notes, *walking_notes(choices)))
