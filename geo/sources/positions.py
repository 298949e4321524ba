"""Where things lie: the CRS of each layer, coordinates that are swapped, and what lies outside the commune."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault
from geo.sources.sheets import Sheet, Sheets, reworded

_WGS84: Final = "EPSG:4326"
# A layer may reach beyond the commune (a river, a motorway), but not lie wholly this far from it.
FAR_M: Final = 20_000.0
# A point of the commune is within this of its box [degrees], some 15 km: that tells a swapped point from a true one.
NEAR_DEGREES: Final = 0.2
# Boundaries differ by some metres from file to file, and the gate of a school may open on the street of the limit.
OUTSIDE_M: Final = 100.0
_NOWHERE_M: Final = 1e9
# From this many files on, a CRS that all of them have is one mistake and not several.
_SAME_MISTAKE: Final = 3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Ground:
    """The tables of a city on one ground.

    Attributes
    ----------
    sheets
        The tables; every ``geometry`` is in the CRS of the city, None where the place is not to be trusted. Tables
        with ``lon`` and ``lat`` have one.
    crs
        The CRS of the city.
    faults
        What is wrong with CRS and coordinates.
    """

    sheets: Sheets
    crs: pyproj.CRS
    faults: list[Fault]

    @property
    def commune(self) -> shapely.Geometry | None:
        """The area of the commune; None if its place is not known."""
        shapes = self.sheets["commune"].shapes().geometry
        return shapely.union_all(shapes.to_numpy()) if len(shapes) else None


def locate(sheets: Sheets, crs: str) -> Ground:
    """Bring every table on one ground and say which coordinates cannot be right."""
    city_crs = pyproj.CRS.from_user_input(crs)
    layers = {name: sheet for name, sheet in sheets.items() if sheet.there and "geometry" in sheet.frame}
    honest = {name: sheet for name, sheet in layers.items() if _is_honest(sheet, city_crs)}
    honest, far = _without_far_layers(honest, city_crs)
    home = _home(honest)
    moved = {name: _moved(sheet, city_crs, home) for name, sheet in layers.items() if name not in honest}
    grounded = {**sheets, **honest, **{name: sheet for name, (sheet, _) in moved.items()}}
    box = _degrees_box(grounded["commune"], city_crs)
    listed = {name: sheet for name, sheet in sheets.items() if sheet.there and sheet.table.point}
    swapped = {name: _swapped_rows(sheet, box) for name, sheet in listed.items()}
    points = {name: _with_points(sheet, city_crs, without=swapped[name]) for name, sheet in listed.items()}
    faults = [fault for name, sheet in listed.items() for fault in _swapped_faults(sheet, swapped[name])]
    mistakes = _one_mistake([fault for _, fault in moved.values()])
    return Ground({**grounded, **points}, city_crs, [*mistakes, *far, *faults])


def outside_faults(ground: Ground) -> Iterator[Fault]:
    """Give the schools and the addresses that lie outside the commune."""
    commune = ground.commune
    if commune is None:
        return
    shapely.prepare(commune)
    for name, rule, key in (("schools", "school-outside", "name"), ("addresses", "address-outside", "address_id")):
        points = ground.sheets[name].shapes(key, "lon", "lat")
        shapes = points.geometry.to_numpy()
        away = np.flatnonzero(~shapely.dwithin(commune, shapes, OUTSIDE_M))
        distances = shapely.distance(commune, shapes[away])
        for row, distance_m in zip(points.iloc[away].itertuples(), distances, strict=True):
            yield _outside(ground.sheets[name], rule, row._asdict(), distance_m=float(distance_m))


def street_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the fault of a layer of streets in which nobody can walk."""
    sheet = sheets["streets"]
    streets = sheet.shapes("walkable")
    if sheet.is_sound("walkable") and len(streets) and not (streets["walkable"] & (streets.length > 0)).any():
        yield Fault(
            "no-walkable-street",
            sheet.file,
            None,
            "walkable",
            "at least one street that can be walked",
            f"none among {len(streets)}",
            "Set 'walkable' to true for the streets that have a pavement or are shared.",
            {"count": len(streets)},
        )


def _outside(sheet: Sheet, rule: str, row: dict[str, object], *, distance_m: float) -> Fault:
    named = str(row.get("name", row.get("address_id")))
    return Fault(
        rule,
        sheet.file,
        sheet.line(int(str(row["Index"]))),
        "lon",
        "a point in the commune",
        f"{row['lon']}, {row['lat']} ({named}), {distance_m:.0f} m outside it",
        "Correct the coordinates, or delete the row if it belongs to another commune.",
        {"name": named, "lon": str(row["lon"]), "lat": str(row["lat"]), "distance": distance_m},
    )


# Layers --------------------------------------------------------------------------------------------------------------


