"""Villebrune is what it is said to be: its files are those that the script makes, and its planted truths hold."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.model.city import City
from geo.model.levels import AGES, GRADES, Level
from geo.model.scenario import Scenario
from geo.planning.evaluation import evaluate
from geo.sources.checks import check_city
from geo.territory.annex.resolving import resolve, schools_of_units

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
MADE = ("boundaries/villebrune", "census/villebrune", "ground/villebrune", "schools/villebrune", "streets/villebrune")
MEGABYTE = 1_000_000


def _files(folder: Path) -> dict[str, str]:
    paths = [path for part in MADE for path in (folder / part).iterdir()]
    paths += [folder / "cities.toml", folder / "villebrune_truth.json", folder / "scenarios/villebrune-example.json"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


@pytest.fixture(scope="session")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("villebrune")
    script = ROOT / "scripts" / "make_villebrune.py"
    subprocess.run([sys.executable, str(script), "--out", str(folder)], check=True, timeout=600)
    return folder


@pytest.fixture(scope="module")
def city(villebrune: City) -> City:
    return villebrune


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / "villebrune_truth.json").read_text(encoding="utf-8"))
    return told


def _schools(city: City, level: Level, moves: dict[str, tuple[str, ...]] | None = None) -> pd.DataFrame:
    scenario = Scenario(name="x", city="villebrune", level=level, start_year=2027, moves=moves or {})
    return evaluate(city, scenario).schools


# The files -----------------------------------------------------------------------------------------------------------


def test_making_the_city_again_gives_the_same_bytes(made_again: Path) -> None:
    assert _files(made_again) == _files(DATA)


def test_the_city_stays_small() -> None:
    sizes = [path.stat().st_size for part in MADE for path in (DATA / part).iterdir()]
    assert sum(sizes) < 15 * MEGABYTE
    assert max(sizes) < 3 * MEGABYTE


def test_every_table_keeps_its_contract() -> None:
    assert [str(fault) for fault in check_city(DATA, "villebrune").faults] == []


def test_every_source_says_that_the_city_is_fictional(city: City) -> None:
    assert city.fictional
    assert {source.note for source in city.sources} == {"Ville fictive : aucune donnée réelle."}
    assert sorted(name for source in city.sources for name in source.tables) == sorted(city.tables)


# How much there is ---------------------------------------------------------------------------------------------------


def test_the_town_has_about_thirty_thousand_inhabitants(city: City) -> None:
    assert 29_000 < city.tables["census"]["population"].sum() < 32_000


def test_the_town_has_the_areas_and_addresses_that_it_is_said_to_have(city: City) -> None:
    counts = {name: len(city.tables[name]) for name in ("commune", "iris", "qpv", "barriers")}
    assert counts == {"commune": 1, "iris": 12, "qpv": 2, "barriers": 2}
    assert 8_500 < len(city.tables["addresses"]) < 9_500
    assert 1_200 < len(city.tables["units"]) < 1_800
    assert 12 < city.layer("commune").area.iloc[0] / 1e6 < 16


def test_the_town_has_eight_nursery_and_eight_elementary_schools_one_of_them_both(city: City) -> None:
    nursery, elementary = (set(city.schools_of(level).index) for level in (Level.NURSERY, Level.ELEMENTARY))
    assert (len(nursery), len(elementary), len(nursery | elementary)) == (8, 8, 15)
    assert len(city.schools_of(Level.COLLEGE)) == 2
    assert (city.tables["schools"]["sector"] == "private").sum() == 2


def test_there_are_four_housing_programmes_and_one_demolition(city: City) -> None:
    housing = city.tables["housing"].reset_index()
    assert housing["programme_id"].nunique() == 4
    assert (housing["dwellings"] < 0).sum() == 1
    homes = city.tables["addresses"].groupby("unit_id")["dwellings"].sum()
    left = homes.reindex(housing["unit_id"]).to_numpy(dtype=int) + housing["dwellings"].to_numpy()
    assert (left >= 0).all()


def test_the_check_letter_of_every_school_code_is_right(city: City) -> None:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    assert [code for code in city.tables["schools"].index if letters[int(code[:7]) % 23] != code[7]] == []


def test_street_names_include_near_twins_accents_and_hamlets(city: City, truth: dict[str, Any]) -> None:
    names = set(city.tables["addresses"]["street_name"])
    assert {"rue des Lilas", "allée des Lilas", "rue du Lilas"} <= names
    assert set(truth["near_twin_streets"]) <= names
    assert any(name.startswith("lieu-dit ") for name in names)
    assert city.tables["addresses"].groupby("street_name")["street_id"].nunique().max() == 1


# The ground ----------------------------------------------------------------------------------------------------------


def test_streets_meet_only_at_their_ends(city: City) -> None:
    lines = city.layer("streets").geometry.to_numpy()
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    ends = shapely.boundary(lines)
    ends[shapely.is_closed(lines)] = shapely.get_point(lines[shapely.is_closed(lines)], 0)
    meeting = shapely.intersection(lines[one], lines[other])
    shared = shapely.intersection(ends[one], ends[other])
    assert shapely.is_empty(shapely.difference(meeting, shared)).all()


def test_every_street_can_be_reached(city: City) -> None:
    assert city.network.dropped_m == 0
    assert np.isfinite(city.walk_m.to_numpy()).all()


def test_river_and_railway_are_crossed_at_three_places_each(city: City, truth: dict[str, Any]) -> None:
    streets = city.layer("streets")
    for barrier, shape in city.layer("barriers").geometry.items():
        over = streets.index[streets.intersects(shape)]
        assert len(over) == 3
        assert set(over) == {place["segment_id"] for place in truth["crossings"][barrier]}


def test_who_looks_across_the_river_walks_round_by_a_bridge(city: City, truth: dict[str, Any]) -> None:
    """The walk is measured by another library."""
    detour = truth["crossings"]["detour"]
    graph = nx.Graph()
    for line in city.layer("streets").geometry:
        graph.add_edge(line.coords[0], line.coords[-1], weight=line.length)
    nodes = np.array(graph.nodes)
    near = [tuple(nodes[np.hypot(*(nodes - np.array(detour[end])).T).argmin()]) for end in ("from", "to")]
    walk_m = nx.shortest_path_length(graph, *near, weight="weight")
    assert detour["straight_m"] < 120
    assert detour["walk_m"] > 10 * detour["straight_m"]
    assert walk_m == pytest.approx(detour["walk_m"], abs=200)


def test_nothing_stands_in_the_river_or_on_the_tracks(city: City) -> None:
    barriers = city.layer("barriers").union_all()
    for name in ("addresses", "schools", "buildings", "yards"):
        assert not city.layer(name).intersects(barriers).any(), name


def test_buildings_do_not_overlap(city: City) -> None:
    shapes = city.layer("buildings").geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    overlap = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    assert (overlap / np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other])) < 0.15).all()


def test_numbers_grow_along_the_street_odd_on_the_left(city: City) -> None:
    addresses = city.layer("addresses")
    streets = city.layer("streets").dissolve(by="street_id").geometry.line_merge()
    simple = streets[(streets.geom_type == "LineString") & ~streets.is_closed]
    right = wrong = 0
    for street_id, rows in addresses[addresses["street_id"].isin(simple.index)].groupby("street_id"):
        line = simple[street_id]
        along = shapely.line_locate_point(line, rows.geometry.to_numpy())
        if len(rows) < 6 or np.corrcoef(along, rows["number"])[0, 1] < 0:
            line, along = line.reverse(), line.length - along
        for _, side in rows.assign(along=along).groupby(rows["number"] % 2):
            ordered = side.sort_values(["number", "suffix"])["along"]
            wrong += int((ordered.diff() < -1).sum())
        feet = shapely.line_interpolate_point(line, along - 0.5), shapely.line_interpolate_point(line, along + 0.5)
        ahead = shapely.get_coordinates(feet[1]) - shapely.get_coordinates(feet[0])
        aside = shapely.get_coordinates(rows.geometry.to_numpy()) - shapely.get_coordinates(feet[0])
        is_left = ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0] > 0
        agree = is_left == (rows["number"] % 2 == 1)
        right, wrong = right + int(agree.sum()), wrong + int((~agree).sum())
    assert right > 7_000
    assert wrong / right < 0.01


def test_units_are_sides_of_one_street_and_make_up_the_commune(city: City) -> None:
    addresses, units = city.tables["addresses"], city.layer("units")
    assert addresses.groupby("unit_id")["street_id"].nunique().max() == 1
    assert set(addresses["unit_id"]) == set(units.index)
    assert units.area.sum() == pytest.approx(city.layer("commune").area.iloc[0], rel=1e-9)
    assert units.union_all().area == pytest.approx(units.area.sum(), rel=1e-9)


def test_the_hottest_yards_are_bare_and_the_others_are_not(city: City, truth: dict[str, Any]) -> None:
    shares = pd.Series(truth["yards"]["unshaded_share"])
    hottest = truth["yards"]["hottest"]
    assert shares.sort_values(ascending=False).index[:3].tolist() == hottest
    assert shares[hottest[-1]] - shares.drop(hottest).max() > 0.2
    yards = city.layer("yards")
    assert set(yards.loc[yards["school_id"].isin(hottest), "surface"]) == {"asphalt"}
    grounds = yards.dissolve(by="school_id").geometry
    trees = gpd.sjoin(city.layer("trees"), grounds.to_frame(), predicate="within").groupby("school_id").size()
    crowded = (trees.reindex(grounds.index, fill_value=0) / grounds.area).sort_values()
    assert set(crowded.index[:3]) == set(hottest)


# The school map ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
def test_every_address_has_a_school_and_no_unit_straddles_two(city: City, level: Level) -> None:
    schools = resolve(city.tables["addresses"], city.tables["street_list"], level)
    assert schools.map(len).min() == 1
    assert schools_of_units(schools, city.tables["addresses"]["unit_id"])[1] == []


@pytest.mark.parametrize("level", list(Level))
def test_drawn_sectors_hold_the_addresses_of_their_school(city: City, level: Level) -> None:
    sectors = city.layer("sectors").reset_index()
    drawn = sectors[sectors["level"] == level]
    hits = gpd.sjoin(city.layer("addresses")[["geometry"]], drawn[["school_id", "geometry"]])
    found = hits.groupby(level=0)["school_id"].agg(set)
    listed = resolve(city.tables["addresses"], city.tables["street_list"], level).map(set)
    assert (found == listed).all()
    assert (drawn.drop_duplicates("sector_id").area.sum()) == pytest.approx(city.layer("commune").area.iloc[0])


def test_one_elementary_sector_is_shared_and_one_street_is_split_each_way(city: City, truth: dict[str, Any]) -> None:
    rows = city.tables["street_list"]
    rows = rows[rows["level"] == "elementary"]
    planted = truth["school_map"]
    shared = rows[rows["priority"] > 1]
    assert set(shared["street_id"]) == set(planted["shared_sector"]["streets"])
    assert shared["school_id"].unique().tolist() == planted["shared_sector"]["schools"][1:]
    assert set(rows.loc[rows["parity"] != "PI", "street_id"]) == set(planted["split_by_parity"])
    partial = rows[(rows["parity"] == "PI") & ((rows["number_from"] > 1) | (rows["number_to"] < 9999))]
    assert set(partial["street_id"]) == set(planted["split_by_range"])


def test_the_better_map_relieves_the_full_school_and_shortens_walks(city: City, truth: dict[str, Any]) -> None:
    planted = truth["better_map"]
    today = _schools(city, Level.ELEMENTARY)
    better = _schools(city, Level.ELEMENTARY, planted["moves"])
    for name, schools in (("today", today), ("better", better)):
        over = (schools["pupils"] - schools["capacity_pupils"]).clip(lower=0).sum()
        assert over == pytest.approx(planted[name]["pupils_over_capacity"], abs=0.05)
        assert schools["pupils"].to_dict() == pytest.approx(planted[name]["pupils"], abs=0.05)
    assert planted["today"]["pupils_over_capacity"] > 10
    assert planted["better"]["pupils_over_capacity"] == 0
    assert planted["better"]["mean_walk_m"] < planted["today"]["mean_walk_m"]


def test_the_pocket_in_the_bend_walks_round_the_river(city: City, truth: dict[str, Any]) -> None:
    units = truth["better_map"]["bend_of_the_river"]["units"]
    schools = city.layer("schools").geometry
    far = city.current[Level.ELEMENTARY].schools_of[units[0]][0]
    near = truth["better_map"]["moves"][units[0]][0]
    rows = city.layer("addresses")
    rows = rows[rows["unit_id"].isin(units)]
    walk = city.walk_m.loc[rows.index]
    straight = rows.distance(schools[far])
    assert (walk[far] / straight).median() > 1.5
    assert walk[far].mean() > 1.5 * walk[near].mean()


# The people ----------------------------------------------------------------------------------------------------------


def test_children_are_whole_and_as_many_as_planned(city: City) -> None:
    children = city.tables["children"]["children"]
    assert (children == children.round()).all()
    ages = children.index.get_level_values("age")
    assert 3_000 <= children[ages.isin(range(3, 11))].sum() <= 3_600
    assert set(ages) == set(range(18))


def _side_of_iris(truth: dict[str, Any]) -> dict[str, str]:
    return {iris: side for side, told in truth["process"]["sides"].items() for iris in told["iris"]}


def test_births_rise_on_the_growing_side_and_fall_on_the_other(city: City, truth: dict[str, Any]) -> None:
    births = city.tables["births"]["births"].reset_index()
    side = births["iris"].map(_side_of_iris(truth))
    by_year = births.groupby([side, "year"])["births"].sum()
    for name, sign in (("growing", 1), ("shrinking", -1)):
        slope = np.polyfit(by_year[name].index, np.log(by_year[name]), 1)[0]
        assert sign * slope > 0.005
        assert slope == pytest.approx(np.log(truth["process"]["sides"][name]["births_trend"]), abs=0.015)


def test_the_growing_side_is_younger(city: City, truth: dict[str, Any]) -> None:
    side = _side_of_iris(truth)
    iris_of = city.tables["addresses"].groupby("unit_id")["iris"].agg(lambda codes: codes.mode().iloc[0])
    children = city.tables["children"]["children"]
    children = children[children.index.get_level_values("age") < 6].groupby("unit_id").sum()
    by_side = children.groupby(children.index.map(iris_of).map(side)).sum()
    people = city.tables["census"]["population"].groupby(side).sum()
    assert by_side["growing"] / people["growing"] > 1.15 * by_side["shrinking"] / people["shrinking"]


def test_the_deprived_areas_come_last_in_all_four_variables(city: City, truth: dict[str, Any]) -> None:
    census = city.tables["census"]
    deprived = set(truth["deprived"]["iris"])
    worst = {
        "median_income_eur": census["median_income_eur"].nsmallest(2),
        "baccalaureate_share": census["baccalaureate_share"].nsmallest(2),
        "blue_collar_share": census["blue_collar_share"].nlargest(2),
        "unemployed_share": census["unemployed_share"].nlargest(2),
        "poverty_share": census["poverty_share"].nlargest(2),
    }
    assert {name: set(rows.index) for name, rows in worst.items()} == dict.fromkeys(worst, deprived)


def test_each_priority_quarter_lies_mostly_but_not_wholly_in_a_deprived_area(city: City, truth: dict[str, Any]) -> None:
    iris, quarters = city.layer("iris").geometry, city.layer("qpv").geometry
    for code, quarter in zip(truth["deprived"]["iris"], quarters, strict=True):
        inside = quarter.intersection(iris[code]).area
        assert 0.6 < inside / quarter.area < 0.999
        assert inside / iris[code].area < 0.95


@pytest.mark.parametrize("level", list(Level))
def test_the_last_rolls_fit_the_children_under_the_map_in_force(
    city: City, level: Level, truth: dict[str, Any]
) -> None:
    schools = _schools(city, level)
    children = city.tables["children"]["children"]
    there = children[children.index.get_level_values("age").isin(AGES[level])].sum()
    share = schools["roll_pupils"].sum() / there
    assert share == pytest.approx(truth["process"]["attendance_share_2026"][level], abs=1e-4)
    assert 0.80 < share < 0.93
    spread = 4 * np.sqrt(schools["pupils"])
    assert (abs(schools["roll_pupils"] - schools["pupils"]) < spread).all()


def test_rolls_have_ten_years_and_believable_classes(city: City) -> None:
    rolls = city.tables["rolls"]["pupils"].reset_index()
    assert sorted(rolls["year"].unique()) == list(range(2017, 2027))
    rooms = city.tables["rooms"]["rooms"]
    for level in Level:
        rows = rolls[rolls["grade"].isin(GRADES[level])]
        pupils = rows.groupby(["school_id", "year"])["pupils"].sum()
        places = rooms.xs(level, level="level")
        per_room = pupils / pupils.index.get_level_values("school_id").map(places).to_numpy(dtype=float)
        assert per_room.between(8, 33).all()
        assert (rows.groupby(["school_id", "year"]).size() == len(GRADES[level])).all()


def test_the_planted_ratios_are_found_again_in_the_rolls(city: City, truth: dict[str, Any]) -> None:
    """The schools of each side whose sectors do not reach across the river."""
    rolls = city.tables["rolls"]["pupils"]
    sides = {"growing": ["0000205Y", "0000206Z"], "shrinking": ["0000202V", "0000203W", "0000204X", "0000301C"]}
    for name, schools in sides.items():
        before = after = 0
        for lower, upper in zip(GRADES[Level.ELEMENTARY][:-1], GRADES[Level.ELEMENTARY][1:], strict=True):
            for year in range(2017, 2026):
                before += sum(rolls[school, year, lower] for school in schools)
                after += sum(rolls[school, year + 1, upper] for school in schools)
        assert after / before == pytest.approx(truth["process"]["sides"][name]["ratio"], abs=0.015)


def test_a_school_of_the_growing_side_overflows_in_the_planted_year(city: City, truth: dict[str, Any]) -> None:
    planted = truth["overflow"]
    expected = {int(year): pupils for year, pupils in planted["expected_pupils"][planted["school_id"]].items()}
    places = city.tables["rooms"].loc[(planted["school_id"], "elementary"), "capacity_pupils"]
    assert planted["capacity_pupils"] == places
    assert next(year for year in sorted(expected) if expected[year] > places) == planted["first_year"] == 2030
    assert 0.85 < expected[2026] / places < 0.97


def test_a_school_of_the_shrinking_side_is_half_empty(city: City, truth: dict[str, Any]) -> None:
    schools = _schools(city, Level.ELEMENTARY)
    assert schools.loc[truth["half_empty_school"], "occupancy_share"] < 0.6
    assert schools["occupancy_share"].idxmin() == truth["half_empty_school"]


def test_the_truth_counts_what_is_there(city: City, truth: dict[str, Any]) -> None:
    told = {name: truth["counts"][name] for name in city.tables}
    assert told == {name: len(rows) for name, rows in city.tables.items()}
