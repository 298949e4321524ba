"""Laws of docs/playgrounds.md: P13 to P18, the yards of a city."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.council.words import note_text
from geo.errors import ScenarioError
from geo.model.city import City
from geo.model.note import Note
from geo.model.playgrounds import PlaygroundChoices, Recess
from geo.sources.cities import open_city
from geo.territory.playgrounds import playground_notes, playgrounds, shade_areas, yard_comfort, yard_shade

ROOT = Path(__file__).parents[2]
X, Y = 700_000.0, 6_600_000.0
ONE = PlaygroundChoices(recesses=(Recess(at=dt.time(13, 45), minutes=60),), draws=20)
PUPILS = pd.Series({"w": 100.0, "e": 200.0})


def _layer(city: City, index: str, rows: dict[str, tuple[shapely.Geometry, dict[str, object]]]) -> gpd.GeoDataFrame:
    records = [{index: name, **columns} for name, (_, columns) in rows.items()]
    return gpd.GeoDataFrame(records, geometry=[shape for shape, _ in rows.values()], crs=city.crs).set_index(index)


def _tree(
    x: float, y: float, *, height_m: float = 10, crown_m: float = 8
) -> tuple[shapely.Geometry, dict[str, object]]:
    return shapely.Point(X + x, Y + y), {"height_m": height_m, "crown_m": crown_m}


@pytest.fixture
def town(toy: City) -> City:
    """Give the toy village with two yards of 40 m by 30 m.

    That of 'w' has a wall of 12 m along its southern side and one tree; that of 'e' is bare, two thirds asphalt.
    """
    west, east = shapely.box(X, Y, X + 40, Y + 30), shapely.box(X + 400, Y, X + 440, Y + 30)
    halves = {"e1": shapely.box(X + 400, Y, X + 440, Y + 20), "e2": shapely.box(X + 400, Y + 20, X + 440, Y + 30)}
    yards = {
        "w1": (west, {"school_id": "w", "surface": "asphalt"}),
        "e1": (halves["e1"], {"school_id": "e", "surface": "asphalt"}),
        "e2": (halves["e2"], {"school_id": "e", "surface": "grass"}),
    }
    assert east.equals(shapely.union_all(list(halves.values())))
    wall = shapely.box(X - 100, Y - 10, X + 140, Y)
    tables = {
        **toy.tables,
        "yards": _layer(toy, "yard_id", yards),
        "buildings": _layer(toy, "building_id", {"b": (wall, {"height_m": 12.0, "use": ""})}),
        "trees": _layer(toy, "tree_id", {"t": _tree(20, 22)}),
    }
    return replace(toy, tables=tables)


def _shares(city: City, choices: PlaygroundChoices = ONE, *, planted: gpd.GeoDataFrame | None = None) -> pd.Series:
    return yard_shade(city, playgrounds(city, choices, planted=planted))["unshaded_share"]


def test_the_share_in_the_sun_is_that_drawn_by_hand(town: City) -> None:
    # P13: the endless wall shades a strip, whose depth is the length of its shadow across it; the crown, its disc
    # and what the disc sweeps, outside the strip, lets a tenth through.
    places = playgrounds(town, ONE, pixel_m=0.5)
    sun = places.slots.iloc[0]
    length = 1 / np.tan(np.radians(sun["altitude_deg"]))
    turn = np.radians(sun["azimuth_deg"])
    way = np.array([-np.sin(turn), -np.cos(turn)]) * length
    yard = shapely.box(0, 0, 40, 30)
    strip = shapely.box(0, 0, 40, 12 * way[1])
    disc = shapely.Point(20, 22).buffer(4)
    swept = shapely.union_all([disc, shapely.affinity.translate(disc, *(10 * way))]).convex_hull
    crown = swept.intersection(yard).difference(strip)
    by_hand = 1 - (strip.area + 0.9 * crown.area) / yard.area
    shade = yard_shade(town, places)
    assert shade.loc["w", "unshaded_share"] == pytest.approx(by_hand, abs=0.01)
    assert shade.loc["w", "shaded_m2"] == pytest.approx(1200 * (1 - by_hand), abs=12)
    assert shade.loc["e", "unshaded_share"] == 1


def test_the_table_gives_areas_grounds_and_shade_per_pupil(town: City) -> None:
    shade = yard_shade(town, playgrounds(town, ONE), pupils=PUPILS)
    assert list(shade.index) == ["e", "w"]
    assert shade["yard_m2"].tolist() == [1200, 1200]
    assert shade.loc["e", ["asphalt_share", "grass_share", "sealed_share"]].tolist() == pytest.approx(
        [2 / 3, 1 / 3, 2 / 3]
    )
    assert shade.loc["w", "shaded_m2_per_pupil"] == pytest.approx(shade.loc["w", "shaded_m2"] / 100)
    assert shade["rank"].tolist() == [1, 2]


def test_the_mean_counts_each_recess_by_its_minutes(town: City) -> None:
    choices = PlaygroundChoices(
        recesses=(Recess(at=dt.time(10), minutes=15), Recess(at=dt.time(13, 45), minutes=45)), draws=20
    )
    shade = yard_shade(town, playgrounds(town, choices)).loc["w"]
    expected = (shade["unshaded_share_10h00"] + 3 * shade["unshaded_share_13h45"]) / 4
    assert shade["unshaded_share"] == pytest.approx(expected)
    assert shade["unshaded_share_10h00"] != pytest.approx(shade["unshaded_share_13h45"], abs=0.02)


def test_more_pupils_have_less_shade_each(town: City) -> None:
    places = playgrounds(town, ONE)
    few, many = (yard_shade(town, places, pupils=PUPILS * times)["shaded_m2_per_pupil"] for times in (1, 2))
    assert many["w"] == pytest.approx(few["w"] / 2)


@given(spots=st.lists(st.tuples(st.floats(-5, 45), st.floats(-5, 35)), max_size=4), age=st.sampled_from([1, 10, 25]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_planted_tree_never_lowers_shade(town: City, spots: list[tuple[float, float]], age: int) -> None:
    # P14
    tree = ONE.planted(age)  # type: ignore[arg-type]
    rows = {
        f"p{number}": _tree(x + 400, y, height_m=tree.height_m, crown_m=tree.crown_m)
        for number, (x, y) in enumerate(spots)
    }
    planted = _layer(town, "tree_id", rows) if rows else None
    assert (_shares(town, planted=planted) <= _shares(town)).all()


def test_a_tree_in_the_sun_shades_and_an_older_one_shades_more(town: City) -> None:
    # P14, strictly.
    shares = [
        _shares(town, planted=_layer(town, "tree_id", {"p": _tree(420, 15, height_m=t.height_m, crown_m=t.crown_m)}))[
            "e"
        ]
        for t in (ONE.planted(1), ONE.planted(10), ONE.planted(25))
    ]
    assert 1 > shares[0] > shares[1] > shares[2] > 0.8


def test_the_order_of_rows_changes_nothing(town: City) -> None:
    # P15, chance included: yards so alike that their ranks hang on what is drawn for each tree.
    spots = {f"t{at}{x}": _tree(at + x, 15 + x % 3) for at in (0, 400) for x in (5, 15, 25, 35)}
    alike = {"buildings": town.tables["buildings"].iloc[:0], "trees": _layer(town, "tree_id", spots)}
    wooded = replace(town, tables={**town.tables, **alike})
    turned = replace(wooded, tables={name: frame.iloc[::-1] for name, frame in wooded.tables.items()})
    tries = ONE.model_copy(update={"draws": 20})
    one, other = (
        yard_shade(city, playgrounds(city, tries), pupils=PUPILS, rng=np.random.default_rng(3))
        for city in (wooded, turned)
    )
    assert one["rank_low"].tolist() == [1, 1]
    pd.testing.assert_frame_equal(one, other)


def test_ranks_are_tried_and_the_same_chance_gives_the_same_tries(town: City) -> None:
    # P16
    places = playgrounds(town, ONE)
    one, again = (yard_shade(town, places, rng=np.random.default_rng(3)) for _ in range(2))
    pd.testing.assert_frame_equal(one, again)
    assert (one["rank_low"] <= one["rank"]).all()
    assert (one["rank"] <= one["rank_high"]).all()
    assert one["top3_share"].tolist() == [1, 1]
    assert yard_shade(town, places)[["rank_low", "rank_high", "top3_share"]].isna().all(axis=None)


def test_yards_that_differ_less_than_the_errors_share_their_ranks(town: City) -> None:
    # P16: two like yards, but one tree is a hair smaller.
    trees = {"a": _tree(20, 15), "b": _tree(420, 15, crown_m=7.9)}
    like = replace(
        town,
        tables={
            **town.tables,
            "buildings": town.tables["buildings"].iloc[:0],
            "trees": _layer(town, "tree_id", trees),
        },
    )
    shade = yard_shade(like, playgrounds(like, ONE), rng=np.random.default_rng(3))
    assert shade["rank_low"].tolist() == [1, 1]
    assert shade["rank_high"].tolist() == [2, 2]


def test_a_school_without_a_yard_is_named_and_not_ranked(town: City) -> None:
    # P17
    yards = town.tables["yards"]
    lacking = replace(town, tables={**town.tables, "yards": yards[yards["school_id"] == "w"]})
    places = playgrounds(lacking, ONE)
    shade = yard_shade(lacking, places, pupils=PUPILS, rng=np.random.default_rng(0))
    assert shade.loc["e", "flags"] == "no-yard"
    assert shade.loc["e"].drop(["flags", "pupils"]).isna().all()
    assert shade.loc["w", "rank"] == 1
    assert [note.code for note in playground_notes(lacking, places)] == ["shade-no-yard"]


def test_without_any_ground_file_nothing_is_claimed(toy: City) -> None:
    # P17
    places = playgrounds(toy, ONE)
    shade = yard_shade(toy, places, pupils=PUPILS, rng=np.random.default_rng(0))
    assert shade["flags"].tolist() == ["no-yard buildings-only"] * 2
    assert shade[["yard_m2", "unshaded_share", "rank"]].isna().all(axis=None)
    assert len(yard_comfort(places)) == 0
    codes = {note.code for note in playground_notes(toy, places)}
    assert codes == {"shade-no-yard", "shade-no-trees", "shade-no-buildings"}
    assert note_text(playground_notes(toy, places)[0], "en").startswith("2 public schools have no yard in the data")


def test_what_is_missing_or_assumed_is_flagged(town: City) -> None:
    # P17
    unknown = replace(
        town,
        tables={
            **town.tables,
            "buildings": town.tables["buildings"].assign(height_m=np.nan),
            "trees": town.tables["trees"].iloc[:0],
        },
    )
    places = playgrounds(unknown, ONE)
    flags = yard_shade(unknown, places, pupils=PUPILS)["flags"]
    assert flags["w"].split() == ["buildings-only", "no-tree", "heights-assumed"]
    assert flags["e"].split() == ["buildings-only", "no-tree", "no-refuge"]
    expected = Note("shade-heights-assumed", {"count": 1, "height": ONE.building_height_m})
    assert expected in playground_notes(unknown, places)


def test_yards_whose_outline_is_estimated_are_told(town: City) -> None:
    # P17
    yards = town.tables["yards"]
    one = replace(town, tables={**town.tables, "yards": yards.assign(outline=["estimated"] + [""] * (len(yards) - 1))})
    assert Note("yards-estimated", {"count": 1}) in playground_notes(one, playgrounds(one, ONE))
    assert "yards-estimated" not in {note.code for note in playground_notes(town, playgrounds(town, ONE))}


def test_the_ground_below_a_building_is_no_yard(town: City) -> None:
    shed = shapely.box(X + 400, Y, X + 410, Y + 30)
    buildings = pd.concat(
        [town.tables["buildings"], _layer(town, "building_id", {"s": (shed, {"height_m": 3.0, "use": ""})})]
    )
    built = replace(town, tables={**town.tables, "buildings": buildings})
    assert yard_shade(built, playgrounds(built, ONE)).loc["e", "yard_m2"] == pytest.approx(900)


def test_shade_is_drawn_where_it_is_counted(town: City) -> None:
    places = playgrounds(town, ONE, pixel_m=0.5)
    drawn = shade_areas(places, "13:45", crs=town.crs)
    dark = town.tables["yards"].geometry.iloc[0]
    assert drawn.geometry["w"].difference(dark.buffer(0.5)).is_empty
    assert drawn.geometry["e"].is_empty
    counted = yard_shade(town, places).loc["w", "shaded_m2"]
    assert counted <= drawn.area["w"] <= counted * 1.1
    with pytest.raises(ScenarioError, match="expected one of 13:45"):
        shade_areas(places, "08:00", crs=town.crs)


def test_what_is_felt_comes_with_its_error_and_grows_with_the_sun(town: City) -> None:
    # P18
    felt = yard_comfort(playgrounds(town, ONE), pupils=PUPILS).xs("13:45", level="slot")
    assert (felt["radiant_error_k"] == 7).all()
    assert (felt["felt_error_k"] == 2).all()
    assert felt.loc["e", "radiant_c"] > felt.loc["w", "radiant_c"]
    assert felt.loc["e", "stress"] == "very-strong"
    assert felt.loc["e", ["stress_low", "stress_high"]].tolist() == ["strong", "very-strong"]


def test_exposure_counts_pupils_hours_and_degrees(town: City) -> None:
    # P18, by hand for the bare yard, where one hour of recess has one felt temperature on each ground.
    places = playgrounds(town, ONE)
    one, twice = (yard_comfort(places, pupils=PUPILS * times)["exposure"] for times in (1, 2))
    assert twice.tolist() == pytest.approx((2 * one).tolist())
    felt = yard_comfort(places)["felt_c"]
    assert one["e", "13:45"] == pytest.approx(200 * 1.0 * (felt["e", "13:45"] - 32), rel=1e-6)


# Villebrune ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def villebrune() -> tuple[City, dict[str, Any]]:
    """Give the shipped city and what was planted in its yards."""
    truth = json.loads((ROOT / "data" / "villebrune_truth.json").read_text(encoding="utf-8"))
    return open_city(ROOT / "data", "villebrune"), truth["yards"]


def test_the_yards_planted_as_the_hottest_are_the_top_three(villebrune: tuple[City, dict[str, Any]]) -> None:
    # P19, whatever the errors of heights and crowns.
    city, truth = villebrune
    choices = PlaygroundChoices(draws=30)
    shade = yard_shade(city, playgrounds(city, choices), rng=np.random.default_rng(0)).sort_values("rank")
    assert set(shade.index[:3]) == set(truth["hottest"])
    assert shade["top3_share"].tolist()[:3] == [1, 1, 1]
    assert (shade["top3_share"].iloc[3:].dropna() == 0).all()


def test_shares_agree_with_shadows_drawn_as_polygons(villebrune: tuple[City, dict[str, Any]]) -> None:
    # P20: another method (footprints and crowns swept along the ray, exact areas, another formula of the sun).
    city, truth = villebrune
    slots = tuple(Recess(at=at, minutes=30) for at in (dt.time(10, 15), dt.time(13), dt.time(15, 30)))
    choices = PlaygroundChoices(day=dt.date(2026, 6, 20), recesses=slots, crown_transmissivity=0)
    ours = yard_shade(city, playgrounds(city, choices))["unshaded_share"]
    theirs = pd.Series(truth["unshaded_share"]).reindex(ours.index)
    assert ours.notna().all()
    assert (ours - theirs).abs().max() < 0.015
    assert (ours - theirs).abs().mean() < 0.007
