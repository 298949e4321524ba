"""A search as a linear programme that HiGHS understands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack, vstack

from geo.planning.revision.assignment import Floats, Mask, Problem, Rows
from geo.planning.revision.separators import Cut


class Arcs(NamedTuple):
    """Pairs of a unit and a school that a programme knows, by rows.

    ``column[unit, school]`` is the place of the pair in `unit` and `school`, -1 for one that it does not know.
    """

    unit: Rows
    school: Rows
    column: Rows


def arcs_of(problem: Problem, known: Mask) -> Arcs:
    """Give the pairs of a free unit and an allowed school among the `known`, shape (units, schools)."""
    free = np.zeros(len(problem.pupils), dtype=bool)
    free[problem.free] = True
    unit, school = np.nonzero(known & problem.allowed & free[:, None])
    column = np.full(known.shape, -1)
    column[unit, school] = np.arange(len(unit))
    return Arcs(unit, school, column)


def cut_row(arcs: Arcs, cut: Cut) -> tuple[npt.NDArray[np.int32], Floats]:
    """Give the columns and the values of a cut; pairs that the programme does not know count as none.

    That of a held unit, which is no column, goes to the other side: see `cut_limit`.
    """
    columns = np.r_[arcs.column[cut.unit, cut.school], arcs.column[cut.ring, cut.school]]
    values = np.r_[1.0, np.full(len(cut.ring), -1.0)]
    return columns[columns >= 0].astype(np.int32), values[columns >= 0]


def cut_limit(problem: Problem, cut: Cut) -> float:
    """Give the greatest value of the row of a cut: one of a held unit asks for a whole unit of its ring."""
    return -1.0 if problem.held[cut.unit, cut.school] > 0 else 0.0


def programme(problem: Problem, arcs: Arcs, cuts: Sequence[Cut]) -> highspy.HighsLp:
    """Build the linear programme.

    Columns are the arcs, then the overflow of each school whose places are known. Rows are: one school for each free
    unit, the places of each school, the limit of changes, the cuts.
    """
    units, schools = len(problem.free), len(problem.limited)
    rows = np.arange(units, units + schools)
    height = units + schools + 1 + len(cuts)
    overflow = _sparse(-np.ones(schools), rows, np.arange(schools), shape=(height, schools))
    matrix = hstack([_arc_columns(problem, arcs, cuts), overflow], format="csc")
    costs = np.r_[problem.cost_m[arcs.unit, arcs.school], np.full(schools, problem.overflow_price_m)]
    least, most = _row_limits(problem, cuts)
    model = _highs_lp(matrix, costs, least=least, most=most)
    model.offset_ = problem.held_cost_m
    return model


def with_more_arcs(solver: Any, problem: Problem, arcs: Arcs, *, more: Mask, cuts: Sequence[Cut]) -> Arcs:  # noqa: ANN401
    """Make pairs known to a programme that is being solved, and give all that it knows.

    Parameters
    ----------
    solver
        HiGHS with the programme of `problem`, `arcs` and `cuts`.
    problem, arcs, cuts
        What it was made of.
    more
        The pairs to add, shape (units, schools).
    """
    new = arcs_of(problem, more)
    matrix = _arc_columns(problem, new, cuts).tocsc()
    count, first = len(new.unit), solver.getNumCol()
    costs, none, most = problem.cost_m[new.unit, new.school], np.zeros(count), np.full(count, np.inf)
    solver.addCols(count, costs, none, most, matrix.nnz, matrix.indptr[:-1], matrix.indices, matrix.data)
    column = arcs.column.copy()
    column[new.unit, new.school] = np.arange(first, first + count)
    return Arcs(np.r_[arcs.unit, new.unit], np.r_[arcs.school, new.school], column)


def _arc_columns(problem: Problem, arcs: Arcs, cuts: Sequence[Cut]) -> csr_array:
    """Give the columns of the arcs, rows as in `programme`."""
    count, schools = len(arcs.unit), len(problem.limited)
    every = np.arange(count)
    row_of_unit = np.searchsorted(problem.free, arcs.unit)
    limited = np.isfinite(problem.places)[arcs.school]
    row_of_school = np.searchsorted(problem.limited, arcs.school[limited])
    changes = problem.changes[arcs.unit, arcs.school]
    return vstack(
        [
            _sparse(np.ones(count), row_of_unit, every, shape=(len(problem.free), count)),
            _sparse(problem.pupils[arcs.unit[limited]], row_of_school, every[limited], shape=(schools, count)),
            _sparse(changes, np.zeros(count, dtype=int), every, shape=(1, count)),
            _cut_block(arcs, cuts),
        ],
        format="csr",
    )


def quiet_solver(model: highspy.HighsLp) -> Any:  # noqa: ANN401, HiGHS gives no type of its own to annotate with
    """Start HiGHS on a model: one thread, no output, so that equal input gives equal output."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)  # noqa: FBT003, its own way
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


def _sparse(values: Floats, rows: Rows, columns: Rows, *, shape: tuple[int, int]) -> csr_array:
    return csr_array((values, (rows, columns)), shape=shape)


def _cut_block(arcs: Arcs, cuts: Sequence[Cut]) -> csr_array:
    rows = [cut_row(arcs, cut) for cut in cuts]
    lengths = np.array([len(columns) for columns, _ in rows], dtype=np.int64)
    start = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    columns = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, dtype=np.int32)
    values = np.concatenate([values for _, values in rows]) if rows else np.empty(0)
    return csr_array((values, columns, start), shape=(len(cuts), len(arcs.unit)))


def _row_limits(problem: Problem, cuts: Sequence[Cut]) -> tuple[Floats, Floats]:
    """Give the least and greatest value of each row."""
    places = (problem.places - problem.held_pupils)[problem.limited]
    tied = np.array([cut_limit(problem, cut) for cut in cuts])
    most = np.r_[np.ones(len(problem.free)), places, problem.most_changes - problem.held_changes, tied]
    least = np.full(len(most), -np.inf)
    least[: len(problem.free)] = 1.0
    return least, most


def _highs_lp(matrix: Any, costs: Floats, *, least: Floats, most: Floats) -> highspy.HighsLp:  # noqa: ANN401, scipy
    rows, columns = matrix.shape
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows, columns
    model.col_cost_, model.col_lower_ = costs, np.zeros(columns)
    model.col_upper_ = np.full(columns, np.inf)
    model.row_lower_, model.row_upper_ = least, most
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    return model
