"""A portrait and a mix as people read them: whole children that add up, headings with years, sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import pandas as pd

from geo.council.figures import by_name, whole_after, whole_pupils
from geo.council.words import Lang, number, percent, say, signed
from geo.model.city import City
from geo.planning.mix import Mix
from geo.planning.neighbourhoods import LAST_FIFTH
from geo.planning.portrait import Portrait
from geo.territory.children import AGE_BANDS
from geo.territory.deprivation import VARIABLES

CHILDREN_COLUMNS: Final = ("name", "quintile", "children", *AGE_BANDS, "population", "qpv_share")
LIVING_COLUMNS: Final = ("name", "quintile", "rank", *VARIABLES, "population")
QUARTER_COLUMNS: Final = ("name", "children", *AGE_BANDS, "children_share", "population", "dwellings")
MIX_COLUMNS: Final = ("pupils", "mix_qpv_share", "most_deprived_share", "mean_score")
_INDEX_DIGITS: Final = 2
# Two indexes of dissimilarity that are written alike are the same to a reader.
_SAME: Final = 0.005


def area_figures(found: Portrait, lang: Lang) -> pd.DataFrame:
    """Give the statistical areas as a table shows them: the most deprived first, children whole.

    Returns
    -------
    figures
        Index ``iris``, the columns of `CHILDREN_COLUMNS` and `LIVING_COLUMNS`; the children of a band, and all of
        them, add up to those of the city.
    """
    order = found.iris.assign(last=found.iris.index == "").sort_values(["last", "rank", "name"]).index
    named = _whole(found.iris).loc[order]
    names = named["name"].mask(named.index == "", say("portrait.outside", lang))
    return named.assign(name=names.where(names != "", named.index), quintile=named["quintile"].astype("Int64"))[
        list(dict.fromkeys((*CHILDREN_COLUMNS, *LIVING_COLUMNS)))
    ]


def quarter_figures(found: Portrait) -> pd.DataFrame:
    """Give the priority quarters as a table shows them: `QUARTER_COLUMNS`, index ``qpv``, children whole."""
    whole = _whole(found.quarters)
    return whole.assign(population=whole_pupils(whole["population"]))[list(QUARTER_COLUMNS)]


def mix_figures(names: pd.Series, today: Mix, proposed: Mix) -> pd.DataFrame:
    """Put the mix of each school before and after side by side, pupils whole.

    Parameters
    ----------
    names
        Names of the schools of both, index ``school_id``.
    today, proposed
        The mix under the map in force and under the proposal.

    Returns
    -------
    figures
        Index ``school_id`` in the order of the names: ``school`` (name) and `MIX_COLUMNS`, each with the endings
        ``_before`` and ``_after``.
    """
    rows = by_name(names, today.schools.index.union(proposed.schools.index))
    before, after = (which.schools.reindex(rows) for which in (today, proposed))
    figures = pd.DataFrame({"school": names.reindex(rows)}).assign(
        pupils_before=whole_pupils(before["pupils"]),
        pupils_after=whole_after(after["pupils"].fillna(0.0), before["pupils"].fillna(0.0)),
    )
    for name, column in (("mix_qpv_share", "qpv_share"), ("most_deprived_share",) * 2, ("mean_score",) * 2):
        figures = figures.assign(**{f"{name}_before": before[column], f"{name}_after": after[column]})
    return figures[["school", *(f"{name}_{when}" for name in MIX_COLUMNS for when in ("before", "after"))]]


def heading(column: str, year: str, lang: Lang) -> str:
    """Name a column for the heading of a table, with the year that it describes: 'Habitants (2024)'."""
    name = say(f"portrait.column.{column}.name", lang)
    return say("portrait.heading", lang, name=name, year=year) if year else name


def figure_text(column: str, value: object, lang: Lang) -> str:
    """Write one figure of a portrait or a mix the way of its column; a dash for the mix of a school without pupils."""
    if isinstance(value, str):
        return value
    if column in MIX_COLUMNS and pd.isna(value):  # type: ignore[call-overload]
        return say("portrait.nobody", lang)
    figure = math.nan if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]
    if column.endswith("_share"):
        return percent(figure, lang)
    return signed(figure, lang, digits=1) if column == "mean_score" else number(figure, lang)


def portrait_summary(city: City, found: Portrait, lang: Lang) -> str:
    """Say in a few plain sentences where children live and how hard life is there."""
    return " ".join([_of_areas(city, found, lang), _of_quarters(city, found, lang)])


def mix_summary(names: pd.Series, today: Mix, proposed: Mix, *, proposal: str, lang: Lang) -> str:
    """Say in plain sentences how unevenly pupils of priority quarters are spread, and what the proposal changes.

    Parameters
    ----------
    names
        Names of the schools, index ``school_id``.
    today, proposed
        The mix under the map in force and under the proposal.
    proposal
        Name of the proposal; empty if nothing is proposed.
    lang
        Language of the sentences.
    """
    if math.isnan(today.dissimilarity["qpv"]):
        return say("portrait.spread_unknown", lang)
    return " ".join(
        [_spread(names, today, lang), *(_spread_change(today, proposed, proposal, lang=lang) if proposal else ())]
    )


def _whole(counts: pd.DataFrame) -> pd.DataFrame:
    """Make children whole, each band by itself; where all bands are known all children are their sum."""
    bands = {band: whole_pupils(counts[band]) for band in AGE_BANDS}
    known = pd.DataFrame(bands, index=counts.index)
    every = known.sum(axis="columns") if known.notna().all(axis=None) else whole_pupils(counts["children"])
    return counts.assign(**bands, children=every)


def _of_areas(city: City, found: Portrait, lang: Lang) -> str:
    told = {"city": city.name, "all": int(found.totals["measured_areas"])}
    if found.card is None or not told["all"]:
        return say("portrait.no_index", lang, city=city.name)
    told["reference"] = found.card.reference
    figures = area_figures(found, lang)
    last = figures[figures["quintile"].eq(LAST_FIFTH).fillna(value=False)]
    if last.empty:
        return say("portrait.no_last_fifth", lang, **told)
    share = found.totals["most_deprived_children_share"]
    return say("portrait.last_fifth", lang, count=len(last), names=", ".join(last["name"]), share=share, **told)


def _of_quarters(city: City, found: Portrait, lang: Lang) -> str:
    if found.quarters.empty:
        return say("portrait.no_quarters", lang, city=city.name)
    children, share = found.totals["qpv_children"], found.totals["qpv_children_share"]
    return say("portrait.in_quarters", lang, count=len(found.quarters), share=share, children=round(children))


def _spread(names: pd.Series, today: Mix, lang: Lang) -> str:
    shares = today.schools["qpv_share"].dropna().sort_values(kind="stable")
    index = today.dissimilarity["qpv"]
    return say(
        "portrait.spread",
        lang,
        low=float(shares.iloc[0]),
        high=float(shares.iloc[-1]),
        school=str(names[shares.index[-1]]),
        share=index,
        index=number(index, lang, digits=_INDEX_DIGITS),
    )


def _spread_change(today: Mix, proposed: Mix, name: str, *, lang: Lang) -> Iterator[str]:
    before, after = (which.dissimilarity["qpv"] for which in (today, proposed))
    change = after - before
    direction = "same" if abs(change) < _SAME else "more" if change > 0 else "less"
    texts = {when: number(value, lang, digits=_INDEX_DIGITS) for when, value in (("before", before), ("after", after))}
    yield say(
        "portrait.spread_change", lang, name=name, direction=say(f"portrait.direction.{direction}", lang), **texts
    )
