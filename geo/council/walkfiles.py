"""The files of walks to school: a GeoPackage, tables and maps, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.council.catchments import pair_matrix, school_rows
from geo.council.enclaves import pieces_layer
from geo.council.exports import rounded, source_rows, write_csv
from geo.council.maps import write_map
from geo.council.walklayers import school_layer, sector_layer, unit_layer
from geo.council.walkmap import draw_walk_map
from geo.council.walkpage import walk_page
from geo.council.words import Lang
from geo.council.writing import drafts_within, replacing
from geo.model.city import City
from geo.planning.catchments import Catchments
from geo.planning.walk_areas import WalkAreas

PARTS: Final = ("geopackage", "tables", "sheet", "page")
_DRIVER: Final = "GPKG"


def write_walks(
    folder: Path,
    city: City,
    found: Catchments,
    *,
    ground: WalkAreas,
    lang: Lang,
    report: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write walks to school into a folder: all files, or none if one of them fails.

    Parameters
    ----------
    folder
        Where to write; made if it is not there. Files of the same names in it are replaced, others are left alone.
    city, found, ground
        The city, its figures and its areas.
    lang
        Language of the maps.
    report
        Called with the name of each part, of `PARTS`, before it is made.

    Returns
    -------
    files
        ``catchments.gpkg``, ``catchments.csv`` (schools), ``nearest.csv`` (children by school of the sector and nearest
        school), ``catchments.pdf``, ``.png`` (A3) and ``.html``.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    with drafts_within(folder) as drafts:
        names = [path.name for path in _write_all(drafts, city, found, ground=ground, lang=lang, report=report)]
        for name in names:
            (drafts / name).replace(folder / name)
    return [folder / name for name in names]


def walk_geopackage(city: City, found: Catchments, ground: WalkAreas, *, path: Path) -> None:
    """Write walks to school as a GeoPackage for a GIS; it does not say how many children live in a unit.

    Layers: ``nearest_areas`` (where each school is the nearest), ``rings`` (the walk to the nearest school up to
    ``limit_m``), ``sectors``, ``pieces_apart`` (what lies apart from the rest of its sector or nearest area),
    ``units`` (school of the sector, nearest school, walks), ``schools`` (points with their figures), ``sources`` (a
    table without geometry).

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    names = school_rows(city, found)["school"]
    layers: dict[str, Callable[[], pd.DataFrame]] = {
        "nearest_areas": lambda: _plain(ground.areas.assign(school=names.reindex(ground.areas.index))),
        "rings": lambda: _plain(ground.rings),
        "sectors": lambda: _plain(sector_layer(city, found).drop(columns="schools")),
        "pieces_apart": lambda: pieces_layer(city, found, ground),
        "units": lambda: _plain(unit_layer(city, found).drop(columns=["walk", "detour"])),
        "schools": lambda: _plain(school_layer(city, found)),
        "sources": lambda: source_rows(found.sources),
    }
    with replacing(path) as draft:
        for place, (name, layer) in enumerate(layers.items()):
            pyogrio.write_dataframe(layer(), draft, layer=name, driver=_DRIVER, append=place > 0)


def _write_all(
    folder: Path,
    city: City,
    found: Catchments,
    *,
    ground: WalkAreas,
    lang: Lang,
    report: Callable[[str], None],
) -> Iterator[Path]:
    """Write each file into `folder` and give it."""
    report("geopackage")
    walk_geopackage(city, found, ground, path=folder / "catchments.gpkg")
    yield folder / "catchments.gpkg"
    report("tables")
    write_csv(rounded(school_rows(city, found)), folder / "catchments.csv")
    yield folder / "catchments.csv"
    write_csv(rounded(pair_matrix(found)), folder / "nearest.csv")
    yield folder / "nearest.csv"
    report("sheet")
    figure = draw_walk_map(city, found, ground, lang=lang)
    for name in ("catchments.pdf", "catchments.png"):
        write_map(figure, folder / name)
        yield folder / name
    report("page")
    page = folder / "catchments.html"
    page.write_text(walk_page(city, found, ground, lang=lang), encoding="utf-8", newline="\n")
    yield page


def _plain(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a layer with its index as a column, metres to a tenth; areas with no walk known are empty, not infinite."""
    figures = rounded(layer)
    return figures.replace([float("inf")], float("nan")).reset_index()
