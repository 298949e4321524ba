"""Sectors drawn from addresses and the sides of their streets, without gap or overlap."""

from __future__ import annotations

from typing import Annotated, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pydantic import BaseModel, ConfigDict

from geo.model.choice import chosen
from geo.territory.units import draw_units, street_sides

JOINED: Final = "+"
_HALF: Final = 0.5
Floats = npt.NDArray[np.float64]


class DrawingChoices(BaseModel):
    """What is chosen when sectors are drawn from addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spacing_m: Annotated[float, chosen("m", (2, 100), "Between two marks on a side: some width of a house.")] = 15
    gap_most_m: Annotated[float, chosen("m", (10, 1000), "Further apart, other things stand between houses.")] = 200
    side_least_m: Annotated[float, chosen("m", (0.5, 10), "Marks stand off the middle, which parts the sides.")] = 3
    side_most_m: Annotated[float, chosen("m", (5, 100), "A house far behind its street moves no marks.")] = 25
    margin_m: Annotated[float, chosen("m", (20, 2000), "Around the addresses, without a limit of the commune.")] = 150


CHOICES: Final = DrawingChoices()


def draw_by_address(
    addresses: gpd.GeoDataFrame,
    schools: pd.Series,
    *,
    streets: gpd.GeoDataFrame | None,
    commune: shapely.Geometry | None,
    choices: DrawingChoices = CHOICES,
) -> gpd.GeoDataFrame:
    """Draw the sectors that a street list means.

    Parameters
    ----------
    addresses
        Points in a projected CRS in metres, index ``address_id``, columns ``street_id, number``.
    schools
        Schools of each address, tuples, same index; addresses without any are left out.
    streets
        Lines, index ``segment_id``, column ``street_id``, same CRS; without them the sides of a street run straight
        from house to house.
    commune
        Area that is parted, same CRS; without it, what lies near the addresses.
    choices
        Distances.

    Returns
    -------
    sectors
        Index ``sector_id`` (schools joined by ``+``), columns ``schools`` (tuples), ``addresses`` (how many), and areas
        that make up the commune together, without gap or overlap.

    Notes
    -----
    The area of a sector is what lies nearer to its houses, or to the sides of street between two of them, than to
    those of any other sector (Voronoi cells of points [m]). Between two houses of different sectors each has half of
    the side. So each address lies in its own sector, and the limit between the sides of a street runs along it.
    """
    own = addresses[(schools.map(len) > 0).to_numpy() & ~shapely.is_missing(addresses.geometry.to_numpy())]
    sector = schools.loc[own.index].map(JOINED.join)
    area = commune if commune is not None else _around(own, choices)
    inside = shapely.intersects_xy(area, *shapely.get_coordinates(own.geometry.to_numpy()).T)
    own, sector = own[inside], sector[inside]
    if own.empty:
        return gpd.GeoDataFrame({"schools": [], "addresses": []}, geometry=[], crs=addresses.crs)
    houses = own[["geometry"]].assign(unit_id=sector)
    marks = _marks(own, sector, streets, choices=choices)
    drawn = draw_units(gpd.GeoDataFrame(pd.concat([houses, marks], ignore_index=True), crs=own.crs), area)
    drawn = drawn.set_geometry([_polygons(shape) for shape in drawn.geometry]).rename_axis("sector_id")
    kept = pd.Series(schools.loc[own.index].to_numpy(), index=sector.to_numpy())
    kept = kept[~kept.index.duplicated()]
    counts = sector.value_counts()
    return drawn.assign(
        schools=pd.Series(kept, dtype=object).reindex(drawn.index), addresses=counts.reindex(drawn.index)
    )


def in_own_sector(addresses: gpd.GeoDataFrame, schools: pd.Series, sectors: gpd.GeoDataFrame) -> pd.Series:
    """Whether each address lies in the area of the sector of its schools; index `address_id`."""
    sector = schools.map(JOINED.join)
    shapes = sectors.geometry.reindex(sector.to_numpy()).to_numpy()
    return pd.Series(shapely.covers(shapes, addresses.geometry.to_numpy()), index=addresses.index)


# Marks on the sides of streets ---------------------------------------------------------------------------------------


def _marks(
    homes: gpd.GeoDataFrame, sector: pd.Series, streets: gpd.GeoDataFrame | None, *, choices: DrawingChoices
) -> gpd.GeoDataFrame:
    """Give points between neighbours of one side of a street, each with the sector of the nearer one."""
    if streets is None or streets.empty:
        first, second, share = _between_neighbours(_straight(homes, sector), choices)
        points = np.stack([_mixed(first[axis], second[axis], share) for axis in ("x", "y")], axis=1)
    else:
        first, second, share = _between_neighbours(_along(homes, sector, streets, choices=choices), choices)
        off = _mixed(first["off_m"], second["off_m"], share)
        lines = streets.geometry.reindex(first["street"].to_numpy()).to_numpy()
        middle, direction = _direction(lines, _mixed(first["along_m"], second["along_m"], share))
        points = middle + off[:, None] * np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    whose = np.where(share < _HALF, first["sector"].to_numpy(), second["sector"].to_numpy())
    return gpd.GeoDataFrame({"unit_id": whose}, geometry=shapely.points(points), crs=homes.crs)


def _between_neighbours(placed: pd.DataFrame, choices: DrawingChoices) -> tuple[pd.DataFrame, pd.DataFrame, Floats]:
    """Give for each mark the house before it, the house behind it, and its share of the way from one to the other.

    Neighbours follow each other in `placed`: ``street, side`` are equal, and ``along_m`` tells how far they are apart.
    """
    following = placed.shift(-1)
    same = (placed["street"] == following["street"]) & (placed["side"] == following["side"])
    between = following["along_m"] - placed["along_m"]
    near = (same & (between > choices.spacing_m) & (between <= choices.gap_most_m)).to_numpy(dtype=bool)
    count = (between.to_numpy()[near] // choices.spacing_m).astype("int64")
    pair = np.repeat(np.arange(len(count)), count)
    rank = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return placed[near].iloc[pair], following[near].iloc[pair], (rank + 1) / (count[pair] + 1)


def _straight(homes: gpd.GeoDataFrame, sector: pd.Series) -> pd.DataFrame:
    """Give the houses of each side of a street in the order of their numbers, and the way from house to house [m]."""
    xy = shapely.get_coordinates(homes.geometry.to_numpy())
    placed = pd.DataFrame({"street": homes["street_id"], "number": homes["number"], "sector": sector})
    placed = placed.assign(side=placed["number"] % 2, x=xy[:, 0], y=xy[:, 1])
    placed = placed[placed["number"] > 0].sort_values(["street", "side", "number"], kind="stable")
    way = np.hypot(placed["x"].diff().fillna(0), placed["y"].diff().fillna(0))
    return placed.assign(along_m=np.cumsum(way))


def _along(
    homes: gpd.GeoDataFrame, sector: pd.Series, streets: gpd.GeoDataFrame, *, choices: DrawingChoices
) -> pd.DataFrame:
    """Give where each house stands along its piece of street, and how far off to its left [m]."""
    sides = street_sides(homes, streets)
    lines = streets.geometry.reindex(sides["segment_id"].to_numpy()).to_numpy()
    points = homes.geometry.to_numpy()
    along = shapely.line_locate_point(lines, points)
    middle, direction = _direction(lines, along)
    away = shapely.get_coordinates(points) - middle
    left = direction[:, 0] * away[:, 1] - direction[:, 1] * away[:, 0]
    off = np.sign(left) * np.hypot(away[:, 0], away[:, 1]).clip(choices.side_least_m, choices.side_most_m)
    # A house that stands on the other side than its number says is a neighbour of those that stand there.
    side = sides["side"] + np.where(off > 0, "-left", "-right")
    placed = pd.DataFrame({"street": sides["segment_id"], "side": side, "sector": sector})
    return placed.assign(along_m=along, off_m=off).sort_values(["street", "side", "along_m"], kind="stable")


def _direction(lines: npt.NDArray[np.object_], along: Floats) -> tuple[Floats, Floats]:
    """Give the place on each line at a distance from its start, and the direction of the line there (length 1)."""
    length = shapely.length(lines)
    before = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along - _HALF, 0)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(along + _HALF, length)))
    way = behind - before
    size = np.hypot(way[:, 0], way[:, 1])
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    return middle, way / np.where(size > 0, size, 1)[:, None]


def _mixed(first: pd.Series, second: pd.Series, share: Floats) -> Floats:
    one, other = first.to_numpy(dtype="float64"), second.to_numpy(dtype="float64")
    return np.asarray(one + share * (other - one))


# Areas ---------------------------------------------------------------------------------------------------------------


def _around(homes: gpd.GeoDataFrame, choices: DrawingChoices) -> shapely.Geometry:
    """Give what lies near houses, without the holes between them."""
    discs = shapely.union_all(shapely.buffer(homes.geometry.to_numpy(), 2 * choices.margin_m, quad_segs=4))
    closed = shapely.buffer(discs, -choices.margin_m, quad_segs=4)
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(closed)])


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Give the areas of a shape without the lines and points that clipping may leave."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if len(parts) != 1 else parts[0]
