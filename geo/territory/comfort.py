"""What children feel in a yard on a hot day: mean radiant temperature and UTCI, always with their error."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pythermalcomfort.models import utci  # type: ignore[import-untyped]

from geo.model.playgrounds import PlaygroundChoices

Floats = npt.NDArray[np.floating]

# One standard error of the flux model against 61 hours measured in three places (Gothenburg, summer), and what it
# makes of UTCI at 0.25 K per K.
RADIANT_ERROR_K: Final = 7.0
FELT_ERROR_K: Final = 2.0

# Classes of UTCI and where each begins [degrees Celsius].
STRESS: Final = {"none": -np.inf, "moderate": 26.0, "strong": 32.0, "very-strong": 38.0, "extreme": 46.0}
STRONG_C: Final = STRESS["strong"]

_KELVIN: Final = 273.15
_STEFAN_BOLTZMANN: Final = 5.67e-8  # W per m2 and K4
_ABSORBED_SUN: Final = 0.7  # share of sunlight that a clothed person absorbs
_ABSORBED_HEAT: Final = 0.97  # share of heat radiation that a person absorbs
_EMITTED: Final = 0.95  # emissivity of walls and ground
_TABLE_K: Final = (-20.0, 60.0)  # radiant less air temperature that the table of UTCI spans [K]


class Radiation(NamedTuple):
    """The sun of one moment: altitude [degrees], beam across itself and light of the sky on level ground [W/m2]."""

    altitude_deg: float
    direct_w_m2: float
    diffuse_w_m2: float


def radiant_temperature(
    beam: Floats, sky: Floats, warming: Floats, *, sun: Radiation, choices: PlaygroundChoices
) -> Floats:
    """Give the mean radiant temperature of a standing person [degrees Celsius], with a standard error of 7 K.

    Parameters
    ----------
    beam
        Share of the direct sun that arrives [0-1].
    sky
        Share of the light of the sky that arrives [0-1], same shape.
    warming
        Ground temperature over air temperature per global radiation on it [K per W/m2], same shape.
    sun
        Altitude and strength of the sun.
    choices
        Air temperature, humidity, albedo.

    Returns
    -------
    temperature
        Same shape.

    Notes
    -----
    Six-flux idea in its short form: sun from its side, light of the sky from above, light from the ground, heat of the
    sky, of walls at air temperature and of the ground. Sources: projected area of a standing person, Fanger (1970);
    heat of a clear sky, Brutsaert (1975); vapour pressure, Magnus. Measured against field data the contrast between
    sun and shade comes out too small (18 K for 24.5 K): greening is worth more than this says, not less.
    """
    height = np.clip(sun.altitude_deg, 0, 90)
    upright = 0.308 * np.cos(np.radians(height * (1 - height**2 / 48402)))
    level = np.sin(np.radians(height))
    on_ground = sun.direct_w_m2 * level * beam + sun.diffuse_w_m2 * sky
    in_open = sun.direct_w_m2 * level + sun.diffuse_w_m2
    half = choices.ground_albedo / 2
    light = upright * sun.direct_w_m2 * beam + sun.diffuse_w_m2 * sky / 2 + half * on_ground
    light = light + half * (1 - sky) / 2 * in_open  # from sunlit walls
    heat = (_heat_from_above(sky, choices) + _EMITTED * _glow(choices.air_c + warming * on_ground)) / 2
    absorbed = _ABSORBED_SUN * light + _ABSORBED_HEAT * heat
    return np.asarray((absorbed / (_ABSORBED_HEAT * _STEFAN_BOLTZMANN)) ** 0.25 - _KELVIN)


def felt_temperature(radiant_c: Floats, choices: PlaygroundChoices) -> Floats:
    """Give the felt temperature UTCI [degrees Celsius] at a radiant temperature, with a standard error of 2 K.

    It is defined for an adult who walks at 4 km/h; children are not modelled. Air, humidity and wind are those of the
    hot day, so a table of it, read between its lines, is exact to 0.001 K.

    Source: UTCI polynomial (Bröde and others, 2012) in pythermalcomfort.
    """
    lines = choices.air_c + np.linspace(*_TABLE_K, 321)
    felt = utci(
        tdb=np.full_like(lines, choices.air_c),
        tr=lines,
        v=np.full_like(lines, choices.wind_m_s),
        rh=np.full_like(lines, 100 * choices.humidity_share),
        limit_inputs=False,
        round_output=False,
    ).utci
    return np.asarray(np.interp(radiant_c, lines, felt))


def stress_class(felt_c: float) -> str:
    """Name the class of a felt temperature [degrees Celsius]: ``none, moderate, strong, very-strong, extreme``."""
    return [name for name, begin in STRESS.items() if felt_c >= begin][-1]


def _heat_from_above(sky: Floats, choices: PlaygroundChoices) -> Floats:
    """Heat radiation of the sky and of walls at air temperature [W/m2]."""
    vapour_hpa = choices.humidity_share * 6.112 * np.exp(17.62 * choices.air_c / (243.12 + choices.air_c))
    emitted = min(1.24 * (vapour_hpa / (choices.air_c + _KELVIN)) ** (1 / 7), 1.0)
    return np.asarray((sky * emitted + (1 - sky) * _EMITTED) * _glow(np.asarray(choices.air_c)))


def _glow(temperature_c: Floats) -> Floats:
    """Heat that a black body radiates [W/m2]."""
    return np.asarray(_STEFAN_BOLTZMANN * (temperature_c + _KELVIN) ** 4)
