"""``cartable app``: the web app on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from geo.cli.opening import ROOT, CityOption, DataOption, LangOption, data_folder
from geo.cli.teller import Teller
from geo.errors import ScenarioError, SourceError
from geo.sources.cities import city_codes


def app_command(
    data: DataOption = None,
    city: CityOption = None,
    port: Annotated[int, typer.Option("--port", help="Port of the web page on this machine.")] = 8501,
    store: Annotated[
        str | None,
        typer.Option("--store", help="File or database URL that keeps scenarios.", envvar="CARTABLE_STORE"),
    ] = None,
    lang: LangOption = "fr",
) -> None:
    """Start the web app on this machine; Ctrl-C ends it.

    Example: `cartable app --data out/montpellier --port 8600`
    """
    told = Teller(lang, as_json=False)
    page = ROOT / "apps" / "streamlit_app.py"
    with told.refusals():
        if not page.is_file():
            raise SourceError(
                "apps/streamlit_app.py",
                expected="the web app beside the package",
                got="an installation without it",
                remedy="Clone the repository of Cartable and run 'make run' there.",
            )
        folder = data_folder(data)
        known = city_codes(folder)
        if city and city not in known:
            raise ScenarioError(f"no city '{city}' in {folder}, only: {', '.join(known)}")
        settings = {"CARTABLE_DATA": str(folder.resolve()), "CARTABLE_CITY": city or known[0]}
        settings |= {"CARTABLE_STORE": store} if store else {}
        raise typer.Exit(_start(page, port, settings))


def _start(page: Path, port: int, settings: Mapping[str, str]) -> int:
    """Run Streamlit until it ends, and give its status."""
    options = [
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.headless=true",
        "--server.enableStaticServing=true",
        "--browser.gatherUsageStats=false",
    ]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *options]
    try:
        return subprocess.run(command, env={**os.environ, **settings}, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0
