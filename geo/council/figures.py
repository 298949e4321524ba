"""Figures as people read them: whole pupils that add up, tables with headings, sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.council.colours import OVER, band_of, occupancy_text
from geo.council.words import Lang, metres, number, say, signed
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.planning.applying import schools_under
from geo.planning.evaluation import WALKS, compare

TOTAL: Final = "total"

_SHOWN: Final = (
    "school",
    "capacity_pupils",
    "pupils_before",
    "pupils_after",
    "pupils_change",
    "occupancy_share_before",
    "occupancy_share_after",
    "walk_median_m_before",
    "walk_median_m_after",
)
_SHOWN_TODAY: Final = tuple(name for name in _SHOWN if not name.endswith(("_after", "_change")))
# Pupils closer than this are the same: sums of fractions differ in their last bits.
_SAME: Final = 1e-6


def whole_pupils(pupils: pd.Series, *, total: int | None = None) -> pd.Series:
    """Round pupils to whole numbers that add up to the rounded total: those with the largest remainders go up.

    Parameters
    ----------
    pupils
        Pupils by school [pupils], an estimate with fractions; NaN where not known.
    total
        What the whole numbers add up to [pupils]; by default the sum of `pupils`, rounded.

    Returns
    -------
    whole
        Same index, type ``Int64``, not known where `pupils` are not.
    """
    known = pupils.dropna().astype("float64")
    if known.empty:
        return pupils.astype("Int64")
    floors = (known + _SAME) // 1
    goal = (known.sum() + 0.5 + _SAME) // 1 if total is None else total
    every, extra = divmod(goal - floors.sum(), len(known))
    # Rounded, so that the order of equal remainders does not hang on their last bits.
    largest = (known - floors).round(6).sort_values(ascending=False, kind="stable").index[: int(extra)]
    raised = pd.Series(known.index.isin(largest), index=known.index).astype("int64")
    return (floors + every + raised).reindex(pupils.index).astype("Int64")


def whole_after(pupils: pd.Series, before: pd.Series) -> pd.Series:
    """Round the pupils of a proposal to whole numbers that fit those of today and what moves.

    Parameters
    ----------
    pupils, before
        Pupils by school with the proposal and today [pupils], same index, with fractions.

    Returns
    -------
    whole
        Type ``Int64``: `whole_pupils(before)` and the whole pupils that come and leave. So a school that nothing
        changes keeps its number, and what some gain is what others lose.
    """
    change = pupils - before
    change = change.mask(change.abs() < _SAME, 0.0)
    gained = whole_pupils(change.clip(lower=0))
    after = whole_pupils(before) + gained - whole_pupils(-change.clip(upper=0))
    # A school of less than one pupil cannot give a whole one: the fullest gives it.
    missing = after.clip(upper=0).sum()
    return after.clip(lower=0) + missing * (after.index == after.idxmax()) if missing else after


def school_figures(city: City, today: Evaluation, proposed: Evaluation) -> pd.DataFrame:
    """Put the figures of each school side by side, pupils as whole numbers that add up.

    Returns
    -------
    figures
        Index ``school_id`` in the order of the names; ``school`` (name), then the columns of
        `geo.planning.evaluation.compare` with ``pupils_before`` and ``pupils_after`` [pupils] whole,
        ``pupils_change`` [pupils], and ``band_before`` and ``band_after``, codes of the classes of occupancy.
    """
    both = compare(today, proposed)
    names = schools_under(city, proposed.scenario)["name"]
    both = both.loc[by_name(names, both.index)]
    before = whole_pupils(both["pupils_before"])
    after = whole_after(both["pupils_after"], both["pupils_before"])
    both.insert(0, "school", names.reindex(both.index))
    return both.assign(
        pupils_before=before,
        pupils_after=after,
        pupils_change=after - before,
        band_before=[band_of(share).code for share in both["occupancy_share_before"]],
        band_after=[band_of(share).code for share in both["occupancy_share_after"]],
    )


def by_name(names: pd.Series, schools: Iterable[str]) -> list[str]:
    """Give the ids of `schools` in the alphabetical order of their `names` (index), accents and capitals aside."""

    def plain(school: str) -> tuple[str, str]:
        letters = unicodedata.normalize("NFKD", str(names[school]))
        return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold(), school

    return sorted(schools, key=plain)


def school_table(city: City, today: Evaluation, proposed: Evaluation, *, lang: Lang) -> pd.DataFrame:
    """Give the table of schools for people: headings and figures written in `lang`, a total in the last row.

    Where nothing moves, only the figures of today are shown.

    Returns
    -------
    table
        Index ``school_id`` and at the end ``total``; headings in `lang`, every value a text.
    """
    figures = school_figures(city, today, proposed)
    shown = _SHOWN if proposed.totals["units_moved"] else _SHOWN_TODAY
    rows = {str(school): dict(row) for school, row in figures[list(shown)].iterrows()}
    rows[TOTAL] = _total_row(figures, today, proposed, lang=lang)
    texts = {school: [_text(name, row[name], lang) for name in shown] for school, row in rows.items()}
    headings = [figure_name(name, lang) for name in shown]
    return pd.DataFrame.from_dict(texts, orient="index", columns=headings).rename_axis("school_id")


def figure_name(column: str, lang: Lang) -> str:
    """Name a figure for the heading of a table, with a capital: 'Élèves avec le projet'."""
    return _capital(say(f"figure.{column}.name", lang))


def fiction(city: City, lang: Lang) -> str:
    """Say that the city does not exist; empty for a real one."""
    return say("fictional.sentence", lang, city=city.name) if city.fictional else ""


def summary(city: City, today: Evaluation, proposed: Evaluation, *, lang: Lang) -> str:
    """Say in a few plain sentences what is the matter today and what the proposal does about it."""
    guessed = any(note.code == "share-unknown" for note in today.notes)
    sentences = [say("summary.all_attend", lang) if guessed else "", _overfull("today", today, lang=lang)]
    if proposed.totals["units_moved"]:
        sentences += [_moves(proposed, lang), *_change(school_figures(city, today, proposed), lang)]
        sentences += [_overfull("proposed", proposed, lang=lang), *_walk(today, proposed, lang)]
    elif proposed.scenario.key != today.scenario.key:
        sentences.append(say("summary.no_moves", lang, name=proposed.scenario.name))
    return " ".join(sentence for sentence in (*sentences, fiction(city, lang)) if sentence)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _total_row(figures: pd.DataFrame, today: Evaluation, proposed: Evaluation, *, lang: Lang) -> dict[str, Any]:
    walks = {f"{walk}_before": today.totals[walk] for walk in WALKS}
    walks |= {f"{walk}_after": proposed.totals[walk] for walk in WALKS}
    sums = figures[["capacity_pupils", "pupils_before", "pupils_after", "pupils_change"]].sum(min_count=1)
    shares = {
        "occupancy_share_before": today.totals["occupancy_share"],
        "occupancy_share_after": proposed.totals["occupancy_share"],
    }
    return {"school": _capital(say("figure.total", lang)), **sums, **shares, **walks}


def _text(column: str, value: str | float | None, lang: Lang) -> str:
    """Write one figure the way of its column."""
    if isinstance(value, str):
        return value
    figure = float("nan") if value is None or pd.isna(value) else float(value)
    if column.startswith("occupancy_share"):
        return occupancy_text(figure, lang)
    if column.startswith("walk_"):
        return metres(figure, lang)
    return signed(figure, lang) if column == "pupils_change" else number(figure, lang)


def _overfull(when: str, evaluation: Evaluation, *, lang: Lang) -> str:
    """Say how many schools exceed their capacity, of those whose capacity is known."""
    kind = "college" if evaluation.scenario.level == Level.COLLEGE else "school"
    shares = evaluation.schools["occupancy_share"].dropna()
    missing = len(evaluation.schools) - len(shares)
    if shares.empty:
        return say("summary.capacity_unknown", lang) if when == "today" else ""
    over = sum(band_of(share) == OVER for share in shares)
    said = (
        say(f"summary.{when}.over.{kind}", lang, count=over, all=len(shares))
        if over
        else say(f"summary.{when}.none.{kind}", lang, count=len(shares))
    )
    return f"{said} {say('summary.missing', lang, count=missing)}" if missing and when == "today" else said


def _moves(proposed: Evaluation, lang: Lang) -> str:
    pupils = say("count.pupils", lang, count=round(proposed.totals["moved_pupils"]))
    units = say("count.units", lang, count=int(proposed.totals["units_moved"]))
    return say("summary.moves", lang, name=proposed.scenario.name, pupils=pupils, units=units)


def _change(figures: pd.DataFrame, lang: Lang) -> Iterator[str]:
    """Name the school that the proposal changes most; one that is overfull today comes first."""
    changed = figures[figures["pupils_change"].fillna(0) != 0]
    if changed.empty:
        return
    relieved = changed[(changed["band_before"] == OVER.code) & (changed["pupils_change"] < 0)]
    row = (changed if relieved.empty else relieved).sort_values("pupils_change", key=abs).iloc[-1]
    if np.isnan(row["occupancy_share_before"]):
        texts = {when: number(row[f"pupils_{when}"], lang) for when in ("before", "after")}
        yield say("summary.change_pupils", lang, school=row["school"], **texts)
    else:
        texts = {when: occupancy_text(row[f"occupancy_share_{when}"], lang) for when in ("before", "after")}
        yield say("summary.change", lang, school=row["school"], **texts)


def _walk(today: Evaluation, proposed: Evaluation, lang: Lang) -> Iterator[str]:
    before, after = (metres(which.totals["walk_median_m"], lang) for which in (today, proposed))
    if before != after:
        yield say("summary.walk", lang, before=before, after=after)
