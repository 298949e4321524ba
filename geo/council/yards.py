"""School yards as people read them: classes of sun, tables, sentences."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from geo.council.colours import BANDS, UNKNOWN, Band
from geo.council.words import Lang, number, percent, say
from geo.planning.yards import Yards

# Mostly shade to hardly any: the fills of the classes of occupancy, whose lightness falls from one to the next.
_LIMITS: Final = (0.0, 0.4, 0.55, 0.7, 0.85, math.inf)
SUN: Final[tuple[Band, ...]] = tuple(
    Band(f"sun_{rank}", low, high, like.fill, like.ink)
    for rank, (low, high, like) in enumerate(zip(_LIMITS[:-1], _LIMITS[1:], BANDS, strict=True), start=1)
)
NO_YARD: Final = Band("no_yard", math.nan, math.nan, UNKNOWN.fill, UNKNOWN.ink, UNKNOWN.hatch)
_ROUNDING: Final = 1e-9
# Below this a gap is that of the arithmetic.
_PROVEN: Final = 5e-4


def sun_of(unshaded_share: float) -> Band:
    """Give the class of the share of a yard in the sun [0-1]."""
    if math.isnan(unshaded_share):
        return NO_YARD
    return next(band for band in reversed(SUN) if unshaded_share >= band.low - _ROUNDING)


def ranking(found: Yards) -> pd.DataFrame:
    """Give the yards from the sunniest on under the scenario, those without a yard last, index ``school_id``.

    Returns
    -------
    ranking
        The columns of `geo.planning.yards.Yards`, and ``number``, the place in this order, which maps show.
    """
    table = found.table.sort_values(["unshaded_share_after", "name"], ascending=[False, True], na_position="last")
    return table.assign(number=range(1, len(table) + 1))


def yard_figures(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Give the ranking as people read it, index ``school_id``, columns named as in ``app.playgrounds.columns``."""
    texts = [
        {
            "rank_before": rank_text(row, "before", lang),
            "rank_after": rank_text(row, "after", lang),
            "felt_before": felt_text(row, "before", lang),
            "felt_after": felt_text(row, "after", lang),
            "flags": flags_text(row, lang),
        }
        for _, row in table.iterrows()
    ]
    figures = {
        "number": table["number"],
        "school": table["name"],
        "sun_before": table["unshaded_share_before"],
        "sun_after": table["unshaded_share_after"],
        "shade_before": table["shaded_m2_per_pupil_before"],
        "shade_after": table["shaded_m2_per_pupil_after"],
        "sun_brief": table["unshaded_share_after"],
        "shade_brief": table["shaded_m2_per_pupil_after"],
        "exposure_before": table["exposure_before"],
        "exposure_after": table["exposure_after"],
        "pupils": table["pupils_after"],
        "area": table["yard_m2"],
        "trees": table["hand_trees"] + table["budget_trees"],
    }
    return pd.DataFrame(figures).join(pd.DataFrame(texts, index=table.index))


def works_figures(found: Yards, lang: Lang, *, chosen_only: bool) -> pd.DataFrame:
    """Give the works that are paid, or all that could be done, the most useful for the money first.

    Columns are named as in ``app.playgrounds.columns``.
    """
    options = found.options.reset_index()
    none = options[options["measure"] == "none"].set_index("school_id")
    paid = found.choice.table["measure"].reindex(options["school_id"]).to_numpy() == options["measure"].to_numpy()
    rows = options[paid] if chosen_only else options[options["measure"] != "none"]
    schools = rows["school_id"]
    figures = pd.DataFrame(
        {
            "school": found.table["name"].reindex(schools).to_numpy(),
            "measure": [say(f"playground.measure.{measure}", lang) for measure in rows["measure"]],
            "trees": rows["trees"].to_numpy(),
            "opened": rows["opened_m2"].to_numpy(),
            "cost": rows["cost_eur"].to_numpy(),
            "sun_before": none["unshaded_share"].reindex(schools).to_numpy(),
            "sun_after": rows["unshaded_share"].to_numpy(),
            "avoided": none["exposure"].reindex(schools).to_numpy() - rows["exposure"].to_numpy(),
            "worth": (rows["benefit"] / rows["cost_eur"]).to_numpy(),
        }
    )
    return figures.sort_values("worth", ascending=False, kind="stable").drop(columns="worth")


