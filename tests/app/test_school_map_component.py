"""The interactive map in a real Chromium, on a town of 400 squares and four schools.

Rows and columns are numbered from the south-west, 0 to 19; the unit of column 3, row 7 is ``u3-7``. Each quarter of
the town goes to one school: s0 south-west, s1 south-east, s2 north-west, s3 north-east.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, WebSocketRoute, expect, sync_playwright

from apps.assets import prepare_static, publish_layer
from apps.components.school_map import TEXT_KEYS, MapPaint, MapView, SchoolMark, school_map

APPS = Path(__file__).parents[2] / "apps"
WEST, SOUTH, STEP = 2.38, 48.65, 0.001
FILLS = {"s0": "#4477aa", "s1": "#ccbb44", "s2": "#228833", "s3": "#ee6677"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TEXTS = {key: f"[{key}]" for key in TEXT_KEYS} | {
    "lang": "fr",
    "zoom_in": "Zoomer",
    "box": "Choisir par un rectangle",
    "clear": "Vider",
    "selected_none": "Rien de choisi",
    "selected_one": "{n} choisie",
    "selected_many": "{n} choisies",
    "layer_failed": "Calque absent : {layer}",
    "no_webgl": "Carte impossible ici",
    "moved": "venait de {school}",
}
APP = """
import json, time
from pathlib import Path
import streamlit as st
from assets import prepare_static
from components.school_map import MapPaint, MapView, SchoolMark, school_map, take_event

here, state, asked = Path(__file__).parent, st.session_state, st.query_params
prepare_static(here / "static")
given = json.loads((here / "given.json").read_text())
for name, value in (("runs", 0), ("moves", {}), ("selected", []), ("seen", [])):
    state.setdefault(name, value)
early = asked.get("late") is None
event = take_event("map") if early else None
if event and event.kind != "none":
    state.selected = list(event.unit_ids)
    state.seen = [*state.seen, [event.kind, event.school_id]]
    time.sleep(float(asked.get("slow", 0)))
state.runs += 1
if st.button("Encore"):
    pass
if st.button("Vers s3"):
    state.moves = {**state.moves, **{unit: "s3" for unit in state.selected}}
    state.selected = []
layers = {**given["layers"], **({"streets": "app/static/layers/none.geojson"} if "broken" in asked else {})}
paint = MapPaint([SchoolMark(**school) for school in given["schools"]], state.moves, state.selected)
place = st.tabs(["Liste", "Plan"])[1] if "tab" in asked else st.container()
if not st.checkbox("Cacher"):
    with place:
        event = school_map(
            layers=layers, view=MapView(*given["view"]), paint=paint, texts=given["texts"], key="map", height=420
        )
    if not early and event.kind != "none":
        state.selected = list(event.unit_ids)
        st.rerun()
