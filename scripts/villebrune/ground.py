"""Trees along streets, in parks and gardens, and places of leisure and culture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point, Polygon, STRtree

from villebrune import sketch
from villebrune.addresses import Building
from villebrune.register import lon_lat, point_of, to_map
from villebrune.shapes import along
from villebrune.streets import Street
from villebrune.yards import Tree, Yard, scattered

PLANTED_KINDS: Final = ("avenue", "boulevard", "cours", "quai", "mail")
TREE_STEP_M: Final = 15.0
DENSITY_M2: Final = {"park": 170.0, "wood": 55.0, "cemetery": 420.0, "sport": 900.0}

PLACES: Final = (
    ("Médiathèque Jean-Moulin", "library", (-480, 260), 60, "mardi-samedi 10h-18h"),
    ("Bibliothèque des Grandes-Vignes", "library", (-900, -850), 30, "mercredi, samedi 10h-17h"),
    ("Bibliothèque des Prés-Neufs", "library", (1000, 690), 40, "mardi-samedi 10h-18h"),
    ("Conservatoire de musique", "culture", (-300, 250), 80, "lundi-samedi 14h-20h"),
    ("Théâtre du Beffroi", "culture", (-540, 330), 150, "selon programme"),
    ("Cinéma Le Rex", "culture", (-430, 30), 120, "tous les jours"),
    ("Musée de la Batellerie", "culture", (80, 700), 40, "mercredi-dimanche 14h-18h"),
    ("Atelier d'arts plastiques", "culture", (620, -880), 25, "mercredi, samedi"),
    ("Gymnase Alice-Milliat", "sport", (1010, -1130), 90, "tous les jours 9h-22h"),
    ("Piscine du Port-au-Sable", "sport", (150, -330), 120, "tous les jours"),
    ("Gymnase Colette-Besson", "sport", (-1200, -1000), 90, "tous les jours 9h-22h"),
    ("Plaine des sports", "sport", (-1380, 560), 200, "tous les jours"),
    ("Gymnase des Prés-Neufs", "sport", (1180, 780), 90, "tous les jours 9h-22h"),
    ("Dojo de la Gare", "sport", (-600, -420), 40, "lundi-samedi 16h-22h"),
    ("Centre de loisirs Les Coteaux", "leisure", (-1050, 950), 80, "mercredi et vacances"),
    ("Centre de loisirs du Moulin", "leisure", (740, -860), 60, "mercredi et vacances"),
    ("Maison de quartier des Grandes-Vignes", "leisure", (-720, -900), 70, "lundi-samedi 9h-19h"),
    ("Ludothèque La Toupie", "leisure", (-200, 480), 35, "mercredi, vendredi, samedi"),
    ("Centre de loisirs de l'Orangerie", "leisure", (1010, 380), 80, "mercredi et vacances"),
    ("Maison des jeunes d'Outre-Pont", "youth", (380, 820), 50, "mardi-samedi 14h-20h"),
    ("Crèche Les Moussaillons", "creche", (300, 620), 40, "lundi-vendredi 7h30-18h30"),
    ("Crèche du Beffroi", "creche", (-620, 250), 45, "lundi-vendredi 7h30-18h30"),
    ("Crèche Arc-en-Ciel", "creche", (-1120, -820), 30, "lundi-vendredi 7h30-18h30"),
    ("Crèche des Prés-Neufs", "creche", (930, 1080), 60, "lundi-vendredi 7h30-18h30"),
    ("Crèche familiale des Rivières", "creche", (-600, -1200), 25, "lundi-vendredi 7h30-18h30"),
    ("Espace jeunes des Grandes-Vignes", "youth", (-1000, -760), 40, "mercredi-samedi 14h-20h"),
)


def all_trees(
    streets: Sequence[Street], buildings: Sequence[Building], yard_trees: Sequence[Tree], *, rng: np.random.Generator
) -> list[Tree]:
    """Trees of yards, streets, parks and gardens; none within a building."""
    footprints = STRtree([building.footprint for building in buildings])
    trees = [*_street_trees(streets, rng), *_park_trees(rng), *_garden_trees(buildings, rng)]
    free = [tree for tree in trees if footprints.query(Point(tree.xy).buffer(0.8), predicate="intersects").size == 0]
    return [*yard_trees, *free]


def _street_trees(streets: Sequence[Street], rng: np.random.Generator) -> Iterator[Tree]:
    for street in streets:
        if street.name.split()[0] not in PLANTED_KINDS:
            continue
        for line in street.lines:
            for at_m in np.arange(12.0, line.length - 12.0, TREE_STEP_M):
                here, left = along(line, float(at_m))
                for side in (-1, 1):
                    if rng.random() < 0.88:
                        x, y = here + side * left * 4.6
                        yield _tree(float(x), float(y), rng, crown=(5.0, 9.0))


def _park_trees(rng: np.random.Generator) -> Iterator[Tree]:
    for green in sketch.GREENS:
        area = Polygon(green.points).buffer(-5)
        wanted = round(area.area / DENSITY_M2[green.kind])
        for x, y in scattered(area, wanted, rng, apart_m=5.0):
            yield _tree(x, y, rng, crown=(5.0, 12.0))


def _garden_trees(buildings: Sequence[Building], rng: np.random.Generator) -> Iterator[Tree]:
    for building in buildings:
        if building.use == "house" and rng.random() < 0.10:
            turn = rng.uniform(0, 2 * np.pi)
            x, y = np.array(building.footprint.centroid.coords[0]) + 12 * np.array([np.cos(turn), np.sin(turn)])
            yield _tree(float(x), float(y), rng, crown=(3.0, 7.0))


def _tree(x: float, y: float, rng: np.random.Generator, *, crown: tuple[float, float]) -> Tree:
    width = float(rng.uniform(*crown))
    return Tree((x, y), round(width * float(rng.uniform(1.0, 1.5)) + 1.5, 1), round(width, 1))


def building_table(buildings: Sequence[Building]) -> gpd.GeoDataFrame:
    """One row a building, index ``building_id``, from west to east."""
    order = sorted(buildings, key=lambda building: building.footprint.bounds)
    table = gpd.GeoDataFrame(
        {
            "building_id": [f"B{i:05d}" for i in range(1, len(order) + 1)],
            "height_m": [building.height_m for building in order],
            "use": [building.use for building in order],
        },
        geometry=[building.footprint for building in order],
        crs=sketch.CRS,
    )
    return table.set_geometry(table.geometry.transform(to_map)).set_index("building_id")


def tree_table(trees: Sequence[Tree]) -> gpd.GeoDataFrame:
    """One row a tree, index ``tree_id``, from west to east."""
    order = sorted(trees, key=lambda tree: tree.xy)
    xy = to_map(np.array([tree.xy for tree in order]))
    rows = {
        "tree_id": [f"A{i:05d}" for i in range(1, len(order) + 1)],
        "height_m": [tree.height_m for tree in order],
        "crown_m": [tree.crown_m for tree in order],
    }
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=sketch.CRS).set_index("tree_id")


def yard_table(yards: Sequence[Yard]) -> gpd.GeoDataFrame:
    """One row a part of a yard, index ``yard_id``."""
    rank = pd.Series([yard.school_id for yard in yards]).groupby([yard.school_id for yard in yards]).cumcount() + 1
    table = gpd.GeoDataFrame(
        {
            "yard_id": [f"{yard.school_id}-{i}" for yard, i in zip(yards, rank, strict=True)],
            "school_id": [yard.school_id for yard in yards],
            "surface": [yard.surface for yard in yards],
        },
        geometry=[yard.shape for yard in yards],
        crs=sketch.CRS,
    )
    shapes = shapely.set_precision(table.geometry.transform(to_map).to_numpy(), 0.01)
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=sketch.CRS)).set_index("yard_id")


def place_table(addresses: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a place of leisure, culture, sport or early childhood: at the address nearest to where it ought to be."""
    rows = []
    for number, (name, kind, place, seats, hours) in enumerate(PLACES, start=1):
        door = addresses.geometry.iloc[int(addresses.distance(point_of(place)).argmin())]
        lon, lat = lon_lat(np.array([(door.x, door.y)]))[0]
        rows.append((f"L{number:02d}", name, kind, lon, lat, seats, hours))
    return pd.DataFrame(rows, columns=["place_id", "name", "kind", "lon", "lat", "seats", "open"])
