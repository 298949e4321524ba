"""The school map beside the nearest schools, as people read it: sentences and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from geo.council.figures import by_name, fiction, whole_pupils
from geo.council.words import Lang, level_name, metres, number, percent, say, school_year
from geo.model.city import City
from geo.model.levels import AGES, Level
from geo.model.scenario import Scenario
from geo.planning.applying import schools_under
from geo.planning.catchments import NOWHERE, Catchments

SCHOOL_COLUMNS: Final = (
    "number",
    "school",
    "children",
    "far_share",
    "nearer_share",
    "longer_median_m",
    "walk_median_m",
    "walk_p90_m",
    "nearest_children",
)
PAIR_COLUMNS: Final = ("legal", "nearest", "nearer_children", "longer_m")
LEVEL_COLUMNS: Final = ("level", "beyond_m", "children", "far", "far_part", "far_from_nearest_share", "walk_median_m")
_COUNTS: Final = ("children", "nearest_children", "nearer_children", "far_children")
_TENTHS_FROM, _ALL_FROM, _RAREST = 0.15, 0.95, 100
_TENTHS, _TWENTIETHS = 10, 20
_HALF: Final = 0.5  # fewer children are none in a table of whole numbers


def school_rows(city: City, found: Catchments) -> pd.DataFrame:
    """Give the figures of each school, children as whole numbers that add up.

    Returns
    -------
    rows
        Index ``school_id`` in the order of the names: ``number`` (from 1), ``school`` (name), and the columns of
        `Catchments.schools`.
    """
    names = schools_under(city, found.scenario)["name"]
    rows = found.schools.loc[by_name(names, found.schools.index)]
    whole = rows.assign(**{name: whole_pupils(rows[name]) for name in _COUNTS})
    whole.insert(0, "number", range(1, len(rows) + 1))
    whole.insert(1, "school", names.reindex(rows.index))
    return whole


def pair_rows(city: City, found: Catchments) -> pd.DataFrame:
    """Give who belongs to one school and has a nearer one, most children first; parts of one child are left out.

    Returns
    -------
    rows
        Default index: ``legal, nearest`` (names), ``nearer_children`` [children], ``longer_m`` [m on average].
    """
    names = schools_under(city, found.scenario)["name"]
    pairs = found.pairs
    apart = (pairs["school_id"] != pairs["nearest_id"]) & (pairs["school_id"] != NOWHERE)
    whole = pairs["children"] >= _HALF
    rows = pairs[apart & whole & (pairs["nearest_id"] != NOWHERE)].sort_values(
        "children", ascending=False, kind="stable"
    )
    return pd.DataFrame(
        {
            "legal": names.reindex(rows["school_id"]).to_numpy(),
            "nearest": names.reindex(rows["nearest_id"]).to_numpy(),
            "nearer_children": rows["children"].to_numpy(),
            "longer_m": rows["longer_m"].to_numpy(),
        }
    )


def pair_matrix(found: Catchments) -> pd.DataFrame:
    """Give children by the school of the map (rows) and the nearest one (columns) [children], all of the level in it.

    Both axes have every open school and, where there are such children, the empty text: no school, or no way known.
    """
    axis = [
        *found.schools.index,
        *([NOWHERE] if (found.pairs[["school_id", "nearest_id"]] == NOWHERE).any(axis=None) else []),
    ]
    wide = found.pairs.pivot_table(index="school_id", columns="nearest_id", values="children", aggfunc="sum")
    return wide.reindex(index=pd.Index(axis, name="school_id"), columns=axis).fillna(0.0)


def level_rows(levels: Sequence[Catchments], lang: Lang) -> pd.DataFrame:
    """Give the share of children who live far from their school, one row a level.

    Returns
    -------
    rows
        Index of the levels, columns `LEVEL_COLUMNS`: the level in words, its distance [m], children who have a school
        and those beyond it [children], their share, the share of those whose nearest school is beyond it, and the
        median walk [m].
    """
    rows = {
        str(found.level): {
            "level": level_name(found.level, lang),
            "beyond_m": found.beyond_m,
            "children": round(found.totals["sector_children"]),
            "far": round(found.totals["far_children"]),
            "far_part": found.totals["far_share"],
            "far_from_nearest_share": found.totals["far_from_nearest_share"],
            "walk_median_m": found.totals["walk_median_m"],
        }
        for found in levels
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(LEVEL_COLUMNS))


def column_name(column: str, found: Catchments, lang: Lang) -> str:
    """Name a column for the heading of a table: 'Part à plus de 800 m'."""
    return say(f"catchments.column.{column}", lang, beyond=found.beyond_m)


def column_meaning(column: str, lang: Lang) -> str:
    """Say what a column means in a sentence."""
    return say(f"catchments.meaning.{column}", lang)


def figure_text(column: str, value: object, lang: Lang) -> str:
    """Write one figure the way of its column; a dash where there is nobody."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float | np.number) or math.isnan(float(value)):
        return say("portrait.nobody", lang)
    figure = float(value)
    if column.endswith(("_share", "_part")):
        return percent(figure, lang)
    return metres(figure, lang) if column.endswith("_m") else number(figure, lang)