st.code(json.dumps({"runs": state.runs, "selected": sorted(state.selected), "seen": state.seen}))
"""


def _chromium() -> str | None:
    if found := shutil.which("chromium") or shutil.which("chromium-browser"):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def _square(column: int, row: int) -> dict[str, Any]:
    west, south = WEST + column * STEP, SOUTH + row * STEP
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [[round(west + x * STEP, 7), round(south + y * STEP, 7)] for x, y in corners]
    school = f"s{(column >= 10) + 2 * (row >= 10)}"
    return {
        "type": "Feature",
        "properties": {"id": f"u{column}-{row}", "school": school, "label": f"Rue {column}, n° {row}"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _marks() -> list[SchoolMark]:
    return [
        SchoolMark(
            school,
            f"École {school}",
            WEST + (5.5 + 10 * (i % 2)) * STEP,
            SOUTH + (5.5 + 10 * (i // 2)) * STEP,
            fill,
            f"Nom {school}",
            "90 %",
        )
        for i, (school, fill) in enumerate(FILLS.items())
    ]


def _view() -> MapView:
    return MapView(WEST, SOUTH, WEST + 20 * STEP, SOUTH + 20 * STEP)


def _write_app(folder: Path) -> None:
    units = {
        "type": "FeatureCollection",
        "features": [_square(column, row) for column in range(20) for row in range(20)],
    }
    address = publish_layer(folder / "static", "units", json.dumps(units))
    given = {
        "layers": {"units": address},
        "schools": [vars(mark) for mark in _marks()],
        "view": _view(),
        "texts": TEXTS,
    }
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    (folder / "app.py").write_text(APP, encoding="utf-8")


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
            return
        time.sleep(0.1)
    pytest.fail("the server of the trial app did not start")


@contextlib.contextmanager
def _served(folder: Path, *options: str) -> Iterator[str]:
    """Serve the trial app, and give the address of its host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    fixed = "--server.address=127.0.0.1 --server.headless=true --server.enableStaticServing=true"
    fixed += " --browser.gatherUsageStats=false --server.fileWatcherType=none"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", *fixed.split(), *options]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(APPS)}, **silent) as server:
        try:
            prefix = "".join(f"/{option.partition('=')[2]}" for option in options if "baseUrlPath" in option)
            _wait_for(f"http://127.0.0.1:{port}{prefix}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trial")
    _write_app(folder)
    return folder


@pytest.fixture(scope="module")
def host(trial: Path) -> Iterator[str]:
    with _served(trial) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
    expect.set_options(timeout=30_000)  # the map is drawn without a graphics card
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page of a fresh visitor, and fail if it asked anything of another machine or met an error."""
    visitor = browser.new_context(viewport={"width": 900, "height": 800})
    page = visitor.new_page()
    page.set_default_timeout(60_000)
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    visitor.close()
    local = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
    assert errors == []


def _open(page: Page, url: str) -> None:
    page.goto(url)
    _drawn(page, units="400")


def _drawn(page: Page, **data: str) -> None:
    """Wait until the map shows what was last asked for, and has these figures."""
    wanted = "".join(f"[data-{name}='{value}']" for name, value in {"ready": "1", **data}.items())
    page.locator(f".sm-root{wanted}").wait_for(state="attached", timeout=60_000)


def _on_map(page: Page, script: str) -> Any:  # noqa: ANN401 - whatever the script gives
    return page.locator(".sm-root").evaluate(f"(box) => {{ const map = box.__map; return {script}; }}")


def _wait_on_map(page: Page, condition: str) -> None:
    see = f"const see = () => {condition} ? done(true) : requestAnimationFrame(see)"
    assert _on_map(page, f"new Promise((done) => {{ {see}; see(); }})")


def _point(page: Page, column: float, row: float) -> tuple[float, float]:
    """Give the place on the page of a place in town; 3.5, 7.5 is the middle of ``u3-7``."""
    lon, lat = WEST + column * STEP, SOUTH + row * STEP
    x, y = _on_map(page, f"(({{x, y}}) => [x, y])(map.project([{lon}, {lat}]))")
    box = page.locator(".sm-canvas").bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y


def _click(page: Page, column: int, row: int) -> None:
    page.mouse.click(*_point(page, column + 0.5, row + 0.5))


def _drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place in town to another."""
    (x1, y1), (x2, y2) = _point(page, *start), _point(page, *end)
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
    page.mouse.move(x2, y2)
    page.mouse.up()


