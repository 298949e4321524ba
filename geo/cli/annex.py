"""``cartable annex``: street lists read, matched and audited on any files, without a city folder."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final

import geopandas as gpd
import pandas as pd
import typer

from geo.cli.annex_drawing import draw
from geo.cli.annex_writing import diff, write
from geo.cli.opening import JsonOption, LangOption
from geo.cli.teller import Teller
from geo.council.auditmap import write_audit_map
from geo.council.findings import finding_text, mend_text
from geo.council.words import fault_text, number, say
from geo.errors import Fault
from geo.sources.street_list_audit import AuditFiles, AuditReport, audit_files
from geo.territory.annex.audit import NONE, ONCE, SEVERAL, LevelAudit
from geo.territory.annex.findings import KINDS, Finding

BLOCKED: Final = 1
_SHOWN: Final = 10
_TOLD: Final = (
    "rows_read", "rows_refused", "addresses", "resolved_once", "resolved_several", "unresolved",
    "compared_with_polygons", "outside_polygons", "disagree_with_polygons", "contradictions", "holes",
    "shared_sectors", "shared_communes", "silent_sides", "border_streets",
)  # fmt: skip

annex = typer.Typer(help="Street lists: the legal map of a school sector.", no_args_is_help=True)
annex.command()(write)
annex.command()(diff)
annex.command()(draw)


@annex.callback()
def main() -> None:
    """Street lists: the legal map of a school sector."""


@annex.command()
def audit(
    street_list: Annotated[Path, typer.Argument(metavar="LIST", help="The street list: CSV, XLSX, ODS, or a layer.")],
    addresses: Annotated[
        Path | None,
        typer.Option("--addresses", help="The address base: CSV as the national one, or a layer of points."),
    ] = None,
    polygons: Annotated[Path | None, typer.Option("--polygons", help="The drawn sectors: any layer.")] = None,
    columns: Annotated[
        str, typer.Option("--columns", help="Preset (national, montpellier, cartable, any) or a MAPPING.toml.")
    ] = "",
    insee: Annotated[str, typer.Option("--insee", help="INSEE code of the only commune to look at.")] = "",
    level: Annotated[str, typer.Option("--level", help="The only level to look at.")] = "",
    chart: Annotated[
        Path | None, typer.Option("--map", help="Map of what is wrong: .html, .gpkg, .geojson or .fgb.")
    ] = None,
    lang: LangOption = "fr",
    as_json: JsonOption = False,
) -> None:
    """Check a street list: contradictions, holes, unknown streets, addresses where list and drawn sectors disagree.

    Ends with status 1 if anything keeps a council from voting, 2 if a file cannot be read.
    Example: `cartable annex audit street_list.csv --addresses adresses-35.csv --polygons sectors.gpkg`
    """
    told = Teller(lang, as_json=as_json)
    with told.refusals():
        files = AuditFiles(street_list, addresses, polygons, columns=columns, insee=insee, level=level)
        report = told.busy("annex.auditing", lambda: audit_files(files), name=street_list.name)
        counts = report_counts(report)
        _tell(told, report, counts)
        note = _polygons_note(told, files, report)
        if note:
            told.say(note)
        if chart:
            homes = gpd.GeoDataFrame(report.bound.addresses)
            count = write_audit_map(report.levels, homes, chart, lang=told.lang)
            told.say(f"{chart} ({say('annex.map.count', told.lang, count=count)})")
        told.result(_report_json(report, counts, told) | {"polygons_note": note or None})
    raise typer.Exit(BLOCKED if report.blocks else 0)


def report_counts(report: AuditReport) -> dict[str, int | None]:
    """Give the counts of a report; what could not be counted is None."""
    kinds = Counter(finding.kind for finding in report.findings)
    homes, drawn = len(report.states), report.has_sectors
    return {
        "rows_read": report.source.read,
        "rows_refused": len(report.source.refused),
        "addresses": homes,
        "resolved_once": report.count(ONCE) if homes else None,
        "resolved_several": report.count(SEVERAL) if homes else None,
        "unresolved": report.count(NONE) if homes else None,
        "compared_with_polygons": report.compared if drawn else None,
        "outside_polygons": report.outside_sectors if drawn else None,
        "disagree_with_polygons": report.disagreeing if drawn else None,
        "contradictions": kinds["contradiction"],
        "holes": kinds["hole"] if homes else sum(len(level.gaps) for level in report.levels),
        "shared_sectors": sum(sector.streets > 0 for level in report.levels for sector in level.together),
        "shared_communes": sum(sector.communes for level in report.levels for sector in level.together),
        "silent_sides": sum(level.silent_sides for level in report.levels),
        "border_streets": sum(len(level.border_streets) for level in report.levels),
    }


# For a person --------------------------------------------------------------------------------------------------------


def _tell(told: Teller, report: AuditReport, counts: dict[str, int | None]) -> None:
    told.say(say("annex.read", told.lang, columns=report.source.columns))
    figures = [(say(f"annex.count.{name}", told.lang), number(counts[name], told.lang)) for name in _TOLD]
    told.table(pd.DataFrame(figures, columns=[say(f"annex.heading.{name}", told.lang) for name in ("what", "figure")]))
    for fault in report.source.refused[:_SHOWN]:
        told.say(f"- {fault_text(fault, told.lang)}")
    _tell_more(told, len(report.source.refused))
    for blocks, heading in ((True, "annex.heading.blocks"), (False, "annex.heading.remark")):
        own = [finding for finding in report.findings if finding.blocks is blocks]
        if own:
            told.say(f"\n{say(heading, told.lang)}")
        for _, group in groupby(sorted(own, key=_order), key=_order):
            _tell_kind(told, list(group))
    blocking = len(report.source.refused) + sum(finding.blocks for finding in report.findings)
    told.say("\n" + (say("annex.not_ready", told.lang, count=blocking) if blocking else say("annex.ready", told.lang)))


def _polygons_note(told: Teller, files: AuditFiles, report: AuditReport) -> str:
    """Say that drawn sectors were given and could not be compared with any address; empty if they could."""
    if files.polygons is None or report.states.empty or report.has_sectors:
        return ""
    return say("annex.polygons_apart", told.lang, name=files.polygons.name, count=len(report.states))


def _order(finding: Finding) -> int:
    """Give the place of the kind of a finding: the gravest first."""
    return list(KINDS).index(finding.kind)


def _tell_kind(told: Teller, findings: list[Finding]) -> None:
    for finding in findings[:_SHOWN]:
        told.say(f"- {finding_text(finding, told.lang)}")
        told.say(f"  {say('annex.mend', told.lang, mend=mend_text(finding, told.lang))}")
    _tell_more(told, len(findings))


def _tell_more(told: Teller, count: int) -> None:
    if count > _SHOWN:
        told.say(say("annex.more", told.lang, count=count - _SHOWN))


# For a program -------------------------------------------------------------------------------------------------------


def _report_json(report: AuditReport, counts: dict[str, int | None], told: Teller) -> dict[str, Any]:
    return {
        **counts,
        "blocks_vote": report.blocks,
        "columns": report.source.columns,
        "holes_counted_by": "addresses" if len(report.states) else "rows",
        "addresses_elsewhere": report.addresses_elsewhere,
        "addresses_refused": len(report.refused_addresses),
        "findings_by_kind": dict(Counter(finding.kind for finding in report.findings)),
        "shared": [
            {"level": level.level, "schools": sorted(one.schools), "streets": one.streets, "communes": one.communes}
            for level in report.levels
            for one in level.together
        ],
        "gaps": [
            {"level": level.level, "street": street, "side": side, "first": first, "last": last}
            for level in report.levels
            for street, side, first, last in level.gaps.itertuples(index=False, name=None)
        ],
        "findings": [
            *(_finding_json(finding, level.level, told) for level in report.levels for finding in level.findings),
            *(_finding_json(finding, "", told) for finding in report.drawing_findings),
        ],
        "refused": [_fault_json(fault, told) for fault in (*report.source.refused, *report.refused_addresses)],
        "disagreements": [row for level in report.levels for row in _disagreements(report, level)],
        "unresolved_addresses": [row for level in report.levels for row in _unresolved(report, level)],
    }


def _finding_json(finding: Finding, level: str, told: Teller) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "blocks": finding.blocks,
        "level": level,
        "street": finding.street,
        "lines": list(finding.lines),
        "addresses": finding.addresses,
        "text": finding_text(finding, told.lang),
        "mend": mend_text(finding, told.lang),
        "values": dict(finding.values),
    }


def _fault_json(fault: Fault, told: Teller) -> dict[str, Any]:
    names = ("rule", "file", "line", "column", "expected", "got", "remedy")
    return {name: getattr(fault, name) for name in names} | {"text": fault_text(fault, told.lang)}


def _disagreements(report: AuditReport, level: LevelAudit) -> list[dict[str, Any]]:
    return report.listed(level, level.decisions["disagrees"])


def _unresolved(report: AuditReport, level: LevelAudit) -> list[dict[str, Any]]:
    return report.listed(level, level.decisions["state"] == NONE)
