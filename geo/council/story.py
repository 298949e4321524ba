"""The key figures of a scenario in words: one table that the app, the command line, the PDF and the CSV print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from geo.council.words import Lang, metres, number, percent, say
from geo.model.city import City
from geo.planning.keyfigures import key_values
from geo.planning.study import Study

COLUMNS: Final = (
    "theme",
    "label",
    "before",
    "after",
    "unit",
    "year",
    "before_text",
    "after_text",
    "sentence",
    "source",
    "main",
)
_INDEX_DIGITS: Final = 2
_MOST_NAMED: Final = 3
_ONE_SIDED: Final = ""


def key_figures(city: City, study: Study, *, lang: Lang) -> pd.DataFrame:
    """Give the key figures of a scenario, each with the texts in which it is told everywhere.

    Returns
    -------
    figures
        Index ``key``. ``theme`` (code) and ``label`` (text); ``before`` and ``after``, numbers in ``unit``, NaN where
        there is none; ``year``, the September; ``before_text`` and ``after_text``, the same as people read them, empty
        where the figure has no such side; ``sentence``; ``source``; ``main``, whether it is one of the first page.
    """
    values = key_values(city, study)
    rows = {str(key): _row(city, dict(row), lang) for key, row in values.iterrows()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("key")


def figure_table(figures: pd.DataFrame, *, lang: Lang) -> pd.DataFrame:
    """Give the figures of the first page as a table for people: headings and values in `lang`.

    Returns
    -------
    table
        Index ``key``; every value a text, a dash where a figure has no such side.
    """
    main = figures[figures["main"]]
    texts = {name: main[f"{name}_text"].mask(main[f"{name}_text"] == _ONE_SIDED, "–") for name in ("before", "after")}
    table = pd.DataFrame({"figure": main["label"].map(capital), **texts, "year": main["year"].astype("str")})
    return table.rename(columns={name: say(f"story.{name}", lang) for name in table})


def year_text_table(figures: pd.DataFrame, *, lang: Lang) -> pd.DataFrame:
    """Give the figures of single years as a table for people: one row a figure and side, one column a September.

    Returns
    -------
    table
        Every value a text, a dash where a figure has no such year.
    """
    single = figures[figures.index.str.fullmatch(r"\w+_\d{4}") & ~figures["theme"].isin(["pupils"])]
    rows: dict[str, dict[str, str]] = {}
    for side in ("before", "after"):
        told = single[single[f"{side}_text"] != _ONE_SIDED]
        for key, label, year, text in zip(told.index, told["label"], told["year"], told[f"{side}_text"], strict=True):
            name = f"{capital(label)}, {say(f'story.{side}', lang).lower()}"
            rows.setdefault(f"{key.rsplit('_', 1)[0]} {side}", {say("story.figure", lang): name})[str(year)] = text
    table = pd.DataFrame.from_dict({key: rows[key] for key in sorted(rows, key=list(rows).index)}, orient="index")
    years = sorted(str(name) for name in table.columns if str(name).isdigit())
    return table[[say("story.figure", lang), *years]].fillna("–") if len(table) else table


def story(figures: pd.DataFrame) -> list[str]:
    """Give the sentences of the figures of the first page, in their order."""
    return [str(sentence) for sentence in figures.loc[figures["main"], "sentence"]]


def _row(city: City, row: Mapping[str, Any], lang: Lang) -> dict[str, object]:
    texts = {when: _text(float(row[when]), str(row["unit"]), lang) for when in ("before", "after")}
    texts |= {} if row["compared"] else {"before": _ONE_SIDED}
    told = {**_told(row["told"], lang), **texts, "year": row["year"]}
    stem = f"story.{row['stem']}"
    label = say(f"{stem}.name", lang, **told)
    return {
        "theme": row["theme"],
        "label": label,
        "before": row["before"],
        "after": row["after"],
        "unit": row["unit"],
        "year": row["year"],
        **{f"{when}_text": text for when, text in texts.items()},
        "sentence": _sentence(row, label, told, lang=lang),
        "source": "; ".join(_sources(city, row["tables"])),
        "main": row["main"],
    }


def _sentence(row: Mapping[str, Any], label: str, told: Mapping[str, object], *, lang: Lang) -> str:
    """Say a figure: changed, the same, of one side only, or not known."""
    if row["unit"] != "year" and math.isnan(row["after"]):
        return say("story.unknown", lang, label=capital(label))
    kind = ("same" if told["before"] == told["after"] else "change") if row["compared"] else "only"
    return say(f"story.{row['stem']}.{kind}", lang, **told)


def _text(value: float, unit: str, lang: Lang) -> str:
    """Write a figure the way of its unit."""
    if unit == "year":
        return say("story.none", lang) if math.isnan(value) else str(int(value))
    if unit == "share":
        return percent(value, lang)
    if unit == "m":
        return metres(value, lang)
    if unit == "EUR":
        return say("story.eur", lang, amount=number(value, lang))
    return number(value, lang, digits=_INDEX_DIGITS if unit == "index" else 0)


def _told(values: Mapping[str, Any], lang: Lang) -> dict[str, object]:
    """Write what a sentence needs beside the figure: names in brackets, ends of an interval, years, money."""
    told = dict(values)
    for name in ("schools_before", "schools_after"):
        if name in told:
            told[name] = f" ({_listed(told[name], lang)})" if told[name] else ""
    for name in ("low", "high"):
        if name in told:
            told[name] = number(float(told[name]), lang)
    if "ahead" in told:
        told["ahead_text"] = say("pupils.count.years", lang, count=told["ahead"])
    if "budget" in told:
        told["budget_text"] = _text(float(told["budget"]), "EUR", lang)
    return told


def _listed(names: Sequence[str], lang: Lang) -> str:
    """Name a few of many, and count the others."""
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return say("story.more", lang, names=shown, count=more) if more > 0 else shown


def _sources(city: City, tables: tuple[str, ...]) -> Iterator[str]:
    for source in city.sources:
        if set(tables) & set(source.tables):
            yield f"{source.publisher}, {source.title} ({source.vintage})"


def capital(text: str) -> str:
    """Give a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