def _python(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(page.locator("[data-testid=stCode] code").inner_text())
    return told


def _python_has(page: Page, *, selected: list[str]) -> None:
    expect(page.locator("[data-testid=stCode]")).to_contain_text(f'"selected": {json.dumps(sorted(selected))}')


def _colour(page: Page, column: int, row: int) -> tuple[int, ...]:
    """Give the commonest colour inside a unit, as the eye sees it."""
    (x, y), (x2, y2) = _point(page, column + 0.15, row + 0.85), _point(page, column + 0.85, row + 0.15)
    page.mouse.move(1, 1)
    _drawn(page)
    picture = page.screenshot(clip={"x": x, "y": y, "width": x2 - x, "height": y2 - y})
    with Image.open(BytesIO(picture)) as image:
        pixels = list(image.convert("RGB").get_flattened_data())
    return Counter(pixels).most_common(1)[0][0]


def _near(seen: tuple[int, ...], fill: str) -> bool:
    """Tell whether a colour is a fill at 62 % over the ground of the map."""
    ground = (0xF6, 0xF4, 0xEF)
    wanted = [int(fill[i : i + 2], 16) for i in (1, 3, 5)]
    return all(abs(s - (0.62 * w + 0.38 * g)) < 6 for s, w, g in zip(seen, wanted, ground, strict=True))


pytestmark = pytest.mark.app


def test_the_map_draws_each_unit_in_the_colour_of_its_school(page: Page, host: str) -> None:
    _open(page, host)
    assert page.locator(".sm-school").count() == 4
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator(".sm-status").inner_text() == "Rien de choisi"
    for (column, row), school in {(2, 3): "s0", (17, 3): "s1", (2, 16): "s2", (17, 16): "s3"}.items():
        assert _near(_colour(page, column, row), FILLS[school])


def test_a_click_on_a_unit_comes_back_to_python_and_a_second_one_takes_it_out(page: Page, host: str) -> None:
    _open(page, host)
    _click(page, 3, 7)
    _python_has(page, selected=["u3-7"])
    _drawn(page, selected="1")
    assert page.locator(".sm-status").inner_text() == "1 choisie"
    _click(page, 12, 4)
    _python_has(page, selected=["u12-4", "u3-7"])
    _click(page, 3, 7)
    _python_has(page, selected=["u12-4"])


def test_an_app_that_reads_the_event_after_the_map_gets_the_same_selection(page: Page, host: str) -> None:
    _open(page, f"{host}/?late=1")
    _click(page, 3, 7)
    _python_has(page, selected=["u3-7"])
    _click(page, 4, 7)
    _python_has(page, selected=["u3-7", "u4-7"])
    _drawn(page, selected="2")


def test_no_click_is_lost_when_they_come_faster_than_runs(page: Page, host: str) -> None:
    _open(page, f"{host}/?slow=0.5")
    for row in range(6):
        _click(page, 2, row)
    _python_has(page, selected=[f"u2-{row}" for row in range(6)])
    _drawn(page, selected="6")


def test_a_late_answer_does_not_undo_a_newer_click(page: Page, host: str) -> None:
    held: list[bytes | str] = []
    routes: list[WebSocketRoute] = []
    holding: list[bool] = []

    def take(route: WebSocketRoute) -> None:
        routes.append(route)
        server = route.connect_to_server()
        server.on_message(lambda frame: held.append(frame) if holding else route.send(frame))

    page.route_web_socket("**/_stcore/stream", take)
    _open(page, host)
    page.locator(".sm-root").evaluate(
        "(box) => { window.before = []; const see = (records) => window.before.push(...records.map((r) => r.oldValue));"
        " new MutationObserver(see).observe(box, { attributeFilter: ['data-selected'], attributeOldValue: true }); }"
    )
    holding.append(True)
    _click(page, 3, 7)
    while not any(b'"selected": ["u3-7"], "seen"' in frame for frame in held if isinstance(frame, bytes)):
        page.wait_for_timeout(20)
    first = len(held)
    _click(page, 3, 8)
    for frame in held[:first]:
        routes[-1].send(frame)
    _python_has(page, selected=["u3-7"])
    holding.clear()
    for frame in held[first:]:
        routes[-1].send(frame)
    _python_has(page, selected=["u3-7", "u3-8"])
    _drawn(page, selected="2")
    assert page.evaluate("window.before") == ["0", "1"]


def test_shift_and_drag_selects_the_units_whose_middle_is_in_the_box(page: Page, host: str) -> None:
    _open(page, host)
    before = _on_map(page, "map.getCenter().toArray()")
    page.keyboard.down("Shift")
    _drag(page, (2.2, 2.2), (4.7, 3.9))  # columns 2 to 4, rows 2 and 3
    page.keyboard.up("Shift")
    _python_has(page, selected=[f"u{column}-{row}" for column in (2, 3, 4) for row in (2, 3)])
    assert _python(page)["seen"] == [["box", None]]
    assert _on_map(page, "map.getCenter().toArray()") == before


def test_the_toolbar_works_from_the_keyboard_alone(page: Page, host: str) -> None:
    _open(page, host)
    zoom = _on_map(page, "map.getZoom()")
    page.get_by_role("button", name="Vers s3").focus()  # it is just before the map
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Zoomer", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    _wait_on_map(page, f"map.getZoom() > {zoom} && !map.isMoving()")
    box = page.get_by_role("button", name="Choisir par un rectangle")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    expect(box).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sm-hint")).to_have_text("[box_hint]")
    _drag(page, (7.2, 7.2), (8.8, 8.8))
    _python_has(page, selected=["u7-7", "u7-8", "u8-7", "u8-8"])
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Vider").press("Enter")
    _python_has(page, selected=[])


def test_a_school_can_be_chosen_with_the_mouse_and_with_the_keyboard(page: Page, host: str) -> None:
    _open(page, host)
    page.locator(".sm-school[data-school=s1]").click()
    expect(page.locator("[data-testid=stCode]")).to_contain_text('["school", "s1"]')
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=stCode]")).to_contain_text('["school", "s2"]')
    assert page.locator(".sm-school:focus").get_attribute("aria-label") == "École s2\n90 %"
    assert _python(page)["selected"] == []