def _is_honest(sheet: Sheet, crs: pyproj.CRS) -> bool:
    """Whether a layer says the CRS of the city and has coordinates that can be of it."""
    layer = gpd.GeoDataFrame(sheet.frame)
    box = _box(layer)
    return _same(layer.crs, crs) and (box is None or _within(box, _area_of_use(crs)))


def _home(layers: Sheets) -> Box | None:
    """Give where the city is, by the commune or by all layers together; None if no layer says."""
    named = [layers["commune"]] if "commune" in layers else list(layers.values())
    boxes = [box for box in (_box(sheet.shapes()) for sheet in named) if box is not None]
    if not boxes:
        return None
    left, bottom, right, top = (float(value) for value in shapely.total_bounds(shapely.box(*np.array(boxes).T)))
    return left, bottom, right, top


def _moved(sheet: Sheet, crs: pyproj.CRS, home: Box | None) -> tuple[Sheet, Fault]:
    """Give a layer in the CRS of the city, so that its other faults are found too, and the fault of its CRS.

    Either the CRS is another one, or its tag is wrong: what brings the layer home is right. If nothing does, the
    layer loses its shapes.
    """
    layer = gpd.GeoDataFrame(sheet.frame)
    tag, box = layer.crs, _box(layer)
    in_degrees = box is not None and _within(box, (-180.0, -90.0, 180.0, 90.0))
    if not _same(tag, crs):
        got = _crs_name(tag)
    else:
        what = "in degrees" if in_degrees else f"around {_middle(box)}"
        got = f"the tag {_crs_name(tag)} on coordinates {what}"
    tries = [_in_crs(layer, tag, crs), layer.set_crs(crs, allow_override=True)]
    if in_degrees:
        tries.append(_in_crs(layer, pyproj.CRS.from_user_input(_WGS84), crs))
    at_home = (frame for frame in tries if _is_home(_box(frame), home, crs))
    return replace(sheet, frame=next(at_home, _nowhere(layer))), _wrong_crs(sheet, crs, got)


def _is_home(box: Box | None, home: Box | None, crs: pyproj.CRS) -> bool:
    if box is None:
        return False
    return _gap_m(box, home) <= FAR_M if home else _within(box, _area_of_use(crs))


def _without_far_layers(layers: Sheets, crs: pyproj.CRS) -> tuple[dict[str, Sheet], list[Fault]]:
    """Take the shapes from the layers that lie far from the commune; from the commune if most lie far from it."""
    boxes = {name: box for name, sheet in layers.items() if (box := _box(sheet.shapes())) is not None}
    home = boxes.pop("commune", None)
    if home is None or not boxes:
        return dict(layers), []
    far = [name for name, box in boxes.items() if _gap_m(home, box) > FAR_M]
    culprits = ["commune"] if len(far) > len(boxes) / 2 else far
    faults = [_far(layers[name], crs, home if name == "commune" else boxes[name]) for name in culprits]
    nowhere = {name: replace(layers[name], frame=_nowhere(gpd.GeoDataFrame(layers[name].frame))) for name in culprits}
    return {**layers, **nowhere}, faults


def _far(sheet: Sheet, crs: pyproj.CRS, box: Box) -> Fault:
    return _wrong_crs(sheet, crs, f"coordinates around {_middle(box)}, far from the other layers")


def _wrong_crs(sheet: Sheet, crs: pyproj.CRS, got: str) -> Fault:
    wanted = _crs_name(crs)
    return Fault(
        "wrong-crs",
        sheet.file,
        None,
        "",
        f"a layer in {wanted}, the CRS of the city",
        got,
        f"Export the layer again in {wanted}; do not just change its tag.",
        {"wanted": wanted, "found": got},
    )


def _one_mistake(faults: Sequence[Fault]) -> list[Fault]:
    """Give one fault for the files that all have the same wrong CRS."""
    of_crs: dict[str, list[Fault]] = {}
    for fault in faults:
        of_crs.setdefault(fault.got, []).append(fault)
    return [
        fault for alike in of_crs.values() for fault in (_together(alike) if len(alike) >= _SAME_MISTAKE else alike)
    ]


def _together(faults: Sequence[Fault]) -> list[Fault]:
    others = ", ".join(fault.file for fault in faults[1:])
    got = f"{faults[0].got}, as in {len(faults) - 1} other layers ({others})"
    return [reworded(faults[0], got=got, further={"found": got})]


def _same(tag: pyproj.CRS, crs: pyproj.CRS) -> bool:
    if tag.equals(crs, ignore_axis_order=True):
        return True
    code = tag.to_epsg()
    return code is not None and code == crs.to_epsg()


