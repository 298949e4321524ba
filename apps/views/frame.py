"""What stands around every page: head, foot, messages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import shared
import streamlit as st
from visits import LANG, Visit, language

from geo.council.captions import note_lines
from geo.council.colours import BANDS, UNKNOWN, Band
from geo.council.words import LANGS, Lang, fault_text, level_name, say, school_year
from geo.errors import CityError, Fault, GeoError, SourceError
from geo.model.city import City
from geo.model.evaluation import Evaluation
from geo.model.levels import Level
from geo.model.source import Source

# From so many faults on the list scrolls, within this height [px].
_MANY, _LIST_PX = 12, 520
_LANGUAGE_OF_PAGE = """
export default function ({ data }) { document.documentElement.lang = data.lang; }
"""


def style() -> None:
    """Lay the pages out closer than Streamlit does."""
    st.html(Path(__file__).parent / "page.css")


def prose(text: str) -> str:
    """Write a text so that no sign in it is taken for markup."""
    return re.sub(r"([\\`*_{}\[\]<>$~#|:])", r"\\\1", text)


def head(pages: Sequence[Any], city: City) -> None:
    """Draw the ways to the pages, and the choice of the level of schooling and of the language."""
    lang = language()
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.markdown(f"**{prose(say('app.name', lang))}**", width="content")
        for page in pages:
            st.page_link(page, query_params=shared.address())
        st.segmented_control(
            say("app.level", lang),
            [str(level) for level in city.current],
            format_func=lambda one: capital(level_name(Level(one), lang)),
            key=shared.LEVEL,
            required=True,
            label_visibility="collapsed",
        )
        language_switch()


def language_switch() -> None:
    """Draw the choice of the language."""
    lang = language()
    st.segmented_control(
        say("app.language", lang),
        LANGS,
        format_func=lambda one: say(f"app.languages.in_{one}", lang),
        key=LANG,
        required=True,
        label_visibility="collapsed",
    )


def title(key: str, visit: Visit) -> None:
    """Draw the title of the page: its name, the city, what is not real about it, the level and the year."""
    lang, city = visit.lang, visit.city
    st.title(f"{prose(say(key, lang))} · {prose(city.name)}", anchor=False)
    what = f"{prose(say(f'level.{visit.level}.map', lang))} · {prose(school_year(visit.today.year, lang))}"
    if city.fictional:
        what += f" :orange-badge[{prose(say('fictional.short', lang))}]"
    st.markdown(what)
    _notice(lang)


def _notice(lang: Lang) -> None:
    notice = shared.desk().notice
    if notice is None:
        return
    box = {"success": st.success, "warning": st.warning, "error": st.error}[notice.kind]
    text = prose(say(notice.key, lang, **notice.values))
    if notice.detail:
        text += "\n\n" + prose(say("app.notice.detail", lang, detail=notice.detail))
    box(text)


def legend(bands: Iterable[str], lang: Lang) -> None:
    """Draw the classes of occupancy: a colour, a hatch where it matters, a name and limits."""
    classes((*BANDS, UNKNOWN) if UNKNOWN.code in set(bands) else BANDS, lang)


def classes(shown: Iterable[Band], lang: Lang, *, signs: Mapping[str, str] | None = None) -> None:
    """Draw classes of a figure: a colour, a hatch where it matters or the sign of its cells, a name and limits."""
    named = {band: f"{capital(band.name(lang))} ({band.limits(lang)})" for band in shown}
    samples(named, signs=signs)


def samples(named: Mapping[Band, str], *, signs: Mapping[str, str] | None = None) -> None:
    """Draw classes of a figure with these words: a colour, a hatch where it matters or the sign of its cells."""
    keys = " ".join(
        _key(band, words, None if signs is None else signs.get(band.code, "")) for band, words in named.items()
    )
    st.html(f"<p style='margin:0;line-height:1.8'>{keys}</p>")


def which_map(visit: Visit, key: str) -> tuple[Evaluation, str]:
    """Draw the choice of the map shown; give its figures and the ending of their columns.

    Those of today, or of the work in hand if there is one and it is chosen.
    """
    if visit.work.scenario.changes_nothing:
        return visit.today, "before"
    names = {"before": say("app.overview.today", visit.lang), "after": visit.work.scenario.name}
    when = st.segmented_control(
        say("app.overview.which", visit.lang),
        list(names),
        format_func=names.__getitem__,
        default="before",
        required=True,
        key=key,
    )
    return (visit.proposed, "after") if when == "after" else (visit.today, "before")


def foot(visit: Visit, shown: Evaluation) -> None:
    """Draw the remarks and the sources of the figures that are shown."""
    remarks(note_lines(visit.city, shown, visit.lang), shown.sources, visit.lang)


def remarks(notes: Iterable[str], sources: Iterable[Source], lang: Lang) -> None:
    """Draw remarks and sources side by side."""
    st.divider()
    left, right = st.columns(2)
    with left:
        st.header(say("app.foot.notes", lang), anchor=False)
        st.markdown(_items(notes))
    with right:
        st.header(say("app.foot.sources", lang), anchor=False)
        st.markdown("\n".join(f"- {_source(source, lang)}" for source in sources))


def refusal(error: GeoError) -> None:
    """Say why the city or its figures cannot be shown, and what to do about it."""
    lang = language()
    if not shared.has_begun():
        language_switch()
    st.title(say("app.refusal.title", lang), anchor=False)
    if isinstance(error, CityError):
        st.error(prose(say("app.refusal.faults", lang, city=error.city, count=len(error.faults))))
        _faults(error.faults, lang)
    elif isinstance(error, SourceError):
        st.error(prose(fault_text(error.fault, lang)))
    else:
        st.error(prose(say("app.refusal.other", lang)) + "\n\n" + prose(str(error)))
    st.markdown(prose(say("app.refusal.help", lang)))


def page_language() -> None:
    """Tell browsers and screen readers the language of the page; Streamlit itself always says English."""
    tell = st.components.v2.component("cartable_language", js=_LANGUAGE_OF_PAGE)
    tell(data={"lang": language()}, key="page_language")


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def attribution(visit: Visit, tables: Collection[str], *, words: str = "app.map.attribution") -> str:
    """Say on a map whose data it shows, those of `tables`; or that none of it is real."""
    if visit.city.fictional:
        return say("fictional.short", visit.lang)
    publishers = dict.fromkeys(one.publisher for one in visit.city.sources if not set(tables).isdisjoint(one.tables))
    return say(words, visit.lang, publishers=", ".join(publishers))


def _faults(faults: Sequence[Fault], lang: Lang) -> None:
    with st.container(height=_LIST_PX if len(faults) > _MANY else "content", border=False):
        st.markdown(_items(fault_text(fault, lang) for fault in faults))


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"- {prose(text)}" for text in texts)


def _source(source: Source, lang: Lang) -> str:
    name = f"{source.publisher}, {source.title} ({source.vintage})"
    linked = f"[{prose(name)}]({source.url})" if source.url else prose(name)
    note = f" {prose(source.note)}" if source.note else ""
    return f"{linked}. {prose(say('app.foot.licence', lang, licence=source.licence))}{note}"


def _key(band: Band, words: str, sign: str | None = None) -> str:
    """Draw one class of the legend; where cells have signs, they have no hatch."""
    hatched = band.hatch and sign is None
    hatch = f"repeating-linear-gradient(45deg,{band.ink} 0 1px,transparent 1px 5px)," if hatched else ""
    swatch = (
        "display:inline-block;min-width:1.6em;height:1.1em;line-height:1.1em;vertical-align:-0.1em;margin-right:.4em;"
        f"border:1px solid #444;text-align:center;font-size:.9em;color:{band.ink};background:{hatch}{band.fill}"
    )
    return (
        "<span style='white-space:nowrap;margin-right:1.2em'>"
        f"<span style='{swatch}'>{sign or '&nbsp;'}</span>{words}</span>"
    )