def test_a_rerun_fetches_nothing_again_and_keeps_the_map_where_it_is(page: Page, host: str) -> None:
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    _open(page, host)
    _on_map(page, f"map.jumpTo({{center: [{WEST + 6 * STEP}, {SOUTH + 6 * STEP}], zoom: 15.25}}) && (map.mine = 7)")
    _drawn(page)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    received.clear()
    page.get_by_role("button", name="Encore").click()
    expect(page.locator("[data-testid=stCode]")).to_contain_text('"runs": 2')
    _click(page, 6, 5)
    _python_has(page, selected=["u6-5"])
    page.get_by_role("button", name="Vers s3").click()
    _drawn(page, moved="1", selected="0", fetches="1")
    assert fetched == []
    assert sum(received) < 30_000  # three runs; the outlines alone are 90,000
    assert _on_map(page, "[map.getZoom(), map.mine]") == [15.25, 7]


def test_a_moved_unit_takes_the_colour_of_its_new_school_and_the_border_follows(page: Page, host: str) -> None:
    _open(page, host)
    borders = "map.getSource('borders').serialize().data.features[1].geometry.coordinates.length"
    assert _on_map(page, borders) == 40  # two straight lines across the town, 20 squares each
    _click(page, 3, 7)
    _python_has(page, selected=["u3-7"])
    page.get_by_role("button", name="Vers s3").click()
    _drawn(page, moved="1")
    assert _on_map(page, borders) == 44
    assert _near(_colour(page, 3, 7), FILLS["s3"])
    assert _near(_colour(page, 4, 7), FILLS["s0"])
    page.mouse.move(*_point(page, 3.5, 7.5))
    expect(page.locator(".sm-tip")).to_have_text("Rue 3, n° 7École s3venait de École s0")


def test_a_map_that_went_away_comes_back_without_a_new_fetch(page: Page, host: str) -> None:
    _open(page, host)
    _click(page, 3, 7)
    _python_has(page, selected=["u3-7"])
    page.get_by_text("Cacher").click()
    expect(page.locator(".sm-root")).to_have_count(0)
    page.get_by_text("Cacher").click()
    _drawn(page, units="400", fetches="0", selected="1")
    _click(page, 3, 8)
    _python_has(page, selected=["u3-7", "u3-8"])