def _crs_name(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def _in_crs(layer: gpd.GeoDataFrame, tag: pyproj.CRS, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """Give the layer, taken as being in `tag`, in the CRS of the city; without shapes if there is no way."""
    try:
        moved = layer.set_crs(tag, allow_override=True).to_crs(crs)
    except pyproj.exceptions.ProjError:
        return _nowhere(layer)
    finite = np.isfinite(moved.geometry.dropna().bounds.to_numpy()).all()
    return moved if finite else _nowhere(layer)


def _nowhere(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return layer.assign(geometry=gpd.GeoSeries([None] * len(layer), index=layer.index))


def _box(layer: gpd.GeoDataFrame) -> Box | None:
    shapes = layer.geometry.dropna()
    if shapes.empty:
        return None
    left, bottom, right, top = (float(value) for value in shapes.total_bounds)
    return left, bottom, right, top


def _within(box: Box, outer: Box) -> bool:
    return box[0] >= outer[0] and box[1] >= outer[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _gap_m(one: Box, other: Box) -> float:
    return float(shapely.distance(shapely.box(*one), shapely.box(*other)))


def _middle(box: Box | None) -> str:
    if box is None:
        return "nowhere"
    return f"{(box[0] + box[2]) / 2:.0f}, {(box[1] + box[3]) / 2:.0f}"


def _area_of_use(crs: pyproj.CRS) -> Box:
    """Give where the CRS is meant to be used, in its own coordinates."""
    area = crs.area_of_use
    if area is None:
        return -np.inf, -np.inf, np.inf, np.inf
    to_crs = pyproj.Transformer.from_crs(_WGS84, crs, always_xy=True)
    left, bottom, right, top = to_crs.transform_bounds(area.west, area.south, area.east, area.north)
    return left, bottom, right, top


# Points --------------------------------------------------------------------------------------------------------------


def _degrees_box(commune: Sheet, crs: pyproj.CRS) -> Box | None:
    """Give the box of the commune in degrees, widened by what a point may lie off; None if it is not known."""
    box = _box(commune.shapes()) if commune.there else None
    if box is None:
        return None
    to_degrees = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
    left, bottom, right, top = to_degrees.transform_bounds(*box)
    return left - NEAR_DEGREES, bottom - NEAR_DEGREES, right + NEAR_DEGREES, top + NEAR_DEGREES


def _swapped_rows(sheet: Sheet, box: Box | None) -> pd.Index:
    """Give the rows whose place is in the box only if longitude and latitude are swapped."""
    known = sheet.rows("lon", "lat").astype("float64")
    if box is None:
        return known.index[:0]
    lon, lat = known["lon"].to_numpy(), known["lat"].to_numpy()
    return known.index[_in(box, lat, lon) & ~_in(box, lon, lat)]


def _swapped_faults(sheet: Sheet, rows: pd.Index) -> list[Fault]:
    """Give one fault for each swapped row, or one for all if most rows are."""
    known = sheet.rows("lon", "lat")
    faults = [_swapped(sheet, int(row), known.loc[row]) for row in rows]
    if len(faults) >= _SAME_MISTAKE and len(faults) > len(known) / 2:
        return [_swapped_columns(faults[0], len(faults))]
    return faults


def _with_points(sheet: Sheet, crs: pyproj.CRS, *, without: pd.Index) -> Sheet:
    """Give the table with its points, None where they are not known and in the rows `without`."""
    known = sheet.rows("lon", "lat").drop(index=without).astype("float64")
    to_crs = pyproj.Transformer.from_crs(_WGS84, crs, always_xy=True)
    xy = np.column_stack(to_crs.transform(known["lon"].to_numpy(), known["lat"].to_numpy()))
    # A place that the projection does not reach is very far from the commune, and is said to be.
    xy = np.nan_to_num(xy, nan=_NOWHERE_M, posinf=_NOWHERE_M, neginf=-_NOWHERE_M)
    points = gpd.GeoSeries(shapely.points(xy), index=known.index, crs=crs)
    geometry = points.reindex(sheet.frame.index)
    return replace(sheet, frame=gpd.GeoDataFrame(sheet.frame.assign(geometry=geometry), crs=crs))


def _in(box: Box, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    return np.asarray((lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3]))


def _swapped(sheet: Sheet, row: int, point: pd.Series) -> Fault:
    lon, lat = float(point["lon"]), float(point["lat"])
    return Fault(
        "swapped-lon-lat",
        sheet.file,
        sheet.line(row),
        "lon",
        f"a longitude near {lat:.2f} and a latitude near {lon:.2f}",
        f"lon {lon}, lat {lat}",
        "Swap the two values: lon is the smaller one in mainland France.",
        {"lon": str(lon), "lat": str(lat)},
    )


def _swapped_columns(first: Fault, count: int) -> Fault:
    """Give one fault for two columns whose headings are swapped."""
    return replace(
        reworded(first, got=f"{first.got}, and so in {count} rows", further={"count": count}),
        line=None,
        remedy="Swap the headings of the two columns.",
    )
