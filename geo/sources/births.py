"""Births by IRIS, carried to addresses: the children of a commune whose own counts are not public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import SourceError
from geo.sources.names import plain

_CODES: Final = "dc"  # stands in the line of codes, under the titles
_CENTURY: Final = 2000


@dataclass(frozen=True, eq=False)
class Births:
    """Births to the residents of a commune.

    Attributes
    ----------
    table
        Index ``iris`` (nine characters), one column a year [children]; NaN where the file has no figure.
    names
        Name of each IRIS as the file has it, index ``iris``.
    """

    table: pd.DataFrame
    names: pd.Series


@dataclass(frozen=True, eq=False)
class Carried:
    """Births spread over addresses.

    Attributes
    ----------
    by_address
        Index ``address_id``, one column a year [children].
    estimated
        Births that the file has not and that were estimated, by year [children].
    pooled
        Groups of IRIS that were treated as one, as their code and their name do not agree.
    """

    by_address: pd.DataFrame
    estimated: pd.Series
    pooled: tuple[tuple[str, ...], ...]


def read_births(path: Path, insee: str) -> Births:
    """Read the births by IRIS of one commune from a file of INSEE: title lines, then codes, then labels.

    Raises
    ------
    SourceError
        If the file has not the expected columns, or no row for the commune.
    """
    raw = _under_titles(path)
    years = sorted(str(column) for column in raw if str(column).startswith("nais"))
    if not {"dc", "iris", "nom"} <= set(raw.columns) or not years:
        raise SourceError(
            path.name,
            expected="births by IRIS with the columns dc, iris, nom, nais05 ...",
            got="other columns",
            remedy="Take the file as INSEE publishes it.",
        )
    own = raw[raw["dc"] == insee]
    if own.empty:
        raise SourceError(
            path.name, expected=f"rows of the commune {insee}", got="none", remedy="Take the file of its region."
        )
    iris = pd.Index(own["dc"] + own["iris"], name="iris")
    counts = pd.DataFrame({_CENTURY + int(year.removeprefix("nais")): own[year] for year in years})
    table = counts.apply(pd.to_numeric, errors="coerce").astype("float64").set_axis(iris, axis="index")
    return Births(table, pd.Series(own["nom"].to_numpy(), index=iris, name="name"))


def _under_titles(path: Path) -> pd.DataFrame:
    """Give the rows under the line of codes, or none if there is no such line."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for row, line in enumerate(lines):
        for separator in (",", ";"):
            if _CODES in line.replace('"', "").split(separator):
                return pd.read_csv(path, skiprows=row, sep=separator, dtype="str", encoding="utf-8-sig")
    return pd.DataFrame()


def iris_of_addresses(addresses: gpd.GeoDataFrame, iris: gpd.GeoDataFrame) -> pd.Series:
    """Give the IRIS of each address: the one it lies in, or the nearest (limits are rounded in some files)."""
    shapes = iris.geometry.to_numpy()
    rows, hits = shapely.STRtree(shapes).query_nearest(addresses.geometry.to_numpy(), all_matches=True)
    nearest = np.full(len(addresses), len(shapes), dtype=np.int64)
    np.minimum.at(nearest, rows, hits)
    return pd.Series(iris.index.to_numpy()[nearest], index=addresses.index, name="iris")


def carry_births(births: Births, iris_of: pd.Series, iris_names: Mapping[str, str]) -> Carried:
    """Spread the births of each IRIS evenly over its addresses.

    Parameters
    ----------
    births
        Births by IRIS.
    iris_of
        IRIS of each address, index ``address_id``.
    iris_names
        Name of each IRIS in the layer that `iris_of` comes from.

    Returns
    -------
    carried
        Each year adds up to the births of the file and those estimated. A figure that the file has not is estimated
        by the births of the same IRIS in the last year, scaled by the change of the IRIS that have both. IRIS whose
        code stands for another name in the layer are treated as one with the IRIS of that name.
    """
    full = _completed(births.table)
    group_of = _groups(births, iris_names)
    by_group = full.groupby(full.index.map(lambda code: group_of.get(code, code))).sum()
    home = iris_of.map(lambda code: group_of.get(code, code))
    per_address = by_group.div(home.value_counts().reindex(by_group.index).astype("float64"), axis="index")
    nowhere = by_group[per_address.isna().any(axis=1)].sum()
    spread = per_address.reindex(home).fillna(0.0).set_axis(iris_of.index, axis="index")
    # An IRIS without an address: its births lie somewhere in the commune.
    return Carried(
        by_address=spread + nowhere / len(iris_of),
        estimated=(full - births.table.fillna(0.0)).sum(),
        pooled=tuple(sorted({tuple(group.split("+")) for group in group_of.values()})),
    )


def spread_births(births: Births, addresses: pd.Index) -> Carried:
    """Spread the births of the whole commune evenly over its addresses, for want of a map of its IRIS."""
    full = _completed(births.table)
    shares = np.full((len(addresses), 1), 1 / len(addresses))
    by_address = pd.DataFrame(shares * full.sum().to_numpy()[None, :], index=addresses, columns=full.columns)
    return Carried(by_address, (full - births.table.fillna(0.0)).sum(), ())


def _completed(table: pd.DataFrame) -> pd.DataFrame:
    """Give the births with the missing figures estimated from the last year."""
    last = table[max(table.columns)].fillna(0.0)
    known = table.notna()
    ratios = {year: table[year].sum() / last[known[year]].sum() if last[known[year]].sum() else 0.0 for year in table}
    return pd.DataFrame({year: table[year].fillna(last * ratio) for year, ratio in ratios.items()}, index=table.index)


def _groups(births: Births, iris_names: Mapping[str, str]) -> dict[str, str]:
    """Give, for each IRIS whose code and name disagree with the layer, the IRIS that have to be taken together."""
    code_of = {plain(name): code for code, name in iris_names.items()}
    groups: dict[str, str] = {}
    for code, name in births.names.items():
        there = plain(iris_names.get(str(code), ""))
        other = code_of.get(plain(str(name)))
        if there and other and other != code and not _is_short_for(plain(str(name)), there):
            groups |= dict.fromkeys((str(code), other), "+".join(sorted((str(code), other))))
    return groups


def _is_short_for(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
