"""The app in Streamlit's own runner and in a real browser, on the shipped city, with a store of its own."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.navigation.page import StreamlitPage
from streamlit.testing.v1 import AppTest

from geo.model.city import City

ROOT = Path(__file__).parents[2]
APPS, DATA = ROOT / "apps", ROOT / "data"
# No name is resolved and no address but the machine's own is reached: the network is cut for the browser.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
LOOPBACK = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
WAIT_S = 60


@pytest.fixture(scope="session")
def city(villebrune: City) -> City:
    """Give the shipped city, as the app opens it."""
    return villebrune


@pytest.fixture
def app_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Give what imports a module of the app by the name that it has there."""
    monkeypatch.syspath_prepend(APPS)
    return importlib.import_module


def _draws_nothing(page: StreamlitPage) -> None:
    del page


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Give what opens a page of the app as a new visitor."""
    monkeypatch.syspath_prepend(APPS)
    monkeypatch.setenv("CARTABLE_DATA", str(DATA))
    monkeypatch.setenv("CARTABLE_STORE", str(tmp_path / "scenarios.sqlite"))
    monkeypatch.delenv("CARTABLE_CITY", raising=False)

    def opened(page: str = "overview", settings: Mapping[str, Path] | None = None, **address: str) -> AppTest:
        for name, place in (settings or {}).items():
            monkeypatch.setenv(name, str(place))
        app = AppTest.from_file(str(APPS / "streamlit_app.py"), default_timeout=WAIT_S)
        for name, value in address.items():
            app.query_params[name] = value
        if page == "overview":
            app.run()
        else:
            # Pages are known once the app has run; what it shows first is not looked at, so it need not be drawn.
            with monkeypatch.context() as undrawn:
                undrawn.setattr(StreamlitPage, "run", _draws_nothing)
                app.run()
            app.switch_page(f"views/{page}.py").run()
        assert not app.exception
        return app

    return opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the app, served as the command line does, with an empty store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    settings = {"CARTABLE_DATA": str(DATA), "CARTABLE_STORE": str(folder / "scenarios.sqlite")}
    command = [sys.executable, "-m", "streamlit", "run", str(APPS / "streamlit_app.py"), f"--server.port={port}"]
    log = (folder / "log").open("w")
    running = subprocess.Popen(command, cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}", running)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)
        log.close()


def _wait_until_up(address: str, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310
            return
        time.sleep(0.2)
    pytest.fail(f"the app did not start: exit code {running.poll()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium that reaches nothing but this machine, or skip with the reason.

    One a module: a second Playwright cannot start in a thread while one is running.
    """
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser") or playwright.chromium.executable_path
        if not Path(found).exists():
            pytest.skip("no Chromium: install Debian's package chromium, or run playwright install chromium")
        expect.set_options(timeout=WAIT_S * 1000)  # a busy machine without a graphics card draws slowly
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """Give a new visitor's page; fails if anything that it asks for is outside this machine, or if a script breaks."""
    page = browser.new_page(viewport={"width": 1280, "height": 850}, locale="fr-FR")
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.set_default_timeout(WAIT_S * 1000)
    yield page
    page.close()
    assert [url for url in asked if not url.startswith(LOOPBACK)] == []
    assert broken == []
