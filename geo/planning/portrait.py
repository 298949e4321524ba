"""A portrait of the city: who lives where, how hard it is, and under which sectors the children live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.model.city import City
from geo.model.index_card import IndexCard
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.source import Source
from geo.planning.enrolment import children_by_unit, children_year
from geo.planning.neighbourhoods import LAST_FIFTH, areas, homes
from geo.territory.areas import carry
from geo.territory.children import AGE_BANDS, children_by_age, children_by_band
from geo.territory.deprivation import city_card

_USED: Final = {"iris", "qpv", "census", "reference", "children", "addresses", "street_list", "sectors"}
# From a column to its unit and to the table that it comes from.
_COLUMNS: Final = {
    "population": ("inhabitants", "census"),
    "households": ("households", "census"),
    "dwellings": ("dwellings", "addresses"),
    **dict.fromkeys(("children", *AGE_BANDS), ("children", "children")),
    "median_income_eur": ("EUR/year", "census"),
    "poverty_share": ("share", "census"),
    "baccalaureate_share": ("share", "census"),
    "blue_collar_share": ("share", "census"),
    "unemployed_share": ("share", "census"),
    "score": ("standard deviations", "census"),
    "quintile": ("fifth, 5 most deprived", "census"),
    "rank": ("rank, 1 most deprived", "census"),
    "qpv_dwellings": ("dwellings", "qpv"),
    "qpv_share": ("share of dwellings", "qpv"),
    "children_share": ("share of the city's children", "children"),
}


@dataclass(frozen=True, eq=False)
class Portrait:
    """Who lives in a city, by statistical area and by priority quarter.

    NaN stands for what is not known. Children are estimates where a unit lies in several areas: they are spread by
    dwellings, and always add up to those of the city.

    Attributes
    ----------
    iris
        One row a statistical area in the order of the codes, index ``iris``, and one with an empty code for what lies
        outside all if there is anything: ``name``, ``population`` [inhabitants], ``households``, ``dwellings``,
        ``children`` (of all ages known) and the bands of `geo.territory.children.AGE_BANDS` [children],
        ``median_income_eur`` [EUR/year], ``poverty_share``, ``baccalaureate_share``, ``blue_collar_share``,
        ``unemployed_share`` [share], ``score`` [standard deviations], ``quintile`` [1-5, 5 most deprived], ``rank`` in
        the city [1 most deprived], ``qpv_dwellings`` in priority quarters, ``qpv_share`` of its dwellings [share].
    quarters
        One row a priority quarter, index ``qpv``: ``name``, ``dwellings``, ``population`` (carried by dwellings: an
        estimate), ``children`` and the bands, ``children_share`` of the children of the city [share].
    sectors
        Children of the ages of a level by the area where they live and the sector that they live under [children]:
        index ``level``, ``iris``, ``sector_id`` (empty text: outside, or without school), column ``children``.
    totals
        Sums over the city, named as the columns of `iris`; ``areas``, ``measured_areas`` (with a known index),
        ``most_deprived_areas``, ``most_deprived_children`` (of those areas), ``qpv_children``, and their shares of the
        children ``most_deprived_children_share`` and ``qpv_children_share``.
    columns
        Index: each column of figures; ``unit`` and ``year``, the year or vintage that it describes (empty if unknown).
    card
        The index card used; None if there is no index.
    notes, sources
        What is missing or estimated, and where it comes from.
    """

    iris: pd.DataFrame
    quarters: pd.DataFrame
    sectors: pd.DataFrame
    totals: Mapping[str, float]
    columns: pd.DataFrame
    card: IndexCard | None
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]


def portrait(city: City) -> Portrait:
    """Give all that a portrait of the city shows, in one call."""
    card, notes = city_card(city)
    places = homes(city, card)
    ages = children_by_age(city).reindex(places["unit_id"]).set_axis(places.index).mul(places["weight"], axis="index")
    iris = _iris(city, card, places, ages=ages)
    quarters = _quarters(city, places, ages)
    return Portrait(
        iris=iris,
        quarters=quarters,
        sectors=_sectors(city, places),
        totals=_totals(iris, quarters),
        columns=_columns(city),
        card=card,
        notes=(*notes, *_notes(iris, quarters, places, is_measured=card is not None)),
        sources=tuple(source for source in city.sources if _USED & set(source.tables)),
    )


def _children(ages: pd.DataFrame, place: pd.Series, rows: pd.Index) -> pd.DataFrame:
    """Count the children of each place: ``children`` of all ages known, and the bands [children]."""
    counted = ages.groupby(place.to_numpy()).sum().reindex(rows, fill_value=0.0)
    return children_by_band(counted).assign(children=counted.sum(axis="columns"))


def _iris(city: City, card: IndexCard | None, places: pd.DataFrame, *, ages: pd.DataFrame) -> pd.DataFrame:
    """Give one row a statistical area that any table knows, and one for what lies outside all."""
    census, named = city.tables["census"], city.tables["iris"]["name"]
    lived_in = set(places["iris"])
    rows = pd.Index([*sorted({*named.index, *census.index, *lived_in} - {""}), *({""} & lived_in)], name="iris")
    in_quarter = places["dwellings"].where(places["qpv"] != "", 0.0 if len(city.tables["qpv"]) else float("nan"))
    homes_of = places[["dwellings"]].assign(qpv_dwellings=in_quarter).groupby(places["iris"].to_numpy())
    dwellings = homes_of.sum(min_count=1).reindex(rows)
    people = census[[name for name in _COLUMNS if name in census]].astype("float64").reindex(rows)
    parts: list[pd.DataFrame | pd.Series] = [
        people,
        dwellings,
        _children(ages, places["iris"], rows),
        areas(city, card).reindex(rows),
    ]
    table = pd.DataFrame({"name": named.reindex(rows).fillna("")}).join(parts)
    table = table.assign(qpv_share=table["qpv_dwellings"] / table["dwellings"].where(table["dwellings"] > 0))
    return table[["name", *(name for name in _COLUMNS if name in table)]]


def _quarters(city: City, places: pd.DataFrame, ages: pd.DataFrame) -> pd.DataFrame:
    """Give one row a priority quarter; its inhabitants are those of its areas, carried by dwellings."""
    named = city.tables["qpv"][["name"]].sort_index()
    counts = city.tables["census"]["population"].astype("float64")
    people = carry(counts, places["iris"], places["qpv"], weight=places["dwellings"])
    dwellings = places.groupby("qpv")["dwellings"].sum().reindex(named.index, fill_value=0.0)
    table = named.join(_children(ages, places["qpv"], named.index)).assign(
        population=people.reindex(named.index, fill_value=0.0 if len(counts) else float("nan")), dwellings=dwellings
    )
    everyone = float(ages.to_numpy().sum())
    share = table["children"] / everyone if everyone > 0 else table["children"] * float("nan")
    return table.assign(children_share=share)[
        ["name", "population", "dwellings", "children", *AGE_BANDS, "children_share"]
    ]


def _sectors(city: City, places: pd.DataFrame) -> pd.DataFrame:
    """Count the children of each level by area and sector, those who live under none too."""
    parts = [_living_under(city, places, level) for level in city.current]
    empty = pd.DataFrame({"level": [], "iris": [], "sector_id": [], "children": []})
    return pd.concat(parts or [empty]).groupby(["level", "iris", "sector_id"])[["children"]].sum()


def _living_under(city: City, places: pd.DataFrame, level: Level) -> pd.DataFrame:
    owners = {unit: "+".join(schools) for unit, schools in city.current[level].schools_of.items()}
    children = children_by_unit(city, level).reindex(places["unit_id"]).to_numpy() * places["weight"]
    sectors = [owners.get(unit, "") for unit in places["unit_id"]]
    return pd.DataFrame({"level": str(level), "iris": places["iris"], "sector_id": sectors, "children": children})


def _totals(iris: pd.DataFrame, quarters: pd.DataFrame) -> dict[str, float]:
    counts = ["population", "households", "dwellings", "children", *AGE_BANDS]
    totals = {name: float(iris[name].sum(min_count=1)) for name in counts}
    measured = iris["quintile"].notna()
    last = iris["quintile"] == LAST_FIFTH
    unknown = float("nan")
    deprived = float(iris.loc[last, "children"].sum()) if measured.any() else unknown
    in_quarters = float(quarters["children"].sum()) if len(quarters) else unknown
    everyone = totals["children"] or unknown
    return totals | {
        "areas": float((iris.index != "").sum()),
        "measured_areas": float(measured.sum()),
        "most_deprived_areas": float(last.sum()) if measured.any() else unknown,
        "most_deprived_children": deprived,
        "most_deprived_children_share": deprived / everyone,
        "qpv_children": in_quarters,
        "qpv_children_share": in_quarters / everyone,
    }


def _columns(city: City) -> pd.DataFrame:
    """Give the unit and the year of each column."""
    census = city.tables["census"]["year"]
    years = {"children": str(children_year(city)), "census": "" if census.empty else str(census.max())}
    for source in city.sources:
        years |= {table: source.vintage for table in source.tables if table not in years}
    rows = [(name, unit, years.get(table, "")) for name, (unit, table) in _COLUMNS.items()]
    return pd.DataFrame(rows, columns=["column", "unit", "year"]).set_index("column")


def _notes(iris: pd.DataFrame, quarters: pd.DataFrame, places: pd.DataFrame, *, is_measured: bool) -> Iterator[Note]:
    unmeasured = int((iris["quintile"].isna() & (iris.index != "")).sum())
    if is_measured and unmeasured:
        yield Note("areas-unmeasured", {"count": unmeasured})
    pairs = places[["unit_id", "iris"]].drop_duplicates()
    straddling = int((pairs["unit_id"].value_counts() > 1).sum())
    if straddling:
        yield Note("children-spread", {"count": straddling})
    outside = float(iris.loc[iris.index == "", "children"].sum())
    if outside > 0:
        yield Note("children-outside-areas", {"count": round(outside)})
    if len(quarters):
        yield Note("quarters-by-address")
    else:
        yield Note("quarters-unknown")
