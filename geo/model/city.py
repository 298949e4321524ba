"""A checked picture of one city."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from geo.model.index_card import IndexCard
from geo.model.levels import Level
from geo.model.network import Network
from geo.model.note import Note
from geo.model.plan import Plan
from geo.model.source import Source


@dataclass(frozen=True, eq=False)
class City:
    """Everything that is known of a city, in tables that keep the contracts of `geo.model.tables`.

    Nothing in it is changed in place.

    Attributes
    ----------
    code
        Code of the city in the data folder, such as ``villebrune``.
    name, insee
        Name and INSEE code of the commune.
    crs
        The projected CRS in metres of every geometry, such as ``EPSG:2154``.
    fictional
        Whether the city does not exist; then everything that people read says so.
    tables
        From the name of a contract to its table; a table whose file is not there has no rows. Tables with ``lon``
        and ``lat`` have a point geometry in `crs`.
    network
        The walkable streets.
    walk_m
        Walking distance from each address to each school [m], index ``address_id``, columns ``school_id``;
        infinite where there is no way.
    current
        The school map in force of each level that the city has one for.
    sources, notes
        Where the tables come from, and what is missing or was deduced at the door.
    card
        The index card that its deprivation index is measured with, if one was given with its files.
    """

    code: str
    name: str
    insee: str
    crs: str
    fictional: bool
    tables: Mapping[str, pd.DataFrame]
    network: Network
    walk_m: pd.DataFrame
    current: Mapping[Level, Plan]
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    card: IndexCard | None = None

    def __repr__(self) -> str:
        kind = " (fictional)" if self.fictional else ""
        counts = ", ".join(f"{len(self.tables[name]):,} {name}" for name in ("units", "addresses", "schools"))
        levels = "/".join(self.current) or "no map"
        return f"{self.name}{kind} [{self.insee}]: {counts}, {levels}, {len(self.sources)} sources"

    @cached_property
    def key(self) -> str:
        """Short text that is equal for equal content."""
        digest = hashlib.sha256()
        for part in self._content():
            digest.update(part)
        return digest.hexdigest()[:12]

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Give a table that has a geometry."""
        return gpd.GeoDataFrame(self.tables[name])

    def schools_of(self, level: Level, *, sector: str = "public") -> gpd.GeoDataFrame:
        """Give the schools that serve `level`, public ones unless said, in the order of their id."""
        rooms = self.tables["rooms"].reset_index()
        serving = rooms.loc[rooms["level"] == level, "school_id"]
        schools = self.layer("schools")
        return schools[schools.index.isin(serving) & (schools["sector"] == sector)].sort_index()

    def _content(self) -> Iterator[bytes]:
        yield f"{self.code}|{self.insee}|{self.crs}".encode()
        for name in sorted(self.tables):
            frame = self.tables[name]
            plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
            yield name.encode()
            yield pd.util.hash_pandas_object(plain).to_numpy().tobytes()
            if "geometry" in frame:
                yield from frame["geometry"].to_wkb()
        for level in sorted(self.current):
            yield self.current[level].key.encode()
        if self.card:
            yield self.card.key.encode()