def test_a_map_in_a_closed_tab_shows_the_whole_town_once_the_tab_is_opened(page: Page, host: str) -> None:
    page.goto(f"{host}/?tab=1")
    page.locator(".sm-toolbar").wait_for(state="attached")
    page.get_by_role("tab", name="Plan").click()
    _drawn(page, units="400")
    west, south, east, north = _view()
    fitting = f"map.cameraForBounds([[{west}, {south}], [{east}, {north}]], {{padding: 24}}).zoom"
    assert abs(_on_map(page, "map.getZoom()") - _on_map(page, fitting)) < 0.01


def test_the_map_draws_under_an_address_prefix(page: Page, trial: Path) -> None:
    with _served(trial, "--server.baseUrlPath=carte") as host:
        _open(page, f"{host}/carte/")
        _click(page, 3, 7)
        _python_has(page, selected=["u3-7"])


def test_a_layer_that_does_not_load_is_named(page: Page, host: str) -> None:
    _open(page, f"{host}/?broken=1")
    expect(page.locator(".sm-alerts")).to_have_text("Calque absent : streets")


def test_a_browser_without_webgl_is_told_so(page: Page, host: str) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(host)
    expect(page.locator(".sm-alerts")).to_have_text("Carte impossible ici")


def test_static_files_are_written_once_and_again_when_they_differ(tmp_path: Path) -> None:
    prepare_static(tmp_path)
    files = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(files) == {
        "components/point_map.css",
        "components/point_map.js",
        "components/school_map.css",
        "components/school_map.js",
        "leaflet/leaflet.css",
        "leaflet/leaflet.js",
        "maplibre/maplibre-gl.css",
        "maplibre/maplibre-gl.js",
    }
    library = files["maplibre/maplibre-gl.js"]
    written = library.read_bytes()
    for path in files.values():
        os.utime(path, ns=(1, 1))
    files["components/school_map.css"].write_text("spoilt", encoding="utf-8")
    prepare_static(tmp_path)
    assert {name for name, path in files.items() if path.stat().st_mtime_ns != 1} == {"components/school_map.css"}
    assert library.read_bytes() == written
    assert "spoilt" not in files["components/school_map.css"].read_text(encoding="utf-8")


def test_a_layer_is_served_under_a_name_that_changes_with_its_content(tmp_path: Path) -> None:
    first = publish_layer(tmp_path, "units", "{}")
    assert publish_layer(tmp_path, "units", "{}") == first
    assert publish_layer(tmp_path, "units", "[]") != first
    assert (tmp_path / first.removeprefix("app/static/")).read_text(encoding="utf-8") == "{}"


def test_only_the_last_eight_versions_of_a_layer_are_kept(tmp_path: Path) -> None:
    other = publish_layer(tmp_path, "streets", "{}")
    addresses = [publish_layer(tmp_path, "units", f"[{i}]") for i in range(9)]
    kept = {f"app/static/layers/{path.name}" for path in (tmp_path / "layers").iterdir()}
    assert kept == {other, *addresses[1:]}


def test_a_layer_name_with_a_path_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="layer name"):
        publish_layer(tmp_path, "../units", "{}")


def test_a_missing_text_an_unknown_layer_and_a_bad_school_are_named() -> None:
    paint = MapPaint(_marks())
    given: dict[str, Any] = {"layers": {}, "view": _view(), "paint": paint, "texts": TEXTS, "key": "map"}
    without_box = {key: text for key, text in TEXTS.items() if key != "box_hint"}
    with pytest.raises(ValueError, match="missing texts box_hint"):
        school_map(**given | {"texts": without_box})
    with pytest.raises(ValueError, match="unknown layers rivers"):
        school_map(**given | {"layers": {"rivers": "x"}})
    for fault, message in (({"lat": float("nan")}, "school s0 has no place"), ({"fill": "red"}, "got 'red'")):
        spoilt = MapPaint([replace(_marks()[0], **fault)])
        with pytest.raises(ValueError, match=message):
            school_map(**given | {"paint": spoilt})
