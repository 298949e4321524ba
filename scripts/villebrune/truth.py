"""What was planted in Villebrune, so that tests know the answers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from geo.model.levels import AGES, Level
from geo.territory.network import build_network, snap
from geo.territory.walking.distances import walk_distances
from villebrune import people, region, schools
from villebrune.areas import AREAS, DEPRIVED, QUARTERS
from villebrune.build import Villebrune
from villebrune.heat import unshaded_shares
from villebrune.names import TWINS
from villebrune.register import point_of
from villebrune.rolls import expected_pupils, of_level
from villebrune.schoolmap import Owners, mean_walk_m
from villebrune.sites import BRIEFS, ELEMENTARY
from villebrune.today import school

HORIZON: Final = 2036
HALF_EMPTY_SCHOOL: Final = 201
# Two points that look at each other across the river, half-way between two bridges [m in the sketch].
OPPOSITE: Final = ((352.0, -170.0), (460.0, -170.0))


def truth_of(city: Villebrune, *, seed: int) -> dict[str, Any]:
    """Give the planted truths as plain values."""
    return {
        "note": "Villebrune is fictional; these are the answers that were planted in it.",
        "seed": seed,
        "counts": _counts(city),
        "process": _process(city),
        "deprived": {
            "iris": list(DEPRIVED),
            "qpv": [code for code, _, _ in QUARTERS],
            "fifth": region.DEPRIVED_FIFTH,
            "reference_areas": region.AREAS,
        },
        "school_map": _school_map(city),
        "better_map": _better_map(city),
        "overflow": _overflow(city),
        "half_empty_school": school(HALF_EMPTY_SCHOOL),
        "crossings": _crossings(city),
        "yards": _yards(city),
        "near_twin_streets": sorted({name for _, name in TWINS} & set(city.tables["addresses"]["street_name"])),
    }


def _counts(city: Villebrune) -> dict[str, Any]:
    children = city.tables["children"]
    at_school = children[children["age"].between(3, 10)]
    return {
        **{name: len(rows) for name, rows in sorted(city.tables.items())},
        "streets_named": int(city.tables["addresses"]["street_id"].nunique()),
        "dwellings": int(city.tables["addresses"]["dwellings"].sum()),
        "inhabitants": int(city.tables["census"]["population"].sum()),
        "children_3_to_10": int(at_school["children"].sum()),
    }


def _process(city: Villebrune) -> dict[str, Any]:
    """The planted cohort process. A ratio is children of age a + 1 a year later for one child of age a."""
    iris = {name: [area.code for area in AREAS if area.side == name] for name in people.SIDES}
    pupils = {level: _share(city, level) for level in Level}
    return {
        "sides": {
            name: {
                "iris": iris[name],
                "births_2026": side.births,
                "births_trend": side.trend,
                "ratio_before_three": side.early_ratio,
                "ratio": side.ratio,
            }
            for name, side in people.SIDES.items()
        },
        "leaving_share_a_year": people.LEAVING_SHARE,
        "public_share_at_three": people.PUBLIC_AT_THREE,
        "kept_in_public_at_six": people.KEPT_AT_SIX,
        "kept_in_public_at_eleven": people.KEPT_AT_ELEVEN,
        "derogation_share": people.AWAY_SHARE,
        "attendance_share_2026": {str(level): round(share, 4) for level, share in pupils.items()},
    }


def _share(city: Villebrune, level: Level) -> float:
    """Public pupils of this year divided by the children of those ages."""
    children = city.tables["children"]
    public = [brief.school_id for brief in BRIEFS if brief.sector == "public"]
    rolls = of_level(city.tables["rolls"], level)
    return float(rolls.reindex(public).sum() / children.loc[children["age"].isin(AGES[level]), "children"].sum())


def _school_map(city: Villebrune) -> dict[str, Any]:
    maps, names = city.maps, city.tables["addresses"].groupby("street_id")["street_name"].first()
    shared_units = [unit for unit, owners in maps.today[ELEMENTARY].items() if len(owners) > 1]
    return {
        "level": ELEMENTARY,
        "shared_sector": {
            "schools": list(maps.today[ELEMENTARY][shared_units[0]]),
            "streets": {street: names[street] for street in maps.shared_streets},
            "units": sorted(shared_units),
        },
        "split_by_parity": {maps.parity_street: names[maps.parity_street]},
        "split_by_range": {maps.range_street: names[maps.range_street]},
    }


def _pupils_of_units(city: Villebrune, level: Level) -> pd.Series:
    """Pupils of each unit: its children of those ages times the attendance share [pupils]."""
    children = city.tables["children"]
    rows = children[children["age"].isin(AGES[level])]
    return rows.groupby("unit_id")["children"].sum() * _share(city, level)


def _better_map(city: Villebrune) -> dict[str, Any]:
    today, better = city.maps.today[ELEMENTARY], city.maps.better
    moves = {unit: list(better[unit]) for unit in sorted(better) if better[unit] != today[unit]}
    pupils = _pupils_of_units(city, Level.ELEMENTARY)
    return {
        "level": ELEMENTARY,
        "pupils_moved": round(float(pupils.reindex(list(moves)).fillna(0.0).sum()), 2),
        "units_moved": len(moves),
        "today": _figures(city, today, pupils),
        "better": _figures(city, better, pupils),
        "over_the_bridge": {"units": list(city.maps.bridge_units), "from": school(206), "to": school(201)},
        "bend_of_the_river": {"units": list(city.maps.bend_units), "from": school(207)},
        "moves": moves,
    }


def _figures(city: Villebrune, owners: Owners, pupils: pd.Series) -> dict[str, Any]:
    """Pupils by school and beyond the places, and the mean walk to the schools of the sector."""
    by_school: dict[str, float] = {}
    for unit, here in owners.items():
        for one in here:
            by_school[one] = by_school.get(one, 0.0) + float(pupils.get(unit, 0.0)) / len(here)
    places = schools.places(city.tables["rooms"], Level.ELEMENTARY)
    over = sum(max(0.0, by_school[one] - float(places[one])) for one in by_school)
    return {
        "pupils_over_capacity": round(over, 2),
        "mean_walk_m": round(mean_walk_m(city.town, owners, weight=pupils), 1),
        "pupils": {one: round(by_school[one], 2) for one in sorted(by_school)},
    }


def _overflow(city: Villebrune) -> dict[str, Any]:
    """Expected pupils of the elementary schools under today's map, and when the planted one overflows."""
    owners, level = city.maps.today[ELEMENTARY], Level.ELEMENTARY
    expected = expected_pupils(city.years[people.THIS_YEAR], city.home, owners, level=level, until=HORIZON)
    places = schools.places(city.tables["rooms"], level)
    growing = school(schools.OVERFLOW_SCHOOL)
    years = [year for year in expected if expected.loc[growing, year] > places[growing]]
    return {
        "level": ELEMENTARY,
        "school_id": growing,
        "capacity_pupils": int(places[growing]),
        "first_year": years[0],
        "note": "No housing programme, no noise; births up to 2025 are known, later ones follow the planted trend.",
        "expected_pupils": {
            one: {str(year): round(float(pupils), 1) for year, pupils in row.items()}
            for one, row in expected.iterrows()
        },
    }


