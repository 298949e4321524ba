"""The school map of Montpellier: drawn sectors and street list of one level, brought to the same schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import SourceError
from geo.model.levels import Level
from geo.sources.files import read_layer
from geo.sources.limits import fit_to_commune
from geo.sources.montpellier_files import Files, read_rows
from geo.sources.montpellier_schools import Schools
from geo.sources.names import Match, match_names, plain
from geo.territory.annex.assigning import assign
from geo.territory.annex.numbers import OPEN_END
from geo.territory.annex.resolving import resolve
from geo.territory.sectors import assign_by_polygon

# A school belongs to a sector whose name says nothing if this share of the addresses of its streets lies there.
_EVIDENCE: Final = 0.8
_COLUMNS: Final = ("RUE", "NORUED", "NORUEF", "PAIRIM", "CDETABM")
_NO_STREET: Final = {"", "null"}


@dataclass(frozen=True, eq=False)
class LevelMap:
    """The school map of one level.

    Attributes
    ----------
    sectors, street_list
        Tables of the contracts of those names.
    schools
        Schools of each address, index ``address_id``, values tuples of ``school_id``.
    summary
        What was matched, left out, fitted, and how far the two files agree.
    """

    sectors: gpd.GeoDataFrame
    street_list: pd.DataFrame
    schools: pd.Series
    summary: Mapping[str, Any]


def level_map(
    files: Files, level: Level, *, schools: Schools, addresses: gpd.GeoDataFrame, commune: shapely.Geometry
) -> LevelMap:
    """Read the sectors and the street list of one level.

    Where both say something, the street list counts, except that a street of a shared sector belongs to all its
    schools, and that the sector counts where the list knows nothing of its school.

    Raises
    ------
    SourceError
        If a sector or a row of the list cannot be given a school.
    """
    full, short = schools.table["name"].to_dict(), schools.table["short"].to_dict()
    rows, listed, bare = _listed(files, level, full=full, short=short, addresses=addresses)
    drawn = read_layer(files.sectors[level]).to_crs(addresses.crs)
    named = match_names(drawn["NOM"], full, short)
    matches = _sector_matches(drawn, named, listed=resolve(addresses, rows, level), addresses=addresses)
    fitted = fit_to_commune(drawn, commune)
    sectors = _sector_table(fitted.areas, matches, level)
    by_polygon = assign_by_polygon(addresses, sectors, level)
    kept = _without_unknown(_shared(rows, matches), by_polygon, addresses, known=set(rows["school_id"]))
    resolved, deduced = assign(addresses, kept, sectors, level=level)
    return LevelMap(
        sectors=sectors,
        street_list=kept,
        schools=resolved,
        summary={
            "list_rows": len(rows) + bare,
            "rows_left_out": bare + len(rows) - kept["source_row"].nunique(),
            "matches": [_told(match, full) for match in (*matches, *listed) if match.how != "equal"],
            "gaps_m2": round(fitted.gaps_m2, 1),
            "overlaps_m2": round(fitted.overlaps_m2, 1),
            "outside_m2": round(fitted.outside_m2, 1),
            "addresses_by_polygon": len(deduced),
            "agreement_share": _agreement(resolve(addresses, _shared(rows, matches), level), by_polygon),
        },
    )


def _told(match: Match, full: Mapping[str, str]) -> dict[str, object]:
    return {"name": match.name, "schools": [full[school] for school in match.ids], "how": match.how}


# Street list ---------------------------------------------------------------------------------------------------------


def _listed(
    files: Files, level: Level, *, full: Mapping[str, str], short: Mapping[str, str], addresses: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[Match], int]:
    """Give the rows of the street list, how their schools were understood, and how many rows name no street."""
    path = files.street_lists[level]
    raw = read_rows(path, _COLUMNS)
    named = raw[~raw["RUE"].map(plain).isin(_NO_STREET)].reset_index(drop=True)
    matches = match_names(sorted(set(named["CDETABM"])), full, short)
    _refuse_unmatched(matches, path.name)
    school_of = {match.name: match.ids[0] for match in matches}
    streets = read_layer(files.streets)
    codes = _street_codes(streets["LIB_OFF"], streets["CODE_VOIE"]) | _street_codes(
        addresses["street_name"], addresses["street_id"]
    )
    asked = named["RUE"].map(plain)
    last = named["NORUEF"].astype("int64")
    open_end = named["PAIRIM"].eq("I").astype("int64") + OPEN_END
    rows = pd.DataFrame(
        {
            "source_row": named.index,
            "level": str(level),
            # A street that no layer has is kept under its name: it covers no address, but it is in force.
            "street_id": asked.map(codes).fillna("liste-" + asked.str.replace(" ", "-")),
            "street_name": named["RUE"],
            "number_from": named["NORUED"].astype("int64"),
            "suffix_from": "",
            "number_to": last.where(last < OPEN_END, open_end),
            "suffix_to": "",
            "parity": named["PAIRIM"],
            "school_id": named["CDETABM"].map(school_of),
            "priority": 1,
        }
    )
    return rows, matches, len(raw) - len(named)


def _street_codes(names: pd.Series, codes: pd.Series) -> dict[str, str]:
    """Give the code of each street by its full name, leaving out the names of several streets."""
    pairs = pd.DataFrame({"name": names.astype("str").map(plain), "code": codes.astype("str")}).drop_duplicates()
    single = pairs[~pairs["name"].duplicated(keep=False)]
    return dict(zip(single["name"], single["code"], strict=True))


def _shared(rows: pd.DataFrame, matches: Sequence[Match]) -> pd.DataFrame:
    """Give the rows with those of a shared sector once for each of its schools, in the order of its name."""
    shared = {school: match.ids for match in matches if len(match.ids) > 1 for school in match.ids}
    schools = rows["school_id"].map(lambda school: shared.get(school, (school,)))
    spread = rows.assign(school_id=schools).explode("school_id")
    priority = spread.groupby("source_row").cumcount() + 1
    return spread.assign(priority=priority).reset_index(drop=True)


def _without_unknown(
    rows: pd.DataFrame, by_polygon: pd.Series, addresses: gpd.GeoDataFrame, *, known: set[str]
) -> pd.DataFrame:
    """Give the rows without those that reach into the sector of a school that the list does not know."""
    there = addresses[by_polygon.map(lambda schools: bool(schools) and not known & set(schools))]
    ranges = rows[["source_row", "street_id", "number_from", "number_to", "parity"]]
    pairs = there[["street_id", "number"]].merge(ranges, on="street_id")
    side = (pairs["parity"] == "I") == (pairs["number"] % 2 == 1)
    reach = pairs[side & pairs["number"].between(pairs["number_from"], pairs["number_to"])]
    return rows[~rows["source_row"].isin(reach["source_row"])].reset_index(drop=True)


def _agreement(by_list: pd.Series, by_polygon: pd.Series) -> float:
    """Share of the addresses that both files speak of for which they name the same schools [0-1]."""
    both = (by_list.map(len) > 0) & (by_polygon.map(len) > 0)
    same = [set(one) == set(other) for one, other in zip(by_list[both], by_polygon[both], strict=True)]
    return round(float(np.mean(same)), 4) if same else 1.0


# Sectors -------------------------------------------------------------------------------------------------------------


def _sector_matches(
    drawn: gpd.GeoDataFrame, matches: Sequence[Match], *, listed: pd.Series, addresses: gpd.GeoDataFrame
) -> list[Match]:
    """Give the schools of each sector by its name, else by where the streets of the schools lie."""
    taken = {school for match in matches for school in match.ids}
    school = listed[listed.map(len) > 0].map(lambda schools: schools[0])
    counts = school.value_counts()
    found = []
    for match, shape in zip(matches, drawn.geometry, strict=True):
        if match.ids:
            found.append(match)
            continue
        inside = addresses.loc[school.index].intersects(shape)
        share = (school[inside].value_counts() / counts).dropna()
        ids = tuple(str(code) for code in share.index if share[code] >= _EVIDENCE and code not in taken)
        found.append(Match(match.name, ids, "addresses" if ids else "none"))
    _refuse_unmatched(found, "sectors")
    return found


def _refuse_unmatched(matches: Sequence[Match], file: str) -> None:
    lost = [match.name for match in matches if not match.ids]
    if lost:
        raise SourceError(
            file,
            expected="names that each mean one school of the table of schools",
            got=f"no single school for {', '.join(lost)}",
            remedy="Add the spelling to geo/sources/names.py, or correct the name.",
        )


def _sector_table(areas: gpd.GeoDataFrame, matches: Sequence[Match], level: Level) -> gpd.GeoDataFrame:
    """Give the sectors as the contract wants them: one row for each school of a sector."""
    rows = [
        (row, plain(match.name).replace(" ", "-"), school, match.name)
        for row, match in enumerate(matches)
        for school in match.ids
    ]
    table = pd.DataFrame(rows, columns=["row", "sector_id", "school_id", "name"])
    return gpd.GeoDataFrame(
        table.drop(columns="row").assign(level=str(level)),
        geometry=areas.geometry.iloc[table["row"]].to_numpy(),
        crs=areas.crs,
    )
