"""The audit of a street list on any files, without a city folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.errors import AnnexError, Fault
from geo.sources.street_list_addresses import no_addresses, read_addresses
from geo.sources.street_list_communes import communes_as_in
from geo.sources.street_list_schools import level_of
from geo.sources.street_list_sectors import (
    Sectors,
    labels_of_addresses,
    read_sectors,
    schools_of_labels,
    sector_findings,
    sectors_of_level,
)
from geo.sources.street_lists import StreetListFile, read_street_list
from geo.territory.annex.audit import NONE, ONCE, SEVERAL, LevelAudit, audit_level
from geo.territory.annex.binding import Bound, bind, with_priorities
from geo.territory.annex.choices import CHOICES, AuditChoices
from geo.territory.annex.findings import Finding
from geo.territory.annex.resolving import decide

_SHOWN: Final = 5


@dataclass(frozen=True)
class AuditFiles:
    """The files of an audit.

    Attributes
    ----------
    street_list, addresses, polygons
        Their paths; without addresses or polygons only the rest is audited.
    columns
        Preset, or MAPPING.toml.
    insee
        The only commune to look at; all of them if empty.
    level
        The only level to look at; all of them if empty.
    """

    street_list: Path
    addresses: Path | None = None
    polygons: Path | None = None
    columns: str = ""
    insee: str = ""
    level: str = ""


@dataclass(frozen=True, eq=False)
class AuditReport:
    """What the audit of a street list gives.

    Attributes
    ----------
    source
        The list as it was read, with the rows that were refused.
    bound
        The list and its addresses with the same codes of streets.
    levels
        The audit of each level.
    states
        Over all levels: ``once``, ``several`` or ``none`` for each address; index ``address_id``.
    refused_addresses
        Rows of the address base that could not be read.
    addresses_elsewhere
        Addresses of communes that the list does not speak of: they are left out.
    drawing_findings
        What is wrong with the drawn sectors themselves.
    sectors
        The drawn sectors, None if none were given.
    """

    source: StreetListFile
    bound: Bound
    levels: tuple[LevelAudit, ...]
    states: pd.Series
    refused_addresses: tuple[Fault, ...]
    addresses_elsewhere: int
    drawing_findings: tuple[Finding, ...] = ()
    sectors: Sectors | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, in the order of the levels, and in the drawn sectors."""
        return (*(finding for level in self.levels for finding in level.findings), *self.drawing_findings)

    @property
    def blocks(self) -> bool:
        """Whether anything keeps a council from voting: an address without school, or with two; a row unread."""
        return bool(self.source.refused) or any(finding.blocks for finding in self.findings)

    @property
    def has_sectors(self) -> bool:
        """Whether drawn sectors were compared with the list."""
        return any(level.decisions["drawn"].map(len).any() for level in self.levels)

    @property
    def compared(self) -> int:
        """Count the addresses that have a school by the list and lie in a drawn sector, at some level."""
        both = [(level.decisions["drawn"].map(len) > 0) & (level.decisions["state"] != NONE) for level in self.levels]
        return int(pd.concat(both, axis=1).any(axis=1).sum()) if both else 0

    @property
    def outside_sectors(self) -> int:
        """Count the addresses that lie in no drawn sector of any level."""
        bare = [level.decisions["drawn"].map(len) == 0 for level in self.levels]
        return int(pd.concat(bare, axis=1).all(axis=1).sum()) if bare else 0

    @property
    def disagreeing(self) -> int:
        """Count the addresses where the list and the drawn sectors disagree at some level."""
        apart = [level.decisions["disagrees"] for level in self.levels]
        return int(pd.concat(apart, axis=1).any(axis=1).sum()) if apart else 0

    def listed(self, level: LevelAudit, which: pd.Series) -> list[dict[str, object]]:
        """List some addresses of a level: their schools by the list and by the sectors, and the deciding lines."""
        own, homes = level.decisions[which], self.bound.addresses.loc[which]
        degrees = gpd.GeoDataFrame(homes).geometry.to_crs("EPSG:4326")
        table = pd.DataFrame(
            {
                "level": level.level,
                "address_id": own.index,
                "street": homes["street_name"].to_numpy(),
                "number": homes["number"].to_numpy(),
                "suffix": homes["suffix"].to_numpy(),
                "list": [list(schools) for schools in own["schools"]],
                "polygons": [list(schools) for schools in own["drawn"]],
                "lines": [list(lines) for lines in own["lines"]],
                "lon": degrees.x.round(7).to_numpy(),
                "lat": degrees.y.round(7).to_numpy(),
            }
        )
        return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]

    def count(self, state: str) -> int:
        """Count the addresses that are ``once``, ``several`` or ``none``."""
        return int((self.states == state).sum())


