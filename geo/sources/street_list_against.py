"""The sectors that a street list means beside those that somebody drew: how much of them is the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.sources.street_list_sectors import Sectors, areas_in, labels_of_addresses, schools_of_labels, sectors_of_level

COLUMNS: Final = ("area_m2", "inside_m2", "addresses", "agreeing")


def beside_official(
    sectors: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, schools: pd.Series, *, official: Sectors, level: str
) -> pd.DataFrame:
    """Compare drawn sectors with official ones, school by school.

    Parameters
    ----------
    sectors
        Index ``sector_id``, column ``schools``, areas in metres.
    homes
        Addresses as points, same CRS.
    schools
        Schools of each address by the list, tuples, same index.
    official
        Sectors of another hand.
    level
        The level that is compared.

    Returns
    -------
    compared
        Index ``school_id``, in order: ``area_m2`` of its drawn sectors, ``inside_m2`` of it in its official ones [m2];
        ``addresses`` of the school that lie in an official sector, ``agreeing``, those that lie in one of the school.
        What a shared sector holds counts for each of its schools.
    """
    areas = areas_in(sectors_of_level(official, level), homes)
    labels = labels_of_addresses(homes, areas)
    meant = _meant(labels, schools, areas["labels"])
    said = [{one for name in own for one in meant[name]} for own in areas["labels"]]
    shown = labels.map(lambda own: {one for name in own for one in meant[name]})
    shapes = shapely.make_valid(areas.geometry.to_numpy())
    rows = {}
    for school in sorted({one for own in sectors["schools"] for one in own}):
        drawn = shapely.union_all(sectors.geometry.to_numpy()[_having(school, sectors["schools"])])
        theirs = shapely.union_all(shapes[_having(school, said)])
        placed = _having(school, schools) & (labels.map(len) > 0).to_numpy()
        inside_m2 = float(shapely.area(shapely.intersection(drawn, theirs)))
        rows[school] = (
            float(shapely.area(drawn)),
            inside_m2,
            int(placed.sum()),
            int((placed & _having(school, shown)).sum()),
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("school_id")


def _meant(labels: pd.Series, schools: pd.Series, drawn: pd.Series) -> dict[str, tuple[str, ...]]:
    """Give the schools of the list that each name of a sector means, of sectors without addresses too."""
    seen = {name for own in labels for name in own}
    bare = pd.Series([(name,) for own in drawn for name in own if name not in seen], dtype=object)
    nobody = pd.Series([()] * len(bare), dtype=object)
    named = pd.concat([labels, bare], ignore_index=True)
    return schools_of_labels(named, pd.concat([schools, nobody], ignore_index=True))


def _having(school: str, schools: Iterable[Collection[str]]) -> npt.NDArray[np.bool_]:
    """Give which of some sets of schools hold a school."""
    return np.array([school in own for own in schools], dtype=bool)
