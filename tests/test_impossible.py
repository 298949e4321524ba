"""What cannot be done is said in words, with status 2, and nothing is half-written: command line, pages, library."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner, Result

from geo.cli.main import app
from geo.errors import CityError, ScenarioError
from geo.model.levels import Level
from geo.model.scenario import Scenario
from geo.planning.study import study
from geo.sources.cities import open_city

TESTS = Path(__file__).parent
HAMLET = runpy.run_path(str(TESTS / "sources" / "conftest.py"))
RUN = CliRunner()
COMMANDS = ("evaluate", "forecast", "revise", "pack")
PAGES = ("overview", "catchments", "pupils", "revise", "playgrounds", "compare")


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of the hamlet, with one yard; not to be changed."""
    data = tmp_path_factory.mktemp("clean")
    HAMLET["write_hamlet"](data)
    yard = shapely.transform(shapely.box(30, 230, 60, 260), lambda xy: xy + np.array([HAMLET["X"], HAMLET["Y"]]))
    place = data / "ground" / "hameau" / "yards.gpkg"
    place.parent.mkdir(parents=True)
    columns = {"yard_id": ["c1"], "school_id": ["0000001A"], "surface": ["asphalt"]}
    gpd.GeoDataFrame(columns, geometry=[yard], crs=HAMLET["CRS"]).to_file(place, driver="GPKG", layer="yards")
    return data


