"""Sectors, and areas of the nearest school, that are not in one piece, as people read them."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import shapely

from geo.council.walklayers import sector_layer
from geo.council.words import Lang, say
from geo.model.city import City
from geo.planning.applying import schools_under
from geo.planning.catchments import Catchments
from geo.planning.walk_areas import WalkAreas
from geo.territory.enclaves import pieces_apart

COLUMNS = ("kind", "area", "area_m2", "addresses", "within", "geometry")


def pieces_layer(city: City, found: Catchments, ground: WalkAreas) -> gpd.GeoDataFrame:
    """Give the pieces that lie apart from the largest piece of their sector or area, the largest ones first.

    Returns
    -------
    pieces
        Default index, columns `COLUMNS`: ``kind``, ``sector`` or ``nearest`` (area of the nearest school); its name;
        ``area_m2`` [m2]; ``addresses`` in it; ``within``, the name of the one other that surrounds it on all sides,
        empty if several or nothing do; the area.
    """
    sectors, names = sector_layer(city, found), schools_under(city, found.scenario)["name"]
    nearest = ground.areas.assign(name=names.reindex(ground.areas.index))
    both = [_pieces(city, areas).assign(kind=kind) for kind, areas in (("sector", sectors), ("nearest", nearest))]
    told: gpd.GeoDataFrame = pd.concat(both, ignore_index=True)[list(COLUMNS)]
    return told.set_crs(city.crs, allow_override=True)


def pieces_texts(pieces: gpd.GeoDataFrame, lang: Lang) -> Iterator[str]:
    """Say which sectors and areas lie in pieces, most addresses first; pieces without any address are not told."""
    lived_in = pieces[pieces["addresses"] > 0]
    total = lived_in.groupby(["kind", "area"])["addresses"].transform("sum")
    lived_in = lived_in.loc[total.sort_values(ascending=False, kind="stable").index]
    for (kind, area), rows in lived_in.groupby(["kind", "area"], sort=False):
        around = ", ".join(dict.fromkeys(rows["within"][rows["within"] != ""]))
        told = say(
            f"enclaves.{kind}",
            lang,
            area=area,
            count=len(rows),
            addresses=_addresses(int(rows["addresses"].sum()), lang),
        )
        yield told + (say("enclaves.within", lang, around=around) if around else "") + "."


def _pieces(city: City, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    apart = pieces_apart(areas)
    names = areas["name"]
    homes = shapely.STRtree(city.layer("addresses").geometry.to_numpy())
    piece, _ = homes.query(apart.geometry.to_numpy(), predicate="contains")
    return apart.assign(
        area=names.reindex(apart[str(areas.index.name)]).to_numpy(),
        addresses=pd.Series(piece).value_counts().reindex(range(len(apart)), fill_value=0).to_numpy(),
        within=[names.get(one, "") if one is not None else "" for one in apart["within"]],
    )


def _addresses(count: int, lang: Lang) -> str:
    return say("enclaves.addresses", lang, count=count)
