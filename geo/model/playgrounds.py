"""Every number about playgrounds in the heat that is a choice and not a measurement."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.model.choice import chosen

PlantAge = Literal[1, 10, 25]

_GUESS: Final = "Choice: no open measurement; the order of magnitude is that of French towns."


class Recess(BaseModel):
    """A time that pupils spend in the yard: local time of its middle, and how long it is [minutes]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: dt.time
    minutes: Annotated[int, chosen("minutes", (1, 240), "Length of the time outdoors.")]

    @property
    def slot(self) -> str:
        """Name of the slot, such as ``13:15``."""
        return f"{self.at:%H:%M}"


class PlantedTree(BaseModel):
    """What a tree planted today is some years later."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    height_m: Annotated[float, chosen("m", (1, 40), _GUESS)]
    crown_m: Annotated[float, chosen("m", (0.5, 30), _GUESS)]


def _recesses() -> tuple[Recess, ...]:
    """Give a common school day: two short recesses, and the two halves of the time after lunch."""
    day = (("10:15", 15), ("12:30", 45), ("13:15", 45), ("15:30", 15))
    return tuple(Recess(at=dt.time.fromisoformat(at), minutes=minutes) for at, minutes in day)


class PlaygroundChoices(BaseModel):
    """The hot day, the trees, the costs and the weights that a user may argue with.

    The same day serves all yards of a city: it moves their temperatures, hardly their order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: dt.date = Field(
        default=dt.date(2026, 6, 23), description="A school day near the solstice: the shortest shadows of the year."
    )
    time_zone: str = Field(default="Europe/Paris", description="Zone of the clock of the schools.")
    recesses: tuple[Recess, ...] = Field(default_factory=_recesses, min_length=1)

    air_c: Annotated[float, chosen("°C", (20, 45), "A hot afternoon in a French town.")] = 33.0
    humidity_share: Annotated[float, chosen("share", (0.05, 1), "Usual with 33 °C in a dry spell.")] = 0.35
    wind_m_s: Annotated[float, chosen("m/s at 10 m", (0.5, 17), "Light wind, as on hot days; UTCI needs 0.5.")] = 1.2
    aerosols: Annotated[float, chosen("optical depth", (0, 0.45), "Clear summer sky over land.")] = 0.1

    crown_transmissivity: Annotated[
        float, chosen("share", (0, 1), "2-5 % dense, 5-15 % medium, 15-30 % open crown (Konarska and others, 2014).")
    ] = 0.1
    building_height_m: Annotated[float, chosen("m", (2, 60), "Two floors, where the file gives no height.")] = 6.0
    tree_height_m: Annotated[float, chosen("m", (2, 40), "Where the file gives no height.")] = 8.0
    tree_crown_m: Annotated[float, chosen("m", (1, 30), "Diameter, where the file gives no crown.")] = 6.0
    building_error_m: Annotated[float, chosen("m", (0, 10), "One standard error of the heights of BD TOPO.")] = 1.5
    tree_error_share: Annotated[float, chosen("share", (0, 0.5), "One standard error of a crown or a height.")] = 0.2
    transmissivity_low: Annotated[float, chosen("share", (0, 1), "Dense crown.")] = 0.03
    transmissivity_high: Annotated[float, chosen("share", (0, 1), "Open or young crown.")] = 0.3
    draws: Annotated[int, chosen("draws", (10, 10000), "Ranks are stable to a few hundredths.")] = 100
    seed: Annotated[int, chosen("", (0, 2**31), "Start of chance: the same seed gives the same tries.")] = 2026

    sealed_warming: Annotated[
        float, chosen("K per W/m2", (0, 0.05), "Ground over air per global radiation; a guess, not fitted.")
    ] = 0.020
    green_warming: Annotated[
        float,
        chosen("K per W/m2", (0, 0.05), "4.5 K less than asphalt at 900 W/m2, as in Tempe (Park and others, 2023)."),
    ] = 0.015
    ground_albedo: Annotated[float, chosen("share", (0, 0.6), "Old asphalt and trodden soil.")] = 0.15
    refuge_m2: Annotated[float, chosen("m2 per pupil", (0, 10), "Ours: room to sit; let the city set it.")] = 1.0

    tree_1_year: PlantedTree = PlantedTree(height_m=3.5, crown_m=1.5)
    tree_10_years: PlantedTree = PlantedTree(height_m=7.0, crown_m=4.5)
    tree_25_years: PlantedTree = PlantedTree(height_m=11.0, crown_m=8.0)
    tree_spacing_m: Annotated[float, chosen("m", (3, 30), "Crowns nearly touch after 25 years.")] = 8.0
    tree_clearance_m: Annotated[float, chosen("m", (0, 10), "From a stem to walls and to the edge of the yard.")] = 2.5
    tree_pit_m2: Annotated[float, chosen("m2", (1, 40), "Ground opened around a stem.")] = 12.0
    desealing_eur_m2: Annotated[
        float, chosen("EUR/m2", (0, 500), "60-150 without tax, sheets of the programme Plus fraîche ma ville.")
    ] = 105.0
    planting_eur_m2: Annotated[
        float, chosen("EUR/m2", (0, 500), "30-60 without tax, sheets of the programme Plus fraîche ma ville.")
    ] = 45.0
    canopy_share: Annotated[
        float, chosen("share", (0, 1), "Crowns over the yard after 25 years; 30 % is a rule of urban foresters.")
    ] = 0.3
    grass_share: Annotated[float, chosen("share", (0, 1), "Part of the sealed ground that the largest work opens.")] = (
        0.3
    )

    young_weight: Annotated[
        float, chosen("weight", (0, 5), "Value judgement: how much more a child under 6 counts.")
    ] = 0.5
    deprived_weight: Annotated[
        float, chosen("weight", (0, 5), "Value judgement: how much more the least favoured school counts.")
    ] = 0.5

    @field_validator("recesses")
    @classmethod
    def _each_slot_once(cls, recesses: tuple[Recess, ...]) -> tuple[Recess, ...]:
        slots = [recess.slot for recess in recesses]
        if len(set(slots)) < len(slots):
            msg = f"each recess needs a time of its own, got {slots}"
            raise ValueError(msg)
        return recesses

    def planted(self, age_years: PlantAge) -> PlantedTree:
        """What a tree planted today is after `age_years` [years]."""
        return {1: self.tree_1_year, 10: self.tree_10_years, 25: self.tree_25_years}[age_years]

    @property
    def tree_eur(self) -> float:
        """Cost of one tree with its pit, without tax [EUR]."""
        return self.tree_pit_m2 * (self.desealing_eur_m2 + self.planting_eur_m2)

    @property
    def grass_eur_m2(self) -> float:
        """Cost of turning sealed ground into planted ground, without tax [EUR/m2]."""
        return self.desealing_eur_m2 + self.planting_eur_m2
