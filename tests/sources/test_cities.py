"""A folder becomes a city: once, whole, or with every fault said."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.errors import CityError, GeoError, SourceError
from geo.model.city import City
from geo.model.levels import Level
from geo.model.tables import TABLES
from geo.sources.cities import city_codes, open_city


@pytest.fixture(scope="module")
def opened(clean_hamlet: Path) -> City:
    """Give the hamlet, opened."""
    return open_city(clean_hamlet, "hameau")


def _notes(city: City) -> dict[str, dict[str, object]]:
    return {note.code: dict(note.values) for note in city.notes if note.code != "table-missing"}


def _edit(path: Path, **columns: object) -> None:
    pd.read_csv(path, dtype="str", keep_default_na=False).assign(**columns).to_csv(path, index=False)


def test_a_city_says_who_it_is(opened: City) -> None:
    assert (opened.name, opened.insee, opened.crs, opened.fictional) == ("Hameau", "00123", "EPSG:2154", True)
    assert repr(opened).startswith("Hameau (fictional) [00123]: 8 units, 40 addresses, 3 schools, elementary")
    assert [source.title for source in opened.sources] == ["Hameau"]


def test_every_table_is_there_and_keeps_its_contract(opened: City) -> None:
    assert set(opened.tables) == {table.name for table in TABLES}
    for table in TABLES:
        frame = opened.tables[table.name]
        assert tuple(name for name in frame.index.names if name) == table.key
        assert {column.name for column in table.columns} - set(table.key) <= set(frame.columns)
        if table.geometry or table.point:
            assert isinstance(frame, gpd.GeoDataFrame)
            assert frame.crs == opened.crs


def test_points_are_where_their_degrees_say(opened: City) -> None:
    first = opened.layer("addresses").geometry["a1"]
    assert (first.x, first.y) == pytest.approx((700_025, 6_600_190), abs=0.05)


def test_walks_are_counted_along_the_street(opened: City) -> None:
    # From number 1 (25 m along, 10 m beside) to the school at 20 m, 20 m beside: 10 + 5 + 20.
    assert opened.walk_m.loc["a1", "0000001A"] == pytest.approx(35, abs=0.1)
    assert opened.walk_m.loc["a40", "0000001A"] == pytest.approx(10 + 955 + 20, abs=0.1)
    assert list(opened.walk_m.columns) == list(opened.tables["schools"].index)
    assert np.isfinite(opened.walk_m.to_numpy()).all()


def test_the_street_list_makes_the_map_in_force(opened: City) -> None:
    plan = opened.current[Level.ELEMENTARY]
    assert list(opened.current) == [Level.ELEMENTARY]
    assert plan.schools_of["odd0"] == plan.schools_of["even1"] == ("0000001A",)
    assert plan.schools_of["odd2"] == plan.schools_of["even3"] == ("0000002B",)


def test_what_is_missing_is_said(opened: City) -> None:
    missing = {dict(note.values)["table"] for note in opened.notes if note.code == "table-missing"}
    assert missing == {"qpv", "barriers", "census", "reference", "housing", "places", "buildings", "trees", "yards"}
    assert _notes(opened) == {}


def test_opening_twice_gives_the_same_key(opened: City, hamlet: Path) -> None:
    assert open_city(hamlet, "hameau").key == opened.key
    _edit(hamlet / "census/hameau/children.csv", children="2")
    assert open_city(hamlet, "hameau").key != opened.key


def test_addresses_that_the_list_lacks_take_the_drawn_sector(hamlet: Path) -> None:
    path = hamlet / "schools/hameau/street_list.csv"
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows[rows["school_id"] == "0000001A"].to_csv(path, index=False)
    city = open_city(hamlet, "hameau")
    assert city.current[Level.ELEMENTARY].schools_of["odd3"] == ("0000002B",)
    assert _notes(city) == {"assigned-by-polygon": {"level": "elementary", "count": 20}}


def test_a_city_with_sectors_only_opens(hamlet: Path) -> None:
    (hamlet / "schools/hameau/street_list.csv").unlink()
    city = open_city(hamlet, "hameau")
    assert city.current[Level.ELEMENTARY].schools_of["even0"] == ("0000001A",)
    assert _notes(city) == {"assigned-by-polygon": {"level": "elementary", "count": 40}}


def test_a_city_without_a_school_map_opens_and_says_so(hamlet: Path) -> None:
    (hamlet / "schools/hameau/street_list.csv").unlink()
    (hamlet / "boundaries/hameau/sectors.gpkg").unlink()
    city = open_city(hamlet, "hameau")
    assert city.current == {}
    assert _notes(city) == {"level-without-map": {"level": "elementary"}}


def test_unknown_dwellings_are_counted(hamlet: Path) -> None:
    path = hamlet / "streets/hameau/addresses.csv"
    pd.read_csv(path, dtype="str", keep_default_na=False).drop(columns="dwellings").to_csv(path, index=False)
    city = open_city(hamlet, "hameau")
    assert city.tables["addresses"]["dwellings"].isna().all()
    assert _notes(city) == {"dwellings-unknown": {"count": 40, "total": 40}}


def test_a_unit_of_two_schools_is_counted(hamlet: Path) -> None:
    path = hamlet / "schools/hameau/street_list.csv"
    _edit(path, number_to=["17", "20", "9999", "9998"], number_from=["1", "2", "19", "22"])
    city = open_city(hamlet, "hameau")
    assert city.current[Level.ELEMENTARY].schools_of["odd1"] == ("0000001A",)
    assert _notes(city) == {"units-split": {"level": "elementary", "count": 1}}


def test_streets_that_hang_on_to_nothing_are_told(hamlet: Path) -> None:
    path = hamlet / "streets/hameau/streets.gpkg"
    streets = gpd.read_file(path, engine="pyogrio")
    lost = streets.iloc[[0]].assign(segment_id="s9").set_geometry(streets.geometry.iloc[[0]].translate(0, 150))
    path.unlink()
    pd.concat([streets, lost]).to_file(path, driver="GPKG", layer="streets", engine="pyogrio")
    notes = _notes(open_city(hamlet, "hameau"))
    assert notes["streets-dropped"] == {"length": pytest.approx(250), "share": pytest.approx(0.2)}


def test_addresses_far_from_every_street_are_told(hamlet: Path) -> None:
    path = hamlet / "streets/hameau/streets.gpkg"
    streets = gpd.read_file(path, engine="pyogrio")
    path.unlink()
    streets[:3].to_file(path, driver="GPKG", layer="streets", engine="pyogrio")
    # The last 250 m of street are gone: from 850 m on, an address is more than 100 m away.
    assert _notes(open_city(hamlet, "hameau"))["addresses-far"] == {"count": 6, "distance": 100.0}


def test_every_fault_is_carried_by_one_error(hamlet: Path) -> None:
    _edit(hamlet / "schools/hameau/schools.csv", ips="moyen")
    (hamlet / "census/hameau/children.csv").unlink()
    with pytest.raises(CityError) as refused:
        open_city(hamlet, "hameau")
    assert [fault.rule for fault in refused.value.faults] == ["text-for-number"] * 3 + ["missing-file"]
    assert "census/hameau/children.csv" in str(refused.value)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    for read in (city_codes, lambda folder: open_city(folder, "hameau")):
        with pytest.raises(SourceError, match=r"cities\.toml.* without one") as refused:
            read(tmp_path)
        assert str(tmp_path) in str(refused.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        city_codes(tmp_path / "nowhere")


def test_an_unknown_city_gets_the_list_of_the_known_ones(clean_hamlet: Path) -> None:
    assert city_codes(clean_hamlet) == ("hameau",)
    with pytest.raises(SourceError, match="one of the cities hameau, got 'hamo'"):
        open_city(clean_hamlet, "hamo")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[hameau]", "[hameau", "TOML"),
        ("school_year = 2026", "", "hameau.school_year"),
        ("school_year = 2026", "school_year = 2026\ncolour = 'red'", "hameau.colour"),
        ('insee = "00123"', 'insee = "123"', "hameau.insee"),
        ('publisher = "Tests"', "", "hameau.sources.0.publisher"),
        ("EPSG:2154", "EPSG:999999", "EPSG:999999"),
        ("EPSG:2154", "EPSG:4326", "degree"),
        ("EPSG:2154", "EPSG:2263", "foot"),
    ],
)
def test_a_catalogue_that_breaks_its_form_is_said(hamlet: Path, *, old: str, new: str, words: str) -> None:
    toml = hamlet / "cities.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(GeoError, match=r"cities\.toml") as refused:
        open_city(hamlet, "hameau")
    assert words in str(refused.value)


def test_a_catalogue_without_a_city_or_not_in_utf8_is_said(hamlet: Path) -> None:
    toml = hamlet / "cities.toml"
    toml.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no city"):
        city_codes(hamlet)
    toml.write_text('[hameau]\nname = "Forêt"\n', encoding="cp1252")
    with pytest.raises(SourceError, match="another encoding"):
        city_codes(hamlet)


def test_a_refused_city_leaves_nothing_behind(hamlet: Path) -> None:
    shutil.rmtree(hamlet / "boundaries")
    before = sorted(hamlet.rglob("*"))
    with pytest.raises(CityError):
        open_city(hamlet, "hameau")
    assert sorted(hamlet.rglob("*")) == before
