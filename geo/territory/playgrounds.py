"""Playgrounds in the heat: shade of each school yard at recess, their order, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.playgrounds import PlaygroundChoices
from geo.territory.casting import Mask
from geo.territory.comfort import (
    FELT_ERROR_K,
    RADIANT_ERROR_K,
    STRONG_C,
    Radiation,
    felt_temperature,
    radiant_temperature,
    stress_class,
)
from geo.territory.prints import prints, surfaces_of
from geo.territory.shade import (
    Obstacles,
    Raster,
    Rows,
    Surfaces,
    beam_share,
    burn,
    in_reach,
    margin_m,
    obstacles,
    outline,
    patch_over,
    sky_share,
    surfaces,
)
from geo.territory.sun import recess_sun, suns_of

Floats = npt.NDArray[np.float64]

SURFACES: Final = ("asphalt", "concrete", "sand", "grass", "soil", "soft")
SEALED: Final = ("asphalt", "concrete", "soft")
_TOP: Final = 3
_HALF: Final = 0.5
_RANK_INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Yard:
    """The yard of one school and all that can shade it.

    Attributes
    ----------
    school_id
        The school.
    ground
        Its open ground: the parts of its yard, less the buildings on them.
    sealed
        The asphalt, concrete and rubber of it.
    near
        Rows of the city's obstacles that can shade it.
    surfaces
        Roofs and crowns in a window around it.
    inside, inside_sealed
        Which pixels of the window are its ground, and its sealed ground, shape (rows, columns).
    """

    school_id: str
    ground: BaseGeometry
    sealed: BaseGeometry
    near: Rows
    surfaces: Surfaces
    inside: Mask
    inside_sealed: Mask


class Felt(NamedTuple):
    """What is felt in a yard at one recess.

    Attributes
    ----------
    school_id, slot, hours
        Where, when and for how long [hours].
    radiant_c, felt_c
        Mean radiant temperature and UTCI, means over the yard [degrees Celsius].
    over_k
        Degrees of UTCI above strong heat stress, mean over the yard [K].
    """

    school_id: str
    slot: str
    hours: float
    radiant_c: float
    felt_c: float
    over_k: float


@dataclass(frozen=True, eq=False)
class Playgrounds:
    """All school yards of a city, ready for the sun.

    Attributes
    ----------
    yards
        The yards, in the order of ``school_id``; schools without a yard in the file are not among them.
    obstacles
        What stands in the light.
    slots
        The sun at each recess, see `geo.territory.sun.recess_sun`.
    choices
        The hot day and what is assumed.
    """

    yards: tuple[Yard, ...]
    obstacles: Obstacles
    slots: pd.DataFrame
    choices: PlaygroundChoices


def playgrounds(
    city: City, choices: PlaygroundChoices, *, planted: gpd.GeoDataFrame | None = None, pixel_m: float = 1.0
) -> Playgrounds:
    """Lay out the yards of the public schools of a city.

    Parameters
    ----------
    city
        Its tables ``yards, buildings, trees, schools`` are used.
    choices
        The hot day and what is assumed.
    planted
        Trees to be planted: points, columns ``height_m`` and ``crown_m``.
    pixel_m
        Side of a pixel [m].

    Raises
    ------
    ScenarioError
        If there is no sun at one of the recesses.
    """
    schools = layer(city, "schools")
    place = shapely.get_coordinates(shapely.multipoints(schools.geometry.to_numpy()).centroid)[0]
    slots = recess_sun(city.crs, (float(place[0]), float(place[1])), choices)
    standing = obstacles(layer(city, "buildings"), layer(city, "trees"), choices)
    if planted is not None:
        standing = standing.joined(obstacles(layer(city, "buildings").iloc[:0], planted, choices))
    index = shapely.STRtree(standing.areas)
    parts = layer(city, "yards")
    parts = parts[parts["school_id"].isin(schools.index[schools["sector"] == "public"])].sort_index()
    lowest_deg = float(slots["altitude_deg"].min())
    found = (
        _yard(own, standing, index=index, lowest_deg=lowest_deg, pixel_m=pixel_m)
        for _, own in parts.groupby("school_id")
    )
    return Playgrounds(tuple(yard for yard in found if yard.inside.any()), standing, slots, choices)


def yard_shade(
    city: City, places: Playgrounds, *, pupils: pd.Series | None = None, rng: np.random.Generator | None = None
) -> pd.DataFrame:
    """Give the shade of each public school's yard at recess, and rank the yards from the sunniest on.

    Parameters
    ----------
    city
        The city of the yards.
    places
        Its yards, see `playgrounds`.
    pupils
        Pupils of each school [pupils], index ``school_id``; those of a scenario, or of today.
    rng
        Chance, to try how sure the ranks are; without it they are not tried.

    Returns
    -------
    shade
        One row a public school, index ``school_id`` in order. ``yard_m2`` [m2]; ``unshaded_share`` [0-1], the mean of
        the recesses by their minutes, and one column for each, such as ``unshaded_share_13h15``; ``shaded_m2`` on that
        mean [m2]; ``pupils``; ``shaded_m2_per_pupil`` [m2]; the share of each kind of ground (``asphalt_share`` ...)
        and ``sealed_share`` [0-1]; ``rank``, 1 the sunniest; ``rank_low`` and ``rank_high``, between which nine in ten
        tries fall; ``top3_share`` [0-1], tries in which it is among the three sunniest; ``flags``, codes set apart by
        blanks: ``no-yard, buildings-only, no-tree, heights-assumed, no-refuge``. NaN: not known.

    Notes
    -----
    Each try draws anew the height of every building, the height and crown of every tree and the transmissivity of
    crowns, within their errors (Monte-Carlo).
    """
    schools = _public(city)
    slots = _slot_shares(places).reindex(schools)
    mean = pd.Series(np.average(slots, axis=1, weights=places.slots["minutes"]), index=schools)
    yard_m2 = pd.Series({yard.school_id: yard.ground.area for yard in places.yards}, dtype="float64").reindex(schools)
    counted = pd.Series(np.nan, index=schools) if pupils is None else pupils.reindex(schools).astype("float64")
    shaded_m2 = yard_m2 * (1 - mean)
    table = pd.DataFrame(
        {
            "yard_m2": yard_m2,
            "unshaded_share": mean,
            **{f"unshaded_share_{str(slot).replace(':', 'h')}": slots[slot] for slot in slots},
            "shaded_m2": shaded_m2,
            "pupils": counted,
            "shaded_m2_per_pupil": shaded_m2 / counted.where(counted > 0),
        }
    )
    tries = None if rng is None or not places.yards else yard_tries(places, rng)
    grounds, ranks = _ground_shares(city).reindex(schools), yard_ranks(mean, tries)
    return table.join([grounds, ranks]).assign(flags=_flags(city, places, table))


def yard_tries(
    places: Playgrounds, rng: np.random.Generator, *, planted: Mapping[str, Obstacles] | None = None
) -> pd.DataFrame:
    """Mean share of each yard in the sun [0-1] in each try, index ``school_id``, columns the tries.

    Parameters
    ----------
    places
        The yards.
    rng
        Chance. What stands in the city is drawn alike whichever yards are asked for and whatever is planted, so that
        tries of some yards can take the place of those of all.
    planted
        Trees to be planted in each yard, index ``school_id``; as uncertain as those that stand.
    """
    suns, minutes, choices = suns_of(places.slots), places.slots["minutes"], places.choices
    (saplings_rng,) = rng.spawn(1)
    bare = places.obstacles.take(np.empty(0, dtype=np.int64))
    saplings = [(planted or {}).get(yard.school_id, bare) for yard in places.yards]
    near = [places.obstacles.take(yard.near).joined(own) for yard, own in zip(places.yards, saplings, strict=True)]
    below = [prints(around, yard.surfaces.patch) for yard, around in zip(places.yards, near, strict=True)]
    tries: dict[int, list[float]] = {}
    for number in range(choices.draws):
        shaken = places.obstacles.shaken(choices, rng)
        through = float(rng.uniform(choices.transmissivity_low, choices.transmissivity_high))
        tries[number] = []
        for yard, own, laid in zip(places.yards, saplings, below, strict=True):
            around = shaken.take(yard.near).joined(own.shaken(choices, saplings_rng))
            beams = beam_share(surfaces_of(laid, around), suns, transmissivity=through, compiled=True)
            tries[number].append(float(np.average(beams[:, yard.inside].mean(axis=1), weights=minutes)))
    return pd.DataFrame(tries, index=pd.Index([yard.school_id for yard in places.yards], name="school_id", dtype="str"))


def yard_ranks(mean: pd.Series, tries: pd.DataFrame | None) -> pd.DataFrame:
    """Rank of each yard from the sunniest on, and how far it moves in the tries.

    Parameters
    ----------
    mean
        Share of each yard in the sun [0-1], index ``school_id``.
    tries
        See `yard_tries`; None if there are none.

    Returns
    -------
    ranks
        ``rank, rank_low, rank_high, top3_share`` as in `yard_shade`.
    """
    ranks = pd.DataFrame({"rank": mean.rank(ascending=False, method="min")})
    if tries is None:
        return ranks.assign(rank_low=np.nan, rank_high=np.nan, top3_share=np.nan)
    places = tries.rank(ascending=False, method="min")
    low, high = (places.quantile(share, axis="columns", interpolation="nearest") for share in _RANK_INTERVAL)
    return ranks.assign(rank_low=low, rank_high=high, top3_share=(places <= _TOP).mean(axis="columns"))


def yard_comfort(places: Playgrounds, *, pupils: pd.Series | None = None) -> pd.DataFrame:
    """Give what is felt in each yard at each recess of the hot day, in classes, with its error.

    Returns
    -------
    comfort
        Index ``school_id, slot``: ``radiant_c`` and ``felt_c``, means over the yard [degrees Celsius], with their
        standard errors ``radiant_error_k`` and ``felt_error_k`` [K]; ``stress``, the class of the mean, and
        ``stress_low`` and ``stress_high``, the classes one standard error below and above; ``exposure``, pupils x
        hours x degrees above strong heat stress (32 degrees) over the yard [pupil hour K].

    Notes
    -----
    The exposure compares yards and works; it is no statement on health.
    """
    rows = [row for yard in places.yards for row in felt_rows(places, yard, recess_beams(places, yard))]
    table = pd.DataFrame(rows, columns=list(Felt._fields))
    counted = np.nan if pupils is None else pupils.reindex(table["school_id"]).to_numpy(dtype="float64")
    return (
        table.assign(
            radiant_error_k=RADIANT_ERROR_K,
            felt_error_k=FELT_ERROR_K,
            stress=table["felt_c"].map(stress_class),
            stress_low=(table["felt_c"] - FELT_ERROR_K).map(stress_class),
            stress_high=(table["felt_c"] + FELT_ERROR_K).map(stress_class),
            exposure=table["over_k"] * table["hours"] * counted,
        )
        .set_index(["school_id", "slot"])
        .drop(columns=["hours", "over_k"])
    )


def playground_notes(city: City, places: Playgrounds) -> tuple[Note, ...]:
    """Say what is missing or assumed in the figures of the yards."""
    choices, standing = places.choices, places.obstacles
    trees = int((standing.assumed & standing.is_tree).sum())
    buildings = int(standing.assumed.sum()) - trees
    without = len(_public(city)) - len(places.yards)
    return tuple(_notes(city, choices, without=without, buildings=buildings, trees=trees))


def greened(yard: Yard, trees: Obstacles, *, opened: BaseGeometry) -> Yard:
    """Give a yard with more trees, and with part of its ground opened to the soil.

    Parameters
    ----------
    yard
        The yard.
    trees
        The trees to plant.
    opened
        Ground that is sealed no more.
    """
    sealed = yard.sealed.difference(opened)
    return replace(
        yard,
        surfaces=_overgrown(yard.surfaces, trees),
        sealed=sealed,
        inside_sealed=yard.inside & _within(sealed, yard.surfaces),
    )


def recess_beams(places: Playgrounds, yard: Yard) -> Raster:
    """Share of the direct sun that reaches the ground around a yard, shape (slots, rows, columns)."""
    suns, through = suns_of(places.slots), places.choices.crown_transmissivity
    return beam_share(yard.surfaces, suns, transmissivity=through, compiled=True)


def felt_rows(places: Playgrounds, yard: Yard, beams: Raster) -> list[Felt]:
    """Give what is felt in a yard at each recess; `beams` are those of `recess_beams`."""
    choices = places.choices
    sky = sky_share(yard.surfaces, transmissivity=choices.crown_transmissivity)[yard.inside]
    warming = np.where(yard.inside_sealed[yard.inside], choices.sealed_warming, choices.green_warming)
    rows: list[Felt] = []
    for beam, slot in zip(beams, places.slots.reset_index().to_dict("records"), strict=True):
        sun = Radiation(slot["altitude_deg"], slot["direct_w_m2"], slot["diffuse_w_m2"])
        radiant = radiant_temperature(beam[yard.inside], sky, warming, sun=sun, choices=choices)
        felt = felt_temperature(radiant, choices)
        over_k = float(np.maximum(felt - STRONG_C, 0).mean())
        means = float(radiant.mean()), float(felt.mean())
        rows.append(Felt(yard.school_id, slot["slot"], slot["minutes"] / 60, *means, over_k))
    return rows


def shade_areas(places: Playgrounds, slot: str, *, crs: str) -> gpd.GeoDataFrame:
    """Draw the shade on each yard at one recess, index ``school_id``: the ground that gets less than half of the sun.

    Raises
    ------
    ScenarioError
        If there is no such recess.
    """
    if slot not in places.slots.index:
        msg = f"recess '{slot}': expected one of {', '.join(places.slots.index)}. Choose one of them."
        raise ScenarioError(msg)
    number = places.slots.index.get_loc(slot)
    shade = {
        yard.school_id: outline(yard.inside & (recess_beams(places, yard)[number] < _HALF), yard.surfaces.patch)
        for yard in places.yards
    }
    index = pd.Index(list(shade), name="school_id", dtype="str")
    return gpd.GeoDataFrame(index=index, geometry=list(shade.values()), crs=crs)


def unshaded(places: Playgrounds, yard: Yard, beams: Raster) -> float:
    """Share of a yard in the sun [0-1], mean of the recesses by their minutes."""
    return float(np.average(beams[:, yard.inside].mean(axis=1), weights=places.slots["minutes"]))


def layer(city: City, name: str) -> gpd.GeoDataFrame:
    """Give a table of shapes; without its file a layer without rows."""
    frame = city.tables[name]
    return city.layer(name) if "geometry" in frame else gpd.GeoDataFrame(frame, geometry=[], crs=city.crs)


def _public(city: City) -> pd.Index:
    schools = city.tables["schools"]
    public: pd.Index = schools.index[schools["sector"] == "public"].sort_values()
    return public


def _yard(
    parts: gpd.GeoDataFrame, standing: Obstacles, *, index: shapely.STRtree, lowest_deg: float, pixel_m: float
) -> Yard:
    """Lay out one yard from its parts."""
    whole = shapely.union_all(parts.geometry.to_numpy())
    near = in_reach(standing, index, whole, lowest_deg=lowest_deg)
    around = standing.take(near)
    ground = whole.difference(shapely.union_all(around.shape[~around.is_tree]))
    sealed = shapely.union_all(parts.geometry[parts["surface"].isin(SEALED)].to_numpy()).intersection(ground)
    patch = patch_over(whole, margin_m=margin_m(around, lowest_deg=lowest_deg, pixel_m=pixel_m), pixel_m=pixel_m)
    laid = surfaces(around, patch)
    inside = _within(ground, laid)
    return Yard(str(parts["school_id"].iloc[0]), ground, sealed, near, laid, inside, inside & _within(sealed, laid))


def _overgrown(laid: Surfaces, trees: Obstacles) -> Surfaces:
    """Give the surfaces of a window with more crowns."""
    return replace(laid, crowns_m=np.maximum(laid.crowns_m, surfaces(trees, laid.patch).crowns_m))


def _within(area: BaseGeometry, laid: Surfaces) -> Mask:
    """Tell the pixels of the window whose middle lies in an area."""
    return np.asarray(burn(np.array([area], dtype=object), np.ones(1), laid.patch) > 0)


def _slot_shares(places: Playgrounds) -> pd.DataFrame:
    """Share of each yard in the sun at each recess [0-1], index ``school_id``, columns the slots."""
    rows = {yard.school_id: recess_beams(places, yard)[:, yard.inside].mean(axis=1) for yard in places.yards}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(places.slots.index), dtype="float64")


def _ground_shares(city: City) -> pd.DataFrame:
    """Share of each kind of ground in each yard [0-1], index ``school_id``."""
    parts = layer(city, "yards")
    areas = pd.DataFrame({"school_id": parts["school_id"], "surface": parts["surface"], "area_m2": parts.area})
    areas = areas.pivot_table(index="school_id", columns="surface", values="area_m2", aggfunc="sum")
    areas = areas.reindex(columns=list(SURFACES)).fillna(0.0)
    shares: pd.DataFrame = areas.div(areas.sum(axis=1), axis=0)
    return shares.assign(sealed=shares[list(SEALED)].sum(axis=1)).add_suffix("_share")


def _flags(city: City, places: Playgrounds, table: pd.DataFrame) -> pd.Series:
    """Codes of what to know about each yard, set apart by blanks."""
    yards = {yard.school_id: yard for yard in places.yards}
    worst = table.filter(like="unshaded_share_").max(axis=1)
    refuge_m2 = table["yard_m2"] * (1 - worst) / table["pupils"].where(table["pupils"] > 0)
    flags = pd.DataFrame(
        {
            "no-yard": ~table.index.isin(yards),
            "buildings-only": city.tables["trees"].empty,
            "no-tree": [school in yards and not _has_tree(yards[school]) for school in table.index],
            "heights-assumed": [
                school in yards and bool(places.obstacles.assumed[yards[school].near].any()) for school in table.index
            ],
            "no-refuge": refuge_m2 < places.choices.refuge_m2,
        },
        index=table.index,
    )
    return flags.apply(lambda row: " ".join(str(code) for code in row.index[row]), axis=1).astype("str")


def _has_tree(yard: Yard) -> bool:
    """Whether a crown stands over the yard."""
    return bool((yard.surfaces.crowns_m[yard.inside] > 0).any())


def _notes(city: City, choices: PlaygroundChoices, *, without: int, buildings: int, trees: int) -> Iterator[Note]:
    if without:
        yield Note("shade-no-yard", {"count": without})
    estimated = city.tables["yards"].get("outline", pd.Series(dtype="str")).eq("estimated")
    if estimated.any():
        yield Note("yards-estimated", {"count": city.tables["yards"].loc[estimated, "school_id"].nunique()})
    if city.tables["trees"].empty:
        yield Note("shade-no-trees")
    if city.tables["buildings"].empty:
        yield Note("shade-no-buildings")
    if buildings:
        yield Note("shade-heights-assumed", {"count": buildings, "height": choices.building_height_m})
    if trees:
        figures = {"count": trees, "height": choices.tree_height_m, "crown": choices.tree_crown_m}
        yield Note("shade-crowns-assumed", figures)
