"""Commune, IRIS, priority quarters, river and railway as areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import shapely
from shapely import Point, Polygon
from shapely.ops import polygonize

from villebrune import sketch
from villebrune.blocks import Land, quarter_of
from villebrune.register import to_map

VINTAGE: Final = 2024


@dataclass(frozen=True)
class Area:
    """A statistical area (IRIS).

    Attributes
    ----------
    code, name
        Official code and name.
    seeds
        Points in it [m]; a face of the town belongs to the area of the nearest seed of its quarter.
    side
        ``growing`` or ``shrinking``: the bank that it lies on.
    income_eur
        Median income by consumption unit [EUR/year].
    poverty, baccalaureate, blue_collar, unemployed
        Shares [0-1].
    """

    code: str
    name: str
    seeds: sketch.Points
    side: str
    income_eur: int
    poverty: float
    baccalaureate: float
    blue_collar: float
    unemployed: float


AREAS: Final = (
    Area("001230101", "Centre ancien", ((-350, 430), (-420, 200)),
         "shrinking", 20_150, 0.19, 0.44, 0.22, 0.12),
    Area("001230102", "Faubourg du Nord", ((-330, 900), (-330, 1250)),
         "shrinking", 22_400, 0.12, 0.47, 0.21, 0.09),
    Area("001230103", "Les Coteaux", ((-1150, 950), (-800, 1200), (-1400, 1000)),
         "shrinking", 25_900, 0.06, 0.55, 0.15, 0.06),
    Area("001230104", "Bellevue", ((-1300, 300), (-850, 350), (-1250, -250)),
         "shrinking", 23_300, 0.09, 0.46, 0.20, 0.08),
    Area("001230105", "La Gare", ((-20, 60), (-250, -300), (-780, -300)),
         "shrinking", 19_700, 0.20, 0.38, 0.28, 0.13),
    Area("001230106", "Les Grandes-Vignes", ((-1250, -900), (-780, -900)),
         "shrinking", 12_900, 0.46, 0.19, 0.45, 0.29),
    Area("001230107", "Les Rivières", ((-700, -1250), (-200, -980), (-1150, -1250)),
         "shrinking", 20_300, 0.17, 0.36, 0.30, 0.12),
    Area("001230108", "Les Prés-Neufs", ((1050, 950), (1050, 680), (1100, 1300)),
         "growing", 24_300, 0.10, 0.58, 0.16, 0.08),
    Area("001230109", "Outre-Pont", ((350, 880), (480, 650), (450, 1250)),
         "growing", 22_100, 0.13, 0.46, 0.22, 0.10),
    Area("001230110", "L'Orangerie", ((650, 250), (1100, 280), (1500, 250), (700, -250), (1100, -300)),
         "growing", 24_900, 0.08, 0.52, 0.17, 0.07),
    Area("001230111", "Le Moulin", ((680, -950), (250, -900), (650, -700)),
         "growing", 13_700, 0.41, 0.22, 0.42, 0.26),
    Area("001230112", "La Sablière", ((600, -1300), (1150, -1000), (1100, -1250)),
         "growing", 21_400, 0.13, 0.41, 0.26, 0.10),
)  # fmt: skip

# Priority quarters follow buildings, not statistical limits: each leaves out a part of its IRIS and takes in a bit
# of the next one.
QUARTERS: Final = (
    (
        "QP000001",
        "Les Grandes-Vignes",
        ((-1560, -700), (-1150, -680), (-470, -700), (-480, -860), (-500, -1110), (-900, -1100), (-1290, -1130),
         (-1400, -1000)),
    ),
    (
        "QP000002",
        "Le Moulin",
        ((430, -730), (700, -660), (940, -760), (925, -900), (880, -1160), (640, -1230), (410, -1180), (440, -950)),
    ),
)  # fmt: skip
DEPRIVED: Final = ("001230106", "001230111")


def commune_table(land: Land) -> gpd.GeoDataFrame:
    """The commune, index ``insee``."""
    table = gpd.GeoDataFrame({"insee": ["00123"], "name": ["Villebrune"]}, geometry=[land.commune], crs=sketch.CRS)
    return _on_map(table).set_index("insee")


def iris_table(land: Land) -> gpd.GeoDataFrame:
    """The statistical areas, index ``iris``: a partition of the commune along river, railway and main roads."""
    borders = [land.commune.boundary, land.river, land.railway, *(way.line for way in land.roads)]
    noded = polygonize(shapely.unary_union(borders, grid_size=0.01))
    faces = [
        part for face in noded if land.commune.contains(face.representative_point()) for part in _inner(face, land)
    ]
    owners = [_owner(face, land) for face in faces]
    parts = gpd.GeoDataFrame({"iris": [area.code for area in owners]}, geometry=faces, crs=sketch.CRS)
    names = {area.code: area.name for area in AREAS}
    table = _on_map(parts.dissolve(by="iris", method="unary", grid_size=0.01))
    return table.assign(name=table.index.map(names), iris_vintage=VINTAGE)[["name", "iris_vintage", "geometry"]]


def _inner(face: Polygon, land: Land) -> list[Polygon]:
    """Cut a face that reaches the limit of the commune half-way between the seeds; leave the others whole."""
    if face.distance(land.commune.boundary) > 1:
        return [face]
    seeds = shapely.multipoints([seed for area in AREAS for seed in area.seeds])
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=land.commune))
    parts = shapely.get_parts(shapely.intersection(cells, face))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 1]


def _owner(face: Polygon, land: Land) -> Area:
    """The area whose seed is nearest to the middle of the face, on its side of river and railway."""
    middle = face.representative_point()
    quarter = quarter_of(middle, land)
    near = [
        (seed.distance(middle), rank)
        for rank, area in enumerate(AREAS)
        for seed in map(Point, area.seeds)
        if quarter_of(seed, land) == quarter
    ]
    return AREAS[min(near)[1]]


def qpv_table() -> gpd.GeoDataFrame:
    """The priority quarters, index ``qpv``."""
    rows = {"qpv": [code for code, _, _ in QUARTERS], "name": [name for _, name, _ in QUARTERS]}
    shapes = [Polygon(points) for _, _, points in QUARTERS]
    return _on_map(gpd.GeoDataFrame(rows, geometry=shapes, crs=sketch.CRS)).set_index("qpv")


def barrier_table(land: Land) -> gpd.GeoDataFrame:
    """River and railway within the commune, index ``barrier_id``."""
    rows = {
        "barrier_id": ["river-1", "railway-1"],
        "kind": ["river", "railway"],
        "name": ["la Brune", "ligne de Brive-le-Vieux à Montfaucon"],
    }
    shapes = [land.water.intersection(land.commune), land.tracks.intersection(land.commune)]
    return _on_map(gpd.GeoDataFrame(rows, geometry=shapes, crs=sketch.CRS)).set_index("barrier_id")


def _on_map(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table.set_geometry(table.geometry.transform(to_map))
