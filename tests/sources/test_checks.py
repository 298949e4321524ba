"""Every planted fault is found, alone and among others, and none is invented."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.council.words import fault_text
from geo.errors import Fault
from geo.sources.checks import check_city

ROOT = Path(__file__).parents[2]
Plant = Callable[[Path, str], None]
Frame = pd.DataFrame


def _edit(path: Path, change: Callable[[Frame], Frame]) -> None:
    table = change(pd.read_csv(path, dtype="str", keep_default_na=False))
    table.to_csv(path, index=False, lineterminator="\n")


def _redraw(path: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    layer = change(gpd.read_file(path, engine="pyogrio"))
    path.unlink()
    layer.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio")


def _with(table: Frame, row: int, **values: str) -> Frame:
    return table.assign(**{name: table[name].where(table.index != row, value) for name, value in values.items()})


def duplicate_uai(data: Path, city: str) -> None:
    path = data / f"schools/{city}/schools.csv"
    _edit(path, lambda table: _with(table, 1, school_id=table["school_id"][0]))


def postal_code_for_insee(data: Path, city: str) -> None:
    _edit(data / f"schools/{city}/schools.csv", lambda table: _with(table, 0, insee="00700"))


def swapped_lon_lat(data: Path, city: str) -> None:
    path = data / f"schools/{city}/schools.csv"
    _edit(path, lambda table: _with(table, 0, lon=table["lat"][0], lat=table["lon"][0]))


def other_iris_vintage(data: Path, city: str) -> None:
    _edit(data / f"census/{city}/births.csv", lambda table: table.assign(iris_vintage="2019"))


def ips_as_text(data: Path, city: str) -> None:
    _edit(data / f"schools/{city}/schools.csv", lambda table: _with(table, 0, ips="moyen"))


def decimal_comma(data: Path, city: str) -> None:
    _edit(data / f"schools/{city}/schools.csv", lambda table: _with(table, 1, ips="112,3"))


def contradictory_rows(data: Path, city: str) -> None:
    def change(table: Frame) -> Frame:
        other = next(school for school in table["school_id"] if school != table["school_id"][0])
        same_level = table[table["level"] == table["level"][0]]
        other = next(school for school in same_level["school_id"] if school != table["school_id"][0])
        return pd.concat([table, table.iloc[[0]].assign(school_id=other)])

    _edit(data / f"schools/{city}/street_list.csv", change)


def reversed_range(data: Path, city: str) -> None:
    path = data / f"schools/{city}/street_list.csv"
    _edit(path, lambda table: _with(table, 1, number_from="9998", number_to=table["number_from"][1]))


def _first_level(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return sectors[sectors["level"] == sectors["level"].iloc[0]]


def overlapping_sectors(data: Path, city: str) -> None:
    def change(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        own = _first_level(sectors)
        touching = own[own.intersects(own.geometry.iloc[0])].geometry.iloc[1]
        common = shapely.intersection(own.geometry.iloc[0], touching).representative_point().buffer(60)
        shapes = sectors.geometry.where(sectors.index != own.index[0], own.geometry.iloc[0].union(common & touching))
        return sectors.set_geometry(shapes)

    _redraw(data / f"boundaries/{city}/sectors.gpkg", change)


def gap_between_sectors(data: Path, city: str) -> None:
    def change(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        last = _first_level(sectors).index[-1]
        hole = sectors.geometry[last].representative_point().buffer(40)
        return sectors.set_geometry(
            sectors.geometry.where(sectors.index != last, sectors.geometry[last].difference(hole))
        )

    _redraw(data / f"boundaries/{city}/sectors.gpkg", change)


def wrong_crs(data: Path, city: str) -> None:
    _redraw(data / f"streets/{city}/streets.gpkg", lambda layer: layer.to_crs("EPSG:3857"))


def school_outside(data: Path, city: str) -> None:
    path = data / f"schools/{city}/schools.csv"
    _edit(path, lambda table: _with(table, len(table) - 1, lon=f"{float(table['lon'].iloc[-1]) + 0.08:.6f}"))


TWELVE: dict[Plant, tuple[str, str]] = {
    duplicate_uai: ("duplicate-id", "schools.csv"),
    postal_code_for_insee: ("postal-for-insee", "schools.csv"),
    swapped_lon_lat: ("swapped-lon-lat", "schools.csv"),
    other_iris_vintage: ("iris-vintage", "births.csv"),
    ips_as_text: ("text-for-number", "schools.csv"),
    decimal_comma: ("decimal-comma", "schools.csv"),
    contradictory_rows: ("contradictory-rows", "street_list.csv"),
    reversed_range: ("reversed-range", "street_list.csv"),
    overlapping_sectors: ("overlapping-sectors", "sectors.gpkg"),
    gap_between_sectors: ("gap-between-sectors", "sectors.gpkg"),
    wrong_crs: ("wrong-crs", "streets.gpkg"),
    school_outside: ("school-outside", "schools.csv"),
}


def _named(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return sorted((fault.rule, fault.file.rsplit("/", 1)[-1]) for fault in faults)


@pytest.fixture(params=["hameau", "villebrune"])
def city(request: pytest.FixtureRequest, tmp_path: Path, clean_hamlet: Path) -> tuple[Path, str]:
    """Give a copy of a clean data folder and the code of its city: the hamlet, then the city that is shipped."""
    source = clean_hamlet if request.param == "hameau" else ROOT / "data"
    folders = ["boundaries", "census", "schools", "streets", "cities.toml"]
    for name in folders:
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy
        copy(source / name, tmp_path / name)
    return tmp_path, str(request.param)


def test_nothing_is_invented_on_a_clean_city(city: tuple[Path, str]) -> None:
    report = check_city(*city)
    assert report.faults == ()
    assert report.is_sound


@pytest.mark.parametrize("plant", TWELVE, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_and_brings_no_others(hamlet: Path, plant: Plant) -> None:
    plant(hamlet, "hameau")
    assert set(_named(check_city(hamlet, "hameau").faults)) == {TWELVE[plant]}


def test_all_twelve_planted_faults_are_found_in_one_run(city: tuple[Path, str]) -> None:
    for plant in TWELVE:
        plant(*city)
    assert set(_named(check_city(*city).faults)) == set(TWELVE.values())


def test_each_fault_says_where_it_is_and_what_to_do(hamlet: Path) -> None:
    for plant in TWELVE:
        plant(hamlet, "hameau")
    lines = {fault.rule: fault.line for fault in check_city(hamlet, "hameau").faults}
    assert lines == {
        "duplicate-id": 3,
        "postal-for-insee": 2,
        "swapped-lon-lat": 2,
        "iris-vintage": 2,
        "text-for-number": 2,
        "decimal-comma": 3,
        "contradictory-rows": 6,
        "reversed-range": 3,
        "overlapping-sectors": 2,
        "gap-between-sectors": None,
        "wrong-crs": None,
        "school-outside": 4,
    }
    assert all(fault.expected and fault.got and fault.remedy for fault in check_city(hamlet, "hameau").faults)


def _faults(data: Path) -> list[tuple[str, str]]:
    return _named(check_city(data, "hameau").faults)


def test_checking_changes_nothing_in_the_folder(hamlet: Path) -> None:
    def prints() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(hamlet.rglob("*")) if path.is_file()}

    before = prints()
    check_city(hamlet, "hameau")
    assert prints() == before


@pytest.mark.skipif(os.name == "nt", reason="rights of folders work otherwise there")
def test_a_folder_that_cannot_be_written_is_checked_all_the_same(hamlet: Path) -> None:
    folders = [hamlet, *(path for path in hamlet.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert _faults(hamlet) == []
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_an_unreadable_file_is_a_fault_and_does_not_hide_the_others(hamlet: Path) -> None:
    units = hamlet / "boundaries/hameau/units.gpkg"
    units.write_bytes(units.read_bytes()[:5000])
    rooms = hamlet / "schools/hameau/rooms.csv"
    rooms.write_text("school_id;level;rooms\nÉ;x;1\n", encoding="cp1252")
    ips_as_text(hamlet, "hameau")
    assert _faults(hamlet) == [
        ("text-for-number", "schools.csv"),
        ("truncated-layer", "units.gpkg"),
        ("wrong-separator", "rooms.csv"),
    ]


def test_required_files_that_are_missing_are_named_one_by_one(hamlet: Path) -> None:
    (hamlet / "streets/hameau/streets.gpkg").unlink()
    (hamlet / "census/hameau/children.csv").unlink()
    assert _faults(hamlet) == [("missing-file", "children.csv"), ("missing-file", "streets.gpkg")]


def test_a_city_without_any_file_is_one_fault(hamlet: Path) -> None:
    for folder in ("boundaries", "census", "schools", "streets"):
        shutil.rmtree(hamlet / folder)
    assert _faults(hamlet) == [("no-files", "cities.toml")]


def test_a_required_table_without_rows_is_a_fault(hamlet: Path) -> None:
    path = hamlet / "census/hameau/children.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert _faults(hamlet) == [("empty-table", "children.csv")]


def test_a_city_in_degrees_is_one_fault_of_the_catalogue(hamlet: Path) -> None:
    toml = hamlet / "cities.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("EPSG:2154", "EPSG:4326"), encoding="utf-8")
    assert _faults(hamlet) == [("crs-not-metric", "cities.toml")]


def test_layers_that_are_all_in_degrees_are_one_fault(hamlet: Path) -> None:
    for path in hamlet.rglob("*.gpkg"):
        _redraw(path, lambda layer: layer.to_crs("EPSG:4326"))
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.file) == ("wrong-crs", "boundaries/hameau/commune.gpkg")
    assert "4 other layers" in fault.got


@pytest.mark.parametrize("name", ["commune", "sectors", "units"])
@pytest.mark.parametrize(
    ("true", "tag"), [("EPSG:2154", "EPSG:4326"), ("EPSG:4326", "EPSG:2154"), ("EPSG:2154", "EPSG:3857")]
)
def test_a_wrong_tag_is_one_fault_and_the_others_are_still_found(
    hamlet: Path, name: str, *, true: str, tag: str
) -> None:
    def retag(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return layer.to_crs(true).set_crs(tag, allow_override=True)

    gap_between_sectors(hamlet, "hameau")
    school_outside(hamlet, "hameau")
    _redraw(hamlet / f"boundaries/hameau/{name}.gpkg", retag)
    assert _faults(hamlet) == [
        ("gap-between-sectors", "sectors.gpkg"),
        ("school-outside", "schools.csv"),
        ("wrong-crs", f"{name}.gpkg"),
    ]


def test_a_layer_of_another_place_is_a_fault(hamlet: Path) -> None:
    _redraw(hamlet / "streets/hameau/streets.gpkg", lambda layer: layer.set_geometry(layer.translate(90_000)))
    assert _faults(hamlet) == [("wrong-crs", "streets.gpkg")]


def test_a_commune_of_another_place_is_one_fault(hamlet: Path) -> None:
    _redraw(hamlet / "boundaries/hameau/commune.gpkg", lambda layer: layer.set_geometry(layer.translate(90_000)))
    assert _faults(hamlet) == [("wrong-crs", "commune.gpkg")]


def test_two_swapped_headings_are_one_fault(hamlet: Path) -> None:
    path = hamlet / "streets/hameau/addresses.csv"
    _edit(path, lambda table: table.rename(columns={"lon": "lat", "lat": "lon"}))
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.line) == ("swapped-lon-lat", None)


def test_many_faults_alike_are_summed(hamlet: Path) -> None:
    _edit(hamlet / "census/hameau/children.csv", lambda table: table.assign(children="1,5"))
    first, rest = check_city(hamlet, "hameau").faults
    assert (first.rule, first.line) == ("decimal-comma", 2)
    assert (rest.rule, rest.got) == ("more-alike", "63 more rows with the fault 'decimal-comma'")


def test_twenty_faults_alike_are_shown_one_by_one(hamlet: Path) -> None:
    path = hamlet / "census/hameau/children.csv"
    _edit(path, lambda table: table.assign(children=table["children"].where(table.index >= 20, "1,5")))
    assert _faults(hamlet) == [("decimal-comma", "children.csv")] * 20


def test_an_unquoted_decimal_comma_is_called_so(hamlet: Path) -> None:
    path = hamlet / "schools/hameau/schools.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("112.3", "112,3"), encoding="utf-8")
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.line, fault.column) == ("decimal-comma", 3, "ips")


def test_iris_codes_of_another_year_are_one_fault(hamlet: Path) -> None:
    _edit(hamlet / "census/hameau/births.csv", lambda table: table.assign(iris=["001230201", "001230202"]))
    assert _faults(hamlet) == [("iris-codes", "births.csv")]


def test_one_unknown_iris_code_is_named(hamlet: Path) -> None:
    _edit(hamlet / "streets/hameau/addresses.csv", lambda table: _with(table, 4, iris="001230999"))
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.line, fault.column) == ("unknown-code", 6, "iris")


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("streets/hameau/addresses.csv", "unit_id"),
        ("census/hameau/children.csv", "unit_id"),
        ("schools/hameau/rolls.csv", "school_id"),
        ("schools/hameau/street_list.csv", "school_id"),
    ],
)
def test_a_code_that_nobody_knows_is_named_with_its_line(hamlet: Path, file: str, column: str) -> None:
    _edit(hamlet / file, lambda table: _with(table, 1, **{column: "nowhere"}))
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.file, fault.line, fault.column) == ("unknown-code", file, 3, column)


def test_a_school_of_the_map_must_be_public_and_have_rooms_for_the_level(hamlet: Path) -> None:
    street_list = hamlet / "schools/hameau/street_list.csv"
    _edit(street_list, lambda table: _with(table, 0, school_id="0000003C"))
    assert _faults(hamlet) == [("school-not-serving", "street_list.csv")]


def test_children_in_a_unit_without_address_are_a_fault(hamlet: Path) -> None:
    addresses = hamlet / "streets/hameau/addresses.csv"
    _edit(addresses, lambda table: table.assign(unit_id=table["unit_id"].replace("odd3", "odd2")))
    assert _faults(hamlet) == [("unit-without-address", "units.gpkg")]


def test_an_address_without_school_is_a_fault(hamlet: Path) -> None:
    (hamlet / "boundaries/hameau/sectors.gpkg").unlink()
    _edit(hamlet / "schools/hameau/street_list.csv", lambda table: _with(table, 0, number_from="3"))
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.file, fault.line) == ("address-without-school", "streets/hameau/addresses.csv", 2)


def test_an_address_far_outside_the_commune_is_a_fault(hamlet: Path) -> None:
    _edit(hamlet / "streets/hameau/addresses.csv", lambda table: _with(table, 7, lat="46.52"))
    assert _faults(hamlet) == [("address-outside", "addresses.csv")]


def test_a_postal_code_in_the_catalogue_is_one_fault(hamlet: Path) -> None:
    toml = hamlet / "cities.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('insee = "00123"', 'insee = "00700"'), encoding="utf-8")
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.file, fault.column) == ("postal-for-insee", "cities.toml", "hameau.insee")


def _street_list(hamlet: Path, rows: list[str]) -> None:
    heading = "level,street_id,street_name,number_from,suffix_from,number_to,suffix_to,parity,school_id,priority"
    path = hamlet / "schools/hameau/street_list.csv"
    path.write_text("\n".join([heading, *(f"elementary,R1,rue Droite,{row}" for row in rows), ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (["1,,9999,,PI,0000001A,1", "1,,9999,,PI,0000002B,2"], []),  # a shared sector
        (["1,,9999,,I,0000001A,1", "2,,9998,,P,0000002B,1"], []),  # the two sides
        (["1,,19,,PI,0000001A,1", "20,,9999,,PI,0000002B,1"], []),  # one after the other
        (["1,,20,,I,0000001A,1", "20,,9999,,I,0000002B,1", "2,,9998,,P,0000001A,1"], []),  # 20 is not odd
        (["1,,9999,,PI,0000001A,1", "3,,7,,I,0000001A,1"], []),  # the same school twice
        (["1,,9,,PI,0000001A,1", "9,BIS,9999,,PI,0000002B,1"], []),  # 9 takes in 9 bis unless a row begins there
        (["1,,9,,PI,0000001A,1", "9,,9999,,PI,0000002B,1"], [3]),
        (["1,,9,BIS,PI,0000001A,1", "9,TER,9999,,PI,0000002B,1"], []),
        (["1,,9999,,PI,0000001A,1", "3,,3,,I,0000002B,1", "39,,39,,I,0000002B,1"], [3, 4]),
        (["30,,9999,,PI,0000001A,1", "1,,9999,,I,0000002B,1", "2,,28,,P,0000002B,1"], [3]),
    ],
)
def test_only_rows_that_send_one_number_to_two_schools_contradict(
    hamlet: Path, rows: list[str], lines: list[int]
) -> None:
    _street_list(hamlet, rows)
    faults = check_city(hamlet, "hameau").faults
    assert [(fault.rule, fault.line) for fault in faults] == [("contradictory-rows", line) for line in lines]


def test_slivers_between_sectors_are_let_pass(hamlet: Path) -> None:
    def thin(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return sectors.set_geometry(sectors.buffer(-4, join_style="mitre"))

    _redraw(hamlet / "boundaries/hameau/sectors.gpkg", thin)
    assert _faults(hamlet) == []


def test_an_invalid_area_is_repaired_with_a_remark(hamlet: Path) -> None:
    def fold(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        left, bottom, right, top = units.geometry[0].bounds
        bow = shapely.Polygon([(left, bottom), (right, top), (right, bottom), (left, top)])
        return units.set_geometry(units.geometry.where(units.index != 0, bow))

    _redraw(hamlet / "boundaries/hameau/units.gpkg", fold)
    report = check_city(hamlet, "hameau")
    assert report.faults == ()
    assert [dict(note.values) for note in report.notes if note.code == "geometry-repaired"] == [
        {"table": "units", "count": 1}
    ]
    assert report.tables["units"].geometry.is_valid.all()


def test_a_feature_of_another_kind_is_a_fault(hamlet: Path) -> None:
    def points(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return units.set_geometry(units.geometry.where(units.index != 2, units.representative_point()))

    _redraw(hamlet / "boundaries/hameau/units.gpkg", points)
    (fault,) = check_city(hamlet, "hameau").faults
    assert (fault.rule, fault.line, fault.got) == ("wrong-geometry", 3, "a Point")


def test_an_optional_table_that_is_missing_is_a_remark(hamlet: Path) -> None:
    (hamlet / "schools/hameau/rolls.csv").unlink()
    report = check_city(hamlet, "hameau")
    assert report.faults == ()
    assert {"table": "rolls", "file": "schools/hameau/rolls.csv"} in [dict(note.values) for note in report.notes]


def test_streets_in_which_nobody_can_walk_are_a_fault(hamlet: Path) -> None:
    _redraw(hamlet / "streets/hameau/streets.gpkg", lambda layer: layer.assign(walkable=False))
    assert _faults(hamlet) == [("no-walkable-street", "streets.gpkg")]


def test_a_place_that_cannot_be_projected_is_outside(hamlet: Path) -> None:
    _edit(hamlet / "schools/hameau/schools.csv", lambda table: _with(table, 0, lat="-90"))
    assert _faults(hamlet) == [("school-outside", "schools.csv")]


def test_every_fault_is_said_in_both_languages(hamlet: Path) -> None:
    for plant in TWELVE:
        plant(hamlet, "hameau")
    _edit(hamlet / "census/hameau/children.csv", lambda table: table.assign(children="1,5"))
    (hamlet / "schools/hameau/rooms.csv").write_bytes(b"PK\x03\x04")
    (hamlet / "boundaries/hameau/units.gpkg").write_bytes(b"SQLite format 3\x00")
    faults = check_city(hamlet, "hameau").faults
    assert len({fault.rule for fault in faults}) == 15
    for fault in faults:
        french, english = fault_text(fault, "fr"), fault_text(fault, "en")
        assert french.startswith(fault.file)
        assert english.startswith(fault.file)
        assert french != english
        assert "{" not in french + english
