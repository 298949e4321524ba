"""Errors and intervals of the projection on real rolls: Eau Claire (27 years) and Ille-et-Vilaine (4 years).

``python benchmarks/bench_projection.py [FOLDER]`` with the folder of real extracts, else that of CARTABLE_REAL_DATA,
else ``../shared/data``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd

from geo.model.projection import ProjectionChoices
from geo.planning.projection.backtest import METHODS, backtest, error_table
from geo.planning.projection.cohorts import steady_births
from geo.planning.projection.intervals import coverage_table
from geo.planning.projection.progression import Course

ROOT = Path(__file__).parents[1]
FIRST_SHOWN, FIRST_CALIBRATED, LAST = 2009, 2003, 2019  # the epidemic of 2020 is left out
SEPTEMBERS = 4
CHOICES = ProjectionChoices()
CLOSED = {"Boyd", "Cleghorn", "Lincoln", "Little Red"}
LEVELS = ("CP", "CE1", "CE2", "CM1", "CM2")


def main(folder: Path) -> None:
    """Print the tables that docs/projection.md quotes."""
    errors = eau_claire(folder / "enrolment")
    show("Eau Claire, 12 schools, origins 2009-2018, outcomes to 2019 [%]", errors[errors["origin"] >= FIRST_SHOWN])
    coverage = coverage_table(errors, CHOICES)
    print(f"\nIntervals of 80 % made from the past alone\n{coverage.round(3)}")
    show("\nIlle-et-Vilaine, schools, 2021 to 2022", schools_of_ille_et_vilaine(folder / "enrolment"))
    show("\nIlle-et-Vilaine, communes, nursery pupils / 3 before CP, 2021 to 2022", communes(folder / "enrolment"))


def show(title: str, errors: pd.DataFrame) -> None:
    """Print the mean errors by scale, method and years ahead."""
    table = 100 * error_table(errors)[[f"{name}_error_share" for name in METHODS]]
    print(f"{title}\n{table.rename(columns=lambda name: name.removesuffix('_error_share')).round(2)}")
    cells = errors.assign(**{name: (errors[f"{name}_pupils"] - errors["actual_pupils"]).abs() for name in METHODS})
    sums = cells.groupby(["scale", "horizon"])[[*METHODS, "actual_pupils"]].sum()
    print(f"weighted by pupils\n{(100 * sums[list(METHODS)].div(sums['actual_pupils'], axis='index')).round(2)}")


def eau_claire(folder: Path) -> pd.DataFrame:
    """Past forecasts of the schools that stay."""
    table = pd.read_csv(folder / "ecasd_enrolment_1998_2024.csv", dtype={"grade": "str"})
    until = table[table["year"] <= LAST].rename(columns={"school": "school_id"})
    rolls = until.set_index(["school_id", "year", "grade"])["pupils"]
    born = pd.read_csv(folder / "ecasd_births_1995_2019.csv", index_col="year")["births"].loc[:2018]
    course = Course(("K",), pd.DataFrame([born.to_numpy(dtype=float)], index=["district"], columns=born.index), 5, {})
    grades = ("K", "1", "2", "3", "4", "5")
    errors = backtest(rolls, course, grades=grades, choices=CHOICES, horizon_years=5)
    return errors[(errors["origin"] >= FIRST_CALIBRATED) & ~errors["school_id"].isin(CLOSED)]


def schools_of_ille_et_vilaine(folder: Path) -> pd.DataFrame:
    """Past forecasts of the elementary schools with four Septembers."""
    table = pd.read_csv(folder / "fr_ecoles_35_2019_2022.csv.gz", dtype={"code_postal": "str"})
    table = table[table["elem"] > 0].rename(columns=str.upper).rename(columns={"UAI": "school_id", "RENTREE": "year"})
    whole = table[table.groupby("school_id")["year"].transform("count") == SEPTEMBERS]
    long = whole.melt(["school_id", "year"], list(LEVELS), var_name="grade", value_name="pupils")
    rolls = long.set_index(["school_id", "year", "grade"])["pupils"]
    course = Course(("CP",), steady_births(range(2000, 2030)), 6, {})
    return backtest(rolls, course, grades=LEVELS, choices=CHOICES, horizon_years=1)


def communes(folder: Path) -> pd.DataFrame:
    """Past forecasts of CP by commune from the nursery pupils of the commune."""
    table = pd.read_csv(folder / "fr_ecoles_35_2019_2022.csv.gz", dtype={"code_postal": "str"})
    sums = table.groupby(["commune", "rentree"])[["preelem", "cp"]].sum()
    sums = sums.assign(NURSERY=sums["preelem"] / 3, CP=sums["cp"].astype(float))[["NURSERY", "CP"]]
    there = sums.gt(0).all(axis=1).groupby("commune").transform("sum") == SEPTEMBERS
    long = sums[there].melt(var_name="grade", value_name="pupils", ignore_index=False).set_index("grade", append=True)
    rolls = long["pupils"].rename_axis(["school_id", "year", "grade"])
    course = Course(("NURSERY",), steady_births(range(2000, 2030)), 3, {})
    return backtest(rolls, course, grades=("NURSERY", "CP"), judged=("CP",), choices=CHOICES, horizon_years=1)


if __name__ == "__main__":
    told = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CARTABLE_REAL_DATA", ROOT.parent / "shared" / "data")
    main(Path(told))
