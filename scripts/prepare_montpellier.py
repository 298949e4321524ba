"""Make a data folder of Montpellier (about 2013) from the files of its open data portal.

Example: python scripts/prepare_montpellier.py ../shared/data/montpellier out/montpellier-data
Then: cartable evaluate --data out/montpellier-data ... or cartable app --data out/montpellier-data
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from geo.errors import GeoError
from geo.sources.montpellier import STEPS, prepare

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the folder, and tell what was matched, estimated and left out; the exit code is 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with the files of the portal, at any depth")
    parser.add_argument("out", type=Path, help="data folder to make")
    parser.add_argument("--json", action="store_true", help="write the summary as JSON on standard output")
    asked = parser.parse_args(arguments)
    try:
        summary = _prepare(asked.folder, asked.out)
    except GeoError as error:
        print(error, file=sys.stderr)
        return REFUSED
    if asked.json:
        print(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(summary, asked.out)))
    return 0


def _prepare(folder: Path, out: Path) -> dict[str, Any]:
    """Prepare the folder with a progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=len(STEPS))

        def progress(step: str) -> None:
            bar.update(task, description=STEPS[step], completed=list(STEPS).index(step))

        summary = prepare(folder, out, progress=progress)
        bar.update(task, completed=len(STEPS))
    return summary


def _told(summary: Mapping[str, Any], out: Path) -> list[str]:
    """Say in plain words what was made and what must be known before it is used."""
    counts = ", ".join(f"{summary[name]:,} {name}" for name in ("schools", "streets", "addresses", "units"))
    lines = [f"{out}: {counts}; school year {summary['school_year']}."]
    for level, told in summary["levels"].items():
        lines += [
            f"{level}: {told['sectors']} sectors, {told['schools']} schools, {told['list_rows']:,} street list rows.",
            f"  rows left out: {told['rows_left_out']} (no street, or in the sector of a school that the list lacks)",
            f"  street list and drawn sectors agree for {told['agreement_share']:.1%} of the addresses",
            f"  addresses that only a drawn sector sends to a school: {told['addresses_by_polygon']:,}",
            f"  sectors fitted: {told['gaps_m2']:,.0f} m2 of gaps, {told['overlaps_m2']:,.0f} m2 of overlaps",
            f"  drawn outside the commune, left out: {told['outside_m2']:,.0f} m2",
            *(f"  {one['name']!r} = {', '.join(one['schools'])} ({one['how']})" for one in told["matches"]),
        ]
    known, estimated = summary["births_known"], summary["births_estimated"]
    lines += [f"births {year}: {known[year]:.0f} known, {estimated[year]:.0f} estimated" for year in known]
    lines += [f"IRIS taken together, as code and name disagree: {', '.join(pool)}" for pool in summary["iris_pooled"]]
    return [*lines, *_told_ground(summary)]


def _told_ground(summary: Mapping[str, Any]) -> list[str]:
    """Say what is known of the trees, the buildings and the yards."""
    lines = []
    if "trees" in summary:
        lines.append(f"trees: {summary['trees']:,}, height known for {summary['trees_with_height']:,}, crowns unknown")
    if "buildings" in summary:
        reasons = ", ".join(f"{count} {reason}" for reason, count in summary["yards_left_out"].items()) or "none"
        lines += [
            f"buildings: {summary['buildings']:,}, heights unknown",
            f"yards: {summary['yards']} estimated from the buildings of the schools; left out: {reasons}",
        ]
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
