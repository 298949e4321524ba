"""Columns that several tables have, and the forms of codes."""

from __future__ import annotations

from typing import Final

from geo.model.contracts import Column
from geo.model.levels import Level

ID: Final = r"[0-9A-Za-z_.:\-]+"
INSEE: Final = r"\d[0-9AB]\d{3}"
IRIS_FORM: Final = r"\d[0-9AB]\d{7}"
LEVELS: Final = tuple(str(level) for level in Level)
OFFERS: Final = ("library", "culture", "sport", "leisure", "youth", "creche")
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


def year(name: str, meaning: str) -> Column:
    """Give a column of calendar years."""
    return Column(name, "whole", meaning, "year", FIRST_YEAR, LAST_YEAR)


def share(name: str, meaning: str) -> Column:
    """Give a column of shares [0-1], which may be empty."""
    return Column(name, "number", meaning, "share", 0, 1, blank=True)


def height(name: str, meaning: str) -> Column:
    """Give a column of heights above the sea [m], which a file need not have."""
    return Column(name, "number", meaning, "m", -500, 9000, blank=True, missing=True)


LON: Final = Column("lon", "number", "longitude (WGS 84)", "degrees", -180, 180)
LAT: Final = Column("lat", "number", "latitude (WGS 84)", "degrees", -90, 90)
VINTAGE: Final = year("iris_vintage", "year of the IRIS geography in which the row is given")
LEVEL: Final = Column("level", "choice", "level of schooling", choices=LEVELS)
SCHOOL: Final = Column("school_id", "code", "school, as in schools.csv", pattern=ID)
UNIT: Final = Column("unit_id", "code", "unit, as in units.gpkg", pattern=ID)
IRIS_CODE: Final = Column("iris", "code", "IRIS code of nine characters", pattern=IRIS_FORM)
