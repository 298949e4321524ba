"""What the two-page summary for the council says: every text, number and colour, ready to be set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from geo.council.captions import map_title
from geo.council.colours import BANDS
from geo.council.decisions import decision_sentences, mover_sentences
from geo.council.figures import by_name, fiction, school_figures
from geo.council.outlook import chance
from geo.council.story import capital, figure_table
from geo.council.words import Lang, level_name, note_text, number, percent, say, school_year
from geo.council.yearcells import year_rows
from geo.model.city import City
from geo.planning.applying import schools_under
from geo.planning.keyfigures import THEMES
from geo.planning.mix import compare_mix
from geo.planning.study import Study

Content = dict[str, Any]

_MOST_SCHOOLS: Final = 8  # in the small tables of the second page
_NO_SIDE: Final = "–"
_BESIDE_YARDS: Final = "yards-estimated"  # a table of guessed outlines is not to be read without it
_GREENING: Final = ("yards_greened", "trees_planted", "greening_eur")
_BY_YEAR: Final = ("moved_pupils", "changing_pupils", "kept_pupils")


def briefing(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang, date: dt.date) -> Content:
    """Give what the two pages say, as plain texts, lists and tables.

    Parameters
    ----------
    city, study
        The city and the scenario.
    figures
        What `geo.council.story.key_figures` gives: its texts are the figures of the pages.
    lang
        Language of all words.
    date
        Date of the edition.
    """
    return {
        "lang": lang,
        "author": city.name,
        "title": say("brief.title", lang, name=study.scenario.name),
        "subtitle": _subtitle(city, study, lang),
        "banner": say("fictional.short", lang) if city.fictional else None,
        "fiction": fiction(city, lang) or None,
        "footer": say("brief.footer", lang, city=city.name, day=date),
        "decides": {
            "heading": say("brief.decides", lang),
            "paragraphs": [" ".join(decision_sentences(city, study, lang=lang))],
        },
        "figures": _figures(figures, lang),
        "map": _map(city, study, lang),
        "legend": [
            {
                "fill": band.fill,
                "ink": band.ink,
                "hatched": bool(band.hatch),
                "name": f"{band.name(lang)}, {band.limits(lang)}",
            }
            for band in BANDS
        ],
        "years": year_rows(city, study, figures, lang=lang) if study.transition else None,
        "movers": _movers(city, study, figures, lang=lang) if study.transition else None,
        "mix": _mix(city, study, figures, lang=lang),
        "yards": _yards(city, study, figures, lang=lang),
        "limits": {"heading": say("brief.limits", lang), "paragraphs": list(_limits(study, lang))},
        "sources": {"heading": say("map.sources", lang), "paragraphs": [" ".join(_sources(study, lang))]},
    }


def _subtitle(city: City, study: Study, lang: Lang) -> str:
    return say(
        "brief.subtitle",
        lang,
        city=city.name,
        level=level_name(study.scenario.level, lang),
        year=school_year(study.scenario.start_year, lang),
    )


def _figures(figures: pd.DataFrame, lang: Lang) -> Content:
    """Give the figures of the first page, by theme."""
    table = figure_table(figures, lang=lang)
    themes = figures.loc[table.index, "theme"]
    groups = [
        {
            "name": say(f"story.theme.{theme}", lang),
            "rows": [
                dict(zip(("label", "before", "after", "year"), row, strict=True))
                for row in table[themes == theme].to_numpy().tolist()
            ],
        }
        for theme in THEMES
        if (themes == theme).any()
    ]
    return {"heading": say("story.heading", lang), "head": list(table.columns), "groups": groups}


def _map(city: City, study: Study, lang: Lang) -> Content:
    moved = bool(study.proposed.totals["units_moved"])
    schools = school_figures(city, study.today, study.proposed)["school"]
    numbered = ", ".join(f"{place} {name}" for place, name in enumerate(schools, start=1))
    return {
        "alt": say("brief.map.alt", lang, map=map_title(study.proposed, lang)),
        "moved": say("map.sign.moved", lang) if moved else None,
        "caption": say("brief.map.caption", lang, year=school_year(study.proposed.year, lang))
        + (f" {numbered}." if len(schools) <= 2 * _MOST_SCHOOLS else ""),
    }


def _movers(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang) -> Content:
    """Give who moves, one column a year, in the texts of the key figures."""
    rows, years = [], []
    for name in _BY_YEAR:
        own = figures[figures.index.str.fullmatch(rf"{name}_\d{{4}}")]
        years = [str(year) for year in own["year"]]
        rows.append([capital(str(own["label"].iloc[0])), *own["after_text"]] if len(own) else [])
    return {
        "heading": say("brief.movers", lang),
        "paragraphs": [" ".join(mover_sentences(city, study, figures, lang=lang))],
        "head": [say("story.figure", lang), *years],
        "columns": years,
        "rows": [row for row in rows if row],
    }


def _mix(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang) -> Content:
    """Give the schools with most pupils of priority quarters."""
    both = compare_mix(study.mix_before, study.mix_after)
    names = schools_under(city, study.scenario)["name"]
    shares = both[["qpv_share_before", "qpv_share_after"]].dropna(how="all")
    order = by_name(names, shares.index)
    shown = shares.loc[order].sort_values("qpv_share_after", ascending=False, kind="stable").head(_MOST_SCHOOLS)
    rows = [
        [str(names[school]), *(_NO_SIDE if pd.isna(share) else percent(float(share), lang) for share in row)]
        for school, row in zip(shown.index, shown.to_numpy().tolist(), strict=True)
    ]
    return {
        "heading": say("brief.mix.heading", lang),
        "head": [say(f"brief.mix.{name}", lang) for name in ("school", "before", "after")],
        "columns": ["before", "after"],
        "rows": rows,
        "paragraphs": [
            *_sentences(figures, "mix"),
            *(
                [say("brief.more", lang, count=len(shares) - len(shown), file="mix.csv")]
                if len(shares) > len(shown)
                else []
            ),
        ],
    }


def _yards(city: City, study: Study, figures: pd.DataFrame, *, lang: Lang) -> Content:
    """Give the sunniest yards."""
    table = study.yards.table
    names = schools_under(city, study.scenario)["name"]
    known = table[table["unshaded_share_before"].notna() & ~table["closed"]]
    shown = known.sort_values("unshaded_share_before", ascending=False, kind="stable").head(_MOST_SCHOOLS)
    rows = [
        [
            str(names[str(school)]),
            percent(row["unshaded_share_before"], lang),
            percent(row["unshaded_share_after"], lang),
            number(row["shaded_m2_per_pupil_after"], lang, digits=1),
        ]
        for school, row in shown.iterrows()
    ]
    more = len(known) - len(shown)
    return {
        "heading": say("brief.yards.heading", lang),
        "head": [say(f"brief.yards.{name}", lang) for name in ("school", "before", "after", "shade")],
        "columns": ["before", "after", "shade"],
        "rows": rows,
        "paragraphs": [
            " ".join(figures.loc[figures.index.isin(_GREENING), "sentence"])
            if rows
            else say("playground.sentence.no_yard", lang),
            *([say("brief.more", lang, count=more, file="yards.csv")] if more > 0 else []),
            *(note_text(note, lang) for note in study.yards.notes if note.code == _BESIDE_YARDS),
        ],
    }


def _sentences(figures: pd.DataFrame, theme: str) -> list[str]:
    return [" ".join(figures.loc[figures["main"] & (figures["theme"] == theme), "sentence"])]


def _limits(study: Study, lang: Lang) -> Iterator[str]:
    """Say what the figures are worth: fixed limits of the methods first, then the remarks of this city."""
    if study.transition is not None:
        yield say("brief.limit.expected", lang, chance=chance(study.transition.before.choices.interval_share, lang))
    yield say("brief.limit.map", lang)
    if study.yards.before.yards:
        yield say("playground.limit.shade", lang)
    if len(study.yards.trees):
        yield say("playground.limit.cost", lang)
    yield from (note_text(note, lang) for note in study.notes if note.code not in {"table-missing", _BESIDE_YARDS})


def _sources(study: Study, lang: Lang) -> Iterator[str]:
    for source in study.sources:
        told = {"publisher": source.publisher, "title": source.title}
        yield say("map.source", lang, **told, vintage=source.vintage, licence=source.licence)