def _crossings(city: Villebrune) -> dict[str, Any]:
    streets, barriers = city.tables["streets"], city.tables["barriers"]
    crossing: dict[str, Any] = {}
    for barrier, shape in barriers.geometry.items():
        over = streets[streets.crosses(shape)]
        middles = over.geometry.intersection(shape).centroid
        crossing[str(barrier)] = [
            {"segment_id": segment, "street": over.loc[segment, "street_name"], "xy": [round(p.x, 1), round(p.y, 1)]}
            for segment, p in middles.items()
        ]
    one, other = (np.array(point_of(place).coords) for place in OPPOSITE)
    network = build_network(streets)
    walk = walk_distances(network, snap(network, one), snap(network, other))[0, 0]
    crossing["detour"] = {
        "from": one[0].tolist(),
        "to": other[0].tolist(),
        "straight_m": round(float(np.hypot(*(one - other)[0])), 1),
        "walk_m": round(float(walk), 1),
    }
    return crossing


def _yards(city: Villebrune) -> dict[str, Any]:
    shares = unshaded_shares(city.tables["yards"], city.tables["buildings"], city.tables["trees"])
    planted = sorted((brief for brief in BRIEFS if brief.heat), key=lambda brief: brief.heat)
    areas = (
        city.tables["yards"].groupby("school_id")["geometry"].agg(lambda parts: shapely.area(parts.to_numpy()).sum())
    )
    return {
        "hottest": [brief.school_id for brief in planted],
        "day": "20 June, recess at 10:15, 13:00 and 15:30 (UTC + 2 h)",
        "unshaded_share": {one: round(float(share), 4) for one, share in shares.items()},
        "area_m2": {one: round(float(areas[one]), 1) for one in shares.index},
    }
