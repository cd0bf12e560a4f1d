"""HiGHS, by its own bindings: linear programs for prices, integer programs for whole numbers.

scipy holds the same solver behind 0.4 s of imports, in every process that decides. Both programs minimise
`cost @ x` where `matrix @ x <= limit` and `0 <= x <= most`. One thread, never a time limit: the same program has the
same answer. contact-plan.md, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from warehouse.engines.quiet_solver import quiet_solver

if TYPE_CHECKING:
    from highspy import Highs, HighsStatus
    from scipy.sparse import csc_array, csr_array

Floats = NDArray[np.float64]
DUAL, PRIMAL = 1, 4
"""Names of HiGHS' simplex strategies."""
_ALWAYS = {"output_flag": False, "log_to_console": False, "threads": 1, "parallel": "off", "random_seed": 0}


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where a linear program is least: `x`, the value there, and of each row what a unit more of its limit is worth."""

    x: Floats
    value: float
    prices: Floats


def linear(cost: Floats, matrix: csr_array, limit: Floats, most: Floats) -> Optimum | None:
    """The optimum by dual simplex; None where the rows cannot be kept. ArithmeticError: the solver gave up."""
    return _optimum(_solver(cost, matrix, limit, most, solver="simplex", simplex_strategy=DUAL))


def _optimum(solver: Highs) -> Optimum | None:
    import highspy

    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"no optimum: {solver.modelStatusToString(status)}")
    found = solver.getSolution()
    prices = np.maximum(-np.asarray(found.row_dual), 0)
    return Optimum(np.asarray(found.col_value), solver.getInfo().objective_function_value, prices)


class GrowingProgram:
    """A linear program that gains columns and rows and is solved from where it was best before.

    Minimises `cost @ x` where `matrix @ x <= limit` and `0 <= x <= most`, from rows without columns on. What is added
    leaves the last optimum feasible (new columns at 0), so the simplex method goes on from it: a few steps, where a
    start anew takes all of them.
    """

    def __init__(self, limit: Floats) -> None:
        self._solver = _configured(solver="simplex", simplex_strategy=DUAL, presolve="off")
        self.rows = 0
        self.columns = 0
        self.add_rows(limit, None)

    def add_columns(self, cost: Floats, most: Floats, matrix: csc_array) -> None:
        """`matrix`: rows so far x new columns."""
        many = len(cost)
        told = (many, cost, np.zeros(many), most, matrix.nnz, matrix.indptr[:-1], matrix.indices, matrix.data)
        _accepted(self._solver.addCols(*told))
        self.columns += many

    def add_rows(self, limit: Floats, matrix: csr_array | None) -> None:
        """`matrix`: new rows x columns so far; None: rows without columns."""
        many = len(limit)
        starts, indices, data = np.zeros(many, np.int32), np.zeros(0, np.int32), np.zeros(0)
        if matrix is not None:
            starts, indices, data = matrix.indptr[:-1], matrix.indices, matrix.data
        low = np.full(many, -np.inf)
        _accepted(self._solver.addRows(many, low, limit, len(data), starts, indices, data))
        self.rows += many

    def best(self) -> Optimum | None:
        """The optimum; None where the rows cannot be kept. ArithmeticError: the solver gave up.

        The first one by dual simplex, which needs the fewest steps from nothing; then by primal simplex, and where
        that gets lost, from nothing again.
        """
        try:
            found = _optimum(self._solver)
        except ArithmeticError:
            self._solver.clearSolver()
            self._solver.setOptionValue("simplex_strategy", DUAL)
            found = _optimum(self._solver)
        self._solver.setOptionValue("simplex_strategy", PRIMAL)
        return found


def integer(cost: Floats, matrix: csr_array, limit: Floats, most: Floats, *, nodes: int, gap: float) -> Floats | None:
    """The best whole numbers found within so many nodes, to a relative `gap`; None if there were none."""
    import highspy

    solver = _solver(cost, matrix, limit, most, whole=True, mip_max_nodes=nodes, mip_rel_gap=gap)
    with quiet_solver():
        solver.run()
    if solver.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
        return None
    return np.asarray(solver.getSolution().col_value)


def _solver(
    cost: Floats, matrix: csr_array, limit: Floats, most: Floats, *, whole: bool = False, **options: Any
) -> Highs:
    import highspy

    program = highspy.HighsLp()
    rows, columns = matrix.shape
    program.num_col_, program.num_row_ = columns, rows
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, np.zeros(columns), most
    program.row_lower_, program.row_upper_ = np.full(rows, -highspy.kHighsInf), limit
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    if whole:
        program.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver = _configured(**options)
    _accepted(solver.passModel(program))
    return solver


def _configured(**options: Any) -> Highs:
    import highspy

    solver = _kind()()
    for name, value in {**_ALWAYS, **options}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise ArithmeticError(f"the solver knows no option {name} = {value}")
    return solver


def _accepted(status: HighsStatus) -> None:
    import highspy

    if status == highspy.HighsStatus.kError:
        raise ArithmeticError("the solver takes no such program")


@cache
def _kind() -> type[Highs]:
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc, unused-ignore]
        """Without callbacks: with them it introduces itself on standard output before it can be told not to."""

        def enableCallbacks(self) -> None:  # noqa: N802 - its name
            return

    return Silent