def audit_files(files: AuditFiles, *, choices: AuditChoices = CHOICES) -> AuditReport:
    """Read a street list, match it to an address base, resolve every address and tell what is wrong.

    Raises
    ------
    SourceError
        If a file cannot be read, or lacks a column that is needed.
    AnnexError
        If the list and the base have nothing to be compared by, or rows lie upon each other without end.
    """
    source = read_street_list(files.street_list, columns=files.columns)
    base = read_addresses(files.addresses, source.mapped) if files.addresses else None
    every = base.addresses if base else no_addresses()
    level = level_of(files.level, source.mapped.words)
    rows = _wanted(communes_as_in(source.rows, every), files, level=level)
    addresses = _inside(every, rows, files)
    bound = bind(rows, addresses, by_hand=source.mapped.streets, choices=choices)
    sectors = read_sectors(files.polygons, source.mapped) if files.polygons else None
    levels = tuple(
        audit_level(bound, level, drawn=_drawn(bound, level, sectors), unread=source.refused_streets, choices=choices)
        for level in sorted(bound.rows["level"].unique())
    )
    return AuditReport(
        source=source,
        bound=bound,
        levels=levels,
        states=_worst(levels, addresses.index),
        refused_addresses=base.refused if base else (),
        addresses_elsewhere=len(every) - len(addresses),
        drawing_findings=tuple(sector_findings(sectors, gpd.GeoDataFrame(bound.addresses))) if sectors else (),
        sectors=sectors,
    )


def _wanted(rows: pd.DataFrame, files: AuditFiles, *, level: str) -> pd.DataFrame:
    """Give the rows of the commune and of the level that are wanted.

    Raises
    ------
    AnnexError
        If there are none.
    """
    own = rows[(rows["insee"] == files.insee) | (rows["insee"] == "")] if files.insee else rows
    own = own[own["level"] == level] if files.level else own
    if own.empty and not rows.empty:
        raise AnnexError(
            f"street list {files.street_list.name}: expected rows of commune {files.insee or 'any'} and level "
            f"{files.level or 'any'}, got levels {', '.join(sorted(set(rows['level'])))} and "
            f"{rows['insee'].nunique()} commune(s). Correct --insee or --level."
        )
    return own.reset_index(drop=True)


def _inside(addresses: gpd.GeoDataFrame, rows: pd.DataFrame, files: AuditFiles) -> gpd.GeoDataFrame:
    """Give the addresses of the communes that the list speaks of.

    Raises
    ------
    AnnexError
        If the list speaks of several communes and the addresses do not say theirs, or are all elsewhere.
    """
    if addresses.empty:
        return addresses
    spoken = {files.insee} if files.insee else set(rows["insee"]) - {""}
    said = bool((addresses["insee"] != "").any())
    if not said and len(spoken) > 1:
        raise AnnexError(
            f"street list {files.street_list.name}: it speaks of {len(spoken)} communes, and the addresses do not say "
            "theirs. Name the commune with --insee."
        )
    inside = addresses[addresses["insee"].isin(spoken)] if said and spoken else addresses
    if inside.empty:
        ours, theirs = (", ".join(sorted(codes)[:_SHOWN]) for codes in (spoken, set(addresses["insee"])))
        raise AnnexError(
            f"street list {files.street_list.name}: none of the {len(addresses)} addresses is in a commune of the list "
            f"({ours}); theirs are {theirs}. Take the address base of that commune, or correct --insee."
        )
    return inside


def _drawn(bound: Bound, level: str, sectors: Sectors | None) -> pd.Series | None:
    """Give the schools of each address by the drawn sectors of a level, in the words of the list."""
    if sectors is None or bound.addresses.empty:
        return None
    labels = labels_of_addresses(gpd.GeoDataFrame(bound.addresses), sectors_of_level(sectors, level))
    rows = with_priorities(bound.rows[bound.rows["level"] == level].reset_index(drop=True), CHOICES)
    meant = schools_of_labels(labels, decide(bound.addresses, rows, level)["schools"])
    drawn = [tuple(dict.fromkeys(school for label in own for school in meant[label])) for own in labels]
    return pd.Series(drawn, index=labels.index, dtype=object)


def _worst(levels: tuple[LevelAudit, ...], index: pd.Index) -> pd.Series:
    """Give how each address stands at the level where it stands worst."""
    states = pd.DataFrame({level.level: level.decisions["state"] for level in levels}, index=index)
    none, several = (states == NONE).any(axis=1), (states == SEVERAL).any(axis=1)
    return pd.Series(ONCE, index=index).mask(several, SEVERAL).mask(none, NONE)
