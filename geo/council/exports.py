"""Files that leave the house: a scenario, its figures and its maps, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.council.figures import school_figures
from geo.council.layers import sector_layer
from geo.council.maps import draw_map, write_map
from geo.council.webmap import web_map
from geo.council.words import Lang
from geo.council.writing import drafts_within, replacing
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.plan import Plan
from geo.model.source import Source
from geo.planning.applying import schools_under

_DRIVER: Final = "GPKG"
_FINE: Final = ("share", "probability", "score")  # parts of the names of figures that need four decimals
_JOINED: Final = "+"  # between the schools of a shared sector


def write_exports(  # noqa: PLR0917, where to write, then what, in the order in which it is said
    folder: Path, city: City, today: Evaluation, proposed: Evaluation, *, lang: Lang
) -> list[Path]:
    """Write a scenario with its figures and maps into a folder: all files, or none if one of them fails.

    Parameters
    ----------
    folder
        Where to write; made if it is not there. Files of the same names in it are replaced, others are left alone.
    city, today, proposed
        The city, and the figures of the map in force and of the scenario.
    lang
        Language of the maps.

    Returns
    -------
    files
        ``scenario.json``, ``scenario.gpkg``, ``schools.csv``, ``map.pdf``, ``map.png``, ``map.html``, and
        ``map-before.pdf`` if units move.

    Raises
    ------
    ExportError
        If the folder or a file in it cannot be written.
    """
    with drafts_within(folder) as drafts:
        names = [path.name for path in _write_all(drafts, city, today, proposed=proposed, lang=lang)]
        for name in names:
            (drafts / name).replace(folder / name)
    return [folder / name for name in names]


def scenario_geopackage(city: City, today: Evaluation, proposed: Evaluation, *, path: Path) -> None:
    """Write a scenario as a GeoPackage for a GIS.

    Layers: ``schools`` (points with the figures before and after), ``units`` (their schools before and after, whether
    they move, their pupils), ``sectors_before`` and ``sectors_after`` (areas with the occupancy of their schools),
    ``sources`` (a table without geometry).

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    current = city.current[proposed.plan.level]
    layers: dict[str, Callable[[], pd.DataFrame]] = {
        "schools": lambda: school_points(city, today, proposed),
        "units": lambda: unit_areas(city, current, proposed),
        "sectors_before": lambda: sector_areas(city, today, current),
        "sectors_after": lambda: sector_areas(city, proposed, proposed.plan),
        "sources": lambda: source_rows(proposed.sources),
    }
    with replacing(path) as draft:
        for place, (name, layer) in enumerate(layers.items()):
            pyogrio.write_dataframe(layer(), draft, layer=name, driver=_DRIVER, append=place > 0)


def school_csv(city: City, today: Evaluation, proposed: Evaluation, *, path: Path) -> None:
    """Write the figures of each school before and after as CSV in UTF-8, with decimal points and names of columns.

    The names are those of `geo.council.figures.school_figures`; ``number`` is that of the school on the map.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    figures = rounded(school_figures(city, today, proposed))
    figures.insert(0, "number", range(1, len(figures) + 1))
    write_csv(figures, path)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table with its index as CSV in UTF-8, with decimal points and names of columns.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    with replacing(path) as draft:
        # With the mark at its beginning a spreadsheet reads the accents rightly.
        table.to_csv(draft, encoding="utf-8-sig", lineterminator="\n")


def _write_all(folder: Path, city: City, today: Evaluation, *, proposed: Evaluation, lang: Lang) -> Iterator[Path]:
    """Write each file into `folder` and give it."""
    scenario = folder / "scenario.json"
    scenario.write_text(proposed.scenario.to_json(), encoding="utf-8", newline="\n")
    yield scenario
    scenario_geopackage(city, today, proposed, path=folder / "scenario.gpkg")
    yield folder / "scenario.gpkg"
    school_csv(city, today, proposed, path=folder / "schools.csv")
    yield folder / "schools.csv"
    figure = draw_map(city, proposed, lang)
    for name in ("map.pdf", "map.png"):
        write_map(figure, folder / name)
        yield folder / name
    page = folder / "map.html"
    page.write_text(web_map(city, proposed, lang), encoding="utf-8", newline="\n")
    yield page
    if proposed.totals["units_moved"]:
        write_map(draw_map(city, today, lang), folder / "map-before.pdf")
        yield folder / "map-before.pdf"


def rounded(figures: pd.DataFrame) -> pd.DataFrame:
    """Round figures to what they are worth: shares to a hundredth of a percent, metres and pupils to a tenth."""
    fine = {name: 4 for name in figures.columns if any(kind in name for kind in _FINE)}
    others = {name: 1 for name in figures.select_dtypes("float64").columns if name not in fine}
    return figures.round({**fine, **others})


def school_points(city: City, today: Evaluation, proposed: Evaluation) -> gpd.GeoDataFrame:
    """Give the schools as points with their figures before and after."""
    figures = rounded(school_figures(city, today, proposed))
    places = schools_under(city, proposed.scenario).geometry.reindex(figures.index)
    return gpd.GeoDataFrame(figures, geometry=places, crs=city.crs).reset_index()


def unit_areas(city: City, current: Plan, proposed: Evaluation) -> gpd.GeoDataFrame:
    """Give the units as areas with their schools before and after, and their pupils."""
    units = city.layer("units")[["label", "geometry"]].join(proposed.units[["pupils", "moved"]])
    return units.assign(
        schools_before=[_JOINED.join(current.schools_of.get(unit, ())) for unit in units.index],
        schools_after=[_JOINED.join(proposed.plan.schools_of.get(unit, ())) for unit in units.index],
        pupils=units["pupils"].round(3),
    ).reset_index()


def sector_areas(city: City, evaluation: Evaluation, plan: Plan) -> gpd.GeoDataFrame:
    """Give the sectors of a plan as areas with the occupancy of their schools."""
    sectors = sector_layer(city, evaluation, plan)
    plain = sectors.assign(pupils=sectors["pupils"].round(1), occupancy_share=sectors["occupancy_share"].round(4))
    return plain.drop(columns="schools").reset_index()


def source_rows(sources: Iterable[Source]) -> pd.DataFrame:
    """Give one row a source."""
    rows = [{**source.model_dump(), "tables": ", ".join(source.tables)} for source in sources]
    names = ["tables", "publisher", "title", "vintage", "licence", "url", "note"]
    return pd.DataFrame(rows, columns=names, dtype="str")
