"""HiGHS says nothing on our terminal.

A few of its lines (`HighsMipSolverData::transformNewIntegerFeasibleSolution`) are printed to the process's standard
output whatever its options say, in the middle of a progress line or of JSON that somebody pipes on. While it solves,
file descriptor 1 is a file in memory; what others wrote there meanwhile is written where it belongs afterwards.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_STDOUT = 1
_ONE_AT_A_TIME = Lock()


@contextmanager
def quiet_solver() -> Iterator[None]:
    """Keep lines of HiGHS from standard output; without one (a service) there is nothing to keep quiet."""
    with _ONE_AT_A_TIME:
        _flush()
        try:
            terminal = os.dup(_STDOUT)
        except OSError:
            yield
            return
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), _STDOUT)
            try:
                yield
            finally:
                _flush()
                os.dup2(terminal, _STDOUT)
                os.close(terminal)
                said.seek(0)
                _write_back(b"".join(line for line in said if not line.startswith(b"Highs")))


def _flush() -> None:
    """Both buffers of standard output, Python's and that of C."""
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


def _write_back(rest: bytes) -> None:
    while rest:
        rest = rest[os.write(_STDOUT, rest) :]
