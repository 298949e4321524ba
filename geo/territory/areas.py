"""Counts carried from one set of areas to another by the dwellings that they share."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd


def dwellings_of(addresses: pd.DataFrame) -> pd.Series:
    """Dwellings of each address [dwellings]; an address whose dwellings are not known counts as one."""
    return addresses["dwellings"].astype("float64").fillna(1.0).rename("dwellings")


def carry(counts: pd.Series, source_of: pd.Series, target_of: pd.Series, *, weight: pd.Series) -> pd.Series:
    """Carry counts from the areas where they are given to other areas, by the weight that they share.

    Parameters
    ----------
    counts
        Counts by source area, such as inhabitants by IRIS [any unit of count].
    source_of, target_of
        The source and the target area of each address, same index; empty text or missing where there is none.
    weight
        Weight of each address, such as its dwellings, same index.

    Returns
    -------
    carried
        Counts by target area, index in order. A count of a source area none of whose addresses has a weight cannot be
        carried: it stands under the empty text, so that the sum is always that of `counts`.

    Notes
    -----
    Dasymetric: the count of an area is spread over its dwellings, not over its surface. Carry numerators and
    denominators, never a rate.
    """
    homes = pd.DataFrame({"source": source_of, "target": target_of.fillna(""), "weight": weight})
    homes = homes[homes["source"].isin(counts.index) & (homes["weight"] > 0)]
    share = homes["weight"] / homes.groupby("source")["weight"].transform("sum")
    carried: pd.Series[float] = (share * counts.reindex(homes["source"]).to_numpy()).groupby(homes["target"]).sum()
    stranded = float(counts[~counts.index.isin(homes["source"])].sum())
    if stranded:
        carried = carried.add(pd.Series({"": stranded}), fill_value=0.0)
    ordered: pd.Series[float] = carried.sort_index()
    return ordered


def area_of(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Give the area that each point lies in.

    Parameters
    ----------
    points, areas
        Points and polygons in one CRS; the index of `areas` names them.

    Returns
    -------
    area
        Index of `points`, values of the index of `areas`, empty text outside; on a common limit the first in order.
    """
    if areas.empty:
        return pd.Series("", index=points.index, dtype="str")
    named = areas[["geometry"]].rename_axis("area").reset_index()
    hits = gpd.sjoin(points[["geometry"]], named, predicate="intersects").sort_values("area")
    first = hits.loc[~hits.index.duplicated(), "area"].to_dict()
    return pd.Series([first.get(point, "") for point in points.index], index=points.index, dtype="str")
