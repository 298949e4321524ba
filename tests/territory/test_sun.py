"""Laws of docs/playgrounds.md: P1 bearings of the grid."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pyproj
import pytest

from geo.errors import ScenarioError
from geo.model.playgrounds import PlaygroundChoices, Recess
from geo.territory.sun import clear_sky, convergence_deg, recess_sun, sun_positions, suns_of

LAMBERT = "EPSG:2154"
# Convergence in Brest and Nice is large and of opposite sign.
PLACES = {"Brest": (-4.49, 48.39), "Nice": (7.27, 43.70), "Paris": (2.35, 48.86)}
HERE = (700_000.0, 6_600_000.0)


def _grid_bearing(lon: float, lat: float, true_bearing: float) -> float:
    """Bearing on the map of a walk of 100 m along a true bearing [degrees]."""
    project = pyproj.Transformer.from_crs("EPSG:4326", LAMBERT, always_xy=True)
    end_lon, end_lat, _ = pyproj.Geod(ellps="GRS80").fwd(lon, lat, true_bearing, 100.0)
    x0, y0 = project.transform(lon, lat)
    x1, y1 = project.transform(end_lon, end_lat)
    return math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("true_bearing", [0.0, 97.0, 180.0, 250.0])
def test_a_true_bearing_less_the_convergence_is_the_bearing_on_the_map(place: str, true_bearing: float) -> None:
    # P1: a walk along the bearing, drawn on the map, has the bearing that the convergence says.
    lon, lat = PLACES[place]
    expected = (true_bearing - convergence_deg(LAMBERT, lon, lat)) % 360
    apart = (_grid_bearing(lon, lat, true_bearing) - expected + 180) % 360 - 180
    assert abs(apart) < 0.01


@pytest.mark.parametrize("place", PLACES)
def test_the_sun_on_the_map_stands_where_a_walk_toward_it_leads(place: str) -> None:
    # P1
    lon, lat = PLACES[place]
    xy = pyproj.Transformer.from_crs("EPSG:4326", LAMBERT, always_xy=True).transform(lon, lat)
    sun = sun_positions(pd.DatetimeIndex(["2026-06-23 08:15"]).tz_localize("UTC"), LAMBERT, xy).iloc[0]
    assert sun["azimuth_deg"] == pytest.approx(_grid_bearing(lon, lat, sun["true_azimuth_deg"]), abs=0.01)


def test_the_convergence_is_not_small_at_the_ends_of_the_country() -> None:
    # P1 would prove nothing if the angle were null.
    assert convergence_deg(LAMBERT, *PLACES["Brest"]) < -5
    assert convergence_deg(LAMBERT, *PLACES["Nice"]) > 3


def test_the_sun_stands_where_the_seasons_put_it() -> None:
    # At true noon: 90 - latitude + 23.44 degrees at the solstice, 90 - latitude at the equinox.
    lon, lat = 0.0, 48.0
    place = pyproj.Transformer.from_crs("EPSG:4326", LAMBERT, always_xy=True).transform(lon, lat)
    times = pd.DatetimeIndex(["2026-06-21 12:02", "2026-03-20 12:07"]).tz_localize("UTC")
    sun = sun_positions(times, LAMBERT, place)
    assert sun["altitude_deg"].tolist() == pytest.approx([90 - lat + 23.44, 90 - lat], abs=0.2)
    assert sun["true_azimuth_deg"].tolist() == pytest.approx([180, 180], abs=1)


def test_morning_sun_comes_from_the_east_and_afternoon_sun_from_the_west() -> None:
    slots = recess_sun(LAMBERT, HERE, PlaygroundChoices())
    assert list(slots.index) == ["10:15", "12:30", "13:15", "15:30"]
    assert slots["true_azimuth_deg"].is_monotonic_increasing
    # 13:15 by the clock is before noon by the sun in France in summer.
    assert slots.loc["13:15", "true_azimuth_deg"] < 180 < slots.loc["15:30", "true_azimuth_deg"]


def test_slots_keep_the_order_of_the_choices() -> None:
    late, early = (Recess(at=dt.time(hour), minutes=10) for hour in (15, 10))
    slots = recess_sun(LAMBERT, HERE, PlaygroundChoices(recesses=(late, early)))
    assert list(slots.index) == ["15:00", "10:00"]
    assert [sun.altitude_deg for sun in suns_of(slots)] == slots["altitude_deg"].tolist()


def test_a_clear_sky_gives_the_radiation_of_a_summer_day() -> None:
    sky = clear_sky(pd.Series([65.0]), PlaygroundChoices()).iloc[0]
    assert 850 < sky["global_w_m2"] < 1000
    assert sky["direct_w_m2"] < 1361
    level = sky["direct_w_m2"] * math.sin(math.radians(65))
    # The model fits the three apart; they close to a hundredth or two.
    assert sky["global_w_m2"] == pytest.approx(level + sky["diffuse_w_m2"], rel=0.02)


def test_a_recess_at_night_is_refused_in_words() -> None:
    night = PlaygroundChoices(recesses=(Recess(at=dt.time(23), minutes=10),))
    with pytest.raises(ScenarioError, match=r"recess at 23:00.*Choose another time"):
        recess_sun(LAMBERT, HERE, night)


def test_an_unknown_time_zone_is_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match=r"time zone 'Europe/Villebrune'"):
        recess_sun(LAMBERT, HERE, PlaygroundChoices(time_zone="Europe/Villebrune"))


def test_two_recesses_at_one_time_are_refused() -> None:
    twin = Recess(at=dt.time(10), minutes=10)
    with pytest.raises(ValueError, match="a time of its own"):
        PlaygroundChoices(recesses=(twin, twin))
