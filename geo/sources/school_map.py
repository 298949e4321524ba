"""The school map as it is given: rows of the street list that contradict each other, sectors that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault
from geo.model.levels import Level
from geo.sources.positions import Ground
from geo.sources.sheets import Sheet, Sheets
from geo.territory.annex.assigning import assign
from geo.territory.annex.numbers import sides_of, with_places

# Limits drawn twice differ by a hand's breadth on a screen: some metres. Nobody lives within a strip this narrow [m];
# what is wider holds a house, and its children have two schools or none.
SLIVER_M: Final = 10.0
_RANGE: Final = ("level", "street_id", "number_from", "number_to", "parity", "school_id", "priority")


class _Row(NamedTuple):
    """One row of the street list on one side of its street."""

    row: int
    street: int
    first: int
    last: int
    school_id: str


def reversed_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the rows of the street list whose first number is greater than the last."""
    sheet = sheets["street_list"]
    rows = _ranges(sheet)
    for row, first, last in rows.loc[rows["first"] > rows["last"], ["number_from", "number_to"]].itertuples(name=None):
        yield Fault(
            "reversed-range",
            sheet.file,
            sheet.line(row),
            "number_from",
            "a first number that is not greater than the last",
            f"from {first} to {last}",
            f"Write from {last} to {first}, or correct the numbers.",
            {"first": str(first), "last": str(last)},
        )


def contradiction_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the rows of the street list that send the same numbers of a street to different schools.

    A shared sector, whose rows have the priorities 1, 2, ..., is no contradiction.
    """
    sheet = sheets["street_list"]
    rows = _ranges(sheet)
    sides = sides_of(rows[rows["first"] <= rows["last"]])
    seen: set[tuple[int, int]] = set()
    for one, other in _overlapping(sides):
        if (one.row, other.row) not in seen:
            seen.add((one.row, other.row))
            yield _contradiction(sheet, one, other)


def sector_faults(ground: Ground) -> Iterator[Fault]:
    """Give the overlaps of the sectors of a level, and the parts of the commune that they leave out."""
    sheet = ground.sheets["sectors"]
    sectors = sheet.shapes("level", "sector_id")
    for level, drawn in sectors.drop_duplicates(["level", "sector_id"]).groupby("level"):
        shapes = drawn.geometry.to_numpy()
        for one, other, shape in _overlaps(shapes):
            pair = (str(drawn["sector_id"].iloc[one]), str(drawn["sector_id"].iloc[other]))
            yield _overlap(sheet, int(drawn.index[other]), pair, shape=shape, crs=ground.crs)
        if ground.commune is not None:
            for shape in _wide_parts(shapely.difference(ground.commune, shapely.union_all(shapes))):
                yield _gap(sheet, str(level), shape, crs=ground.crs)


def coverage_faults(ground: Ground) -> Iterator[Fault]:
    """Give the addresses that neither the street list nor the drawn sectors of a level send to a school.

    Nothing is said if the tables concerned have faults of their own: those come first.
    """
    sheet, street_list, sectors = (ground.sheets[name] for name in ("addresses", "street_list", "sectors"))
    said = [given for given in (street_list, sectors) if given.there]
    sound = all(given.is_sound(*(column.name for column in given.table.columns)) for given in said)
    if not (said and sound and sheet.is_sound("address_id", "street_id", "street_name", "number", "suffix")):
        return
    places = sheet.shapes("address_id", "street_id", "street_name", "number", "suffix")
    rows, drawn = _straight(street_list), sectors.shapes("level", "sector_id", "school_id")
    for level in sorted({*rows["level"], *drawn["level"]}):
        schools, _ = assign(places.set_index("address_id"), rows, drawn, level=Level(level))
        bare = places[(schools.map(len) == 0).to_numpy()]
        for row, address, street, number in bare[["address_id", "street_name", "number"]].itertuples(name=None):
            yield _bare_address(sheet, row, f"{number} {street} ({address})", level=level, target=street_list.file)


# Street list ---------------------------------------------------------------------------------------------------------


def _ranges(sheet: Sheet) -> pd.DataFrame:
    """Give the rows of the street list that can be read, with the places of their first and last number."""
    rows = sheet.rows(*_RANGE)
    given = sheet.frame.reindex(index=rows.index, columns=["suffix_from", "suffix_to"]).astype("str").fillna("")
    return with_places(rows.assign(suffix_from=given["suffix_from"], suffix_to=given["suffix_to"]))


def _straight(sheet: Sheet) -> pd.DataFrame:
    """Give the rows of the street list, the reversed ones turned round: that fault is said elsewhere."""
    rows = _ranges(sheet)
    turned = rows["first"] > rows["last"]
    swap = {
        "number_from": "number_to",
        "number_to": "number_from",
        "suffix_from": "suffix_to",
        "suffix_to": "suffix_from",
    }
    columns = {column: rows[column].mask(turned, rows[other]) for column, other in swap.items()}
    return rows.assign(**columns)


def _overlapping(sides: pd.DataFrame) -> Iterator[tuple[_Row, _Row]]:
    """Give pairs of rows of one street that overlap though their schools differ.

    There is at least one pair for each row that overlaps an earlier one of another school.
    """
    street = sides.groupby(["level", "street_id", "priority", "side"]).ngroup().rename("street")
    ordered = sides.assign(street=street).sort_values(["street", "first"], kind="stable")
    reach: _Row | None = None  # reaches furthest of those so far
    rival: _Row | None = None  # reaches furthest of those for another school
    for row in (_Row(*values) for values in ordered[list(_Row._fields[1:])].itertuples(name=None)):
        if reach is not None and reach.street != row.street:
            reach = rival = None
        against = rival if reach is not None and reach.school_id == row.school_id else reach
        if against is not None and against.last >= row.first:
            yield (against, row) if against.row < row.row else (row, against)
        if reach is None or row.last > reach.last:
            rival = reach if reach is not None and reach.school_id != row.school_id else rival
            reach = row
        elif row.school_id != reach.school_id and (rival is None or row.last > rival.last):
            rival = row


def _contradiction(sheet: Sheet, one: _Row, other: _Row) -> Fault:
    named = "street_name" if "street_name" in sheet.frame else "street_id"
    street, line = str(sheet.frame.loc[one.row, named]), sheet.line(one.row)
    return Fault(
        "contradictory-rows",
        sheet.file,
        sheet.line(other.row),
        "school_id",
        "one school for each number of a street",
        f"{other.school_id!r}, but {one.school_id!r} in line {line} for some of the same numbers of {street}",
        "Correct the numbers or the school; for a shared sector, give the rows the priorities 1, 2, ...",
        {"street": street, "school": other.school_id, "other": one.school_id, "other_line": str(line)},
    )


def _bare_address(sheet: Sheet, row: int, address: str, *, level: str, target: str) -> Fault:
    return Fault(
        "address-without-school",
        sheet.file,
        sheet.line(row),
        "address_id",
        f"a school of level '{level}' for each address",
        f"none for {address}",
        f"Add the street to {target}, or extend a drawn sector.",
        {"level": level, "address": address, "target": target},
    )


# Sectors -------------------------------------------------------------------------------------------------------------


def _overlaps(shapes: npt.NDArray[Any]) -> Iterator[tuple[int, int, shapely.Polygon]]:
    """Give the pairs of shapes that overlap by more than a sliver, and the largest part that they have in common."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    for one, other in pairs[pairs[:, 0] < pairs[:, 1]]:
        parts = _wide_parts(shapely.intersection(shapes[one], shapes[other]))
        if parts:
            yield int(one), int(other), parts[0]


