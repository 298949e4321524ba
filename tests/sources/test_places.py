"""Places at the door: hours and ages that cannot be are told with their line and what to write."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo.council.words import fault_text
from geo.errors import Fault
from geo.sources.checks import check_city

HEADING = "place_id,name,kind,lon,lat,seats,open,age_from,age_to"


@pytest.fixture
def places(hamlet: Path) -> Path:
    """Give the file of places of the hamlet, to be written; its two schools stand where they can be read."""
    path = hamlet / "ground" / "hameau" / "places.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def faults(places: Path, *rows: str) -> list[Fault]:
    schools = pd.read_csv(places.parents[2] / "schools" / "hameau" / "schools.csv")
    lon, lat = schools.loc[0, ["lon", "lat"]]
    lines = [row.replace("HERE", f"{lon},{lat}") for row in rows]
    places.write_text("\n".join([HEADING, *lines]) + "\n", encoding="utf-8")
    return list(check_city(places.parents[2], "hameau").faults)


def test_places_in_order_have_no_fault(places: Path) -> None:
    assert not faults(
        places,
        "a,Crèche,creche,HERE,20,lundi-vendredi 7h30-18h30,,",
        "b,Maison des jeunes,youth,HERE,,mercredi et vacances,11,17",
        "c,Théâtre,culture,HERE,,,,",
    )


def test_hours_that_cannot_be_read_are_told_with_their_line_and_a_pattern(places: Path) -> None:
    found = faults(places, "a,Crèche,creche,HERE,20,lundi-vendredi 7h30-18h30,,", "b,Ludo,leisure,HERE,9,mecredi 14h,,")
    assert [(fault.rule, fault.line, fault.column) for fault in found] == [("unreadable-hours", 3, "open")]
    assert "'mecredi'" in found[0].remedy
    assert "« mecredi 14h » ne peut pas être lu comme des jours et des heures" in fault_text(found[0], "fr")
    assert "'mardi-samedi 10h-18h; dimanche 14h-18h'" in fault_text(found[0], "en")


def test_ages_in_the_wrong_order_are_told(places: Path) -> None:
    found = faults(places, "a,Ludo,leisure,HERE,9,,3,11", "b,Maison des jeunes,youth,HERE,9,,17,11")
    assert [(fault.rule, fault.line, fault.column) for fault in found] == [("ages-reversed", 3, "age_from")]
    assert "the youngest age (17) is above the oldest one (11)" in fault_text(found[0], "en")
