"""Pupils and rooms to come in plain sentences, and what past forecasts were worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.council.colours import occupancy_text
from geo.council.figures import by_name, fiction
from geo.council.pupils import overflow_text, overflow_years
from geo.council.words import Lang, note_text, number, say, signed
from geo.model.city import City
from geo.model.levels import Level
from geo.model.note import Note
from geo.model.projection import Projection
from geo.planning.projection.backtest import SCALES, losing_horizons

_ENDS: Final = ("low_pupils", "high_pupils")
_NAMED: Final = 6  # schools in a sentence; the table has them all
_FAR_YEARS: Final = 5  # a school map is planned for about so long


def overflow_sentences(years: pd.DataFrame, names: pd.Series, *, level: Level, lang: Lang) -> str:
    """Say which schools are expected to have more pupils than places, from when on, and which others might."""
    kind = "college" if level == Level.COLLEGE else "school"
    first, last = overflow_years(years), int(years.index.unique("year").max())
    known = years["capacity_pupils"].notna().groupby(level="school_id").any()
    first = first.loc[by_name(names, known.index[known])]
    over = first[first["expected_year"].notna()].sort_values("expected_year", kind="stable")
    maybe = first[first["expected_year"].isna() & first["earliest_year"].notna()]
    told = []
    if len(over):
        schools = _entries(over, names, last=int(years.index.unique("year").min()), lang=lang)
        told.append(
            say(f"pupils.overflow.{kind}.some", lang, count=len(over), all=len(first), last=last, schools=schools)
        )
    elif len(first):
        told.append(say(f"pupils.overflow.{kind}.none", lang, last=last))
    if len(maybe):
        schools = _entries(maybe, names, last=int(years.index.unique("year").min()), lang=lang)
        told.append(say(f"pupils.overflow.{kind}.maybe", lang, count=len(maybe), schools=schools))
    if not known.all():
        told.append(say(f"pupils.overflow.{kind}.unknown", lang, count=int((~known).sum())))
    return " ".join(told)


def starts_from_children(projection: Projection) -> bool:
    """Tell whether the first year is an estimate, for want of rolls."""
    return any(note.code == "projection-from-children" for note in projection.notes)


def school_sentences(row: pd.Series, *, school: str, year: int, share: float, lang: Lang, counted: bool = True) -> str:
    """Say what a school expects in a year: pupils and their interval, places, rooms, risks.

    Parameters
    ----------
    row
        Figures of the school and year, a row of `geo.planning.classes.pressure`.
    school, year
        Name of the school, and the calendar year of the September.
    share
        How often the interval holds [0-1].
    lang
        Language of the sentences.
    counted
        Whether the pupils of the first year are on rolls, and not an estimate.
    """
    certain = not row["high_pupils"] > row["low_pupils"]
    kind = _kind(certain=certain, counted=counted)
    told = {"year": year, "school": school, "pupils": row["pupils"], "places": _places(row, lang)}
    spread = {} if certain else {"low": row["low_pupils"], "high": row["high_pupils"], "chance": chance(share, lang)}
    sentences = [say(f"pupils.sentence.school{kind}", lang, **told, **spread)]
    needed = say("pupils.count.rooms", lang, count=int(row["rooms_needed"]))
    if np.isnan(row["rooms"]):
        sentences.append(say("pupils.sentence.rooms_unknown", lang, needed=needed))
    else:
        ends = {} if certain else {"low": row["low_rooms"], "high": row["high_rooms"]}
        sentences.append(
            say(f"pupils.sentence.rooms{'_last' if certain else ''}", lang, needed=needed, rooms=row["rooms"], **ends)
        )
    risks = {"overflow": row["overflow_probability"], "short": row["short_probability"]}
    if not certain and not np.isnan(list(risks.values())).any():
        sentences.append(say("pupils.sentence.risk", lang, **risks))
    return " ".join(sentences)


def city_sentence(city: City, fan: pd.DataFrame, *, year: int, share: float, lang: Lang) -> str:
    """Say what all public schools expect in a year; `fan` is the `fan_table` of the city."""
    row: pd.Series = fan.loc[year]  # type: ignore[assignment]
    certain = not row["high_pupils"] > row["low_pupils"]
    told = {"year": year, "city": city.name, "pupils": row["pupils"], "places": _places(row, lang)}
    spread = {} if certain else {"low": row["low_pupils"], "high": row["high_pupils"], "chance": chance(share, lang)}
    kind = _kind(certain=certain, counted=bool(pd.notna(row["past_pupils"])))
    return say(f"pupils.sentence.city{kind}", lang, **told, **spread)


def chance(share: float, lang: Lang) -> str:
    """Say how often an interval holds: '8 chances sur 10'; `share` [0-1]."""
    tenths = round(share * 10, 6)
    if tenths.is_integer():
        return say("pupils.chance.tenth", lang, count=int(tenths))
    return say("pupils.chance.hundredth", lang, count=round(share * 100))


def fan_texts(fan: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Write the figures of a chart, or some of them, as a table, the latest year last; all texts in `lang`."""
    rows = [
        {
            "year": str(year),
            **{name: _blank(row[name], lang) for name in fan if name not in _ENDS},
            "interval": _interval(row, lang),
        }
        for year, row in zip(fan.index, fan.to_dict("records"), strict=True)
    ]
    order = ("year", "past_pupils", "pupils", "interval", "capacity_pupils", "before_pupils")
    columns = [name for name in order if name in fan or name in {"year", "interval"}]
    headings = [say(f"pupils.fan.{name}", lang) for name in columns]
    return pd.DataFrame(rows)[columns].set_axis(headings, axis="columns")


