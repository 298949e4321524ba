"""Where the sun stands at the recesses of a day, and how strong it is under a clear sky."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd
import pvlib  # type: ignore[import-untyped]
import pyproj

from geo.errors import ScenarioError
from geo.model.playgrounds import PlaygroundChoices

# Below this shadows are longer than any window, and no school has recess.
LOWEST_DEG: Final = 5.0
_WGS84: Final = "EPSG:4326"


class Sun(NamedTuple):
    """A place of the sun as seen from the map.

    Attributes
    ----------
    azimuth_deg
        Bearing clockwise from the north of the grid, which is not quite true north [degrees].
    altitude_deg
        Height above the horizon [degrees].
    """

    azimuth_deg: float
    altitude_deg: float


def convergence_deg(crs: str, lon: float, lat: float) -> float:
    """Angle from true north to the north of the grid of `crs` [degrees], positive clockwise.

    A true bearing less this angle is the bearing on the map.
    """
    return float(pyproj.Proj(crs).get_factors(lon, lat).meridian_convergence)


def sun_positions(times: pd.DatetimeIndex, crs: str, place: tuple[float, float]) -> pd.DataFrame:
    """Give the place of the sun.

    Parameters
    ----------
    times
        Moments with a time zone, shape (moments,).
    crs
        Projected CRS of the map.
    place
        Coordinates of the place in `crs` [m].

    Returns
    -------
    sun
        Index `times`: ``true_azimuth_deg`` (clockwise from true north), ``azimuth_deg`` (clockwise from the north of
        the grid), ``altitude_deg`` with refraction [degrees].

    Notes
    -----
    Source: the solar position algorithm of NREL (Reda and Andreas, 2004) in pvlib.
    """
    lon, lat = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True).transform(*place)
    found = pvlib.solarposition.get_solarposition(times, lat, lon)
    return pd.DataFrame(
        {
            "true_azimuth_deg": found["azimuth"],
            "azimuth_deg": (found["azimuth"] - convergence_deg(crs, lon, lat)) % 360,
            "altitude_deg": found["apparent_elevation"],
        },
        index=times,
    )


def clear_sky(altitude_deg: pd.Series, choices: PlaygroundChoices) -> pd.DataFrame:
    """Give the radiation under a clear sky.

    Parameters
    ----------
    altitude_deg
        Height of the sun [degrees].
    choices
        Air temperature, humidity and aerosols of the day.

    Returns
    -------
    radiation
        Same index [W/m2]: ``global_w_m2`` on the ground, ``direct_w_m2`` across the beam, ``diffuse_w_m2`` of the sky.

    Notes
    -----
    Source: simplified Solis model (Ineichen, 2008) in pvlib; water in the air after Gueymard (1994).
    """
    water_cm = pvlib.atmosphere.gueymard94_pw(choices.air_c, 100 * choices.humidity_share)
    sky = pvlib.clearsky.simplified_solis(altitude_deg, aod700=choices.aerosols, precipitable_water=water_cm)
    return pd.DataFrame({"global_w_m2": sky["ghi"], "direct_w_m2": sky["dni"], "diffuse_w_m2": sky["dhi"]})


def recess_sun(crs: str, place: tuple[float, float], choices: PlaygroundChoices) -> pd.DataFrame:
    """Give the sun at each recess of the hot day.

    Returns
    -------
    slots
        Index ``slot`` such as ``13:15`` in the order of the choices: ``minutes`` of the recess, the columns of
        `sun_positions` and of `clear_sky`.

    Raises
    ------
    ScenarioError
        If the sun is below 5 degrees at one of the recesses, or the time zone is unknown.
    """
    times = _moments([recess.at for recess in choices.recesses], choices)
    sun = sun_positions(times, crs, place)
    slots = pd.Index([recess.slot for recess in choices.recesses], name="slot")
    minutes = [recess.minutes for recess in choices.recesses]
    table = pd.concat([sun, clear_sky(sun["altitude_deg"], choices)], axis=1).set_axis(slots)
    dark = table.index[table["altitude_deg"] < LOWEST_DEG]
    if len(dark):
        msg = (
            f"recess at {', '.join(dark)} on {choices.day}: expected the sun at least {LOWEST_DEG:g} degrees above the "
            "horizon, got night or nearly so. Choose another time."
        )
        raise ScenarioError(msg)
    return table.assign(minutes=minutes)


def suns_of(slots: pd.DataFrame) -> tuple[Sun, ...]:
    """Give the places of the sun of a table of slots, in its order."""
    pairs = zip(slots["azimuth_deg"], slots["altitude_deg"], strict=True)
    return tuple(Sun(float(azimuth), float(altitude)) for azimuth, altitude in pairs)


def _moments(clock: Sequence[dt.time], choices: PlaygroundChoices) -> pd.DatetimeIndex:
    local = pd.DatetimeIndex([dt.datetime.combine(choices.day, at) for at in clock])
    try:
        return local.tz_localize(choices.time_zone)
    except (KeyError, ValueError) as error:
        msg = f"time zone '{choices.time_zone}': expected a name such as 'Europe/Paris'. Correct the choices."
        raise ScenarioError(msg) from error
