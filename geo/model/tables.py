"""The contract of every table of a city. Printed as docs/data.md."""

from __future__ import annotations

from typing import Final

from geo.model.columns import (
    ID,
    INSEE,
    IRIS_CODE,
    IRIS_FORM,
    LAT,
    LEVEL,
    LON,
    OFFERS,
    SCHOOL,
    UNIT,
    VINTAGE,
    height,
    share,
    year,
)
from geo.model.contracts import Column, Table
from geo.model.levels import LEVEL_OF_GRADE
from geo.model.tables_ground import BUILDINGS, TREES, YARDS

COMMUNE: Final = Table(
    "commune",
    "the commune",
    "boundaries/{city}/commune.gpkg",
    (
        Column("insee", "code", "INSEE code of the commune", pattern=INSEE),
        Column("name", "text", "name of the commune"),
    ),
    key=("insee",),
    geometry="polygon",
    required=True,
)
IRIS: Final = Table(
    "iris",
    "a statistical area of about 2,000 inhabitants (IRIS)",
    "boundaries/{city}/iris.gpkg",
    (IRIS_CODE, Column("name", "text", "name of the IRIS"), VINTAGE),
    key=("iris",),
    geometry="polygon",
)
QPV: Final = Table(
    "qpv",
    "a priority quarter of the city policy (QPV)",
    "boundaries/{city}/qpv.gpkg",
    (Column("qpv", "code", "code of the quarter", pattern=ID), Column("name", "text", "name of the quarter")),
    key=("qpv",),
    geometry="polygon",
)
SECTORS: Final = Table(
    "sectors",
    "a school sector as the city draws it; a shared sector has one row for each of its schools",
    "boundaries/{city}/sectors.gpkg",
    (
        LEVEL,
        Column("sector_id", "code", "code of the drawn sector", pattern=ID),
        SCHOOL,
        Column("name", "text", "name of the sector"),
    ),
    key=("level", "sector_id", "school_id"),
    geometry="polygon",
)
UNITS: Final = Table(
    "units",
    "the smallest thing that a city moves: one side of a street between two crossings",
    "boundaries/{city}/units.gpkg",
    (UNIT, Column("label", "text", "street, side and numbers, in words")),
    key=("unit_id",),
    geometry="polygon",
    required=True,
)
BARRIERS: Final = Table(
    "barriers",
    "a river, railway or road that is crossed at few places",
    "boundaries/{city}/barriers.gpkg",
    (
        Column("barrier_id", "code", "code of the barrier", pattern=ID),
        Column("kind", "choice", "what it is", choices=("river", "railway", "road")),
        Column("name", "text", "its name"),
    ),
    key=("barrier_id",),
    geometry="polygon",
)
STREETS: Final = Table(
    "streets",
    "a piece of street between two crossings",
    "streets/{city}/streets.gpkg",
    (
        Column("segment_id", "code", "code of the piece", pattern=ID),
        Column("street_id", "code", "code of the street; empty for a path without a name", pattern=ID, blank=True),
        Column("street_name", "text", "name of the street", blank=True),
        Column("walkable", "flag", "whether a child may walk along it"),
        Column(
            "walk_direction",
            "whole",
            "1: on foot along its line only, -1: against it only, 0: both ways",
            "",
            -1,
            1,
            blank=True,
            missing=True,
        ),
        Column(
            "road_class",
            "text",
            "class of the road as its source says: primary, residential ...",
            blank=True,
            missing=True,
        ),
        Column(
            "above_ground",
            "whole",
            "0: on the ground, 1: on a bridge, -1: in a tunnel",
            "",
            -9,
            9,
            blank=True,
            missing=True,
        ),
        height("from_height_m", "height of the ground at the first point"),
        height("to_height_m", "height of the ground at the last point"),
    ),
    key=("segment_id",),
    geometry="line",
    required=True,
)
ADDRESSES: Final = Table(
    "addresses",
    "an address: a number in a street",
    "streets/{city}/addresses.csv",
    (
        Column("address_id", "code", "code of the address", pattern=ID),
        Column("street_id", "code", "code of the street", pattern=ID),
        Column("street_name", "text", "name of the street"),
        Column("number", "whole", "number in the street", "", 0, 99999),
        Column("suffix", "text", "repetition index: bis, ter, A ...", blank=True),
        UNIT,
        Column("iris", "code", "IRIS code of nine characters", pattern=IRIS_FORM, blank=True),
        Column("dwellings", "whole", "dwellings at the address", "dwellings", 0, blank=True, missing=True),
        LON,
        LAT,
    ),
    key=("address_id",),
    point=True,
    required=True,
)
SCHOOLS: Final = Table(
    "schools",
    "a school",
    "schools/{city}/schools.csv",
    (
        Column("school_id", "code", "UAI, or a code of the city's own", pattern=ID),
        Column("name", "text", "name of the school"),
        Column("sector", "choice", "who runs it", choices=("public", "private")),
        Column("insee", "code", "INSEE code of the commune (not the postal code)", pattern=INSEE),
        Column("address", "text", "postal address", blank=True, missing=True),
        LON,
        LAT,
        Column(
            "ips", "number", "index of social position of its pupils (IPS)", "index", 40, 200, blank=True, missing=True
        ),
        Column(
            "priority_education",
            "choice",
            "priority education network",
            choices=("REP", "REP+"),
            blank=True,
            missing=True,
        ),
    ),
    key=("school_id",),
    point=True,
    required=True,
)
ROOMS: Final = Table(
    "rooms",
    "the rooms that a school has for one level; says which levels it serves",
    "schools/{city}/rooms.csv",
    (
        SCHOOL,
        LEVEL,
        Column("rooms", "whole", "classrooms in use or ready", "rooms", 0, 200, blank=True),
        Column(
            "capacity_pupils",
            "whole",
            "pupils that it can hold, if the city states it; else rooms x pupils per room",
            "pupils",
            0,
            5000,
            blank=True,
            missing=True,
        ),
        Column("canteen_seats", "whole", "seats in the canteen", "seats", 0, 5000, blank=True, missing=True),
    ),
    key=("school_id", "level"),
    required=True,
)
ROLLS: Final = Table(
    "rolls",
    "pupils counted in one grade of one school in September",
    "schools/{city}/rolls.csv",
    (
        SCHOOL,
        year("year", "calendar year of the September count"),
        Column("grade", "choice", "grade", choices=tuple(LEVEL_OF_GRADE)),
        Column("pupils", "whole", "pupils on the roll", "pupils", 0, 2000),
    ),
    key=("school_id", "year", "grade"),
)
STREET_LIST: Final = Table(
    "street_list",
    "a row of the school map in force: numbers of a street that belong to a school",
    "schools/{city}/street_list.csv",
    (
        LEVEL,
        Column("street_id", "code", "code of the street", pattern=ID),
        Column("street_name", "text", "name of the street"),
        Column("number_from", "whole", "first number", "", 0, 99999),
        Column("suffix_from", "text", "repetition index of the first number", blank=True, missing=True),
        Column("number_to", "whole", "last number; 9999 for an open end", "", 0, 99999),
        Column("suffix_to", "text", "repetition index of the last number", blank=True, missing=True),
        Column("parity", "choice", "odd (I), even (P) or both (PI)", choices=("I", "P", "PI")),
        SCHOOL,
        Column("priority", "whole", "1, then 2, 3 ... for the other schools of a shared sector", "", 1, 9),
    ),
)
CHILDREN: Final = Table(
    "children",
    "children of one age who live in a unit when the school year begins",
    "census/{city}/children.csv",
    (
        UNIT,
        year("year", "calendar year in which the school year begins"),
        Column("age", "whole", "age reached during that calendar year", "years", 0, 24),
        Column("children", "number", "children; a fraction is an estimate", "children", 0, 10000),
    ),
    key=("unit_id", "year", "age"),
    required=True,
)
BIRTHS: Final = Table(
    "births",
    "births of one year to residents of an IRIS",
    "census/{city}/births.csv",
    (IRIS_CODE, VINTAGE, year("year", "year of birth"), Column("births", "whole", "births", "children", 0, 5000)),
    key=("iris", "year"),
)
_PEOPLE: Final = (
    IRIS_CODE,
    VINTAGE,
    year("year", "year of the census"),
    Column("population", "number", "inhabitants", "inhabitants", 0),
    Column("households", "number", "households", "households", 0, blank=True),
    Column("median_income_eur", "number", "median income by consumption unit", "EUR/year", 0, blank=True),
    share("poverty_share", "share of people under 60 % of the national median income"),
    share("baccalaureate_share", "share of people over 15, out of school, who hold the baccalaureate"),
    share("blue_collar_share", "share of blue-collar workers among people in work or seeking it"),
    share("unemployed_share", "share of the unemployed among people in work or seeking it"),
)
CENSUS: Final = Table("census", "who lives in an IRIS", "census/{city}/census.csv", _PEOPLE, key=("iris",))
REFERENCE: Final = Table(
    "reference",
    "who lives in an IRIS of the region that the deprivation index is fitted on, those of the city among them",
    "census/{city}/reference.csv",
    _PEOPLE,
    key=("iris",),
)
HOUSING: Final = Table(
    "housing",
    "a delivery of a housing programme",
    "census/{city}/housing.csv",
    (
        Column("programme_id", "code", "code of the programme", pattern=ID),
        year("delivery_year", "calendar year of delivery"),
        Column("name", "text", "name of the programme"),
        UNIT,
        Column("dwellings", "whole", "dwellings delivered; negative for a demolition", "dwellings", -5000, 5000),
        share("social_share", "share of social housing among them"),
        Column("mean_rooms", "number", "mean number of rooms of a dwelling", "rooms", 1, 8, blank=True),
    ),
    key=("programme_id", "delivery_year"),
)
PLACES: Final = Table(
    "places",
    "a place of leisure, culture, sport or early childhood",
    "ground/{city}/places.csv",
    (
        Column("place_id", "code", "code of the place", pattern=ID),
        Column("name", "text", "name of the place"),
        Column("kind", "choice", "what it offers", choices=OFFERS),
        LON,
        LAT,
        Column("seats", "whole", "children that it can hold at once", "children", 0, 5000, blank=True, missing=True),
        Column(
            "open", "hours", "opening days and hours; empty or 'selon programme': not told", blank=True, missing=True
        ),
        Column("age_from", "whole", "youngest age that it takes", "years", 0, 24, blank=True, missing=True),
        Column("age_to", "whole", "oldest age that it takes", "years", 0, 24, blank=True, missing=True),
    ),
    key=("place_id",),
    point=True,
)
TABLES: Final = (
    COMMUNE,
    IRIS,
    QPV,
    SECTORS,
    UNITS,
    BARRIERS,
    STREETS,
    ADDRESSES,
    SCHOOLS,
    ROOMS,
    ROLLS,
    STREET_LIST,
    CHILDREN,
    BIRTHS,
    CENSUS,
    REFERENCE,
    HOUSING,
    PLACES,
    BUILDINGS,
    TREES,
    YARDS,
)