def past_rolls(fan: pd.DataFrame, lang: Lang) -> str:
    """List the pupils counted by year; empty without rolls."""
    known = fan["past_pupils"].dropna()
    return ", ".join(say("pupils.fan.roll", lang, year=year, pupils=pupils) for year, pupils in known.items())


def cause_texts(causes: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Write causes as a table: the last rolls, what each cause adds or takes away, the pupils expected."""
    shown = [name for name in causes if name != "revision_pupils" or causes[name].ne(0).any()]
    changes = set(shown) - {"last_roll_pupils", "pupils"}
    rows = [
        [str(year), *((signed if name in changes else number)(row[name], lang) for name in shown)]
        for year, row in zip(causes.index, causes.to_dict("records"), strict=True)
    ]
    headings = [say("pupils.fan.year", lang), *(say(f"pupils.cause.{name}", lang) for name in shown)]
    return pd.DataFrame(rows, columns=headings)


def outlook_notes(city: City, notes: Iterable[Note], lang: Lang) -> list[str]:
    """Say what a reader must know about pupils to come: fiction, rounding, what is estimated, missing or left out."""
    told = [fiction(city, lang), say("pupils.sentence.rounded", lang), *(note_text(note, lang) for note in notes)]
    return [text for text in told if text]


def backtest_table(errors: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Write the errors of past forecasts beside those of 'same as last year', one row a scale and distance.

    Parameters
    ----------
    errors
        As `geo.planning.projection.backtest.error_table` gives them.
    lang
        Language of headings and texts.
    """
    shown = errors[errors.index.get_level_values("scale").isin(SCALES[1:])].reset_index()
    rows = [
        {
            "scale": say(f"projection.backtest.scale_{row['scale']}", lang),
            "horizon": say("projection.backtest.horizon", lang, count=row["horizon"]),
            "forecasts": number(row["forecasts"], lang),
            "averaged": _error(row, "averaged", lang),
            "last_year": _error(row, "last_year", lang),
            "better": say(f"pupils.backtest.{'yes' if row['better_than_last_year'] else 'no'}", lang),
        }
        for _, row in shown.iterrows()
    ]
    table = pd.DataFrame(rows, columns=["scale", "horizon", "forecasts", "averaged", "last_year", "better"])
    headings = [say("pupils.backtest.scale", lang), say("pupils.backtest.distance", lang)]
    headings += [say(f"projection.backtest.{name}", lang) for name in table.columns[2:]]
    return table.set_axis(headings, axis="columns")


def backtest_sentences(projection: Projection, lang: Lang) -> str:
    """Say how far off past forecasts were, and where 'same as last year' did as well; empty without any."""
    errors, least = projection.errors, projection.choices.least_origins
    if "school" not in errors.index.unique("scale"):
        return ""
    schools = errors.xs("school", level="scale")
    far_years = schools.index[min(_FAR_YEARS, len(schools)) - 1]
    near, far = schools.iloc[0], schools.loc[far_years]
    told = [
        say(
            "pupils.backtest.school",
            lang,
            near=_error(near, "averaged", lang),
            last_near=_error(near, "last_year", lang),
        )
    ]
    if len(schools) > 1:
        years = say("pupils.count.years", lang, count=int(far_years))
        told.append(
            say(
                "pupils.backtest.far",
                lang,
                years=years,
                far=_error(far, "averaged", lang),
                last_far=_error(far, "last_year", lang),
            )
        )
    losing = losing_horizons(errors)
    if losing:
        told.append(say("pupils.backtest.worse", lang, years=", ".join(str(year) for year in losing)))
    else:
        told.append(say("pupils.backtest.better", lang))
    few = schools.index[schools["origins"] < least]
    if len(few):
        years = say("pupils.count.years", lang, count=int(few[0]))
        told.append(say("pupils.backtest.few", lang, years=years, least=least))
    return " ".join(told)


def _entries(first: pd.DataFrame, names: pd.Series, *, last: int, lang: Lang) -> str:
    """Name schools with the years in which they first have more pupils than places."""
    shown = first.head(_NAMED)
    told = zip(names.reindex(shown.index), shown.iterrows(), strict=True)
    rows = [overflow_text("entry", row, last=last, lang=lang, school=name) for name, (_, row) in told]
    text = ("\u00a0; " if lang == "fr" else "; ").join(rows)
    rest = len(first) - len(shown)
    return f"{text} {say('pupils.overflow.others', lang, count=rest)}" if rest else text


def _blank(value: float, lang: Lang) -> str:
    return "" if np.isnan(value) else number(value, lang)


def _interval(row: Mapping[Hashable, Any], lang: Lang) -> str:
    if not row["high_pupils"] > row["low_pupils"]:
        return ""
    return say("pupils.fan.between", lang, low=row["low_pupils"], high=row["high_pupils"])


def _kind(*, certain: bool, counted: bool) -> str:
    """Give the ending of the phrase: expected, counted, or estimated to start with."""
    if not certain:
        return ""
    return "_last" if counted else "_start"


def _places(row: pd.Series, lang: Lang) -> str:
    """Say how many places there are and how full they would be; nothing where they are not known."""
    if not row["capacity_pupils"] > 0:
        return ""
    share = occupancy_text(row["pupils"] / row["capacity_pupils"], lang)
    return say("pupils.sentence.places", lang, capacity=row["capacity_pupils"], share=share)


def _error(row: pd.Series, method: str, lang: Lang) -> str:
    pupils = number(row[f"{method}_error_pupils"], lang, digits=1)
    return say("pupils.backtest.error", lang, pupils=pupils, share=row[f"{method}_error_share"])
