"""What every benchmark shares: both sides taking turns in one run, one JSON line per row.

A side is a function that prepares, untimed, and returns the work that is timed. Each round runs our
side and the reference one after the other; a row gives the median seconds of both, the median of the
rounds' ratios (ours divided by the reference) with the least and the greatest of them, and what both
do in a second. `reference` says in words what we are held against: the strongest plain way we know.
`peak_mb` is the peak resident memory of a process of its own that does nothing but our side.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Generic, Literal, ParamSpec, TypeVar

P = ParamSpec("P")
A = TypeVar("A")
B = TypeVar("B")
Prepare = Callable[[], Callable[[], A]]
Measure = Literal["wall", "cpu"]
COLUMNS = (
    "name", "size", "unit", "seconds", "reference", "reference_seconds", "ratio", "ratio_least", "ratio_most",
    "rows_per_s", "reference_rows_per_s", "peak_mb",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a benchmark: `size` counts what `unit` names, and so do the rows per second."""

    name: str
    size: int
    unit: str
    seconds: float
    reference: str
    reference_seconds: float
    ratio: float
    ratio_least: float
    ratio_most: float
    rows_per_s: int
    reference_rows_per_s: int
    peak_mb: float | None


@dataclass(slots=True)
class Spent:
    """Seconds of every round of one side: on the clock, and on the processors, child processes included."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def rounds(self, measure: Measure) -> list[float]:
        return self.wall if measure == "wall" else self.cpu


@dataclass(slots=True)
class Compared(Generic[A, B]):
    """What both sides took and gave; the results are those of the last round."""

    ours: Spent
    reference: Spent
    result: A
    expected: B

    def row(
        self,
        name: str,
        size: int,
        unit: str,
        reference: str,
        *,
        peak_mb: float | None = None,
        measure: Measure = "wall",
    ) -> Row:
        """A row of `size` things called `unit`, held against what `reference` says in words."""
        ours, theirs = self.ours.rounds(measure), self.reference.rounds(measure)
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        seconds, reference_seconds = median(ours), median(theirs)
        # Figures finer than the clock's noise only look exact.
        return Row(
            name=name,
            size=size,
            unit=unit,
            seconds=round(seconds, 4),
            reference=reference,
            reference_seconds=round(reference_seconds, 4),
            ratio=round(median(ratios), 3),
            ratio_least=round(min(ratios), 3),
            ratio_most=round(max(ratios), 3),
            rows_per_s=round(size / seconds),
            reference_rows_per_s=round(size / reference_seconds),
            peak_mb=None if peak_mb is None else round(peak_mb, 1),
        )


def alternate(ours: Prepare[A], reference: Prepare[B], *, rounds: int = 3) -> Compared[A, B]:
    """Both sides in turn, `rounds` times, so that a busy machine slows both alike."""
    spent = Spent(), Spent()
    for number in range(rounds):
        # Who goes second finds warm caches: each side does so every other round.
        if number % 2:
            expected, result = _timed(reference, spent[1]), _timed(ours, spent[0])
        else:
            result, expected = _timed(ours, spent[0]), _timed(reference, spent[1])
    return Compared(*spent, result, expected)


def _timed(prepare: Prepare[A], spent: Spent) -> A:
    work = prepare()
    cpu, wall = _cpu(), time.perf_counter()
    result = work()
    spent.wall.append(time.perf_counter() - wall)
    spent.cpu.append(_cpu() - cpu)
    return result


def _cpu() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


def peak_mb(prepare: Callable[P, Callable[[], object]], *args: P.args, **kwargs: P.kwargs) -> float:
    """Peak resident megabytes of a new process while it does the work, what it prepared included.

    `prepare` is a function of a module, its arguments can be pickled.
    """
    module = prepare.__module__
    if module == "__main__" and (spec := sys.modules["__main__"].__spec__):
        module = spec.name
    order = pickle.dumps((module, prepare.__qualname__, args, kwargs))
    done = subprocess.run([sys.executable, "-m", __name__], input=order, stdout=subprocess.PIPE, check=True)
    return float(done.stdout.split()[-1])


def _measure_peak() -> None:
    module, name, args, kwargs = pickle.load(sys.stdin.buffer)
    work = getattr(importlib.import_module(module), name)(*args, **kwargs)
    _forget_peak()
    work()
    print(_own_peak())


def _forget_peak() -> None:
    """On Linux the peak starts anew, so that preparing leaves no trace but what it left in memory."""
    marks = Path("/proc/self/clear_refs")
    if marks.exists() and os.access(marks, os.W_OK):
        marks.write_text("5", "ascii")


def _own_peak() -> float:
    # ru_maxrss keeps the peak of the process that started this one; VmHWM is its own.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_each / 1024**2


def options(
    doc: str | None, *, members: int, short: int, rounds: int = 5, unit: str = "members"
) -> argparse.ArgumentParser:
    """The command line of a benchmark: how many members (or rows, if that is the unit), in full and for `--short`."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = dict.fromkeys(("--members", f"--{unit}"))
    parser.add_argument(*named, dest="members", type=int, default=None, help=f"how many {unit}; default: {members:,}")
    parser.add_argument("--short", action="store_true", help=f"a quick look: {short:,} {unit}, at most three rounds")
    parser.add_argument("--rounds", type=int, default=None, help=f"rounds of each side; default: {rounds}")
    parser.add_argument("--table", action="store_true", help="also a table, on standard error (always on a terminal)")
    parser.set_defaults(sizes=(members, short), turns=rounds)
    return parser


def run(parser: argparse.ArgumentParser, rows: Callable[[argparse.Namespace], Iterable[Row]]) -> None:
    """Print every row as one JSON line, as soon as it is known."""
    chosen = parser.parse_args()
    full, short = chosen.sizes
    chosen.members = chosen.members or (short if chosen.short else full)
    chosen.rounds = chosen.rounds or (min(3, chosen.turns) if chosen.short else chosen.turns)
    table = chosen.table or sys.stdout.isatty()
    for number, row in enumerate(rows(chosen)):
        print(json.dumps(asdict(row)), flush=True)
        if table:
            print("\n".join(_table_lines(row, heading=number == 0)), file=sys.stderr, flush=True)


_HEADING = ("name", "size", "seconds", "reference", "ratio", "per second", "reference", "MB")


def _table_lines(row: Row, *, heading: bool) -> Iterator[str]:
    if heading:
        name, *figures = _HEADING
        yield f"{name:<44}" + "".join(f"{figure:>12}" for figure in figures)
    peak = "" if row.peak_mb is None else f"{row.peak_mb:,.0f}"
    yield (
        f"{row.name:<44}{row.size:>12,}{row.seconds:>12.3f}{row.reference_seconds:>12.3f}{row.ratio:>12.3f}"
        f"{row.rows_per_s:>12,}{row.reference_rows_per_s:>12,}{peak:>12}"
    )
    yield f"    {row.unit}; reference: {row.reference}"


if __name__ == "__main__":
    _measure_peak()