def written(rows: pd.DataFrame, columns: Sequence[str], found: Catchments, *, lang: Lang) -> pd.DataFrame:
    """Give a table for people: headings and figures as texts."""
    texts = {
        column_name(name, found, lang): [figure_text(name, value, lang) for value in rows[name]] for name in columns
    }
    return pd.DataFrame(texts, index=rows.index)


def summary(city: City, today: Catchments, proposed: Catchments, *, lang: Lang) -> str:
    """Say in a few plain sentences who is far, who has a nearer school, and what the proposal changes."""
    shown = list(sentences(today, lang))
    if proposed.scenario.key != today.scenario.key:
        shown.append(_change(today, proposed, lang))
    return " ".join(sentence for sentence in (*shown, fiction(city, lang)) if sentence)


def walking_summary(free: Catchments, found: Catchments, lang: Lang) -> str:
    """Say what not crossing streets, and hills, do to walks; `free` is the same map where all may be crossed."""
    told: dict[str, object] = {"beyond": found.beyond_m}
    for name, one in (("free", free), ("now", found)):
        told[f"far_{name}"] = children_text(one.totals["far_children"], lang)
        told[f"walk_{name}"] = one.totals["walk_median_m"]
    lost = found.totals["no_way_children"] - free.totals["no_way_children"]
    end = "" if _none(lost) else " " + say("walking.lost", lang, count=max(round(lost), 1))
    return say("walking.beside", lang, **told) + end


def minutes_text(found: Catchments, lang: Lang) -> str:
    """Say how long the walks to the school of the sector take at the pace of the level; empty where none is known."""
    pace, walks = found.scenario.walking.pace, [found.totals[name] for name in ("walk_median_m", "walk_p90_m")]
    if not all(math.isfinite(walk_m) for walk_m in walks):
        return ""
    median, most = (math.ceil(pace.minutes(found.level, walk_m)) for walk_m in walks)
    return say("catchments.minutes", lang, speed=pace.speed_km_h(found.level), median=median, most=most)


def sentences(found: Catchments, lang: Lang) -> Iterator[str]:
    """Say who lives far from their school, who would in any sector, and who has a nearer school."""
    totals, kind = found.totals, "college" if found.level == Level.COLLEGE else "school"
    if totals["sector_children"] <= 0:
        yield say("catchments.nobody", lang)
        return
    told = {"beyond": found.beyond_m}
    if _none(totals["far_children"]):
        yield say(f"catchments.far.none.{kind}", lang, **told)
    else:
        count, of = fraction(totals["far_share"])
        both = {"share": totals["far_share"], "children": children_text(totals["far_children"], lang)}
        yield say(f"catchments.far.part.{kind}", lang, count=count, of=of, **both, **told)
        anyway = totals["far_from_nearest_children"]
        key = "all_within" if _none(anyway) else "anyway"
        yield say(
            f"catchments.far.{key}",
            lang,
            **told,
            **({} if _none(anyway) else {"children": children_text(anyway, lang)}),
        )
    if _none(totals["nearer_children"]):
        yield say(f"catchments.nearer.none.{kind}", lang)
    else:
        both = {"share": totals["nearer_share"], "children": children_text(totals["nearer_children"], lang)}
        yield say(f"catchments.nearer.some.{kind}", lang, longer=totals["longer_median_m"], **both)


