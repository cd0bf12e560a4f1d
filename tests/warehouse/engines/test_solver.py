"""HiGHS against scipy's own copy of it, an independent way in: the same least values, prices and whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, sparse

from warehouse.engines.solver import GrowingProgram, integer, linear


def _program(seed: int) -> tuple[np.ndarray, sparse.csr_array, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(1, 8)), int(rng.integers(1, 30))
    matrix = rng.integers(0, 9, (rows, columns)) * (rng.random((rows, columns)) < 0.5)
    limit = rng.integers(0, 60, rows).astype(np.float64)
    return (
        -rng.integers(0, 50, columns).astype(np.float64),
        sparse.csr_array(matrix.astype(np.float64)),
        limit,
        rng.integers(0, 6, columns).astype(np.float64),
    )


@pytest.mark.parametrize("seed", range(40))
def test_an_optimum_is_that_of_scipy(seed: int) -> None:
    cost, matrix, limit, most = _program(seed)
    found = linear(cost, matrix, limit, most)
    bounds = np.column_stack([np.zeros(len(most)), most])
    other = optimize.linprog(cost, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs-ds")
    assert found is not None
    assert found.value == pytest.approx(other.fun, abs=1e-7)
    assert (matrix @ found.x <= limit + 1e-6).all()
    assert (found.prices >= 0).all()
    # Strong duality, whichever of several optimal prices it is: limits at their prices and what bounds hold back.
    held_back = np.minimum(cost + matrix.T @ found.prices, 0) @ most
    assert -(found.prices @ limit) + held_back == pytest.approx(found.value, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_a_program_that_grew_has_the_optimum_of_the_whole_one(seed: int) -> None:
    cost, matrix, limit, most = _program(seed)
    rng = np.random.default_rng(seed)
    rows, columns = (sorted({0, size, *rng.integers(0, size + 1, 3)}) for size in matrix.shape)
    columns += [columns[-1]] * (len(rows) - len(columns))
    program = GrowingProgram(np.zeros(0))
    upto_row, upto_column = 0, 0
    for row, column in zip(rows, [*columns[: len(rows) - 1], columns[-1]], strict=True):
        new = sparse.csc_array(matrix[:upto_row, upto_column:column])
        program.add_columns(cost[upto_column:column], most[upto_column:column], new)
        upto_column = column
        program.add_rows(limit[upto_row:row], sparse.csr_array(matrix[upto_row:row, :upto_column]))
        upto_row = row
        if not column:
            continue
        found = program.best()
        whole = linear(cost[:column], sparse.csr_array(matrix[:row, :column]), limit[:row], most[:column])
        assert found is not None
        assert whole is not None
        assert found.value == pytest.approx(whole.value, abs=1e-7)
        assert (matrix[:row, :column] @ found.x <= limit[:row] + 1e-6).all()
        held_back = np.minimum(cost[:column] + matrix[:row, :column].T @ found.prices, 0) @ most[:column]
        assert -(found.prices @ limit[:row]) + held_back == pytest.approx(found.value, abs=1e-6)
    assert (program.rows, program.columns) == matrix.shape


def test_a_program_that_grew_past_what_can_be_kept() -> None:
    program = GrowingProgram(np.array([1.0]))
    program.add_columns(np.array([-1.0]), np.array([5.0]), sparse.csc_array([[1.0]]))
    first = program.best()
    assert first is not None
    assert first.value == -1
    program.add_rows(np.array([-2.0]), sparse.csr_array([[-1.0]]))  # at least two, of which there is one
    assert program.best() is None


@pytest.mark.parametrize("seed", range(20))
def test_whole_numbers_are_worth_what_those_of_scipy_are(seed: int) -> None:
    cost, matrix, limit, most = _program(seed)
    found = integer(cost, matrix, limit, most, nodes=10_000, gap=1e-9)
    constraints = optimize.LinearConstraint(matrix, -np.inf, limit)
    other = optimize.milp(
        cost, constraints=constraints, bounds=optimize.Bounds(0, most), integrality=np.ones(len(cost))
    )
    assert found is not None
    assert np.allclose(found, np.rint(found), atol=1e-6)
    assert cost @ found == pytest.approx(other.fun, abs=1e-6)
    assert (matrix @ found <= limit + 1e-6).all()


def test_rows_that_cannot_be_kept() -> None:
    cost, most, one = np.array([-1.0]), np.array([1.0]), sparse.csr_array([[1.0]])
    assert linear(cost, one, np.array([-1.0]), most) is None
    assert integer(cost, one, np.array([-1.0]), most, nodes=10, gap=1e-9) is None


def test_a_program_without_rows() -> None:
    found = linear(np.array([-2.0, 1.0]), sparse.csr_array((0, 2)), np.zeros(0), np.array([3.0, 3.0]))
    assert found is not None
    assert list(found.x) == [3, 0]
    assert found.value == -6


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    for seed in range(5):
        cost, matrix, limit, most = _program(seed)
        linear(cost, matrix, limit, most)
        integer(cost, matrix, limit, most, nodes=100, gap=1e-9)
    assert capfd.readouterr().out == ""
