"""The key figures of a scenario: one table of numbers, from which everything that is told of it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

import pandas as pd

from geo.model.city import City
from geo.model.levels import GRADES
from geo.model.projection import Projection
from geo.model.transition import Transition
from geo.planning.applying import schools_under
from geo.planning.mix import Mix
from geo.planning.study import Study

Theme = Literal["pupils", "places", "moves", "walks", "mix", "yards", "cost", "errors"]
THEMES: Final[tuple[Theme, ...]] = ("pupils", "places", "moves", "walks", "mix", "yards", "cost", "errors")

HOTTEST: Final = 3
ERROR_YEARS: Final = (1, 5)
_SAME: Final = 1e-9
_UNKNOWN: Final = float("nan")

_ROLLS: Final = ("rolls", "births", "housing", "children")
_PLACES: Final = (*_ROLLS, "rooms")
_MAP: Final = ("children", "street_list", "sectors")
_WALKS: Final = ("streets", "addresses", "street_list", "sectors")
_QUARTERS: Final = ("qpv", "addresses", "children")
_INDEX: Final = ("census", "reference", "iris", "children")
_GROUND: Final = ("yards", "buildings", "trees")


@dataclass(frozen=True)
class Figure:
    """One key figure.

    Attributes
    ----------
    key
        Name that no other figure of the scenario has, such as ``schools_over_2030``.
    stem
        Name of its phrases in the catalogue of words, such as ``schools_over``.
    theme
        What it is about.
    before, after
        Without and with the scenario, NaN where not known; `before` is None for what only the scenario does.
    unit
        ``pupils, schools, rooms, units, yards, trees, share, m, EUR, index`` or ``year``.
    year
        Calendar year in which its school year begins.
    tables
        The tables of the city that it was made from.
    main
        Whether it belongs on the first page; the others are those of single years.
    told
        What its sentence needs beside: names and ends of intervals.
    """

    key: str
    stem: str
    theme: Theme
    before: float | None
    after: float | None
    unit: str
    year: int
    tables: tuple[str, ...]
    main: bool = True
    told: Mapping[str, object] = field(default_factory=dict)


def key_values(city: City, study: Study) -> pd.DataFrame:
    """Give the key figures of a scenario as numbers.

    Returns
    -------
    figures
        Index ``key``, in the order of the themes; the columns of `Figure`, and ``compared`` [true or false]: whether
        the figure has two sides. Where the pupils of the level cannot be projected, those to come are left out.
    """
    rows = [{**asdict(one), "compared": one.before is not None} for one in _figures(city, study)]
    table = pd.DataFrame(rows).set_index("key").astype({"before": "float64", "after": "float64"})
    rank = table["theme"].map({theme: place for place, theme in enumerate(THEMES)})
    return table.iloc[rank.argsort(kind="stable")]


def year_figures(study: Study) -> pd.DataFrame:
    """Give what the scenario does to all public schools together, year by year.

    Returns
    -------
    years
        Index ``year``, the last rolls first: ``schools_over``, schools with more pupils than places [schools],
        ``pupils_over``, pupils above the places [pupils], ``rooms_short``, rooms that lack [rooms], each with the
        endings ``_before`` and ``_after``. Schools whose places are not known are left out; NaN if none is known.
    """
    sides = [_over(study.years, when).add_suffix(f"_{when}") for when in ("before", "after")]
    return pd.concat(sides, axis="columns")


def first_overflow(study: Study, when: str) -> tuple[float, tuple[str, ...]]:
    """Give the first year in which a school has more pupils than places, and the schools; NaN if it never happens."""
    years = study.years
    over = years[years[f"pupils_{when}"] > years[f"capacity_pupils_{when}"] + _SAME]
    if over.empty:
        return _UNKNOWN, ()
    first = int(over.index.get_level_values("year").min())
    return float(first), tuple(over.xs(first, level="year").index)


def _over(years: pd.DataFrame, when: str) -> pd.DataFrame:
    pupils, places = years[f"pupils_{when}"], years[f"capacity_pupils_{when}"]
    lacking = (years[f"rooms_needed_{when}"] - years[f"rooms_{when}"]).clip(lower=0)
    cells = pd.DataFrame(
        {
            "schools_over": (pupils > places + _SAME).astype("float64").where(pupils.notna() & places.notna()),
            "pupils_over": (pupils - places).clip(lower=0),
            "rooms_short": lacking,
        }
    )
    summed: pd.DataFrame = cells.groupby(level="year").sum(min_count=1)
    return summed


def _figures(city: City, study: Study) -> Iterator[Figure]:
    if study.transition is not None:
        yield from _pupils(study.transition, counted=_is_counted(study.transition))
        yield from _places(city, study)
        yield from _errors(study.transition.before)
    yield from _moves(study)
    yield from _walks(study)
    yield from _mix(city, study)
    yield from _yards(city, study)
    yield from _cost(study)


def _pupils(ahead: Transition, *, counted: bool) -> Iterator[Figure]:
    """How many pupils there are, and how many are to come; the map does not change that."""
    public = ahead.after.totals.xs("public", level="sector")
    last, end = ahead.before.last_year, int(public.index.max())
    roll = float(public["last_roll_pupils"].iloc[0])
    stem, tables = ("pupils_roll", ("rolls",)) if counted else ("pupils_estimated", ("children",))
    yield Figure(f"pupils_{last}", stem, "pupils", roll, roll, "pupils", last, tables)
    low, came, high = public.loc[[end], ["low_pupils", "pupils", "high_pupils"]].to_numpy()[0].tolist()
    told = {"low": low, "high": high}
    yield Figure(f"pupils_{end}", "pupils_expected", "pupils", came, came, "pupils", end, _ROLLS, told=told)


def _is_counted(ahead: Transition) -> bool:
    """Whether the first year is that of rolls, not an estimate from the children."""
    return all(note.code != "projection-from-children" for note in ahead.before.notes)


def _places(city: City, study: Study) -> Iterator[Figure]:
    years, names = year_figures(study), schools_under(city, study.scenario)["name"]
    firsts = {when: first_overflow(study, when) for when in ("before", "after")}
    named = {f"schools_{when}": tuple(str(names[one]) for one in firsts[when][1]) for when in firsts}
    start, last = _start(study), int(years.index.max())
    told = {**named, "last": last}
    first, then = (firsts[when][0] for when in ("before", "after"))
    key = "overflow_first_year"
    # Without a year nobody lacks places, or nobody knows.
    known = years[["schools_over_before", "schools_over_after"]].notna().any(axis=None)
    unit = "year" if known else "unknown year"
    yield Figure(key, key, "places", first, then, unit, int(years.index.min()), _PLACES, told=told)
    for stem, unit in (("schools_over", "schools"), ("pupils_over", "pupils"), ("rooms_short", "rooms")):
        both = years[[f"{stem}_before", f"{stem}_after"]].to_numpy().tolist()
        for year, (before, after) in zip(years.index, both, strict=True):
            main = year in {start, last} and stem != "pupils_over"
            yield Figure(f"{stem}_{year}", stem, "places", before, after, unit, int(year), _PLACES, main=main)


def _errors(projection: Projection) -> Iterator[Figure]:
    """How far off the totals of schools were in past forecasts."""
    if "school" not in projection.errors.index.unique("scale"):
        return
    schools = projection.errors.xs("school", level="scale")
    tables, year = ("rolls", "births"), projection.last_year
    for ahead in (one for one in ERROR_YEARS if one in schools.index):
        columns = ["averaged_error_share", "averaged_error_pupils", "last_year_error_share"]
        share, pupils, last = schools.loc[[ahead], columns].to_numpy(dtype="float64")[0].tolist()
        told = {"ahead": ahead, "pupils": pupils, "last_year": last}
        yield Figure(f"error_{ahead}", "error", "errors", None, share, "share", year, tables, told=told)


def _moves(study: Study) -> Iterator[Figure]:
    totals, year = study.proposed.totals, study.proposed.year
    yield Figure("units_moved", "units_moved", "moves", None, totals["units_moved"], "units", year, ("street_list",))
    share = totals["moved_pupils"] / totals["pupils"] if totals["pupils"] else _UNKNOWN
    told = {"share": share}
    yield Figure("moved_pupils", "moved_pupils", "moves", None, totals["moved_pupils"], "pupils", year, _MAP, told=told)
    if study.transition is None:
        return
    ahead, start = study.transition.years, _start(study)
    ahead = ahead[ahead.index >= start]
    changing = float(ahead["changing_pupils"].sum())
    told = {"start": start, "last": int(ahead.index.max()) if len(ahead) else start}
    yield Figure("changing_pupils", "changing_pupils", "moves", None, changing, "pupils", start, _PLACES, told=told)
    grades = len(GRADES[study.scenario.level])
    for name in ("moved_pupils", "changing_pupils", "kept_pupils"):
        for when, count in ahead[name].iloc[:grades].items():
            key, year = f"{name}_{when}", int(str(when))
            yield Figure(key, f"{name}_year", "moves", None, float(count), "pupils", year, _PLACES, main=False)


def _walks(study: Study) -> Iterator[Figure]:
    for name in ("walk_median_m", "walk_p90_m", "walk_max_m"):
        sides = float(study.today.totals[name]), float(study.proposed.totals[name])
        yield Figure(name, name, "walks", *sides, "m", study.proposed.year, _WALKS)


def _mix(city: City, study: Study) -> Iterator[Figure]:
    before, after, year = study.mix_before, study.mix_after, study.mix_after.year
    names = schools_under(city, study.scenario)["name"]
    for kind, tables in (("qpv", _QUARTERS), ("most_deprived", _INDEX)):
        sides = float(before.dissimilarity[kind]), float(after.dissimilarity[kind])
        yield Figure(f"dissimilarity_{kind}", f"dissimilarity_{kind}", "mix", *sides, "index", year, tables)
    for end in ("lowest", "highest") if after.schools["qpv_share"].notna().any() else ():
        found = [_extreme(one, end) for one in (before, after)]
        named = zip(("before", "after"), found, strict=True)
        told = {f"school_{when}": str(names[school]) if school else "" for when, (school, _) in named}
        low, high = (share for _, share in found)
        yield Figure(f"qpv_share_{end}", f"qpv_share_{end}", "mix", low, high, "share", year, _QUARTERS, told=told)


def _extreme(told: Mix, end: str) -> tuple[str, float]:
    """Give the school with the lowest or the highest share of pupils of priority quarters, and the share [0-1]."""
    shares = told.schools["qpv_share"].dropna()
    if shares.empty:
        return "", _UNKNOWN
    school = str(shares.idxmin() if end == "lowest" else shares.idxmax())
    return school, float(shares[school])


def _yards(city: City, study: Study) -> Iterator[Figure]:
    table, year = study.yards.table, study.proposed.year
    open_yards = table[~table["closed"] & table["unshaded_share_before"].notna()]
    names = schools_under(city, study.scenario)["name"]
    hottest = open_yards.sort_values("unshaded_share_before", ascending=False, kind="stable").head(HOTTEST)
    shares = hottest[["unshaded_share_before", "unshaded_share_after"]].to_numpy().tolist()
    for place, (name, (before, after)) in enumerate(zip(names.reindex(hottest.index), shares, strict=True), start=1):
        told = {"school": str(name), "place": place, "years": study.yards.age_years}
        yield Figure(f"yard_sun_{place}", "yard_sun", "yards", before, after, "share", year, _GROUND, told=told)
    if len(open_yards):
        sides = _sunny(open_yards, "before"), _sunny(open_yards, "after")
        of_all = {"years": study.yards.age_years, "count": len(open_yards)}
        yield Figure("yard_sun_all", "yard_sun_all", "yards", *sides, "share", year, _GROUND, told=of_all)
    greened = float((table["hand_trees"] + table["budget_trees"] > 0).sum())
    yield Figure("yards_greened", "yards_greened", "yards", None, greened, "yards", year, _GROUND)
    trees = float((table["hand_trees"] + table["budget_trees"]).sum())
    yield Figure("trees_planted", "trees_planted", "yards", None, trees, "trees", year, _GROUND)


def _sunny(yards: pd.DataFrame, when: str) -> float:
    """Share of all yards in the sun, by their area [0-1]."""
    area = yards["yard_m2"]
    return float((yards[f"unshaded_share_{when}"] * area).sum() / area.sum())


def _cost(study: Study) -> Iterator[Figure]:
    year = study.scenario.start_year
    spent = study.yards.hand_eur + study.yards.choice.spent_eur
    told = {"budget": study.scenario.greening_budget_eur}
    yield Figure("greening_eur", "greening_eur", "cost", None, spent, "EUR", year, _GROUND, told=told)
    before, after = (one.schools["rooms"].sum(min_count=1) for one in (study.today, study.proposed))
    yield Figure("rooms_total", "rooms_total", "cost", float(before), float(after), "rooms", year, ("rooms",))


def _start(study: Study) -> int:
    """First year in which the new map holds, among those that are projected."""
    if study.transition is None:
        return study.scenario.start_year
    return min(study.transition.start_year, study.transition.before.years[-1])
