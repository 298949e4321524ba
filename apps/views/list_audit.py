"""A street list of any shape, checked against the addresses and drawn sectors of the city."""

from __future__ import annotations

from collections.abc import Iterator

import computed
import geopandas as gpd
import pandas as pd
import streamlit as st
from views.frame import prose
from views.overview_map import blank_map, show
from visits import Visit

from geo.cli.annex import report_counts
from geo.council.listing import blocking_count, finding_table, with_names
from geo.council.listmap import add_homes, home_table, troubled_homes
from geo.council.weblayers import add_ground
from geo.council.words import Lang, fault_text, number, say
from geo.errors import GeoError, SourceError
from geo.sources.street_list_audit import AuditReport

_PRESETS = ("guess", "cartable", "national", "montpellier", "any")
_KINDS = ["csv", "txt", "docx", "xlsx", "ods"]
_MAP_PX = 460
_TABLE_PX = 420
_ROW_PX = 35
# So many findings are told in sentences too: a cell of the table shows one line only.
_TOLD = 8
_WIDTHS_PX = {"blocks": 125, "street": 190, "lines": 110, "addresses": 80, "text": 430, "mend": 330}
# More rows or marks than these help nobody and slow the page; the counts tell all of them.
_MOST_FINDINGS = 500
_MOST_HOMES = 2000
_FINDINGS = ("blocks", "street", "lines", "addresses", "text", "mend")
_HOMES = ("home", "why", "by_list", "drawn", "lines")


def audit_panel(visit: Visit) -> None:
    """Draw the way in for a file, and what is found in it."""
    lang = visit.lang
    st.markdown(prose(say("app.list.audit.intro", lang)))
    left, right = st.columns([3, 2])
    given = left.file_uploader(say("app.list.audit.file", lang), type=_KINDS, key="list_upload")
    preset = right.selectbox(
        say("app.list.audit.columns", lang),
        _PRESETS,
        format_func=lambda one: say(f"app.list.audit.presets.{one}", lang),
        key="list_preset",
    )
    if given is None:
        return
    columns = "" if preset == "guess" else preset
    try:
        report = computed.audit_of(visit, given.name, given.getvalue(), columns=columns)
    except SourceError as error:
        st.error(prose(say("app.list.audit.refused", lang)) + "\n\n" + prose(fault_text(error.fault, lang)))
        return
    except GeoError as error:
        st.error(prose(say("app.list.audit.refused", lang)) + "\n\n" + prose(str(error)))
        return
    _report(visit, report)


def _report(visit: Visit, report: AuditReport) -> None:
    """Draw the verdict, the counts, what was found, and the map."""
    lang = visit.lang
    names = visit.city.tables["schools"]["name"]
    findings = finding_table(with_names(report.findings, names), report.source.refused, lang)
    if report.blocks:
        count = blocking_count(report.findings, report.source.refused)
        st.error(prose(say("annex.not_ready", lang, count=count)))
    else:
        st.success(prose(say("annex.ready", lang)))
    st.caption(prose(say("annex.read", lang, columns=report.source.columns)))
    _counts(report, lang)
    _findings(findings, lang)
    homes = troubled_homes(report.levels, gpd.GeoDataFrame(report.bound.addresses), names=names)
    _map(visit, homes)


def _counts(report: AuditReport, lang: Lang) -> None:
    st.header(say("app.list.audit.counts", lang), anchor=False)
    counts = report_counts(report)
    rows = [(say(f"annex.count.{name}", lang), number(count, lang)) for name, count in counts.items()]
    headings = [say(f"annex.heading.{name}", lang) for name in ("what", "figure")]
    table = pd.DataFrame(rows, columns=headings)
    st.container(key="list_counts").dataframe(
        table, hide_index=True, height="content", alt=say("app.list.audit.counts_alt", lang)
    )


def _findings(findings: pd.DataFrame, lang: Lang) -> None:
    """Draw what was found, what keeps the council from voting first."""
    st.header(say("app.list.audit.findings", lang), anchor=False)
    if findings.empty:
        st.markdown(prose(say("app.list.audit.nothing", lang)))
        return
    st.markdown("\n".join(_sentences(findings.head(_TOLD), lang)))
    if len(findings) > _MOST_FINDINGS:
        st.caption(prose(say("app.list.audit.shown", lang, count=_MOST_FINDINGS, all=len(findings))))
    _words(findings.head(_MOST_FINDINGS), _FINDINGS, "columns_of", lang=lang)


def _sentences(findings: pd.DataFrame, lang: Lang) -> Iterator[str]:
    """Say the first findings and what to do about them."""
    yes = say("list.audit.yes", lang)
    for one in findings.to_dict("records"):
        grave = say(f"annex.heading.{'blocks' if one['blocks'] == yes else 'remark'}", lang)
        mend = say("annex.mend", lang, mend=one["mend"])
        yield f"- **{prose(grave)}** · {prose(one['text'])} {prose(mend)}"


def _map(visit: Visit, homes: gpd.GeoDataFrame) -> None:
    """Draw the addresses without school or of two schools, and the same as a table."""
    lang = visit.lang
    st.header(say("app.list.audit.map", lang), anchor=False)
    if homes.empty:
        st.markdown(prose(say("app.list.audit.map_none", lang)))
        return
    shown = homes.head(_MOST_HOMES)
    if len(homes) > len(shown):
        st.caption(prose(say("app.list.audit.map_more", lang, count=len(shown), all=len(homes))))
    chart = blank_map(visit.city)
    add_ground(chart, visit.city)
    add_homes(chart, shown, lang=lang)
    show(chart, (), height=_MAP_PX, key="list_audit_map")
    st.caption(prose(say("app.list.audit.legend", lang)))
    _words(home_table(shown, lang), _HOMES, "homes", lang=lang)


def _words(table: pd.DataFrame, columns: tuple[str, ...], words: str, *, lang: Lang) -> None:
    """Draw a table of words, at most some ten rows high."""
    tall = (len(table) + 1) * _ROW_PX > _TABLE_PX
    alt = say("app.list.audit.findings_alt" if words == "columns_of" else "app.list.audit.homes_alt", lang)
    st.container(key=f"list_{words}").dataframe(
        table[list(columns)],
        hide_index=True,
        height=_TABLE_PX if tall else "content",
        column_config={
            name: st.column_config.Column(say(f"app.list.audit.{words}.{name}", lang), width=_WIDTHS_PX.get(name))
            for name in columns
        },
        alt=alt,
    )
