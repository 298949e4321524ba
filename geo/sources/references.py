"""What one table, or one column, says of another: codes that must be known there, ages in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pandas as pd

from geo.errors import Fault
from geo.sources.catalogue import CATALOGUE, CityEntry
from geo.sources.sheets import Sheet, Sheets, reworded

# (table, column) that names a row of another table by its key.
_REFERENCES: Final = (
    ("addresses", "unit_id", "units"),
    ("children", "unit_id", "units"),
    ("housing", "unit_id", "units"),
    ("rooms", "school_id", "schools"),
    ("rolls", "school_id", "schools"),
    ("street_list", "school_id", "schools"),
    ("sectors", "school_id", "schools"),
    ("yards", "school_id", "schools"),
)
_IRIS_TABLES: Final = ("births", "census")


def reference_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the codes of schools and units that are not in the table of schools or units."""
    for name, column, target in _REFERENCES:
        yield from _unknown_codes(sheets[name], column, sheets[target])


def serving_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the schools of the school map that are not public, or have no rooms for the level."""
    schools, rooms = sheets["schools"], sheets["rooms"]
    if not (schools.is_sound("school_id", "sector") and rooms.is_sound("school_id", "level")):
        return
    public = schools.rows("school_id", "sector").query("sector == 'public'")["school_id"]
    roomy = rooms.rows("school_id", "level")
    serving = set(roomy[roomy["school_id"].isin(public)].itertuples(index=False, name=None))
    known = set(schools.rows("school_id")["school_id"])
    for name in ("street_list", "sectors"):
        asked = sheets[name].rows("school_id", "level").drop_duplicates()
        for row, school, level in asked.itertuples(name=None):
            if school in known and (school, level) not in serving:
                yield Fault(
                    "school-not-serving",
                    sheets[name].file,
                    sheets[name].line(row),
                    "school_id",
                    f"a public school with a row for level '{level}' in {rooms.file}",
                    repr(school),
                    f"Add the row to {rooms.file}, or correct the school.",
                    {"school": school, "level": level, "target": rooms.file},
                )


def insee_faults(sheets: Sheets, entry: CityEntry, *, code: str) -> Iterator[Fault]:
    """Give the INSEE codes that are not the commune's: most often a postal code stands in their place."""
    commune = sheets["commune"].rows("insee")
    wanted = entry.insee
    drawn = {str(insee) for insee in commune["insee"]}
    if drawn and wanted not in drawn and wanted in entry.postal_codes:
        # The catalogue itself is wrong: one fault there, not one in each row of the tables.
        wanted = min(drawn)
        fault = _wrong_insee(sheets["commune"], 0, got=entry.insee, wanted=wanted, is_postal=True)
        yield replace(fault, file=CATALOGUE, line=None, column=f"{code}.insee")
    for name in ("commune", "schools"):
        sheet = sheets[name]
        for row, insee in sheet.rows("insee")["insee"].items():
            if insee != wanted:
                is_postal = insee in entry.postal_codes
                yield _wrong_insee(sheet, int(str(row)), got=insee, wanted=wanted, is_postal=is_postal)


def _wrong_insee(sheet: Sheet, row: int, *, got: str, wanted: str, is_postal: bool) -> Fault:
    rule, words = ("postal-for-insee", f"the postal code {got}") if is_postal else ("wrong-insee", repr(got))
    return Fault(
        rule,
        sheet.file,
        sheet.line(row),
        "insee",
        f"the INSEE code {wanted}",
        words,
        f"Write {wanted}; a postal code is not an INSEE code.",
        {"wanted": wanted, "value": got},
    )