def fraction(share: float) -> tuple[int, int]:
    """Give a share [0-1] as people say it, so many out of so many.

    >>> fraction(0.28), fraction(0.5), fraction(0.04), fraction(0.97)
    ((3, 10), (1, 2), (1, 25), (19, 20))
    """
    if share < _TENTHS_FROM:
        return 1, min(round(1 / share), _RAREST) if share > 0 else _RAREST
    if share > _ALL_FROM:
        return (_TWENTIETHS - 1, _TWENTIETHS) if share < 1 else (_TENTHS, _TENTHS)
    tenths = min(round(share * _TENTHS), _TENTHS - 1)
    return (1, 2) if tenths * 2 == _TENTHS else (tenths, _TENTHS)


def children_text(count: float, lang: Lang) -> str:
    """Write a count of children with its noun, at least one where there is a part of one."""
    return say("catchments.children", lang, count=max(round(count), 1) if count > 0 else 0)


def ages_text(found: Catchments, lang: Lang) -> str:
    """Say which children are counted, and when."""
    ages = AGES[found.level]
    return say("catchments.ages", lang, first=ages[0], last=ages[-1], year=school_year(found.year, lang))


def home_name(city: City, address_id: str) -> str:
    """Name an address: '12 bis rue des Lilas'."""
    home = city.tables["addresses"].loc[address_id]
    number = f"{home['number']} {str(home['suffix']).lower()}".strip() if home["number"] else ""
    return say("list.audit.home", "fr", number=number, street=home["street_name"]).strip()


def home_sentences(home: pd.Series, names: pd.Series, *, scenario: Scenario, lang: Lang) -> list[str]:
    """Say of one address how far the school of its sector is, and the nearest one.

    Parameters
    ----------
    home
        A row of `Catchments.homes`.
    names
        Names of the schools, index ``school_id``.
    scenario
        What the walks were counted for; it says how fast the children of its level walk.
    lang
        Language of the sentences.
    """
    own, nearest = (
        NOWHERE if home[name] == NOWHERE else str(names[home[name]]) for name in ("school_id", "nearest_id")
    )
    told = (
        [_walk_to("own", own, home["walk_m"], scenario=scenario, lang=lang)]
        if own
        else [say("catchments.home.no_school", lang)]
    )
    if not nearest:
        return [*told, say("catchments.home.no_way", lang)]
    if own and home["longer_m"] <= 0:
        return [*told, say("catchments.home.same", lang)]
    told.append(_walk_to("nearest", nearest, home["nearest_m"], scenario=scenario, lang=lang))
    if own and np.isfinite(home["longer_m"]):
        told.append(say("catchments.home.longer", lang, longer=home["longer_m"]))
    return told


def speed_text(scenario: Scenario, lang: Lang) -> str:
    """Say how fast the children of a level are taken to walk."""
    return say("catchments.home.speed", lang, speed=scenario.walking.pace.speed_km_h(scenario.level))


def _walk_to(which: str, school: str, walk_m: float, *, scenario: Scenario, lang: Lang) -> str:
    if math.isinf(walk_m):
        return say(f"catchments.home.{which}_unreached", lang, school=school)
    minutes = math.ceil(scenario.walking.pace.minutes(scenario.level, walk_m))
    return say(f"catchments.home.{which}", lang, school=school, walk=walk_m, count=minutes)


def _none(children: float) -> bool:
    return children <= 0


def _change(today: Catchments, proposed: Catchments, lang: Lang) -> str:
    told: dict[str, object] = {}
    for name in ("far", "nearer"):
        told[f"{name}_before"] = round(today.totals[f"{name}_children"])
        told[f"{name}_after"] = children_text(proposed.totals[f"{name}_children"], lang)
    return say("catchments.change", lang, name=proposed.scenario.name, beyond=today.beyond_m, **told)