def _wide_parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Give the parts of a shape that are more than a sliver, the largest first."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    wide = [part for part in parts if not part.buffer(-SLIVER_M / 2).is_empty]
    return sorted(wide, key=lambda part: -part.area)


def _overlap(sheet: Sheet, row: int, pair: tuple[str, str], *, shape: shapely.Polygon, crs: pyproj.CRS) -> Fault:
    area_m2, place = shape.area, _lon_lat(shape, crs)
    return Fault(
        "overlapping-sectors",
        sheet.file,
        sheet.line(row),
        "geometry",
        "sectors of a level that do not overlap",
        f"{pair[0]!r} and {pair[1]!r} overlap over {area_m2:.0f} m2, around lon {place[0]}, lat {place[1]}",
        "Correct the limits; draw a shared sector once, with one row for each of its schools.",
        {"one": pair[0], "other": pair[1], "area": round(area_m2), "lon": place[0], "lat": place[1]},
    )


def _gap(sheet: Sheet, level: str, shape: shapely.Polygon, *, crs: pyproj.CRS) -> Fault:
    area_m2, place = shape.area, _lon_lat(shape, crs)
    return Fault(
        "gap-between-sectors",
        sheet.file,
        None,
        "geometry",
        f"sectors of level '{level}' that fill the commune",
        f"{area_m2:.0f} m2 in no sector, around lon {place[0]}, lat {place[1]}",
        "Extend the sector that this place belongs to.",
        {"level": level, "area": round(area_m2), "lon": place[0], "lat": place[1]},
    )


def _lon_lat(shape: shapely.Polygon, crs: pyproj.CRS) -> tuple[str, str]:
    """Give a point within the shape in degrees, as text."""
    point = shape.representative_point()
    lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(point.x, point.y)
    return f"{lon:.5f}", f"{lat:.5f}"