def iris_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the tables by IRIS whose geography is not that of the IRIS layer."""
    iris = sheets["iris"]
    if not iris.there:
        return
    vintages = set(iris.rows("iris_vintage")["iris_vintage"])
    if len(vintages) > 1:
        yield _vintage(iris, min(vintages), iris.rows("iris_vintage"))
    for name in _IRIS_TABLES:
        sheet = sheets[name]
        given = sheet.rows("iris_vintage")
        other = given[~given["iris_vintage"].isin(vintages)]
        if len(vintages) == 1 and len(other):
            yield _vintage(sheet, vintages.copy().pop(), other)
        else:
            yield from _unknown_iris(sheet, iris)
    yield from _unknown_iris(sheets["addresses"], iris)


def unit_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the units with children but without an address: nobody could say where those children live."""
    addresses, children, units = (sheets[name] for name in ("addresses", "children", "units"))
    if not (addresses.is_sound("unit_id") and children.is_sound("unit_id", "children") and units.is_sound("unit_id")):
        return
    lived_in = children.rows("unit_id", "children").query("children > 0")["unit_id"]
    rows = units.rows("unit_id")
    inhabited = rows["unit_id"].isin(lived_in)
    bare = inhabited & ~rows["unit_id"].isin(addresses.rows("unit_id")["unit_id"])
    for row, unit in rows.loc[bare, "unit_id"].items():
        yield Fault(
            "unit-without-address",
            units.file,
            units.line(int(str(row))),
            "unit_id",
            f"an address of the unit in {addresses.file}, as children live there",
            f"none for {unit!r}",
            "Give an address this unit, or move its children to the unit where they live.",
            {"unit": unit, "target": addresses.file},
        )


def age_faults(sheets: Sheets) -> Iterator[Fault]:
    """Give the places whose youngest age is above their oldest one."""
    places = sheets["places"]
    ages = places.rows("age_from", "age_to")
    for row, first, last in ages[ages["age_from"] > ages["age_to"]].itertuples(name=None):
        yield Fault(
            "ages-reversed",
            places.file,
            places.line(row),
            "age_from",
            f"an age up to {last}, the oldest one (age_to)",
            str(first),
            "Exchange the two ages, or correct them.",
            {"value": first, "last": last},
        )


def _unknown_codes(sheet: Sheet, column: str, target: Sheet) -> Iterator[Fault]:
    """Give one fault for each code of `column` that the target has not, at its first row."""
    key = target.table.key[-1]
    if not (sheet.there and target.there and key in target.frame):
        return
    codes = sheet.rows(column)[column]
    strange = codes[~codes.isin(target.rows(key)[key])]
    counts = strange.value_counts()
    # A code that was overwritten in the target (a duplicate, an illegible one) is missing there: said there, not here.
    if len(counts) > _lost_keys(target, key):
        for row, code in strange.drop_duplicates().items():
            yield _unknown_code(sheet, int(str(row)), str(code), target=target, count=int(counts[code]))


def _unknown_iris(sheet: Sheet, iris: Sheet) -> Iterator[Fault]:
    """Give the IRIS codes that the layer has not: one fault if it has not half of them, which is another vintage."""
    rows = sheet.rows("iris")
    located = replace(sheet, frame=rows[rows["iris"] != ""])
    faults = list(_unknown_codes(located, "iris", iris))
    codes = located.frame["iris"].nunique()
    if len(faults) * 2 <= max(codes, 2):
        yield from faults
        return
    got = f"{len(faults)} of {codes} codes that it has not, such as {faults[0].got}"
    further = {"count": len(faults), "codes": codes}
    remedy = f"Use the IRIS layer of the same year as {sheet.file}: codes change from year to year."
    yield replace(reworded(faults[0], got=got, further=further), rule="iris-codes", remedy=remedy)


def _lost_keys(target: Sheet, key: str) -> int:
    keys: pd.Series[str] = target.frame[key]
    return int(keys.duplicated().sum() + keys.isna().sum()) + target.lost_rows


def _unknown_code(sheet: Sheet, row: int, code: str, *, target: Sheet, count: int) -> Fault:
    times = f" ({count} rows)" if count > 1 else ""
    return Fault(
        "unknown-code",
        sheet.file,
        sheet.line(row),
        target.table.key[-1],
        f"a code of {target.file}",
        f"{code!r}{times}",
        f"Correct the code, or add it to {target.file}.",
        {"value": code, "target": target.file, "rows": count},
    )


def _vintage(sheet: Sheet, wanted: int, other: pd.DataFrame) -> Fault:
    others = ", ".join(str(year) for year in sorted(set(other["iris_vintage"]) - {wanted}))
    rows = int((other["iris_vintage"] != wanted).sum())
    first = other.index[other["iris_vintage"] != wanted][0]
    return Fault(
        "iris-vintage",
        sheet.file,
        sheet.line(int(first)),
        "iris_vintage",
        f"the IRIS geography of {wanted}, as in the IRIS layer",
        f"{others} in {rows} row(s)",
        "Use the IRIS layer of the same year as the table: codes and limits change from year to year.",
        {"wanted": str(wanted), "found": others, "rows": rows},
    )