@pytest.fixture
def folder(clean_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the data folder, to be spoilt."""
    return Path(shutil.copytree(clean_folder, tmp_path / "data"))


def _asked(folder: Path, **changes: object) -> Path:
    """Write a scenario beside the folder, whatever is wrong with it."""
    told = {"name": "Essai", "city": "hameau", "level": "elementary", "start_year": 2027, **changes}
    path = folder.parent / "scenario.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def _run(command: str, folder: Path, *arguments: str | Path) -> Result:
    out = ("--out", folder.parent / "out") if command in {"revise", "pack"} else ()
    time = ("--time", "1") if command == "revise" else ()
    told = (command, "--data", folder, "--lang", "en", *out, *time, *arguments)
    return RUN.invoke(app, [str(word) for word in told])


def _refused(done: Result, words: str, *, folder: Path, there: set[Path]) -> None:
    """Check that it was refused in words, and that every file is as it was."""
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2
    assert words in done.output
    assert "Traceback" not in done.output
    assert set(folder.parent.rglob("*")) == there


def _all_rooms(folder: Path, rooms: int | str) -> None:
    """Give all schools the same number of rooms."""
    path = folder / "schools" / "hameau" / "rooms.csv"
    pd.read_csv(path).assign(rooms=rooms).to_csv(path, index=False, lineterminator="\n")


# Refused by every command -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start_year": 1999}, "start_year"),
        ({"start_year": 2101}, "start_year"),
        ({"city": "villebrune"}, "'villebrune' is no city of this folder; known cities: hameau"),
        ({"level": "lycee"}, "level: Input should be 'nursery', 'elementary' or 'college'"),
        ({"greening_budget_eur": -1}, "greening_budget_eur"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(
    folder: Path, *, command: str, changes: dict[str, object], words: str
) -> None:
    path = _asked(folder, **changes)
    there = set(folder.parent.rglob("*"))
    _refused(_run(command, folder, "--scenario", path), words, folder=folder, there=there)


@pytest.mark.parametrize(
    ("command", "changes", "words"),
    [
        ("evaluate", {"closures": ["0000001A", "0000002B"]}, "a school of level 'elementary' that stays"),
        ("forecast", {"closures": ["0000009Z"]}, "schools of level 'elementary' to close, got ['0000009Z']"),
        ("revise", {"moves": {"odd0": ["0000009Z"]}}, "open public schools of level 'elementary' in moves"),
        ("pack", {"moves": {"odd9": ["0000001A"]}}, "got 1 that it has not: ['odd9']"),
    ],
)
def test_a_scenario_that_the_city_cannot_carry_out_is_refused(
    folder: Path, command: str, *, changes: dict[str, object], words: str
) -> None:
    path = _asked(folder, **changes)
    there = set(folder.parent.rglob("*"))
    _refused(_run(command, folder, "--scenario", path), words, folder=folder, there=there)


@pytest.mark.parametrize(("command", "level"), [*zip(COMMANDS, ["nursery", "college"] * 2, strict=True)])
def test_a_level_without_a_map_is_refused(folder: Path, command: str, level: str) -> None:
    there = set(folder.parent.rglob("*"))
    words = "nor a school map" if command == "forecast" else f"no school map for level '{level}'"
    _refused(_run(command, folder, "--level", level), words, folder=folder, there=there)


@pytest.mark.parametrize("years", ["50", "0", "-1"])
def test_a_horizon_that_nobody_can_see_is_refused(folder: Path, years: str) -> None:
    there = set(folder.parent.rglob("*"))
    _refused(_run("forecast", folder, "--years", years), "choose between 1 and 20 years", folder=folder, there=there)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_program_gets_the_refusal_as_one_json_object(folder: Path, command: str) -> None:
    done = _run(command, folder, "--scenario", _asked(folder, city="villebrune"), "--json")
    assert done.exit_code == 2
    assert set(json.loads(done.stdout)) == {"error"}


REQUIRED = (
    "census/hameau/children.csv",
    "schools/hameau/schools.csv",
    "streets/hameau/addresses.csv",
    "streets/hameau/streets.gpkg",
    "boundaries/hameau/units.gpkg",
    "boundaries/hameau/commune.gpkg",
)


@pytest.mark.parametrize("file", REQUIRED)
def test_a_required_table_without_rows_is_named(folder: Path, file: str) -> None:
    _empty(folder / file)
    there = set(folder.parent.rglob("*"))
    _refused(_run("pack", folder), f"{file}: the file has no row", folder=folder, there=there)


def test_a_city_without_any_map_is_refused(folder: Path) -> None:
    _empty(folder / "schools/hameau/street_list.csv")
    _empty(folder / "boundaries/hameau/sectors.gpkg")
    there = set(folder.parent.rglob("*"))
    for command in ("evaluate", "pack"):
        _refused(_run(command, folder), "no school map: neither street list nor sectors", folder=folder, there=there)


def _empty(path: Path) -> None:
    """Leave a table its heading only."""
    if path.suffix == ".csv":
        path.write_text(path.read_text(encoding="utf-8").split("\n", 1)[0] + "\n", encoding="utf-8")
        return
    layer = gpd.read_file(path).iloc[:0]
    path.unlink()
    layer.to_file(path, driver="GPKG", layer=path.stem)


# Answered, and what is not known is said ----------------------------------------------------------------------------


def test_without_any_capacity_nothing_is_called_full_or_free(folder: Path) -> None:
    _all_rooms(folder, "")
    told = {command: _run(command, folder) for command in ("evaluate", "revise", "forecast")}
    assert {command: done.exit_code for command, done in told.items()} == dict.fromkeys(told, 0)
    assert "Capacity not known for 2 schools" in told["evaluate"].output
    assert "the search sets them no limit" in told["revise"].output
    assert "places of 2 schools are not known" in told["forecast"].output.replace("number of ", "")
    city = open_city(folder, "hameau")
    scenario = Scenario(name="Essai", city="hameau", level=Level.ELEMENTARY, start_year=2027)
    years = study(city, scenario).years
    assert years[["capacity_pupils_before", "overflow_probability_before"]].isna().all(axis=None)


def test_without_any_capacity_the_pack_says_not_known_and_never_none(folder: Path) -> None:
    _all_rooms(folder, "")
    done = _run("pack", folder)
    assert done.exit_code == 0
    figures = pd.read_csv(folder.parent / "out" / "figures.csv", index_col="key")
    places = figures[figures["theme"] == "places"]
    assert len(places)
    assert places["after_text"].eq("not known").all()
    assert places["after"].isna().all()


def test_no_room_at_all_is_told_as_a_shortage_that_no_map_mends(folder: Path) -> None:
    _all_rooms(folder, 0)
    done = _run("revise", folder)
    assert done.exit_code == 0
    assert "pupils for 0 places: whatever the map, at least" in done.output
    assert (folder.parent / "out").is_file()


def test_a_map_that_holds_from_2095_changes_nothing_before_and_says_so(folder: Path) -> None:
    path = _asked(folder, start_year=2095, moves={"odd0": ["0000002B"]})
    done = _run("forecast", folder, "--scenario", path)
    assert done.exit_code == 0
    assert "holds only from September 2095, after the last projected year" in done.output


def test_a_budget_of_zero_plants_nothing_and_says_so(folder: Path) -> None:
    done = _run("pack", folder, "--scenario", _asked(folder, greening_budget_eur=0))
    assert done.exit_code == 0
    assert "A budget of zero: nothing is planted." in (folder.parent / "out" / "README.txt").read_text("utf-8-sig")


def test_the_library_refuses_in_words_too(folder: Path) -> None:
    city = open_city(folder, "hameau")
    _empty(folder / "schools/hameau/rooms.csv")
    with pytest.raises(CityError, match="at least one row, got none"):
        open_city(folder, "hameau")
    scenario = Scenario(name="Essai", city="hameau", level=Level.NURSERY, start_year=2027)
    with pytest.raises(ScenarioError, match="no school map for level 'nursery', only: elementary"):
        study(city, scenario)
    with pytest.raises(ScenarioError, match="start_year"):
        scenario.changed({"start_year": 1999})


# Pages --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Give what opens a page of the app on the folder, in English."""
    monkeypatch.syspath_prepend(TESTS.parent / "apps")
    monkeypatch.setenv("CARTABLE_DATA", str(folder))
    monkeypatch.setenv("CARTABLE_STORE", str(folder.parent / "scenarios.sqlite"))
    monkeypatch.delenv("CARTABLE_CITY", raising=False)

    def start(page: str) -> AppTest:
        visit = AppTest.from_file(str(TESTS.parent / "apps" / "streamlit_app.py"), default_timeout=60)
        visit.query_params["lang"] = "en"
        visit.run()
        return visit if page == "overview" else visit.switch_page(f"views/{page}.py").run()

    return start


@pytest.mark.app
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_without_any_capacity(folder: Path, opened: Callable[[str], AppTest], page: str) -> None:
    _all_rooms(folder, "")
    visit = opened(page)
    assert not visit.exception
    assert visit.title
    assert "Hameau" in visit.title[0].value


@pytest.mark.app
@pytest.mark.parametrize("page", ["overview", "compare"])
def test_a_page_of_a_city_without_a_map_says_why(folder: Path, opened: Callable[[str], AppTest], page: str) -> None:
    _empty(folder / "schools/hameau/street_list.csv")
    _empty(folder / "boundaries/hameau/sectors.gpkg")
    visit = opened(page)
    assert not visit.exception
    assert any("no school map" in box.value.replace("\\", "") for box in visit.error)


@pytest.mark.app
def test_a_page_of_a_city_without_children_names_the_file(folder: Path, opened: Callable[[str], AppTest]) -> None:
    _empty(folder / "census/hameau/children.csv")
    visit = opened("overview")
    assert not visit.exception
    assert any("children" in text.value for text in visit.markdown)
