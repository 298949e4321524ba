"""Who can walk to places of one kind, and how many seats there are for each child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.reach import Asked, Offer, ReachChoices
from geo.model.source import Source
from geo.model.walking import WalkChoices
from geo.planning.offers import ages_known, completed, offered, refusal
from geo.planning.reached import Cohort, home_figures, lay_ground, place_figures
from geo.planning.walking import walked_city, walking_notes

MEANS: Final = ("places", "nearest_m", "nearest_min", "seats_per_child", "near_seats_per_child")
COLUMNS: Final = (
    "children",
    "places",
    "nearest_m",
    "nearest_min",
    "without",
    "seats_per_child",
    "near_seats_per_child",
)
_GROUND: Final = {"children", "addresses", "streets", "units"}
_SCHOOLS: Final = {"schools", "rooms", "rolls", "street_list", "sectors"}


@dataclass(frozen=True, eq=False)
class Reach:
    """Who can walk to places of one kind.

    NaN stands for what is not known: seats that are not told are not zero.

    Attributes
    ----------
    asked
        The question, with its ages and its level filled in.
    cohorts
        The children who are asked for, by the way they walk: their ages, how fast and how far they walk.
    places
        One row a place of the kind that takes any of the ages, index ``place_id`` (``school_id`` for schools and
        canteens), geometry a point: ``name``, ``seats`` [seats], ``age_from``, ``age_to`` [years], ``state`` (see
        `geo.model.opening.state_at`; ``open`` where no moment is asked), ``counted`` (whether it counts: ``open`` or
        ``day``), ``children`` who can reach it [children], ``seats_per_child`` of theirs [seats/child].
    units
        One row a unit, index ``unit_id``, means over its children:
        ``children`` of the ages [children],
        ``places`` within reach [places],
        ``nearest_m`` and ``nearest_min``, the walk to the nearest place that counts, within reach or not, infinite
        where there is no way [m, minutes],
        ``without``, children without any place in reach [children],
        ``seats_per_child``, seats within reach shared with all who reach them (2SFCA) [seats/child],
        ``near_seats_per_child``, the same with near places counting more (E2SFCA) [seats/child].
        Where no child of the ages lives the means are those that one would have.
    areas
        One row a statistical area, index ``iris`` (empty text: outside all), ``name`` and the columns of `units`; NaN
        means where no child lives.
    totals
        The columns of `units` over the city, ``without_share`` [share], ``counted`` [places], ``seats`` of those
        [seats].
    notes, sources
        What is missing or estimated, and where it comes from.
    """

    asked: Asked
    cohorts: tuple[Cohort, ...]
    places: gpd.GeoDataFrame
    units: pd.DataFrame
    areas: pd.DataFrame
    totals: Mapping[str, float]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]

    @property
    def ages(self) -> tuple[int, int]:
        """Youngest and oldest age of the children who are asked for [years]."""
        return self.asked.ages or (0, 0)


def reach_of(
    city: City, asked: Asked, choices: ReachChoices | None = None, *, walking: WalkChoices | None = None
) -> Reach:
    """Answer who can walk to places of a kind, and how many seats there are for each child.

    Parameters
    ----------
    city, asked
        The city and the question.
    choices, walking
        The numbers that are a choice: ages, hours, weights; and how children walk. As declared unless given.

    Raises
    ------
    ScenarioError
        If the question cannot be answered, see `geo.planning.offers.refusal`: the walk is not between 0 and 120
        minutes, the children of these ages are not known, or there is no such place. If the streets do not let children
        walk so, see `geo.planning.walking`.
    """
    chosen, walked = choices or ReachChoices(), walking or WalkChoices()
    city = walked_city(city, walked)
    if (refused := refusal(city, asked, chosen)) is not None:
        msg = f"reach of '{asked.offer}' in {city.name}: {refused.code} {dict(refused.values)}"
        raise ScenarioError(msg)
    full = completed(city, asked, chosen)
    places = offered(city, full, chosen)
    ground = lay_ground(city, full, chosen, places=places[places["counted"]], pace=walked.pace)
    of_place = place_figures(ground)
    homes = home_figures(ground, of_place)
    units = _units(city, homes)
    return Reach(
        asked=full,
        cohorts=tuple(ground.nearest_m),
        places=places.join(of_place[["children", "seats_per_child"]]),
        units=units,
        areas=_areas(city, homes),
        totals=_totals(homes, ground.places["seats"]),
        notes=(*walking_notes(walked), *_notes(city, full, chosen, places=places, slopes=walked.slopes)),
        sources=tuple(source for source in city.sources if _used(full) & set(source.tables)),
    )


def _units(city: City, homes: pd.DataFrame) -> pd.DataFrame:
    """Give the figures of each unit; NaN for one without address."""
    names = city.tables["units"].index
    return _summed(homes, names.get_indexer(pd.Index(homes["unit_id"])), homes["weight"], names=names)


def _areas(city: City, homes: pd.DataFrame) -> pd.DataFrame:
    """Give the figures of each statistical area where there are addresses."""
    names = pd.Index(sorted(set(homes["iris"]) - {""}) + sorted({""} & set(homes["iris"])), name="iris")
    table = _summed(homes, names.get_indexer(pd.Index(homes["iris"])), homes["children"], names=names)
    table.insert(0, "name", city.tables["iris"]["name"].reindex(names).fillna(""))
    return table


def _summed(homes: pd.DataFrame, row: npt.NDArray[np.intp], weight: pd.Series, *, names: pd.Index) -> pd.DataFrame:
    """Add up the children of homes and give the means over them, one row a name."""
    counted = {name: np.bincount(row, homes[name], minlength=len(names)) for name in ("children", "without")}
    there = weight.to_numpy() > 0  # what is not known where nobody lives is no loss
    row, homes, part = row[there], homes[there], weight.to_numpy()[there]
    whole = np.bincount(row, part, minlength=len(names))
    means = {name: np.bincount(row, homes[name] * part, minlength=len(names)) for name in MEANS}
    table = pd.DataFrame(means, index=names).div(np.where(whole > 0, whole, np.nan), axis="index").assign(**counted)
    return table[list(COLUMNS)]


def _totals(homes: pd.DataFrame, seats: pd.Series) -> dict[str, float]:
    city = pd.Index(["city"])
    row = _summed(homes, np.zeros(len(homes), dtype=np.intp), homes["children"], names=city)
    totals = {name: float(row[name].iloc[0]) for name in COLUMNS}
    share = totals["without"] / totals["children"] if totals["children"] else float("nan")
    return totals | {"without_share": share, "counted": float(len(seats)), "seats": float(seats.to_numpy().sum())}


def _notes(
    city: City, asked: Asked, choices: ReachChoices, *, places: gpd.GeoDataFrame, slopes: bool
) -> Iterator[Note]:
    """Say what is chosen, missing or left out."""
    if asked.offer is Offer.CANTEEN:
        yield Note("reach-canteens", {"sittings": choices.canteen_sittings})
    else:
        yield Note("reach-walks" if slopes else "reach-walks-level")
        yield Note("reach-border", {"city": city.name})
    if asked.offer is Offer.SCHOOL:
        yield Note("reach-schools")
    yield from _hours_notes(places["state"].value_counts())
    unknown = int(places.loc[places["counted"], "seats"].isna().sum())
    if unknown:
        yield Note("reach-seats-unknown", {"count": unknown})
    first, last = ages_known(city)
    beyond = int((places["counted"] & ((places["age_from"] < first) | (places["age_to"] > last))).sum())
    if beyond:
        yield Note("reach-ages-unknown", {"count": beyond, "first": first, "last": last})
    if (city.tables["children"]["children"] % 1 != 0).any():
        yield Note("children-estimated")


def _hours_notes(states: pd.Series) -> Iterator[Note]:
    """Say what is not known of the hours of places."""
    if "day" in states:
        yield Note("reach-hours-of-day", {"count": int(states["day"])})
    if "unknown" in states:
        yield Note("reach-hours-unknown", {"count": int(states["unknown"])})


def _used(asked: Asked) -> set[str]:
    """Give the names of the tables that an answer reads."""
    return _GROUND | (_SCHOOLS if asked.offer.of_schools else {"places"})