def rank_text(row: pd.Series, when: str, lang: Lang) -> str:
    """Write the rank of a yard with the ranks between which it may lie: '3 (2 à 5)'."""
    rank, low, high = (row[f"{name}_{when}"] for name in ("rank", "rank_low", "rank_high"))
    if math.isnan(low) or low == high == rank:
        return number(rank, lang)
    return say("playground.rank_between", lang, rank=rank, low=low, high=high)


def felt_text(row: pd.Series, when: str, lang: Lang) -> str:
    """Write the class of what is felt at the hottest recess with those that its error allows."""
    codes = [row[f"stress{part}_{when}"] for part in ("", "_low", "_high")]
    if not all(isinstance(code, str) for code in codes):
        return say("unknown", lang)
    name, low, high = (say(f"playground.stress_short.{code}", lang) for code in codes)
    return name if low == high else say("playground.felt_between", lang, stress=name, low=low, high=high)


def flags_text(row: pd.Series, lang: Lang) -> str:
    """Say what there is to know about a yard, and whether its school closes."""
    codes = [*str(row["flags"]).split(), *(["closed"] if row["closed"] else [])]
    return " ; ".join(say(f"playground.flag.{code}", lang) for code in codes)


def yard_sentence(row: pd.Series, count: int, lang: Lang) -> str:
    """Say in plain words what is planted in a yard and what it does.

    Parameters
    ----------
    row
        A row of the table of `geo.planning.yards.Yards` whose school has a yard.
    count
        Yards that are ranked.
    lang
        Language of the sentence.
    """
    planted = int(row["hand_trees"] + row["budget_trees"])
    told = {
        "school": row["name"],
        "count": planted,
        "before": percent(row["unshaded_share_before"], lang, digits=1),
        "after": percent(row["unshaded_share_after"], lang, digits=1),
        "rank_before": rank_text(row, "before", lang),
        "rank_after": rank_text(row, "after", lang),
        "yards": count,
    }
    return say("playground.sentence.planted_rank" if planted else "playground.sentence.as_it_is", lang, **told)


def yards_sentence(found: Yards, lang: Lang) -> str:
    """Say in plain words which yard is the sunniest, and what the scenario does to all of them."""
    table = ranking(found).dropna(subset="unshaded_share_after")
    if table.empty:
        return say("playground.sentence.no_yard", lang)
    first = table.iloc[0]
    told = {"school": first["name"], "share": first["unshaded_share_after"], "count": len(table)}
    planted = int(table["hand_trees"].sum() + table["budget_trees"].sum())
    sunniest = say("playground.sentence.sunniest", lang, **told)
    if not planted:
        return sunniest
    treated = say("playground.count_yards", lang, count=int((table["hand_trees"] + table["budget_trees"]).gt(0).sum()))
    cost = round(found.hand_eur + found.choice.spent_eur)
    return f"{say('playground.sentence.done', lang, count=planted, yards=treated, cost=cost)} {sunniest}"


def budget_sentence(found: Yards, budget_eur: float, lang: Lang) -> str:
    """Say what a budget buys, and what is left of it; empty without a budget."""
    if budget_eur <= 0:
        return ""
    spent = found.hand_eur + found.choice.spent_eur
    told = {"budget": round(budget_eur), "hand": round(found.hand_eur), "spent": round(found.choice.spent_eur)}
    left = round(budget_eur - spent)
    text = say("playground.sentence.bought", lang, count=len(found.choice.table), **told)
    if not found.choice.table.empty:
        text += " " + _how_good(found.choice.gap_share, lang)
    return f"{text} {say('playground.sentence.left', lang, left=left)}" if left >= 0 else text


def _how_good(gap_share: float, lang: Lang) -> str:
    """Say how far a choice of works may be below the best."""
    if gap_share < _PROVEN:
        return say("playground.sentence.best", lang)
    return say("playground.sentence.nearly_best", lang, gap=percent(gap_share, lang, digits=1))
