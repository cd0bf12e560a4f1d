"""What a solver prints by itself never reaches a terminal or a pipe; what others say there does."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: pytest has standard output in its hands.
_SAYS = """
import ctypes, os, sys
from warehouse.engines.quiet_solver import quiet_solver
libc = ctypes.CDLL(None)
print("before")
with quiet_solver():
    libc.puts(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();")
    os.write(1, b"a line of another thread\\n")
print("after")
{more}
"""


def _run(more: str = "", **streams: object) -> subprocess.CompletedProcess[bytes]:
    code = _SAYS.format(more=more)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, **streams)  # type: ignore[call-overload,no-any-return]


def test_lines_of_the_solver_are_dropped_and_no_others() -> None:
    assert _run().stdout == b"before\na line of another thread\nafter\n"


def test_a_failure_inside_leaves_standard_output_as_it_was() -> None:
    failing = """
try:
    with quiet_solver():
        libc.puts(b"Highs")
        raise ValueError
except ValueError:
    print("still here")
"""
    assert _run(failing).stdout.endswith(b"after\nstill here\n")


def test_a_process_without_standard_output_solves_too() -> None:
    code = (
        "import os, sys; os.close(1); sys.stdout = None\n"
        "from warehouse.engines.quiet_solver import quiet_solver\n"
        "with quiet_solver(): sys.stderr.write('solved')"
    )
    found = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=True)
    assert found.stderr == b"solved"
